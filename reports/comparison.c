/* comparison.c - see comparison.h. */
#include "reports/comparison.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/format.h"

#define MAX_NOTES   20
#define MAX_METRICS 2000 /* of each run; they are joined by looking at all pairs */

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static struct compared *find_item(struct comparison *c, const char *name, const char *of)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		if (same_text(c->items[i].name, name) && same_text(c->items[i].of, of))
			return &c->items[i];
	return NULL;
}

static struct compared *add_item(struct comparison *c, const struct metric *m)
{
	c->items = xgrow(c->items, c->count, &c->capacity, sizeof(*c->items));
	c->items[c->count] = (struct compared){
		.name = m->name,
		.of = m->of,
		.unit = m->unit,
		.better = m->better,
		.base = (double)NAN,
		.new = (double)NAN,
	};
	return &c->items[c->count++];
}

static void join_metrics(struct comparison *c, const struct record *r, bool new)
{
	size_t i;

	for (i = 0; i < r->metric_count && i < MAX_METRICS; i++) {
		const struct metric *m = &r->metrics[i];
		struct compared *item = find_item(c, m->name, m->of);

		if (!item && c->count >= MAX_METRICS)
			continue;
		if (!item)
			item = add_item(c, m);
		item->in_base = item->in_base || !new;
		item->in_new = item->in_new || new;
		item->headline = item->headline || m->headline;
	}
}

/* The values of a metric in the runs of a side that know it (a name twice: the first counts). */
static size_t gather(struct runs runs, const struct compared *item, double *values)
{
	size_t n = 0, i;

	for (i = 0; i < runs.count; i++) {
		const struct metric *m = record_find_metric(runs.items[i], item->name, item->of);

		if (m && isfinite(m->value))
			values[n++] = m->value;
	}
	return n;
}

static double mean_of(const double *values, size_t n)
{
	double mean = n ? 0 : (double)NAN;
	size_t i;

	for (i = 0; i < n; i++)
		mean += values[i] / (double)n;
	return mean;
}

/* Noise is known for the run as a whole only: the series do not tell its parts apart. */
static struct noise noise_in(const struct record *r, const struct compared *item)
{
	size_t n, stride;
	const double *values = item->of ? NULL : series_of_metric(r, item->name, &n, &stride);

	return values ? noise_of(values, n, stride) : (struct noise){0};
}

static double noise_between(const struct comparison *c, const struct compared *item,
			    const double *bases, const double *news)
{
	size_t b = item->base_count, n = item->new_count;

	if (b > 1 && n > 1)
		return noise_sides(item->base, item->new, noise_of_runs(bases, b),
				   noise_of_runs(news, n));
	if (b > 1)
		return noise_one(item->new, item->base, b, noise_of_runs(bases, b));
	if (n > 1)
		return noise_one(item->base, item->new, n, noise_of_runs(news, n));
	return noise_sides(item->base, item->new, noise_in(c->base, item), noise_in(c->new, item));
}

static void judge(struct comparison *c, struct compared *item, bool all)
{
	bool wanted = item->better != BETTER_NONE && (all || item->headline);
	double bases[COMPARISON_RUNS_MAX], news[COMPARISON_RUNS_MAX];

	item->base_count = gather(c->bases, item, bases);
	item->new_count = gather(c->news, item, news);
	item->base = mean_of(bases, item->base_count);
	item->new = mean_of(news, item->new_count);
	item->difference = difference_of(item->base, item->new, wanted ? item->better : BETTER_NONE,
					 noise_between(c, item, bases, news), c->limit);
	c->judged += item->difference.verdict != VERDICT_UNJUDGED;
	c->regressions += item->difference.regression;
}

static void add_note(struct comparison *c, const char *text)
{
	if (c->note_count >= MAX_NOTES)
		return;
	if (c->note_count == MAX_NOTES - 1)
		text = "there are more differences between the runs";
	c->notes = xgrow(c->notes, c->note_count, &c->note_capacity, sizeof(*c->notes));
	c->notes[c->note_count++] = text;
}

static const char *find_fact(const struct facts *facts, const char *name)
{
	size_t i;

	for (i = 0; i < facts->count; i++)
		if (strcmp(facts->items[i].name, name) == 0)
			return facts->items[i].value;
	return NULL;
}

struct pair { /* two runs whose circumstances are held together, and what to call the other */
	const struct record *one, *other;
	const char *one_name, *other_name, *now;
};

static void compare_facts(struct comparison *c, const struct pair *p, const char *whose,
			  const struct facts *one, const struct facts *two)
{
	size_t i;

	for (i = 0; i < one->count; i++) {
		const struct fact *f = &one->items[i];
		const char *other = find_fact(two, f->name);

		if (strcmp(f->name, "seed") == 0)
			continue; /* another one is drawn for each run */
		if (!same_text(f->value, other))
			add_note(c, arena_printf(
					    &c->arena, "%s %s differs: '%s' in the %s, %s%s%s %s",
					    whose, f->name, f->value, p->one_name, other ? "'" : "",
					    other ? other : "not known", other ? "'" : "", p->now));
	}
	for (i = 0; i < two->count; i++)
		if (!find_fact(one, two->items[i].name))
			add_note(c, arena_printf(&c->arena, "%s %s is known only %s: '%s'", whose,
						 two->items[i].name, p->now, two->items[i].value));
}

static void compare_arguments(struct comparison *c, const struct pair *p)
{
	struct buf one = {.max = 4096}, two = {.max = 4096};

	format_command(&one, p->one);
	format_command(&two, p->other);
	if (strcmp(buf_text(&one), buf_text(&two)) != 0)
		add_note(c,
			 arena_printf(&c->arena, "the commands differ: %s (%s), %s (%s)",
				      buf_text(&one), p->one_name, buf_text(&two), p->other_name));
	buf_release(&one);
	buf_release(&two);
}

static void compare_pair(struct comparison *c, const struct pair *p)
{
	const struct record *one = p->one, *two = p->other;

	if (strcmp(one->tool, two->tool) != 0 || strcmp(one->verb, two->verb) != 0)
		add_note(c, arena_printf(&c->arena,
					 "these are runs of different kinds: %s %s and %s %s",
					 one->tool, one->verb, two->tool, two->verb));
	compare_arguments(c, p);
	compare_facts(c, p, "target:", &one->target, &two->target);
	compare_facts(c, p, "machine:", &one->where, &two->where);
}

/* The runs of a side should differ in nothing: each is held against the first. */
static void compare_within(struct comparison *c, struct runs runs, const char *side)
{
	size_t i;

	for (i = 1; i < runs.count; i++) {
		struct pair p = {.one = runs.items[0], .other = runs.items[i]};

		p.one_name = arena_printf(&c->arena, "first %s run", side);
		p.other_name = arena_printf(&c->arena, "%s run %zu", side, i + 1);
		p.now = arena_printf(&c->arena, "in %s", p.other_name);
		compare_pair(c, &p);
	}
}

static void note_outcomes(struct comparison *c, struct runs runs, const char *side)
{
	size_t i;

	for (i = 0; i < runs.count; i++) {
		const struct record *r = runs.items[i];

		if (r->outcome != OUTCOME_FAILED && r->outcome != OUTCOME_INTERRUPTED)
			continue;
		add_note(c, arena_printf(&c->arena,
					 "%s %s run%s%s is marked '%s': its figures cover "
					 "only a part of the work",
					 runs.count > 1 ? "a" : "the", side,
					 runs.count > 1 ? ", " : "", runs.count > 1 ? r->id : "",
					 outcome_word(r->outcome)));
	}
}

static void note_same_runs(struct comparison *c)
{
	size_t i, k;

	for (i = 0; i < c->bases.count; i++)
		for (k = 0; k < c->news.count; k++)
			if (strcmp(c->bases.items[i]->id, c->news.items[k]->id) == 0)
				add_note(c, "both sides have the same run");
}

static void add_notes(struct comparison *c)
{
	const struct pair across = {c->base, c->new, "base", "new", "now"};

	note_outcomes(c, c->bases, "base");
	note_outcomes(c, c->news, "new");
	note_same_runs(c);
	if (c->judged == 0)
		add_note(c, "nothing could be judged: the runs share no figure that is a headline "
			    "and has a direction");
	compare_pair(c, &across);
	compare_within(c, c->bases, "base");
	compare_within(c, c->news, "new");
}

struct comparison *comparison_new(struct runs bases, struct runs news, double limit, bool all)
{
	struct comparison *c = xcalloc(1, sizeof(*c));
	size_t i;

	assert(bases.count >= 1 && bases.count <= COMPARISON_RUNS_MAX);
	assert(news.count >= 1 && news.count <= COMPARISON_RUNS_MAX);
	c->bases = bases;
	c->news = news;
	c->base = bases.items[0];
	c->new = news.items[0];
	c->limit = limit;
	for (i = 0; i < bases.count; i++)
		join_metrics(c, bases.items[i], false);
	for (i = 0; i < news.count; i++)
		join_metrics(c, news.items[i], true);
	for (i = 0; i < c->count; i++)
		judge(c, &c->items[i], all);
	add_notes(c);
	return c;
}

void comparison_free(struct comparison *c)
{
	if (!c)
		return;
	free(c->items);
	free(c->notes);
	arena_release(&c->arena);
	free(c);
}

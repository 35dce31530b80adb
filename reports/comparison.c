/* comparison.c - see comparison.h. */
#include "reports/comparison.h"

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

static void join_metrics(struct comparison *c)
{
	size_t i;

	for (i = 0; i < c->base->metric_count && i < MAX_METRICS; i++) {
		const struct metric *m = &c->base->metrics[i];
		struct compared *item = find_item(c, m->name, m->of);

		if (item) /* a name twice: the first counts */
			continue;
		item = add_item(c, m);
		item->in_base = true;
		item->base = m->value;
		item->headline = m->headline;
	}
	for (i = 0; i < c->new->metric_count &&i < MAX_METRICS; i++) {
		const struct metric *m = &c->new->metrics[i];
		struct compared *item = find_item(c, m->name, m->of);

		if (item && item->in_new)
			continue;
		if (!item)
			item = add_item(c, m);
		item->in_new = true;
		item->new = m->value;
		item->headline = item->headline || m->headline;
	}
}

/* Noise is known for the run as a whole only: the series do not tell its parts apart. */
static struct noise noise_in(const struct record *r, const struct compared *item)
{
	size_t n, stride;
	const double *values = item->of ? NULL : series_of_metric(r, item->name, &n, &stride);

	return values ? noise_of(values, n, stride) : (struct noise){0};
}

static void judge(struct comparison *c, struct compared *item, bool all)
{
	bool wanted = item->better != BETTER_NONE && (all || item->headline);

	item->difference = difference_of(item->base, item->new, wanted ? item->better : BETTER_NONE,
					 noise_in(c->base, item), noise_in(c->new, item), c->limit);
	c->judged += item->difference.verdict != VERDICT_UNJUDGED;
	c->regressions += item->difference.regression;
}

static void add_note(struct comparison *c, const char *text)
{
	if (c->note_count >= MAX_NOTES)
		return;
	if (c->note_count == MAX_NOTES - 1)
		text = "there are more differences between the two runs";
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

static void compare_facts(struct comparison *c, const char *whose, const struct facts *base,
			  const struct facts *new)
{
	size_t i;

	for (i = 0; i < base->count; i++) {
		const struct fact *f = &base->items[i];
		const char *other = find_fact(new, f->name);

		if (strcmp(f->name, "seed") == 0)
			continue; /* another one is drawn for each run */
		if (!same_text(f->value, other))
			add_note(c, arena_printf(
					    &c->arena, "%s %s differs: '%s' in the base, %s%s%s",
					    whose, f->name, f->value, other ? "'" : "",
					    other ? other : "not known", other ? "' now" : " now"));
	}
	for (i = 0; i < new->count; i++)
		if (!find_fact(base, new->items[i].name))
			add_note(c, arena_printf(&c->arena, "%s %s is known only now: '%s'", whose,
						 new->items[i].name, new->items[i].value));
}

static void compare_arguments(struct comparison *c)
{
	struct buf base = {.max = 4096}, new = {.max = 4096};

	format_command(&base, c->base);
	format_command(&new, c->new);
	if (strcmp(buf_text(&base), buf_text(&new)) != 0)
		add_note(c, arena_printf(&c->arena, "the commands differ: %s (base), %s (new)",
					 buf_text(&base), buf_text(&new)));
	buf_release(&base);
	buf_release(&new);
}

static void note_outcome(struct comparison *c, const char *which, const struct record *r)
{
	if (r->outcome == OUTCOME_FAILED || r->outcome == OUTCOME_INTERRUPTED)
		add_note(c, arena_printf(&c->arena,
					 "the %s run is marked '%s': its figures cover "
					 "only a part of the work",
					 which, outcome_word(r->outcome)));
}

struct comparison *comparison_new(const struct record *base, const struct record *new, double limit,
				  bool all)
{
	struct comparison *c = xcalloc(1, sizeof(*c));
	size_t i;

	c->base = base;
	c->new = new;
	c->limit = limit;
	join_metrics(c);
	for (i = 0; i < c->count; i++)
		judge(c, &c->items[i], all);
	note_outcome(c, "base", base);
	note_outcome(c, "new", new);
	if (strcmp(base->tool, new->tool) != 0 || strcmp(base->verb, new->verb) != 0)
		add_note(c, arena_printf(&c->arena,
					 "these are runs of different kinds: %s %s and %s %s",
					 base->tool, base->verb, new->tool, new->verb));
	if (strcmp(base->id, new->id) == 0)
		add_note(c, "both are the same run");
	if (c->judged == 0)
		add_note(c, "nothing could be judged: the runs share no figure that is a headline "
			    "and has a direction");
	compare_arguments(c);
	compare_facts(c, "target:", &base->target, &new->target);
	compare_facts(c, "machine:", &base->where, &new->where);
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

const char *compared_title(struct comparison *c, const struct compared *item)
{
	const char *title = metric_title(item->name);

	return item->of ? arena_printf(&c->arena, "%s (%s)", title, item->of) : title;
}

const char *compared_verdict(struct comparison *c, const struct compared *item)
{
	if (!item->in_new)
		return "only in the base";
	if (!item->in_base)
		return "only in the new run";
	if (item->difference.regression)
		return arena_printf(&c->arena, "worse, beyond %g %%", c->limit);
	if (item->difference.verdict == VERDICT_WORSE)
		return "worse, allowed";
	return verdict_word(item->difference.verdict);
}

const char *comparison_sentence(struct comparison *c)
{
	if (c->judged == 0)
		return "No figure could be judged.";
	if (c->regressions == 0)
		return arena_printf(&c->arena,
				    "None of %zu judged figures is worse by more than %g %%.",
				    c->judged, c->limit);
	return arena_printf(&c->arena, "%zu of %zu judged figures %s worse by more than %g %%.",
			    c->regressions, c->judged, c->regressions == 1 ? "is" : "are",
			    c->limit);
}

static const char *quantity_text(struct comparison *c, double value, const char *unit)
{
	struct quantity q = quantity_of(value, unit);

	return arena_printf(&c->arena, "%s%s%s", q.number, *q.unit ? " " : "", q.unit);
}

static const char *percent_text(struct comparison *c, double percent)
{
	struct buf text = {0};
	const char *result;

	format_percent(&text, percent);
	result = arena_strdup(&c->arena, buf_text(&text));
	buf_release(&text);
	return result;
}

static void fill_row(struct comparison *c, const struct compared *item, struct sheet_cell *row)
{
	const struct difference *d = &item->difference;

	row[0].text = compared_title(c, item);
	row[1].text = quantity_text(c, item->base, item->unit);
	row[1].number = item->base;
	row[2].text = quantity_text(c, item->new, item->unit);
	row[2].number = item->new;
	row[3].text = percent_text(c, d->percent);
	row[3].number = d->percent;
	row[4].text = isnan(d->noise_percent) ? "unknown"
		      : isinf(d->noise_percent)
			      ? FORMAT_NOTHING
			      : arena_printf(&c->arena, "± %.*f %%",
					     d->noise_percent < 9.95 ? 2 : 1, d->noise_percent);
	row[4].number = d->noise_percent;
	row[5].text = compared_verdict(c, item);
	row[5].number = d->regression ? 4 : d->verdict;
}

struct sheet *comparison_sheet(struct comparison *c, bool main)
{
	static const char *const titles[] = {"Figure",	   "Base",  "New",
					     "Difference", "Noise", "Verdict"};
	struct sheet *s = sheet_new(&c->arena, "comparison", main ? "Figures" : "Not judged", 6);
	size_t i;

	for (i = 0; i < 6; i++)
		s->columns[i].title = titles[i];
	s->columns[0].text = s->columns[5].text = true;
	for (i = 0; i < c->count; i++) {
		const struct compared *item = &c->items[i];
		bool first = item->headline || item->difference.verdict != VERDICT_UNJUDGED;

		if (first == main)
			fill_row(c, item, sheet_row(&c->arena, s));
	}
	return s->row_count ? s : NULL;
}

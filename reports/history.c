/* history.c - reading a history. See history.h; history_draw.c and history_html.c show it. */
#include "reports/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "reports/format.h"
#include "reports/runs.h"

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static const char *copy(struct history *h, const char *s)
{
	return s ? arena_strdup(&h->arena, s) : NULL;
}

/* What is kept of a record: the record itself may be large. */
static void add_run(struct history *h, const struct record *r)
{
	struct history_run *run;
	size_t i;

	h->runs = xgrow(h->runs, h->count, &h->capacity, sizeof(*h->runs));
	run = &h->runs[h->count++];
	*run = (struct history_run){
		.id = copy(h, r->id),
		.tool = copy(h, r->tool),
		.verb = copy(h, r->verb),
		.title = copy(h, r->title),
		.started = r->started,
		.complete = r->outcome == OUTCOME_DONE || r->outcome == OUTCOME_ATTENTION,
		.values = arena_alloc(&h->arena, (r->metric_count + 1) * sizeof(*run->values)),
		.value_count = r->metric_count,
	};
	for (i = 0; i < r->metric_count; i++) {
		const struct metric *m = &r->metrics[i];

		run->values[i] =
			(struct history_value){copy(h, m->name), copy(h, m->of), copy(h, m->unit),
					       m->value,	 m->better,	 m->headline};
	}
}

static int compare_runs(const void *a, const void *b)
{
	const struct history_run *x = a, *y = b;

	if (x->started != y->started)
		return x->started < y->started ? -1 : 1;
	return strcmp(x->id, y->id);
}

static int read_all(struct history *h, const char *directory, struct error *e)
{
	struct run_names names = {0};
	int status = run_names_read(&names, directory, e);
	size_t i;

	for (i = 0; i < names.count; i++) {
		char *path = xasprintf("%s/%s", directory, names.items[i]);
		struct error fault = ERROR_INIT;
		struct record *r = record_read(path, &fault);

		if (r) {
			add_run(h, r);
		} else {
			h->unreadable++;
			log_warn("left out: %s", fault.text);
		}
		record_free(r);
		free(path);
	}
	run_names_release(&names);
	if (h->count)
		qsort(h->runs, h->count, sizeof(*h->runs), compare_runs);
	return status;
}

static bool has_headline(const struct history_run *run)
{
	size_t i;

	for (i = 0; i < run->value_count; i++)
		if (run->values[i].headline)
			return true;
	return false;
}

/* The run whose kind is wanted. */
static int find_kind(struct history *h, const struct history_request *q, struct history_run *kind,
		     struct error *e)
{
	struct buf path = {0};
	struct record *r = NULL;
	size_t i;

	for (i = h->count; i > 0 && !q->like; i--) {
		*kind = h->runs[i - 1];
		if (q->title ? strcmp(kind->title, q->title) == 0
			     : kind->complete && has_headline(kind))
			return 0;
	}
	if (!q->like) {
		error_set(e, ERROR_INPUT, "there is no %s%s%s in '%s'",
			  q->title ? "run with the title '" : "complete run with headline figures",
			  q->title ? q->title : "", q->title ? "'" : "", q->directory);
		return error_hint(e, "see 'lakeport report list'");
	}
	if (run_find(q->directory, q->like, &path, e) == 0)
		r = record_read(buf_text(&path), e);
	buf_release(&path);
	if (!r)
		return -1;
	kind->tool = copy(h, r->tool);
	kind->verb = copy(h, r->verb);
	kind->title = copy(h, r->title);
	record_free(r);
	return 0;
}

static void keep_kind(struct history *h, const struct history_run *kind)
{
	size_t n = 0, i;

	for (i = 0; i < h->count; i++) {
		const struct history_run *run = &h->runs[i];

		if (strcmp(run->tool, kind->tool) != 0 || strcmp(run->verb, kind->verb) != 0 ||
		    strcmp(run->title, kind->title) != 0)
			continue;
		if (run->complete)
			h->runs[n++] = *run;
		else
			h->incomplete++;
	}
	h->count = n;
	if (n <= HISTORY_RUNS)
		return;
	h->older = n - HISTORY_RUNS;
	memmove(h->runs, h->runs + h->older, HISTORY_RUNS * sizeof(*h->runs));
	h->count = HISTORY_RUNS;
}

static const struct history_value *find_value(const struct history_run *run, const char *name,
					      const char *of)
{
	size_t i;

	for (i = 0; i < run->value_count; i++)
		if (strcmp(run->values[i].name, name) == 0 && same_text(run->values[i].of, of))
			return &run->values[i];
	return NULL;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *values, size_t n)
{
	double *sorted = xcalloc(n + 1, sizeof(*sorted)), result;

	memcpy(sorted, values, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_doubles);
	result = n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
	free(sorted);
	return result;
}

/* `values` are those that are known, `runs` says of which run each is. */
static void add_changes(struct history *h, struct trend *t, const double *values,
			const size_t *runs)
{
	size_t at[CHANGE_MAX + 1], i, k, begin = 0, next;
	double before = (double)NAN, level;

	t->change_count = changes_find(values, t->known, at);
	at[t->change_count] = t->known;
	for (i = 0; i <= t->change_count; i++, begin = next, before = level) {
		next = at[i];
		level = median(values + begin, next - begin);
		if (i)
			t->changes[i - 1] = (struct change){runs[begin], before, level};
		for (k = i ? runs[begin] : 0; k < (next < t->known ? runs[next] : h->count); k++)
			t->medians[k] = level;
	}
}

static void add_trend(struct history *h, const struct history_value *v)
{
	struct trend *t = &h->trends[h->trend_count++];
	double *known = xcalloc(h->count + 1, sizeof(*known));
	size_t *runs = xcalloc(h->count + 1, sizeof(*runs)), i;

	*t = (struct trend){.name = v->name, .of = v->of, .unit = v->unit, .better = v->better};
	t->values = arena_alloc(&h->arena, (h->count + 1) * sizeof(double));
	t->medians = arena_alloc(&h->arena, (h->count + 1) * sizeof(double));
	for (i = 0; i < h->count; i++) {
		const struct history_value *value = find_value(&h->runs[i], v->name, v->of);

		t->values[i] = value && isfinite(value->value) ? value->value : (double)NAN;
		t->medians[i] = (double)NAN;
		runs[t->known] = i;
		known[t->known] = t->values[i];
		t->known += isfinite(t->values[i]) != 0;
	}
	if (t->known)
		add_changes(h, t, known, runs);
	free(known);
	free(runs);
}

/* The newest run that knows a figure says what it is. */
static int add_named(struct history *h, const char *name, const char *of, struct error *e)
{
	const struct history_value *v = NULL;
	size_t i;

	if (h->trend_count == HISTORY_FIGURES)
		return error_set(e, ERROR_USAGE, "more than %d figures", HISTORY_FIGURES);
	for (i = h->count; i > 0 && !v; i--)
		v = find_value(&h->runs[i - 1], name, of);
	if (!v) {
		error_set(e, ERROR_INPUT, "no run of this kind has the figure '%s'%s%s%s", name,
			  of ? " of '" : "", of ? of : "", of ? "'" : "");
		return error_hint(e, "see 'lakeport report csv RECORD' for the figures of a run");
	}
	add_trend(h, v);
	return 0;
}

static void add_headlines(struct history *h, const char *of)
{
	const struct history_run *newest = &h->runs[h->count - 1];
	size_t i;

	for (i = 0; i < newest->value_count && h->trend_count < HISTORY_FIGURES; i++)
		if (newest->values[i].headline && same_text(newest->values[i].of, of))
			add_trend(h, &newest->values[i]);
}

int history_read(struct history *h, const struct history_request *q, struct error *e)
{
	struct history_run kind = {0};
	size_t i;

	*h = (struct history){0};
	if (read_all(h, q->directory, e) < 0 || find_kind(h, q, &kind, e) < 0)
		return -1;
	keep_kind(h, &kind);
	if (h->count == 0)
		return error_set(e, ERROR_INPUT, "no complete run '%s' in '%s'", kind.title,
				 q->directory);
	for (i = 0; i < q->figure_count; i++)
		if (add_named(h, q->figures[i], q->of, e) < 0)
			return -1;
	if (q->figure_count == 0)
		add_headlines(h, q->of);
	if (h->trend_count == 0) {
		error_set(e, ERROR_INPUT, "the runs have no headline figures%s%s%s",
			  q->of ? " of '" : "", q->of ? q->of : "", q->of ? "'" : "");
		return error_hint(e, "name figures with --metric, and their part with --of");
	}
	return 0;
}

void history_release(struct history *h)
{
	free(h->runs);
	arena_release(&h->arena);
	*h = (struct history){0};
}

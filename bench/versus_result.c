/* versus_result.c - see versus_result.h. */
#include "bench/versus_result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/result.h"
#include "bench/sqlstate.h"
#include "common/difference.h"
#include "common/memory.h"
#include "common/text.h"

static const struct {
	const char *metric, *short_unit;
	double share; /* of the latency: 0 is the mean; -1: no latency */
} figures[VERSUS_FIGURES] = {
	{"rate", "tx/s", -1},		{"latency_mean_us", "µs", 0},
	{"latency_p50_us", "µs", 0.5},	{"latency_p95_us", "µs", 0.95},
	{"latency_p99_us", "µs", 0.99}, {"failed_share", "%", -1},
};
#define RATE   0
#define FAILED (VERSUS_FIGURES - 1)

static const char *const side_names[] = {"A", "B"};

struct compared {    /* a figure of both sides, over the rounds */
	double a, b; /* means of the rounds in which both are known */
	struct difference difference;
};

static void note_failures(struct tally *t, const struct stats *s)
{
	unsigned i;

	for (i = 0; i < s->failure_count; i++)
		t->real_failures =
			t->real_failures || !sqlstate_is_contention(s->failures[i].sqlstate);
	t->real_failures = t->real_failures || s->failures_other > 0;
	if (t->message[0] == '\0' && s->failure_count)
		snprintf(t->message, sizeof(t->message), "%s", s->failures[0].message);
}

void tally_add(struct tally *t, const struct engine_result *result)
{
	const struct stats *s = &result->total;
	unsigned i;

	for (i = 0; i < s->script_count; i++) {
		t->done += s->scripts[i].done;
		t->failed += s->scripts[i].failed;
	}
	t->skipped += s->skipped;
	t->in_window += result->in_window;
	t->window_ns += result->window_ns;
	t->busy_share = fmax(t->busy_share, result_busiest(result));
	histogram_merge(&t->latency, &result->latency);
	note_failures(t, s);
}

static double latency_us(const struct histogram *h, double share)
{
	if (h->count == 0)
		return (double)NAN;
	return (share > 0 ? histogram_percentile(h, share) : histogram_mean(h)) / 1e3;
}

void tally_figures(const struct tally *t, double *out)
{
	double all = (double)(t->done + t->failed);
	size_t i;

	for (i = 0; i < VERSUS_FIGURES; i++)
		out[i] = latency_us(&t->latency, figures[i].share);
	out[RATE] =
		t->window_ns ? (double)t->in_window / ((double)t->window_ns / 1e9) : (double)NAN;
	out[FAILED] = all > 0 ? 100 * (double)t->failed / all : 0;
}

/* The values of a figure in all rounds, those of A and of B; how many rounds know both. */
static size_t gather(const struct versus_result *v, size_t figure, double *a, double *b)
{
	size_t n = 0, i;

	for (i = 0; i < v->rounds; i++) {
		const struct turn *one = &v->turns[2 * i], *two = one + 1;

		a[n] = (one->is_b ? two : one)->figures[figure];
		b[n] = (one->is_b ? one : two)->figures[figure];
		n += isfinite(a[n]) && isfinite(b[n]);
	}
	return n;
}

static struct compared compare(const struct versus_result *v, size_t figure, double limit)
{
	double *a = xcalloc(v->rounds + 1, sizeof(*a)), *b = xcalloc(v->rounds + 1, sizeof(*b));
	size_t n = gather(v, figure, a, b), i;
	struct compared c = {.a = n ? 0 : (double)NAN, .b = n ? 0 : (double)NAN};

	for (i = 0; i < n; i++) {
		c.a += a[i] / (double)n;
		c.b += b[i] / (double)n;
	}
	c.difference = difference_of_rounds(
		a, b, n, record_metric_name(figures[figure].metric)->better, limit);
	if (n < 2) { /* nothing tells how far to trust it */
		c.difference.verdict = VERDICT_SAME;
		c.difference.regression = false;
	}
	free(a);
	free(b);
	return c;
}

static void add_metrics(struct record *r, const struct versus_result *v)
{
	double values[VERSUS_FIGURES];
	size_t i, k;

	for (i = 0; i < 2; i++) {
		const struct tally *t = &v->sides[i];

		tally_figures(t, values);
		for (k = 0; k < VERSUS_FIGURES; k++)
			record_metric(r, figures[k].metric, side_names[i], values[k], true);
		record_metric(r, "transactions", side_names[i], (double)t->done, false);
		record_metric(r, "failed", side_names[i], (double)t->failed, false);
		record_metric(r, "skipped", side_names[i], (double)t->skipped, false);
		if (t->latency.count)
			record_histogram(r, "latency", side_names[i], "us", &t->latency);
	}
}

static struct cell text_cell(const char *text)
{
	return (struct cell){.text = text};
}

static struct cell number_cell(double v)
{
	return (struct cell){.number = v};
}

static void add_rounds(struct record *r, const struct versus_result *v)
{
	static const struct record_column columns[] = {
		{"round", "Round", "", BETTER_NONE, false},
		{"side", "Side", "", BETTER_NONE, true},
		{"rate", "Rate", "tx/s", BETTER_HIGHER, false},
		FIGURE_MEAN,
		FIGURE_P50,
		FIGURE_P95,
		FIGURE_P99,
		{"failed", "Failed", "", BETTER_LOWER, false},
	};
	struct record_table *t = record_table(r, "rounds", "Rounds, in the order they ran", columns,
					      sizeof(columns) / sizeof(columns[0]));
	size_t i, k;

	for (i = 0; i < 2 * v->rounds; i++) {
		struct cell row[sizeof(columns) / sizeof(columns[0])];

		row[0] = number_cell((double)(i / 2 + 1));
		row[1] = text_cell(side_names[v->turns[i].is_b]);
		for (k = 0; k < FAILED; k++)
			row[2 + k] = number_cell(v->turns[i].figures[k]);
		row[2 + FAILED] = number_cell((double)v->turns[i].failed);
		table_row(r, t, row);
	}
}

static void add_differences(struct record *r, const struct compared *list)
{
	static const struct record_column columns[] = {
		{"figure", "Figure", "", BETTER_NONE, true},
		{"a", "A", "", BETTER_NONE, false},
		{"b", "B", "", BETTER_NONE, false},
		{"difference", "B - A", "%", BETTER_NONE, false},
		{"low", "95 %, from", "%", BETTER_NONE, false},
		{"high", "to", "%", BETTER_NONE, false},
		{"verdict", "Verdict", "", BETTER_NONE, true},
	};
	struct record_table *t = record_table(r, "differences", "B against A, means of the rounds",
					      columns, sizeof(columns) / sizeof(columns[0]));
	size_t i;

	for (i = 0; i < VERSUS_FIGURES; i++) {
		const struct difference *d = &list[i].difference;
		char name[100];
		struct cell row[] = {
			text_cell(name),
			number_cell(list[i].a),
			number_cell(list[i].b),
			number_cell(d->percent),
			number_cell(d->low),
			number_cell(d->high),
			text_cell(verdict_word(d->verdict)),
		};

		snprintf(name, sizeof(name), "%s, %s", record_metric_name(figures[i].metric)->title,
			 figures[i].short_unit);
		table_row(r, t, row);
	}
}

/* "Rate -10.1 % (-12.0 % to -8.2 %)" */
static void put_difference(struct buf *out, size_t figure, const struct difference *d)
{
	buf_printf(out, "%s%s ", out->len ? "; " : "",
		   record_metric_name(figures[figure].metric)->title);
	if (!isfinite(d->percent))
		buf_puts(out, "from 0");
	else
		buf_printf(out, "%+.*f %%", fabs(d->percent) < 100, d->percent);
	if (isfinite(d->low))
		buf_printf(out, " (%+.*f %% to %+.*f %%)", fabs(d->low) < 100, d->low,
			   fabs(d->high) < 100, d->high);
}

/* One finding of all figures with the verdict; false: there are none. */
static bool find(struct record *r, const struct compared *list, enum verdict verdict,
		 bool regression, const char *id, enum severity severity, const char *fix)
{
	struct buf text = {.max = 1000};
	bool any;
	size_t i;

	for (i = 0; i < VERSUS_FIGURES; i++)
		if (list[i].difference.verdict == verdict &&
		    list[i].difference.regression == regression)
			put_difference(&text, i, &list[i].difference);
	if (text.len)
		record_finding(r, id, severity, "B against A", buf_text(&text), fix);
	any = text.len > 0;
	buf_release(&text);
	return any;
}

/* What makes the figures of a side doubtful. */
static void find_in_side(struct record *r, const struct versus_result *v, size_t side)
{
	const struct tally *t = &v->sides[side];
	char text[400];

	if (t->failed) {
		snprintf(text, sizeof(text), "%llu of %llu transactions failed: %s",
			 (unsigned long long)t->failed, (unsigned long long)(t->done + t->failed),
			 t->message);
		record_finding(r, "FAILED-TRANSACTIONS",
			       t->done ? SEVERITY_WARNING : SEVERITY_ERROR, side_names[side], text,
			       "failed ones are not in the latency");
	}
	if (t->skipped) {
		snprintf(text, sizeof(text), "%llu transactions were due and never begun",
			 (unsigned long long)t->skipped);
		record_finding(r, "RATE-NOT-REACHED", SEVERITY_WARNING, side_names[side], text,
			       "use more connections (-c), or offer less (-R)");
	}
	if (t->busy_share > RESULT_BUSY_LIMIT && !v->poll) {
		snprintf(text, sizeof(text),
			 "a client thread was %.0f %% busy: the client may be the limit, and hide "
			 "a difference",
			 100 * t->busy_share);
		record_finding(r, "CLIENT-BUSY", SEVERITY_WARNING, side_names[side], text,
			       "give it more threads (-j), or run the client on its own machine");
	}
}

static bool add_findings(struct record *r, const struct versus_result *v,
			 const struct compared *list)
{
	bool regression, told;
	char text[200];
	size_t i;

	regression = find(r, list, VERDICT_WORSE, true, "B-REGRESSION", SEVERITY_ERROR,
			  "beyond the noise and beyond --max-regression");
	told = find(r, list, VERDICT_WORSE, false, "B-WORSE", SEVERITY_WARNING, "") || regression;
	told = find(r, list, VERDICT_BETTER, false, "B-BETTER", SEVERITY_INFO, "") || told;
	if (!told) {
		double noise = list[RATE].difference.noise_percent;

		snprintf(text, sizeof(text), "no difference that can be told");
		if (isfinite(noise))
			snprintf(text, sizeof(text),
				 "no difference that can be told; less than %.1f %% of the rate "
				 "would not show in these rounds",
				 noise);
		record_finding(r, "NO-DIFFERENCE", SEVERITY_INFO, "B against A", text,
			       "more or longer rounds (--rounds, -T) show smaller differences");
	}
	for (i = 0; i < 2; i++)
		find_in_side(r, v, i);
	return regression;
}

static void set_outcome(struct record *r, const struct versus_result *v, bool regression)
{
	size_t i;

	if (regression || v->sides[0].real_failures || v->sides[1].real_failures) {
		r->outcome = OUTCOME_ATTENTION;
		r->exit_status = 1;
	}
	for (i = 0; i < 2 && v->rounds; i++) {
		if (v->sides[i].done)
			continue;
		r->outcome = OUTCOME_FAILED;
		r->exit_status = 4;
		r->error =
			arena_printf(&r->arena, "no transaction of %s succeeded%s%s", side_names[i],
				     v->sides[i].message[0] ? ": " : "", v->sides[i].message);
	}
	if (v->error) {
		r->outcome = OUTCOME_FAILED;
		r->exit_status = error_exit_status(v->error);
		r->error = arena_strdup(&r->arena, v->error->text);
	}
	if (v->interrupted) {
		r->outcome = OUTCOME_INTERRUPTED;
		r->exit_status = 130;
	}
}

void versus_record(struct record *record, const struct versus_result *v, double limit)
{
	struct compared list[VERSUS_FIGURES];
	bool regression = false;
	size_t i;

	for (i = 0; i < VERSUS_FIGURES; i++)
		list[i] = compare(v, i, limit);
	add_metrics(record, v);
	if (v->rounds) {
		add_differences(record, list);
		add_rounds(record, v);
		courses_record(record, v->courses, v->turn_s);
		regression = add_findings(record, v, list);
	}
	set_outcome(record, v, regression);
}

/* qualify_record.c - see qualify.h: figures beside what is published, sizes, prices, assumptions.
 */
#include <math.h>
#include <stdio.h>

#include "bench/qualify.h"
#include "bench/slo.h"
#include "bench/stats.h"

struct figures {
	double reads, p99_us, below_10ms, load, upsert;
};

static struct cell number(double v)
{
	return (struct cell){.number = v};
}

static struct cell text(const char *t)
{
	return (struct cell){.text = t};
}

static struct figures compute(const struct qualify *q)
{
	const struct histogram *h = &q->reads.latency;
	double done = (double)h->count, failed = (double)q->reads.total.scripts[0].failed;
	double window_s = (double)q->reads.window_ns / 1e9;
	struct figures f = {
		.load = (double)q->load_rows / q->load_s,
		.upsert = (double)q->upsert_rows / q->upsert_s,
		.reads = window_s > 0 ? (double)q->reads.in_window / window_s : (double)NAN,
		.p99_us = done > 0 ? histogram_percentile(h, 0.99) / 1e3 : (double)NAN,
		.below_10ms = (double)NAN,
	};

	if (done + failed > 0)
		f.below_10ms = 100 * (done - slo_slow(h, QUALIFY_LATENCY_NS)) / (done + failed);
	return f;
}

static void add_metrics(struct record *r, const struct qualify *q, const struct figures *f)
{
	record_metric(r, "point_read_rate", NULL, f->reads, true);
	record_metric(r, "latency_p99_us", NULL, f->p99_us, true);
	record_metric(r, "latency_below_10ms_share", NULL, f->below_10ms, true);
	record_metric(r, "connections_open", NULL, q->connections_open, true);
	record_metric(r, "load_rows_per_s", NULL, f->load, true);
	record_metric(r, "upsert_rows_per_s", NULL, f->upsert, true);
	record_metric(r, "rows", NULL, (double)(q->load_rows + q->upsert_rows), false);
	if (q->reads.latency.count)
		record_histogram(r, "latency", NULL, "us", &q->reads.latency);
}

/* What was measured beside what a unit is published to do. */
static void add_beside(struct record *r, const struct qualify *q, const struct figures *f)
{
	static const struct record_column columns[] = {
		{"figure", "Figure", "", BETTER_NONE, true},
		{"unit", "Unit", "", BETTER_NONE, true},
		{"measured", "Measured", "", BETTER_NONE, false},
		{"provisioned", "Provisioned unit, 16 GB", "", BETTER_NONE, false},
		{"autoscaling", "Autoscaling unit, 2 GB", "", BETTER_NONE, false},
		{"worth_provisioned", "Worth 16 GB units", "", BETTER_HIGHER, false},
		{"worth_autoscaling", "Worth 2 GB units", "", BETTER_HIGHER, false},
	};
	const struct offer *p = &capacity_offers[0], *a = &capacity_offers[1];
	const struct {
		const char *figure, *unit;
		double measured, provisioned, autoscaling;
		bool scales; /* with units, so that a ratio means something */
	} rows[] = {
		{"point reads", "1/s", f->reads, p->reads, a->reads, true},
		{"point reads, p99", "ms", f->p99_us / 1e3, p->latency_ms, a->latency_ms, false},
		{"point reads under 10 ms", "%", f->below_10ms, (double)NAN, (double)NAN, false},
		{"connections", "", q->connections_open, p->connections_max, floor(a->connections),
		 false},
		{"initial load", "rows/s", f->load, p->load, a->load, true},
		{"incremental upsert", "rows/s", f->upsert, p->upserts, a->upserts, true},
	};
	struct record_table *t = record_table(r, "beside", "Beside what is published", columns,
					      sizeof(columns) / sizeof(columns[0]));
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool s = rows[i].scales;
		struct cell row[] = {
			text(rows[i].figure),
			text(rows[i].unit),
			number(rows[i].measured),
			number(rows[i].provisioned),
			number(rows[i].autoscaling),
			number(s ? rows[i].measured / rows[i].provisioned : (double)NAN),
			number(s ? rows[i].measured / rows[i].autoscaling : (double)NAN),
		};

		table_row(r, t, row);
	}
}

static const char *sizing_note(const struct offer *o, const struct sizing *s)
{
	if (s->beyond)
		return "beyond the largest size: spread it over several, or ask for more";
	if (s->beyond_connections)
		return "more connections than any size has: use a pooler";
	if (s->beyond_storage)
		return "more data than any size holds";
	return o->note;
}

static bool anything_wanted(const struct need *n)
{
	return n->reads + n->upserts + n->load + n->gb + n->connections > 0;
}

static void add_sizing(struct record *r, const struct qualify *q)
{
	static const struct record_column columns[] = {
		{"offer", "Offer", "", BETTER_NONE, true},
		{"for_reads", "For reads", "units", BETTER_NONE, false},
		{"for_upserts", "For upserts", "units", BETTER_NONE, false},
		{"for_load", "For the load", "units", BETTER_NONE, false},
		{"for_connections", "For connections", "units", BETTER_NONE, false},
		{"units", "Needed", "units", BETTER_NONE, false},
		{"size", "Size", "units", BETTER_NONE, false},
		{"memory_gb", "Memory", "GB", BETTER_NONE, false},
		{"compute_month", "Compute", "USD/month", BETTER_LOWER, false},
		{"storage_month", "Storage", "USD/month", BETTER_LOWER, false},
		{"total_month", "Together", "USD/month", BETTER_LOWER, false},
		{"load_hours", "Loading it once", "h", BETTER_LOWER, false},
		{"note", "Note", "", BETTER_NONE, true},
	};
	struct record_table *t = record_table(r, "sizing", "What this workload needs", columns,
					      sizeof(columns) / sizeof(columns[0]));
	size_t i;

	for (i = 0; i < capacity_offer_count; i++) {
		const struct offer *o = &capacity_offers[i];
		struct sizing s = capacity_size(o, &q->need);
		double size = s.beyond ? (double)NAN : s.size;
		struct cell row[] = {
			text(o->name),
			number(s.for_reads),
			number(s.for_upserts),
			number(s.for_load),
			number(s.beyond_connections ? (double)NAN : s.for_connections),
			number(s.units),
			number(size),
			number(size * o->unit_gb),
			number(s.compute_month),
			number(s.storage_month),
			number(s.total_month),
			number(s.load_hours),
			text(sizing_note(o, &s)),
		};

		table_row(r, t, row);
		record_metric(r, "size_units", o->name, size, false);
		record_metric(r, "cost_month", o->name, s.total_month, false);
	}
}

static void add_assumptions(struct record *r, const struct qualify *q)
{
	static const struct record_column columns[] = {
		{"assumption", "Assumption", "", BETTER_NONE, true},
		{"value", "Value", "", BETTER_NONE, true},
		{"source", "Source", "", BETTER_NONE, true},
	};
	struct record_table *t = record_table(r, "assumptions", "Assumptions", columns,
					      sizeof(columns) / sizeof(columns[0]));
	char how[300];
	size_t i;

	snprintf(
		how, sizeof(how),
		"%u connections for point reads; one for the load (%.0f rows) and one for upserts, "
		"%d rows a transaction, half of them new",
		q->read_connections, (double)q->load_rows, QUALIFY_BATCH);
	table_row(r, t, (struct cell[]){text("measured here"), text(how), text("this run")});
	for (i = 0; i < capacity_assumption_count; i++) {
		const struct assumption *a = &capacity_assumptions[i];

		table_row(r, t, (struct cell[]){text(a->what), text(a->value), text(a->source)});
	}
}

/* What the server that was measured itself has left for this workload. */
static void judge_server(struct record *r, const struct qualify *q, const struct figures *f)
{
	const struct need *n = &q->need;
	double used = n->reads / f->reads + n->upserts / f->upsert;
	double most = fmax(used, n->load / f->load);
	char words[300];

	if (n->reads + n->upserts + n->load <= 0)
		return;
	snprintf(words, sizeof(words),
		 "the wanted reads and upserts take %.0f %% of what was measured here, the load "
		 "%.0f %%",
		 100 * used, 100 * n->load / f->load);
	record_finding(r, most > 1 ? "SERVER-TOO-SMALL" : "SERVER-CARRIES-IT",
		       most > 1 ? SEVERITY_WARNING : SEVERITY_INFO, "this server", words,
		       most > 1 ? "take a larger size, and measure it the same way" : "");
}

static void add_findings(struct record *r, const struct qualify *q, const struct figures *f)
{
	const struct need *n = &q->need;
	size_t i;

	judge_server(r, q, f);
	for (i = 0; anything_wanted(n) && i < capacity_offer_count; i++) {
		struct sizing s = capacity_size(&capacity_offers[i], n);
		char words[200];

		if (s.beyond || s.beyond_connections || s.beyond_storage) {
			record_finding(r, "BEYOND-LARGEST-SIZE", SEVERITY_WARNING,
				       capacity_offers[i].name,
				       sizing_note(&capacity_offers[i], &s), "");
		} else if (n->gb > s.size * capacity_offers[i].unit_gb) {
			snprintf(words, sizeof(words),
				 "%.6g GB of data and %.6g GB of memory: reads of what is not in "
				 "memory are many times slower",
				 n->gb, s.size * capacity_offers[i].unit_gb);
			record_finding(r, "DATA-LARGER-THAN-MEMORY", SEVERITY_INFO,
				       capacity_offers[i].name, words,
				       "measure with your own data and keys (bench run, bench "
				       "sweep)");
		}
	}
	if (q->refusal[0])
		record_finding(r, "CONNECTION-LIMIT", SEVERITY_INFO, "connections", q->refusal,
			       q->connections_open < n->connections
				       ? "fewer than wanted: use a pooler, or a larger size"
				       : "");
}

void qualify_record(struct record *r, const struct qualify *q)
{
	struct figures f = compute(q);

	add_metrics(r, q, &f);
	add_beside(r, q, &f);
	if (anything_wanted(&q->need))
		add_sizing(r, q);
	add_assumptions(r, q);
	add_findings(r, q, &f);
	if (q->reads.total.failure_count) {
		record_finding(r, "FAILED-TRANSACTIONS", SEVERITY_WARNING, "point reads",
			       q->reads.total.failures[0].message, "");
		r->outcome = OUTCOME_ATTENTION;
		r->exit_status = 1;
	}
}

/*
 * explain.c - see explain.h.
 *
 * PREPARE, force_generic_plan and EXPLAIN EXECUTE with NULLs give the plan of a statement whose
 * parameters nobody knows, alike in every version since 12 (GENERIC_PLAN came with 16).
 */
#include "bench/explain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/explain_draw.h"
#include "bench/explain_plan.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/pg.h"

#define STATEMENTS_MAX 5       /* are explained */
#define PLAN_MS	       2000    /* for one plan */
#define ANALYZE_MS     30000   /* for one execution */
#define GRACE_MS       500     /* the server stops first, then we do */
#define OLDEST	       120000  /* plan_cache_mode */
#define SYNTAX_ERROR   "42601" /* BEGIN, END, SET, ...: nothing to plan */
#define REASON_MAX     200

struct explainer {
	const struct engine_options *o;
	const struct engine_result *result;
	enum explain_mode mode;
	struct record *record;
	struct record_table *table;
	struct pg *pg;
	double all_us;
	unsigned tried, failed;
	char reason[REASON_MAX]; /* of the first failure */
};

static double total_us(const struct engine_result *result, size_t i)
{
	return (double)result->total.statements[i].latency.sum / 1e3;
}

static void note_failure(struct explainer *x, const char *label, const char *reason)
{
	if (x->failed++ == 0)
		snprintf(x->reason, sizeof(x->reason), "'%.60s': %.120s", label, reason);
}

static bool look_up(void *context, struct arena *arena, const char *schema, const char *relation,
		    struct plan_relation *out)
{
	static const char sql[] =
		"select c.relpages, c.reltuples, a.attname from pg_class c"
		" join pg_namespace n on n.oid = c.relnamespace"
		" left join (pg_index i join pg_class ic on ic.oid = i.indexrelid"
		" join pg_am am on am.oid = ic.relam and am.amname in ('btree', 'hash'))"
		" on i.indrelid = c.oid and i.indisvalid and i.indpred is null"
		" left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]"
		" where n.nspname = $1 and c.relname = $2";
	const char *const values[] = {schema, relation};
	struct explainer *x = context;
	struct pg_result *r = pg_query(x->pg, sql, values, 2, NULL);
	bool found = r && pg_rows(r) > 0 && pg_value(r, 0, 0) && pg_value(r, 0, 1) &&
		     text_to_double(pg_value(r, 0, 0), &out->pages) &&
		     text_to_double(pg_value(r, 0, 1), &out->rows);
	int i;

	out->leading_count = 0;
	for (i = 0; found && i < pg_rows(r) && out->leading_count < PLAN_LEADING; i++)
		if (pg_value(r, i, 2))
			out->leading[out->leading_count++] = arena_strdup(arena, pg_value(r, i, 2));
	pg_free(r);
	return found;
}

/* EXPLAIN (...) EXECUTE lakeport_explain(NULL, ...), or with the values that were drawn. */
static void put_explain(struct buf *out, unsigned count, const char *const *values, bool analyze)
{
	unsigned i;

	buf_printf(out, "explain (%sverbose, format json) execute lakeport_explain",
		   analyze ? "analyze, buffers, " : "");
	for (i = 0; i < count; i++) {
		buf_puts(out, i ? ", " : "(");
		if (values && values[i])
			pg_quote_literal(out, values[i]);
		else
			buf_puts(out, "null");
	}
	buf_puts(out, count ? ")" : "");
}

/* A transaction that cannot write unless it has to, and that gives up by itself. */
static int begin(struct explainer *x, bool analyze, struct error *e)
{
	int ms = analyze ? ANALYZE_MS : PLAN_MS;
	char sql[250];

	pg_deadline(x->pg, ms + GRACE_MS);
	snprintf(sql, sizeof(sql),
		 "begin%s; set local statement_timeout = %d; set local lock_timeout = 1000%s",
		 analyze ? "" : " read only", ms,
		 analyze ? "" : "; set local plan_cache_mode = force_generic_plan");
	return pg_exec(x->pg, sql, e);
}

/* The plan as text (caller frees); NULL with `e` filled. */
static char *fetch(struct explainer *x, const struct statement *s, const char *const *values,
		   bool analyze, struct error *e)
{
	struct buf sql = {0};
	char *plan = NULL;
	struct error ignored = ERROR_INIT;

	buf_printf(&sql, "prepare lakeport_explain as %s\n", s->numbered);
	if (begin(x, analyze, e) == 0 && pg_exec(x->pg, buf_text(&sql), e) == 0) {
		buf_clear(&sql);
		put_explain(&sql, s->parameter_count, values, analyze);
		plan = pg_scalar(x->pg, buf_text(&sql), e);
	}
	buf_release(&sql);
	if (e->class != ERROR_CONNECT && e->class != ERROR_INTERRUPTED) {
		pg_exec(x->pg, "rollback", &ignored);
		pg_exec(x->pg, "deallocate all", &ignored);
	}
	return plan;
}

static void add_row(struct explainer *x, const char *label, double us, const struct plan_summary *s)
{
	static const struct record_column columns[] = {
		{"statement", "Statement", "", BETTER_NONE, true},
		{"time_share", "Share of time", "%", BETTER_NONE, false},
		{"plan", "Plan", "", BETTER_NONE, true},
		{"cost", "Cost", "", BETTER_LOWER, false},
		{"rows", "Rows planned", "", BETTER_NONE, false},
		{"executed_ms", "Executed in", "ms", BETTER_LOWER, false},
	};
	/* Without an execution there is no time of one. */
	size_t n = x->mode == EXPLAIN_ANALYZE ? 6 : 5;
	struct cell row[] = {{.text = label},
			     {.number = x->all_us > 0 ? 100 * us / x->all_us : (double)NAN},
			     {.text = buf_text(&s->shape)},
			     {.number = s->cost},
			     {.number = s->rows},
			     {.number = s->actual_ms}};

	if (!x->table)
		x->table = record_table(x->record, "plans",
					x->mode == EXPLAIN_ANALYZE
						? "Plans of the slowest statements"
						: "Generic plans of the slowest statements",
					columns, n);
	table_row(x->record, x->table, row);
}

static void judge(struct explainer *x, size_t i, const char *json)
{
	const char *label = x->o->workload->statements[i]->label;
	struct plan_summary summary;
	struct error e = ERROR_INIT;

	if (plan_judge(json, label, look_up, x, x->record, &summary, &e) == 0)
		add_row(x, label, total_us(x->result, i), &summary);
	else
		note_failure(x, label, e.text);
	buf_release(&summary.shape);
}

/* One statement. 1: it was explained, 0: there is nothing to explain, -1: the server is gone. */
static int explain_one(struct explainer *x, size_t i)
{
	const struct statement *s = x->o->workload->statements[i];
	bool analyze = x->mode == EXPLAIN_ANALYZE;
	const char **values = NULL;
	struct arena arena = {0};
	struct error e = ERROR_INIT;
	int status = 1;
	char *plan;

	if (analyze) {
		values = arena_alloc(&arena, (s->parameter_count + 1) * sizeof(*values));
		if (!explain_draw(x->o, i, &arena, values)) {
			note_failure(x, s->label,
				     "its parameters come from the answers of other statements");
			goto out;
		}
	}
	plan = fetch(x, s, values, analyze, &e);
	if (plan) {
		judge(x, i, plan);
		free(plan);
	} else if (strcmp(e.sqlstate, SYNTAX_ERROR) == 0) {
		status = 0;
	} else {
		note_failure(x, s->label, e.text);
		status = e.class == ERROR_CONNECT || e.class == ERROR_INTERRUPTED ? -1 : 1;
	}
out:
	arena_release(&arena);
	return status;
}

static void explain_slowest(struct explainer *x)
{
	const struct workload *load = x->o->workload;
	bool *done = xcalloc(load->statement_count, sizeof(*done));
	int status = 1;

	while (x->tried < STATEMENTS_MAX && status >= 0 && interrupt_count() == 0) {
		size_t best = load->statement_count, i;

		for (i = 0; i < load->statement_count; i++)
			if (!done[i] && !load->statements[i]->compound &&
			    total_us(x->result, i) > 0 &&
			    (best == load->statement_count ||
			     total_us(x->result, i) > total_us(x->result, best)))
				best = i;
		if (best == load->statement_count)
			break;
		done[best] = true;
		status = explain_one(x, best);
		x->tried += status == 1;
	}
	free(done);
}

static void say_failures(struct explainer *x)
{
	char text[400];

	if (x->failed == 0)
		return;
	snprintf(text, sizeof(text), "%u of the slowest statements could not be explained; %s",
		 x->failed, x->reason);
	record_finding(x->record, "NOT-EXPLAINED", SEVERITY_INFO, "plans", text,
		       x->mode == EXPLAIN_ANALYZE
			       ? "--explain plan needs no parameters; --explain off asks for none"
			       : "--explain off asks for none");
}

void explain_record(const struct engine_options *o, const struct engine_result *result,
		    enum explain_mode mode, struct record *record)
{
	struct explainer x = {.o = o, .result = result, .mode = mode, .record = record};
	struct error e = ERROR_INIT;
	size_t i;

	if (mode == EXPLAIN_OFF || result->interrupted)
		return;
	for (i = 0; i < o->workload->statement_count; i++)
		x.all_us += total_us(result, i);
	if (x.all_us <= 0)
		return;
	x.pg = pg_connect(o->dsn, &e);
	if (x.pg)
		pg_interruptible(x.pg);
	if (!x.pg)
		note_failure(&x, "all", e.text);
	else if (pg_server_version(x.pg) < OLDEST)
		note_failure(&x, "all", "generic plans can be asked for since PostgreSQL 12");
	else
		explain_slowest(&x);
	say_failures(&x);
	pg_close(x.pg);
}

/*
 * check_run.c - the checks "runs" and "rows": a text is executed, read-only, and what its last
 * query returns is compared with golden rows.
 *
 * A query goes through a cursor, so that a huge answer never comes as a whole: FETCH takes pieces,
 * and stops after as many rows as can matter. Parameters are NULL.
 */
#include "convert/check_live.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/memory.h"
#include "convert/check_safe.h"
#include "convert/golden.h"

#define PIECE	      1000   /* rows of one FETCH */
#define MAX_ROWS      100000 /* of a query without golden rows: then it runs well enough */
#define MAX_ARGUMENTS 100
#define PAIRS	      5 /* rows that differ, shown beside each other */
#define DECLARE	      "declare lakeport_check no scroll cursor for "

struct answer {
	const char **cells;
	size_t row_count, capacity, width, limit;
	const char **columns;
	enum golden_type *types;
	bool more; /* than the limit */
};

/* ---- what may be executed ---- */

const char *live_harmful(struct live *l, struct live_text *t, const char **why, struct error *e)
{
	struct name_list names = {0};
	const char *harmful = policy_harmful(t->parsed, t->arena, &names, why);
	struct pg_result *r;
	size_t i;

	if (harmful || names.count == 0)
		return harmful;
	buf_clear(&l->text);
	buf_puts(&l->text,
		 "select p.proname from pg_catalog.pg_proc p join pg_catalog.pg_language l"
		 " on l.oid = p.prolang where l.lanname not in ('sql', 'plpgsql')"
		 " and p.provolatile = 'v' and p.proname in (");
	for (i = 0; i < names.count; i++) {
		buf_puts(&l->text, i ? ", " : "");
		pg_quote_literal(&l->text, names.items[i]);
	}
	buf_puts(&l->text, ") limit 1");
	r = pg_query(l->pg, buf_text(&l->text), NULL, 0, e);
	if (r && pg_rows(r) == 1 && pg_value(r, 0, 0)) {
		harmful = arena_strdup(t->arena, pg_value(r, 0, 0));
		*why = "it is volatile and written in C or another language than SQL";
	}
	pg_free(r);
	return harmful;
}

/* Why the text is not executed; NULL: it is. */
static const char *hindrance(struct live *l, struct live_text *t, struct error *e)
{
	const char *why = NULL, *function;
	size_t i;

	for (i = 0; i < t->parsed->count; i++) {
		struct policy_row row = policy_of(&t->parsed->statements[i]);

		if (row.policy == POLICY_CODE)
			return "it makes code that could be called";
		if (row.policy != POLICY_QUERY && !l->settings->run_dml)
			return "it changes something, and only queries were to be run";
		if (row.policy == POLICY_COPY_AS && t->parsed->count > 1)
			return "the table that it makes from a query has no rows in a check";
		if (row.policy == POLICY_ANALYSE || row.policy == POLICY_REFUSE)
			return row.why;
	}
	function = live_harmful(l, t, &why, e);
	if (function)
		return arena_printf(t->arena, "it calls %s: %s", function, why);
	return NULL;
}

/* ---- rows ---- */

static void begin_answer(struct answer *a, const struct pg_result *r, struct arena *arena)
{
	size_t i;

	a->width = (size_t)pg_columns(r);
	a->columns = arena_alloc(arena, (a->width + 1) * sizeof(*a->columns));
	a->types = arena_alloc(arena, (a->width + 1) * sizeof(*a->types));
	for (i = 0; i < a->width; i++) {
		a->columns[i] = arena_strdup(arena, pg_column(r, (int)i));
		a->types[i] = golden_type(pg_column_type(r, (int)i));
	}
}

static void keep_rows(struct answer *a, const struct pg_result *r, struct arena *arena)
{
	size_t i, n = (size_t)pg_rows(r) * a->width, used = a->row_count * a->width;

	if (used + n > a->capacity) {
		const char **cells;

		a->capacity = 2 * (used + n);
		cells = arena_alloc(arena, a->capacity * sizeof(*cells));
		if (used)
			memcpy(cells, a->cells, used * sizeof(*cells));
		a->cells = cells;
	}
	for (i = 0; i < n; i++) {
		const char *value = pg_value(r, (int)(i / a->width), (int)(i % a->width));

		a->cells[used + i] = value ? arena_strdup(arena, value) : NULL;
	}
}

/* Reads the cursor to its end, or as far as matters. */
static int fetch_all(struct live *l, struct live_text *t, struct answer *a, struct error *e)
{
	uint64_t limit = clock_now() + (uint64_t)l->settings->timeout_ms * CLOCK_MS;
	bool first = true;

	for (;;) {
		struct pg_result *r;
		size_t n;

		r = pg_query(l->pg, "fetch forward 1000 from lakeport_check", NULL, 0, e);
		if (!r)
			return -1;
		if (first)
			begin_answer(a, r, t->arena);
		first = false;
		n = (size_t)pg_rows(r);
		if (t->golden)
			keep_rows(a, r, &t->rows);
		a->row_count += n;
		pg_free(r);
		if (n < PIECE)
			return 0;
		a->more = a->row_count > a->limit || clock_now() > limit;
		if (a->more)
			return 0;
	}
}

static void take_values(const struct live_text *t, const char **values)
{
	size_t i;

	for (i = 0; i < t->input->value_count && i < MAX_ARGUMENTS; i++)
		values[i] = t->input->values[i];
}

static int run_query(struct live *l, struct live_text *t, const struct pgtree_statement *s,
		     struct answer *a, struct error *e)
{
	const char *values[MAX_ARGUMENTS] = {0};
	struct pg_result *r;
	int n;

	if (pg_prepare(l->pg, "", s->sql, e) < 0 || (n = pg_parameters(l->pg, "", e)) < 0)
		return -1;
	if (n > MAX_ARGUMENTS)
		return error_set(e, ERROR_SQL, "more than %d parameters", MAX_ARGUMENTS);
	take_values(t, values);
	buf_clear(&l->text);
	buf_printf(&l->text, DECLARE "%s", s->sql);
	r = pg_query(l->pg, buf_text(&l->text), values, n, e);
	if (!r)
		return -1;
	pg_free(r);
	*a = (struct answer){.limit = t->golden ? t->golden->row_count : MAX_ROWS};
	if (fetch_all(l, t, a, e) < 0)
		return -1;
	return pg_exec(l->pg, "close lakeport_check", e);
}

/* ---- rows ---- */

static bool has_column(const struct answer *a, const char *name, size_t *column)
{
	size_t i, found = 0;

	for (i = 0; i < a->width; i++)
		if (strcmp(a->columns[i], name) == 0) {
			*column = i;
			found++;
		}
	return found == 1;
}

/* The columns that the statement sorts by, as far as it returns them: ORDER BY 2, name, t.name. */
static size_t find_order(const struct pgtree_statement *s, const struct answer *a, size_t *order)
{
	const cJSON *item;
	size_t n = 0;

	cJSON_ArrayForEach(item, pgtree_field(s->node, "sortClause"))
	{
		const cJSON *key = pgtree_field(pgtree_as(item, "SortBy"), "node");
		const cJSON *number =
			pgtree_field(pgtree_field(pgtree_as(key, "A_Const"), "ival"), "ival");
		const char *name =
			pgtree_name(pgtree_field(pgtree_as(key, "ColumnRef"), "fields"), 0);

		if (n == a->width)
			break;
		if (cJSON_IsNumber(number) && number->valuedouble >= 1 &&
		    number->valuedouble <= (double)a->width)
			order[n++] = (size_t)number->valuedouble - 1;
		else if (name && has_column(a, name, &order[n]))
			n++;
		else
			break;
	}
	return n;
}

/* What to look at beside a difference: rows in pairs, and what was expected. */
static void explain_difference(struct live *l, struct live_text *t, const struct golden_rows *rows)
{
	struct check_result *result = &t->report->results[CHECK_ROWS];
	const struct golden *g = t->golden;
	struct golden_pair *pairs = arena_alloc(t->arena, PAIRS * sizeof(*pairs));

	result->hint = g->file ? arena_printf(t->arena, "expected rows: %s", g->file)
			       : "expected rows: as the source gave them";
	t->report->pair_count =
		golden_pairs(g, rows, l->settings->tolerance, t->arena, pairs, PAIRS);
	t->report->pairs = pairs;
}

/* "3 rows", and beside what: "3 rows, as the source gave them; column 'a' is text on the ...". */
static const char *equal_rows(struct live_text *t, const struct golden_rows *rows)
{
	const struct golden *g = t->golden;
	const char *note = golden_kind_note(g, rows, t->arena);

	return arena_printf(
		t->arena, "%zu row%s%s%s%s", rows->row_count, rows->row_count == 1 ? "" : "s",
		g->file ? "" : ", as the source gave them", note ? "; " : "", note ? note : "");
}

static void compare_rows(struct live *l, struct live_text *t, const struct pgtree_statement *s,
			 const struct answer *a)
{
	struct check_result *result = &t->report->results[CHECK_ROWS];
	const struct golden *g = t->golden;
	size_t *order = arena_alloc(t->arena, (a->width + 1) * sizeof(*order));
	struct golden_rows rows = {.cells = a->cells,
				   .types = a->types,
				   .columns = a->columns,
				   .column_count = a->width,
				   .row_count = a->row_count,
				   .order = order,
				   .order_count = find_order(s, a, order)};
	const char *difference;

	if (a->row_count > g->row_count)
		difference = arena_printf(t->arena, "expected %zu rows, got %s%zu", g->row_count,
					  a->more ? "at least " : "", a->row_count);
	else
		difference = golden_difference(g, &rows, l->settings->tolerance, &t->rows);
	t->report->rows_compared = g->row_count;
	result->status = difference ? CHECK_FAILED : CHECK_PASSED;
	result->message = difference ? arena_strdup(t->arena, difference) : equal_rows(t, &rows);
	if (difference)
		explain_difference(l, t, &rows);
}

static void check_rows(struct live *l, struct live_text *t, const struct pgtree_statement *query,
		       const struct answer *a)
{
	if (t->golden && query)
		compare_rows(l, t, query, a);
	else
		live_impossible(t, CHECK_ROWS, t->no_golden ? t->no_golden : "it returns no rows");
}

static bool has_query(const struct parsed *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (policy_of(&p->statements[i]).policy == POLICY_QUERY)
			return true;
	return false;
}

/* The rows that are expected, before anything is executed: so much of the answer is kept. */
static int find_expected(struct live *l, struct live_text *t, struct error *e)
{
	if (l->settings->upto < CHECK_ROWS)
		return 0;
	if (!t->input->golden && !t->input->expect)
		t->no_golden = "there are no golden rows for it";
	else if (!has_query(t->parsed))
		t->no_golden = "it returns no rows";
	else if (t->parameters && !t->input->values)
		t->no_golden = t->input->golden || !t->input->expect
				       ? "it has parameters"
				       : "it has parameters: give their values with --param";
	else if (t->report->stub_tables)
		t->no_golden = "its tables are inferred and empty";
	else if (t->report->input_tables)
		t->no_golden = "its tables are made for the check and empty";
	else if (t->input->golden)
		t->golden = t->input->golden;
	else
		return t->input->expect(t->input->context, &t->golden, &t->no_golden, e);
	return 0;
}

/* ---- all statements ---- */

static int run_change(struct live *l, const struct pgtree_statement *s, struct error *e)
{
	const char *values[MAX_ARGUMENTS] = {0};
	struct pg_result *r;
	int n;

	if (pg_prepare(l->pg, "", s->sql, e) < 0 || (n = pg_parameters(l->pg, "", e)) < 0)
		return -1;
	if (n > MAX_ARGUMENTS)
		return error_set(e, ERROR_SQL, "more than %d parameters", MAX_ARGUMENTS);
	r = pg_query(l->pg, s->sql, values, n, e);
	pg_free(r);
	return r ? 0 : -1;
}

/* Changes: what `prepares` has made is not made twice, only rows are changed. */
static int run_statement(struct live *l, struct live_text *t, const struct pgtree_statement *s,
			 struct answer *a, const struct pgtree_statement **query, struct error *e)
{
	enum policy policy = policy_of(s).policy;

	if (policy == POLICY_QUERY) {
		*query = s;
		return run_query(l, t, s, a, e);
	}
	if (policy == POLICY_CHANGE || policy == POLICY_COPY_AS)
		return run_change(l, s, e);
	return 0;
}

static bool visit_parameter(void *context, const char *type, const cJSON *node)
{
	bool *found = context;

	(void)node;
	if (strcmp(type, "ParamRef") == 0)
		*found = true;
	return !*found;
}

static void ran(struct live_text *t)
{
	struct check_result *r = &t->report->results[CHECK_RUNS];

	r->status = CHECK_PASSED;
	if (t->report->stub_tables)
		r->message = "on inferred tables without rows";
	else if (t->report->input_tables)
		r->message = "on tables of the input without rows";
	else if (t->parameters && !t->input->values)
		r->message = "with NULL for each parameter";
}

static void did_not_run(struct live_text *t, const struct pgtree_statement *s,
			const struct error *e)
{
	size_t prefix = policy_of(s).policy == POLICY_QUERY ? sizeof(DECLARE) - 1 : 0;

	if (strcmp(e->sqlstate, "57014") == 0) {
		live_impossible(t, CHECK_RUNS, "it took longer than the time limit of a check");
		return;
	}
	live_failed(t, CHECK_RUNS, s, e, prefix);
}

static int run_all(struct live *l, struct live_text *t, struct error *e)
{
	const struct pgtree_statement *query = NULL;
	struct answer a = {0};
	size_t i;

	pgtree_walk(t->parsed->root, visit_parameter, &t->parameters);
	if (find_expected(l, t, e) < 0) {
		t->ended = true;
		return -1;
	}
	for (i = 0; i < t->parsed->count; i++) {
		const struct pgtree_statement *s = &t->parsed->statements[i];

		if (run_statement(l, t, s, &a, &query, e) == 0)
			continue;
		if (live_fatal(l, e))
			return -1;
		did_not_run(t, s, e);
		return 0;
	}
	ran(t);
	if (l->settings->upto >= CHECK_ROWS)
		check_rows(l, t, query, &a);
	return 0;
}

int live_run(struct live *l, struct live_text *t, struct error *e)
{
	const char *why = hindrance(l, t, e);
	int status;

	if (why) {
		live_impossible(t, CHECK_RUNS, why);
		if (l->settings->upto >= CHECK_ROWS)
			live_impossible(t, CHECK_ROWS, "it was not run");
		return 0;
	}
	if (!l->settings->run_dml && pg_exec(l->pg, "set local transaction_read_only = on", e) < 0)
		return -1;
	status = run_all(l, t, e);
	arena_release(&t->rows);
	return status;
}

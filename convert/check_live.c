/* check_live.c - see check_live.h: the session of a checker, and the check "prepares". */
#include "convert/check_live.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "convert/check_safe.h"

#define MAX_REPAIRS  24
#define MAX_MESSAGES 400

/* Settings of the transaction; what the user's role may not set is left as it is. */
static const char *const session[] = {
	"set local lock_timeout = '5s'",
	"set local idle_in_transaction_session_timeout = 0",
	"set local datestyle = 'ISO, YMD'",
	"set local intervalstyle = 'postgres'",
	"set local bytea_output = 'hex'",
	"set local extra_float_digits = 1",
	"set local standard_conforming_strings = on",
	"set local cursor_tuple_fraction = 1",
};

int live_fatal(const struct live *l, const struct error *e)
{
	return e->class == ERROR_INTERRUPTED || e->class == ERROR_CONNECT || !pg_alive(l->pg) ? -1
											      : 0;
}

/* ---- the session ---- */

static int exec_format(struct live *l, struct error *e, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static int exec_format(struct live *l, struct error *e, const char *format, ...)
{
	char sql[256];
	va_list args;

	va_start(args, format);
	vsnprintf(sql, sizeof(sql), format, args);
	va_end(args);
	return pg_exec(l->pg, sql, e);
}

int live_try(struct live *l, const char *sql, struct error *e)
{
	if (pg_exec(l->pg, "savepoint lakeport_try", e) < 0)
		return -1;
	if (pg_exec(l->pg, sql, e) < 0) {
		pg_exec(l->pg, "rollback to savepoint lakeport_try; release savepoint lakeport_try",
			NULL);
		return -1;
	}
	return pg_exec(l->pg, "release savepoint lakeport_try", e);
}

/* A schema of the transaction's own, before all others; else the one of temporary tables; or none
 * on a server that can only be read.
 */
static int make_schema(struct live *l, struct error *e)
{
	char sql[128];

	snprintf(l->schema, sizeof(l->schema), "lakeport_check_%d", pg_backend(l->pg));
	snprintf(sql, sizeof(sql), "create schema %s", l->schema);
	if (live_try(l, sql, e) < 0) {
		if (live_fatal(l, e))
			return -1;
		snprintf(l->schema, sizeof(l->schema), "pg_temp");
		if (live_try(l, "create temp table lakeport_check_probe ()", e) < 0) {
			l->schema[0] = '\0';
			return live_fatal(l, e);
		}
	}
	return exec_format(l, e,
			   "select set_config('search_path', '%s, ' || "
			   "current_setting('search_path'), true)",
			   l->schema);
}

static int set_up(struct live *l, struct error *e)
{
	size_t i;

	if (pg_exec(l->pg, "begin", e) < 0 ||
	    exec_format(l, e, "set local statement_timeout = %d", l->settings->timeout_ms) < 0)
		return -1;
	for (i = 0; i < sizeof(session) / sizeof(session[0]); i++)
		if (live_try(l, session[i], e) < 0 && live_fatal(l, e))
			return -1;
	if (l->settings->time_zone) {
		const char *values[1] = {l->settings->time_zone};
		struct pg_result *r =
			pg_query(l->pg, "select set_config('timezone', $1, true)", values, 1, e);

		if (!r) {
			e->class = ERROR_INPUT;
			return error_context(e, "time zone '%s'", l->settings->time_zone);
		}
		pg_free(r);
	}
	return make_schema(l, e);
}

static int find_helpers(struct live *l, struct error *e)
{
	const char *values[1] = {l->settings->helper_schema};
	struct pg_result *r;

	if (!l->settings->helper_schema)
		return 0;
	r = pg_query(
		l->pg,
		"select from pg_catalog.pg_namespace n join pg_catalog.pg_proc p"
		" on p.pronamespace = n.oid where n.nspname = $1 and p.proname = 'try_int' limit 1",
		values, 1, e);
	if (!r)
		return -1;
	l->server_helpers = pg_rows(r) > 0;
	pg_free(r);
	return 0;
}

static bool names_schema(const struct parsed *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		const struct pgtree_statement *s = &p->statements[i];

		if (strcmp(s->kind, "CreateSchemaStmt") == 0 ||
		    *pgtree_text(pgtree_field(s->node, "relation"), "schemaname"))
			return true;
	}
	return false;
}

/* The schema file is the user's, but nothing in it may leave the transaction either. */
static int check_schema(struct live *l, struct error *e)
{
	struct arena a = {0};
	struct parsed p;
	size_t i;
	int status = 0;

	if (parsed_text(&p, &a, l->settings->schema_sql) < 0)
		status = error_set(e, ERROR_INPUT, "the schema does not parse: %s (byte %zu)",
				   p.message, p.position);
	for (i = 0; i < p.count && status == 0; i++) {
		struct policy_row row = policy_of(&p.statements[i]);

		if (row.policy == POLICY_REFUSE || row.policy == POLICY_ANALYSE)
			status = error_set(e, ERROR_INPUT,
					   "the schema has a statement that is not tried (%s): %s",
					   row.kind, row.why);
	}
	l->schema_each = status == 0 && names_schema(&p);
	parsed_release(&p);
	arena_release(&a);
	return status;
}

static int load_schema(struct live *l, struct error *e)
{
	if (live_try(l, l->settings->schema_sql, e) == 0)
		return 0;
	if (!live_fatal(l, e))
		e->class = ERROR_INPUT;
	return error_context(e, "while loading the schema");
}

int live_open(struct live *l, struct error *e)
{
	l->pg = pg_connect(l->settings->dsn, e);
	if (!l->pg)
		return -1;
	pg_deadline(l->pg, l->settings->timeout_ms + 5000);
	pg_interruptible(l->pg);
	if (set_up(l, e) == 0 && find_helpers(l, e) == 0) {
		if (!l->settings->schema_sql)
			return 0;
		if (check_schema(l, e) == 0 && (l->schema_each || load_schema(l, e) == 0))
			return 0;
	}
	live_close(l);
	return -1;
}

void live_close(struct live *l)
{
	pg_close(l->pg);
	l->pg = NULL;
	buf_release(&l->text);
}

/* ---- results ---- */

void live_failed(struct live_text *t, enum check check, const struct pgtree_statement *s,
		 const struct error *e, size_t prefix)
{
	struct check_result *r = &t->report->results[check];

	r->status = CHECK_FAILED;
	r->message = arena_strndup(t->arena, e->text, MAX_MESSAGES);
	r->hint = arena_strdup(t->arena, e->hint);
	memcpy(r->sqlstate, e->sqlstate, sizeof(r->sqlstate));
	if (s && e->position > (int)prefix)
		r->position = s->begin + pgtree_byte(s->sql, e->position - (int)prefix);
}

void live_impossible(struct live_text *t, enum check check, const char *message)
{
	struct check_result *r = &t->report->results[check];

	r->status = CHECK_NOT_POSSIBLE;
	r->message = message;
}

static bool decided(const struct live_text *t, enum check check)
{
	return t->report->results[check].status != CHECK_NOT_ASKED;
}

/* ---- stub tables ---- */

static void keep_column(struct live_text *t, size_t table, const struct pg_result *r, int row)
{
	const char *name = pg_value(r, row, 0), *type = pg_value(r, row, 1);

	stubs_known(&t->stubs, table, name ? arena_strdup(t->arena, name) : NULL,
		    type ? arena_strdup(t->arena, type) : "");
}

/* Asks which of the relations exist that are not known to, with their columns. */
static int find_relations(struct live *l, struct live_text *t, struct error *e)
{
	struct stubs *s = &t->stubs;
	struct pg_result *r;
	size_t i;
	int row;

	for (i = 0; i < s->table_count; i++) {
		struct buf name = {0};
		const char *values[1];

		if (s->tables[i].exists)
			continue;
		if (s->tables[i].schema) {
			pg_quote_identifier(&name, s->tables[i].schema);
			buf_putc(&name, '.');
		}
		pg_quote_identifier(&name, s->tables[i].name);
		values[0] = buf_text(&name);
		r = pg_query(l->pg,
			     "select a.attname, t.typname from pg_catalog.pg_class c"
			     " left join pg_catalog.pg_attribute a on a.attrelid = c.oid"
			     " and a.attnum > 0 and not a.attisdropped"
			     " left join pg_catalog.pg_type t on t.oid = a.atttypid"
			     " where c.oid = pg_catalog.to_regclass($1) order by a.attnum",
			     values, 1, e);
		buf_release(&name);
		if (!r)
			return -1;
		for (row = 0; row < pg_rows(r); row++)
			keep_column(t, i, r, row);
		pg_free(r);
	}
	return 0;
}

static int make_stubs(struct live *l, struct live_text *t, struct error *e)
{
	buf_clear(&l->text);
	stubs_sql(&t->stubs, &l->text);
	return l->text.len ? pg_exec(l->pg, buf_text(&l->text), e) : 0;
}

bool live_owns(struct live *l, const char *schema, const char *name)
{
	struct buf quoted = {0};
	const char *values[1];
	struct pg_result *r;
	bool owns = false;

	if (schema && *schema) {
		pg_quote_identifier(&quoted, schema);
		buf_putc(&quoted, '.');
	}
	pg_quote_identifier(&quoted, name);
	values[0] = buf_text(&quoted);
	if (pg_exec(l->pg, "savepoint lakeport_owns", NULL) < 0) {
		buf_release(&quoted);
		return false;
	}
	/* A row that is seen although the transaction that wrote it goes on is our own. */
	r = pg_query(l->pg,
		     "select ahead between 0 and 2147483647 and"
		     " txid_status(txid_current() + ahead) = 'in progress'"
		     " from (select c.xmin::text::bigint - (txid_current() & 4294967295) as ahead"
		     "  from pg_catalog.pg_class c where oid = pg_catalog.to_regclass($1)) s",
		     values, 1, NULL);
	if (r && pg_rows(r) == 1 && pg_value(r, 0, 0))
		owns = strcmp(pg_value(r, 0, 0), "t") == 0;
	pg_free(r);
	buf_release(&quoted);
	pg_exec(l->pg, "rollback to savepoint lakeport_owns; release savepoint lakeport_owns",
		NULL);
	return owns;
}

void live_describe(struct live *l, const char *table, size_t limit, struct buf *out)
{
	char count[24];
	const char *values[2] = {table, count};
	struct pg_result *r;

	snprintf(count, sizeof(count), "%zu", limit);
	if (pg_exec(l->pg, "savepoint lakeport_describe", NULL) < 0)
		return;
	r = pg_query(l->pg,
		     "select $1 || '(' || string_agg(quote_ident(attname) || ' ' ||"
		     " format_type(atttypid, atttypmod), ', ' order by attnum) || ')'"
		     " from pg_attribute where attrelid = to_regclass($1) and attnum > 0"
		     " and attnum <= $2::int and not attisdropped having count(*) > 0",
		     values, 2, NULL);
	if (r && pg_rows(r) == 1 && pg_value(r, 0, 0))
		buf_printf(out, "%s\n", pg_value(r, 0, 0));
	pg_free(r);
	pg_exec(l->pg,
		"rollback to savepoint lakeport_describe; release savepoint lakeport_describe",
		NULL);
}

/* ---- prepares ---- */

/* What a statement that locks or destroys is about: its first relation. */
struct object {
	const char *schema, *name;
};

static bool visit_relation(void *context, const char *type, const cJSON *node)
{
	struct object *o = context;

	if (!o->name && strcmp(type, "RangeVar") == 0) {
		o->schema = pgtree_text(node, "schemaname");
		o->name = pgtree_text(node, "relname");
	}
	return !o->name;
}

static struct object object_of(const struct pgtree_statement *s)
{
	struct object o = {0};
	const cJSON *list;

	if (strcmp(s->kind, "DropStmt") == 0 || strcmp(s->kind, "CommentStmt") == 0) {
		list = pgtree_field(s->node, "objects");
		list = list ? pgtree_as(cJSON_GetArrayItem(list, 0), "List")
			    : pgtree_as(pgtree_field(s->node, "object"), "List");
		list = pgtree_field(list, "items");
		if (strcmp(pgtree_text(s->node, "objtype"), "OBJECT_COLUMN") == 0) {
			o.name = pgtree_name(list, 1);
			o.schema = pgtree_name(list, 2);
		} else {
			o.name = pgtree_name(list, 0);
			o.schema = pgtree_name(list, 1);
		}
	} else {
		pgtree_walk(s->node, visit_relation, &o);
	}
	return o;
}

/* Executes a statement that only changes the catalog; it is rolled back with all others. */
static int execute(struct live *l, struct live_text *t, const struct pgtree_statement *s,
		   const char *suffix, struct error *e)
{
	struct pg_result *r;

	buf_clear(&l->text);
	buf_printf(&l->text, "%s%s", s->sql, suffix);
	if (l->text.truncated)
		return error_set(e, ERROR_SQL, "the statement is too long");
	r = pg_query(l->pg, buf_text(&l->text), NULL, 0, e);
	(void)t;
	pg_free(r);
	return r ? 0 : -1;
}

static int own_statement(struct live *l, struct live_text *t, const struct pgtree_statement *s,
			 struct error *e)
{
	struct object o = object_of(s);

	if (o.name && live_owns(l, o.schema, o.name))
		return execute(l, t, s, "", e);
	if (strcmp(s->kind, "DropStmt") == 0 && cJSON_IsTrue(pgtree_field(s->node, "missing_ok")))
		return 0; /* what comes behind it is made in the schema of the check */
	live_impossible(t, CHECK_PREPARES,
			"it locks or changes what is on the server, so it is not tried");
	return 0;
}

static bool last_statement(const struct live_text *t, const struct pgtree_statement *s)
{
	return s == &t->parsed->statements[t->parsed->count - 1];
}

/* 0: done or decided, -1: the server says no. */
static int prepare_statement(struct live *l, struct live_text *t, const struct pgtree_statement *s,
			     struct error *e)
{
	struct policy_row row = policy_of(s);
	bool as = strcmp(s->kind, "CreateTableAsStmt") == 0;

	switch (row.policy) {
	case POLICY_REFUSE:
		live_impossible(t, CHECK_PREPARES,
				arena_printf(t->arena, "it is not tried: %s", row.why));
		return 0;
	case POLICY_QUERY:
	case POLICY_CHANGE:
	case POLICY_ANALYSE:
		return pg_prepare(l->pg, "", s->sql, e);
	case POLICY_COPY_AS:
		if (pg_prepare(l->pg, "", s->sql, e) < 0)
			return -1;
		if (!last_statement(t, s) && !as)
			live_impossible(t, CHECK_PREPARES,
					"what comes behind SELECT INTO would need its table");
		else if (!last_statement(t, s))
			return execute(l, t, s, "\nwith no data", e);
		return 0;
	case POLICY_CREATE:
	case POLICY_CODE:
		return execute(l, t, s, "", e);
	case POLICY_OWN:
		return own_statement(l, t, s, e);
	}
	return 0;
}

/* All statements, once. The statement that failed in `*bad`. */
static int prepare_all(struct live *l, struct live_text *t, const struct pgtree_statement **bad,
		       struct error *e)
{
	size_t i;

	for (i = 0; i < t->parsed->count && !decided(t, CHECK_PREPARES); i++) {
		*bad = &t->parsed->statements[i];
		if (prepare_statement(l, t, *bad, e) < 0)
			return -1;
	}
	return 0;
}

/* A failure that may be the fault of a type that was guessed. */
static bool about_types(const char *sqlstate)
{
	static const char *const states[] = {"42725", "42804", "42846", "42883", "42P18",
					     "22P02", "42703", "22007", "42P22"};
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i], sqlstate) == 0)
			return true;
	return false;
}

/* What the text makes is on the server already: that proves neither right nor wrong. */
static bool is_there(const char *sqlstate)
{
	static const char *const states[] = {"42P07", "42P06", "42710", "42723"};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i], sqlstate) == 0)
			return true;
	return false;
}

/* Prepares; while the server does not like the types of stub tables, with other types. */
static int prepare_with_repairs(struct live *l, struct live_text *t, struct error *e)
{
	const struct pgtree_statement *bad = NULL;
	int tries;

	for (tries = 0;; tries++) {
		size_t position;

		if (pg_exec(l->pg, "savepoint lakeport_stubs", e) < 0)
			return -1;
		bad = NULL;
		if (make_stubs(l, t, e) == 0 && prepare_all(l, t, &bad, e) == 0)
			break;
		if (live_fatal(l, e))
			return -1;
		if (!bad) {
			live_impossible(t, CHECK_PREPARES,
					arena_printf(t->arena, "inferred tables cannot be made: %s",
						     e->text));
			return 0;
		}
		position = e->position > 0 ? bad->begin + pgtree_byte(bad->sql, e->position) : 0;
		if (tries == MAX_REPAIRS || !about_types(e->sqlstate) ||
		    !stubs_repair(&t->stubs, t->parsed, position)) {
			live_failed(t, CHECK_PREPARES, bad, e, 0);
			if (is_there(e->sqlstate))
				live_impossible(t, CHECK_PREPARES, arena_strdup(t->arena, e->text));
			else if (t->stubs.blamed)
				live_impossible(
					t, CHECK_PREPARES,
					arena_printf(t->arena,
						     "no types of the inferred tables fit: %s",
						     e->text));
			return 0;
		}
		if (pg_exec(l->pg, "rollback to savepoint lakeport_stubs", e) < 0)
			return -1;
	}
	if (!decided(t, CHECK_PREPARES))
		t->report->results[CHECK_PREPARES].status = CHECK_PASSED;
	return 0;
}

/* Tables, schemas and helpers that the text needs. 1: ready, 0: it cannot be checked. */
static int make_ready(struct live *l, struct live_text *t, struct error *e)
{
	int made;

	if (t->helpers && !l->server_helpers && live_try(l, l->helper_sql, e) < 0) {
		if (live_fatal(l, e))
			return -1;
		live_impossible(
			t, CHECK_PREPARES,
			arena_printf(t->arena, "the helper functions cannot be made: %s", e->text));
		return 0;
	}
	if (l->schema_each && load_schema(l, e) < 0)
		return -1;
	stubs_relations(&t->stubs, t->parsed, t->arena);
	if (find_relations(l, t, e) < 0)
		return -1;
	made = live_prelude(l, t, e);
	if (made < 0 || (made && find_relations(l, t, e) < 0))
		return -1;
	t->report->input_tables = (size_t)made;
	t->report->stub_tables = l->settings->stubs && *l->schema ? stubs_missing(&t->stubs) : 0;
	if (t->report->stub_tables ||
	    (l->settings->stubs && *l->schema && stubs_schemas(&t->stubs)))
		stubs_infer(&t->stubs, t->parsed);
	else
		t->stubs = (struct stubs){.arena = t->arena};
	return 1;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void note_tables(struct live_text *t)
{
	struct check_result *r = &t->report->results[CHECK_PREPARES];
	size_t input = t->report->input_tables, stubs = t->report->stub_tables;

	if (r->status != CHECK_PASSED)
		return;
	if (input && stubs)
		r->message = arena_printf(t->arena,
					  "with %zu table%s of the input and %zu inferred table%s",
					  input, plural(input), stubs, plural(stubs));
	else if (input)
		r->message = arena_printf(t->arena, "with %zu table%s of the input", input,
					  plural(input));
	else if (stubs)
		r->message =
			arena_printf(t->arena, "with %zu inferred table%s", stubs, plural(stubs));
}

int live_check(struct live *l, struct live_text *t, struct error *e)
{
	int ready;

	if (pg_exec(l->pg, "savepoint lakeport_text", e) < 0)
		return -1;
	ready = make_ready(l, t, e);
	if (ready < 0 || (ready && prepare_with_repairs(l, t, e) < 0))
		return -1;
	note_tables(t);
	if (t->report->results[CHECK_PREPARES].status == CHECK_PASSED &&
	    l->settings->upto >= CHECK_RUNS && live_run(l, t, e) < 0)
		return -1;
	return pg_exec(l->pg,
		       "rollback to savepoint lakeport_text; release savepoint lakeport_text", e);
}

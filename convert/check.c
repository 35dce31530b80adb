/*
 * check.c - see check.h: runs the asked checks in their order. What needs no server is here;
 * check_live.c asks the server.
 */
#include "convert/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/check_live.h"
#include "convert/check_names.h"
#include "convert/convert.h"

#define DEFAULT_TIMEOUT_MS 10000
#define DEFAULT_TOLERANCE  1e-9

struct checker {
	const struct check_settings *settings;
	struct live live;
	struct arena arena;
	struct parsed helpers; /* the SQL of the helper functions, parsed */
	struct buf helper_sql;
};

static const struct {
	const char *name, *word;
} checks[CHECKS] = {
	[CHECK_PARSES] = {"parses", "parse"},
	[CHECK_NAMES] = {"names", "names"},
	[CHECK_PREPARES] = {"prepares", "prepare"},
	[CHECK_RUNS] = {"runs", "run"},
	[CHECK_ROWS] = {"rows", "rows"},
};

const char *check_name(enum check c)
{
	return checks[c].name;
}

bool check_find(const char *word, enum check *c)
{
	size_t i;

	for (i = 0; i < CHECKS; i++)
		if (strcmp(checks[i].word, word) == 0 || strcmp(checks[i].name, word) == 0) {
			*c = (enum check)i;
			return true;
		}
	return false;
}

void check_settings_init(struct check_settings *s)
{
	*s = (struct check_settings){.upto = CHECK_PARSES,
				     .helper_schema = "lakeport",
				     .stubs = true,
				     .timeout_ms = DEFAULT_TIMEOUT_MS,
				     .tolerance = DEFAULT_TOLERANCE};
}

struct checker *checker_new(const struct check_settings *s, struct error *e)
{
	struct checker *c = xcalloc(1, sizeof(*c));

	c->settings = s;
	c->live.settings = s;
	if (s->helper_schema) {
		convert_helpers(s->helper_schema, &c->helper_sql);
		parsed_text(&c->helpers, &c->arena, buf_text(&c->helper_sql));
		c->live.helper_sql = buf_text(&c->helper_sql);
	}
	if (s->dsn && live_open(&c->live, e) < 0) {
		checker_free(c);
		return NULL;
	}
	return c;
}

void checker_free(struct checker *c)
{
	if (!c)
		return;
	live_close(&c->live);
	parsed_release(&c->helpers);
	buf_release(&c->helper_sql);
	arena_release(&c->arena);
	free(c);
}

/* ---- results ---- */

static void begin_report(struct check_report *r)
{
	size_t i;

	*r = (struct check_report){0};
	for (i = 0; i < CHECKS; i++)
		r->results[i] =
			(struct check_result){.check = (enum check)i, .message = "", .hint = ""};
}

static void end_report(struct check_report *r)
{
	size_t i;

	for (i = 0; i < CHECKS; i++) {
		r->passed += r->results[i].status == CHECK_PASSED;
		if (r->results[i].status == CHECK_FAILED && !r->failed)
			r->failed = &r->results[i];
	}
	r->ok = !r->failed;
}

static void all_impossible(struct check_report *r, enum check from, enum check upto,
			   const char *message)
{
	size_t i;

	for (i = from; i <= upto; i++) {
		r->results[i].status = CHECK_NOT_POSSIBLE;
		r->results[i].message = message;
	}
}

/* ---- parses ---- */

/* False: nothing more can be checked. */
static bool check_parses(const struct checker *c, struct parsed *p, struct check_report *out)
{
	struct check_result *r = &out->results[CHECK_PARSES];

	if (p->too_deep) {
		r->status = CHECK_PASSED;
		if (c->settings->upto > CHECK_PARSES)
			all_impossible(out, CHECK_NAMES, c->settings->upto, p->message);
		return false;
	}
	r->status = p->root && p->count ? CHECK_PASSED : CHECK_FAILED;
	if (r->status == CHECK_PASSED)
		return true;
	snprintf(r->sqlstate, sizeof(r->sqlstate), "42601");
	r->message = p->root ? "there is no statement" : p->message;
	r->position = p->position;
	return false;
}

/* ---- names ---- */

/* Whether the server knows the name: an extension's, a user's. */
static int server_knows(struct live *l, const struct unknown_name *u, struct error *e)
{
	static const char *const questions[] = {
		[NAME_FUNCTION] = "select from pg_catalog.pg_proc where proname = $1"
				  " and pg_catalog.pg_function_is_visible(oid) and $2::int"
				  " between pronargs - pronargdefaults"
				  " and case when provariadic <> 0 then 100 else pronargs end",
		[NAME_TYPE] = "select from pg_catalog.pg_type where typname = $1"
			      " and pg_catalog.pg_type_is_visible(oid) and $2::int = 0",
		[NAME_OPERATOR] = "select from pg_catalog.pg_operator where oprname = $1"
				  " and pg_catalog.pg_operator_is_visible(oid) and $2::int = 0",
	};
	char count[16];
	const char *values[2] = {u->name, count};
	struct pg_result *r;
	int n;

	snprintf(count, sizeof(count), "%zu", u->kind == NAME_FUNCTION ? u->arguments : 0);
	r = pg_query(l->pg, questions[u->kind], values, 2, e);
	if (!r)
		return -1;
	n = pg_rows(r);
	pg_free(r);
	return n > 0;
}

/* 1: passed, 0: failed, -1: the connection is lost. */
static int check_names(struct checker *c, struct live_text *t, struct error *e)
{
	struct check_result *r = &t->report->results[CHECK_NAMES];
	struct unknown_names unknown = {0};
	size_t i;

	check_names_unknown(t->parsed, c->helpers.root ? &c->helpers : NULL,
			    c->settings->helper_schema, t->arena, &unknown);
	r->status = CHECK_PASSED;
	for (i = 0; i < unknown.count; i++) {
		const struct unknown_name *u = &unknown.items[i];
		int known = c->live.pg ? server_knows(&c->live, u, e) : 0;

		if (known < 0)
			return -1;
		if (known)
			continue;
		r->status = CHECK_FAILED;
		snprintf(r->sqlstate, sizeof(r->sqlstate), "%s",
			 u->kind == NAME_TYPE ? "42704" : "42883");
		r->message = u->message;
		r->hint = u->hint;
		r->position = u->position;
		return 0;
	}
	return 1;
}

/* ---- all of them ---- */

static int check_on_server(struct checker *c, struct live_text *t, struct error *e)
{
	enum check upto = c->settings->upto;

	if (upto < CHECK_PREPARES)
		return 0;
	if (!c->live.pg) {
		all_impossible(t->report, CHECK_PREPARES, upto, "no server was given");
		return 0;
	}
	return live_check(&c->live, t, e);
}

static int run_checks(struct checker *c, struct live_text *t, struct error *e)
{
	int names = 1;

	if (c->settings->upto >= CHECK_NAMES)
		names = check_names(c, t, e);
	if (names < 0)
		return -1;
	return names ? check_on_server(c, t, e) : 0;
}

/* The server went away while it checked this text: a new connection, and the text is to blame. */
static int recover(struct checker *c, struct live_text *t, struct error *e)
{
	char *what = arena_strdup(t->arena, e->text);
	size_t i;

	if (e->class == ERROR_INTERRUPTED || t->ended)
		return -1;
	live_close(&c->live);
	if (live_open(&c->live, e) < 0)
		return -1;
	for (i = CHECK_PREPARES; i <= c->settings->upto; i++)
		if (t->report->results[i].status == CHECK_NOT_ASKED) {
			t->report->results[i].status = CHECK_FAILED;
			t->report->results[i].message = what;
			snprintf(t->report->results[i].sqlstate, 6, "08006");
			break;
		}
	return 0;
}

int check_statement(struct checker *c, struct arena *a, const struct check_input *in,
		    struct check_report *out, struct error *e)
{
	struct parsed p;
	struct live_text t = {.parsed = &p, .input = in, .report = out, .arena = a};
	int status = 0;

	begin_report(out);
	parsed_text(&p, a, in->sql);
	if (check_parses(c, &p, out)) {
		t.helpers = c->settings->helper_schema &&
			    check_names_uses(&p, c->settings->helper_schema);
		status = run_checks(c, &t, e);
		if (status < 0)
			status = recover(c, &t, e);
	}
	parsed_release(&p);
	end_report(out);
	return status;
}

void checker_describe(struct checker *c, const char *const *tables, size_t n, size_t limit,
		      struct buf *out)
{
	size_t i;

	for (i = 0; i < n && c->live.pg; i++)
		live_describe(&c->live, tables[i], limit, out);
}

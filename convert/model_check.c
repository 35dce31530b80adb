/*
 * model_check.c - a model's answer through the checks of check.h, and what those know of the tables
 * that a statement names. See model.h.
 */
#include "convert/model.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "convert/model_parts.h"

#define COLUMNS_MAX 200 /* of a table that are told to a model */
#define TABLES_MAX  50

static void verdict_of(const struct check_result *r, struct model_verdict *out)
{
	out->passed = false;
	out->position = r->position;
	memcpy(out->sqlstate, r->sqlstate, sizeof(out->sqlstate));
	snprintf(out->message, sizeof(out->message), "%s%s%s", r->message,
		 *r->hint ? "; hint: " : "", r->hint);
}

static bool reads(const char *sql)
{
	static const char *const words[] = {"select", "with", "values", "table"};
	struct scan s = {scan_style("postgres"), sql, sql + strlen(sql)};
	struct scan_token t;
	size_t i;

	do
		t = scan_next(&s);
	while (t.kind == SCAN_BLANK || t.kind == SCAN_COMMENT || (t.len == 1 && *t.p == '('));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == t.len && strncasecmp(words[i], t.p, t.len) == 0)
			return true;
	return false;
}

/*
 * A check that was asked for and could not be made. What a person or a rule wrote may be left open;
 * a query of a model may not: it is what the checks refuse to look at that must not pass.
 */
static const struct check_result *open_check(const struct check_report *r, const char *sql,
					     bool must_run)
{
	enum check last = must_run ? CHECK_RUNS : reads(sql) ? CHECK_PREPARES : CHECK_NAMES;
	int i;

	for (i = CHECK_PARSES; i <= (int)last; i++)
		if (r->results[i].status == CHECK_NOT_POSSIBLE)
			return &r->results[i];
	return NULL;
}

int model_prove(void *context, const char *sql, struct model_verdict *out, struct error *e)
{
	struct model_proof *p = context;
	struct check_input in = {.sql = sql, .golden = p->golden};
	const struct check_result *doubt;
	struct check_report report;
	struct arena a = {0};
	int status, i;

	status = check_statement(p->checker, &a, &in, &report, e);
	if (status == 0) {
		out->passed = report.ok;
		p->passed = 0;
		for (i = 0; i < CHECKS; i++)
			if (report.results[i].status == CHECK_PASSED)
				p->passed |= 1U << i;
		if (report.failed)
			verdict_of(report.failed, out);
		else if ((doubt = open_check(&report, sql, p->must_run)))
			verdict_of(doubt, out);
	}
	arena_release(&a);
	return status;
}

/* ---- tables --------------------------------------------------------------------------------- */

static bool introduces_table(const struct scan_token *t)
{
	static const char *const words[] = {"from", "join", "into", "update", "table", "using"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == t->len && strncasecmp(t->p, words[i], t->len) == 0)
			return true;
	return false;
}

static struct scan_token next_token(struct scan *s)
{
	struct scan_token t;

	do
		t = scan_next(s);
	while (t.kind == SCAN_BLANK || t.kind == SCAN_COMMENT);
	return t;
}

/* One part of a name as Postgres has it: other quotes become its own. */
static void add_part(const struct scan_token *t, struct buf *out)
{
	size_t i;

	if (t->kind == SCAN_WORD) {
		buf_add(out, t->p, t->len);
		return;
	}
	buf_putc(out, '"');
	for (i = 1; i + 1 < t->len; i++) {
		if (t->p[i] == '"')
			buf_putc(out, '"');
		buf_putc(out, t->p[i]);
	}
	buf_putc(out, '"');
}

static bool is_name(const struct scan_token *t)
{
	return t->kind == SCAN_WORD || t->kind == SCAN_QUOTED;
}

/* The name that begins with `*t`; leaves the token behind it in `*t`. */
static void read_name(struct scan *s, struct scan_token *t, struct buf *out)
{
	while (is_name(t)) {
		add_part(t, out);
		*t = next_token(s);
		if (t->kind != SCAN_OTHER || *t->p != '.')
			break;
		buf_putc(out, '.');
		*t = next_token(s);
	}
}

size_t model_tables(struct arena *a, const char *dialect, const char *sql, const char **names,
		    size_t n, size_t limit)
{
	struct scan s = {scan_style(dialect), sql, sql + strlen(sql)};
	struct scan_token t = next_token(&s);
	struct buf name = {0};
	size_t i;

	while (t.kind != SCAN_END && n < limit) {
		if (t.kind != SCAN_WORD || !introduces_table(&t)) {
			t = next_token(&s);
			continue;
		}
		t = next_token(&s);
		buf_clear(&name);
		read_name(&s, &t, &name);
		for (i = 0; i < n && strcmp(names[i], buf_text(&name)) != 0;)
			i++;
		if (i == n && name.len > 0)
			names[n++] = arena_strdup(a, buf_text(&name));
	}
	buf_release(&name);
	return n;
}

const char *model_schema(struct arena *a, struct checker *c, const struct model_task *t)
{
	const char *names[TABLES_MAX], *result = NULL;
	size_t n = model_tables(a, t->dialect, t->sql, names, 0, TABLES_MAX);
	struct buf text = {0};

	if (t->converted) /* where names of three parts may have become two */
		n = model_tables(a, "postgres", t->converted, names, n, TABLES_MAX);
	checker_describe(c, names, n, COLUMNS_MAX, &text);
	while (text.len > 0 && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	if (text.len > 0)
		result = arena_strdup(a, buf_text(&text));
	buf_release(&text);
	return result;
}

/*
 * load_graph.c - see load_graph.h. The graph is small (tables of one file), so the circle is looked
 * for by walking from every table.
 */
#include "migrate/load_graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "common/pg.h"
#include "migrate/load_job.h"
#include "migrate/settings_text.h"

enum kind { HERE, OUT_FILE, OUT_TABLE, OUT_JOB };

struct dependency {
	enum kind kind;
	const struct load_entry *entry; /* HERE */
	const char *value;		/* path, job */
	const char *schema, *table, *column;
	double age_s;
	int64_t rows;
};

static const struct load_entry *find_entry(const struct load_config *c, const char *word)
{
	const struct load_entry *t = load_config_find(c, word);
	char *name;

	if (t)
		return t;
	name = xasprintf("public.%s", word);
	t = load_config_find(c, name);
	free(name);
	return t;
}

/* "2d", "90" (seconds) */
static int parse_age(const char *text, double *seconds, struct error *e)
{
	static const char units[] = "smhd";
	static const double lengths[] = {1, 60, 3600, 86400};
	size_t n = strlen(text);
	const char *unit = n ? strchr(units, text[n - 1]) : NULL;
	char number[32];

	snprintf(number, sizeof(number), "%.*s", (int)(unit ? n - 1 : n), text);
	if (!text_to_double(number, seconds) || *seconds <= 0)
		return error_set(e, ERROR_CONFIG, "'%s' is not an age: 90s, 30m, 2h, 1d", text);
	*seconds *= unit ? lengths[unit - units] : 1;
	return 0;
}

static int parse_condition(struct arena *a, char *word, struct dependency *d, struct error *e)
{
	if (strncmp(word, "rows=", 5) == 0 && text_to_int(word + 5, &d->rows) && d->rows > 0)
		return 0;
	if (strncmp(word, "column=", 7) == 0 && word[7]) {
		d->column = arena_strdup(a, word + 7);
		return 0;
	}
	if (strncmp(word, "age=", 4) == 0)
		return parse_age(word + 4, &d->age_s, e);
	return error_set(e, ERROR_CONFIG, "'%s' is not rows=N, column=NAME or age=TIME", word);
}

static int parse_table(struct arena *a, const char *text, struct dependency *d, struct error *e)
{
	char *words = arena_strdup(a, text), *rest = NULL;
	char *word = strtok_r(words, " ", &rest);

	d->rows = 1;
	if (!word)
		return error_set(e, ERROR_CONFIG, "'table:' names no table");
	if (settings_table(a, word, &d->schema, &d->table, e) < 0) {
		e->class = ERROR_CONFIG;
		return -1;
	}
	while ((word = strtok_r(NULL, " ", &rest)))
		if (parse_condition(a, word, d, e) < 0)
			return -1;
	if (!d->column != !(d->age_s > 0))
		return error_set(e, ERROR_CONFIG, "column= and age= belong together");
	return 0;
}

static int parse(struct arena *a, const struct load_config *c, const char *word,
		 struct dependency *d, struct error *e)
{
	*d = (struct dependency){0};
	if (strncmp(word, "file:", 5) == 0 && word[5]) {
		d->kind = OUT_FILE;
		d->value = word + 5;
		return 0;
	}
	if (strncmp(word, "job:", 4) == 0) {
		d->kind = OUT_JOB;
		d->value = word + 4;
		if (*d->value && strspn(d->value, "0123456789") == strlen(d->value))
			return 0;
		return error_set(e, ERROR_CONFIG, "'%s': a job is named by its number", word);
	}
	if (strncmp(word, "table:", 6) == 0) {
		d->kind = OUT_TABLE;
		return parse_table(a, word + 6, d, e);
	}
	d->kind = HERE;
	d->entry = c ? find_entry(c, word) : NULL;
	if (d->entry || !c)
		return 0;
	error_set(e, ERROR_CONFIG, "'depends_on': there is no table '%s' in this file", word);
	return error_hint(e, "name what is elsewhere with file:, table: or job:");
}

int load_dependency_check(const struct load_config *c, const char *word, struct error *e)
{
	struct arena a = {0};
	struct dependency d;
	int status = parse(&a, c, word, &d, e);

	arena_release(&a);
	return status;
}

/* ---- the graph --------------------------------------------------------------------------------
 */

size_t load_graph_before(const struct load_config *c, const struct load_entry *t, size_t *out)
{
	size_t n = 0, i;

	if (t->from)
		out[n++] = (size_t)(find_entry(c, t->from) - c->entries);
	for (i = 0; i < t->depends_on.count && n < c->count; i++) {
		const char *word = t->depends_on.items[i];
		const struct load_entry *other = find_entry(c, word);

		if (other)
			out[n++] = (size_t)(other - c->entries);
	}
	return n;
}

struct walk {
	const struct load_config *c;
	size_t *path, depth; /* entries from the first to this one */
	bool *done;	     /* nothing behind it leads back */
};

static int circle(const struct walk *w, size_t at, struct error *e)
{
	struct buf names = {0};
	size_t i = 0;

	while (w->path[i] != at)
		i++;
	for (; i < w->depth; i++)
		buf_printf(&names, "'%s' needs ", w->c->entries[w->path[i]].name);
	buf_printf(&names, "'%s'", w->c->entries[at].name);
	error_set(e, ERROR_CONFIG, "%s:%zu: tables depend on each other in a circle: %s",
		  w->c->path, w->c->entries[at].line, buf_text(&names));
	buf_release(&names);
	return -1;
}

static int walk_from(struct walk *w, size_t at, struct error *e)
{
	size_t *before = xcalloc(w->c->count + 1, sizeof(*before));
	size_t n, i;
	int status = 0;

	for (i = 0; i < w->depth; i++)
		if (w->path[i] == at)
			status = circle(w, at, e);
	n = status == 0 && !w->done[at] ? load_graph_before(w->c, &w->c->entries[at], before) : 0;
	w->path[w->depth++] = at;
	for (i = 0; status == 0 && i < n; i++)
		status = walk_from(w, before[i], e);
	w->depth--;
	w->done[at] = true;
	free(before);
	return status;
}

int load_graph_check(const struct load_config *c, struct error *e)
{
	struct walk w = {.c = c};
	size_t i;
	int status = 0;

	w.path = xcalloc(c->count + 1, sizeof(*w.path));
	w.done = xcalloc(c->count + 1, sizeof(*w.done));
	for (i = 0; status == 0 && i < c->count; i++)
		status = walk_from(&w, i, e);
	free(w.path);
	free(w.done);
	return status;
}

/* ---- facts outside ----------------------------------------------------------------------------
 */

/* 1 it holds, 0 not yet, -1 it cannot be asked for. A table that is not there has no rows. */
static int ask_table(struct pg *pg, const struct dependency *d, struct error *e)
{
	struct buf sql = {0};
	char *answer;
	int status;

	if (d->column) {
		buf_puts(&sql, "select coalesce(max(");
		pg_quote_identifier(&sql, d->column);
		buf_printf(&sql, ") > now() - %.3f * interval '1 s', false) from ", d->age_s);
	} else {
		buf_printf(&sql, "select count(*) >= %lld from (select from ", (long long)d->rows);
	}
	pg_quote_identifier(&sql, d->schema);
	buf_putc(&sql, '.');
	pg_quote_identifier(&sql, d->table);
	if (!d->column)
		buf_printf(&sql, " limit %lld) x", (long long)d->rows);
	answer = pg_scalar(pg, buf_text(&sql), e);
	buf_release(&sql);
	status = answer ? *answer == 't' : strcmp(e->sqlstate, "42P01") == 0 ? 0 : -1;
	free(answer);
	return status;
}

static int ask(struct pg *pg, const struct dependency *d, struct error *e)
{
	struct error ignored = ERROR_INIT;
	int status;

	if (d->kind == OUT_FILE)
		return access(d->value, F_OK) == 0;
	if (d->kind == OUT_JOB)
		return load_job_succeeded(d->value, e);
	status = ask_table(pg, d, &ignored);
	if (status < 0)
		*e = ignored;
	return status;
}

static int wait_for(struct pg *pg, const struct dependency *d, const char *word,
		    const struct load_entry *t, uint64_t limit, struct error *e)
{
	bool said = false;
	int status;

	while ((status = ask(pg, d, e)) == 0) {
		uint64_t next = clock_now() + (uint64_t)(t->poll_s * 1e9);

		if (clock_now() >= limit)
			return error_set(e, ERROR_INPUT, "'%s' did not come true within %g s", word,
					 t->wait_s);
		if (!said)
			log_info("%s: waiting for '%s'", t->name, word);
		said = true;
		while (clock_now() < next && clock_now() < limit) {
			if (interrupt_count())
				return error_set(e, ERROR_INTERRUPTED, "interrupted");
			clock_sleep(20 * CLOCK_MS);
		}
	}
	return status < 0 ? error_context(e, "'%s'", word) : 0;
}

int load_dependency_wait(const char *dsn, const struct load_entry *t, struct error *e)
{
	uint64_t limit = clock_now() + (uint64_t)(t->wait_s * 1e9);
	struct pg *pg = NULL;
	struct arena a = {0};
	int status = 0;
	size_t i;

	for (i = 0; status == 0 && i < t->depends_on.count; i++) {
		const char *word = t->depends_on.items[i];
		struct dependency d;

		status = parse(&a, NULL, word, &d, e);
		if (status < 0 || d.kind == HERE)
			continue;
		if (d.kind == OUT_TABLE && !pg) {
			pg = pg_connect(dsn, e);
			if (!pg)
				status = -1;
		}
		if (status == 0)
			status = wait_for(pg, &d, word, t, limit, e);
	}
	pg_close(pg);
	arena_release(&a);
	return status;
}

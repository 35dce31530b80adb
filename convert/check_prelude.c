/*
 * check_prelude.c - makes the tables of the input that a text needs (prelude.h), where inferred
 * ones would stand otherwise. They are made for each text, behind its savepoint: so a statement
 * sees them as its place in the input does, and thousands of tables need no locks of the server.
 */
#include <string.h>

#include "common/log.h"
#include "convert/check_live.h"
#include "convert/prelude.h"

static struct prelude_table *known(const struct live *l, const struct live_text *t, size_t i)
{
	const struct stub_table *s = &t->stubs.tables[i];
	struct prelude_place at = {t->input->file, t->input->statement};

	if (s->exists || s->made || s->sequence)
		return NULL;
	return prelude_find(l->settings->prelude, s->schema, s->name, at);
}

static void put_schema(const struct prelude_table *p, struct buf *out)
{
	if (!*p->schema)
		return;
	buf_puts(out, "create schema if not exists ");
	pg_quote_identifier(out, p->schema);
	buf_puts(out, ";\n");
}

static void put_table(const struct prelude_table *p, struct prelude_place at, struct buf *out)
{
	put_schema(p, out);
	buf_printf(out, "%s;\n", p->sql);
	for (const struct prelude_change *c = p->changes; c; c = c->next)
		if (prelude_sees(p, c, at))
			buf_printf(out, "%s;\n", c->sql);
}

/* Remembers what the server refuses for what it says; time limits and the like may pass. */
static void refused(atomic_bool *failed, const struct prelude_table *p, const struct error *e)
{
	if (strncmp(e->sqlstate, "42", 2) != 0 && strncmp(e->sqlstate, "0A", 2) != 0 &&
	    strncmp(e->sqlstate, "22", 2) != 0)
		return;
	if (!atomic_exchange(failed, true))
		log_info("the checks go without a statement about table '%s' of the input: %s",
			 p->name, e->text);
}

/*
 * Like live_try(), but its savepoint stays until that of the text goes: who waits for what a
 * released one has made (another connection, for the same schema) waits for the whole transaction.
 */
static int keep(struct live *l, const char *sql, struct error *e)
{
	if (pg_exec(l->pg, "savepoint lakeport_prelude", e) < 0)
		return -1;
	if (pg_exec(l->pg, sql, e) == 0)
		return 0;
	pg_exec(l->pg, "rollback to savepoint lakeport_prelude", NULL);
	return -1;
}

/* Statement by statement. 1: the table is made, 0: it is not. */
static int make_slowly(struct live *l, struct prelude_table *p, struct prelude_place at,
		       struct error *e)
{
	struct prelude_change *c;

	buf_clear(&l->text);
	put_schema(p, &l->text);
	buf_puts(&l->text, p->sql);
	if (keep(l, buf_text(&l->text), e) < 0) {
		if (live_fatal(l, e))
			return -1;
		refused(&p->failed, p, e);
		return 0;
	}
	for (c = p->changes; c; c = c->next) {
		if (!prelude_sees(p, c, at) || keep(l, c->sql, e) == 0)
			continue;
		if (live_fatal(l, e))
			return -1;
		refused(&c->failed, p, e);
	}
	return 1;
}

static int make_each(struct live *l, struct live_text *t, struct error *e)
{
	struct prelude_place at = {t->input->file, t->input->statement};
	int n = 0;

	for (size_t i = 0; i < t->stubs.table_count; i++) {
		struct prelude_table *p = known(l, t, i);
		int made = p ? make_slowly(l, p, at, e) : 0;

		if (made < 0)
			return -1;
		n += made;
	}
	return n;
}

int live_prelude(struct live *l, struct live_text *t, struct error *e)
{
	struct prelude_place at = {t->input->file, t->input->statement};
	bool helpers = false;
	int n = 0;

	if (!l->settings->prelude || !*l->schema)
		return 0;
	buf_clear(&l->text);
	for (size_t i = 0; i < t->stubs.table_count; i++) {
		const struct prelude_table *p = known(l, t, i);

		if (!p)
			continue;
		put_table(p, at, &l->text);
		helpers |= p->helpers;
		n++;
	}
	if (n == 0)
		return 0;
	if (helpers && !t->helpers && !l->server_helpers) {
		struct error ignored = ERROR_INIT;

		if (live_try(l, l->helper_sql, &ignored) < 0 && live_fatal(l, &ignored)) {
			*e = ignored;
			return -1;
		}
	}
	if (keep(l, buf_text(&l->text), e) == 0)
		return n;
	return live_fatal(l, e) ? -1 : make_each(l, t, e);
}

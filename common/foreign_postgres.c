/*
 * foreign_postgres.c - Postgres and Redshift: every query is a cursor of a read-only transaction,
 * which is rolled back. Redshift has no savepoints, so what it may not know is set before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/foreign_parts.h"
#include "common/log.h"
#include "common/password.h"
#include "common/pg.h"

#define PIECE 1000 /* rows of one FETCH */
#define GRACE 2000 /* ms beyond the server's own limit */

struct connection {
	struct pg *pg;
	struct foreign_rows *out;
	struct pg_result *piece;
	int row;
	bool last; /* piece */
	bool open; /* transaction */
	struct arena arena;
	struct buf text;
};

/* What is set when the server knows it. */
static const char *const session[] = {
	"set default_transaction_read_only = on",
	"set lock_timeout = '5s'",
	"set idle_in_transaction_session_timeout = 0",
	"set datestyle = 'ISO, YMD'",
	"set intervalstyle = 'postgres'",
	"set bytea_output = 'hex'",
	"set extra_float_digits = 1",
};

/* OIDs of pg_type, fixed for ever; 4000 is Redshift's super. Sorted. */
static const struct {
	unsigned oid;
	enum foreign_kind kind;
} kinds[] = {
	{16, FOREIGN_BOOLEAN},	   {17, FOREIGN_BYTES},	     {20, FOREIGN_INTEGER},
	{21, FOREIGN_INTEGER},	   {23, FOREIGN_INTEGER},    {26, FOREIGN_INTEGER},
	{114, FOREIGN_JSON},	   {700, FOREIGN_FLOAT},     {701, FOREIGN_DOUBLE},
	{1082, FOREIGN_DATE},	   {1083, FOREIGN_TIME},     {1114, FOREIGN_TIMESTAMP},
	{1184, FOREIGN_TIMESTAMP}, {1186, FOREIGN_INTERVAL}, {1266, FOREIGN_TIME},
	{1560, FOREIGN_BITS},	   {1562, FOREIGN_BITS},     {1700, FOREIGN_DECIMAL},
	{3802, FOREIGN_JSON},	   {4000, FOREIGN_JSON},
};

static enum foreign_kind kind_of(unsigned oid)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].oid == oid)
			return kinds[i].kind;
	return FOREIGN_TEXT;
}

/* libpq knows no redshift://, and another port. */
static const char *dsn_of(struct arena *a, const char *url)
{
	struct foreign_url u;

	if (strncasecmp(url, "redshift:", 9) != 0)
		return url;
	url = arena_printf(a, "postgresql%s", url + 8);
	if (foreign_url_parse(&u, url, a, NULL) < 0 || u.port || foreign_url_value(&u, "port"))
		return url;
	return arena_printf(a, "%s%sport=5439", url, strchr(url, '?') ? "&" : "?");
}

static int set_up(struct connection *c, const struct foreign_options *o, struct error *e)
{
	struct error said = ERROR_INIT;
	const char *zone[1] = {o->time_zone};
	struct pg_result *r;
	char limit[64];
	size_t i;

	for (i = 0; i < sizeof(session) / sizeof(session[0]); i++)
		if (pg_exec(c->pg, session[i], &said) < 0) {
			if (!pg_alive(c->pg)) {
				*e = said;
				return -1;
			}
			log_debug("the source: %s: %s", session[i], said.text);
		}
	snprintf(limit, sizeof(limit), "set statement_timeout = %d", o->timeout_ms);
	if (pg_exec(c->pg, limit, e) < 0)
		return -1;
	if (!o->time_zone)
		return 0;
	r = pg_query(c->pg, "select set_config('timezone', $1, false)", zone, 1, e);
	pg_free(r);
	return r ? 0 : error_context(e, "time zone '%s'", o->time_zone);
}

static void close_connection(void *self)
{
	struct connection *c = self;

	pg_free(c->piece);
	pg_close(c->pg);
	free(c->out->columns);
	free(c->out->cells);
	buf_release(&c->text);
	arena_release(&c->arena);
	free(c);
}

static void *open_connection(const struct foreign_options *o, struct foreign_rows *out,
			     struct error *e)
{
	struct connection *c = xcalloc(1, sizeof(*c));
	const char *dsn = dsn_of(&c->arena, o->url);

	c->out = out;
	if (o->password_command && password_command(dsn, o->password_command, 0, e) < 0)
		c->pg = NULL;
	else
		c->pg = pg_connect(dsn, e);
	if (!c->pg) {
		close_connection(c);
		return NULL;
	}
	pg_deadline(c->pg, o->timeout_ms ? o->timeout_ms + GRACE : 0);
	pg_interruptible(c->pg);
	if (set_up(c, o, e) < 0) {
		close_connection(c);
		return NULL;
	}
	return c;
}

static void describe(struct connection *c)
{
	size_t i, n = (size_t)pg_columns(c->piece);

	c->out->width = n;
	c->out->columns = xrealloc(c->out->columns, (n + 1) * sizeof(*c->out->columns));
	c->out->cells = xrealloc(c->out->cells, (n + 1) * sizeof(*c->out->cells));
	arena_release(&c->arena);
	for (i = 0; i < n; i++)
		c->out->columns[i] = (struct foreign_column){
			arena_strdup(&c->arena, pg_column(c->piece, (int)i)),
			kind_of(pg_column_type(c->piece, (int)i))};
}

static int fetch(struct connection *c, struct error *e)
{
	pg_free(c->piece);
	c->piece = pg_query(c->pg, "fetch forward 1000 from lakeport_source", NULL, 0, e);
	c->row = 0;
	c->last = c->piece && pg_rows(c->piece) < PIECE;
	return c->piece ? 0 : -1;
}

static int query(void *self, const char *sql, struct error *e)
{
	struct connection *c = self;
	struct pg_result *r;

	if (pg_exec(c->pg, "begin read only", e) < 0)
		return -1;
	c->open = true;
	buf_clear(&c->text);
	buf_printf(&c->text, "declare lakeport_source cursor for\n%s", sql);
	r = pg_query(c->pg, buf_text(&c->text), NULL, 0, e);
	pg_free(r);
	if (!r || fetch(c, e) < 0)
		return -1;
	describe(c);
	return 0;
}

static int next(void *self, struct error *e)
{
	struct connection *c = self;
	size_t i;

	if (c->row == pg_rows(c->piece)) {
		if (c->last)
			return 0;
		if (fetch(c, e) < 0)
			return -1;
		if (pg_rows(c->piece) == 0)
			return 0;
	}
	for (i = 0; i < c->out->width; i++) {
		const char *value = pg_value(c->piece, c->row, (int)i);

		c->out->cells[i] = (struct foreign_cell){value, value ? strlen(value) : 0};
	}
	c->row++;
	return 1;
}

static void end(void *self)
{
	struct connection *c = self;

	pg_free(c->piece);
	c->piece = NULL;
	if (c->open && pg_alive(c->pg))
		pg_exec(c->pg, "rollback", NULL);
	c->open = false;
}

static bool alive(const void *self)
{
	return pg_alive(((const struct connection *)self)->pg);
}

const struct foreign_driver foreign_postgres = {
	.schemes = {"postgres", "postgresql", "redshift"},
	.name = "Postgres, Redshift",
	.tested = "Postgres tested end to end; Redshift: the same client, never run against it",
	.open = open_connection,
	.query = query,
	.next = next,
	.end = end,
	.alive = alive,
	.close = close_connection,
};

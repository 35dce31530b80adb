/*
 * foreign_mysql.c - MySQL and MariaDB through libmariadb, in the binary protocol: as text a float
 * would have lost digits. A query is a prepared statement, so it cannot be two, in a read-only
 * transaction that is rolled back.
 *
 * TLS: to another machine it is demanded and verified. ?tls=off takes any connection,
 * ?tls=unverified any certificate; ?tls-ca=FILE names the authority.
 */
#include "common/foreign_mysql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/foreign_parts.h"
#include "common/log.h"
#include "common/password.h"

#define CONNECT_S 10
#define GRACE_S	  10  /* for an answer beyond the limit of a query, before the read is given up */
#define PIECE	  512 /* bytes of a text that come with the row; a longer one is asked for */

struct connection {
	const struct foreign_options *options;
	struct foreign_rows *out;
	struct arena arena;
	struct foreign_url url;
	const char *socket;
	char password[PASSWORD_MAX];
	struct mysql *my;
	unsigned long id;
	bool lost, maria;
	bool reading; /* rows of a query are to come */
	/* of a query */
	struct mysql_stmt *stmt;
	struct mysql_field *fields;
	struct mysql_result *metadata;
	struct mysql_bind *binds;
	struct column *columns;
	struct foreign_row row;
};

struct column {
	union {
		float real;
		double number;
		char text[PIECE];
	} value;
	unsigned long length;
	char null, cut;
};

static struct mysql_api api;

static int load(struct error *e)
{
	static const struct foreign_symbol symbols[] = {
#define X(name, returns, takes) {"mysql_" #name, offsetof(struct mysql_api, name)},
		MYSQL_FUNCTIONS(X)
#undef X
	};
	static const struct foreign_library library = {
		.what = "MySQL",
		.files = {"libmariadb.so.3"},
		.package = "libmariadb3",
		.symbols = symbols,
		.symbol_count = sizeof(symbols) / sizeof(symbols[0]),
	};

	return foreign_library_load(&library, &api, e);
}

/* ---- errors ---- */

/* Numbers of the client library: the connection is gone. */
static bool is_lost(unsigned number)
{
	return number == 2006 || number == 2013 || number == 2055;
}

static int fail_connection(struct connection *c, struct error *e)
{
	unsigned number = api.errno(c->my);
	bool refused = number == 1045 || number == 1044 || number == 1049 || number == 1698 ||
		       number == 1040;

	error_set(e, refused ? ERROR_REFUSED : ERROR_CONNECT, "cannot connect: %s",
		  api.error(c->my));
	if (refused)
		snprintf(e->sqlstate, sizeof(e->sqlstate), "%s", api.sqlstate(c->my));
	if (number == 1045 || number == 1698)
		error_hint(e, "give the password by MYSQL_PWD, ~/.my.cnf or "
			      "--source-password-command");
	return -1;
}

static int fail_statement(struct connection *c, struct error *e)
{
	unsigned number = api.stmt_errno(c->stmt);
	const char *state = api.stmt_sqlstate(c->stmt), *text = api.stmt_error(c->stmt);

	if (number == 0) { /* while rows are fetched it is the connection's */
		number = api.errno(c->my);
		state = api.sqlstate(c->my);
		text = api.error(c->my);
	}
	c->lost = c->lost || is_lost(number);
	error_set(e, c->lost ? ERROR_CONNECT : ERROR_SQL, "%s", *text ? text : "no reason given");
	/* MariaDB's limit of time, MySQL's, and KILL QUERY. */
	snprintf(e->sqlstate, sizeof(e->sqlstate), "%s",
		 number == 1969 || number == 3024 || number == 1317 ? "57014" : state);
	return -1;
}

static int run(struct connection *c, const char *sql, struct error *e)
{
	if (api.query(c->my, sql) == 0)
		return 0;
	c->lost = c->lost || is_lost(api.errno(c->my));
	error_set(e, c->lost ? ERROR_CONNECT : ERROR_SQL, "%s", api.error(c->my));
	snprintf(e->sqlstate, sizeof(e->sqlstate), "%s", api.sqlstate(c->my));
	return -1;
}

/* ---- connecting ---- */

static bool is_local(const struct connection *c)
{
	const char *host = c->url.host;

	return c->socket || !*host || strcmp(host, "localhost") == 0 ||
	       strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0;
}

static int choose_tls(const struct connection *c, struct mysql *my, struct error *e)
{
	const char *tls = foreign_url_value(&c->url, "tls");
	const char *authority = foreign_url_value(&c->url, "tls-ca");
	char on = 1;

	if (tls && strcmp(tls, "off") != 0 && strcmp(tls, "verify") != 0 &&
	    strcmp(tls, "unverified") != 0)
		return error_set(e, ERROR_USAGE,
				 "tls=%s of the source's URL is none of verify, unverified, off",
				 tls);
	if (authority)
		api.options(my, MYSQL_OPT_SSL_CA, authority);
	if (tls ? strcmp(tls, "off") == 0 : is_local(c))
		return 0;
	api.options(my, MYSQL_OPT_SSL_ENFORCE, &on);
	if (!tls || strcmp(tls, "verify") == 0)
		api.options(my, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &on);
	return 0;
}

/* A server may ask its client for files: never. */
static struct mysql *prepare(const struct connection *c, struct error *e)
{
	unsigned connect_s = CONNECT_S, no = 0;
	unsigned read_s =
		c->options->timeout_ms ? (unsigned)(c->options->timeout_ms / 1000) + GRACE_S : 0;
	struct mysql *my = api.init(NULL);

	if (!my) {
		error_set(e, ERROR_INTERNAL, "the MySQL library gives no connection");
		return NULL;
	}
	api.options(my, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
	api.options(my, MYSQL_OPT_READ_TIMEOUT, &read_s);
	api.options(my, MYSQL_OPT_WRITE_TIMEOUT, &connect_s);
	api.options(my, MYSQL_READ_DEFAULT_GROUP, "lakeport");
	api.options(my, MYSQL_OPT_LOCAL_INFILE, &no);
	api.options(my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (choose_tls(c, my, e) < 0) {
		api.close(my);
		return NULL;
	}
	return my;
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

/* What is not said comes from ~/.my.cnf, except the password, which MYSQL_PWD may give, too. */
static struct mysql *dial(struct connection *c, struct mysql *my)
{
	const char *said = getenv("MYSQL_PWD");
	const char *password = *c->password ? c->password : or_null(c->url.password);

	if (!password && said && *said)
		password = said;
	return api.real_connect(my, or_null(c->url.host), or_null(c->url.user), password,
				or_null(c->url.path), (unsigned)c->url.port, c->socket,
				MYSQL_CLIENT_NO_FLAGS);
}

/* A zone by name needs the server's tables of zones; UTC is an offset that all know. */
static int set_zone(struct connection *c, struct error *e)
{
	const char *zone = c->options->time_zone, *p;
	struct buf text = {0};
	int status;

	if (!zone || strcmp(zone, "UTC") == 0 || strcmp(zone, "Z") == 0)
		zone = "+00:00";
	buf_puts(&text, "set time_zone = '");
	for (p = zone; *p; p++)
		if (*p != '\'' && *p != '\\')
			buf_putc(&text, *p);
	buf_puts(&text, "'");
	status = run(c, buf_text(&text), e);
	buf_release(&text);
	if (status < 0) {
		e->class = c->lost ? ERROR_CONNECT : ERROR_INPUT;
		error_hint(e, "load the zones with mysql_tzinfo_to_sql, or give an offset: +02:00");
	}
	return status;
}

/* MariaDB limits every statement, MySQL a SELECT; neither knows the other's variable. */
static int set_up(struct connection *c, struct error *e)
{
	struct error said = ERROR_INIT;
	char limit[80];

	if (set_zone(c, e) < 0 || run(c, "set session transaction read only", e) < 0)
		return -1;
	if (run(c, "set innodb_lock_wait_timeout = 5", &said) < 0)
		log_debug("the source: %s", said.text);
	if (!c->options->timeout_ms)
		return 0;
	if (c->maria)
		snprintf(limit, sizeof(limit), "set max_statement_time = %.3f",
			 c->options->timeout_ms / 1000.0);
	else
		snprintf(limit, sizeof(limit), "set max_execution_time = %d",
			 c->options->timeout_ms);
	return run(c, limit, e);
}

static void drop_query(struct connection *c)
{
	if (c->stmt)
		api.stmt_close(c->stmt);
	if (c->metadata)
		api.free_result(c->metadata);
	free(c->binds);
	free(c->columns);
	c->stmt = NULL;
	c->metadata = NULL;
	c->binds = NULL;
	c->columns = NULL;
}

static void close_connection(void *self)
{
	struct connection *c = self;

	drop_query(c);
	if (c->my)
		api.close(c->my);
	explicit_bzero(c->password, sizeof(c->password));
	foreign_row_release(&c->row);
	free(c->out->columns);
	free(c->out->cells);
	arena_release(&c->arena);
	free(c);
}

static int open_it(struct connection *c, struct error *e)
{
	static const char *const known[] = {"socket", "tls", "tls-ca", NULL};

	if (load(e) < 0 || foreign_url_parse(&c->url, c->options->url, &c->arena, e) < 0 ||
	    foreign_url_known(&c->url, known, e) < 0)
		return -1;
	c->socket = foreign_url_value(&c->url, "socket");
	password_get(c->options->url, c->password);
	c->my = prepare(c, e);
	if (!c->my)
		return -1;
	if (!dial(c, c->my))
		return fail_connection(c, e);
	c->id = api.thread_id(c->my);
	c->maria = strstr(api.get_server_info(c->my), "MariaDB") != NULL;
	return set_up(c, e);
}

static void *open_connection(const struct foreign_options *o, struct foreign_rows *out,
			     struct error *e)
{
	struct connection *c = xcalloc(1, sizeof(*c));

	c->options = o;
	c->out = out;
	if (open_it(c, e) < 0) {
		close_connection(c);
		return NULL;
	}
	return c;
}

/* KILL QUERY by a connection of its own; hard: the socket is shut, which ends any wait on it. */
static void cancel(void *self, bool hard)
{
	struct connection *c = self;
	struct mysql *other;
	char sql[64];

	if (hard) {
		shutdown(api.get_socket(c->my), SHUT_RDWR);
		return;
	}
	other = prepare(c, NULL);
	if (!other)
		return;
	snprintf(sql, sizeof(sql), "kill query %lu", c->id);
	if (dial(c, other))
		api.query(other, sql);
	api.close(other);
}

/* ---- values ---- */

static enum foreign_kind kind_of(const struct mysql_field *f)
{
	switch (f->type) {
	case MYSQL_TINY:
	case MYSQL_SHORT:
	case MYSQL_LONG:
	case MYSQL_LONGLONG:
	case MYSQL_INT24:
	case MYSQL_YEAR:
		return FOREIGN_INTEGER;
	case MYSQL_DECIMAL:
	case MYSQL_NEWDECIMAL:
		return FOREIGN_DECIMAL;
	case MYSQL_FLOAT:
		return FOREIGN_FLOAT;
	case MYSQL_DOUBLE:
		return FOREIGN_DOUBLE;
	case MYSQL_DATE:
		return FOREIGN_DATE;
	case MYSQL_TIME:
		return FOREIGN_TIME;
	case MYSQL_TIMESTAMP:
	case MYSQL_DATETIME:
		return FOREIGN_TIMESTAMP;
	case MYSQL_BIT:
		return FOREIGN_BITS;
	case MYSQL_JSON:
		return FOREIGN_JSON;
	default:
		return f->charset == MYSQL_CHARSET_BINARY && f->type >= MYSQL_TINY_BLOB
			       ? FOREIGN_BYTES
			       : FOREIGN_TEXT;
	}
}

static void bind_column(struct connection *c, size_t i)
{
	struct mysql_bind *b = &c->binds[i];
	struct column *k = &c->columns[i];
	int type = c->fields[i].type;

	b->length = &k->length;
	b->is_null = &k->null;
	b->error = &k->cut;
	b->buffer = &k->value;
	b->buffer_length = sizeof(k->value.text);
	b->buffer_type = type == MYSQL_FLOAT || type == MYSQL_DOUBLE ? type : MYSQL_STRING;
	c->out->columns[i] = (struct foreign_column){arena_strdup(&c->arena, c->fields[i].name),
						     kind_of(&c->fields[i])};
}

static int describe(struct connection *c, struct error *e)
{
	size_t i, n;

	c->metadata = api.stmt_result_metadata(c->stmt);
	if (!c->metadata)
		return error_set(e, ERROR_SQL, "it returns no rows");
	n = api.num_fields(c->metadata);
	c->fields = api.fetch_fields(c->metadata);
	c->binds = xcalloc(n, sizeof(*c->binds));
	c->columns = xcalloc(n, sizeof(*c->columns));
	c->out->columns = xrealloc(c->out->columns, (n + 1) * sizeof(*c->out->columns));
	c->out->cells = xrealloc(c->out->cells, (n + 1) * sizeof(*c->out->cells));
	for (i = 0; i < n; i++)
		bind_column(c, i);
	c->out->width = n;
	return 0;
}

static int query(void *self, const char *sql, struct error *e)
{
	struct connection *c = self;

	if (run(c, "start transaction read only", e) < 0)
		return -1;
	c->stmt = api.stmt_init(c->my);
	if (!c->stmt)
		return error_set(e, ERROR_INTERNAL, "the MySQL library gives no statement");
	if (api.stmt_prepare(c->stmt, sql, strlen(sql)))
		return fail_statement(c, e);
	if (api.stmt_param_count(c->stmt))
		return error_set(e, ERROR_SQL, "it has parameters");
	if (describe(c, e) < 0)
		return -1;
	if (api.stmt_execute(c->stmt) || api.stmt_bind_result(c->stmt, c->binds))
		return fail_statement(c, e);
	c->reading = true;
	return 0;
}

/* A text that did not fit into its piece, as a whole. */
static int whole_text(struct connection *c, size_t i, char **text, struct error *e)
{
	struct mysql_bind b = {.buffer_type = MYSQL_STRING};
	unsigned long length = 0;
	char null = 0, cut = 0;

	*text = xmalloc(c->columns[i].length + 1);
	b.buffer = *text;
	b.buffer_length = c->columns[i].length;
	b.length = &length;
	b.is_null = &null;
	b.error = &cut;
	return api.stmt_fetch_column(c->stmt, &b, (unsigned)i, 0) ? fail_statement(c, e) : 0;
}

static void put_value(struct connection *c, size_t i, const char *text)
{
	struct buf *out = &c->row.text;
	size_t n = c->columns[i].length;

	switch (c->out->columns[i].kind) {
	case FOREIGN_BYTES:
		foreign_put_bytes(out, text, n);
		break;
	case FOREIGN_BITS:
		foreign_put_bits(out, (const unsigned char *)text, n, c->fields[i].length);
		break;
	default:
		buf_add(out, text, n);
	}
}

static int add_cell(struct connection *c, size_t i, struct error *e)
{
	const struct column *k = &c->columns[i];
	char *text = NULL;
	int status = 0;

	if (k->null) {
		foreign_row_null(&c->row);
		return 0;
	}
	foreign_row_value(&c->row);
	if (c->fields[i].type == MYSQL_FLOAT) {
		foreign_put_float(&c->row.text, k->value.real);
	} else if (c->fields[i].type == MYSQL_DOUBLE) {
		foreign_put_double(&c->row.text, k->value.number);
	} else if (k->length <= sizeof(k->value.text)) {
		put_value(c, i, k->value.text);
	} else {
		status = whole_text(c, i, &text, e);
		if (status == 0)
			put_value(c, i, text);
	}
	free(text);
	return status;
}

static int next(void *self, struct error *e)
{
	struct connection *c = self;
	int status = api.stmt_fetch(c->stmt);
	size_t i;

	c->reading = status == 0 || status == MYSQL_DATA_TRUNCATED;
	if (status == MYSQL_NO_DATA)
		return 0;
	if (!c->reading)
		return fail_statement(c, e);
	foreign_row_begin(&c->row);
	for (i = 0; i < c->out->width; i++)
		if (add_cell(c, i, e) < 0)
			return -1;
	return foreign_row_end(&c->row, c->out->cells, e) < 0 ? -1 : 1;
}

/*
 * Closing a statement reads what is left of its rows: rather than read a huge table to its end,
 * the query is killed first.
 */
static void end(void *self)
{
	struct connection *c = self;

	if (c->reading && !c->lost)
		cancel(c, false);
	c->reading = false;
	drop_query(c);
	if (!c->lost)
		run(c, "rollback", NULL);
}

static bool alive(const void *self)
{
	return !((const struct connection *)self)->lost;
}

const struct foreign_driver foreign_mysql = {
	.schemes = {"mysql", "mariadb"},
	.name = "MySQL, MariaDB",
	.tested = "MariaDB tested end to end; MySQL: the same client, never run against it",
	.open = open_connection,
	.query = query,
	.next = next,
	.end = end,
	.alive = alive,
	.cancel = cancel,
	.close = close_connection,
};

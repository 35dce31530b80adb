/*
 * foreign_odbc.c - whatever has an ODBC driver: SQL Server, Synapse, Oracle, Snowflake, ... The
 * user brings the driver; the connection string is what follows odbc:. Rows are fetched one by one
 * and values asked for in their order, which every driver can do; long ones come in pieces, never
 * by the size that a driver reports.
 *
 * The session is told to be read-only in the words of the database where it has some, and every
 * query is rolled back; ODBC itself only lets one ask for it.
 */
#include "common/foreign_odbc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/foreign_parts.h"
#include "common/log.h"
#include "common/password.h"

#define LOGIN_S 15
#define PIECE	8192

struct connection {
	const struct foreign_options *options;
	struct foreign_rows *out;
	odbc_handle env, dbc;
	_Atomic odbc_handle stmt; /* who cancels looks at it */
	const char *begin;	  /* of each query; or NULL */
	bool connected, open, lost;
	int16_t *types; /* of the columns */
	struct arena names;
	struct foreign_row row;
};

static struct odbc_api api;

static int load(struct error *e)
{
	static const struct foreign_symbol symbols[] = {
#define X(name, takes) {"SQL" #name, offsetof(struct odbc_api, name)},
		ODBC_FUNCTIONS(X)
#undef X
	};
	static const struct foreign_library library = {
		.what = "ODBC",
		.files = {"libodbc.so.2"},
		.package = "libodbc2",
		.symbols = symbols,
		.symbol_count = sizeof(symbols) / sizeof(symbols[0]),
	};

	return foreign_library_load(&library, &api, e);
}

static bool good(int16_t status)
{
	return status == ODBC_SUCCESS || status == ODBC_INFO;
}

/* ---- errors ---- */

/* The first record that has something to say; drivers put [vendor][driver] before it. */
static int fail(struct connection *c, int16_t kind, odbc_handle handle, enum error_class class,
		struct error *e)
{
	char state[8] = "", text[600] = "no reason given", *p = text, *close;
	int32_t native = 0;
	int16_t n = 0;

	api.GetDiagRec(kind, handle, 1, state, &native, text, sizeof(text), &n);
	while (*p == '[' && (close = strchr(p, ']')) != NULL)
		p = close + 1;
	p += strspn(p, " ");
	text_make_utf8(p);
	if (strncmp(state, "08", 2) == 0)
		c->lost = true;
	error_set(e, c->lost ? ERROR_CONNECT : class, "%s", *p ? p : text);
	if (e)
		snprintf(e->sqlstate, sizeof(e->sqlstate), "%.5s",
			 strcmp(state, "HYT00") == 0 || strcmp(state, "HY008") == 0 ? "57014"
										    : state);
	return -1;
}

static int fail_connecting(struct connection *c, struct error *e)
{
	fail(c, ODBC_DBC, c->dbc, ERROR_CONNECT, e);
	if (strncmp(e->sqlstate, "28", 2) == 0)
		e->class = ERROR_REFUSED;
	if (strncmp(e->sqlstate, "IM", 2) == 0 || strncmp(e->sqlstate, "01", 2) == 0) {
		e->class = ERROR_CONFIG;
		error_hint(e, "odbcinst -q -d lists the drivers, odbcinst -q -s the sources");
	}
	return error_context(e, "cannot connect");
}

/* ---- the connection ---- */

/* What databases are told after connecting, by what they call themselves. */
static const struct {
	const char *product, *sql;
} sessions[] = {
	{"MariaDB", "set session transaction read only"},
	{"Microsoft SQL Server", "set lock_timeout 5000"},
	{"MySQL", "set session transaction read only"},
	{"Oracle", "alter session set nls_date_format = 'YYYY-MM-DD HH24:MI:SS'"},
	{"Oracle", "alter session set nls_timestamp_format = 'YYYY-MM-DD HH24:MI:SS.FF6'"},
	{"Oracle",
	 "alter session set nls_timestamp_tz_format = 'YYYY-MM-DD HH24:MI:SS.FF6 TZH:TZM'"},
	{"Oracle", "alter session set nls_numeric_characters = '.,'"},
	{"PostgreSQL", "set session characteristics as transaction read only"},
};

/* What each query begins with. */
static const struct {
	const char *product, *sql;
} begins[] = {
	{"Oracle", "set transaction read only"},
};

/* The zone of the session: %s is the zone, in which no quote is. */
static const struct {
	const char *product, *format, *utc;
} zones[] = {
	{"MariaDB", "set time_zone = '%s'", "+00:00"},
	{"MySQL", "set time_zone = '%s'", "+00:00"},
	{"Oracle", "alter session set time_zone = '%s'", "+00:00"},
	{"PostgreSQL", "set time zone '%s'", "UTC"},
	{"Snowflake", "alter session set timezone = '%s'", "UTC"},
};

static int run(struct connection *c, const char *sql, struct error *e)
{
	odbc_handle stmt = NULL;
	int16_t status;
	int result = 0;

	if (!good(api.AllocHandle(ODBC_STMT, c->dbc, &stmt)))
		return fail(c, ODBC_DBC, c->dbc, ERROR_SQL, e);
	status = api.ExecDirect(stmt, (char *)sql, ODBC_NTS);
	if (!good(status) && status != ODBC_NO_DATA)
		result = fail(c, ODBC_STMT, stmt, ERROR_SQL, e);
	api.FreeHandle(ODBC_STMT, stmt);
	return result;
}

static int set_zone(struct connection *c, const char *product, struct error *e)
{
	const char *zone = c->options->time_zone;
	char sql[200];
	size_t i;

	if (!zone || strpbrk(zone, "'\\"))
		zone = "UTC";
	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		if (strncasecmp(product, zones[i].product, strlen(zones[i].product)) != 0)
			continue;
		if (strcmp(zone, "UTC") == 0)
			zone = zones[i].utc;
		if (strlen(zone) > 100)
			return error_set(e, ERROR_INPUT, "the name of the time zone is too long");
		buf_clear(&c->row.text);
		buf_add(&c->row.text, zones[i].format, strcspn(zones[i].format, "%"));
		buf_printf(&c->row.text, "%s'", zone);
		snprintf(sql, sizeof(sql), "%s", buf_text(&c->row.text));
		return run(c, sql, e);
	}
	return 0;
}

static int set_up(struct connection *c, struct error *e)
{
	char product[200] = "";
	struct error said = ERROR_INIT;
	int16_t n = 0;
	size_t i;

	api.GetInfo(c->dbc, ODBC_DBMS_NAME, product, sizeof(product) - 1, &n);
	log_debug("the source: '%s' by ODBC", product);
	for (i = 0; i < sizeof(sessions) / sizeof(sessions[0]); i++)
		if (strncasecmp(product, sessions[i].product, strlen(sessions[i].product)) == 0 &&
		    run(c, sessions[i].sql, &said) < 0)
			log_warn("the source: %s: %s", sessions[i].sql, said.text);
	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncasecmp(product, begins[i].product, strlen(begins[i].product)) == 0)
			c->begin = begins[i].sql;
	if (set_zone(c, product, e) < 0)
		return -1;
	api.EndTran(ODBC_DBC, c->dbc, ODBC_COMMIT); /* else the settings were undone */
	return 0;
}

/* The password joins the string here, so that nobody sees it elsewhere. */
static char *connection_string(const struct foreign_options *o)
{
	const char *said = getenv("LAKEPORT_SOURCE_PASSWORD");
	char password[PASSWORD_MAX], *text, *p;
	struct buf string = {0};

	if (!password_get(o->url, password))
		snprintf(password, sizeof(password), "%s", said ? said : "");
	buf_puts(&string, o->url + strlen("odbc:"));
	if (*password) {
		buf_puts(&string, ";PWD={");
		for (p = password; *p; p++) {
			buf_putc(&string, *p);
			if (*p == '}')
				buf_putc(&string, '}');
		}
		buf_putc(&string, '}');
	}
	text = xstrdup(buf_text(&string));
	if (string.data)
		explicit_bzero(string.data, string.cap);
	buf_release(&string);
	explicit_bzero(password, sizeof(password));
	return text;
}

static int connect_it(struct connection *c, struct error *e)
{
	char *string = connection_string(c->options), full[1024];
	int16_t status, n = 0;

	status = api.DriverConnect(c->dbc, NULL, string, ODBC_NTS, full, sizeof(full), &n,
				   ODBC_NO_PROMPT);
	explicit_bzero(string, strlen(string));
	explicit_bzero(full, sizeof(full));
	free(string);
	if (!good(status))
		return fail_connecting(c, e);
	c->connected = true;
	return 0;
}

static int open_it(struct connection *c, struct error *e)
{
	if (load(e) < 0)
		return -1;
	if (!good(api.AllocHandle(ODBC_ENV, NULL, &c->env)) ||
	    !good(api.SetEnvAttr(c->env, ODBC_ATTR_VERSION, (void *)(intptr_t)ODBC_VERSION_3, 0)) ||
	    !good(api.AllocHandle(ODBC_DBC, c->env, &c->dbc)))
		return error_set(e, ERROR_INTERNAL, "ODBC gives no connection");
	api.SetConnectAttr(c->dbc, ODBC_LOGIN_TIMEOUT, (void *)(intptr_t)LOGIN_S, 0);
	api.SetConnectAttr(c->dbc, ODBC_ACCESS_MODE, (void *)(intptr_t)1, 0);
	if (connect_it(c, e) < 0)
		return -1;
	api.SetConnectAttr(c->dbc, ODBC_AUTOCOMMIT, (void *)(intptr_t)0, 0);
	return set_up(c, e);
}

static void end(void *self)
{
	struct connection *c = self;

	if (c->stmt && c->open)
		api.Cancel(c->stmt);
	if (c->stmt)
		api.FreeHandle(ODBC_STMT, c->stmt);
	c->stmt = NULL;
	if (c->connected && c->open && !c->lost)
		api.EndTran(ODBC_DBC, c->dbc, ODBC_ROLLBACK);
	c->open = false;
	arena_release(&c->names);
}

static void close_connection(void *self)
{
	struct connection *c = self;

	end(c);
	if (c->connected)
		api.Disconnect(c->dbc);
	if (c->dbc)
		api.FreeHandle(ODBC_DBC, c->dbc);
	if (c->env)
		api.FreeHandle(ODBC_ENV, c->env);
	foreign_row_release(&c->row);
	free(c->types);
	free(c->out->columns);
	free(c->out->cells);
	free(c);
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

/* ---- queries ---- */

static enum foreign_kind kind_of(int16_t type)
{
	switch (type) {
	case ODBC_TINYINT:
	case ODBC_SMALLINT:
	case ODBC_INTEGER:
	case ODBC_BIGINT:
		return FOREIGN_INTEGER;
	case ODBC_NUMERIC:
	case ODBC_DECIMAL:
		return FOREIGN_DECIMAL;
	case ODBC_REAL:
		return FOREIGN_FLOAT;
	case ODBC_FLOAT:
	case ODBC_DOUBLE:
		return FOREIGN_DOUBLE;
	case ODBC_BIT:
		return FOREIGN_BOOLEAN;
	case ODBC_BINARY:
	case ODBC_VARBINARY:
	case ODBC_LONGVARBINARY:
		return FOREIGN_BYTES;
	case ODBC_DATE:
		return FOREIGN_DATE;
	case ODBC_TIME:
	case ODBC_TIME2:
		return FOREIGN_TIME;
	case ODBC_TIMESTAMP:
	case ODBC_TIMESTAMP_OFFSET:
		return FOREIGN_TIMESTAMP;
	default:
		return FOREIGN_TEXT;
	}
}

static bool is_wide(int16_t type)
{
	return type == ODBC_WCHAR || type == ODBC_WVARCHAR || type == ODBC_WLONGVARCHAR ||
	       type == ODBC_XML;
}

static int describe(struct connection *c, struct error *e)
{
	int16_t n = 0, length, digits, nullable, i;
	uint64_t size;
	char name[512];

	if (!good(api.NumResultCols(c->stmt, &n)))
		return fail(c, ODBC_STMT, c->stmt, ERROR_SQL, e);
	if (n <= 0)
		return error_set(e, ERROR_SQL, "it returns no rows");
	c->types = xrealloc(c->types, (size_t)n * sizeof(*c->types));
	c->out->columns = xrealloc(c->out->columns, (size_t)n * sizeof(*c->out->columns));
	c->out->cells = xrealloc(c->out->cells, (size_t)n * sizeof(*c->out->cells));
	for (i = 0; i < n; i++) {
		if (!good(api.DescribeCol(c->stmt, (uint16_t)(i + 1), name, sizeof(name), &length,
					  &c->types[i], &size, &digits, &nullable)))
			return fail(c, ODBC_STMT, c->stmt, ERROR_SQL, e);
		c->out->columns[i] = (struct foreign_column){arena_strdup(&c->names, name),
							     kind_of(c->types[i])};
	}
	c->out->width = (size_t)n;
	return 0;
}

static int query(void *self, const char *sql, struct error *e)
{
	struct connection *c = self;
	intptr_t seconds = (c->options->timeout_ms + 999) / 1000;
	odbc_handle stmt = NULL;

	if (c->begin && run(c, c->begin, e) < 0)
		return -1;
	if (!good(api.AllocHandle(ODBC_STMT, c->dbc, &stmt)))
		return fail(c, ODBC_DBC, c->dbc, ERROR_SQL, e);
	c->stmt = stmt;
	c->open = true;
	if (seconds)
		api.SetStmtAttr(c->stmt, ODBC_QUERY_TIMEOUT, (void *)seconds, 0);
	if (c->options->rows_max)
		api.SetStmtAttr(c->stmt, ODBC_MAX_ROWS, (void *)(c->options->rows_max + 1), 0);
	if (!good(api.ExecDirect(c->stmt, (char *)sql, ODBC_NTS)))
		return fail(c, ODBC_STMT, c->stmt, ERROR_SQL, e);
	return describe(c, e);
}

/* How much of a full piece is text: a NUL stands behind it unless it is bytes. */
static size_t piece_length(int16_t as, int64_t length)
{
	size_t room = PIECE - (as == ODBC_C_WCHAR ? 2 : as == ODBC_C_CHAR ? 1 : 0);

	return length == ODBC_NO_TOTAL || (size_t)length > room ? room : (size_t)length;
}

/* A value in pieces. 1: put, 0: it is NULL, -1. */
static int get_long(struct connection *c, uint16_t column, int16_t as, struct buf *out,
		    struct error *e)
{
	union {
		char text[PIECE];
		unsigned short wide[PIECE / 2];
	} piece;
	int64_t length = 0;
	int16_t status;

	while (good(status = api.GetData(c->stmt, column, as, &piece, sizeof(piece), &length))) {
		if (length == ODBC_NULL)
			return 0;
		buf_add(out, &piece, piece_length(as, length));
		if (status == ODBC_SUCCESS)
			return 1;
	}
	return status == ODBC_NO_DATA ? 1 : fail(c, ODBC_STMT, c->stmt, ERROR_SQL, e);
}

static int get_number(struct connection *c, uint16_t column, double *value, struct error *e)
{
	int64_t length = 0;

	if (!good(api.GetData(c->stmt, column, ODBC_C_DOUBLE, value, sizeof(*value), &length)))
		return fail(c, ODBC_STMT, c->stmt, ERROR_SQL, e);
	return length != ODBC_NULL;
}

static int add_text(struct connection *c, size_t i, struct error *e)
{
	enum foreign_kind kind = c->out->columns[i].kind;
	int16_t as = kind == FOREIGN_BYTES  ? ODBC_C_BINARY
		     : is_wide(c->types[i]) ? ODBC_C_WCHAR
					    : ODBC_C_CHAR;
	struct buf value = {.max = (size_t)64 << 20};
	int status = get_long(c, (uint16_t)(i + 1), as, &value, e);

	if (status == 0)
		foreign_row_null(&c->row);
	if (status == 1) {
		foreign_row_value(&c->row);
		if (as == ODBC_C_BINARY)
			foreign_put_bytes(&c->row.text, buf_text(&value), value.len);
		else if (as == ODBC_C_WCHAR)
			foreign_put_utf16(&c->row.text, (const unsigned short *)value.data,
					  value.len / 2);
		else
			buf_add(&c->row.text, buf_text(&value), value.len);
		if (value.truncated)
			status = error_set(e, ERROR_SQL, "a value is longer than 64 MB");
	}
	buf_release(&value);
	return status < 0 ? -1 : 0;
}

static int add_cell(struct connection *c, size_t i, struct error *e)
{
	enum foreign_kind kind = c->out->columns[i].kind;
	double value = 0;
	int status;

	if (kind != FOREIGN_FLOAT && kind != FOREIGN_DOUBLE)
		return add_text(c, i, e);
	status = get_number(c, (uint16_t)(i + 1), &value, e);
	if (status < 0)
		return -1;
	if (status == 0) {
		foreign_row_null(&c->row);
		return 0;
	}
	foreign_row_value(&c->row);
	if (kind == FOREIGN_FLOAT)
		foreign_put_float(&c->row.text, (float)value);
	else
		foreign_put_double(&c->row.text, value);
	return 0;
}

static int next(void *self, struct error *e)
{
	struct connection *c = self;
	int16_t status = api.Fetch(c->stmt);
	size_t i;

	if (status == ODBC_NO_DATA)
		return 0;
	if (!good(status))
		return fail(c, ODBC_STMT, c->stmt, ERROR_SQL, e);
	foreign_row_begin(&c->row);
	for (i = 0; i < c->out->width; i++)
		if (add_cell(c, i, e) < 0)
			return -1;
	return foreign_row_end(&c->row, c->out->cells, e) < 0 ? -1 : 1;
}

/* ODBC has no harder way. */
static void cancel(void *self, bool hard)
{
	struct connection *c = self;

	(void)hard;
	if (c->stmt)
		api.Cancel(c->stmt);
}

static bool alive(const void *self)
{
	return !((const struct connection *)self)->lost;
}

const struct foreign_driver foreign_odbc = {
	.schemes = {"odbc"},
	.name = "SQL Server, Synapse, Oracle, Snowflake, ... by ODBC",
	.tested = "client tested with drivers of other databases, never run against these",
	.open = open_connection,
	.query = query,
	.next = next,
	.end = end,
	.alive = alive,
	.cancel = cancel,
	.close = close_connection,
};

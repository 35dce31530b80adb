/*
 * foreign_parts.h - private to the foreign*.c files: what a driver is, and what drivers share.
 */
#ifndef LAKEPORT_COMMON_FOREIGN_PARTS_H
#define LAKEPORT_COMMON_FOREIGN_PARTS_H

#include "common/foreign.h"
#include "common/memory.h"

/*
 * A way to a database. `self` is what open() made. After query() the columns and, after each
 * next() that returned 1, the cells are as the driver left them in `out`, whose arrays it owns.
 */
struct foreign_rows {
	struct foreign_column *columns;
	struct foreign_cell *cells;
	size_t width;
	bool more; /* the source itself cut the rows at the limit */
};

struct foreign_driver {
	const char *schemes[4];	   /* "mysql", ... */
	const char *name, *tested; /* "MySQL, MariaDB", "tested end to end" */
	void *(*open)(const struct foreign_options *o, struct foreign_rows *out, struct error *e);
	int (*query)(void *self, const char *sql, struct error *e);
	int (*next)(void *self, struct error *e);
	void (*end)(void *self); /* also when there is no query */
	bool (*alive)(const void *self);
	/*
	 * From another thread, while query() or next() wait: stop. `hard`: it did not help, so let
	 * the connection go. NULL: the driver keeps the limit and hears Ctrl-C by itself.
	 */
	void (*cancel)(void *self, bool hard);
	void (*close)(void *self);
};

extern const struct foreign_driver foreign_databricks, foreign_mysql, foreign_odbc,
	foreign_postgres;

/* scheme://[user[:password]@][host][:port][/path][?name=value&...], taken apart and decoded. */
struct foreign_url {
	const char *scheme, *user, *password, *host, *path; /* "" when not there */
	int port;					    /* 0: none */
	const char *names[16], *values[16];
	size_t count;
};
int foreign_url_parse(struct foreign_url *u, const char *url, struct arena *a, struct error *e);
const char *foreign_url_value(const struct foreign_url *u, const char *name); /* NULL: none */
/* Class CONFIG when there is a parameter that is not one of `known` (ends with NULL). */
int foreign_url_known(const struct foreign_url *u, const char *const *known, struct error *e);

/* A shared library that is loaded when it is needed, and the functions that are taken from it. */
struct foreign_symbol {
	const char *name;
	size_t offset; /* of the pointer in the struct of functions */
};
struct foreign_library {
	const char *what, *files[4], *package; /* "MySQL", {"libmariadb.so.3"}, "libmariadb3" */
	const struct foreign_symbol *symbols;
	size_t symbol_count;
};
/* Fills the pointers in `functions`; the library stays. Class CONFIG, says what brings it. */
int foreign_library_load(const struct foreign_library *l, void *functions, struct error *e);

/* Values as Postgres writes them, appended to `out`. */
void foreign_put_float(struct buf *out, float value);
void foreign_put_double(struct buf *out, double value);
void foreign_put_bytes(struct buf *out, const void *data, size_t n); /* \x6162 */
void foreign_put_bits(struct buf *out, const unsigned char *data, size_t n, size_t bits);
/* UTF-16 in the machine's order; what is no character becomes U+FFFD. */
void foreign_put_utf16(struct buf *out, const unsigned short *text, size_t n);
/* Base64 as \x6162; false when it is none. */
bool foreign_put_base64(struct buf *out, const char *text);

/*
 * The cells of a row in one buffer, which moves while it grows: begin a row, say what is added, and
 * set the cells at its end, which refuses a value with a NUL byte.
 */
struct foreign_row {
	struct buf text;
	size_t *begins; /* SIZE_MAX: NULL */
	size_t count, capacity;
};
void foreign_row_begin(struct foreign_row *r);
void foreign_row_null(struct foreign_row *r);
void foreign_row_value(struct foreign_row *r); /* begins one; buf_add() to r->text */
/* -1 when the row is too long, or a value has a NUL byte. */
int foreign_row_end(struct foreign_row *r, struct foreign_cell *cells, struct error *e);
void foreign_row_release(struct foreign_row *r);

#endif

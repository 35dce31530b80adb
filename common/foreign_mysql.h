/*
 * foreign_mysql.h - private to foreign_mysql.c: the client library of MySQL and MariaDB as this
 * program uses it. It is loaded when it is needed, so its structs are declared here as the ABI of
 * libmariadb.so.3 has them (Connector/C 3.x, looked at on 2026-11-21).
 */
#ifndef LAKEPORT_COMMON_FOREIGN_MYSQL_H
#define LAKEPORT_COMMON_FOREIGN_MYSQL_H

#include <stddef.h>

struct mysql;	     /* a connection */
struct mysql_stmt;   /* a prepared statement */
struct mysql_result; /* metadata */

enum mysql_type {
	MYSQL_DECIMAL = 0,
	MYSQL_TINY = 1,
	MYSQL_SHORT = 2,
	MYSQL_LONG = 3,
	MYSQL_FLOAT = 4,
	MYSQL_DOUBLE = 5,
	MYSQL_NULL = 6,
	MYSQL_TIMESTAMP = 7,
	MYSQL_LONGLONG = 8,
	MYSQL_INT24 = 9,
	MYSQL_DATE = 10,
	MYSQL_TIME = 11,
	MYSQL_DATETIME = 12,
	MYSQL_YEAR = 13,
	MYSQL_BIT = 16,
	MYSQL_JSON = 245,
	MYSQL_NEWDECIMAL = 246,
	MYSQL_TINY_BLOB = 249,
	MYSQL_MEDIUM_BLOB = 250,
	MYSQL_LONG_BLOB = 251,
	MYSQL_BLOB = 252,
	MYSQL_VAR_STRING = 253,
	MYSQL_STRING = 254,
	MYSQL_GEOMETRY = 255,
};

enum mysql_option {
	MYSQL_OPT_CONNECT_TIMEOUT = 0,
	MYSQL_READ_DEFAULT_GROUP = 5,
	MYSQL_SET_CHARSET_NAME = 7,
	MYSQL_OPT_LOCAL_INFILE = 8,
	MYSQL_OPT_READ_TIMEOUT = 11,
	MYSQL_OPT_WRITE_TIMEOUT = 12,
	MYSQL_OPT_SSL_VERIFY_SERVER_CERT = 21,
	MYSQL_OPT_SSL_CA = 27,
	MYSQL_OPT_SSL_ENFORCE = 38,
};

#define MYSQL_CHARSET_BINARY  63
#define MYSQL_NO_DATA	      100
#define MYSQL_DATA_TRUNCATED  101
#define MYSQL_CLIENT_NO_FLAGS 0

struct mysql_field {
	char *name, *org_name, *table, *org_table, *db, *catalog, *def;
	unsigned long length, max_length;
	unsigned int name_length, org_name_length, table_length, org_table_length, db_length;
	unsigned int catalog_length, def_length, flags, decimals, charset;
	int type;
	void *extension;
};

struct mysql_bind {
	unsigned long *length;
	char *is_null;
	void *buffer;
	char *error;
	void *row, *store, *fetch, *skip;
	unsigned long buffer_length, offset, length_value;
	unsigned int flags, pack_length;
	int buffer_type;
	char error_value, is_unsigned, long_data_used, is_null_value;
	void *extension;
};

/* name, returns, takes */
#define MYSQL_FUNCTIONS(X)                                                                         \
	X(init, struct mysql *, (struct mysql *))                                                  \
	X(options, int, (struct mysql *, int, const void *))                                       \
	X(real_connect, struct mysql *,                                                            \
	  (struct mysql *, const char *, const char *, const char *, const char *, unsigned int,   \
	   const char *, unsigned long))                                                           \
	X(close, void, (struct mysql *))                                                           \
	X(query, int, (struct mysql *, const char *))                                              \
	X(error, const char *, (struct mysql *))                                                   \
	X(sqlstate, const char *, (struct mysql *))                                                \
	X(errno, unsigned int, (struct mysql *))                                                   \
	X(thread_id, unsigned long, (struct mysql *))                                              \
	X(get_socket, int, (struct mysql *))                                                       \
	X(get_server_info, const char *, (struct mysql *))                                         \
	X(stmt_init, struct mysql_stmt *, (struct mysql *))                                        \
	X(stmt_prepare, int, (struct mysql_stmt *, const char *, unsigned long))                   \
	X(stmt_param_count, unsigned long, (struct mysql_stmt *))                                  \
	X(stmt_execute, int, (struct mysql_stmt *))                                                \
	X(stmt_result_metadata, struct mysql_result *, (struct mysql_stmt *))                      \
	X(stmt_bind_result, char, (struct mysql_stmt *, struct mysql_bind *))                      \
	X(stmt_fetch, int, (struct mysql_stmt *))                                                  \
	X(stmt_fetch_column, int,                                                                  \
	  (struct mysql_stmt *, struct mysql_bind *, unsigned int, unsigned long))                 \
	X(stmt_error, const char *, (struct mysql_stmt *))                                         \
	X(stmt_sqlstate, const char *, (struct mysql_stmt *))                                      \
	X(stmt_errno, unsigned int, (struct mysql_stmt *))                                         \
	X(stmt_close, char, (struct mysql_stmt *))                                                 \
	X(num_fields, unsigned int, (struct mysql_result *))                                       \
	X(fetch_fields, struct mysql_field *, (struct mysql_result *))                             \
	X(free_result, void, (struct mysql_result *))

struct mysql_api {
#define X(name, returns, takes) returns(*name) takes;
	MYSQL_FUNCTIONS(X)
#undef X
};

#endif

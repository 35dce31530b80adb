/*
 * duckdb.h - DuckDB's C library, loaded when a Parquet file is read and not before.
 *
 * What is declared here are those functions of its stable C API that we call (duckdb.h of version
 * 1.4.4, 2026-01; a library of 1.5.6 runs with them as well). The library is looked for where
 * LAKEPORT_DUCKDB says (the file, or its folder), beside the program (duckdb/libduckdb.so), then
 * where the system has its libraries. One in-memory database serves the whole process; it may not
 * install or load extensions, so it never touches the network.
 */
#ifndef LAKEPORT_MIGRATE_DUCKDB_H
#define LAKEPORT_MIGRATE_DUCKDB_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/text.h"

typedef struct duck_opaque *duck_handle; /* database, connection, statement, chunk, vector, type */

/* Returned and passed by value, so its size matters; only the last member is in use. */
struct duck_result {
	uint64_t unused[3];
	void *unused_columns;
	char *unused_message;
	void *inner;
};

/* name, what it returns, what it takes */
#define DUCK_FUNCTIONS(X)                                                                          \
	X(library_version, const char *, (void))                                                   \
	X(create_config, int, (duck_handle *))                                                     \
	X(set_config, int, (duck_handle, const char *, const char *))                              \
	X(destroy_config, void, (duck_handle *))                                                   \
	X(open_ext, int, (const char *, duck_handle *, duck_handle, char **))                      \
	X(connect, int, (duck_handle, duck_handle *))                                              \
	X(disconnect, void, (duck_handle *))                                                       \
	X(query, int, (duck_handle, const char *, struct duck_result *))                           \
	X(prepare, int, (duck_handle, const char *, duck_handle *))                                \
	X(prepare_error, const char *, (duck_handle))                                              \
	X(destroy_prepare, void, (duck_handle *))                                                  \
	X(pending_prepared_streaming, int, (duck_handle, duck_handle *))                           \
	X(pending_error, const char *, (duck_handle))                                              \
	X(execute_pending, int, (duck_handle, struct duck_result *))                               \
	X(destroy_pending, void, (duck_handle *))                                                  \
	X(result_error, const char *, (struct duck_result *))                                      \
	X(destroy_result, void, (struct duck_result *))                                            \
	X(column_count, uint64_t, (struct duck_result *))                                          \
	X(column_name, const char *, (struct duck_result *, uint64_t))                             \
	X(column_logical_type, duck_handle, (struct duck_result *, uint64_t))                      \
	X(fetch_chunk, duck_handle, (struct duck_result))                                          \
	X(data_chunk_get_size, uint64_t, (duck_handle))                                            \
	X(data_chunk_get_vector, duck_handle, (duck_handle, uint64_t))                             \
	X(destroy_data_chunk, void, (duck_handle *))                                               \
	X(vector_get_data, void *, (duck_handle))                                                  \
	X(vector_get_validity, uint64_t *, (duck_handle))                                          \
	X(list_vector_get_child, duck_handle, (duck_handle))                                       \
	X(array_vector_get_child, duck_handle, (duck_handle))                                      \
	X(struct_vector_get_child, duck_handle, (duck_handle, uint64_t))                           \
	X(get_type_id, int, (duck_handle))                                                         \
	X(logical_type_get_alias, char *, (duck_handle))                                           \
	X(decimal_width, uint8_t, (duck_handle))                                                   \
	X(decimal_scale, uint8_t, (duck_handle))                                                   \
	X(decimal_internal_type, int, (duck_handle))                                               \
	X(enum_internal_type, int, (duck_handle))                                                  \
	X(enum_dictionary_size, uint32_t, (duck_handle))                                           \
	X(enum_dictionary_value, char *, (duck_handle, uint64_t))                                  \
	X(list_type_child_type, duck_handle, (duck_handle))                                        \
	X(array_type_child_type, duck_handle, (duck_handle))                                       \
	X(array_type_array_size, uint64_t, (duck_handle))                                          \
	X(map_type_key_type, duck_handle, (duck_handle))                                           \
	X(map_type_value_type, duck_handle, (duck_handle))                                         \
	X(struct_type_child_count, uint64_t, (duck_handle))                                        \
	X(struct_type_child_name, char *, (duck_handle, uint64_t))                                 \
	X(struct_type_child_type, duck_handle, (duck_handle, uint64_t))                            \
	X(destroy_logical_type, void, (duck_handle *))                                             \
	X(free, void, (void *))

struct duck_api {
#define X(name, returns, takes) returns(*name) takes;
	DUCK_FUNCTIONS(X)
#undef X
};

/* Numbers of DuckDB's types, as its header has them. */
enum duck_type_id {
	DUCK_BOOLEAN = 1,
	DUCK_TINYINT = 2,
	DUCK_SMALLINT = 3,
	DUCK_INTEGER = 4,
	DUCK_BIGINT = 5,
	DUCK_UTINYINT = 6,
	DUCK_USMALLINT = 7,
	DUCK_UINTEGER = 8,
	DUCK_UBIGINT = 9,
	DUCK_FLOAT = 10,
	DUCK_DOUBLE = 11,
	DUCK_TIMESTAMP = 12,
	DUCK_DATE = 13,
	DUCK_TIME = 14,
	DUCK_INTERVAL = 15,
	DUCK_HUGEINT = 16,
	DUCK_VARCHAR = 17,
	DUCK_BLOB = 18,
	DUCK_DECIMAL = 19,
	DUCK_TIMESTAMP_S = 20,
	DUCK_TIMESTAMP_MS = 21,
	DUCK_TIMESTAMP_NS = 22,
	DUCK_ENUM = 23,
	DUCK_LIST = 24,
	DUCK_STRUCT = 25,
	DUCK_MAP = 26,
	DUCK_UUID = 27,
	DUCK_TIMESTAMP_TZ = 31,
	DUCK_ARRAY = 33,
	DUCK_NULL = 36,
};

/* A type with all it consists of. A LIST, ARRAY has one child, a MAP key and value. */
struct duck_type {
	int id, internal; /* internal: how a DECIMAL or ENUM is stored */
	int width, scale;
	bool is_json;
	uint64_t array_size;
	size_t child_count;
	struct duck_type *children;
	char **names; /* of a STRUCT's children, or the words of an ENUM */
	size_t name_count;
};

/* The functions; the library is loaded by the first call. NULL with class CONFIG: not there. */
const struct duck_api *duck_load(struct error *e);
/* The same without any lock, for those who have a connection already. */
const struct duck_api *duck_functions(void);
/* A connection to the process's database. NULL with class INTERNAL. */
duck_handle duck_connect(struct error *e);
/* Begins a query whose rows come in chunks as they are read. -1: class INPUT, DuckDB's own words.
 */
int duck_stream(duck_handle connection, const char *sql, struct duck_result *result,
		struct error *e);
/* Takes a column's type apart, into the arena. */
struct duck_type duck_describe(duck_handle type, struct arena *a);

/* ---- values, by type, vector and row ---- */

static inline bool duck_is_null(const uint64_t *validity, uint64_t row)
{
	return validity && !(validity[row / 64] >> (row % 64) & 1);
}

/* A VARCHAR's or BLOB's bytes: within the vector up to 12 of them, else elsewhere in the chunk. */
static inline struct str duck_string(const void *data, uint64_t row)
{
	const char *s = (const char *)data + row * 16;
	uint32_t length;
	const char *p;

	__builtin_memcpy(&length, s, 4);
	if (length <= 12)
		return (struct str){s + 4, length};
	__builtin_memcpy(&p, s + 8, 8);
	return (struct str){p, length};
}

/* The integer in a DECIMAL, or in any integer type, as stored. */
__int128 duck_integer(int stored, const void *data, uint64_t row);

/*
 * Adds a value that is not NULL as text that Postgres reads, or as JSON: structs with all their
 * fields, maps as objects whose keys are texts, decimals as exact numbers, NaN and infinities as
 * texts, bytes as "\x..", times as ISO 8601 with 'T' and, for those with a zone, 'Z'.
 */
void duck_add_text(const struct duck_type *t, duck_handle vector, uint64_t row, struct buf *out);
void duck_add_json(const struct duck_type *t, duck_handle vector, uint64_t row, struct buf *out);

#endif

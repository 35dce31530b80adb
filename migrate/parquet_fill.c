/*
 * parquet_fill.c - a column of a DuckDB chunk into a column of a block.
 *
 * Most files and targets agree: then a column is copied as it is, or with a check of its range.
 * Each such pair of types has its own loop. Every other pair goes by the text of the value, which
 * is read as the target's type like a field of a CSV file.
 */
#include "migrate/parquet.h"

#include <string.h>

#include "migrate/parse_value.h"

#define JSON_MAX ((size_t)256 << 20)
#define US_MIN	 (-2440588LL * 86400000000LL) /* 4714-11-24 BC */

static bool is_null(const struct fill *f, size_t row)
{
	return duck_is_null(f->validity, row);
}

static void misfit(struct fill *f, size_t row, int reason)
{
	struct misfits *m = f->misfits;

	m->items = xgrow(m->items, m->count, &m->capacity, sizeof(*m->items));
	m->items[m->count++] = (struct misfit){(uint32_t)row, (uint32_t)f->column, reason};
	block_set_null(&f->block->columns[f->column], row);
}

/* The validity mask of the chunk turned over is the mask of NULLs. */
static void copy_nulls(const struct fill *f)
{
	struct block_column *c = &f->block->columns[f->column];
	size_t words = (f->rows + 63) / 64, i;

	if (!f->validity)
		return;
	for (i = 0; i < words; i++) {
		uint64_t nulls = ~f->validity[i];

		if (i == words - 1 && f->rows % 64)
			nulls &= ((uint64_t)1 << (f->rows % 64)) - 1;
		c->nulls[i] = nulls;
		c->null_count += (size_t)__builtin_popcountll(nulls);
	}
}

static bool is_integer(int id)
{
	return (id >= DUCK_TINYINT && id <= DUCK_UBIGINT) || id == DUCK_HUGEINT;
}

static void put_int(void *values, enum block_kind kind, size_t row, int64_t v)
{
	if (kind == BLOCK_INT8)
		((int64_t *)values)[row] = v;
	else if (kind == BLOCK_INT4)
		((int32_t *)values)[row] = (int32_t)v;
	else
		((int16_t *)values)[row] = (int16_t)v;
}

static void fill_integers(struct fill *f, void *values, const struct block_type *to)
{
	int64_t max = to->kind == BLOCK_INT8   ? INT64_MAX
		      : to->kind == BLOCK_INT4 ? INT32_MAX
					       : INT16_MAX;
	size_t i;

	for (i = 0; i < f->rows; i++) {
		__int128 v;

		if (is_null(f, i))
			continue;
		v = duck_integer(f->type->internal, f->data, i);
		if (v > max || v < -(__int128)max - 1)
			misfit(f, i, REJECT_OUT_OF_RANGE);
		else
			put_int(values, to->kind, i, (int64_t)v);
	}
}

static void fill_decimals(struct fill *f, __int128 *values, const struct block_type *to)
{
	bool same = f->type->id == DUCK_DECIMAL && f->type->scale == to->scale &&
		    f->type->width <= (to->precision ? to->precision : 38);
	size_t i;

	for (i = 0; i < f->rows; i++) {
		__int128 v;
		int reason;

		if (is_null(f, i))
			continue;
		v = duck_integer(f->type->internal, f->data, i);
		if (same) {
			values[i] = v;
			continue;
		}
		reason = parse_rescale(v, f->type->scale, to->precision, to->scale, &values[i]);
		if (reason != PARSE_OK)
			misfit(f, i, reason);
	}
}

static void fill_texts(struct fill *f, struct str *values, const struct block_type *to)
{
	size_t i;

	for (i = 0; i < f->rows; i++) {
		int reason;

		if (is_null(f, i))
			continue;
		if (to->kind == BLOCK_BYTES) {
			values[i] = duck_string(f->data, i);
			continue;
		}
		reason = parse_text(duck_string(f->data, i), to->precision, &values[i]);
		if (reason != PARSE_OK)
			misfit(f, i, reason);
	}
}

static void fill_dates(struct fill *f, int32_t *values)
{
	const int32_t *days = f->data;
	size_t i;

	for (i = 0; i < f->rows; i++) {
		values[i] = days[i] == -INT32_MAX ? INT32_MIN : days[i];
		if (!is_null(f, i) && values[i] != INT32_MIN && values[i] != INT32_MAX &&
		    (days[i] < -2440588 || days[i] >= 2145042906))
			misfit(f, i, REJECT_OUT_OF_RANGE);
	}
}

/* To microseconds; false when that is out of range. */
static bool to_us(int id, int64_t v, int64_t *us)
{
	if (id == DUCK_TIMESTAMP_NS) {
		*us = v / 1000 - (v % 1000 < 0);
		return true;
	}
	if (id == DUCK_TIMESTAMP_S)
		return !__builtin_mul_overflow(v, 1000000, us);
	if (id == DUCK_TIMESTAMP_MS)
		return !__builtin_mul_overflow(v, 1000, us);
	*us = v;
	return true;
}

static void fill_stamps(struct fill *f, int64_t *values, const struct block_type *to)
{
	const int64_t *from = f->data;
	bool local = to->kind == BLOCK_TIMESTAMPTZ && f->type->id != DUCK_TIMESTAMP_TZ && f->zone;
	size_t i;

	for (i = 0; i < f->rows; i++) {
		int64_t us = 0;

		if (is_null(f, i))
			continue;
		if (from[i] == INT64_MAX || from[i] == -INT64_MAX) {
			values[i] = from[i] > 0 ? INT64_MAX : INT64_MIN;
			continue;
		}
		if (!to_us(f->type->id, from[i], &us) || us < US_MIN) {
			misfit(f, i, REJECT_OUT_OF_RANGE);
			continue;
		}
		if (local)
			us -= zone_offset(f->zone, us / 1000000 - (us % 1000000 < 0)) * 1000000LL;
		values[i] = us;
	}
}

static void fill_uuids(struct fill *f, uint8_t *values)
{
	size_t i;
	int k;

	for (i = 0; i < f->rows; i++) {
		unsigned __int128 v = (unsigned __int128)duck_integer(DUCK_HUGEINT, f->data, i) ^
				      (unsigned __int128)1 << 127;

		for (k = 0; k < 16; k++)
			values[i * 16 + (size_t)k] = (uint8_t)(v >> (120 - 8 * k));
	}
}

static void fill_intervals(struct fill *f, struct block_interval *values)
{
	size_t i;

	for (i = 0; i < f->rows; i++) {
		const char *p = (const char *)f->data + i * 16; /* months, days, microseconds */

		memcpy(&values[i].months, p, 4);
		memcpy(&values[i].days, p + 4, 4);
		memcpy(&values[i].us, p + 8, 8);
	}
}

/* By way of the text, or of the JSON; `b->rows` says to parse_put() which row it is. */
static void fill_by_text(struct fill *f)
{
	struct block *b = f->block;
	bool json = b->columns[f->column].type.kind == BLOCK_JSON &&
		    (f->type->id != DUCK_VARCHAR || f->type->is_json);
	struct buf text = {.max = JSON_MAX};
	size_t i, rows = b->rows;

	for (i = 0; i < f->rows; i++) {
		struct str t;
		int reason;

		if (is_null(f, i))
			continue;
		buf_clear(&text);
		if (json)
			duck_add_json(f->type, f->vector, i, &text);
		else
			duck_add_text(f->type, f->vector, i, &text);
		t = (struct str){arena_strndup(&b->arena, buf_text(&text), text.len), text.len};
		b->rows = i;
		reason = text.truncated ? REJECT_TOO_WIDE
					: parse_put(b, f->column, t, f->times, false);
		if (reason != PARSE_OK)
			misfit(f, i, reason);
	}
	b->rows = rows;
	buf_release(&text);
}

static bool is_stamp(int id)
{
	return id == DUCK_TIMESTAMP || id == DUCK_TIMESTAMP_TZ || id == DUCK_TIMESTAMP_S ||
	       id == DUCK_TIMESTAMP_MS || id == DUCK_TIMESTAMP_NS;
}

/* The pairs whose values look the same in both: bytes of one value, else 0. */
static size_t same_bytes(int id, enum block_kind kind)
{
	if (id == DUCK_BIGINT && kind == BLOCK_INT8)
		return 8;
	if (id == DUCK_INTEGER && kind == BLOCK_INT4)
		return 4;
	if (id == DUCK_SMALLINT && kind == BLOCK_INT2)
		return 2;
	if (id == DUCK_DOUBLE && kind == BLOCK_FLOAT8)
		return 8;
	if (id == DUCK_FLOAT && kind == BLOCK_FLOAT4)
		return 4;
	if (id == DUCK_BOOLEAN && kind == BLOCK_BOOL)
		return 1;
	return id == DUCK_TIME && kind == BLOCK_TIME ? 8 : 0;
}

static void widen_floats(const struct fill *f, double *values)
{
	size_t i;

	for (i = 0; i < f->rows; i++)
		values[i] = (double)((const float *)f->data)[i];
}

void parquet_fill(struct fill *f)
{
	struct block_column *c = &f->block->columns[f->column];
	const struct block_type *to = &c->type;
	int id = f->type->id;
	size_t bytes = same_bytes(id, to->kind);

	copy_nulls(f);
	if (bytes)
		memcpy(c->values, f->data, bytes * f->rows);
	else if (is_integer(id) && to->kind <= BLOCK_INT8 && to->kind >= BLOCK_INT2)
		fill_integers(f, c->values, to);
	else if ((is_integer(id) || id == DUCK_DECIMAL) && to->kind == BLOCK_DECIMAL)
		fill_decimals(f, c->values, to);
	else if ((id == DUCK_VARCHAR && to->kind == BLOCK_TEXT) ||
		 (id == DUCK_BLOB && to->kind == BLOCK_BYTES))
		fill_texts(f, c->values, to);
	else if (id == DUCK_DATE && to->kind == BLOCK_DATE)
		fill_dates(f, c->values);
	else if ((is_stamp(id) && to->kind == BLOCK_TIMESTAMPTZ) ||
		 (is_stamp(id) && id != DUCK_TIMESTAMP_TZ && to->kind == BLOCK_TIMESTAMP))
		fill_stamps(f, c->values, to);
	else if (id == DUCK_UUID && to->kind == BLOCK_UUID)
		fill_uuids(f, c->values);
	else if (id == DUCK_INTERVAL && to->kind == BLOCK_INTERVAL)
		fill_intervals(f, c->values);
	else if (id == DUCK_FLOAT && to->kind == BLOCK_FLOAT8)
		widen_floats(f, c->values);
	else
		fill_by_text(f);
}

/* Sorted by DuckDB's number. What Databricks' synced tables make of them, and wider ones where
 * Postgres has no unsigned types. */
static const struct {
	int id;
	struct block_type type;
} types[] = {
	{DUCK_BOOLEAN, {.kind = BLOCK_BOOL}},
	{DUCK_TINYINT, {.kind = BLOCK_INT2}},
	{DUCK_SMALLINT, {.kind = BLOCK_INT2}},
	{DUCK_INTEGER, {.kind = BLOCK_INT4}},
	{DUCK_BIGINT, {.kind = BLOCK_INT8}},
	{DUCK_UTINYINT, {.kind = BLOCK_INT2}},
	{DUCK_USMALLINT, {.kind = BLOCK_INT4}},
	{DUCK_UINTEGER, {.kind = BLOCK_INT8}},
	{DUCK_UBIGINT, {BLOCK_DECIMAL, 20, 0}},
	{DUCK_FLOAT, {.kind = BLOCK_FLOAT4}},
	{DUCK_DOUBLE, {.kind = BLOCK_FLOAT8}},
	{DUCK_TIMESTAMP, {.kind = BLOCK_TIMESTAMP}},
	{DUCK_DATE, {.kind = BLOCK_DATE}},
	{DUCK_TIME, {.kind = BLOCK_TIME}},
	{DUCK_INTERVAL, {.kind = BLOCK_INTERVAL}},
	{DUCK_HUGEINT, {BLOCK_DECIMAL, 38, 0}},
	{DUCK_VARCHAR, {.kind = BLOCK_TEXT}},
	{DUCK_BLOB, {.kind = BLOCK_BYTES}},
	{DUCK_DECIMAL, {.kind = BLOCK_DECIMAL}},
	{DUCK_TIMESTAMP_S, {.kind = BLOCK_TIMESTAMP}},
	{DUCK_TIMESTAMP_MS, {.kind = BLOCK_TIMESTAMP}},
	{DUCK_TIMESTAMP_NS, {.kind = BLOCK_TIMESTAMP}},
	{DUCK_ENUM, {.kind = BLOCK_TEXT}},
	{DUCK_LIST, {.kind = BLOCK_JSON}},
	{DUCK_STRUCT, {.kind = BLOCK_JSON}},
	{DUCK_MAP, {.kind = BLOCK_JSON}},
	{DUCK_UUID, {.kind = BLOCK_UUID}},
	{DUCK_TIMESTAMP_TZ, {.kind = BLOCK_TIMESTAMPTZ}},
	{DUCK_ARRAY, {.kind = BLOCK_JSON}},
	{DUCK_NULL, {.kind = BLOCK_TEXT}},
};

struct block_type parquet_block_type(const struct duck_type *t)
{
	struct block_type found = {.kind = BLOCK_KIND_COUNT};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].id == t->id)
			found = types[i].type;
	}
	if (t->id == DUCK_DECIMAL)
		found = (struct block_type){BLOCK_DECIMAL, t->width, t->scale};
	if (t->id == DUCK_VARCHAR && t->is_json)
		found.kind = BLOCK_JSON;
	for (i = 0; i < t->child_count; i++) { /* what cannot be read within cannot be read */
		if (parquet_block_type(&t->children[i]).kind == BLOCK_KIND_COUNT)
			found.kind = BLOCK_KIND_COUNT;
	}
	return found;
}

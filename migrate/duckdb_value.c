/*
 * duckdb_value.c - values of DuckDB's vectors as text and as JSON. This is the slow way, for nested
 * values, for types that Postgres does not have, and for messages; parquet_fill.c has the fast one.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "migrate/duckdb.h"
#include "migrate/json_scan.h"
#include "migrate/parse_value.h"

#define US_DAY 86400000000LL

__int128 duck_integer(int stored, const void *data, uint64_t row)
{
	switch (stored) {
	case DUCK_TINYINT:
		return ((const int8_t *)data)[row];
	case DUCK_SMALLINT:
		return ((const int16_t *)data)[row];
	case DUCK_INTEGER:
		return ((const int32_t *)data)[row];
	case DUCK_BIGINT:
		return ((const int64_t *)data)[row];
	case DUCK_UTINYINT:
		return ((const uint8_t *)data)[row];
	case DUCK_USMALLINT:
		return ((const uint16_t *)data)[row];
	case DUCK_UINTEGER:
		return ((const uint32_t *)data)[row];
	case DUCK_UBIGINT:
		return ((const uint64_t *)data)[row];
	default: { /* HUGEINT: low half, high half */
		__int128 v;

		memcpy(&v, (const char *)data + row * 16, sizeof(v));
		return v;
	}
	}
}

static void add_integer(struct buf *out, __int128 v, int scale)
{
	char text[64], *p = text + sizeof(text);
	unsigned __int128 rest =
		v < 0 ? (unsigned __int128)0 - (unsigned __int128)v : (unsigned __int128)v;
	int digits = 0;

	do {
		*--p = (char)('0' + (int)(rest % 10));
		rest /= 10;
		if (++digits == scale)
			*--p = '.';
	} while (rest || digits <= scale);
	if (v < 0)
		*--p = '-';
	buf_add(out, p, (size_t)(text + sizeof(text) - p));
}

/* The shortest text that reads back as the same number. */
static void add_float(struct buf *out, double v, bool single, bool json)
{
	char text[64];
	int digits;

	if (!isfinite(v)) {
		const char *word = isnan(v) ? "NaN" : v < 0 ? "-Infinity" : "Infinity";

		buf_printf(out, json ? "\"%s\"" : "%s", word);
		return;
	}
	for (digits = single ? 6 : 15; digits < 18; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (single ? strtof(text, NULL) == (float)v : strtod(text, NULL) == v)
			break;
	}
	buf_puts(out, text);
}

static void add_date(struct buf *out, int64_t days)
{
	int64_t year;
	int month, day;

	calendar_civil(days, &year, &month, &day);
	buf_printf(out, "%04lld-%02d-%02d%s", (long long)(year > 0 ? year : 1 - year), month, day,
		   year > 0 ? "" : " BC");
}

/* The seconds and their part, without zeros at the end. */
static void add_clock(struct buf *out, int64_t us)
{
	char part[8];
	size_t n;

	buf_printf(out, "%02lld:%02lld:%02lld", (long long)(us / 3600000000LL),
		   (long long)(us / 60000000 % 60), (long long)(us / 1000000 % 60));
	if (us % 1000000 == 0)
		return;
	n = (size_t)snprintf(part, sizeof(part), "%06lld", (long long)(us % 1000000));
	while (part[n - 1] == '0')
		n--;
	buf_putc(out, '.');
	buf_add(out, part, n);
}

static int64_t floor_divide(int64_t v, int64_t by)
{
	return v / by - (v % by < 0);
}

static void add_stamp(struct buf *out, const struct duck_type *t, int64_t v, char between)
{
	int64_t us, days;

	if (v == INT64_MAX || v == -INT64_MAX) {
		buf_puts(out, v > 0 ? "infinity" : "-infinity");
		return;
	}
	if (t->id == DUCK_TIMESTAMP_S || t->id == DUCK_TIMESTAMP_MS) {
		int64_t unit = t->id == DUCK_TIMESTAMP_S ? 86400 : 86400000;

		days = floor_divide(v, unit);
		us = (v - days * unit) * (US_DAY / unit);
	} else {
		us = t->id == DUCK_TIMESTAMP_NS ? floor_divide(v, 1000) : v;
		days = floor_divide(us, US_DAY);
		us -= days * US_DAY;
	}
	add_date(out, days);
	buf_putc(out, between);
	add_clock(out, us);
	if (t->id == DUCK_TIMESTAMP_TZ)
		buf_putc(out, 'Z');
}

static void add_uuid(struct buf *out, const void *data, uint64_t row)
{
	unsigned __int128 v = (unsigned __int128)duck_integer(DUCK_HUGEINT, data, row) ^
			      (unsigned __int128)1 << 127;
	int i;

	for (i = 0; i < 16; i++)
		buf_printf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			   (unsigned)(v >> (120 - 8 * i)) & 0xff);
}

static void add_interval(struct buf *out, const void *data, uint64_t row)
{
	int32_t months, days;
	int64_t us;

	memcpy(&months, (const char *)data + row * 16, 4);
	memcpy(&days, (const char *)data + row * 16 + 4, 4);
	memcpy(&us, (const char *)data + row * 16 + 8, 8);
	buf_printf(out, "%d mons %d days %s", months, days, us < 0 ? "-" : "");
	add_clock(out, us < 0 ? -us : us);
}

static void add_hex(struct buf *out, struct str bytes, const char *begin)
{
	size_t i;

	buf_puts(out, begin);
	for (i = 0; i < bytes.len; i++)
		buf_printf(out, "%02x", (unsigned char)bytes.p[i]);
}

static const char *word_of(const struct duck_type *t, const void *data, uint64_t row)
{
	uint64_t i = (uint64_t)duck_integer(t->internal, data, row);

	return i < t->name_count ? t->names[i] : "";
}

void duck_add_text(const struct duck_type *t, duck_handle vector, uint64_t row, struct buf *out)
{
	const struct duck_api *api = duck_functions();
	const void *data = api->vector_get_data(vector);
	struct str s;

	switch (t->id) {
	case DUCK_BOOLEAN:
		buf_puts(out, ((const bool *)data)[row] ? "true" : "false");
		return;
	case DUCK_FLOAT:
		add_float(out, (double)((const float *)data)[row], true, false);
		return;
	case DUCK_DOUBLE:
		add_float(out, ((const double *)data)[row], false, false);
		return;
	case DUCK_VARCHAR:
		s = duck_string(data, row);
		buf_add(out, s.p, s.len);
		return;
	case DUCK_BLOB:
		add_hex(out, duck_string(data, row), "\\x");
		return;
	case DUCK_ENUM:
		buf_puts(out, word_of(t, data, row));
		return;
	case DUCK_DATE: {
		int32_t days = ((const int32_t *)data)[row];

		if (days == INT32_MAX || days == -INT32_MAX)
			buf_puts(out, days > 0 ? "infinity" : "-infinity");
		else
			add_date(out, days);
		return;
	}
	case DUCK_TIME:
		add_clock(out, ((const int64_t *)data)[row]);
		return;
	case DUCK_TIMESTAMP:
	case DUCK_TIMESTAMP_S:
	case DUCK_TIMESTAMP_MS:
	case DUCK_TIMESTAMP_NS:
	case DUCK_TIMESTAMP_TZ:
		add_stamp(out, t, ((const int64_t *)data)[row], ' ');
		return;
	case DUCK_INTERVAL:
		add_interval(out, data, row);
		return;
	case DUCK_UUID:
		add_uuid(out, data, row);
		return;
	case DUCK_LIST:
	case DUCK_ARRAY:
	case DUCK_STRUCT:
	case DUCK_MAP:
		duck_add_json(t, vector, row, out);
		return;
	default:
		add_integer(out, duck_integer(t->internal, data, row), t->scale);
	}
}

static void add_child(const struct duck_type *t, duck_handle vector, uint64_t row, struct buf *out)
{
	const struct duck_api *api = duck_functions();

	if (t->id == DUCK_NULL || duck_is_null(api->vector_get_validity(vector), row))
		buf_puts(out, "null");
	else
		duck_add_json(t, vector, row, out);
}

static void add_list(const struct duck_type *t, duck_handle vector, uint64_t row, struct buf *out)
{
	const struct duck_api *api = duck_functions();
	uint64_t place[2] = {row * t->array_size, t->array_size}, i;
	duck_handle child;

	if (t->id == DUCK_LIST) {
		memcpy(place, (const char *)api->vector_get_data(vector) + row * 16, 16);
		child = api->list_vector_get_child(vector);
	} else {
		child = api->array_vector_get_child(vector);
	}
	buf_putc(out, '[');
	for (i = 0; i < place[1] && !out->truncated; i++) {
		buf_puts(out, i ? ", " : "");
		add_child(&t->children[0], child, place[0] + i, out);
	}
	buf_putc(out, ']');
}

static void add_struct(const struct duck_type *t, duck_handle vector, uint64_t row, struct buf *out)
{
	const struct duck_api *api = duck_functions();
	size_t i;

	buf_putc(out, '{');
	for (i = 0; i < t->child_count; i++) {
		buf_puts(out, i ? ", " : "");
		json_add_string(out, (struct str){t->names[i], strlen(t->names[i])});
		buf_puts(out, ": ");
		add_child(&t->children[i], api->struct_vector_get_child(vector, i), row, out);
	}
	buf_putc(out, '}');
}

/* A key that is no text is its JSON as a text, but for texts of JSON, which are it already. */
static void add_key(const struct duck_type *t, duck_handle keys, uint64_t row, struct buf *out)
{
	struct buf key = {.max = out->max};

	if (t->id == DUCK_VARCHAR) {
		duck_add_json(t, keys, row, out);
		return;
	}
	duck_add_json(t, keys, row, &key);
	if (key.len && key.data[0] == '"')
		buf_add(out, key.data, key.len);
	else
		json_add_string(out, (struct str){buf_text(&key), key.len});
	buf_release(&key);
}

static void add_map(const struct duck_type *t, duck_handle vector, uint64_t row, struct buf *out)
{
	const struct duck_api *api = duck_functions();
	duck_handle entries = api->list_vector_get_child(vector);
	duck_handle keys = api->struct_vector_get_child(entries, 0);
	duck_handle values = api->struct_vector_get_child(entries, 1);
	uint64_t place[2], i;

	memcpy(place, (const char *)api->vector_get_data(vector) + row * 16, 16);
	buf_putc(out, '{');
	for (i = 0; i < place[1] && !out->truncated; i++) {
		buf_puts(out, i ? ", " : "");
		add_key(&t->children[0], keys, place[0] + i, out);
		buf_puts(out, ": ");
		add_child(&t->children[1], values, place[0] + i, out);
	}
	buf_putc(out, '}');
}

/* What has no form of its own in JSON is its text between quotes. */
static void add_quoted(const struct duck_type *t, duck_handle vector, uint64_t row, struct buf *out)
{
	struct buf text = {0};

	duck_add_text(t, vector, row, &text);
	json_add_string(out, (struct str){buf_text(&text), text.len});
	buf_release(&text);
}

void duck_add_json(const struct duck_type *t, duck_handle vector, uint64_t row, struct buf *out)
{
	const struct duck_api *api = duck_functions();
	const void *data = api->vector_get_data(vector);
	struct str s;

	switch (t->id) {
	case DUCK_LIST:
	case DUCK_ARRAY:
		add_list(t, vector, row, out);
		return;
	case DUCK_STRUCT:
		add_struct(t, vector, row, out);
		return;
	case DUCK_MAP:
		add_map(t, vector, row, out);
		return;
	case DUCK_VARCHAR:
		s = duck_string(data, row);
		if (t->is_json)
			buf_add(out, s.p, s.len);
		else
			json_add_string(out, s);
		return;
	case DUCK_BLOB:
		add_hex(out, duck_string(data, row), "\"\\\\x");
		buf_putc(out, '"');
		return;
	case DUCK_FLOAT:
		add_float(out, (double)((const float *)data)[row], true, true);
		return;
	case DUCK_DOUBLE:
		add_float(out, ((const double *)data)[row], false, true);
		return;
	case DUCK_TIMESTAMP:
	case DUCK_TIMESTAMP_S:
	case DUCK_TIMESTAMP_MS:
	case DUCK_TIMESTAMP_NS:
	case DUCK_TIMESTAMP_TZ:
		buf_putc(out, '"');
		add_stamp(out, t, ((const int64_t *)data)[row], 'T');
		buf_putc(out, '"');
		return;
	case DUCK_DATE:
	case DUCK_TIME:
	case DUCK_INTERVAL:
	case DUCK_UUID:
	case DUCK_ENUM:
		add_quoted(t, vector, row, out);
		return;
	default:
		duck_add_text(t, vector, row, out);
	}
}

/*
 * row.c - see row.h.
 */
#include "migrate/row.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "migrate/json_scan.h"
#include "migrate/parse_value.h"
#include "migrate/widen.h"

#define REJECT_BYTES_MAX ((size_t)8 << 20) /* raw text in the rejects of one block */
#define RESCUE_MAX	 ((size_t)64 << 20)
#define LEFT_OUT_MAX	 300 /* bytes of a list of names */
#define SHOWN		 60  /* characters of a value in a message */

int row_init(struct row *r, const struct source_options *o, const char *path,
	     const struct table_shape *wanted, const struct reader_rules *rules, struct error *e)
{
	static const struct reader_rules none;

	*r = (struct row){.wanted = wanted,
			  .rules = rules ? rules : &none,
			  .exact_case = o->exact_case,
			  .rescued = {.max = RESCUE_MAX}};
	if (zone_load(o->time_zone ? o->time_zone : "UTC", &r->zone, e) < 0)
		return -1;
	r->times = (struct time_rules){.zone = r->zone, .order = o->date_order};
	r->path = xstrdup(path);
	text_make_utf8(r->path);
	return 0;
}

void row_release(struct row *r)
{
	zone_free(r->zone);
	free(r->path);
	buf_release(&r->rescued);
}

bool row_wants(const struct row *r, size_t column)
{
	return !r->wanted->columns[column].generated &&
	       !(r->rules->rescue && column == r->rules->rescue_column);
}

size_t row_find(const struct row *r, struct str name)
{
	size_t i, found = ROW_UNKNOWN, count = 0;

	for (i = 0; i < r->wanted->column_count; i++) {
		const char *mine = r->wanted->columns[i].name;

		if (strlen(mine) != name.len || strncasecmp(mine, name.p, name.len) != 0 ||
		    !row_wants(r, i))
			continue;
		if (memcmp(mine, name.p, name.len) == 0)
			return i;
		found = i;
		count++;
	}
	return count == 1 && !r->exact_case ? found : ROW_UNKNOWN;
}

void row_attach(struct row *r, struct block *b)
{
	r->block = b;
	r->reject_bytes = 0;
}

bool row_full(const struct row *r)
{
	return r->block->rows == BLOCK_ROWS || r->block->reject_count >= BLOCK_ROWS ||
	       r->reject_bytes >= REJECT_BYTES_MAX;
}

void row_begin(struct row *r, int64_t line, int64_t place)
{
	r->line = line;
	r->place = place;
	r->faulty = false;
	r->column = NULL;
	if (r->rescued.len)
		buf_clear(&r->rescued);
}

void row_fault(struct row *r, enum reject_reason reason, const char *column, const char *format,
	       ...)
{
	va_list args;

	if (r->faulty)
		return;
	r->faulty = true;
	r->reason = reason;
	r->column = column;
	va_start(args, format);
	vsnprintf(r->message, sizeof(r->message), format, args);
	va_end(args);
}

static void add_rescued(struct row *r, struct str name, struct str text, struct str json)
{
	struct str checked;

	if (!json.len && parse_text(text, 0, &checked) != PARSE_OK)
		row_fault(r, parse_text(text, 0, &checked), NULL,
			  "a value that does not fit is not even a text");
	buf_puts(&r->rescued, r->rescued.len ? ", " : "{");
	json_add_string(&r->rescued, name);
	buf_puts(&r->rescued, ": ");
	if (json.len)
		buf_add(&r->rescued, json.p, json.len);
	else
		json_add_string(&r->rescued, text);
}

/* "bigint", "numeric(10,2)", "varchar(5)" for messages. */
static const char *type_name(const struct block_type *t, char *out, size_t size)
{
	if (t->kind == BLOCK_TEXT && t->precision > 0)
		snprintf(out, size, "varchar(%d)", t->precision);
	else if (t->precision > 0)
		snprintf(out, size, "%s(%d,%d)", block_kind_type(t->kind), t->precision, t->scale);
	else
		snprintf(out, size, "%s", block_kind_type(t->kind));
	return out;
}

/* What a user can do about a time that is not read. */
static const char *time_hint(const struct row *r, const struct block_type *t, struct str text)
{
	enum time_trouble trouble = TIME_FINE;

	if (t->kind == BLOCK_DATE || t->kind == BLOCK_TIMESTAMP || t->kind == BLOCK_TIMESTAMPTZ)
		trouble = parse_time_trouble(text, &r->times);
	if (trouble == TIME_ORDER)
		return "; its day and month may be either: --date-order dmy or mdy says which";
	return trouble == TIME_ZONE ? "; its time zone is not known" : "";
}

void row_misfit(struct row *r, size_t column, int reason, struct str text, struct str json)
{
	const struct source_column *c = &r->wanted->columns[column];
	int shown = (int)(text.len < SHOWN ? text.len : SHOWN);
	const char *more = text.len > SHOWN ? "..." : "";
	char type[64];

	if (r->rules->widen && !c->fixed &&
	    widen_note(r->rules->widen, c->name, &c->type, c->fresh, reason, text)) {
		block_set_null(&r->block->columns[column], r->block->rows);
		return;
	}
	if (r->rules->rescue && reason != REJECT_NUL_BYTE && reason != REJECT_BAD_UTF8) {
		add_rescued(r, (struct str){c->name, strlen(c->name)}, text, json);
		row_put_null(r, column);
		return;
	}
	type_name(&r->block->columns[column].type, type, sizeof(type));
	if (reason == REJECT_NUL_BYTE)
		row_fault(r, REJECT_NUL_BYTE, c->name,
			  "a text with a NUL byte, which Postgres "
			  "cannot hold");
	else if (reason == REJECT_BAD_UTF8)
		row_fault(r, REJECT_BAD_UTF8, c->name, "a text that is not UTF-8");
	else if (reason == REJECT_BAD_VALUE)
		row_fault(r, REJECT_BAD_VALUE, c->name, "'%.*s%s' is not of type %s%s", shown,
			  text.p, more, type, time_hint(r, &r->block->columns[column].type, text));
	else
		row_fault(r, (enum reject_reason)reason, c->name, "'%.*s%s' does not fit into %s",
			  shown, text.p, more, type);
}

void row_put_null(struct row *r, size_t column)
{
	block_set_null(&r->block->columns[column], r->block->rows);
	if (r->wanted->columns[column].not_null)
		row_fault(r, REJECT_NULL_VALUE, r->wanted->columns[column].name,
			  "NULL, which the column does not allow");
}

void row_put(struct row *r, size_t column, struct str text, bool plain, const struct str *json)
{
	int reason = parse_put(r->block, column, text, &r->times, plain);

	if (r->rules->widen && reason == PARSE_OK && !r->wanted->columns[column].fixed &&
	    widen_loses(&r->wanted->columns[column].type, text))
		reason = REJECT_TOO_WIDE;
	if (reason != PARSE_OK)
		row_misfit(r, column, reason, text, json ? *json : (struct str){0});
}

void row_note_name(struct buf *list, struct str name)
{
	char quoted[80];
	int n = snprintf(quoted, sizeof(quoted), "'%.*s'", (int)(name.len < 70 ? name.len : 70),
			 name.p);

	if (n < 0 || list->len > LEFT_OUT_MAX ||
	    (list->len && memmem(list->data, list->len, quoted, (size_t)n)))
		return;
	buf_printf(list, "%s%s", list->len ? ", " : "", quoted);
	if (list->len > LEFT_OUT_MAX)
		buf_puts(list, ", ...");
}

void row_left_out(const struct row *r, struct str name)
{
	if (r->rules->left_out && !r->rules->rescue)
		row_note_name(r->rules->left_out, name);
}

void row_unknown(struct row *r, struct str name, struct str text, struct str json)
{
	if (r->rules->rescue)
		add_rescued(r, name, text, json);
	else
		row_left_out(r, name);
}

/* Sets the rescue column of a good row. */
static void put_rescued(struct row *r)
{
	struct block_column *c = &r->block->columns[r->rules->rescue_column];
	char *copy;

	if (!r->rescued.len) {
		block_set_null(c, r->block->rows);
		return;
	}
	buf_puts(&r->rescued, ", \"_file_path\": ");
	json_add_string(&r->rescued, (struct str){r->path, strlen(r->path)});
	buf_putc(&r->rescued, '}');
	if (r->rescued.truncated) {
		row_fault(r, REJECT_TOO_WIDE, NULL, "what would be rescued is too much");
		return;
	}
	copy = arena_strndup(&r->block->arena, r->rescued.data, r->rescued.len);
	((struct str *)c->values)[r->block->rows] = (struct str){copy, r->rescued.len};
}

/* The values of the row that is not counted leave no trace. */
static void undo(struct block *b)
{
	size_t i;

	for (i = 0; i < b->column_count; i++) {
		struct block_column *c = &b->columns[i];

		if (block_is_null(c, b->rows)) {
			c->nulls[b->rows / 64] &= ~((uint64_t)1 << (b->rows % 64));
			c->null_count--;
		}
	}
}

void row_end(struct row *r, struct str raw)
{
	struct block *b = r->block;

	if (r->rules->rescue && !r->faulty)
		put_rescued(r);
	if (!r->faulty) {
		b->lines[b->rows++] = r->line;
		return;
	}
	undo(b);
	r->reject_bytes += raw.len < BLOCK_RAW_MAX ? raw.len : BLOCK_RAW_MAX;
	block_reject(b, r->reason, r->line, r->place, r->column, raw, "%s", r->message);
}

int row_check_filled(const struct row *r, const bool *filled, struct error *e)
{
	size_t i;

	for (i = 0; i < r->wanted->column_count; i++) {
		const struct source_column *c = &r->wanted->columns[i];

		if ((c->not_null || c->needed) && !filled[i] && row_wants(r, i)) {
			error_set(e, ERROR_INPUT, "'%s' has no column '%s'", r->path, c->name);
			if (c->needed)
				return error_hint(e, "it is what the delete marker looks at");
			return error_hint(e, "the target does not allow NULL there and has no "
					     "default for it");
		}
	}
	return 0;
}

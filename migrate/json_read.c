/*
 * json_read.c - JSON lines, objects one after the other, and one array of objects, as a source.
 *
 * Each object is a row. It is scanned once, key by key; a value goes to its column from where it
 * stands: numbers from their own text (never through a double), strings without their escapes,
 * arrays and objects as they are written. A row that is broken ends at the next line end; in an
 * array on one line that is the end of the file.
 */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "migrate/infer.h"
#include "migrate/input.h"
#include "migrate/json_scan.h"
#include "migrate/row.h"
#include "migrate/sources.h"
#include "migrate/parse_value.h"

#define KEYS_MAX 4096 /* of one object */

/*
 * Numbers for keys: of columns, in reading and in describing. The hash begins with a number that no
 * file can know, so that none can be made to fall into the same places.
 */
struct key_slot {
	const char *name; /* without escapes; NULL: free */
	size_t len, number;
};

#define SLOTS	  8192 /* power of two */
#define KNOWN_MAX (SLOTS / 2)

struct keys {
	struct key_slot *slots;
	size_t known;
	uint32_t seed;
	struct arena arena;
};

static void keys_init(struct keys *k)
{
	*k = (struct keys){.slots = xcalloc(SLOTS, sizeof(*k->slots))};
	k->seed = (uint32_t)((uintptr_t)k->slots >> 12 ^ clock_now());
}

static void keys_release(struct keys *k)
{
	arena_release(&k->arena);
	free(k->slots);
}

/* Where the key is, or would be. */
static struct key_slot *keys_find(const struct keys *k, struct str name)
{
	uint32_t h = 2166136261u ^ k->seed;
	struct key_slot *slot;
	size_t i;

	for (i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.p[i]) * 16777619u;
	for (h ^= h >> 15;; h++) {
		slot = &k->slots[h % SLOTS];
		if (!slot->name ||
		    (slot->len == name.len && memcmp(slot->name, name.p, name.len) == 0))
			return slot;
	}
}

/* Remembers a key, unless there are too many. */
static void keys_add(struct keys *k, struct key_slot *slot, struct str name, size_t number)
{
	if (k->known == KNOWN_MAX)
		return;
	k->known++;
	*slot = (struct key_slot){arena_strndup(&k->arena, name.p, name.len), name.len, number};
}

struct member {
	struct str name;
	struct json_value value;
	size_t column;
	struct str whole; /* the value with its quotes */
};

/* Where in the file we are: rows of an array have commas between them. */
enum place { PLACE_BEGIN, PLACE_ROWS, PLACE_ARRAY, PLACE_BEHIND };

struct reader {
	struct row row;
	struct window window;
	enum place place;
	int64_t line;
	bool skipping;
	struct keys keys;
	struct member *members; /* of the object at hand */
	size_t member_count;
	uint32_t *seen; /* for each column: the serial of the row that filled it last */
	size_t *last;	/* and the member that did */
	uint32_t serial;
};

/* ---- one object ---- */

/* Reads the members of the object at `*p` into `members`; the names are without escapes. */
static enum json_fault scan_members(const char **p, const char *end, struct member *members,
				    size_t *count, struct arena *a)
{
	*count = 0;
	(*p)++;
	json_skip_blanks(p, end);
	if (*p < end && **p == '}') {
		(*p)++;
		return JSON_OK;
	}
	for (;;) {
		struct json_value key;
		struct member *m;
		enum json_fault fault;
		const char *begin;

		json_skip_blanks(p, end);
		if (*p < end && **p != '"')
			return JSON_BROKEN;
		fault = json_scan(p, end, &key);
		if (fault != JSON_OK)
			return fault;
		json_skip_blanks(p, end);
		if (*p == end)
			return JSON_INCOMPLETE;
		if (*(*p)++ != ':')
			return JSON_BROKEN;
		if (*count == KEYS_MAX)
			return JSON_KEYS;
		m = &members[(*count)++];
		json_skip_blanks(p, end);
		begin = *p;
		fault = json_scan(p, end, &m->value);
		if (fault != JSON_OK)
			return fault;
		m->name = json_unescape(&key, a);
		m->whole = (struct str){begin, (size_t)(*p - begin)};
		json_skip_blanks(p, end);
		if (*p == end)
			return JSON_INCOMPLETE;
		if (**p != ',' && **p != '}')
			return JSON_BROKEN;
		if (*(*p)++ == '}')
			return JSON_OK;
	}
}

/* ---- from row to row ---- */

static int64_t count_lines(const char *p, const char *end)
{
	int64_t n = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		n++;
		p++;
	}
	return n;
}

enum next { NEXT_ROW, NEXT_MORE, NEXT_END, NEXT_BROKEN };

/* Goes to where the next row begins: over blanks, the array's bracket, commas. */
static enum next find_row(enum place *place, const char **p, const char *end, bool last)
{
	for (;;) {
		json_skip_blanks(p, end);
		if (*p == end)
			return !last ? NEXT_MORE : *place == PLACE_ARRAY ? NEXT_BROKEN : NEXT_END;
		if (*place == PLACE_BEGIN) {
			*place = **p == '[' ? PLACE_ARRAY : PLACE_ROWS;
			*p += **p == '[';
		} else if (*place == PLACE_ARRAY && **p == ']') {
			*place = PLACE_BEHIND;
			(*p)++;
		} else if (*place == PLACE_ARRAY && **p == ',') {
			(*p)++;
		} else {
			return *place == PLACE_BEHIND ? NEXT_BROKEN : NEXT_ROW;
		}
	}
}

/* ---- describe ---- */

struct description {
	struct arena *arena;
	struct keys keys;
	struct source_column *columns;
	struct inference *kinds;
	size_t count, capacity, kinds_capacity;
};

/* What is known of a key; NULL when there are too many different ones. */
static struct inference *described(struct description *d, struct str name)
{
	struct key_slot *slot = keys_find(&d->keys, name);

	if (slot->name)
		return &d->kinds[slot->number];
	if (d->count == KEYS_MAX)
		return NULL;
	d->columns = xgrow(d->columns, d->count, &d->capacity, sizeof(*d->columns));
	d->kinds = xgrow(d->kinds, d->count, &d->kinds_capacity, sizeof(*d->kinds));
	d->columns[d->count] =
		(struct source_column){.name = arena_strndup(d->arena, name.p, name.len)};
	d->kinds[d->count] = (struct inference){0};
	keys_add(&d->keys, slot, name, d->count);
	return &d->kinds[d->count++];
}

static void describe_member(struct description *d, const struct member *m, struct arena *scratch)
{
	struct inference *kind = described(d, m->name);

	if (!kind)
		return;
	switch (m->value.kind) {
	case JSON_NULL:
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		infer_kind(kind, BLOCK_BOOL);
		break;
	case JSON_NUMBER:
		infer_number(kind, m->value.text);
		break;
	case JSON_STRING:
		infer_string(kind, json_unescape(&m->value, scratch));
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		infer_kind(kind, BLOCK_JSON);
		break;
	}
}

/* Looks at up to `rows` objects; faulty ones do not count. */
static int describe_objects(struct window *w, struct description *d, int64_t rows, struct error *e)
{
	struct member *members = xcalloc(KEYS_MAX, sizeof(*members));
	enum place place = PLACE_BEGIN;
	struct arena scratch = {0};
	int more = 1;

	while (rows > 0 && (more > 0 || w->last)) {
		const char *p = w->begin;
		enum next next = find_row(&place, &p, w->end, w->last);
		enum json_fault fault = JSON_INCOMPLETE;
		size_t count = 0, i;

		if (next == NEXT_ROW) {
			w->begin += p - w->begin;
			fault = *p == '{' ? scan_members(&p, w->end, members, &count, &scratch)
					  : JSON_BROKEN;
		}
		if (next == NEXT_END || next == NEXT_BROKEN)
			break;
		if (fault == JSON_INCOMPLETE && !w->last) {
			more = window_more(w, e);
			continue;
		}
		if (fault != JSON_OK) {
			const char *newline = memchr(p, '\n', (size_t)(w->end - p));

			p = newline ? newline : w->end;
			count = 0;
		}
		for (i = 0; i < count; i++)
			describe_member(d, &members[i], &scratch);
		rows -= fault == JSON_OK;
		w->begin += p - w->begin;
		arena_release(&scratch);
	}
	arena_release(&scratch);
	free(members);
	return more < 0 ? -1 : 0;
}

static int json_describe(const struct source_options *o, const char *path, struct arena *a,
			 struct table_shape *shape, struct error *e)
{
	struct window w = {.input = input_open(path, o, e)};
	struct description d = {.arena = a};
	int status;
	size_t i;

	keys_init(&d.keys);
	status = w.input ? describe_objects(&w, &d, o->sample_rows, e) : -1;
	if (status == 0 && !d.count)
		status = error_set(e, ERROR_INPUT, "'%s' has no JSON objects", path);
	if (status == 0) {
		shape->column_count = d.count;
		shape->columns = arena_alloc(a, d.count * sizeof(*shape->columns));
		memcpy(shape->columns, d.columns, d.count * sizeof(*shape->columns));
		for (i = 0; i < d.count; i++) {
			shape->columns[i].type = infer_type(&d.kinds[i]);
			shape->columns[i].guessed = true;
		}
	}
	free(d.columns);
	free(d.kinds);
	keys_release(&d.keys);
	window_release(&w);
	return status;
}

/* ---- open ---- */

static void json_close(struct reader *r)
{
	if (!r)
		return;
	window_release(&r->window);
	row_release(&r->row);
	keys_release(&r->keys);
	free(r->members);
	free(r->seen);
	free(r->last);
	free(r);
}

static struct reader *json_open(const struct source_options *o, const char *path,
				const struct table_shape *wanted, const struct reader_rules *rules,
				struct error *e)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	r->line = 1;
	keys_init(&r->keys);
	if (row_init(&r->row, o, path, wanted, rules, e) < 0 ||
	    !(r->window.input = input_open(path, o, e))) {
		json_close(r);
		return NULL;
	}
	r->members = xcalloc(KEYS_MAX, sizeof(*r->members));
	r->seen = xcalloc(wanted->column_count + 1, sizeof(*r->seen));
	r->last = xcalloc(wanted->column_count + 1, sizeof(*r->last));
	return r;
}

/* ---- read ---- */

static size_t find_column(struct reader *r, struct str name)
{
	struct key_slot *slot = keys_find(&r->keys, name);
	size_t column;

	if (slot->name)
		return slot->number;
	column = row_find(&r->row, name);
	keys_add(&r->keys, slot, name, column);
	return column;
}

/* A value as it stands goes to a JSON column; to others as text, never a string as a number's. */
static void put_member(struct reader *r, const struct member *m)
{
	enum block_kind kind = r->row.block->columns[m->column].type.kind;
	const struct json_value *v = &m->value;

	if (v->kind == JSON_NULL) {
		row_put_null(&r->row, m->column);
	} else if (kind == BLOCK_JSON) {
		((struct str *)r->row.block->columns[m->column].values)[r->row.block->rows] =
			m->whole;
	} else if (v->kind == JSON_STRING) {
		row_put(&r->row, m->column, json_unescape(v, &r->row.block->arena), false,
			&m->whole);
	} else if (kind == BLOCK_TEXT ||
		   (v->kind == JSON_NUMBER && kind != BLOCK_BOOL && kind != BLOCK_BYTES) ||
		   (kind == BLOCK_BOOL && (v->kind == JSON_TRUE || v->kind == JSON_FALSE))) {
		row_put(&r->row, m->column, m->whole, r->window.plain, &m->whole);
	} else {
		row_misfit(&r->row, m->column, REJECT_BAD_VALUE, m->whole, m->whole);
	}
}

/* Puts the object's members into the row; of a key that is there twice the last one counts. */
static void put_members(struct reader *r)
{
	const struct table_shape *wanted = r->row.wanted;
	size_t i;

	if (++r->serial == 0) {
		memset(r->seen, 0, wanted->column_count * sizeof(*r->seen));
		r->serial = 1;
	}
	for (i = 0; i < r->member_count; i++) {
		struct member *m = &r->members[i];

		m->column = find_column(r, m->name);
		if (m->column == ROW_UNKNOWN) {
			row_unknown(&r->row, m->name, (struct str){0}, m->whole);
			continue;
		}
		r->seen[m->column] = r->serial;
		r->last[m->column] = i;
	}
	for (i = 0; i < wanted->column_count; i++) {
		if (r->seen[i] == r->serial)
			put_member(r, &r->members[r->last[i]]);
		else if (row_wants(&r->row, i))
			row_put_null(&r->row, i);
	}
}

/* The class INPUT error of fail_unknown, and of `unknown`. */
static int refuse_unknown(const struct reader *r, struct error *e)
{
	size_t i;

	for (i = 0; i < r->member_count; i++) {
		const struct member *m = &r->members[i];

		if (m->column != ROW_UNKNOWN)
			continue;
		if (r->row.rules->unknown)
			*r->row.rules->unknown = true;
		return error_set(e, ERROR_INPUT,
				 "line %lld of '%s' has a key '%.*s' that the target does "
				 "not have",
				 (long long)r->line, r->row.path,
				 (int)(m->name.len < 200 ? m->name.len : 200), m->name.p);
	}
	return 0;
}

static const char *end_of_line(const char *p, const char *end)
{
	const char *newline = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;

	return newline ? newline : end;
}

/*
 * Where a row with a fault at `p` ends: at the end of the line, or before it when an object begins
 * there, which is the next row then.
 */
static const char *end_of_fault(const char *begin, const char *p, const char *end)
{
	const char *before = p;

	while (before > begin && (before[-1] == ' ' || before[-1] == '\t'))
		before--;
	if (p < end && *p == '{' && before > begin && before[-1] == '\n')
		return p;
	return end_of_line(p, end);
}

static void advance(struct reader *r, const char *p)
{
	struct window *w = &r->window;

	r->line += count_lines(w->begin, p);
	w->place += p - w->begin;
	w->begin += p - w->begin;
}

/* Turns the row that begins at w->begin away; it ends at `end`. */
static void turn_away(struct reader *r, enum reject_reason reason, const char *text,
		      const char *end)
{
	row_fault(&r->row, reason, NULL, "%s", text);
	row_end(&r->row, (struct str){r->window.begin, (size_t)(end - r->window.begin)});
	advance(r, end);
}

/* Reads the row at w->begin. False when it goes on behind the window. */
static bool take_row(struct reader *r)
{
	struct window *w = &r->window;
	const char *p = w->begin;
	enum json_fault fault;

	if (*p == '{')
		fault = scan_members(&p, w->end, r->members, &r->member_count,
				     &r->row.block->arena);
	else
		fault = JSON_BROKEN;
	if (fault == JSON_INCOMPLETE && !w->last)
		return false;
	row_begin(&r->row, r->line, input_converted(w->input) ? -1 : w->place);
	if (fault == JSON_OK) {
		put_members(r);
		row_end(&r->row, (struct str){w->begin, (size_t)(p - w->begin)});
		advance(r, p);
		return true;
	}
	r->member_count = 0;
	if (fault == JSON_INCOMPLETE) {
		turn_away(r, REJECT_TRUNCATED, "the file ends within this object", w->end);
		if (r->place == PLACE_ARRAY)
			r->place = PLACE_ROWS; /* said once */
		return true;
	}
	p = end_of_fault(w->begin, p, w->end);
	r->skipping = p == w->end;
	turn_away(r, (enum reject_reason)json_fault_reason(fault),
		  *w->begin == '{' ? json_fault_text(fault) : "not a JSON object", p);
	return true;
}

/* What is behind the rows is wrong: an array that does not end, or text behind it. */
static void end_badly(struct reader *r)
{
	struct window *w = &r->window;
	bool open = r->place == PLACE_ARRAY;

	row_begin(&r->row, r->line, input_converted(w->input) ? -1 : w->place);
	turn_away(r, open ? REJECT_TRUNCATED : REJECT_BROKEN_ROW,
		  open ? "the file ends before its array does" : "there is text behind the array",
		  w->end);
	r->place = PLACE_ROWS;
	r->skipping = !open;
}

static void skip_on(struct reader *r)
{
	struct window *w = &r->window;
	const char *p = end_of_line(w->begin, w->end);

	r->skipping = p == w->end;
	advance(r, p);
}

/* More of the file. READ_END, -1, or 0 to go on. */
static int read_on(struct reader *r, struct error *e)
{
	struct window *w = &r->window;

	switch (window_more(w, e)) {
	case -1:
		return -1;
	case 0:
		if (w->last)
			return w->begin == w->end && r->place != PLACE_ARRAY ? READ_END : 0;
		row_begin(&r->row, r->line, input_converted(w->input) ? -1 : w->place);
		turn_away(r, REJECT_BROKEN_ROW,
			  "an object of more than 32 MB, or a quote left open", w->end);
		r->skipping = true;
	}
	return 0;
}

static int json_read(struct reader *r, struct block *b, struct error *e)
{
	struct window *w = &r->window;
	int64_t begin = w->place;

	block_reset(b);
	row_attach(&r->row, b);
	while (!row_full(&r->row)) {
		const char *p = w->begin;
		enum next next;

		if (r->skipping && p < w->end) {
			skip_on(r);
			continue;
		}
		next = find_row(&r->place, &p, w->end, w->last);
		advance(r, p);
		if (next == NEXT_END)
			break;
		if (next == NEXT_BROKEN)
			end_badly(r);
		else if (next == NEXT_MORE || !take_row(r)) {
			int status;

			if (b->rows || b->reject_count)
				break;
			status = read_on(r, e);
			if (status)
				return status;
		} else if ((r->row.rules->fail_unknown || r->row.rules->unknown) &&
			   refuse_unknown(r, e) < 0)
			return -1;
	}
	b->bytes = (uint64_t)(w->place - begin);
	if (b->rows)
		window_lend(w, b);
	return b->rows || b->reject_count ? (int)b->rows : READ_END;
}

static uint64_t json_consumed(const struct reader *r)
{
	return input_consumed(r->window.input);
}

const struct source json_source = {
	.name = "json",
	.describe = json_describe,
	.open = json_open,
	.read = json_read,
	.consumed = json_consumed,
	.close = json_close,
};

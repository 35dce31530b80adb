/*
 * csv_read.c - delimited text as a source.
 *
 * A row is cut into fields where it stands in the window, and each field is read as the type of its
 * column at once; texts stay where they are, so most of a file is never copied. A block ends where
 * the window does. What is wrong with a row makes it a reject with its line, its place and its
 * text.
 */
#include <stdlib.h>
#include <string.h>

#include "migrate/csv_layout.h"
#include "migrate/infer.h"
#include "migrate/input.h"
#include "migrate/row.h"
#include "migrate/sources.h"
#include "migrate/parse_value.h"

struct reader {
	struct row row;
	struct window window;
	struct arena arena;
	struct csv_layout layout;
	struct csv_field *fields;
	size_t *targets;  /* for each field of the file */
	size_t *unfilled; /* columns of the target that no field fills */
	size_t unfilled_count;
	struct str null_text;
	int64_t line;
	bool skipping; /* within a row that was too long */
};

static bool empty_line(const struct csv_row *row)
{
	return row->count == 1 && !row->fields[0].length && !row->fields[0].quoted;
}

/* Enough of the file to see at least one row, and the layout from that. */
static int open_layout(const struct source_options *o, const char *path, struct window *w,
		       const struct table_shape *wanted, struct arena *a, struct csv_layout *l,
		       struct error *e)
{
	w->input = input_open(path, o, e);
	if (!w->input)
		return -1;
	do {
		int more = window_more(w, e);
		struct str text = {w->begin, (size_t)(w->end - w->begin)};

		if (more < 0 ||
		    csv_layout_find(o, path, text, w->last || !more, wanted, a, l, e) < 0)
			return -1;
		if (!more)
			break;
	} while (!l->field_count && !w->last);
	return 0;
}

/* Leaves the header behind, and empty lines before it. Returns the line that follows. */
static int64_t skip_header(const struct csv_layout *l, struct window *w, struct csv_field *fields)
{
	struct csv_row row = {.fields = fields};
	int64_t line = 1;
	bool empty = true;

	if (!l->header)
		return line;
	while (empty && w->begin < w->end) {
		const char *p = w->begin;

		if (csv_cut(&l->style, &p, w->end, w->last, &row) == CSV_MORE)
			break;
		empty = empty_line(&row);
		w->place += p - w->begin;
		w->begin += p - w->begin;
		line += row.lines;
	}
	return line;
}

/* ---- describe ---- */

static int describe_rows(struct window *w, const struct csv_layout *l,
			 const struct source_options *o, struct csv_field *fields,
			 struct inference *kinds, struct error *e)
{
	struct csv_row row = {.fields = fields};
	const char *null_text = o->null_text ? o->null_text : "";
	struct arena scratch = {0};
	int64_t seen = 0;

	while (seen < o->sample_rows) {
		const char *p = w->begin;
		enum csv_found found =
			p < w->end ? csv_cut(&l->style, &p, w->end, w->last, &row) : CSV_MORE;
		size_t i;

		if (found == CSV_MORE) {
			int more = window_more(w, e);

			if (more < 0)
				return -1;
			if (!more && (!w->last || w->begin == w->end))
				break;
			continue;
		}
		w->begin += p - w->begin;
		if (found != CSV_ROW || row.count < l->field_count || empty_line(&row))
			continue;
		seen++;
		for (i = 0; i < l->field_count; i++) {
			struct csv_field *f = &row.fields[i];
			struct str t = csv_text(&l->style, f, &scratch);

			if (f->quoted || t.len != strlen(null_text) ||
			    memcmp(t.p, null_text, t.len) != 0)
				infer_text(&kinds[i], t);
		}
		arena_release(&scratch);
	}
	return 0;
}

static void fill_shape(struct arena *a, const struct csv_layout *l, const struct inference *kinds,
		       struct table_shape *shape)
{
	size_t i;

	shape->column_count = l->field_count;
	shape->by_place = !l->header;
	shape->columns = arena_alloc(a, (l->field_count + 1) * sizeof(*shape->columns));
	for (i = 0; i < l->field_count; i++) {
		shape->columns[i].name = l->header
						 ? arena_strndup(a, l->names[i].p, l->names[i].len)
						 : arena_printf(a, "column%zu", i + 1);
		shape->columns[i].type = infer_type(&kinds[i]);
		shape->columns[i].guessed = true;
	}
}

static int csv_describe(const struct source_options *o, const char *path, struct arena *a,
			struct table_shape *shape, struct error *e)
{
	struct window w = {0};
	struct csv_layout l;
	struct csv_field *fields = xcalloc(CSV_FIELDS_MAX, sizeof(*fields));
	struct inference *kinds = NULL;
	int status = open_layout(o, path, &w, NULL, a, &l, e);

	if (status == 0 && !l.field_count)
		status = error_set(e, ERROR_INPUT, "'%s' has no rows", path);
	if (status == 0) {
		kinds = xcalloc(l.field_count, sizeof(*kinds));
		skip_header(&l, &w, fields);
		status = describe_rows(&w, &l, o, fields, kinds, e);
	}
	if (status == 0)
		fill_shape(a, &l, kinds, shape);
	free(kinds);
	free(fields);
	window_release(&w);
	return status;
}

/* ---- open ---- */

/* Without names the fields go into the columns in their order. */
static int place_columns(struct reader *r, struct error *e)
{
	size_t i, column = 0, count = r->row.wanted->column_count;

	for (i = 0; i < r->layout.field_count; i++) {
		while (column < count && !row_wants(&r->row, column))
			column++;
		if (column == count) {
			error_set(e, ERROR_INPUT, "'%s' has %zu columns, the target takes %zu",
				  r->row.path, r->layout.field_count, i);
			return error_hint(e,
					  "check the delimiter; or name the columns in a header");
		}
		r->targets[i] = column++;
	}
	return 0;
}

static int name_columns(struct reader *r, struct error *e)
{
	bool *taken = xcalloc(r->row.wanted->column_count + 1, sizeof(*taken));
	size_t i, known = 0, unknown = 0;

	for (i = 0; i < r->layout.field_count; i++) {
		r->targets[i] = row_find(&r->row, r->layout.names[i]);
		if (r->targets[i] == ROW_UNKNOWN) {
			unknown = i + 1;
		} else if (taken[r->targets[i]]) { /* "Name" beside "name": the exact one wins */
			r->targets[i] = ROW_UNKNOWN;
		} else {
			taken[r->targets[i]] = true;
			known++;
		}
	}
	free(taken);
	for (i = 0; i < r->layout.field_count; i++)
		if (r->targets[i] == ROW_UNKNOWN)
			row_left_out(&r->row, r->layout.names[i]);
	if (r->row.rules->fail_unknown && unknown)
		return error_set(e, ERROR_INPUT,
				 "'%s' has a column '%.*s' that the target does not "
				 "have",
				 r->row.path, (int)r->layout.names[unknown - 1].len,
				 r->layout.names[unknown - 1].p);
	if (!known && r->layout.field_count && !r->row.rules->rescue) {
		error_set(e, ERROR_INPUT, "no column of '%s' is one of the target's", r->row.path);
		return error_hint(e, "its first row was taken for a header; say when it has none");
	}
	return 0;
}

static int map_columns(struct reader *r, struct error *e)
{
	size_t i, count = r->row.wanted->column_count;
	bool *filled = xcalloc(count + 1, sizeof(*filled));
	int status;

	r->targets = xcalloc(r->layout.field_count + 1, sizeof(*r->targets));
	r->unfilled = xcalloc(count + 1, sizeof(*r->unfilled));
	status = r->layout.names ? name_columns(r, e) : place_columns(r, e);
	for (i = 0; i < r->layout.field_count && status == 0; i++) {
		if (r->targets[i] != ROW_UNKNOWN)
			filled[r->targets[i]] = true;
	}
	if (status == 0 && r->layout.field_count)
		status = row_check_filled(&r->row, filled, e);
	for (i = 0; i < count; i++) {
		if (!filled[i] && row_wants(&r->row, i))
			r->unfilled[r->unfilled_count++] = i;
	}
	free(filled);
	return status;
}

static void csv_close(struct reader *r)
{
	if (!r)
		return;
	window_release(&r->window);
	row_release(&r->row);
	arena_release(&r->arena);
	free(r->targets);
	free(r->unfilled);
	free(r->fields);
	free(r);
}

static struct reader *csv_open(const struct source_options *o, const char *path,
			       const struct table_shape *wanted, const struct reader_rules *rules,
			       struct error *e)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	r->fields = xcalloc(CSV_FIELDS_MAX, sizeof(*r->fields));
	r->null_text.p = o->null_text ? o->null_text : "";
	r->null_text.len = strlen(r->null_text.p);
	if (row_init(&r->row, o, path, wanted, rules, e) < 0 ||
	    open_layout(o, path, &r->window, wanted, &r->arena, &r->layout, e) < 0 ||
	    map_columns(r, e) < 0) {
		csv_close(r);
		return NULL;
	}
	r->line = skip_header(&r->layout, &r->window, r->fields);
	return r;
}

/* ---- read ---- */

static void put_field(struct reader *r, size_t i, const struct csv_field *f)
{
	struct str t = {f->p, f->length};
	size_t column = r->targets[i];

	if (f->escaped)
		t = csv_text(&r->layout.style, f, &r->row.block->arena);
	if (!f->quoted && t.len == r->null_text.len && memcmp(t.p, r->null_text.p, t.len) == 0) {
		if (column != ROW_UNKNOWN)
			row_put_null(&r->row, column);
	} else if (column == ROW_UNKNOWN) {
		row_unknown(&r->row, r->layout.names[i], t, (struct str){0});
	} else {
		row_put(&r->row, column, t, r->window.plain, NULL);
	}
}

/* A row with the wrong number of fields, or one that cannot be cut. */
static bool check_row(struct reader *r, const struct csv_row *row, enum csv_found found)
{
	size_t count = row->count, expected = r->layout.field_count;
	bool extra = r->layout.trailing && count == expected + 1 && count <= CSV_FIELDS_MAX &&
		     !row->fields[expected].length;

	if (found == CSV_OPEN)
		row_fault(&r->row, REJECT_TRUNCATED, NULL,
			  "the file ends within a quoted field that begins in this row");
	else if (found == CSV_BEHIND)
		row_fault(&r->row, REJECT_BROKEN_ROW, NULL,
			  "there is text behind a closing quote in field %zu", count);
	else if (count == expected || extra)
		return true;
	else if (!row->ended && count < expected)
		row_fault(&r->row, REJECT_TRUNCATED, NULL,
			  "the file ends within this row: %zu fields, not %zu", count, expected);
	else
		row_fault(&r->row, REJECT_BROKEN_ROW, NULL, "%zu fields, not %zu", count, expected);
	return false;
}

static void take_row(struct reader *r, const struct csv_row *row, enum csv_found found,
		     const char *end)
{
	struct window *w = &r->window;
	size_t n = (size_t)(end - w->begin), i;

	if (found == CSV_ROW && empty_line(row) && r->layout.field_count > 1)
		return;
	row_begin(&r->row, r->line, input_converted(w->input) ? -1 : w->place);
	if (check_row(r, row, found)) {
		for (i = 0; i < r->unfilled_count; i++)
			row_put_null(&r->row, r->unfilled[i]);
		for (i = 0; i < r->layout.field_count && !r->row.faulty; i++)
			put_field(r, i, &row->fields[i]);
	}
	while (n && (w->begin[n - 1] == '\n' || w->begin[n - 1] == '\r'))
		n--;
	row_end(&r->row, (struct str){w->begin, n});
}

/* The row is longer than any window: what there is of it becomes a reject, the rest is skipped. */
static void begin_skipping(struct reader *r)
{
	struct window *w = &r->window;

	row_begin(&r->row, r->line, input_converted(w->input) ? -1 : w->place);
	row_fault(&r->row, REJECT_BROKEN_ROW, NULL,
		  "a row of more than %zu MB, or a quote left open", WINDOW_ROW_MAX >> 20);
	row_end(&r->row, (struct str){w->begin, (size_t)(w->end - w->begin)});
	r->skipping = true;
}

/* Goes on to the end of the line. */
static void skip_on(struct reader *r)
{
	struct window *w = &r->window;
	char *p = memchr(w->begin, r->layout.style.newline, (size_t)(w->end - w->begin));
	char *stop = p ? p + 1 : w->end;

	r->line += p != NULL;
	r->skipping = p == NULL;
	w->place += stop - w->begin;
	w->begin = stop;
}

static int csv_read(struct reader *r, struct block *b, struct error *e)
{
	struct window *w = &r->window;
	struct csv_row row = {.fields = r->fields};
	int64_t begin = w->place;

	block_reset(b);
	row_attach(&r->row, b);
	while (!row_full(&r->row)) {
		const char *p = w->begin;
		enum csv_found found = CSV_MORE;

		if (r->skipping && p < w->end) {
			skip_on(r);
			continue;
		}
		if (p < w->end)
			found = csv_cut(&r->layout.style, &p, w->end, w->last, &row);
		if (found != CSV_MORE) {
			take_row(r, &row, found, p);
			r->line += row.lines;
			w->place += p - w->begin;
			w->begin += p - w->begin;
			continue;
		}
		if (b->rows || b->reject_count)
			break;
		switch (window_more(w, e)) {
		case -1:
			return -1;
		case 0:
			if (w->last && w->begin == w->end)
				return READ_END;
			if (!w->last)
				begin_skipping(r);
		}
	}
	b->bytes = (uint64_t)(w->place - begin);
	if (b->rows)
		window_lend(w, b);
	return (int)b->rows;
}

static uint64_t csv_consumed(const struct reader *r)
{
	return input_consumed(r->window.input);
}

const struct source csv_source = {
	.name = "csv",
	.describe = csv_describe,
	.open = csv_open,
	.read = csv_read,
	.consumed = csv_consumed,
	.close = csv_close,
};

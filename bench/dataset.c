/* dataset.c - rows in memory, drawing them, and reading them from a CSV file. See dataset.h. */
#include "bench/dataset.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/csv.h"
#include "common/text.h"

#define CSV_MAX_BYTES ((size_t)64 << 20)

void draw_row(const struct draw *d, struct random *r, struct value *variables)
{
	const struct dataset *set = d->dataset;
	const struct value *row;
	size_t i;

	assert(set->row_count > 0);
	row = set->values +
	      distribution_draw(&d->distribution, r, set->row_count) * set->column_count;
	for (i = 0; i < set->column_count; i++)
		variables[d->slots[i]] = row[i];
}

static int take(struct dataset *d, size_t bytes, struct error *e)
{
	d->bytes += bytes;
	if (d->bytes <= DATASET_MAX_BYTES)
		return 0;
	return place_fault(&d->place, e,
			   "'%.200s' is larger than %zu MB; expected fewer rows or narrower "
			   "columns",
			   d->label, DATASET_MAX_BYTES >> 20);
}

struct value *dataset_add_row(struct dataset *d, struct error *e)
{
	size_t size = d->column_count * sizeof(*d->values);

	if (take(d, size, e) < 0)
		return NULL;
	d->values = xgrow(d->values, d->row_count, &d->row_capacity, size);
	return d->values + d->row_count++ * d->column_count;
}

int dataset_text(struct dataset *d, const char *text, size_t n, struct value *v, struct error *e)
{
	char *copy;

	if (take(d, n, e) < 0)
		return -1;
	copy = arena_alloc(&d->arena, n + 1);
	memcpy(copy, text, n);
	*v = (struct value){.type = VALUE_TEXT, .text = copy};
	return 0;
}

void dataset_release(struct dataset *d)
{
	free(d->values);
	arena_release(&d->arena);
	d->values = NULL;
	d->row_count = d->row_capacity = d->bytes = 0;
}

/* "SCRIPT:LINE:COLUMN: " before what is wrong with the file. */
static int at_script(const struct place *at, struct error *e)
{
	return error_context(e, "%s:%u:%u", at->file, at->line, at->column);
}

/* The header's name that is nearest to the one that was not found. */
static int unknown_column(const struct csv *c, const struct dataset *d,
			  const struct dataset_column *column, struct error *e)
{
	const char *nearest = NULL;
	size_t i, distance, best = 4;

	for (i = 0; i < c->field_count; i++) {
		distance = text_distance(column->name, c->fields[i].text, best);
		if (distance < best) {
			best = distance;
			nearest = c->fields[i].text;
		}
	}
	if (nearest)
		return place_fault(&column->place, e,
				   "the first line of '%s' has no column '%.60s'; did you mean "
				   "'%.60s'?",
				   d->path, column->name, nearest);
	return place_fault(&column->place, e,
			   "the first line of '%s' has no column '%.60s'; expected names in that "
			   "line, or a column's number",
			   d->path, column->name);
}

/* Which field of a record each column is. */
static int find_fields(const struct csv *c, const struct dataset *d, size_t *fields,
		       struct error *e)
{
	size_t i, j;

	for (i = 0; i < d->column_count; i++) {
		const struct dataset_column *column = &d->columns[i];

		if (column->number > c->field_count)
			return place_fault(&column->place, e,
					   "the first line of '%s' has %zu column%s, not %u",
					   d->path, c->field_count, c->field_count == 1 ? "" : "s",
					   column->number);
		if (column->number) {
			fields[i] = column->number - 1;
			continue;
		}
		for (j = 0; j < c->field_count; j++)
			if (strcmp(c->fields[j].text, column->name) == 0)
				break;
		if (j == c->field_count)
			return unknown_column(c, d, column, e);
		fields[i] = j;
	}
	return 0;
}

/* A field is text; an empty one without quotes is NULL, as for COPY. */
static int add_record(struct dataset *d, const struct csv *c, const size_t *fields, struct error *e)
{
	struct value *row;
	size_t i;

	if (d->row_count == DATASET_MAX_ROWS)
		return place_fault(&d->place, e, "'%s' has more than %d rows", d->path,
				   DATASET_MAX_ROWS);
	row = dataset_add_row(d, e);
	if (!row)
		return -1;
	for (i = 0; i < d->column_count; i++) {
		const struct csv_field *field = &c->fields[fields[i]];

		row[i] = (struct value){.type = VALUE_NULL};
		if (!text_is_utf8(field->text, field->length)) {
			place_fault(&field->place, e, "this field is not UTF-8 text");
			return at_script(&d->place, e);
		}
		if ((field->length || field->quoted) &&
		    dataset_text(d, field->text, field->length, &row[i], e) < 0)
			return -1;
	}
	return 0;
}

/* Every record has as many fields as the first, which holds the names when columns are named. */
static int add_records(struct dataset *d, struct csv *c, struct error *e)
{
	size_t fields[DATASET_MAX_COLUMNS], width = 0;
	int n;

	while ((n = csv_next(c)) > 0) {
		bool first = width == 0;

		if (first && find_fields(c, d, fields, e) < 0)
			return -1;
		if (!first && (size_t)n != width) {
			place_fault(&c->fields[0].place, e,
				    "this record has %d field%s, the first line has %zu", n,
				    n == 1 ? "" : "s", width);
			return at_script(&d->place, e);
		}
		width = (size_t)n;
		if (first && !d->columns[0].number)
			continue;
		if (add_record(d, c, fields, e) < 0)
			return -1;
	}
	if (n < 0)
		return at_script(&d->place, e);
	if (d->row_count == 0)
		return place_fault(&d->place, e, "'%s' holds no rows; expected at least one",
				   d->path);
	return 0;
}

int dataset_read_file(struct dataset *d, struct error *e)
{
	struct buf text = {.max = CSV_MAX_BYTES + 65536};
	struct csv c;
	int failed = text_read_file(d->path, CSV_MAX_BYTES, &text, e);

	if (failed) {
		at_script(&d->place, e);
	} else {
		csv_begin(&c, text.data ? text.data : (char[1]){'\0'}, text.len, d->path, e);
		failed = add_records(d, &c, e);
		csv_release(&c);
	}
	buf_release(&text);
	return failed;
}

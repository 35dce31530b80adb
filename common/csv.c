/* csv.c - see csv.h. */
#include "common/csv.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

void csv_begin(struct csv *c, char *text, size_t n, const char *file, struct error *e)
{
	*c = (struct csv){.p = text, .end = text + n, .at = {file, 1, 1}, .e = e};
	if (n >= 3 && memcmp(text, BYTE_ORDER_MARK, 3) == 0)
		c->p += 3;
}

void csv_release(struct csv *c)
{
	free(c->fields);
	c->fields = NULL;
	c->field_count = c->field_capacity = 0;
}

static void pass(struct csv *c)
{
	place_pass(&c->at, *c->p++);
}

/* The bytes of a line's end here: 0, 1 or 2. */
static size_t line_end(const struct csv *c)
{
	if (c->p < c->end && *c->p == '\n')
		return 1;
	return c->end - c->p >= 2 && c->p[0] == '\r' && c->p[1] == '\n' ? 2 : 0;
}

static bool at_end_of_field(const struct csv *c)
{
	return c->p == c->end || *c->p == ',' || line_end(c) > 0;
}

/* "a ""b"", c": what is inside moves over the quotes. `*out` is where it ends. */
static int read_quoted(struct csv *c, struct csv_field *field, char **out)
{
	bool closed = false;

	pass(c);
	field->text = *out = c->p;
	while (c->p < c->end && !closed) {
		bool quote = *c->p == '"';

		if (quote && (c->p + 1 == c->end || c->p[1] != '"')) {
			closed = true;
		} else {
			if (quote)
				pass(c);
			*(*out)++ = *c->p;
		}
		pass(c);
	}
	if (!closed)
		return place_fault(&field->place, c->e,
				   "the quoted field that begins here is never closed; expected "
				   "\"");
	if (!at_end_of_field(c))
		return place_fault(&c->at, c->e,
				   "unexpected text behind a closing quote; expected ',' or the "
				   "end of the line");
	return 0;
}

static int read_plain(struct csv *c, struct csv_field *field, char **out)
{
	field->text = c->p;
	while (!at_end_of_field(c)) {
		if (*c->p == '"')
			return place_fault(&c->at, c->e,
					   "a quote inside a field without quotes; expected the "
					   "whole field in quotes, and this quote doubled");
		pass(c);
	}
	*out = c->p;
	return 0;
}

static int read_field(struct csv *c, char **out)
{
	struct csv_field *field;

	if (c->field_count == CSV_MAX_FIELDS)
		return place_fault(&c->at, c->e, "a record has more than %d fields",
				   CSV_MAX_FIELDS);
	c->fields = xgrow(c->fields, c->field_count, &c->field_capacity, sizeof(*c->fields));
	field = &c->fields[c->field_count++];
	*field = (struct csv_field){.place = c->at, .quoted = c->p < c->end && *c->p == '"'};
	if ((field->quoted ? read_quoted(c, field, out) : read_plain(c, field, out)) < 0)
		return -1;
	field->length = (size_t)(*out - field->text);
	return 0;
}

/* The NUL behind a field may stand where its comma or line end does: that has to be read first. */
int csv_next(struct csv *c)
{
	size_t ending;
	char *out = NULL;

	c->field_count = 0;
	while ((ending = line_end(c)) > 0)
		for (; ending > 0; ending--)
			pass(c);
	if (c->p == c->end)
		return 0;
	for (;;) {
		bool more;

		if (read_field(c, &out) < 0)
			return -1;
		more = c->p < c->end && *c->p == ',';
		ending = more ? 1 : line_end(c);
		for (; ending > 0; ending--)
			pass(c);
		*out = '\0';
		if (!more)
			return (int)c->field_count;
	}
}

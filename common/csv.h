/*
 * csv.h - comma-separated text, record by record, by RFC 4180.
 *
 * Fields are separated by commas, records end with LF or CRLF; a field in double quotes may hold
 * commas, line ends and doubled quotes. Empty lines are passed over. A quote inside a field that
 * does not begin with one, and anything but a comma or the line's end behind a closing quote, is a
 * fault. The reader works inside the text, which it changes: fields are cut out of it where they
 * stand, so reading allocates nothing but the list of fields.
 */
#ifndef LAKEPORT_COMMON_CSV_H
#define LAKEPORT_COMMON_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "common/place.h"

#define CSV_MAX_FIELDS 10000 /* of one record */

struct csv_field {
	const char *text; /* ends with NUL; good as long as the text is */
	size_t length;
	bool quoted;
	struct place place;
};

struct csv {
	char *p, *end;
	struct place at;
	struct csv_field *fields; /* of the record that was read last */
	size_t field_count, field_capacity;
	struct error *e;
};

/*
 * `text` has a NUL behind its `n` bytes; a byte order mark is passed over. `file` is for messages
 * and lives as long as the fields are used.
 */
void csv_begin(struct csv *c, char *text, size_t n, const char *file, struct error *e);

/* The number of fields of the next record, 0 at the end, -1 with class INPUT and a place. */
int csv_next(struct csv *c);

void csv_release(struct csv *c);

#endif

/*
 * csv_scan.h - one row of delimited text at a time, cut into fields, nothing copied.
 *
 * A field that begins with the quote goes to the quote that closes it and may hold anything; a
 * quote elsewhere is a character like others. Rows end with LF or CR LF (or CR alone where the
 * style says so). Each byte is looked at once.
 */
#ifndef LAKEPORT_MIGRATE_CSV_SCAN_H
#define LAKEPORT_MIGRATE_CSV_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory.h"
#include "common/text.h"

#define CSV_FIELDS_MAX 4096 /* kept; more are counted */

struct csv_style {
	char delimiter, quote, escape; /* quote 0: none */
	char newline;		       /* '\n', or '\r' for files without any '\n' */
};

struct csv_field {
	const char *p;
	uint32_t length;
	bool quoted, escaped;
};

enum csv_found {
	CSV_ROW,
	CSV_MORE,   /* the row goes on behind `end` */
	CSV_OPEN,   /* the file ends within a quoted field */
	CSV_BEHIND, /* text behind a closing quote */
};

struct csv_row {
	struct csv_field *fields; /* CSV_FIELDS_MAX of them; owned by the caller */
	size_t count;
	int64_t lines; /* line ends in the row and behind it */
	bool ended;    /* by a line end, not by the end of the file */
};

/*
 * Cuts the row at `*p` (p < end; WINDOW_PAD bytes behind `end` may be read) and leaves `*p` behind
 * it, not for CSV_MORE. `last`: nothing comes behind `end`. For CSV_BEHIND the row ends at the next
 * line end.
 */
enum csv_found csv_cut(const struct csv_style *s, const char **p, const char *end, bool last,
		       struct csv_row *row);

/* What a field says; in the arena when it has escapes. */
struct str csv_text(const struct csv_style *s, const struct csv_field *f, struct arena *a);

#endif

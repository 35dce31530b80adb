/*
 * csv_layout.h - how a delimited file is made, found out from its first rows: delimiter, line ends,
 * header, number of fields.
 */
#ifndef LAKEPORT_MIGRATE_CSV_LAYOUT_H
#define LAKEPORT_MIGRATE_CSV_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"
#include "migrate/csv_scan.h"
#include "migrate/source.h"

struct csv_layout {
	struct csv_style style;
	bool header;
	bool trailing;	    /* each row ends with a delimiter: one more field, always empty */
	size_t field_count; /* of a row, without that one */
	struct str *names;  /* with a header; in the arena */
};

/*
 * From the text at the begin of the file (WINDOW_PAD bytes behind it may be read); `last`: it is
 * all of the file. `wanted`, which may be NULL, helps to tell a header from data. Class INPUT when
 * names are there twice; CONFIG when options contradict each other.
 */
int csv_layout_find(const struct source_options *o, const char *path, struct str text, bool last,
		    const struct table_shape *wanted, struct arena *a, struct csv_layout *out,
		    struct error *e);

#endif

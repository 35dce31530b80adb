/*
 * render.h - a renderer draws a run record, or two of them compared, in one format.
 *
 * Private to reports/. To add a format: write render_NAME.c with one or both functions and put a
 * row into the table in render.c. A renderer appends to `out`, which belongs to the caller, and
 * escapes every text that it takes from the record.
 */
#ifndef LAKEPORT_REPORTS_RENDER_H
#define LAKEPORT_REPORTS_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/record.h"
#include "common/text.h"
#include "reports/comparison.h"

struct render_options {
	bool color; /* text: with terminal colors */
	bool brief; /* text: without environment and command */
};

/* Return 0, or -1 with `e` filled. */
typedef int render_record(const struct record *r, const struct render_options *options,
			  struct buf *out, struct error *e);
typedef int render_comparison(struct comparison *c, const struct render_options *options,
			      struct buf *out, struct error *e);

struct renderer {
	const char *name, *extension;
	render_record *record; /* NULL: not offered */
	render_comparison *comparison;
};

extern const struct renderer renderers[];
extern const size_t renderer_count;

/* NULL: there is no such renderer. */
const struct renderer *renderer_find(const char *name);

/* A sheet as aligned columns; its title above when it has one. */
void text_sheet(struct buf *out, const struct sheet *s, bool color);

render_record render_text, render_html, render_markdown, render_csv, render_junit;
render_comparison compare_text, compare_html, compare_markdown, compare_csv, compare_junit,
	compare_json;

#endif

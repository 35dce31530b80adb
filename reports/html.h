/*
 * html.h - the pieces that the HTML pages are made of. Private to reports/.
 *
 * A page is one file that needs nothing else: no network, no fonts, no images. Its content
 * security policy allows the one script that html_begin() names by its hash, and no other, so
 * even a text that slipped through the escaping could not run.
 */
#ifndef LAKEPORT_REPORTS_HTML_H
#define LAKEPORT_REPORTS_HTML_H

#include "common/memory.h"
#include "common/record.h"
#include "common/text.h"
#include "reports/chart.h"
#include "reports/sheet.h"

extern const char html_style[], html_script[];

/* Everything up to and with <main>; everything from </main>. */
void html_begin(struct buf *out, const char *title);
void html_end(struct buf *out);

/* ELEMENT with a class (may be NULL) around an escaped text. */
void html_element(struct buf *out, const char *element, const char *class, const char *text);

/* A section with its heading; `note` stands below it. `id` and `note` may be NULL. */
void html_section(struct buf *out, const char *id, const char *title, const char *note);

/* A table that sorts on click. NULL draws nothing. */
/* A table of texts: each row's texts beside each other, folded behind its other cells. */
void html_texts(struct buf *out, const struct record_table *t, size_t limit);
void html_sheet(struct buf *out, struct arena *a, const struct sheet *s);

/*
 * Charts side by side where there is room, or all in one box below each other (`stacked`). Those
 * that could not be drawn are left out.
 */
void html_charts(struct buf *out, const struct chart *charts, size_t n, bool stacked);

/* Draws all; when gnuplot fails, puts a visible note and the page goes on without plots. */
void html_draw(struct buf *out, struct chart **charts, size_t n);

void html_sparkline(struct buf *out, const double *values, size_t n, size_t stride);
void html_facts(struct buf *out, const char *title, const struct facts *facts);
void html_findings(struct buf *out, const struct record *r);

#endif

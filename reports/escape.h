/*
 * escape.h - text from outside, made harmless for where it is going.
 *
 * Each function appends `s` to `out`. All of them first make sure that the text is text: bytes
 * that are not well-formed UTF-8, control characters and characters that reorder a line
 * (bidirectional overrides) become U+FFFD. Nothing is ever executed, and nothing breaks the layout
 * of what it is put into. None of them can fail; a buffer that is full drops the rest.
 */
#ifndef LAKEPORT_REPORTS_ESCAPE_H
#define LAKEPORT_REPORTS_ESCAPE_H

#include <stddef.h>

#include "common/text.h"

/* HTML and XML, element content and quoted attributes alike; line ends are kept. */
void escape_html(struct buf *out, const char *s);

/* One line: any run of blanks and line ends becomes a single space. For terminals. */
void escape_line(struct buf *out, const char *s);

/* The same, cut to at most `width` characters, the last one being an ellipsis. */
void escape_line_cut(struct buf *out, const char *s, size_t width);

/* One line of GitHub Markdown, also inside a table: no markup, no HTML, no cell ends. */
void escape_markdown(struct buf *out, const char *s);

/* One field of RFC 4180: quoted when it has to be; line ends are kept inside the quotes. */
void escape_csv(struct buf *out, const char *s);

/* The inside of a JSON string. */
void escape_json(struct buf *out, const char *s);

/* One word of a POSIX shell command. */
void escape_shell(struct buf *out, const char *s);

/* How many characters (code points) the text has. */
size_t escape_width(const char *s);

#endif

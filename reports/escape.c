/* escape.c - see escape.h. Everything walks the text by code point through next_code(). */
#include "reports/escape.h"

#include <stdint.h>
#include <string.h>

#define REPLACEMENT 0xfffdu

static bool is_harmful(uint32_t c)
{
	if (c < 0x20)
		return c != '\t' && c != '\n' && c != '\r';
	return (c >= 0x7f && c <= 0x9f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfffe || c == 0xffff;
}

/* Moves over one character. A byte that begins nothing well-formed is a character of its own. */
static uint32_t next_code(const char **text)
{
	static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
	const unsigned char *s = (const unsigned char *)*text;
	uint32_t c = *s;
	unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1, i;

	++*text;
	if (c < 0x80)
		return is_harmful(c) ? REPLACEMENT : c;
	if (c < 0xc2 || c > 0xf4)
		return REPLACEMENT;
	c &= 0x3fu >> more;
	for (i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return REPLACEMENT;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < smallest[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return REPLACEMENT;
	*text += more;
	return is_harmful(c) ? REPLACEMENT : c;
}

static void add_code(struct buf *out, uint32_t c)
{
	char bytes[4];
	size_t n = 0;

	if (c < 0x80) {
		bytes[n++] = (char)c;
	} else if (c < 0x800) {
		bytes[n++] = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		bytes[n++] = (char)(0xe0 | c >> 12);
		bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	} else {
		bytes[n++] = (char)(0xf0 | c >> 18);
		bytes[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	}
	if (c >= 0x80)
		bytes[n++] = (char)(0x80 | (c & 0x3f));
	buf_add(out, bytes, n);
}

/* What stands for a character in the target, or NULL for the character itself. */
typedef const char *replace(uint32_t c);

static void walk(struct buf *out, const char *s, replace *instead)
{
	while (*s) {
		uint32_t c = next_code(&s);
		const char *text = instead(c);

		if (text)
			buf_puts(out, text);
		else
			add_code(out, c);
	}
}

static const char *in_html(uint32_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void escape_html(struct buf *out, const char *s)
{
	walk(out, s, in_html);
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void escape_line_cut(struct buf *out, const char *s, size_t width)
{
	size_t used = 0;
	bool gap = false;

	while (*s) {
		uint32_t c = next_code(&s);

		if (is_blank(c)) {
			gap = used > 0;
			continue;
		}
		if (used + gap + 1 >= width && (*s || used + gap + 1 > width)) {
			buf_puts(out, "…");
			return;
		}
		if (gap)
			buf_putc(out, ' ');
		add_code(out, c);
		used += 1u + gap;
		gap = false;
	}
}

void escape_line(struct buf *out, const char *s)
{
	escape_line_cut(out, s, SIZE_MAX);
}

static const char *in_markdown(uint32_t c)
{
	static const char *const escaped[128] = {
		['\\'] = "\\\\", ['`'] = "\\`", ['*'] = "\\*", ['_'] = "\\_",	['['] = "\\[",
		[']'] = "\\]",	 ['|'] = "\\|", ['~'] = "\\~", ['&'] = "&amp;", ['<'] = "&lt;",
		['>'] = "&gt;",	 ['#'] = "\\#", ['$'] = "\\$",
	};

	return c < 128 ? escaped[c] : NULL;
}

void escape_markdown(struct buf *out, const char *s)
{
	struct buf line = {0};

	escape_line(&line, s);
	walk(out, buf_text(&line), in_markdown);
	buf_release(&line);
}

static const char *in_quotes(uint32_t c)
{
	return c == '"' ? "\"\"" : NULL;
}

void escape_csv(struct buf *out, const char *s)
{
	if (s[strcspn(s, "\",\r\n")] == '\0' && *s != ' ') {
		walk(out, s, in_quotes);
		return;
	}
	buf_putc(out, '"');
	walk(out, s, in_quotes);
	buf_putc(out, '"');
}

static const char *in_json(uint32_t c)
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		return NULL;
	}
}

void escape_json(struct buf *out, const char *s)
{
	walk(out, s, in_json);
}

static const char *in_shell(uint32_t c)
{
	return c == '\'' ? "'\\''" : NULL;
}

void escape_shell(struct buf *out, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_@%+=:,./-";

	if (*s && s[strspn(s, plain)] == '\0') {
		buf_puts(out, s);
		return;
	}
	buf_putc(out, '\'');
	walk(out, s, in_shell);
	buf_putc(out, '\'');
}

size_t escape_width(const char *s)
{
	size_t n = 0;

	for (; *s; n++)
		next_code(&s);
	return n;
}

/*
 * svg.c - svg_clean(), see plot.h: one pass over the tags, by a list of what is allowed.
 *
 * Groups are written only when something is drawn in them: an opening tag waits in `pending`
 * until then. gnuplot is told to use colors that nobody would choose, as markers:
 * rgb(1,1,1) text, rgb(2,2,2) axis, rgb(3,3,3) grid, rgb(4,4,N) curve N.
 */
#include "reports/plot.h"

#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 32
#define TAG_MAX	  32

struct cleaner {
	struct buf *out;
	struct buf pending[MAX_DEPTH]; /* opening tags of groups, empty when written */
	size_t depth;
	bool drawn;
};

struct attribute {
	const char *name, *value;
	size_t name_length, value_length;
};

static const char *const attributes[] = {"d",
					 "points",
					 "transform",
					 "fill",
					 "fill-opacity",
					 "stroke",
					 "stroke-width",
					 "stroke-linecap",
					 "stroke-linejoin",
					 "text-anchor",
					 "font-size"};

static bool is_wanted(const struct attribute *a)
{
	size_t i;

	for (i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (strlen(attributes[i]) == a->name_length &&
		    memcmp(attributes[i], a->name, a->name_length) == 0)
			break;
	if (i == sizeof(attributes) / sizeof(attributes[0]))
		return false;
	return strspn(a->value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"0123456789 .,()#+-\n\t") >= a->value_length;
}

/* Reads name = "value" or 'value'; returns what follows, NULL when there is none. */
static const char *next_attribute(const char *p, const char *end, struct attribute *a)
{
	char quote;

	p += strspn(p, " \t\r\n/");
	if (p >= end)
		return NULL;
	a->name = p;
	a->name_length = strcspn(p, " \t\r\n=>");
	p += a->name_length;
	p += strspn(p, " \t\r\n");
	if (*p != '=')
		return NULL;
	p++;
	p += strspn(p, " \t\r\n");
	quote = *p;
	if (p >= end || (quote != '"' && quote != '\''))
		return NULL;
	a->value = ++p;
	p = memchr(p, quote, (size_t)(end - p));
	if (!p)
		return NULL;
	a->value_length = (size_t)(p - a->value);
	return p + 1;
}

static void put_value(struct buf *out, const struct attribute *a)
{
	char text[64];
	int r, g, b;

	snprintf(text, sizeof(text), "%.*s", (int)(a->value_length < 63 ? a->value_length : 63),
		 a->value);
	if (sscanf(text, "rgb( %d , %d , %d )", &r, &g, &b) != 3)
		buf_add(out, a->value, a->value_length);
	else if (r == 2)
		buf_puts(out, "var(--plot-axis)");
	else if (r == 3)
		buf_puts(out, "var(--plot-grid)");
	else if (r == 4)
		buf_printf(out, "var(--plot-%d)", b);
	else
		buf_puts(out, "currentColor");
}

static void put_tag(struct buf *out, const char *name, const char *p, const char *end)
{
	struct attribute a;

	buf_printf(out, "<%s", name);
	while ((p = next_attribute(p, end, &a)) != NULL) {
		if (!is_wanted(&a))
			continue;
		buf_putc(out, ' ');
		buf_add(out, a.name, a.name_length);
		buf_puts(out, "=\"");
		put_value(out, &a);
		buf_putc(out, '"');
	}
}

static void flush_groups(struct cleaner *c)
{
	size_t i;

	for (i = 0; i < c->depth; i++) {
		buf_puts(c->out, buf_text(&c->pending[i]));
		buf_release(&c->pending[i]);
	}
	c->drawn = true;
}

static bool begin_group(struct cleaner *c, const char *p, const char *end)
{
	if (c->depth == MAX_DEPTH)
		return false;
	put_tag(&c->pending[c->depth], "g", p, end);
	buf_putc(&c->pending[c->depth++], '>');
	return true;
}

static bool end_group(struct cleaner *c)
{
	if (c->depth == 0)
		return false;
	c->depth--;
	if (c->pending[c->depth].len)
		buf_release(&c->pending[c->depth]);
	else
		buf_puts(c->out, "</g>\n");
	return true;
}

/* gnuplot moves its pen about without drawing; such paths are left out. */
static bool draws(const char *name, const char *p, const char *end)
{
	struct attribute a;

	if (strcmp(name, "path") != 0)
		return true;
	while ((p = next_attribute(p, end, &a)) != NULL)
		if (a.name_length == 1 && *a.name == 'd')
			return memchr(a.value, 'L', a.value_length) != NULL;
	return false;
}

/* The characters of a <text>, tags inside it left out. Returns what follows </text>. */
static const char *put_text(struct cleaner *c, const char *p)
{
	const char *end = strstr(p, "</text>");
	bool inside = false;

	if (!end)
		return NULL;
	buf_puts(c->out, ">");
	for (; p < end; p++) {
		if (*p == '<' || *p == '>')
			inside = *p == '<';
		else if (!inside)
			buf_putc(c->out, *p);
	}
	buf_puts(c->out, "</text>");
	return end + strlen("</text>");
}

static const char *skip_element(const char *p, const char *name)
{
	char closing[TAG_MAX + 4];

	snprintf(closing, sizeof(closing), "</%s>", name);
	p = strstr(p, closing);
	return p ? p + strlen(closing) : NULL;
}

/* Handles the tag at `p` ("<name ..."). Returns what follows it, NULL: not as gnuplot writes. */
static const char *clean_tag(struct cleaner *c, const char *p)
{
	const char *end = strchr(p, '>'), *rest;
	char name[TAG_MAX];

	if (!end)
		return NULL;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(p + 1, " \t\r\n/>"), p + 1);
	rest = p + 1 + strlen(name);
	if (strncmp(p, "</g", 3) == 0)
		return end_group(c) ? end + 1 : NULL;
	if (p[1] == '/' || p[1] == '?' || p[1] == '!' || strcmp(name, "svg") == 0)
		return end + 1;
	if (strcmp(name, "g") == 0)
		return begin_group(c, rest, end) ? end + 1 : NULL;
	if (strcmp(name, "path") == 0 || strcmp(name, "polygon") == 0) {
		if (!draws(name, rest, end))
			return end + 1;
		flush_groups(c);
		put_tag(c->out, name, rest, end);
		buf_puts(c->out, "/>");
		return end + 1;
	}
	if (strcmp(name, "text") == 0) {
		flush_groups(c);
		put_tag(c->out, name, rest, end);
		return put_text(c, end + 1);
	}
	return end[-1] == '/' ? end + 1 : skip_element(end, name);
}

bool svg_clean(const char *svg, struct buf *out)
{
	struct cleaner c = {.out = out};
	const char *p = strstr(svg, "<svg");

	while (p && (p = strchr(p, '<')) != NULL && strncmp(p, "</svg", 5) != 0)
		p = clean_tag(&c, p);
	while (c.depth)
		buf_release(&c.pending[--c.depth]);
	return p && c.drawn;
}

/*
 * function_printf.c - format_string and printf of Java with widths and decimals, and calls whose
 * arguments are lists or have names: each argument is made the text that its place in the format
 * asks for, and format() of Postgres puts them together.
 */
#include "convert/function_apply.h"

#include <ctype.h>
#include <string.h>

struct spec {
	bool minus, zero, comma;
	int width, decimals; /* -1: none */
	char letter;
};

/* One %-5.2f; the bytes it takes, 0: something else. */
static size_t read_spec(const char *p, size_t n, struct spec *s)
{
	size_t i = 1;

	*s = (struct spec){.width = -1, .decimals = -1};
	for (; i < n && strchr("-0,", p[i]); i++) {
		s->minus |= p[i] == '-';
		s->zero |= p[i] == '0';
		s->comma |= p[i] == ',';
	}
	for (; i < n && isdigit((unsigned char)p[i]) && s->width < 1000; i++)
		s->width = (s->width < 0 ? 0 : s->width * 10) + (p[i] - '0');
	if (i < n && p[i] == '.') {
		s->decimals = 0;
		for (i++; i < n && isdigit((unsigned char)p[i]) && s->decimals < 100; i++)
			s->decimals = s->decimals * 10 + (p[i] - '0');
	}
	if (i >= n)
		return 0;
	s->letter = p[i];
	return i + 1;
}

/* The argument as the text that the letter makes of it, without its width; NULL: not known here. */
static struct node *text_of(struct rewrite *r, const struct spec *s, struct node *arg)
{
	struct node *args[2] = {arg, node_number(r->arena, s->decimals < 0 ? 6 : s->decimals)};

	switch (s->letter) {
	case 's':
		return s->decimals < 0 && !s->comma && !s->zero ? arg : NULL;
	case 'd':
		if (s->decimals >= 0)
			return NULL;
		return s->comma
			       ? rewrite_template(r, "to_char($1, 'FM999,999,999,999,999,999,990')",
						  1, args)
			       : arg;
	case 'f':
		if (s->comma && s->decimals != 2)
			return NULL;
		return s->comma ? rewrite_template(r,
						   "to_char($1::numeric, "
						   "'FM999,999,999,999,999,990.00')",
						   1, args)
				: rewrite_template(r, "round($1::numeric, $2)", 2, args);
	case 'x':
		return rewrite_template(r, "to_hex($1)", 1, args);
	case 'X':
		return rewrite_template(r, "upper(to_hex($1))", 1, args);
	default:
		return NULL;
	}
}

/* Zeros before a number, behind its sign. */
static struct node *with_zeros(struct rewrite *r, struct node *arg, int width)
{
	struct node *args[2] = {arg, node_number(r->arena, width)};

	return rewrite_template(
		r,
		"CASE WHEN $1 < 0 THEN '-' || lpad((- $1)::text, greatest($2 - 1, length((- "
		"$1)::text)), '0') ELSE lpad(($1)::text, greatest($2, length(($1)::text)), '0') "
		"END",
		2, args);
}

static void add_spec(struct buf *out, const struct spec *s)
{
	buf_putc(out, '%');
	if (s->minus)
		buf_putc(out, '-');
	if (s->width > 0 && !s->zero)
		buf_printf(out, "%d", s->width);
	buf_putc(out, 's');
}

/* The parts of the format one by one; -1: something is not known here. */
static int convert_format(struct rewrite *r, struct str format, struct node **args, uint32_t count,
			  struct buf *out)
{
	uint32_t used = 0;
	struct spec s;
	size_t n;

	for (size_t i = 0; i < format.len; i += n) {
		n = 1;
		if (format.p[i] != '%') {
			buf_putc(out, format.p[i]);
			continue;
		}
		if (i + 1 < format.len && format.p[i + 1] == '%') {
			buf_puts(out, "%%");
			n = 2;
			continue;
		}
		n = read_spec(format.p + i, format.len - i, &s);
		if (n == 0 || used == count)
			return -1;
		args[used] = text_of(r, &s, args[used]);
		if (args[used] && s.zero && s.width > 0)
			args[used] = with_zeros(r, args[used], s.width);
		if (!args[used++])
			return -1;
		add_spec(out, &s);
	}
	return used == count ? 0 : -1;
}

bool function_printf(struct rewrite *r, struct node *call)
{
	struct node *format = node_bare(node_arg(call, 0)), *args[FUNCTION_ARGS_MAX];
	uint32_t count = node_arg_count(call) - 1;
	struct buf text = {.max = 1 << 16};
	bool good = false;

	if (format->kind != NODE_STRING || count == 0 || count >= FUNCTION_ARGS_MAX)
		return false;
	for (uint32_t i = 0; i < count; i++)
		args[i + 1] = node_copy(r->arena, node_arg(call, i + 1));
	if (convert_format(r, format->text, args + 1, count, &text) == 0) {
		args[0] = node_string(
			r->arena, (struct str){arena_strdup(r->arena, buf_text(&text)), text.len});
		node_replace(call, node_call(r->arena, "format", count + 1, args))->type =
			TYPE_TEXT;
		good = true;
	}
	buf_release(&text);
	return good;
}

/* concat_ws with arrays among its arguments: their elements are joined first. */
bool function_concat_ws(struct rewrite *r, struct node *call)
{
	bool done = false;

	for (uint32_t i = 1; i < node_arg_count(call); i++) {
		struct node *args[2] = {node_arg(call, i), NULL}, *place;

		if (type_of(r, args[0]) != TYPE_ARRAY)
			continue;
		args[1] = node_copy(r->arena, node_arg(call, 0));
		place = node_take(r->arena, args[0]);
		node_replace(place, rewrite_template(r,
						     "CASE WHEN cardinality($1) > 0 THEN "
						     "array_to_string($1, $2) END",
						     2, args));
		done = true;
	}
	call->type = TYPE_TEXT;
	return done;
}

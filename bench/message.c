/* message.c - see message.h. */
#include "bench/message.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/text.h"

static void put_u32(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

/* A message under construction: type, room for the length, then the body. */
static void begin(struct buf *b, char type)
{
	buf_clear(b);
	buf_putc(b, type);
	buf_add(b, "\0\0\0\0", 4);
}

static void add_u16(struct buf *b, unsigned v)
{
	const char bytes[2] = {(char)(v >> 8), (char)v};

	buf_add(b, bytes, 2);
}

/* Writes the length of the message that begins at `from` and ends here. */
static void close_message(struct buf *b, size_t from)
{
	put_u32((uint8_t *)b->data + from + 1, b->len - from - 1);
}

static const uint8_t *keep(struct arena *arena, const struct buf *b, size_t *size)
{
	uint8_t *copy = arena_alloc(arena, b->len);

	memcpy(copy, b->data, b->len);
	*size = b->len;
	return copy;
}

static void build_parse(struct template *t, const char *name, struct arena *arena)
{
	struct buf b = {0};

	begin(&b, 'P');
	buf_add(&b, name, strlen(name) + 1);
	buf_add(&b, t->statement->numbered, strlen(t->statement->numbered) + 1);
	add_u16(&b, 0); /* the server infers every parameter's type */
	close_message(&b, 0);
	t->parse = keep(arena, &b, &t->parse_size);
	buf_release(&b);
}

static void build_bind(struct template *t, const char *name, struct arena *arena)
{
	struct buf b = {0};

	begin(&b, 'B');
	buf_putc(&b, '\0'); /* the unnamed portal */
	buf_add(&b, name, strlen(name) + 1);
	add_u16(&b, 0); /* all parameters are text */
	add_u16(&b, t->statement->parameter_count);
	t->bind = keep(arena, &b, &t->bind_size);
	buf_release(&b);
}

static void build_tail(struct template *t, struct arena *arena)
{
	struct buf b = {0};
	size_t from;

	add_u16(&b, 0); /* end of Bind: all results are text */
	if (t->statement->capture != CAPTURE_NONE) {
		from = b.len;
		buf_add(&b, "D\0\0\0\0P\0", 7); /* Describe: the names of the columns */
		close_message(&b, from);
	}
	from = b.len;
	buf_add(&b, "E\0\0\0\0\0\0\0\0\0", 10); /* Execute: unnamed portal, all rows */
	close_message(&b, from);
	t->tail = keep(arena, &b, &t->tail_size);
	buf_release(&b);
}

void template_build(struct template *t, const struct statement *s, enum protocol protocol,
		    struct arena *arena)
{
	char name[24] = "";

	memset(t, 0, sizeof(*t));
	t->statement = s;
	if (protocol == PROTOCOL_SIMPLE)
		return;
	if (protocol == PROTOCOL_PREPARED)
		snprintf(name, sizeof(name), "lakeport_%u", s->index);
	build_parse(t, name, arena);
	build_bind(t, name, arena);
	build_tail(t, arena);
}

void message_parse(struct wire *w, const struct template *t)
{
	memcpy(wire_room(w, t->parse_size), t->parse, t->parse_size);
	wire_added(w, t->parse_size);
}

void message_execute(struct wire *w, const struct template *t, const struct value *variables)
{
	size_t start = w->out_end;
	unsigned i;

	memcpy(wire_room(w, t->bind_size), t->bind, t->bind_size);
	wire_added(w, t->bind_size);
	for (i = 0; i < t->statement->parameter_count; i++) {
		const struct value *v = &variables[t->statement->parameter_slots[i]];
		char room[VALUE_TEXT_MAX];
		size_t n;
		const char *text = value_text(v, room, &n);
		uint8_t *p;

		if (!text) {
			memcpy(wire_room(w, 4), "\377\377\377\377", 4); /* NULL */
			wire_added(w, 4);
			continue;
		}
		p = wire_room(w, n + 4);
		put_u32(p, n);
		memcpy(p + 4, text, n);
		wire_added(w, n + 4);
	}
	memcpy(wire_room(w, t->tail_size), t->tail, t->tail_size);
	wire_added(w, t->tail_size);
	/* Bind ends with the two bytes of result formats, the first of the tail. */
	put_u32(w->out + start + 1, w->out_end - t->tail_size + 2 - start - 1);
}

void message_sync(struct wire *w)
{
	memcpy(wire_room(w, 5), "S\0\0\0\4", 5);
	wire_added(w, 5);
}

static void add_bytes(struct wire *w, const char *data, size_t n)
{
	memcpy(wire_room(w, n + 1), data, n);
	wire_added(w, n);
}

void message_query(struct wire *w, const char *sql)
{
	size_t start = w->out_end;

	add_bytes(w, "Q\0\0\0\0", 5);
	add_bytes(w, sql, strlen(sql) + 1);
	put_u32(w->out + start + 1, w->out_end - start - 1);
}

void message_copy_fail(struct wire *w, const char *reason)
{
	size_t start = w->out_end;

	add_bytes(w, "f\0\0\0\0", 5);
	add_bytes(w, reason, strlen(reason) + 1);
	put_u32(w->out + start + 1, w->out_end - start - 1);
}

static void add_quoted(struct wire *w, const char *text, size_t n)
{
	bool escape = memchr(text, '\\', n) != NULL;
	size_t i;

	add_bytes(w, escape ? " E'" : "'", escape ? 3 : 1);
	for (i = 0; i < n; i++) {
		if (text[i] == '\'' || (escape && text[i] == '\\'))
			add_bytes(w, text + i, 1);
		add_bytes(w, text + i, 1);
	}
	add_bytes(w, "'", 1);
}

/*
 * A value as an SQL literal: finite numbers bare (in parentheses when negative: `a -:x` must not
 * become a comment), all else quoted; text with a backslash in the E form.
 */
static void add_literal(struct wire *w, const struct value *v, const char *text, size_t n)
{
	bool number = v->type == VALUE_INT || v->type == VALUE_BOOL ||
		      (v->type == VALUE_DOUBLE && isfinite(v->number));
	bool negative = number && text[0] == '-';

	if (!number) {
		add_quoted(w, text, n);
		return;
	}
	add_bytes(w, "(", negative);
	add_bytes(w, text, n);
	add_bytes(w, ")", negative);
}

/* One variable inside a statement of the simple protocol. */
static void add_variable(struct wire *w, const struct piece *piece, const struct value *v)
{
	char room[VALUE_TEXT_MAX];
	size_t n;
	const char *text = value_text(v, room, &n);

	if (v->type == VALUE_UNSET && piece->keep_unset)
		add_bytes(w, piece->text + piece->length, piece->name_length);
	else if (!text)
		add_bytes(w, "NULL", 4);
	else if (piece->quote)
		add_literal(w, v, text, n);
	else
		add_bytes(w, text, n);
}

void message_simple(struct wire *w, const struct statement *s, const struct value *variables)
{
	size_t start = w->out_end, i;

	add_bytes(w, "Q\0\0\0\0", 5);
	for (i = 0; i < s->piece_count; i++) {
		add_bytes(w, s->pieces[i].text, s->pieces[i].length);
		if (s->pieces[i].slot >= 0)
			add_variable(w, &s->pieces[i], &variables[s->pieces[i].slot]);
	}
	add_bytes(w, "", 1);
	put_u32(w->out + start + 1, w->out_end - start - 1);
}

const char *message_error_field(const struct message *m, char code)
{
	const char *p = (const char *)m->body, *end = p + m->size;

	while (p < end && *p) {
		const char *nul = memchr(p + 1, '\0', (size_t)(end - p - 1));

		if (!nul)
			break;
		if (*p == code)
			return p + 1;
		p = nul + 1;
	}
	return "";
}

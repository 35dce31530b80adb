/*
 * nullpg_statement.c - prepared statements and the portal of nullpg: what Parse, Bind, Describe,
 * Execute and Close do. A message that does not fit its own form is left with `bad` set; an SQL
 * error is an answer like any other. See nullpg.h.
 */
#include <stdio.h>

#include "tests/fake/nullpg_bytes.h"

static uint32_t hash_name(const char *name)
{
	uint32_t h = 2166136261u;

	while (*name)
		h = (h ^ (uint8_t)*name++) * 16777619u;
	return h;
}

static struct statement *find_statement(struct session *s, const char *name)
{
	uint32_t h = hash_name(name);
	size_t i;

	for (i = 0; i < s->statement_count; i++)
		if (s->statements[i].hash == h &&
		    strncmp(s->statements[i].name, name, sizeof(s->statements[i].name) - 1) == 0)
			return &s->statements[i];
	return NULL;
}

static void unknown_statement(struct session *s, const char *name)
{
	char text[160];

	snprintf(text, sizeof(text), "prepared statement \"%.63s\" does not exist", name);
	session_error(s, "ERROR", "26000", text);
}

void on_parse(struct session *s, struct body *b)
{
	const char *name = take_string(b), *text = take_string(b);
	struct statement *st = find_statement(s, name);

	take(b, 4 * (size_t)take_u16(b));
	if (b->bad)
		return;
	if (st && *name) {
		session_error(s, "ERROR", "42P05", "prepared statement already exists");
		return;
	}
	if (!st) {
		if (s->statement_count == STATEMENTS_MAX) {
			session_error(s, "ERROR", "54000", "too many prepared statements");
			return;
		}
		s->statements = xgrow(s->statements, s->statement_count, &s->statement_capacity,
				      sizeof(*st));
		st = &s->statements[s->statement_count++];
		snprintf(st->name, sizeof(st->name), "%s", name);
		st->hash = hash_name(name);
	}
	sql_scan(text, strlen(text), st);
	ADD_LITERAL(&s->out, "1\0\0\0\4");
}

void on_bind(struct session *s, struct body *b)
{
	const struct statement *st;
	const char *name;
	unsigned i, given, formats;
	const uint8_t *p;

	take_string(b);
	name = take_string(b);
	take(b, 2 * (size_t)take_u16(b));
	given = take_u16(b);
	for (i = 0; i < given && !b->bad; i++) {
		p = take(b, 4);
		if (p && get_u32(p) != UINT32_MAX)
			take(b, get_u32(p));
	}
	formats = take_u16(b);
	p = take(b, 2 * (size_t)formats);
	if (b->bad)
		return;
	st = find_statement(s, name);
	if (!st) {
		unknown_statement(s, name);
		return;
	}
	if (given != st->parameters) {
		session_error(s, "ERROR", "08P01",
			      "bind message supplies another number of parameters than the "
			      "statement requires");
		return;
	}
	s->portal.kind = st->kind;
	s->portal.tag = st->tag;
	s->portal.columns = st->columns;
	s->binary = formats > 0 && p[1] == 1;
	ADD_LITERAL(&s->out, "2\0\0\0\4");
}

static void describe_parameters(struct session *s, const struct statement *st)
{
	unsigned i;

	ADD_LITERAL(&s->out, "t");
	add_u32(&s->out, 6 + 4 * (uint32_t)st->parameters);
	add_u16(&s->out, st->parameters);
	for (i = 0; i < st->parameters; i++)
		add_u32(&s->out, 23); /* int4 */
}

void on_describe(struct session *s, struct body *b)
{
	const uint8_t *what = take(b, 1);
	const char *name = take_string(b);
	const struct statement *st = &s->portal;

	if (b->bad)
		return;
	if (*what == 'S') {
		st = find_statement(s, name);
		if (!st) {
			unknown_statement(s, name);
			return;
		}
		describe_parameters(s, st);
	} else if (!st->tag) {
		session_error(s, "ERROR", "34000", "portal does not exist");
		return;
	}
	if (st->kind == KIND_ROWS)
		session_describe_row(s, st, *what == 'P' && s->binary);
	else
		ADD_LITERAL(&s->out, "n\0\0\0\4");
}

void on_execute(struct session *s, struct body *b)
{
	take_string(b);
	take(b, 4);
	if (b->bad)
		return;
	if (!s->portal.tag) {
		session_error(s, "ERROR", "34000", "portal does not exist");
		return;
	}
	s->executed = true;
	session_run(s, &s->portal, false);
}

void on_close(struct session *s, struct body *b)
{
	const uint8_t *what = take(b, 1);
	struct statement *st = find_statement(s, take_string(b));

	if (b->bad)
		return;
	if (*what == 'S' && st)
		*st = s->statements[--s->statement_count];
	ADD_LITERAL(&s->out, "3\0\0\0\4");
}

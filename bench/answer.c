/*
 * answer.c - the walk over the server's messages.
 *
 * Headers only: a row that nobody captures is passed over without being looked at, even when it is
 * larger than the buffer. Messages may come in any order and number (notices, parameter changes
 * and notifications at any time), so each is handled by its type alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/worker.h"
#include "common/memory.h"

/* The statement whose answer is being read. NULL outside of a transaction's own statements. */
static struct inflight *current(struct client *c)
{
	return c->inflight_count ? &c->inflight[c->inflight_begin] : NULL;
}

static bool capturing(struct client *c)
{
	struct inflight *f = current(c);

	return f && c->state == CLIENT_WAITING && f->statement->capture != CAPTURE_NONE;
}

static void on_error(struct client *c, const struct message *m)
{
	const char *severity = message_error_field(m, 'V');

	if (c->error_now)
		return; /* the first one is the cause */
	/* Behind ReadyForQuery it is about the session (an administrator's command, as a rule). */
	c->error_now = !c->answered;
	snprintf(c->sqlstate, sizeof(c->sqlstate), "%.5s", message_error_field(m, 'C'));
	snprintf(c->message, sizeof(c->message), "%s", message_error_field(m, 'M'));
	if (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0)
		c->fatal = true;
}

static void on_parse_complete(struct client *c)
{
	if (c->state == CLIENT_SETUP)
		c->setup_parsed = true;
	if (c->state != CLIENT_WAITING || c->parsing_count == 0)
		return;
	c->prepared[c->parsing[c->parsing_begin++]] = 1;
	c->parsing_count--;
}

/* A statement of a pipeline is over: it is timed by itself. */
static void on_statement_end(struct client *c, uint64_t now)
{
	struct inflight *f = current(c);
	struct statement_stats *s;

	if (!c->pipeline || c->state != CLIENT_WAITING || !f || c->error_now)
		return;
	s = &c->worker->stats.statements[f->statement->index];
	if (c->counted) {
		s->executed++;
		histogram_record(&s->latency, now - f->sent);
	}
	c->inflight_begin++;
	c->inflight_count--;
}

/* RowDescription: which columns go into which variables. */
static void on_columns(struct client *c, const struct message *m)
{
	const struct statement *s = current(c)->statement;
	const uint8_t *p = m->body, *end = p + m->size;
	unsigned n = m->size >= 2 ? message_u16(p) : 0, i;
	char name[512];

	c->capture_slots = xrealloc(c->capture_slots, (n + 1) * sizeof(int));
	c->capture_columns = 0;
	c->rows = s->capture == CAPTURE_GSET ? 0 : c->rows;
	p += 2;
	for (i = 0; i < n; i++) {
		const uint8_t *nul = p < end ? memchr(p, '\0', (size_t)(end - p)) : NULL;

		if (!nul || end - nul < 19)
			return;
		snprintf(name, sizeof(name), "%s%s", s->capture_prefix, (const char *)p);
		c->capture_slots[i] = workload_slot(c->worker->options->workload, name);
		c->capture_columns = i + 1;
		p = nul + 19;
	}
}

static void set_text(struct client *c, int slot, const uint8_t *text, size_t n)
{
	c->texts[slot] = xrealloc(c->texts[slot], n + 1);
	memcpy(c->texts[slot], text, n);
	c->texts[slot][n] = '\0';
	c->variables[slot] = value_from_text(c->texts[slot]);
}

/* DataRow of a capturing statement. An SQL NULL becomes the empty text, as in pgbench. */
static void on_row(struct client *c, const struct message *m)
{
	const uint8_t *p = m->body, *end = p + m->size;
	unsigned n = m->size >= 2 ? message_u16(p) : 0, i;

	c->rows = c->rows < 0 ? 1 : c->rows + 1;
	p += 2;
	for (i = 0; i < n && i < c->capture_columns && end - p >= 4; i++) {
		uint32_t size = message_u32(p);

		p += 4;
		if (size == UINT32_MAX)
			size = 0;
		if ((size_t)(end - p) < size)
			return;
		if (c->capture_slots[i] >= 0)
			set_text(c, c->capture_slots[i], p, size);
		p += size;
	}
}

/* COPY ... FROM STDIN in a script: there is nothing to send, so it is made to fail at once. */
static void on_copy_in(struct client *c)
{
	message_copy_fail(&c->wire, "a benchmark script has no data for COPY FROM STDIN");
	if (c->worker->options->protocol != PROTOCOL_SIMPLE)
		message_sync(&c->wire); /* the one sent before was swallowed by the copy */
	c->worker->poller->flush(c);
}

static void on_ready(struct client *c, const struct message *m, uint64_t now)
{
	c->status = m->size ? (char)m->body[0] : 'I';
	if (c->state == CLIENT_SETUP)
		connect_setup_answer(c, now);
	else
		c->answered = true;
}

static void on_message(struct client *c, const struct message *m, uint64_t now)
{
	switch (m->type) {
	case 'Z':
		on_ready(c, m, now);
		break;
	case 'C':
	case 'I':
	case 's':
		on_statement_end(c, now);
		break;
	case 'E':
		on_error(c, m);
		break;
	case '1':
		on_parse_complete(c);
		break;
	case 'T':
		if (capturing(c))
			on_columns(c, m);
		break;
	case 'D':
		if (capturing(c))
			on_row(c, m);
		break;
	case 'G':
		on_copy_in(c);
		break;
	default:
		break;
	}
}

/* Large messages that nobody looks at: they are passed over as they come in. */
static bool passed_over(struct client *c, char type)
{
	return (type == 'T' || type == 'D' || type == 'd') && !capturing(c);
}

static void too_large(struct client *c, char type)
{
	c->error_now = true;
	snprintf(c->sqlstate, sizeof(c->sqlstate), "08P01");
	snprintf(c->message, sizeof(c->message), "a message '%c' of more than %zu bytes came", type,
		 CLIENT_MAX_MESSAGE);
}

size_t answer_walk(struct client *c, const uint8_t *data, size_t size, uint64_t now)
{
	size_t at = 0;

	for (;;) {
		struct message m;
		size_t length, have = size - at;

		if (c->skip) {
			size_t n = c->skip < have ? c->skip : have;

			c->skip -= n;
			at += n;
			if (c->skip)
				return at;
			continue;
		}
		if (have < 5)
			return at;
		m.type = (char)data[at];
		length = message_u32(data + at + 1);
		if (length < 4) {
			client_abandon(c, now, "08P01", "the server sent a malformed message");
			return size;
		}
		if (have < length + 1) {
			if (!passed_over(c, m.type)) {
				if (length <= CLIENT_MAX_MESSAGE)
					return at;
				too_large(c, m.type);
			}
			c->skip = length + 1;
			continue;
		}
		m.body = data + at + 5;
		m.size = length - 4;
		at += length + 1;
		on_message(c, &m, now);
		if (!c->attached)
			return size;
	}
}

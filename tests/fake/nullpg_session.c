/*
 * nullpg_session.c - the protocol of one connection of nullpg, without a system call: bytes that
 * were read in `in`, bytes to send in `out`. See nullpg.h.
 *
 * Every statement succeeds at once: a query gives one row of one int4 column, "abalance"; any
 * other statement says that it touched one row. Only the transaction status is kept, and faults
 * are put in where the options ask for them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/fake/nullpg_bytes.h"

#define CODE_PROTOCOL_3 (3u << 16)
#define CODE_CANCEL	80877102u
#define CODE_SSL	80877103u
#define CODE_GSS	80877104u
#define STARTUP_MAX	10000u

/* The first column of the one row that every query gives: its length and value. */
static struct {
	uint8_t text[32], binary[8];
	size_t text_len, binary_len;
} number;

static const char *const server_parameters[][2] = {
	{"server_version", "15.0"},
	{"server_encoding", "UTF8"},
	{"client_encoding", "UTF8"},
	{"application_name", ""},
	{"is_superuser", "on"},
	{"session_authorization", "null"},
	{"DateStyle", "ISO, MDY"},
	{"IntervalStyle", "postgres"},
	{"TimeZone", "UTC"},
	{"integer_datetimes", "on"},
	{"standard_conforming_strings", "on"},
};

void session_setup(void)
{
	struct bytes b = {0};
	char digits[24];
	size_t n = (size_t)snprintf(digits, sizeof(digits), "%" PRId64, options.value);

	add_u32(&b, (uint32_t)n);
	add(&b, digits, n);
	memcpy(number.text, b.data, b.len);
	number.text_len = b.len;
	b.len = 0;
	add_u32(&b, 4);
	add_u32(&b, (uint32_t)options.value);
	memcpy(number.binary, b.data, b.len);
	number.binary_len = b.len;
	free(b.data);
}

/* ---- answers ------------------------------------------------------------------------------- */

void session_error(struct session *s, const char *severity, const char *sqlstate, const char *text)
{
	char body[512];
	int n = snprintf(body, sizeof(body), "S%s%cV%s%cC%s%cM%s%c", severity, 0, severity, 0,
			 sqlstate, 0, text, 0);

	add_message(&s->out, 'E', body, (size_t)n + 1);
	if (s->status == 'T')
		s->status = 'E';
	s->skip_to_sync = true;
}

static enum turn fatal(struct session *s, const char *sqlstate, const char *text)
{
	session_error(s, "FATAL", sqlstate, text);
	s->ready = s->out.len;
	return TURN_CLOSE;
}

static void ready_for_query(struct session *s)
{
	add_message(&s->out, 'Z', &s->status, 1);
}

void session_describe_row(struct session *s, const struct statement *st, bool binary)
{
	static const char column[] = "abalance\0\0\0\0\0\0\0\0\0\0\x17\0\4\xff\xff\xff\xff\0";
	unsigned i;

	ADD_LITERAL(&s->out, "T");
	add_u32(&s->out, 6 + st->columns * (uint32_t)sizeof(column));
	add_u16(&s->out, st->columns);
	for (i = 0; i < st->columns; i++) {
		add(&s->out, column, sizeof(column));
		s->out.data[s->out.len - 1] = binary;
	}
}

/* DataRow: the number, and NULL for every other column. */
static void add_row(struct session *s, const struct statement *st, bool binary)
{
	size_t n = binary ? number.binary_len : number.text_len;
	unsigned i;

	ADD_LITERAL(&s->out, "D");
	add_u32(&s->out, 6 + (uint32_t)n + 4 * (st->columns - 1u));
	add_u16(&s->out, st->columns);
	add(&s->out, binary ? number.binary : number.text, n);
	for (i = 1; i < st->columns; i++)
		add_u32(&s->out, UINT32_MAX);
}

/* Counts, and says whether this one is an n-th. */
static bool every(atomic_uint_fast64_t *counter, int64_t n)
{
	if (n == 0)
		return false;
	return (atomic_fetch_add_explicit(counter, 1, memory_order_relaxed) + 1) % (uint64_t)n == 0;
}

void session_run(struct session *s, const struct statement *st, bool simple)
{
	bool ends = st->kind == KIND_COMMIT || st->kind == KIND_ROLLBACK;
	const char *tag = st->kind == KIND_COMMIT && s->status == 'E' ? "ROLLBACK" : st->tag;

	if (st->kind == KIND_EMPTY) {
		ADD_LITERAL(&s->out, "I\0\0\0\4");
		return;
	}
	if (s->status == 'E' && !ends) {
		session_error(s, "ERROR", "25P02", "current transaction is aborted");
		return;
	}
	if (!ends && st->kind != KIND_BEGIN && every(&counters.statements, options.fail_every)) {
		atomic_fetch_add_explicit(&counters.failed, 1, memory_order_relaxed);
		session_error(s, "ERROR", options.fail_sqlstate, "nullpg was told to fail here");
		return;
	}
	if (st->kind == KIND_ROWS && simple)
		session_describe_row(s, st, false);
	if (st->kind == KIND_ROWS)
		add_row(s, st, s->binary && !simple);
	if (ends || st->kind == KIND_BEGIN)
		s->status = ends ? 'I' : 'T';
	add_message(&s->out, 'C', tag, strlen(tag) + 1);
}

/* A Sync or Query was answered. */
static enum turn batch_done(struct session *s, enum counted kind)
{
	ready_for_query(s);
	s->skip_to_sync = false;
	s->ready = s->out.len;
	if (!s->executed) {
		s->batch_begin = s->ready;
		return TURN_READ;
	}
	s->executed = false;
	s->batches++;
	s->stalled = options.stall_after && s->batches >= (uint64_t)options.stall_after;
	if (options.counted == COUNT_ALL || options.counted == kind)
		s->timed++;
	if (every(&counters.batches, options.drop_every)) {
		atomic_fetch_add_explicit(&counters.dropped, 1, memory_order_relaxed);
		s->ready = s->batch_begin + (s->ready - s->batch_begin) / 2;
		return TURN_CLOSE;
	}
	if (options.delay.kind != DELAY_NONE)
		return TURN_WAIT;
	s->batch_begin = s->ready;
	return TURN_READ;
}

void session_cancel(struct session *s)
{
	s->out.len = s->batch_begin;
	session_error(s, "ERROR", "57014", "canceling statement due to user request");
	s->skip_to_sync = false;
	ready_for_query(s);
	s->ready = s->out.len;
}

void session_sent(struct session *s, size_t n)
{
	if (n < s->out.len)
		memmove(s->out.data, s->out.data + n, s->out.len - n);
	s->out.len -= n;
	s->ready -= n;
	s->batch_begin = s->batch_begin > n ? s->batch_begin - n : 0;
}

/* ---- messages ------------------------------------------------------------------------------ */

static enum turn on_query(struct session *s, struct body *b)
{
	const char *text = take_string(b);
	size_t left = strlen(text);
	struct statement st;
	bool any = false;

	if (b->bad)
		return fatal(s, "08P01", "invalid Query message");
	while (left > 0 && !s->skip_to_sync) {
		size_t n = sql_scan(text, left, &st);

		text += n;
		left -= n;
		if (st.kind == KIND_EMPTY && (any || left > 0))
			continue;
		session_run(s, &st, true);
		any = true;
	}
	if (!any)
		ADD_LITERAL(&s->out, "I\0\0\0\4");
	s->executed = true;
	return batch_done(s, COUNT_SIMPLE);
}

static enum turn admit(struct session *s)
{
	char body[160];
	size_t i;

	ADD_LITERAL(&s->out, "R\0\0\0\x08\0\0\0\0");
	for (i = 0; i < sizeof(server_parameters) / sizeof(*server_parameters); i++) {
		int n = snprintf(body, sizeof(body), "%s%c%s", server_parameters[i][0], 0,
				 server_parameters[i][1]);

		add_message(&s->out, 'S', body, (size_t)n + 1);
	}
	ADD_LITERAL(&s->out, "K\0\0\0\x0c");
	add_u32(&s->out, s->pid);
	add_u32(&s->out, s->key);
	ready_for_query(s);
	s->ready = s->batch_begin = s->out.len;
	s->phase = PHASE_READY;
	return TURN_OPEN;
}

static enum turn on_password(struct session *s, char type, struct body *b)
{
	const char *given = take_string(b);

	if (type != 'p' || b->bad)
		return fatal(s, "08P01", "expected a password");
	if (strcmp(given, options.password) != 0)
		return fatal(s, "28P01", "password authentication failed");
	return admit(s);
}

static enum turn on_startup(struct session *s, struct body *b)
{
	const uint8_t *p = take(b, 4);
	uint32_t code = p ? get_u32(p) : 0;

	if (code == CODE_SSL || code == CODE_GSS) {
		ADD_LITERAL(&s->out, "N");
		s->ready = s->batch_begin = s->out.len;
		return TURN_READ;
	}
	if (code == CODE_CANCEL) {
		p = take(b, 8);
		if (p)
			server_cancel(get_u32(p), get_u32(p + 4));
		return TURN_CLOSE;
	}
	if (code >> 16 != CODE_PROTOCOL_3 >> 16)
		return fatal(s, "0A000", "unsupported frontend protocol");
	s->admitted = true;
	if ((int64_t)atomic_fetch_add(&counters.open, 1) >= options.max_connections)
		return fatal(s, "53300", "sorry, too many clients already");
	if (code != CODE_PROTOCOL_3) /* a newer minor version: NegotiateProtocolVersion */
		ADD_LITERAL(&s->out, "v\0\0\0\x0c\0\0\0\0\0\0\0\0");
	if (!options.password)
		return admit(s);
	ADD_LITERAL(&s->out, "R\0\0\0\x08\0\0\0\3");
	s->ready = s->batch_begin = s->out.len;
	s->phase = PHASE_PASSWORD;
	return TURN_READ;
}

static enum turn on_message(struct session *s, char type, struct body *b)
{
	static const struct {
		char type;
		void (*run)(struct session *s, struct body *b);
	} extended[] = {{'B', on_bind},
			{'E', on_execute},
			{'D', on_describe},
			{'P', on_parse},
			{'C', on_close}};
	size_t i;

	if (type == 'S')
		return batch_done(s, COUNT_EXTENDED);
	if (type == 'X')
		return TURN_CLOSE;
	if (s->skip_to_sync)
		return TURN_READ;
	for (i = 0; i < sizeof(extended) / sizeof(*extended); i++)
		if (extended[i].type == type) {
			extended[i].run(s, b);
			return b->bad ? fatal(s, "08P01", "invalid message format") : TURN_READ;
		}
	if (type == 'Q')
		return on_query(s, b);
	if (type == 'H')
		s->ready = s->out.len;
	else if (!strchr("dcf", type) || type == '\0') /* COPY data that nobody wants is let pass */
		return fatal(s, "08P01", "invalid frontend message type");
	return TURN_READ;
}

enum turn session_turn(struct session *s)
{
	enum turn turn = TURN_READ;

	while (turn == TURN_READ && !s->stalled) {
		const uint8_t *p = s->in.data + s->used;
		size_t left = s->in.len - s->used, head = s->phase == PHASE_STARTUP ? 0 : 1, n;
		struct body b;

		if (left < head + 4)
			break;
		n = get_u32(p + head);
		if (n < 4 || n > (head ? MESSAGE_MAX : STARTUP_MAX))
			return fatal(s, "08P01", "invalid message length");
		if (left < head + n)
			break;
		b = (struct body){.p = p + head + 4, .end = p + head + n};
		s->used += head + n;
		if (s->phase == PHASE_STARTUP)
			turn = on_startup(s, &b);
		else if (s->phase == PHASE_PASSWORD)
			turn = on_password(s, (char)*p, &b);
		else
			turn = on_message(s, (char)*p, &b);
		if (s->out.len > OUT_MAX)
			turn = TURN_CLOSE;
	}
	if (s->stalled && turn == TURN_READ)
		s->used = s->in.len;
	if (s->used == s->in.len)
		s->used = s->in.len = 0;
	return turn;
}

void session_make_room(struct session *s, size_t n)
{
	if (s->in.cap - s->in.len >= n)
		return;
	if (s->used > s->in.len / 2) { /* else growing is cheaper than moving so much */
		s->in.len -= s->used;
		memmove(s->in.data, s->in.data + s->used, s->in.len);
		s->used = 0;
	}
	bytes_room(&s->in, n);
}

void session_reset(struct session *s, uint32_t pid, uint32_t key)
{
	s->in.len = s->out.len = s->used = s->ready = s->batch_begin = 0;
	s->timed = 0;
	s->phase = PHASE_STARTUP;
	s->status = 'I';
	s->skip_to_sync = s->executed = s->binary = s->stalled = s->admitted = false;
	s->portal = (struct statement){0};
	s->statement_count = 0;
	s->batches = 0;
	s->pid = pid;
	s->key = key;
}

void session_release(struct session *s)
{
	free(s->in.data);
	free(s->out.data);
	free(s->statements);
}

/*
 * message.h - the frontend messages of protocol 3.0 that the engine sends, and the walk over what
 * comes back.
 *
 * For a prepared statement everything that never changes is laid out once, before the clock
 * starts (struct template): executing it is a copy of the prefix, the parameters' texts, and a
 * copy of the suffix. No result objects are built: the walk looks at message headers only and
 * hands over the few messages whose content matters.
 *
 * Formats: PostgreSQL manual, "Message Formats" (protocol 3.0).
 */
#ifndef LAKEPORT_BENCH_MESSAGE_H
#define LAKEPORT_BENCH_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/script.h"
#include "bench/value.h"
#include "bench/wire.h"
#include "common/memory.h"

enum protocol { PROTOCOL_SIMPLE, PROTOCOL_EXTENDED, PROTOCOL_PREPARED };

struct template
{ /* the fixed parts of one statement's messages */
	const struct statement *statement;
	const uint8_t *parse; /* Parse under the name of the statement ("" when extended) */
	size_t parse_size;
	const uint8_t *bind; /* Bind up to the parameters; its length field is patched */
	size_t bind_size;
	const uint8_t *tail; /* result formats, [Describe,] Execute */
	size_t tail_size;
};

void template_build(struct template *t, const struct statement *s, enum protocol protocol,
		    struct arena *arena);

void message_parse(struct wire *w, const struct template *t);
void message_execute(struct wire *w, const struct template *t, const struct value *variables);
void message_sync(struct wire *w);
void message_query(struct wire *w, const char *sql);
void message_copy_fail(struct wire *w, const char *reason);

/* The statement as one Query message, its variables put into the text. */
void message_simple(struct wire *w, const struct statement *s, const struct value *variables);

/* One message from the server. `size` is the length of `body`. */
struct message {
	char type;
	const uint8_t *body;
	size_t size;
};

/* The big-endian integers of the protocol. */
static inline uint32_t message_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline unsigned message_u16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/*
 * The field `code` of an ErrorResponse or NoticeResponse as a NUL-terminated text inside the
 * message, or "" when it is not there. Never looks past the message.
 */
const char *message_error_field(const struct message *m, char code);

#endif

/*
 * send.h - a ring of buffers between the thread that makes rows and the one that sends them.
 *
 * One COPY, one sender. The thread of the sender starts when the first buffer is full, so that a
 * small file costs none. The connection belongs to the sender from sender_begin() to sender_end().
 */
#ifndef LAKEPORT_MIGRATE_SEND_H
#define LAKEPORT_MIGRATE_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/pg.h"

#define SEND_BUFFERS 32 /* the server stops for 20 ms when it syncs its log: enough to go on */
#define SEND_BYTES   ((size_t)256 << 10)

struct sender;

/* COPY ... FROM STDIN has begun on `pg`. */
struct sender *sender_begin(struct pg *pg);

/*
 * Room for `n` bytes (n <= SEND_BYTES), to be written and then taken with sender_take(). NULL: the
 * sending failed; sender_end() says why.
 */
char *sender_room(struct sender *s, size_t n);
void sender_take(struct sender *s, size_t n);

/* Any number of bytes, cut over the buffers. -1 when the sending failed. */
int sender_add(struct sender *s, const void *data, size_t n);

/*
 * What to do while all buffers are full, piece by piece (well under a ms each); `work` returns
 * whether there is more.
 */
void sender_meanwhile(struct sender *s, bool (*work)(void *context), void *context);

/* Time this thread has waited for the other one to send, in ns. */
uint64_t sender_waited(const struct sender *s);

/*
 * Sends what is left and ends the COPY, or, with a reason, breaks it off. Frees the sender. 0: the
 * server has taken it all; -1: its error, or that of the connection. `busy_ns` (may be NULL) gets
 * the time spent in sending, `bytes` what was sent.
 */
int sender_end(struct sender *s, const char *abort_reason, uint64_t *busy_ns, uint64_t *bytes,
	       struct error *e);

#endif

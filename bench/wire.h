/*
 * wire.h - bytes to and from one server connection, plain or TLS, never blocking.
 *
 * libpq connects and authenticates; afterwards the socket (and its SSL object) is ours as long as
 * the connection is idle when it changes hands. Outgoing messages are appended to `out` and sent
 * with wire_flush(); incoming bytes are read into a buffer of the caller.
 *
 * With TLS either direction may need the other one (key updates): `want` says what epoll must
 * wait for. read-ahead is on, so that one answer costs one recv(); therefore OpenSSL may hold
 * bytes that epoll does not know of, and wire_read() must be called until it says WIRE_AGAIN.
 *
 * The wire owns `out`; it does not own the descriptor or the SSL object (libpq does).
 */
#ifndef LAKEPORT_BENCH_WIRE_H
#define LAKEPORT_BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ssl_st; /* OpenSSL's SSL */

struct wire {
	int fd;		    /* -1: not connected */
	struct ssl_st *ssl; /* NULL: plain */
	uint8_t *out;
	size_t out_begin, out_end, out_size;
	bool want_write; /* wait for EPOLLOUT too */
};

enum wire_result { WIRE_OK, WIRE_AGAIN, WIRE_CLOSED };

void wire_attach(struct wire *w, int fd, struct ssl_st *ssl);
void wire_detach(struct wire *w); /* forgets the socket and what was not sent */
void wire_release(struct wire *w);

/* Room for `n` more bytes at the end of `out`; the caller writes them and calls wire_added(). */
uint8_t *wire_room(struct wire *w, size_t n);

static inline void wire_added(struct wire *w, size_t n)
{
	w->out_end += n;
}

/* Sends what can be sent. WIRE_AGAIN: some is left, want_write is set. */
enum wire_result wire_flush(struct wire *w);

/* Reads up to `size` bytes; *n of them came. */
enum wire_result wire_read(struct wire *w, uint8_t *into, size_t size, size_t *n);

/*
 * After a read of `n` of `size` bytes: true when nothing is left that epoll would not tell of, so
 * that another read would be wasted.
 */
bool wire_drained(const struct wire *w, size_t n, size_t size);

#endif

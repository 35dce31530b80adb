/* wire.c - see wire.h. */
#include "bench/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "common/memory.h"

#define OUT_INITIAL 512

void wire_attach(struct wire *w, int fd, struct ssl_st *ssl)
{
	w->fd = fd;
	w->ssl = ssl;
	w->out_begin = w->out_end = 0;
	w->want_write = false;
	if (ssl)
		SSL_set_read_ahead(ssl, 1);
}

void wire_detach(struct wire *w)
{
	w->fd = -1;
	w->ssl = NULL;
	w->out_begin = w->out_end = 0;
	w->want_write = false;
}

void wire_release(struct wire *w)
{
	free(w->out);
	w->out = NULL;
	w->out_size = 0;
	wire_detach(w);
}

uint8_t *wire_room(struct wire *w, size_t n)
{
	if (w->out_end + n > w->out_size) {
		size_t size = w->out_size ? w->out_size : OUT_INITIAL;

		while (size < w->out_end + n)
			size *= 2;
		w->out = xrealloc(w->out, size);
		w->out_size = size;
	}
	return w->out + w->out_end;
}

static enum wire_result tls_result(struct wire *w, int ok)
{
	switch (SSL_get_error(w->ssl, ok)) {
	case SSL_ERROR_WANT_READ:
		return WIRE_AGAIN;
	case SSL_ERROR_WANT_WRITE:
		w->want_write = true;
		return WIRE_AGAIN;
	default:
		return WIRE_CLOSED;
	}
}

/* libpq lets OpenSSL move its write buffer; after WANT_* the same bytes are offered again. */
static enum wire_result flush_tls(struct wire *w)
{
	size_t done = 0;
	int ok;

	ERR_clear_error();
	ok = SSL_write_ex(w->ssl, w->out + w->out_begin, w->out_end - w->out_begin, &done);
	if (ok != 1)
		return tls_result(w, ok);
	w->out_begin += done;
	return WIRE_OK;
}

static enum wire_result flush_plain(struct wire *w)
{
	ssize_t done = send(w->fd, w->out + w->out_begin, w->out_end - w->out_begin, MSG_NOSIGNAL);

	if (done >= 0) {
		w->out_begin += (size_t)done;
		return WIRE_OK;
	}
	if (errno == EINTR)
		return WIRE_OK;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return WIRE_CLOSED;
	w->want_write = true;
	return WIRE_AGAIN;
}

enum wire_result wire_flush(struct wire *w)
{
	w->want_write = false;
	while (w->out_begin < w->out_end) {
		enum wire_result r = w->ssl ? flush_tls(w) : flush_plain(w);

		if (r != WIRE_OK)
			return r;
	}
	w->out_begin = w->out_end = 0;
	return WIRE_OK;
}

enum wire_result wire_read(struct wire *w, uint8_t *into, size_t size, size_t *n)
{
	ssize_t got;

	*n = 0;
	if (w->ssl) {
		int ok;

		ERR_clear_error();
		ok = SSL_read_ex(w->ssl, into, size, n);
		return ok == 1 ? WIRE_OK : tls_result(w, ok);
	}
	do
		got = recv(w->fd, into, size, 0);
	while (got < 0 && errno == EINTR);
	if (got > 0) {
		*n = (size_t)got;
		return WIRE_OK;
	}
	return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? WIRE_AGAIN : WIRE_CLOSED;
}

bool wire_drained(const struct wire *w, size_t n, size_t size)
{
	return w->ssl ? !SSL_has_pending(w->ssl) : n < size;
}

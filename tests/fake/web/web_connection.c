/*
 * web_connection.c - HTTP/1.1 on one connection: reads requests with Content-Length, has them
 * answered and logged, sends the answers or the faults. See web.h.
 */
#include "tests/fake/web/web.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/memory.h"

struct connection {
	int fd;
	SSL *ssl; /* NULL: plain */
	struct buf in;
	bool reset; /* end it with a TCP reset */
};

static atomic_uint requests;
static atomic_int active;

static ssize_t receive(struct connection *c, char *data, size_t n)
{
	return c->ssl ? SSL_read(c->ssl, data, (int)n) : read(c->fd, data, n);
}

static bool send_all(struct connection *c, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t done = c->ssl ? SSL_write(c->ssl, data, (int)n) : write(c->fd, data, n);

		if (done <= 0)
			return false;
		data += done;
		n -= (size_t)done;
	}
	return true;
}

bool web_header(const struct web_request *r, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);
	const char *line = r->head;

	while ((line = strstr(line, "\r\n"))) {
		line += 2;
		if (strncasecmp(line, name, n) != 0 || line[n] != ':')
			continue;
		line += n + 1;
		line += strspn(line, " ");
		snprintf(out, size, "%.*s", (int)strcspn(line, "\r"), line);
		return true;
	}
	return false;
}

/* Receives until `want` bytes are there. */
static bool receive_until(struct connection *c, size_t want)
{
	char chunk[16384];

	while (c->in.len < want) {
		ssize_t n = receive(c, chunk, sizeof(chunk));

		if (n <= 0)
			return false;
		buf_add(&c->in, chunk, (size_t)n);
	}
	return true;
}

/* Receives until the blank line; the head is then cut off there and `body` is where it ends. */
static bool receive_head(struct connection *c, size_t *body)
{
	char *end;

	while (!(end = strstr(buf_text(&c->in), "\r\n\r\n")))
		if (c->in.len > WEB_HEAD_MAX || !receive_until(c, c->in.len + 1))
			return false;
	end[2] = '\0';
	*body = (size_t)(end - c->in.data) + 4;
	return true;
}

/* A request through a proxy names the whole URL: we are that proxy, and its end. */
static void drop_host(char *path)
{
	char *slash = strncmp(path, "http://", 7) == 0 ? strchr(path + 7, '/') : NULL;

	if (slash)
		memmove(path, slash, strlen(slash) + 1);
}

/* One request into `r`; its head and body are copies. False: the connection is at its end. */
static bool read_request(struct connection *c, struct web_request *r, char **head, char **body)
{
	char length[32] = "0";
	int64_t n = 0;
	size_t at;

	if (!receive_head(c, &at))
		return false;
	*head = xstrdup(c->in.data);
	r->head = *head;
	if (sscanf(r->head, "%15s %1023s", r->method, r->path) != 2)
		return false;
	drop_host(r->path);
	if (web_header(r, "Content-Length", length, sizeof(length)) &&
	    (!text_to_int(length, &n) || n < 0 || n > (int64_t)WEB_BODY_MAX))
		return false;
	if (!receive_until(c, at + (size_t)n))
		return false;
	*body = xstrndup(c->in.data + at, (size_t)n);
	r->body = *body;
	r->body_length = (size_t)n;
	r->json = cJSON_Parse(r->body);
	c->in.len -= at + (size_t)n;
	memmove(c->in.data, c->in.data + at + (size_t)n, c->in.len + 1);
	return true;
}

static bool send_answer(struct connection *c, const struct web_answer *a)
{
	struct buf out = {0};
	size_t n = a->body.len;
	bool sent;

	if (a->delay_ms > 0)
		clock_sleep((uint64_t)a->delay_ms * CLOCK_MS);
	if (a->fault == FAULT_CLOSE)
		return false;
	buf_printf(&out,
		   "HTTP/1.1 %d Scripted\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n",
		   a->status, a->type, n, buf_text(&a->headers));
	buf_add(&out, buf_text(&a->body), a->fault ? n / 2 : n);
	sent = send_all(c, buf_text(&out), out.len);
	buf_release(&out);
	c->reset = a->fault == FAULT_RESET;
	return sent && !a->fault;
}

/* Reads, answers and logs one request. False: no more on this connection. */
static bool serve_one(struct connection *c)
{
	struct web_request r = {0};
	struct web_answer a = {.status = 200, .type = "application/json"};
	char *head = NULL, *body = NULL;
	bool more = read_request(c, &r, &head, &body);

	if (more) {
		r.number = atomic_fetch_add(&requests, 1) + 1;
		r.active = atomic_fetch_add(&active, 1) + 1;
		web_dispatch(&r, &a);
		web_log(&r, &a);
		more = send_answer(c, &a);
		atomic_fetch_sub(&active, 1);
	}
	cJSON_Delete(r.json);
	free(head);
	free(body);
	buf_release(&a.headers);
	buf_release(&a.body);
	return more;
}

void web_serve(int fd)
{
	struct connection c = {.fd = fd};
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	if (web_options.tls) {
		c.ssl = SSL_new(web_options.tls);
		SSL_set_fd(c.ssl, fd);
	}
	if (!c.ssl || SSL_accept(c.ssl) == 1)
		while (serve_one(&c))
			;
	if (c.reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	else if (c.ssl)
		SSL_shutdown(c.ssl);
	SSL_free(c.ssl);
	buf_release(&c.in);
	close(fd);
}

/*
 * faultproxy.c - a FAKE network between a client and a real server, for tests only.
 *
 *   faultproxy --to HOST:PORT|/SOCKET/PATH [--port N] [--seed N]
 *
 * Listens on 127.0.0.1 (TCP, so that a reset is one), prints "ready port=N" and passes bytes both
 * ways, until a line on standard input says what goes wrong from now on; each is answered by a line
 * on standard output, "ok LINE" or "error REASON". The end of standard input ends the proxy.
 *
 *   pass                   nothing any more
 *   stall                  no byte passes and nobody hears of it; new connections stall, too
 *   refuse                 new connections are reset at once
 *   reset | close          all open connections end now, by RST | FIN
 *   FAULT every N [client] this happens to every N-th piece that comes from the server (or client):
 *     delay MS             it is held for so long
 *     flip BITS            so many of its bits, by chance, are the other way round
 *     cut BYTES            so many bytes of it pass, then the connection is closed
 *     reset | close        the connection ends before it
 *
 * A thread for each connection, which looks for new orders every few ms.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/random.h"
#include "common/text.h"

#define PIECE	((size_t)64 << 10)
#define LOOK_MS 5

enum fault_kind { PASS, STALL, REFUSE, RESET, CLOSE, DELAY, FLIP, CUT };

static const struct {
	const char *word;
	bool amount; /* a number follows */
	bool alone;  /* makes sense without "every" */
} kinds[] = {
	[PASS] = {"pass", false, true},	    [STALL] = {"stall", false, true},
	[REFUSE] = {"refuse", false, true}, [RESET] = {"reset", false, true},
	[CLOSE] = {"close", false, true},   [DELAY] = {"delay", true, false},
	[FLIP] = {"flip", true, false},	    [CUT] = {"cut", true, false},
};

struct order {
	enum fault_kind kind;
	int64_t amount, every; /* every 0: not by pieces */
	bool from_client;
	uint64_t number; /* orders are counted */
};

struct link {
	int client, server;
	uint64_t seen; /* the order that was in force when we looked last */
	struct random random;
};

static struct {
	const char *to;
	struct order order;
	pthread_mutex_t lock; /* of `order` */
	_Atomic uint64_t pieces, links;
	uint64_t seed;
} proxy = {.lock = PTHREAD_MUTEX_INITIALIZER, .seed = 1};

static struct order current_order(void)
{
	struct order o;

	pthread_mutex_lock(&proxy.lock);
	o = proxy.order;
	pthread_mutex_unlock(&proxy.lock);
	return o;
}

/* ---- passing bytes ------------------------------------------------------------------------- */

static void reset_at_close(int fd)
{
	const struct linger now = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static bool send_all(int fd, const uint8_t *data, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, data, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		data += sent;
		n -= (size_t)sent;
	}
	return true;
}

static void flip_bits(struct link *l, uint8_t *data, size_t n, int64_t bits)
{
	for (; bits > 0; bits--) {
		size_t at = (size_t)random_range(&l->random, 0, n - 1);

		data[at] ^= (uint8_t)(1 << random_range(&l->random, 0, 7));
	}
}

/* A piece, with what happens to it. False when the connection is over. */
static bool pass_on(struct link *l, bool from_client, uint8_t *data, size_t n)
{
	struct order o = current_order();
	int to = from_client ? l->server : l->client;
	bool hit = o.every > 0 && o.from_client == from_client &&
		   (atomic_fetch_add(&proxy.pieces, 1) + 1) % (uint64_t)o.every == 0;

	if (!hit)
		return send_all(to, data, n);
	switch (o.kind) {
	case DELAY:
		clock_sleep((uint64_t)o.amount * CLOCK_MS);
		break;
	case FLIP:
		flip_bits(l, data, n, o.amount);
		break;
	case CUT:
		send_all(to, data, (size_t)o.amount < n ? (size_t)o.amount : n);
		return false;
	case RESET:
		reset_at_close(l->client);
		return false;
	case CLOSE:
		return false;
	default:
		break;
	}
	return send_all(to, data, n);
}

/* What a new order means for a connection that is open. False: it ends. */
static bool obey(struct link *l, const struct order *o)
{
	if (o->number == l->seen)
		return true;
	l->seen = o->number;
	if (o->every || (o->kind != RESET && o->kind != CLOSE))
		return true;
	if (o->kind == RESET)
		reset_at_close(l->client);
	return false;
}

static bool pass_one_side(struct link *l, bool from_client, uint8_t *data)
{
	ssize_t n = recv(from_client ? l->client : l->server, data, PIECE, 0);

	return n > 0 && pass_on(l, from_client, data, (size_t)n);
}

static void pass_bytes(struct link *l)
{
	uint8_t *data = xmalloc(PIECE);

	for (;;) {
		struct pollfd p[2] = {{.fd = l->client, .events = POLLIN},
				      {.fd = l->server, .events = POLLIN}};
		struct order o = current_order();

		if (!obey(l, &o))
			break;
		if (o.kind == STALL) {
			clock_sleep(LOOK_MS * CLOCK_MS);
			continue;
		}
		if (poll(p, 2, LOOK_MS) <= 0)
			continue;
		if ((p[1].revents && !pass_one_side(l, false, data)) ||
		    (p[0].revents && !pass_one_side(l, true, data)))
			break;
	}
	free(data);
}

/* ---- connections --------------------------------------------------------------------------- */

static int connect_path(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int connect_address(const char *to)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	const char *colon = strrchr(to, ':');
	const int one = 1;
	char host[64];
	int64_t port;
	int fd;

	snprintf(host, sizeof(host), "%.*s", (int)(colon - to), to);
	if (!text_to_int(colon + 1, &port))
		return -1;
	a.sin_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, host, &a.sin_addr) != 1)
		return -1;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static void *link_main(void *argument)
{
	struct link *l = argument;

	l->server = proxy.to[0] == '/' ? connect_path(proxy.to) : connect_address(proxy.to);
	if (l->server >= 0) {
		pass_bytes(l);
		close(l->server);
	} else {
		reset_at_close(l->client);
	}
	close(l->client);
	free(l);
	return NULL;
}

static void take(int client)
{
	struct order o = current_order();
	const int one = 1;
	struct link *l;
	pthread_t thread;

	if (o.kind == REFUSE) {
		reset_at_close(client);
		close(client);
		return;
	}
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	l = xcalloc(1, sizeof(*l));
	l->client = client;
	l->seen = o.number;
	random_seed_lane(&l->random, proxy.seed, atomic_fetch_add(&proxy.links, 1));
	if (pthread_create(&thread, NULL, link_main, l) == 0) {
		pthread_detach(thread);
		return;
	}
	close(client);
	free(l);
}

static void *accept_main(void *argument)
{
	int listener = *(const int *)argument;

	for (;;) {
		int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (client >= 0)
			take(client);
		else
			clock_sleep(CLOCK_MS);
	}
	return NULL;
}

/* ---- orders -------------------------------------------------------------------------------- */

static int parse_words(char *words[], size_t n, struct order *o)
{
	size_t i, k = 0;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (n && strcmp(words[0], kinds[i].word) == 0)
			break;
	if (i == sizeof(kinds) / sizeof(*kinds))
		return -1;
	o->kind = (enum fault_kind)i;
	k = 1;
	if (kinds[i].amount && (k >= n || !text_to_int(words[k++], &o->amount) || o->amount < 0))
		return -1;
	if (k == n)
		return kinds[i].alone ? 0 : -1;
	if (strcmp(words[k++], "every") != 0 || k >= n || !text_to_int(words[k++], &o->every) ||
	    o->every < 1)
		return -1;
	if (k < n && strcmp(words[k], "client") == 0) {
		o->from_client = true;
		k++;
	}
	return k == n ? 0 : -1;
}

static void take_order(char *line)
{
	struct order o = {0};
	char *words[8], *save = NULL, *word, *copy;
	size_t n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	copy = xstrdup(line);
	for (word = strtok_r(copy, " ", &save); word && n < 8; word = strtok_r(NULL, " ", &save))
		words[n++] = word;
	if (parse_words(words, n, &o) == 0) {
		pthread_mutex_lock(&proxy.lock);
		o.number = proxy.order.number + 1;
		proxy.order = o;
		pthread_mutex_unlock(&proxy.lock);
		atomic_store(&proxy.pieces, 0);
		printf("ok %s\n", line);
	} else {
		printf("error not an order: %s\n", line);
	}
	fflush(stdout);
	free(copy);
}

static int listen_on(uint16_t port, struct error *e)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	socklen_t n = sizeof(a);
	const int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) < 0 || listen(fd, 1024) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		return error_set(e, ERROR_IO, "cannot listen on port %u", port);
	printf("ready port=%u\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

static int parse_arguments(int argc, char **argv, uint16_t *port, struct error *e)
{
	int64_t number = 0;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		bool to = strcmp(argv[i], "--to") == 0, at = strcmp(argv[i], "--port") == 0;

		if (to)
			proxy.to = argv[i + 1];
		else if (!text_to_int(argv[i + 1], &number) || number < 0)
			return error_set(e, ERROR_USAGE, "'%s' is no number", argv[i + 1]);
		else if (at && number <= UINT16_MAX)
			*port = (uint16_t)number;
		else if (strcmp(argv[i], "--seed") == 0)
			proxy.seed = (uint64_t)number;
		else
			return error_set(e, ERROR_USAGE, "unknown option '%s'", argv[i]);
	}
	if (i < argc || !proxy.to || (proxy.to[0] != '/' && !strrchr(proxy.to, ':')))
		return error_set(e, ERROR_USAGE, "--to HOST:PORT or --to /SOCKET/PATH is missing");
	return 0;
}

int main(int argc, char **argv)
{
	struct error e = ERROR_INIT;
	uint16_t port = 0;
	pthread_t thread;
	char line[200];
	static int listener;

	signal(SIGPIPE, SIG_IGN);
	if (parse_arguments(argc, argv, &port, &e) < 0 || (listener = listen_on(port, &e)) < 0 ||
	    pthread_create(&thread, NULL, accept_main, &listener) != 0) {
		log_failure(&e);
		return 2;
	}
	while (fgets(line, sizeof(line), stdin))
		take_order(line);
	_exit(0); /* threads and all */
}

/*
 * poller_uring.c - sending and receiving through io_uring: one system call for each turn of the
 * loop, however many queries it carries, instead of two for each query.
 *
 * Each session has one receive under way for as long as it lasts (multishot), into buffers that all
 * sessions share; each flush() queues one send, and wait() hands all of them to the kernel. While
 * libpq connects, and for the worker's wake-up, there is still epoll, whose descriptor the ring
 * watches. The ring needs Linux 6.1 (completions run in our own thread, when we ask for them).
 *
 * The kernel reads the bytes of a send later, so they must not move. A small one is copied into
 * the link, and only its failure is told: the successes would wake the loop for nothing. It is done
 * when it is answered; a server that answers what it has not read can only spoil its own input. A
 * large one takes the wire's buffer along, and what is added meanwhile waits until it is done. A
 * session that ends is cancelled in the ring first; its last completions may come when the client
 * has another one already, so each carries the generation it belongs to.
 */
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "bench/worker.h"
#include "common/memory.h"

#define RING_FLAGS                                                                                 \
	(IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL |       \
	 IORING_SETUP_CQSIZE)
#define MAX_ENTRIES  4096	    /* of the submission queue; a full one is submitted at once */
#define BUFFER_SIZE  ((size_t)8128) /* no power of two: else all begin in one set of the cache */
#define MIN_BUFFERS  64u
#define MAX_BUFFERS  4096u
#define BUFFER_GROUP 0
#define SMALL_SEND   512

enum kind { KIND_RECEIVE, KIND_SEND, KIND_EPOLL };

struct link { /* what the ring has of one client */
	uint32_t generation;
	bool sending; /* a large one */
	uint8_t *out; /* the kernel reads it while `sending` */
	size_t out_size;
	uint8_t small[SMALL_SEND];
};

struct uring {
	struct io_uring ring;
	struct io_uring_buf_ring *buffers;
	uint8_t *memory; /* of the buffers */
	unsigned buffer_count;
	struct link *links; /* by client */
};

static int uring_check(struct error *e)
{
	struct io_uring_params p = {.flags = RING_FLAGS, .cq_entries = 16};
	struct io_uring ring;
	int failed = -io_uring_queue_init_params(8, &ring, &p);

	if (failed == 0) {
		io_uring_queue_exit(&ring);
		return 0;
	}
	if (failed == EINVAL)
		error_set(e, ERROR_CONFIG, "--io-uring needs Linux 6.1 or newer");
	else
		error_set(e, ERROR_CONFIG, "the kernel does not let us use io_uring: %s",
			  strerror(failed));
	return error_hint(e, "leave out --io-uring%s",
			  failed == EPERM || failed == ENOSYS
				  ? ", or allow it (sysctl kernel.io_uring_disabled, seccomp)"
				  : "");
}

static unsigned power_of_two(unsigned least, unsigned n, unsigned most)
{
	while (least < n && least < most)
		least *= 2;
	return least;
}

static struct io_uring_sqe *next_entry(struct uring *u)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&u->ring);

	while (!sqe) {
		io_uring_submit(&u->ring);
		sqe = io_uring_get_sqe(&u->ring);
	}
	return sqe;
}

static void mark(struct io_uring_sqe *sqe, enum kind kind, uint32_t client, uint32_t generation)
{
	io_uring_sqe_set_data64(sqe, (uint64_t)client << 32 | generation << 2 | (uint32_t)kind);
}

static struct link *link_of(const struct client *c, uint32_t *index)
{
	struct uring *u = c->worker->poller_state;

	*index = (uint32_t)(c - c->worker->clients);
	return &u->links[*index];
}

static void receive(struct client *c)
{
	struct uring *u = c->worker->poller_state;
	struct io_uring_sqe *sqe = next_entry(u);
	uint32_t index, generation = link_of(c, &index)->generation;

	io_uring_prep_recv_multishot(sqe, (int)index, NULL, 0, 0);
	sqe->flags |= IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
	sqe->buf_group = BUFFER_GROUP;
	mark(sqe, KIND_RECEIVE, index, generation);
}

static void watch_epoll(struct worker *w)
{
	struct io_uring_sqe *sqe = next_entry(w->poller_state);

	io_uring_prep_poll_multishot(sqe, w->epoll, POLLIN);
	mark(sqe, KIND_EPOLL, 0, 0);
}

static void return_buffer(struct uring *u, unsigned id)
{
	io_uring_buf_ring_add(u->buffers, u->memory + id * BUFFER_SIZE, BUFFER_SIZE,
			      (unsigned short)id, io_uring_buf_ring_mask(u->buffer_count), 0);
	io_uring_buf_ring_advance(u->buffers, 1);
}

static int make_buffers(struct uring *u, unsigned clients)
{
	struct io_uring_buf_reg reg = {.bgid = BUFFER_GROUP};
	unsigned i;
	int failed;

	u->buffer_count = power_of_two(MIN_BUFFERS, clients, MAX_BUFFERS);
	u->buffers = mmap(NULL, u->buffer_count * sizeof(struct io_uring_buf),
			  PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
	if (u->buffers == MAP_FAILED)
		return errno;
	reg.ring_addr = (uint64_t)(uintptr_t)u->buffers;
	reg.ring_entries = u->buffer_count;
	failed = -io_uring_register_buf_ring(&u->ring, &reg, 0);
	u->memory = xmalloc(u->buffer_count * BUFFER_SIZE);
	io_uring_buf_ring_init(u->buffers);
	for (i = 0; i < u->buffer_count; i++)
		return_buffer(u, i);
	return failed;
}

static int uring_open(struct worker *w, struct error *e)
{
	unsigned entries = power_of_two(64, 2 * w->client_count, MAX_ENTRIES);
	struct io_uring_params p = {.flags = RING_FLAGS, .cq_entries = 4 * entries};
	struct uring *u = xcalloc(1, sizeof(*u));
	int failed = -io_uring_queue_init_params(entries, &u->ring, &p);

	if (failed) {
		free(u);
		return error_set(e, ERROR_IO, "cannot make an io_uring: %s", strerror(failed));
	}
	w->poller_state = u;
	u->links = xcalloc(w->client_count, sizeof(*u->links));
	failed = make_buffers(u, w->client_count);
	if (!failed)
		failed = -io_uring_register_files_sparse(&u->ring, w->client_count);
	if (failed)
		return error_set(e, ERROR_IO, "cannot set an io_uring up: %s", strerror(failed));
	io_uring_register_ring_fd(&u->ring); /* saves looking it up each time; nothing if refused */
	watch_epoll(w);
	return 0;
}

static void uring_close(struct worker *w)
{
	struct uring *u = w->poller_state;
	unsigned i;

	if (!u)
		return;
	io_uring_queue_exit(&u->ring);
	if (u->buffers && u->buffers != MAP_FAILED)
		munmap(u->buffers, u->buffer_count * sizeof(struct io_uring_buf));
	for (i = 0; i < w->client_count; i++)
		free(u->links[i].out);
	free(u->links);
	free(u->memory);
	free(u);
	w->poller_state = NULL;
}

static int uring_attach(struct client *c, struct error *e)
{
	struct uring *u = c->worker->poller_state;
	uint32_t index;
	int failed;

	if (c->wire.ssl) {
		error_set(e, ERROR_CONFIG, "--io-uring does not go with TLS");
		return error_hint(e, "leave it out, or add sslmode=disable to the DSN");
	}
	link_of(c, &index)->generation++;
	failed = io_uring_register_files_update(&u->ring, index, &c->wire.fd, 1);
	if (failed < 0)
		return error_set(e, ERROR_IO, "io_uring does not take a socket: %s",
				 strerror(-failed));
	poller_watch(c, 0);
	receive(c);
	return 0;
}

/* Nothing of this connection stays in the ring, so that its socket really closes. */
static void uring_detach(struct client *c)
{
	struct uring *u = c->worker->poller_state;
	struct io_uring_sync_cancel_reg all = {
		.flags = IORING_ASYNC_CANCEL_FD | IORING_ASYNC_CANCEL_FD_FIXED |
			 IORING_ASYNC_CANCEL_ALL,
		.timeout = {-1, -1},
	};
	uint32_t index;
	struct link *link = link_of(c, &index);
	int none = -1;

	io_uring_submit(&u->ring); /* what is queued still means the old socket */
	all.fd = (int32_t)index;
	io_uring_register_sync_cancel(&u->ring, &all);
	io_uring_register_files_update(&u->ring, index, &none, 1);
	link->generation++;
	link->sending = false;
}

/* Gives the wire's bytes to the link, and the link's old buffer to the wire. */
static void swap_buffers(struct link *link, struct wire *wire)
{
	uint8_t *out = link->out;
	size_t size = link->out_size;

	link->out = wire->out;
	link->out_size = wire->out_size;
	wire->out = out;
	wire->out_size = size;
}

static void uring_flush(struct client *c)
{
	struct wire *wire = &c->wire;
	size_t size = wire->out_end;
	struct io_uring_sqe *sqe;
	uint32_t index;
	struct link *link = link_of(c, &index);

	if (link->sending || size == 0)
		return;
	sqe = next_entry(c->worker->poller_state);
	if (size <= SMALL_SEND) {
		memcpy(link->small, wire->out, size);
		io_uring_prep_send(sqe, (int)index, link->small, size, MSG_NOSIGNAL | MSG_WAITALL);
		sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
	} else {
		swap_buffers(link, wire);
		io_uring_prep_send(sqe, (int)index, link->out, size, MSG_NOSIGNAL | MSG_WAITALL);
		link->sending = true;
	}
	sqe->flags |= IOSQE_FIXED_FILE;
	mark(sqe, KIND_SEND, index, link->generation);
	wire->out_end = 0;
}

static void on_received(struct client *c, const struct io_uring_cqe *cqe)
{
	struct uring *u = c->worker->poller_state;
	bool more = cqe->flags & IORING_CQE_F_MORE, attached = c->attached;
	uint32_t index, generation = link_of(c, &index)->generation;
	unsigned id = cqe->flags >> IORING_CQE_BUFFER_SHIFT;

	if (cqe->res > 0)
		client_take(c, u->memory + id * BUFFER_SIZE, (size_t)cqe->res, clock_now());
	else if (cqe->res != -ENOBUFS && attached)
		client_closed(c, clock_now());
	/* It ends by itself when the buffers run out, which a large batch of answers can bring. */
	if (!more && c->attached && link_of(c, &index)->generation == generation)
		receive(c);
}

static void on_sent(struct client *c)
{
	uint32_t index;

	/* One that failed shows when reading: the server's last words may still be there. */
	link_of(c, &index)->sending = false;
	uring_flush(c);
}

/* Whatever a libpq socket or the wake-up had to say: all of it, the ring tells of changes only. */
static void on_epoll(struct worker *w, const struct io_uring_cqe *cqe)
{
	while (poller_ready(w, 0) > 0)
		;
	if (!(cqe->flags & IORING_CQE_F_MORE))
		watch_epoll(w);
}

static void handle(struct worker *w, const struct io_uring_cqe *cqe)
{
	struct uring *u = w->poller_state;
	uint64_t data = io_uring_cqe_get_data64(cqe);
	enum kind kind = (enum kind)(data & 3);
	uint32_t index = (uint32_t)(data >> 32), generation = (uint32_t)data >> 2;
	bool current = (u->links[index].generation & UINT32_MAX >> 2) == generation;

	if (kind == KIND_EPOLL)
		on_epoll(w, cqe);
	else if (kind == KIND_SEND && current)
		on_sent(&w->clients[index]);
	else if (kind == KIND_RECEIVE && current)
		on_received(&w->clients[index], cqe);
	if (cqe->flags & IORING_CQE_F_BUFFER)
		return_buffer(u, cqe->flags >> IORING_CQE_BUFFER_SHIFT);
}

static void uring_wait(struct worker *w, uint64_t ns)
{
	struct uring *u = w->poller_state;
	struct __kernel_timespec t = {(long long)(ns / CLOCK_SECOND),
				      (long long)(ns % CLOCK_SECOND)};
	struct io_uring_cqe *cqe;
	unsigned head, n = 0;

	if (ns == 0)
		io_uring_submit_and_get_events(&u->ring);
	else
		io_uring_submit_and_wait_timeout(&u->ring, &cqe, 1, &t, NULL);
	worker_woken(w);
	io_uring_for_each_cqe(&u->ring, head, cqe)
	{
		handle(w, cqe);
		n++;
	}
	io_uring_cq_advance(&u->ring, n);
}

const struct poller poller_uring = {
	.name = "io_uring",
	.check = uring_check,
	.open = uring_open,
	.close = uring_close,
	.attach = uring_attach,
	.detach = uring_detach,
	.flush = uring_flush,
	.wait = uring_wait,
};

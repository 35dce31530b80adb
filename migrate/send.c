/*
 * send.c - see send.h. The ring has one writer and one reader; a mutex and two conditions are
 * enough, since they meet once for 256 KB. When the server gives its verdict before the end (a row
 * it refuses), sending stops at once instead of pushing the rest of a large file at it.
 */
#include "migrate/send.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/memory.h"

struct sender {
	struct pg *pg;
	char *buffers[SEND_BUFFERS];
	size_t used[SEND_BUFFERS];
	size_t head;		/* buffers filled so far; the writer fills head % SEND_BUFFERS */
	size_t tail;		/* buffers sent so far */
	bool running, finished; /* the thread; nothing more will come */
	atomic_bool failed;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	uint64_t busy_ns, waited_ns, bytes;
	bool (*work)(void *context); /* of the writer while the ring is full; NULL: nothing to do */
	void *work_context;
	struct error error;
};

struct sender *sender_begin(struct pg *pg)
{
	struct sender *s = xcalloc(1, sizeof(*s));

	s->pg = pg;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->filled, NULL);
	pthread_cond_init(&s->emptied, NULL);
	s->buffers[0] = xmalloc(SEND_BYTES);
	return s;
}

static void send_buffer(struct sender *s, size_t i)
{
	uint64_t begun = clock_now();

	if (pg_copy_answered(s->pg) ||
	    pg_copy_send(s->pg, s->buffers[i], s->used[i], &s->error) < 0)
		atomic_store(&s->failed, true);
	else
		s->bytes += s->used[i];
	s->busy_ns += clock_now() - begun;
}

/* What is filled after a failure is thrown away, so that the writer never waits for ever. */
static void *send_all(void *context)
{
	struct sender *s = context;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		while (s->tail == s->head && !s->finished)
			pthread_cond_wait(&s->filled, &s->lock);
		if (s->tail == s->head)
			break;
		pthread_mutex_unlock(&s->lock);
		if (!atomic_load(&s->failed))
			send_buffer(s, s->tail % SEND_BUFFERS);
		pthread_mutex_lock(&s->lock);
		s->tail++;
		pthread_cond_signal(&s->emptied);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* With the lock held. */
static void wait_for_room(struct sender *s)
{
	uint64_t begun = clock_now();

	while (s->head - s->tail == SEND_BUFFERS) {
		if (!s->work) {
			pthread_cond_wait(&s->emptied, &s->lock);
			continue;
		}
		pthread_mutex_unlock(&s->lock);
		if (!s->work(s->work_context))
			s->work = NULL;
		pthread_mutex_lock(&s->lock);
	}
	s->waited_ns += clock_now() - begun;
}

/* Hands over the buffer that is being filled and takes the next. */
static void next_buffer(struct sender *s)
{
	size_t i;

	if (!s->running) {
		s->running = pthread_create(&s->thread, NULL, send_all, s) == 0;
		if (!s->running) { /* no thread to be had: send it here */
			if (!atomic_load(&s->failed))
				send_buffer(s, 0);
			s->used[0] = 0;
			return;
		}
	}
	pthread_mutex_lock(&s->lock);
	s->head++;
	pthread_cond_signal(&s->filled);
	if (s->head - s->tail == SEND_BUFFERS)
		wait_for_room(s);
	pthread_mutex_unlock(&s->lock);
	i = s->head % SEND_BUFFERS;
	if (!s->buffers[i])
		s->buffers[i] = xmalloc(SEND_BYTES);
	s->used[i] = 0;
}

char *sender_room(struct sender *s, size_t n)
{
	size_t i = s->head % SEND_BUFFERS;

	if (SEND_BYTES - s->used[i] < n) {
		next_buffer(s);
		i = s->head % SEND_BUFFERS;
	}
	return atomic_load_explicit(&s->failed, memory_order_relaxed) ? NULL
								      : s->buffers[i] + s->used[i];
}

void sender_take(struct sender *s, size_t n)
{
	s->used[s->head % SEND_BUFFERS] += n;
}

int sender_add(struct sender *s, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		size_t i = s->head % SEND_BUFFERS, part = SEND_BYTES - s->used[i];
		char *room;

		if (part == 0)
			part = SEND_BYTES;
		if (part > n)
			part = n;
		room = sender_room(s, part);
		if (!room)
			return -1;
		memcpy(room, p, part);
		sender_take(s, part);
		p += part;
		n -= part;
	}
	return 0;
}

void sender_meanwhile(struct sender *s, bool (*work)(void *context), void *context)
{
	s->work = work;
	s->work_context = context;
}

uint64_t sender_waited(const struct sender *s)
{
	return s->waited_ns;
}

static void stop_thread(struct sender *s)
{
	if (!s->running)
		return;
	pthread_mutex_lock(&s->lock);
	s->finished = true;
	pthread_cond_signal(&s->filled);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
}

int sender_end(struct sender *s, const char *abort_reason, uint64_t *busy_ns, uint64_t *bytes,
	       struct error *e)
{
	uint64_t begun;
	int status;
	size_t i;

	stop_thread(s);
	i = s->head % SEND_BUFFERS;
	if (!abort_reason && !atomic_load(&s->failed) && s->used[i])
		send_buffer(s, i);
	begun = clock_now();
	if (s->error.class != ERROR_NONE) { /* the connection is gone */
		*e = s->error;
		status = -1;
	} else {
		if (!abort_reason && atomic_load(&s->failed))
			abort_reason = "the server answered before the end";
		status = pg_copy_end(s->pg, abort_reason, e);
		/* It was no refusal that made us stop, only something that came in between. */
		if (status < 0 && atomic_load(&s->failed) && strcmp(e->sqlstate, "57014") == 0)
			e->retryable = true;
	}
	if (busy_ns)
		*busy_ns += s->busy_ns + clock_now() - begun;
	if (bytes)
		*bytes += s->bytes;
	for (i = 0; i < SEND_BUFFERS; i++)
		free(s->buffers[i]);
	pthread_cond_destroy(&s->filled);
	pthread_cond_destroy(&s->emptied);
	pthread_mutex_destroy(&s->lock);
	free(s);
	return status;
}

/* many.c - many.h by MPI: meeting, voting, beginning together. See also many_mpi.h. */
#include "bench/many_mpi.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/memory.h"
#include "common/rank.h"

#define SPIN	    CLOCK_MS /* awaited so long without sleeping, so that ranks begin together */
#define SHORT_PAUSE (CLOCK_MS / 20)
#define LONG_PAUSE  (2 * CLOCK_MS)
#define LINGER	    (2 * CLOCK_SECOND)
#define TAG_PING    0
#define TAG_STOP    1
#define PINGS	    8

struct many many = {.size = 1, .neighbours = 1};

/* Nobody is kept waiting for long while `pause` is short, and no core is busy while it is long. */
static int wait_pausing(MPI_Request *request, uint64_t pause)
{
	uint64_t begun = clock_now();
	int done = 0;

	for (;;) {
		MPI_Test(request, &done, MPI_STATUS_IGNORE);
		if (done)
			return 0;
		if (interrupt_count()) {
			many.interrupted = many.over = true;
			return -1;
		}
		if (clock_now() - begun < SPIN)
			sched_yield();
		else
			clock_sleep(pause);
	}
}

int many_wait(MPI_Request *request)
{
	return wait_pausing(request, SHORT_PAUSE);
}

/* Where ranks wait for the slowest of them, however long that takes. */
static int all_gather(const void *mine, void *all, size_t size)
{
	MPI_Request request;

	MPI_Iallgather(mine, (int)size, MPI_BYTE, all, (int)size, MPI_BYTE, MPI_COMM_WORLD,
		       &request);
	return wait_pausing(&request, LONG_PAUSE);
}

int many_broadcast(void *data, size_t size, int from)
{
	MPI_Request request;

	MPI_Ibcast(data, (int)size, MPI_BYTE, from, MPI_COMM_WORLD, &request);
	return many_wait(&request);
}

static int send_to(int rank, const void *data, size_t size)
{
	MPI_Request request;

	MPI_Isend(data, (int)size, MPI_BYTE, rank, TAG_PING, MPI_COMM_WORLD, &request);
	return many_wait(&request);
}

static int receive_from(int rank, void *data, size_t size)
{
	MPI_Request request;

	MPI_Irecv(data, (int)size, MPI_BYTE, rank, TAG_PING, MPI_COMM_WORLD, &request);
	return many_wait(&request);
}

/* ---- joining ------------------------------------------------------------------------------- */

int many_init(struct error *e)
{
	struct many_host host = {.wall = clock_wall()};
	int level;
	MPI_Comm machine;

	if (!rank_is_given())
		return 0;
	if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS)
		return error_set(e, ERROR_CONFIG, "cannot join the other ranks: MPI_Init failed");
	many.joined = true;
	MPI_Comm_rank(MPI_COMM_WORLD, &many.rank);
	MPI_Comm_size(MPI_COMM_WORLD, &many.size);
	MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
	MPI_Comm_size(machine, &many.neighbours);
	MPI_Comm_free(&machine);
	many.hosts = xcalloc((size_t)many.size, sizeof(*many.hosts));
	many.votes = xcalloc((size_t)many.size, sizeof(*many.votes));
	many.clock_ahead = xcalloc((size_t)many.size, sizeof(*many.clock_ahead));
	gethostname(host.name, sizeof(host.name) - 1);
	if (all_gather(&host, many.hosts, sizeof(host)) < 0)
		return error_set(e, ERROR_INTERRUPTED, "interrupted while the ranks met");
	return 0;
}

/*
 * mpirun waits a second between SIGTERM and SIGKILL, but no longer once one of its children has
 * ended: so the others stay until rank 0 had its time to write.
 */
static void linger(void)
{
	uint64_t end = clock_now() + LINGER;

	while (clock_now() < end)
		clock_sleep(LONG_PAUSE);
}

void many_finish(void)
{
	/* After a signal the others may not come: without farewell, mpirun ends them. */
	if (many.joined && !many.interrupted)
		MPI_Finalize();
	else if (many.rank > 0)
		linger();
	free(many.hosts);
	free(many.votes);
	free(many.clock_ahead);
	free(many.ranks);
	kept_release(&many.kept);
	many.hosts = NULL;
	many.votes = NULL;
	many.clock_ahead = NULL;
	many.ranks = NULL;
}

unsigned many_rank(void)
{
	return (unsigned)many.rank;
}

unsigned many_size(void)
{
	return (unsigned)many.size;
}

unsigned many_neighbours(void)
{
	return (unsigned)many.neighbours;
}

uint64_t many_wall(void)
{
	return many.size > 1 ? many.hosts[0].wall : clock_wall();
}

/* ---- voting -------------------------------------------------------------------------------- */

/* The first rank that failed makes its error that of all, with its name. */
static int share_failure(const struct error *mine, struct error *e)
{
	struct error first = ERROR_INIT;
	int count = 0, who = many.size, i;

	for (i = many.size - 1; i >= 0; i--) {
		if (!many.votes[i].failed)
			continue;
		who = i;
		count++;
	}
	if (who == many.rank)
		first = *mine;
	if (many_broadcast(&first, sizeof(first), who) < 0)
		return error_set(e, ERROR_INTERRUPTED, "interrupted while rank %d failed", who);
	*e = first;
	if (count == many.size)
		return error_context(e, "on all %d ranks", count);
	if (count > 1)
		return error_context(e, "on %d of %d ranks, first rank %d on '%s'", count,
				     many.size, who, many.hosts[who].name);
	return error_context(e, "on rank %d on '%s'", who, many.hosts[who].name);
}

int many_poll(const struct error *mine, struct error *e)
{
	struct error why = mine ? *mine : (struct error)ERROR_INIT;
	int failed = 0, i;

	many.mine.failed = mine != NULL;
	if (all_gather(&many.mine, many.votes, sizeof(many.mine)) < 0)
		return error_set(e, ERROR_INTERRUPTED,
				 "interrupted while waiting for the other ranks");
	for (i = 0; i < many.size; i++)
		failed += many.votes[i].failed != 0;
	if (failed) {
		many.over = true;
		return share_failure(&why, e);
	}
	for (i = 0; i < many.size; i++) {
		if (many.votes[i].asked == many.votes[0].asked)
			continue;
		many.over = true;
		error_set(e, ERROR_CONFIG,
			  "rank %d on '%s' has other scripts or options than rank 0 on '%s'", i,
			  many.hosts[i].name, many.hosts[0].name);
		return error_hint(e, "give all ranks the same files, options and environment");
	}
	return 0;
}

void many_fail(struct error *e)
{
	struct error mine = *e;

	if (many.size > 1 && !many.over && !interrupt_count())
		many_poll(&mine, e);
	many.over = true;
	if (interrupt_count())
		many.interrupted = true;
}

/* ---- beginning ----------------------------------------------------------------------------- */

/*
 * How far each rank's clock is ahead of that of rank 0: by the fastest of a few round trips, whose
 * answer was given about half-way. Machines need not agree on the time of day.
 */
static int compare_clocks(int with)
{
	uint64_t fastest = UINT64_MAX, sent, theirs, back;
	int i;

	for (i = 0; i < PINGS; i++) {
		if (many.rank == with) {
			if (receive_from(0, &sent, sizeof(sent)) < 0)
				return -1;
			theirs = clock_now();
			if (send_to(0, &theirs, sizeof(theirs)) < 0)
				return -1;
			continue;
		}
		sent = clock_now();
		if (send_to(with, &sent, sizeof(sent)) < 0 ||
		    receive_from(with, &theirs, sizeof(theirs)) < 0)
			return -1;
		back = clock_now();
		if (back - sent >= fastest)
			continue;
		fastest = back - sent;
		many.clock_ahead[with] = (int64_t)(theirs - sent) - (int64_t)(fastest / 2);
	}
	return 0;
}

static int ready(void *context, struct error *e)
{
	MPI_Request request;
	int i;

	(void)context;
	if (many_poll(NULL, e) < 0)
		return -1;
	for (i = 1; i < many.size; i++)
		if ((many.rank == 0 || many.rank == i) && compare_clocks(i) < 0)
			break;
	if (!many.interrupted) {
		MPI_Ibarrier(MPI_COMM_WORLD, &request);
		if (many_wait(&request) == 0)
			return 0;
	}
	return error_set(e, ERROR_INTERRUPTED, "interrupted before the ranks began");
}

static void keep_second(void *context, const struct second *s)
{
	(void)context;
	kept_add(&many.kept, s);
}

/*
 * With --on-error stop the first rank that fails tells the others. The messages are empty and need
 * not be received: who has ended already does not listen any more.
 */
static bool stop(void *context, bool failed)
{
	static bool told;
	MPI_Request request;
	int heard = 0, i;

	(void)context;
	if (many.interrupted || told)
		return told;
	MPI_Iprobe(MPI_ANY_SOURCE, TAG_STOP, MPI_COMM_WORLD, &heard, MPI_STATUS_IGNORE);
	for (i = 0; failed && !heard && i < many.size; i++) {
		if (i == many.rank)
			continue;
		MPI_Isend(NULL, 0, MPI_BYTE, i, TAG_STOP, MPI_COMM_WORLD, &request);
		MPI_Request_free(&request);
	}
	told = heard || failed;
	return told;
}

static const struct engine_hooks hooks = {.ready = ready, .stop = stop, .second = keep_second};

static uint64_t hash(uint64_t h, const void *data, size_t size)
{
	const unsigned char *p = data;

	for (; size > 0; size--)
		h = (h ^ *p++) * 0x100000001b3ull; /* FNV-1a */
	return h;
}

static uint64_t hash_of(const struct engine_options *o)
{
	const struct workload *w = o->workload;
	const uint64_t numbers[] = {
		w->script_count, w->statement_count, o->connections,  o->protocol,
		o->warmup_ns,	 o->duration_ns,     o->transactions, o->max_lag_ns,
		o->max_tries,	 o->connect_each,    o->seed};
	uint64_t h = hash(0xcbf29ce484222325ull, numbers, sizeof(numbers));
	size_t i;

	h = hash(h, &o->rate, sizeof(o->rate));
	if (o->plan) {
		h = hash(h, o->plan->segments, o->plan->segment_count * sizeof(*o->plan->segments));
		h = hash(h, o->plan->patterns, o->plan->pattern_count * sizeof(*o->plan->patterns));
	}
	for (i = 0; i < w->script_count; i++)
		h = hash(h, &w->scripts[i].weight, sizeof(w->scripts[i].weight));
	for (i = 0; i < w->statement_count; i++)
		h = hash(h, w->statements[i]->text, strlen(w->statements[i]->text));
	return h;
}

int many_share(const struct engine_options *whole, struct engine_options *share, struct error *e)
{
	unsigned size = many_size(), rank = many_rank();
	unsigned each = whole->connections / size, more = whole->connections % size;

	*share = *whole;
	if (size == 1)
		return 0;
	if (each == 0) {
		error_set(e, ERROR_USAGE, "%u connections cannot be divided among %u ranks",
			  whole->connections, size);
		return error_hint(e, "use more connections (-c) or fewer ranks (mpirun -n)");
	}
	share->connections = each + (rank < more);
	share->first_client = rank * each + (rank < more ? rank : more);
	share->all_connections = whole->connections;
	share->process = rank;
	share->processes = size;
	if (share->threads > share->connections)
		share->threads = share->connections;
	share->progress = whole->progress && rank == 0;
	share->hooks = &hooks;
	many.mine.asked = hash_of(whole);
	many.connections = share->connections;
	return 0;
}

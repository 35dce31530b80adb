/* many_reduce.c - many.h by MPI: everything goes to rank 0, by reduction. See also many_mpi.h. */
#include "bench/many_mpi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/memory.h"

#define CHUNK 16 /* seconds merged at once */
#define FACTS 8192

/* MPI gives its operations no context. */
static const struct stats *like;

static void merge_stats(void *in, void *into, int *count, MPI_Datatype *type)
{
	(void)type;
	if (*count == 1) /* MPI may cut a message, and then asks for none, too */
		stats_merge(stats_flat(into, like), stats_flat(in, like));
}

static void merge_seconds(void *in, void *into, int *count, MPI_Datatype *type)
{
	struct second *a = into;
	const struct second *b = in;
	int i;

	(void)type;
	for (i = 0; i < *count; i++)
		second_merge(&a[i], &b[i]);
}

/* MPI's reduction onto rank 0 with an operation of ours over `count` structs of `size` bytes. */
static int reduce(MPI_User_function *merge, const void *mine, void *sum, size_t size, int count)
{
	MPI_Datatype type;
	MPI_Request request;
	MPI_Op op;
	int status;

	MPI_Type_contiguous((int)size, MPI_BYTE, &type);
	MPI_Type_commit(&type);
	MPI_Op_create(merge, 1, &op);
	MPI_Ireduce(mine, sum, count, type, op, 0, MPI_COMM_WORLD, &request);
	status = many_wait(&request);
	if (status < 0)
		return -1; /* under way still: the rest stays */
	MPI_Op_free(&op);
	MPI_Type_free(&type);
	return 0;
}

static int reduce_stats(const struct stats *mine, struct stats *sum)
{
	size_t size = stats_flat_size(like);
	char *out = xcalloc(1, size), *in = xcalloc(1, size);

	stats_merge(stats_flat(out, like), mine);
	if (reduce(merge_stats, out, in, size, 1) < 0)
		return -1;
	if (many.rank == 0)
		stats_merge(sum, stats_flat(in, like));
	free(out);
	free(in);
	return 0;
}

static double second_length(uint64_t index, uint64_t window_ns)
{
	uint64_t rest = window_ns - index * CLOCK_SECOND;

	return rest < CLOCK_SECOND ? (double)rest / 1e9 : 1;
}

/* Second by second, a chunk at once, so that memory stays bounded however long the run was. */
static int reduce_seconds(struct engine_result *sum, uint64_t count)
{
	struct second *out = xcalloc(CHUNK, sizeof(*out)), *in = xcalloc(CHUNK, sizeof(*in));
	uint64_t begin, i;

	for (begin = 0; begin < count; begin += CHUNK) {
		uint64_t n = count - begin < CHUNK ? count - begin : CHUNK;

		for (i = 0; i < n; i++)
			kept_get(&many.kept, begin + i, &out[i]);
		if (reduce(merge_seconds, out, in, sizeof(*out), (int)n) < 0)
			return -1;
		for (i = 0; many.rank == 0 && i < n; i++)
			engine_add_second(sum, &in[i], second_length(begin + i, sum->window_ns),
					  sum->thread_count);
	}
	free(out);
	free(in);
	return 0;
}

static int gather_busy(const struct engine_result *mine, struct engine_result *sum)
{
	int *counts = xcalloc((size_t)many.size * 2, sizeof(*counts)), *places, i;
	MPI_Request request;

	places = counts + many.size;
	for (i = 0; many.rank == 0 && i < many.size; i++) {
		counts[i] = (int)many.ranks[i].threads;
		places[i] = (int)sum->thread_count;
		sum->thread_count += many.ranks[i].threads;
	}
	sum->busy_share = xcalloc(sum->thread_count + 1, sizeof(*sum->busy_share));
	MPI_Igatherv(mine->busy_share, (int)mine->thread_count, MPI_DOUBLE, sum->busy_share, counts,
		     places, MPI_DOUBLE, 0, MPI_COMM_WORLD, &request);
	if (many_wait(&request) < 0)
		return -1;
	free(counts);
	return 0;
}

/* The first fact of this rank's server that rank 0 does not see so. */
static int compare_facts(const struct record *record, char *out, size_t size)
{
	struct buf all = {0}, line = {0};
	char theirs[FACTS] = "";
	size_t i;
	int status;

	buf_putc(&all, '\n');
	for (i = 0; i < record->target.count; i++)
		buf_printf(&all, "%s: %s\n", record->target.items[i].name,
			   record->target.items[i].value);
	snprintf(theirs, sizeof(theirs), "%s", buf_text(&all));
	status = many_broadcast(theirs, sizeof(theirs), 0);
	for (i = 0; status == 0 && i < record->target.count; i++) {
		const struct fact *fact = &record->target.items[i];

		buf_clear(&line);
		buf_printf(&line, "\n%s: %s\n", fact->name, fact->value);
		if (strstr(theirs, buf_text(&line)) || strlen(theirs) == FACTS - 1)
			continue;
		snprintf(out, size, "%s is '%s' there", fact->name, fact->value);
		break;
	}
	buf_release(&line);
	buf_release(&all);
	return status;
}

static void describe_rank(const struct engine_result *r, struct rank *out)
{
	unsigned i;

	snprintf(out->host, sizeof(out->host), "%s", many.hosts[many.rank].name);
	out->connections = many.connections;
	out->threads = r->thread_count;
	out->begin = r->begin;
	out->window_ns = r->window_ns;
	out->in_window = r->in_window;
	out->p50_us = histogram_percentile(&r->latency, 0.50) / 1e3;
	out->p99_us = histogram_percentile(&r->latency, 0.99) / 1e3;
	for (i = 0; i < r->thread_count; i++)
		if (r->busy_share[i] > out->busiest)
			out->busiest = r->busy_share[i];
	out->seconds = many.kept.count;
	out->seconds_full = many.kept.full;
	out->interrupted = r->interrupted;
	out->stopped_by_error = r->stopped_by_error;
	out->first_error = r->first_error;
}

/* In rank 0: what the ranks say together. Returns the number of seconds that all of them kept. */
static uint64_t add_up_ranks(struct engine_result *sum)
{
	uint64_t seconds = 0, kept = UINT64_MAX;
	int i;

	for (i = 0; i < many.size; i++) {
		struct rank *k = &many.ranks[i];

		k->start_offset_ns =
			(int64_t)(k->begin - many.ranks[0].begin) - many.clock_ahead[i];
		if (k->window_ns > sum->window_ns)
			sum->window_ns = k->window_ns;
		if (k->seconds > seconds)
			seconds = k->seconds;
		if (k->seconds_full && k->seconds < kept)
			kept = k->seconds;
		if (k->stopped_by_error && !sum->stopped_by_error)
			sum->first_error = k->first_error;
		sum->stopped_by_error = sum->stopped_by_error || k->stopped_by_error;
		sum->interrupted = sum->interrupted || k->interrupted;
	}
	return seconds < kept ? seconds : kept;
}

static int gather_ranks(const struct record *record, const struct engine_result *mine)
{
	struct rank *own = xcalloc(1, sizeof(*own));
	MPI_Request request;

	if (compare_facts(record, own->differs, sizeof(own->differs)) < 0)
		return -1;
	describe_rank(mine, own);
	many.ranks = xcalloc((size_t)many.size, sizeof(*many.ranks));
	MPI_Igather(own, sizeof(*own), MPI_BYTE, many.ranks, sizeof(*own), MPI_BYTE, 0,
		    MPI_COMM_WORLD, &request);
	if (many_wait(&request) < 0)
		return -1;
	free(own);
	return 0;
}

static int merge_all(const struct record *record, const struct engine_result *mine,
		     struct engine_result *sum)
{
	uint64_t seconds = 0;
	unsigned i;

	like = &mine->total;
	stats_init(&sum->total, like->script_count, like->statement_count, like->phase_count);
	sum->begin = mine->begin;
	if (gather_ranks(record, mine) < 0)
		return -1;
	if (many.rank == 0)
		seconds = add_up_ranks(sum);
	if (many_broadcast(&seconds, sizeof(seconds), 0) < 0 || gather_busy(mine, sum) < 0 ||
	    reduce_stats(&mine->total, &sum->total) < 0 || reduce_seconds(sum, seconds) < 0)
		return -1;
	for (i = 0; i < sum->total.script_count; i++)
		histogram_merge(&sum->latency, &sum->total.scripts[i].latency);
	for (i = 0, sum->in_window = 0; many.rank == 0 && i < many_size(); i++)
		sum->in_window += many.ranks[i].in_window;
	return 0;
}

/* The others are not asked any more: what this rank has must do. */
static int stay_alone(struct engine_result *result, struct error *e)
{
	e->class = ERROR_NONE;
	result->interrupted = true;
	many.interrupted = many.over = true;
	return 0;
}

int many_reduce(struct engine_options *whole, const struct record *record,
		struct engine_result *result, struct error *e)
{
	struct engine_result *sum;

	if (many.size == 1)
		return 1;
	if (result->interrupted)
		return stay_alone(result, e);
	if (many_poll(NULL, e) < 0)
		return many.interrupted ? stay_alone(result, e) : -1;
	sum = xcalloc(1, sizeof(*sum));
	if (merge_all(record, result, sum) < 0)
		return stay_alone(result, e);
	many.over = true;
	if (many.rank == 0) {
		engine_result_release(result);
		*result = *sum;
		whole->threads = sum->thread_count;
	} else {
		engine_result_release(sum);
	}
	free(sum);
	return 1;
}

void many_record(struct record *record)
{
	if (many.size == 1)
		return;
	if (many.interrupted)
		ranks_record_alone(record, many_size());
	else
		ranks_record(record, many.ranks, many_size());
}

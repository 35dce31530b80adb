/*
 * load_worker.c - threads that load the queue. Each has a connection and takes units from the
 * queue: a file, several small ones together (one transaction, one wait for the disk), or all files
 * of a table that is overwritten. A unit of several that fails is loaded file by file, so that one
 * bad file stops no other. What can heal is tried again after a pause that doubles.
 */
#include "migrate/load_parts.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/log.h"

#define GROUP_FILES 64
#define GROUP_BYTES (4 << 20)	/* of a group */
#define SMALL_BYTES (512 << 10) /* of a file that may be in a group */
#define TICK	    (50 * CLOCK_MS)
#define LOCKED_MS   30000 /* for the row of a file whose loader was killed in mid-statement */

static bool stopped(const struct worker *w)
{
	return interrupt_count() > 0 || atomic_load(&w->load->stop);
}

static void pause_for(const struct worker *w, double seconds)
{
	uint64_t until = clock_now() + (uint64_t)(seconds * 1e9);

	while (!stopped(w) && clock_now() < until)
		clock_sleep(TICK);
}

/* base x 2^(attempt - 1), up to a limit, times something between 0.5 and 1.5. */
static double wait_before(const struct worker *w, int attempt)
{
	double wait = w->load->settings->retry_s;
	struct timespec t;

	while (--attempt > 0 && wait < RETRY_MAX_S)
		wait *= 2;
	if (wait > RETRY_MAX_S)
		wait = RETRY_MAX_S;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return wait * (0.5 + (double)(t.tv_nsec / 1000 % 1000) / 1000);
}

/* 0 connected; -1 not to be had, `fatal` says why. */
static int connect(struct worker *w)
{
	int attempt = 0;

	while (!w->pg) {
		memset(&w->fatal, 0, sizeof(w->fatal));
		w->pg = load_connect(w->load->run->dsn, w->load->settings, &w->fatal);
		if (w->pg)
			break;
		if (!load_is_retryable(&w->fatal) || ++attempt >= w->load->settings->attempts ||
		    stopped(w))
			return -1;
		log_warn("%s; trying again", w->fatal.text);
		pause_for(w, wait_before(w, attempt));
	}
	return 0;
}

static void drop_connection(struct worker *w, const struct error *e)
{
	if (e->class != ERROR_CONNECT && e->class != ERROR_INTERRUPTED)
		return;
	pg_close(w->pg);
	w->pg = NULL;
	w->target_known = false;
}

/* ---- one unit ---------------------------------------------------------------------------------
 */

/* What the ledger says now; the file itself keeps what we knew. */
static int look_again(struct worker *w, const struct load_file *f, struct ledger_file *now,
		      struct error *e)
{
	*now = f->ledger;
	if (connect(w) < 0) {
		*e = w->fatal;
		return -1;
	}
	return ledger_look(w->pg, w->load->task, now, 1, e);
}

/*
 * The answer to a commit was lost: it happened when the ledger has one version more. The server may
 * still be at it; the file's row is free when it is through.
 */
static bool was_committed(struct worker *w, const struct load_file *f)
{
	struct error ignored = ERROR_INIT;
	struct ledger_file now;

	if (connect(w) == 0)
		ledger_wait(w->pg, &f->ledger);
	return look_again(w, f, &now, &ignored) == 0 && now.loaded &&
	       now.version == f->ledger.version + 1;
}

static int claim_files(struct worker *w, struct load_file **files, size_t n, bool *claimed,
		       struct error *e)
{
	struct ledger_file **ledger = xcalloc(n, sizeof(struct ledger_file *));
	size_t i;
	int count;

	for (i = 0; i < n; i++)
		ledger[i] = &files[i]->ledger;
	count = ledger_claim(w->pg, w->load->run->number, ledger, n, claimed, e);
	free(ledger);
	return count;
}

/*
 * Claims all of a unit. 1 ours; 0 not, outcome set (elsewhere, or loaded by somebody meanwhile).
 * A row that is locked by nobody alive is the end of a killed loader's transaction: wait for it.
 */
static int claim(struct worker *w, struct load_file **files, size_t n, struct error *e)
{
	uint64_t limit = clock_now() + LOCKED_MS * CLOCK_MS;
	bool *claimed = xcalloc(n, sizeof(bool));
	struct ledger_file now;
	int count, status = 0;
	size_t i;

	for (;;) {
		count = claim_files(w, files, n, claimed, e);
		status = count < 0 ? -1 : count == (int)n;
		if (status)
			break;
		for (i = 0; claimed[i]; i++)
			;
		status = look_again(w, files[i], &now, e);
		if (status < 0 || now.version != files[i]->ledger.version || now.alive ||
		    clock_now() > limit || stopped(w))
			break;
		pause_for(w, 0.2);
	}
	for (i = 0; status == 0 && i < n; i++)
		files[i]->outcome = LOAD_ELSEWHERE;
	free(claimed);
	return status;
}

static void succeed(struct load_file **files, size_t n, uint64_t begun)
{
	double seconds = (double)(clock_now() - begun) / 1e9;
	size_t i;

	for (i = 0; i < n; i++) {
		files[i]->outcome = LOAD_DONE;
		files[i]->seconds = seconds / (double)n;
		memset(&files[i]->error, 0, sizeof(files[i]->error));
	}
}

/* Writes the failure down. `wait` < 0: not before the next run. */
static void fail(struct worker *w, struct load_file **files, size_t n, double wait,
		 const struct error *why)
{
	struct error e = ERROR_INIT;
	size_t i;

	for (i = 0; i < n; i++) {
		files[i]->outcome = LOAD_FAILED;
		files[i]->error = *why;
		load_add_hint(&files[i]->error);
		if (connect(w) < 0 || ledger_fail(w->pg, w->load->run->number, &files[i]->ledger,
						  w->load->settings->attempts, wait, why, &e) < 0)
			drop_connection(w, &e);
	}
}

/* 0: every file has an outcome; 1: failed, but may heal; -1: this worker cannot go on. */
static int try_unit(struct worker *w, struct load_file **files, size_t n, struct error *why)
{
	uint64_t begun = clock_now();
	int status;

	if (connect(w) < 0)
		return -1;
	memset(why, 0, sizeof(*why));
	status = claim(w, files, n, why);
	if (status == 0)
		return 0;
	if (status > 0 && unit_load(w, files, n, why) == 0) {
		succeed(files, n, begun);
		return 0;
	}
	drop_connection(w, why);
	if (why->class == ERROR_INTERRUPTED)
		return -1;
	if (status > 0 && why->class == ERROR_CONNECT && was_committed(w, files[0])) {
		succeed(files, n, begun);
		return 0;
	}
	if (ledger_claim_lost(why)) {
		for (size_t i = 0; i < n; i++)
			files[i]->outcome = LOAD_ELSEWHERE;
		return 0;
	}
	return 1;
}

static int load_one(struct worker *w, struct load_file **files, size_t n)
{
	struct error why = ERROR_INIT;
	int attempt = 1, status;
	double wait;

	for (; (status = try_unit(w, files, n, &why)) == 1; attempt++) {
		bool again = load_is_retryable(&why) && attempt < w->load->settings->attempts;

		wait = again ? wait_before(w, attempt) : -1;
		fail(w, files, n, wait, &why);
		if (!again)
			return 0;
		log_warn("'%s': %s; attempt %d follows in %.1f s", files[0]->ledger.path, why.text,
			 attempt + 1, wait);
		files[0]->retries++;
		pause_for(w, wait);
		if (stopped(w))
			return -1;
	}
	return status;
}

static int load_group(struct worker *w, struct load_file **files, size_t n)
{
	struct error why = ERROR_INIT;
	size_t i;
	int status;

	if (n == 1 || w->load->settings->strategy->whole)
		return load_one(w, files, n);
	status = try_unit(w, files, n, &why);
	if (status < 0 || (status == 0 && files[0]->outcome == LOAD_DONE))
		return status;
	for (i = 0; i < n; i++) /* one by one: one of them is to blame, or elsewhere */
		if (load_one(w, files + i, 1) < 0)
			return -1;
	return 0;
}

/* ---- the queue --------------------------------------------------------------------------------
 */

/* Takes the next unit from the queue; returns how many files it has. */
static size_t take(struct load *l, struct load_file **files, size_t room)
{
	bool group = l->settings->strategy == &strategy_append;
	int64_t bytes = 0;
	size_t n = 0;

	pthread_mutex_lock(&l->lock);
	while (n < room && l->next < l->queue_count) {
		struct load_file *f = &l->out->files[l->queue[l->next]];
		bool small = group && !f->reload && f->ledger.size <= SMALL_BYTES;

		if (n && (!small || bytes + f->ledger.size > GROUP_BYTES) &&
		    !l->settings->strategy->whole)
			break;
		files[n++] = f;
		l->next++;
		bytes += f->ledger.size;
		if (!small && !l->settings->strategy->whole)
			break;
	}
	pthread_mutex_unlock(&l->lock);
	return n;
}

static void *work(void *context)
{
	struct worker *w = context;
	struct load *l = w->load;
	size_t room = l->settings->strategy->whole ? l->queue_count : GROUP_FILES, n;
	struct load_file **files = xcalloc(room, sizeof(*files));

	while (!stopped(w) && (n = take(l, files, room)) > 0)
		if (load_group(w, files, n) < 0)
			break;
	free(files);
	atomic_fetch_sub(&l->workers, 1);
	return NULL;
}

static void add_times(struct load *l, const struct worker *w)
{
	struct load_times *t = &l->out->times;
	size_t i;

	t->read += w->times.read;
	t->encode += w->times.encode;
	t->send += w->times.send;
	t->merge += w->times.merge;
	t->commit += w->times.commit;
	for (i = 0; i < REJECT_REASON_COUNT; i++)
		l->out->reasons.rows[i] += w->reasons.rows[i];
}

static int worker_count(const struct load *l)
{
	int64_t n = l->settings->strategy->ordered ? 1 : l->settings->jobs;

	return n > (int64_t)l->queue_count ? (int)l->queue_count : (int)n;
}

/* Files that no worker came to, although none was told to stop: say why. */
static int unfinished(const struct load *l, const struct worker *workers, int n, struct error *e)
{
	bool all = true;
	size_t k;
	int i;

	if (interrupt_count())
		return error_set(e, ERROR_INTERRUPTED, "interrupted");
	for (k = 0; k < l->queue_count; k++)
		all &= l->out->files[l->queue[k]].outcome != LOAD_WAITING;
	for (i = 0; !all && i < n; i++)
		if (workers[i].fatal.class != ERROR_NONE) {
			*e = workers[i].fatal;
			return -1;
		}
	return all ? 0 : error_set(e, ERROR_INTERNAL, "files were left over");
}

int load_workers(struct load *l, void (*tick)(void *, const struct load_result *), void *context,
		 struct error *e)
{
	int n = worker_count(l), i, status;
	struct worker *workers = xcalloc((size_t)n + 1, sizeof(*workers));

	atomic_store(&l->next, 0);
	atomic_store(&l->workers, n);
	for (i = 0; i < n; i++) {
		workers[i].load = l;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0)
			continue;
		atomic_fetch_sub(&l->workers, n - i);
		n = i;
		if (n == 0)
			error_set(&workers[0].fatal, ERROR_INTERNAL, "no thread can be started");
	}
	while (atomic_load(&l->workers) > 0) {
		clock_sleep(5 * CLOCK_MS);
		if (tick)
			tick(context, l->out);
	}
	for (i = 0; i < n; i++)
		pthread_join(workers[i].thread, NULL);
	status = unfinished(l, workers, n ? n : 1, e);
	for (i = 0; i < n; i++) {
		add_times(l, &workers[i]);
		target_release(&workers[i].target);
		reject_release(&workers[i].rejects);
		pg_close(workers[i].pg);
	}
	free(workers);
	return status;
}

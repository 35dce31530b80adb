/*
 * foreign.c - see foreign.h: the table of drivers, the limit of rows, and the watch over a query
 * whose driver waits inside a library: a thread that cancels it when its time is up or the user
 * pressed Ctrl-C.
 */
#include "common/foreign.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "common/clock.h"
#include "common/foreign_parts.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/password.h"

#define LOOK_MS	 50
#define GRACE_NS (5 * CLOCK_SECOND) /* for a cancelled query to end */

static const struct foreign_driver *const drivers[] = {&foreign_databricks, &foreign_mysql,
						       &foreign_odbc, &foreign_postgres};
#define DRIVERS (sizeof(drivers) / sizeof(drivers[0]))

enum fired { FIRED_NOT, FIRED_TIME, FIRED_INTERRUPT };

struct watch {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool running, end;  /* the thread */
	bool armed;	    /* a query is under way */
	uint64_t deadline;  /* of it; 0: none */
	uint64_t cancelled; /* when it was; 0: it was not */
	enum fired fired;
};

struct foreign {
	const struct foreign_driver *driver;
	struct foreign_options options;
	void *self;
	struct foreign_rows out;
	size_t rows; /* of the query */
	bool more, busy;
	struct watch watch;
};

const char *foreign_kind_word(enum foreign_kind k)
{
	static const char *const words[] = {
		[FOREIGN_TEXT] = "text",	   [FOREIGN_INTEGER] = "integer",
		[FOREIGN_DECIMAL] = "decimal",	   [FOREIGN_FLOAT] = "float",
		[FOREIGN_DOUBLE] = "double",	   [FOREIGN_BOOLEAN] = "boolean",
		[FOREIGN_BYTES] = "bytes",	   [FOREIGN_BITS] = "bits",
		[FOREIGN_DATE] = "date",	   [FOREIGN_TIME] = "time",
		[FOREIGN_TIMESTAMP] = "timestamp", [FOREIGN_INTERVAL] = "interval",
		[FOREIGN_JSON] = "JSON",
	};

	return words[k];
}

/* ---- URLs ---- */

static const struct foreign_driver *find_driver(const char *url)
{
	size_t i, k;

	for (i = 0; i < DRIVERS; i++)
		for (k = 0; k < 4 && drivers[i]->schemes[k]; k++) {
			size_t n = strlen(drivers[i]->schemes[k]);

			if (strncasecmp(url, drivers[i]->schemes[k], n) == 0 && url[n] == ':')
				return drivers[i];
		}
	return NULL;
}

int foreign_check_url(const char *url, struct error *e)
{
	if (find_driver(url))
		return 0;
	error_set(e, ERROR_USAGE, "the source's URL begins with nothing that is known");
	return error_hint(e,
			  "give postgres://, redshift://, mysql://, mariadb://, databricks:// or "
			  "odbc:");
}

void foreign_name(const char *url, struct buf *out)
{
	log_mask(out, url);
}

void foreign_list(struct buf *out)
{
	size_t i, k;

	for (i = 0; i < DRIVERS; i++) {
		for (k = 0; k < 4 && drivers[i]->schemes[k]; k++)
			buf_printf(out, "%s%s:", k ? " " : "", drivers[i]->schemes[k]);
		buf_printf(out, " %s (%s)\n", drivers[i]->name, drivers[i]->tested);
	}
}

/* ---- the watch ---- */

static void wait_a_little(struct watch *w)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += LOOK_MS * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&w->changed, &w->lock, &until);
}

/* The lock is held, so the query cannot end, and the next one begin, while it is cancelled. */
static void look(struct foreign *f)
{
	struct watch *w = &f->watch;
	uint64_t now = clock_now();

	if (w->cancelled) {
		if (now - w->cancelled > GRACE_NS) {
			f->driver->cancel(f->self, true);
			w->cancelled = now;
		}
		return;
	}
	if (interrupt_count() > 0)
		w->fired = FIRED_INTERRUPT;
	else if (w->deadline && now > w->deadline)
		w->fired = FIRED_TIME;
	if (w->fired) {
		f->driver->cancel(f->self, false);
		w->cancelled = clock_now();
	}
}

static void *watch_main(void *context)
{
	struct foreign *f = context;
	struct watch *w = &f->watch;

	pthread_mutex_lock(&w->lock);
	while (!w->end) {
		if (w->armed)
			look(f);
		if (w->armed)
			wait_a_little(w);
		else
			pthread_cond_wait(&w->changed, &w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static int begin_watch(struct foreign *f, struct error *e)
{
	struct watch *w = &f->watch;

	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	if (!f->driver->cancel)
		return 0;
	w->running = pthread_create(&w->thread, NULL, watch_main, f) == 0;
	return w->running ? 0 : error_set(e, ERROR_INTERNAL, "cannot start a thread");
}

static void end_watch(struct watch *w)
{
	pthread_mutex_lock(&w->lock);
	w->end = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	if (w->running)
		pthread_join(w->thread, NULL);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->changed);
}

static void arm(struct foreign *f)
{
	struct watch *w = &f->watch;

	pthread_mutex_lock(&w->lock);
	w->armed = true;
	w->fired = FIRED_NOT;
	w->cancelled = 0;
	w->deadline = f->options.timeout_ms
			      ? clock_now() + (uint64_t)f->options.timeout_ms * CLOCK_MS
			      : 0;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

static enum fired disarm(struct foreign *f)
{
	enum fired fired;

	pthread_mutex_lock(&f->watch.lock);
	f->watch.armed = false;
	fired = f->watch.fired;
	pthread_mutex_unlock(&f->watch.lock);
	return fired;
}

/* A query that ended while it was cancelled failed for that reason, whatever the driver says. */
static int fail(struct foreign *f, struct error *e)
{
	enum fired fired = disarm(f);

	if (fired == FIRED_INTERRUPT || interrupt_count() > 0) {
		error_set(e, ERROR_INTERRUPTED, "interrupted while the source worked");
	} else if (fired == FIRED_TIME) {
		error_set(e, ERROR_SQL, "it took longer than the limit of %g s",
			  f->options.timeout_ms / 1000.0);
		snprintf(e->sqlstate, sizeof(e->sqlstate), "57014");
	}
	foreign_end(f);
	return -1;
}

/* ---- connections ---- */

struct foreign *foreign_open(const struct foreign_options *o, struct error *e)
{
	struct foreign *f;

	if (foreign_check_url(o->url, e) < 0)
		return NULL;
	if (o->password_command && password_command(o->url, o->password_command, 0, e) < 0)
		return NULL;
	f = xcalloc(1, sizeof(*f));
	f->driver = find_driver(o->url);
	f->options = *o;
	f->self = f->driver->open(&f->options, &f->out, e);
	if (!f->self) {
		free(f);
		error_context(e, "the source");
		return NULL;
	}
	if (begin_watch(f, e) < 0) {
		foreign_close(f);
		return NULL;
	}
	return f;
}

void foreign_close(struct foreign *f)
{
	if (!f)
		return;
	foreign_end(f);
	end_watch(&f->watch);
	f->driver->close(f->self);
	free(f);
}

bool foreign_alive(const struct foreign *f)
{
	return f->driver->alive(f->self);
}

/* ---- queries ---- */

int foreign_query(struct foreign *f, const char *sql, struct error *e)
{
	foreign_end(f);
	f->rows = 0;
	f->more = false;
	f->out.more = false;
	f->out.width = 0;
	f->busy = true;
	arm(f);
	return f->driver->query(f->self, sql, e) < 0 ? fail(f, e) : 0;
}

size_t foreign_columns(const struct foreign *f, const struct foreign_column **columns)
{
	*columns = f->out.columns;
	return f->out.width;
}

int foreign_next(struct foreign *f, const struct foreign_cell **cells, struct error *e)
{
	int status;

	if (!f->busy)
		return 0;
	status = f->driver->next(f->self, e);
	if (status < 0)
		return fail(f, e);
	if (status == 0 || (f->options.rows_max && f->rows == f->options.rows_max)) {
		f->more = status > 0 || f->out.more;
		foreign_end(f);
		return 0;
	}
	f->rows++;
	*cells = f->out.cells;
	return 1;
}

bool foreign_more(const struct foreign *f)
{
	return f->more;
}

/* Disarmed first: what remains to be read of the query is the driver's to drop. */
void foreign_end(struct foreign *f)
{
	if (!f->busy)
		return;
	f->busy = false;
	disarm(f);
	f->driver->end(f->self);
}

/*
 * observe_look.c - one look at the server: the samples of a second.
 *
 * Samples are tried one by one first; those that work go into one statement, so that a second
 * costs two round trips, whatever the distance. What does not work is a miss, never an error.
 * Nothing in an answer is believed: what is not a number is not known.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/observe_data.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"

double observe_number_of(const char *text)
{
	double v;

	return text && text_to_double(text, &v) ? v : (double)NAN;
}

struct pg_result *observe_ask(struct observer *o, const char *sql, const char *const *values, int n,
			      struct error *e)
{
	o->own++;
	return pg_query(o->pg, sql, values, n, e);
}

bool observe_survives(const struct error *e)
{
	return e->class != ERROR_CONNECT;
}

void observe_miss(struct observer *o, const char *object, const char *evidence, const char *fix)
{
	struct observe_miss *m;
	size_t i;

	pthread_mutex_lock(&o->lock);
	for (i = 0; i < o->miss_count; i++)
		if (strcmp(o->misses[i].object, object) == 0)
			break;
	if (i == o->miss_count && i < OBSERVE_MISSES && !o->abandoned) {
		m = &o->misses[o->miss_count++];
		snprintf(m->object, sizeof(m->object), "%s", object);
		snprintf(m->evidence, sizeof(m->evidence), "%s", evidence);
		snprintf(m->fix, sizeof(m->fix), "%s", fix);
	}
	pthread_mutex_unlock(&o->lock);
}

void observe_miss_sample(struct observer *o, const char *object, const struct error *e)
{
	const char *fix = "nothing, if it is not needed; the other figures are there";

	if (strcmp(e->sqlstate, "42501") == 0)
		fix = "grant pg_monitor to the user of the run";
	else if (strcmp(e->sqlstate, "57014") == 0)
		fix = "the server was too slow to answer within a second";
	observe_miss(o, object, e->text, fix);
}

/* A query that gives 't' or nothing. */
static bool is_true(struct observer *o, const char *sql, bool otherwise, struct error *e)
{
	struct pg_result *r = observe_ask(o, sql, NULL, 0, e);
	bool answer = otherwise;

	if (!r)
		return otherwise;
	if (pg_rows(r) == 1 && pg_value(r, 0, 0))
		answer = strcmp(pg_value(r, 0, 0), "t") == 0;
	pg_free(r);
	return answer;
}

/* Tries one sample; false: the connection is gone. */
static bool probe_sample(struct observer *o, const struct observe_sample *s, bool *works)
{
	struct error e = ERROR_INIT;
	struct pg_result *r;

	*works = false;
	if (s->needs && !is_true(o, s->needs, false, &e))
		return observe_survives(&e);
	r = observe_ask(o, s->sql, NULL, 0, &e);
	if (!r) {
		if (observe_survives(&e))
			observe_miss_sample(o, s->name, &e);
		return observe_survives(&e);
	}
	*works = pg_rows(r) == 1;
	if (!*works)
		observe_miss(o, s->name, "the server's answer is not one row",
			     "point -d at a Postgres to see its side of the run");
	pg_free(r);
	return true;
}

/* "select * from (select ...) s0, (select ...) s1"; the width of a row goes into `width`. */
static char *combine(const bool *working, size_t *width)
{
	struct buf sql = {0};
	char *text;
	size_t i;

	*width = OBSERVE_ROW_HEAD;
	for (i = 0; i < observe_sample_count; i++) {
		if (!working[i])
			continue;
		buf_printf(&sql, "%s(%s) s%zu",
			   sql.len ? ", " : "select /* " OBSERVE_APPLICATION " */ * from ",
			   observe_samples[i].sql, i);
		*width += observe_samples[i].column_count;
	}
	text = xstrdup(buf_text(&sql));
	buf_release(&sql);
	return text;
}

static bool probe_statements(struct observer *o)
{
	struct error e = ERROR_INIT;
	struct pg_result *r = observe_ask(o, observe_statements_where_sql, NULL, 0, &e);

	if (!r)
		return observe_survives(&e);
	free(o->statements_schema);
	o->statements_schema = NULL;
	if (pg_rows(r) == 1 && pg_value(r, 0, 0))
		o->statements_schema = xstrdup(pg_value(r, 0, 0));
	else
		observe_miss(
			o, "pg_stat_statements",
			"the extension is not in this database, so there is no table of the "
			"server's own times of statements",
			"put pg_stat_statements into shared_preload_libraries, restart, and run "
			"'create extension pg_stat_statements' in this database");
	pg_free(r);
	return true;
}

static bool probe_privileges(struct observer *o)
{
	struct error e = ERROR_INIT;

	if (!is_true(o, observe_privilege_sql, true, &e) && observe_survives(&e))
		observe_miss(
			o, "other users' sessions",
			"this user does not see what sessions and statements of other users do",
			"grant pg_read_all_stats (or pg_monitor) to the user of the run");
	return observe_survives(&e);
}

/* Finds out what works. The set is made once: series must not change their columns. */
bool observe_probe(struct observer *o)
{
	bool working[sizeof(o->working)] = {false};
	char *combined;
	size_t i, width;

	o->version = pg_server_version(o->pg);
	for (i = 0; i < observe_sample_count && i < sizeof(o->working); i++)
		if (observe_sample_fits(&observe_samples[i], o->version) &&
		    !probe_sample(o, &observe_samples[i], &working[i]))
			return false;
	if (!probe_privileges(o) || !probe_statements(o))
		return false;
	combined = combine(working, &width);
	pthread_mutex_lock(&o->lock);
	memcpy(o->working, working, sizeof(o->working));
	o->width = width;
	pthread_mutex_unlock(&o->lock);
	o->combined = combined;
	o->probed = true;
	return true;
}

static void keep_row(struct observer *o, const struct pg_result *r, uint64_t begin, uint64_t second)
{
	double *row;
	size_t i;

	pthread_mutex_lock(&o->lock);
	if (!o->abandoned) {
		o->rows =
			xgrow(o->rows, o->row_count, &o->row_capacity, o->width * sizeof(*o->rows));
		row = o->rows + o->row_count++ * o->width;
		row[OBSERVE_ROW_TIME] = (double)(clock_now() - begin) / 1e9;
		row[OBSERVE_ROW_SECOND] = (double)second;
		row[OBSERVE_ROW_OWN] = (double)o->own;
		row[OBSERVE_ROW_LAST] = atomic_load(&o->stop_at) != 0;
		for (i = OBSERVE_ROW_HEAD; i < o->width; i++)
			row[i] = observe_number_of(pg_value(r, 0, (int)(i - OBSERVE_ROW_HEAD)));
	}
	pthread_mutex_unlock(&o->lock);
}

static void count_wait(struct observer *o, const char *type, const char *event, double count)
{
	struct observe_wait *w;
	size_t i;

	if (!type || !event || !(count > 0 && count < 1e9))
		return;
	for (i = 0; i < o->wait_count; i++)
		if (strcmp(o->waits[i].type, type) == 0 && strcmp(o->waits[i].event, event) == 0)
			break;
	if (i == OBSERVE_WAITS)
		return;
	w = &o->waits[i];
	if (i == o->wait_count) {
		if (strlen(type) >= sizeof(w->type) || strlen(event) >= sizeof(w->event))
			return;
		snprintf(w->type, sizeof(w->type), "%s", type);
		snprintf(w->event, sizeof(w->event), "%s", event);
		o->wait_count++;
	}
	w->count += (uint64_t)count;
}

static void note_late(struct observer *o)
{
	pthread_mutex_lock(&o->lock);
	o->late++;
	pthread_mutex_unlock(&o->lock);
}

static bool tick_waits(struct observer *o)
{
	struct error e = ERROR_INIT;
	struct pg_result *r = observe_ask(o, observe_waits_sql, NULL, 0, &e);
	int i;

	if (!r)
		return observe_survives(&e);
	pthread_mutex_lock(&o->lock);
	for (i = 0; i < pg_rows(r) && !o->abandoned; i++)
		count_wait(o, pg_value(r, i, 0), pg_value(r, i, 1),
			   observe_number_of(pg_value(r, i, 2)));
	pthread_mutex_unlock(&o->lock);
	pg_free(r);
	return true;
}

bool observe_tick(struct observer *o, uint64_t begin, uint64_t second)
{
	struct error e = ERROR_INIT;
	struct pg_result *r;

	if (o->width <= OBSERVE_ROW_HEAD)
		return true;
	r = observe_ask(o, o->combined, NULL, 0, &e);
	if (!r) {
		log_debug("a sample of the server is missing: %s", e.text);
		note_late(o);
		return observe_survives(&e);
	}
	if (pg_rows(r) == 1)
		keep_row(o, r, begin, second);
	pg_free(r);
	return tick_waits(o);
}

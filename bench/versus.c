/* versus.c - see versus.h. */
#include "bench/versus.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/observe.h"
#include "bench/preflight.h"
#include "bench/versus_result.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "common/memory.h"

#define TURN_MIN_S 0.1

bool versus_asked(const struct invocation *inv)
{
	return option_given(inv, "versus") || option_given(inv, "ab");
}

static unsigned rounds_of(const struct invocation *inv)
{
	return (unsigned)option_int(inv, "rounds");
}

static double turn_seconds(const struct invocation *inv)
{
	if (option_given(inv, "round-duration"))
		return option_number(inv, "round-duration");
	return option_number(inv, "duration") / rounds_of(inv);
}

int versus_check(const struct invocation *inv, struct error *e)
{
	static const char *const needs[] = {"rounds", "round-duration", "max-regression"};
	size_t i;

	if (option_given(inv, "versus") && option_given(inv, "ab")) {
		error_set(e, ERROR_USAGE, "--versus and --ab cannot both be given");
		return error_hint(e, "change one thing at a time: the server or the script");
	}
	for (i = 0; i < sizeof(needs) / sizeof(needs[0]) && !versus_asked(inv); i++)
		if (option_given(inv, needs[i]))
			return error_set(e, ERROR_USAGE, "--%s needs --versus or --ab", needs[i]);
	if (!versus_asked(inv))
		return 0;
	if (option_given(inv, "workload"))
		return error_set(e, ERROR_USAGE,
				 "a workload file has phases of its own: --versus and --ab cannot "
				 "be given with it");
	if (option_given(inv, "transactions"))
		return error_set(e, ERROR_USAGE,
				 "rounds have a duration: use -T or --round-duration, not -t");
	if (turn_seconds(inv) < TURN_MIN_S - 1e-9) { /* 0.6 / 6 is less than 0.1 */
		error_set(e, ERROR_USAGE,
			  "%u rounds in %g s leave %g s for each turn, %g are needed",
			  rounds_of(inv), option_number(inv, "duration"), turn_seconds(inv),
			  TURN_MIN_S);
		return error_hint(e, "run longer (-T), or give --round-duration");
	}
	return 0;
}

static const char *find_fact(const struct facts *facts, const char *name)
{
	size_t i;

	for (i = 0; i < facts->count; i++)
		if (strcmp(facts->items[i].name, name) == 0)
			return facts->items[i].value;
	return "";
}

/*
 * B's server and statements; what differs from A's goes into the record. `where` gets what to call
 * the server.
 */
static int check_b(struct engine_options *b, struct record *record, const char **where,
		   struct error *e)
{
	struct record *other = record_new("bench", "run", 0, NULL);
	int status = preflight(b, other, e);
	char name[200];
	size_t i;

	for (i = 0; i < other->target.count && status == 0; i++) {
		const struct fact *f = &other->target.items[i];

		if (strcmp(f->value, find_fact(&record->target, f->name)) == 0)
			continue;
		snprintf(name, sizeof(name), "B: %s", f->name);
		record_target(record, name, f->value);
	}
	*where = arena_printf(&record->arena, "%s on %s", find_fact(&other->target, "database"),
			      find_fact(&other->target, "host"));
	record_free(other);
	return status < 0 ? error_context(e, "B") : 0;
}

static void describe(const struct invocation *inv, const struct engine_options *b,
		     const char *where, struct record *record)
{
	char names[200] = "", text[64];
	const char *title = arena_strdup(&record->arena, record->title);
	size_t i, n = 0;

	for (i = 0; i < b->workload->script_count && option_given(inv, "ab"); i++)
		if (n < sizeof(names))
			n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s", i ? " + " : "",
					      b->workload->scripts[i].name);
	record_title(record, "A: %s; B: %s", title, option_given(inv, "ab") ? names : where);
	snprintf(text, sizeof(text), "%u of A and B, %g s each", rounds_of(inv), turn_seconds(inv));
	record_target(record, "rounds", text);
}

/* 1: the turn counts, 0: the run is to end, -1: the turn could not start. */
static int take_turn(struct engine_options *o, struct tally *tally, struct turn_course *course,
		     struct versus_result *v, struct error *ended_by)
{
	struct observer *observer = v->observe ? observe_start(o->dsn) : NULL;
	struct engine_result result;
	int status;

	o->window_opens = observer ? observe_window(observer) : NULL;
	status = engine_run(o, &result, ended_by);
	course->observed = observer ? record_new("bench", "run", 0, NULL) : NULL;
	observe_stop(observer, status < 0 ? NULL : &result, course->observed);
	if (status < 0)
		return -1;
	tally_add(tally, &result);
	v->interrupted = result.interrupted || interrupt_count() > 0;
	if (result.stopped_by_error) {
		*ended_by = result.first_error;
		v->error = ended_by;
	}
	status = !v->interrupted && !result.stopped_by_error;
	course->seconds = result.seconds;
	course->second_count = result.second_count;
	result.seconds = NULL;
	engine_result_release(&result);
	return status;
}

static void tally_merge(struct tally *into, const struct tally *from)
{
	into->done += from->done;
	into->failed += from->failed;
	into->skipped += from->skipped;
	into->in_window += from->in_window;
	into->window_ns += from->window_ns;
	into->busy_share = fmax(into->busy_share, from->busy_share);
	histogram_merge(&into->latency, &from->latency);
	into->real_failures = into->real_failures || from->real_failures;
	if (into->message[0] == '\0')
		memcpy(into->message, from->message, sizeof(into->message));
}

/* Both turns of a round; it counts when both are complete. */
static int take_round(const struct engine_options *sides, size_t round, struct tally *scratch,
		      struct versus_result *v, struct error *ended_by)
{
	struct turn_course courses[2] = {{0}};
	int status = 1, i;

	memset(scratch, 0, 2 * sizeof(*scratch));
	for (i = 0; i < 2 && status == 1; i++) {
		int side = (int)(round % 2) ^ i; /* A B, B A, ... */
		struct turn *turn = &v->turns[2 * round + (size_t)i];
		struct engine_options o = sides[side];

		o.seed += round;
		log_debug("round %zu: %c", round + 1, "AB"[side]);
		status = take_turn(&o, &scratch[side], &courses[side], v, ended_by);
		if (status < 0)
			error_context(ended_by, "round %zu, %c", round + 1, "AB"[side]);
		turn->is_b = side == 1;
		turn->failed = scratch[side].failed;
		tally_figures(&scratch[side], turn->figures);
	}
	for (i = 0; i < 2; i++) {
		if (status == 1) {
			tally_merge(&v->sides[i], &scratch[i]);
			course_add(&v->courses[i], &courses[i]);
		}
		turn_course_release(&courses[i]);
	}
	v->rounds += status == 1;
	return status;
}

/* -1 when not even the first round was complete because a turn could not start. */
static int take_rounds(const struct engine_options *sides, size_t rounds, struct versus_result *v,
		       struct error *ended_by)
{
	struct tally *scratch = xcalloc(2, sizeof(*scratch));
	int status = 1;

	while (status == 1 && v->rounds < rounds)
		status = take_round(sides, v->rounds, scratch, v, ended_by);
	free(scratch);
	if (status == -1 && v->rounds == 0)
		return -1;
	if (status == -1 && ended_by->class == ERROR_INTERRUPTED)
		v->interrupted = true; /* while connecting */
	else if (status == -1)
		v->error = ended_by;
	return 0;
}

int versus_run(const struct invocation *inv, const struct engine_options *a,
	       struct engine_options *b, struct record *record, struct error *e)
{
	struct versus_result *v = xcalloc(1, sizeof(*v));
	struct engine_options sides[2];
	struct error ended_by = ERROR_INIT;
	const char *where;
	int status = check_b(b, record, &where, e);
	int i;

	v->poll = a->poll;
	v->turn_s = turn_seconds(inv);
	/* What is sampled each second says nothing of a turn that is shorter. */
	v->observe = strcmp(option_text(inv, "observe"), "on") == 0 && v->turn_s >= 1;
	sides[0] = *a;
	sides[1] = *b; /* what the check found out is in it */
	for (i = 0; i < 2; i++)
		sides[i].duration_ns = (uint64_t)(v->turn_s * 1e9);
	v->turns = xcalloc(2 * (size_t)rounds_of(inv), sizeof(*v->turns));
	if (status == 0) {
		describe(inv, b, where, record);
		status = take_rounds(sides, rounds_of(inv), v, &ended_by);
		if (status < 0)
			*e = ended_by;
	}
	if (status == 0)
		versus_record(record, v,
			      option_given(inv, "max-regression")
				      ? option_number(inv, "max-regression")
				      : (double)INFINITY);
	for (i = 0; i < 2; i++)
		course_release(&v->courses[i]);
	free(v->turns);
	free(v);
	return status;
}

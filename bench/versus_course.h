/*
 * versus_course.h - private to bench: how A and B went, second by second of their turns, seen by
 * the client and by the server.
 *
 * Both have turns of the same length in the same number, so row k of a series is the k-th second
 * that each side ran, and the two can be drawn over each other.
 */
#ifndef LAKEPORT_BENCH_VERSUS_COURSE_H
#define LAKEPORT_BENCH_VERSUS_COURSE_H

#include <stddef.h>

#include "bench/engine.h"
#include "common/record.h"

struct turn_course {
	struct engine_second *seconds;
	size_t second_count;
	struct record *observed; /* its series and findings are the server's; may be NULL */
};

struct course { /* the turns of a side; owns them */
	struct turn_course *turns;
	size_t count, capacity;
};

void turn_course_release(struct turn_course *t);
void course_add(struct course *c, struct turn_course *turn); /* which is empty then */
void course_release(struct course *c);

/* Adds series, and what the observers had to say, once. `turn_s`: length of a turn. */
void courses_record(struct record *r, const struct course *sides, double turn_s);

#endif

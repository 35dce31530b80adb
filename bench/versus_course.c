/* versus_course.c - see versus_course.h. */
#include "bench/versus_course.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#define MAX_COLUMNS 64

static const char *const side_names[] = {"A", "B"};

void turn_course_release(struct turn_course *t)
{
	free(t->seconds);
	record_free(t->observed);
	memset(t, 0, sizeof(*t));
}

void course_add(struct course *c, struct turn_course *turn)
{
	c->turns = xgrow(c->turns, c->count, &c->capacity, sizeof(*c->turns));
	c->turns[c->count++] = *turn;
	memset(turn, 0, sizeof(*turn));
}

void course_release(struct course *c)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		turn_course_release(&c->turns[i]);
	free(c->turns);
	memset(c, 0, sizeof(*c));
}

/* Rows that a turn has in a series: its whole seconds; of a turn that is shorter, all of it. */
static size_t rows_of_turn(double turn_s)
{
	return turn_s < 1 ? 1 : (size_t)(turn_s + 1e-6);
}

static const struct engine_second *second_at(const struct course *c, size_t rows, size_t i)
{
	const struct turn_course *t = &c->turns[i / rows];

	return i % rows < t->second_count ? &t->seconds[i % rows] : NULL;
}

/* The client's side, A and B beside each other. */
static void add_client(struct record *r, const struct course *sides, double turn_s)
{
	static const struct record_column columns[] = {
		{"rate_a", "Rate, A", "tx/s", BETTER_HIGHER, false},
		{"rate_b", "Rate, B", "tx/s", BETTER_HIGHER, false},
		{"latency_p50_us_a", "Latency, A p50", "us", BETTER_LOWER, false},
		{"latency_p50_us_b", "Latency, B p50", "us", BETTER_LOWER, false},
		{"latency_p99_us_a", "Latency, A p99", "us", BETTER_LOWER, false},
		{"latency_p99_us_b", "Latency, B p99", "us", BETTER_LOWER, false},
	};
	size_t rows = rows_of_turn(turn_s), n = sides[0].count, i, k;
	struct series *s =
		record_series(r, "turns", "A and B over the time of their turns", fmin(turn_s, 1),
			      columns, sizeof(columns) / sizeof(columns[0]));

	for (i = 0; i < n * rows; i++) {
		double row[6];

		for (k = 0; k < 2; k++) {
			const struct engine_second *second = second_at(&sides[k], rows, i);
			bool any = second && second->rate > 0;

			row[k] = second ? second->rate : (double)NAN;
			row[2 + k] = any ? second->p50_us : (double)NAN;
			row[4 + k] = any ? second->p99_us : (double)NAN;
		}
		series_row(r, s, row);
	}
}

static const struct series *find_series(const struct record *r, const char *name)
{
	size_t i;

	for (i = 0; r && i < r->series_count; i++)
		if (strcmp(r->series[i]->name, name) == 0)
			return r->series[i];
	return NULL;
}

static size_t find_column(const struct record_column *columns, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n && strcmp(columns[i].name, name) != 0; i++)
		;
	return i;
}

/* What a server shows may begin to show late: the columns of all turns. */
static size_t gather_columns(const struct course *c, const char *name,
			     struct record_column *columns)
{
	size_t n = 0, i, k;

	for (i = 0; i < c->count; i++) {
		const struct series *s = find_series(c->turns[i].observed, name);

		for (k = 0; s && k < s->column_count; k++)
			if (n < MAX_COLUMNS && find_column(columns, n, s->columns[k].name) == n)
				columns[n++] = s->columns[k];
	}
	return n;
}

static void add_server_row(struct record *r, struct series *to, const struct series *from,
			   size_t row)
{
	double values[MAX_COLUMNS];
	size_t i, k;

	for (i = 0; i < to->column_count; i++) {
		k = from ? find_column(from->columns, from->column_count, to->columns[i].name) : 0;
		values[i] = from && k < from->column_count && row < from->row_count
				    ? from->values[row * from->column_count + k]
				    : (double)NAN;
	}
	series_row(r, to, values);
}

/* All turns of one of the server's series, one after the other. */
static void add_server_series(struct record *r, const struct course *c, size_t side,
			      const struct series *like, size_t rows)
{
	struct record_column columns[MAX_COLUMNS];
	size_t n = gather_columns(c, like->name, columns), i, k;
	const char *suffix = side ? "b" : "a";
	struct series *s;

	s = record_series(r, arena_printf(&r->arena, "%s_%s", like->name, suffix),
			  arena_printf(&r->arena, "%s. %s", side_names[side], like->title), 1,
			  columns, n);
	for (i = 0; i < c->count; i++)
		for (k = 0; k < rows; k++)
			add_server_row(r, s, find_series(c->turns[i].observed, like->name), k);
}

static void add_server(struct record *r, const struct course *c, size_t side, size_t rows)
{
	size_t first = r->series_count, i, k, j;

	for (i = 0; i < c->count; i++) {
		const struct record *seen = c->turns[i].observed;

		for (k = 0; seen && k < seen->series_count; k++) {
			size_t n = strlen(seen->series[k]->name);

			for (j = first; j < r->series_count; j++)
				if (strncmp(r->series[j]->name, seen->series[k]->name, n) == 0 &&
				    strlen(r->series[j]->name) == n + 2)
					break;
			if (j == r->series_count)
				add_server_series(r, c, side, seen->series[k], rows);
		}
	}
}

static bool is_known(const struct record *r, size_t first, const struct finding *f)
{
	for (; first < r->finding_count; first++)
		if (strcmp(r->findings[first].id, f->id) == 0 &&
		    strcmp(r->findings[first].evidence, f->evidence) == 0)
			return true;
	return false;
}

static bool has_id(const struct record *r, size_t first, const char *id)
{
	for (; first < r->finding_count; first++)
		if (strcmp(r->findings[first].id, id) == 0)
			return true;
	return false;
}

/*
 * Of each kind of finding the first one of a side: every turn has the same to say. What is the same
 * of both sides is said once.
 */
static void add_findings(struct record *r, const struct course *c, size_t both, size_t side)
{
	size_t first = r->finding_count, i, k;

	for (i = 0; i < c->count; i++) {
		const struct record *seen = c->turns[i].observed;

		for (k = 0; seen && k < seen->finding_count; k++) {
			const struct finding *f = &seen->findings[k];

			if (has_id(r, first, f->id) || is_known(r, both, f))
				continue;
			record_finding(
				r, f->id, f->severity,
				arena_printf(&r->arena, "%s, %s", side_names[side], f->object),
				f->evidence, f->fix);
		}
	}
}

void courses_record(struct record *r, const struct course *sides, double turn_s)
{
	size_t both = r->finding_count, i;

	if (sides[0].count == 0)
		return;
	add_client(r, sides, turn_s);
	for (i = 0; i < 2; i++) {
		add_server(r, &sides[i], i, rows_of_turn(turn_s));
		add_findings(r, &sides[i], both, i);
	}
}

/* change.c - see change.h. */
#include "reports/change.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/random.h"

#define SEED	    19790613
#define P_LIMIT	    0.05
#define EQUAL_SCORE 1e-9

struct stretch {
	size_t begin, n;
	double limit; /* of the permutation test */
};

struct search {
	const double *values;
	double *ranks, *sorted; /* room for all values */
	struct random stream;
	size_t *at, count;
};

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Ranks less their mean; equal values share the mean of theirs. */
static void rank(struct search *s, size_t begin, size_t n)
{
	double middle = ((double)n + 1) / 2;
	size_t i, from, to;

	memcpy(s->sorted, s->values + begin, n * sizeof(double));
	qsort(s->sorted, n, sizeof(double), compare_doubles);
	for (i = 0; i < n; i++) {
		const double *found = bsearch(&s->values[begin + i], s->sorted, n, sizeof(double),
					      compare_doubles);

		from = to = (size_t)(found - s->sorted);
		while (from > 0 && s->sorted[from - 1] == *found)
			from--;
		while (to + 1 < n && s->sorted[to + 1] == *found)
			to++;
		s->ranks[i] = (double)(from + to) / 2 + 1 - middle;
	}
}

/* The score of the best split of the ranks. */
static double best_split(const double *ranks, size_t n)
{
	double best = 0, sum = 0;
	size_t k;

	for (k = 1; k + CHANGE_STRETCH <= n; k++) {
		sum += ranks[k - 1];
		if (k >= CHANGE_STRETCH)
			best = fmax(best, fabs(sum) / sqrt((double)k * (double)(n - k)));
	}
	return best;
}

/* How far the values are from their median, all together. */
static double distances(struct search *s, size_t begin, size_t n)
{
	double sum = 0, median;
	size_t i;

	memcpy(s->sorted, s->values + begin, n * sizeof(double));
	qsort(s->sorted, n, sizeof(double), compare_doubles);
	median = s->sorted[n / 2];
	for (i = 0; i < n; i++)
		sum += fabs(s->sorted[i] - median);
	return sum;
}

/* The length of the first part when both are to be as close to their medians as they can be. */
static size_t locate(struct search *s, size_t begin, size_t n)
{
	double least = INFINITY;
	size_t where = n / 2, k;

	for (k = CHANGE_STRETCH; k + CHANGE_STRETCH <= n; k++) {
		double sum = distances(s, begin, k) + distances(s, begin + k, n - k);

		if (sum >= least)
			continue;
		least = sum;
		where = k;
	}
	return where;
}

static void shuffle(struct random *stream, double *values, size_t n)
{
	size_t i;

	for (i = n - 1; i > 0; i--) {
		size_t k = random_range(stream, 0, i);
		double kept = values[i];

		values[i] = values[k];
		values[k] = kept;
	}
}

/* Is there a change in the stretch, and where? */
static bool find_one(struct search *s, const struct stretch *t, size_t *where)
{
	size_t reached = 1, n = t->n, i;
	double score;

	if (n < CHANGE_VALUES_MIN)
		return false;
	rank(s, t->begin, n);
	score = best_split(s->ranks, n);
	if (score == 0)
		return false;
	for (i = 0; i < CHANGE_PERMUTATIONS; i++) {
		shuffle(&s->stream, s->ranks, n);
		reached += best_split(s->ranks, n) >= score * (1 - EQUAL_SCORE);
	}
	if ((double)reached / (CHANGE_PERMUTATIONS + 1) > t->limit)
		return false;
	*where = locate(s, t->begin, n);
	return true;
}

static void insert(struct search *s, size_t at)
{
	size_t i = s->count++;

	for (; i > 0 && s->at[i - 1] > at; i--)
		s->at[i] = s->at[i - 1];
	s->at[i] = at;
}

/* Every change opens at most two stretches, so twice as many wait at most. */
static void search_all(struct search *s, size_t n)
{
	struct stretch waiting[2 * CHANGE_MAX + 1] = {{0, n, P_LIMIT}};
	size_t count = 1, where;

	while (count && s->count < CHANGE_MAX) {
		struct stretch t = waiting[--count];

		if (!find_one(s, &t, &where))
			continue;
		insert(s, t.begin + where);
		waiting[count++] = (struct stretch){t.begin, where, t.limit / 2};
		waiting[count++] = (struct stretch){t.begin + where, t.n - where, t.limit / 2};
	}
}

static void place_anew(struct search *s, size_t n)
{
	size_t i;

	for (i = 0; i < s->count && s->count > 1; i++) {
		size_t begin = i ? s->at[i - 1] : 0;
		size_t end = i + 1 < s->count ? s->at[i + 1] : n;

		s->at[i] = begin + locate(s, begin, end - begin);
	}
}

size_t changes_find(const double *values, size_t n, size_t *at)
{
	struct search s = {.values = values, .at = at};

	s.ranks = xcalloc(n + 1, sizeof(double));
	s.sorted = xcalloc(n + 1, sizeof(double));
	random_seed(&s.stream, SEED);
	search_all(&s, n);
	place_anew(&s, n);
	free(s.ranks);
	free(s.sorted);
	return s.count;
}

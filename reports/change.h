/*
 * change.h - where a row of values changed its level. Pure arithmetic.
 *
 * That there is a change is told by ranks, because one night that went wrong must not look like
 * one: with S(k) the sum of the first k ranks less what k average ranks would be, the score is the
 * maximum of |S(k)| / sqrt(k (n - k)) (after A. N. Pettitt, Applied Statistics 28(2), 1979,
 * weighted so that early and late changes count as much as those in the middle). A permutation
 * test judges it: the same is taken of the values in CHANGE_PERMUTATIONS random orders (seeded),
 * and at most 5 % of them may reach it. Where it is, the values themselves tell: where both parts
 * are closest to their medians. Then both parts are searched in the same way, each at half the
 * level (so that a search that goes deep does not raise more alarms), as E-divisive does (D.
 * Matteson, N. James, Journal of the American Statistical Association 109, 2014; used on
 * benchmarks by D. Daly et al., ICPE 2020); at last each change is placed anew between its
 * neighbours.
 *
 * So values without any change show one in about 5 % of all rows. A change shows once
 * CHANGE_STRETCH values lie after it, and 8 values are the fewest in which one can.
 */
#ifndef LAKEPORT_REPORTS_CHANGE_H
#define LAKEPORT_REPORTS_CHANGE_H

#include <stddef.h>

#define CHANGE_PERMUTATIONS 999
#define CHANGE_STRETCH	    3 /* values between two changes, at least */
#define CHANGE_MAX	    16
#define CHANGE_VALUES_MIN   8

/*
 * Finds changes in `n` finite values; `at`[] gets the index of the first value after each, rising,
 * CHANGE_MAX at most. Returns how many.
 */
size_t changes_find(const double *values, size_t n, size_t *at);

#endif

/*
 * distribution.h - which of `count` things is drawn: how random choices are spread.
 *
 * A draw takes constant time, whatever the count, and allocates nothing (zipfian, by rejection,
 * takes more tries the nearer its parameter is to 1: of 10,000 things two at 1.1, some 150
 * at 1.001). gaussian, exponential and zipfian are those of pgbench: a Gaussian around the middle,
 * cut at `parameter` standard deviations; an exponential whose density falls to e^-parameter at the
 * last; Zipf with exponent `parameter`, the first being drawn most. hot gives `parameter` of the
 * draws to the first `rows` (a share) of the things, evenly, and the others to the rest.
 */
#ifndef LAKEPORT_BENCH_DISTRIBUTION_H
#define LAKEPORT_BENCH_DISTRIBUTION_H

#include <stdint.h>

#include "common/error.h"
#include "common/random.h"

enum distribution_kind {
	DISTRIBUTION_UNIFORM,
	DISTRIBUTION_GAUSSIAN,
	DISTRIBUTION_EXPONENTIAL,
	DISTRIBUTION_ZIPFIAN,
	DISTRIBUTION_HOT,
};

struct distribution { /* {0} is uniform */
	enum distribution_kind kind;
	double parameter;
	double rows; /* of HOT: the share of them that is hot */
};

/* A number of [0, count); count is at least 1. */
uint64_t distribution_draw(const struct distribution *d, struct random *r, uint64_t count);

/* NULL, or what is wrong with the parameters, as a static text. */
const char *distribution_fault(const struct distribution *d);

/*
 * Reads what stands at the lexer's token: uniform, gaussian(p), exponential(p), zipfian(s),
 * hot(share of draws, share of rows), or the end of the text, which is uniform. Ends behind it.
 * -1 with class INPUT.
 */
struct lexer;
int distribution_parse(struct lexer *lexer, struct distribution *d);

#endif

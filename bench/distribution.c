/*
 * distribution.c - see distribution.h. Zipf by rejection: L. Devroye, Non-Uniform Random Variate
 * Generation, X.6.1.
 */
#include "bench/distribution.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "bench/expression_lex.h"

#define GAUSSIAN_PARAMETER_MIN 2.0
#define ZIPFIAN_PARAMETER_MIN  1.001
#define ZIPFIAN_PARAMETER_MAX  1000.0

struct shape {
	const char *name;
	enum distribution_kind kind;
	unsigned parameters;
};

static const struct shape shapes[] = {
	{"exponential", DISTRIBUTION_EXPONENTIAL, 1},
	{"gaussian", DISTRIBUTION_GAUSSIAN, 1},
	{"hot", DISTRIBUTION_HOT, 2},
	{"uniform", DISTRIBUTION_UNIFORM, 0},
	{"zipfian", DISTRIBUTION_ZIPFIAN, 1},
};

/* A share of the range [0, 1) as one of its `count` numbers. Rounding may reach 1: the last. */
static uint64_t nth(double share, uint64_t count)
{
	double n = (double)count * share;

	return n < (double)count && (uint64_t)n < count ? (uint64_t)n : count - 1;
}

static uint64_t draw_gaussian(struct random *r, uint64_t count, double parameter)
{
	double deviation, radius;

	do { /* Box and Muller; at worst one in twelve is thrown away */
		radius = sqrt(-2.0 * log(1.0 - random_double(r)));
		deviation = radius * sin(2.0 * M_PI * random_double(r));
	} while (deviation < -parameter || deviation >= parameter);
	return nth((deviation + parameter) / (2.0 * parameter), count);
}

static uint64_t draw_exponential(struct random *r, uint64_t count, double parameter)
{
	double end = exp(-parameter), uniform = 1.0 - random_double(r);

	return nth(-log(end + (1.0 - end) * uniform) / parameter, count);
}

static uint64_t draw_zipfian(struct random *r, uint64_t count, double s)
{
	double b = pow(2.0, s - 1.0), u, v, x, t;

	if (count <= 1)
		return 0;
	do {
		u = random_double(r);
		v = random_double(r);
		x = floor(pow(u, -1.0 / (s - 1.0)));
		t = pow(1.0 + 1.0 / x, s - 1.0);
	} while (!(x <= (double)count && v * x * (t - 1.0) / (b - 1.0) <= t / b));
	return x < (double)count ? (uint64_t)x - 1 : count - 1;
}

/* At least one is hot; when all are, or none is left over, the draw is uniform. */
static uint64_t draw_hot(struct random *r, uint64_t count, double share, double rows)
{
	double rounded = floor(rows * (double)count + 0.5);
	uint64_t hot = rounded < 1.0 ? 1 : rounded < (double)count ? (uint64_t)rounded : count;

	if (hot >= count)
		return random_range(r, 0, count - 1);
	if (random_double(r) < share)
		return random_range(r, 0, hot - 1);
	return random_range(r, hot, count - 1);
}

uint64_t distribution_draw(const struct distribution *d, struct random *r, uint64_t count)
{
	switch (d->kind) {
	case DISTRIBUTION_GAUSSIAN:
		return draw_gaussian(r, count, d->parameter);
	case DISTRIBUTION_EXPONENTIAL:
		return draw_exponential(r, count, d->parameter);
	case DISTRIBUTION_ZIPFIAN:
		return draw_zipfian(r, count, d->parameter);
	case DISTRIBUTION_HOT:
		return draw_hot(r, count, d->parameter, d->rows);
	case DISTRIBUTION_UNIFORM:
		break;
	}
	return random_range(r, 0, count - 1);
}

const char *distribution_fault(const struct distribution *d)
{
	double p = d->parameter;

	if (d->kind == DISTRIBUTION_GAUSSIAN && !(p >= GAUSSIAN_PARAMETER_MIN))
		return "gaussian parameter must be at least 2.0";
	if (d->kind == DISTRIBUTION_EXPONENTIAL && !(p > 0.0))
		return "exponential parameter must be greater than zero";
	if (d->kind == DISTRIBUTION_ZIPFIAN &&
	    !(p >= ZIPFIAN_PARAMETER_MIN && p <= ZIPFIAN_PARAMETER_MAX))
		return "zipfian parameter must be in range [1.001, 1000]";
	if (d->kind == DISTRIBUTION_HOT &&
	    !(p > 0.0 && p <= 1.0 && d->rows > 0.0 && d->rows <= 1.0))
		return "hot takes the share of draws and the share of rows, both above 0 and at "
		       "most 1";
	return NULL;
}

static int unexpected(struct lexer *lexer, const char *expected)
{
	const struct token *t = &lexer->token;

	if (t->kind == TOKEN_END)
		return place_fault(&t->place, lexer->e, "the distribution ends here; expected %s",
				   expected);
	return place_fault(&t->place, lexer->e, "unexpected '%.*s'; expected %s",
			   (int)(t->length < 40 ? t->length : 40), t->text, expected);
}

static int parse_number(struct lexer *lexer, double *number)
{
	const struct token *t = &lexer->token;

	if (t->kind != TOKEN_INTEGER && t->kind != TOKEN_DOUBLE)
		return unexpected(lexer, "a number");
	*number = t->kind == TOKEN_INTEGER ? (double)t->integer : t->number;
	return lexer_next(lexer);
}

static int parse_parameters(struct lexer *lexer, const struct shape *shape, struct distribution *d)
{
	struct place at;
	const char *fault;

	if (lexer->token.kind != TOKEN_OPEN)
		return unexpected(lexer, "'(' and the distribution's parameter");
	if (lexer_next(lexer) < 0)
		return -1;
	at = lexer->token.place;
	if (parse_number(lexer, &d->parameter) < 0)
		return -1;
	if (shape->parameters == 2) {
		if (lexer->token.kind != TOKEN_COMMA)
			return unexpected(lexer, "',' and the share of rows");
		if (lexer_next(lexer) < 0 || parse_number(lexer, &d->rows) < 0)
			return -1;
	}
	if (lexer->token.kind != TOKEN_CLOSE)
		return unexpected(lexer, "')'");
	fault = distribution_fault(d);
	if (fault)
		return place_fault(&at, lexer->e, "%s", fault);
	return lexer_next(lexer);
}

int distribution_parse(struct lexer *lexer, struct distribution *d)
{
	const struct token *t = &lexer->token;
	const struct shape *shape = NULL;
	size_t i;

	*d = (struct distribution){.kind = DISTRIBUTION_UNIFORM};
	if (t->kind == TOKEN_END)
		return 0;
	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (strlen(shapes[i].name) == t->length &&
		    strncasecmp(shapes[i].name, t->text, t->length) == 0)
			shape = &shapes[i];
	if (!shape)
		return unexpected(lexer, "uniform, zipfian(s), gaussian(p), exponential(p) or "
					 "hot(share of draws, share of rows)");
	d->kind = shape->kind;
	if (lexer_next(lexer) < 0)
		return -1;
	return shape->parameters ? parse_parameters(lexer, shape, d) : 0;
}

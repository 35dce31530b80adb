/* nullpg_delay.c - how long an answer of nullpg has to wait. See nullpg.h. */
#include "tests/fake/nullpg.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

#define DELAY_MAX (3600.0 * 1e9)

static const struct delay_form {
	const char *name;
	enum delay_kind kind;
	const char *parts; /* d: a duration, s: a share */
} forms[] = {
	{"bimodal", DELAY_BIMODAL, "dsd"},
	{"exponential", DELAY_EXPONENTIAL, "d"},
	{"fixed", DELAY_FIXED, "d"},
	{"uniform", DELAY_UNIFORM, "dd"},
};

static const struct {
	const char *name;
	double ns;
} units[] = {{"ms", 1e6}, {"ns", 1}, {"s", 1e9}, {"us", 1e3}};

static bool number(const char **p, double *value)
{
	char *end;

	*value = strtod(*p, &end);
	if (end == *p || !isfinite(*value) || *value < 0)
		return false;
	*p = end;
	return true;
}

static bool duration(const char **p, double *ns)
{
	size_t i, n;

	if (!number(p, ns))
		return false;
	n = strcspn(*p, ":");
	for (i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (strlen(units[i].name) == n && memcmp(*p, units[i].name, n) == 0) {
			*ns *= units[i].ns;
			*p += n;
			return *ns <= DELAY_MAX;
		}
	return false;
}

static bool parse_parts(const char *parts, const char *p, struct delay *d)
{
	double *durations[] = {&d->a, &d->b};
	unsigned n = 0;

	for (; *parts; parts++) {
		if (*p++ != ':')
			return false;
		if (*parts == 's' ? !number(&p, &d->share) : !duration(&p, durations[n++]))
			return false;
	}
	return *p == '\0' && d->share <= 1 && (d->kind != DELAY_UNIFORM || d->a <= d->b);
}

int delay_parse(const char *text, struct delay *d, struct error *e)
{
	size_t i, n = strcspn(text, ":");

	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (strlen(forms[i].name) != n || memcmp(text, forms[i].name, n) != 0)
			continue;
		*d = (struct delay){.kind = forms[i].kind};
		if (parse_parts(forms[i].parts, text + n, d))
			return 0;
	}
	error_set(e, ERROR_USAGE, "'%s' is not a delay", text);
	return error_hint(e,
			  "fixed:5ms, exponential:2ms, uniform:1ms:10ms or bimodal:1ms:0.99:50ms");
}

uint64_t delay_draw(const struct delay *d, struct random *r)
{
	double ns = d->a;

	if (d->kind == DELAY_EXPONENTIAL)
		ns = -log1p(-random_double(r)) * d->a;
	else if (d->kind == DELAY_UNIFORM)
		ns = d->a + random_double(r) * (d->b - d->a);
	else if (d->kind == DELAY_BIMODAL)
		ns = random_double(r) < d->share ? d->a : d->b;
	return (uint64_t)(ns < DELAY_MAX ? ns : DELAY_MAX);
}

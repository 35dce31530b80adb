/* slo.c - see slo.h. */
#include "bench/slo.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/text.h"

#define CONFIDENCE_Z 2.5758293035489 /* 99 %, two-sided */
#define RATE_MAX     1e9

static int not_an_objective(const char *text, struct error *e)
{
	error_set(e, ERROR_USAGE, "'%s' is no latency objective", text);
	return error_hint(e, "write a percentile and a time, such as 'p99<=20ms' or 'p99.9<=1s'");
}

static bool parse_time(const char *text, double *ns)
{
	static const struct {
		const char *unit;
		double factor;
	} units[] = {{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
	size_t n = strspn(text, "0123456789."), i;
	char digits[32];

	if (n >= sizeof(digits))
		return false;
	snprintf(digits, sizeof(digits), "%.*s", (int)n, text);
	if (!text_to_double(digits, ns) || *ns <= 0)
		return false;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + n, units[i].unit) != 0)
			continue;
		*ns *= units[i].factor;
		return *ns >= 1 && *ns < 1e13;
	}
	return false;
}

int slo_parse(const char *text, struct slo *slo, struct error *e)
{
	size_t n = strcspn(text, "<");
	char digits[16];
	double percent, ns;

	if (text[0] != 'p' || n < 2 || n >= sizeof(digits) || text[n] != '<' ||
	    strlen(text) >= sizeof(slo->text))
		return not_an_objective(text, e);
	snprintf(digits, sizeof(digits), "%.*s", (int)n - 1, text + 1);
	n += text[n + 1] == '=' ? 2 : 1;
	if (!text_to_double(digits, &percent) || percent <= 0 || percent >= 100 ||
	    !parse_time(text + n, &ns))
		return not_an_objective(text, e);
	slo->share = percent / 100;
	slo->limit_ns = (uint64_t)ns;
	snprintf(slo->text, sizeof(slo->text), "%s", text);
	return 0;
}

double slo_slow(const struct histogram *h, uint64_t limit_ns)
{
	unsigned at = histogram_index(limit_ns), i;
	double slow = 0, inside;

	if (h->count == 0 || limit_ns >= h->max)
		return 0;
	for (i = at + 1; i < HISTOGRAM_BUCKETS; i++)
		slow += (double)h->bucket[i];
	inside = (double)(limit_ns + 1 - histogram_low(at)) / (double)histogram_width(at);
	return slow + (double)h->bucket[at] * (1 - (inside < 1 ? inside : 1));
}

void wilson_interval(double hits, double n, double z, double *low, double *high)
{
	double p, middle, half, scale;

	*low = 0;
	*high = 1;
	if (n <= 0)
		return;
	p = hits / n;
	scale = 1 / (1 + z * z / n);
	middle = scale * (p + z * z / (2 * n));
	half = scale * z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
	*low = middle - half > 0 ? middle - half : 0;
	*high = middle + half < 1 ? middle + half : 1;
}

struct judgement slo_judge(const struct slo *slo, double slow, double all)
{
	struct judgement j = {.slow = slow, .all = all, .share = all > 0 ? slow / all : 1};
	double allowed = 1 - slo->share;

	wilson_interval(slow, all, CONFIDENCE_Z, &j.low, &j.high);
	j.kept = all > 0 && j.share <= allowed;
	j.sure = j.kept ? j.high <= allowed : j.low > allowed;
	return j;
}

void search_add(struct search *s, double rate, bool kept)
{
	if (s->count == SEARCH_POINTS)
		return;
	s->points[s->count].rate = rate;
	s->points[s->count++].kept = kept;
}

double search_broken(const struct search *s)
{
	double lowest = 0;
	size_t i;

	for (i = 0; i < s->count; i++)
		if (!s->points[i].kept && (lowest == 0 || s->points[i].rate < lowest))
			lowest = s->points[i].rate;
	return lowest;
}

double search_kept(const struct search *s)
{
	double broken = search_broken(s), highest = 0;
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->points[i].kept && s->points[i].rate > highest &&
		    (broken == 0 || s->points[i].rate < broken))
			highest = s->points[i].rate;
	return highest;
}

static double four_digits(double rate)
{
	double unit = pow(10, floor(log10(rate)) - 3);

	return round(rate / unit) * unit;
}

double search_next(const struct search *s)
{
	double kept = search_kept(s), broken = search_broken(s), next;

	if (s->count == SEARCH_POINTS)
		return 0;
	if (s->count == 0)
		next = s->first;
	else if (broken == 0)
		next = 2 * kept;
	else if (kept == 0)
		next = broken / 2;
	else if (broken <= kept * (1 + s->resolution))
		return 0;
	else
		next = sqrt(kept * broken);
	if (next < s->lowest || next > RATE_MAX)
		return 0;
	next = four_digits(next);
	return next == kept || next == broken ? 0 : next;
}

size_t knee_find(const double *rate, const double *latency, size_t n)
{
	size_t best = 0, i;
	double highest = 0;

	for (i = 0; i < n; i++) {
		double power = latency[i] > 0 ? rate[i] / latency[i] : 0;

		if (power > highest) {
			highest = power;
			best = i;
		}
	}
	return best;
}

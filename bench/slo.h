/*
 * slo.h - private to bench: a latency objective, whether a step kept it and how sure that is, the
 * search for the highest rate that keeps it, and the knee of a curve. Pure arithmetic.
 *
 * Verdict. "p99<=20ms" allows 1 % of the transactions to be slow. Of a step we know how many were
 * slow (longer than the limit, failed, or due and never begun), and Wilson's score interval (E. B.
 * Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927)
 * says within what the share lies with 99 % confidence. When the allowed share is outside, the
 * verdict is sure; when inside, more is to be measured. The interval takes transactions for
 * independent; slow ones come in bunches (a checkpoint, a lock), so it is a lower bound of doubt.
 *
 * Search. Rates double (or halve) until one keeps and one breaks the objective, then the interval
 * between is halved, by ratio, until it is narrower than the resolution. When measurements
 * disagree (a rate kept above one that broke), the lower, broken one counts.
 *
 * Knee. The step with the highest power, rate / mean latency: L. Kleinrock, "Power and
 * deterministic rules of thumb for probabilistic problems in computer communications", ICC 1979.
 * Beyond it latency grows faster than rate. It needs no smoothing and no choice of scale.
 */
#ifndef LAKEPORT_BENCH_SLO_H
#define LAKEPORT_BENCH_SLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/histogram.h"

struct slo {
	double share; /* of transactions that must be fast: 0.99 */
	uint64_t limit_ns;
	char text[40]; /* "p99<=20ms" */
};

/* "p99<=20ms", "p99.9<500us", "p50<=1s". Class USAGE. */
int slo_parse(const char *text, struct slo *slo, struct error *e);

/* How many values of the histogram are above the limit; the bucket it lies in is divided. */
double slo_slow(const struct histogram *h, uint64_t limit_ns);

/* Wilson's score interval of a share: `hits` of `n`, at `z` standard deviations. */
void wilson_interval(double hits, double n, double z, double *low, double *high);

struct judgement {
	double slow, all;	 /* transactions */
	double share, low, high; /* of slow ones, and its 99 % interval; 0 to 1 */
	bool kept, sure;
};
struct judgement slo_judge(const struct slo *slo, double slow, double all);

#define SEARCH_POINTS 64
struct search {
	struct {
		double rate;
		bool kept;
	} points[SEARCH_POINTS];
	size_t count;
	double resolution; /* 0.05: stop when broken / kept <= 1.05 */
	double first;	   /* the rate to begin with */
	double lowest;	   /* not below: too few transactions would come for a verdict */
};
void search_add(struct search *s, double rate, bool kept);
double search_kept(const struct search *s);   /* 0: none was */
double search_broken(const struct search *s); /* 0: none was */

/* The rate to try next, to four digits; 0 when the search is over. */
double search_next(const struct search *s);

/* The index of the highest rate / latency; the first of equals. n must not be 0. */
size_t knee_find(const double *rate, const double *latency, size_t n);

#endif

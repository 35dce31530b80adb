/* ranks.c - see ranks.h. */
#include "bench/ranks.h"
#include "bench/result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double rate_of(const struct rank *k)
{
	return k->window_ns ? (double)k->in_window / ((double)k->window_ns / 1e9) : (double)NAN;
}

static unsigned count_hosts(const struct rank *ranks, unsigned count)
{
	unsigned hosts = 0, i, j;

	for (i = 0; i < count; i++) {
		for (j = 0; j < i && strcmp(ranks[i].host, ranks[j].host) != 0; j++)
			;
		hosts += j == i;
	}
	return hosts;
}

static void add_table(struct record *r, const struct rank *ranks, unsigned count)
{
	static const struct record_column columns[] = {
		{"rank", "Rank", "", BETTER_NONE, false},
		{"host", "Host", "", BETTER_NONE, true},
		{"connections", "Connections", "", BETTER_NONE, false},
		{"threads", "Threads", "", BETTER_NONE, false},
		{"rate", "Rate", "tx/s", BETTER_HIGHER, false},
		FIGURE_P50,
		FIGURE_P99,
		{"client_busy_share", "Busiest thread", "%", BETTER_LOWER, false},
		{"start_offset_us", "Began after rank 0", "us", BETTER_NONE, false},
	};
	struct record_table *table =
		record_table(r, "ranks", "Ranks", columns, sizeof(columns) / sizeof(columns[0]));
	unsigned i;

	for (i = 0; i < count; i++) {
		const struct rank *k = &ranks[i];
		struct cell row[] = {{.number = i},
				     {.text = k->host},
				     {.number = k->connections},
				     {.number = k->threads},
				     {.number = rate_of(k)},
				     {.number = k->in_window ? k->p50_us : (double)NAN},
				     {.number = k->in_window ? k->p99_us : (double)NAN},
				     {.number = 100 * k->busiest},
				     {.number = (double)(k->start_offset_ns / 1000)}};

		table_row(r, table, row);
	}
}

/* Shares may be unequal by one connection, so rates are held against each other by connection. */
static void find_uneven_rates(struct record *r, const struct rank *ranks, unsigned count)
{
	unsigned slow = 0, fast = 0, i;
	double rate, least = INFINITY, most = 0;
	char text[300];

	for (i = 0; i < count; i++) {
		rate = rate_of(&ranks[i]) / ranks[i].connections;
		if (rate < least) {
			least = rate;
			slow = i;
		}
		if (rate > most) {
			most = rate;
			fast = i;
		}
	}
	if (!(most - least > RANKS_DIFFER_SHARE * most))
		return;
	snprintf(text, sizeof(text),
		 "rank %u (%s) made %.1f tx/s with each connection, rank %u (%s) %.1f", slow,
		 ranks[slow].host, least, fast, ranks[fast].host, most);
	record_finding(r, "RANKS-DIFFER", SEVERITY_WARNING, "ranks", text,
		       "see the table of ranks: a client that is busy, further away or late pulls "
		       "the sum down");
}

static void find_unlike_servers(struct record *r, const struct rank *ranks, unsigned count)
{
	char text[400];
	unsigned i;

	for (i = 0; i < count; i++) {
		if (!ranks[i].differs[0])
			continue;
		snprintf(text, sizeof(text), "rank %u (%s) sees another server than rank 0: %s", i,
			 ranks[i].host, ranks[i].differs);
		record_finding(r, "TARGETS-DIFFER", SEVERITY_WARNING, "target", text,
			       "make sure that all ranks have the same -d and PG* environment");
		return;
	}
}

static void find_cut_series(struct record *r, const struct rank *ranks, unsigned count)
{
	char text[200];
	unsigned i;

	for (i = 0; i < count; i++) {
		if (!ranks[i].seconds_full)
			continue;
		snprintf(text, sizeof(text),
			 "rank %u (%s) had no room to keep more than %llu seconds", i,
			 ranks[i].host, (unsigned long long)ranks[i].seconds);
		record_finding(r, "SERIES-CUT", SEVERITY_INFO, "per_second", text,
			       "all other figures are of the whole run");
		return;
	}
}

void ranks_record(struct record *r, const struct rank *ranks, unsigned count)
{
	unsigned hosts = count_hosts(ranks, count);
	char text[64];

	snprintf(text, sizeof(text), "%u on %u host%s", count, hosts, hosts == 1 ? "" : "s");
	record_target(r, "ranks", text);
	add_table(r, ranks, count);
	find_uneven_rates(r, ranks, count);
	find_unlike_servers(r, ranks, count);
	find_cut_series(r, ranks, count);
}

void ranks_record_alone(struct record *r, unsigned count)
{
	char text[200];

	snprintf(text, sizeof(text), "rank 0 alone of %u", count);
	record_target(r, "ranks", text);
	snprintf(text, sizeof(text),
		 "the run was ended before %u ranks could be merged: all figures are those of "
		 "rank 0's share",
		 count);
	record_finding(r, "RANKS-MISSING", SEVERITY_WARNING, "ranks", text,
		       "let the run end by itself (-T, -t) to have all of it");
}

/*
 * capacity.c - see capacity.h.
 *
 * Sources, as read in November 2026:
 *   (1) LAKEBASE_BENCHMARK.md of databricks-solutions/lakebase-poc-accelerator: rates of a
 *       Provisioned unit (16 GB), dated 2024-12-13; its price table; its README: 10 000 point
 *       reads a second, latency below 10 ms, 1000 connections, 2 TB.
 *   (2) synced-tables.md of databricks/databricks-agent-skills, 2026-04-15: rates of an
 *       Autoscaling unit (2 GB), an eighth of (1).
 *   (3) docs.databricks.com, Lakebase pages on pricing, computes and limitations (AWS us-east-1):
 *       $0.111 a unit-hour, $0.35 a GB-month, 0.5 to 64 units autoscaling and 65 to 112 fixed,
 *       connections by size (104, 209, 419, ... 4000), 8 TB a branch.
 * Point reads of an Autoscaling unit are not published; an eighth of (1) is taken, as (2) does for
 * the other rates.
 */
#include "bench/capacity.h"

#include <math.h>

static const double provisioned_sizes[] = {1, 2, 4, 8};
static const double autoscaling_sizes[] = {0.5};

const struct offer capacity_offers[] = {
	{
		.name = "Provisioned",
		.unit_gb = 16,
		.reads = 10000,
		.upserts = 1200,
		.load = 15000,
		.latency_ms = 10,
		.connections_max = 1000,
		.sizes = provisioned_sizes,
		.size_count = sizeof(provisioned_sizes) / sizeof(provisioned_sizes[0]),
		.storage_max_gb = 2000,
		.unit_hour = 3500.0 / 8760,
		.gb_month = 0.35,
		.dated = "2024-12-13",
		.note = "no longer sold to new customers since summer 2026",
	},
	{
		.name = "Autoscaling",
		.unit_gb = 2,
		.reads = 1250,
		.upserts = 150,
		.load = 2000,
		.latency_ms = 10,
		.connections = 209.82,
		.connections_max = 4000,
		.sizes = autoscaling_sizes,
		.size_count = sizeof(autoscaling_sizes) / sizeof(autoscaling_sizes[0]),
		.whole_from = 1,
		.largest = 112,
		.storage_max_gb = 8000,
		.unit_hour = 0.111,
		.gb_month = 0.35,
		.dated = "2026-04-15",
		.note = "priced as if this size ran all the time; above 64 units the size is fixed",
	},
};
const size_t capacity_offer_count = sizeof(capacity_offers) / sizeof(capacity_offers[0]);

const struct assumption capacity_assumptions[] = {
	{"a row", "1 KB", "as in the published rates; larger rows need more"},
	{"rates grow with units", "in proportion", "published per unit"},
	{"reads and upserts", "run together: their units are added", "ours"},
	{"the initial load", "runs when the rest is quiet: its units are not added", "ours"},
	{"point reads", "data in memory; 1,700/s per 16 GB unit when they are not",
	 "LAKEBASE_BENCHMARK.md"},
	{"an Autoscaling unit reads", "1,250/s, an eighth of a Provisioned unit",
	 "ours; the other rates are published as an eighth"},
	{"a Provisioned unit", "16 GB, 10,000 reads/s, 1,200 upserts/s, 15,000 loaded rows/s",
	 "LAKEBASE_BENCHMARK.md, 2024-12-13"},
	{"an Autoscaling unit", "2 GB, 150 upserts/s, 2,000 loaded rows/s",
	 "databricks-agent-skills, 2026-04-15"},
	{"connections", "1,000 at any Provisioned size; 209.82 per Autoscaling unit, 4,000 at most",
	 "docs.databricks.com, 2026"},
	{"a month", "730 hours, running all the time", "8760 / 12"},
	{"prices",
	 "list, AWS us-east-1, no discounts, no secondaries, no sync pipelines, no restore "
	 "window",
	 "docs.databricks.com, 2026"},
};
const size_t capacity_assumption_count =
	sizeof(capacity_assumptions) / sizeof(capacity_assumptions[0]);

/* The smallest size on sale with so many units; 0: none has. */
static double size_for(const struct offer *o, double units)
{
	double whole = ceil(units - 1e-9);
	size_t i;

	for (i = 0; i < o->size_count; i++)
		if (o->sizes[i] >= units - 1e-9)
			return o->sizes[i];
	if (whole < o->whole_from)
		whole = o->whole_from;
	return whole <= o->largest ? whole : 0;
}

static void price(const struct offer *o, const struct need *need, struct sizing *s)
{
	double rows = need->gb * 1e6;

	s->compute_month = s->storage_month = s->total_month = s->load_hours = (double)NAN;
	if (s->beyond || s->beyond_connections || s->beyond_storage)
		return;
	s->compute_month = s->size * o->unit_hour * CAPACITY_MONTH_HOURS;
	s->storage_month = need->gb * o->gb_month;
	s->total_month = s->compute_month + s->storage_month;
	if (rows > 0)
		s->load_hours = rows / (s->size * o->load) / 3600;
}

struct sizing capacity_size(const struct offer *o, const struct need *need)
{
	struct sizing s = {
		.for_reads = need->reads / o->reads,
		.for_upserts = need->upserts / o->upserts,
		.for_load = need->load / o->load,
		.beyond_connections = need->connections > o->connections_max,
		.beyond_storage = need->gb > o->storage_max_gb,
	};

	if (o->connections > 0 && !s.beyond_connections) {
		s.for_connections = need->connections / o->connections;
		if (s.for_connections * o->connections >= o->connections_max)
			s.for_connections = ceil(o->connections_max / o->connections);
	}
	s.units = fmax(s.for_reads + s.for_upserts, fmax(s.for_load, s.for_connections));
	s.size = size_for(o, s.units);
	s.beyond = s.size <= 0;
	price(o, need, &s);
	return s;
}

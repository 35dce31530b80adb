/* stats.c - see stats.h. */
#include "bench/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

void stats_init(struct stats *s, unsigned scripts, unsigned statements, unsigned phases)
{
	memset(s, 0, sizeof(*s));
	s->scripts = xcalloc(scripts, sizeof(*s->scripts));
	s->statements = xcalloc(statements, sizeof(*s->statements));
	s->phases = xcalloc(phases, sizeof(*s->phases));
	s->phase_count = phases;
	s->script_count = scripts;
	s->statement_count = statements;
}

void stats_release(struct stats *s)
{
	free(s->scripts);
	free(s->statements);
	free(s->phases);
	s->phases = NULL;
	s->scripts = NULL;
	s->statements = NULL;
}

void stats_failure(struct stats *s, uint32_t script, uint32_t statement, const char *sqlstate,
		   const char *message, uint64_t count)
{
	struct failure *f;
	unsigned i;

	for (i = 0; i < s->failure_count; i++) {
		f = &s->failures[i];
		if (f->script == script && f->statement == statement &&
		    strcmp(f->sqlstate, sqlstate) == 0) {
			f->count += count;
			return;
		}
	}
	if (s->failure_count == STATS_FAILURES) {
		s->failures_other += count;
		return;
	}
	f = &s->failures[s->failure_count++];
	f->script = script;
	f->statement = statement;
	f->count = count;
	snprintf(f->sqlstate, sizeof(f->sqlstate), "%s", sqlstate);
	snprintf(f->message, sizeof(f->message), "%s", message);
}

void stats_merge(struct stats *into, const struct stats *from)
{
	unsigned i;

	for (i = 0; i < from->script_count; i++) {
		struct script_stats *a = &into->scripts[i];
		const struct script_stats *b = &from->scripts[i];

		a->attempts += b->attempts;
		a->done += b->done;
		a->failed += b->failed;
		a->retried += b->retried;
		a->late += b->late;
		histogram_merge(&a->latency, &b->latency);
	}
	for (i = 0; i < from->statement_count; i++) {
		into->statements[i].executed += from->statements[i].executed;
		into->statements[i].failed += from->statements[i].failed;
		histogram_merge(&into->statements[i].latency, &from->statements[i].latency);
	}
	for (i = 0; i < from->phase_count; i++) {
		into->phases[i].done += from->phases[i].done;
		into->phases[i].failed += from->phases[i].failed;
		histogram_merge(&into->phases[i].latency, &from->phases[i].latency);
	}
	for (i = 0; i < from->failure_count; i++) {
		const struct failure *f = &from->failures[i];

		stats_failure(into, f->script, f->statement, f->sqlstate, f->message, f->count);
	}
	into->failures_other += from->failures_other;
	into->skipped += from->skipped;
	into->retries += from->retries;
	histogram_merge(&into->retry, &from->retry);
	histogram_merge(&into->outage, &from->outage);
	histogram_merge(&into->lag, &from->lag);
	histogram_merge(&into->service, &from->service);
	histogram_merge(&into->connect, &from->connect);
	into->reconnects += from->reconnects;
	into->connect_failures += from->connect_failures;
	into->cpu_ns += from->cpu_ns;
	if (from->window_ns > into->window_ns)
		into->window_ns = from->window_ns;
}

void second_merge(struct second *into, const struct second *from)
{
	into->done += from->done;
	into->failed += from->failed;
	into->cpu_ns += from->cpu_ns;
	histogram_merge(&into->latency, &from->latency);
}

size_t stats_flat_size(const struct stats *like)
{
	return sizeof(*like) + like->script_count * sizeof(*like->scripts) +
	       like->statement_count * sizeof(*like->statements) +
	       like->phase_count * sizeof(*like->phases);
}

struct stats *stats_flat(void *bytes, const struct stats *like)
{
	struct stats *s = bytes;

	s->scripts = (struct script_stats *)(s + 1);
	s->statements = (struct statement_stats *)(s->scripts + like->script_count);
	s->phases = (struct phase_stats *)(s->statements + like->statement_count);
	s->script_count = like->script_count;
	s->statement_count = like->statement_count;
	s->phase_count = like->phase_count;
	return s;
}

/*
 * plan_load.c - a workload file into a plan.
 *
 * The file is read through the table below; phases and spikes are kept as they are written until
 * all are known, then laid out as segments: every ramp's and spike's edge is a border, and over
 * each stretch between two borders the levels of the phase and of all spikes there are added up.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/engine.h"
#include "bench/plan.h"
#include "common/config.h"

#define DAY 86400.0

static const struct config_key pattern_keys[] = {
	{.name = "file", .type = CONFIG_TEXT},
	{.name = "builtin", .type = CONFIG_TEXT},
	{.name = "weight", .type = CONFIG_NUMBER, .min = 0, .max = 1e9},
	{.name = "think_time_ms", .type = CONFIG_NUMBER, .min = 0, .max = DAY * 1e3},
	{.name = "time_limit_ms", .type = CONFIG_NUMBER, .min = 0, .max = DAY * 1e3},
};
static const struct config_key spike_keys[] = {
	{.name = "start_s", .type = CONFIG_NUMBER, .required = true, .min = 0, .max = 10 * DAY},
	{.name = "duration_s", .type = CONFIG_NUMBER, .required = true, .min = 0.001, .max = DAY},
	{.name = "connections", .type = CONFIG_NUMBER, .min = 0, .max = ENGINE_MAX_CONNECTIONS},
	{.name = "rate", .type = CONFIG_NUMBER, .min = 0, .max = 1e9},
};
static const struct config_key phase_keys[] = {
	{.name = "name", .type = CONFIG_TEXT, .required = true},
	{.name = "duration_s",
	 .type = CONFIG_NUMBER,
	 .required = true,
	 .min = 0.1,
	 .max = 10 * DAY},
	{.name = "connections",
	 .type = CONFIG_NUMBER,
	 .required = true,
	 .min = 1,
	 .max = ENGINE_MAX_CONNECTIONS},
	{.name = "rate", .type = CONFIG_NUMBER, .min = 0.001, .max = 1e9},
	{.name = "ramp_up_s", .type = CONFIG_NUMBER, .min = 0, .max = 10 * DAY},
	{.name = "ramp_down_s", .type = CONFIG_NUMBER, .min = 0, .max = 10 * DAY},
	{.name = "spikes",
	 .type = CONFIG_MAPS,
	 .table = spike_keys,
	 .table_count = sizeof(spike_keys) / sizeof(spike_keys[0])},
};
static const struct config_key target_keys[] = {
	/* in the order of enum plan_target */
	{.name = "mean_ms", .type = CONFIG_NUMBER, .min = 0.001, .max = DAY * 1e3},
	{.name = "p95_ms", .type = CONFIG_NUMBER, .min = 0.001, .max = DAY * 1e3},
	{.name = "p99_ms", .type = CONFIG_NUMBER, .min = 0.001, .max = DAY * 1e3},
	{.name = "min_rate", .type = CONFIG_NUMBER, .min = 0, .max = 1e9},
	{.name = "max_failed_percent", .type = CONFIG_NUMBER, .min = 0, .max = 100},
};
static const struct config_key plan_keys[] = {
	{.name = "title", .type = CONFIG_TEXT},
	{.name = "patterns",
	 .type = CONFIG_MAPS,
	 .required = true,
	 .table = pattern_keys,
	 .table_count = sizeof(pattern_keys) / sizeof(pattern_keys[0])},
	{.name = "phases",
	 .type = CONFIG_MAPS,
	 .required = true,
	 .table = phase_keys,
	 .table_count = sizeof(phase_keys) / sizeof(phase_keys[0])},
	{.name = "targets",
	 .type = CONFIG_MAP,
	 .table = target_keys,
	 .table_count = sizeof(target_keys) / sizeof(target_keys[0])},
};

struct written_phase { /* seconds */
	double duration, connections, rate, up, down;
};

struct written_spike { /* ns from the begin of the plan */
	double begin, end, connections, rate;
	size_t phase;
};

struct loader {
	struct plan *plan;
	const char *folder; /* of the file, with its slash; "" when it has none */
	struct written_phase phases[PLAN_MAX_PHASES];
	struct written_spike spikes[PLAN_MAX_SPIKES];
	size_t spike_count;
	const char *file, *builtin;
	double weight;
};

static int enter_pattern(struct loader *l, struct error *e)
{
	if (l->plan->pattern_count == SCRIPT_MAX_COUNT)
		return error_set(e, ERROR_CONFIG, "more than %d patterns", SCRIPT_MAX_COUNT);
	l->file = l->builtin = NULL;
	l->weight = 1;
	l->plan->pattern_count++;
	return 0;
}

static int leave_pattern(struct loader *l, struct error *e)
{
	struct plan *p = l->plan;
	struct script_request *request = &p->requests[p->pattern_count - 1];

	if (!l->file == !l->builtin)
		return error_set(e, ERROR_CONFIG, "a pattern has either 'file' or 'builtin'");
	request->origin = l->file ? SCRIPT_FILE : SCRIPT_BUILTIN;
	request->argument =
		arena_printf(&p->arena, "%s%s@%.0f", l->file && l->file[0] != '/' ? l->folder : "",
			     l->file ? l->file : l->builtin, l->weight);
	return 0;
}

static int enter_phase(struct loader *l, struct error *e)
{
	if (l->plan->phase_count == PLAN_MAX_PHASES)
		return error_set(e, ERROR_CONFIG, "more than %d phases", PLAN_MAX_PHASES);
	l->plan->phase_count++;
	return 0;
}

static int enter_spike(struct loader *l, struct error *e)
{
	if (l->spike_count == PLAN_MAX_SPIKES)
		return error_set(e, ERROR_CONFIG, "more than %d spikes", PLAN_MAX_SPIKES);
	l->spikes[l->spike_count++].phase = l->plan->phase_count - 1;
	return 0;
}

static int visit_edge(struct loader *l, enum config_event event, const struct config_value *v,
		      struct error *e)
{
	if (strcmp(v->name, "patterns") == 0)
		return event == CONFIG_ENTER ? enter_pattern(l, e) : leave_pattern(l, e);
	if (event == CONFIG_ENTER && strcmp(v->name, "phases") == 0)
		return enter_phase(l, e);
	if (event == CONFIG_ENTER && strcmp(v->name, "spikes") == 0)
		return enter_spike(l, e);
	return 0;
}

static void set_pattern(struct loader *l, const struct config_value *v)
{
	struct plan_pattern *pattern = &l->plan->patterns[l->plan->pattern_count - 1];

	if (strcmp(v->name, "file") == 0)
		l->file = arena_strdup(&l->plan->arena, v->text);
	else if (strcmp(v->name, "builtin") == 0)
		l->builtin = arena_strdup(&l->plan->arena, v->text);
	else if (strcmp(v->name, "weight") == 0)
		l->weight = v->number;
	else if (strcmp(v->name, "think_time_ms") == 0)
		pattern->think_ns = (uint64_t)(v->number * 1e6);
	else
		pattern->limit_ns = (uint64_t)(v->number * 1e6);
}

static void set_phase(struct loader *l, const struct config_value *v)
{
	struct written_phase *phase = &l->phases[l->plan->phase_count - 1];

	if (strcmp(v->name, "name") == 0)
		l->plan->phases[l->plan->phase_count - 1].name =
			arena_strdup(&l->plan->arena, v->text);
	else if (strcmp(v->name, "duration_s") == 0)
		phase->duration = v->number;
	else if (strcmp(v->name, "connections") == 0)
		phase->connections = v->number;
	else if (strcmp(v->name, "rate") == 0)
		phase->rate = v->number;
	else if (strcmp(v->name, "ramp_up_s") == 0)
		phase->up = v->number;
	else
		phase->down = v->number;
}

static void set_spike(struct loader *l, const struct config_value *v)
{
	struct written_spike *spike = &l->spikes[l->spike_count - 1];

	if (strcmp(v->name, "start_s") == 0)
		spike->begin = v->number * 1e9;
	else if (strcmp(v->name, "duration_s") == 0)
		spike->end = v->number * 1e9; /* its begin is added when the phase's is known */
	else if (strcmp(v->name, "connections") == 0)
		spike->connections = v->number;
	else
		spike->rate = v->number;
}

static bool is_row(const struct config_key *table, size_t count, const struct config_key *key)
{
	return key >= table && key < table + count;
}

#define ROW_OF(table, key) is_row(table, sizeof(table) / sizeof((table)[0]), key)

static int visit(void *context, enum config_event event, const struct config_value *v,
		 struct error *e)
{
	struct loader *l = context;

	if (event != CONFIG_VALUE)
		return visit_edge(l, event, v, e);
	if (ROW_OF(pattern_keys, v->key))
		set_pattern(l, v);
	else if (ROW_OF(phase_keys, v->key))
		set_phase(l, v);
	else if (ROW_OF(spike_keys, v->key))
		set_spike(l, v);
	else if (ROW_OF(target_keys, v->key))
		l->plan->target[v->key - target_keys] = v->number;
	else
		l->plan->title = arena_strdup(&l->plan->arena, v->text);
	return 0;
}

static int check(const struct loader *l, const char *path, struct error *e)
{
	const struct plan *p = l->plan;
	size_t i;

	if (p->phase_count == 0 || p->pattern_count == 0)
		return error_set(e, ERROR_CONFIG, "%s: it needs at least one pattern and one phase",
				 path);
	for (i = 0; i < p->phase_count; i++) {
		const struct written_phase *w = &l->phases[i];

		if (w->up + w->down > w->duration)
			return error_set(e, ERROR_CONFIG,
					 "%s: phase '%s' is shorter than its ramps", path,
					 p->phases[i].name);
		if ((w->rate > 0) != (l->phases[0].rate > 0))
			return error_set(e, ERROR_CONFIG,
					 "%s: either all phases have a rate or none has; '%s' and "
					 "'%s' differ",
					 path, p->phases[0].name, p->phases[i].name);
	}
	for (i = 0; i < l->spike_count; i++) {
		const struct written_spike *s = &l->spikes[i];

		if (s->begin + s->end > l->phases[s->phase].duration * 1e9)
			return error_set(e, ERROR_CONFIG,
					 "%s: a spike reaches beyond the end of phase '%s'", path,
					 p->phases[s->phase].name);
		if (s->rate > 0 && l->phases[0].rate == 0)
			return error_set(e, ERROR_CONFIG,
					 "%s: a spike has a rate, phase '%s' has none", path,
					 p->phases[s->phase].name);
	}
	return 0;
}

/* The level of phase `i` (connections or rate) `t` ns after its begin; `before` is that before it.
 */
static double level(const struct written_phase *w, double value, double before, double t)
{
	double up = w->up * 1e9, down = w->down * 1e9, length = w->duration * 1e9;

	if (t < up)
		return before + (value - before) * t / up;
	if (t > length - down)
		return value * (length - t) / down;
	return value;
}

static int by_number(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* One segment of phase `i`, from `from` to `to` ns of the plan, within which nothing has an edge.
 */
static void add_segment(struct loader *l, size_t i, double from, double to)
{
	struct plan *p = l->plan;
	struct plan_segment *s = &p->segments[p->segment_count++];
	const struct written_phase *w = &l->phases[i], *last = i ? &l->phases[i - 1] : NULL;
	double begin = (double)p->phases[i].begin, inside = (to - from) * 1e-9;
	double connections = last && last->down == 0 ? last->connections : 0;
	double rate = last && last->down == 0 ? last->rate : 0;
	size_t k;

	s->begin = from;
	s->end = to;
	/* Just inside, so that a step at the border is not smeared over the segment. */
	s->connections_begin = level(w, w->connections, connections, from + inside - begin);
	s->connections_end = level(w, w->connections, connections, to - inside - begin);
	s->rate_begin = level(w, w->rate, rate, from + inside - begin);
	s->rate_end = level(w, w->rate, rate, to - inside - begin);
	for (k = 0; k < l->spike_count; k++) {
		const struct written_spike *spike = &l->spikes[k];

		if (spike->begin > from + inside || spike->end < to - inside)
			continue;
		s->connections_begin += spike->connections;
		s->connections_end += spike->connections;
		s->rate_begin += spike->rate;
		s->rate_end += spike->rate;
	}
	if (fmax(s->connections_begin, s->connections_end) > p->most_connections)
		p->most_connections =
			(unsigned)ceil(fmax(s->connections_begin, s->connections_end) - 1e-6);
}

static void lay_out_phase(struct loader *l, size_t i)
{
	struct plan_phase *phase = &l->plan->phases[i];
	const struct written_phase *w = &l->phases[i];
	double edges[4 + 2 * PLAN_MAX_SPIKES], begin = (double)phase->begin;
	size_t n = 0, k;

	edges[n++] = begin;
	edges[n++] = begin + w->up * 1e9;
	edges[n++] = begin + (w->duration - w->down) * 1e9;
	edges[n++] = begin + w->duration * 1e9;
	for (k = 0; k < l->spike_count; k++) {
		if (l->spikes[k].phase != i)
			continue;
		edges[n++] = l->spikes[k].begin;
		edges[n++] = l->spikes[k].end;
	}
	qsort(edges, n, sizeof(edges[0]), by_number);
	for (k = 0; k + 1 < n; k++)
		if (edges[k + 1] - edges[k] > 1)
			add_segment(l, i, edges[k], edges[k + 1]);
}

static void lay_out(struct loader *l)
{
	struct plan *p = l->plan;
	size_t i, k;

	for (i = 0; i < p->phase_count; i++) {
		p->phases[i].begin = p->length;
		p->length += (uint64_t)(l->phases[i].duration * 1e9);
		p->phases[i].end = p->length;
		p->phases[i].connections = l->phases[i].connections;
		p->phases[i].rate = l->phases[i].rate;
	}
	for (k = 0; k < l->spike_count; k++) {
		l->spikes[k].begin += (double)p->phases[l->spikes[k].phase].begin;
		l->spikes[k].end += l->spikes[k].begin;
	}
	for (i = 0; i < p->phase_count; i++)
		lay_out_phase(l, i);
	p->open = l->phases[0].rate > 0;
}

struct plan *plan_load(const char *path, struct error *e)
{
	struct loader *l = xcalloc(1, sizeof(*l));
	struct plan *p = l->plan = xcalloc(1, sizeof(*p));
	const char *slash = strrchr(path, '/');
	size_t i;
	int status;

	p->requests = arena_alloc(&p->arena, SCRIPT_MAX_COUNT * sizeof(*p->requests));
	p->patterns = arena_alloc(&p->arena, SCRIPT_MAX_COUNT * sizeof(*p->patterns));
	p->phases = arena_alloc(&p->arena, PLAN_MAX_PHASES * sizeof(*p->phases));
	p->segments = arena_alloc(&p->arena, PLAN_MAX_SEGMENTS * sizeof(*p->segments));
	l->folder = slash ? arena_strndup(&p->arena, path, (size_t)(slash - path) + 1) : "";
	for (i = 0; i < TARGET_COUNT; i++)
		p->target[i] = (double)NAN;
	status =
		config_read(path, plan_keys, sizeof(plan_keys) / sizeof(plan_keys[0]), visit, l, e);
	if (status == 0)
		status = check(l, path, e);
	if (status == 0)
		lay_out(l);
	free(l);
	if (status == 0)
		return p;
	plan_free(p);
	return NULL;
}

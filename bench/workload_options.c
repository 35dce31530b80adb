/* workload_options.c - see workload_options.h. */
#include "bench/workload_options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/many.h"
#include "bench/poller.h"
#include "common/memory.h"
#include "common/password.h"

#define MAX_DEFAULT_THREADS 8

const char *const workload_protocols[] = {"simple", "extended", "prepared", NULL};

static int gather_requests(const struct invocation *inv, struct script_request *requests,
			   size_t *count)
{
	size_t files, builtins, i;
	const char *const *file = option_list(inv, "file", &files);
	const char *const *builtin = option_list(inv, "builtin", &builtins);

	*count = 0;
	if (files + builtins > SCRIPT_MAX_COUNT)
		return -1;
	for (i = 0; i < builtins; i++)
		requests[(*count)++] = (struct script_request){SCRIPT_BUILTIN, builtin[i]};
	for (i = 0; i < files; i++)
		requests[(*count)++] = (struct script_request){SCRIPT_FILE, file[i]};
	if (*count == 0) /* as pgbench does */
		requests[(*count)++] = (struct script_request){SCRIPT_BUILTIN, "tpcb-like"};
	return 0;
}

/* -D NAME=VALUE, split in place in memory of the invocation. */
static int gather_definitions(struct invocation *inv, struct definition **definitions,
			      size_t *count, struct error *e)
{
	const char *const *list = option_list(inv, "define", count);
	size_t i;

	*definitions = arena_alloc(&inv->arena, (*count + 1) * sizeof(**definitions));
	for (i = 0; i < *count; i++) {
		char *copy = arena_strdup(&inv->arena, list[i]), *equals = strchr(copy, '=');

		if (!equals || equals == copy)
			return error_set(e, ERROR_USAGE,
					 "option '--define' must be NAME=VALUE, not "
					 "'%s'",
					 list[i]);
		*equals = '\0';
		(*definitions)[i] = (struct definition){copy, equals + 1};
	}
	return 0;
}

struct workload *workload_of_requests(struct invocation *inv, const struct script_request *requests,
				      size_t count, struct error *e)
{
	struct definition *definitions;
	size_t definition_count;

	if (gather_definitions(inv, &definitions, &definition_count, e) < 0)
		return NULL;
	return workload_load(requests, count, definitions, definition_count, e);
}

struct workload *workload_of_options(struct invocation *inv, struct error *e)
{
	struct script_request requests[SCRIPT_MAX_COUNT];
	size_t count;

	if (gather_requests(inv, requests, &count) < 0) {
		error_set(e, ERROR_USAGE, "more than %d scripts", SCRIPT_MAX_COUNT);
		return NULL;
	}
	return workload_of_requests(inv, requests, count, e);
}

int workload_check_protocol(const struct engine_options *o, struct error *e)
{
	if (o->protocol == PROTOCOL_SIMPLE && o->workload->uses_pipeline) {
		error_set(e, ERROR_USAGE,
			  "\\startpipeline cannot be used with the simple protocol");
		return error_hint(e, "use --protocol extended or prepared");
	}
	if (o->protocol != PROTOCOL_SIMPLE && o->workload->uses_compound) {
		error_set(e, ERROR_USAGE, "statements joined by '\\;' need the simple protocol");
		return error_hint(e, "use --protocol simple");
	}
	return 0;
}

static enum protocol protocol_of(const char *word)
{
	int i = 0;

	while (strcmp(workload_protocols[i], word) != 0)
		i++;
	return (enum protocol)i;
}

int session_of_options(const struct invocation *inv, struct engine_options *o, struct error *e)
{
	int slot = workload_slot(o->workload, "default_seed");

	o->dsn = option_text(inv, "dsn");
	o->protocol = protocol_of(option_text(inv, "protocol"));
	o->drain_ns = option_ns(inv, "drain");
	o->statement_timeout_ms = (unsigned)(option_number(inv, "statement-timeout") * 1e3 + 0.5);
	o->seed = option_set(inv, "seed") ? (uint64_t)option_int(inv, "seed")
					  : many_wall() % 1000000000;
	o->default_seed = (int64_t)o->seed;
	if (slot >= 0 && o->workload->initial[slot].type == VALUE_INT)
		o->default_seed = o->workload->initial[slot].integer;
	o->scale = option_int(inv, "scale");
	o->poll = option_flag(inv, "poll");
	o->io_uring = option_flag(inv, "io-uring");
	if (o->io_uring && poller_uring.check(e) < 0)
		return -1;
	if (workload_check_protocol(o, e) < 0)
		return -1;
	return password_of_options(inv, o->dsn, e);
}

int password_of_options(const struct invocation *inv, const char *dsn, struct error *e)
{
	if (option_set(inv, "password-command"))
		return password_command(dsn, option_text(inv, "password-command"),
					option_ns(inv, "password-lifetime"), e);
	if (option_given(inv, "password-lifetime"))
		return error_set(e, ERROR_USAGE, "--password-lifetime needs --password-command");
	return 0;
}

unsigned default_threads(unsigned connections)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = cores < 1 ? 1 : (unsigned)cores;

	n = (n + many_neighbours() - 1) / many_neighbours();
	if (n > MAX_DEFAULT_THREADS)
		n = MAX_DEFAULT_THREADS;
	return n < connections ? n : connections;
}

uint64_t option_ns(const struct invocation *inv, const char *name)
{
	return (uint64_t)(option_number(inv, name) * 1e9);
}

char *workload_title(const struct workload *w, char *out, size_t size)
{
	size_t i, n = 0;

	out[0] = '\0';
	for (i = 0; i < w->script_count && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", i ? " + " : "",
				      w->scripts[i].name);
	return out;
}

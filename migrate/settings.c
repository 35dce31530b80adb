/* settings.c - see settings.h. */
#include "migrate/settings.h"

#include <math.h>
#include <string.h>

#include "migrate/input.h"
#include "migrate/strategy.h"
#include "migrate/target.h"

const char *const bad_row_words[] = {"fail", "quarantine", "skip", NULL};
const char *const drift_words[] = {"none", "add-columns", "rescue", "fail", "widen", NULL};
const char *const date_order_words[] = {"auto", "dmy", "mdy", NULL};
const char *const on_changed_words[] = {"skip", "reload", "error", NULL};
const char *const swap_words[] = {"auto", "rename", "truncate", "delete", NULL};

bool names_have(const struct names *n, const char *name)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		if (strcmp(n->items[i], name) == 0)
			return true;
	return false;
}

void load_settings_init(struct load_settings *s)
{
	memset(s, 0, sizeof(*s));
	s->schema = "public";
	s->strategy = &strategy_append;
	s->effective_column = "effective_date";
	s->end_column = "end_date";
	s->current_column = "is_current";
	s->bad_row_limit = -1;
	s->bad_row_percent = INFINITY;
	s->on_changed = ON_CHANGED_ERROR;
	s->jobs = 2;
	s->attempts = 5;
	s->retry_s = 0.5;
	s->lock_timeout_ms = 10000;
	source_options_init(&s->source);
}

static int check_schema(const struct load_settings *s, struct error *e)
{
	if (strlen(s->schema) > NAME_MAX_BYTES || strlen(s->table) > NAME_MAX_BYTES)
		return error_set(e, ERROR_USAGE,
				 "the name '%s.%s' is too long: %d bytes are the limit", s->schema,
				 s->table, NAME_MAX_BYTES);
	if (strcmp(s->schema, "lakeport") == 0)
		error_set(e, ERROR_USAGE, "the schema 'lakeport' holds the ledger of loads");
	else if (strncmp(s->schema, "pg_", 3) == 0 || strcmp(s->schema, "information_schema") == 0)
		error_set(e, ERROR_USAGE, "the schema '%s' belongs to the server", s->schema);
	else
		return 0;
	return error_hint(e, "choose a schema of your own, it is made when it is not there");
}

static int check_keys(const struct load_settings *s, struct error *e)
{
	size_t i, k;

	for (i = 0; i < s->keys.count; i++)
		for (k = 0; k < i; k++)
			if (strcmp(s->keys.items[i], s->keys.items[k]) == 0)
				return error_set(e, ERROR_USAGE, "the key '%s' is there twice",
						 s->keys.items[i]);
	return 0;
}

/* What would else fail file by file, and count as their failures. */
static int check_source(const struct source_options *o, struct error *e)
{
	struct zone *zone = NULL;

	if (input_check_encoding(o->encoding, e) < 0)
		return -1;
	if (zone_load(o->time_zone ? o->time_zone : "UTC", &zone, e) < 0)
		return -1;
	zone_free(zone);
	return 0;
}

int load_settings_check(const struct load_settings *s, struct error *e)
{
	const char *name = s->strategy->name;

	if (check_schema(s, e) < 0 || check_keys(s, e) < 0 || check_source(&s->source, e) < 0)
		return -1;
	if (s->strategy->keyed && s->keys.count == 0) {
		error_set(e, ERROR_USAGE, "strategy '%s' needs keys", name);
		return error_hint(e, "name the key columns with --keys");
	}
	if (!s->strategy->keyed && (s->keys.count || s->track.count || s->order_by)) {
		error_set(e, ERROR_USAGE,
			  "strategy '%s' has no use for keys, columns to track or "
			  "an order",
			  name);
		return error_hint(e, "choose merge, scd1 or scd2 with --strategy");
	}
	if (s->delete_column && s->strategy != &strategy_merge)
		return error_set(e, ERROR_USAGE,
				 "strategy '%s' knows no delete marker, only merge "
				 "does",
				 name);
	if (s->swap != SWAP_AUTO && !s->strategy->whole)
		return error_set(e, ERROR_USAGE, "strategy '%s' swaps nothing, only overwrite does",
				 name);
	if (s->close_missing && s->strategy != &strategy_scd2)
		return error_set(e, ERROR_USAGE, "strategy '%s' closes nothing, only scd2 does",
				 name);
	if (s->force && !s->strategy->repeatable && !s->audit_columns) {
		error_set(e, ERROR_USAGE,
			  "strategy '%s' cannot load a file again without "
			  "knowing its rows",
			  name);
		return error_hint(e, "with --audit-columns each row says which file it came from");
	}
	return 0;
}

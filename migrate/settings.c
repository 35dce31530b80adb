/* settings.c - see settings.h. */
#include "migrate/settings.h"

#include <math.h>
#include <string.h>

#include "migrate/strategy.h"

const char *const bad_row_words[] = {"fail", "quarantine", "skip", NULL};
const char *const drift_words[] = {"none", "add-columns", "rescue", "fail", "widen", NULL};
const char *const date_order_words[] = {"auto", "dmy", "mdy", NULL};
const char *const on_changed_words[] = {"skip", "reload", "error", NULL};

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

int load_settings_check(const struct load_settings *s, struct error *e)
{
	const char *name = s->strategy->name;

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

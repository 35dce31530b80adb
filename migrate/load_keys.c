/*
 * load_keys.c - the keys of a load configuration as data: name, type, what it sets, and the words
 * of the example. Behind ours stand those of the Databricks Data Loader (its README and
 * table_config.py, September 2025), which mean one of ours or have no use here.
 */
#include <string.h>

#include "migrate/load_config.h"
#include "common/text.h"
#include "migrate/settings_text.h"
#include "migrate/strategy.h"

#define AT(member) offsetof(struct load_entry, member)
#define IN(member) offsetof(struct load_config, member)

static bool is_null(const struct config_value *v)
{
	return !v->quoted &&
	       (!*v->text || strcmp(v->text, "null") == 0 || strcmp(v->text, "~") == 0);
}

/* The thing that a key belongs to: the table, or else the run. */
static void *member(struct load_config *c, struct load_entry *t, size_t offset)
{
	return (char *)(t ? (void *)t : (void *)c) + offset;
}

static int set_text(struct load_config *c, struct load_entry *t, const struct config_value *v,
		    size_t offset, struct error *e)
{
	const char *text = is_null(v) ? NULL : arena_strdup(&c->arena, v->text);

	(void)e;
	memcpy(member(c, t, offset), &text, sizeof(text));
	return 0;
}

/* The same, but an empty text is a text. */
static int set_string(struct load_config *c, struct load_entry *t, const struct config_value *v,
		      size_t offset, struct error *e)
{
	const char *text = arena_strdup(&c->arena, v->text);

	(void)e;
	memcpy(member(c, t, offset), &text, sizeof(text));
	return 0;
}

static int set_names(struct load_config *c, struct load_entry *t, const struct config_value *v,
		     size_t offset, struct error *e)
{
	(void)e;
	if (!is_null(v))
		settings_add_name(&c->arena, member(c, t, offset), v->text);
	return 0;
}

static int set_flag(struct load_config *c, struct load_entry *t, const struct config_value *v,
		    size_t offset, struct error *e)
{
	bool flag = v->number != 0;

	(void)e;
	memcpy(member(c, t, offset), &flag, sizeof(flag));
	return 0;
}

static int set_int(struct load_config *c, struct load_entry *t, const struct config_value *v,
		   size_t offset, struct error *e)
{
	int n = (int)v->number;

	(void)e;
	memcpy(member(c, t, offset), &n, sizeof(n));
	return 0;
}

static int set_double(struct load_config *c, struct load_entry *t, const struct config_value *v,
		      size_t offset, struct error *e)
{
	(void)e;
	memcpy(member(c, t, offset), &v->number, sizeof(v->number));
	return 0;
}

/* A word of the key's list; enums are as wide as int. */
static int set_word(struct load_config *c, struct load_entry *t, const struct config_value *v,
		    size_t offset, struct error *e)
{
	int n = settings_word(v->key->choices, v->text);

	(void)e;
	memcpy(member(c, t, offset), &n, sizeof(n));
	return 0;
}

static int set_table(struct load_config *c, struct load_entry *t, const struct config_value *v,
		     size_t offset, struct error *e)
{
	(void)offset;
	return settings_table(&c->arena, v->text, &t->settings.schema, &t->settings.table, e);
}

static int set_strategy(struct load_config *c, struct load_entry *t, const struct config_value *v,
			size_t offset, struct error *e)
{
	(void)c;
	(void)offset;
	(void)e;
	t->settings.strategy = strategy_find(v->text);
	return 0;
}

static int set_marker(struct load_config *c, struct load_entry *t, const struct config_value *v,
		      size_t offset, struct error *e)
{
	(void)offset;
	return settings_marker(&c->arena, &t->settings, v->text, e);
}

static int set_limit(struct load_config *c, struct load_entry *t, const struct config_value *v,
		     size_t offset, struct error *e)
{
	(void)c;
	(void)offset;
	return settings_limit(&t->settings, v->text, e);
}

static int set_character(struct load_config *c, struct load_entry *t, const struct config_value *v,
			 size_t offset, struct error *e)
{
	return settings_character(v->text, member(c, t, offset), e);
}

static int set_header(struct load_config *c, struct load_entry *t, const struct config_value *v,
		      size_t offset, struct error *e)
{
	int word = settings_word(header_words, v->text);

	(void)c;
	(void)offset;
	(void)e;
	t->settings.source.header = word == 0 ? -1 : word == 1;
	return 0;
}

static int set_columns(struct load_config *c, struct load_entry *t, const struct config_value *v,
		       size_t offset, struct error *e)
{
	(void)offset;
	return shape_parse(&c->arena, v->text, &t->settings.given, e);
}

static int set_lock_timeout(struct load_config *c, struct load_entry *t,
			    const struct config_value *v, size_t offset, struct error *e)
{
	(void)c;
	(void)offset;
	(void)e;
	t->settings.lock_timeout_ms = (int)(v->number * 1000);
	return 0;
}

/* ---- of the Data Loader ------------------------------------------------------------------------
 */

/* What Python's YAML takes for a flag. */
static int loader_flag(const struct config_value *v, bool *flag, struct error *e)
{
	static const char *const words[] = {"true", "True", "TRUE",  "yes",   "Yes",
					    "on",   "On",   "false", "False", "FALSE",
					    "no",   "No",   "off",   "Off",   NULL};
	size_t i;

	for (i = 0; words[i] && strcmp(words[i], v->text) != 0; i++)
		;
	if (!words[i])
		return error_set(e, ERROR_CONFIG, "'%s' is neither true nor false", v->text);
	*flag = i < 7;
	return 0;
}

static int loader_word(const char *const *words, const struct config_value *v, struct error *e)
{
	size_t i;

	for (i = 0; words[i]; i++)
		if (strcmp(words[i], v->text) == 0)
			return (int)i;
	return error_set(e, ERROR_CONFIG, "'%s' is not known for '%s'", v->text, v->name);
}

static int loader_table(struct load_config *c, struct load_entry *t, const struct config_value *v,
			size_t offset, struct error *e)
{
	t->loader = true;
	return set_text(c, t, v, offset, e);
}

static int loader_strategy(struct load_config *c, struct load_entry *t,
			   const struct config_value *v, size_t offset, struct error *e)
{
	if (loader_word(strategy_words, v, e) < 0)
		return -1;
	t->loader = true;
	return set_strategy(c, t, v, offset, e);
}

static int loader_format(struct load_config *c, struct load_entry *t, const struct config_value *v,
			 size_t offset, struct error *e)
{
	int word;

	(void)c;
	(void)offset;
	if (strcmp(v->text, "delta") == 0) {
		error_set(e, ERROR_CONFIG, "Delta tables are not read yet");
		return error_hint(e, "export it as Parquet files");
	}
	word = loader_word(format_words, v, e);
	if (word < 0)
		return -1;
	t->settings.source.format = (enum source_format)word;
	if (t->settings.source.format == FORMAT_CSV)
		t->settings.source.header = 1;
	return 0;
}

static int loader_evolution(struct load_config *c, struct load_entry *t,
			    const struct config_value *v, size_t offset, struct error *e)
{
	bool on = false;

	(void)c;
	(void)offset;
	if (loader_flag(v, &on, e) < 0)
		return -1;
	t->settings.drift = on ? DRIFT_ADD_COLUMNS : DRIFT_NONE;
	return 0;
}

/* ---- the tables ---------------------------------------------------------------------------------
 */

#define S(m) AT(settings.m)

/* clang-format off: rows */
const struct load_key load_run_keys[] = {
	{"jobs", CONFIG_NUMBER, set_int, IN(jobs), NULL, 1, 64, "4",
	 "connections for all tables together; --jobs is stronger", NULL},
	{"attempts", CONFIG_NUMBER, set_int, IN(attempts), NULL, 1, 1000, "5",
	 "after so many failures in a row a file is dead and left alone", NULL},
	{"retry_wait", CONFIG_NUMBER, set_double, IN(retry_s), NULL, 0.001, 60, "0.5",
	 "seconds before the first retry of what can heal; they double, up to 60", NULL},
	{"lock_timeout", CONFIG_NUMBER, set_double, IN(lock_timeout_s), NULL, 0.1, 86400, "10",
	 "seconds to wait for a lock on a table", NULL},
	{"webhook", CONFIG_TEXT, set_text, IN(webhook), NULL, 0, 0,
	 "https://hooks.example.com/lakeport",
	 "the end of a run is posted there as JSON; a failure of that is a warning", NULL},
	/* the Data Loader */
	{"max_parallel_jobs", CONFIG_NUMBER, set_int, IN(jobs), NULL, 1, 64, NULL, NULL, "jobs"},
	{"retry_attempts", CONFIG_NUMBER, set_int, IN(attempts), NULL, 0, 1000, NULL, NULL,
	 "attempts"},
	{"raw_data_path", CONFIG_TEXT, NULL, 0, NULL, 0, 0, NULL, NULL, NULL},
	{"processed_data_path", CONFIG_TEXT, NULL, 0, NULL, 0, 0, NULL, NULL, NULL},
	{"checkpoint_path", CONFIG_TEXT, NULL, 0, NULL, 0, 0, NULL, NULL, NULL},
	{"state_file", CONFIG_TEXT, NULL, 0, NULL, 0, 0, NULL, NULL, NULL},
	{"file_tracker_database", CONFIG_TEXT, NULL, 0, NULL, 0, 0, NULL, NULL, NULL},
	{"file_tracker_table", CONFIG_TEXT, NULL, 0, NULL, 0, 0, NULL, NULL, NULL},
	{"timeout_minutes", CONFIG_TEXT, NULL, 0, NULL, 0, 0, NULL, NULL, NULL},
	{"log_level", CONFIG_TEXT, NULL, 0, NULL, 0, 0, NULL, NULL, NULL},
	{"enable_metrics", CONFIG_TEXT, NULL, 0, NULL, 0, 0, NULL, NULL, NULL},
};

const struct load_key load_table_keys[] = {
	{"table", CONFIG_TEXT, set_table, 0, NULL, 0, 0, "sales.orders",
	 "schema.table; made when it is not there", NULL},
	{"files", CONFIG_LIST, set_names, AT(files), NULL, 0, 0, "[\"data/orders/*.parquet\"]",
	 "names, patterns and folders, from the current folder on", NULL},
	{"from", CONFIG_TEXT, set_text, AT(from), NULL, 0, 0, "sales.orders_raw",
	 "instead of files: another table of this configuration; what is new there comes here",
	 NULL},
	{"select", CONFIG_LIST, set_names, AT(select), NULL, 0, 0,
	 "[\"*\", \"lower(email) as mail\"]",
	 "with from: SQL expressions over its columns (all columns)", NULL},
	{"filter", CONFIG_TEXT, set_text, AT(filter), NULL, 0, 0,
	 "\"amount > 0 and id is not null\"",
	 "with from: an SQL condition; rows for which it is not true stay behind", NULL},
	{"strategy", CONFIG_TEXT, set_strategy, 0, strategy_words, 0, 0, "append",
	 "append, overwrite, merge, scd1 or scd2", NULL},
	{"keys", CONFIG_LIST, set_names, S(keys), NULL, 0, 0, "[order_id]",
	 "key columns (merge, scd1, scd2)", NULL},
	{"track", CONFIG_LIST, set_names, S(track), NULL, 0, 0, "[status, amount]",
	 "columns whose change counts (all but the keys)", NULL},
	{"order_by", CONFIG_TEXT, set_text, S(order_by), NULL, 0, 0, "updated_at",
	 "of rows with one key the highest wins; scd2: the time of the event", NULL},
	{"delete_marker", CONFIG_TEXT, set_marker, 0, NULL, 0, 0, "op=D",
	 "merge: COLUMN=VALUE of rows that delete their key", NULL},
	{"close_missing", CONFIG_FLAG, set_flag, S(close_missing), NULL, 0, 0, "false",
	 "scd2: each file is a full snapshot; keys that it lacks are closed", NULL},
	{"effective_column", CONFIG_TEXT, set_string, S(effective_column), NULL, 0, 0,
	 "effective_date", "scd2: when a version began", NULL},
	{"end_column", CONFIG_TEXT, set_string, S(end_column), NULL, 0, 0, "end_date",
	 "scd2: when it ended", NULL},
	{"current_column", CONFIG_TEXT, set_string, S(current_column), NULL, 0, 0, "is_current",
	 "scd2: true for the newest", NULL},
	{"schema", CONFIG_TEXT, set_columns, 0, NULL, 0, 0,
	 "\"order_id bigint, status text, amount numeric(12,2)\"",
	 "columns of a new table (found out from the first files)", NULL},
	{"on_bad_row", CONFIG_TEXT, set_word, S(on_bad_row), bad_row_words, 0, 0, "quarantine",
	 "fail the file, quarantine or skip the row (fail)", NULL},
	{"bad_row_limit", CONFIG_TEXT, set_limit, 0, NULL, 0, 0, "5%",
	 "a count or a share: a file with more bad rows fails all the same", NULL},
	{"drift", CONFIG_TEXT, set_word, S(drift), drift_words, 0, 0, "add-columns",
	 "files with other columns: none, add-columns, rescue, fail, widen (none)", NULL},
	{"on_changed", CONFIG_TEXT, set_word, S(on_changed), on_changed_words, 0, 0, "error",
	 "a loaded file that changed: skip, reload, error", NULL},
	{"swap", CONFIG_TEXT, set_word, S(swap), swap_words, 0, 0, "auto",
	 "overwrite: rename (a new table takes the old one's place, readers wait for a moment), "
	 "truncate (the same table, readers wait for the INSERT), delete (the same table, readers "
	 "never wait), auto: rename unless views, foreign keys or the like hang on the table",
	 NULL},
	{"audit_columns", CONFIG_FLAG, set_flag, S(audit_columns), NULL, 0, 0, "false",
	 "adds _source_file, _load_timestamp, _batch_id, _line", NULL},
	{"format", CONFIG_TEXT, set_word, S(source.format), format_words, 0, 0, "auto",
	 "csv, json, parquet; auto: by name and content", NULL},
	{"delimiter", CONFIG_TEXT, set_character, S(source.delimiter), NULL, 0, 0, "\"|\"",
	 "CSV: between fields; 'tab' (found out)", NULL},
	{"quote", CONFIG_TEXT, set_character, S(source.quote), NULL, 0, 0, "'\"'",
	 "CSV: around fields; 'none' for none", NULL},
	{"escape", CONFIG_TEXT, set_string, AT(escape), NULL, 0, 0, "'\"'",
	 "CSV: before a quote within quotes (the quote)", NULL},
	{"header", CONFIG_TEXT, set_header, 0, header_words, 0, 0, "auto",
	 "CSV: the first line has the names: auto, yes, no", NULL},
	{"null_text", CONFIG_TEXT, set_string, S(source.null_text), NULL, 0, 0, "\"\"",
	 "CSV: unquoted fields that are NULL", NULL},
	{"encoding", CONFIG_TEXT, set_string, S(source.encoding), NULL, 0, 0, "UTF-8",
	 "CSV: of the file, as iconv knows it", NULL},
	{"time_zone", CONFIG_TEXT, set_string, S(source.time_zone), NULL, 0, 0, "UTC",
	 "of times that name none, into timestamptz", NULL},
	{"date_order", CONFIG_TEXT, set_word, S(source.date_order), date_order_words, 0, 0, "auto",
	 "of texts like 05/06/2024: dmy, mdy; auto: refused when both can be", NULL},
	{"lock_timeout", CONFIG_NUMBER, set_lock_timeout, 0, NULL, 0.1, 86400, "10",
	 "seconds to wait for a lock on this table", NULL},
	{"depends_on", CONFIG_LIST, set_names, AT(depends_on), NULL, 0, 0,
	 "[sales.customers, \"file:/data/_SUCCESS\", \"table:ref.rates column=day age=2d\", "
	 "\"job:1122\"]",
	 "tables of this file that come first, and facts to wait for: file:PATH is there;"
	 " table:NAME has rows, rows=N of them, or with column=C age=2d its newest is younger;"
	 " job:ID, a Databricks job whose last run succeeded",
	 NULL},
	{"wait", CONFIG_NUMBER, set_double, AT(wait_s), NULL, 0, 604800, "600",
	 "seconds to wait for these facts (0: they are there or the table fails)", NULL},
	{"poll", CONFIG_NUMBER, set_double, AT(poll_s), NULL, 0.01, 3600, "5",
	 "seconds between two looks", NULL},
	{"enabled", CONFIG_FLAG, set_flag, AT(enabled), NULL, 0, 0, "true",
	 "false: this table is left alone", NULL},
	/* the Data Loader */
	{"table_name", CONFIG_TEXT, loader_table, AT(table_name), NULL, 0, 0, NULL, NULL, "table"},
	{"database_name", CONFIG_TEXT, loader_table, AT(schema_name), NULL, 0, 0, NULL, NULL,
	 "table"},
	{"source_path_pattern", CONFIG_LIST, set_names, AT(files), NULL, 0, 0, NULL, NULL, "files"},
	{"loading_strategy", CONFIG_TEXT, loader_strategy, 0, NULL, 0, 0, NULL, NULL, "strategy"},
	{"primary_keys", CONFIG_LIST, set_names, S(keys), NULL, 0, 0, NULL, NULL, "keys"},
	{"tracking_columns", CONFIG_LIST, set_names, S(track), NULL, 0, 0, NULL, NULL, "track"},
	{"scd2_effective_date_column", CONFIG_TEXT, set_string, S(effective_column), NULL, 0, 0,
	 NULL, NULL, "effective_column"},
	{"scd2_end_date_column", CONFIG_TEXT, set_string, S(end_column), NULL, 0, 0, NULL, NULL,
	 "end_column"},
	{"scd2_current_flag_column", CONFIG_TEXT, set_string, S(current_column), NULL, 0, 0, NULL,
	 NULL, "current_column"},
	{"file_format", CONFIG_TEXT, loader_format, 0, NULL, 0, 0, NULL, NULL, "format"},
	{"schema_evolution", CONFIG_TEXT, loader_evolution, 0, NULL, 0, 0, NULL, NULL, "drift"},
	{"transformations", CONFIG_MAP, NULL, 0, NULL, 0, 0, NULL, NULL, "select and filter"},
	{"partition_columns", CONFIG_LIST, NULL, 0, NULL, 0, 0, NULL, NULL, NULL},
	{"parallel_processing", CONFIG_TEXT, NULL, 0, NULL, 0, 0, NULL, NULL, NULL},
	{"batch_size", CONFIG_TEXT, NULL, 0, NULL, 0, 0, NULL, NULL, NULL},
};
/* clang-format on */
const size_t load_run_key_count = sizeof(load_run_keys) / sizeof(load_run_keys[0]);
const size_t load_table_key_count = sizeof(load_table_keys) / sizeof(load_table_keys[0]);

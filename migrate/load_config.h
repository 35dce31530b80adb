/*
 * load_config.h - private to migrate: many tables by one YAML file.
 *
 * The keys are rows of a table (load_keys.c), from which the reader, `config check` and the example
 * of `config new` are made. The keys of the Databricks Data Loader are rows, too: each stands for
 * one of ours, or is accepted and said once to have no use here. A struct load_config owns
 * everything in it.
 */
#ifndef LAKEPORT_MIGRATE_LOAD_CONFIG_H
#define LAKEPORT_MIGRATE_LOAD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "common/config.h"
#include "common/error.h"
#include "common/memory.h"
#include "common/text.h"
#include "migrate/settings.h"

struct load_entry { /* one table */
	struct load_settings settings;
	const char *name;   /* schema.table */
	struct names files; /* names, patterns, folders */
	const char *from; /* schema.table of another entry: rows come from there, not from files */
	struct names select; /* expressions for the rows of `from`; none: all its columns */
	const char *filter;  /* condition on the rows of `from`, or NULL */
	struct names depends_on;
	double wait_s, poll_s; /* for what it depends on outside the configuration */
	bool enabled;
	size_t line;

	/* only while it is read */
	const char *schema_name, *table_name, *escape;
	struct names add_columns;
	bool loader; /* written with the keys of the Data Loader */
};

struct load_config {
	const char *path;
	struct load_entry *entries;
	size_t count, capacity;
	int jobs;	     /* connections for all tables together; 0: not said */
	const char *webhook; /* where the end of a run is told, or NULL */
	int attempts;
	double retry_s, lock_timeout_s; /* of every table; < 0: not said */
	struct names unused;		/* keys that were accepted and do nothing here */
	struct arena arena;
};

/* Class CONFIG, with file, line and column. The log says once what has no use. */
int load_config_read(struct load_config *c, const char *path, struct error *e);
/* The same for text in memory; `name` stands for the file in messages. */
int load_config_parse(struct load_config *c, struct str text, const char *name, struct error *e);
void load_config_release(struct load_config *c);

struct load_entry *load_config_find(const struct load_config *c, const char *name);

/* Switches off all tables but these (with commas). Class USAGE: no such table. */
int load_config_choose(struct load_config *c, const char *tables, struct error *e);

/* ---- load_keys.c ---------------------------------------------------------------------------- */

typedef int load_key_set(struct load_config *c, struct load_entry *t, const struct config_value *v,
			 size_t offset, struct error *e);

struct load_key {
	const char *name;
	enum config_type type;
	load_key_set *set; /* NULL: accepted, not used */
	size_t offset;	   /* of the member that `set` fills */
	const char *const *choices;
	double min, max;
	const char *example, *help; /* of `config new`; NULL: not shown, a key of the Data Loader */
	const char *means;	    /* our name for a key of the Data Loader, or NULL */
};
extern const struct load_key load_run_keys[], load_table_keys[];
extern const size_t load_run_key_count, load_table_key_count;

/* Prints an example with every key and what it means. */
void load_config_example(void);

#endif

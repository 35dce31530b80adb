/*
 * config.h - YAML configuration files, read through libyaml's events and a table.
 *
 * What a file may hold is a table of keys. A value is refused when it is not exactly of its key's
 * type (`yes` is not a flag, 010 and 1_000 are not numbers), and so are unknown and duplicate
 * keys (with the nearest known one), aliases, anchors, tags, a second document, a file over 1 MB
 * and nesting over 32. Every error names file, line and column.
 *
 * CONFIG_MAP nests another table. CONFIG_FREE is a mapping whose keys the file chooses; CONFIG_LIST
 * is a sequence of scalars and CONFIG_MAPS one of mappings, each read with `table`. The caller gets
 * everything through `visit`, in the order of the file.
 */
#ifndef LAKEPORT_COMMON_CONFIG_H
#define LAKEPORT_COMMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

enum config_type {
	CONFIG_FLAG,   /* true or false */
	CONFIG_TEXT,   /* any scalar */
	CONFIG_NUMBER, /* a decimal number within [min, max] */
	CONFIG_LIST,   /* a sequence of scalars, or one scalar */
	CONFIG_MAP,    /* a mapping with the keys of `table` */
	CONFIG_FREE,   /* a mapping of free keys to scalars */
	CONFIG_MAPS,   /* a sequence of mappings with the keys of `table` */
};

struct config_key {
	const char *name;
	enum config_type type;
	bool required;
	double min, max;	    /* numbers; max 0: no upper limit */
	const char *const *choices; /* text: the allowed words, NULL-terminated */
	const struct config_key *table;
	size_t table_count;
};

struct config_value {
	const struct config_key *key; /* the row it was read by */
	const char *name;	      /* the key as the file has it (free keys: the file's word) */
	const char *text;	      /* the scalar's text */
	double number;		      /* CONFIG_NUMBER, CONFIG_FLAG (0 or 1) */
	bool quoted;
	size_t line, column; /* from 1 */
};

enum config_event { CONFIG_VALUE, CONFIG_ENTER, CONFIG_LEAVE };

/*
 * Called for each scalar (CONFIG_VALUE), and around each mapping of CONFIG_MAP, CONFIG_FREE and
 * CONFIG_MAPS (ENTER, LEAVE). Returning -1 with `e` filled stops; the reader adds file and line.
 */
typedef int config_visit(void *context, enum config_event event, const struct config_value *value,
			 struct error *e);

/* Class CONFIG on any fault. */
int config_read(const char *path, const struct config_key *table, size_t count, config_visit *visit,
		void *context, struct error *e);

/* The same for text in memory; `name` stands for the file in messages. */
int config_parse(const char *text, size_t n, const char *name, const struct config_key *table,
		 size_t count, config_visit *visit, void *context, struct error *e);

#endif

/*
 * settings_text.h - private to migrate: what people write, on the command line or in a file, as
 * parts of struct load_settings.
 *
 * Memory comes from `a`. Errors are of class USAGE and say what the text is not; the caller says
 * where it stood.
 */
#ifndef LAKEPORT_MIGRATE_SETTINGS_TEXT_H
#define LAKEPORT_MIGRATE_SETTINGS_TEXT_H

#include "common/error.h"
#include "common/memory.h"
#include "migrate/settings.h"

extern const char *const strategy_words[], *const format_words[], *const header_words[];

/* The place of a word in a list, or 0. */
int settings_word(const char *const *words, const char *word);

/* "schema.table", each part quoted ("a.b") or not; without a schema: public. Names are kept. */
int settings_table(struct arena *a, const char *text, const char **schema, const char **table,
		   struct error *e);
/* "a, b": adds to `out`, which gets new memory. NULL and "" add nothing. */
void settings_names(struct arena *a, const char *text, struct names *out);
void settings_add_name(struct arena *a, struct names *out, const char *name);
/* "COLUMN=VALUE" */
int settings_marker(struct arena *a, struct load_settings *s, const char *text, struct error *e);
/* "100" or "5%" */
int settings_limit(struct load_settings *s, const char *text, struct error *e);
/* One character, or 'tab', or 'none' (0). */
int settings_character(const char *text, char *out, struct error *e);

#endif

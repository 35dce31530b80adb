/*
 * convert_options.h - options that all verbs of convert share: the facts of the source's session.
 */
#ifndef LAKEPORT_CONVERT_CONVERT_OPTIONS_H
#define LAKEPORT_CONVERT_CONVERT_OPTIONS_H

#include "common/command.h"
#include "convert/convert.h"

extern const char *const convert_on_off[];
const char *conversion_status_name(enum conversion_status s);

/* clang-format off */
#define CONVERT_FROM_OPTION                                                                        \
	{0, "from", OPTION_TEXT, "DIALECT",                                                        \
	 "the source's SQL: databricks, tsql, oracle, mysql, redshift, snowflake",                 \
	 NULL, 0, 0, NULL, NULL}
#define CONVERT_SCHEMA_OPTIONS                                                                     \
	{0, "schema", OPTION_TEXT, "FILE",                                                         \
	 "DDL of the tables in Postgres' SQL: for columns, types and keys, and checks without "    \
	 "the real ones", NULL, 0, 0, NULL, NULL},                                                 \
	{0, "source-schema", OPTION_TEXT, "FILE",                                                  \
	 "DDL of the tables in the source's SQL: for columns, types and keys",                     \
	 NULL, 0, 0, NULL, NULL}
#define CONVERT_SETTING_OPTIONS                                                                    \
	{0, "plain", OPTION_FLAG, NULL, "the shortest text; differences as findings, not as SQL",  \
	 NULL, 0, 0, NULL, NULL},                                                                  \
	{0, "ansi", OPTION_CHOICE, "on|off", "Databricks' ANSI mode, MySQL's strict mode", "on",   \
	 0, 0, convert_on_off, NULL},                                                              \
	{0, "double-quotes", OPTION_CHOICE, "names|strings",                                       \
	 "what \"x\" is (default: as the dialect has it)", NULL, 0, 0, convert_quotes, NULL},      \
	{0, "ignore-case", OPTION_CHOICE, "on|off",                                                \
	 "whether texts compare without case (default: as the dialect's usual collation)",        \
	 NULL, 0, 0, convert_on_off, NULL},                                                        \
	{0, "source-time-zone", OPTION_TEXT, "ZONE", "of the source's session (default: the same)",\
	 NULL, 0, 0, NULL, NULL},                                                                  \
	{0, "date-first", OPTION_INT, "N", "first day of the week, 1 Monday to 7 Sunday",          \
	 NULL, 1, 7, NULL, NULL},                                                                  \
	{0, "helper-schema", OPTION_TEXT, "NAME", "where the helper functions live", "lakeport",   \
	 0, 0, NULL, NULL}
/* clang-format on */

extern const char *const convert_quotes[];

/* The text of the file that an option names, in the arena; NULL: it was not given. */
int convert_schema_text(const struct invocation *inv, const char *option, struct arena *a,
			const char **text, struct error *e);
/* Takes DDL that was given, in Postgres' SQL and in the source's; each may be NULL. */
void convert_schema_given(struct schema *s, const struct convert_settings *settings,
			  const char *postgres, const char *source);

/* Puts what was given into the settings. */
void convert_options_read(const struct invocation *inv, struct convert_settings *s);

#endif

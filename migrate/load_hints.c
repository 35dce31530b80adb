/*
 * load_hints.c - what to do next about failures that the server reports while a file is loaded, by
 * SQLSTATE. Codes: Postgres 15 manual, appendix A (read 2026-11-21).
 */
#include "migrate/load_parts.h"

#include <string.h>

/* Sorted by code; the last that a SQLSTATE begins with. */
static const struct {
	const char *code, *hint;
} hints[] = {
	{"22", "put such rows aside with --on-bad-row quarantine"},
	{"22P05", "this database is not UTF8 and has no such character: load into one that is"},
	{"23", "put such rows aside with --on-bad-row quarantine"},
	{"25006", "this server or session only reads: connect to the primary"},
	{"40P01", "others change this table, too: load again when they are done"},
	{"42501", "grant the right to this user, or connect as another"},
	{"53100", "make room on the server, then load again: nothing of this file was kept"},
	{"53200", "the server has no memory left: fewer --jobs, or load again later"},
	{"53300", "the server has no connection left: fewer --jobs, or load again later"},
	{"55P03", "somebody holds a lock: pg_locks says who; --lock-timeout waits longer"},
	{"57P", "load again when the server is back: files that are loaded are known"},
};

void load_add_hint(struct error *e)
{
	const char *hint = NULL;
	size_t i;

	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (strncmp(e->sqlstate, hints[i].code, strlen(hints[i].code)) == 0)
			hint = hints[i].hint;
	if (hint && !*e->hint)
		error_hint(e, "%s", hint);
}

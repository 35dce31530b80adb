/*
 * sqlstate.c - a table of condition names.
 *
 * Source: PostgreSQL 15 manual, appendix A "PostgreSQL Error Codes" (read 2026-11-21). Only what
 * workloads commonly meet; the rest is named by its class.
 */
#include "bench/sqlstate.h"

#include <string.h>

static const struct {
	const char *code, *name;
} names[] = {
	/* sorted; two characters stand for a class */
	{"08", "connection exception"},
	{"08006", "connection failure"},
	{"08P01", "protocol violation"},
	{"22", "data exception"},
	{"22003", "numeric value out of range"},
	{"22012", "division by zero"},
	{"22P02", "invalid text representation"},
	{"23", "integrity constraint violation"},
	{"23503", "foreign key violation"},
	{"23505", "unique violation"},
	{"25006", "read only sql transaction"},
	{"25P02", "in failed sql transaction"},
	{"25P03", "idle in transaction session timeout"},
	{"26000", "invalid sql statement name"},
	{"28", "invalid authorization"},
	{"40", "transaction rollback"},
	{"40001", "serialization failure"},
	{"40P01", "deadlock detected"},
	{"42", "syntax error or access rule violation"},
	{"42501", "insufficient privilege"},
	{"42601", "syntax error"},
	{"42703", "undefined column"},
	{"42883", "undefined function"},
	{"42P01", "undefined table"},
	{"42P05", "duplicate prepared statement"},
	{"53", "insufficient resources"},
	{"53100", "disk full"},
	{"53200", "out of memory"},
	{"53300", "too many connections"},
	{"55P03", "lock not available"},
	{"57", "operator intervention"},
	{"57014", "query canceled"},
	{"57P01", "admin shutdown"},
	{"57P02", "crash shutdown"},
	{"57P03", "cannot connect now"},
	{"58", "system error"},
	{"XX", "internal error"},
	{"meta", "fault in the script's own commands"},
};

static const char *find(const char *sqlstate, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i].code) == n && strncmp(names[i].code, sqlstate, n) == 0)
			return names[i].name;
	return NULL;
}

const char *sqlstate_name(const char *sqlstate)
{
	const char *name = find(sqlstate, strlen(sqlstate));

	if (!name && strlen(sqlstate) >= 2)
		name = find(sqlstate, 2);
	return name ? name : "";
}

bool sqlstate_is_contention(const char *sqlstate)
{
	return strncmp(sqlstate, "40", 2) == 0;
}

/*
 * check_names.h - private to convert: the names that a statement uses, and those that nobody knows.
 */
#ifndef LAKEPORT_CONVERT_CHECK_NAMES_H
#define LAKEPORT_CONVERT_CHECK_NAMES_H

#include "convert/check_tree.h"

enum name_kind { NAME_FUNCTION, NAME_TYPE, NAME_OPERATOR };

struct unknown_name {
	enum name_kind kind;
	const char *schema, *name; /* schema NULL: not qualified */
	size_t arguments;
	size_t position;
	const char *message, *hint;
};

struct unknown_names {
	struct unknown_name *items;
	size_t count, capacity;
};

/*
 * Collects the names of `p` that Postgres 15 does not have, helpers (functions of `helpers`, may be
 * NULL) and what the text itself creates aside. Qualified names of other schemas than pg_catalog
 * and `helper_schema` are not known to be missing and not collected. Arena's.
 */
void check_names_unknown(const struct parsed *p, const struct parsed *helpers,
			 const char *helper_schema, struct arena *a, struct unknown_names *out);

/* Whether a function of this schema is called. */
bool check_names_uses(const struct parsed *p, const char *schema);

#endif

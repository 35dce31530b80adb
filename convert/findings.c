/*
 * findings.c - what the codes mean. Sorted by code; a code never changes its meaning.
 */
#include "convert/finding.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct finding_kind kinds[] = {
	{"BIT-BOOLEAN", FINDING_CHANGED, "bit became boolean",
	 "T-SQL's bit compares with 0 and 1 and is summed; Postgres' boolean is neither.",
	 "CAST(x AS bit)  ->  CAST(x AS boolean)",
	 "Write true and false in the application, or keep the column as smallint."},
	{"CI-COLLATION", FINDING_CHANGED, "texts compared without case",
	 "The source's collation ignores case in =, IN, LIKE, GROUP BY, DISTINCT and ORDER BY; "
	 "Postgres' does not.",
	 "name = 'Ann'  finds 'ann', too, in the source only",
	 "Use a nondeterministic ICU collation or citext for the column, or lower() on both sides."},
	{"CLUSTERING", FINDING_NOTE, "the physical order of rows was dropped",
	 "SORT BY, DISTRIBUTE BY and CLUSTER BY say how rows are spread over workers, not what the "
	 "answer is.", NULL, "Add ORDER BY where the order of the answer matters."},
	{"DATABASE-NAME", FINDING_OPEN, "a name has a database before the schema",
	 "Postgres reads only one database in a statement.", "db.schema.t  ->  schema.t",
	 "Bring the tables of the other database in as a schema, or use postgres_fdw."},
	{"ENUM-CHECK", FINDING_CHANGED, "an enumeration became text",
	 "The list of allowed values and its order are no longer checked.", NULL,
	 "Add CHECK (column IN (...)), or create a type AS ENUM."},
	{"FORMAT", FINDING_OPEN, "a date format has no counterpart",
	 "Some letters of the format mean something that to_char and to_date do not know.", NULL,
	 "Check the result of the call by hand."},
	{"HASH-DIFFERS", FINDING_BLOCKER, "a hash function that Postgres does not have",
	 "The source's hash function gives values that no function of Postgres gives.", NULL,
	 "Compute the hash outside, or change both sides to md5 or sha256."},
	{"HINT-DROPPED", FINDING_NOTE, "a hint was dropped",
	 "Hints steer the source's optimizer. Postgres has none; a comment is left as a comment.",
	 NULL, "Look at the plan with EXPLAIN (ANALYZE)."},
	{"NANOSECONDS", FINDING_CHANGED, "nanoseconds became microseconds",
	 "Postgres keeps six digits of a second.", NULL, "Nothing, unless the last digits matter."},
	{"NO-FUNCTION", FINDING_BLOCKER, "a function without counterpart",
	 "Postgres has no function or expression for this.", NULL,
	 "Write a function of that name, or change the query."},
	{"NOT-CONVERTED", FINDING_BLOCKER, "a construct was left as it is",
	 "No rule knows how to say this in Postgres, so the text was not touched.", NULL,
	 "Rewrite that part by hand, or let a model propose it (convert run --model)."},
	{"NOT-PARSED", FINDING_BLOCKER, "the statement was not understood",
	 "The parser stopped at the place shown; the statement was left as it was.", NULL,
	 "Check --from; otherwise rewrite it by hand, or let a model propose it."},
	{"NULLS-ORDER", FINDING_CHANGED, "NULLs sort at the other end",
	 "The source sorts NULLs as the smallest value, Postgres as the largest; with --plain the "
	 "order is left as Postgres has it.",
	 "ORDER BY x  ->  ORDER BY x NULLS FIRST", "Drop --plain, or add NULLS FIRST / LAST."},
	{"OPTION-DROPPED", FINDING_NOTE, "an option of the table was dropped",
	 "Storage, distribution and clustering options mean nothing in Postgres.", NULL,
	 "Add indexes or partitions where the option made queries fast."},
	{"TABLE-REPLACED", FINDING_CHANGED, "CREATE OR REPLACE TABLE became DROP and CREATE",
	 "Views on the table and grants are lost when it is dropped.", NULL,
	 "TRUNCATE instead where the table's shape stays the same."},
	{"TYPE-UNKNOWN", FINDING_OPEN, "a type without counterpart",
	 "The nearest type of Postgres does not do all that the source's does.", NULL,
	 "Check how the column is used."},
};
/* clang-format on */

static int compare(const void *code, const void *row)
{
	return strcmp(code, ((const struct finding_kind *)row)->code);
}

const struct finding_kind *finding_find(const char *code)
{
	return bsearch(code, kinds, sizeof(kinds) / sizeof(kinds[0]), sizeof(kinds[0]), compare);
}

const struct finding_kind *finding_all(size_t *count)
{
	*count = sizeof(kinds) / sizeof(kinds[0]);
	return kinds;
}

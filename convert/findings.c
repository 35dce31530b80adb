/*
 * findings.c - what the codes mean. Sorted by code; a code never changes its meaning.
 */
#include "convert/finding.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct finding_kind kinds[] = {
	{"ALIAS-IN-WHERE", FINDING_CHANGED, "WHERE names an item of the select list",
	 "Where a table has a column of that name, the column is meant; the text does not show "
	 "whether one has, so the item was taken.",
	 "SELECT a + 1 AS b FROM t WHERE b > 2  ->  ... WHERE a + 1 > 2",
	 "Put the column's name in place where a table has such a column."},
	{"ANSI-OFF", FINDING_CHANGED, "a cast that fails is an error",
	 "Without ANSI mode the source answers NULL for what cannot be cast, and sums wrap around; "
	 "the type of this value is not known from the text, so that Postgres' cast stands.",
	 "CAST(x AS INT)", "Guard the cast, or give the value's type by a cast to text."},
	{"BIT-BOOLEAN", FINDING_CHANGED, "bit became boolean",
	 "T-SQL's bit compares with 0 and 1 and is summed; Postgres' boolean is neither.",
	 "CAST(x AS bit)  ->  CAST(x AS boolean)",
	 "Write true and false in the application, or keep the column as smallint."},
	{"BYTE-LENGTH", FINDING_CHANGED, "a length in bytes",
	 "The source counts bytes of its own encoding (two a character in nvarchar); Postgres "
	 "counts those of UTF-8.",
	 "DATALENGTH(x)  ->  octet_length(x)", "Use length() where characters are meant."},
	{"CATALOG-DROPPED", FINDING_NOTE, "a name has a catalog before the schema",
	 "Postgres reads one database, and its schemas are those of the catalog that moved.",
	 "main.sales.orders  ->  sales.orders", "Connect to the database that the catalog became."},
	{"CATALOG-VIEW", FINDING_OPEN, "a view of the source's own catalog",
	 "Names of tables, columns, sessions and queries are in other views in Postgres.", NULL,
	 "Use information_schema, pg_catalog or pg_stat_activity."},
	{"CI-COLLATION", FINDING_CHANGED, "texts compared without case",
	 "The source's collation ignores case in =, IN, LIKE, GROUP BY, DISTINCT and ORDER BY; "
	 "Postgres' does not.",
	 "name = 'Ann'  finds 'ann', too, in the source only",
	 "Use a nondeterministic ICU collation or citext for the column, or lower() on both."},
	{"CLONE", FINDING_CHANGED, "a clone became a copy of the rows",
	 "Constraints, defaults and generated columns do not come along, and a shallow clone "
	 "copies nothing in Databricks.",
	 NULL, "CREATE TABLE new (LIKE old INCLUDING ALL), then INSERT, where they matter."},
	{"CLUSTERING", FINDING_NOTE, "the physical order of rows was dropped",
	 "SORT BY, DISTRIBUTE BY and CLUSTER BY say how rows are spread over workers, not what the "
	 "answer is.", NULL, "Add ORDER BY where the order of the answer matters."},
	{"COMPARATOR", FINDING_OPEN, "an array sorted by a comparison of its own",
	 "Postgres sorts by expressions, not by a function of two elements.",
	 NULL, "Write ARRAY(SELECT x FROM unnest(a) AS u(x) ORDER BY ...) by hand."},
	{"DATABASE-NAME", FINDING_OPEN, "a name has a database before the schema",
	 "Postgres reads only one database in a statement.", "db.schema.t  ->  schema.t",
	 "Bring the tables of the other database in as a schema, or use postgres_fdw."},
	{"ENUM-CHECK", FINDING_CHANGED, "an enumeration became text",
	 "The list of allowed values and its order are no longer checked.", NULL,
	 "Add CHECK (column IN (...)), or create a type AS ENUM."},
	{"FLOAT-TEXT", FINDING_CHANGED, "a floating point number became text",
	 "Whole numbers get their '.0' as in Spark; from 10000000 on and below 0.001 Spark writes "
	 "1.0E7 and 1.0E-4, Postgres 10000000 and 0.0001.",
	 "CAST(1.0D AS STRING)  ->  '1.0'",
	 "Format such numbers with to_char() where they matter."},
	{"FORMAT", FINDING_OPEN, "a date format has no counterpart",
	 "Some letters of the format mean something that to_char and to_date do not know.", NULL,
	 "Check the result of the call by hand."},
	{"FORMAT-LETTERS", FINDING_OPEN, "a format that Postgres cannot say",
	 "The format is not a literal, or has letters that to_char(), to_date() and "
	 "to_timestamp() do not know.",
	 NULL, "Write the format by hand, or compute it in the application."},
	{"FULL-TEXT", FINDING_CHANGED, "full text search",
	 "Postgres cuts texts into words, and words into stems, by its own rules; ranks and stop "
	 "words differ.",
	 "MATCH (body) AGAINST ('lake')  ->  to_tsvector(body) @@ websearch_to_tsquery('lake')",
	 "Make a GIN index on to_tsvector('english', column), and name the language in both."},
	{"FUNCTION-UNKNOWN", FINDING_OPEN, "a function that Postgres does not have",
	 "It is the user's own, or of a package; neither the dialect's tables nor Postgres know "
	 "it.",
	 NULL, "Make a function of that name in the target, or change the call."},
	{"HASH-DIFFERS", FINDING_BLOCKER, "a hash function that Postgres does not have",
	 "The source's hash function gives values that no function of Postgres gives.", NULL,
	 "Compute the hash outside, or change both sides to md5 or sha256."},
	{"HINT-DROPPED", FINDING_NOTE, "a hint was dropped",
	 "Hints steer the source's optimizer. Postgres has none; a comment is left as a comment.",
	 NULL, "Look at the plan with EXPLAIN (ANALYZE)."},
	{"IGNORE-NULLS", FINDING_OPEN, "IGNORE NULLS",
	 "Postgres' lag() and lead() do not skip NULLs.",
	 NULL, "Number the rows that are not NULL in a subquery, and join."},
	{"JSON-INVALID", FINDING_CHANGED, "invalid JSON is an error",
	 "The source answers NULL or false for a text that is no JSON; a cast to jsonb fails.",
	 NULL, "Clean the column, or guard the cast with a function that catches the error."},
	{"JSON-OPTIONS", FINDING_CHANGED, "options of to_json were dropped",
	 "Postgres writes dates and NULLs its own way.",
	 NULL, "Compare the texts where they leave the database."},
	{"JSON-PATH-DYNAMIC", FINDING_CHANGED, "a JSON path that is not a literal",
	 "Postgres' jsonpath is close to the source's, but strict about quotes and case.",
	 NULL, "Check the paths that the query is called with."},
	{"LIKE-PATTERN", FINDING_OPEN, "a LIKE pattern that is not a literal",
	 "The pattern has to become a regular expression, which needs its text.",
	 NULL, "Write the regular expression by hand."},
	{"LOCALE", FINDING_CHANGED, "a result that depends on the source's language settings",
	 "Dates and numbers without a format, or with names of days and months in a language, "
	 "follow NLS settings; Postgres follows ISO and English.",
	 NULL, "Give a format, or check the values."},
	{"MERGE-SPLIT", FINDING_CHANGED, "WHEN NOT MATCHED BY SOURCE became its own statement",
	 "Postgres' MERGE has it from version 17 on; the rows that the source does not have are "
	 "changed by a statement before the MERGE.",
	 NULL, "Run both in one transaction."},
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
	{"ORDERED-SET-OVER", FINDING_OPEN, "percentile or median as a window function",
	 "Postgres' ordered-set aggregates have no OVER.",
	 NULL, "Compute it in a grouped subquery and join it."},
	{"OVERFLOW-ERROR", FINDING_CHANGED, "overflow is an error",
	 "The source answers NULL where the result does not fit; Postgres fails.",
	 NULL, "Cast to numeric where values may be large."},
	{"OVERWRITE", FINDING_CHANGED, "overwriting became DELETE and INSERT",
	 "The old rows are deleted before the new ones come.",
	 "INSERT OVERWRITE t SELECT ...  ->  DELETE FROM t; INSERT INTO t SELECT ...",
	 "Run both in one transaction."},
	{"PIVOT-COLUMNS", FINDING_OPEN, "columns around a PIVOT or UNPIVOT that are not known",
	 "The columns of the table are not in the text. With PIVOT, rows are grouped by the rest "
	 "of the row; with *, the columns that it used come along, too.",
	 NULL,
	 "Give --schema or --source-schema with the table, or list the columns in a subquery "
	 "before PIVOT or UNPIVOT, or in place of *."},
	{"RANDOM-SEED", FINDING_NOTE, "the seed of random numbers was dropped",
	 "Postgres' random() takes its seed from setseed().",
	 NULL, "Call setseed() before, where the same numbers are wanted."},
	{"REGEX-DYNAMIC", FINDING_CHANGED, "a regular expression that is not a literal",
	 "Patterns of columns and expressions are used as they are; Postgres' syntax differs "
	 "in corners such as \\b, \\p{..} and flags.",
	 NULL, "Check the patterns that the query is called with."},
	{"REGEX-GREEDY", FINDING_OPEN, "greedy and lazy in one regular expression",
	 "Postgres takes the kind of the first quantifier for the whole expression.",
	 "'a.*?b.*c'", "Use [^b]* instead of .*?, or split the match into two."},
	{"ROUTINE", FINDING_BLOCKER, "a stored routine or a block of code was left as it is",
	 "Rules convert statements of SQL, not the language of routines; lines, statements and "
	 "branches tell the size of the work.",
	 NULL, "Rewrite it in PL/pgSQL, or let a model propose it (convert run --model)."},
	{"ROW-IDS", FINDING_CHANGED, "numbers of rows",
	 "The source's numbers are unique, but neither dense nor repeatable; row_number() is "
	 "used.",
	 NULL, "Use an identity column where the numbers are kept."},
	{"SESSION-VARIABLE", FINDING_OPEN, "a session variable became a setting",
	 "Postgres keeps session variables as texts: set_config('session.x', ...) sets one.",
	 "SELECT x  ->  SELECT current_setting('session.x')::int",
	 "Read it with current_setting() and a cast where statements use it."},
	{"SETTING", FINDING_OPEN, "a setting of the source's server",
	 "Postgres has no setting of that meaning; the text reads one of the name mysql.NAME, "
	 "which is NULL until set_config() gives it a value.",
	 "@@session.x  ->  current_setting('mysql.x', true)",
	 "Take it out, or give it a value in the session."},
	{"TABLE-COLUMNS", FINDING_OPEN, "the columns of a table are not in the text",
	 "They are in files or in a schema elsewhere; the table is made without columns.",
	 NULL, "List the columns, or take them from the source's catalog."},
	{"TABLE-REPLACED", FINDING_CHANGED, "CREATE OR REPLACE TABLE became DROP and CREATE",
	 "Views on the table and grants are lost when it is dropped.", NULL,
	 "TRUNCATE instead where the table's shape stays the same."},
	{"TIME-ZONE-OFFSET", FINDING_OPEN, "a time zone as an offset",
	 "AT TIME ZONE reads '+02:00' with the sign of POSIX, the other one.",
	 "'+02:00'  ->  '-02:00'", "Use names of zones, such as 'Europe/Berlin'."},
	{"TRY-FORMAT", FINDING_CHANGED, "a text that does not fit its format is an error",
	 "The source answers NULL for a text that does not fit; to_date() and to_timestamp() "
	 "fail, or read on.",
	 NULL, "Guard the call by a regular expression for the texts that occur."},
	{"TYPE-NAMES", FINDING_CHANGED, "names of types",
	 "Postgres names types its own way: bigint, text, timestamp without time zone.",
	 NULL, "Compare with Postgres' names."},
	{"TYPE-UNKNOWN", FINDING_OPEN, "a type without counterpart",
	 "The nearest type of Postgres does not do all that the source's does.", NULL,
	 "Check how the column is used."},
	{"UNIT-DYNAMIC", FINDING_OPEN, "a date part that is not known",
	 "The part is not a literal, or Postgres has none like it.",
	 NULL, "Write the expression for each part that occurs."},
	{"UPSERT-KEY", FINDING_CHANGED, "an upsert by the primary key",
	 "MySQL looks at every unique key; Postgres at the one that is named. Where the table's "
	 "keys are not known, or a row can meet several, the primary key decides, and other unique "
	 "keys are errors.",
	 "ON DUPLICATE KEY UPDATE  ->  ON CONFLICT ON CONSTRAINT t_pkey DO UPDATE",
	 "Give --schema or --source-schema with the table's keys; with several of them, name the "
	 "one that is meant: ON CONFLICT (a, b)."},
	{"WEEK-MODE", FINDING_OPEN, "a numbering of weeks that Postgres does not have",
	 "Postgres numbers weeks by ISO 8601 only.",
	 NULL, "Use mode 1 or 3, or compute the week from the day of the year."},
	{"WINDOW-ZONE", FINDING_CHANGED, "windows of days begin at midnight of the session",
	 "The source counts windows of days from midnight of UTC, whatever the session's zone is.",
	 "window(ts, '1 day')", "Nothing in sessions in UTC; else shift ts before and after."},
	{"XML-TEXT", FINDING_CHANGED, "XML put together as a text",
	 "The rows became elements by the names of their columns as Postgres has them; namespaces, "
	 "nested paths and XSINIL are not written.",
	 "SELECT id FROM t FOR XML PATH", "Compare with what the application reads."},
	{"YEAR-TWO-DIGITS", FINDING_CHANGED, "a year of two digits",
	 "Postgres takes 00 to 69 as 2000 to 2069 and 70 to 99 as 1970 to 1999; Oracle's RR turns "
	 "at 50, its YY always means the century of today.",
	 "TO_DATE(a, 'DD.MM.RR')",
	 "Nothing for years from 1970 to 2049 by RR; else give four digits."},
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

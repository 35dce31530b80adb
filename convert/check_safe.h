/*
 * check_safe.h - private to convert: what may be done with a statement on a live server.
 *
 * Decided on the parse tree, by two tables in check_safe.c: kinds of statements, and functions.
 * What is not in the table of statements is refused. The transaction that is rolled back is the
 * first defence, read-only the second, these tables keep away what neither undoes.
 */
#ifndef LAKEPORT_CONVERT_CHECK_SAFE_H
#define LAKEPORT_CONVERT_CHECK_SAFE_H

#include "convert/check_tree.h"

enum policy {
	POLICY_QUERY,	/* analysed; executed read-only */
	POLICY_CHANGE,	/* analysed; executed only when changes of rows were asked for */
	POLICY_COPY_AS, /* makes a table from a query: analysed; executed like CHANGE */
	POLICY_CREATE,	/* nothing to analyse: executed to be checked, in the schema of the check */
	POLICY_CODE,	/* like CREATE, but nothing behind it is executed: it could be called */
	POLICY_OWN,	/* executed only on what the check itself made: it locks or destroys */
	POLICY_ANALYSE, /* analysed, never executed */
	POLICY_REFUSE,	/* neither */
};

struct policy_row {
	const char *kind; /* of the parse tree */
	enum policy policy;
	const char *why; /* for those that are not executed: "ends the transaction" */
};

extern const struct policy_row policy_rows[]; /* sorted by kind */
extern const size_t policy_row_count;

/* Never NULL: what is not in the table is refused. Looks into the statement where its kind alone
 * does not say it (SELECT INTO, CREATE FUNCTION in C, CREATE INDEX CONCURRENTLY, ...).
 */
struct policy_row policy_of(const struct pgtree_statement *s);

/* A function whose effects no rollback undoes, or that runs SQL from a text. */
struct harmful_function {
	const char *name;
	const char *why;
};
extern const struct harmful_function harmful_functions[]; /* sorted by name */
extern const size_t harmful_function_count;

/*
 * The first function of `p` that must not be executed, with the reason in `*why`; NULL: none. With
 * a server, `names` gets every function name of the text that the tables do not know, for a
 * question to its catalog: extensions and functions of users (names may be NULL).
 */
struct name_list {
	const char **items;
	size_t count, capacity;
};
const char *policy_harmful(const struct parsed *p, struct arena *a, struct name_list *names,
			   const char **why);

#endif

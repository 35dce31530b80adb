/*
 * rule.h - rules that turn the source's tree into Postgres', and what they work with.
 *
 * The engine (rewrite.c) walks the tree once. On the way down it applies the dialect's `before`
 * rules (they see the source's shape above and below), then the children are done, then on the way
 * up: the function table, the type table, and the dialect's `after` rules, whose node has children
 * that are Postgres already. What an `after` rule makes is not visited again. A rule that does not
 * fit returns false and touches nothing.
 *
 * A rules file is rules_NAME.c with two tables, `rules_NAME_before` and `rules_NAME_after`; rules
 * that several dialects share are in rules_common.h.
 */
#ifndef LAKEPORT_CONVERT_RULE_H
#define LAKEPORT_CONVERT_RULE_H

#include "convert/convert.h"
#include "convert/dialect.h"
#include "convert/finding.h"
#include "convert/token.h"
#include "convert/tree.h"

/* One conversion's state. */
struct rewrite {
	struct arena *arena;
	const struct convert_settings *settings;
	const struct dialect *dialect;
	const struct tokens *tokens;
	struct node *root; /* NODE_ROOT, child 0 is the statement */
	struct convert_finding *findings;
	size_t finding_count, finding_room;
	struct convert_parameter *parameters;
	size_t parameter_count, parameter_room;
	unsigned names; /* counts names that rules made up */
	bool helpers;	/* a helper function is called */
	bool blocked;	/* something could not be converted */
};

struct rule {
	uint8_t kind; /* enum node_kind it is applied to */
	const char *name;
	/* true: it did something. The node may have been replaced by node_replace(). */
	bool (*apply)(struct rewrite *r, struct node *n);
};

/* Applies everything to r->root. */
void rewrite_run(struct rewrite *r);

/*
 * A finding about `n` (its place in the source). The same code at the same place is reported once.
 * `format` NULL: the title of the code's row. BLOCKER findings make the status PARTLY.
 */
void rewrite_finding(struct rewrite *r, const struct node *n, const char *code, const char *format,
		     ...) __attribute__((format(printf, 4, 5)));

/*
 * A Postgres expression with $1 .. $9 (and $*) replaced by the trees of `args`: the same language
 * as in function.h. An argument used twice is copied. For fixed texts only: they are parsed on each
 * call, so prefer the function table where speed counts.
 */
struct node *rewrite_template(struct rewrite *r, const char *text, unsigned count,
			      struct node *const *args);
/* Same, for a query in parentheses, "(SELECT ...)": its QUERY. */
struct node *rewrite_query_template(struct rewrite *r, const char *text, unsigned count,
				    struct node *const *args);

/* A call of a helper function (helpers.sql); sets r->helpers. */
struct node *rewrite_helper(struct rewrite *r, const char *name, unsigned count,
			    struct node *const *args);

/* A new name that does not clash: _t1, _t2, ... with the given letter. */
struct node *rewrite_new_name(struct rewrite *r, char letter);

/* The type of an expression, as far as it can be known from the text. infer.c */
enum type_code type_of(struct rewrite *r, struct node *n);
enum type_code type_element(struct rewrite *r, struct node *n); /* of an array */
bool type_is_int(enum type_code t);				/* smallint, int, bigint */
bool type_is_number(enum type_code t);				/* any number */
/* Of a type as it was declared in dialect `d`. */
enum type_code type_declared(const struct dialect *d, const struct node *type);
enum type_code type_from_name(const char *postgres_name);
const char *type_name(enum type_code t); /* Postgres' name; NULL for UNKNOWN */

/* A date format string of the source in Postgres' letters; NULL: something has no counterpart. */
const char *format_convert(struct rewrite *r, struct str format);

/* The function table (functions.c): true when the call was replaced or reported. */
bool function_apply(struct rewrite *r, struct node *call);
/* The type table (types.c): NODE_TYPE in place; not one whose `number` is TYPE_OF_POSTGRES. */
#define TYPE_OF_POSTGRES 1
bool type_apply(struct rewrite *r, struct node *type);
/* A column of Spark's TIMESTAMP is an instant, timestamptz; casts are to the local time. */
bool type_is_instant(const struct dialect *d, const struct node *column_type);

#endif

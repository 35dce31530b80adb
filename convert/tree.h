/*
 * tree.h - the tree of a statement: small uniform nodes in an arena.
 *
 * Every node has a kind, perhaps an operator, a text, flags, and children. Kinds with named
 * children have an enum of slots below (a missing child is NULL); the others are lists. A node
 * knows its parent and its slot, and the tokens [first, last) of the source that it stands for.
 *
 * The printer copies the source for everything that no rule touched, and prints anew only what
 * has FLAG_CHANGED: so layout and comments survive. Whoever changes a node's own text, flags, op,
 * or adds or removes a child calls node_touch(); node_replace() does the rest by itself. A node
 * with first == last was made by a rule and is always printed.
 */
#ifndef LAKEPORT_CONVERT_TREE_H
#define LAKEPORT_CONVERT_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/memory.h"
#include "common/text.h"

struct schema_table; /* schema.h */

/* clang-format off */
/* kind, the names of its children ("*": a list of them) */
#define NODE_KINDS(X) \
	X(NONE, "") \
	X(ROOT, "statement") \
	X(LIST, "*") \
	/* expressions */ \
	X(IDENT, "")		/* text: the name in Postgres' case; flag QUOTED */ \
	X(COLUMN, "*")		/* IDENTs: a, t.a, s.t.a */ \
	X(NAME, "*")		/* IDENTs: of a table, function, ... */ \
	X(STAR, "qualifier except replace rename") /* qualifier: NAME */ \
	X(NUMBER, "")		/* text: digits without suffix; type says what the suffix was */ \
	X(STRING, "")		/* text: the value */ \
	X(BYTES, "")		/* text: hexadecimal digits */ \
	X(NULL, "") \
	X(BOOL, "")		/* op: 0, 1 */ \
	X(TYPED, "type value")	/* DATE '2020-01-01' */ \
	X(INTERVAL, "value")	/* text: unit words of the source, "" when in the string */ \
	X(PARAMETER, "")	/* text: as it stood; number */ \
	X(UNARY, "operand")	/* op: OP_... */ \
	X(BINARY, "left right")	/* op: OP_... */ \
	/* op: OP_AND, OP_OR; two or more operands, never nested in itself */ \
	X(LOGIC, "*") \
	X(BETWEEN, "value low high") /* flag NOT, SYMMETRIC */ \
	X(IN, "value list")	/* list: LIST or QUERY; flag NOT */ \
	/* op: LIKE_...; flags NOT, ANY, ALL; pattern may be LIST */ \
	X(LIKE, "value pattern escape") \
	X(IS, "value other")	/* op: IS_...; flag NOT */ \
	X(EXISTS, "query") \
	X(SUBQUERY, "query")	/* (SELECT ...) as a value */ \
	X(QUANTIFIED, "value list") /* value op ANY (list); op; flags ANY, ALL */ \
	X(PAREN, "inner") \
	X(ROW, "*")		/* (a, b); text "row": written so */ \
	X(ARRAY, "*")		/* ARRAY[a, b]; op 1: [a, b] without the word */ \
	X(ARRAY_QUERY, "query")	/* ARRAY(SELECT ...) */ \
	X(OBJECT, "*")		/* {'a': 1}: name, value, name, value */ \
	X(CASE, "operand whens otherwise") /* whens: LIST of WHEN */ \
	X(WHEN, "condition result") \
	X(CAST, "value type format") /* op: CAST_... */ \
	X(TYPE, "*")		/* text: lower-case words; NUMBERs or TYPEs, FIELDs; flag ARRAY */ \
	X(FIELD, "type")	/* text: name; of a struct type */ \
	X(CALL, "name args order within filter keep over separator") \
	X(ARG, "value")		/* name => value; text: name */ \
	X(LAMBDA, "params body") \
	X(INDEX, "base index") \
	X(SLICE, "base low high") \
	X(MEMBER, "base name")	/* (expression).name */ \
	X(PATH, "base steps")	/* base:a.b[0]; steps: LIST of IDENT, STRING, NUMBER, expr */ \
	X(COLLATE, "value name") \
	X(AT_ZONE, "value zone") \
	X(PRIOR, "value")	/* PRIOR x, CONNECT_BY_ROOT x (op 1) */ \
	X(OUTER, "value")	/* x(+) */ \
	X(ASSIGN, "target value") /* @x = v, @x := v (op ':'), SET a = b; op: symbol or 0 */ \
	X(WINDOW, "base partition order frame") /* op 1: only a name */ \
	X(FRAME, "low high")	/* op: FRAME_...; text: EXCLUDE ... */ \
	X(BOUND, "value")	/* op: BOUND_... */ \
	X(SORT, "value")	/* op: SORT_...; flags DESC, ASC; text: USING operator */ \
	X(KEEP, "order")	/* KEEP (DENSE_RANK FIRST ORDER BY ...); op 1: LAST */ \
	X(RAW, "*")		/* tokens that are kept as they are */ \
	/* queries */ \
	X(QUERY, "with body order limit offset lock cluster") /* cluster: LIST of CLUSTER */ \
	X(WITH, "*")		/* CTEs; flag RECURSIVE */ \
	X(CTE, "name columns body cycle") /* body: any statement; flags MATERIALIZED, NOT */ \
	X(SETOP, "left right")	/* op: SET_...; flags ALL, DISTINCT, BY_NAME */ \
	X(SELECT, "distinct top items into from where connect group having qualify windows " \
		  "extra")	/* flag DISTINCT; distinct: LIST of DISTINCT ON */ \
	X(ITEM, "value alias")	/* of a select list; flag AS; alias: IDENT or LIST */ \
	X(VALUES, "*")		/* ROWs, or plain expressions (Spark) */ \
	X(TABLE_QUERY, "name")	/* TABLE t */ \
	X(TOP, "count")		/* flags PERCENT, TIES */ \
	X(LIMIT, "count by")	/* op: LIMIT_...; flags PERCENT, TIES */ \
	X(OFFSET, "count") \
	X(GROUP, "*")		/* flags ALL, ROLLUP, CUBE (WITH ...) */ \
	X(GROUPING, "*")	/* op: GROUPING_... */ \
	X(CONNECT, "start condition") /* flag NOCYCLE */ \
	X(CLUSTER, "*")		/* op: CLUSTER_... */ \
	X(LOCK, "")		/* FOR UPDATE ...: its tokens */ \
	X(FOR_XML, "")		/* FOR XML / JSON ...: its tokens; text "xml", "json" */ \
	/* relations */ \
	X(FROM, "*")		/* relations, comma between */ \
	X(TABLE, "name alias sample version hint") /* flags ONLY */ \
	/* (SELECT ...) AS a; flag LATERAL; query may be VALUES */ \
	X(DERIVED, "query alias sample") \
	/* f(x) AS a; flags LATERAL, ORDINALITY, WRAPPED: TABLE(f) */ \
	X(TABLE_CALL, "call alias sample") \
	X(JOIN, "left right on using match") /* op: JOIN_...; flags NATURAL */ \
	X(JOIN_PAREN, "inner alias") \
	X(LATERAL_VIEW, "source call table columns") /* flag OUTER */ \
	X(PIVOT, "source aggregates column values alias") \
	X(UNPIVOT, "source value name columns alias") /* flag NULLS: INCLUDE NULLS */ \
	X(MATCH, "source body alias") /* MATCH_RECOGNIZE (...) kept raw */ \
	X(ALIAS, "name columns") /* columns: LIST of IDENT or COLUMN_DEF; flag AS */ \
	X(SAMPLE, "value seed") /* op: SAMPLE_...; text: method */ \
	X(VERSION, "")		/* time travel: its tokens */ \
	/* statements */ \
	/* replace: the condition of REPLACE WHERE */ \
	X(INSERT, "with target columns partition source conflict returning alias replace") \
	X(UPDATE, "with target set from where order limit returning") \
	X(DELETE, "with target from where order limit returning") \
	X(MERGE, "with target source on whens returning") \
	X(MERGE_WHEN, "condition action") /* op: MERGE_... */ \
	X(OUTPUT, "items into columns") /* T-SQL OUTPUT, RETURNING */ \
	X(CREATE_TABLE, "name elements query options like") \
	X(COLUMN_DEF, "name type constraints") \
	X(CONSTRAINT, "name columns value reference options") /* op: CONSTRAINT_... */ \
	X(REFERENCE, "table columns actions") \
	X(OPTION, "name value")	/* of a table or column: text: its words; tokens */ \
	X(CREATE_VIEW, "name columns query options tail") \
	X(CREATE_INDEX, "name table columns where options") \
	X(CREATE_FUNCTION, "name params returns body options") \
	X(CREATE_OTHER, "") \
	X(ALTER, "name actions") /* text: "table", ... */ \
	X(ALTER_ACTION, "*")	/* op: ALTER_... */ \
	X(DROP, "*")		/* text: "table", ...; flags IF_EXISTS, CASCADE */ \
	X(TRUNCATE, "*") \
	X(COMMENT, "name value") /* text: "table", "column", ... */ \
	X(UTILITY, "*")		/* text: first word; tokens */ \
	X(PROCEDURAL, "")	/* text: first words; tokens */ \
	X(STATEMENTS, "*")	/* several, made by a rule */
/* clang-format on */

enum node_kind {
#define X(name, slots) NODE_##name,
	NODE_KINDS(X)
#undef X
		NODE_KIND_COUNT
};

/* Slots. NODE_CALL's are CALL_NAME, CALL_ARGS, ... */
enum { STAR_QUALIFIER, STAR_EXCEPT, STAR_REPLACE, STAR_RENAME };
enum { CASE_OPERAND, CASE_WHENS, CASE_ELSE };
enum { CAST_VALUE, CAST_TYPE, CAST_FORMAT };
enum {
	CALL_NAME,
	CALL_ARGS,
	CALL_ORDER,
	CALL_WITHIN,
	CALL_FILTER,
	CALL_KEEP,
	CALL_OVER,
	CALL_SEPARATOR,
	CALL_SLOTS
};
enum { WINDOW_BASE, WINDOW_PARTITION, WINDOW_ORDER, WINDOW_FRAME };
enum {
	QUERY_WITH,
	QUERY_BODY,
	QUERY_ORDER,
	QUERY_LIMIT,
	QUERY_OFFSET,
	QUERY_LOCK,
	QUERY_CLUSTER,
	QUERY_SLOTS
};
enum { CTE_NAME, CTE_COLUMNS, CTE_BODY, CTE_CYCLE };
enum {
	SELECT_DISTINCT,
	SELECT_TOP,
	SELECT_ITEMS,
	SELECT_INTO,
	SELECT_FROM,
	SELECT_WHERE,
	SELECT_CONNECT,
	SELECT_GROUP,
	SELECT_HAVING,
	SELECT_QUALIFY,
	SELECT_WINDOWS,
	SELECT_EXTRA,
	SELECT_SLOTS
};
enum { ITEM_VALUE, ITEM_ALIAS };
enum { LIMIT_COUNT, LIMIT_BY };
enum { TABLE_NAME, TABLE_ALIAS, TABLE_SAMPLE, TABLE_VERSION, TABLE_HINT, TABLE_SLOTS };
enum { DERIVED_QUERY, DERIVED_ALIAS, DERIVED_SAMPLE };
enum { TABLE_CALL_CALL, TABLE_CALL_ALIAS, TABLE_CALL_SAMPLE };
enum { JOIN_LEFT, JOIN_RIGHT, JOIN_ON, JOIN_USING, JOIN_MATCH, JOIN_SLOTS };
enum { VIEW_SOURCE, VIEW_CALL, VIEW_TABLE, VIEW_COLUMNS };
enum { PIVOT_SOURCE, PIVOT_AGGREGATES, PIVOT_COLUMN, PIVOT_VALUES, PIVOT_ALIAS };
enum { UNPIVOT_SOURCE, UNPIVOT_VALUE, UNPIVOT_NAME, UNPIVOT_COLUMNS, UNPIVOT_ALIAS };
enum { ALIAS_NAME, ALIAS_COLUMNS };
enum {
	INSERT_WITH,
	INSERT_TARGET,
	INSERT_COLUMNS,
	INSERT_PARTITION,
	INSERT_SOURCE,
	INSERT_CONFLICT,
	INSERT_RETURNING,
	INSERT_ALIAS,
	INSERT_REPLACE,
	INSERT_SLOTS
};
enum {
	UPDATE_WITH,
	UPDATE_TARGET,
	UPDATE_SET,
	UPDATE_FROM,
	UPDATE_WHERE,
	UPDATE_ORDER,
	UPDATE_LIMIT,
	UPDATE_RETURNING,
	UPDATE_SLOTS
};
enum {
	DELETE_WITH,
	DELETE_TARGET,
	DELETE_FROM,
	DELETE_WHERE,
	DELETE_ORDER,
	DELETE_LIMIT,
	DELETE_RETURNING,
	DELETE_SLOTS
};
enum {
	MERGE_WITH,
	MERGE_TARGET,
	MERGE_SOURCE,
	MERGE_ON,
	MERGE_WHENS,
	MERGE_RETURNING,
	MERGE_SLOTS
};
enum { TABLE_DEF_NAME, TABLE_DEF_ELEMENTS, TABLE_DEF_QUERY, TABLE_DEF_OPTIONS, TABLE_DEF_LIKE };
enum { COLUMN_DEF_NAME, COLUMN_DEF_TYPE, COLUMN_DEF_CONSTRAINTS };
enum {
	CONSTRAINT_NAME,
	CONSTRAINT_COLUMNS,
	CONSTRAINT_VALUE,
	CONSTRAINT_REFERENCE,
	CONSTRAINT_OPTIONS,
	CONSTRAINT_SLOTS
};
enum { VIEW_DEF_NAME, VIEW_DEF_COLUMNS, VIEW_DEF_QUERY, VIEW_DEF_OPTIONS, VIEW_DEF_TAIL };

/* Operators. text: as Postgres writes it; Postgres' and the other dialects' binding. */
#define OPERATORS(X)                                                                               \
	X(NONE, "", 0, 0)                                                                          \
	X(OR, "OR", 1, 1)                                                                          \
	X(XOR, "XOR", 1, 1)                                                                        \
	X(AND, "AND", 2, 2)                                                                        \
	X(NOT, "NOT", 3, 3)                                                                        \
	X(EQ, "=", 5, 5)                                                                           \
	X(NE, "<>", 5, 5)                                                                          \
	X(LT, "<", 5, 5)                                                                           \
	X(LE, "<=", 5, 5)                                                                          \
	X(GT, ">", 5, 5)                                                                           \
	X(GE, ">=", 5, 5)                                                                          \
	X(NULL_EQ, "<=>", 5, 5)                                                                    \
	X(BIT_OR, "|", 7, 7)                                                                       \
	X(BIT_XOR, "#", 7, 8)                                                                      \
	X(BIT_AND, "&", 7, 9)                                                                      \
	X(LEFT, "<<", 7, 10)                                                                       \
	X(RIGHT, ">>", 7, 10)                                                                      \
	X(RIGHT3, ">>>", 7, 10)                                                                    \
	X(CONCAT, "||", 7, 11)                                                                     \
	X(ARROW, "->", 7, 14)                                                                      \
	X(ARROW2, "->>", 7, 14)                                                                    \
	X(PATH, "#>", 7, 14)                                                                       \
	X(PATH2, "#>>", 7, 14)                                                                     \
	X(CONTAINS, "@>", 7, 7)                                                                    \
	X(WITHIN, "<@", 7, 7)                                                                      \
	X(OVERLAP, "&&", 7, 7)                                                                     \
	X(MATCH, "~", 7, 7)                                                                        \
	X(MATCH_CI, "~*", 7, 7)                                                                    \
	X(NOT_MATCH, "!~", 7, 7)                                                                   \
	X(NOT_MATCH_CI, "!~*", 7, 7)                                                               \
	X(OTHER, "", 7, 7) /* text of the node */                                                  \
	X(ADD, "+", 8, 11)                                                                         \
	X(SUBTRACT, "-", 8, 11)                                                                    \
	X(MULTIPLY, "*", 9, 12)                                                                    \
	X(DIVIDE, "/", 9, 12)                                                                      \
	X(MODULO, "%", 9, 12)                                                                      \
	X(DIV, "DIV", 9, 12)                                                                       \
	X(POWER, "^", 10, 13)                                                                      \
	X(MINUS, "-", 13, 13) /* unary from here */                                                \
	X(PLUS, "+", 13, 13)                                                                       \
	X(BIT_NOT, "~", 7, 13)                                                                     \
	X(BANG, "!", 3, 13)

enum operator{
#define X(name, text, postgres, others) OP_##name,
	OPERATORS(X)
#undef X
		OP_COUNT
};

/* How tightly a node binds in Postgres (see tree_binding()): the levels not in OPERATORS. */
enum {
	BIND_OR = 1,
	BIND_AND = 2,
	BIND_NOT = 3,
	BIND_IS = 4,
	BIND_COMPARE = 5,
	BIND_IN = 6,
	BIND_OTHER = 7,
	BIND_ADD = 8,
	BIND_MULTIPLY = 9,
	BIND_POWER = 10,
	BIND_AT = 11,
	BIND_COLLATE = 12,
	BIND_UNARY = 13,
	BIND_INDEX = 14,
	BIND_CAST = 15,
	BIND_PRIMARY = 16
};

enum { LIKE_LIKE, LIKE_ILIKE, LIKE_RLIKE, LIKE_SIMILAR, LIKE_GLOB };
enum { IS_NULL, IS_TRUE, IS_FALSE, IS_UNKNOWN, IS_DISTINCT, IS_OTHER };
enum { CAST_CAST, CAST_TRY, CAST_COLONS, CAST_CONVERT, CAST_TRY_CONVERT };
enum { FRAME_ROWS, FRAME_RANGE, FRAME_GROUPS };
enum {
	BOUND_UNBOUNDED_PRECEDING,
	BOUND_PRECEDING,
	BOUND_CURRENT,
	BOUND_FOLLOWING,
	BOUND_UNBOUNDED_FOLLOWING
};
enum { SORT_PLAIN, SORT_NULLS_FIRST, SORT_NULLS_LAST };
enum { SET_UNION, SET_INTERSECT, SET_EXCEPT };
enum { LIMIT_LIMIT, LIMIT_FETCH };
enum { GROUPING_SETS, GROUPING_ROLLUP, GROUPING_CUBE };
enum { CLUSTER_SORT, CLUSTER_DISTRIBUTE, CLUSTER_CLUSTER };
enum {
	JOIN_INNER,
	JOIN_LEFT_OUTER,
	JOIN_RIGHT_OUTER,
	JOIN_FULL_OUTER,
	JOIN_CROSS,
	JOIN_SEMI,
	JOIN_ANTI,
	JOIN_CROSS_APPLY,
	JOIN_OUTER_APPLY,
	JOIN_ASOF,
	JOIN_STRAIGHT
};
enum { SAMPLE_PERCENT, SAMPLE_ROWS, SAMPLE_OTHER };
enum { MERGE_MATCHED, MERGE_NOT_MATCHED, MERGE_NOT_MATCHED_BY_SOURCE };
enum {
	CONSTRAINT_OTHER,
	CONSTRAINT_NOT_NULL,
	CONSTRAINT_NULL,
	CONSTRAINT_PRIMARY,
	CONSTRAINT_UNIQUE,
	CONSTRAINT_CHECK,
	CONSTRAINT_FOREIGN, /* FOREIGN KEY (..) REFERENCES or REFERENCES */
	CONSTRAINT_DEFAULT,
	CONSTRAINT_GENERATED, /* GENERATED ALWAYS AS (expression) */
	CONSTRAINT_IDENTITY,
	CONSTRAINT_COMMENT,
	CONSTRAINT_INDEX /* KEY (...) inside CREATE TABLE */
};
enum {
	ALTER_OTHER,
	ALTER_ADD_COLUMN,
	ALTER_ADD_CONSTRAINT,
	ALTER_DROP_COLUMN,
	ALTER_TYPE,
	ALTER_RENAME
};

enum node_flags {
	FLAG_CHANGED = 1 << 0, /* printed anew */
	FLAG_DIRTY = 1 << 1,   /* something below is */
	FLAG_NOT = 1 << 2,
	FLAG_ALL = 1 << 3,
	FLAG_ANY = 1 << 4,
	FLAG_DISTINCT = 1 << 5,
	FLAG_QUOTED = 1 << 6,
	FLAG_AS = 1 << 7,
	FLAG_DESC = 1 << 8,
	FLAG_ASC = 1 << 9,
	FLAG_IGNORE_NULLS = 1 << 10,
	FLAG_RESPECT_NULLS = 1 << 11,
	FLAG_BARE = 1 << 12, /* of a call: no parentheses (CURRENT_DATE) */
	FLAG_LATERAL = 1 << 13,
	FLAG_ORDINALITY = 1 << 14,
	FLAG_RECURSIVE = 1 << 15,
	FLAG_PERCENT = 1 << 16,
	FLAG_TIES = 1 << 17,
	FLAG_ROLLUP = 1 << 18,
	FLAG_CUBE = 1 << 19,
	FLAG_OUTER = 1 << 20,
	FLAG_NATURAL = 1 << 21,
	FLAG_BY_NAME = 1 << 22,
	FLAG_OVERWRITE = 1 << 23, /* INSERT OVERWRITE */
	FLAG_IGNORE = 1 << 24,	  /* INSERT IGNORE */
	FLAG_REPLACE = 1 << 25,	  /* CREATE OR REPLACE, REPLACE INTO */
	FLAG_IF_EXISTS = 1 << 26, /* IF [NOT] EXISTS */
	FLAG_TEMPORARY = 1 << 27,
	FLAG_CASCADE = 1 << 28,
	FLAG_SYMMETRIC = 1 << 29, /* and MATERIALIZED, NOCYCLE, ONLY, WRAPPED, FROM-syntax */
	FLAG_NULLS = 1 << 30,	  /* UNPIVOT INCLUDE NULLS */
};
#define FLAG_MATERIALIZED FLAG_SYMMETRIC
#define FLAG_NOCYCLE	  FLAG_SYMMETRIC
#define FLAG_ONLY	  FLAG_SYMMETRIC
#define FLAG_WRAPPED	  FLAG_SYMMETRIC
#define FLAG_SPECIAL	  FLAG_SYMMETRIC /* of a call: trim(a FROM b), extract(a FROM b) */

/* What is known of an expression's type. */
enum type_code {
	TYPE_NOT_ASKED,
	TYPE_UNKNOWN,
	TYPE_NULL,
	TYPE_BOOL,
	TYPE_SMALLINT,
	TYPE_INT,
	TYPE_BIGINT,
	TYPE_NUMERIC,
	TYPE_FLOAT4,
	TYPE_FLOAT8,
	TYPE_TEXT,
	TYPE_BYTES,
	TYPE_DATE,
	TYPE_TIME,
	TYPE_TIMESTAMP,
	TYPE_TIMESTAMPTZ,
	TYPE_INTERVAL,
	TYPE_JSON,
	TYPE_ARRAY,
	TYPE_ROW,
	TYPE_UUID,
	TYPE_CODE_COUNT
};

struct node {
	uint8_t kind;	      /* enum node_kind */
	uint8_t op;	      /* by kind */
	uint8_t type;	      /* enum type_code; memory of type_of() */
	uint8_t element;      /* of an array: its elements'; of a map: its values' */
	uint8_t keys;	      /* of a map: its keys' type, when it is known */
	uint32_t flags;	      /* enum node_flags */
	uint32_t first, last; /* tokens it was read from; first == last: none */
	uint32_t at, until;   /* the place in the source that it stands in */
	uint32_t slot;	      /* in parent->child */
	uint32_t count, room;
	uint16_t height; /* of the tree below, bounded by the parser */
	uint16_t number; /* of a parameter */
	struct str text;
	struct node *parent;
	struct node **child;
	struct node
		*shape; /* a value made up to ask for fields and types, or NULL (shape_text.h) */
	const struct schema_table *table; /* of a TABLE, and of INSERT: what is known, or NULL */
	const struct cte_index *ctes;	  /* of a WITH that has many, or NULL */
};

/* The CTE of that name in a WITH (or NULL: no WITH), or NULL. */
const struct node *cte_named(const struct node *with, struct str name);
/* Makes finding them quick where there are many; later changes of the list are seen. */
void cte_index_make(struct arena *a, struct node *with);

/* A node with as many slots as its kind has (none for lists), all NULL. */
struct node *node_new(struct arena *a, enum node_kind kind);
/* Appends to a list. `child` must not be NULL. */
void node_add(struct arena *a, struct node *list, struct node *child);
/* Puts a child (or NULL) into a slot without marking anything: for the parser. */
void node_put(struct node *parent, uint32_t slot, struct node *child);
/* The node's own words changed: it will be printed anew. */
void node_touch(struct node *n);
/* Puts `child` (or NULL) into a slot; marks what must be printed anew. */
void node_set(struct node *parent, uint32_t slot, struct node *child);
/* Puts `with` where `old` stands. Returns `with`. */
struct node *node_replace(struct node *old, struct node *with);
/*
 * Takes `n` out and leaves an empty place for node_replace(): for wrapping.
 *	place = node_take(a, n); node_replace(place, node_paren(a, n));
 */
struct node *node_take(struct arena *a, struct node *n);
/* Takes a child out of a list, or puts one in before `index`. */
void node_remove(struct node *list, uint32_t index);
void node_insert(struct arena *a, struct node *list, uint32_t index, struct node *child);
/* A deep copy without a parent. The copy is still printed from the source where it can be. */
struct node *node_copy(struct arena *a, const struct node *n);

/* Makers for rules: printed anew. */
struct node *node_make(struct arena *a, enum node_kind kind);
struct node *node_ident(struct arena *a, const char *name);
struct node *node_column(struct arena *a, const char *name);
struct node *node_string(struct arena *a, struct str value);
struct node *node_number(struct arena *a, long value);
struct node *node_null(struct arena *a);
struct node *node_binary(struct arena *a, enum operator op, struct node *l, struct node *r);
struct node *node_logic(struct arena *a, enum operator op, struct node *l, struct node *r);
struct node *node_unary(struct arena *a, enum operator op, struct node *operand);
struct node *node_not(struct arena *a, struct node *condition);
struct node *node_cast(struct arena *a, struct node *value, const char *type);
struct node *node_call(struct arena *a, const char *name, unsigned count, struct node *const *args);
struct node *node_paren(struct arena *a, struct node *inner);
struct node *node_is_null(struct arena *a, struct node *value, bool not_null);

/* Questions. */
const char *node_kind_name(enum node_kind kind);
const char *node_slot_name(enum node_kind kind, uint32_t slot); /* NULL: a list or no such */
bool node_is_list(enum node_kind kind);
const char *operator_text(enum operator op);
int operator_binding(enum operator op);	      /* in Postgres */
int operator_binding_other(enum operator op); /* in the other dialects */
int node_binding(const struct node *n);	      /* of an expression, in Postgres: BIND_... */
/* Whether Postgres needs parentheses around `child` standing in a slot of `parent`. */
bool node_needs_paren(const struct node *parent, uint32_t slot, const struct node *child);
bool node_is_query(const struct node *n); /* QUERY, SELECT, SETOP, VALUES */
/* The last name of a COLUMN, NAME or IDENT, else {NULL, 0}. */
struct str node_last_name(const struct node *n);
/* What a relation of a FROM is called: its alias, or the table's name; empty: nothing. */
struct str node_relation_name(const struct node *n);
/* Whether a CALL has this lower-case name and no schema. */
bool node_calls(const struct node *n, const char *name);
struct node *node_arg(const struct node *call, uint32_t i); /* NULL when there is none */
uint32_t node_arg_count(const struct node *call);
/* Without the parentheses around it. */
struct node *node_bare(struct node *n);
/* The nearest ancestor of that kind, or NULL. */
struct node *node_above(const struct node *n, enum node_kind kind);
bool node_same(const struct node *a, const struct node *b); /* the same text, structurally */
bool node_contains(const struct node *n, enum node_kind kind);
/* Two names without case; one that is not there (p is NULL) is the same as no other. */
bool str_same(struct str a, struct str b);
bool str_is(struct str s, const char *word);	  /* exactly */
bool str_is_word(struct str s, const char *word); /* without case */

#endif

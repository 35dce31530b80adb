/*
 * stub_expression.c - types of columns from the expressions they stand in.
 *
 * One function for each kind of node, found by name; what is not in the table is walked through.
 * Functions are a table of what they take and give, one letter an argument.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "convert/stub_scope.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct value typed(enum stub_type type)
{
	return (struct value){type, STUB_NONE, NULL};
}

/* ---- literals ---- */

static bool all_digits(const char *p, size_t n)
{
	while (n && isdigit((unsigned char)*p)) {
		p++;
		n--;
	}
	return n == 0;
}

/* '2024-01-31' is a date, with a time behind it a timestamp; all else is text. */
static enum stub_type literal_type(const char *text)
{
	size_t n = strlen(text);

	if (n < 8 || !all_digits(text, 4) || text[4] != '-' || !isdigit((unsigned char)text[5]))
		return STUB_TEXT;
	return strchr(text, ':') ? STUB_TIMESTAMP : n <= 10 ? STUB_DATE : STUB_TEXT;
}

void expression_expect(struct stubs *s, struct value v, enum stub_type type,
		       enum stub_weight weight)
{
	stubs_hint(s, v.column, type, weight);
}

void expression_relate(struct stubs *s, struct value a, struct value b)
{
	if (a.column != STUB_NONE && b.column != STUB_NONE) {
		stubs_alike(s, a.column, b.column);
		return;
	}
	if (a.column == STUB_NONE) {
		struct value swap = a;

		a = b;
		b = swap;
	}
	if (b.literal)
		stubs_hint(s, a.column, literal_type(b.literal), BY_USE);
	else
		stubs_hint(s, a.column, b.type, BY_USE);
}

static struct value infer_constant(const struct scope *scope, const cJSON *node)
{
	const cJSON *text = pgtree_field(node, "sval");

	(void)scope;
	if (text)
		return (struct value){STUB_UNKNOWN, STUB_NONE, pgtree_text(text, "sval")};
	if (pgtree_field(node, "ival"))
		return typed(STUB_BIGINT);
	if (pgtree_field(node, "fval"))
		return typed(STUB_NUMERIC);
	if (pgtree_field(node, "boolval"))
		return typed(STUB_BOOLEAN);
	return NO_VALUE;
}

/* ORDER BY and GROUP BY may use the name of an output column. */
static bool is_output(const struct scope *scope, const cJSON *fields)
{
	const char *name = pgtree_name(fields, 0);
	const cJSON *item;
	bool found = false;

	if (!scope->targets || !name || pgtree_length(fields) != 1)
		return false;
	cJSON_ArrayForEach(item, scope->targets)
	{
		if (strcmp(pgtree_text(pgtree_as(item, "ResTarget"), "name"), name) == 0)
			found = true;
	}
	return found;
}

static struct value infer_reference(const struct scope *scope, const cJSON *node)
{
	return is_output(scope, pgtree_field(node, "fields")) ? NO_VALUE
							      : scope_resolve(scope, node);
}

/* ---- types that are named ---- */

static enum stub_type named_type(const cJSON *type)
{
	static const struct {
		const char *name;
		enum stub_type type;
	} names[] = {
		{"bool", STUB_BOOLEAN},
		{"bpchar", STUB_TEXT},
		{"date", STUB_DATE},
		{"float4", STUB_NUMERIC},
		{"float8", STUB_NUMERIC},
		{"int2", STUB_BIGINT},
		{"int4", STUB_BIGINT},
		{"int8", STUB_BIGINT},
		{"interval", STUB_INTERVAL},
		{"json", STUB_JSON},
		{"jsonb", STUB_JSON},
		{"numeric", STUB_NUMERIC},
		{"text", STUB_TEXT},
		{"timestamp", STUB_TIMESTAMP},
		{"timestamptz", STUB_TIMESTAMP},
		{"varchar", STUB_TEXT},
	};
	const char *name = pgtree_name(pgtree_field(type, "names"), 0);
	size_t i;

	if (pgtree_length(pgtree_field(type, "arrayBounds")))
		return STUB_ARRAY;
	for (i = 0; name && i < COUNT(names); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].type;
	return STUB_UNKNOWN;
}

/* What cannot be cast from text must be what it is cast to, or near; text can become most. */
static struct value infer_cast(const struct scope *scope, const cJSON *node)
{
	struct value v = expression_infer(scope, pgtree_field(node, "arg"));
	enum stub_type type = named_type(pgtree_field(node, "typeName"));

	if (type == STUB_JSON)
		expression_expect(scope->s, v, STUB_JSON, BY_NAME);
	return typed(type);
}

/* ---- operators ---- */

static bool is_time(enum stub_type t)
{
	return t == STUB_DATE || t == STUB_TIMESTAMP;
}

/* Plus and minus: numbers, or a time and what is added to it. */
static struct value infer_sum(const struct scope *scope, const char *name, struct value l,
			      struct value r)
{
	bool minus = *name == '-';
	enum stub_type type = STUB_NUMERIC;

	if (r.type == STUB_INTERVAL || l.type == STUB_INTERVAL) {
		struct value other = r.type == STUB_INTERVAL ? l : r;

		if (!is_time(other.type) && other.type != STUB_INTERVAL)
			expression_expect(scope->s, other, STUB_TIMESTAMP, BY_USE);
		return typed(other.type == STUB_INTERVAL ? STUB_INTERVAL : STUB_TIMESTAMP);
	}
	if (is_time(l.type) && is_time(r.type))
		return typed(l.type == STUB_DATE && r.type == STUB_DATE ? STUB_BIGINT
									: STUB_INTERVAL);
	if (is_time(l.type) && minus && r.column != STUB_NONE) {
		expression_expect(scope->s, r, l.type, BY_HABIT);
		return typed(STUB_INTERVAL);
	}
	if (is_time(l.type) || is_time(r.type)) {
		expression_expect(scope->s, is_time(l.type) ? r : l, STUB_BIGINT, BY_USE);
		return typed(STUB_DATE);
	}
	expression_expect(scope->s, l, type, BY_USE);
	expression_expect(scope->s, r, type, BY_USE);
	return typed(type);
}

/* What operators take and give. */
static const struct {
	const char *name;
	enum stub_type left, right, result; /* UNKNOWN: nothing is told */
} operators[] = {
	{"!~", STUB_TEXT, STUB_TEXT, STUB_BOOLEAN},
	{"!~*", STUB_TEXT, STUB_TEXT, STUB_BOOLEAN},
	{"!~~", STUB_TEXT, STUB_TEXT, STUB_BOOLEAN},
	{"!~~*", STUB_TEXT, STUB_TEXT, STUB_BOOLEAN},
	{"#>", STUB_JSON, STUB_UNKNOWN, STUB_JSON},
	{"#>>", STUB_JSON, STUB_UNKNOWN, STUB_TEXT},
	{"%", STUB_NUMERIC, STUB_NUMERIC, STUB_NUMERIC},
	{"*", STUB_NUMERIC, STUB_NUMERIC, STUB_NUMERIC},
	{"->", STUB_JSON, STUB_UNKNOWN, STUB_JSON},
	{"->>", STUB_JSON, STUB_UNKNOWN, STUB_TEXT},
	{"/", STUB_NUMERIC, STUB_NUMERIC, STUB_NUMERIC},
	{"@?", STUB_JSON, STUB_UNKNOWN, STUB_BOOLEAN},
	{"^", STUB_NUMERIC, STUB_NUMERIC, STUB_NUMERIC},
	{"~", STUB_TEXT, STUB_TEXT, STUB_BOOLEAN},
	{"~*", STUB_TEXT, STUB_TEXT, STUB_BOOLEAN},
	{"~~", STUB_TEXT, STUB_TEXT, STUB_BOOLEAN},
	{"~~*", STUB_TEXT, STUB_TEXT, STUB_BOOLEAN},
};

static bool compares(const char *name)
{
	static const char *const names[] = {"=", "<>", "<", "<=", ">", ">=", "!="};
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static struct value infer_operator(const struct scope *scope, const char *name, struct value l,
				   struct value r)
{
	size_t i;

	if (compares(name)) {
		expression_relate(scope->s, l, r);
		return typed(STUB_BOOLEAN);
	}
	if (strcmp(name, "+") == 0 || strcmp(name, "-") == 0)
		return infer_sum(scope, name, l, r);
	if (strcmp(name, "||") == 0) {
		if (l.type == STUB_ARRAY || r.type == STUB_ARRAY)
			return typed(STUB_ARRAY);
		expression_expect(scope->s, l, STUB_TEXT, BY_HABIT);
		expression_expect(scope->s, r, STUB_TEXT, BY_HABIT);
		return typed(STUB_TEXT);
	}
	for (i = 0; i < COUNT(operators); i++)
		if (strcmp(operators[i].name, name) == 0) {
			if (l.type == STUB_INTERVAL || r.type == STUB_INTERVAL)
				return typed(STUB_INTERVAL); /* 3 * interval */
			expression_expect(scope->s, l, operators[i].left, BY_USE);
			expression_expect(scope->s, r, operators[i].right, BY_USE);
			return typed(operators[i].result);
		}
	return NO_VALUE;
}

/* The right side of IN and BETWEEN is a list. */
static struct value infer_list(const struct scope *scope, struct value l, const cJSON *items)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, items)
	{
		expression_relate(scope->s, l, expression_infer(scope, item));
	}
	return typed(STUB_BOOLEAN);
}

static struct value infer_operation(const struct scope *scope, const cJSON *node)
{
	const char *kind = pgtree_text(node, "kind"), *name;
	const cJSON *right = pgtree_field(node, "rexpr");
	struct value l = expression_infer(scope, pgtree_field(node, "lexpr")), r;

	name = pgtree_name(pgtree_field(node, "name"), 0);
	if (cJSON_IsArray(right))
		return infer_list(scope, l, right);
	if (pgtree_as(right, "List"))
		return infer_list(scope, l, pgtree_field(pgtree_as(right, "List"), "items"));
	r = expression_infer(scope, right);
	if (!name)
		return NO_VALUE;
	if (strcmp(kind, "AEXPR_OP_ANY") == 0 || strcmp(kind, "AEXPR_OP_ALL") == 0) {
		expression_expect(scope->s, r, STUB_ARRAY, BY_USE);
		return typed(STUB_BOOLEAN);
	}
	if (strcmp(kind, "AEXPR_NULLIF") == 0) {
		expression_relate(scope->s, l, r);
		return l;
	}
	return infer_operator(scope, name, l, r);
}

/* ---- conditions and choices ---- */

static struct value infer_boolean(const struct scope *scope, const cJSON *node)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, pgtree_field(node, "args"))
	{
		expression_expect(scope->s, expression_infer(scope, item), STUB_BOOLEAN, BY_USE);
	}
	return typed(STUB_BOOLEAN);
}

static struct value infer_test(const struct scope *scope, const cJSON *node)
{
	struct value v = expression_infer(scope, pgtree_field(node, "arg"));

	if (pgtree_field(node, "booltesttype"))
		expression_expect(scope->s, v, STUB_BOOLEAN, BY_USE);
	return typed(STUB_BOOLEAN);
}

/* One more of the values that must have one type. */
static struct value join(const struct scope *scope, struct value all, struct value one)
{
	expression_relate(scope->s, all, one);
	if (all.column == STUB_NONE && one.column != STUB_NONE)
		return one;
	return all.type == STUB_UNKNOWN && all.column == STUB_NONE ? one : all;
}

static struct value infer_alike(const struct scope *scope, const cJSON *node)
{
	struct value all = NO_VALUE;
	const cJSON *item;

	cJSON_ArrayForEach(item, pgtree_field(node, "args"))
	{
		all = join(scope, all, expression_infer(scope, item));
	}
	if (all.literal)
		all.type = STUB_TEXT;
	return (struct value){all.type, all.column, NULL};
}

static struct value infer_case(const struct scope *scope, const cJSON *node)
{
	const cJSON *subject = pgtree_field(node, "arg"), *item;
	struct value of = expression_infer(scope, subject);
	struct value all = expression_infer(scope, pgtree_field(node, "defresult"));

	cJSON_ArrayForEach(item, pgtree_field(node, "args"))
	{
		const cJSON *when = pgtree_as(item, "CaseWhen");
		struct value v = expression_infer(scope, pgtree_field(when, "expr"));

		if (subject)
			expression_relate(scope->s, of, v);
		else
			expression_expect(scope->s, v, STUB_BOOLEAN, BY_USE);
		all = join(scope, all, expression_infer(scope, pgtree_field(when, "result")));
	}
	if (all.literal)
		all.type = STUB_TEXT;
	return (struct value){all.type, all.column, NULL};
}

static struct value infer_sublink(const struct scope *scope, const cJSON *node)
{
	const char *kind = pgtree_text(node, "subLinkType");
	const cJSON *select = pgtree_as(pgtree_field(node, "subselect"), "SelectStmt");
	struct value test = expression_infer(scope, pgtree_field(node, "testexpr"));
	struct query *q = scope_select(scope->s, select, scope, scope->ctes);
	struct value first = q->count ? q->outputs[0].value : NO_VALUE;

	if (strcmp(kind, "EXISTS_SUBLINK") == 0)
		return typed(STUB_BOOLEAN);
	if (strcmp(kind, "ARRAY_SUBLINK") == 0)
		return typed(STUB_ARRAY);
	if (strcmp(kind, "ANY_SUBLINK") == 0 || strcmp(kind, "ALL_SUBLINK") == 0) {
		expression_relate(scope->s, test, first);
		return typed(STUB_BOOLEAN);
	}
	return first;
}

static struct value infer_array(const struct scope *scope, const cJSON *node)
{
	expression_list(scope, pgtree_field(node, "elements"));
	return typed(STUB_ARRAY);
}

static struct value infer_indirection(const struct scope *scope, const cJSON *node)
{
	struct value v = expression_infer(scope, pgtree_field(node, "arg"));
	const cJSON *first = cJSON_GetArrayItem(pgtree_field(node, "indirection"), 0);

	if (pgtree_as(first, "A_Indices"))
		expression_expect(scope->s, v, STUB_ARRAY, BY_USE);
	expression_list(scope, pgtree_field(node, "indirection"));
	return NO_VALUE;
}

static struct value infer_now(const struct scope *scope, const cJSON *node)
{
	const char *op = pgtree_text(node, "op");

	(void)scope;
	if (strcmp(op, "SVFOP_CURRENT_DATE") == 0)
		return typed(STUB_DATE);
	return typed(strstr(op, "TIMESTAMP") ? STUB_TIMESTAMP : STUB_TEXT);
}

/* ---- functions ---- */

/*
 * What functions take and give: t text, n numeric, i bigint, d date, s timestamp, b boolean, v
 * interval, j JSON, a array, . anything; = gives the type of its first argument. The last letter
 * stands for all further arguments. Sorted.
 */
static const struct {
	const char *name, *takes;
	char gives;
} functions[] = {
	{"abs", "n", '='},
	{"age", "s", 'v'},
	{"array_agg", ".", 'a'},
	{"array_length", "ai", 'i'},
	{"array_to_string", "at", 't'},
	{"ascii", "t", 'i'},
	{"avg", "n", 'n'},
	{"bool_and", "b", 'b'},
	{"bool_or", "b", 'b'},
	{"btrim", "t", 't'},
	{"cardinality", "a", 'i'},
	{"ceil", "n", 'n'},
	{"ceiling", "n", 'n'},
	{"char_length", "t", 'i'},
	{"concat", ".", 't'},
	{"concat_ws", "t.", 't'},
	{"corr", "n", 'n'},
	{"count", ".", 'i'},
	{"cume_dist", ".", 'n'},
	{"date_part", "ts", 'n'},
	{"date_trunc", "ts", 's'},
	{"dense_rank", ".", 'i'},
	{"exp", "n", 'n'},
	{"extract", "ts", 'n'},
	{"first_value", ".", '='},
	{"floor", "n", 'n'},
	{"initcap", "t", 't'},
	{"jsonb_array_elements", "j", 'j'},
	{"jsonb_array_elements_text", "j", 't'},
	{"jsonb_array_length", "j", 'i'},
	{"jsonb_extract_path", "jt", 'j'},
	{"jsonb_extract_path_text", "jt", 't'},
	{"jsonb_path_query", "j.", 'j'},
	{"jsonb_path_query_first", "j.", 'j'},
	{"lag", ".", '='},
	{"last_value", ".", '='},
	{"lead", ".", '='},
	{"left", "ti", 't'},
	{"length", "t", 'i'},
	{"ln", "n", 'n'},
	{"log", "n", 'n'},
	{"lower", "t", 't'},
	{"lpad", "tit", 't'},
	{"ltrim", "t", 't'},
	{"make_date", "i", 'd'},
	{"max", ".", '='},
	{"md5", "t", 't'},
	{"min", ".", '='},
	{"mod", "n", 'n'},
	{"now", ".", 's'},
	{"ntile", "i", 'i'},
	{"octet_length", "t", 'i'},
	{"overlay", "ttii", 't'},
	{"percent_rank", ".", 'n'},
	{"percentile_cont", "n", 'n'},
	{"position", "t", 'i'},
	{"power", "n", 'n'},
	{"rank", ".", 'i'},
	{"regexp_match", "t", 'a'},
	{"regexp_matches", "t", 'a'},
	{"regexp_replace", "t", 't'},
	{"regexp_split_to_array", "t", 'a'},
	{"repeat", "ti", 't'},
	{"replace", "t", 't'},
	{"reverse", "t", 't'},
	{"right", "ti", 't'},
	{"round", "ni", 'n'},
	{"row_number", ".", 'i'},
	{"rpad", "tit", 't'},
	{"rtrim", "t", 't'},
	{"sign", "n", 'n'},
	{"split_part", "tti", 't'},
	{"sqrt", "n", 'n'},
	{"stddev", "n", 'n'},
	{"stddev_pop", "n", 'n'},
	{"stddev_samp", "n", 'n'},
	{"string_agg", "t", 't'},
	{"string_to_array", "t", 'a'},
	{"strpos", "t", 'i'},
	{"substr", "tii", 't'},
	{"substring", "tii", 't'},
	{"sum", "n", 'n'},
	{"timezone", "ts", 's'},
	{"to_char", "s", 't'},
	{"to_date", "t", 'd'},
	{"to_timestamp", "t", 's'},
	{"translate", "t", 't'},
	{"trunc", "ni", 'n'},
	{"unnest", "a", '.'},
	{"upper", "t", 't'},
	{"var_pop", "n", 'n'},
	{"var_samp", "n", 'n'},
	{"variance", "n", 'n'},
};

static enum stub_type by_letter(char c)
{
	static const char letters[] = "tnidsbvja";
	static const enum stub_type types[] = {STUB_TEXT,     STUB_NUMERIC,   STUB_BIGINT,
					       STUB_DATE,     STUB_TIMESTAMP, STUB_BOOLEAN,
					       STUB_INTERVAL, STUB_JSON,      STUB_ARRAY};
	const char *at = strchr(letters, c);

	return at && c ? types[at - letters] : STUB_UNKNOWN;
}

static int by_name(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

static void take(const struct scope *scope, struct value v, char letter)
{
	enum stub_type type = by_letter(letter);

	/* A date does where a timestamp does, an integer where a number does. */
	if ((type == STUB_TIMESTAMP && is_time(v.type)) ||
	    (type == STUB_NUMERIC && v.type == STUB_BIGINT) ||
	    (type == STUB_TIMESTAMP && v.type == STUB_INTERVAL))
		return;
	expression_expect(scope->s, v, type, BY_USE);
}

static struct value infer_function(const struct scope *scope, const cJSON *node)
{
	const char *name = pgtree_name(pgtree_field(node, "funcname"), 0), *takes = ".";
	struct value first = NO_VALUE;
	const cJSON *item;
	size_t i = 0;
	char gives = '.';
	const void *found =
		name ? bsearch(name, functions, COUNT(functions), sizeof(functions[0]), by_name)
		     : NULL;

	if (found) {
		takes = ((const char *const *)found)[1];
		gives = functions[((const char *)found - (const char *)functions) /
				  (ptrdiff_t)sizeof(functions[0])]
				.gives;
	}
	cJSON_ArrayForEach(item, pgtree_field(node, "args"))
	{
		struct value v = expression_infer(scope, item);

		if (i == 0)
			first = v;
		take(scope, v, takes[i < strlen(takes) ? i : strlen(takes) - 1]);
		i++;
	}
	expression_list(scope, pgtree_field(node, "agg_order"));
	expression_expect(scope->s, expression_infer(scope, pgtree_field(node, "agg_filter")),
			  STUB_BOOLEAN, BY_USE);
	expression_list(scope, pgtree_field(pgtree_field(node, "over"), "partitionClause"));
	expression_list(scope, pgtree_field(pgtree_field(node, "over"), "orderClause"));
	return gives == '=' ? first : typed(by_letter(gives));
}

/* ---- dispatch ---- */

static const struct {
	const char *type;
	struct value (*infer)(const struct scope *scope, const cJSON *node);
} nodes[] = {
	{"A_ArrayExpr", infer_array},	 {"A_Const", infer_constant},
	{"A_Expr", infer_operation},	 {"A_Indirection", infer_indirection},
	{"BoolExpr", infer_boolean},	 {"BooleanTest", infer_test},
	{"CaseExpr", infer_case},	 {"CoalesceExpr", infer_alike},
	{"ColumnRef", infer_reference},	 {"FuncCall", infer_function},
	{"MinMaxExpr", infer_alike},	 {"NullTest", infer_test},
	{"SQLValueFunction", infer_now}, {"SubLink", infer_sublink},
	{"TypeCast", infer_cast},
};

/* Goes through a node that tells nothing by itself. */
static void infer_inside(const struct scope *scope, const cJSON *node)
{
	const cJSON *child;

	cJSON_ArrayForEach(child, node)
	{
		if (cJSON_IsArray(child))
			expression_list(scope, child);
		else if (cJSON_IsObject(child))
			expression_infer(scope, child);
	}
}

struct value expression_infer(const struct scope *scope, const cJSON *wrapped)
{
	const cJSON *node = cJSON_IsObject(wrapped) ? wrapped->child : NULL;
	const void *found;

	if (!node)
		return NO_VALUE;
	if (!node->string || node->string[0] < 'A' || node->string[0] > 'Z' ||
	    !cJSON_IsObject(node)) {
		infer_inside(scope, wrapped);
		return NO_VALUE;
	}
	found = bsearch(node->string, nodes, COUNT(nodes), sizeof(nodes[0]), by_name);
	if (found)
		return nodes[((const char *)found - (const char *)nodes) /
			     (ptrdiff_t)sizeof(nodes[0])]
			.infer(scope, node);
	infer_inside(scope, node);
	return NO_VALUE;
}

void expression_list(const struct scope *scope, const cJSON *list)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		expression_infer(scope, item);
	}
}

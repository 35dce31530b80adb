/*
 * rules_variant.c - values of JSON where the source takes them for texts, numbers or moments: a
 * VARIANT of Snowflake, a SUPER of Redshift are cast by what stands beside them. Postgres casts no
 * jsonb by itself, and a jsonb as a text keeps its quotes.
 */
#include "convert/rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct wanted {
	const char *name;
	const char *type; /* of the arguments */
};

/* Functions whose arguments are texts, numbers or moments; sorted. */
static const struct wanted functions[] = {
	{"abs", "numeric"},
	{"avg", "numeric"},
	{"base64_encode", "text"},
	{"ceil", "numeric"},
	{"charindex", "text"},
	{"concat", "text"},
	{"concat_ws", "text"},
	{"contains", "text"},
	{"date_part", "timestamp"},
	{"date_trunc", "timestamp"},
	{"dateadd", "timestamp"},
	{"datediff", "timestamp"},
	{"day", "timestamp"},
	{"dayname", "timestamp"},
	{"dayofweek", "timestamp"},
	{"div0", "numeric"},
	{"endswith", "text"},
	{"floor", "numeric"},
	{"hour", "timestamp"},
	{"initcap", "text"},
	{"last_day", "timestamp"},
	{"left", "text"},
	{"len", "text"},
	{"length", "text"},
	{"listagg", "text"},
	{"lower", "text"},
	{"lpad", "text"},
	{"ltrim", "text"},
	{"md5", "text"},
	{"median", "numeric"},
	{"minute", "timestamp"},
	{"mod", "numeric"},
	{"month", "timestamp"},
	{"monthname", "timestamp"},
	{"nullifzero", "numeric"},
	{"position", "text"},
	{"power", "numeric"},
	{"quarter", "timestamp"},
	{"regexp_count", "text"},
	{"regexp_instr", "text"},
	{"regexp_like", "text"},
	{"regexp_replace", "text"},
	{"regexp_substr", "text"},
	{"replace", "text"},
	{"reverse", "text"},
	{"right", "text"},
	{"rlike", "text"},
	{"round", "numeric"},
	{"rpad", "text"},
	{"rtrim", "text"},
	{"second", "timestamp"},
	{"sha1", "text"},
	{"sha2", "text"},
	{"sign", "numeric"},
	{"split", "text"},
	{"split_part", "text"},
	{"split_to_table", "text"},
	{"sqrt", "numeric"},
	{"startswith", "text"},
	{"stddev", "numeric"},
	{"strtok", "text"},
	{"strtok_to_array", "text"},
	{"substr", "text"},
	{"substring", "text"},
	{"sum", "numeric"},
	{"to_decimal", "numeric"},
	{"to_number", "numeric"},
	{"to_numeric", "numeric"},
	{"translate", "text"},
	{"trim", "text"},
	{"trunc", "numeric"},
	{"try_to_date", "text"},
	{"try_to_number", "text"},
	{"try_to_timestamp", "text"},
	{"upper", "text"},
	{"variance", "numeric"},
	{"week", "timestamp"},
	{"year", "timestamp"},
	{"zeroifnull", "numeric"},
};

/* Those whose arguments become one type: where one is JSON, all are. */
static const char *const together[] = {"coalesce", "ifnull", "nvl"};

const char *variant_function(size_t i)
{
	return i < sizeof(functions) / sizeof(functions[0]) ? functions[i].name : NULL;
}

static int by_name(const void *name, const void *row)
{
	return strcasecmp(name, ((const struct wanted *)row)->name);
}

static bool is_json(struct rewrite *r, struct node *n)
{
	return n && type_of(r, n) == TYPE_JSON;
}

static void cast_to(struct rewrite *r, struct node *n, const char *type)
{
	struct node *place = node_take(r->arena, n), *cast = node_cast(r->arena, n, type);

	cast->type = (uint8_t)type_from_name(type);
	cast->child[CAST_TYPE]->number = TYPE_OF_POSTGRES;
	node_replace(place, cast);
}

static void to_json(struct rewrite *r, struct node *n)
{
	struct node *place = node_take(r->arena, n), *json;

	if (n->kind == NODE_STRING) {
		n = node_cast(r->arena, n, "text");
		n->child[CAST_TYPE]->number = TYPE_OF_POSTGRES;
	}
	json = node_call(r->arena, "to_jsonb", 1, &n);
	json->type = TYPE_JSON;
	node_replace(place, json);
}

/* What a JSON value has to be beside a value of that type; NULL: nothing is known. */
static const char *beside(enum type_code t)
{
	if (type_is_number(t))
		return "numeric";
	switch (t) {
	case TYPE_TEXT:
		return "text";
	case TYPE_BOOL:
		return "boolean";
	case TYPE_DATE:
		return "date";
	case TYPE_TIMESTAMP:
		return "timestamp";
	case TYPE_TIMESTAMPTZ:
		return "timestamptz";
	default:
		return NULL;
	}
}

static bool is_arithmetic(unsigned op)
{
	return op == OP_ADD || op == OP_SUBTRACT || op == OP_MULTIPLY || op == OP_DIVIDE ||
	       op == OP_MODULO;
}

/* A comparison of JSON with a column that nobody knows. */
static void compare_unknown(struct rewrite *r, struct node *n, uint32_t json)
{
	struct node *other = n->child[1 - json];

	if (type_of(r, other) != TYPE_UNKNOWN)
		return;
	if (n->op == OP_EQ || n->op == OP_NE) {
		cast_to(r, n->child[json], "text");
		cast_to(r, other, "text");
	} else {
		to_json(r, other);
	}
}

bool rule_variant_operator(struct rewrite *r, struct node *n)
{
	bool left = is_json(r, n->child[0]), right = is_json(r, n->child[1]);
	uint32_t json = left ? 0 : 1;
	const char *type;

	if (!left && !right)
		return false;
	if (n->op == OP_CONCAT || is_arithmetic(n->op)) {
		type = n->op == OP_CONCAT ? "text" : "numeric";
		if (left)
			cast_to(r, n->child[0], type);
		if (right)
			cast_to(r, n->child[1], type);
		return true;
	}
	if (left == right || operator_binding((enum operator)n->op) != BIND_COMPARE)
		return false;
	type = beside(type_of(r, n->child[1 - json]));
	if (type)
		cast_to(r, n->child[json], type);
	else
		compare_unknown(r, n, json);
	return true;
}

/* The first type that is known in a list. */
static const char *type_in(struct rewrite *r, struct node *list)
{
	const char *type = NULL;

	for (uint32_t i = 0; i < list->count && !type; i++)
		type = list->child[i] ? beside(type_of(r, list->child[i])) : NULL;
	return type;
}

bool rule_variant_in(struct rewrite *r, struct node *n)
{
	struct node *list = n->child[1];
	const char *type = NULL;

	if (!is_json(r, n->child[0]))
		return false;
	if (n->kind == NODE_IN && list->kind == NODE_LIST)
		type = type_in(r, list);
	else if (n->kind == NODE_BETWEEN)
		type = type_in(r, n);
	else if (n->kind == NODE_LIKE || n->kind == NODE_IN)
		type = "text";
	if (type)
		cast_to(r, n->child[0], type);
	return type;
}

bool rule_variant_case(struct rewrite *r, struct node *n)
{
	struct node *whens = n->child[CASE_WHENS];
	const char *type = NULL;

	if (!is_json(r, n->child[CASE_OPERAND]))
		return false;
	for (uint32_t i = 0; i < whens->count && !type; i++)
		type = beside(type_of(r, whens->child[i]->child[0]));
	if (type)
		cast_to(r, n->child[CASE_OPERAND], type);
	return type;
}

/* AND, OR, NOT of JSON. */
bool rule_variant_logic(struct rewrite *r, struct node *n)
{
	bool done = false;

	if (n->kind == NODE_UNARY && n->op != OP_NOT)
		return false;
	for (uint32_t i = 0; i < n->count; i++)
		if (is_json(r, n->child[i])) {
			cast_to(r, n->child[i], "boolean");
			done = true;
		}
	return done;
}

static bool one_type(struct rewrite *r, struct node *n)
{
	bool json = false, other = false;

	for (uint32_t i = 0; i < node_arg_count(n); i++) {
		enum type_code t = type_of(r, node_arg(n, i));

		json |= t == TYPE_JSON;
		other |= t > TYPE_NULL && t != TYPE_JSON;
	}
	for (uint32_t i = 0; json && other && i < node_arg_count(n); i++) {
		enum type_code t = type_of(r, node_arg(n, i));

		if (t > TYPE_NULL && t != TYPE_JSON)
			to_json(r, node_arg(n, i));
	}
	return json && other;
}

bool rule_variant_argument(struct rewrite *r, struct node *n)
{
	const struct node *name = n->child[CALL_NAME];
	const struct wanted *row;
	char text[32];
	bool done = false;

	if (name->count != 1 || name->child[0]->text.len >= sizeof(text) || !n->child[CALL_ARGS])
		return false;
	memcpy(text, name->child[0]->text.p, name->child[0]->text.len);
	text[name->child[0]->text.len] = '\0';
	for (size_t i = 0; i < sizeof(together) / sizeof(together[0]); i++)
		if (!strcasecmp(text, together[i]))
			return one_type(r, n);
	row = bsearch(text, functions, sizeof(functions) / sizeof(functions[0]),
		      sizeof(functions[0]), by_name);
	for (uint32_t i = 0; row && i < node_arg_count(n); i++)
		if (is_json(r, node_arg(n, i))) {
			cast_to(r, node_arg(n, i), row->type);
			done = true;
		}
	return done;
}

static void mark_parameter(struct rewrite *r, struct node *n, const struct node *parameter)
{
	if (n->kind == NODE_COLUMN && n->count == 1 && node_same(n->child[0], parameter)) {
		n->type = TYPE_JSON;
		if (parameter->type > TYPE_UNKNOWN && parameter->type != TYPE_JSON)
			cast_to(r, n, type_name((enum type_code)parameter->type));
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			mark_parameter(r, n->child[i], parameter);
}

/* x -> ...: elements of an array are VARIANTs; what REDUCE gathers is what it began with. */
bool rule_variant_lambda(struct rewrite *r, struct node *n)
{
	const struct node *params = n->child[0], *call = node_above(n, NODE_CALL);
	bool fold = call && node_calls(call, "reduce");

	for (uint32_t i = fold; i < params->count; i++)
		mark_parameter(r, n->child[1], params->child[i]);
	return params->count;
}

/*
 * function_named.c - the calls that no template can say, because they take any number of arguments
 * in pairs: rules name them "@decode".
 */
#include "convert/function_apply.h"

#include <string.h>

#include "convert/columns.h"
#include "convert/shape.h"

static struct node *is_the_same(struct rewrite *r, struct node *value, struct node *search)
{
	struct node *is, *bare = node_bare(search);

	if (bare->kind == NODE_STRING || bare->kind == NODE_NUMBER || bare->kind == NODE_TYPED)
		return node_binary(r->arena, OP_EQ, value, search);
	if (bare->kind == NODE_NULL)
		return node_is_null(r->arena, value, false);
	is = node_make(r->arena, NODE_IS);
	is->op = IS_DISTINCT;
	is->flags |= FLAG_NOT;
	node_put(is, 0, value);
	node_put(is, 1, search);
	return is;
}

/* DECODE(x, a, r, b, s, d): NULL is found by NULL. */
static bool decode(struct rewrite *r, struct node *call)
{
	uint32_t count = node_arg_count(call), i;
	struct node *args[FUNCTION_ARGS_MAX], *place, *whens, *otherwise;

	if (count < 3 || count > FUNCTION_ARGS_MAX)
		return false;
	for (i = 0; i < count; i++)
		args[i] = node_arg(call, i);
	place = node_take(r->arena, call);
	otherwise = node_make(r->arena, NODE_CASE);
	whens = node_make(r->arena, NODE_LIST);
	for (i = 1; i + 1 < count; i += 2) {
		struct node *when = node_make(r->arena, NODE_WHEN);
		struct node *value = i == 1 ? args[0] : node_copy(r->arena, args[0]);

		node_put(when, 0, is_the_same(r, value, args[i]));
		node_put(when, 1, args[i + 1]);
		node_add(r->arena, whens, when);
	}
	node_put(otherwise, CASE_WHENS, whens);
	if (i < count)
		node_put(otherwise, CASE_ELSE, args[i]);
	node_replace(place, otherwise);
	return true;
}

/* struct(*) of one table: its row. */
static bool whole_row(struct rewrite *r, struct node *call)
{
	const struct node *select = node_above(call, NODE_SELECT), *from, *t, *name;
	struct node *column = node_make(r->arena, NODE_COLUMN);

	from = select ? select->child[SELECT_FROM] : NULL;
	t = from && from->count == 1 ? from->child[0] : NULL;
	if (!t || (t->kind != NODE_TABLE && (t->kind != NODE_DERIVED || !t->child[DERIVED_ALIAS])))
		return false;
	name = t->kind == NODE_DERIVED ? t->child[DERIVED_ALIAS]->child[ALIAS_NAME]
	       : t->child[TABLE_ALIAS] ? t->child[TABLE_ALIAS]->child[ALIAS_NAME]
				       : t->child[TABLE_NAME];
	if (name->kind == NODE_NAME)
		name = name->child[name->count - 1];
	node_add(r->arena, column, node_copy(r->arena, name));
	node_replace(call, node_call(r->arena, "to_jsonb", 1, &column))->type = TYPE_JSON;
	return true;
}

/* OBJECT_CONSTRUCT(*) of one table: names as Snowflake folds them, without what is NULL. */
static bool row_object(struct rewrite *r, struct node *call)
{
	struct node *parent = call->parent, *row, *now;
	uint32_t slot = call->slot;

	if (!whole_row(r, call))
		return false;
	row = parent->child[slot];
	node_take(r->arena, row);
	now = rewrite_template(
		r,
		"(SELECT coalesce(jsonb_object_agg(CASE WHEN _k = lower(_k) THEN upper(_k) ELSE _k "
		"END, _v), '{}') FROM jsonb_each($1) AS _u(_k, _v) WHERE _v <> 'null')",
		1, &row);
	now->type = TYPE_JSON;
	node_replace(parent->child[slot], now);
	return true;
}

/* struct(a, b AS c): fields named by columns and aliases, else col1, col2. */
static bool structure(struct rewrite *r, struct node *call)
{
	uint32_t count = node_arg_count(call);
	struct node *args[FUNCTION_ARGS_MAX], *pairs[2 * FUNCTION_ARGS_MAX], *place;
	struct node *first = NULL;

	if (count == 0 || count > FUNCTION_ARGS_MAX)
		return false;
	if (count == 1 && node_arg(call, 0)->kind == NODE_STAR)
		return whole_row(r, call);
	if (call->slot && call->parent->kind == NODE_LIST &&
	    shape_is_struct(call->parent->child[0]))
		first = call->parent->child[0]; /* array(struct(1 AS a), struct(2)): its names */
	if (!first && call->parent->kind == NODE_ROW && call->parent->slot &&
	    call->parent->parent &&
	    call->parent->parent->kind == NODE_VALUES) { /* names of the first row */
		const struct node *row = call->parent->parent->child[0];

		if (call->slot < row->count && shape_is_struct(row->child[call->slot]))
			first = row->child[call->slot];
	}
	for (uint32_t i = 0; i < count; i++) {
		struct node *a = node_arg(call, i);
		struct str name = {NULL, 0};

		if (a->kind == NODE_STAR)
			return false;
		if (a->kind == NODE_COLUMN || a->kind == NODE_ITEM)
			name = node_last_name(a);
		if (!name.p && first && i < shape_field_count(first))
			shape_field(r, first, i, &name);
		if (!name.p) {
			name.p = arena_printf(r->arena, "col%u", i + 1);
			name.len = strlen(name.p);
		}
		args[i] = a->kind == NODE_ITEM ? a->child[ITEM_VALUE] : a;
		pairs[(size_t)2 * i] = node_string(r->arena, name);
		pairs[(size_t)2 * i + 1] = args[i];
	}
	place = node_take(r->arena, call);
	node_replace(place, node_call(r->arena, "jsonb_build_object", 2 * count, pairs))->type =
		TYPE_JSON;
	return true;
}

/* typeof(x), where the type is known: Databricks' name for it. */
static bool type_named(struct rewrite *r, struct node *call)
{
	static const char *const names[TYPE_CODE_COUNT] = {
		[TYPE_NULL] = "void",		[TYPE_BOOL] = "boolean",
		[TYPE_SMALLINT] = "smallint",	[TYPE_INT] = "int",
		[TYPE_BIGINT] = "bigint",	[TYPE_FLOAT4] = "float",
		[TYPE_FLOAT8] = "double",	[TYPE_TEXT] = "string",
		[TYPE_BYTES] = "binary",	[TYPE_DATE] = "date",
		[TYPE_TIMESTAMP] = "timestamp", [TYPE_TIMESTAMPTZ] = "timestamp"};
	struct node *arg = node_arg(call, 0);
	enum type_code t = type_of(r, arg), e = type_element(r, arg);
	const char *text = names[t];

	if (t == TYPE_ARRAY && e < TYPE_CODE_COUNT && names[e] && e != TYPE_NULL)
		text = arena_printf(r->arena, "array<%s>", names[e]);
	if (!text)
		return false;
	node_replace(call, node_string(r->arena, (struct str){text, strlen(text)}));
	return true;
}

/* to_csv(named_struct(...)): its values as text, comma between. */
static bool to_csv(struct rewrite *r, struct node *call)
{
	struct node *row = column_definition(node_arg(call, 0)), *args[FUNCTION_ARGS_MAX + 1];
	uint32_t count = shape_is_struct(row) ? shape_field_count(row) : 0;
	struct node *place;

	if (count == 0 || count > FUNCTION_ARGS_MAX || node_bare(node_arg(call, 0))->shape)
		return false;
	if (node_arg_count(call) > 1)
		rewrite_finding(r, call, "JSON-OPTIONS", "options of to_csv were dropped");
	args[0] = node_string(r->arena, (struct str){",", 1});
	for (uint32_t i = 0; i < count; i++) {
		struct str name;
		struct node *v = shape_field(r, row, i, &name);

		if (!v || type_of(r, v) <= TYPE_UNKNOWN || type_of(r, v) == TYPE_JSON)
			return false;
		v = node_copy(r->arena, v);
		args[i + 1] = rewrite_template(r,
					       type_of(r, v) == TYPE_BYTES
						       ? "coalesce(convert_from($1, 'UTF8'), '')"
						       : "coalesce(($1)::text, '')",
					       1, &v);
	}
	place = node_take(r->arena, call);
	node_replace(place, node_call(r->arena, "concat_ws", count + 1, args))->type = TYPE_TEXT;
	return true;
}

#define FOLD(type)                                                                                 \
	"(WITH RECURSIVE _f AS (SELECT 0 AS _k, ($2)::" type " AS _a UNION ALL SELECT _f._k + 1, " \
	"$3(_f._a, ($1 -> _f._k))::" type " FROM _f WHERE _f._k < jsonb_array_length($1)) SELECT " \
	"_a FROM _f ORDER BY _k DESC LIMIT 1)"

/* Snowflake's REDUCE(array, start, (a, x) -> ...), one element after the other. */
static bool reduce(struct rewrite *r, struct node *call)
{
	struct node *args[3] = {node_arg(call, 0), node_arg(call, 1), node_arg(call, 2)}, *place;
	enum type_code t = type_of(r, args[1]);
	const char *text = type_is_number(t) ? FOLD("numeric")
			   : t == TYPE_TEXT  ? FOLD("text")
			   : t == TYPE_JSON  ? FOLD("jsonb")
					     : NULL;
	struct node *now;

	if (!text || args[2]->kind != NODE_LAMBDA)
		return false;
	place = node_take(r->arena, call);
	now = rewrite_template(r, text, 3, args);
	node_replace(place, now ? now : call);
	return now;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'		    ? c - '0'
	       : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 87
						    : -1;
}

static void put_utf8(struct buf *out, unsigned c)
{
	if (c < 0x80) {
		buf_putc(out, (char)c);
	} else if (c < 0x800) {
		buf_putc(out, (char)(0xc0 | c >> 6));
		buf_putc(out, (char)(0x80 | (c & 63)));
	} else {
		buf_putc(out, (char)(0xe0 | c >> 12));
		buf_putc(out, (char)(0x80 | (c >> 6 & 63)));
		buf_putc(out, (char)(0x80 | (c & 63)));
	}
}

/* UNISTR('\\00e4'): the text itself. */
static bool unistr(struct rewrite *r, struct node *call)
{
	struct str in = node_arg(call, 0)->text;
	struct buf out = {.max = 100000};
	bool good = true;

	for (size_t i = 0; i < in.len && good; i++) {
		unsigned c = 0;

		if (in.p[i] != '\\') {
			buf_putc(&out, in.p[i]);
			continue;
		}
		if (i + 1 < in.len && in.p[i + 1] == '\\') {
			buf_putc(&out, in.p[i++]);
			continue;
		}
		good = i + 4 < in.len;
		for (size_t k = 1; k <= 4 && good; k++) {
			int digit = hex_digit(in.p[i + k]);

			good = digit >= 0;
			c = c * 16 + (unsigned)(digit & 15);
		}
		good = good && c && (c < 0xd800 || c > 0xdfff); /* no halves of a character */
		if (good)
			put_utf8(&out, c);
		i += 4;
	}
	if (good)
		node_replace(call, node_string(r->arena,
					       (struct str){arena_strndup(r->arena, buf_text(&out),
									  out.len),
							    out.len}));
	buf_release(&out);
	return good;
}

bool function_named(struct rewrite *r, struct node *call, const char *name)
{
	if (call->kind != NODE_CALL)
		return false;
	if (strcmp(name, "decode") == 0)
		return decode(r, call);
	if (strcmp(name, "to_csv") == 0)
		return to_csv(r, call);
	if (strcmp(name, "typeof") == 0)
		return type_named(r, call);
	if (strcmp(name, "reduce") == 0)
		return reduce(r, call);
	if (strcmp(name, "unistr") == 0)
		return unistr(r, call);
	if (strcmp(name, "row_object") == 0)
		return row_object(r, call);
	if (strcmp(name, "struct") == 0)
		return structure(r, call);
	if (strcmp(name, "full_text") == 0)
		return function_full_text(r, call);
	return function_structs(r, call, name) || function_named_mysql(r, call, name);
}

/*
 * function_apply.c - the function tables at work: which rule fits a call, and its template with the
 * arguments put in. Templates are parsed once, kept for the life of the program.
 */
#include "convert/function_apply.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "convert/columns.h"
#include "convert/literal.h"
#include "convert/names.h"
#include "convert/parse.h"
#include "convert/shape.h"

#define CACHE_SLOTS 16384 /* a power of two, more than there are rules */

struct cached {
	const char *text;
	struct node *tree;
	uint32_t named; /* bit n: $n is named */
};

static struct cached cache[CACHE_SLOTS];
static unsigned cache_count;
static struct arena cache_arena;
static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;

static void note_named(const struct node *n, uint32_t *named)
{
	if (n->kind == NODE_PARAMETER && n->text.len > 1) {
		char last = n->text.p[n->text.len - 1];

		if (last >= '1' && last <= '9')
			*named |= 1u << (last - '0');
	}
	for (uint32_t i = 0; i < n->count; i++)
		if (n->child[i])
			note_named(n->child[i], named);
}

static struct node *parse_template(const char *text)
{
	struct tokens t;
	struct str s = {text, strlen(text)};

	lexer_run(&cache_arena, &dialect_postgres, false, s, &t);
	return parse_expression_tokens(&cache_arena, &dialect_postgres, &t);
}

/* By the text's address: rows are constants. */
static const struct cached *template_of(const char *text)
{
	size_t i = ((uintptr_t)text * 0x9e3779b97f4a7c15u) >> 50;
	struct cached *c;

	pthread_mutex_lock(&cache_lock);
	for (i &= CACHE_SLOTS - 1; cache[i].text && cache[i].text != text;)
		i = (i + 1) & (CACHE_SLOTS - 1);
	c = &cache[i];
	if (!c->text && cache_count < CACHE_SLOTS / 2) {
		c->text = text;
		c->tree = parse_template(text);
		if (c->tree)
			note_named(c->tree, &c->named);
		cache_count++;
	}
	pthread_mutex_unlock(&cache_lock);
	return c->tree ? c : NULL;
}

struct filling {
	struct rewrite *r;
	struct node *call; /* whose DISTINCT, FILTER ... go to the aggregates; or NULL */
	struct node **args;
	unsigned count;
	uint32_t used, named;
	unsigned serial;
	const char *finding;
	bool failed;
};

static struct node *fill(struct filling *f, const struct node *t, bool inside);

static struct node *take_argument(struct filling *f, unsigned i)
{
	if (i >= f->count) {
		f->failed = true;
		return node_null(f->r->arena);
	}
	if (f->used & 1u << i)
		return node_copy(f->r->arena, f->args[i]);
	f->used |= 1u << i;
	return f->args[i];
}

/* The body of a lambda with `values` for its parameters. */
static struct node *apply_lambda(struct filling *f, struct node *n, const struct node *params,
				 struct node **values, unsigned count)
{
	if (n->kind == NODE_COLUMN && n->count) {
		for (unsigned i = 0; i < params->count && i < count; i++) {
			struct node *v;

			if (!node_same(n->child[0], params->child[i]))
				continue;
			v = node_copy(f->r->arena, values[i]);
			for (uint32_t k = 1; k < n->count; k++) {
				struct node *m = node_make(f->r->arena, NODE_MEMBER);

				node_put(m, 0, v);
				node_put(m, 1, n->child[k]);
				v = m;
			}
			return v;
		}
		return n;
	}
	for (uint32_t i = 0; i < n->count; i++) {
		struct node *c = n->child[i], *now;

		if (!c || c->kind == NODE_LAMBDA)
			continue;
		now = apply_lambda(f, c, params, values, count);
		if (now != c)
			node_replace(c, now);
	}
	return n;
}

static struct node *fill_lambda(struct filling *f, const struct node *t, unsigned i, bool inside)
{
	struct node *lambda = i < f->count ? f->args[i] : NULL, *values[4];
	unsigned count = t->count > 4 ? 4 : t->count;

	if (!lambda || lambda->kind != NODE_LAMBDA) {
		f->failed = true;
		return node_null(f->r->arena);
	}
	for (unsigned k = 0; k < count; k++)
		values[k] = fill(f, t->child[k], inside);
	return node_paren(f->r->arena, apply_lambda(f, node_copy(f->r->arena, lambda->child[1]),
						    lambda->child[0], values, count));
}

/* The text of a string, or of a number with its sign. */
static bool literal_value(struct filling *f, const struct node *n, bool number, struct str *value)
{
	if (!n)
		return false;
	if (number && n->kind == NODE_UNARY && n->op == OP_MINUS &&
	    n->child[0]->kind == NODE_NUMBER) {
		struct str digits = n->child[0]->text;

		value->p = arena_printf(f->r->arena, "-%.*s", (int)digits.len, digits.p);
		value->len = digits.len + 1;
		return true;
	}
	*value = n->text;
	return n->kind == (number ? NODE_NUMBER : NODE_STRING);
}

/* $name2: argument 2 through the converter `name`. */
static struct node *fill_literal(struct filling *f, struct str name, unsigned i)
{
	const struct literal_converter *c = literal_find(name.p, name.len);
	struct node *arg = i < f->count ? node_bare(f->args[i]) : NULL, *out = NULL;
	struct buf text = {.max = 1 << 20};
	struct str value;

	if (c && literal_value(f, arg, c->from_number, &value) &&
	    c->convert(value, &text, &f->finding) == 0) {
		struct str s = {arena_strndup(f->r->arena, buf_text(&text), text.len), text.len};

		out = node_string(f->r->arena, s);
		if (c->to_number) {
			out->kind = NODE_NUMBER;
			out->type = TYPE_INT;
		}
	} else {
		f->failed = true;
		out = node_null(f->r->arena);
	}
	buf_release(&text);
	return out;
}

static struct node *fill_parameter(struct filling *f, const struct node *t, bool inside)
{
	char last = t->text.p[t->text.len - 1];
	unsigned i = last >= '1' && last <= '9' ? (unsigned)(last - '1') : 99;
	struct str name = {t->text.p + 1, t->text.len - 2};

	if (i == 99) {
		f->failed = true;
		return node_null(f->r->arena);
	}
	if (name.len)
		return fill_literal(f, name, i);
	if (t->count)
		return fill_lambda(f, t, i, inside);
	return take_argument(f, i);
}

static bool aggregates(struct str name)
{
	static const char *const names[] = {"count",
					    "changes", /* a helper */
					    "sum",
					    "avg",
					    "min",
					    "max",
					    "array_agg",
					    "string_agg",
					    "bool_or",
					    "bool_and",
					    "every",
					    "bit_and",
					    "bit_or",
					    "bit_xor",
					    "stddev_samp",
					    "stddev_pop",
					    "stddev",
					    "variance",
					    "var_samp",
					    "var_pop",
					    "percentile_cont",
					    "percentile_disc",
					    "mode",
					    "json_agg",
					    "jsonb_agg",
					    "jsonb_object_agg",
					    "corr",
					    "covar_pop",
					    "covar_samp",
					    "regr_count",
					    "regr_slope",
					    "regr_intercept",
					    "regr_r2",
					    "first_value",
					    "last_value",
					    "nth_value",
					    "lag",
					    "lead",
					    "row_number",
					    "rank",
					    "dense_rank",
					    "ntile",
					    "cume_dist",
					    "percent_rank",
					    "regr_sxx",
					    "regr_syy",
					    "regr_sxy",
					    "regr_avgx",
					    "regr_avgy",
					    "xmlagg"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is_word(name, names[i]))
			return true;
	return false;
}

static struct node *copy_of(struct filling *f, uint32_t slot)
{
	return f->call->child[slot] ? node_copy(f->r->arena, f->call->child[slot]) : NULL;
}

/* What the source's call had behind its arguments. */
static void pass_on(struct filling *f, struct node *n)
{
	struct node *order = copy_of(f, CALL_ORDER), *filter = copy_of(f, CALL_FILTER);

	if (!order)
		order = copy_of(f, CALL_WITHIN);
	if (!n->child[CALL_WITHIN])
		n->flags |= f->call->flags & FLAG_DISTINCT;
	if (order && !n->child[CALL_WITHIN] && !n->child[CALL_ORDER])
		node_put(n, CALL_ORDER, order);
	if (filter)
		node_put(n, CALL_FILTER,
			 node_logic(f->r->arena, OP_AND, n->child[CALL_FILTER], filter));
	if (!n->child[CALL_OVER])
		node_put(n, CALL_OVER, copy_of(f, CALL_OVER));
}

static bool all_others(const struct node *t)
{
	return t->kind == NODE_PARAMETER && t->text.len == 2 && t->text.p[1] == '*';
}

static bool subquery(const struct node *n)
{
	return n->kind == NODE_SUBQUERY || n->kind == NODE_ARRAY_QUERY || n->kind == NODE_EXISTS;
}

static struct node *fill_node(struct filling *f, const struct node *t, bool inside)
{
	struct arena *a = f->r->arena;
	struct node *n = node_new(a, (enum node_kind)t->kind);
	bool list = node_is_list((enum node_kind)t->kind) || t->count > n->count;

	n->op = t->op;
	n->type = t->type;
	n->flags = t->flags | FLAG_CHANGED | FLAG_DIRTY;
	n->text = t->text;
	n->number = t->number;
	inside = inside || subquery(t);
	for (uint32_t i = 0; i < t->count; i++) {
		const struct node *c = t->child[i];

		if (!c)
			continue;
		if (list && all_others(c)) {
			for (unsigned k = 0; k < f->count; k++)
				if (!(f->named & 2u << k))
					node_add(a, n, take_argument(f, k));
		} else if (list) {
			node_add(a, n, fill(f, c, inside));
		} else {
			node_put(n, i, fill(f, c, inside));
		}
	}
	if (n->kind == NODE_CALL && f->call && !inside &&
	    aggregates(node_last_name(n->child[CALL_NAME])))
		pass_on(f, n);
	return n;
}

/* x::t where x is known to be a t. */
static struct node *needless_cast(struct filling *f, const struct node *t)
{
	const struct node *v = t->child[CAST_VALUE];
	struct node *arg;
	enum type_code type;
	unsigned i;

	if (v->kind != NODE_PARAMETER || v->count || v->text.len != 2 || v->text.p[1] < '1' ||
	    v->text.p[1] > '9' || t->child[CAST_TYPE]->op)
		return NULL;
	i = (unsigned)(v->text.p[1] - '1');
	if (i >= f->count)
		return NULL;
	arg = node_bare(f->args[i]);
	if (arg->kind == NODE_STRING || arg->kind == NODE_NUMBER || arg->kind == NODE_NULL)
		return NULL;
	type = type_of(f->r, f->args[i]);
	if (type == TYPE_UNKNOWN ||
	    type != type_from_name(arena_strndup(f->r->arena, t->child[CAST_TYPE]->text.p,
						 t->child[CAST_TYPE]->text.len)))
		return NULL;
	return take_argument(f, i);
}

static struct node *fill(struct filling *f, const struct node *t, bool inside)
{
	struct node *n;

	if (t->kind == NODE_PARAMETER)
		return fill_parameter(f, t, inside);
	if (t->kind == NODE_CAST && t->op == CAST_COLONS && (n = needless_cast(f, t)))
		return n;
	if (t->kind == NODE_IDENT && t->text.len > 1 && t->text.p[0] == '_') {
		n = node_ident(f->r->arena, arena_printf(f->r->arena, "%.*s%u", (int)t->text.len,
							 t->text.p, f->serial));
		return n;
	}
	return fill_node(f, t, inside);
}

static bool never_null(struct node *n)
{
	n = node_bare(n);
	return n->kind == NODE_STRING || n->kind == NODE_NUMBER || n->kind == NODE_TYPED ||
	       n->kind == NODE_ARRAY || n->kind == NODE_BYTES || n->kind == NODE_BOOL;
}

/* CASE WHEN $1 IS NOT NULL THEN x END is x for what is never NULL. */
static const struct node *without_guard(const struct filling *f, const struct node *t)
{
	const struct node *when, *is, *p;
	unsigned i;

	if (t->kind != NODE_CASE || t->child[CASE_OPERAND] || t->child[CASE_ELSE] ||
	    t->child[CASE_WHENS]->count != 1)
		return t;
	when = t->child[CASE_WHENS]->child[0];
	is = when->child[0];
	if (is->kind != NODE_IS || is->op != IS_NULL || !(is->flags & FLAG_NOT))
		return t;
	p = is->child[0];
	if (p->kind != NODE_PARAMETER || p->text.len != 2 || p->text.p[1] < '1')
		return t;
	i = (unsigned)(p->text.p[1] - '1');
	return i < f->count && never_null(f->args[i]) ? when->child[1] : t;
}

static struct node *fill_text(struct rewrite *r, struct node *call, const char *text,
			      unsigned count, struct node **args, const char **finding)
{
	const struct cached *c = template_of(text);
	struct filling f = {.r = r, .call = call, .args = args, .count = count};
	struct node *n;

	if (!c)
		return NULL;
	f.named = c->named;
	f.serial = ++r->names;
	n = fill(&f, without_guard(&f, c->tree), false);
	if (f.failed)
		return NULL;
	if (f.finding && finding)
		*finding = f.finding;
	return n;
}

struct node *rewrite_template(struct rewrite *r, const char *text, unsigned count,
			      struct node *const *args)
{
	struct node *copy[9];

	for (unsigned i = 0; i < count && i < 9; i++)
		copy[i] = args[i];
	return fill_text(r, NULL, text, count, copy, NULL);
}

struct node *rewrite_query_template(struct rewrite *r, const char *text, unsigned count,
				    struct node *const *args)
{
	struct node *n = rewrite_template(r, text, count, args);

	return n && n->kind == NODE_SUBQUERY ? n->child[0] : NULL;
}

/* The result's type by the rule's word. */
static enum type_code result_type(struct rewrite *r, const char *word, struct function_call *c)
{
	if (!word)
		return TYPE_NOT_ASKED;
	if (word[0] >= '1' && word[0] <= '9') {
		unsigned i = (unsigned)(word[0] - '1');

		if (word[1])
			return TYPE_ARRAY;
		return i < c->count ? type_of(r, c->args[i]) : TYPE_UNKNOWN;
	}
	if (word[0] == '[')
		return TYPE_UNKNOWN;
	return type_from_word(word);
}

static void collect(struct rewrite *r, struct node *n, struct function_call *c)
{
	const struct node *args = n->kind == NODE_CALL ? n->child[CALL_ARGS] : NULL;

	(void)r;
	for (uint32_t i = 0; args && i < args->count && c->count < FUNCTION_ARGS_MAX; i++)
		c->args[c->count++] = args->count == 1 && args->child[i]->kind == NODE_ARG
					      ? args->child[i]->child[0]
					      : args->child[i];
	if (n->kind == NODE_CALL && n->child[CALL_SEPARATOR] && c->count < FUNCTION_ARGS_MAX)
		c->args[c->count++] = n->child[CALL_SEPARATOR];
	if (n->kind == NODE_CAST) {
		c->args[c->count++] = n->child[CAST_VALUE];
		if (n->child[CAST_FORMAT])
			c->args[c->count++] = n->child[CAST_FORMAT];
	}
}

static const char *cast_type(const struct node *type)
{
	static const char *const names[][2] = {{"integer", "int"},
					       {"int4", "int"},
					       {"int8", "bigint"},
					       {"int2", "smallint"},
					       {"double precision", "float8"},
					       {"real", "float4"},
					       {"decimal", "numeric"},
					       {"dec", "numeric"},
					       {"bool", "boolean"},
					       {"character varying", "varchar"},
					       {"timestamp with time zone", "timestamptz"},
					       {"timestamp without time zone", "timestamp"},
					       {"character", "char"}};

	if (type->op)
		return "array";
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is(type->text, names[i][0]))
			return names[i][1];
	return NULL;
}

static bool is_try(const struct node *n)
{
	return n->kind == NODE_CAST && (n->op == CAST_TRY || n->op == CAST_TRY_CONVERT);
}

/* The name to look up, lower case, into `out`; false: none. */
static bool call_name(const struct node *n, char *out, size_t size)
{
	static const char *const casts[] = {"cast:", "try_cast:", "cast:", "convert:", "try_cast:"};
	struct str s;
	size_t at = 0;

	if (n->kind == NODE_CAST) {
		const char *prefix = casts[n->op], *known = cast_type(n->child[CAST_TYPE]);

		if (n->op == CAST_CONVERT && !n->child[CAST_FORMAT])
			prefix = "cast:";
		if (n->op == CAST_TRY_CONVERT && n->child[CAST_FORMAT])
			prefix = "convert:";
		at = strlen(prefix);
		memcpy(out, prefix, at);
		s = known ? (struct str){known, strlen(known)} : n->child[CAST_TYPE]->text;
		if (is_try(n) && s.len && memchr(s.p, '(', s.len)) /* try_cast:timestamp(3) */
			s.len = (size_t)((const char *)memchr(s.p, '(', s.len) - s.p);
	} else {
		const struct node *name = n->child[CALL_NAME];

		if (name->count == 2 && name->child[0]->kind == NODE_IDENT &&
		    name->child[0]->text.len + 1 < size) { /* a package's: dbms_lob.substr */
			at = name->child[0]->text.len;
			for (size_t i = 0; i < at; i++)
				out[i] = (char)tolower((unsigned char)name->child[0]->text.p[i]);
			out[at++] = '.';
		} else if (name->count != 1) {
			return false;
		}
		if (name->child[name->count - 1]->flags & FLAG_QUOTED)
			return false;
		s = name->child[name->count - 1]->text;
	}
	if (at + s.len >= size)
		return false;
	for (size_t i = 0; i < s.len; i++)
		out[at + i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 32 : s.p[i]);
	out[at + s.len] = '\0';
	return true;
}

static bool rename_call(struct rewrite *r, struct node *n, const char *to)
{
	struct node *name = n->child[CALL_NAME];

	if (n->flags & FLAG_BARE)
		node_touch(n);
	n->flags &= ~(uint32_t)(FLAG_BARE | FLAG_SPECIAL);
	node_replace(name->child[0], node_ident(r->arena, to));
	return true;
}

/* The result is of the first argument's type, an array of such, or an element of it. */
static void remember_shape(struct rewrite *r, const struct function_rule *rule,
			   const struct function_call *c, struct node *now)
{
	struct node *made, *list;
	enum type_code t;

	if (!rule->type || !c->count || now->kind == NODE_ARRAY ||
	    (rule->type[0] != '1' && rule->type[0] != '['))
		return;
	t = type_of(r, c->args[0]);
	if (t != TYPE_JSON && t != TYPE_ARRAY)
		return;
	made = column_definition(c->args[0]);
	if (rule->type[0] == '[')
		made = column_element(made);
	if (!made || (made->kind != NODE_ARRAY && !shape_is_struct(made) && !shape_is_map(made)))
		return;
	if (rule->type[1]) {
		list = node_make(r->arena, NODE_ARRAY);
		node_add(r->arena, list, node_copy(r->arena, made));
		made = list;
	}
	now->shape = made;
	if (now->type <= TYPE_UNKNOWN)
		now->type = TYPE_NOT_ASKED;
}

/* map_from_arrays: the types of its two arrays are known only now. */
static void remember_map(struct rewrite *r, const struct function_rule *rule,
			 const struct function_call *c, struct node *now)
{
	if (strcmp(rule->name, "map") == 0)
		now->keys = TYPE_UNKNOWN; /* a map, not a struct */
	if (strcmp(rule->name, "map_from_arrays") != 0 || c->count != 2)
		return;
	now->keys = (uint8_t)type_element(r, c->args[0]);
	now->element = (uint8_t)type_element(r, c->args[1]);
}

/* TRY_CAST(x AS DECIMAL(p, s)): rounded to s places, NULL where it does not fit. */
static struct node *to_precision(struct rewrite *r, const struct node *cast,
				 const struct function_rule *rule, struct node *now)
{
	const struct node *type = cast->child[CAST_TYPE], *p = type->count ? type->child[0] : NULL;
	const struct node *s = type->count > 1 ? type->child[1] : NULL;
	struct node *args[3] = {now, NULL, NULL};
	int64_t precision, scale = 0;
	char limit[48] = "1";

	if (strcmp(rule->name, "try_cast:numeric") != 0 || !p || p->kind != NODE_NUMBER ||
	    (s && s->kind != NODE_NUMBER) ||
	    !text_to_int(arena_strndup(r->arena, p->text.p, p->text.len), &precision) ||
	    (s && !text_to_int(arena_strndup(r->arena, s->text.p, s->text.len), &scale)) ||
	    precision < 1 || precision > 38 || scale < 0 || scale > precision)
		return now;
	memset(limit + 1, '0', (size_t)(precision - scale));
	limit[1 + precision - scale] = '\0';
	args[1] = node_number(r->arena, (long)scale);
	args[2] = node_number(r->arena, 0);
	args[2]->text = (struct str){arena_strdup(r->arena, limit), strlen(limit)};
	return rewrite_template(r, "CASE WHEN abs(round($1, $2)) < $3 THEN round($1, $2) END", 3,
				args);
}

static bool take_rule(struct rewrite *r, struct node *n, const struct function_rule *rule,
		      struct function_call *c)
{
	enum type_code type = n->kind == NODE_CAST && (n->op == CAST_CAST || n->op == CAST_COLONS)
				      ? type_of(r, n)
				      : result_type(r, rule->type, c);
	const char *finding = rule->finding;
	struct node *now;

	if (!rule->to) {
		rewrite_finding(r, n, finding ? finding : "NO-FUNCTION",
				"%s has no counterpart in Postgres", rule->name);
		return true;
	}
	if (rule->to[0] == '@')
		return function_named(r, n, rule->to + 1);
	if (rule->to[0] == '\0') {
		if (type)
			n->type = (uint8_t)type;
	} else if (rule->to[0] == '=') {
		rename_call(r, n, rule->to + 1);
		n->type = (uint8_t)type;
	} else {
		struct node *place = node_take(r->arena, n);

		now = fill_text(r, n->kind == NODE_CALL ? n : NULL, rule->to, c->count, c->args,
				&finding);
		if (!now) {
			node_replace(place, n);
			return false;
		}
		if (n->kind == NODE_CAST)
			now = to_precision(r, n, rule, now);
		now->type = (uint8_t)type;
		remember_map(r, rule, c, now);
		remember_shape(r, rule, c, now);
		node_replace(place, now);
	}
	if (finding)
		rewrite_finding(r, n, finding, NULL);
	return true;
}

/* What a call of the source means, for asking its type before it is rewritten. */
enum type_code function_type(struct rewrite *r, struct node *n)
{
	const struct function_rule *rule, *end;
	struct function_call c = {.node = n};
	char name[64];

	if (!r->dialect->functions || !call_name(n, name, sizeof(name)))
		return TYPE_UNKNOWN;
	rule = function_rule_find(r->dialect->functions, name, &end);
	if (!rule)
		return TYPE_UNKNOWN;
	collect(r, n, &c);
	for (; rule < end; rule++)
		if (function_fits(r, rule, &c))
			return result_type(r, rule->type, &c);
	return TYPE_UNKNOWN;
}

/* Databricks without ANSI mode: a cast of a text is a TRY_CAST. */
static void cast_without_ansi(struct rewrite *r, struct node *n, const char *name,
			      const struct function_rule **rule, const struct function_rule **end)
{
	enum type_code t = type_of(r, n->child[CAST_VALUE]);
	char text[64 + 8];
	const struct function_rule *first, *last;

	if (r->dialect->functions != &functions_databricks || n->op == CAST_TRY)
		return;
	snprintf(text, sizeof(text), "try_%s", name);
	first = function_rule_find(r->dialect->functions, text, &last);
	if (first && t == TYPE_TEXT) {
		*rule = first;
		*end = last;
	} else if (first && t == TYPE_UNKNOWN && !str_is(n->child[CAST_TYPE]->text, "text")) {
		rewrite_finding(r, n, "ANSI-OFF", NULL);
	}
}

/* TRY_CONVERT with a style, or to a type that no rule tries: an error instead of NULL. */
static void report_try(struct rewrite *r, struct node *n, bool found)
{
	enum type_code t = type_of(r, n);

	if (is_try(n) && t != TYPE_TEXT && (!found || n->child[CAST_FORMAT]))
		rewrite_finding(r, n, "TRY-FORMAT", NULL);
}

bool function_apply(struct rewrite *r, struct node *n)
{
	const struct function_rule *rule, *end;
	struct function_call c = {.node = n};
	char name[64];

	if (!r->dialect->functions || !call_name(n, name, sizeof(name)))
		return false;
	rule = function_rule_find(r->dialect->functions, name, &end);
	report_try(r, n, rule != NULL);
	if (n->kind == NODE_CAST && !r->settings->ansi)
		cast_without_ansi(r, n, name, &rule, &end);
	if (!rule)
		return false;
	collect(r, n, &c);
	for (; rule < end; rule++)
		if (function_fits(r, rule, &c) && take_rule(r, n, rule, &c))
			return true;
	if (n->kind == NODE_CALL && !names_function(name))
		rewrite_finding(r, n, "NO-FUNCTION", "%s with these arguments has no counterpart",
				name);
	return false;
}

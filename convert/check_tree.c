/* check_tree.c - see check_tree.h. */
#include "convert/check_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pg_query.h>

#include "convert/scan.h"

#define CHAIN_MAX 50000 /* tokens */

size_t pgtree_byte(const char *sql, int n)
{
	const char *p = sql;

	for (; *p && n > 1; n--) {
		p++;
		while (((unsigned char)*p & 0xc0) == 0x80)
			p++;
	}
	return (size_t)(p - sql) + 1;
}

const cJSON *pgtree_field(const cJSON *node, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(node, name);
}

const char *pgtree_text(const cJSON *node, const char *name)
{
	const cJSON *item = pgtree_field(node, name);

	return cJSON_IsString(item) ? item->valuestring : "";
}

static size_t number(const cJSON *node, const char *name)
{
	const cJSON *item = pgtree_field(node, name);

	return cJSON_IsNumber(item) && item->valuedouble > 0 ? (size_t)item->valuedouble : 0;
}

size_t pgtree_location(const cJSON *node)
{
	const cJSON *item = pgtree_field(node, "location");

	/* A location of 0 is left out of the JSON; nodes without one have -1. */
	if (!item)
		return 1;
	return cJSON_IsNumber(item) && item->valuedouble >= 0 ? (size_t)item->valuedouble + 1 : 0;
}

size_t pgtree_length(const cJSON *list)
{
	return list ? (size_t)cJSON_GetArraySize(list) : 0;
}

const cJSON *pgtree_as(const cJSON *wrapped, const char *type)
{
	return wrapped ? pgtree_field(wrapped, type) : NULL;
}

const char *pgtree_name(const cJSON *list, size_t i)
{
	size_t n = pgtree_length(list);
	const cJSON *item = i < n ? cJSON_GetArrayItem(list, (int)(n - 1 - i)) : NULL;
	const cJSON *text = pgtree_as(pgtree_as(item, "String"), "sval");

	return cJSON_IsString(text) ? text->valuestring : NULL;
}

/* The type of a node that stands in a field without its name. */
static const char *type_by_shape(const cJSON *node)
{
	if (pgtree_field(node, "relname"))
		return "RangeVar";
	if (pgtree_field(node, "names") && pgtree_field(node, "typemod"))
		return "TypeName";
	if (pgtree_field(node, "funcname") && pgtree_field(node, "funcformat"))
		return "FuncCall";
	if (pgtree_field(node, "limitOption") && pgtree_field(node, "op"))
		return "SelectStmt";
	return NULL;
}

static bool is_type(const char *key)
{
	return key && key[0] >= 'A' && key[0] <= 'Z';
}

void pgtree_walk_typed(const char *type, const cJSON *node, pgtree_visit *visit, void *context)
{
	const cJSON *child;

	if (type && !visit(context, type, node))
		return;
	cJSON_ArrayForEach(child, node)
	{
		if (cJSON_IsObject(child))
			pgtree_walk_typed(is_type(child->string) ? child->string
								 : type_by_shape(child),
					  child, visit, context);
		else if (cJSON_IsArray(child))
			pgtree_walk_typed(NULL, child, visit, context);
	}
}

void pgtree_walk(const cJSON *node, pgtree_visit *visit, void *context)
{
	pgtree_walk_typed(NULL, node, visit, context);
}

/* Cuts the text of one statement out; what is left out of the JSON is 0: from the start, to the
 * end.
 */
static void add_statement(struct parsed *p, struct arena *a, const char *sql, const cJSON *raw)
{
	struct pgtree_statement *s = &p->statements[p->count];
	const cJSON *wrapped = pgtree_field(raw, "stmt"), *inside = wrapped ? wrapped->child : NULL;
	size_t length = number(raw, "stmt_len"), all = strlen(sql);

	if (!inside || !is_type(inside->string))
		return;
	s->begin = number(raw, "stmt_location");
	if (s->begin > all)
		s->begin = all;
	if (length == 0 || length > all - s->begin)
		length = all - s->begin;
	s->kind = inside->string;
	s->node = inside;
	s->sql = arena_strndup(a, sql + s->begin, length);
	p->count++;
}

static int read_tree(struct parsed *p, struct arena *a, const char *sql, const char *json)
{
	const cJSON *statements, *raw;

	p->root = cJSON_Parse(json);
	if (!p->root) {
		p->too_deep = true;
		p->message = "the statement is nested too deeply to be looked at";
		return -1;
	}
	statements = pgtree_field(p->root, "stmts");
	p->statements = arena_alloc(a, (pgtree_length(statements) + 1) * sizeof(*p->statements));
	cJSON_ArrayForEach(raw, statements)
	{
		add_statement(p, a, sql, raw);
	}
	return 0;
}

const char pgtree_too_long_message[] =
	"the statement has too long a chain of operators, UNIONs or JOINs to be looked at";

bool pgtree_too_long(const char *sql)
{
	return strlen(sql) > CHAIN_MAX && scan_chain(sql) > CHAIN_MAX;
}

bool pgtree_parses(const char *sql)
{
	PgQueryParseResult r;
	bool good;

	if (pgtree_too_long(sql))
		return false;
	r = pg_query_parse(sql);
	good = r.error == NULL;
	pg_query_free_parse_result(r);
	return good;
}

int parsed_text(struct parsed *p, struct arena *a, const char *sql)
{
	PgQueryParseResult r;
	int status = -1;

	*p = (struct parsed){.message = pgtree_too_long_message};
	if (pgtree_too_long(sql))
		return -1;
	p->message = "";
	r = pg_query_parse(sql);
	if (r.error) {
		p->message = arena_strdup(a, r.error->message);
		p->position = r.error->cursorpos > 0 ? pgtree_byte(sql, r.error->cursorpos) : 0;
	} else {
		status = read_tree(p, a, sql, r.parse_tree);
	}
	pg_query_free_parse_result(r);
	return status;
}

void parsed_release(struct parsed *p)
{
	cJSON_Delete(p->root);
	p->root = NULL;
}

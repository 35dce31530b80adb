/*
 * rules_mysql_ddl.c - columns and keys of CREATE TABLE in MySQL, Redshift and Snowflake: what means
 * storage is dropped, enumerations are checked, keys become indexes of their own.
 */
#include "convert/rules.h"

#include <strings.h>

#include "convert/rules_words.h"

static bool is_integer(const struct node *type)
{
	static const char *const names[] = {"int",
					    "integer",
					    "bigint",
					    "smallint",
					    "tinyint",
					    "mediumint",
					    "int2",
					    "int4",
					    "int8",
					    "int unsigned",
					    "integer unsigned",
					    "smallint unsigned",
					    "tinyint unsigned",
					    "mediumint unsigned"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is(type->text, names[i]))
			return true;
	return false;
}

/* Identity columns are integers in Postgres. */
static void identity(struct rewrite *r, struct node *column, struct node *one)
{
	struct node *type = column->child[COLUMN_DEF_TYPE];

	if (!(r->dialect->flags & DIALECT_POSTGRES_PRECEDENCE))
		one->flags |= FLAG_BY_NAME; /* a value of one's own is allowed */
	node_touch(one);
	if (!type || is_integer(type))
		return;
	type->text = (struct str){"bigint", 6};
	type->count = 0;
	node_touch(type);
}

/* ENUM('a', 'b'): CHECK (c IN ('a', 'b')). */
static void enumeration(struct rewrite *r, struct node *column)
{
	struct node *type = column->child[COLUMN_DEF_TYPE], *in, *list, *name, *check;

	if (!type || !str_is(type->text, "enum") || !type->count)
		return;
	list = node_make(r->arena, NODE_LIST);
	for (uint32_t i = 0; i < type->count; i++)
		node_add(r->arena, list, node_copy(r->arena, type->child[i]));
	name = node_make(r->arena, NODE_COLUMN);
	node_add(r->arena, name, node_copy(r->arena, column->child[COLUMN_DEF_NAME]));
	in = node_make(r->arena, NODE_IN);
	node_put(in, 0, name);
	node_put(in, 1, list);
	check = node_make(r->arena, NODE_CONSTRAINT);
	check->op = CONSTRAINT_CHECK;
	node_put(check, CONSTRAINT_VALUE, node_paren(r->arena, in));
	type->text = (struct str){"text", 4};
	type->count = 0;
	node_touch(type);
	node_insert(r->arena, column->child[COLUMN_DEF_CONSTRAINTS],
		    column->child[COLUMN_DEF_CONSTRAINTS]->count, check);
	node_touch(column);
}

/* What stands behind a constraint: only that of foreign keys means something. */
static void drop_tail(struct rewrite *r, struct node *one)
{
	struct node *tail = one->child[CONSTRAINT_OPTIONS];
	struct str word;

	if (!tail || one->op == CONSTRAINT_OTHER || tail->kind == NODE_RAW)
		return;
	word = token_text(r->tokens, tail->first);
	if (one->op == CONSTRAINT_FOREIGN &&
	    (str_is_word(word, "on") || str_is_word(word, "match") ||
	     str_is_word(word, "deferrable") || str_is_word(word, "initially")))
		return;
	if (str_is_word(word, "on") || str_is_word(word, "using"))
		rewrite_finding(r, tail, "OPTION-DROPPED", "'%.*s ...' of a column was dropped",
				(int)word.len, word.p);
	node_put(one, CONSTRAINT_OPTIONS, NULL);
	node_touch(one);
}

bool rule_column_options(struct rewrite *r, struct node *n)
{
	struct node *list = n->child[COLUMN_DEF_CONSTRAINTS];

	if (!list || !n->child[COLUMN_DEF_TYPE])
		return false;
	for (uint32_t i = 0; i < list->count;) {
		struct node *one = list->child[i];

		if (one->kind == NODE_CONSTRAINT && one->op == CONSTRAINT_OTHER) {
			rewrite_finding(r, one, "OPTION-DROPPED",
					"an option of a column was dropped");
			node_remove(list, i);
			node_touch(n);
			continue;
		}
		if (one->kind == NODE_CONSTRAINT)
			drop_tail(r, one);
		if (one->kind == NODE_CONSTRAINT && one->op == CONSTRAINT_IDENTITY)
			identity(r, n, one);
		i++;
	}
	enumeration(r, n);
	return true;
}

static struct str word_at(struct rewrite *r, const struct node *n)
{
	return n->first < n->last ? token_text(r->tokens, n->first) : (struct str){"", 0};
}

/* Names of indexes are those of the schema in Postgres, of the table in MySQL: t_name. */
struct node *index_name(struct rewrite *r, const struct node *table, const struct node *index)
{
	struct str t = node_last_name(table), i = index->text;
	char *name;

	if (t.len && i.len >= t.len && !strncasecmp(i.p, t.p, t.len))
		return node_copy(r->arena, index);
	name = arena_printf(r->arena, "%.*s_%.*s", (int)t.len, t.p, (int)i.len, i.p);
	for (char *c = name; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 32);
	return node_ident(r->arena, name);
}

/* CREATE [UNIQUE] INDEX t_name ON t (columns) */
struct node *create_index(struct rewrite *r, const struct node *table, const struct node *name,
			  struct node *columns, bool unique)
{
	struct node *out = words(r, unique ? "CREATE UNIQUE INDEX" : "CREATE INDEX"), *list;

	if (name)
		node_add(r->arena, out, index_name(r, table, name));
	node_add(r->arena, out, words(r, "ON"));
	node_add(r->arena, out, node_copy(r->arena, table));
	list = node_make(r->arena, NODE_ROW);
	for (uint32_t i = 0; i < columns->count; i++)
		node_add(r->arena, list, columns->child[i]);
	node_add(r->arena, out, list);
	return out;
}

/* A key inside the table; NULL: it has no counterpart. */
static struct node *index_of(struct rewrite *r, const struct node *table, struct node *one)
{
	struct str first = word_at(r, one);

	if (str_is_word(first, "fulltext") || str_is_word(first, "spatial")) {
		rewrite_finding(r, one, "OPTION-DROPPED", "a %.*s index was dropped",
				(int)first.len, first.p);
		return NULL;
	}
	return create_index(r, table, one->child[CONSTRAINT_NAME], one->child[CONSTRAINT_COLUMNS],
			    false);
}

bool rule_table_keys(struct rewrite *r, struct node *n)
{
	struct node *elements = n->child[TABLE_DEF_ELEMENTS], *all = n->parent, *place;
	bool wrapped = all->kind == NODE_STATEMENTS, found = false;

	if (!elements)
		return false;
	if (!wrapped)
		all = node_make(r->arena, NODE_STATEMENTS);
	for (uint32_t i = 0; i < elements->count;) {
		struct node *one = elements->child[i], *index;

		if (one->kind == NODE_CONSTRAINT)
			drop_tail(r, one);
		if (one->kind != NODE_CONSTRAINT || one->op != CONSTRAINT_INDEX) {
			i++;
			continue;
		}
		index = index_of(r, n->child[TABLE_DEF_NAME], one);
		if (index)
			node_add(r->arena, all, index);
		node_remove(elements, i);
		node_touch(elements);
		node_touch(n);
		found |= index != NULL;
	}
	if (wrapped || !found)
		return found;
	place = node_take(r->arena, n);
	node_insert(r->arena, all, 0, n);
	node_replace(place, all);
	return true;
}

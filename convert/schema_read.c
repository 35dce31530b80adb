/*
 * schema_read.c - statements into the store: definitions of tables and views, by their elements or
 * by a query. Changes of tables are read by schema_alter.c. Everything is tolerant: what is not
 * understood says nothing.
 */
#include "convert/schema_read.h"

#include <string.h>
#include <strings.h>

#include "convert/columns.h"

/* ---- columns and keys ---- */

static struct str ident_name(struct schema *s, const struct node *n)
{
	struct str out = schema_copy(s, node_last_name(n));
	char *p = (char *)out.p;

	if (n->kind == NODE_NAME || n->kind == NODE_COLUMN)
		n = n->child[n->count - 1];
	for (size_t i = 0; i < out.len && !(n->flags & FLAG_QUOTED); i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] | 32);
	return out;
}

static bool is_serial(struct str type)
{
	return str_is(type, "serial") || str_is(type, "bigserial") || str_is(type, "smallserial");
}

/* A key of one column: at its definition. */
static void key_of_column(struct schema *s, struct schema_table *t, uint32_t place, bool primary)
{
	struct schema_key *k = schema_add_key(s, t, 1);

	if (k) {
		k->columns[0] = place;
		k->primary = primary;
	}
}

static void column_constraints(struct schema *s, struct schema_table *t, uint32_t place,
			       const struct node *list)
{
	struct schema_column *c = &t->columns[place];

	for (uint32_t i = 0; list && i < list->count; i++) {
		const struct node *one = list->child[i];

		switch (one->kind == NODE_CONSTRAINT ? one->op : CONSTRAINT_OTHER) {
		case CONSTRAINT_NOT_NULL:
			c->flags |= SCHEMA_NOT_NULL;
			break;
		case CONSTRAINT_PRIMARY:
			c->flags |= SCHEMA_NOT_NULL;
			key_of_column(s, t, place, true);
			break;
		case CONSTRAINT_UNIQUE:
			key_of_column(s, t, place, false);
			break;
		case CONSTRAINT_IDENTITY:
			c->flags |= SCHEMA_IDENTITY | SCHEMA_NOT_NULL;
			break;
		case CONSTRAINT_GENERATED:
			c->flags |= SCHEMA_GENERATED;
			break;
		case CONSTRAINT_DEFAULT:
			c->flags |= SCHEMA_DEFAULT;
			break;
		default:
			break;
		}
	}
}

/* b AS a * 2: the type of the expression. */
static enum type_code computed(struct schema_reader *x, const struct node *def)
{
	const struct node *list = def->child[COLUMN_DEF_CONSTRAINTS];

	for (uint32_t i = 0; list && i < list->count; i++)
		if (list->child[i]->op == CONSTRAINT_GENERATED &&
		    list->child[i]->child[CONSTRAINT_VALUE])
			return type_of(&x->rewrite, list->child[i]->child[CONSTRAINT_VALUE]);
	return TYPE_UNKNOWN;
}

bool schema_read_column(struct schema_reader *x, struct schema_table *t, const struct node *def)
{
	struct schema_column *c;
	const struct node *type = def->child[COLUMN_DEF_TYPE];

	if (!def->child[COLUMN_DEF_NAME])
		return false;
	c = schema_add_column(x->schema, t);
	if (!c)
		return false;
	c->name = ident_name(x->schema, def->child[COLUMN_DEF_NAME]);
	c->type = schema_type_of_column(x->schema, x->rewrite.dialect, type);
	if (!type)
		c->type = schema_type_plain(x->schema, computed(x, def));
	c->flags = type && is_serial(type->text) ? SCHEMA_IDENTITY | SCHEMA_NOT_NULL : 0;
	column_constraints(x->schema, t, t->count - 1, def->child[COLUMN_DEF_CONSTRAINTS]);
	return true;
}

static bool place_of(const struct schema_table *t, struct str name, uint32_t *place)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (str_same(t->columns[i].name, name)) {
			*place = i;
			return true;
		}
	return false;
}

void schema_read_key(struct schema_reader *x, struct schema_table *t, const struct node *columns,
		     bool primary)
{
	struct schema_key *k;

	if (!columns || columns->count == 0 || columns->count > SCHEMA_KEYS_MAX)
		return;
	k = schema_add_key(x->schema, t, columns->count);
	if (!k)
		return;
	k->primary = primary;
	for (uint32_t i = 0; i < columns->count; i++) {
		const struct node *c = columns->child[i];

		if (c->kind == NODE_SORT)
			c = c->child[0];
		if (!c || !place_of(t, node_last_name(c), &k->columns[i])) {
			t->key_count--; /* of an expression */
			return;
		}
		if (primary)
			t->columns[k->columns[i]].flags |= SCHEMA_NOT_NULL;
	}
}

void schema_read_constraint(struct schema_reader *x, struct schema_table *t, const struct node *n)
{
	if (n->op == CONSTRAINT_PRIMARY || n->op == CONSTRAINT_UNIQUE)
		schema_read_key(x, t, n->child[CONSTRAINT_COLUMNS], n->op == CONSTRAINT_PRIMARY);
}

/* Columns, and with `keys` the keys of another table. */
static bool copy_columns(struct schema_reader *x, struct schema_table *t, const struct node *name)
{
	const struct schema_table *from = schema_find(&x->settings, name);

	for (uint32_t i = 0; from && i < from->count; i++) {
		struct schema_column *c = schema_add_column(x->schema, t);

		if (!c)
			return false;
		*c = from->columns[i];
	}
	for (uint32_t i = 0; from && i < from->key_count && t->count == from->count; i++) {
		struct schema_key *k = schema_add_key(x->schema, t, from->keys[i].count);

		if (!k)
			break;
		memcpy(k->columns, from->keys[i].columns, k->count * sizeof(*k->columns));
		k->primary = from->keys[i].primary;
	}
	return from != NULL;
}

/* LIKE other among the elements; CLONE other, LIKE other behind the name. */
static bool copy_option(struct schema_reader *x, struct schema_table *t, const struct node *option,
			uint32_t skip)
{
	struct parser p = {.a = x->rewrite.arena,
			   .d = x->rewrite.dialect,
			   .t = x->rewrite.tokens,
			   .at = option->first + skip};
	struct node *name = parse_name(&p);

	return !p.failed && copy_columns(x, t, name);
}

static bool read_elements(struct schema_reader *x, struct schema_table *t, const struct node *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		const struct node *n = list->child[i];

		if (n->kind == NODE_COLUMN_DEF && !schema_read_column(x, t, n))
			return false;
		if (n->kind == NODE_OPTION && str_is(n->text, "like") && !copy_option(x, t, n, 1))
			return false;
	}
	for (uint32_t i = 0; i < list->count; i++)
		if (list->child[i]->kind == NODE_CONSTRAINT)
			schema_read_constraint(x, t, list->child[i]);
	return true;
}

/* PARTITIONED BY (a INT) adds columns; CLONE other takes all of them. */
static bool read_options(struct schema_reader *x, struct schema_table *t, const struct node *list)
{
	for (uint32_t i = 0; list && i < list->count; i++) {
		const struct node *o = list->child[i];
		struct parser p = {.a = x->rewrite.arena,
				   .d = x->rewrite.dialect,
				   .t = x->rewrite.tokens,
				   .at = o->first + 2};
		bool word = str_is_word(o->text, "shallow") || str_is_word(o->text, "deep");

		if (o->kind != NODE_OPTION)
			continue;
		if (t->count == 0 && (word || str_is_word(o->text, "clone")))
			return copy_option(x, t, o, word ? 2 : 1);
		if (!str_is_word(o->text, "partitioned") || !parse_is_symbol(&p, '(') ||
		    parse_symbol_at(&p, 2, ',') || parse_symbol_at(&p, 2, ')') ||
		    parse_symbol_at(&p, 2, '('))
			continue;
		{
			struct node *more = parse_table_elements(&p);

			if (p.failed || !read_elements(x, t, more))
				return false;
		}
	}
	return true;
}

/* ---- by a query ---- */

static const struct schema_type *type_of_value(struct schema_reader *x, struct node *value)
{
	const struct schema_type *t = known_type(value, 0);

	return t ? t : schema_type_plain(x->schema, type_of(&x->rewrite, value));
}

static bool add_value(struct schema_reader *x, struct schema_table *t, struct str name, bool kept,
		      struct node *value)
{
	struct schema_column *c = name.p && name.len ? schema_add_column(x->schema, t) : NULL;
	char *p;

	if (!c)
		return false;
	c->name = schema_copy(x->schema, name);
	p = (char *)c->name.p;
	for (size_t i = 0; !kept && i < name.len; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] | 32);
	c->type = type_of_value(x, value);
	c->flags = 0;
	return true;
}

/* The columns that a `*` stands for, each as a column of the select that it is in. */
static bool add_star(struct schema_reader *x, struct schema_table *t, struct node *select,
		     struct node *star)
{
	struct column_list *all = arena_alloc(x->rewrite.arena, sizeof(*all));

	if (!columns_of_star(star, select->child[SELECT_FROM], all))
		return false;
	for (uint32_t i = 0; i < all->count; i++) {
		struct node *c = column_reference(&x->rewrite, all, i);

		c->parent = select->child[SELECT_ITEMS];
		if (!add_value(x, t, all->names[i], all->kept[i], c))
			return false;
	}
	return true;
}

static bool is_quoted(const struct node *item)
{
	if (item->kind == NODE_ITEM)
		item = item->child[item->child[ITEM_ALIAS] ? ITEM_ALIAS : ITEM_VALUE];
	if (item->kind == NODE_COLUMN)
		item = item->child[item->count - 1];
	return item->flags & FLAG_QUOTED;
}

static bool read_items(struct schema_reader *x, struct schema_table *t, struct node *select,
		       const struct node *names)
{
	struct node *items = select->child[SELECT_ITEMS];

	for (uint32_t i = 0; i < items->count; i++) {
		struct node *item = items->child[i], *v = item;
		struct str name = node_last_name(item);

		if (item->kind == NODE_ITEM)
			v = item->child[ITEM_VALUE];
		if (v->kind == NODE_STAR) {
			if (!add_star(x, t, select, v))
				return false;
			continue;
		}
		if (!name.p && names && t->count < names->count)
			name = (struct str){"?", 1}; /* it is named outside */
		if (!add_value(x, t, name, is_quoted(item), v))
			return false;
	}
	return true;
}

bool schema_read_query(struct schema_reader *x, struct schema_table *t, struct node *query,
		       const struct node *names)
{
	struct node *q = query;

	while (q && (q->kind == NODE_QUERY || q->kind == NODE_SETOP || q->kind == NODE_SUBQUERY ||
		     q->kind == NODE_PAREN))
		q = q->kind == NODE_QUERY ? q->child[QUERY_BODY] : q->child[0];
	if (!q || q->kind != NODE_SELECT || !read_items(x, t, q, names))
		return false;
	for (uint32_t i = 0; names && i < names->count && i < t->count; i++) {
		const struct node *n = names->child[i];

		t->columns[i].name = ident_name(
			x->schema, n->kind == NODE_COLUMN_DEF ? n->child[COLUMN_DEF_NAME] : n);
	}
	return true;
}

/* ---- statements ---- */

static void create_table(struct schema_reader *x, struct node *n)
{
	struct schema_table *t = arena_alloc(schema_arena(x->schema), sizeof(*t));
	struct node *elements = n->child[TABLE_DEF_ELEMENTS], *query = n->child[TABLE_DEF_QUERY];
	bool good = true;

	if (n->flags & FLAG_IF_EXISTS &&
	    schema_own(x->schema, &x->settings, n->child[TABLE_DEF_NAME]))
		return;
	if (n->child[TABLE_DEF_LIKE])
		good = copy_columns(x, t, n->child[TABLE_DEF_LIKE]);
	if (query && query->kind != NODE_RAW)
		good = good && schema_read_query(x, t, query, elements);
	else if (elements)
		good = good && read_elements(x, t, elements);
	good = good && (query || read_options(x, t, n->child[TABLE_DEF_OPTIONS]));
	schema_define(x->schema, &x->settings, n->child[TABLE_DEF_NAME],
		      good && t->count ? t : NULL);
}

static void create_view(struct schema_reader *x, struct node *n)
{
	struct schema_table *t = arena_alloc(schema_arena(x->schema), sizeof(*t));
	bool good = schema_read_query(x, t, n->child[VIEW_DEF_QUERY], n->child[VIEW_DEF_COLUMNS]);

	t->view = true;
	schema_define(x->schema, &x->settings, n->child[VIEW_DEF_NAME],
		      good && t->count ? t : NULL);
}

/* SELECT ... INTO t FROM ... makes a table. */
static void select_into(struct schema_reader *x, struct node *query)
{
	struct node *q = query;
	struct schema_table *t;
	const struct node *into;

	while (q && (q->kind == NODE_QUERY || q->kind == NODE_SETOP))
		q = q->kind == NODE_QUERY ? q->child[QUERY_BODY] : q->child[0];
	into = q && q->kind == NODE_SELECT ? q->child[SELECT_INTO] : NULL;
	if (!into || into->count != 1 || into->child[0]->kind != NODE_NAME)
		return;
	t = arena_alloc(schema_arena(x->schema), sizeof(*t));
	schema_define(x->schema, &x->settings, into->child[0],
		      schema_read_query(x, t, q, NULL) && t->count ? t : NULL);
}

static void read_tree(struct schema_reader *x, struct node *n)
{
	known_bind(&x->settings, n);
	switch (n->kind) {
	case NODE_CREATE_TABLE:
		create_table(x, n);
		break;
	case NODE_CREATE_VIEW:
		create_view(x, n);
		break;
	case NODE_QUERY:
		select_into(x, n);
		break;
	case NODE_UTILITY:
	case NODE_CREATE_OTHER:
		schema_read_change(x, n);
		break;
	default:
		break;
	}
}

/* The first word behind blanks and comments. */
static struct str first_word(struct str s)
{
	size_t i = 0, begin;

	while (i < s.len) {
		if (s.p[i] == '-' && i + 1 < s.len && s.p[i + 1] == '-') {
			while (i < s.len && s.p[i] != '\n')
				i++;
		} else if (s.p[i] == '/' && i + 1 < s.len && s.p[i + 1] == '*') {
			for (i += 2; i + 1 < s.len && !(s.p[i] == '*' && s.p[i + 1] == '/');)
				i++;
			i = i + 2 < s.len ? i + 2 : s.len;
		} else if ((unsigned char)s.p[i] <= ' ') {
			i++;
		} else {
			break;
		}
	}
	begin = i;
	while (i < s.len && ((s.p[i] | 32) >= 'a') && ((s.p[i] | 32) <= 'z'))
		i++;
	return (struct str){s.p + begin, i - begin};
}

static bool has_into(struct str s)
{
	for (size_t i = 1; i + 5 < s.len; i++)
		if ((s.p[i] == 'I' || s.p[i] == 'i') && (unsigned char)s.p[i - 1] <= ' ' &&
		    !strncasecmp(s.p + i, "into", 4) && (unsigned char)s.p[i + 4] <= ' ')
			return true;
	return false;
}

bool schema_may_tell(struct str sql)
{
	static const char *const first[] = {"create", "alter", "drop", "rename"};
	struct str word = first_word(sql);

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		if (str_is_word(word, first[i]))
			return true;
	return (str_is_word(word, "select") || str_is_word(word, "with")) && has_into(sql);
}

void schema_read(struct schema *s, const struct convert_settings *settings, struct str sql)
{
	struct arena a = {0};
	struct tokens tokens;
	struct schema_reader x = {.schema = s, .settings = *settings};
	const char *why;
	uint32_t where;

	if (!schema_may_tell(sql) || memchr(sql.p, '\0', sql.len) || sql.len >= UINT32_MAX / 2)
		return;
	x.settings.schema = s;
	lexer_run(&a, settings->from, settings->double_quotes_strings, sql, &tokens);
	x.rewrite = (struct rewrite){
		.arena = &a, .settings = &x.settings, .dialect = settings->from, .tokens = &tokens};
	x.rewrite.root = parse_tokens(&a, settings->from, &tokens, &why, &where);
	if (x.rewrite.root)
		read_tree(&x, x.rewrite.root->child[0]);
	arena_release(&a);
}

struct given {
	struct schema *schema;
	struct convert_settings settings;
};

static void read_given(void *context, struct str statement, size_t offset)
{
	struct given *g = context;

	(void)offset;
	schema_read(g->schema, &g->settings, statement);
}

void schema_read_given(struct schema *s, const struct convert_settings *settings, struct str text)
{
	struct given g = {s, *settings};

	g.settings.file = 0;
	convert_split(settings->from, text, read_given, &g);
}

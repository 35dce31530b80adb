/* stub.c - see stub.h: the tables and columns, their SQL, and the search for types that fit. */
#include "convert/stub.h"

#include <stdio.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/pg.h"
#include "convert/stub_scope.h"

#define MAX_STUB_COLUMNS 5000 /* of all tables of one text */

static const char *const type_names[STUB_TYPES] = {
	[STUB_UNKNOWN] = "text",    [STUB_TEXT] = "text",	  [STUB_BIGINT] = "bigint",
	[STUB_NUMERIC] = "numeric", [STUB_DATE] = "date",	  [STUB_TIMESTAMP] = "timestamp",
	[STUB_BOOLEAN] = "boolean", [STUB_INTERVAL] = "interval", [STUB_JSON] = "jsonb",
	[STUB_ARRAY] = "text[]",    [STUB_NUMBERS] = "numeric[]",
};

/* pg_type.typname -> what it counts as; sorted. */
static const struct {
	const char *name;
	enum stub_type type;
} server_types[] = {
	{"_text", STUB_ARRAY},	       {"bool", STUB_BOOLEAN},
	{"bpchar", STUB_TEXT},	       {"date", STUB_DATE},
	{"float4", STUB_NUMERIC},      {"float8", STUB_NUMERIC},
	{"int2", STUB_BIGINT},	       {"int4", STUB_BIGINT},
	{"int8", STUB_BIGINT},	       {"interval", STUB_INTERVAL},
	{"json", STUB_JSON},	       {"jsonb", STUB_JSON},
	{"numeric", STUB_NUMERIC},     {"text", STUB_TEXT},
	{"timestamp", STUB_TIMESTAMP}, {"timestamptz", STUB_TIMESTAMP},
	{"varchar", STUB_TEXT},
};

/* What names of columns tell, for want of anything better: endings first, then beginnings. */
static const struct {
	const char *part;
	bool begins;
	enum stub_type type;
} habits[] = {
	{"_date", false, STUB_DATE},	  {"_dt", false, STUB_DATE},
	{"_day", false, STUB_DATE},	  {"date", false, STUB_DATE},
	{"_at", false, STUB_TIMESTAMP},	  {"_ts", false, STUB_TIMESTAMP},
	{"_time", false, STUB_TIMESTAMP}, {"timestamp", false, STUB_TIMESTAMP},
	{"_id", false, STUB_BIGINT},	  {"_sk", false, STUB_BIGINT},
	{"_key", false, STUB_BIGINT},	  {"_count", false, STUB_BIGINT},
	{"_amount", false, STUB_NUMERIC}, {"_amt", false, STUB_NUMERIC},
	{"_price", false, STUB_NUMERIC},  {"price", false, STUB_NUMERIC},
	{"amount", false, STUB_NUMERIC},  {"quantity", false, STUB_BIGINT},
	{"qty", false, STUB_BIGINT},	  {"_cost", false, STUB_NUMERIC},
	{"salary", false, STUB_NUMERIC},  {"is_", true, STUB_BOOLEAN},
	{"has_", true, STUB_BOOLEAN},	  {"num_", true, STUB_BIGINT},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A growing array in the arena: room for one more element. */
static void *grow(struct arena *a, void *items, size_t count, size_t *capacity, size_t size)
{
	void *more;

	if (count < *capacity)
		return items;
	*capacity = *capacity ? 2 * *capacity : 8;
	more = arena_alloc(a, *capacity * size);
	if (count)
		memcpy(more, items, count * size);
	return more;
}

/* ---- types ---- */

static enum stub_type by_name(const char *name)
{
	size_t i, n = strlen(name), k;

	for (i = 0; i < COUNT(habits); i++) {
		k = strlen(habits[i].part);
		if (n >= k &&
		    strncasecmp(habits[i].begins ? name : name + n - k, habits[i].part, k) == 0)
			return habits[i].type;
	}
	return STUB_UNKNOWN;
}

static size_t leader(const struct stubs *s, size_t column)
{
	while (s->columns[column].like != column)
		column = s->columns[column].like;
	return column;
}

enum stub_type stubs_type(const struct stubs *s, size_t column)
{
	return column == STUB_NONE ? STUB_UNKNOWN : s->columns[leader(s, column)].type;
}

/* Of two types that were both seen: the one that takes the other's values. */
static enum stub_type wider(enum stub_type a, enum stub_type b)
{
	if ((a == STUB_BIGINT && b == STUB_NUMERIC) || (a == STUB_NUMERIC && b == STUB_BIGINT))
		return STUB_NUMERIC;
	if ((a == STUB_DATE && b == STUB_TIMESTAMP) || (a == STUB_TIMESTAMP && b == STUB_DATE))
		return STUB_TIMESTAMP;
	return STUB_UNKNOWN;
}

void stubs_hint(struct stubs *s, size_t column, enum stub_type type, enum stub_weight weight)
{
	struct stub_column *c;
	enum stub_type both;

	if (column == STUB_NONE || type == STUB_UNKNOWN)
		return;
	c = &s->columns[leader(s, column)];
	both = wider(c->type, type);
	if (weight > c->weight) {
		c->type = type;
		c->weight = weight;
	} else if (both != STUB_UNKNOWN && c->weight < BY_TABLE && weight >= BY_HABIT) {
		c->type = both;
	}
}

void stubs_alike(struct stubs *s, size_t a, size_t b)
{
	size_t keep = leader(s, a), join = leader(s, b);
	struct stub_column *k = &s->columns[keep], *j = &s->columns[join];

	if (keep == join || (k->weight == BY_TABLE && j->weight == BY_TABLE))
		return;
	if (j->weight > k->weight) {
		stubs_alike(s, join, keep);
		return;
	}
	j->like = keep;
	stubs_hint(s, keep, j->type, j->weight);
}

/* ---- tables and columns ---- */

static size_t add_column(struct stubs *s, struct stub_table *t, const char *name)
{
	if (s->column_count == MAX_STUB_COLUMNS)
		return STUB_NONE;
	s->columns = grow(s->arena, s->columns, s->column_count, &s->column_capacity,
			  sizeof(*s->columns));
	s->columns[s->column_count] = (struct stub_column){.name = name, .like = s->column_count};
	t->columns = grow(s->arena, t->columns, t->count, &t->capacity, sizeof(*t->columns));
	t->columns[t->count++] = s->column_count;
	stubs_hint(s, s->column_count, by_name(name), BY_NAME);
	return s->column_count++;
}

/* Every table has them: postgresql.org/docs/15/ddl-system-columns.html. */
static bool is_system_column(const char *name)
{
	static const char *const names[] = {"cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

size_t stubs_column(struct stubs *s, size_t table, const char *name, bool add)
{
	struct stub_table *t = &s->tables[table];
	size_t i;

	for (i = 0; i < t->count; i++)
		if (strcmp(s->columns[t->columns[i]].name, name) == 0)
			return t->columns[i];
	return add && !t->exists && !is_system_column(name) ? add_column(s, t, name) : STUB_NONE;
}

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

size_t stubs_table(const struct stubs *s, const char *schema, const char *name)
{
	size_t i;

	for (i = 0; i < s->table_count; i++)
		if (same(s->tables[i].schema, schema) && strcmp(s->tables[i].name, name) == 0)
			return i;
	return STUB_NONE;
}

enum stub_type stubs_type_named(const char *type)
{
	for (size_t i = 0; i < COUNT(server_types); i++)
		if (strcmp(server_types[i].name, type) == 0)
			return server_types[i].type;
	return STUB_UNKNOWN;
}

void stubs_known(struct stubs *s, size_t table, const char *column, const char *type)
{
	struct stub_table *t = &s->tables[table];
	size_t c;

	t->exists = true;
	if (!column)
		return;
	c = add_column(s, t, column);
	if (c == STUB_NONE)
		return;
	s->columns[c].weight = BY_TABLE;
	s->columns[c].type = stubs_type_named(type);
}

size_t stubs_missing(const struct stubs *s)
{
	size_t i, n = 0;

	for (i = 0; i < s->table_count; i++)
		n += !s->tables[i].exists && !s->tables[i].made;
	return n;
}

bool stubs_schemas(const struct stubs *s)
{
	for (size_t i = 0; i < s->table_count; i++)
		if (s->tables[i].made && !s->tables[i].exists)
			return true;
	return false;
}

/* ---- the relations of a text ---- */

struct collecting {
	struct stubs *s;
	const struct parsed *p;
	struct made_name {
		const char *schema, *name; /* schema "": a CTE, or not qualified */
	} * names;			   /* of CTEs and of what the text makes itself */
	size_t count, capacity;
};

static void add_name(struct collecting *c, const char *schema, const char *name)
{
	c->names = grow(c->s->arena, c->names, c->count, &c->capacity, sizeof(*c->names));
	c->names[c->count++] = (struct made_name){schema, name};
}

static void add_made(struct collecting *c, const cJSON *relation)
{
	add_name(c, pgtree_text(relation, "schemaname"), pgtree_text(relation, "relname"));
}

static struct stub_table *new_table(struct stubs *s, const char *schema, const char *name)
{
	size_t i = stubs_table(s, schema, name);

	if (i != STUB_NONE)
		return &s->tables[i];
	s->tables =
		grow(s->arena, s->tables, s->table_count, &s->table_capacity, sizeof(*s->tables));
	s->tables[s->table_count] = (struct stub_table){.schema = schema, .name = name};
	return &s->tables[s->table_count++];
}

static void add_table(struct collecting *c, const cJSON *node)
{
	const char *schema = pgtree_text(node, "schemaname"), *name = pgtree_text(node, "relname");
	struct stubs *s = c->s;
	bool made = false;
	size_t i;

	for (i = 0; i < c->count; i++)
		made |= strcmp(c->names[i].name, name) == 0 &&
			strcmp(c->names[i].schema, schema) == 0;
	if (made && !*schema)
		return;
	new_table(s, *schema ? schema : NULL, name)->made |= made;
}

/* The parts of 'a.b' or 'a."B c"' as Postgres reads them. */
static const char *next_part(struct arena *a, const char **text)
{
	struct buf part = {.max = 200};
	const char *p = *text, *result;
	bool quoted = *p == '"';

	for (p += quoted; *p && (quoted ? *p != '"' : *p != '.'); p++)
		buf_putc(&part, quoted ? *p : (char)tolower((unsigned char)*p));
	p += quoted && *p == '"';
	p += *p == '.';
	*text = p;
	result = arena_strdup(a, buf_text(&part));
	buf_release(&part);
	return result;
}

/* nextval('s') needs a sequence. */
static void add_sequence(struct collecting *c, const cJSON *call)
{
	static const char *const names[] = {"nextval", "currval", "setval"};
	const char *name = pgtree_name(pgtree_field(call, "funcname"), 0), *text, *schema;
	const cJSON *value = cJSON_GetArrayItem(pgtree_field(call, "args"), 0);
	size_t i;

	for (i = 0; name && i < COUNT(names) && strcmp(names[i], name) != 0; i++)
		;
	if (!name || i == COUNT(names))
		return;
	if (pgtree_as(value, "TypeCast"))
		value = pgtree_field(pgtree_as(value, "TypeCast"), "arg");
	text = pgtree_text(pgtree_field(pgtree_as(value, "A_Const"), "sval"), "sval");
	if (!*text)
		return;
	schema = NULL;
	name = next_part(c->s->arena, &text);
	if (*text) {
		schema = name;
		name = next_part(c->s->arena, &text);
	}
	for (i = 0; i < c->count; i++)
		if (strcmp(c->names[i].name, name) == 0)
			return;
	new_table(c->s, schema, name)->sequence = true;
}

static bool visit_made(void *context, const char *type, const cJSON *node)
{
	struct collecting *c = context;

	if (strcmp(type, "CommonTableExpr") == 0)
		add_name(c, "", pgtree_text(node, "ctename"));
	else if (strcmp(type, "CreateStmt") == 0)
		add_made(c, pgtree_field(node, "relation"));
	else if (strcmp(type, "CreateSeqStmt") == 0)
		add_made(c, pgtree_field(node, "sequence"));
	else if (strcmp(type, "ViewStmt") == 0)
		add_made(c, pgtree_field(node, "view"));
	else if (strcmp(type, "CompositeTypeStmt") == 0)
		add_made(c, pgtree_field(node, "typevar"));
	else if (strcmp(type, "CreateTableAsStmt") == 0)
		add_made(c, pgtree_field(pgtree_field(node, "into"), "rel"));
	else if (strcmp(type, "SelectStmt") == 0)
		add_made(c, pgtree_field(pgtree_field(node, "intoClause"), "rel"));
	return true;
}

static bool visit_relation(void *context, const char *type, const cJSON *node)
{
	if (strcmp(type, "RangeVar") == 0)
		add_table(context, node);
	else if (strcmp(type, "FuncCall") == 0)
		add_sequence(context, node);
	/* Statements that drop or alter are only tried on what is there. */
	return strcmp(type, "DropStmt") != 0;
}

void stubs_relations(struct stubs *s, const struct parsed *p, struct arena *a)
{
	struct collecting c = {.s = s, .p = p};

	*s = (struct stubs){.arena = a};
	pgtree_walk(p->root, visit_made, &c);
	pgtree_walk(p->root, visit_relation, &c);
}

void stubs_infer(struct stubs *s, const struct parsed *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		scope_statement(s, &p->statements[i]);
}

/* ---- SQL ---- */

static void put_name(struct buf *out, const struct stub_table *t)
{
	if (t->schema) {
		pg_quote_identifier(out, t->schema);
		buf_putc(out, '.');
	}
	pg_quote_identifier(out, t->name);
}

static void put_unique(const cJSON *list, const char *of, struct buf *out)
{
	const cJSON *item;
	size_t n = 0;

	cJSON_ArrayForEach(item, list)
	{
		const cJSON *node = pgtree_as(item, of);
		const char *name = pgtree_text(node, strcmp(of, "String") == 0 ? "sval" : "name");

		if (!*name)
			continue;
		buf_puts(out, n++ ? ", " : ", unique (");
		pg_quote_identifier(out, name);
	}
	buf_puts(out, n ? ")" : "");
}

static void put_table(const struct stubs *s, const struct stub_table *t, struct buf *out)
{
	size_t i;

	buf_puts(out, t->sequence ? "create sequence " : "create table ");
	put_name(out, t);
	if (t->sequence) {
		buf_puts(out, ";\n");
		return;
	}
	buf_puts(out, " (");
	for (i = 0; i < t->count; i++) {
		buf_puts(out, i ? ", " : "");
		pg_quote_identifier(out, s->columns[t->columns[i]].name);
		buf_printf(out, " %s", type_names[stubs_type(s, t->columns[i])]);
	}
	put_unique(t->conflict, "IndexElem", out);
	put_unique(t->referenced, "String", out);
	if (t->constraint && t->count) { /* whatever its columns are */
		buf_puts(out, ", constraint ");
		pg_quote_identifier(out, t->constraint);
		buf_puts(out, " unique (");
		pg_quote_identifier(out, s->columns[t->columns[0]].name);
		buf_putc(out, ')');
	}
	buf_puts(out, ");\n");
}

void stubs_sql(const struct stubs *s, struct buf *out)
{
	size_t i, k;

	for (i = 0; i < s->table_count; i++) {
		const struct stub_table *t = &s->tables[i];

		for (k = 0; k < i; k++)
			if (same(s->tables[k].schema, t->schema) && !s->tables[k].exists)
				break;
		if (t->schema && k == i && !t->exists) {
			buf_puts(out, "create schema if not exists ");
			pg_quote_identifier(out, t->schema);
			buf_puts(out, ";\n");
		}
	}
	for (i = 0; i < s->table_count; i++)
		if (!s->tables[i].exists && !s->tables[i].made)
			put_table(s, &s->tables[i], out);
}

/* ---- repairs ---- */

struct finding_place {
	struct stubs *s;
	size_t position;
	const cJSON *node; /* there, or around it */
	const char *type;
	size_t columns[64];
	size_t count;
};

/* All references below a node. */
static bool visit_reference(void *context, const char *type, const cJSON *node)
{
	struct finding_place *f = context;
	size_t i, at = pgtree_location(node);

	if (strcmp(type, "ColumnRef") != 0)
		return true;
	for (i = 0; i < f->s->reference_count && f->count < 64; i++)
		if (f->s->references[i].location == at)
			f->columns[f->count++] = leader(f->s, f->s->references[i].column);
	return false;
}

/* The outermost node at the place the server points at. */
static bool visit_place(void *context, const char *type, const cJSON *node)
{
	struct finding_place *f = context;

	if (f->node)
		return false;
	if (pgtree_location(node) == f->position && pgtree_field(node, "location") &&
	    strcmp(type, "ResTarget") != 0) {
		f->node = node;
		f->type = type;
	}
	return !f->node;
}

/* The innermost operation that has the place in it: the server points at a literal, but it is the
 * column beside it that has the wrong type.
 */
static bool visit_around(void *context, const char *type, const cJSON *node)
{
	struct finding_place *f = context, inside = {.position = f->position};

	if (strcmp(type, "A_Expr") != 0 && strcmp(type, "CaseExpr") != 0 &&
	    strcmp(type, "CoalesceExpr") != 0)
		return true;
	pgtree_walk(node, visit_place, &inside);
	if (inside.node) {
		f->node = node;
		f->type = type;
	}
	return inside.node != NULL;
}

static void find_columns(struct finding_place *f, const struct parsed *p)
{
	pgtree_walk(p->root, visit_place, f);
	if (f->node)
		pgtree_walk_typed(f->type, f->node, visit_reference, f);
	if (f->count)
		return;
	f->node = NULL;
	pgtree_walk(p->root, visit_around, f);
	if (f->node)
		pgtree_walk_typed(f->type, f->node, visit_reference, f);
}

/* The next type to try for a column, the likeliest first. */
static bool next_type(struct stub_column *c)
{
	static const enum stub_type order[] = {
		STUB_TEXT, STUB_NUMERIC, STUB_TIMESTAMP, STUB_BIGINT,  STUB_BOOLEAN,
		STUB_DATE, STUB_JSON,	 STUB_ARRAY,	 STUB_NUMBERS, STUB_INTERVAL};
	size_t i;

	c->tried |= 1u << (c->type == STUB_UNKNOWN ? STUB_TEXT : c->type);
	for (i = 0; i < COUNT(order); i++)
		if (!(c->tried & (1u << order[i]))) {
			c->type = order[i];
			return true;
		}
	return false;
}

/* What comes out of an array has its type without being a column: all arrays hold numbers, then. */
static bool other_elements(struct stubs *s)
{
	size_t i, changed = 0;

	for (i = 0; i < s->column_count; i++) {
		struct stub_column *c = &s->columns[i];

		if (c->like != i || c->weight == BY_TABLE)
			continue;
		s->blamed |= c->type == STUB_ARRAY || c->type == STUB_NUMBERS;
		if (c->type == STUB_ARRAY && !(c->tried & (1u << STUB_NUMBERS))) {
			c->tried |= 1u << STUB_ARRAY;
			c->type = STUB_NUMBERS;
			changed++;
		}
	}
	return changed > 0;
}

bool stubs_repair(struct stubs *s, const struct parsed *p, size_t position)
{
	struct finding_place f = {.s = s, .position = position};
	size_t i;

	s->blamed = false;
	if (position)
		find_columns(&f, p);
	for (i = 0; i < f.count; i++) {
		struct stub_column *c = &s->columns[f.columns[i]];

		if (c->weight == BY_TABLE)
			continue;
		s->blamed = true;
		if (next_type(c))
			return true;
	}
	return !s->blamed && position && other_elements(s);
}

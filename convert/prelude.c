/*
 * prelude.c - see prelude.h: converts the DDL of the source, looks at what came out with Postgres'
 * own parser, and keeps by name which statement makes and which ones change a table.
 */
#include "convert/prelude.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "convert/check_safe.h"
#include "convert/scan.h"
#include "convert/schema.h"

#define BUCKETS 8192

struct prelude {
	struct arena arena;
	struct prelude_table *buckets[BUCKETS];
	size_t tables, bytes;
};

struct prelude *prelude_new(void)
{
	return xcalloc(1, sizeof(struct prelude));
}

void prelude_free(struct prelude *p)
{
	if (p)
		arena_release(&p->arena);
	free(p);
}

/* ---- tables by name ---- */

static size_t bucket_of(const char *name)
{
	size_t h = 5381;

	for (; *name; name++)
		h = h * 33 + (unsigned char)*name;
	return h % BUCKETS;
}

static struct prelude_table *find(const struct prelude *p, const char *schema, const char *name)
{
	struct prelude_table *t = p->buckets[bucket_of(name)];

	while (t && (strcmp(t->name, name) != 0 || strcmp(t->schema, schema) != 0))
		t = t->next;
	return t;
}

/* NULL: there is no room for more. */
static struct prelude_table *add(struct prelude *p, const char *schema, const char *name)
{
	struct prelude_table *t = find(p, schema, name);
	size_t b = bucket_of(name);

	if (t || p->tables == PRELUDE_TABLES_MAX || !*name)
		return t;
	t = arena_alloc(&p->arena, sizeof(*t));
	t->schema = arena_strdup(&p->arena, schema);
	t->name = arena_strdup(&p->arena, name);
	t->last = &t->changes;
	t->next = p->buckets[b];
	p->buckets[b] = t;
	p->tables++;
	return t;
}

/* The text as it is kept, or NULL when there is no room for it. */
static const char *keep(struct prelude *p, const char *sql)
{
	size_t n = strlen(sql) + 1;

	if (p->bytes + n > PRELUDE_BYTES_MAX)
		return NULL;
	p->bytes += n;
	return arena_strdup(&p->arena, sql);
}

/* ---- one statement ---- */

struct reading {
	struct prelude *prelude;
	struct prelude_place at;
	const struct parsed *parsed;
	bool whole;   /* it was converted as a whole */
	bool helpers; /* it calls helper functions */
};

static void change(struct reading *r, const char *schema, const char *name, enum prelude_kind kind,
		   const char *sql)
{
	struct prelude_table *t = add(r->prelude, schema, name);
	struct prelude_change *c;

	if (!t || t->change_count > PRELUDE_CHANGES_MAX)
		return;
	sql = sql ? keep(r->prelude, sql) : NULL;
	if (!r->whole || t->change_count == PRELUDE_CHANGES_MAX || (!sql && kind <= PRELUDE_TAKES))
		kind = PRELUDE_UNKNOWN;
	c = arena_alloc(&r->prelude->arena, sizeof(*c));
	c->at = r->at;
	c->kind = kind;
	c->sql = sql;
	*t->last = c;
	t->last = &c->next;
	t->change_count++;
}

static void change_relation(struct reading *r, const cJSON *relation, enum prelude_kind kind,
			    const char *sql)
{
	change(r, pgtree_text(relation, "schemaname"), pgtree_text(relation, "relname"), kind, sql);
}

/* The types and sequences of the same text, then the table without its foreign keys. */
static const char *create_text(struct reading *r, const struct pgtree_statement *s)
{
	static const char *const before[] = {"CompositeTypeStmt", "CreateDomainStmt",
					     "CreateEnumStmt", "CreateSeqStmt"};
	struct buf text = {0};
	struct arena a = {0};
	const char *kept;

	for (size_t i = 0; i < r->parsed->count; i++)
		for (size_t k = 0; k < sizeof(before) / sizeof(before[0]); k++)
			if (strcmp(r->parsed->statements[i].kind, before[k]) == 0)
				buf_printf(&text, "%s;\n", r->parsed->statements[i].sql);
	prelude_without_foreign_keys(s->sql, &a, &text);
	kept = keep(r->prelude, buf_text(&text));
	buf_release(&text);
	arena_release(&a);
	return kept;
}

/* `s` NULL: something of that name is made of which the columns are not known here. */
static void create(struct reading *r, const cJSON *relation, const struct pgtree_statement *s)
{
	struct prelude_table *t = add(r->prelude, pgtree_text(relation, "schemaname"),
				      pgtree_text(relation, "relname"));

	if (!t)
		return;
	if (r->at.file)
		t->created++;
	else
		t->given++;
	t->at = r->at;
	t->helpers = r->helpers;
	t->sql = s && r->whole && strcmp(pgtree_text(relation, "relpersistence"), "t") != 0
			 ? create_text(r, s)
			 : NULL;
}

/* What the parts of ALTER TABLE do together; false: nothing that a check would see. */
static bool kind_of_alter(const cJSON *node, enum prelude_kind *kind)
{
	static const char *const adds[] = {
		"AT_AddColumn",	    "AT_AddConstraint", "AT_AddIdentity", "AT_AlterColumnDefault",
		"AT_ColumnDefault", "AT_DropNotNull",	"AT_SetNotNull"};
	static const char *const takes[] = {"AT_AlterColumnType", "AT_DropColumn",
					    "AT_DropConstraint", "AT_DropIdentity"};
	const cJSON *item;
	bool any = false;

	*kind = PRELUDE_ADDS;
	cJSON_ArrayForEach(item, pgtree_field(node, "cmds"))
	{
		const char *what = pgtree_text(pgtree_as(item, "AlterTableCmd"), "subtype");

		for (size_t i = 0; i < sizeof(adds) / sizeof(adds[0]); i++)
			any |= strcmp(what, adds[i]) == 0;
		for (size_t i = 0; i < sizeof(takes) / sizeof(takes[0]); i++)
			if (strcmp(what, takes[i]) == 0) {
				any = true;
				*kind = PRELUDE_TAKES;
			}
	}
	return any;
}

static bool visit_foreign(void *context, const char *type, const cJSON *node)
{
	bool *found = context;

	if (strcmp(type, "Constraint") == 0 &&
	    strcmp(pgtree_text(node, "contype"), "CONSTR_FOREIGN") == 0)
		*found = true;
	return !*found;
}

static void read_alter(struct reading *r, const struct pgtree_statement *s)
{
	enum prelude_kind kind;
	bool foreign = false;

	pgtree_walk(s->node, visit_foreign, &foreign);
	if (foreign && pgtree_length(pgtree_field(s->node, "cmds")) == 1 &&
	    !scan_has_word(scan_style("postgres"), s->sql, "column"))
		return;
	if (kind_of_alter(s->node, &kind))
		change_relation(r, pgtree_field(s->node, "relation"), kind,
				foreign ? NULL : s->sql);
}

static void read_rename(struct reading *r, const struct pgtree_statement *s)
{
	const cJSON *relation = pgtree_field(s->node, "relation");
	const char *what = pgtree_text(s->node, "renameType");
	struct prelude_table *t;

	if (strcmp(what, "OBJECT_COLUMN") == 0)
		change_relation(r, relation, PRELUDE_TAKES, s->sql);
	if (strcmp(what, "OBJECT_TABLE") != 0)
		return;
	change_relation(r, relation, PRELUDE_UNKNOWN, NULL);
	t = add(r->prelude, pgtree_text(relation, "schemaname"), pgtree_text(s->node, "newname"));
	if (t)
		t->created += 2;
}

static void read_drop(struct reading *r, const struct pgtree_statement *s)
{
	const cJSON *item;

	if (strcmp(pgtree_text(s->node, "removeType"), "OBJECT_TABLE") != 0)
		return;
	cJSON_ArrayForEach(item, pgtree_field(s->node, "objects"))
	{
		const cJSON *list = pgtree_field(pgtree_as(item, "List"), "items");
		const char *name = pgtree_name(list, 0), *schema = pgtree_name(list, 1);

		if (name)
			change(r, schema ? schema : "", name, PRELUDE_DROPPED, NULL);
	}
}

static void read_one(struct reading *r, const struct pgtree_statement *s)
{
	const cJSON *n = s->node;

	if (policy_of(s).policy == POLICY_REFUSE)
		return;
	if (strcmp(s->kind, "CreateStmt") == 0)
		create(r, pgtree_field(n, "relation"), s);
	else if (strcmp(s->kind, "CreateTableAsStmt") == 0)
		create(r, pgtree_field(pgtree_field(n, "into"), "rel"), NULL);
	else if (strcmp(s->kind, "ViewStmt") == 0)
		create(r, pgtree_field(n, "view"), NULL);
	else if (pgtree_field(n, "intoClause"))
		create(r, pgtree_field(pgtree_field(n, "intoClause"), "rel"), NULL);
	else if (strcmp(s->kind, "AlterTableStmt") == 0)
		read_alter(r, s);
	else if (strcmp(s->kind, "RenameStmt") == 0)
		read_rename(r, s);
	else if (strcmp(s->kind, "DropStmt") == 0)
		read_drop(r, s);
	else if (strcmp(s->kind, "IndexStmt") == 0 && cJSON_IsTrue(pgtree_field(n, "unique")))
		change_relation(r, pgtree_field(n, "relation"), PRELUDE_ADDS, s->sql);
}

/* ---- statements that were not understood ---- */

static void part_of_name(const struct scan_token *t, char *out, size_t size)
{
	size_t begin = t->kind == SCAN_QUOTED, n = t->len - 2 * begin, i;

	for (i = 0; i < n && i + 1 < size; i++)
		out[i] = (char)tolower((unsigned char)t->p[begin + i]);
	out[i] = '\0';
}

/* The table that a text seems to be about is not known any more. */
static void forget(struct reading *r, const char *dialect, struct str sql)
{
	static const char *const skip[] = {"if", "not", "exists", "only"};
	struct scan s = {scan_style(dialect), sql.p, sql.p + sql.len};
	char schema[200] = "", name[200] = "", word[16];
	struct scan_token t;
	bool found = false;

	for (t = scan_next(&s); t.kind != SCAN_END; t = scan_next(&s)) {
		bool skipped = t.kind == SCAN_BLANK || t.kind == SCAN_COMMENT;

		if (t.kind == SCAN_WORD) {
			part_of_name(&t, word, sizeof(word));
			for (size_t i = 0; i < sizeof(skip) / sizeof(skip[0]); i++)
				skipped |= strcmp(word, skip[i]) == 0;
		}
		if (!found) {
			found = t.kind == SCAN_WORD && strcmp(word, "table") == 0;
		} else if (!skipped && t.kind == SCAN_OTHER && *t.p == '.') {
			memcpy(schema, name, sizeof(schema));
			*name = '\0';
		} else if (!skipped && !*name && (t.kind == SCAN_WORD || t.kind == SCAN_QUOTED)) {
			part_of_name(&t, name, sizeof(name));
		} else if (!skipped) {
			break;
		}
	}
	change(r, schema, name, PRELUDE_UNKNOWN, NULL);
	if (*schema)
		change(r, "", name, PRELUDE_UNKNOWN, NULL);
}

void prelude_read(struct prelude *p, const struct convert_settings *settings, struct str sql)
{
	struct reading r = {.prelude = p, .at = {settings->file, settings->statement}};
	struct arena a = {0};
	struct conversion c;
	struct parsed parsed;

	if (!schema_may_tell(sql) && !memmem(sql.p, sql.len, "sp_rename", 9))
		return;
	convert_statement(&a, settings, sql, &c);
	r.whole = c.status == CONVERSION_SAME || c.status == CONVERSION_DONE;
	r.helpers = c.helpers;
	r.parsed = &parsed;
	if (parsed_text(&parsed, &a, c.sql) < 0)
		forget(&r, dialect_name(settings->from), sql);
	for (size_t i = 0; i < parsed.count; i++)
		read_one(&r, &parsed.statements[i]);
	parsed_release(&parsed);
	arena_release(&a);
}

struct given {
	struct prelude *prelude;
	struct convert_settings settings;
};

static void read_given(void *context, struct str statement, size_t offset)
{
	struct given *g = context;

	(void)offset;
	g->settings.statement++;
	prelude_read(g->prelude, &g->settings, statement);
}

void prelude_read_given(struct prelude *p, const struct convert_settings *settings, struct str text)
{
	struct given g = {p, *settings};

	g.settings.file = g.settings.statement = 0;
	convert_split(settings->from, text, read_given, &g);
}

/* ---- what a statement sees ---- */

static bool own(const struct prelude_table *t, struct prelude_place at)
{
	return t->at.file && t->at.file == at.file;
}

/* Not of another table of that name: one that was given, or DROP TABLE IF EXISTS before CREATE. */
static bool about(const struct prelude_table *t, const struct prelude_change *c)
{
	if (c->at.file == t->at.file)
		return c->at.statement >= t->at.statement;
	return c->at.file != 0;
}

/* A change of its own file from before it, or of the DDL that was given. */
static bool before(const struct prelude_change *c, struct prelude_place at)
{
	return c->at.file == 0 || (c->at.file == at.file && c->at.statement < at.statement);
}

bool prelude_sees(const struct prelude_table *t, const struct prelude_change *c,
		  struct prelude_place at)
{
	if (!c->sql || !about(t, c) || atomic_load(&c->failed))
		return false;
	return before(c, at) || (!own(t, at) && c->at.file != at.file);
}

/* Whether this change leaves open what the statement sees of the table. */
static bool hides(const struct prelude_table *t, const struct prelude_change *c,
		  struct prelude_place at, bool changes_it)
{
	if (!about(t, c))
		return false;
	if (before(c, at))
		return c->kind >= PRELUDE_DROPPED;
	if (c->at.file == at.file || own(t, at))
		return false;
	if (c->kind == PRELUDE_DROPPED)
		return c->at.file == t->at.file;
	return c->kind != PRELUDE_ADDS || changes_it;
}

struct prelude_table *prelude_find(const struct prelude *p, const char *schema, const char *name,
				   struct prelude_place at)
{
	struct prelude_table *t = find(p, schema ? schema : "", name);
	const struct prelude_change *c;
	bool changes_it = false;

	if (!t || !t->sql || atomic_load(&t->failed) ||
	    (t->created ? t->created != 1 : t->given != 1) ||
	    (own(t, at) && at.statement <= t->at.statement))
		return NULL;
	for (c = t->changes; c; c = c->next)
		changes_it |=
			c->at.file && c->at.file == at.file && c->at.statement == at.statement;
	for (c = t->changes; c; c = c->next)
		if (hides(t, c, at, changes_it))
			return NULL;
	return t;
}

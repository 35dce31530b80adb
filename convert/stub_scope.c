/* stub_scope.c - see stub_scope.h: queries, their sources, and the names that come out of them. */
#include "convert/stub_scope.h"

#include <ctype.h>
#include <string.h>

#include "common/memory.h"

/* ---- outputs ---- */

static void *more(struct arena *a, void *items, size_t count, size_t *capacity, size_t size)
{
	void *copy;

	if (count < *capacity)
		return items;
	*capacity = *capacity ? 2 * *capacity : 8;
	copy = arena_alloc(a, *capacity * size);
	if (count)
		memcpy(copy, items, count * size);
	return copy;
}

static struct query *new_query(struct stubs *s)
{
	return arena_alloc(s->arena, sizeof(struct query));
}

static void add_output(struct stubs *s, struct query *q, const char *name, struct value v)
{
	q->outputs = more(s->arena, q->outputs, q->count, &q->capacity, sizeof(*q->outputs));
	q->outputs[q->count++] = (struct output){name, v};
}

static void add_star(struct stubs *s, struct query *q, struct source *source)
{
	q->stars = more(s->arena, q->stars, q->star_count, &q->star_capacity, sizeof(*q->stars));
	q->stars[q->star_count++] = source;
}

/* Renames the first outputs: t(a, b). */
static struct query *renamed(struct stubs *s, const struct query *q, const cJSON *names)
{
	struct query *copy = new_query(s);
	size_t i, n = pgtree_length(names);

	for (i = 0; q && i < q->count; i++)
		add_output(s, copy, i < n ? pgtree_name(names, n - 1 - i) : q->outputs[i].name,
			   q->outputs[i].value);
	for (; i < n; i++)
		add_output(s, copy, pgtree_name(names, n - 1 - i), NO_VALUE);
	for (i = 0; q && i < q->star_count && n == 0; i++)
		add_star(s, copy, q->stars[i]);
	return copy;
}

/* ---- names ---- */

enum found { NOT_THERE, MAY_BE_THERE, IS_THERE };

static enum found find_in_query(struct stubs *s, const struct query *q, const char *name, bool add,
				struct value *v);

/* Looks a column up in a source; adds it to a table that does not exist when `add`. */
static enum found find_in_source(struct stubs *s, const struct source *source, const char *name,
				 bool add, struct value *v)
{
	size_t column;

	if (source->table == STUB_NONE)
		return source->query ? find_in_query(s, source->query, name, add, v) : NOT_THERE;
	column = stubs_column(s, source->table, name, add);
	if (column != STUB_NONE) {
		*v = (struct value){stubs_type(s, column), column, NULL};
		return IS_THERE;
	}
	return s->tables[source->table].exists ? NOT_THERE : MAY_BE_THERE;
}

static enum found find_in_query(struct stubs *s, const struct query *q, const char *name, bool add,
				struct value *v)
{
	enum found best = NOT_THERE;
	size_t i;

	for (i = 0; i < q->count; i++)
		if (q->outputs[i].name && strcmp(q->outputs[i].name, name) == 0) {
			*v = q->outputs[i].value;
			return IS_THERE;
		}
	for (i = 0; i < q->star_count; i++) {
		enum found f = find_in_source(s, q->stars[i], name, false, v);

		if (f == IS_THERE)
			return f;
		if (f == MAY_BE_THERE && add)
			return find_in_source(s, q->stars[i], name, true, v);
		best = f > best ? f : best;
	}
	return best;
}

/* How well the beginning of a column's name fits a table: store_sales and ss_item_sk. */
static bool fits(const char *table, const char *column)
{
	const char *stop = strchr(column, '_');
	size_t n = stop ? (size_t)(stop - column) : 0, i = 0;
	const char *p;

	if (n == 0)
		return false;
	if (strncmp(table, column, n) == 0)
		return true;
	for (p = table; *p && i < n; p++)
		if (p == table || p[-1] == '_') {
			if (*p != column[i])
				return false;
			i++;
		}
	return i == n;
}

static const struct source *likely_source(const struct scope *scope, const char *name)
{
	const struct source *source, *first = NULL;
	struct value v;

	for (source = scope->sources; source; source = source->next) {
		if (find_in_source(scope->s, source, name, false, &v) != MAY_BE_THERE)
			continue;
		if (source->table != STUB_NONE && fits(scope->s->tables[source->table].name, name))
			return source;
		if (!first)
			first = source;
	}
	return first;
}

static bool resolve_bare(const struct scope *scope, const char *name, struct value *v)
{
	const struct scope *at;
	const struct source *source;

	for (at = scope; at; at = at->outer)
		for (source = at->sources; source; source = source->next)
			if (find_in_source(scope->s, source, name, false, v) == IS_THERE)
				return true;
	for (at = scope; at; at = at->outer)
		for (source = at->sources; source; source = source->next)
			if (source->alias && strcmp(source->alias, name) == 0)
				return false; /* a whole row */
	for (at = scope; at; at = at->outer) {
		source = likely_source(at, name);
		if (source)
			return find_in_source(scope->s, source, name, true, v) == IS_THERE;
	}
	return false;
}

static bool resolve_qualified(const struct scope *scope, const char *table, const char *name,
			      struct value *v)
{
	const struct scope *at;
	const struct source *source;

	for (at = scope; at; at = at->outer)
		for (source = at->sources; source; source = source->next)
			if (source->alias && strcmp(source->alias, table) == 0)
				return find_in_source(scope->s, source, name, true, v) == IS_THERE;
	return false;
}

static void remember(struct stubs *s, size_t location, size_t column)
{
	s->references = more(s->arena, s->references, s->reference_count, &s->reference_capacity,
			     sizeof(*s->references));
	s->references[s->reference_count++] = (struct stub_reference){location, column};
}

struct value scope_resolve(const struct scope *scope, const cJSON *reference)
{
	const cJSON *fields = pgtree_field(reference, "fields");
	const char *name = pgtree_name(fields, 0), *table = pgtree_name(fields, 1);
	struct value v = NO_VALUE;
	bool found;

	if (!name) /* a star */
		return v;
	found = table ? resolve_qualified(scope, table, name, &v) : resolve_bare(scope, name, &v);
	if (found && v.column != STUB_NONE)
		remember(scope->s, pgtree_location(reference), v.column);
	return found ? v : NO_VALUE;
}

/* ---- sources ---- */

static struct source *add_source(struct scope *scope, const char *alias)
{
	struct source *source = arena_alloc(scope->s->arena, sizeof(*source));

	source->alias = alias;
	source->table = STUB_NONE;
	*scope->last = source;
	scope->last = &source->next;
	return source;
}

static const cJSON *alias_of(const cJSON *node)
{
	return pgtree_field(node, "alias");
}

static void add_relation(struct scope *scope, const cJSON *node)
{
	const char *name = pgtree_text(node, "relname"), *schema = pgtree_text(node, "schemaname");
	const char *alias = pgtree_text(alias_of(node), "aliasname");
	struct source *source = add_source(scope, *alias ? alias : name);
	const struct cte *c;

	for (c = *schema ? NULL : scope->ctes; c; c = c->next)
		if (strcmp(c->name, name) == 0) {
			source->query = renamed(scope->s, c->query,
						pgtree_field(alias_of(node), "colnames"));
			return;
		}
	source->table = stubs_table(scope->s, *schema ? schema : NULL, name);
}

static void add_subquery(struct scope *scope, const cJSON *node)
{
	const cJSON *select = pgtree_as(pgtree_field(node, "subquery"), "SelectStmt");
	struct query *q = scope_select(scope->s, select, scope, scope->ctes);
	const cJSON *alias = alias_of(node);
	struct source *source = add_source(scope, pgtree_text(alias, "aliasname"));

	source->query = renamed(scope->s, q, pgtree_field(alias, "colnames"));
}

static void add_function(struct scope *scope, const cJSON *node)
{
	const cJSON *alias = alias_of(node), *names = pgtree_field(alias, "colnames"), *item;
	struct source *source;
	struct query *q = new_query(scope->s);

	expression_list(scope, pgtree_field(node, "functions"));
	expression_list(scope, pgtree_field(node, "docexpr"));
	source = add_source(scope, pgtree_text(alias, "aliasname"));
	source->query = renamed(scope->s, q, names);
	cJSON_ArrayForEach(item, pgtree_field(node, "coldeflist"))
	{
		add_output(scope->s, source->query,
			   pgtree_text(pgtree_as(item, "ColumnDef"), "colname"), NO_VALUE);
	}
	if (source->query->count == 0) /* its one column has the alias' name */
		add_output(scope->s, source->query, source->alias, NO_VALUE);
}

static void add_from(struct scope *scope, const cJSON *wrapped);

/* The columns of USING are on both sides and of one type. */
static void join_using(struct scope *scope, struct source *left, struct source *right,
		       const cJSON *names)
{
	size_t i, n = pgtree_length(names);

	for (i = 0; i < n; i++) {
		const char *name = pgtree_name(names, i);
		struct value l = NO_VALUE, r = NO_VALUE;
		struct source *source;

		for (source = left; source && source != right; source = source->next)
			if (find_in_source(scope->s, source, name, true, &l) == IS_THERE)
				break;
		for (source = right; source; source = source->next)
			if (find_in_source(scope->s, source, name, true, &r) == IS_THERE)
				break;
		expression_relate(scope->s, l, r);
	}
}

static void add_join(struct scope *scope, const cJSON *node)
{
	struct source **left = scope->last, **right;

	add_from(scope, pgtree_field(node, "larg"));
	right = scope->last;
	add_from(scope, pgtree_field(node, "rarg"));
	join_using(scope, *left, *right, pgtree_field(node, "usingClause"));
	expression_expect(scope->s, expression_infer(scope, pgtree_field(node, "quals")),
			  STUB_BOOLEAN, BY_USE);
}

static void add_from(struct scope *scope, const cJSON *wrapped)
{
	const cJSON *node = wrapped ? wrapped->child : NULL;

	if (!node || !node->string)
		return;
	if (strcmp(node->string, "RangeVar") == 0)
		add_relation(scope, node);
	else if (strcmp(node->string, "JoinExpr") == 0)
		add_join(scope, node);
	else if (strcmp(node->string, "RangeSubselect") == 0)
		add_subquery(scope, node);
	else if (strcmp(node->string, "RangeTableSample") == 0)
		add_from(scope, pgtree_field(node, "relation"));
	else
		add_function(scope, node);
}

static void add_from_list(struct scope *scope, const cJSON *list)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		add_from(scope, item);
	}
}

/* ---- queries ---- */

static void scope_change(const struct scope *scope, const cJSON *node);

static void add_ctes(struct scope *scope, const cJSON *with)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, pgtree_field(with, "ctes"))
	{
		const cJSON *node = pgtree_as(item, "CommonTableExpr");
		const cJSON *select = pgtree_as(pgtree_field(node, "ctequery"), "SelectStmt");
		const cJSON *names = pgtree_field(node, "aliascolnames");
		struct cte *c = arena_alloc(scope->s->arena, sizeof(*c));

		c->name = pgtree_text(node, "ctename");
		c->next = scope->ctes;
		c->query = renamed(scope->s, NULL, names);
		if (cJSON_IsTrue(pgtree_field(with, "recursive"))) {
			/* It sees the names of its own first part. */
			if (select && pgtree_field(select, "larg"))
				c->query =
					renamed(scope->s,
						scope_select(scope->s, pgtree_field(select, "larg"),
							     scope->outer, scope->ctes),
						names);
			scope->ctes = c;
		}
		if (select)
			c->query = renamed(
				scope->s, scope_select(scope->s, select, scope->outer, scope->ctes),
				names);
		else
			scope_change(scope, pgtree_field(node, "ctequery"));
		scope->ctes = c;
	}
}

static const char *output_name(const cJSON *target)
{
	const char *name = pgtree_text(target, "name");
	const cJSON *value = pgtree_field(target, "val");
	const char *of = NULL;

	if (*name)
		return name;
	while (pgtree_as(value, "TypeCast"))
		value = pgtree_field(pgtree_as(value, "TypeCast"), "arg");
	if (pgtree_as(value, "ColumnRef"))
		of = pgtree_name(pgtree_field(pgtree_as(value, "ColumnRef"), "fields"), 0);
	else if (pgtree_as(value, "FuncCall"))
		of = pgtree_name(pgtree_field(pgtree_as(value, "FuncCall"), "funcname"), 0);
	return of;
}

static bool is_star(const cJSON *value, const char **table)
{
	const cJSON *fields = pgtree_field(pgtree_as(value, "ColumnRef"), "fields");
	size_t n = pgtree_length(fields);

	if (n == 0 || !pgtree_as(cJSON_GetArrayItem(fields, (int)n - 1), "A_Star"))
		return false;
	*table = pgtree_name(fields, 1);
	return true;
}

static void add_target(struct scope *scope, struct query *q, const cJSON *target)
{
	const cJSON *value = pgtree_field(target, "val");
	const char *table = NULL;
	struct source *source;

	if (!is_star(value, &table)) {
		add_output(scope->s, q, output_name(target), expression_infer(scope, value));
		return;
	}
	for (source = scope->sources; source; source = source->next)
		if (!table || (source->alias && strcmp(source->alias, table) == 0))
			add_star(scope->s, q, source);
}

static struct query *set_operation(struct stubs *s, const cJSON *select, struct scope *scope)
{
	struct query *l = scope_select(s, pgtree_field(select, "larg"), scope->outer, scope->ctes);
	struct query *r = scope_select(s, pgtree_field(select, "rarg"), scope->outer, scope->ctes);
	size_t i;

	for (i = 0; i < l->count && i < r->count && !l->star_count && !r->star_count; i++)
		expression_relate(s, l->outputs[i].value, r->outputs[i].value);
	return l;
}

static struct query *values_lists(struct scope *scope, const cJSON *lists)
{
	struct query *q = new_query(scope->s);
	const cJSON *row, *item;

	cJSON_ArrayForEach(row, lists)
	{
		size_t i = 0;

		cJSON_ArrayForEach(item, pgtree_field(pgtree_as(row, "List"), "items"))
		{
			struct value v = expression_infer(scope, item);

			if (i < q->count)
				expression_relate(scope->s, q->outputs[i].value, v);
			else
				add_output(scope->s, q,
					   arena_printf(scope->s->arena, "column%zu", i + 1), v);
			i++;
		}
	}
	return q;
}

static void infer_clauses(struct scope *scope, const cJSON *select)
{
	static const char *const others[] = {"groupClause", "windowClause", "sortClause",
					     "distinctClause"};
	size_t i;

	expression_expect(scope->s, expression_infer(scope, pgtree_field(select, "whereClause")),
			  STUB_BOOLEAN, BY_USE);
	expression_expect(scope->s, expression_infer(scope, pgtree_field(select, "havingClause")),
			  STUB_BOOLEAN, BY_USE);
	scope->targets = pgtree_field(select, "targetList");
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		expression_list(scope, pgtree_field(select, others[i]));
	scope->targets = NULL;
	expression_infer(scope, pgtree_field(select, "limitCount"));
	expression_infer(scope, pgtree_field(select, "limitOffset"));
}

static struct scope begin_scope(struct stubs *s, const struct scope *outer, struct cte *ctes)
{
	return (struct scope){.s = s, .ctes = ctes, .outer = outer};
}

struct query *scope_select(struct stubs *s, const cJSON *select, const struct scope *outer,
			   struct cte *ctes)
{
	struct scope scope = begin_scope(s, outer, ctes);
	struct query *q = new_query(s);
	const cJSON *item;

	if (!select)
		return q;
	scope.last = &scope.sources;
	add_ctes(&scope, pgtree_field(select, "withClause"));
	if (pgtree_field(select, "larg"))
		return set_operation(s, select, &scope);
	if (pgtree_field(select, "valuesLists"))
		return values_lists(&scope, pgtree_field(select, "valuesLists"));
	add_from_list(&scope, pgtree_field(select, "fromClause"));
	cJSON_ArrayForEach(item, pgtree_field(select, "targetList"))
	{
		add_target(&scope, q, pgtree_as(item, "ResTarget"));
	}
	infer_clauses(&scope, select);
	return q;
}

/* ---- statements that change rows ---- */

static size_t target_table(struct scope *scope, const cJSON *relation)
{
	add_relation(scope, relation);
	return scope->sources->table;
}

/* SET c = expression, in UPDATE, ON CONFLICT and MERGE. */
static void assignments(struct scope *scope, size_t table, const cJSON *list)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		const cJSON *target = pgtree_as(item, "ResTarget");
		struct value v = expression_infer(scope, pgtree_field(target, "val"));
		size_t column =
			table == STUB_NONE
				? STUB_NONE
				: stubs_column(scope->s, table, pgtree_text(target, "name"), true);

		if (column != STUB_NONE)
			expression_relate(scope->s, (struct value){STUB_UNKNOWN, column, NULL}, v);
	}
}

/* INSERT (columns), with what goes into them. Without columns the query's names are taken. */
static void insert_columns(struct scope *scope, size_t table, const cJSON *columns,
			   const struct query *q)
{
	const cJSON *item;
	size_t i = 0, n = pgtree_length(columns);

	if (table == STUB_NONE)
		return;
	cJSON_ArrayForEach(item, columns)
	{
		size_t column = stubs_column(
			scope->s, table, pgtree_text(pgtree_as(item, "ResTarget"), "name"), true);

		if (column != STUB_NONE && q && i < q->count && !q->star_count)
			expression_relate(scope->s, (struct value){STUB_UNKNOWN, column, NULL},
					  q->outputs[i].value);
		i++;
	}
	for (i = 0; n == 0 && q && i < q->count; i++) {
		size_t column = stubs_column(
			scope->s, table, arena_printf(scope->s->arena, "column%zu", i + 1), true);

		if (column != STUB_NONE)
			expression_relate(scope->s, (struct value){STUB_UNKNOWN, column, NULL},
					  q->outputs[i].value);
	}
}

static void infer_insert(struct scope *scope, const cJSON *node)
{
	const cJSON *conflict = pgtree_field(node, "onConflictClause"), *item;
	const cJSON *keys = pgtree_field(pgtree_field(conflict, "infer"), "indexElems");
	size_t table = target_table(scope, pgtree_field(node, "relation"));
	struct query *q =
		scope_select(scope->s, pgtree_as(pgtree_field(node, "selectStmt"), "SelectStmt"),
			     NULL, scope->ctes);

	insert_columns(scope, table, pgtree_field(node, "cols"), q);
	if (table != STUB_NONE && *pgtree_text(pgtree_field(conflict, "infer"), "conname"))
		scope->s->tables[table].constraint =
			pgtree_text(pgtree_field(conflict, "infer"), "conname");
	if (table != STUB_NONE && keys) {
		scope->s->tables[table].conflict = keys;
		cJSON_ArrayForEach(item, keys)
		{
			const char *name = pgtree_text(pgtree_as(item, "IndexElem"), "name");

			if (*name)
				stubs_column(scope->s, table, name, true);
		}
	}
	if (conflict) {
		add_source(scope, "excluded")->table = table;
		assignments(scope, table, pgtree_field(conflict, "targetList"));
		expression_infer(scope, pgtree_field(conflict, "whereClause"));
	}
	expression_list(scope, pgtree_field(node, "returningList"));
}

static void infer_update(struct scope *scope, const cJSON *node)
{
	size_t table = target_table(scope, pgtree_field(node, "relation"));

	add_from_list(scope, pgtree_field(node, "fromClause"));
	add_from_list(scope, pgtree_field(node, "usingClause"));
	assignments(scope, table, pgtree_field(node, "targetList"));
	expression_expect(scope->s, expression_infer(scope, pgtree_field(node, "whereClause")),
			  STUB_BOOLEAN, BY_USE);
	expression_list(scope, pgtree_field(node, "returningList"));
}

static void infer_merge(struct scope *scope, const cJSON *node)
{
	size_t table = target_table(scope, pgtree_field(node, "relation"));
	const cJSON *item, *target;

	add_from(scope, pgtree_field(node, "sourceRelation"));
	expression_infer(scope, pgtree_field(node, "joinCondition"));
	cJSON_ArrayForEach(item, pgtree_field(node, "mergeWhenClauses"))
	{
		const cJSON *when = pgtree_as(item, "MergeWhenClause"), *value;
		struct query *q = new_query(scope->s);

		expression_infer(scope, pgtree_field(when, "condition"));
		cJSON_ArrayForEach(value, pgtree_field(when, "values"))
		{
			add_output(scope->s, q, NULL, expression_infer(scope, value));
		}
		target = pgtree_field(when, "targetList");
		if (pgtree_length(pgtree_field(when, "values")))
			insert_columns(scope, table, target, q);
		else
			assignments(scope, table, target);
	}
}

static void infer_index_columns(struct scope *scope, size_t table, const cJSON *list)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		const cJSON *e = pgtree_as(item, "IndexElem");

		if (table != STUB_NONE && *pgtree_text(e, "name"))
			stubs_column(scope->s, table, pgtree_text(e, "name"), true);
		expression_infer(scope, pgtree_field(e, "expr"));
	}
}

static void infer_index(struct scope *scope, const cJSON *node)
{
	size_t table = target_table(scope, pgtree_field(node, "relation"));

	infer_index_columns(scope, table, pgtree_field(node, "indexParams"));
	infer_index_columns(scope, table, pgtree_field(node, "indexIncludingParams"));
	expression_infer(scope, pgtree_field(node, "whereClause"));
}

/* ALTER TABLE on a table that nobody has: the columns that it names, but not those it adds. */
static void infer_alter(struct scope *scope, const cJSON *node)
{
	size_t table = target_table(scope, pgtree_field(node, "relation"));
	const cJSON *item;

	cJSON_ArrayForEach(item, pgtree_field(node, "cmds"))
	{
		const cJSON *c = pgtree_as(item, "AlterTableCmd");

		if (table != STUB_NONE && *pgtree_text(c, "name") &&
		    strcmp(pgtree_text(c, "subtype"), "AT_AddColumn") != 0)
			stubs_column(scope->s, table, pgtree_text(c, "name"), true);
	}
}

/* ---- foreign keys ---- */

/* The type that CREATE TABLE gives a column; UNKNOWN when it is not one of those of stubs. */
static enum stub_type declared(const cJSON *elements, const char *name)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, elements)
	{
		const cJSON *column = pgtree_as(item, "ColumnDef");

		if (column && strcmp(pgtree_text(column, "colname"), name) == 0)
			return stubs_type_named(pgtree_name(
				pgtree_field(pgtree_field(column, "typeName"), "names"), 0));
	}
	return STUB_UNKNOWN;
}

/* REFERENCES t (a): t must have it, unique and of the same type. */
static void infer_key(struct scope *scope, const cJSON *key, const cJSON *elements,
		      const char *column)
{
	const cJSON *names = pgtree_field(key, "pk_attrs"), *own = pgtree_field(key, "fk_attrs");
	const cJSON *to = pgtree_field(key, "pktable");
	const char *schema = pgtree_text(to, "schemaname");
	size_t table = stubs_table(scope->s, *schema ? schema : NULL, pgtree_text(to, "relname"));
	size_t n = pgtree_length(names);

	if (table == STUB_NONE || n == 0)
		return;
	scope->s->tables[table].referenced = names;
	for (size_t i = 0; i < n; i++) {
		const char *name = pgtree_name(names, n - 1 - i);
		const char *from = own ? pgtree_name(own, n - 1 - i) : column;

		if (name && from)
			stubs_hint(scope->s, stubs_column(scope->s, table, name, true),
				   declared(elements, from), BY_TABLE);
	}
}

static void infer_create(struct scope *scope, const cJSON *node)
{
	const cJSON *elements = pgtree_field(node, "tableElts"), *item, *one;

	cJSON_ArrayForEach(item, elements)
	{
		const cJSON *column = pgtree_as(item, "ColumnDef");

		if (pgtree_as(item, "Constraint"))
			infer_key(scope, pgtree_as(item, "Constraint"), elements, NULL);
		cJSON_ArrayForEach(one, pgtree_field(column, "constraints"))
		{
			infer_key(scope, pgtree_as(one, "Constraint"), elements,
				  pgtree_text(column, "colname"));
		}
	}
}

/* INSERT, UPDATE and DELETE in a WITH. */
static void scope_change(const struct scope *outer, const cJSON *node)
{
	struct scope scope = begin_scope(outer->s, NULL, outer->ctes);
	const cJSON *insert = pgtree_as(node, "InsertStmt"),
		    *update = pgtree_as(node, "UpdateStmt");

	scope.last = &scope.sources;
	if (!update)
		update = pgtree_as(node, "DeleteStmt");
	add_ctes(&scope, pgtree_field(insert ? insert : update, "withClause"));
	if (insert)
		infer_insert(&scope, insert);
	else if (update)
		infer_update(&scope, update);
}

void scope_statement(struct stubs *s, const struct pgtree_statement *statement)
{
	struct scope scope = begin_scope(s, NULL, NULL);
	const char *kind = statement->kind;
	const cJSON *node = statement->node, *query = pgtree_field(node, "query");

	scope.last = &scope.sources;
	if (strcmp(kind, "SelectStmt") != 0)
		add_ctes(&scope, pgtree_field(node, "withClause"));
	if (strcmp(kind, "SelectStmt") == 0)
		scope_select(s, node, NULL, NULL);
	else if (strcmp(kind, "InsertStmt") == 0)
		infer_insert(&scope, node);
	else if (strcmp(kind, "UpdateStmt") == 0 || strcmp(kind, "DeleteStmt") == 0)
		infer_update(&scope, node);
	else if (strcmp(kind, "MergeStmt") == 0)
		infer_merge(&scope, node);
	else if (strcmp(kind, "CreateStmt") == 0)
		infer_create(&scope, node);
	else if (strcmp(kind, "IndexStmt") == 0)
		infer_index(&scope, node);
	else if (strcmp(kind, "AlterTableStmt") == 0)
		infer_alter(&scope, node);
	else if (pgtree_as(query, "SelectStmt")) /* CREATE TABLE AS, CREATE VIEW, EXPLAIN */
		scope_select(s, pgtree_as(query, "SelectStmt"), NULL, NULL);
}

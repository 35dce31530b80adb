/*
 * print_query.c - how queries and relations are written in Postgres.
 */
#include "convert/print.h"

/* A clause: a blank, its words, its tree. Nothing when there is no tree. */
static void clause(struct printer *p, const char *words, const struct node *n)
{
	if (!n)
		return;
	print_text(p, words);
	print_node(p, n);
}

static void query(struct printer *p, const struct node *n)
{
	if (n->child[QUERY_WITH]) {
		print_node(p, n->child[QUERY_WITH]);
		print_text(p, " ");
	}
	print_node(p, n->child[QUERY_BODY]);
	clause(p, " ORDER BY ", n->child[QUERY_ORDER]);
	clause(p, " ", n->child[QUERY_LIMIT]);
	clause(p, " ", n->child[QUERY_OFFSET]);
	clause(p, " ", n->child[QUERY_LOCK]);
}

static void with(struct printer *p, const struct node *n)
{
	print_text(p, n->flags & FLAG_RECURSIVE ? "WITH RECURSIVE " : "WITH ");
	print_list(p, n, ", ");
}

static void columns(struct printer *p, const struct node *list)
{
	if (!list)
		return;
	print_text(p, "(");
	print_node(p, list);
	print_text(p, ")");
}

static void cte(struct printer *p, const struct node *n)
{
	print_node(p, n->child[CTE_NAME]);
	columns(p, n->child[CTE_COLUMNS]);
	print_text(p, " AS ");
	if (n->flags & FLAG_MATERIALIZED)
		print_text(p, n->flags & FLAG_NOT ? "NOT MATERIALIZED " : "MATERIALIZED ");
	print_text(p, "(");
	print_node(p, n->child[CTE_BODY]);
	print_text(p, ")");
	clause(p, " ", n->child[CTE_CYCLE]);
}

static void set_operation(struct printer *p, const struct node *n)
{
	static const char *const words[] = {" UNION ", " INTERSECT ", " EXCEPT "};

	print_node(p, n->child[0]);
	print_text(p, words[n->op]);
	if (n->flags & FLAG_ALL)
		print_text(p, "ALL ");
	print_node(p, n->child[1]);
}

/* INTO #t */
static bool makes_temporary(const struct node *into)
{
	const struct node *name = into && into->count == 1 ? into->child[0] : NULL;

	return name && name->kind == NODE_NAME && name->count &&
	       name->child[name->count - 1]->op == 1;
}

static void select(struct printer *p, const struct node *n)
{
	print_text(p, "SELECT ");
	if (n->flags & FLAG_DISTINCT)
		print_text(p, "DISTINCT ");
	if (n->child[SELECT_DISTINCT]) {
		print_text(p, "ON (");
		print_node(p, n->child[SELECT_DISTINCT]);
		print_text(p, ") ");
	}
	print_node(p, n->child[SELECT_ITEMS]);
	clause(p, makes_temporary(n->child[SELECT_INTO]) ? " INTO TEMPORARY " : " INTO ",
	       n->child[SELECT_INTO]);
	clause(p, " FROM ", n->child[SELECT_FROM]);
	clause(p, " WHERE ", n->child[SELECT_WHERE]);
	clause(p, " ", n->child[SELECT_CONNECT]);
	clause(p, " ", n->child[SELECT_GROUP]);
	clause(p, " HAVING ", n->child[SELECT_HAVING]);
	clause(p, " QUALIFY ", n->child[SELECT_QUALIFY]);
	if (n->child[SELECT_WINDOWS]) {
		const struct node *w = n->child[SELECT_WINDOWS];

		print_text(p, " WINDOW ");
		for (uint32_t i = 0; i < w->count; i++) {
			if (i)
				print_text(p, ", ");
			print_node(p, w->child[i]->child[ITEM_ALIAS]);
			print_text(p, " AS ");
			print_node(p, w->child[i]->child[ITEM_VALUE]);
		}
	}
}

static void item(struct printer *p, const struct node *n)
{
	print_node(p, n->child[ITEM_VALUE]);
	if (!n->child[ITEM_ALIAS])
		return;
	print_text(p, " AS ");
	if (n->child[ITEM_ALIAS]->kind == NODE_LIST)
		columns(p, n->child[ITEM_ALIAS]);
	else
		print_node(p, n->child[ITEM_ALIAS]);
}

static void values(struct printer *p, const struct node *n)
{
	print_text(p, "VALUES ");
	print_list(p, n, ", ");
}

static void table_query(struct printer *p, const struct node *n)
{
	print_text(p, "TABLE ");
	print_node(p, n->child[0]);
}

static void limit(struct printer *p, const struct node *n)
{
	if (n->flags & FLAG_TIES) {
		print_text(p, "FETCH FIRST ");
		print_node(p, n->child[LIMIT_COUNT]);
		print_text(p, " ROWS WITH TIES");
		return;
	}
	print_text(p, "LIMIT ");
	if (n->flags & FLAG_ALL)
		print_text(p, "ALL");
	else if (n->child[LIMIT_COUNT])
		print_node(p, n->child[LIMIT_COUNT]);
	else
		print_text(p, "1");
	clause(p, " OFFSET ", n->child[LIMIT_BY]);
}

static void offset(struct printer *p, const struct node *n)
{
	print_text(p, "OFFSET ");
	print_node(p, n->child[0]);
}

static void group(struct printer *p, const struct node *n)
{
	const char *close = "";

	print_text(p, "GROUP BY ");
	if (n->flags & FLAG_DISTINCT)
		print_text(p, "DISTINCT ");
	if (n->flags & (FLAG_ROLLUP | FLAG_CUBE)) {
		print_text(p, n->flags & FLAG_ROLLUP ? "ROLLUP (" : "CUBE (");
		close = ")";
	}
	print_list(p, n, ", ");
	print_text(p, close);
}

static void grouping(struct printer *p, const struct node *n)
{
	static const char *const words[] = {"GROUPING SETS (", "ROLLUP (", "CUBE ("};

	print_text(p, words[n->op]);
	print_list(p, n, ", ");
	print_text(p, ")");
}

static void from(struct printer *p, const struct node *n)
{
	print_list(p, n, ", ");
}

static void table(struct printer *p, const struct node *n)
{
	if (n->flags & FLAG_ONLY)
		print_text(p, "ONLY ");
	print_node(p, n->child[TABLE_NAME]);
	clause(p, " ", n->child[TABLE_ALIAS]);
	clause(p, " ", n->child[TABLE_SAMPLE]);
}

static void derived(struct printer *p, const struct node *n)
{
	if (n->flags & FLAG_LATERAL)
		print_text(p, "LATERAL ");
	print_text(p, "(");
	print_node(p, n->child[DERIVED_QUERY]);
	print_text(p, ")");
	clause(p, " ", n->child[DERIVED_ALIAS]);
}

static void table_call(struct printer *p, const struct node *n)
{
	if (n->flags & FLAG_LATERAL)
		print_text(p, "LATERAL ");
	print_node(p, n->child[TABLE_CALL_CALL]);
	if (n->flags & FLAG_ORDINALITY)
		print_text(p, " WITH ORDINALITY");
	clause(p, " ", n->child[TABLE_CALL_ALIAS]);
}

static void join(struct printer *p, const struct node *n)
{
	static const char *const words[] = {" JOIN ",	   " LEFT JOIN ",  " RIGHT JOIN ",
					    " FULL JOIN ", " CROSS JOIN ", " SEMI JOIN ",
					    " ANTI JOIN ", " CROSS JOIN ", " LEFT JOIN ",
					    " ASOF JOIN ", " JOIN "};

	const struct node *right = n->child[JOIN_RIGHT];
	bool nested = right->kind == NODE_JOIN;

	print_node(p, n->child[JOIN_LEFT]);
	if (n->flags & FLAG_NATURAL)
		print_text(p, " NATURAL");
	print_text(p, words[n->op]);
	if (nested)
		print_text(p, "(");
	print_node(p, right);
	if (nested)
		print_text(p, ")");
	clause(p, " ON ", n->child[JOIN_ON]);
	if (n->child[JOIN_USING]) {
		print_text(p, " USING ");
		columns(p, n->child[JOIN_USING]);
	}
}

static void join_paren(struct printer *p, const struct node *n)
{
	print_text(p, "(");
	print_node(p, n->child[0]);
	print_text(p, ")");
	clause(p, " ", n->child[1]);
}

static void alias(struct printer *p, const struct node *n)
{
	print_text(p, "AS ");
	print_node(p, n->child[ALIAS_NAME]);
	columns(p, n->child[ALIAS_COLUMNS]);
}

static void sample(struct printer *p, const struct node *n)
{
	bool system = str_is_word(n->text, "system") || str_is_word(n->text, "block");

	print_text(p, system ? "TABLESAMPLE SYSTEM (" : "TABLESAMPLE BERNOULLI (");
	print_node(p, n->child[0]);
	print_text(p, ")");
	if (n->child[1]) {
		print_text(p, " REPEATABLE (");
		print_node(p, n->child[1]);
		print_text(p, ")");
	}
}

print_function *const print_query_kinds[NODE_KIND_COUNT] = {
	[NODE_QUERY] = query,	  [NODE_WITH] = with,
	[NODE_CTE] = cte,	  [NODE_SETOP] = set_operation,
	[NODE_SELECT] = select,	  [NODE_ITEM] = item,
	[NODE_VALUES] = values,	  [NODE_TABLE_QUERY] = table_query,
	[NODE_LIMIT] = limit,	  [NODE_OFFSET] = offset,
	[NODE_GROUP] = group,	  [NODE_GROUPING] = grouping,
	[NODE_FROM] = from,	  [NODE_TABLE] = table,
	[NODE_DERIVED] = derived, [NODE_TABLE_CALL] = table_call,
	[NODE_JOIN] = join,	  [NODE_JOIN_PAREN] = join_paren,
	[NODE_ALIAS] = alias,	  [NODE_SAMPLE] = sample,
};

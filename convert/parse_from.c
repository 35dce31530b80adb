/*
 * parse_from.c - what stands after FROM: tables, derived tables, table functions, joins of all
 * dialects, LATERAL VIEW, PIVOT, samples, time travel, hints.
 */
#include "convert/parse.h"

#define RETRIES_MAX 64

struct node *parse_alias(struct parser *p)
{
	struct node *n;
	bool as = parse_is(p, K_AS);

	if (!as && !parse_begins_alias(p))
		return NULL;
	n = parse_open(p, NODE_ALIAS);
	p->at += as;
	n->flags |= as ? FLAG_AS : 0;
	if (as && parse_is_symbol(p, '(')) { /* AS (a int, b text) */
		node_put(n, ALIAS_COLUMNS, parse_table_elements(p));
		return parse_close(p, n);
	}
	if (parse_peek(p, 0)->kind == TOKEN_STRING && as) {
		struct node *name = parse_open(p, NODE_IDENT);

		name->text = token_value(p->a, p->d, p->t, p->at);
		name->flags |= FLAG_QUOTED;
		node_touch(name);
		p->at++;
		node_put(n, ALIAS_NAME, parse_close(p, name));
	} else {
		node_put(n, ALIAS_NAME, parse_column_ident(p));
	}
	if (parse_is_symbol(p, '(') && parse_is_name(p, 1)) {
		if (parse_symbol_at(p, 2, ',') || parse_symbol_at(p, 2, ')')) {
			node_put(n, ALIAS_COLUMNS, parse_ident_list(p));
		} else if (parse_is_name(p, 2)) {
			node_put(n, ALIAS_COLUMNS, parse_table_elements(p));
		}
	}
	return parse_close(p, n);
}

static struct node *sample(struct parser *p)
{
	struct node *n;

	if (!parse_is(p, K_TABLESAMPLE) &&
	    !(parse_is(p, K_SAMPLE) && (parse_symbol_at(p, 1, '(') || parse_is_name(p, 1))))
		return NULL;
	n = parse_open(p, NODE_SAMPLE);
	p->at++;
	if (parse_is_name(p, 0)) {
		n->text = token_text(p->t, p->at);
		p->at++;
	}
	parse_expect_symbol(p, '(');
	if (parse_is(p, K_BUCKET)) {
		n->op = SAMPLE_OTHER;
		parse_skip_balanced(p);
		return parse_close(p, n);
	}
	node_put(n, 0, parse_expression(p));
	n->op = parse_accept(p, K_ROWS) || parse_accept(p, K_ROW) ? SAMPLE_ROWS : SAMPLE_PERCENT;
	parse_accept(p, K_PERCENT);
	if (!parse_accept_symbol(p, ')'))
		parse_skip_balanced(p);
	if ((parse_is(p, K_REPEATABLE) || parse_is(p, K_SEED)) && parse_symbol_at(p, 1, '(')) {
		p->at += 2;
		node_put(n, 1, parse_expression(p));
		parse_expect_symbol(p, ')');
	}
	return parse_close(p, n);
}

static bool begins_version(const struct parser *p)
{
	enum keyword k = parse_keyword(p, 0), next = parse_keyword(p, 1);

	if (k == K_FOR)
		return next == K_SYSTEM_TIME || next == K_VERSION || next == K_TIMESTAMP ||
		       parse_is_word(p, 1, "SYSTEM_VERSION");
	if (k == K_VERSION || k == K_TIMESTAMP)
		return next == K_AS && parse_keyword(p, 2) == K_OF;
	if (k == K_AS && next == K_OF)
		return true;
	return (k == K_AT || k == K_BEFORE || k == K_CHANGES) && parse_symbol_at(p, 1, '(');
}

/* Time travel: the node keeps its tokens. */
static struct node *version(struct parser *p)
{
	struct node *n;

	if (!begins_version(p))
		return NULL;
	n = parse_open(p, NODE_VERSION);
	while (begins_version(p) && !p->failed) {
		while (parse_is_name(p, 0) && !parse_is(p, K_AT) && !parse_is(p, K_BEFORE) &&
		       !parse_is(p, K_OF))
			p->at++;
		if (parse_accept(p, K_OF)) {
			if (parse_is_word(p, 0, "SCN") || parse_is(p, K_TIMESTAMP))
				p->at++;
			parse_binary(p, BIND_ADD);
		} else {
			p->at++;
			parse_accept_symbol(p, '(');
			parse_skip_balanced(p);
		}
	}
	return parse_close(p, n);
}

static bool is_table_hint(const struct parser *p, uint32_t ahead)
{
	static const char *const words[] = {"NOLOCK",	 "READUNCOMMITTED", "READPAST", "UPDLOCK",
					    "ROWLOCK",	 "TABLOCK",	    "TABLOCKX", "HOLDLOCK",
					    "XLOCK",	 "PAGLOCK",	    "NOWAIT",	"INDEX",
					    "FORCESEEK", "SERIALIZABLE",    "SNAPSHOT", "NOEXPAND"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (parse_is_word(p, ahead, words[i]))
			return true;
	return false;
}

/* WITH (NOLOCK), (NOLOCK), USE INDEX (i), PARTITION (p) */
static void table_hints(struct parser *p, struct node *table)
{
	struct node *n = parse_open(p, NODE_OPTION);

	for (;;) {
		enum keyword k = parse_keyword(p, 0), next = parse_keyword(p, 1);

		if (k == K_WITH && parse_symbol_at(p, 1, '(')) {
			p->at += 2;
		} else if (parse_is_symbol(p, '(') && is_table_hint(p, 1)) {
			p->at++;
		} else if ((k == K_USE || k == K_FORCE || k == K_IGNORE) &&
			   (next == K_INDEX || next == K_KEY)) {
			while (!parse_is_symbol(p, '(') && !parse_at_end(p))
				p->at++;
			p->at++;
		} else if (k == K_PARTITION && parse_symbol_at(p, 1, '(')) {
			p->at += 2;
		} else {
			break;
		}
		if (!parse_skip_balanced(p))
			parse_fail(p, "a closing parenthesis");
	}
	if (p->at == n->first)
		return;
	if (table->child[TABLE_HINT])
		table->child[TABLE_HINT]->until = p->at;
	else
		node_put(table, TABLE_HINT, parse_close(p, n));
}

/* Redshift: FROM t, t.items AS i AT place. The alias' op is 1, the place its column. */
static void super_place(struct parser *p, struct node *n)
{
	struct node *alias = n->child[TABLE_ALIAS], *list;

	if (!alias || alias->child[ALIAS_COLUMNS] || n->child[TABLE_NAME]->count < 2 ||
	    !parse_is(p, K_AT) || !parse_is_name(p, 1))
		return;
	p->at++;
	list = parse_open(p, NODE_LIST);
	node_add(p->a, list, parse_ident(p));
	node_put(alias, ALIAS_COLUMNS, parse_close(p, list));
	alias->op = 1;
	node_touch(alias);
}

struct node *parse_table(struct parser *p)
{
	struct node *n = parse_open(p, NODE_TABLE);

	if (parse_is(p, K_UNPIVOT) && parse_is_name(p, 1)) { /* Redshift: fields of a SUPER */
		p->at++;
		n->flags |= FLAG_NULLS;
	}

	if (parse_accept(p, K_ONLY))
		n->flags |= FLAG_ONLY;
	node_put(n, TABLE_NAME, parse_name(p));
	if (p->d->flags & DIALECT_EMPTY_NULL && str_is(token_text(p->t, p->at), "@") &&
	    parse_is_name(p, 1)) { /* Oracle's t@link */
		p->at++;
		parse_name(p);
		n->child[TABLE_NAME]->op = 2;
	}
	parse_accept_symbol(p, '*');
	node_put(n, TABLE_VERSION, version(p));
	table_hints(p, n);
	node_put(n, TABLE_SAMPLE, sample(p));
	if (!(parse_is(p, K_AS) && parse_begins_query(p, 1)))
		node_put(n, TABLE_ALIAS, parse_alias(p));
	super_place(p, n);
	if (!n->child[TABLE_VERSION])
		node_put(n, TABLE_VERSION, version(p));
	if (!n->child[TABLE_SAMPLE])
		node_put(n, TABLE_SAMPLE, sample(p));
	table_hints(p, n);
	return parse_close(p, n);
}

static struct node *derived_tail(struct parser *p, struct node *n)
{
	node_put(n, DERIVED_SAMPLE, sample(p));
	node_put(n, DERIVED_ALIAS, parse_alias(p));
	if (!n->child[DERIVED_SAMPLE])
		node_put(n, DERIVED_SAMPLE, sample(p));
	return parse_close(p, n);
}

static struct node *derived(struct parser *p, uint32_t first, bool lateral)
{
	struct node *n = parse_open_at(p, NODE_DERIVED, first);

	n->flags |= lateral ? FLAG_LATERAL : 0;
	parse_expect_symbol(p, '(');
	node_put(n, DERIVED_QUERY, parse_query(p));
	parse_expect_symbol(p, ')');
	return derived_tail(p, n);
}

/* VALUES (1), (2) AS t(a) without parentheses around. */
static struct node *bare_values(struct parser *p)
{
	struct node *n = parse_open(p, NODE_DERIVED);

	node_put(n, DERIVED_QUERY, parse_values(p));
	node_touch(n);
	return derived_tail(p, n);
}

static struct node *table_call_tail(struct parser *p, struct node *n)
{
	if (parse_accept2(p, K_WITH, K_ORDINALITY))
		n->flags |= FLAG_ORDINALITY;
	if (parse_is(p, K_WITH) && parse_symbol_at(p, 1, '(')) { /* OPENJSON(x) WITH (...) */
		struct node *raw;

		p->at++;
		raw = parse_table_elements(p);
		raw->kind = NODE_LIST;
		node_put(n->child[TABLE_CALL_CALL], CALL_SEPARATOR, raw);
	}
	node_put(n, TABLE_CALL_SAMPLE, sample(p));
	node_put(n, TABLE_CALL_ALIAS, parse_alias(p));
	return parse_close(p, n);
}

/* f(x), LATERAL f(x), TABLE(f(x)) */
static struct node *table_call(struct parser *p, uint32_t first, bool lateral, bool wrapped)
{
	struct node *n = parse_open_at(p, NODE_TABLE_CALL, first);

	n->flags |= (lateral ? FLAG_LATERAL : 0) | (wrapped ? FLAG_WRAPPED : 0);
	if (wrapped)
		parse_expect_symbol(p, '(');
	node_put(n, TABLE_CALL_CALL, parse_primary(p));
	if (wrapped)
		parse_expect_symbol(p, ')');
	if (!lateral && !wrapped && n->child[0]->kind != NODE_CALL)
		parse_fail(p, "a table function");
	return table_call_tail(p, n);
}

static struct node *relation_parenthesis(struct parser *p)
{
	uint32_t first = p->at;
	struct node *n;

	if (parse_begins_query(p, 1) ||
	    (parse_keyword(p, 1) == K_VALUES && /* which is MySQL's function elsewhere */
	     (parse_symbol_at(p, 2, '(') || parse_keyword(p, 2) == K_ROW)))
		return derived(p, first, false);
	n = parse_open(p, NODE_JOIN_PAREN);
	p->at++;
	node_put(n, 0, parse_relation(p));
	while (parse_accept_symbol(p, ',')) {
		struct node *join = parse_open_at(p, NODE_JOIN, n->child[0]->at);

		join->op = JOIN_CROSS;
		node_put(join, JOIN_LEFT, n->child[0]);
		node_put(join, JOIN_RIGHT, parse_relation(p));
		node_touch(join);
		node_put(n, 0, parse_close(p, join));
	}
	parse_expect_symbol(p, ')');
	node_put(n, 1, parse_alias(p));
	return parse_close(p, n);
}

/* Whether a call begins here: name(.name)*( */
static bool begins_call(const struct parser *p)
{
	uint32_t i = 0;

	while (parse_is_name(p, i) && parse_symbol_at(p, i + 1, '.'))
		i += 2;
	return parse_is_name(p, i) && parse_symbol_at(p, i + 1, '(') && !is_table_hint(p, i + 2);
}

static struct node *relation_primary(struct parser *p)
{
	uint32_t first = p->at;
	bool lateral = false;

	if (parse_is(p, K_LATERAL)) {
		p->at++;
		lateral = true;
		if (parse_is_symbol(p, '('))
			return derived(p, first, true);
	}
	if (parse_is_symbol(p, '('))
		return relation_parenthesis(p);
	if (parse_is(p, K_TABLE) && parse_symbol_at(p, 1, '(')) {
		p->at++;
		return table_call(p, first, lateral, true);
	}
	if (parse_is(p, K_VALUES))
		return bare_values(p);
	if (begins_call(p))
		return table_call(p, first, lateral, false);
	return parse_table(p);
}

static struct node *lateral_view(struct parser *p, struct node *left)
{
	struct node *n = parse_open_at(p, NODE_LATERAL_VIEW, left->at), *columns;

	p->at += 2;
	if (parse_accept(p, K_OUTER))
		n->flags |= FLAG_OUTER;
	node_put(n, VIEW_SOURCE, left);
	node_put(n, VIEW_CALL, parse_primary(p));
	if (parse_is_name(p, 0) && !parse_is(p, K_AS) && parse_begins_alias(p))
		node_put(n, VIEW_TABLE, parse_column_ident(p));
	if (parse_accept(p, K_AS)) {
		columns = parse_open(p, NODE_LIST);
		do {
			node_add(p->a, columns, parse_column_ident(p));
		} while (parse_accept_symbol(p, ',') && parse_is_name(p, 0));
		node_put(n, VIEW_COLUMNS, parse_close(p, columns));
	}
	return parse_close(p, n);
}

static struct node *aliased_list(struct parser *p)
{
	struct node *n = parse_open(p, NODE_LIST);

	do {
		struct node *item = parse_open(p, NODE_ITEM);

		node_put(item, ITEM_VALUE, parse_expression(p));
		if (parse_accept(p, K_AS) || parse_begins_alias(p)) {
			if (parse_peek(p, 0)->kind == TOKEN_STRING)
				node_put(item, ITEM_ALIAS, parse_primary(p));
			else
				node_put(item, ITEM_ALIAS, parse_column_ident(p));
			item->flags |= FLAG_AS;
		}
		node_add(p->a, n, parse_close(p, item));
	} while (parse_accept_symbol(p, ','));
	return parse_close(p, n);
}

static struct node *pivot(struct parser *p, struct node *left)
{
	struct node *n = parse_open_at(p, NODE_PIVOT, left->at);

	p->at++;
	parse_accept(p, K_XML);
	parse_expect_symbol(p, '(');
	node_put(n, PIVOT_SOURCE, left);
	node_put(n, PIVOT_AGGREGATES, aliased_list(p));
	parse_expect(p, K_FOR);
	node_put(n, PIVOT_COLUMN, parse_binary(p, BIND_OTHER));
	parse_expect(p, K_IN);
	parse_expect_symbol(p, '(');
	if (parse_is(p, K_ANY)) { /* as many columns as there are values */
		struct node *any = parse_open(p, NODE_RAW);

		while (!parse_at_end(p) && !parse_is_symbol(p, ')'))
			p->at++;
		node_put(n, PIVOT_VALUES, parse_close(p, any));
	} else {
		node_put(n, PIVOT_VALUES,
			 parse_begins_query(p, 0) ? parse_query(p) : aliased_list(p));
	}
	parse_expect_symbol(p, ')');
	if (parse_is(p, K_DEFAULT)) { /* DEFAULT ON NULL (0) */
		while (!parse_at_end(p) && !parse_is_symbol(p, '('))
			p->at++;
		parse_primary(p);
		n->flags |= FLAG_NULLS;
	}
	parse_expect_symbol(p, ')');
	node_put(n, PIVOT_ALIAS, parse_alias(p));
	return parse_close(p, n);
}

static struct node *name_or_list(struct parser *p)
{
	if (parse_is_symbol(p, '('))
		return parse_ident_list(p);
	return parse_column_ident(p);
}

static struct node *unpivot(struct parser *p, struct node *left)
{
	struct node *n = parse_open_at(p, NODE_UNPIVOT, left->at);

	p->at++;
	if (parse_accept2(p, K_INCLUDE, K_NULLS))
		n->flags |= FLAG_NULLS;
	else
		parse_accept2(p, K_EXCLUDE, K_NULLS);
	parse_expect_symbol(p, '(');
	node_put(n, UNPIVOT_SOURCE, left);
	node_put(n, UNPIVOT_VALUE, name_or_list(p));
	parse_expect(p, K_FOR);
	node_put(n, UNPIVOT_NAME, name_or_list(p));
	parse_expect(p, K_IN);
	parse_expect_symbol(p, '(');
	node_put(n, UNPIVOT_COLUMNS, aliased_list(p));
	parse_expect_symbol(p, ')');
	parse_expect_symbol(p, ')');
	node_put(n, UNPIVOT_ALIAS, parse_alias(p));
	return parse_close(p, n);
}

static struct node *match(struct parser *p, struct node *left)
{
	struct node *n = parse_open_at(p, NODE_MATCH, left->at), *raw;

	p->at++;
	parse_expect_symbol(p, '(');
	raw = parse_open(p, NODE_RAW);
	if (!parse_skip_balanced(p))
		parse_fail(p, "a closing parenthesis");
	node_put(n, 0, left);
	node_put(n, 1, parse_close(p, raw));
	node_put(n, 2, parse_alias(p));
	return parse_close(p, n);
}

struct node *parse_relation_suffix(struct parser *p, struct node *left)
{
	while (!p->failed) {
		enum keyword k = parse_keyword(p, 0);

		if (k == K_PIVOT && (parse_symbol_at(p, 1, '(') || parse_keyword(p, 1) == K_XML))
			left = pivot(p, left);
		else if (k == K_UNPIVOT)
			left = unpivot(p, left);
		else if (k == K_MATCH_RECOGNIZE)
			left = match(p, left);
		else if (k == K_LATERAL && parse_is_word(p, 1, "VIEW"))
			left = lateral_view(p, left);
		else
			break;
	}
	return left;
}

struct join_words {
	int op; /* -1: no join here */
	bool natural, condition, hint;
};

/* JOIN after its adjectives; hints between (LEFT HASH JOIN) are taken, too. */
static bool accept_join(struct parser *p, uint32_t ahead)
{
	if (parse_keyword(p, ahead) == K_JOIN) {
		p->at += ahead + 1;
		return true;
	}
	if (parse_is_name(p, ahead) && parse_keyword(p, ahead + 1) == K_JOIN &&
	    (parse_is_word(p, ahead, "HASH") || parse_is_word(p, ahead, "LOOP") ||
	     parse_is_word(p, ahead, "MERGE") || parse_is_word(p, ahead, "REMOTE") ||
	     parse_is_word(p, ahead, "DIRECTED"))) {
		p->at += ahead + 2;
		return true;
	}
	return false;
}

static struct join_words side_join(struct parser *p, struct join_words w, uint32_t ahead, int op)
{
	enum keyword next = parse_keyword(p, ahead + 1);

	if (op == JOIN_LEFT_OUTER && (next == K_SEMI || next == K_ANTI)) {
		op = next == K_SEMI ? JOIN_SEMI : JOIN_ANTI;
		ahead++;
	} else if (next == K_OUTER) {
		ahead++;
	}
	w.op = accept_join(p, ahead + 1) ? op : -1;
	return w;
}

static struct join_words join_words(struct parser *p)
{
	struct join_words w = {.op = -1, .condition = true};
	uint32_t ahead = 0;

	if (parse_is(p, K_NATURAL)) {
		w.natural = true;
		ahead = 1;
	}
	switch (parse_keyword(p, ahead)) {
	case K_JOIN:
	case K_INNER:
		if (accept_join(p, ahead + (parse_keyword(p, ahead) == K_INNER)))
			w.op = JOIN_INNER;
		return w;
	case K_LEFT:
		return side_join(p, w, ahead, JOIN_LEFT_OUTER);
	case K_RIGHT:
		return side_join(p, w, ahead, JOIN_RIGHT_OUTER);
	case K_FULL:
		return side_join(p, w, ahead, JOIN_FULL_OUTER);
	case K_CROSS:
		if (parse_keyword(p, ahead + 1) == K_APPLY) {
			p->at += ahead + 2;
			w.op = JOIN_CROSS_APPLY;
			w.condition = false;
		} else if (accept_join(p, ahead + 1)) {
			w.op = JOIN_CROSS;
		}
		return w;
	case K_OUTER:
		if (parse_keyword(p, ahead + 1) == K_APPLY) {
			p->at += ahead + 2;
			w.op = JOIN_OUTER_APPLY;
			w.condition = false;
		}
		return w;
	case K_SEMI:
	case K_ANTI:
		w.op = parse_is(p, K_SEMI) ? JOIN_SEMI : JOIN_ANTI;
		if (!accept_join(p, ahead + 1))
			w.op = -1;
		return w;
	case K_ASOF:
		w.op = accept_join(p, ahead + 1) ? JOIN_ASOF : -1;
		return w;
	case K_STRAIGHT_JOIN:
		p->at += ahead + 1;
		w.op = JOIN_STRAIGHT;
		return w;
	default:
		return w;
	}
}

static bool join_condition(struct parser *p, struct node *n)
{
	if (parse_is(p, K_MATCH_CONDITION)) {
		p->at++;
		node_put(n, JOIN_MATCH, parse_primary(p));
	}
	if (parse_accept(p, K_ON)) {
		node_put(n, JOIN_ON, parse_expression(p));
		return true;
	}
	if (parse_is(p, K_USING) && parse_symbol_at(p, 1, '(')) {
		p->at++;
		node_put(n, JOIN_USING, parse_ident_list(p));
		return true;
	}
	return false;
}

/* a JOIN b JOIN c ON ... ON ...: the right side may be a join whose ON comes first. */
static void nested_join(struct parser *p, struct node *n)
{
	struct parse_mark mark = parse_mark(p);
	struct node *right = n->child[JOIN_RIGHT], *chain;

	if (p->retries >= RETRIES_MAX)
		return;
	p->retries++;
	chain = parse_joins(p, right);
	if (!p->failed && chain != right && (parse_is(p, K_ON) || parse_is(p, K_USING))) {
		node_put(n, JOIN_RIGHT, chain);
		join_condition(p, n);
		return;
	}
	parse_back(p, mark);
	node_put(n, JOIN_RIGHT, right);
}

struct node *parse_joins(struct parser *p, struct node *left)
{
	while (!p->failed) {
		uint32_t first = p->at;
		struct join_words w = join_words(p);
		struct node *n;

		if (w.op < 0)
			break;
		for (uint32_t i = first; i < p->at; i++) /* INNER HASH JOIN */
			w.hint |= i > first && !p->t->items[i].keyword;
		n = parse_open_at(p, NODE_JOIN, left->at);
		n->op = (uint8_t)w.op;
		n->flags |= w.natural ? FLAG_NATURAL : 0;
		if (w.hint || str_is_word(token_text(p->t, p->at - 2), "directed") ||
		    str_is_word(token_text(p->t, p->at - 2), "merge"))
			node_touch(n);
		node_put(n, JOIN_LEFT, left);
		node_put(n, JOIN_RIGHT, parse_relation_suffix(p, relation_primary(p)));
		if (w.condition && !join_condition(p, n) && !w.natural && w.op != JOIN_CROSS)
			nested_join(p, n);
		left = parse_relation_suffix(p, parse_close(p, n));
	}
	return left;
}

struct node *parse_relation(struct parser *p)
{
	struct node *n;

	if (!parse_enter(p)) {
		parse_leave(p);
		return parse_open(p, NODE_NONE);
	}
	n = parse_joins(p, parse_relation_suffix(p, relation_primary(p)));
	parse_leave(p);
	return n;
}

struct node *parse_from_list(struct parser *p)
{
	struct node *n = parse_open(p, NODE_FROM);

	do {
		node_add(p->a, n, parse_relation(p));
	} while (parse_accept_symbol(p, ','));
	return parse_close(p, n);
}

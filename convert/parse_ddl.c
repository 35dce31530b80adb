/*
 * parse_ddl.c - CREATE TABLE with the columns, constraints and options of all dialects, views,
 * indexes, ALTER, DROP, COMMENT.
 */
#include "convert/parse.h"

#include <string.h>

static struct node *option(struct parser *p, const char *text, size_t n)
{
	struct node *o = parse_open(p, NODE_OPTION);

	o->text = (struct str){text, n};
	return o;
}

/* Tokens of one option of a column: a word and, perhaps, what belongs to it. */
static struct node *column_option(struct parser *p)
{
	struct node *n = parse_open(p, NODE_OPTION);

	n->text = token_text(p->t, p->at);
	p->at++;
	while (!parse_at_end(p) && !parse_is_symbol(p, ',') && !parse_is_symbol(p, ')')) {
		enum keyword k = parse_keyword(p, 0);

		if (k == K_NOT || k == K_NULL || k == K_PRIMARY || k == K_UNIQUE ||
		    k == K_DEFAULT || k == K_REFERENCES || k == K_CHECK || k == K_COMMENT ||
		    k == K_CONSTRAINT || k == K_IDENTITY || k == K_GENERATED || k == K_ENCODE ||
		    k == K_SORTKEY || k == K_DISTKEY || k == K_AUTO_INCREMENT)
			break;
		if (parse_accept_symbol(p, '('))
			parse_skip_balanced(p);
		else
			p->at++;
	}
	return parse_close(p, n);
}

/* What may stand behind a constraint: ON DELETE CASCADE, NOT ENFORCED, WITH (...), USING INDEX */
/* USING INDEX TABLESPACE t PCTFREE 10 STORAGE (...): of the index behind the constraint. */
static bool index_storage(struct parser *p)
{
	static const char *const words[] = {"TABLESPACE", "PCTFREE", "INITRANS", "MAXTRANS"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (parse_is_word(p, 0, words[i])) {
			p->at += 2;
			return true;
		}
	if (parse_is_word(p, 0, "STORAGE") && parse_symbol_at(p, 1, '(')) {
		p->at += 2;
		return parse_skip_balanced(p);
	}
	if (parse_is_word(p, 0, "LOCAL") || parse_is_word(p, 0, "LOGGING") ||
	    parse_is_word(p, 0, "NOLOGGING") || parse_is_word(p, 0, "COMPUTE") ||
	    parse_is_word(p, 0, "STATISTICS") || parse_is_word(p, 0, "REVERSE")) {
		p->at++;
		return true;
	}
	return false;
}

static void constraint_tail(struct parser *p, struct node *n)
{
	struct node *o = parse_open(p, NODE_OPTION);

	for (;;) {
		enum keyword k = parse_keyword(p, 0);

		if (k == K_ON || k == K_DEFERRABLE || k == K_INITIALLY || k == K_MATCH ||
		    k == K_ENABLE || k == K_DISABLE || k == K_VALIDATE || k == K_USING ||
		    parse_is_word(p, 0, "ENFORCED") || parse_is_word(p, 0, "RELY") ||
		    parse_is_word(p, 0, "NOVALIDATE") || parse_is_word(p, 0, "NORELY") ||
		    parse_is_word(p, 0, "KEY_BLOCK_SIZE")) {
			p->at++;
			if (k == K_ON && parse_peek(p, 0)->kind == TOKEN_QUOTED) /* [PRIMARY] */
				p->at++;
		} else if (k == K_NOT && parse_is_word(p, 1, "ENFORCED")) {
			p->at += 2;
		} else if (k == K_NOT && parse_keyword(p, 1) == K_DEFERRABLE) {
			p->at += 2;
		} else if (p->at > o->first &&
			   (k == K_CASCADE || k == K_RESTRICT || k == K_NO || k == K_ACTION ||
			    k == K_SET || k == K_NULL || k == K_DELETE || k == K_UPDATE ||
			    k == K_DEFERRED || k == K_IMMEDIATE || k == K_FULL || k == K_INDEX ||
			    parse_is_word(p, 0, "BTREE"))) {
			p->at++;
		} else if (k == K_WITH && parse_symbol_at(p, 1, '(')) {
			p->at += 2;
			parse_skip_balanced(p);
		} else if (p->at == o->first || !index_storage(p)) {
			break;
		}
	}
	if (p->at > o->first)
		node_put(n, CONSTRAINT_OPTIONS, parse_close(p, o));
}

static struct node *reference(struct parser *p)
{
	struct node *n = parse_open(p, NODE_REFERENCE);

	parse_expect(p, K_REFERENCES);
	node_put(n, 0, parse_name(p));
	if (parse_is_symbol(p, '('))
		node_put(n, 1, parse_ident_list(p));
	return parse_close(p, n);
}

static void skip_clustered(struct parser *p, struct node *n)
{
	if (parse_accept(p, K_CLUSTERED) || parse_is_word(p, 0, "NONCLUSTERED")) {
		if (parse_is_word(p, 0, "NONCLUSTERED"))
			p->at++;
		node_touch(n);
	}
}

/* (a, b DESC, c(10)) as names */
static struct node *key_columns(struct parser *p)
{
	struct node *n;

	parse_expect_symbol(p, '(');
	n = parse_open(p, NODE_LIST);
	do {
		struct node *c = parse_expression(p);

		if (parse_accept(p, K_ASC) || parse_accept(p, K_DESC) ||
		    (c->kind == NODE_CALL && node_arg_count(c) == 1)) {
			node_touch(n);
			if (c->kind == NODE_CALL && c->child[CALL_NAME]->count == 1)
				c = c->child[CALL_NAME];
		}
		if (parse_is_word(p, 0, "TIMESERIES"))
			p->at++;
		node_add(p->a, n, c);
	} while (parse_accept_symbol(p, ','));
	parse_close(p, n);
	parse_expect_symbol(p, ')');
	return n;
}

static bool identity_word(const struct parser *p)
{
	static const char *const words[] = {"START",	"WITH",	   "INCREMENT",	 "BY",
					    "ORDER",	"NOORDER", "CACHE",	 "NOCACHE",
					    "CYCLE",	"NOCYCLE", "NOMAXVALUE", "NOMINVALUE",
					    "MINVALUE", "MAXVALUE"};

	if (parse_peek(p, 0)->kind == TOKEN_NUMBER || parse_is_symbol(p, '-'))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (parse_is_word(p, 0, words[i]))
			return true;
	return false;
}

/* A number with its sign at token `i`, as text. */
static struct str signed_number(const struct parser *p, uint32_t i)
{
	struct str s = token_text(p->t, i);
	struct str before = token_text(p->t, i - 1);

	if (str_is(before, "-")) {
		s.len = (size_t)(s.p + s.len - before.p);
		s.p = before.p;
	}
	return s;
}

/* (1, 1), (START WITH 1 INCREMENT BY 1), START 1 INCREMENT 1: kept unless it counts 1, 2, 3. */
static void identity_options(struct parser *p, struct node *n)
{
	struct str start = {"1", 1}, step = {"1", 1};
	uint32_t from = p->at, plain = 0;
	struct node *raw;
	const char *end;

	n->op = CONSTRAINT_IDENTITY;
	if (parse_accept_symbol(p, '('))
		parse_skip_balanced(p);
	else
		while (identity_word(p))
			p->at++;
	for (uint32_t i = from; i < p->at; i++) {
		uint32_t word = i - 1 - str_is(token_text(p->t, i - 1), "-");
		struct str before = token_text(p->t, word);

		if (p->t->items[i].kind != TOKEN_NUMBER)
			continue;
		if (str_is_word(before, "with") || str_is_word(before, "start") ||
		    (str_is(before, "(") && plain++ == 0))
			start = signed_number(p, i);
		else if (str_is_word(before, "by") || str_is_word(before, "increment") ||
			 str_is(before, ","))
			step = signed_number(p, i);
	}
	if (str_is(start, "1") && str_is(step, "1"))
		return;
	raw = node_make(p->a, NODE_RAW);
	end = step.p[0] == '-' ? "MAXVALUE" : "MINVALUE"; /* Postgres' are 1 and -1 */
	if (step.p[0] != '-' && start.p[0] != '-' && start.p[0] != '0')
		end = NULL;
	raw->text.p = end ? arena_printf(p->a, "(START WITH %.*s INCREMENT BY %.*s %s %.*s)",
					 (int)start.len, start.p, (int)step.len, step.p, end,
					 (int)start.len, start.p)
			  : arena_printf(p->a, "(START WITH %.*s INCREMENT BY %.*s)",
					 (int)start.len, start.p, (int)step.len, step.p);
	raw->text.len = strlen(raw->text.p);
	node_put(n, CONSTRAINT_OPTIONS, raw);
	node_touch(n);
}

static void generated(struct parser *p, struct node *n)
{
	n->op = CONSTRAINT_GENERATED;
	if (parse_accept(p, K_GENERATED)) {
		if (!parse_accept(p, K_ALWAYS)) {
			parse_expect(p, K_BY);
			parse_expect(p, K_DEFAULT);
			n->flags |= FLAG_BY_NAME; /* BY DEFAULT */
			if (parse_accept2(p, K_ON, K_NULL))
				node_touch(n);
		}
	}
	parse_accept(p, K_AS);
	if (parse_accept(p, K_IDENTITY)) {
		identity_options(p, n);
		return;
	}
	if (parse_is_symbol(p, '('))
		node_put(n, CONSTRAINT_VALUE, parse_primary(p));
	else
		node_put(n, CONSTRAINT_VALUE, node_paren(p->a, parse_expression(p)));
	if (parse_accept(p, K_VIRTUAL) || parse_accept(p, K_PERSISTED))
		node_touch(n);
	else if (!parse_accept(p, K_STORED))
		node_touch(n);
	if (parse_is(p, K_NOT) && parse_keyword(p, 1) == K_NULL && n->flags & FLAG_CHANGED)
		return;
}

static void identity(struct parser *p, struct node *n)
{
	p->at++;
	identity_options(p, n);
	node_touch(n);
}

static void named_constraint(struct parser *p, struct node *n)
{
	if (parse_is(p, K_CONSTRAINT)) {
		p->at++;
		if (parse_is_name(p, 0) && !parse_is(p, K_PRIMARY) && !parse_is(p, K_UNIQUE) &&
		    !parse_is(p, K_CHECK) && !parse_is(p, K_FOREIGN))
			node_put(n, CONSTRAINT_NAME, parse_column_ident(p));
	}
}

static struct node *column_constraint(struct parser *p)
{
	struct node *n = parse_open(p, NODE_CONSTRAINT);

	named_constraint(p, n);
	if (parse_is(p, K_NOT) && parse_keyword(p, 1) == K_NULL) {
		p->at += 2;
		n->op = CONSTRAINT_NOT_NULL;
	} else if (parse_accept(p, K_NULL)) {
		n->op = CONSTRAINT_NULL;
	} else if (parse_accept2(p, K_PRIMARY, K_KEY) || parse_accept(p, K_KEY)) {
		if (p->at - n->first == 1)
			node_touch(n);
		n->op = CONSTRAINT_PRIMARY;
		skip_clustered(p, n);
	} else if (parse_accept(p, K_UNIQUE)) {
		n->op = CONSTRAINT_UNIQUE;
		if (parse_accept(p, K_KEY))
			node_touch(n);
		skip_clustered(p, n);
	} else if (parse_accept(p, K_DEFAULT)) {
		n->op = CONSTRAINT_DEFAULT;
		node_put(n, CONSTRAINT_VALUE, parse_binary(p, BIND_OTHER));
		if (parse_accept2(p, K_WITH, K_VALUES))
			node_touch(n);
	} else if (parse_accept(p, K_CHECK)) {
		n->op = CONSTRAINT_CHECK;
		node_put(n, CONSTRAINT_VALUE, parse_primary(p));
	} else if (parse_is(p, K_REFERENCES) ||
		   (parse_is(p, K_FOREIGN) && parse_keyword(p, 2) == K_REFERENCES)) {
		if (parse_accept2(p, K_FOREIGN, K_KEY))
			node_touch(n);
		n->op = CONSTRAINT_FOREIGN;
		node_put(n, CONSTRAINT_REFERENCE, reference(p));
	} else if (parse_is(p, K_GENERATED) || parse_is(p, K_AS)) {
		generated(p, n);
	} else if (parse_is(p, K_IDENTITY) || parse_is(p, K_AUTO_INCREMENT) ||
		   parse_is(p, K_AUTOINCREMENT)) {
		identity(p, n);
	} else if (parse_accept(p, K_COMMENT)) {
		n->op = CONSTRAINT_COMMENT;
		parse_accept_symbol(p, '=');
		node_put(n, CONSTRAINT_VALUE, parse_primary(p));
	} else {
		n->op = CONSTRAINT_OTHER;
		node_put(n, CONSTRAINT_OPTIONS, column_option(p));
		return parse_close(p, n);
	}
	constraint_tail(p, n);
	return parse_close(p, n);
}

struct node *parse_column_def(struct parser *p)
{
	struct node *n = parse_open(p, NODE_COLUMN_DEF), *constraints;

	node_put(n, COLUMN_DEF_NAME, parse_column_ident(p));
	parse_accept_symbol(p, ':');
	if (!parse_is(p, K_AS) && !parse_is_symbol(p, ',') && !parse_is_symbol(p, ')') &&
	    !parse_is(p, K_COMMENT) && !parse_is(p, K_DEFAULT) && !parse_is(p, K_NOT) &&
	    !parse_is(p, K_NULL) && !parse_at_end(p))
		node_put(n, COLUMN_DEF_TYPE, parse_type(p));
	constraints = parse_open(p, NODE_LIST);
	while (!p->failed && !parse_at_end(p) && !parse_is_symbol(p, ',') &&
	       !parse_is_symbol(p, ')') && !parse_is_symbol(p, ';'))
		node_add(p->a, constraints, column_constraint(p));
	node_put(n, COLUMN_DEF_CONSTRAINTS, parse_close(p, constraints));
	return parse_close(p, n);
}

static bool begins_table_constraint(const struct parser *p)
{
	enum keyword k = parse_keyword(p, 0), next = parse_keyword(p, 1);

	switch (k) {
	case K_CONSTRAINT:
		return true;
	case K_PRIMARY:
	case K_FOREIGN:
		return next == K_KEY;
	case K_UNIQUE:
	case K_CHECK:
		return true;
	case K_KEY:
	case K_INDEX:
		if (p->d->flags & DIALECT_PLUS_CONCAT && k == K_INDEX)
			return parse_is_name(p, 1);
		return next == K_USING || parse_symbol_at(p, 1, '(') ||
		       parse_symbol_at(p, 2, '(') || parse_keyword(p, 2) == K_USING;
	case K_FULLTEXT:
	case K_SPATIAL:
		return true;
	default:
		return false;
	}
}

static void index_constraint(struct parser *p, struct node *n)
{
	n->op = CONSTRAINT_INDEX;
	while (parse_is(p, K_FULLTEXT) || parse_is(p, K_SPATIAL) || parse_is(p, K_KEY) ||
	       parse_is(p, K_INDEX))
		p->at++;
	if (parse_is_name(p, 0) && !parse_is(p, K_USING))
		node_put(n, CONSTRAINT_NAME, parse_column_ident(p));
	if (parse_accept(p, K_USING))
		p->at++;
	while (parse_is_word(p, 0, "CLUSTERED") || parse_is_word(p, 0, "NONCLUSTERED") ||
	       parse_is(p, K_UNIQUE))
		p->at++;
	node_put(n, CONSTRAINT_COLUMNS, key_columns(p));
}

struct node *parse_table_constraint(struct parser *p)
{
	struct node *n = parse_open(p, NODE_CONSTRAINT);

	named_constraint(p, n);
	if (parse_accept2(p, K_PRIMARY, K_KEY)) {
		n->op = CONSTRAINT_PRIMARY;
		skip_clustered(p, n);
		if (parse_is_name(p, 0) && !parse_is(p, K_USING)) { /* a name that means nothing */
			p->at++;
			node_touch(n);
		}
		if (parse_accept(p, K_USING)) {
			p->at++;
			node_touch(n);
		}
		node_put(n, CONSTRAINT_COLUMNS, key_columns(p));
	} else if (parse_accept(p, K_UNIQUE)) {
		n->op = CONSTRAINT_UNIQUE;
		if (parse_accept(p, K_KEY) || parse_accept(p, K_INDEX))
			node_touch(n);
		skip_clustered(p, n);
		if (parse_is_name(p, 0) && !parse_is(p, K_USING)) {
			node_put(n, CONSTRAINT_NAME, parse_column_ident(p));
			node_touch(n);
		}
		if (parse_accept(p, K_USING))
			p->at++;
		node_put(n, CONSTRAINT_COLUMNS, key_columns(p));
	} else if (parse_accept2(p, K_FOREIGN, K_KEY)) {
		n->op = CONSTRAINT_FOREIGN;
		if (parse_is_name(p, 0) && !parse_is_symbol(p, '(')) {
			parse_ident(p);
			node_touch(n);
		}
		node_put(n, CONSTRAINT_COLUMNS, parse_ident_list(p));
		node_put(n, CONSTRAINT_REFERENCE, reference(p));
	} else if (parse_accept(p, K_CHECK)) {
		n->op = CONSTRAINT_CHECK;
		node_put(n, CONSTRAINT_VALUE, parse_primary(p));
	} else {
		index_constraint(p, n);
	}
	constraint_tail(p, n);
	if (parse_accept(p, K_COMMENT)) {
		parse_primary(p);
		node_touch(n);
	}
	return parse_close(p, n);
}

struct node *parse_table_element(struct parser *p)
{
	return begins_table_constraint(p) ? parse_table_constraint(p) : parse_column_def(p);
}

struct node *parse_table_elements(struct parser *p)
{
	struct node *n;

	parse_expect_symbol(p, '(');
	n = parse_open(p, NODE_LIST);
	do {
		if (parse_is_symbol(p, ')') && n->count) { /* a comma too many */
			node_touch(n);
			break;
		}
		if (parse_is(p, K_LIKE)) {
			struct node *o = parse_open(p, NODE_OPTION);

			o->text = (struct str){"like", 4};
			while (!parse_at_end(p) && !parse_is_symbol(p, ',') &&
			       !parse_is_symbol(p, ')'))
				p->at++;
			node_add(p->a, n, parse_close(p, o));
		} else if (begins_table_constraint(p)) {
			node_add(p->a, n, parse_table_constraint(p));
		} else {
			node_add(p->a, n, parse_column_def(p));
		}
	} while (parse_accept_symbol(p, ',') && !p->failed);
	parse_close(p, n);
	parse_expect_symbol(p, ')');
	return n;
}

static bool begins_body(const struct parser *p)
{
	return (parse_is(p, K_AS) && parse_begins_query(p, 1)) || parse_begins_query(p, 0);
}

/* First words of a table's options; others go on until one of them. */
static bool begins_option(const struct parser *p)
{
	switch (parse_keyword(p, 0)) {
	case K_USING:
	case K_PARTITIONED:
	case K_PARTITION:
	case K_CLUSTER:
	case K_CLUSTERED:
	case K_LOCATION:
	case K_TBLPROPERTIES:
	case K_OPTIONS:
	case K_COMMENT:
	case K_STORED:
	case K_ROW:
	case K_ENGINE:
	case K_CHARSET:
	case K_AUTO_INCREMENT:
	case K_COLLATE:
	case K_DISTKEY:
	case K_SORTKEY:
	case K_DISTSTYLE:
	case K_COMPOUND:
	case K_INTERLEAVED:
	case K_BACKUP:
	case K_TABLESPACE:
	case K_WITH:
	case K_DEFAULT:
		return true;
	default:
		return false;
	}
}

static struct node *table_option(struct parser *p)
{
	struct str text = token_text(p->t, p->at);
	struct node *n = option(p, text.p, text.len);

	if (parse_accept(p, K_COMMENT)) {
		parse_accept_symbol(p, '=');
		node_put(n, 1, parse_primary(p));
		return parse_close(p, n);
	}
	do {
		if (parse_accept_symbol(p, '('))
			parse_skip_balanced(p);
		else
			p->at++;
	} while (!p->failed && !parse_at_end(p) && !parse_is_symbol(p, ';') &&
		 !parse_is_symbol(p, ',') && !begins_body(p) &&
		 !(begins_option(p) && !parse_is(p, K_ROW)));
	return parse_close(p, n);
}

static struct node *table_options(struct parser *p)
{
	struct node *n = parse_open(p, NODE_LIST);

	while (!p->failed && !parse_at_end(p) && !parse_is_symbol(p, ';') && !begins_body(p)) {
		node_add(p->a, n, table_option(p));
		parse_accept_symbol(p, ',');
	}
	return n->count ? parse_close(p, n) : NULL;
}

static void if_not_exists(struct parser *p, struct node *n)
{
	if (parse_is(p, K_IF) && parse_keyword(p, 1) == K_NOT) {
		p->at += 2;
		parse_expect(p, K_EXISTS);
		n->flags |= FLAG_IF_EXISTS;
	}
}

static struct node *create_table(struct parser *p, struct node *n)
{
	n->kind = NODE_CREATE_TABLE;
	if_not_exists(p, n);
	node_put(n, TABLE_DEF_NAME, parse_name(p));
	if (n->child[TABLE_DEF_NAME]->child[n->child[TABLE_DEF_NAME]->count - 1]->op == 1) {
		n->flags |= FLAG_TEMPORARY; /* #temp */
		node_touch(n);
	}
	if (parse_is_symbol(p, '(') && !parse_begins_query(p, 0))
		node_put(n, TABLE_DEF_ELEMENTS, parse_table_elements(p));
	if (parse_accept(p, K_LIKE))
		node_put(n, TABLE_DEF_LIKE, parse_name(p));
	node_put(n, TABLE_DEF_OPTIONS, table_options(p));
	if (begins_body(p)) {
		if (!parse_accept(p, K_AS))
			node_touch(n);
		node_put(n, TABLE_DEF_QUERY, parse_query(p));
		if (parse_is(p, K_WITH)) {
			parse_accept(p, K_WITH);
			parse_accept(p, K_NO);
			parse_accept(p, K_DATA);
		}
	}
	return parse_close(p, n);
}

static struct node *view_columns(struct parser *p)
{
	struct node *n;

	parse_expect_symbol(p, '(');
	n = parse_open(p, NODE_LIST);
	do {
		struct node *c = parse_column_ident(p);

		if (parse_accept(p, K_COMMENT)) {
			parse_primary(p);
			node_touch(n);
		}
		node_add(p->a, n, c);
	} while (parse_accept_symbol(p, ','));
	parse_close(p, n);
	parse_expect_symbol(p, ')');
	return n;
}

/* T-SQL: WITH SCHEMABINDING, VIEW_METADATA AS SELECT, which is no WITH of a query. */
static struct node *view_words(struct parser *p)
{
	struct node *n;

	if (!parse_is(p, K_WITH) ||
	    !(parse_is_word(p, 1, "SCHEMABINDING") || parse_is_word(p, 1, "ENCRYPTION") ||
	      parse_is_word(p, 1, "VIEW_METADATA")))
		return NULL;
	n = parse_open(p, NODE_LIST);
	while (!parse_at_end(p) && !parse_is(p, K_AS))
		p->at++;
	return parse_close(p, n);
}

/* Behind the query: CHECK OPTION and NO DATA stay, NO SCHEMA BINDING and READ ONLY are options. */
static void view_tail(struct parser *p, struct node *n)
{
	struct node *tail = parse_open(p, NODE_RAW);
	uint32_t kind = 1;

	kind += parse_is_word(p, 1, "CASCADED") || parse_is_word(p, 1, "LOCAL") ||
		parse_is_word(p, 1, "NO");
	if (parse_is_word(p, kind, "CHECK") || parse_is_word(p, kind, "DATA")) {
		p->at += kind + (parse_is_word(p, kind, "CHECK") ? 2 : 1);
		parse_close(p, tail);
		tail->text = (struct str){p->t->text.p + p->t->items[tail->first].begin,
					  p->t->items[tail->last - 1].end -
						  p->t->items[tail->first].begin};
		node_put(n, VIEW_DEF_TAIL, tail);
	}
	if (parse_at_end(p))
		return;
	tail = parse_open(p, NODE_RAW);
	parse_take_rest(p);
	node_touch(n);
	if (!n->child[VIEW_DEF_OPTIONS])
		node_put(n, VIEW_DEF_OPTIONS, parse_close(p, tail));
}

static struct node *create_view(struct parser *p, struct node *n)
{
	struct node *options;

	n->kind = NODE_CREATE_VIEW;
	if_not_exists(p, n);
	node_put(n, VIEW_DEF_NAME, parse_name(p));
	if (parse_is_symbol(p, '(') && !parse_begins_query(p, 0))
		node_put(n, VIEW_DEF_COLUMNS, view_columns(p));
	options = view_words(p);
	node_put(n, VIEW_DEF_OPTIONS, options ? options : table_options(p));
	if (!parse_accept(p, K_AS))
		node_touch(n);
	node_put(n, VIEW_DEF_QUERY, parse_query(p));
	if (parse_is(p, K_WITH))
		view_tail(p, n);
	return parse_close(p, n);
}

struct node *parse_rest(struct parser *p, enum node_kind kind)
{
	struct node *n = parse_open(p, kind);

	n->text = token_text(p->t, p->at);
	parse_take_rest(p);
	return parse_close(p, n);
}

/* Words between CREATE and the kind of object. */
static void create_words(struct parser *p, struct node *n)
{
	for (;;) {
		if (parse_accept2(p, K_OR, K_REPLACE) || parse_accept2(p, K_OR, K_ALTER)) {
			n->flags |= FLAG_REPLACE;
			if (parse_keyword(p, (uint32_t)-1) == K_ALTER)
				node_touch(n);
		} else if (parse_accept(p, K_TEMPORARY) || parse_accept(p, K_TEMP)) {
			n->flags |= FLAG_TEMPORARY;
		} else if (parse_is_word(p, 0, "MATERIALIZED") && parse_keyword(p, 1) == K_VIEW) {
			n->flags |= FLAG_MATERIALIZED;
			p->at++;
		} else if (parse_is(p, K_GLOBAL) || parse_is(p, K_LOCAL) ||
			   parse_is(p, K_TRANSIENT) || parse_is(p, K_VOLATILE) ||
			   parse_is(p, K_FORCE) || parse_is_word(p, 0, "SECURE") ||
			   parse_is(p, K_EXTERNAL) || parse_is_word(p, 0, "PRIVATE") ||
			   parse_is_word(p, 0, "EDITIONABLE")) {
			p->at++;
			node_touch(n);
		} else if (parse_is_word(p, 0, "ALGORITHM") || parse_is_word(p, 0, "DEFINER")) {
			p->at++;
			while (!parse_at_end(p) && !parse_is(p, K_VIEW) &&
			       !parse_is_word(p, 0, "SQL") && !parse_is_word(p, 0, "DEFINER"))
				p->at++;
			node_touch(n);
		} else if (parse_is_word(p, 0, "SQL") && parse_is_word(p, 1, "SECURITY")) {
			p->at += 3;
			node_touch(n);
		} else {
			break;
		}
	}
}

struct node *parse_create(struct parser *p)
{
	struct node *n = node_new(p->a, NODE_CREATE_TABLE), *raw;
	uint32_t first = p->at;
	enum keyword k;

	n->first = n->at = first;
	p->at++;
	create_words(p, n);
	if (parse_accept(p, K_TABLE))
		return create_table(p, n);
	if (parse_accept(p, K_VIEW)) {
		n->count = VIEW_DEF_TAIL + 1;
		return create_view(p, n);
	}
	k = parse_keyword(p, 0);
	p->at = first;
	raw = parse_rest(p, k == K_FUNCTION || k == K_PROCEDURE || k == K_PROC || k == K_TRIGGER ||
					    k == K_PACKAGE
				    ? NODE_PROCEDURAL
				    : NODE_CREATE_OTHER);
	raw->text = (struct str){keyword_text(k), k ? 1u : 0};
	while (raw->text.len && raw->text.p[raw->text.len])
		raw->text.len++;
	return raw;
}

struct node *parse_alter(struct parser *p)
{
	return parse_rest(p, NODE_UTILITY);
}

struct node *parse_drop(struct parser *p)
{
	return parse_rest(p, NODE_UTILITY);
}

struct node *parse_comment(struct parser *p)
{
	return parse_rest(p, NODE_UTILITY);
}

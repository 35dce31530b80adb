/*
 * print_expression.c - how each kind of expression is written in Postgres.
 */
#include "convert/print.h"

#include <stdlib.h>
#include <string.h>

static void list(struct printer *p, const struct node *n)
{
	print_list(p, n, ", ");
}

static void ident(struct printer *p, const struct node *n)
{
	print_name_text(p, n->text, n->flags & FLAG_QUOTED);
}

static void dotted(struct printer *p, const struct node *n)
{
	for (uint32_t i = 0; i < n->count; i++) {
		if (i)
			buf_putc(p->out, '.');
		if (i && !(n->child[i]->flags & (FLAG_CHANGED | FLAG_QUOTED)))
			buf_add(p->out, n->child[i]->text.p, n->child[i]->text.len);
		else
			print_node(p, n->child[i]);
	}
}

static void star(struct printer *p, const struct node *n)
{
	if (n->child[STAR_QUALIFIER]) {
		print_node(p, n->child[STAR_QUALIFIER]);
		print_text(p, ".");
	}
	print_text(p, "*");
}

static void number(struct printer *p, const struct node *n)
{
	if (n->text.len && n->text.p[n->text.len - 1] == '.')
		print_str(p, (struct str){n->text.p, n->text.len - 1});
	else
		print_str(p, n->text);
}

static void string(struct printer *p, const struct node *n)
{
	print_string_text(p, n->text);
}

static void bytes(struct printer *p, const struct node *n)
{
	print_text(p, "'\\x");
	if (n->text.len % 2)
		buf_putc(p->out, '0');
	buf_add(p->out, n->text.p, n->text.len);
	buf_puts(p->out, "'::bytea");
}

static void null(struct printer *p, const struct node *n)
{
	(void)n;
	print_text(p, "NULL");
}

static void boolean(struct printer *p, const struct node *n)
{
	print_text(p, n->op ? "true" : "false");
}

static void typed(struct printer *p, const struct node *n)
{
	print_node(p, n->child[0]);
	print_text(p, " ");
	print_node(p, n->child[1]);
}

static void interval(struct printer *p, const struct node *n)
{
	const struct node *v = n->child[0];
	bool literal = v->kind == NODE_STRING || v->kind == NODE_NUMBER;
	char *both;

	print_text(p, "INTERVAL ");
	if (!literal || n->text.len == 0) {
		if (v->kind == NODE_NUMBER)
			print_string_text(p, v->text);
		else
			print_node(p, v);
		return;
	}
	both = xasprintf("%.*s %.*s", (int)v->text.len, v->text.p, (int)n->text.len, n->text.p);
	print_string_text(p, (struct str){both, strlen(both)});
	free(both);
}

static void parameter(struct printer *p, const struct node *n)
{
	if (n->number) {
		print_text(p, "$");
		buf_printf(p->out, "%u", n->number);
	} else {
		print_str(p, n->text);
	}
}

static void unary(struct printer *p, const struct node *n)
{
	print_text(p, operator_text((enum operator)n->op));
	if (n->op == OP_NOT)
		print_text(p, " ");
	print_child(p, n, 0);
}

static void binary(struct printer *p, const struct node *n)
{
	print_child(p, n, 0);
	print_text(p, " ");
	if (n->op == OP_OTHER)
		print_str(p, n->text);
	else
		print_text(p, operator_text((enum operator)n->op));
	print_text(p, " ");
	print_child(p, n, 1);
}

static void logic(struct printer *p, const struct node *n)
{
	print_list(p, n, n->op == OP_AND ? " AND " : " OR ");
}

static void not_word(struct printer *p, const struct node *n)
{
	print_text(p, n->flags & FLAG_NOT ? " NOT " : " ");
}

static void between(struct printer *p, const struct node *n)
{
	print_child(p, n, 0);
	not_word(p, n);
	print_text(p, n->flags & FLAG_SYMMETRIC ? "BETWEEN SYMMETRIC " : "BETWEEN ");
	print_child(p, n, 1);
	print_text(p, " AND ");
	print_child(p, n, 2);
}

static void in(struct printer *p, const struct node *n)
{
	print_child(p, n, 0);
	not_word(p, n);
	print_text(p, "IN ");
	print_text(p, "(");
	if (n->child[1]->kind == NODE_LIST && n->child[1]->count == 0)
		print_text(p, "NULL");
	print_node(p, n->child[1]);
	print_text(p, ")");
}

static void like(struct printer *p, const struct node *n)
{
	static const char *const words[] = {"LIKE ", "ILIKE ", "~ ", "SIMILAR TO ", "LIKE "};
	bool group = n->flags & (FLAG_ANY | FLAG_ALL);

	print_child(p, n, 0);
	if (n->op == LIKE_RLIKE) {
		print_text(p, n->flags & FLAG_NOT ? " !~" : " ~");
		print_text(p, n->flags & FLAG_SPECIAL ? "* " : " ");
	} else {
		not_word(p, n);
		print_text(p, words[n->op]);
	}
	if (group)
		print_text(p, n->flags & FLAG_ANY ? "ANY (" : "ALL (");
	if (group && n->child[1]->kind == NODE_LIST)
		print_text(p, "ARRAY[");
	print_child(p, n, 1);
	if (group)
		print_text(p, n->child[1]->kind == NODE_LIST ? "])" : ")");
	if (n->child[2]) {
		print_text(p, " ESCAPE ");
		print_child(p, n, 2);
	}
}

static void is(struct printer *p, const struct node *n)
{
	static const char *const words[] = {"NULL",    "TRUE",		 "FALSE",
					    "UNKNOWN", "DISTINCT FROM ", ""};

	print_child(p, n, 0);
	print_text(p, n->flags & FLAG_NOT ? " IS NOT " : " IS ");
	print_text(p, words[n->op]);
	print_child(p, n, 1);
}

static void exists(struct printer *p, const struct node *n)
{
	print_text(p, "EXISTS (");
	print_node(p, n->child[0]);
	print_text(p, ")");
}

static void in_parentheses(struct printer *p, const struct node *n)
{
	print_text(p, "(");
	print_node(p, n->child[0]);
	print_text(p, ")");
}

static void quantified(struct printer *p, const struct node *n)
{
	print_child(p, n, 0);
	print_text(p, " ");
	print_text(p, operator_text((enum operator)n->op));
	print_text(p, n->flags & FLAG_ALL ? " ALL (" : " ANY (");
	print_node(p, n->child[1]);
	print_text(p, ")");
}

static void row(struct printer *p, const struct node *n)
{
	print_text(p, n->text.len ? "ROW(" : "(");
	print_list(p, n, ", ");
	print_text(p, ")");
}

static void array(struct printer *p, const struct node *n)
{
	print_text(p, "ARRAY[");
	print_list(p, n, ", ");
	print_text(p, "]");
}

static void array_query(struct printer *p, const struct node *n)
{
	print_text(p, "ARRAY(");
	print_node(p, n->child[0]);
	print_text(p, ")");
}

static void object(struct printer *p, const struct node *n)
{
	print_text(p, "jsonb_build_object(");
	print_list(p, n, ", ");
	print_text(p, ")");
}

static void case_expression(struct printer *p, const struct node *n)
{
	print_text(p, "CASE");
	if (n->child[CASE_OPERAND]) {
		print_text(p, " ");
		print_node(p, n->child[CASE_OPERAND]);
	}
	print_text(p, " ");
	print_list(p, n->child[CASE_WHENS], " ");
	if (n->child[CASE_ELSE]) {
		print_text(p, " ELSE ");
		print_node(p, n->child[CASE_ELSE]);
	}
	print_text(p, " END");
}

static void when(struct printer *p, const struct node *n)
{
	print_text(p, "WHEN ");
	print_node(p, n->child[0]);
	print_text(p, " THEN ");
	print_node(p, n->child[1]);
}

static void cast(struct printer *p, const struct node *n)
{
	if (n->op == CAST_COLONS) {
		print_child(p, n, CAST_VALUE);
		print_text(p, "::");
		print_node(p, n->child[CAST_TYPE]);
		return;
	}
	print_text(p, "CAST(");
	print_node(p, n->child[CAST_VALUE]);
	print_text(p, " AS ");
	print_node(p, n->child[CAST_TYPE]);
	print_text(p, ")");
}

/* Arguments stand after the first word where the type's words end with a zone. */
static void type(struct printer *p, const struct node *n)
{
	const char *with = n->count ? memmem(n->text.p, n->text.len, " with", 5) : NULL;
	size_t head = with ? (size_t)(with - n->text.p) : n->text.len;

	print_str(p, (struct str){n->text.p, head});
	if (n->count) {
		buf_putc(p->out, '(');
		print_list(p, n, ",");
		buf_putc(p->out, ')');
	}
	buf_add(p->out, n->text.p + head, n->text.len - head);
	for (unsigned i = 0; i < n->op; i++)
		buf_puts(p->out, "[]");
}

static void call_words(struct printer *p, const struct node *n)
{
	static const char *const sides[] = {"BOTH", "LEADING", "TRAILING"};
	static const char *const overlay[] = {"", " PLACING ", " FROM ", " FOR "};
	struct str name = node_last_name(n->child[CALL_NAME]);
	const struct node *args = n->child[CALL_ARGS];

	if (str_is_word(name, "extract")) {
		print_node(p, args->child[0]);
		print_text(p, " FROM ");
		print_child(p, args, 1);
	} else if (str_is_word(name, "trim")) {
		print_text(p, sides[n->op]);
		if (args->count > 1) {
			print_text(p, " ");
			print_node(p, args->child[1]);
		}
		print_text(p, " FROM ");
		print_node(p, args->child[0]);
	} else if (str_is_word(name, "position")) {
		print_node(p, args->child[0]);
		print_text(p, " IN ");
		print_node(p, args->child[1]);
	} else if (str_is_word(name, "overlay")) {
		for (uint32_t i = 0; i < args->count && i < 4; i++) {
			print_text(p, overlay[i]);
			print_node(p, args->child[i]);
		}
	} else {
		print_list(p, args, ", ");
	}
}

static void order_by(struct printer *p, const struct node *order)
{
	print_text(p, "ORDER BY ");
	print_list(p, order, ", ");
}

/* Words that are reserved may be functions: current_date, left(). */
static void call_name(struct printer *p, const struct node *name)
{
	if (name->count == 1 && !(name->child[0]->flags & FLAG_QUOTED))
		print_str(p, name->child[0]->text);
	else
		print_node(p, name);
}

static void call(struct printer *p, const struct node *n)
{
	call_name(p, n->child[CALL_NAME]);
	if (n->flags & FLAG_BARE)
		return;
	print_text(p, "(");
	if (n->flags & FLAG_DISTINCT)
		print_text(p, "DISTINCT ");
	if (n->flags & FLAG_SPECIAL)
		call_words(p, n);
	else
		print_node(p, n->child[CALL_ARGS]);
	if (n->child[CALL_ORDER]) {
		print_text(p, " ");
		order_by(p, n->child[CALL_ORDER]);
	}
	print_text(p, ")");
	if (n->child[CALL_WITHIN]) {
		print_text(p, " WITHIN GROUP (");
		order_by(p, n->child[CALL_WITHIN]);
		print_text(p, ")");
	}
	if (n->child[CALL_FILTER]) {
		print_text(p, " FILTER (WHERE ");
		print_node(p, n->child[CALL_FILTER]);
		print_text(p, ")");
	}
	if (n->child[CALL_OVER]) {
		print_text(p, " OVER ");
		print_node(p, n->child[CALL_OVER]);
	}
}

static void arg(struct printer *p, const struct node *n)
{
	print_str(p, n->text);
	print_text(p, " => ");
	print_node(p, n->child[0]);
}

static void index_of(struct printer *p, const struct node *n)
{
	print_child(p, n, 0);
	print_text(p, "[");
	print_node(p, n->child[1]);
	print_text(p, "]");
}

static void slice(struct printer *p, const struct node *n)
{
	print_child(p, n, 0);
	print_text(p, "[");
	print_node(p, n->child[1]);
	print_text(p, ":");
	print_node(p, n->child[2]);
	print_text(p, "]");
}

static void member(struct printer *p, const struct node *n)
{
	print_child(p, n, 0);
	print_text(p, ".");
	print_node(p, n->child[1]);
}

static void collate(struct printer *p, const struct node *n)
{
	print_child(p, n, 0);
	print_text(p, " COLLATE ");
	print_node(p, n->child[1]);
}

static void at_zone(struct printer *p, const struct node *n)
{
	print_child(p, n, 0);
	print_text(p, " AT TIME ZONE ");
	print_child(p, n, 1);
}

static void assign(struct printer *p, const struct node *n)
{
	print_node(p, n->child[0]);
	print_text(p, n->op == ':' ? " := " : " = ");
	if (n->op && n->op != ':') { /* a += b */
		char op[4] = {' ', (char)n->op, ' ', '\0'};

		print_node(p, n->child[0]);
		print_text(p, op);
	}
	print_node(p, n->child[1]);
}

static void window(struct printer *p, const struct node *n)
{
	const char *blank = "";

	if (n->op) {
		print_node(p, n->child[WINDOW_BASE]);
		return;
	}
	print_text(p, "(");
	if (n->child[WINDOW_BASE]) {
		print_node(p, n->child[WINDOW_BASE]);
		blank = " ";
	}
	if (n->child[WINDOW_PARTITION]) {
		print_text(p, blank);
		print_text(p, "PARTITION BY ");
		print_node(p, n->child[WINDOW_PARTITION]);
		blank = " ";
	}
	if (n->child[WINDOW_ORDER]) {
		print_text(p, blank);
		order_by(p, n->child[WINDOW_ORDER]);
		blank = " ";
	}
	if (n->child[WINDOW_FRAME]) {
		print_text(p, blank);
		print_node(p, n->child[WINDOW_FRAME]);
	}
	print_text(p, ")");
}

static void frame(struct printer *p, const struct node *n)
{
	static const char *const words[] = {"ROWS ", "RANGE ", "GROUPS "};

	print_text(p, words[n->op]);
	if (n->child[1])
		print_text(p, "BETWEEN ");
	print_node(p, n->child[0]);
	if (n->child[1]) {
		print_text(p, " AND ");
		print_node(p, n->child[1]);
	}
	if (n->text.len) {
		print_text(p, " EXCLUDE ");
		print_str(p, n->text);
	}
}

static void bound(struct printer *p, const struct node *n)
{
	static const char *const words[] = {"UNBOUNDED PRECEDING", " PRECEDING", "CURRENT ROW",
					    " FOLLOWING", "UNBOUNDED FOLLOWING"};

	print_node(p, n->child[0]);
	print_text(p, words[n->op]);
}

static void sort(struct printer *p, const struct node *n)
{
	if (n->flags & FLAG_ALL)
		print_text(p, "ALL");
	print_node(p, n->child[0]);
	if (n->flags & FLAG_DESC)
		print_text(p, " DESC");
	else if (n->flags & FLAG_ASC)
		print_text(p, " ASC");
	if (n->op)
		print_text(p, n->op == SORT_NULLS_FIRST ? " NULLS FIRST" : " NULLS LAST");
}

/* Made by a rule: its words, then its children. */
static void raw(struct printer *p, const struct node *n)
{
	print_str(p, n->text);
	for (uint32_t i = 0; i < n->count; i++) {
		if ((i || n->text.len) && !str_is(n->child[i]->text, ","))
			print_text(p, " ");
		print_node(p, n->child[i]);
	}
}

print_function *const print_expression_kinds[NODE_KIND_COUNT] = {
	[NODE_LIST] = list,
	[NODE_IDENT] = ident,
	[NODE_COLUMN] = dotted,
	[NODE_NAME] = dotted,
	[NODE_STAR] = star,
	[NODE_NUMBER] = number,
	[NODE_STRING] = string,
	[NODE_BYTES] = bytes,
	[NODE_NULL] = null,
	[NODE_BOOL] = boolean,
	[NODE_TYPED] = typed,
	[NODE_INTERVAL] = interval,
	[NODE_PARAMETER] = parameter,
	[NODE_UNARY] = unary,
	[NODE_BINARY] = binary,
	[NODE_LOGIC] = logic,
	[NODE_BETWEEN] = between,
	[NODE_IN] = in,
	[NODE_LIKE] = like,
	[NODE_IS] = is,
	[NODE_EXISTS] = exists,
	[NODE_SUBQUERY] = in_parentheses,
	[NODE_QUANTIFIED] = quantified,
	[NODE_PAREN] = in_parentheses,
	[NODE_ROW] = row,
	[NODE_ARRAY] = array,
	[NODE_ARRAY_QUERY] = array_query,
	[NODE_OBJECT] = object,
	[NODE_CASE] = case_expression,
	[NODE_WHEN] = when,
	[NODE_CAST] = cast,
	[NODE_TYPE] = type,
	[NODE_CALL] = call,
	[NODE_ARG] = arg,
	[NODE_INDEX] = index_of,
	[NODE_SLICE] = slice,
	[NODE_MEMBER] = member,
	[NODE_COLLATE] = collate,
	[NODE_AT_ZONE] = at_zone,
	[NODE_ASSIGN] = assign,
	[NODE_WINDOW] = window,
	[NODE_FRAME] = frame,
	[NODE_BOUND] = bound,
	[NODE_SORT] = sort,
	[NODE_RAW] = raw,
};

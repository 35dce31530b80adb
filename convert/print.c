/*
 * print.c - copying the source, putting changed parts in, names and strings. How each kind is
 * printed is in print_expression.c, print_query.c, print_statement.c.
 */
#include "convert/print.h"

#include <string.h>

#define DEPTH_MAX 4000

static bool wordy(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '$' || c == '"' || c == '\'' || (unsigned char)c >= 128;
}

void print_str(struct printer *p, struct str s)
{
	struct buf *b = p->out;

	if (s.len == 0)
		return;
	if (b->len && wordy(b->data[b->len - 1]) && wordy(s.p[0]))
		buf_putc(b, ' ');
	buf_add(b, s.p, s.len);
}

void print_text(struct printer *p, const char *text)
{
	print_str(p, (struct str){text, strlen(text)});
}

/* The gap before a token; comments that Postgres does not know become its own. */
static void print_gap(struct printer *p, uint32_t token)
{
	const struct token *t = &p->t->items[token];
	uint32_t begin = token ? p->t->items[token - 1].end : 0;
	const char *s = p->t->text.p + begin, *end = p->t->text.p + t->begin;

	if (!(t->flags & TOKEN_ODD_GAP)) {
		buf_add(p->out, s, (size_t)(end - s));
		return;
	}
	while (s < end) { /* # and // comments: -- instead; nested marks: a blank between */
		const char *nl;

		if (*s == '#' || (*s == '/' && end - s > 1 && s[1] == '/') ||
		    (*s == '-' && end - s > 1 && s[1] == '-')) {
			nl = memchr(s, '\n', (size_t)(end - s));
			nl = nl ? nl : end;
			buf_puts(p->out, "--");
			s += *s == '#' ? 1 : 2;
			buf_add(p->out, s, (size_t)(nl - s));
			if (nl == end)
				buf_putc(p->out, '\n');
			s = nl;
		} else if (*s == '/' && end - s > 1 && s[1] == '*') {
			buf_puts(p->out, "/*");
			for (s += 2; s < end && !(*s == '*' && end - s > 1 && s[1] == '/'); s++) {
				buf_putc(p->out, *s);
				if (*s == '/' && end - s > 1 && s[1] == '*')
					buf_putc(p->out, ' ');
			}
		} else {
			buf_putc(p->out, *s++);
		}
	}
}

/* Tokens [first, last) as they stand. */
static void print_tokens(struct printer *p, uint32_t first, uint32_t last)
{
	const struct token *items = p->t->items;

	if (first >= last)
		return;
	if (!p->t->odd) {
		print_str(p, (struct str){p->t->text.p + items[first].begin,
					  items[last - 1].end - items[first].begin});
		return;
	}
	for (uint32_t i = first; i < last; i++) {
		if (i > first)
			print_gap(p, i);
		print_str(p, token_text(p->t, i));
	}
}

#define SLOTS_MAX 16

/* Children in the order of the source; -1 when one has no place in it. */
static int in_order(const struct node *n, uint32_t *order)
{
	int count = 0;

	for (uint32_t i = 0; i < n->count; i++) {
		const struct node *c = n->child[i];
		int k;

		if (!c)
			continue;
		if (c->at >= c->until || c->at < n->first || c->until > n->last)
			return -1;
		for (k = count++; k > 0 && n->child[order[k - 1]]->at > c->at; k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	for (int k = 1; k < count; k++)
		if (n->child[order[k]]->at < n->child[order[k - 1]]->until)
			return -1;
	return count;
}

/* One part of a spliced node: what the source has before it, then it. Returns where it ends. */
static uint32_t splice_part(struct printer *p, const struct node *n, uint32_t slot, uint32_t at)
{
	const struct node *c = n->child[slot];

	if (c->at > at) {
		if (at > n->first)
			print_gap(p, at);
		print_tokens(p, at, c->at);
	}
	if (c->at > n->first)
		print_gap(p, c->at);
	print_child(p, n, slot);
	return c->until;
}

static bool splice_list(struct printer *p, const struct node *n)
{
	uint32_t at = n->first;

	for (uint32_t i = 0; i < n->count; i++) {
		const struct node *c = n->child[i];

		if (!c || c->at < at || c->at >= c->until || c->until > n->last)
			return false;
		at = c->until;
	}
	at = n->first;
	for (uint32_t i = 0; i < n->count; i++)
		at = splice_part(p, n, i, at);
	if (at < n->last) {
		print_gap(p, at);
		print_tokens(p, at, n->last);
	}
	return true;
}

/* The source with the changed parts put in; false: it cannot be done. */
static bool splice(struct printer *p, const struct node *n)
{
	uint32_t order[SLOTS_MAX], at = n->first;
	int count;

	if (n->first >= n->last)
		return false;
	if (n->count > SLOTS_MAX || node_is_list((enum node_kind)n->kind))
		return splice_list(p, n);
	count = in_order(n, order);
	if (count < 0)
		return false;
	for (int k = 0; k < count; k++)
		at = splice_part(p, n, order[k], at);
	if (at < n->last) {
		print_gap(p, at);
		print_tokens(p, at, n->last);
	}
	return true;
}

static print_function *printer_of(const struct node *n)
{
	if (print_expression_kinds[n->kind])
		return print_expression_kinds[n->kind];
	if (print_query_kinds[n->kind])
		return print_query_kinds[n->kind];
	return print_statement_kinds[n->kind];
}

void print_node(struct printer *p, const struct node *n)
{
	print_function *f;

	if (!n || n->kind == NODE_NONE)
		return;
	if (!(n->flags & (FLAG_DIRTY | FLAG_CHANGED)) && n->first < n->last) {
		print_tokens(p, n->first, n->last);
		return;
	}
	if (p->depth >= DEPTH_MAX)
		return;
	p->depth++;
	f = printer_of(n);
	if (n->flags & FLAG_CHANGED || !splice(p, n)) {
		if (f)
			f(p, n);
		else
			print_tokens(p, n->first, n->last);
	}
	p->depth--;
}

void print_child(struct printer *p, const struct node *parent, uint32_t slot)
{
	const struct node *c = parent->child[slot];
	bool paren = c && c->flags & (FLAG_DIRTY | FLAG_CHANGED | 0) &&
		     node_needs_paren(parent, slot, c);

	if (c && !paren && parent->flags & FLAG_CHANGED)
		paren = node_needs_paren(parent, slot, c);
	if (paren)
		print_text(p, "(");
	print_node(p, c);
	if (paren)
		buf_putc(p->out, ')');
}

void print_list(struct printer *p, const struct node *list, const char *between)
{
	if (!list)
		return;
	for (uint32_t i = 0; i < list->count; i++) {
		if (i)
			print_text(p, between);
		print_child(p, list, i);
	}
}

bool print_needs_quotes(struct str s)
{
	enum keyword k;

	if (s.len == 0)
		return true;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if ((c >= 'a' && c <= 'z') || c == '_' || (unsigned char)c >= 128)
			continue;
		if (i == 0 || !((c >= '0' && c <= '9') || c == '$'))
			return true;
	}
	k = keyword_find(s.p, s.len);
	return k != KEYWORD_NONE && keyword_class(k) >= KEYWORD_T;
}

static void quoted(struct printer *p, struct str s, bool fold)
{
	print_text(p, "\"");
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '"')
			buf_putc(p->out, '"');
		if (fold && c >= 'A' && c <= 'Z')
			c = (char)(c | 32);
		if (c)
			buf_putc(p->out, c);
	}
	buf_putc(p->out, '"');
}

static bool bare_is_good(struct str s)
{
	enum keyword k = keyword_find(s.p, s.len);

	if (s.len == 0 || (s.p[0] >= '0' && s.p[0] <= '9') || s.p[0] == '$')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!wordy(s.p[i]) || s.p[i] == '"' || s.p[i] == '\'')
			return false;
	return k == KEYWORD_NONE || keyword_class(k) < KEYWORD_T;
}

void print_name_text(struct printer *p, struct str name, bool in_quotes)
{
	if (in_quotes && print_needs_quotes(name))
		quoted(p, name, false);
	else if (!in_quotes && !bare_is_good(name))
		quoted(p, name, true);
	else
		print_str(p, name);
}

void print_string_text(struct printer *p, struct str value)
{
	print_text(p, "'");
	for (size_t i = 0; i < value.len; i++) {
		if (value.p[i] == '\'')
			buf_putc(p->out, '\'');
		if (value.p[i])
			buf_putc(p->out, value.p[i]);
	}
	buf_putc(p->out, '\'');
}

void print_tree(const struct tokens *t, const struct node *root, struct buf *out)
{
	struct printer p = {.t = t, .out = out};

	if (t->items[0].begin > 0)
		print_gap(&p, 0);
	print_node(&p, root->child[0]);
}

/*
 * convert.c - one statement through all of it.
 */
#include "convert/convert.h"

#include <stdio.h>
#include <string.h>

#include "convert/catalogs.h"
#include "convert/check_tree.h"
#include "convert/parse.h"
#include "convert/print.h"
#include "convert/remains.h"
#include "convert/rule.h"

#define TEXT_MAX ((size_t)1 << 30)

static const char *kind_of(const struct node *statement)
{
	switch (statement->kind) {
	case NODE_QUERY:
		return "query";
	case NODE_INSERT:
	case NODE_UPDATE:
	case NODE_DELETE:
	case NODE_MERGE:
		return "dml";
	case NODE_CREATE_TABLE:
	case NODE_CREATE_VIEW:
	case NODE_CREATE_INDEX:
	case NODE_CREATE_OTHER:
	case NODE_ALTER:
	case NODE_DROP:
	case NODE_COMMENT:
	case NODE_TRUNCATE:
		return "ddl";
	case NODE_CREATE_FUNCTION:
	case NODE_PROCEDURAL:
		return "procedural";
	default:
		return "utility";
	}
}

/* Left as it was: the text without the semicolon and blanks around. */
static void leave(struct arena *a, struct str sql, struct conversion *out)
{
	while (sql.len && (sql.p[sql.len - 1] == ';' || (unsigned char)sql.p[sql.len - 1] <= ' '))
		sql.len--;
	out->sql = arena_strndup(a, sql.p, sql.len);
}

static void not_understood(struct rewrite *r, struct str sql, const char *why, uint32_t token,
			   struct conversion *out)
{
	struct convert_finding *f = arena_alloc(r->arena, sizeof(*f));
	struct str at = token_text(r->tokens, token);

	f->code = "NOT-PARSED";
	f->severity = FINDING_BLOCKER;
	f->position = r->tokens->items[token].begin;
	f->length = at.len;
	f->message = at.len ? arena_printf(r->arena, "at '%.*s': expected %s",
					   (int)(at.len > 40 ? 40 : at.len), at.p, why)
			    : arena_printf(r->arena, "at the end: expected %s", why);
	out->findings = f;
	out->finding_count = 1;
	out->status = CONVERSION_NOT;
	out->kind = "utility";
	leave(r->arena, sql, out);
}

/* Texts that are too long, or hold a byte that no SQL text can. */
static void refuse(struct rewrite *r, struct str sql, struct conversion *out)
{
	struct convert_finding *f = arena_alloc(r->arena, sizeof(*f));

	f->code = "NOT-PARSED";
	f->severity = FINDING_BLOCKER;
	f->message = sql.len >= TEXT_MAX ? "the statement is too long" : "the text has a NUL byte";
	out->findings = f;
	out->finding_count = 1;
	out->status = CONVERSION_NOT;
	leave(r->arena, sql, out);
}

static void finish(struct rewrite *r, struct str sql, struct conversion *out)
{
	struct buf text = {.max = TEXT_MAX};
	const struct node *root = r->root;

	out->findings = r->findings;
	out->finding_count = r->finding_count;
	out->parameters = r->parameters;
	out->parameter_count = r->parameter_count;
	out->helpers = r->helpers;
	if (!(root->flags & FLAG_DIRTY) && !r->tokens->odd) {
		out->status = r->blocked ? CONVERSION_PARTLY : CONVERSION_SAME;
		leave(r->arena, sql, out);
		return;
	}
	print_tree(r->tokens, root, &text);
	out->sql = arena_strndup(r->arena, buf_text(&text), text.len);
	out->status = r->blocked ? CONVERSION_PARTLY : CONVERSION_DONE;
	buf_release(&text);
}

/* Right already: Postgres' own text, which nothing is to change. */
static bool is_postgres(const struct rewrite *r, struct str sql)
{
	return r->dialect == &dialect_postgres &&
	       pgtree_parses(arena_strndup(r->arena, sql.p, sql.len));
}

void convert_statement(struct arena *a, const struct convert_settings *s, struct str sql,
		       struct conversion *out)
{
	struct tokens tokens;
	struct rewrite r = {.arena = a, .settings = s, .dialect = s->from, .tokens = &tokens};
	const char *why = "less text";
	uint32_t where = 0;

	*out = (struct conversion){.sql = "", .kind = "utility"};
	if (sql.len >= TEXT_MAX || (sql.len && memchr(sql.p, '\0', sql.len))) {
		refuse(&r, sql, out);
		return;
	}
	lexer_run(a, s->from, s->double_quotes_strings, sql, &tokens);
	if (tokens.count <= 1) {
		out->status = CONVERSION_SAME;
		leave(a, sql, out);
		return;
	}
	r.root = parse_tokens(a, s->from, &tokens, &why, &where);
	if (!r.root && is_postgres(&r, sql)) {
		out->status = CONVERSION_SAME;
		leave(a, sql, out);
		return;
	}
	if (!r.root) {
		not_understood(&r, sql, why, where, out);
		return;
	}
	out->kind = kind_of(r.root->child[0]);
	if (is_postgres(&r, sql)) {
		out->status = CONVERSION_SAME;
		leave(a, sql, out);
		return;
	}
	rewrite_run(&r);
	catalogs_drop(&r);
	remains_report(&r);
	finish(&r, sql, out);
}

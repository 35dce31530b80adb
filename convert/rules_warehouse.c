/*
 * rules_warehouse.c - statements of Snowflake and Redshift that are taken whole: sessions,
 * sequences, schemas, ALTER TABLE, TRUNCATE. They are read again from their tokens and put together
 * from words and trees; what is not understood stays, with a finding.
 */
#include "convert/rules.h"

#include <string.h>

#include "convert/rules_words.h"

static bool snowflake(const struct rewrite *r)
{
	return r->dialect->flags & DIALECT_FOLD_UPPER;
}

static bool if_exists(struct parser *p)
{
	return parse_accept2(p, K_IF, K_EXISTS);
}

/* USE SCHEMA s, USE ROLE r */
static struct node *use(struct rewrite *r, struct parser *p)
{
	struct node *out;

	if (!snowflake(r) || parse_is_word(p, 0, "WAREHOUSE") || parse_is_word(p, 0, "SECONDARY"))
		return NULL;
	if (parse_accept_word(p, "ROLE")) {
		out = words(r, "SET ROLE");
		node_add(r->arena, out, parse_ident(p));
		return out;
	}
	if (!parse_accept_word(p, "SCHEMA"))
		return NULL; /* a database: another connection */
	out = words(r, "SET search_path TO");
	node_add(r->arena, out, parse_ident(p));
	return out;
}

/* SET v = 10: a session variable. */
static struct node *set(struct rewrite *r, struct parser *p)
{
	static const char *const unknown[] = {"query_group",
					      "enable_result_cache_for_session",
					      "wlm_query_slot_count",
					      "enable_case_sensitive_identifier",
					      "json_serialization_enable",
					      "describe_field_name_in_uppercase",
					      "activate_aqua",
					      "analyze_threshold_percent"};
	struct node *name, *value;

	if (!snowflake(r)) {
		for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
			if (parse_is_word(p, 0, unknown[i]))
				rewrite_finding(r, r->root->child[0], "NOT-CONVERTED",
						"Postgres has no setting '%s'", unknown[i]);
		return NULL;
	}
	if (!parse_is_name(p, 0) || !parse_symbol_at(p, 1, '='))
		return NULL;
	name = parse_name(p);
	p->at++;
	value = parse_expression(p);
	return words_variable(r, name, value);
}

static struct node *sequence(struct rewrite *r, struct parser *p)
{
	struct node *out;

	if (parse_accept(p, K_IF)) {
		p->at += 2;
		out = words(r, "CREATE SEQUENCE IF NOT EXISTS");
	} else {
		out = words(r, "CREATE SEQUENCE");
	}
	node_add(r->arena, out, parse_name(p));
	parse_accept(p, K_WITH);
	while (!parse_at_statement_end(p) && !p->failed) {
		bool start = parse_is_word(p, 0, "START");

		if (start || parse_is_word(p, 0, "INCREMENT")) {
			p->at++;
			parse_accept(p, K_WITH);
			parse_accept(p, K_BY);
			parse_accept_symbol(p, '=');
			node_add(r->arena, out, words(r, start ? "START WITH" : "INCREMENT BY"));
			node_add(r->arena, out, parse_binary(p, BIND_UNARY));
		} else if (parse_accept_word(p, "COMMENT")) {
			parse_accept_symbol(p, '=');
			p->at++;
		} else if (!parse_accept_word(p, "ORDER") && !parse_accept_word(p, "NOORDER")) {
			return NULL;
		}
	}
	return out;
}

/* CREATE SCHEMA s WITH MANAGED ACCESS, QUOTA 5 GB ... */
static struct node *schema(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "CREATE SCHEMA");
	uint32_t from;

	if (parse_is(p, K_IF)) {
		p->at += 3;
		node_add(r->arena, out, words(r, "IF NOT EXISTS"));
	}
	node_add(r->arena, out, parse_name(p));
	if (parse_accept_word(p, "AUTHORIZATION")) {
		node_add(r->arena, out, words(r, "AUTHORIZATION"));
		node_add(r->arena, out, parse_ident(p));
	}
	for (from = p->at; !parse_at_statement_end(p); p->at++)
		if (parse_is_word(p, 0, "CLONE") || parse_is(p, K_CREATE) || parse_is(p, K_FROM))
			return NULL;
	if (p->at == from)
		return NULL; /* as it is */
	rewrite_finding(r, r->root->child[0], "OPTION-DROPPED",
			"options of the schema were dropped");
	return out;
}

static struct node *create(struct rewrite *r, struct parser *p)
{
	bool replace = parse_accept2(p, K_OR, K_REPLACE);

	if (parse_accept_word(p, "TRANSIENT") && !parse_is_word(p, 0, "SCHEMA"))
		return NULL;
	if (parse_accept_word(p, "SCHEMA"))
		return replace ? NULL : schema(r, p);
	if (!parse_accept_word(p, "SEQUENCE"))
		return NULL;
	if (replace) {
		struct parser again = *p;
		struct node *both = node_make(r->arena, NODE_STATEMENTS), *drop;

		drop = words(r, "DROP SEQUENCE IF EXISTS");
		node_add(r->arena, drop, parse_name(&again));
		node_add(r->arena, both, drop);
		drop = sequence(r, p);
		if (!drop)
			return NULL;
		node_add(r->arena, both, drop);
		return both;
	}
	return sequence(r, p);
}

static struct node *truncate(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "TRUNCATE TABLE");

	parse_accept_word(p, "TABLE");
	if (!if_exists(p))
		return NULL;
	rewrite_finding(r, r->root->child[0], "OPTION-DROPPED", "IF EXISTS was dropped");
	node_add(r->arena, out, parse_name(p));
	return out;
}

/* ADD COLUMN a int, b text: the word before each. */
static struct node *add_columns(struct rewrite *r, struct parser *p, struct node *out)
{
	bool several = false, missing;

	do {
		several |= parse_accept(p, K_COLUMN);
		if (parse_is(p, K_CONSTRAINT) || parse_is(p, K_PRIMARY) || parse_is(p, K_FOREIGN) ||
		    parse_is(p, K_UNIQUE) || parse_is(p, K_CHECK))
			return NULL;
		missing = parse_is(p, K_IF);
		if (missing)
			p->at += 3;
		node_add(r->arena, out,
			 words(r, missing ? "ADD COLUMN IF NOT EXISTS" : "ADD COLUMN"));
		node_add(r->arena, out, parse_column_def(p));
		if (!parse_is_symbol(p, ','))
			return out;
		node_add(r->arena, out, words(r, ","));
	} while (parse_accept_symbol(p, ',') && !p->failed);
	return out;
}

static struct node *drop_columns(struct rewrite *r, struct parser *p, struct node *out)
{
	bool there;

	if (!parse_accept(p, K_COLUMN))
		return NULL;
	there = if_exists(p);
	do {
		node_add(r->arena, out, words(r, there ? "DROP COLUMN IF EXISTS" : "DROP COLUMN"));
		node_add(r->arena, out, parse_column_ident(p));
		if (parse_is_symbol(p, ','))
			node_add(r->arena, out, words(r, ","));
	} while (parse_accept_symbol(p, ',') && !p->failed);
	return out;
}

/* ALTER COLUMN c TYPE t, SET DATA TYPE t, SET NOT NULL, DROP DEFAULT ... */
static struct node *change_column(struct rewrite *r, struct parser *p, struct node *out)
{
	parse_accept(p, K_COLUMN);
	if (!parse_is_name(p, 0) || parse_is_word(p, 0, "DISTKEY") ||
	    parse_is_word(p, 0, "SORTKEY") || parse_is_word(p, 0, "DISTSTYLE") ||
	    parse_is_word(p, 0, "COMPOUND") || parse_is_word(p, 0, "ENCODE"))
		return NULL;
	node_add(r->arena, out, words(r, "ALTER COLUMN"));
	node_add(r->arena, out, parse_column_ident(p));
	if (parse_accept(p, K_SET)) {
		if (parse_accept2(p, K_NOT, K_NULL)) {
			node_add(r->arena, out, words(r, "SET NOT NULL"));
			return out;
		}
		if (!parse_accept_word(p, "DATA"))
			return NULL;
	} else if (parse_accept2(p, K_DROP, K_NOT)) {
		p->at++;
		node_add(r->arena, out, words(r, "DROP NOT NULL"));
		return out;
	} else if (parse_accept2(p, K_DROP, K_DEFAULT)) {
		node_add(r->arena, out, words(r, "DROP DEFAULT"));
		return out;
	}
	parse_accept_word(p, "TYPE");
	node_add(r->arena, out, words(r, "TYPE"));
	node_add(r->arena, out, parse_type(p));
	return out;
}

static struct node *alter_table(struct rewrite *r, struct parser *p)
{
	struct node *out = words(r, "ALTER TABLE");

	if (if_exists(p))
		node_add(r->arena, out, words(r, "IF EXISTS"));
	node_add(r->arena, out, parse_name(p));
	if (parse_accept_word(p, "ADD"))
		return add_columns(r, p, out);
	if (parse_accept(p, K_DROP))
		return drop_columns(r, p, out);
	if (parse_accept(p, K_ALTER) || parse_accept_word(p, "MODIFY"))
		return change_column(r, p, out);
	return NULL;
}

static struct node *alter(struct rewrite *r, struct parser *p)
{
	struct node *out;

	if (parse_accept_word(p, "TABLE"))
		return alter_table(r, p);
	if (parse_accept_word(p, "SCHEMA") && if_exists(p)) {
		out = words(r, "ALTER SCHEMA");
		node_add(r->arena, out, parse_ident(p));
		if (!parse_accept_word(p, "RENAME") || !parse_accept_word(p, "TO"))
			return NULL;
		node_add(r->arena, out, words(r, "RENAME TO"));
		node_add(r->arena, out, parse_ident(p));
		rewrite_finding(r, r->root->child[0], "OPTION-DROPPED", "IF EXISTS was dropped");
		return out;
	}
	if (!parse_accept_word(p, "SESSION") || !parse_accept(p, K_SET) ||
	    !parse_accept_word(p, "TIMEZONE") || !parse_accept_symbol(p, '='))
		return NULL;
	out = words(r, "SET TIME ZONE");
	node_add(r->arena, out, parse_primary(p));
	return out;
}

static const struct words_reader readers[] = {
	{"ALTER", alter}, {"CREATE", create}, {"SET", set}, {"TRUNCATE", truncate}, {"USE", use},
};

bool rule_warehouse_statement(struct rewrite *r, struct node *n)
{
	struct node *out;

	if (n->first >= n->last || n->count)
		return false;
	out = words_statement(r, n, readers, sizeof(readers) / sizeof(readers[0]));
	if (out)
		node_replace(n, out);
	return out != NULL;
}

/*
 * rules_known.h - private to the rules: what they do with tables that the store knows (schema.h).
 */
#ifndef LAKEPORT_CONVERT_RULES_KNOWN_H
#define LAKEPORT_CONVERT_RULES_KNOWN_H

#include "convert/rule.h"
#include "convert/schema.h"

/* The column's name, quoted where it must be. */
struct node *known_ident(struct rewrite *r, const struct schema_column *c);
/* A LIST of the names of all columns without any of the flags `but` (enum schema_flags). */
struct node *known_idents(struct rewrite *r, const struct schema_table *t, uint8_t but);

/* rules_upsert.c: the one key that an INSERT can meet, or NULL. */
const struct schema_key *upsert_find(const struct node *insert);
/* ON CONFLICT (a, b); without a key that is sure the primary key by its usual name, reported. */
struct node *upsert_key(struct rewrite *r, const struct node *insert);

#endif

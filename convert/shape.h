/*
 * shape.h - structs of Databricks are jsonb here: what is known of their fields from the text.
 */
#ifndef LAKEPORT_CONVERT_SHAPE_H
#define LAKEPORT_CONVERT_SHAPE_H

#include "convert/rule.h"

/* Whether a value is built as a struct: struct(...), named_struct(...), jsonb_build_object(...). */
bool shape_is_struct(struct node *value);
uint32_t shape_field_count(struct node *value);
/* Field `i`: its value and name; NULL when the name is not a literal. */
struct node *shape_field(struct rewrite *r, struct node *value, uint32_t i, struct str *name);
/* The field of that name, or NULL. */
struct node *shape_field_named(struct rewrite *r, struct node *value, struct str name);

/* The type of a map's keys (which 0) or values (1), text where it is not known. */
enum type_code shape_map_type(struct rewrite *r, struct node *map, uint32_t which);
/* Whether the text shows the making of a map. */
bool shape_is_map(struct node *value);

/* The value of a key of jsonb, cast to `type` where that is known: ($1 ->> $2)::type. */
struct node *shape_get(struct rewrite *r, struct node *base, struct node *key, enum type_code type);

#endif

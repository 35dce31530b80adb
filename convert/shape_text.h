/*
 * shape_text.h - schemas that Spark writes as texts: from_json(x, 'a INT, b ARRAY<STRING>').
 */
#ifndef LAKEPORT_CONVERT_SHAPE_TEXT_H
#define LAKEPORT_CONVERT_SHAPE_TEXT_H

#include "convert/dialect.h"
#include "convert/tree.h"

/*
 * The shape of such a schema: a value as the text could have built it (named_struct(...),
 * ARRAY[..], map(...), casts of NULL), for asking its fields and types. It is never printed. NULL
 * when the text is no schema.
 */
struct node *shape_of_text(struct arena *a, const struct dialect *d, struct str schema);
/* The same for a type of the tree; NULL when it is neither struct, array nor map. */
struct node *shape_of_type(struct arena *a, const struct node *type);

#endif

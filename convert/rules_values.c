/*
 * rules_values.c - truth counted as a number.
 */
#include "convert/rules.h"

/* TRUE + TRUE is 2. */
bool rule_bool_number(struct rewrite *r, struct node *n)
{
	bool done = false;

	if (n->op != OP_ADD && n->op != OP_SUBTRACT && n->op != OP_MULTIPLY &&
	    n->op != OP_BIT_AND && n->op != OP_BIT_OR && n->op != OP_BIT_XOR)
		return false;
	for (uint32_t i = 0; i < 2; i++) {
		struct node *value = n->child[i], *place;

		if (type_of(r, value) != TYPE_BOOL)
			continue;
		place = node_take(r->arena, value);
		node_replace(place, node_cast(r->arena, value, "int"))->type = TYPE_INT;
		done = true;
	}
	if (done)
		n->type = TYPE_INT;
	return done;
}

/*
 * function_apply.h - private: a call as the rules of function.h see it.
 */
#ifndef LAKEPORT_CONVERT_FUNCTION_APPLY_H
#define LAKEPORT_CONVERT_FUNCTION_APPLY_H

#include "convert/function.h"
#include "convert/rule.h"

#define FUNCTION_ARGS_MAX 30

struct function_call {
	struct node *node;
	struct node *args[FUNCTION_ARGS_MAX + 2];
	unsigned count;
};

/* Argument count and conditions. function_when.c */
bool function_fits(struct rewrite *r, const struct function_rule *rule,
		   const struct function_call *c);
/* The types as the conditions name them: "int", "text", ... */
enum type_code type_from_word(const char *word);
/* The type that a call of the source will have, or TYPE_UNKNOWN. */
enum type_code function_type(struct rewrite *r, struct node *call);
/* "@name": rewrites in C. */
bool function_named(struct rewrite *r, struct node *call, const char *name);
/* Those over structs and arrays of them. function_structs.c */
bool function_structs(struct rewrite *r, struct node *call, const char *name);
/* printf with widths; concat_ws with arrays. function_printf.c */
bool function_printf(struct rewrite *r, struct node *call);
bool function_concat_ws(struct rewrite *r, struct node *call);
/* array_sort with a lambda of two parameters. function_comparator.c */
bool function_comparator(struct rewrite *r, struct node *call);
/* CONTAINS, FREETEXT, MATCH ... AGAINST (function_search.c). */
bool function_full_text(struct rewrite *r, struct node *call);
/* Those of MySQL (function_mysql.c), for function_named(). */
bool function_named_mysql(struct rewrite *r, struct node *call, const char *name);

#endif

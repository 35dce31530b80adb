/*
 * routine.h - how much a stored routine holds that is left for a person.
 *
 * Counted on tokens, so the body need not be understood: what helps to plan the work is how long it
 * is, how often it branches, and whether it makes SQL at run time.
 */
#ifndef LAKEPORT_CONVERT_ROUTINE_H
#define LAKEPORT_CONVERT_ROUTINE_H

#include <stddef.h>

#include "convert/token.h"

struct routine_size {
	size_t lines;
	size_t statements; /* SELECT, INSERT, UPDATE, DELETE and MERGE; those in others, too */
	size_t branches;   /* IF, WHILE, LOOP, CASE, handlers of errors */
	size_t cursors;	   /* declared */
	size_t dynamic;	   /* SQL made at run time: EXECUTE IMMEDIATE, EXEC (...), sp_executesql */
};

/* Of the tokens [first, last); a body in a $$ string is read as the dialect's text. */
struct routine_size routine_measure(struct arena *a, const struct dialect *d,
				    const struct tokens *t, size_t first, size_t last);

#endif

/*
 * origin.h - private to convert: the rows that a statement gives where it comes from.
 *
 * The original text runs on the source's database (common/foreign.h), read-only, with limits of
 * time and rows; what comes becomes golden rows (golden.h), which the converted statement is
 * compared with, and which can be kept in files for later runs without the source.
 */
#ifndef LAKEPORT_CONVERT_ORIGIN_H
#define LAKEPORT_CONVERT_ORIGIN_H

#include "common/foreign.h"
#include "convert/golden.h"

#define ORIGIN_MAX_BYTES ((size_t)256 << 20) /* of the rows of one statement */

/*
 * Why this text must not run on a source; NULL: it may. Decided on its tokens, besides what the
 * parser found it to be: one query, no INTO, no locks, nothing that writes, no function that does
 * more than compute (origin_harmful), no comment that the source executes.
 */
const char *origin_refusal(struct arena *a, const struct convert_settings *s, struct str sql,
			   const struct conversion *c);

struct origin_function {
	const char *name; /* lower case; what begins with it when it ends with '*' */
	const char *why;
};
extern const struct origin_function origin_harmful[]; /* sorted by name */
extern const size_t origin_harmful_count;

/* Values for parameters: "name=value" as the user gave them. */
struct origin_values {
	const char *const *items;
	size_t count;
};

/*
 * The source's text with values instead of parameters, in `*out`, and the value of each number
 * (from 1) for Postgres in `*values`; NULL in `*out` when a parameter has none: its name is then in
 * `*missing`.
 */
void origin_fill(struct arena *a, const struct convert_settings *s, struct str sql,
		 const struct conversion *c, const struct origin_values *given, const char **out,
		 const char ***values, size_t *n, const char **missing);

/*
 * Runs `sql` and reads its rows, into the arena. 1: here they are; 0: there are none to compare
 * with, `*why` says so; -1: the source is gone (CONNECT, REFUSED) or Ctrl-C. `*capped` when there
 * are more rows than the limit. A lost connection is opened again, once.
 */
int origin_rows(struct foreign **f, const struct foreign_options *o, const char *sql,
		struct arena *a, struct golden *g, const char **why, bool *capped, struct error *e);

/*
 * Writes rows as NAME.csv, or as NAME.jsonl where CSV cannot tell them (one column with NULLs), as
 * golden_read() takes them; a file of the other kind is removed. `stem` is the path without ending.
 */
int origin_save(const struct golden *g, const char *stem, struct error *e);

#endif

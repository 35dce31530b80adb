/*
 * convert.h - one statement of another SQL into Postgres: the public face of convert/.
 *
 * A statement goes through tokens -> tree -> rules -> text. What is not understood is left exactly
 * as it was and reported, never guessed; what changed meaning has a finding with a code. Nothing
 * here talks to a server, a network or a clock: the same text gives the same answer. All memory of
 * a conversion belongs to the arena that was given.
 */
#ifndef LAKEPORT_CONVERT_CONVERT_H
#define LAKEPORT_CONVERT_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory.h"
#include "common/text.h"

struct dialect; /* dialect.h */
struct schema;	/* schema.h */

/* By its name or an alias ("databricks", "spark", "tsql", "fabric", ...); NULL: not known. */
const struct dialect *dialect_find(const char *name);
const char *dialect_name(const struct dialect *d);
/* The names for help and error texts; ends with NULL. */
const char *const *dialect_names(void);

/* Facts of the source's session that the text does not show. Defaults of convert_settings_init().
 */
struct convert_settings {
	const struct dialect *from;
	bool plain;		    /* the shortest text; differences as findings, not as SQL */
	bool ansi;		    /* Databricks ANSI mode (on), MySQL strict mode (on) */
	bool double_quotes_strings; /* "x" is a string (Databricks, MySQL), not a name */
	bool ignore_case;	    /* the collation compares without case (T-SQL, MySQL) */
	const char *time_zone;	    /* of the source's session, or NULL: the same as the target's */
	int date_first; /* 1 Monday .. 7 Sunday: T-SQL DATEFIRST (7), Snowflake WEEK_START */
	const char *helper_schema;   /* where the helper functions live: "lakeport" */
	const struct schema *schema; /* what is known of tables, or NULL */
	uint32_t file, statement; /* the statement's place in the input that `schema` was read from,
				     files from 1 */
};
void convert_settings_init(struct convert_settings *s, const struct dialect *from);

enum finding_severity { FINDING_NOTE, FINDING_CHANGED, FINDING_OPEN, FINDING_BLOCKER };

struct convert_finding {
	const char *code;		/* a row of findings.c: "NULLS-ORDER" */
	enum finding_severity severity; /* NOTE dropped or said for information; CHANGED may differ
					   in corners; OPEN needs a look; BLOCKER not converted */
	size_t position, length;	/* in the source text, bytes */
	const char *message;		/* names the construct and what to do */
};

enum conversion_status {
	CONVERSION_SAME,   /* byte for byte what came in */
	CONVERSION_DONE,   /* understood and rewritten */
	CONVERSION_PARTLY, /* some of it was left as it was: see the findings */
	CONVERSION_NOT,	   /* not understood: the text is the source's */
};

/* A parameter marker of the source and the $n it became. */
struct convert_parameter {
	const char *source; /* ":name", "?", "@x", "${x}" as it stood */
	int number;
};

struct conversion {
	enum conversion_status status;
	const char *sql;  /* Postgres, without a final semicolon; never NULL; may be several
			     statements */
	const char *kind; /* "query", "dml", "ddl", "procedural", "utility" */
	struct convert_finding *findings;
	size_t finding_count;
	struct convert_parameter *parameters;
	size_t parameter_count;
	bool helpers; /* calls functions of helper_schema */
};

/* Converts one statement. Always succeeds: a text that is not understood has status NOT. */
void convert_statement(struct arena *a, const struct convert_settings *s, struct str sql,
		       struct conversion *out);

/*
 * Cuts a text into statements: by ';', GO, '/', DELIMITER, notebook separators, aware of strings,
 * comments, BEGIN ... END and dollar quotes as the dialect has them. Calls `each` with the
 * statement (comments before it included, the terminator not) and its offset.
 */
void convert_split(const struct dialect *from, struct str text,
		   void (*each)(void *context, struct str statement, size_t offset), void *context);

/* The SQL that makes the helper functions in `schema`. */
void convert_helpers(const char *schema, struct buf *out);

#endif

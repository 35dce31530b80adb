/*
 * json_scan.h - one JSON value at a time, checked as strictly as jsonb does, nothing copied.
 *
 * What passes here is taken by Postgres' jsonb: no U+0000, no half surrogate pairs, well-formed
 * UTF-8, numbers that numeric can hold. Nesting is bounded and needs no recursion. The scanner
 * looks at each byte once.
 */
#ifndef LAKEPORT_MIGRATE_JSON_SCAN_H
#define LAKEPORT_MIGRATE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"
#include "common/text.h"

#define JSON_DEPTH_MAX 1024

enum json_kind {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

enum json_fault {
	JSON_OK,
	JSON_INCOMPLETE, /* the text ends within the value */
	JSON_BROKEN,
	JSON_DEEP,	/* nested more than JSON_DEPTH_MAX */
	JSON_NUL,	/* U+0000 in a string */
	JSON_SURROGATE, /* half a pair */
	JSON_UTF8,
	JSON_RANGE, /* a number that numeric cannot hold */
	JSON_KEYS,  /* an object with too many keys to be a row */
	JSON_FAULT_COUNT
};

struct json_value {
	enum json_kind kind;
	bool escaped;	 /* a string with a backslash in it */
	struct str text; /* as it stands in the file; of a string: what is between the quotes */
};

/* Scans the value that begins at `*p` (blanks are skipped); leaves `*p` behind it, or at the
 * fault. */
enum json_fault json_scan(const char **p, const char *end, struct json_value *v);

/* The whole text is one value: the check for texts that go into a jsonb column. */
enum json_fault json_check(struct str t);

/* What a string says; in the arena when it has escapes, else the text itself. */
struct str json_unescape(const struct json_value *string, struct arena *a);

void json_skip_blanks(const char **p, const char *end);

/* For messages: "ends within the value"; and the enum reject_reason that it is. */
const char *json_fault_text(enum json_fault fault);
int json_fault_reason(enum json_fault fault);

/* Adds `t` (UTF-8) as a JSON string with its quotes. */
void json_add_string(struct buf *out, struct str t);

#endif

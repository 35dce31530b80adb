/*
 * finding.h - the closed list of codes that a conversion can report.
 *
 * A code never changes its meaning: scripts and waivers rely on it. findings.c holds the rows,
 * sorted by code, each with what differs, an example in the source and in Postgres, and what to do;
 * `lakeport convert explain CODE` prints a row.
 */
#ifndef LAKEPORT_CONVERT_FINDING_H
#define LAKEPORT_CONVERT_FINDING_H

#include <stddef.h>

#include "convert/convert.h"

struct finding_kind {
	const char *code;
	enum finding_severity severity; /* the usual one */
	const char *title;		/* a short line: "NULLs sort at the other end" */
	const char *text;		/* what differs and why, a paragraph */
	const char *example;		/* source -> Postgres, lines; may be NULL */
	const char *advice;		/* what to do */
};

/* NULL when there is no such code. */
const struct finding_kind *finding_find(const char *code);
const struct finding_kind *finding_all(size_t *count);

#endif

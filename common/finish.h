/*
 * finish.h - the end of every command that does work: the record is written and shown.
 *
 * The terminal summary is drawn by reports/, which common does not know: main connects it.
 */
#ifndef LAKEPORT_COMMON_FINISH_H
#define LAKEPORT_COMMON_FINISH_H

#include "common/command.h"
#include "common/record.h"
#include "common/text.h"

typedef int finish_renderer(const struct record *r, bool color, struct buf *out);
extern finish_renderer *finish_summary;

/*
 * Writes the record into --runs, then prints it on stdout (--json) or its summary. The outcome
 * and exit status must be set. Returns the exit status, or -1 with `e` filled when the record
 * could not be written (it is then printed on stdout all the same, so that nothing is lost).
 */
int finish_run(const struct invocation *inv, struct record *r, struct error *e);

#endif

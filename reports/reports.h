/*
 * reports.h - the public face of reports/: what is made of run records.
 *
 * A run record (common/record.h) goes in; a page, a text, a table or a verdict comes out. Nothing
 * here knows what bench, migrate or convert do: a report is drawn from the generic parts of the
 * record alone.
 */
#ifndef LAKEPORT_REPORTS_REPORTS_H
#define LAKEPORT_REPORTS_REPORTS_H

#include <stdbool.h>

#include "common/command.h"
#include "common/record.h"
#include "common/text.h"

extern const struct command report_html, report_text, report_markdown, report_csv, report_junit;
extern const struct command report_compare, report_history, report_list;

/*
 * The summary that a command prints when its run ends: the text report without what the user has
 * just typed or can look up in the record. `color`: the output is a terminal. Returns 0.
 */
int report_terminal(const struct record *r, bool color, struct buf *out);

#endif

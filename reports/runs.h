/*
 * runs.h - finding run records, and where reports go. Shared by the verbs of reports/.
 */
#ifndef LAKEPORT_REPORTS_RUNS_H
#define LAKEPORT_REPORTS_RUNS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/command.h"
#include "common/error.h"
#include "common/text.h"

/* Rows for the option tables. */
#define RUNS_OPTION                                                                                \
	{                                                                                          \
		.name = "runs", .type = OPTION_TEXT, .argument = "DIR",                            \
		.help = "folder of the run records", .fallback = "lakeport-runs",                  \
		.environment = "LAKEPORT_RUNS"                                                     \
	}
#define OUTPUT_OPTION(text)                                                                        \
	{                                                                                          \
		.letter = 'o', .name = "output", .type = OPTION_TEXT, .argument = "FILE",          \
		.help = text                                                                       \
	}

#define RUNS_RECORD_HELP                                                                           \
	"RECORD is a file, the id of a record in the runs folder (its beginning is enough), "      \
	"\"latest\", or \"latest~1\" for the one before."

struct run_names { /* of the files, "ID.json", sorted: oldest first */
	char **items;
	size_t count, capacity;
};

/* All *.json in the folder. Class INPUT when it cannot be read. Release in every case. */
int run_names_read(struct run_names *names, const char *directory, struct error *e);
void run_names_release(struct run_names *names);

/* The path of the record that the user named, into `path`. Class INPUT when there is none. */
int run_find(const char *directory, const char *named, struct buf *path, struct error *e);

/*
 * Writes a report: to `path`, or to stdout when it is NULL or "-". Refuses to write over the
 * record it was made from (`record`, may be NULL). Class USAGE or IO.
 */
int report_write(const char *path, const char *record, const struct buf *report, struct error *e);

#endif

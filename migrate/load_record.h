/* load_record.h - private to migrate: a load's result as parts of a run record. */
#ifndef LAKEPORT_MIGRATE_LOAD_RECORD_H
#define LAKEPORT_MIGRATE_LOAD_RECORD_H

#include "common/record.h"
#include "migrate/load.h"

struct load_table_result {
	const struct load_settings *settings;
	const struct load_result *result;
	double seconds;
};

/* Metrics over all tables, a table of tables, of files, of rejects, and where the time went. */
void load_record(struct record *r, const struct load_table_result *tables, size_t n, double seconds,
		 double cpu_s);
/* The server's CPU share over `seconds`, or a finding that it cannot be seen from here. */
void load_record_server(struct record *r, const struct load_run *run, double seconds);

/* Files that need somebody's look: failed, dead, changed. */
size_t load_troubled(const struct load_result *r);

#endif

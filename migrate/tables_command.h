/* tables_command.h - private to migrate: `migrate load --config` from the command line to the
 * record.
 */
#ifndef LAKEPORT_MIGRATE_TABLES_COMMAND_H
#define LAKEPORT_MIGRATE_TABLES_COMMAND_H

#include "common/command.h"
#include "common/record.h"
#include "migrate/load_config.h"

/* Connections: --jobs, else what the configuration says, else a default. */
int tables_jobs(const struct invocation *inv, const struct load_config *c);

/* The configuration of --config, with --tables applied. Release `c` in every case. */
int tables_read(const struct invocation *inv, struct load_config *c, struct error *e);

int load_tables(struct invocation *inv, struct error *e);

#endif

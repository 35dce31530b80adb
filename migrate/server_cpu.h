/*
 * server_cpu.h - CPU time of the server's processes, where they run on this machine (/proc). It is
 * the whole cluster's: backends of others, the checkpointer and autovacuum count, too.
 */
#ifndef LAKEPORT_MIGRATE_SERVER_CPU_H
#define LAKEPORT_MIGRATE_SERVER_CPU_H

#include "common/pg.h"

struct server_cpu {
	int postmaster; /* 0: not on this machine, or not to be seen */
	double begun_s;
};

/* Takes the time; finds the server by the process behind `pg`. */
void server_cpu_begin(struct server_cpu *c, const struct pg *pg);
/* Seconds of CPU since then; < 0: not known. */
double server_cpu_used(const struct server_cpu *c);

#endif

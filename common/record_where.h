/* record_where.h - private to common: facts about the machine for a record. */
#ifndef LAKEPORT_COMMON_RECORD_WHERE_H
#define LAKEPORT_COMMON_RECORD_WHERE_H

#include "common/record.h"

/* Fills r->where: host, cpu, cores, memory, kernel, system, versions. Unknown facts are left out.
 */
void record_where(struct record *r);

void record_fact(struct record *r, struct facts *facts, const char *name, const char *value);

#endif

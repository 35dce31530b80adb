/*
 * zone.h - time zones: what offset from UTC a local time has.
 *
 * Zones come from the system's zoneinfo files. A struct zone is read once and never changes, so
 * any number of threads may use it. NULL is UTC everywhere.
 */
#ifndef LAKEPORT_MIGRATE_ZONE_H
#define LAKEPORT_MIGRATE_ZONE_H

#include <stdint.h>

#include "common/error.h"

struct zone;

/*
 * Fills `*out` (to be freed with zone_free) for a name ("Europe/Berlin") or a fixed offset
 * ("+02:00"); NULL for "UTC". Class CONFIG when there is no such zone.
 */
int zone_load(const char *name, struct zone **out, struct error *e);
void zone_free(struct zone *z);

/*
 * Seconds east of UTC at a local time (seconds since 1970-01-01 00:00 on that zone's clocks). In
 * the hour that is skipped and in the one that comes twice, standard time holds, as in Postgres.
 */
int32_t zone_offset(const struct zone *z, int64_t local);

#endif

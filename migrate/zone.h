/*
 * zone.h - time zones: what offset from UTC a local time has.
 *
 * Zones come from the system's zoneinfo files. A struct zone is read once and never changes, so
 * any number of threads may use it. NULL is UTC everywhere.
 */
#ifndef LAKEPORT_MIGRATE_ZONE_H
#define LAKEPORT_MIGRATE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/text.h"

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

/* A zone as a value names it. */
struct zone_word {
	const struct zone *zone; /* NULL: `offset` seconds east of UTC */
	int32_t offset;
	const char *abbreviation; /* of that zone, or NULL: what holds there at the time */
};

/*
 * The zone that a name means, as in Postgres: its abbreviations ("EST"), names of zoneinfo in any
 * case ("america/new_york"), offsets behind a word ("GMT+2": two hours *west*, as POSIX has it).
 * Zones are read once and kept for the life of the program; any number of threads may ask.
 */
bool zone_find(struct str name, struct zone_word *out);
int32_t zone_word_offset(const struct zone_word *w, int64_t local);

/* For zone_words.c: a zone by its file's name, letters in any case. NULL: there is none. */
struct zone *zone_open(const char *name);
/* What an abbreviation of this zone meant last before a local time, else first behind it. */
bool zone_abbreviation(const struct zone *z, const char *abbreviation, int64_t local,
		       int32_t *offset);

#endif

/* sources.h - the sources there are; source.c holds their table. */
#ifndef LAKEPORT_MIGRATE_SOURCES_H
#define LAKEPORT_MIGRATE_SOURCES_H

#include "migrate/source.h"

extern const struct source csv_source, json_source, parquet_source;

#endif

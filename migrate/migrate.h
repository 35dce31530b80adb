/* migrate.h - the public face of migrate: its commands are listed in common/main.c. */
#ifndef LAKEPORT_MIGRATE_MIGRATE_H
#define LAKEPORT_MIGRATE_MIGRATE_H

#include "common/command.h"

extern const struct command migrate_load, migrate_config, migrate_status, migrate_retry;
extern const struct command migrate_forget, migrate_replay, migrate_watch, migrate_verify;

#endif

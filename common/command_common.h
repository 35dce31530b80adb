/* command_common.h - private to common: the options that several or all verbs have. */
#ifndef LAKEPORT_COMMON_COMMAND_COMMON_H
#define LAKEPORT_COMMON_COMMAND_COMMON_H

#include "common/command.h"

enum common_group { COMMON_ALL, COMMON_DSN, COMMON_RUNS };

struct common_option {
	enum common_group group;
	struct option option;
};

extern const struct common_option command_common[];
extern const size_t command_common_count;

bool command_has_common(const struct command *c, const struct common_option *o);

#endif

/*
 * shell.h - a command of the user's, run by /bin/sh, for what it prints.
 */
#ifndef LAKEPORT_COMMON_SHELL_H
#define LAKEPORT_COMMON_SHELL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/text.h"

struct shell_command {
	const char *what;	      /* "the password command": what errors call it */
	const char *text;	      /* for sh -c; never part of an error, it may hold secrets */
	const char *const *variables; /* "NAME=value" besides our own environment; may be NULL */
	size_t variable_count;
	uint64_t limit_ns;	 /* then it is killed, with all that it started */
	const _Atomic bool *end; /* becomes true: it is killed, too. May be NULL */
};

/*
 * Appends its standard output to `out`, up to out->max. It reads nothing. Class CONFIG when it
 * cannot be started, CONNECT (retryable) when it fails, with the first line of its standard error;
 * INTERRUPTED after a signal. Any thread.
 */
int shell_read(const struct shell_command *c, struct buf *out, struct error *e);

#endif

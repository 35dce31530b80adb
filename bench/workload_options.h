/*
 * workload_options.h - private to bench: the options by which every measuring verb says what to
 * send and how (scripts, protocol, seed, limits), as rows for their tables, and what comes of them.
 */
#ifndef LAKEPORT_BENCH_WORKLOAD_OPTIONS_H
#define LAKEPORT_BENCH_WORKLOAD_OPTIONS_H

#include "bench/engine.h"
#include "common/command.h"

/* clang-format off */
#define WORKLOAD_OPTIONS                                                                           \
	{'b', "builtin", OPTION_LIST, "NAME[@W]",                                                  \
	 "built-in workload: select-only, simple-update or tpcb-like; W is its weight in the mix", \
	 NULL, 0, 0, NULL, NULL},                                                                  \
	{'f', "file", OPTION_LIST, "FILE[@W]",                                                     \
	 "workload file: a pgbench script as it is, or one annotated query (may be repeated)",     \
	 NULL, 0, 0, NULL, NULL},                                                                  \
	{'D', "define", OPTION_LIST, "NAME=VALUE", "set a script variable", NULL, 0, 0, NULL, NULL}

#define PASSWORD_OPTIONS                                                                           \
	{0, "password-command", OPTION_TEXT, "COMMAND",                                            \
	 "the shell command that prints the password (a token): run at the start, and again when " \
	 "the server refuses what it gave or --password-lifetime is over",                         \
	 NULL, 0, 0, NULL, "LAKEPORT_PASSWORD_COMMAND"},                                           \
	{0, "password-lifetime", OPTION_SECONDS, "TIME",                                           \
	 "connections that are opened later than this get a newer password", "30m", 0, 864000,     \
	 NULL, NULL}

#define SESSION_OPTIONS                                                                            \
	PASSWORD_OPTIONS,                                                                          \
	{'M', "protocol", OPTION_CHOICE, "NAME", "how statements are sent", "prepared", 0, 0,      \
	 workload_protocols, NULL},                                                                \
	{0, "seed", OPTION_INT, "N",                                                               \
	 "seed of all random choices; the same seed gives the same stream [default: from the "     \
	 "clock]",                                                                                 \
	 NULL, -9e15, 9e15, NULL, NULL},                                                           \
	{'s', "scale", OPTION_INT, "N",                                                            \
	 "value of :scale [default: the number of rows of pgbench_branches, else 1]", NULL, 1,     \
	 1e9, NULL, NULL},                                                                         \
	{0, "poll", OPTION_FLAG, NULL,                                                             \
	 "never sleep while waiting for answers: costs a core for each thread, and takes the "     \
	 "client's wake-ups out of the latency",                                                   \
	 NULL, 0, 0, NULL, NULL},                                                                  \
	{0, "io-uring", OPTION_FLAG, NULL,                                                         \
	 "send and receive through io_uring, for less client CPU (Linux 6.1, not with TLS)", NULL, \
	 0, 0, NULL, NULL},                                                                        \
	{0, "statement-timeout", OPTION_SECONDS, "TIME",                                           \
	 "limit of each statement on the server", NULL, 0.001, 86400, NULL, NULL},                 \
	{0, "drain", OPTION_SECONDS, "TIME",                                                       \
	 "how long statements may still run when the window closes; then they are cancelled and "  \
	 "count as failed",                                                                        \
	 "30", 0, 86400, NULL, NULL}
/* clang-format on */

extern const char *const workload_protocols[]; /* by enum protocol; ends with NULL */

/*
 * The workload of the WORKLOAD_OPTIONS, tpcb-like when none is given. NULL with class USAGE or
 * INPUT. workload_free() it.
 */
struct workload *workload_of_options(struct invocation *inv, struct error *e);

/* The workload of these scripts, with the -D of the options. */
struct workload *workload_of_requests(struct invocation *inv, const struct script_request *requests,
				      size_t count, struct error *e);

/* Class USAGE when the protocol cannot carry the workload. */
int workload_check_protocol(const struct engine_options *o, struct error *e);

/*
 * Fills what SESSION_OPTIONS and --dsn say; `o->workload` must be set. Class USAGE when the
 * protocol cannot carry the workload.
 */
int session_of_options(const struct invocation *inv, struct engine_options *o, struct error *e);

/*
 * Runs the command of the PASSWORD_OPTIONS, if there is one, for the connections of this DSN.
 * session_of_options() does it for --dsn. Errors: those of password_command(), USAGE.
 */
int password_of_options(const struct invocation *inv, const char *dsn, struct error *e);

/* Client threads for so many connections when nobody says: one a core, at most 8. */
unsigned default_threads(unsigned connections);

/* An option of type OPTION_SECONDS in ns. */
uint64_t option_ns(const struct invocation *inv, const char *name);

/* "a.sql + b.sql", cut to `size`. Returns `out`. */
char *workload_title(const struct workload *w, char *out, size_t size);

#endif

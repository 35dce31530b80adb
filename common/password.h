/*
 * password.h - passwords that a command gives: short-lived tokens, vaults.
 *
 * password_command() says once which command gives the password for a DSN; from then on every
 * connection that is opened with that DSN (pg_params() in pg.h) gets the newest one. It is fetched
 * again when a connection is to be opened and it has reached its lifetime, or when the server has
 * refused it; meanwhile those who may not block ask again a little later (password_poll), the
 * others wait (password_await). When the command fails later on, the old password stays in use, the
 * log says so, and the next attempt is RETRY away.
 *
 * The command sees PGHOST, PGPORT, PGUSER and PGDATABASE of the DSN in its environment. What it
 * prints (without blanks around it) is the password; it is kept in memory only, and never becomes
 * part of a log, a record, an error, an argument or an environment.
 *
 * One table for the whole program, like ~/.pgpass; all functions may be called from any thread.
 */
#ifndef LAKEPORT_COMMON_PASSWORD_H
#define LAKEPORT_COMMON_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

#define PASSWORD_MAX 8192 /* bytes, with the NUL */

/*
 * Runs the command for the first time. `lifetime_ns` 0: until it is refused. A DSN that is known
 * already keeps what it has. Errors: those of shell_read(), and CONFIG when what came is no
 * password.
 */
int password_command(const char *dsn, const char *command, uint64_t lifetime_ns, struct error *e);

/*
 * The newest password of this DSN into `out` (PASSWORD_MAX bytes). Returns its number, which grows
 * with each one that is fetched; 0 when there is no command for this DSN.
 */
unsigned password_get(const char *dsn, char *out);

/*
 * Before connecting: `refused` is the number of the password that the server refused last, or 0.
 * False: connect. True: a newer one is being fetched, ask again in a few ms.
 */
bool password_poll(const char *dsn, unsigned refused);

/* The same for those who may block: returns when password_poll() says to connect, or a signal. */
void password_await(const char *dsn, unsigned refused);

/* Ends a command that still runs and forgets everything: at the end of the program. */
void password_forget(void);

#endif

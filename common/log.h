/*
 * log.h - what we say on stderr: error, warn, info, debug, as text or as JSON lines.
 *
 * stdout is the product, stderr the chatter. Every text passes log_mask() first, so that no
 * password or token is ever printed. Safe to call from any thread.
 */
#ifndef LAKEPORT_COMMON_LOG_H
#define LAKEPORT_COMMON_LOG_H

#include <stdbool.h>

#include "common/error.h"
#include "common/text.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* What is above `level` is not printed; `json` selects one JSON object a line. */
void log_setup(enum log_level level, bool json);
enum log_level log_level(void);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints an error value once: "lakeport: TEXT", then the hint on a line of its own. */
void log_failure(const struct error *e);

/*
 * Appends `text` with secrets replaced by ***: the password of a URI (scheme://user:SECRET@), the
 * value of password=, sslpassword=, passwd=, pwd=, token=, secret=, and Bearer tokens.
 */
void log_mask(struct buf *out, const char *text);

#endif

/* progress.c - see progress.h. */
#include "common/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"

void progress_begin(struct progress *p, const char *what, double total)
{
	memset(p, 0, sizeof(*p));
	p->what = what;
	p->total = total;
	p->begun = p->drawn = clock_now();
	p->terminal = isatty(STDERR_FILENO) == 1;
}

static void describe(const struct progress *p, double done, const char *detail, char *out,
		     size_t size)
{
	double elapsed = (double)(clock_now() - p->begun) / 1e9;
	double share = p->total > 0 ? fmin(done / p->total, 1) : 0;
	int n = snprintf(out, size, "%s", p->what);

	if (share > 0 && n > 0 && (size_t)n < size)
		n += snprintf(out + n, size - (size_t)n, ": %3.0f %%, %.0f s left", share * 100,
			      elapsed * (1 - share) / share);
	if (detail && n > 0 && (size_t)n < size)
		snprintf(out + n, size - (size_t)n, "%s%s", share > 0 ? ", " : ": ", detail);
}

void progress_update(struct progress *p, double done, const char *detail)
{
	uint64_t pause = p->terminal ? 100 * CLOCK_MS : 10 * CLOCK_SECOND, now = clock_now();
	char line[200];

	if (log_level() < LOG_INFO || now - p->drawn < pause)
		return;
	p->drawn = now;
	describe(p, done, detail, line, sizeof(line));
	if (!p->terminal) {
		log_info("%s", line);
		return;
	}
	fprintf(stderr, "\r\033[K%.*s", 100, line);
	fflush(stderr);
	p->shown = true;
}

void progress_end(struct progress *p)
{
	if (!p->shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	p->shown = false;
}

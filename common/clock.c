/* clock.c - see clock.h. */
#include "common/clock.h"

#include <stdio.h>

static uint64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * CLOCK_SECOND + (uint64_t)t.tv_nsec;
}

uint64_t clock_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

uint64_t clock_thread_cpu(void)
{
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t clock_process_cpu(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

char *clock_iso(uint64_t wall, char *out, size_t size)
{
	time_t seconds = (time_t)(wall / CLOCK_SECOND);
	struct tm tm;
	size_t n;

	gmtime_r(&seconds, &tm);
	n = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, size - n, ".%03uZ", (unsigned)(wall % CLOCK_SECOND / CLOCK_MS));
	return out;
}

void clock_sleep(uint64_t ns)
{
	struct timespec t = {.tv_sec = (time_t)(ns / CLOCK_SECOND),
			     .tv_nsec = (long)(ns % CLOCK_SECOND)};

	nanosleep(&t, NULL);
}

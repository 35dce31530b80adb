/* record_where.c - the machine a run happened on, read from /proc and uname. */
#include "common/record_where.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "common/text.h"

/* The rest of the first line of `path` that begins with `key`, after blanks and `separators`. */
static bool find_line(const char *path, const char *key, const char *separators, char *out,
		      size_t size)
{
	FILE *f = fopen(path, "re");
	char line[512];
	bool found = false;

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		char *p = line;

		if (strncmp(line, key, strlen(key)) != 0)
			continue;
		p += strlen(key);
		p += strspn(p, separators);
		p[strcspn(p, "\"\n")] = '\0';
		snprintf(out, size, "%s", p);
		found = true;
	}
	fclose(f);
	return found;
}

static unsigned usable_cores(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	return (unsigned)CPU_COUNT(&set);
}

void record_where(struct record *r)
{
	struct utsname u;
	char text[512];

	if (uname(&u) == 0) {
		record_fact(r, &r->where, "host", u.nodename);
		snprintf(text, sizeof(text), "%s %s %s", u.sysname, u.release, u.machine);
		record_fact(r, &r->where, "kernel", text);
	}
	if (find_line("/etc/os-release", "PRETTY_NAME=", "\"", text, sizeof(text)))
		record_fact(r, &r->where, "system", text);
	if (find_line("/proc/cpuinfo", "model name", " \t:", text, sizeof(text)))
		record_fact(r, &r->where, "cpu", text);
	snprintf(text, sizeof(text), "%u", usable_cores());
	record_fact(r, &r->where, "cores", text);
	snprintf(text, sizeof(text), "%.1f GB",
		 (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / 1e9);
	record_fact(r, &r->where, "memory", text);
	record_fact(r, &r->where, "lakeport", LAKEPORT_VERSION);
	snprintf(text, sizeof(text), "%d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000);
	record_fact(r, &r->where, "libpq", text);
}

/*
 * temp.c - see temp.h.
 */
#include "migrate/temp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *temp_folder(void)
{
	const char *folder = getenv("TMPDIR");

	return folder && *folder ? folder : "/tmp";
}

int temp_failed(const char *path, struct error *e)
{
	error_set(e, ERROR_IO, "cannot write the temporary file '%s': %s", path, strerror(errno));
	return error_hint(e, "make room there, or name another folder in TMPDIR");
}

FILE *temp_open(char *path, size_t size, struct error *e)
{
	FILE *file;
	int fd;

	snprintf(path, size, "%s/lakeport-XXXXXX", temp_folder());
	fd = mkstemp(path);
	file = fd < 0 ? NULL : fdopen(fd, "w+");
	if (file)
		return file;
	temp_failed(path, e);
	if (fd >= 0) {
		close(fd);
		unlink(path);
	}
	return NULL;
}

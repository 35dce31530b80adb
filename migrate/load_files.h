/* load_files.h - private to migrate: from file names and patterns to a list of files. */
#ifndef LAKEPORT_MIGRATE_LOAD_FILES_H
#define LAKEPORT_MIGRATE_LOAD_FILES_H

#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"
#include "migrate/load.h"

/*
 * Every file that the names and patterns mean, once, by its real path, sorted by path: that is the
 * order of loading. A folder means the files in it. Class INPUT: a name without a file, a pattern
 * without a match. What a pattern or a folder holds besides files (pipes, links to nowhere) is left
 * out, with a warning. Memory from `a`.
 */
int load_files_find(const char *const *names, size_t n, struct arena *a, struct load_file **files,
		    size_t *count, struct error *e);
/* The same without warnings, to look again and again. */
int load_files_look(const char *const *names, size_t n, struct arena *a, struct load_file **files,
		    size_t *count, struct error *e);

#endif

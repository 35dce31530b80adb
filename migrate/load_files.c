/* load_files.c - see load_files.h. Files that begin with a dot or an underscore are not data. */
#include "migrate/load_files.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "migrate/file_hash.h"

struct list {
	struct arena *a;
	char **paths;
	size_t count, capacity;
};

static int add_path(struct list *l, const char *name, struct error *e)
{
	char real[PATH_MAX];

	if (!realpath(name, real))
		return error_set(e, ERROR_INPUT, "cannot read '%s': %s", name, strerror(errno));
	l->paths = xgrow(l->paths, l->count, &l->capacity, sizeof(*l->paths));
	l->paths[l->count++] = arena_strdup(l->a, real);
	return 0;
}

static bool is_folder(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_hidden(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return *name == '.' || *name == '_';
}

static int add_pattern(struct list *l, const char *pattern, bool folder, struct error *e)
{
	glob_t found;
	size_t i, before = l->count;
	int status = 0;

	if (glob(pattern, GLOB_BRACE | GLOB_TILDE, NULL, &found) != 0)
		return error_set(e, ERROR_INPUT, "no file matches '%s'", pattern);
	for (i = 0; status == 0 && i < found.gl_pathc; i++)
		if (!is_folder(found.gl_pathv[i]) && !(folder && is_hidden(found.gl_pathv[i])))
			status = add_path(l, found.gl_pathv[i], e);
	globfree(&found);
	if (status == 0 && l->count == before)
		return error_set(e, ERROR_INPUT, "no file matches '%s'", pattern);
	return status;
}

/* Sources that are still to come. A database's URL may hold a password: it is not repeated. */
static int refuse_source(const char *name, struct error *e)
{
	const char *scheme = strstr(name, "://");
	char *log;
	bool delta;

	if (scheme && strcspn(name, "/") == (size_t)(scheme - name) + 1) {
		error_set(e, ERROR_INPUT, "cannot load from a %.*s address yet, only from files",
			  (int)(scheme - name), name);
		return error_hint(e, "export it to Parquet or CSV and name those files");
	}
	log = xasprintf("%s/_delta_log", name);
	delta = is_folder(log);
	free(log);
	if (!delta)
		return 0;
	error_set(e, ERROR_INPUT, "'%s' is a Delta table, and those cannot be read yet", name);
	return error_hint(e, "its Parquet files alone may hold deleted and old rows: export the "
			     "table to files");
}

/* A file of that very name comes before the pattern that the name might be. */
static int add_name(struct list *l, const char *name, struct error *e)
{
	struct stat st;
	char *pattern;
	int status;

	if (refuse_source(name, e) < 0)
		return -1;
	if (is_folder(name)) {
		pattern = xasprintf("%s/*", name);
		status = add_pattern(l, pattern, true, e);
		free(pattern);
		return status < 0
			       ? error_set(e, ERROR_INPUT, "the folder '%s' holds no files", name)
			       : 0;
	}
	if (stat(name, &st) == 0)
		return add_path(l, name, e);
	if (strpbrk(name, "*?[{"))
		return add_pattern(l, name, false, e);
	return error_set(e, ERROR_INPUT, "cannot read '%s': %s", name, strerror(errno));
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int load_files_find(const char *const *names, size_t n, struct arena *a, struct load_file **files,
		    size_t *count, struct error *e)
{
	struct list l = {.a = a};
	size_t i, kept = 0;
	int status = 0;

	for (i = 0; status == 0 && i < n; i++)
		status = add_name(&l, names[i], e);
	if (status == 0)
		qsort(l.paths, l.count, sizeof(*l.paths), compare);
	*files = arena_alloc(a, (l.count + 1) * sizeof(**files));
	for (i = 0; status == 0 && i < l.count; i++) {
		struct ledger_file *f = &(*files)[kept].ledger;

		if (i && strcmp(l.paths[i], l.paths[i - 1]) == 0)
			continue;
		f->path = l.paths[i];
		status = file_look(f->path, &f->size, &f->mtime_ns, e);
		kept++;
	}
	*count = kept;
	free(l.paths);
	return status;
}

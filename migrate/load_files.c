/* load_files.c - see load_files.h. Files that begin with a dot or an underscore are not data. */
#include "migrate/load_files.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/log.h"
#include "migrate/file_hash.h"

struct place {
	char *path;
	bool found; /* by a pattern or in a folder, not named */
};

struct list {
	struct arena *a;
	struct place *places;
	size_t count, capacity;
	bool warn;
};

static void keep(struct list *l, const char *real, bool found)
{
	l->places = xgrow(l->places, l->count, &l->capacity, sizeof(*l->places));
	l->places[l->count++] = (struct place){arena_strdup(l->a, real), found};
}

static int add_path(struct list *l, const char *name, struct error *e)
{
	char real[PATH_MAX];

	if (!realpath(name, real))
		return error_set(e, ERROR_INPUT, "cannot read '%s': %s", name, strerror(errno));
	keep(l, real, false);
	return 0;
}

/* What was found and is no file (a link to nowhere, a pipe) stops no other. */
static void add_found(struct list *l, const char *name)
{
	char real[PATH_MAX];
	struct stat st;
	bool there = realpath(name, real) && stat(real, &st) == 0;

	if (there && S_ISREG(st.st_mode))
		keep(l, real, true);
	else if (l->warn && !(there && S_ISDIR(st.st_mode)) && lstat(name, &st) == 0)
		log_warn("'%s' is left out: %s", name,
			 there ? "it is not a file" : strerror(errno));
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

static int add_pattern(struct list *l, const char *pattern, struct error *e)
{
	glob_t found;
	size_t i, before = l->count;

	if (glob(pattern, GLOB_BRACE | GLOB_TILDE, NULL, &found) != 0)
		return error_set(e, ERROR_INPUT, "no file matches '%s'", pattern);
	for (i = 0; i < found.gl_pathc; i++)
		add_found(l, found.gl_pathv[i]);
	globfree(&found);
	if (l->count == before)
		return error_set(e, ERROR_INPUT, "no file matches '%s'", pattern);
	return 0;
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

/* Not by a pattern: the folder's own name may look like one. */
static int add_folder(struct list *l, const char *name, struct error *e)
{
	DIR *folder = opendir(name);
	size_t before = l->count;
	struct dirent *entry;

	if (!folder)
		return error_set(e, ERROR_INPUT, "cannot read the folder '%s': %s", name,
				 strerror(errno));
	while ((entry = readdir(folder))) {
		char *path = xasprintf("%s/%s", name, entry->d_name);

		if (!is_hidden(path))
			add_found(l, path);
		free(path);
	}
	closedir(folder);
	if (l->count == before)
		return error_set(e, ERROR_INPUT, "the folder '%s' holds no files", name);
	return 0;
}

static int refuse_stream(const char *name, struct error *e)
{
	error_set(e, ERROR_INPUT, "'%s' is not a file", name);
	return error_hint(e, "what is loaded is known by its file: save the stream to one first");
}

/* A file of that very name comes before the pattern that the name might be. */
static int add_name(struct list *l, const char *name, struct error *e)
{
	struct stat st;

	if (refuse_source(name, e) < 0)
		return -1;
	if (is_folder(name))
		return add_folder(l, name, e);
	if (stat(name, &st) == 0)
		return S_ISREG(st.st_mode) ? add_path(l, name, e) : refuse_stream(name, e);
	if (strcmp(name, "-") == 0)
		return refuse_stream(name, e);
	if (strpbrk(name, "*?[{"))
		return add_pattern(l, name, e);
	return error_set(e, ERROR_INPUT, "cannot read '%s': %s", name, strerror(errno));
}

static int compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : x->found - y->found; /* those that were named first */
}

static int find(struct list *l, const char *const *names, size_t n, struct load_file **files,
		size_t *count, struct error *e)
{
	size_t i, kept = 0;
	int status = 0;

	for (i = 0; status == 0 && i < n; i++)
		status = add_name(l, names[i], e);
	if (status == 0 && l->count)
		qsort(l->places, l->count, sizeof(*l->places), compare);
	*files = arena_alloc(l->a, (l->count + 1) * sizeof(**files));
	for (i = 0; status == 0 && i < l->count; i++) {
		struct ledger_file *f = &(*files)[kept].ledger;
		struct error gone = ERROR_INIT;

		if (i && strcmp(l->places[i].path, l->places[i - 1].path) == 0)
			continue;
		f->path = l->places[i].path;
		if (file_look(f->path, &f->size, &f->mtime_ns, &gone) == 0) {
			kept++;
		} else if (!l->places[i].found) {
			*e = gone;
			status = -1;
		}
	}
	*count = kept;
	free(l->places);
	return status;
}

int load_files_find(const char *const *names, size_t n, struct arena *a, struct load_file **files,
		    size_t *count, struct error *e)
{
	return find(&(struct list){.a = a, .warn = true}, names, n, files, count, e);
}

int load_files_look(const char *const *names, size_t n, struct arena *a, struct load_file **files,
		    size_t *count, struct error *e)
{
	return find(&(struct list){.a = a}, names, n, files, count, e);
}

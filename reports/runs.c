/* runs.c - see runs.h. */
#include "reports/runs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/memory.h"

#define EXTENSION ".json"

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* When the file was written, in nanoseconds; 0 when it is gone. */
static int64_t written(const char *directory, const char *name)
{
	struct buf path = {0};
	struct stat st = {0};

	buf_printf(&path, "%s/%s", directory, name);
	if (stat(buf_text(&path), &st) != 0)
		st = (struct stat){0};
	buf_release(&path);
	return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

/* An id has the second in which its run began: those of one second are ordered by their files. */
static void order_within_seconds(struct run_names *names, const char *directory)
{
	const size_t second = strlen("20260101-000000");

	for (size_t i = 1; i < names->count; i++)
		for (size_t k = i; k > 0; k--) {
			char *before = names->items[k - 1], *name = names->items[k];

			if (strncmp(before, name, second) != 0 ||
			    written(directory, before) <= written(directory, name))
				break;
			names->items[k - 1] = name;
			names->items[k] = before;
		}
}

int run_names_read(struct run_names *names, const char *directory, struct error *e)
{
	DIR *d = opendir(directory);
	struct dirent *entry;

	*names = (struct run_names){0};
	if (!d) {
		error_set(e, ERROR_INPUT, "cannot read the runs folder '%s': %s", directory,
			  strerror(errno));
		return error_hint(e, "name the folder with --runs, or make a run first");
	}
	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.' || !ends_with(entry->d_name, EXTENSION))
			continue;
		names->items = xgrow(names->items, names->count, &names->capacity, sizeof(char *));
		names->items[names->count++] = xstrdup(entry->d_name);
	}
	closedir(d);
	if (names->count)
		qsort(names->items, names->count, sizeof(char *), compare_names);
	order_within_seconds(names, directory);
	return 0;
}

void run_names_release(struct run_names *names)
{
	while (names->count)
		free(names->items[--names->count]);
	free(names->items);
	*names = (struct run_names){0};
}

/* Ids begin with the date, so the last name is the newest run; other files are passed over. */
static const char *nth_latest(const struct run_names *names, int64_t n)
{
	size_t i;

	for (i = names->count; i > 0; i--) {
		const char *name = names->items[i - 1];

		if (strspn(name, "0123456789") == 8 && name[8] == '-' && n-- == 0)
			return name;
	}
	return NULL;
}

static int find_latest(const struct run_names *names, const char *directory, const char *named,
		       const char **found, struct error *e)
{
	const char *back = named + strlen("latest");
	int64_t n = 0;

	if (*back && (*back != '~' || !text_to_int(back + 1, &n) || n < 0))
		return error_set(e, ERROR_INPUT, "'%s' is not a run: write latest or latest~1",
				 named);
	*found = nth_latest(names, n);
	if (!*found)
		return error_set(e, ERROR_INPUT, "there is no run '%s' in '%s'", named, directory);
	return 0;
}

static int find_prefix(const struct run_names *names, const char *directory, const char *named,
		       const char **found, struct error *e)
{
	size_t length = strlen(named), matches = 0, i;

	for (i = 0; i < names->count; i++) {
		const char *name = names->items[i];

		if (strncmp(name, named, length) != 0)
			continue;
		*found = name;
		matches++;
		if (strcmp(name + length, EXTENSION) == 0) {
			matches = 1;
			break;
		}
	}
	if (matches == 1)
		return 0;
	if (matches > 1)
		error_set(e, ERROR_INPUT, "%zu runs in '%s' begin with '%s'", matches, directory,
			  named);
	else
		error_set(e, ERROR_INPUT, "there is no file and no run '%s' in '%s'", named,
			  directory);
	return error_hint(e, "see 'lakeport report list'");
}

int run_find(const char *directory, const char *named, struct buf *path, struct error *e)
{
	struct run_names names;
	const char *found = NULL;
	struct stat st;
	int result;

	if (*named == '\0')
		return error_set(e, ERROR_USAGE, "the name of the run record is empty");
	if (strchr(named, '/') || ends_with(named, EXTENSION) ||
	    (stat(named, &st) == 0 && S_ISREG(st.st_mode))) {
		buf_puts(path, named);
		return 0;
	}
	result = run_names_read(&names, directory, e);
	if (result == 0 && strncmp(named, "latest", strlen("latest")) == 0)
		result = find_latest(&names, directory, named, &found, e);
	else if (result == 0)
		result = find_prefix(&names, directory, named, &found, e);
	if (result == 0)
		buf_printf(path, "%s/%s", directory, found);
	run_names_release(&names);
	return result;
}

static bool same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev &&
	       sa.st_ino == sb.st_ino;
}

int report_write(const char *path, const char *record, const struct buf *report, struct error *e)
{
	if (report->truncated)
		return error_set(e, ERROR_IO, "the report would be larger than %zu bytes",
				 report->max ? report->max : BUF_DEFAULT_MAX);
	if (!path || strcmp(path, "-") == 0) {
		if (fwrite(buf_text(report), 1, report->len, stdout) == report->len &&
		    fflush(stdout) == 0)
			return 0;
		return error_set(e, ERROR_IO, "cannot write to standard output: %s",
				 strerror(errno));
	}
	if (record && same_file(path, record))
		return error_set(e, ERROR_USAGE,
				 "'%s' is the run record itself; write the report "
				 "to another file",
				 path);
	return text_write_file(path, buf_text(report), report->len, e);
}

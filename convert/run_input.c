/*
 * run_input.c - the files of a run: those that were named, those in folders (*.sql, deeper ones,
 * too), standard input; and where each one's result goes.
 *
 * The output folder gets the layout of the input folder. With several arguments each folder keeps
 * its own name, so that two of them cannot meet.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "convert/run.h"

#define MAX_DEPTH 64

struct finding_files {
	struct run *run;
	struct arena *arena;
	char *out_real; /* the output folder, when it exists: it is not input */
	struct error *e;
};

static int add_file(struct finding_files *f, const char *path, const char *name, size_t bytes)
{
	struct run_files *files = &f->run->files;
	struct run_file *file, *other;

	for (other = files->first; other; other = other->next)
		if (strcmp(other->name, name) == 0) {
			error_set(f->e, ERROR_USAGE, "'%s' and '%s' would both become '%s/%s'",
				  other->path, path, f->run->out, name);
			return error_hint(f->e, "convert them in two runs, or name the folder that "
						"holds both");
		}
	if (files->count == RUN_MAX_FILES)
		return error_set(f->e, ERROR_INPUT, "more than %d files", RUN_MAX_FILES);
	file = arena_alloc(f->arena, sizeof(*file));
	file->path = arena_strdup(f->arena, path);
	file->name = arena_strdup(f->arena, name);
	file->out_path = arena_printf(f->arena, "%s/%s", f->run->out, name);
	file->bytes = bytes;
	file->number = (uint32_t)files->count + 1;
	*files->last = file;
	files->last = &file->next;
	files->count++;
	files->bytes += bytes;
	return 0;
}

static bool is_sql(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcasecmp(name + n - 4, ".sql") == 0 && name[0] != '.';
}

static bool is_output(const struct finding_files *f, const char *path)
{
	char *real = f->out_real ? realpath(path, NULL) : NULL;
	bool same = real && strcmp(real, f->out_real) == 0;

	free(real);
	return same;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder, sorted, so that a run is the same each time. */
static int list_folder(struct finding_files *f, const char *path, const char ***names, size_t *n)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	const char **list = NULL;
	size_t count = 0, capacity = 0;

	if (!folder)
		return error_set(f->e, ERROR_INPUT, "cannot open '%s': %s", path, strerror(errno));
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		list = xgrow(list, count, &capacity, sizeof(*list));
		list[count++] = arena_strdup(f->arena, entry->d_name);
	}
	closedir(folder);
	if (count)
		qsort(list, count, sizeof(*list), by_name);
	*names = list;
	*n = count;
	return 0;
}

static int add_folder(struct finding_files *f, const char *path, const char *prefix, unsigned depth)
{
	const char **names = NULL;
	size_t n = 0, i;
	int status = 0;

	if (is_output(f, path))
		return 0;
	if (depth > MAX_DEPTH)
		return error_set(f->e, ERROR_INPUT, "'%s': folders are nested more than %d deep",
				 path, MAX_DEPTH);
	if (list_folder(f, path, &names, &n) < 0)
		return -1;
	for (i = 0; i < n && status == 0; i++) {
		char *inside = xasprintf("%s/%s", path, names[i]);
		char *name = xasprintf("%s%s%s", prefix, *prefix ? "/" : "", names[i]);
		struct stat st;

		if (stat(inside, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				status = add_folder(f, inside, name, depth + 1);
			else if (S_ISREG(st.st_mode) && is_sql(names[i]))
				status = add_file(f, inside, name, (size_t)st.st_size);
		}
		free(name);
		free(inside);
	}
	free(names);
	return status;
}

/* The last part of a path, without slashes at its end. */
static const char *base_name(struct arena *a, const char *path)
{
	size_t n = strlen(path), begin;

	while (n > 1 && path[n - 1] == '/')
		n--;
	for (begin = n; begin > 0 && path[begin - 1] != '/'; begin--)
		;
	return arena_strndup(a, path + begin, n - begin);
}

static int add_argument(struct finding_files *f, const char *argument, bool alone)
{
	const char *base;
	struct stat st;
	size_t before = f->run->files.count;

	if (strcmp(argument, "-") == 0)
		return add_file(f, "-", "stdin.sql", 0);
	if (stat(argument, &st) < 0)
		return error_set(f->e, ERROR_INPUT, "cannot open '%s': %s", argument,
				 strerror(errno));
	base = base_name(f->arena, argument);
	if (!S_ISDIR(st.st_mode))
		return add_file(f, argument, base, (size_t)st.st_size);
	if (is_output(f, argument)) {
		error_set(f->e, ERROR_CONFIG, "'%s' is both the input and the output", argument);
		return error_hint(f->e, "give another folder with --out");
	}
	if (strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		base = "";
	if (add_folder(f, argument, alone ? "" : base, 0) < 0)
		return -1;
	if (f->run->files.count == before) {
		error_set(f->e, ERROR_INPUT, "there are no .sql files in '%s'", argument);
		return error_hint(f->e, "name the files themselves when they end otherwise");
	}
	return 0;
}

/* No input is ever written over, whatever links there are. */
static int refuse_overwriting(const struct run *r, struct error *e)
{
	const struct run_file *f, *g;

	for (f = r->files.first; f; f = f->next) {
		struct stat in, out;

		if (stat(f->out_path, &out) < 0)
			continue;
		for (g = r->files.first; g; g = g->next)
			if (stat(g->path, &in) == 0 && in.st_dev == out.st_dev &&
			    in.st_ino == out.st_ino) {
				error_set(e, ERROR_CONFIG,
					  "'%s' would be written over the input '%s'", f->out_path,
					  g->path);
				return error_hint(e, "give another folder with --out");
			}
	}
	return 0;
}

int run_find_files(struct run *r, const char *const *arguments, size_t n, struct error *e)
{
	struct finding_files f = {.run = r, .arena = &r->arena, .e = e};
	size_t i;
	int status = 0;

	r->files.last = &r->files.first;
	f.out_real = realpath(r->out, NULL);
	for (i = 0; i < n && status == 0; i++)
		status = add_argument(&f, arguments[i], n == 1);
	free(f.out_real);
	return status == 0 ? refuse_overwriting(r, e) : -1;
}

/* ---- reading ---- */

static int read_standard_input(struct buf *out, struct error *e)
{
	char piece[65536];
	ssize_t n;

	while ((n = read(STDIN_FILENO, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(e, ERROR_INPUT, "cannot read standard input: %s",
					 strerror(errno));
		if (memchr(piece, '\0', (size_t)n))
			return error_set(e, ERROR_INPUT, "standard input is no text");
		buf_add(out, piece, (size_t)n);
		if (out->truncated)
			return error_set(e, ERROR_INPUT, "standard input is longer than %zu MB",
					 RUN_MAX_FILE >> 20);
	}
	return 0;
}

/* GOLDEN/name.3.csv for the third statement; GOLDEN/name.csv for the last one. */
static void find_golden(const struct run *r, struct run_statement *s, struct arena *a)
{
	static const char *const endings[] = {"csv", "jsonl"};
	const struct run_file *f = s->file;
	const char *dot = strrchr(f->name, '.');
	size_t stem = dot && !strchr(dot, '/') ? (size_t)(dot - f->name) : strlen(f->name), i;
	struct error e = ERROR_INIT;

	for (i = 0; i < 4 && !s->golden_read; i++) {
		const char *path = i < 2 ? arena_printf(a, "%s/%.*s.%zu.%s", r->golden, (int)stem,
							f->name, s->number, endings[i])
					 : arena_printf(a, "%s/%.*s.%s", r->golden, (int)stem,
							f->name, endings[i - 2]);

		if ((i >= 2 && s->number != f->pieces.statements) || access(path, F_OK) < 0)
			continue;
		if (golden_read(&s->golden, path, a, &e) < 0)
			s->why = arena_strdup(a, e.text);
		s->golden_read = true;
	}
}

static void list_statements(struct run *r, struct run_file *f, struct arena *a)
{
	size_t i, n = 0;

	f->statements = arena_alloc(a, (f->pieces.statements + 1) * sizeof(*f->statements));
	for (i = 0; i < f->pieces.count; i++) {
		const struct piece *p = &f->pieces.items[i];

		if (!p->statement)
			continue;
		f->statements[n] = (struct run_statement){
			.file = f, .text = p->text, .number = n + 1, .line = p->line};
		if (r->golden)
			find_golden(r, &f->statements[n], a);
		n++;
	}
}

void run_read(struct run *r, struct run_file *f, struct arena *a)
{
	struct error e = ERROR_INIT;
	struct str text;
	int status;

	f->read = true;
	f->source.max = RUN_MAX_FILE;
	status = strcmp(f->path, "-") == 0 ? read_standard_input(&f->source, &e)
					   : text_read_file(f->path, RUN_MAX_FILE, &f->source, &e);
	if (status < 0) {
		f->failure = arena_strdup(a, e.text);
		return;
	}
	text = pieces_uncover((struct str){buf_text(&f->source), f->source.len}, a);
	pieces_cut(&f->pieces, r->convert.from, text, a);
}

void run_load(struct run *r, struct run_file *f, struct arena *a)
{
	if (!f->read)
		run_read(r, f, a);
	f->loaded = true;
	if (f->failure)
		return;
	list_statements(r, f, a);
	atomic_store(&f->remaining, f->pieces.statements);
}

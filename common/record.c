/*
 * record.c - building a run record and writing it. See record.h; record_read.c reads it back,
 * record_where.c describes the machine.
 */
#include "common/record.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/record_where.h"
#include "common/text.h"

static const char *copy(struct record *r, const char *s)
{
	char *kept = s ? arena_strdup(&r->arena, s) : NULL;

	if (kept)
		text_make_utf8(kept);
	return kept;
}

/* Arguments such as a DSN hold secrets: what is kept is masked. */
static const char *masked_copy(struct record *r, const char *s)
{
	struct buf b = {0};
	const char *result;

	log_mask(&b, s);
	result = copy(r, buf_text(&b));
	buf_release(&b);
	return result;
}

/* A command that gives a password may hold one itself. */
static const char *masked_argument(struct record *r, const char *before, const char *s)
{
	static const char option[] = "--password-command";
	size_t n = sizeof(option) - 1;

	if (before && strcmp(before, option) == 0)
		return "***";
	if (strncmp(s, option, n) == 0 && s[n] == '=')
		return "--password-command=***";
	return masked_copy(r, s);
}

static const char *make_id(struct record *r)
{
	uint64_t wall = r->started;
	time_t seconds = (time_t)(wall / CLOCK_SECOND);
	unsigned salt = (unsigned)(wall / CLOCK_US ^ (uint64_t)getpid() << 12) & 0xffffff;
	char when[32];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(when, sizeof(when), "%Y%m%d-%H%M%S", &tm);
	return arena_printf(&r->arena, "%s-%s-%s-%06x", when, r->tool, r->verb, salt);
}

struct record *record_new(const char *tool, const char *verb, int argc, char *const *argv)
{
	struct record *r = xcalloc(1, sizeof(*r));
	int i;

	r->started = clock_wall();
	r->tool = copy(r, tool);
	r->verb = copy(r, verb);
	r->title = arena_printf(&r->arena, "%s %s", tool, verb);
	r->id = make_id(r);
	r->arguments = arena_alloc(&r->arena, ((size_t)argc + 1) * sizeof(char *));
	for (i = 0; i < argc; i++)
		r->arguments[r->argument_count++] =
			masked_argument(r, i ? argv[i - 1] : NULL, argv[i]);
	record_where(r);
	return r;
}

void record_free(struct record *r)
{
	if (!r)
		return;
	free(r->where.items);
	free(r->target.items);
	free(r->metrics);
	free(r->histograms);
	free(r->series);
	free(r->tables);
	free(r->findings);
	arena_release(&r->arena);
	free(r);
}

void record_title(struct record *r, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	r->title = copy(r, text);
}

void record_fact(struct record *r, struct facts *facts, const char *name, const char *value)
{
	facts->items = xgrow(facts->items, facts->count, &facts->capacity, sizeof(struct fact));
	facts->items[facts->count++] = (struct fact){copy(r, name), masked_copy(r, value)};
}

void record_target(struct record *r, const char *name, const char *value)
{
	record_fact(r, &r->target, name, value);
}

void record_metric(struct record *r, const char *name, const char *of, double value, bool headline)
{
	const struct metric_name *known = record_metric_name(name);

	assert(known);
	r->metrics = xgrow(r->metrics, r->metric_count, &r->metric_capacity, sizeof(struct metric));
	r->metrics[r->metric_count++] = (struct metric){
		.name = known->name,
		.unit = known->unit,
		.of = copy(r, of),
		.value = value,
		.better = known->better,
		.headline = headline,
	};
}

void record_histogram(struct record *r, const char *name, const char *of, const char *unit,
		      const struct histogram *h)
{
	struct histogram *kept = arena_alloc(&r->arena, sizeof(*kept));

	*kept = *h;
	r->histograms = xgrow(r->histograms, r->histogram_count, &r->histogram_capacity,
			      sizeof(struct record_histogram));
	r->histograms[r->histogram_count++] = (struct record_histogram){
		.name = copy(r, name), .of = copy(r, of), .unit = copy(r, unit), .h = kept};
}

static struct record_column *copy_columns(struct record *r, const struct record_column *columns,
					  size_t n)
{
	struct record_column *kept = arena_alloc(&r->arena, n * sizeof(*kept));
	size_t i;

	for (i = 0; i < n; i++) {
		kept[i] = columns[i];
		kept[i].name = copy(r, columns[i].name);
		kept[i].title = copy(r, columns[i].title ? columns[i].title : columns[i].name);
		kept[i].unit = copy(r, columns[i].unit ? columns[i].unit : "");
	}
	return kept;
}

/* Room for one more row of `width` bytes in arena memory: doubled, the old one left behind. */
static void *more_rows(struct record *r, void *rows, size_t count, size_t *capacity, size_t width)
{
	void *larger;

	if (count < *capacity)
		return rows;
	*capacity = *capacity ? *capacity * 2 : 16;
	larger = arena_alloc(&r->arena, *capacity * width);
	if (count)
		memcpy(larger, rows, count * width);
	return larger;
}

struct series *record_series(struct record *r, const char *name, const char *title,
			     double interval_s, const struct record_column *columns, size_t n)
{
	struct series *s = arena_alloc(&r->arena, sizeof(*s));

	s->name = copy(r, name);
	s->title = copy(r, title);
	s->interval_s = interval_s;
	s->columns = copy_columns(r, columns, n);
	s->column_count = n;
	r->series = xgrow(r->series, r->series_count, &r->series_capacity, sizeof(s));
	r->series[r->series_count++] = s;
	return s;
}

void series_row(struct record *r, struct series *s, const double *values)
{
	size_t width = s->column_count * sizeof(double);

	s->values = more_rows(r, s->values, s->row_count, &s->row_capacity, width);
	memcpy(s->values + s->row_count++ * s->column_count, values, width);
}

struct record_table *record_table(struct record *r, const char *name, const char *title,
				  const struct record_column *columns, size_t n)
{
	struct record_table *t = arena_alloc(&r->arena, sizeof(*t));

	t->name = copy(r, name);
	t->title = copy(r, title);
	t->columns = copy_columns(r, columns, n);
	t->column_count = n;
	r->tables = xgrow(r->tables, r->table_count, &r->table_capacity, sizeof(t));
	r->tables[r->table_count++] = t;
	return t;
}

void table_curve(struct record *r, struct record_table *t, const char *column)
{
	t->curve = copy(r, column);
}

void table_texts(struct record *r, struct record_table *t, const char *column)
{
	t->texts = copy(r, column);
}

void table_row(struct record *r, struct record_table *t, const struct cell *cells)
{
	size_t width = t->column_count * sizeof(struct cell), i;
	struct cell *row;

	t->cells = more_rows(r, t->cells, t->row_count, &t->row_capacity, width);
	row = t->cells + t->row_count++ * t->column_count;
	for (i = 0; i < t->column_count; i++)
		row[i] = (struct cell){.text = copy(r, cells[i].text), .number = cells[i].number};
}

void record_finding(struct record *r, const char *id, enum severity severity, const char *object,
		    const char *evidence, const char *fix)
{
	r->findings =
		xgrow(r->findings, r->finding_count, &r->finding_capacity, sizeof(struct finding));
	r->findings[r->finding_count++] = (struct finding){
		.id = copy(r, id),
		.severity = severity,
		.object = masked_copy(r, object ? object : ""),
		.evidence = masked_copy(r, evidence ? evidence : ""),
		.fix = masked_copy(r, fix ? fix : ""),
	};
}

const struct metric *record_find_metric(const struct record *r, const char *name, const char *of)
{
	size_t i;

	for (i = 0; i < r->metric_count; i++) {
		const struct metric *m = &r->metrics[i];

		if (strcmp(m->name, name) == 0 && !m->of == !of && (!of || !strcmp(m->of, of)))
			return m;
	}
	return NULL;
}

static int make_directories(const char *directory)
{
	char *path = xstrdup(directory), *p;
	int result = 0;

	for (p = path + 1; *p && result == 0; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			result = -1;
		*p = '/';
	}
	if (result == 0 && mkdir(path, 0777) < 0 && errno != EEXIST)
		result = -1;
	free(path);
	return result;
}

int record_check_directory(const char *directory, struct error *e)
{
	char *probe;
	int fd;

	if (*directory == '\0')
		return error_set(e, ERROR_CONFIG, "the runs folder has no name");
	if (make_directories(directory) < 0) {
		error_set(e, ERROR_CONFIG, "cannot make the runs folder '%s': %s", directory,
			  strerror(errno));
		return error_hint(e, "name another folder with --runs");
	}
	probe = xasprintf("%s/.probe.XXXXXX", directory);
	fd = mkstemp(probe);
	if (fd >= 0) {
		unlink(probe);
		close(fd);
	} else {
		error_set(e, ERROR_CONFIG, "cannot write into the runs folder '%s': %s", directory,
			  strerror(errno));
		error_hint(e, "name another folder with --runs");
	}
	free(probe);
	return fd < 0 ? -1 : 0;
}

int record_write(struct record *r, const char *directory, char *path, size_t path_size,
		 struct error *e)
{
	char *file, *json;
	int result;

	if (r->finished == 0)
		r->finished = clock_wall();
	if (make_directories(directory) < 0)
		return error_set(e, ERROR_IO, "cannot make the runs folder '%s': %s", directory,
				 strerror(errno));
	json = record_print(r);
	file = xasprintf("%s/%s.json", directory, r->id);
	result = text_write_file(file, json, strlen(json), e);
	if (path)
		snprintf(path, path_size, "%s", file);
	free(file);
	free(json);
	return result;
}

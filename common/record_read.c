/*
 * record_read.c - reading a run record back, strictly.
 *
 * A record may come from anywhere, so nothing in it is believed: every member is checked for its
 * type, every count is bounded, and the first fault ends the reading with the path of the member
 * ("series[0].rows[12]"). Unknown members are passed over, so that a later 1.x may add some.
 */
#include "common/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "common/clock.h"
#include "common/text.h"

#define MAX_COLUMNS    1000
#define MAX_HISTOGRAMS 1000 /* 37 kB each, however short they are in the file */

struct reader {
	struct record *r;
	const char *name; /* of the file, for messages */
	struct error *e;
	char path[200]; /* of the member that is being read */
};

static int fault(struct reader *rd, const char *member, const char *expected)
{
	error_set(rd->e, ERROR_INPUT, "'%s' is not a run record: %s%s%s must be %s", rd->name,
		  rd->path, rd->path[0] ? "." : "", member, expected);
	return -1;
}

static int get_text(struct reader *rd, const cJSON *o, const char *member, bool optional,
		    const char **out)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, member);

	*out = NULL;
	if (!item && optional)
		return 0;
	if (!cJSON_IsString(item))
		return fault(rd, member, "a text");
	*out = arena_strdup(&rd->r->arena, item->valuestring);
	return 0;
}

static int get_number(struct reader *rd, const cJSON *o, const char *member, double *out)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, member);

	if (cJSON_IsNull(item)) {
		*out = (double)NAN;
		return 0;
	}
	if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble))
		return fault(rd, member, "a number");
	*out = item->valuedouble;
	return 0;
}

static int get_counter(struct reader *rd, const cJSON *o, const char *member, uint64_t *out)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, member);

	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) || item->valuedouble > 0x1p63)
		return fault(rd, member, "a counter");
	*out = (uint64_t)item->valuedouble;
	return 0;
}

static int get_better(struct reader *rd, const cJSON *o, enum better *out)
{
	const char *word;
	int b;

	if (get_text(rd, o, "better", false, &word) < 0)
		return -1;
	for (b = BETTER_NONE; b <= BETTER_LOWER; b++) {
		if (strcmp(word, better_word((enum better)b)) == 0) {
			*out = (enum better)b;
			return 0;
		}
	}
	return fault(rd, "better", "none, higher or lower");
}

static int get_when(struct reader *rd, const cJSON *o, const char *member, uint64_t *out)
{
	struct tm tm = {0};
	const char *text, *rest;
	char *end = NULL;
	double fraction;
	size_t digits;

	if (get_text(rd, o, member, false, &text) < 0)
		return -1;
	rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (!rest || tm.tm_year < 70 || tm.tm_year > 500)
		return fault(rd, member, "a time such as 2026-11-21T14:51:33.123Z");
	digits = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
	fraction = digits ? strtod(rest, &end) : 0;
	if (strcmp(digits ? end : rest, "Z") != 0 || !(fraction < 1))
		return fault(rd, member, "a time such as 2026-11-21T14:51:33.123Z");
	*out = (uint64_t)timegm(&tm) * CLOCK_SECOND + (uint64_t)(fraction * 1e9);
	return 0;
}

static int read_facts(struct reader *rd, const cJSON *root, const char *member, struct facts *facts)
{
	const cJSON *o = cJSON_GetObjectItemCaseSensitive(root, member), *item;

	if (!cJSON_IsObject(o))
		return fault(rd, member, "an object");
	cJSON_ArrayForEach(item, o)
	{
		if (!cJSON_IsString(item) || !item->string)
			return fault(rd, member, "an object of texts");
		facts->items =
			xgrow(facts->items, facts->count, &facts->capacity, sizeof(struct fact));
		facts->items[facts->count++] =
			(struct fact){arena_strdup(&rd->r->arena, item->string),
				      arena_strdup(&rd->r->arena, item->valuestring)};
	}
	return 0;
}

static int read_metric(struct reader *rd, const cJSON *o)
{
	struct record *r = rd->r;
	struct metric m = {0};

	if (get_text(rd, o, "name", false, &m.name) < 0 || get_text(rd, o, "of", true, &m.of) < 0 ||
	    get_text(rd, o, "unit", false, &m.unit) < 0 ||
	    get_number(rd, o, "value", &m.value) < 0 || get_better(rd, o, &m.better) < 0)
		return -1;
	m.headline = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "headline"));
	r->metrics = xgrow(r->metrics, r->metric_count, &r->metric_capacity, sizeof(m));
	r->metrics[r->metric_count++] = m;
	return 0;
}

static int read_buckets(struct reader *rd, const cJSON *o, struct histogram *h)
{
	const cJSON *buckets = cJSON_GetObjectItemCaseSensitive(o, "buckets"), *pair;
	uint64_t seen = 0;

	if (!cJSON_IsArray(buckets))
		return fault(rd, "buckets", "an array");
	cJSON_ArrayForEach(pair, buckets)
	{
		const cJSON *index = cJSON_GetArrayItem(pair, 0),
			    *count = cJSON_GetArrayItem(pair, 1);

		if (!cJSON_IsNumber(index) || !cJSON_IsNumber(count) ||
		    !(index->valuedouble >= 0) || !(index->valuedouble < HISTOGRAM_BUCKETS) ||
		    !(count->valuedouble >= 1) || count->valuedouble > 0x1p53)
			return fault(rd, "buckets", "pairs of bucket and count");
		h->bucket[(unsigned)index->valuedouble] += (uint64_t)count->valuedouble;
		seen += (uint64_t)count->valuedouble;
	}
	if (seen != h->count)
		return fault(rd, "count", "the sum of the buckets");
	return 0;
}

static int read_histogram(struct reader *rd, const cJSON *o)
{
	struct record *r = rd->r;
	struct record_histogram rh = {0};
	double sub_bits;

	if (r->histogram_count >= MAX_HISTOGRAMS)
		return fault(rd, "", "one of at most 1000 histograms");
	rh.h = arena_alloc(&r->arena, sizeof(*rh.h));
	if (get_text(rd, o, "name", false, &rh.name) < 0 ||
	    get_text(rd, o, "of", true, &rh.of) < 0 ||
	    get_text(rd, o, "unit", false, &rh.unit) < 0 ||
	    get_number(rd, o, "sub_bits", &sub_bits) < 0)
		return -1;
	if (sub_bits != HISTOGRAM_SUB_BITS)
		return fault(rd, "sub_bits", "7");
	if (get_counter(rd, o, "count", &rh.h->count) < 0 ||
	    get_counter(rd, o, "sum_ns", &rh.h->sum) < 0 ||
	    get_counter(rd, o, "min_ns", &rh.h->min) < 0 ||
	    get_counter(rd, o, "max_ns", &rh.h->max) < 0 || read_buckets(rd, o, rh.h) < 0)
		return -1;
	r->histograms =
		xgrow(r->histograms, r->histogram_count, &r->histogram_capacity, sizeof(rh));
	r->histograms[r->histogram_count++] = rh;
	return 0;
}

static int read_columns(struct reader *rd, const cJSON *o, struct record_column **columns,
			size_t *count)
{
	const cJSON *array = cJSON_GetObjectItemCaseSensitive(o, "columns"), *item;
	int n = cJSON_GetArraySize(array);
	size_t i = 0;

	if (!cJSON_IsArray(array) || n < 1 || n > MAX_COLUMNS)
		return fault(rd, "columns", "an array of 1 to 1000 columns");
	*columns = arena_alloc(&rd->r->arena, (size_t)n * sizeof(**columns));
	cJSON_ArrayForEach(item, array)
	{
		struct record_column *c = &(*columns)[i++];

		if (get_text(rd, item, "name", false, &c->name) < 0 ||
		    get_text(rd, item, "title", false, &c->title) < 0 ||
		    get_text(rd, item, "unit", false, &c->unit) < 0 ||
		    get_better(rd, item, &c->better) < 0)
			return -1;
		c->text = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "text"));
	}
	*count = i;
	return 0;
}

/* The rows of a table or series: each as wide as the columns, cells texts, numbers or null. */
static int read_rows(struct reader *rd, const cJSON *o, size_t width, bool texts,
		     struct cell **cells, size_t *row_count)
{
	const cJSON *rows = cJSON_GetObjectItemCaseSensitive(o, "rows"), *row, *item;
	struct cell *next;

	if (!cJSON_IsArray(rows))
		return fault(rd, "rows", "an array");
	*row_count = (size_t)cJSON_GetArraySize(rows);
	next = *cells = arena_alloc(&rd->r->arena, *row_count * width * sizeof(struct cell));
	cJSON_ArrayForEach(row, rows)
	{
		if (!cJSON_IsArray(row) || (size_t)cJSON_GetArraySize(row) != width)
			return fault(rd, "rows", "arrays as wide as the columns");
		cJSON_ArrayForEach(item, row)
		{
			bool is_number = cJSON_IsNumber(item) && isfinite(item->valuedouble);

			if (!is_number && !cJSON_IsNull(item) && !(texts && cJSON_IsString(item)))
				return fault(rd, "rows",
					     texts ? "texts, numbers or null" : "numbers or null");
			next->number = is_number ? item->valuedouble : (double)NAN;
			if (cJSON_IsString(item))
				next->text = arena_strdup(&rd->r->arena, item->valuestring);
			next++;
		}
	}
	return 0;
}

static int read_series(struct reader *rd, const cJSON *o)
{
	struct record *r = rd->r;
	struct series *s = arena_alloc(&r->arena, sizeof(*s));
	struct cell *cells;
	size_t i, n;

	if (get_text(rd, o, "name", false, &s->name) < 0 ||
	    get_text(rd, o, "title", false, &s->title) < 0 ||
	    get_number(rd, o, "interval_s", &s->interval_s) < 0 ||
	    read_columns(rd, o, &s->columns, &s->column_count) < 0 ||
	    read_rows(rd, o, s->column_count, false, &cells, &s->row_count) < 0)
		return -1;
	if (!(s->interval_s > 0))
		return fault(rd, "interval_s", "more than 0");
	n = s->row_count * s->column_count;
	s->row_capacity = s->row_count;
	s->values = arena_alloc(&r->arena, n * sizeof(double));
	for (i = 0; i < n; i++)
		s->values[i] = cells[i].number;
	r->series = xgrow(r->series, r->series_count, &r->series_capacity, sizeof(s));
	r->series[r->series_count++] = s;
	return 0;
}

static int read_table(struct reader *rd, const cJSON *o)
{
	struct record *r = rd->r;
	struct record_table *t = arena_alloc(&r->arena, sizeof(*t));

	if (get_text(rd, o, "name", false, &t->name) < 0 ||
	    get_text(rd, o, "title", false, &t->title) < 0 ||
	    get_text(rd, o, "curve", true, &t->curve) < 0 ||
	    get_text(rd, o, "texts", true, &t->texts) < 0 ||
	    read_columns(rd, o, &t->columns, &t->column_count) < 0 ||
	    read_rows(rd, o, t->column_count, true, &t->cells, &t->row_count) < 0)
		return -1;
	t->row_capacity = t->row_count;
	r->tables = xgrow(r->tables, r->table_count, &r->table_capacity, sizeof(t));
	r->tables[r->table_count++] = t;
	return 0;
}

static int read_finding(struct reader *rd, const cJSON *o)
{
	struct record *r = rd->r;
	struct finding f = {0};
	const char *word;
	int s;

	if (get_text(rd, o, "id", false, &f.id) < 0 ||
	    get_text(rd, o, "severity", false, &word) < 0 ||
	    get_text(rd, o, "object", false, &f.object) < 0 ||
	    get_text(rd, o, "evidence", false, &f.evidence) < 0 ||
	    get_text(rd, o, "fix", false, &f.fix) < 0)
		return -1;
	for (s = SEVERITY_INFO; s <= SEVERITY_ERROR; s++)
		if (strcmp(word, severity_word((enum severity)s)) == 0)
			break;
	if (s > SEVERITY_ERROR)
		return fault(rd, "severity", "info, warning or error");
	f.severity = (enum severity)s;
	r->findings = xgrow(r->findings, r->finding_count, &r->finding_capacity, sizeof(f));
	r->findings[r->finding_count++] = f;
	return 0;
}

static int read_array(struct reader *rd, const cJSON *root, const char *member,
		      int (*read_item)(struct reader *, const cJSON *))
{
	const cJSON *array = cJSON_GetObjectItemCaseSensitive(root, member), *item;
	unsigned i = 0;

	if (!cJSON_IsArray(array))
		return fault(rd, member, "an array");
	cJSON_ArrayForEach(item, array)
	{
		snprintf(rd->path, sizeof(rd->path), "%s[%u]", member, i++);
		if (!cJSON_IsObject(item))
			return fault(rd, "", "an object");
		if (read_item(rd, item) < 0)
			return -1;
	}
	rd->path[0] = '\0';
	return 0;
}

/* Tells a record from other JSON, and a newer schema from ours. */
static int check_schema(struct reader *rd, const cJSON *root)
{
	const cJSON *schema = cJSON_GetObjectItemCaseSensitive(root, "schema");
	const size_t family = strlen(RECORD_SCHEMA_FAMILY);
	int64_t major;

	if (!cJSON_IsString(schema) ||
	    strncmp(schema->valuestring, RECORD_SCHEMA_FAMILY, family) != 0 ||
	    !text_to_int(schema->valuestring + family, &major) || major < 1) {
		error_set(rd->e, ERROR_INPUT, "'%s' is not a run record: it has no schema '%s'",
			  rd->name, RECORD_SCHEMA);
		return error_hint(rd->e, "give a file that a lakeport run wrote, see 'lakeport "
					 "report list'");
	}
	if (major > RECORD_SCHEMA_MAJOR) {
		error_set(rd->e, ERROR_INPUT,
			  "'%s' has the newer schema '%.60s', this lakeport "
			  "reads up to '%s'",
			  rd->name, schema->valuestring, RECORD_SCHEMA);
		return error_hint(rd->e, "read it with the lakeport that wrote it, or a newer one");
	}
	return 0;
}

static int read_outcome(struct reader *rd, const cJSON *root)
{
	const char *word;
	int o;

	if (get_text(rd, root, "outcome", false, &word) < 0)
		return -1;
	for (o = OUTCOME_DONE; o <= OUTCOME_INTERRUPTED; o++)
		if (strcmp(word, outcome_word((enum outcome)o)) == 0)
			break;
	if (o > OUTCOME_INTERRUPTED)
		return fault(rd, "outcome", "done, attention, failed or interrupted");
	rd->r->outcome = (enum outcome)o;
	return 0;
}

static int read_arguments(struct reader *rd, const cJSON *root)
{
	const cJSON *array = cJSON_GetObjectItemCaseSensitive(root, "arguments"), *item;
	struct record *r = rd->r;

	if (!cJSON_IsArray(array))
		return fault(rd, "arguments", "an array");
	r->arguments =
		arena_alloc(&r->arena, ((size_t)cJSON_GetArraySize(array) + 1) * sizeof(char *));
	cJSON_ArrayForEach(item, array)
	{
		if (!cJSON_IsString(item))
			return fault(rd, "arguments", "an array of texts");
		r->arguments[r->argument_count++] = arena_strdup(&r->arena, item->valuestring);
	}
	return 0;
}

static int read_root(struct reader *rd, const cJSON *root)
{
	struct record *r = rd->r;
	double status;

	if (check_schema(rd, root) < 0 || get_text(rd, root, "id", false, &r->id) < 0 ||
	    get_text(rd, root, "tool", false, &r->tool) < 0 ||
	    get_text(rd, root, "verb", false, &r->verb) < 0 ||
	    get_text(rd, root, "title", false, &r->title) < 0 || read_arguments(rd, root) < 0 ||
	    get_when(rd, root, "started", &r->started) < 0 ||
	    get_when(rd, root, "finished", &r->finished) < 0 || read_outcome(rd, root) < 0 ||
	    get_number(rd, root, "exit_status", &status) < 0 ||
	    get_text(rd, root, "error", true, &r->error) < 0)
		return -1;
	if (!(status >= 0 && status <= 255))
		return fault(rd, "exit_status", "0 to 255");
	r->exit_status = (int)status;
	if (read_facts(rd, root, "where", &r->where) < 0 ||
	    read_facts(rd, root, "target", &r->target) < 0 ||
	    read_array(rd, root, "metrics", read_metric) < 0 ||
	    read_array(rd, root, "histograms", read_histogram) < 0 ||
	    read_array(rd, root, "series", read_series) < 0 ||
	    read_array(rd, root, "tables", read_table) < 0 ||
	    read_array(rd, root, "findings", read_finding) < 0)
		return -1;
	return 0;
}

struct record *record_parse(const char *json, size_t n, const char *name, struct error *e)
{
	struct reader rd = {.r = xcalloc(1, sizeof(struct record)), .name = name, .e = e};
	const char *end = json;
	cJSON *root = cJSON_ParseWithLengthOpts(json, n, &end, false);

	if (!cJSON_IsObject(root)) {
		error_set(e, ERROR_INPUT, "'%s' is not a run record: not a JSON object (byte %zu)",
			  name, (size_t)(end - json) + 1);
		error_hint(e, "give a file that a lakeport run wrote, see 'lakeport report list'");
	}
	if (!cJSON_IsObject(root) || read_root(&rd, root) < 0) {
		record_free(rd.r);
		rd.r = NULL;
	}
	cJSON_Delete(root);
	return rd.r;
}

struct record *record_read(const char *path, struct error *e)
{
	struct buf text = {0};
	struct record *r = NULL;

	if (text_read_file(path, RECORD_MAX_BYTES, &text, e) == 0)
		r = record_parse(buf_text(&text), text.len, path, e);
	buf_release(&text);
	return r;
}

/* record_print.c - a run record as JSON. The shape is common/record.schema.json. */
#include "common/record.h"

#include <math.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "common/clock.h"

static void add_text(cJSON *object, const char *name, const char *value)
{
	cJSON_AddStringToObject(object, name, value ? value : "");
}

static cJSON *number(double v)
{
	return isfinite(v) ? cJSON_CreateNumber(v) : cJSON_CreateNull();
}

/* Counters can be larger than a double holds exactly. */
static cJSON *counter(uint64_t v)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)v);
	return cJSON_CreateRaw(digits);
}

static cJSON *facts_object(const struct facts *facts)
{
	cJSON *object = cJSON_CreateObject();
	size_t i;

	for (i = 0; i < facts->count; i++)
		if (!cJSON_HasObjectItem(object, facts->items[i].name))
			add_text(object, facts->items[i].name, facts->items[i].value);
	return object;
}

static cJSON *metrics_array(const struct record *r)
{
	cJSON *array = cJSON_CreateArray();
	size_t i;

	for (i = 0; i < r->metric_count; i++) {
		const struct metric *m = &r->metrics[i];
		cJSON *o = cJSON_CreateObject();

		add_text(o, "name", m->name);
		if (m->of)
			add_text(o, "of", m->of);
		add_text(o, "unit", m->unit);
		cJSON_AddItemToObject(o, "value", number(m->value));
		add_text(o, "better", better_word(m->better));
		if (m->headline)
			cJSON_AddTrueToObject(o, "headline");
		cJSON_AddItemToArray(array, o);
	}
	return array;
}

static cJSON *histogram_object(const struct record_histogram *rh)
{
	cJSON *o = cJSON_CreateObject(), *buckets = cJSON_CreateArray();
	const struct histogram *h = rh->h;
	unsigned i;

	add_text(o, "name", rh->name);
	if (rh->of)
		add_text(o, "of", rh->of);
	add_text(o, "unit", rh->unit);
	cJSON_AddNumberToObject(o, "sub_bits", HISTOGRAM_SUB_BITS);
	cJSON_AddItemToObject(o, "count", counter(h->count));
	cJSON_AddItemToObject(o, "sum_ns", counter(h->sum));
	cJSON_AddItemToObject(o, "min_ns", counter(h->min));
	cJSON_AddItemToObject(o, "max_ns", counter(h->max));
	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		cJSON *pair;

		if (!h->bucket[i])
			continue;
		pair = cJSON_CreateArray();
		cJSON_AddItemToArray(pair, cJSON_CreateNumber(i));
		cJSON_AddItemToArray(pair, counter(h->bucket[i]));
		cJSON_AddItemToArray(buckets, pair);
	}
	cJSON_AddItemToObject(o, "buckets", buckets);
	return o;
}

static cJSON *columns_array(const struct record_column *columns, size_t n, bool table)
{
	cJSON *array = cJSON_CreateArray();
	size_t i;

	for (i = 0; i < n; i++) {
		cJSON *o = cJSON_CreateObject();

		add_text(o, "name", columns[i].name);
		add_text(o, "title", columns[i].title);
		add_text(o, "unit", columns[i].unit);
		add_text(o, "better", better_word(columns[i].better));
		if (table && columns[i].text)
			cJSON_AddTrueToObject(o, "text");
		cJSON_AddItemToArray(array, o);
	}
	return array;
}

static cJSON *series_object(const struct series *s)
{
	cJSON *o = cJSON_CreateObject(), *rows = cJSON_CreateArray();
	size_t i, j;

	add_text(o, "name", s->name);
	add_text(o, "title", s->title);
	cJSON_AddNumberToObject(o, "interval_s", s->interval_s);
	cJSON_AddItemToObject(o, "columns", columns_array(s->columns, s->column_count, false));
	for (i = 0; i < s->row_count; i++) {
		cJSON *row = cJSON_CreateArray();

		for (j = 0; j < s->column_count; j++)
			cJSON_AddItemToArray(row, number(s->values[i * s->column_count + j]));
		cJSON_AddItemToArray(rows, row);
	}
	cJSON_AddItemToObject(o, "rows", rows);
	return o;
}

static cJSON *table_object(const struct record_table *t)
{
	cJSON *o = cJSON_CreateObject(), *rows = cJSON_CreateArray();
	size_t i, j;

	add_text(o, "name", t->name);
	add_text(o, "title", t->title);
	if (t->curve)
		add_text(o, "curve", t->curve);
	if (t->texts)
		add_text(o, "texts", t->texts);
	cJSON_AddItemToObject(o, "columns", columns_array(t->columns, t->column_count, true));
	for (i = 0; i < t->row_count; i++) {
		cJSON *row = cJSON_CreateArray();

		for (j = 0; j < t->column_count; j++) {
			const struct cell *c = &t->cells[i * t->column_count + j];

			cJSON_AddItemToArray(row, c->text ? cJSON_CreateString(c->text)
							  : number(c->number));
		}
		cJSON_AddItemToArray(rows, row);
	}
	cJSON_AddItemToObject(o, "rows", rows);
	return o;
}

static cJSON *findings_array(const struct record *r)
{
	cJSON *array = cJSON_CreateArray();
	size_t i;

	for (i = 0; i < r->finding_count; i++) {
		const struct finding *f = &r->findings[i];
		cJSON *o = cJSON_CreateObject();

		add_text(o, "id", f->id);
		add_text(o, "severity", severity_word(f->severity));
		add_text(o, "object", f->object);
		add_text(o, "evidence", f->evidence);
		add_text(o, "fix", f->fix);
		cJSON_AddItemToArray(array, o);
	}
	return array;
}

static void add_head(cJSON *root, const struct record *r)
{
	cJSON *arguments = cJSON_CreateArray();
	char when[40];
	size_t i;

	add_text(root, "schema", RECORD_SCHEMA);
	add_text(root, "id", r->id);
	add_text(root, "tool", r->tool);
	add_text(root, "verb", r->verb);
	add_text(root, "title", r->title);
	for (i = 0; i < r->argument_count; i++)
		cJSON_AddItemToArray(arguments, cJSON_CreateString(r->arguments[i]));
	cJSON_AddItemToObject(root, "arguments", arguments);
	add_text(root, "started", clock_iso(r->started, when, sizeof(when)));
	add_text(root, "finished",
		 clock_iso(r->finished ? r->finished : r->started, when, sizeof(when)));
	add_text(root, "outcome", outcome_word(r->outcome));
	cJSON_AddNumberToObject(root, "exit_status", r->exit_status);
	if (r->error)
		add_text(root, "error", r->error);
}

char *record_print(const struct record *r)
{
	cJSON *root = cJSON_CreateObject(), *histograms = cJSON_CreateArray();
	cJSON *series = cJSON_CreateArray(), *tables = cJSON_CreateArray();
	char *text;
	size_t i;

	add_head(root, r);
	cJSON_AddItemToObject(root, "where", facts_object(&r->where));
	cJSON_AddItemToObject(root, "target", facts_object(&r->target));
	cJSON_AddItemToObject(root, "metrics", metrics_array(r));
	for (i = 0; i < r->histogram_count; i++)
		cJSON_AddItemToArray(histograms, histogram_object(&r->histograms[i]));
	for (i = 0; i < r->series_count; i++)
		cJSON_AddItemToArray(series, series_object(r->series[i]));
	for (i = 0; i < r->table_count; i++)
		cJSON_AddItemToArray(tables, table_object(r->tables[i]));
	cJSON_AddItemToObject(root, "histograms", histograms);
	cJSON_AddItemToObject(root, "series", series);
	cJSON_AddItemToObject(root, "tables", tables);
	cJSON_AddItemToObject(root, "findings", findings_array(r));
	text = cJSON_PrintUnformatted(root);
	cJSON_Delete(root);
	return text;
}

/*
 * observe_snapshot.c - statements and tables, looked at when the window opens and when the run has
 * ended. Texts of statements are asked for once, and only of those that took most time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/observe_data.h"
#include "common/memory.h"

/* Items come sorted by nothing: a linear search would be quadratic, so both looks are sorted. */
static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct observe_item *)a)->key, ((const struct observe_item *)b)->key);
}

static struct observe_item *find_item(struct observe_items *list, size_t sorted, const char *key)
{
	struct observe_item wanted = {.label = NULL};

	if (sorted == 0)
		return NULL;
	snprintf(wanted.key, sizeof(wanted.key), "%s", key);
	return bsearch(&wanted, list->items, sorted, sizeof(wanted), by_key);
}

/* Rows of key [, label], figures...: into `begin` or `end` of their items. */
static void take_items(struct observe_items *list, const struct pg_result *r, bool labelled,
		       bool at_end)
{
	size_t sorted = list->count;
	int row, k, first = labelled ? 2 : 1;

	for (row = 0; row < pg_rows(r); row++) {
		const char *key = pg_value(r, row, 0),
			   *label = labelled ? pg_value(r, row, 1) : NULL;
		struct observe_item *item;

		if (!key || strlen(key) >= sizeof(item->key))
			continue;
		item = find_item(list, sorted, key);
		if (!item) {
			list->items = xgrow(list->items, list->count, &list->capacity,
					    sizeof(*list->items));
			item = &list->items[list->count++];
			*item = (struct observe_item){.label = label ? xstrdup(label) : NULL};
			snprintf(item->key, sizeof(item->key), "%s", key);
		}
		for (k = 0; k < OBSERVE_FIGURES; k++)
			(at_end ? item->end : item->begin)[k] =
				observe_number_of(pg_value(r, row, first + k));
		*(at_end ? &item->at_end : &item->at_begin) = true;
	}
	if (list->count) /* without rows there is no array yet */
		qsort(list->items, list->count, sizeof(*list->items), by_key);
	*(at_end ? &list->ended : &list->begun) = true;
}

static bool snapshot(struct observer *o, struct observe_items *list, const char *object,
		     const char *sql, bool labelled, bool at_end)
{
	struct error e = ERROR_INIT;
	struct pg_result *r = observe_ask(o, sql, NULL, 0, &e);

	if (!r) {
		if (observe_survives(&e))
			observe_miss_sample(o, object, &e);
		return observe_survives(&e);
	}
	pthread_mutex_lock(&o->lock);
	if (!o->abandoned)
		take_items(list, r, labelled, at_end);
	pthread_mutex_unlock(&o->lock);
	pg_free(r);
	return true;
}

static double grown(const struct observe_item *s, int figure)
{
	return s->end[figure] - (s->at_begin ? s->begin[figure] : 0);
}

static int by_time(const void *a, const void *b)
{
	double x = grown(*(const struct observe_item *const *)a, 1);
	double y = grown(*(const struct observe_item *const *)b, 1);

	return (x < y) - (x > y);
}

/* The texts of the statements that took most time: `{1,2,3}` of their ids. */
static void wanted_texts(struct observe_items *list, struct buf *out)
{
	struct observe_item **order = xcalloc(list->count + 1, sizeof(struct observe_item *));
	size_t n = 0, i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].at_end && grown(&list->items[i], 0) > 0)
			order[n++] = &list->items[i];
	qsort(order, n, sizeof(struct observe_item *), by_time);
	buf_putc(out, '{');
	for (i = 0; i < n && i < 2 * (size_t)OBSERVE_TOP; i++)
		buf_printf(out, "%s%s", i ? "," : "", order[i]->key);
	buf_putc(out, '}');
	free(order);
}

static bool take_texts(struct observer *o)
{
	struct buf ids = {0}, sql = {0};
	struct error e = ERROR_INIT;
	struct pg_result *r;
	const char *values[1];
	int i;

	wanted_texts(&o->statements, &ids);
	observe_texts_sql(&sql, o->statements_schema);
	values[0] = buf_text(&ids);
	r = observe_ask(o, buf_text(&sql), values, 1, &e);
	pthread_mutex_lock(&o->lock);
	for (i = 0; r && i < pg_rows(r) && !o->abandoned; i++) {
		const char *key = pg_value(r, i, 0), *text = pg_value(r, i, 1);
		struct observe_item *item =
			key ? find_item(&o->statements, o->statements.count, key) : NULL;

		if (item && text && !item->label)
			item->label = xstrdup(text);
	}
	pthread_mutex_unlock(&o->lock);
	pg_free(r);
	buf_release(&ids);
	buf_release(&sql);
	return r || observe_survives(&e);
}

static bool snapshot_statements(struct observer *o, bool at_end)
{
	struct buf sql = {0};
	bool there;

	if (!o->statements_schema || (at_end && !o->statements.begun))
		return true;
	observe_statements_sql(&sql, o->statements_schema, o->version);
	there = snapshot(o, &o->statements, "pg_stat_statements", buf_text(&sql), false, at_end);
	buf_release(&sql);
	return there && (!at_end || !o->statements.ended || take_texts(o));
}

bool observe_snapshot(struct observer *o, bool at_end)
{
	if (!snapshot_statements(o, at_end))
		return false;
	if (at_end && !o->tables.begun)
		return true;
	return snapshot(o, &o->tables, "sizes of tables", observe_sizes_sql, true, at_end);
}

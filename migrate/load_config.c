/*
 * load_config.c - see load_config.h. The reader of common/ checks shapes and words; here a value
 * goes where its key says, and at the end each table is made whole and checked against the others.
 */
#include "migrate/load_config.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/pg.h"
#include "migrate/load_graph.h"
#include "migrate/medallion.h"
#include "migrate/settings_text.h"
#include "migrate/strategy.h"

#define DEFAULT_POLL_S 5.0

static const struct config_key transformation_keys[] = {
	{.name = "add_columns", .type = CONFIG_FREE},
	{.name = "filter", .type = CONFIG_TEXT},
	{.name = "select", .type = CONFIG_LIST},
};

struct reading {
	struct load_config *c;
	struct config_key *run, *table; /* made from load_run_keys, load_table_keys */
	struct load_entry *entry;	/* NULL outside of `tables` */
	bool transforming;		/* within `transformations` */
};

static struct config_key *make_keys(struct arena *a, const struct load_key *keys, size_t n)
{
	struct config_key *out = arena_alloc(a, (n + 1) * sizeof(*out));
	size_t i;

	for (i = 0; i < n; i++) {
		out[i] = (struct config_key){.name = keys[i].name,
					     .type = keys[i].type,
					     .min = keys[i].min,
					     .max = keys[i].max,
					     .choices = keys[i].choices};
		if (keys[i].type == CONFIG_MAP) {
			out[i].table = transformation_keys;
			out[i].table_count =
				sizeof(transformation_keys) / sizeof(transformation_keys[0]);
		}
	}
	return out;
}

static void add_entry(struct reading *rd, size_t line)
{
	struct load_config *c = rd->c;

	c->entries = xgrow(c->entries, c->count, &c->capacity, sizeof(*c->entries));
	rd->entry = &c->entries[c->count++];
	memset(rd->entry, 0, sizeof(*rd->entry));
	load_settings_init(&rd->entry->settings);
	rd->entry->settings.lock_timeout_ms = 0; /* not said */
	rd->entry->enabled = true;
	rd->entry->poll_s = DEFAULT_POLL_S;
	rd->entry->line = line;
}

static int transform(struct reading *rd, const struct config_value *v)
{
	struct arena *a = &rd->c->arena;
	struct load_entry *t = rd->entry;
	struct buf text = {0};

	if (strcmp(v->key->name, "filter") == 0) {
		t->filter = arena_strdup(a, v->text);
	} else if (strcmp(v->key->name, "select") == 0) {
		settings_add_name(a, &t->select, v->text);
	} else {
		buf_printf(&text, "%s as ", v->text);
		pg_quote_identifier(&text, v->name);
		settings_add_name(a, &t->add_columns, buf_text(&text));
		buf_release(&text);
	}
	return 0;
}

static int visit(void *context, enum config_event event, const struct config_value *v,
		 struct error *e)
{
	struct reading *rd = context;
	const struct load_key *key;

	if (event != CONFIG_VALUE) {
		bool map = strcmp(v->key->name, "transformations") == 0, in = event == CONFIG_ENTER;

		if (strcmp(v->key->name, "tables") == 0 && in)
			add_entry(rd, v->line);
		else if (strcmp(v->key->name, "tables") == 0)
			rd->entry = NULL;
		else if (map)
			rd->transforming = in;
		return 0;
	}
	if (rd->transforming)
		return transform(rd, v);
	key = rd->entry ? &load_table_keys[v->key - rd->table] : &load_run_keys[v->key - rd->run];
	if (key->set) {
		int status = key->set(rd->c, rd->entry, v, key->offset, e);

		if (status < 0)
			e->class = ERROR_CONFIG;
		return status < 0 ? error_context(e, "'%s'", key->name) : 0;
	}
	if (!names_have(&rd->c->unused, key->name))
		settings_add_name(&rd->c->arena, &rd->c->unused, key->name);
	return 0;
}

/* ---- at the end -------------------------------------------------------------------------------
 */

static int in_table(const struct load_config *c, const struct load_entry *t, struct error *e)
{
	e->class = ERROR_CONFIG;
	return t->name ? error_context(e, "%s:%zu: table '%s'", c->path, t->line, t->name)
		       : error_context(e, "%s:%zu", c->path, t->line);
}

/* The Data Loader names database and table apart and always adds its columns. */
static void complete_loader(struct load_entry *t)
{
	struct load_settings *s = &t->settings;

	if (!t->loader)
		return;
	s->audit_columns = true;
	if (t->table_name)
		s->table = t->table_name;
	if (t->schema_name)
		s->schema = t->schema_name;
	if (s->strategy != &strategy_scd2 && !s->strategy->keyed) /* it ignores them there */
		s->keys.count = s->track.count = 0;
}

static void complete(struct load_config *c, struct load_entry *t)
{
	struct load_settings *s = &t->settings;

	complete_loader(t);
	if (s->table)
		t->name = arena_printf(&c->arena, "%s.%s", s->schema, s->table);
	if (c->attempts >= 0)
		s->attempts = c->attempts > 0 ? c->attempts : 1;
	if (c->retry_s >= 0)
		s->retry_s = c->retry_s;
	if (s->lock_timeout_ms == 0)
		s->lock_timeout_ms =
			(int)(c->lock_timeout_s > 0 ? c->lock_timeout_s * 1000 : 10000);
	s->source.escape = s->source.quote;
	if (t->escape)
		settings_character(t->escape, &s->source.escape, NULL);
}

/*
 * Transformations of files: they land as they are in TABLE_raw, and the table itself reads from
 * there with the select list and the filter.
 */
static int expand(struct load_config *c, size_t i, struct error *e)
{
	struct load_entry *t = &c->entries[i], raw;
	size_t k;

	if (t->from || (!t->filter && !t->select.count && !t->add_columns.count))
		return 0;
	if (!t->loader) {
		error_set(e, ERROR_CONFIG, "'select' and 'filter' are for tables with 'from'");
		return error_hint(e,
				  "load the files into a table of their own, and this one from it");
	}
	raw = *t;
	raw.settings.table = arena_printf(&c->arena, "%s_raw", t->settings.table);
	raw.settings.strategy = &strategy_append;
	raw.settings.keys.count = raw.settings.track.count = 0;
	raw.name = arena_printf(&c->arena, "%s.%s", raw.settings.schema, raw.settings.table);
	raw.filter = NULL;
	raw.select.count = raw.add_columns.count = 0;
	if (!t->select.count)
		settings_add_name(&c->arena, &t->select, "*");
	for (k = 0; k < t->add_columns.count; k++)
		settings_add_name(&c->arena, &t->select, t->add_columns.items[k]);
	t->from = raw.name;
	t->files.count = t->depends_on.count = 0;
	c->entries = xgrow(c->entries, c->count, &c->capacity, sizeof(*c->entries));
	c->entries[c->count++] = raw;
	return 0;
}

/* Without a schema: public. */
static void find_source(const struct load_config *c, struct load_entry *t)
{
	struct buf name = {0};

	if (!t->from || load_config_find(c, t->from))
		return;
	buf_printf(&name, "public.%s", t->from);
	if (load_config_find(c, buf_text(&name)))
		t->from = load_config_find(c, buf_text(&name))->name;
	buf_release(&name);
}

static int check_entry(const struct load_config *c, const struct load_entry *t, struct error *e)
{
	size_t i;

	if (!t->name) {
		error_set(e, ERROR_CONFIG, "the table has no name");
		return error_hint(e, "say it with 'table: schema.name'");
	}
	if (load_config_find(c, t->name) != t)
		return error_set(e, ERROR_CONFIG, "it is there twice");
	if (!t->from && t->files.count == 0) {
		error_set(e, ERROR_CONFIG, "it has neither 'files' nor 'from'");
		return error_hint(e, "say which files with 'files: [\"folder/*.csv\"]'");
	}
	if (t->from && t->files.count)
		return error_set(e, ERROR_CONFIG, "it has both 'files' and 'from'");
	if (t->from && !load_config_find(c, t->from))
		return error_set(e, ERROR_CONFIG, "'from': there is no table '%s' in this file",
				 t->from);
	for (i = 0; i < t->depends_on.count; i++)
		if (load_dependency_check(c, t->depends_on.items[i], e) < 0)
			return -1;
	if (t->from && medallion_check(c, t, e) < 0)
		return -1;
	if (t->escape && settings_character(t->escape, &(char){0}, e) < 0)
		return error_context(e, "'escape'");
	return load_settings_check(&t->settings, e);
}

static int check_all(struct load_config *c, struct error *e)
{
	size_t i, n = c->count;

	if (n == 0)
		return error_set(e, ERROR_CONFIG, "%s: 'tables' is empty", c->path);
	for (i = 0; i < n; i++)
		complete(c, &c->entries[i]);
	for (i = 0; i < n; i++)
		if (expand(c, i, e) < 0)
			return in_table(c, &c->entries[i], e);
	for (i = 0; i < c->count; i++)
		find_source(c, &c->entries[i]);
	for (i = 0; i < c->count; i++)
		if (check_entry(c, &c->entries[i], e) < 0)
			return in_table(c, &c->entries[i], e);
	return load_graph_check(c, e);
}

static void say_unused(const struct load_config *c)
{
	struct buf words = {0};
	size_t i;

	for (i = 0; i < c->unused.count; i++)
		buf_printf(&words, "%s%s", i ? ", " : "", c->unused.items[i]);
	if (words.len)
		log_info("%s: accepted, without use here: %s", c->path, buf_text(&words));
	buf_release(&words);
}

/* From `text`, or else from the file. */
static int read_from(struct load_config *c, const char *path, const struct str *text,
		     struct error *e)
{
	struct reading rd = {.c = c};
	size_t count = load_run_key_count + 1;
	int status;

	*c = (struct load_config){.attempts = -1, .retry_s = -1, .lock_timeout_s = -1};
	c->path = arena_strdup(&c->arena, path);
	rd.run = make_keys(&c->arena, load_run_keys, load_run_key_count);
	rd.table = make_keys(&c->arena, load_table_keys, load_table_key_count);
	rd.run[load_run_key_count] = (struct config_key){.name = "tables",
							 .type = CONFIG_MAPS,
							 .required = true,
							 .table = rd.table,
							 .table_count = load_table_key_count};
	status = text ? config_parse(text->p, text->len, path, rd.run, count, visit, &rd, e)
		      : config_read(path, rd.run, count, visit, &rd, e);
	if (status < 0 || check_all(c, e) < 0)
		return -1;
	say_unused(c);
	return 0;
}

int load_config_read(struct load_config *c, const char *path, struct error *e)
{
	return read_from(c, path, NULL, e);
}

int load_config_parse(struct load_config *c, struct str text, const char *name, struct error *e)
{
	return read_from(c, name, &text, e);
}

void load_config_release(struct load_config *c)
{
	free(c->entries);
	arena_release(&c->arena);
	memset(c, 0, sizeof(*c));
}

struct load_entry *load_config_find(const struct load_config *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		if (c->entries[i].name && strcmp(c->entries[i].name, name) == 0)
			return &c->entries[i];
	return NULL;
}

int load_config_choose(struct load_config *c, const char *tables, struct error *e)
{
	struct names wanted = {0};
	size_t i;

	settings_names(&c->arena, tables, &wanted);
	for (i = 0; i < wanted.count; i++) {
		struct load_entry *t = load_config_find(c, wanted.items[i]);

		if (!t) /* without a schema: public */
			t = load_config_find(c,
					     arena_printf(&c->arena, "public.%s", wanted.items[i]));
		if (!t)
			return error_set(e, ERROR_USAGE, "%s: there is no table '%s'", c->path,
					 wanted.items[i]);
		wanted.items[i] = t->name;
	}
	for (i = 0; tables && i < c->count; i++)
		c->entries[i].enabled = names_have(&wanted, c->entries[i].name);
	return 0;
}

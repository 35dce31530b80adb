/*
 * shape.c - the columns of a table: joining those of several files, and reading them as the user
 * types them.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "migrate/infer.h"
#include "migrate/source.h"

#define WORDS_MAX 64 /* bytes of a type's name */

/* Sorted by name. What Postgres calls them, and what people and Databricks do. */
static const struct {
	const char *name;
	enum block_kind kind;
} types[] = {
	{"bigint", BLOCK_INT8},
	{"binary", BLOCK_BYTES},
	{"bool", BLOCK_BOOL},
	{"boolean", BLOCK_BOOL},
	{"bytea", BLOCK_BYTES},
	{"char", BLOCK_TEXT},
	{"character", BLOCK_TEXT},
	{"character varying", BLOCK_TEXT},
	{"date", BLOCK_DATE},
	{"dec", BLOCK_DECIMAL},
	{"decimal", BLOCK_DECIMAL},
	{"double", BLOCK_FLOAT8},
	{"double precision", BLOCK_FLOAT8},
	{"float", BLOCK_FLOAT8},
	{"float4", BLOCK_FLOAT4},
	{"float8", BLOCK_FLOAT8},
	{"int", BLOCK_INT4},
	{"int2", BLOCK_INT2},
	{"int4", BLOCK_INT4},
	{"int8", BLOCK_INT8},
	{"integer", BLOCK_INT4},
	{"interval", BLOCK_INTERVAL},
	{"json", BLOCK_JSON},
	{"jsonb", BLOCK_JSON},
	{"long", BLOCK_INT8},
	{"numeric", BLOCK_DECIMAL},
	{"real", BLOCK_FLOAT4},
	{"short", BLOCK_INT2},
	{"smallint", BLOCK_INT2},
	{"string", BLOCK_TEXT},
	{"text", BLOCK_TEXT},
	{"time", BLOCK_TIME},
	{"time without time zone", BLOCK_TIME},
	{"timestamp", BLOCK_TIMESTAMP},
	{"timestamp with time zone", BLOCK_TIMESTAMPTZ},
	{"timestamp without time zone", BLOCK_TIMESTAMP},
	{"timestamp_ntz", BLOCK_TIMESTAMP},
	{"timestamptz", BLOCK_TIMESTAMPTZ},
	{"tinyint", BLOCK_INT2},
	{"uuid", BLOCK_UUID},
	{"varchar", BLOCK_TEXT},
};

static struct source_column *find(const struct table_shape *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->column_count; i++) {
		if (strcmp(s->columns[i].name, name) == 0)
			return &s->columns[i];
	}
	return NULL;
}

void shape_join(struct arena *a, struct table_shape *into, const struct table_shape *other)
{
	size_t i, count = into->column_count;
	struct source_column *all =
		arena_alloc(a, (count + other->column_count + 1) * sizeof(*all));

	if (count)
		memcpy(all, into->columns, count * sizeof(*all));
	into->columns = all;
	for (i = 0; i < other->column_count; i++) {
		const struct source_column *theirs = &other->columns[i];
		struct source_column *mine = find(into, theirs->name);

		if (mine) {
			mine->type = infer_join(mine->type, theirs->type);
			mine->not_null = mine->not_null && theirs->not_null;
			mine->guessed = mine->guessed || theirs->guessed;
		} else {
			all[count] = *theirs;
			all[count].name = arena_strdup(a, theirs->name);
			into->column_count = ++count;
		}
	}
}

static void skip_blanks(const char **p)
{
	while (isspace((unsigned char)**p))
		(*p)++;
}

/* A name: a word, or anything between double quotes. NULL: there is none. */
static const char *take_name(struct arena *a, const char **p)
{
	const char *begin = *p;
	char *name, *out;

	if (**p != '"') {
		while (**p && !isspace((unsigned char)**p) && !strchr(",()\"", **p))
			(*p)++;
		return *p > begin ? arena_strndup(a, begin, (size_t)(*p - begin)) : NULL;
	}
	name = out = arena_alloc(a, strlen(begin) + 1);
	for ((*p)++; **p && (**p != '"' || (*p)[1] == '"'); (*p)++) {
		*p += **p == '"';
		*out++ = **p;
	}
	if (**p != '"' || out == name)
		return NULL;
	(*p)++;
	return name;
}

static bool take_int(const char **p, int *v)
{
	skip_blanks(p);
	if (!isdigit((unsigned char)**p))
		return false;
	for (*v = 0; isdigit((unsigned char)**p); (*p)++) {
		if (*v > 100000000)
			return false;
		*v = *v * 10 + (**p - '0');
	}
	skip_blanks(p);
	return true;
}

/* "(18,2)"; `count` numbers were there. False when it is broken. */
static bool take_limits(const char **p, int limits[2], int *count)
{
	(*p)++;
	for (*count = 0; *count < 2; (*p)++) {
		if (!take_int(p, &limits[(*count)++]))
			return false;
		if (**p == ')') {
			(*p)++;
			return true;
		}
		if (**p != ',')
			return false;
	}
	return false;
}

/* The words of a type up to a comma, in lower case with single blanks, and its limits. */
static bool take_words(const char **p, char words[WORDS_MAX], int limits[2], int *limit_count)
{
	size_t n = 0;

	*limit_count = 0;
	for (;;) {
		skip_blanks(p);
		if (**p == '(' && !*limit_count) {
			if (!take_limits(p, limits, limit_count))
				return false;
			continue;
		}
		if (!isalpha((unsigned char)**p))
			break;
		if (n)
			words[n++] = ' ';
		while (isalnum((unsigned char)**p) || **p == '_') {
			if (n + 2 >= WORDS_MAX)
				return false;
			words[n++] = (char)tolower((unsigned char)*(*p)++);
		}
	}
	words[n] = '\0';
	return n > 0 && (**p == ',' || !**p);
}

static bool cut_end(char *words, const char *end)
{
	size_t n = strlen(words), m = strlen(end);

	if (n <= m || strcmp(words + n - m, end) != 0)
		return false;
	words[n - m] = '\0';
	return true;
}

static int compare_type(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

static void set_limits(struct block_type *t, const char *name, const int limits[2], int count)
{
	if (t->kind == BLOCK_DECIMAL) {
		t->precision = count ? limits[0] : 0;
		t->scale = count > 1 ? limits[1] : 0;
		if (!count || t->precision > 38 || t->scale > t->precision)
			t->kind = BLOCK_NUMERIC;
	} else if (t->kind == BLOCK_TEXT) {
		t->precision = count ? limits[0]
			       : strncmp(name, "char", 4) == 0 && !strstr(name, "varying") ? 1
											   : 0;
	}
}

static int take_column(struct arena *a, const char **p, struct source_column *c, struct error *e)
{
	char words[WORDS_MAX] = "";
	int limits[2] = {0, 0}, count = 0;
	const char *begin;
	bool good;
	const char *const *type;

	skip_blanks(p);
	begin = *p;
	c->name = take_name(a, p);
	if (!c->name)
		return error_set(e, ERROR_CONFIG, "there is no column name at '%.40s'", begin);
	skip_blanks(p);
	begin = *p;
	good = take_words(p, words, limits, &count);
	c->not_null = cut_end(words, " not null");
	type = bsearch(words, types, sizeof(types) / sizeof(types[0]), sizeof(types[0]),
		       compare_type);
	if (!good || !type) {
		error_set(e, ERROR_CONFIG, "column '%s' has no type that is known: '%.40s'",
			  c->name, begin);
		return error_hint(e, "for example bigint, numeric(18,2), text, date, timestamptz, "
				     "jsonb, each with 'not null' behind it if so");
	}
	c->type.kind =
		types[(size_t)((const char *)type - (const char *)types) / sizeof(types[0])].kind;
	set_limits(&c->type, words, limits, count);
	return 0;
}

int shape_parse(struct arena *a, const char *text, struct table_shape *out, struct error *e)
{
	struct source_column *columns = NULL;
	size_t count = 0, capacity = 0;
	const char *p = text;
	int status;

	*out = (struct table_shape){0};
	do {
		struct source_column c = {0};

		status = take_column(a, &p, &c, e);
		if (status == 0 &&
		    find(&(struct table_shape){.columns = columns, .column_count = count}, c.name))
			status = error_set(e, ERROR_CONFIG, "column '%s' is there twice", c.name);
		if (status < 0)
			break;
		columns = xgrow(columns, count, &capacity, sizeof(*columns));
		columns[count++] = c;
	} while (*p && p++);
	if (status == 0) {
		out->columns = arena_alloc(a, count * sizeof(*columns));
		memcpy(out->columns, columns, count * sizeof(*columns));
		out->column_count = count;
	}
	free(columns);
	return status;
}

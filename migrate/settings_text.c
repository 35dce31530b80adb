/* settings_text.c - see settings_text.h. */
#include "migrate/settings_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/text.h"

const char *const strategy_words[] = {"append", "overwrite", "merge", "scd1", "scd2", NULL};
const char *const format_words[] = {"auto", "csv", "json", "parquet", NULL};
const char *const header_words[] = {"auto", "yes", "no", NULL};

int settings_word(const char *const *words, const char *word)
{
	int i;

	for (i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return 0;
}

int settings_table(struct arena *a, const char *text, const char **schema, const char **table,
		   struct error *e)
{
	const char *parts[2] = {NULL, NULL}, *p = text;
	size_t n;

	for (n = 0; n < 2; n++) {
		struct buf part = {0};
		bool quoted = *p == '"', open = quoted;

		for (p += quoted; *p && (quoted || *p != '.'); p++) {
			if (quoted && *p == '"' && *++p != '"') {
				open = false;
				break;
			}
			buf_putc(&part, *p);
		}
		parts[n] = part.len ? arena_strdup(a, buf_text(&part)) : NULL;
		buf_release(&part);
		if (open)
			parts[n] = NULL; /* its quote does not end */
		if (!parts[n] || *p != '.')
			break;
		p++;
	}
	if (n == 2 || !parts[n] || *p) {
		error_set(e, ERROR_USAGE, "'%s' is not schema.table", text);
		return error_hint(e, "quote a name that has a dot in it: 'sales.\"a.b\"'");
	}
	*schema = n ? parts[0] : "public";
	*table = parts[n];
	return 0;
}

void settings_add_name(struct arena *a, struct names *out, const char *name)
{
	const char **items = arena_alloc(a, (out->count + 1) * sizeof(*items));

	if (out->count)
		memcpy(items, out->items, out->count * sizeof(*items));
	items[out->count++] = arena_strdup(a, name);
	out->items = items;
}

void settings_names(struct arena *a, const char *text, struct names *out)
{
	const char *end;

	for (; text && *text; text = *end ? end + 1 : end) {
		size_t n;

		text += strspn(text, " ");
		end = strchrnul(text, ',');
		n = (size_t)(end - text);
		while (n && text[n - 1] == ' ')
			n--;
		if (n)
			settings_add_name(a, out, arena_strndup(a, text, n));
	}
}

int settings_marker(struct arena *a, struct load_settings *s, const char *text, struct error *e)
{
	const char *equals = text ? strchr(text, '=') : NULL;

	if (!text)
		return 0;
	if (!equals || equals == text)
		return error_set(e, ERROR_USAGE, "'%s' is not COLUMN=VALUE", text);
	s->delete_column = arena_strndup(a, text, (size_t)(equals - text));
	s->delete_value = arena_strdup(a, equals + 1);
	return 0;
}

int settings_limit(struct load_settings *s, const char *text, struct error *e)
{
	char number[40];
	size_t n = text ? strlen(text) : 0;

	if (!text)
		return 0;
	snprintf(number, sizeof(number), "%.*s", (int)(n ? n - 1 : 0), text);
	if (n && text[n - 1] == '%' && text_to_double(number, &s->bad_row_percent) &&
	    s->bad_row_percent >= 0 && s->bad_row_percent <= 100)
		return 0;
	s->bad_row_percent = INFINITY;
	if (text_to_int(text, &s->bad_row_limit) && s->bad_row_limit >= 0)
		return 0;
	return error_set(e, ERROR_USAGE, "'%s' is neither a count nor a share", text);
}

int settings_character(const char *text, char *out, struct error *e)
{
	if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
		*out = '\t';
	else if (strcmp(text, "none") == 0)
		*out = 0;
	else if (strlen(text) == 1)
		*out = *text;
	else
		return error_set(e, ERROR_USAGE, "'%s' is not one character", text);
	return 0;
}

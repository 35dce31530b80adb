/*
 * convert_options.c - from the command line to the settings of a conversion.
 */
#include "convert/convert_options.h"

#include <string.h>

#include "convert/schema.h"

#define MAX_SCHEMA_BYTES ((size_t)64 << 20)

const char *const convert_on_off[] = {"on", "off", NULL};
const char *const convert_quotes[] = {"names", "strings", NULL};

static void read_switch(const struct invocation *inv, const char *name, bool *value)
{
	if (option_given(inv, name))
		*value = strcmp(option_text(inv, name), "on") == 0;
}

void convert_options_read(const struct invocation *inv, struct convert_settings *s)
{
	s->plain = option_flag(inv, "plain");
	read_switch(inv, "ansi", &s->ansi);
	read_switch(inv, "ignore-case", &s->ignore_case);
	if (option_given(inv, "double-quotes"))
		s->double_quotes_strings =
			strcmp(option_text(inv, "double-quotes"), "strings") == 0;
	s->time_zone = option_text(inv, "source-time-zone");
	if (option_given(inv, "date-first"))
		s->date_first = (int)option_int(inv, "date-first");
	s->helper_schema = option_text(inv, "helper-schema");
}

int convert_schema_text(const struct invocation *inv, const char *option, struct arena *a,
			const char **text, struct error *e)
{
	const char *path = option_text(inv, option);
	struct buf b = {.max = MAX_SCHEMA_BYTES};
	int status;

	*text = NULL;
	if (!path)
		return 0;
	status = text_read_file(path, MAX_SCHEMA_BYTES, &b, e);
	if (status == 0)
		*text = arena_strndup(a, buf_text(&b), b.len);
	buf_release(&b);
	return status;
}

void convert_schema_given(struct schema *s, const struct convert_settings *settings,
			  const char *postgres, const char *source)
{
	struct convert_settings own;

	convert_settings_init(&own, dialect_find("postgres"));
	if (postgres)
		schema_read_given(s, &own, (struct str){postgres, strlen(postgres)});
	if (source)
		schema_read_given(s, settings, (struct str){source, strlen(source)});
}

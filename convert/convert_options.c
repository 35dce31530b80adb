/*
 * convert_options.c - from the command line to the settings of a conversion.
 */
#include "convert/convert_options.h"

#include <string.h>

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

/*
 * command.c - from argv to option values, by the table of the command. See command.h.
 *
 * Values are gathered from the weakest source to the strongest: default, environment,
 * configuration file, command line. The command line is therefore split first (to learn of
 * --config and to report a wrong word before anything is read) and applied last.
 */
#include "common/command.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/command_common.h"
#include "common/config.h"
#include "common/text.h"

struct typed { /* one option of the command line */
	size_t option;
	const char *text; /* NULL for flags */
};

struct parser {
	struct invocation *inv;
	struct error *e;
	struct typed *typed;
	size_t typed_count;
	bool help;
};

static void gather_options(struct invocation *inv)
{
	const struct command *c = inv->command;
	size_t i, n = 0;

	inv->options = arena_alloc(&inv->arena, (c->option_count + 16) * sizeof(*inv->options));
	for (i = 0; i < c->option_count; i++)
		inv->options[n++] = &c->options[i];
	for (i = 0; i < command_common_count; i++)
		if (command_has_common(c, &command_common[i]))
			inv->options[n++] = &command_common[i].option;
	inv->option_count = n;
	inv->values = arena_alloc(&inv->arena, n * sizeof(*inv->values));
}

static size_t find_name(const struct invocation *inv, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < inv->option_count; i++)
		if (strncmp(inv->options[i]->name, name, n) == 0 && !inv->options[i]->name[n])
			return i;
	return inv->option_count;
}

static size_t find_letter(const struct invocation *inv, char letter)
{
	size_t i;

	for (i = 0; i < inv->option_count; i++)
		if (inv->options[i]->letter == letter)
			return i;
	return inv->option_count;
}

static int unknown_option(struct parser *p, const char *word, size_t n)
{
	const struct command *c = p->inv->command;
	const char *nearest = NULL;
	size_t best = 4, i;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)(n < 63 ? n : 63), word);
	error_set(p->e, ERROR_USAGE, "unknown option '%s%s' for '%s %s'", n > 1 ? "--" : "-", name,
		  c->tool, c->verb);
	for (i = 0; n > 1 && i < p->inv->option_count; i++) {
		size_t d = text_distance(name, p->inv->options[i]->name, best);

		if (d < best) {
			best = d;
			nearest = p->inv->options[i]->name;
		}
	}
	if (nearest)
		return error_hint(p->e, "did you mean '--%s'?", nearest);
	return error_hint(p->e, "see 'lakeport %s %s --help'", c->tool, c->verb);
}

static void remember(struct parser *p, size_t option, const char *text)
{
	p->typed[p->typed_count++] = (struct typed){option, text};
}

static int need_value(struct parser *p, size_t option)
{
	const struct option *o = p->inv->options[option];

	return error_set(p->e, ERROR_USAGE, "option '--%s' needs a value: %s", o->name,
			 o->argument);
}

/* "--name", "--name=value" or "--name value". Returns the words used, or -1. */
static int split_long(struct parser *p, const char *word, const char *next)
{
	size_t n = strcspn(word, "="), i = find_name(p->inv, word, n);
	const struct option *o;

	if (i == p->inv->option_count)
		return unknown_option(p, word, n < 2 ? 2 : n);
	o = p->inv->options[i];
	if (o->type == OPTION_FLAG) {
		if (word[n])
			return error_set(p->e, ERROR_USAGE, "option '--%s' takes no value",
					 o->name);
		remember(p, i, NULL);
		return 1;
	}
	if (word[n]) {
		remember(p, i, word + n + 1);
		return 1;
	}
	if (!next)
		return need_value(p, i);
	remember(p, i, next);
	return 2;
}

/* "-c32", "-c 32" or flags together, "-vq". Returns the words used, or -1. */
static int split_short(struct parser *p, const char *word, const char *next)
{
	for (; *word; word++) {
		size_t i = find_letter(p->inv, *word);

		if (i == p->inv->option_count)
			return unknown_option(p, word, 1);
		if (p->inv->options[i]->type == OPTION_FLAG) {
			remember(p, i, NULL);
			continue;
		}
		if (word[1]) {
			remember(p, i, word + 1);
			return 1;
		}
		if (!next)
			return need_value(p, i);
		remember(p, i, next);
		return 2;
	}
	return 1;
}

static int split_words(struct parser *p, int argc, char **argv)
{
	struct invocation *inv = p->inv;
	bool only_arguments = false;
	int i = 0;

	while (i < argc) {
		const char *word = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;
		int used = 1;

		if (only_arguments || word[0] != '-' || !word[1])
			inv->arguments[inv->argument_count++] = word;
		else if (strcmp(word, "--") == 0)
			only_arguments = true;
		else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
			p->help = true;
		else if (word[1] == '-')
			used = split_long(p, word + 2, next);
		else
			used = split_short(p, word + 1, next);
		if (used < 0)
			return -1;
		i += used;
	}
	return 0;
}

static int check_limits(const struct option *o, const char *text, double v, struct error *e)
{
	if (v >= o->min && (o->max == 0 || v <= o->max))
		return 0;
	if (o->max == 0)
		return error_set(e, ERROR_USAGE, "option '--%s' must be at least %.15g, not '%s'",
				 o->name, o->min, text);
	return error_set(e, ERROR_USAGE, "option '--%s' must be from %.15g to %.15g, not '%s'",
			 o->name, o->min, o->max, text);
}

static int apply_number(const struct option *o, struct option_value *v, const char *text,
			struct error *e)
{
	static const struct {
		const char *suffix;
		double factor;
	} units[] = {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}};
	char digits[64];
	size_t n = strspn(text, "+-.0123456789eE"), i;
	double factor = 1;
	int64_t whole;

	snprintf(digits, sizeof(digits), "%.*s", (int)(n < 63 ? n : 63), text);
	if (o->type == OPTION_PERCENT && strcmp(text + n, "%") == 0)
		n++;
	for (i = 0; o->type == OPTION_SECONDS && text[n] && i < 4; i++) {
		if (strcmp(text + n, units[i].suffix) == 0) {
			factor = units[i].factor;
			n += strlen(units[i].suffix);
		}
	}
	if (text[n] || !text_to_double(digits, &v->number) ||
	    (o->type == OPTION_INT && !text_to_int(digits, &whole))) {
		error_set(e, ERROR_USAGE, "option '--%s' must be %s, not '%s'", o->name,
			  o->type == OPTION_INT	      ? "a whole number"
			  : o->type == OPTION_SECONDS ? "a time such as 30, 500ms, 5m or 1h"
			  : o->type == OPTION_PERCENT ? "a percentage such as 5%"
						      : "a number",
			  text);
		return -1;
	}
	v->number *= factor;
	return check_limits(o, text, v->number, e);
}

static int apply_choice(const struct option *o, const char *text, struct error *e)
{
	struct buf list = {0};
	size_t i;

	for (i = 0; o->choices[i]; i++) {
		if (strcmp(o->choices[i], text) == 0) {
			buf_release(&list);
			return 0;
		}
		buf_printf(&list, "%s%s", i ? ", " : "", o->choices[i]);
	}
	error_set(e, ERROR_USAGE, "option '--%s' must be one of %s, not '%s'", o->name,
		  buf_text(&list), text);
	buf_release(&list);
	return -1;
}

static int apply_value(struct invocation *inv, size_t i, const char *text, struct error *e)
{
	const struct option *o = inv->options[i];
	struct option_value *v = &inv->values[i];

	v->set = true;
	switch (o->type) {
	case OPTION_FLAG:
		v->flag = true;
		return 0;
	case OPTION_TEXT:
		v->text = text;
		return 0;
	case OPTION_LIST:
		v->list[v->list_count++] = text;
		return 0;
	case OPTION_CHOICE:
		v->text = text;
		return apply_choice(o, text, e);
	case OPTION_INT:
	case OPTION_NUMBER:
	case OPTION_SECONDS:
	case OPTION_PERCENT:
		return apply_number(o, v, text, e);
	}
	return 0;
}

static int apply_defaults(struct invocation *inv, struct error *e)
{
	size_t i;

	for (i = 0; i < inv->option_count; i++) {
		const struct option *o = inv->options[i];
		const char *text = o->environment ? getenv(o->environment) : NULL;

		if (o->fallback && apply_value(inv, i, o->fallback, e) < 0)
			return -1;
		if (!text || !*text)
			continue;
		if (apply_value(inv, i, text, e) < 0)
			return error_context(e, "environment variable %s", o->environment);
		inv->values[i].given = true;
	}
	return 0;
}

static int visit_config(void *context, enum config_event event, const struct config_value *value,
			struct error *e)
{
	struct invocation *inv = context;
	size_t i = find_name(inv, value->name, strlen(value->name));

	if (event != CONFIG_VALUE)
		return 0;
	assert(i < inv->option_count);
	inv->values[i].given = true;
	if (inv->options[i]->type == OPTION_FLAG) {
		inv->values[i].set = true;
		inv->values[i].flag = value->number != 0;
		return 0;
	}
	if (inv->options[i]->type == OPTION_LIST && !inv->values[i].list) {
		inv->values[i].list = arena_alloc(&inv->arena, 1024 * sizeof(char *));
		inv->values[i].list_count = 0;
	}
	if (inv->values[i].list_count >= 1024)
		return error_set(e, ERROR_CONFIG, "more than 1024 values");
	return apply_value(inv, i, arena_strdup(&inv->arena, value->text), e);
}

/* The keys of a configuration file are the long names of the options. */
static int apply_config(struct invocation *inv, const char *path, struct error *e)
{
	struct config_key *keys = arena_alloc(&inv->arena, inv->option_count * sizeof(*keys));
	size_t i;

	for (i = 0; i < inv->option_count; i++) {
		enum option_type type = inv->options[i]->type;

		keys[i].name = inv->options[i]->name;
		keys[i].type = type == OPTION_FLAG   ? CONFIG_FLAG
			       : type == OPTION_LIST ? CONFIG_LIST
						     : CONFIG_TEXT;
	}
	return config_read(path, keys, inv->option_count, visit_config, inv, e);
}

static int apply_typed(struct parser *p)
{
	struct invocation *inv = p->inv;
	size_t i;

	for (i = 0; i < p->typed_count; i++) {
		struct option_value *v = &inv->values[p->typed[i].option];

		if (inv->options[p->typed[i].option]->type != OPTION_LIST)
			continue;
		v->list = arena_alloc(&inv->arena, p->typed_count * sizeof(char *));
		v->list_count = 0;
	}
	for (i = 0; i < p->typed_count; i++) {
		if (apply_value(inv, p->typed[i].option, p->typed[i].text, p->e) < 0)
			return -1;
		inv->values[p->typed[i].option].given = true;
	}
	return 0;
}

static int check_arguments(const struct invocation *inv, struct error *e)
{
	const struct command *c = inv->command;
	size_t n = inv->argument_count;

	if (n < (size_t)c->min_arguments)
		error_set(e, ERROR_USAGE, "'%s %s' needs %s", c->tool, c->verb, c->arguments);
	else if (c->max_arguments >= 0 && n > (size_t)c->max_arguments)
		error_set(e, ERROR_USAGE, "'%s %s' does not take '%s'", c->tool, c->verb,
			  inv->arguments[c->max_arguments]);
	else
		return 0;
	return error_hint(e, "see 'lakeport %s %s --help'", c->tool, c->verb);
}

/* Room for every option that the words can hold: a cluster has at most one a letter. */
static struct typed *typed_room(struct arena *arena, int argc, char **argv)
{
	size_t letters = 1;
	int i;

	for (i = 0; i < argc; i++)
		letters += strlen(argv[i]);
	return arena_alloc(arena, letters * sizeof(struct typed));
}

static const char *config_path(const struct parser *p)
{
	size_t option = find_name(p->inv, "config", strlen("config")), i;
	const char *path = NULL;

	for (i = 0; i < p->typed_count; i++)
		if (p->typed[i].option == option)
			path = p->typed[i].text;
	return path;
}

int invocation_parse(struct invocation *inv, const struct command *c, int argc, char **argv,
		     struct error *e)
{
	struct parser p = {.inv = inv, .e = e};

	memset(inv, 0, sizeof(*inv));
	inv->command = c;
	inv->argc = argc;
	inv->argv = argv;
	inv->arguments = arena_alloc(&inv->arena, ((size_t)argc + 1) * sizeof(char *));
	p.typed = typed_room(&inv->arena, argc, argv);
	gather_options(inv);
	if (split_words(&p, argc, argv) < 0)
		return -1;
	if (p.help) {
		command_help(c);
		return 1;
	}
	if (apply_defaults(inv, e) < 0)
		return -1;
	if (!c->own_config && config_path(&p) && apply_config(inv, config_path(&p), e) < 0)
		return -1;
	if (apply_typed(&p) < 0)
		return -1;
	return check_arguments(inv, e);
}

void invocation_release(struct invocation *inv)
{
	arena_release(&inv->arena);
}

static const struct option_value *value_of(const struct invocation *inv, const char *name)
{
	size_t i = find_name(inv, name, strlen(name));

	assert(i < inv->option_count);
	return &inv->values[i];
}

bool option_given(const struct invocation *inv, const char *name)
{
	return value_of(inv, name)->given;
}

bool option_set(const struct invocation *inv, const char *name)
{
	return value_of(inv, name)->set;
}

bool option_flag(const struct invocation *inv, const char *name)
{
	return value_of(inv, name)->flag;
}

const char *option_text(const struct invocation *inv, const char *name)
{
	return value_of(inv, name)->text;
}

int64_t option_int(const struct invocation *inv, const char *name)
{
	return (int64_t)value_of(inv, name)->number;
}

double option_number(const struct invocation *inv, const char *name)
{
	return value_of(inv, name)->number;
}

const char *const *option_list(const struct invocation *inv, const char *name, size_t *count)
{
	const struct option_value *v = value_of(inv, name);

	*count = v->list_count;
	return v->list;
}

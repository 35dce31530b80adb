/*
 * config.c - see config.h. A recursive walk over libyaml's events, one function for each shape.
 *
 * The event interface is used because the document interface resolves aliases by itself, and an
 * alias inside its own anchor would send us round for ever.
 */
#include "common/config.h"

#include <string.h>
#include <yaml.h>

#include "common/text.h"

#define MAX_BYTES ((size_t)1 << 20)
#define MAX_DEPTH 32
#define MAX_KEYS  256 /* of one table */

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; /* the current one; owned */
	bool has_event;
	const char *name;
	config_visit *visit;
	void *context;
	struct error *e;
	int depth;
};

static int fault(struct reader *rd, const yaml_mark_t *mark, const char *what, const char *word)
{
	return error_set(rd->e, ERROR_CONFIG, "%s:%zu:%zu: %s%s%.80s%s", rd->name, mark->line + 1,
			 mark->column + 1, what, word ? " '" : "", word ? word : "",
			 word ? "'" : "");
}

/* Moves to the next event; refuses what the files have no use for. */
static int next(struct reader *rd)
{
	const yaml_event_t *ev = &rd->event;

	if (rd->has_event)
		yaml_event_delete(&rd->event);
	rd->has_event = false;
	if (!yaml_parser_parse(&rd->parser, &rd->event)) {
		const yaml_mark_t mark = rd->parser.problem_mark;

		return fault(rd, &mark, rd->parser.problem ? rd->parser.problem : "not YAML", NULL);
	}
	rd->has_event = true;
	if (ev->type == YAML_ALIAS_EVENT)
		return fault(rd, &ev->start_mark, "aliases are not taken here", NULL);
	if ((ev->type == YAML_SCALAR_EVENT && (ev->data.scalar.anchor || ev->data.scalar.tag)) ||
	    (ev->type == YAML_MAPPING_START_EVENT &&
	     (ev->data.mapping_start.anchor || ev->data.mapping_start.tag)) ||
	    (ev->type == YAML_SEQUENCE_START_EVENT &&
	     (ev->data.sequence_start.anchor || ev->data.sequence_start.tag)))
		return fault(rd, &ev->start_mark, "anchors and tags are not taken here", NULL);
	return 0;
}

static const char *scalar(const struct reader *rd)
{
	return (const char *)rd->event.data.scalar.value;
}

static bool quoted(const struct reader *rd)
{
	return rd->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
}

static int unknown_key(struct reader *rd, const struct config_key *table, size_t count)
{
	const char *nearest = NULL;
	size_t best = 4, i;

	for (i = 0; i < count; i++) {
		size_t d = text_distance(scalar(rd), table[i].name, best);

		if (d < best) {
			best = d;
			nearest = table[i].name;
		}
	}
	fault(rd, &rd->event.start_mark, "unknown key", scalar(rd));
	return nearest ? error_hint(rd->e, "did you mean '%s'?", nearest) : -1;
}

/* Plain decimal numbers only: 010, 1_000, .5 and 1e3 are refused, for readers differ on them. */
static bool plain_number(const char *s, double *value)
{
	const char *p = s + (*s == '-');
	size_t whole = strspn(p, "0123456789");

	if (whole == 0 || (whole > 1 && p[0] == '0'))
		return false;
	p += whole;
	if (*p == '.') {
		size_t n = strspn(p + 1, "0123456789");

		if (n == 0)
			return false;
		p += n + 1;
	}
	return *p == '\0' && text_to_double(s, value);
}

static int check_text(struct reader *rd, const struct config_key *key)
{
	size_t i;

	if (!key->choices)
		return 0;
	for (i = 0; key->choices[i]; i++)
		if (strcmp(key->choices[i], scalar(rd)) == 0)
			return 0;
	fault(rd, &rd->event.start_mark, "not one of the words that are known here:", scalar(rd));
	return error_hint(rd->e, "'%s' takes '%s', ...", key->name, key->choices[0]);
}

static int check_scalar(struct reader *rd, const struct config_key *key, struct config_value *v)
{
	const yaml_mark_t *mark = &rd->event.start_mark;

	if (memchr(scalar(rd), '\0', rd->event.data.scalar.length))
		return fault(rd, mark, "a NUL character", NULL);
	if (key->type == CONFIG_FLAG) {
		v->number = strcmp(scalar(rd), "true") == 0;
		if (quoted(rd) || (!v->number && strcmp(scalar(rd), "false") != 0))
			return fault(rd, mark, "expected true or false, found", scalar(rd));
		return 0;
	}
	if (key->type != CONFIG_NUMBER)
		return check_text(rd, key);
	if (quoted(rd) || !plain_number(scalar(rd), &v->number))
		return fault(rd, mark, "expected a decimal number, found", scalar(rd));
	if (v->number < key->min || (key->max != 0 && v->number > key->max))
		return fault(rd, mark, "number out of range:", scalar(rd));
	return 0;
}

static int add_place(struct reader *rd, const struct config_value *v, int result)
{
	if (result < 0)
		error_context(rd->e, "%s:%zu:%zu", rd->name, v->line, v->column);
	return result;
}

static int visit_scalar(struct reader *rd, const struct config_key *key, const char *name)
{
	struct config_value v = {.key = key,
				 .name = name,
				 .text = scalar(rd),
				 .quoted = quoted(rd),
				 .line = rd->event.start_mark.line + 1,
				 .column = rd->event.start_mark.column + 1};

	if (check_scalar(rd, key, &v) < 0)
		return -1;
	return add_place(rd, &v, rd->visit(rd->context, CONFIG_VALUE, &v, rd->e));
}

static int visit_edge(struct reader *rd, enum config_event event, const struct config_key *key,
		      const char *name)
{
	struct config_value v = {.key = key,
				 .name = name,
				 .text = "",
				 .line = rd->event.start_mark.line + 1,
				 .column = rd->event.start_mark.column + 1};

	return add_place(rd, &v, rd->visit(rd->context, event, &v, rd->e));
}

static int read_value(struct reader *rd, const struct config_key *key, const char *name);

/* The keys of one mapping: the current event is its start; leaves at its end. */
static int read_keys(struct reader *rd, const struct config_key *table, size_t count)
{
	bool seen[MAX_KEYS] = {false};
	const yaml_mark_t start = rd->event.start_mark;
	size_t i;

	if (++rd->depth > MAX_DEPTH)
		return fault(rd, &start, "nested too deeply", NULL);
	for (;;) {
		if (next(rd) < 0)
			return -1;
		if (rd->event.type == YAML_MAPPING_END_EVENT)
			break;
		if (rd->event.type != YAML_SCALAR_EVENT)
			return fault(rd, &rd->event.start_mark, "a key must be a word", NULL);
		for (i = 0; i < count && strcmp(table[i].name, scalar(rd)) != 0; i++)
			;
		if (i == count || i >= MAX_KEYS)
			return unknown_key(rd, table, count);
		if (seen[i])
			return fault(rd, &rd->event.start_mark, "duplicate key", scalar(rd));
		seen[i] = true;
		if (next(rd) < 0 || read_value(rd, &table[i], table[i].name) < 0)
			return -1;
	}
	for (i = 0; i < count && i < MAX_KEYS; i++)
		if (table[i].required && !seen[i])
			return fault(rd, &start, "missing key", table[i].name);
	rd->depth--;
	return 0;
}

static int read_free_keys(struct reader *rd, const struct config_key *key)
{
	for (;;) {
		char name[256];
		int n;

		if (next(rd) < 0)
			return -1;
		if (rd->event.type == YAML_MAPPING_END_EVENT)
			return 0;
		if (rd->event.type != YAML_SCALAR_EVENT)
			return fault(rd, &rd->event.start_mark, "a key must be a word", NULL);
		n = snprintf(name, sizeof(name), "%s", scalar(rd));
		if (n < 0 || (size_t)n >= sizeof(name))
			return fault(rd, &rd->event.start_mark, "the key is too long:", scalar(rd));
		if (next(rd) < 0)
			return -1;
		if (rd->event.type != YAML_SCALAR_EVENT)
			return fault(rd, &rd->event.start_mark, "expected one value for", name);
		if (visit_scalar(rd, key, name) < 0)
			return -1;
	}
}

static int read_mapping(struct reader *rd, const struct config_key *key, const char *name)
{
	int result;

	if (rd->event.type != YAML_MAPPING_START_EVENT)
		return fault(rd, &rd->event.start_mark, "expected a mapping for", name);
	if (visit_edge(rd, CONFIG_ENTER, key, name) < 0)
		return -1;
	result = key->type == CONFIG_FREE ? read_free_keys(rd, key)
					  : read_keys(rd, key->table, key->table_count);
	return result < 0 ? -1 : visit_edge(rd, CONFIG_LEAVE, key, name);
}

static int read_sequence(struct reader *rd, const struct config_key *key, const char *name)
{
	for (;;) {
		if (next(rd) < 0)
			return -1;
		if (rd->event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if (key->type == CONFIG_MAPS) {
			if (read_mapping(rd, key, name) < 0)
				return -1;
		} else if (rd->event.type != YAML_SCALAR_EVENT) {
			return fault(rd, &rd->event.start_mark, "expected plain values for", name);
		} else if (visit_scalar(rd, key, name) < 0) {
			return -1;
		}
	}
}

static int read_value(struct reader *rd, const struct config_key *key, const char *name)
{
	bool list = key->type == CONFIG_LIST || key->type == CONFIG_MAPS;

	if (list && rd->event.type == YAML_SEQUENCE_START_EVENT)
		return read_sequence(rd, key, name);
	if (key->type == CONFIG_MAPS)
		return fault(rd, &rd->event.start_mark, "expected a list for", name);
	if (key->type == CONFIG_MAP || key->type == CONFIG_FREE)
		return read_mapping(rd, key, name);
	if (rd->event.type != YAML_SCALAR_EVENT)
		return fault(rd, &rd->event.start_mark, "expected one value for", name);
	return visit_scalar(rd, key, name);
}

static int read_stream(struct reader *rd, const struct config_key *table, size_t count)
{
	if (next(rd) < 0 || next(rd) < 0) /* stream start, document start */
		return -1;
	if (rd->event.type != YAML_DOCUMENT_START_EVENT)
		return fault(rd, &rd->event.start_mark, "the file is empty", NULL);
	if (next(rd) < 0)
		return -1;
	if (rd->event.type != YAML_MAPPING_START_EVENT)
		return fault(rd, &rd->event.start_mark, "expected keys and values", NULL);
	if (read_keys(rd, table, count) < 0 || next(rd) < 0 || next(rd) < 0)
		return -1;
	if (rd->event.type != YAML_STREAM_END_EVENT)
		return fault(rd, &rd->event.start_mark, "more than one document", NULL);
	return 0;
}

int config_parse(const char *text, size_t n, const char *name, const struct config_key *table,
		 size_t count, config_visit *visit, void *context, struct error *e)
{
	struct reader rd = {.name = name, .visit = visit, .context = context, .e = e};
	int result;

	if (!yaml_parser_initialize(&rd.parser))
		return error_set(e, ERROR_INTERNAL, "cannot start the YAML reader");
	yaml_parser_set_input_string(&rd.parser, (const unsigned char *)text, n);
	result = read_stream(&rd, table, count);
	if (rd.has_event)
		yaml_event_delete(&rd.event);
	yaml_parser_delete(&rd.parser);
	return result;
}

int config_read(const char *path, const struct config_key *table, size_t count, config_visit *visit,
		void *context, struct error *e)
{
	struct buf text = {0};
	int result = text_read_file(path, MAX_BYTES, &text, e);

	if (result < 0)
		e->class = ERROR_CONFIG;
	else
		result = config_parse(buf_text(&text), text.len, path, table, count, visit, context,
				      e);
	buf_release(&text);
	return result;
}

/*
 * script_data.c - PARAMs that are drawn from real data:
 *
 *	-- PARAM id = sample(orders.id)
 *	-- PARAM id = sample(shop.orders.id, 50000) zipfian(1.1)
 *	-- PARAM (id, customer) = sample(shop.orders(id, "Customer")) hot(0.9, 0.01)
 *	-- PARAM (city, zip) = csv('places.csv', city, zip)
 *	-- PARAM word = csv('words.txt', 1)
 *
 * Names of tables and columns are SQL's: folded to lower case unless they are quoted. Columns of a
 * CSV file are named as its first line spells them, or counted from 1; then the first line is data
 * like the others. Its path is relative to the folder of the script.
 */
#include <string.h>
#include <strings.h>

#include "bench/expression_lex.h"
#include "bench/script_compile.h"

#define NAME_PARTS 3 /* schema.table.column */

struct part {
	const char *name;
	struct place place;
};

struct source_parser {
	struct lexer lexer;
	struct compiler *c;
	struct dataset *d;
	struct dataset_column columns[DATASET_MAX_COLUMNS];
};

static bool is_word(const char *text, size_t n, const char *word)
{
	return strlen(word) == n && strncasecmp(text, word, n) == 0;
}

bool script_data_begins(const char *text, size_t n)
{
	size_t length = 0;

	while (n > 0 && (*text == ' ' || *text == '\t')) {
		text++;
		n--;
	}
	while (length < n && is_name_part(text[length]))
		length++;
	return is_word(text, length, "sample") || is_word(text, length, "csv");
}

static enum token_kind kind(const struct source_parser *p)
{
	return p->lexer.token.kind;
}

static int unexpected(struct source_parser *p, const char *expected)
{
	const struct token *t = &p->lexer.token;

	if (t->kind == TOKEN_END)
		return place_fault(&t->place, p->c->e, "the PARAM ends here; expected %s",
				   expected);
	return place_fault(&t->place, p->c->e, "unexpected '%s%.*s'; expected %s",
			   t->kind == TOKEN_VARIABLE ? ":" : "",
			   (int)(t->length < 40 ? t->length : 40), t->text, expected);
}

static int expect(struct source_parser *p, enum token_kind k, const char *what)
{
	return kind(p) == k ? lexer_next(&p->lexer) : unexpected(p, what);
}

/* The token without its quotes, doubled ones inside made single. */
static const char *unquote(struct source_parser *p)
{
	const struct token *t = &p->lexer.token;
	char *text = arena_strndup(&p->c->w->arena, t->text + 1, t->length - 2), *out = text;
	const char *in;

	for (in = text; *in; in++) {
		*out++ = *in;
		if (*in == *t->text)
			in++;
	}
	*out = '\0';
	return text;
}

/* A word as it stands, or in lower case as SQL has it. */
static const char *word(struct source_parser *p, bool fold)
{
	char *text = arena_strndup(&p->c->w->arena, p->lexer.token.text, p->lexer.token.length);
	char *c;

	for (c = text; *c && fold; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return text;
}

static int add_column(struct source_parser *p, const struct dataset_column *column)
{
	if (p->d->column_count == DATASET_MAX_COLUMNS)
		return place_fault(&column->place, p->c->e, "more than %d columns",
				   DATASET_MAX_COLUMNS);
	p->columns[p->d->column_count++] = *column;
	return 0;
}

static int parse_sql_name(struct source_parser *p, struct part *part, const char *what)
{
	part->place = p->lexer.token.place;
	if (kind(p) == TOKEN_IDENTIFIER && p->lexer.token.length > 2)
		part->name = unquote(p);
	else if (kind(p) == TOKEN_FUNCTION)
		part->name = word(p, true);
	else
		return unexpected(p, what);
	return lexer_next(&p->lexer);
}

/* (COLUMN, COLUMN, ...) behind a table */
static int parse_column_list(struct source_parser *p)
{
	struct part part;

	do {
		if (lexer_next(&p->lexer) < 0 || parse_sql_name(p, &part, "a column") < 0 ||
		    add_column(p, &(struct dataset_column){.name = part.name,
							   .place = part.place}) < 0)
			return -1;
	} while (kind(p) == TOKEN_COMMA);
	return expect(p, TOKEN_CLOSE, "',' or ')'");
}

/* [SCHEMA.]TABLE.COLUMN or [SCHEMA.]TABLE(COLUMN, ...) */
static int parse_table(struct source_parser *p)
{
	struct part parts[NAME_PARTS];
	size_t n = 0;

	if (parse_sql_name(p, &parts[n++], "a table") < 0)
		return -1;
	while (kind(p) == TOKEN_DOT && n < NAME_PARTS)
		if (lexer_next(&p->lexer) < 0 ||
		    parse_sql_name(p, &parts[n++], "a name behind the '.'") < 0)
			return -1;
	if (kind(p) == TOKEN_OPEN && n < NAME_PARTS) {
		if (parse_column_list(p) < 0)
			return -1;
	} else if (n == 1) {
		return unexpected(p, "a column: TABLE.COLUMN or TABLE(COLUMN, ...)");
	} else {
		n--;
		add_column(p, &(struct dataset_column){.name = parts[n].name,
						       .place = parts[n].place});
	}
	p->d->table = parts[n - 1].name;
	p->d->table_place = parts[0].place;
	p->d->schema = n > 1 ? parts[0].name : NULL;
	return 0;
}

static int parse_sample(struct source_parser *p)
{
	const struct token *t = &p->lexer.token;

	p->d->kind = DATASET_SAMPLE;
	p->d->max_rows = DATASET_DEFAULT_ROWS;
	if (parse_table(p) < 0)
		return -1;
	if (kind(p) != TOKEN_COMMA)
		return 0;
	if (lexer_next(&p->lexer) < 0)
		return -1;
	if (t->kind != TOKEN_INTEGER || t->integer < 1 || t->integer > DATASET_MAX_ROWS)
		return place_fault(&t->place, p->c->e,
				   "expected the number of rows, from 1 to %d, after the ','",
				   DATASET_MAX_ROWS);
	p->d->max_rows = (uint64_t)t->integer;
	return lexer_next(&p->lexer);
}

static int parse_csv_column(struct source_parser *p)
{
	const struct token *t = &p->lexer.token;
	struct dataset_column column = {.place = t->place};

	if (t->kind == TOKEN_FUNCTION)
		column.name = word(p, false);
	else if (t->kind == TOKEN_IDENTIFIER || t->kind == TOKEN_STRING)
		column.name = unquote(p);
	else if (t->kind == TOKEN_INTEGER && t->integer >= 1 && t->integer <= INT32_MAX)
		column.number = (unsigned)t->integer;
	else
		return unexpected(p, "a column's name, or its number from 1");
	if (p->d->column_count && !p->columns[0].number != !column.number)
		return place_fault(&column.place, p->c->e,
				   "columns by name and by number in one csv(...); expected either "
				   "names (of the first line) or numbers");
	return add_column(p, &column) < 0 ? -1 : lexer_next(&p->lexer);
}

/* 'PATH', COLUMN, ... */
static int parse_csv(struct source_parser *p)
{
	const char *script = p->c->file, *slash = strrchr(script, '/'), *path;

	p->d->kind = DATASET_CSV;
	if (kind(p) != TOKEN_STRING || p->lexer.token.length == 2)
		return unexpected(p, "the file's path in single quotes");
	path = unquote(p);
	p->d->path = *path == '/' || !slash ? path
					    : arena_printf(&p->c->w->arena, "%.*s%s",
							   (int)(slash + 1 - script), script, path);
	if (lexer_next(&p->lexer) < 0)
		return -1;
	do {
		if (expect(p, TOKEN_COMMA, "',' and a column") < 0 || parse_csv_column(p) < 0)
			return -1;
	} while (kind(p) == TOKEN_COMMA);
	return 0;
}

/* sample(...) or csv(...), up to and with the closing parenthesis. */
static int parse_source(struct source_parser *p)
{
	bool sample = is_word(p->lexer.token.text, p->lexer.token.length, "sample");
	const char *begin = p->lexer.token.text;

	p->d->place = p->lexer.token.place;
	p->lexer.names = true;
	if (lexer_next(&p->lexer) < 0 ||
	    expect(p, TOKEN_OPEN, sample ? "'(' after sample" : "'(' after csv") < 0 ||
	    (sample ? parse_sample(p) : parse_csv(p)) < 0)
		return -1;
	p->lexer.names = false;
	if (kind(p) == TOKEN_CLOSE)
		p->d->label = arena_strndup(&p->c->w->arena, begin,
					    (size_t)(p->lexer.token.text + 1 - begin));
	return expect(p, TOKEN_CLOSE, "',' or ')'");
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same(const struct dataset *a, const struct dataset *b)
{
	size_t i;

	if (a->kind != b->kind || a->max_rows != b->max_rows || !same_text(a->path, b->path) ||
	    !same_text(a->schema, b->schema) || !same_text(a->table, b->table) ||
	    a->column_count != b->column_count)
		return false;
	for (i = 0; i < a->column_count; i++)
		if (a->columns[i].number != b->columns[i].number ||
		    !same_text(a->columns[i].name, b->columns[i].name))
			return false;
	return true;
}

/* A source that two PARAMs name is read and held once. */
static const struct dataset *keep_dataset(struct source_parser *p)
{
	struct compiler *c = p->c;
	struct dataset_column *columns;
	size_t i, size = p->d->column_count * sizeof(*columns);

	p->d->columns = p->columns;
	for (i = 0; i < c->dataset_count; i++)
		if (is_same(c->datasets[i], p->d))
			return c->datasets[i];
	columns = arena_alloc(&c->w->arena, size);
	p->d->columns = memcpy(columns, p->columns, size);
	c->datasets =
		xgrow(c->datasets, c->dataset_count, &c->dataset_capacity, sizeof(*c->datasets));
	return c->datasets[c->dataset_count++] = p->d;
}

int script_parse_data(struct script_builder *b, const char *text, size_t n, const struct place *at,
		      const struct param_name *names, size_t count, const struct place *place)
{
	struct compiler *c = b->c;
	struct source_parser p = {.c = c};
	struct draw *draw = arena_alloc(&c->w->arena, sizeof(*draw));
	unsigned *slots;
	size_t i;

	p.d = arena_alloc(&c->w->arena, sizeof(*p.d));
	p.lexer = (struct lexer){text, text + n, *at, .strings = true, .e = c->e};
	if (lexer_next(&p.lexer) < 0 || parse_source(&p) < 0 ||
	    distribution_parse(&p.lexer, &draw->distribution) < 0)
		return -1;
	if (kind(&p) != TOKEN_END)
		return unexpected(&p, "the end of the line");
	if (p.d->column_count != count)
		return place_fault(&p.d->place, c->e,
				   "%zu name%s before the '=' and %zu column%s behind it; expected "
				   "one name for each column",
				   count, count == 1 ? "" : "s", p.d->column_count,
				   p.d->column_count == 1 ? "" : "s");
	slots = arena_alloc(&c->w->arena, count * sizeof(*slots));
	for (i = 0; i < count; i++)
		slots[i] = script_declare(c, &names[i]);
	draw->slots = slots;
	draw->dataset = keep_dataset(&p);
	builder_step(b, STEP_DRAW, place)->draw = draw;
	return 0;
}

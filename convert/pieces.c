/* pieces.c - see pieces.h. */
#include "convert/pieces.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define COMMAND "-- COMMAND ----------"
#define MAGIC	"-- MAGIC"

/* ---- lines and comments ---- */

static size_t line_length(const char *p, const char *end)
{
	const char *stop = memchr(p, '\n', (size_t)(end - p));

	return stop ? (size_t)(stop - p) + 1 : (size_t)(end - p);
}

static bool begins(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - p) >= n && memcmp(p, word, n) == 0;
}

/* The length of a comment here, 0 when there is none; hints are no comments. */
static size_t comment_length(const char *p, const char *end)
{
	const char *q;
	unsigned depth = 0;

	if (begins(p, end, "--") || (*p == '#' && p < end && !begins(p, end, "##")))
		return line_length(p, end);
	if (!begins(p, end, "/*") || begins(p, end, "/*+") || begins(p, end, "/*!"))
		return 0;
	for (q = p; q < end; q++) {
		if (begins(q, end, "/*")) {
			depth++;
			q++;
		} else if (begins(q, end, "*/")) {
			q++;
			if (--depth == 0)
				return (size_t)(q + 1 - p);
		}
	}
	return 0; /* not closed: for the parser to say */
}

/* Blanks and comments at the beginning. */
static size_t leading(struct str s)
{
	const char *p = s.p, *end = s.p + s.len;
	size_t n;

	while (p < end) {
		if (isspace((unsigned char)*p))
			p++;
		else if ((n = comment_length(p, end)) > 0)
			p += n;
		else
			break;
	}
	return (size_t)(p - s.p);
}

/* ---- pieces ---- */

struct cutting {
	struct pieces *p;
	struct arena *arena;
	struct str text;
	const char *cell;    /* where the cell begins that is cut now */
	const char *done;    /* the end of the last piece */
	const char *counted; /* lines are counted up to here */
	size_t line;
};

static void add(struct cutting *c, const char *begin, const char *end, bool statement)
{
	struct pieces *p = c->p;
	struct piece *items;

	if (begin == end)
		return;
	if (p->count == p->capacity) {
		p->capacity = p->capacity ? 2 * p->capacity : 16;
		items = arena_alloc(c->arena, p->capacity * sizeof(*items));
		if (p->count)
			memcpy(items, p->items, p->count * sizeof(*items));
		p->items = items;
	}
	for (; c->counted < begin; c->counted++)
		c->line += *c->counted == '\n';
	p->items[p->count++] = (struct piece){.text = {begin, (size_t)(end - begin)},
					      .statement = statement,
					      .open = true,
					      .line = c->line};
	p->statements += statement;
	c->done = end;
}

static void add_statement(void *context, struct str statement, size_t offset)
{
	struct cutting *c = context;
	const char *begin = c->cell + offset, *end = begin + statement.len, *limit;

	/* What the dialect's splitter says is not trusted to stay inside the text. */
	limit = c->text.p + c->text.len;
	if (begin < c->done || begin > limit || end > limit)
		return;
	begin += leading((struct str){begin, (size_t)(end - begin)});
	while (end > begin && isspace((unsigned char)end[-1]))
		end--;
	if (begin == end)
		return;
	add(c, c->done, begin, false);
	add(c, begin, end, true);
}

/* A cell is one comment: all its lines are magic, or comments. */
static bool is_foreign(struct str cell)
{
	const char *p = cell.p, *end = cell.p + cell.len;
	size_t n;

	for (; p < end; p += n) {
		n = line_length(p, end);
		if (begins(p, end, MAGIC))
			return true;
		if (!begins(p, end, "--") && leading((struct str){p, n}) < n)
			return false;
	}
	return false;
}

static void cut_cell(struct cutting *c, const struct dialect *from, const char *begin,
		     const char *end)
{
	struct str cell = {begin, (size_t)(end - begin)};

	if (leading(cell) == cell.len) {
		c->p->foreign_cells += is_foreign(cell);
		return;
	}
	c->cell = begin;
	convert_split(from, cell, add_statement, c);
}

/* Only a `;` in what follows ends a statement in Postgres, too. */
static bool has_semicolon(struct str gap)
{
	size_t n = leading(gap);

	return n < gap.len && gap.p[n] == ';';
}

static void close_statements(struct pieces *p)
{
	size_t i;

	for (i = 0; i + 1 < p->count; i++)
		if (p->items[i].statement && !p->items[i + 1].statement)
			p->items[i].open = !has_semicolon(p->items[i + 1].text);
}

void pieces_cut(struct pieces *p, const struct dialect *from, struct str text, struct arena *a)
{
	struct cutting c = {
		.p = p, .arena = a, .text = text, .done = text.p, .counted = text.p, .line = 1};
	const char *at = text.p, *cell = text.p, *end = text.p + text.len;

	*p = (struct pieces){0};
	while (at < end) {
		size_t n = line_length(at, end);

		if (begins(at, end, COMMAND)) {
			cut_cell(&c, from, cell, at);
			cell = at + n;
		}
		at += n;
	}
	cut_cell(&c, from, cell, end);
	add(&c, c.done, end, false);
	close_statements(p);
}

/* ---- notebooks ---- */

/* What stands behind `-- MAGIC ` on a line; the whole line when it is no magic. */
static struct str behind_magic(const char *line, size_t n)
{
	size_t skip = strlen(MAGIC);

	if (!begins(line, line + n, MAGIC))
		return (struct str){line, n};
	skip += skip < n && line[skip] == ' ';
	return (struct str){line + skip, n - skip};
}

static bool is_sql_cell(struct str magic)
{
	return magic.len >= 4 && memcmp(magic.p, "%sql", 4) == 0 &&
	       (magic.len == 4 || isspace((unsigned char)magic.p[4]));
}

struct str pieces_uncover(struct str text, struct arena *a)
{
	const char *p = text.p, *end = text.p + text.len;
	struct buf out = {.max = text.len + 1};
	struct str result = text;
	bool uncover = false, any = false;
	size_t n;

	for (; p < end; p += n) {
		struct str line;

		n = line_length(p, end);
		line = behind_magic(p, n);
		if (begins(p, end, COMMAND))
			uncover = false;
		else if (line.p != p && is_sql_cell(line)) {
			uncover = any = true;
			line.p += 4;
			line.len -= 4;
		}
		if (uncover)
			buf_add(&out, line.p, line.len);
		else
			buf_add(&out, p, n);
	}
	if (any)
		result = (struct str){arena_strndup(a, buf_text(&out), out.len), out.len};
	buf_release(&out);
	return result;
}

/* ---- putting together ---- */

static bool is_word_line(const char *p, size_t n, const char *word)
{
	size_t k = strlen(word);

	while (n && isspace((unsigned char)p[n - 1]))
		n--;
	while (n && isspace((unsigned char)*p)) {
		p++;
		n--;
	}
	return n == k && strncasecmp(p, word, k) == 0;
}

/* GO 5 and DELIMITER // have something behind them. */
static bool is_separator(const char *p, size_t n)
{
	while (n && isspace((unsigned char)*p)) {
		p++;
		n--;
	}
	if (is_word_line(p, n, "go") || is_word_line(p, n, "/"))
		return true;
	if (n > 10 && strncasecmp(p, "delimiter", 9) == 0 && isspace((unsigned char)p[9]))
		return true;
	return n > 3 && strncasecmp(p, "go", 2) == 0 && isspace((unsigned char)p[2]) &&
	       strspn(p + 2, " \t\r\n0123456789") >= n - 2;
}

void pieces_put_gap(struct str gap, struct buf *out)
{
	const char *p = gap.p, *end = gap.p + gap.len;
	bool line_begins = true;
	size_t n;

	while (p < end) {
		n = comment_length(p, end);
		if (n) {
			if (*p == '#')
				buf_printf(out, "--%.*s", (int)n - 1, p + 1);
			else
				buf_add(out, p, n);
			line_begins = p[n - 1] == '\n';
			p += n;
			continue;
		}
		n = line_length(p, end);
		if (line_begins && is_separator(p, n)) {
			p += n;
			continue;
		}
		line_begins = *p == '\n';
		if (isspace((unsigned char)*p) ||
		    *p == ';') /* what else is a delimiter: // $$ || */
			buf_putc(out, *p);
		p++;
	}
}

/* The length of what hides a $: a string, a quoted name, a comment, a dollar-quoted body; or 0. */
static size_t hidden(const char *p, const char *end, bool escapes)
{
	const char *q = p + 1;
	size_t tag;

	if (*p == '\'' || *p == '"') {
		for (; q < end; q++) {
			if (*q == '\\' && escapes && *p == '\'' && q + 1 < end)
				q++;
			else if (*q == *p)
				return (size_t)(q + 1 - p);
		}
		return (size_t)(end - p);
	}
	if (*p == '-' || *p == '/')
		return comment_length(p, end);
	if (*p != '$')
		return 0;
	while (q < end && (isalnum((unsigned char)*q) || *q == '_'))
		q++;
	tag = (size_t)(q - p) + 1;
	if (q == end || *q != '$' || (isdigit((unsigned char)p[1])))
		return 0;
	for (q++; (size_t)(end - q) >= tag; q++)
		if (memcmp(q, p, tag) == 0)
			return (size_t)(q - p) + tag;
	return (size_t)(end - p);
}

bool pieces_ends_in_comment(struct str text)
{
	const char *p = text.p, *end = text.p + text.len;
	size_t n;

	while (p < end) {
		n = hidden(p, end, false);
		if (begins(p, end, "--") && n == (size_t)(end - p))
			return p[n - 1] != '\n';
		p += n ? n : 1;
	}
	return false;
}

static bool is_name_part(char c)
{
	return isalnum((unsigned char)c) || c == '_' || ((unsigned char)c & 0x80);
}

void pieces_put_named(struct str sql, const char *const *names, size_t n, struct buf *out)
{
	const char *p = sql.p, *end = sql.p + sql.len, *q;
	size_t number, length;

	while (p < end) {
		bool after_name = p > sql.p && is_name_part(p[-1]);
		bool escapes = after_name && strchr("eE", p[-1]) &&
			       (p - 1 == sql.p || !is_name_part(p[-2]));

		length = after_name && *p == '$' ? 0 : hidden(p, end, escapes);
		if (length) {
			buf_add(out, p, length);
			p += length;
			continue;
		}
		number = 0;
		for (q = p + 1;
		     *p == '$' && q < end && isdigit((unsigned char)*q) && number < 100000; q++)
			number = number * 10 + (size_t)(*q - '0');
		if (!after_name && number >= 1 && number <= n && names[number - 1]) {
			buf_printf(out, ":%s", names[number - 1]);
			p = q;
		} else {
			buf_putc(out, *p++);
		}
	}
}

const char *pieces_parameter_name(struct arena *a, const struct convert_parameter *p)
{
	struct buf name = {.max = 60};
	const char *s, *result;

	for (s = p->source; *s; s++) {
		if (isalnum((unsigned char)*s) || *s == '_')
			buf_putc(&name, *s);
		else if (name.len && strchr(" .-", *s))
			buf_putc(&name, '_');
	}
	while (name.len && name.data[name.len - 1] == '_')
		name.data[--name.len] = '\0';
	if (name.len == 0 || strcmp(p->source, "%s") == 0)
		result = arena_printf(a, "p%d", p->number);
	else if (isdigit((unsigned char)*buf_text(&name)))
		result = arena_printf(a, "p%s", buf_text(&name));
	else
		result = arena_strdup(a, buf_text(&name));
	buf_release(&name);
	return result;
}

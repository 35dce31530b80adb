/*
 * prelude_foreign.c - takes the foreign keys out of a CREATE TABLE statement: a table that a check
 * makes for one statement must not need the tables that it refers to. The words that begin and end
 * a foreign key are reserved, so it is enough to look at words and brackets.
 */
#include <strings.h>
#include <string.h>

#include "convert/prelude.h"
#include "convert/scan.h"

struct words {
	struct scan_token *items;
	bool *drop;
	size_t count;
};

static void read_words(struct words *w, const char *sql, struct arena *a)
{
	size_t most = strlen(sql) + 1;
	struct scan s = {scan_style("postgres"), sql, sql + most - 1};
	struct scan_token t;
	size_t n = 0;

	for (t = scan_next(&s); t.kind != SCAN_END; t = scan_next(&s))
		n++;
	w->items = arena_alloc(a, (n + 1) * sizeof(*w->items));
	w->drop = arena_alloc(a, (n + 1) * sizeof(*w->drop));
	s.p = sql;
	for (t = scan_next(&s); t.kind != SCAN_END; t = scan_next(&s))
		if (t.kind != SCAN_BLANK && t.kind != SCAN_COMMENT)
			w->items[w->count++] = t;
}

static bool is(const struct words *w, size_t i, const char *word)
{
	return i < w->count && w->items[i].len == strlen(word) &&
	       (w->items[i].kind == SCAN_WORD || w->items[i].kind == SCAN_OTHER) &&
	       strncasecmp(w->items[i].p, word, w->items[i].len) == 0;
}

/* Behind a group in brackets that begins at `i`; `i` itself when none does. */
static size_t behind_group(const struct words *w, size_t i)
{
	size_t depth = 0;

	if (!is(w, i, "("))
		return i;
	for (; i < w->count; i++) {
		depth += is(w, i, "(");
		if (is(w, i, ")") && --depth == 0)
			return i + 1;
	}
	return i;
}

/* Behind what may follow REFERENCES. */
static size_t behind_reference(const struct words *w, size_t i)
{
	for (i += 2; is(w, i, "."); i += 2)
		;
	i = behind_group(w, i);
	for (;;) {
		if (is(w, i, "match") || is(w, i, "initially"))
			i += 2;
		else if (is(w, i, "on") && (is(w, i + 2, "set") || is(w, i + 2, "no")))
			i = behind_group(w, i + 4);
		else if (is(w, i, "on"))
			i += 3;
		else if (is(w, i, "deferrable"))
			i++;
		else if (is(w, i, "not") && is(w, i + 1, "deferrable"))
			i += 2;
		else
			return i;
	}
}

static void drop(struct words *w, size_t from, size_t to)
{
	for (; from < to && from < w->count; from++)
		w->drop[from] = true;
}

/* One column or constraint, with the comma behind it or before it. */
static void do_element(struct words *w, size_t from, size_t to, bool *kept)
{
	size_t i = from;

	if (is(w, from, "foreign") || (is(w, from, "constraint") && is(w, from + 2, "foreign"))) {
		drop(w, *kept ? from - 1 : from, *kept ? to : to + is(w, to, ","));
		return;
	}
	*kept = true;
	while (i < to) {
		size_t end;

		if (is(w, i, "references")) {
			end = behind_reference(w, i);
			drop(w, i >= from + 2 && is(w, i - 2, "constraint") ? i - 2 : i, end);
		} else {
			end = behind_group(w, i);
		}
		i = end > i ? end : i + 1;
	}
}

void prelude_without_foreign_keys(const char *sql, struct arena *a, struct buf *out)
{
	struct words w = {0};
	size_t i, from, end;
	bool kept = false;

	read_words(&w, sql, a);
	for (from = 0; from < w.count && !is(&w, from, "("); from++)
		;
	end = behind_group(&w, from);
	for (i = ++from; i < end; i++) {
		if (is(&w, i, "(")) {
			i = behind_group(&w, i) - 1;
		} else if (is(&w, i, ",") || i == end - 1) {
			do_element(&w, from, i, &kept);
			from = i + 1;
		}
	}
	for (i = 0; i < w.count; i++) {
		const struct scan_token *t = &w.items[i];

		if (w.drop[i])
			continue;
		/* Only what stood apart does: 'a'::text, 1.5, >= and e'x' stay whole. */
		if (i && w.items[i - 1].p + w.items[i - 1].len != t->p)
			buf_putc(out, ' ');
		buf_add(out, t->p, t->len);
	}
}

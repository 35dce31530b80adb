/*
 * golden_compare.c - the first difference between golden rows and rows that came.
 *
 * Both sides are sorted by all their values and compared in pairs. Two numbers that differ by less
 * than the tolerance may sort differently, so a row without its like is also sought in the
 * neighbourhood.
 */
#include "convert/golden.h"

#include <stdlib.h>
#include <string.h>

#include "common/text.h"

#define NEIGHBOURS     64
#define SHOWN	       60 /* characters of a value in a message */
#define MOST_LOOKED_AT 10000
#define ROW_SHOWN      2000 /* bytes of a row beside another */

struct side {
	const char *const *cells;
	size_t width, rows;
	size_t *sorted; /* row numbers */
};

struct comparison {
	struct side want, got;
	const struct golden_rows *rows;
	double tolerance;
};

static bool is_number(enum golden_type type)
{
	return type == GOLDEN_NUMBER || type == GOLDEN_INTEGER;
}

static int compare_values(const char *a, const char *b, enum golden_type type)
{
	double x = 0, y = 0;
	bool an, bn;

	if (!a || !b)
		return !!a - !!b;
	an = is_number(type) && text_to_double(a, &x);
	bn = is_number(type) && text_to_double(b, &y);
	if (an != bn) /* NaN and what is no number behind all numbers */
		return bn - an;
	return !an ? strcmp(a, b) : x < y ? -1 : x > y;
}

/* What sorts first: texts, whose order is certain; numbers break ties. */
static int compare_rows(const void *pa, const void *pb, void *context)
{
	const struct side *s = ((void **)context)[0];
	const enum golden_type *types = ((void **)context)[1];
	const char *const *a = s->cells + *(const size_t *)pa * s->width;
	const char *const *b = s->cells + *(const size_t *)pb * s->width;
	int numbers, c;
	size_t i;

	for (numbers = 0; numbers < 2; numbers++)
		for (i = 0; i < s->width; i++)
			if (is_number(types[i]) == numbers &&
			    (c = compare_values(a[i], b[i], types[i])) != 0)
				return c;
	return 0;
}

static void sort_side(struct side *s, const enum golden_type *types, struct arena *a)
{
	const void *context[2] = {s, types};
	size_t i;

	s->sorted = arena_alloc(a, (s->rows + 1) * sizeof(*s->sorted));
	for (i = 0; i < s->rows; i++)
		s->sorted[i] = i;
	if (s->rows)
		qsort_r(s->sorted, s->rows, sizeof(*s->sorted), compare_rows, context);
}

/* The first column that differs, or the width when none does. */
static size_t first_difference(const struct comparison *c, size_t want, size_t got)
{
	size_t i, width = c->want.width;

	for (i = 0; i < width; i++)
		if (!golden_same(c->want.cells[want * width + i], c->got.cells[got * width + i],
				 c->rows->types[i], c->tolerance))
			break;
	return i;
}

static bool same_row(const struct comparison *c, size_t want, size_t got)
{
	return first_difference(c, want, got) == c->want.width;
}

/* Finds for the golden row at `i` of the sorted order one that came and is not taken. */
static bool find_like(const struct comparison *c, size_t i, bool *taken)
{
	size_t from = i > NEIGHBOURS ? i - NEIGHBOURS : 0, k;

	for (k = from; k < c->got.rows && k <= i + NEIGHBOURS; k++)
		if (!taken[k] && same_row(c, c->want.sorted[i], c->got.sorted[k])) {
			taken[k] = true;
			return true;
		}
	return false;
}

static const char *shown(struct arena *a, const char *value)
{
	size_t n = 0, length;

	if (!value)
		return "NULL";
	for (length = strlen(value); n < length && n < SHOWN; n++)
		;
	while (n < length && n > 0 && ((unsigned char)value[n] & 0xc0) == 0x80)
		n--;
	return arena_printf(a, "'%.*s'%s", (int)n, value, n < length ? "..." : "");
}

static const char *describe_cell(const struct comparison *c, const struct golden *g, size_t want,
				 size_t got, size_t column, struct arena *a)
{
	size_t width = c->want.width;
	const char *name = g->columns ? g->columns[column] : c->rows->columns[column];

	return arena_printf(a, "column '%s' of row %zu: expected %s, got %s", name, want + 1,
			    shown(a, c->want.cells[want * width + column]),
			    shown(a, c->got.cells[got * width + column]));
}

/* Among the rows that nobody has taken, in their order of sorting: the one most like golden row
 * `want`; SIZE_MAX: there is none.
 */
static size_t most_alike(const struct comparison *c, size_t want, const bool *taken)
{
	size_t k, best = SIZE_MAX, agree = 0;

	for (k = 0; k < c->got.rows && k < MOST_LOOKED_AT; k++) {
		size_t same = 0, j, width = c->want.width, got = c->got.sorted[k];

		for (j = 0; j < width; j++)
			same += golden_same(c->want.cells[want * width + j],
					    c->got.cells[got * width + j], c->rows->types[j],
					    c->tolerance);
		if (!taken[k] && (best == SIZE_MAX || same > agree)) {
			best = k;
			agree = same;
		}
	}
	return best;
}

static const char *describe(const struct comparison *c, const struct golden *g, size_t i,
			    const bool *taken, struct arena *a)
{
	size_t want = c->want.sorted[i], k = most_alike(c, want, taken), got;

	if (k == SIZE_MAX)
		return arena_printf(a, "row %zu did not come", want + 1);
	got = c->got.sorted[k];
	return describe_cell(c, g, want, got, first_difference(c, want, got), a);
}

/*
 * Finds for each golden row its like: those that have none, in the order of sorting, into `missing`
 * (as far as there is room), `taken` says which of those that came are somebody's. Returns how many
 * have none.
 */
static size_t match(struct comparison *c, bool *taken, size_t *missing, size_t room,
		    struct arena *a)
{
	size_t i, n = 0;

	sort_side(&c->want, c->rows->types, a);
	sort_side(&c->got, c->rows->types, a);
	for (i = 0; i < c->want.rows; i++) {
		if (i < c->got.rows && !taken[i] &&
		    same_row(c, c->want.sorted[i], c->got.sorted[i]))
			taken[i] = true;
		else if (!find_like(c, i, taken) && n++ < room)
			missing[n - 1] = i;
	}
	return n;
}

static const char *compare_multisets(struct comparison *c, const struct golden *g, struct arena *a)
{
	bool *taken = arena_alloc(a, c->got.rows + 1);
	size_t missing;

	return match(c, taken, &missing, 1, a) ? describe(c, g, missing, taken, a) : NULL;
}

/* Rows are the same; those that the statement sorts by must also come in the same order. */
static const char *compare_order(const struct comparison *c, const struct golden *g,
				 struct arena *a)
{
	size_t row, i, width = c->want.width;

	for (row = 0; row < c->want.rows; row++)
		for (i = 0; i < c->rows->order_count; i++) {
			size_t k = c->rows->order[i];

			if (k < width && !golden_same(c->want.cells[row * width + k],
						      c->got.cells[row * width + k],
						      c->rows->types[k], c->tolerance))
				return arena_printf(a,
						    "the rows are the same, their order is not: %s",
						    describe_cell(c, g, row, row, k, a));
		}
	return NULL;
}

const char *golden_difference(const struct golden *g, const struct golden_rows *rows,
			      double tolerance, struct arena *a)
{
	struct comparison c = {.want = {g->cells, g->column_count, g->row_count, NULL},
			       .got = {rows->cells, rows->column_count, rows->row_count, NULL},
			       .rows = rows,
			       .tolerance = tolerance};
	const char *difference;

	/* JSON lines without a line do not say how many columns there are. */
	if (g->column_count != rows->column_count && (g->row_count || g->columns))
		return arena_printf(a, "expected %zu columns, got %zu", g->column_count,
				    rows->column_count);
	if (g->row_count != rows->row_count)
		return arena_printf(a, "expected %zu rows, got %zu", g->row_count, rows->row_count);
	difference = compare_multisets(&c, g, a);
	return difference ? difference : compare_order(&c, g, a);
}

/* ---- rows beside each other ---- */

/* "name='x', n=1" */
static const char *row_text(const struct comparison *c, const struct golden *g,
			    const struct side *side, size_t row, struct arena *a)
{
	struct buf text = {.max = ROW_SHOWN};
	const char *result;
	size_t i;

	for (i = 0; i < side->width; i++)
		buf_printf(&text, "%s%s=%s", i ? ", " : "",
			   g->columns ? g->columns[i] : c->rows->columns[i],
			   shown(a, side->cells[row * side->width + i]));
	if (text.truncated)
		text_make_utf8(text.data);
	result = arena_strdup(a, buf_text(&text));
	buf_release(&text);
	return result;
}

/* Rows that came and that no golden row is like. */
static size_t add_extra(const struct comparison *c, const struct golden *g, const bool *taken,
			struct arena *a, struct golden_pair *pairs, size_t n, size_t max)
{
	size_t k;

	for (k = 0; k < c->got.rows && n < max; k++)
		if (!taken[k])
			pairs[n++] = (struct golden_pair){
				NULL, row_text(c, g, &c->got, c->got.sorted[k], a)};
	return n;
}

size_t golden_pairs(const struct golden *g, const struct golden_rows *rows, double tolerance,
		    struct arena *a, struct golden_pair *pairs, size_t max)
{
	struct comparison c = {.want = {g->cells, g->column_count, g->row_count, NULL},
			       .got = {rows->cells, rows->column_count, rows->row_count, NULL},
			       .rows = rows,
			       .tolerance = tolerance};
	bool *taken = arena_alloc(a, c.got.rows + 1);
	size_t *missing = arena_alloc(a, (max + 1) * sizeof(*missing));
	size_t i, n;

	if (g->column_count != rows->column_count)
		return 0;
	n = match(&c, taken, missing, max, a);
	n = n < max ? n : max;
	for (i = 0; i < n; i++) {
		size_t want = c.want.sorted[missing[i]], k = most_alike(&c, want, taken);

		pairs[i] = (struct golden_pair){row_text(&c, g, &c.want, want, a), NULL};
		if (k == SIZE_MAX)
			continue;
		taken[k] = true;
		pairs[i].got = row_text(&c, g, &c.got, c.got.sorted[k], a);
	}
	return add_extra(&c, g, taken, a, pairs, n, max);
}

/* What kinds of the source are compared like a type of Postgres. */
static bool kinds_agree(enum foreign_kind kind, enum golden_type type)
{
	bool number = kind == FOREIGN_INTEGER || kind == FOREIGN_DECIMAL || kind == FOREIGN_FLOAT ||
		      kind == FOREIGN_DOUBLE;
	bool moment = kind == FOREIGN_DATE || kind == FOREIGN_TIMESTAMP;

	if (number)
		return is_number(type) || type == GOLDEN_BOOLEAN;
	if (moment)
		return type == GOLDEN_DATE || type == GOLDEN_TIME;
	if (kind == FOREIGN_TEXT)
		return !is_number(type);
	return true;
}

const char *golden_kind_note(const struct golden *g, const struct golden_rows *rows,
			     struct arena *a)
{
	static const char *const words[] = {
		[GOLDEN_TEXT] = "text",	      [GOLDEN_NUMBER] = "number",
		[GOLDEN_INTEGER] = "integer", [GOLDEN_BOOLEAN] = "boolean",
		[GOLDEN_DATE] = "date",	      [GOLDEN_TIME] = "timestamp",
		[GOLDEN_CLOCK] = "time",      [GOLDEN_INTERVAL] = "interval",
		[GOLDEN_JSON] = "JSON",	      [GOLDEN_PADDED] = "text",
		[GOLDEN_ARRAY] = "array",     [GOLDEN_BYTES] = "bytes",
	};
	size_t i;

	for (i = 0; g->kinds && i < g->column_count && i < rows->column_count; i++)
		if (!kinds_agree(g->kinds[i], rows->types[i]))
			return arena_printf(a, "column '%s' is %s on the source and %s here",
					    g->columns[i], foreign_kind_word(g->kinds[i]),
					    words[rows->types[i]]);
	return NULL;
}

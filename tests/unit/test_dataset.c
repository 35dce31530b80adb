/*
 * test_dataset.c - parameters from real data: what scripts may say, the CSV reader, how draws are
 * spread.
 *
 * What a PARAM compiles to is compared as text: its dataset, its distribution, its names.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/csv.h"
#include "bench/dataset.h"
#include "bench/expression.h"
#include "bench/script.h"
#include "common/text.h"

struct example {
	const char *text, *expected;
};

static const char *const shapes[] = {"", " gaussian", " exponential", " zipfian", " hot"};

static void describe_columns(const struct dataset *d, struct buf *out)
{
	size_t i;

	for (i = 0; i < d->column_count; i++)
		if (d->columns[i].number)
			buf_printf(out, " %u", d->columns[i].number);
		else
			buf_printf(out, " [%s]", d->columns[i].name);
}

static void describe_draw(const struct workload *w, const struct draw *draw, struct buf *out)
{
	const struct dataset *d = draw->dataset;
	const struct distribution *spread = &draw->distribution;
	size_t i;

	for (i = 0; i < d->column_count; i++)
		buf_printf(out, "%s ", w->variables[draw->slots[i]]);
	if (d->kind == DATASET_CSV)
		buf_printf(out, "= %s", d->path);
	else
		buf_printf(out, "= <%s> <%s> %llu", d->schema ? d->schema : "", d->table,
			   (unsigned long long)d->max_rows);
	describe_columns(d, out);
	buf_puts(out, shapes[spread->kind]);
	if (spread->kind != DISTRIBUTION_UNIFORM)
		buf_printf(out, " %g", spread->parameter);
	if (spread->kind == DISTRIBUTION_HOT)
		buf_printf(out, " %g", spread->rows);
}

/* The draws of a script, separated by "; ", and the number of datasets when it is another. */
static void describe(const struct workload *w, struct buf *out)
{
	size_t i, draws = 0;

	for (i = 0; i < w->scripts[0].step_count; i++) {
		const struct step *step = &w->scripts[0].steps[i];

		if (step->type != STEP_DRAW)
			continue;
		buf_puts(out, draws++ ? "; " : "");
		describe_draw(w, step->draw, out);
	}
	if (draws != w->dataset_count)
		buf_printf(out, " (%zu datasets)", w->dataset_count);
}

static void check_examples(const struct example *examples, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct error e = ERROR_INIT;
		struct buf text = {0}, out = {0};
		struct workload *w;

		buf_printf(&text, "-- PARAM %s\nselect 1", examples[i].text);
		w = workload_parse(buf_text(&text), text.len, "d/t.sql", NULL, 0, &e);
		if (w)
			describe(w, &out);
		else
			buf_puts(&out, e.text);
		if (strcmp(buf_text(&out), examples[i].expected) != 0)
			fail_msg("%s\n gives\n%s\n expected\n%s", examples[i].text, buf_text(&out),
				 examples[i].expected);
		if (!w)
			assert_int_equal(e.class, ERROR_INPUT);
		buf_release(&text);
		buf_release(&out);
		workload_free(w);
	}
}

static void syntax(void **state)
{
	static const struct example examples[] = {
		{"k = sample(t.c)", "k = <> <t> 10000 [c]"},
		{"k=SAMPLE ( T . C )", "k = <> <t> 10000 [c]"},
		{"k = sample(s.t.c, 500)", "k = <s> <t> 500 [c]"},
		{"k = sample(\"S\"\".x\".\"a b\".\"C\")", "k = <S\".x> <a b> 10000 [C]"},
		{"k = sample(t.case)", "k = <> <t> 10000 [case]"},
		{"k = sample(t(c))", "k = <> <t> 10000 [c]"},
		{"(k) = sample(t.c)", "k = <> <t> 10000 [c]"},
		{"(a, b) = sample(t(x, \"Y\"))", "a b = <> <t> 10000 [x] [Y]"},
		{"( a , b ) = sample(s.t(x, y), 1000000) zipfian(1.1)",
		 "a b = <s> <t> 1000000 [x] [y] zipfian 1.1"},
		{"k = sample(t.c) uniform", "k = <> <t> 10000 [c]"},
		{"k = sample(t.c) gaussian(2.5)", "k = <> <t> 10000 [c] gaussian 2.5"},
		{"k = sample(t.c) Exponential (3)", "k = <> <t> 10000 [c] exponential 3"},
		{"k = sample(t.c) hot(0.9, .01)", "k = <> <t> 10000 [c] hot 0.9 0.01"},
		{"k = csv('f.csv', name)", "k = d/f.csv [name]"},
		{"k = csv('/x/f''s.csv', 2)", "k = /x/f's.csv 2"},
		{"(a, b) = csv('f.csv', \"a b\", 'B') zipfian(2)",
		 "a b = d/f.csv [a b] [B] zipfian 2"},
		{"k = csv('f.csv', Name)\n-- param (l) = csv('f.csv', Name) hot(1, 1)",
		 "k = d/f.csv [Name]; l = d/f.csv [Name] hot 1 1 (1 datasets)"},
		{"k = sample(t.c)\n-- PARAM l = sample(t.c, 9)",
		 "k = <> <t> 10000 [c]; l = <> <t> 9 [c]"},
		{"k = values('a', 'b') zipfian(1.1)", ""},
		{"k = random(1, 10) hot(0.5, 0.1)", ""},
	};

	(void)state;
	check_examples(examples, COUNT(examples));
}

#define SHAPES                                                                                     \
	"expected uniform, zipfian(s), gaussian(p), exponential(p) or hot(share of draws, share "  \
	"of rows)"
#define HOT "hot takes the share of draws and the share of rows, both above 0 and at most 1"

static void faults(void **state)
{
	static const struct example examples[] = {
		{"k = sample", "d/t.sql:1:20: the PARAM ends here; expected '(' after sample"},
		{"k = sample t.c", "d/t.sql:1:21: unexpected 't'; expected '(' after sample"},
		{"k = sample()", "d/t.sql:1:21: unexpected ')'; expected a table"},
		{"k = sample(t)",
		 "d/t.sql:1:22: unexpected ')'; expected a column: TABLE.COLUMN or "
		 "TABLE(COLUMN, ...)"},
		{"k = sample(t.)", "d/t.sql:1:23: unexpected ')'; expected a name behind the '.'"},
		{"k = sample(\"\".c)", "d/t.sql:1:21: unexpected '\"\"'; expected a table"},
		{"k = sample(\"t.c)", "d/t.sql:1:21: the quoted name that begins here is never "
				      "closed; expected \""},
		{"k = sample(a.b.c.d)", "d/t.sql:1:26: unexpected '.'; expected ',' or ')'"},
		{"k = sample(a.b.c(d))", "d/t.sql:1:26: unexpected '('; expected ',' or ')'"},
		{"k = sample(t())", "d/t.sql:1:23: unexpected ')'; expected a column"},
		{"k = sample(t(a b))", "d/t.sql:1:25: unexpected 'b'; expected ',' or ')'"},
		{"k = sample(t.c, 0)", "d/t.sql:1:26: expected the number of rows, from 1 to "
				       "1000000, after the ','"},
		{"k = sample(t.c, 1000001)", "d/t.sql:1:26: expected the number of rows, from 1 to "
					     "1000000, after the ','"},
		{"k = sample(t.c, x)", "d/t.sql:1:26: expected the number of rows, from 1 to "
				       "1000000, after the ','"},
		{"k = sample(t.c, 5", "d/t.sql:1:27: the PARAM ends here; expected ',' or ')'"},
		{"k = sample(:t.c)", "d/t.sql:1:21: unexpected ':t'; expected a table"},
		{"(a, b) = sample(t.c)", "d/t.sql:1:19: 2 names before the '=' and 1 column behind "
					 "it; expected one name for each column"},
		{"k = sample(t(x, y))", "d/t.sql:1:14: 1 name before the '=' and 2 columns behind "
					"it; expected one name for each column"},
		{"(a, a) = sample(t(x, y))", "d/t.sql:1:14: a second PARAM 'a'; expected one"},
		{"(a, b = sample(t(x, y))", "d/t.sql:1:16: expected ',' or ')' after the name"},
		{"(a, ) = sample(t(x, y))", "d/t.sql:1:14: expected a name after PARAM"},
		{"() = sample(t.c)", "d/t.sql:1:11: expected a name after PARAM"},
		{"(a, b) = random(1, 2)", "d/t.sql:1:10: several names are drawn from one row; "
					  "expected sample(...) or csv(...) behind the '='"},
		{"a = sample(t.c) + 1", "d/t.sql:1:26: unexpected '+'; " SHAPES},
		{"a = sample(t.c) zipf(2)", "d/t.sql:1:26: unexpected 'zipf'; " SHAPES},
		{"a = sample(t.c) zipfian",
		 "d/t.sql:1:33: the distribution ends here; expected '(' "
		 "and the distribution's parameter"},
		{"a = sample(t.c) zipfian(x)", "d/t.sql:1:34: unexpected 'x'; expected a number"},
		{"a = sample(t.c) zipfian(1)", "d/t.sql:1:34: zipfian parameter must be in range "
					       "[1.001, 1000]"},
		{"a = sample(t.c) gaussian(1.9)", "d/t.sql:1:35: gaussian parameter must be at "
						  "least 2.0"},
		{"a = sample(t.c) exponential(0)", "d/t.sql:1:38: exponential parameter must be "
						   "greater than zero"},
		{"a = sample(t.c) hot(0.5)", "d/t.sql:1:33: unexpected ')'; expected ',' and the "
					     "share of rows"},
		{"a = sample(t.c) hot(90, 1)", "d/t.sql:1:30: " HOT},
		{"a = sample(t.c) hot(0.9, 0)", "d/t.sql:1:30: " HOT},
		{"a = sample(t.c) hot(0.9, 0.1, 1)", "d/t.sql:1:38: unexpected ','; expected ')'"},
		{"a = sample(t.c) uniform 5", "d/t.sql:1:34: unexpected '5'; expected the end of "
					      "the line"},
		{"a = values(1, 2) hot(2, 0.1)", "d/t.sql:1:31: " HOT},
		{"a = random(1, 2) zipfian(0)", "d/t.sql:1:35: zipfian parameter must be in range "
						"[1.001, 1000]"},
		{"a = random(1, 2) + 1 zipfian(2)", "d/t.sql:1:31: unexpected 'zipfian'; expected "
						    "an operator or the end of the expression"},
		{"a = 1 + sample(t.c)", "d/t.sql:1:18: unknown function 'sample'"},
		{"k = csv(f, a)", "d/t.sql:1:18: unexpected 'f'; expected the file's path in "
				  "single quotes"},
		{"k = csv('', a)", "d/t.sql:1:18: unexpected ''''; expected the file's path in "
				   "single quotes"},
		{"k = csv('f')", "d/t.sql:1:21: unexpected ')'; expected ',' and a column"},
		{"k = csv('f', 0)",
		 "d/t.sql:1:23: unexpected '0'; expected a column's name, or its "
		 "number from 1"},
		{"(j, k) = csv('f', a, 2)", "d/t.sql:1:31: columns by name and by number in one "
					    "csv(...); expected either names (of the first line) "
					    "or numbers"},
	};

	(void)state;
	check_examples(examples, COUNT(examples));
}

/* Records as [field|field], quoted fields with a q before them. */
static void check_csv(const char *text, const char *expected)
{
	struct error e = ERROR_INIT;
	struct buf copy = {0}, out = {0};
	struct csv c;
	int n;
	size_t i;

	buf_puts(&copy, text);
	csv_begin(&c, copy.data ? copy.data : (char[1]){'\0'}, copy.len, "f", &e);
	while ((n = csv_next(&c)) > 0) {
		for (i = 0; i < c.field_count; i++) {
			assert_int_equal(strlen(c.fields[i].text), c.fields[i].length);
			buf_printf(&out, "%s%s%s", i ? "|" : "[", c.fields[i].quoted ? "q" : "",
				   c.fields[i].text);
		}
		buf_puts(&out, "]");
	}
	if (n < 0) {
		assert_int_equal(e.class, ERROR_INPUT);
		buf_puts(&out, e.text);
	}
	if (strcmp(buf_text(&out), expected) != 0)
		fail_msg("%s\n gives\n%s\n expected\n%s", text, buf_text(&out), expected);
	csv_release(&c);
	buf_release(&copy);
	buf_release(&out);
}

static void csv_reader(void **state)
{
	static const struct example examples[] = {
		{"", ""},
		{"\n\r\n\n", ""},
		{"a", "[a]"},
		{"a\n", "[a]"},
		{"a,b\r\nc,d\r\n", "[a|b][c|d]"},
		{"\xef\xbb\xbf"
		 "a,b",
		 "[a|b]"},
		{"a,,\n,", "[a||][|]"},
		{"a\n\n\r\nb", "[a][b]"},
		{" a , b ", "[ a | b ]"},
		{"a\rb\nc", "[a\rb][c]"},
		{"\"a\",\"\"\n\"\"", "[qa|q][q]"},
		{"\"a,\"\"b\"\"\",c", "[qa,\"b\"|c]"},
		{"\"a\r\nb\n\",\"c\"\r\n\"d\"", "[qa\r\nb\n|qc][qd]"},
		{"\"\"\"\"", "[q\"]"},
		{"'a','b;c'\t", "['a'|'b;c'\t]"},
		{"\"", "f:1:1: the quoted field that begins here is never closed; expected \""},
		{"a,b\nc,\"d\ne\"\"\n",
		 "[a|b]f:2:3: the quoted field that begins here is never closed; expected \""},
		{"\"a\"b", "f:1:4: unexpected text behind a closing quote; expected ',' or the end "
			   "of the line"},
		{"\"a\n\" ,b", "f:2:2: unexpected text behind a closing quote; expected ',' or the "
			       "end of the line"},
		{"\xc3\xa4,b\"c",
		 "f:1:4: a quote inside a field without quotes; expected the whole "
		 "field in quotes, and this quote doubled"},
	};
	struct buf many = {0};
	struct error e = ERROR_INIT;
	struct csv c;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(examples); i++)
		check_csv(examples[i].text, examples[i].expected);
	for (i = 0; i < CSV_MAX_FIELDS; i++)
		buf_putc(&many, ',');
	csv_begin(&c, many.data, many.len, "f", &e);
	assert_int_equal(csv_next(&c), -1);
	assert_string_equal(e.text, "f:1:10001: a record has more than 10000 fields");
	csv_release(&c);
	buf_release(&many);
}

/* A folder with a script and a file; what loading the script says, or the rows it gives. */
static void check_file(const char *file, const char *param, const char *expected)
{
	char folder[] = "/tmp/lakeport-test-XXXXXX", *script, *data, room[VALUE_TEXT_MAX];
	struct buf text = {0}, out = {0};
	struct script_request request = {.origin = SCRIPT_FILE};
	struct error e = ERROR_INIT;
	struct workload *w;
	size_t i, n;

	assert_non_null(mkdtemp(folder));
	data = xasprintf("%s/f.csv", folder);
	script = xasprintf("%s/q.sql", folder);
	buf_printf(&text, "-- PARAM %s\nselect 1", param);
	assert_int_equal(text_write_file(script, text.data, text.len, NULL), 0);
	if (file)
		assert_int_equal(text_write_file(data, file, strlen(file), NULL), 0);
	request.argument = script;
	w = workload_load(&request, 1, NULL, 0, &e);
	for (i = 0; w && i < w->datasets[0]->row_count * w->datasets[0]->column_count; i++) {
		const char *value = value_text(&w->datasets[0]->values[i], room, &n);

		buf_printf(&out, "%s%s", i ? " " : "", value ? value : "NULL");
	}
	if (!w) { /* without the folder, whose name changes */
		const char *p = e.text, *at;

		assert_int_equal(e.class, ERROR_INPUT);
		while ((at = strstr(p, folder))) {
			buf_add(&out, p, (size_t)(at - p));
			p = at + strlen(folder);
		}
		buf_puts(&out, p);
	}
	workload_free(w);
	unlink(script);
	unlink(data);
	rmdir(folder);
	if (strcmp(buf_text(&out), expected) != 0)
		fail_msg("%s of %s\n gives\n%s\n expected\n%s", param, file, buf_text(&out),
			 expected);
	buf_release(&text);
	buf_release(&out);
	free(script);
	free(data);
}

static void files(void **state)
{
	(void)state;
	check_file("a,b\n1,x\n,\"\"\n007,\"y\nz\"\n", "(p, q) = csv('f.csv', b, a)",
		   "x 1  NULL y\nz 007");
	check_file("a,b\n1,x\n", "p = csv('f.csv', 2)", "b x");
	check_file("1\n\n2\n", "p = csv('f.csv', 1)", "1 2");
	check_file(NULL, "p = csv('f.csv', a)",
		   "/q.sql:1:14: cannot open '/f.csv': No such file or directory");
	check_file("", "p = csv('f.csv', a)",
		   "/q.sql:1:14: '/f.csv' holds no rows; expected at least one");
	check_file("a\n", "p = csv('f.csv', a)",
		   "/q.sql:1:14: '/f.csv' holds no rows; expected at least one");
	check_file("city,zip\nx,1\n", "p = csv('f.csv', City)",
		   "/q.sql:1:27: the first line of '/f.csv' has no column 'City'; did you mean "
		   "'city'?");
	check_file("city,zip\nx,1\n", "(p, q) = csv('f.csv', zip, population)",
		   "/q.sql:1:37: the first line of '/f.csv' has no column 'population'; expected "
		   "names in that line, or a column's number");
	check_file("city,zip\nx,1\n", "p = csv('f.csv', 3)",
		   "/q.sql:1:27: the first line of '/f.csv' has 2 columns, not 3");
	check_file("a,b\n1,2\n3\n", "p = csv('f.csv', a)",
		   "/q.sql:1:14: /f.csv:3:1: this record has 1 field, the first line has 2");
	check_file("a,b\n\xe4,\xc3\xa4\n", "p = csv('f.csv', b)", "\xc3\xa4");
	check_file("a,b\n\xc3\xa4,\xe4\n", "p = csv('f.csv', b)",
		   "/q.sql:1:14: /f.csv:2:3: this field is not UTF-8 text");
	check_file("a,b\n1,\"2\n", "p = csv('f.csv', a)",
		   "/q.sql:1:14: /f.csv:2:3: the quoted field that begins here is never closed; "
		   "expected \"");
}

/* A dataset takes no more than its limit. */
static void limits(void **state)
{
	const char text[] = "-- PARAM a = sample(t.x, 5)\nselect :a";
	struct error e = ERROR_INIT;
	struct workload *w = workload_parse(text, strlen(text), "t.sql", NULL, 0, &e);
	struct dataset *d = w->datasets[0];
	struct value *row = dataset_add_row(d, &e);

	(void)state;
	assert_int_equal(d->bytes, sizeof(struct value));
	d->bytes = DATASET_MAX_BYTES - 3;
	assert_int_equal(dataset_text(d, "abc", 3, row, &e), 0);
	assert_string_equal(row->text, "abc");
	assert_null(dataset_add_row(d, &e));
	assert_int_equal(e.class, ERROR_INPUT);
	assert_string_equal(e.text, "t.sql:1:14: 'sample(t.x, 5)' is larger than 256 MB; expected "
				    "fewer rows or narrower columns");
	assert_int_equal(dataset_text(d, "", 0, row, &e), -1);
	workload_free(w);
}

/* Draws many times; every number is in range, and the share of those below `first` is known. */
static void check_shares(enum distribution_kind kind, double parameter, double rows, uint64_t count,
			 uint64_t first, double low, double high)
{
	struct distribution d = {kind, parameter, rows};
	struct random r;
	unsigned i, below = 0;

	random_seed(&r, 7);
	assert_null(distribution_fault(&d));
	for (i = 0; i < 100000; i++) {
		uint64_t n = distribution_draw(&d, &r, count);

		assert_true(n < count);
		below += n < first;
	}
	if (below < low * 1e5 || below > high * 1e5)
		fail_msg("%s(%g, %g) of %llu: %u below %llu", shapes[kind], parameter, rows,
			 (unsigned long long)count, below, (unsigned long long)first);
}

static void distributions(void **state)
{
	(void)state;
	check_shares(DISTRIBUTION_UNIFORM, 0, 0, 1000, 100, 0.097, 0.103);
	check_shares(DISTRIBUTION_UNIFORM, 0, 0, 1, 1, 1, 1);
	check_shares(DISTRIBUTION_HOT, 0.9, 0.01, 1000, 10, 0.897, 0.903);
	check_shares(DISTRIBUTION_HOT, 0.9, 0.01, 1000, 1, 0.087, 0.093);
	check_shares(DISTRIBUTION_HOT, 0.5, 0.01, 10, 1, 0.495, 0.505); /* at least one is hot */
	check_shares(DISTRIBUTION_HOT, 0.9, 1, 100, 10, 0.097, 0.103);	/* all are */
	check_shares(DISTRIBUTION_HOT, 1, 0.1, 100, 10, 1, 1);
	check_shares(DISTRIBUTION_HOT, 0.9, 0.01, 1, 1, 1, 1);
	check_shares(DISTRIBUTION_GAUSSIAN, 2.5, 0, 1000, 500, 0.495, 0.505);
	check_shares(DISTRIBUTION_GAUSSIAN, 2.5, 0, 1000, 300, 0.145, 0.165);
	check_shares(DISTRIBUTION_EXPONENTIAL, 3, 0, 1000, 100, 0.267, 0.279);
	check_shares(DISTRIBUTION_ZIPFIAN, 2, 0, 1000, 1, 0.603, 0.613);
	check_shares(DISTRIBUTION_ZIPFIAN, 1.1, 0, 10, 10, 1, 1);
	check_shares(DISTRIBUTION_ZIPFIAN, 1.1, 0, 1, 1, 1, 1);
}

/* The share of a value among the draws of a PARAM, through the expression. */
static double share_of(const char *param, const char *value)
{
	struct buf text = {0};
	struct error e = ERROR_INIT;
	struct workload *w;
	struct random r;
	struct evaluation context = {.random = &r};
	unsigned i, found = 0;

	buf_printf(&text, "-- PARAM p = %s\nselect :p", param);
	w = workload_parse(buf_text(&text), text.len, "t.sql", NULL, 0, &e);
	if (!w)
		fail_msg("%s", e.text);
	random_seed(&r, 3);
	for (i = 0; i < 10000; i++) {
		char room[VALUE_TEXT_MAX];
		struct value v;
		const char *why;
		size_t n;

		assert_int_equal(
			expression_evaluate(w->scripts[0].steps[0].expression, &context, &v, &why),
			0);
		found += strcmp(value_text(&v, room, &n), value) == 0;
	}
	workload_free(w);
	buf_release(&text);
	return found / 10000.0;
}

static void expressions(void **state)
{
	double share;

	(void)state;
	share = share_of("values('a', 'b', 'c', 'd')", "a");
	assert_true(share > 0.23 && share < 0.27);
	share = share_of("values('a', 'b', 'c', 'd') hot(0.9, 0.25)", "a");
	assert_true(share > 0.88 && share < 0.92);
	share = share_of("random(5, 104) hot(0.5, 0.01)", "5");
	assert_true(share > 0.48 && share < 0.52);
	share = share_of("random(-3, 100) zipfian(2)", "-3");
	assert_true(share > 0.58 && share < 0.64);
}

/* A draw copies one whole row, and the same stream draws the same rows. */
static void rows(void **state)
{
	const char text[] = "-- PARAM (a, b) = sample(t(x, y)) zipfian(1.5)\nselect :a, :b";
	struct error e = ERROR_INIT;
	struct workload *w = workload_parse(text, strlen(text), "t.sql", NULL, 0, &e);
	struct dataset *d = w->datasets[0];
	struct value *v = xcalloc(w->variable_count, sizeof(*v));
	const struct draw *draw = w->scripts[0].steps[0].draw;
	struct random r[2];
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		struct value *row = dataset_add_row(d, &e);
		char digits[16];

		snprintf(digits, sizeof(digits), "%d", i);
		row[0] = (struct value){.type = VALUE_INT, .integer = i};
		assert_int_equal(dataset_text(d, digits, strlen(digits), &row[1], &e), 0);
	}
	random_seed(&r[0], 1);
	random_seed(&r[1], 1);
	for (i = 0; i < 1000; i++) {
		int64_t drawn, text_drawn;

		draw_row(draw, &r[0], v);
		drawn = v[draw->slots[0]].integer;
		assert_true(text_to_int(v[draw->slots[1]].text, &text_drawn));
		assert_int_equal(drawn, text_drawn);
		draw_row(draw, &r[1], v);
		assert_int_equal(v[draw->slots[0]].integer, drawn);
	}
	free(v);
	workload_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syntax),	 cmocka_unit_test(faults),
		cmocka_unit_test(csv_reader),	 cmocka_unit_test(files),
		cmocka_unit_test(distributions), cmocka_unit_test(expressions),
		cmocka_unit_test(rows),		 cmocka_unit_test(limits),
	};

	return RUN("dataset", tests);
}

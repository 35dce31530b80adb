/* test_pieces.c - a text as statements and what stands between them. */
#include "tests/unit/unit.h"

#include <string.h>

#include "convert/pieces.h"

static struct arena arena;

static int release_arena(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct str str(const char *text)
{
	return (struct str){text, strlen(text)};
}

/* Statements in brackets, an open one with a bar behind; what is between them as it is. */
static const char *cut(const char *text, const char *dialect, struct pieces *p)
{
	struct str all = pieces_uncover(str(text), &arena);
	struct buf out = {0};
	const char *result, *at = all.p;
	size_t i;

	pieces_cut(p, dialect_find(dialect), all, &arena);
	for (i = 0; i < p->count; i++) {
		const struct piece *q = &p->items[i];

		assert_ptr_equal(q->text.p, at); /* no gaps */
		at += q->text.len;
		buf_printf(&out, q->statement ? "[%.*s]%s" : "%.*s%s", (int)q->text.len, q->text.p,
			   q->statement && q->open ? "|" : "");
	}
	assert_ptr_equal(at, all.p + all.len);
	result = arena_strdup(&arena, buf_text(&out));
	buf_release(&out);
	return result;
}

static void pieces_cover_the_text(void **state)
{
	static const struct {
		const char *text, *dialect, *pieces;
		size_t statements;
	} cases[] = {
		{"", "databricks", "", 0},
		{" -- nothing\n", "databricks", " -- nothing\n", 0},
		{"select 1", "databricks", "[select 1]|", 1},
		{"select 1;\n", "databricks", "[select 1];\n", 1},
		{"-- WEIGHT: 2\n-- PARAM a = random(1, 2)\nselect ';' ; -- x;\nselect 2",
		 "databricks",
		 "-- WEIGHT: 2\n-- PARAM a = random(1, 2)\n[select ';'] ; -- x;\n[select 2]|", 2},
		{";;select 1;;", "redshift", ";;[select 1];;", 1},
		{"select /*+ hint */ 1;/* c */ select 2", "databricks",
		 "[select /*+ hint */ 1];/* c */ [select 2]|", 2},
		{"select 1\nGO\nselect 2\n", "tsql", "[select 1]|\nGO\n[select 2]|\n", 2},
		{"select 1\n/\nselect 2\n/\n", "oracle", "[select 1]|\n/\n[select 2]|\n/\n", 2},
		{"# note\nselect 1;", "mysql", "# note\n[select 1];", 1},
		{"DELIMITER //\ncreate procedure p() begin select ';//'; end //\n"
		 "delimiter ;\nselect 'delimiter $$\n$$';",
		 "mysql",
		 "DELIMITER //\n[create procedure p() begin select ';//'; end]| //\n"
		 "delimiter ;\n[select 'delimiter $$\n$$'];",
		 2},
		{"delimiter $$\nselect 1;$$ -- $$\n", "mysql",
		 "delimiter $$\n[select 1;]|$$ -- $$\n", 1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct pieces p;

		assert_string_equal(cut(cases[i].text, cases[i].dialect, &p), cases[i].pieces);
		assert_int_equal(p.statements, cases[i].statements);
	}
}

static void lines_are_counted(void **state)
{
	struct pieces p;

	(void)state;
	cut("-- a\n\nselect 1;\nselect\n2;select 3", "databricks", &p);
	assert_int_equal(p.statements, 3);
	assert_int_equal(p.items[1].line, 3);
	assert_int_equal(p.items[3].line, 4);
	assert_int_equal(p.items[5].line, 5);
}

static void notebooks_are_cut_at_their_cells(void **state)
{
	static const char text[] = "-- Databricks notebook source\n"
				   "-- MAGIC %md\n-- MAGIC title; x\n"
				   "-- COMMAND ----------\n"
				   "select 1\n"
				   "-- COMMAND ----------\n"
				   "-- MAGIC %sql\n-- MAGIC select `a;`\n"
				   "-- COMMAND ----------\n"
				   "-- MAGIC %python\n-- MAGIC f()\n";
	struct pieces p;

	(void)state;
	assert_string_equal(cut(text, "databricks", &p), "-- Databricks notebook source\n"
							 "-- MAGIC %md\n-- MAGIC title; x\n"
							 "-- COMMAND ----------\n"
							 "[select 1]|\n"
							 "-- COMMAND ----------\n"
							 "\n[select `a;`]|\n"
							 "-- COMMAND ----------\n"
							 "-- MAGIC %python\n-- MAGIC f()\n");
	assert_int_equal(p.foreign_cells, 2);
}

static void gaps_lose_other_separators(void **state)
{
	static const struct {
		const char *gap, *put;
	} cases[] = {
		{"\nGO\n", "\n"},	 {"\n  go 5 \r\n-- GO\n", "\n-- GO\n"},
		{"\n/\n", "\n"},	 {"/* / */;", "/* / */;"},
		{"# why\n", "-- why\n"}, {"DELIMITER //\n", ""},
		{"$$\n", "\n"},		 {" ;\n\n", " ;\n\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct buf out = {0};

		pieces_put_gap(str(cases[i].gap), &out);
		assert_string_equal(buf_text(&out), cases[i].put);
		buf_release(&out);
	}
}

static void comments_at_the_end_are_seen(void **state)
{
	(void)state;
	assert_true(pieces_ends_in_comment(str("select 1 -- x")));
	assert_false(pieces_ends_in_comment(str("select 1 -- x\n")));
	assert_false(pieces_ends_in_comment(str("select '-- x'")));
	assert_false(pieces_ends_in_comment(str("select 1 /* -- x */")));
	assert_false(pieces_ends_in_comment(str("select $$ -- x$$")));
	assert_false(pieces_ends_in_comment(str("")));
}

static void numbers_become_names(void **state)
{
	static const char *const names[] = {"a", NULL, "c"};
	static const struct {
		const char *sql, *put;
	} cases[] = {
		{"$1, $2, $3, $4, $11", ":a, $2, :c, $4, $11"},
		{"$1::int + a$1", ":a::int + a$1"},
		{"'$1', \"$1\", -- $1\n/* $1 */ $1", "'$1', \"$1\", -- $1\n/* $1 */ :a"},
		{"$$ $1 $$, $x$ $1 $$ $x$ || $1", "$$ $1 $$, $x$ $1 $$ $x$ || :a"},
		{"E'\\'$1' || $1 || 'it''s $1'", "E'\\'$1' || :a || 'it''s $1'"},
		{"'\\' || $1", "'\\' || :a"},
		{"'open $1", "'open $1"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct buf out = {0};

		pieces_put_named(str(cases[i].sql), names, COUNT(names), &out);
		assert_string_equal(buf_text(&out), cases[i].put);
		buf_release(&out);
	}
}

static void markers_have_names(void **state)
{
	static const struct {
		const char *source, *name;
	} cases[] = {
		{":state", "state"},  {"@x", "x"},   {"${run date}", "run_date"},
		{"{{ a.b }}", "a_b"}, {"?", "p3"},   {"%s", "p3"},
		{"${1st}", "p1st"},   {":_a", "_a"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct convert_parameter p = {cases[i].source, 3};

		assert_string_equal(pieces_parameter_name(&arena, &p), cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(pieces_cover_the_text, release_arena),
		cmocka_unit_test_teardown(lines_are_counted, release_arena),
		cmocka_unit_test_teardown(notebooks_are_cut_at_their_cells, release_arena),
		cmocka_unit_test(gaps_lose_other_separators),
		cmocka_unit_test(comments_at_the_end_are_seen),
		cmocka_unit_test(numbers_become_names),
		cmocka_unit_test_teardown(markers_have_names, release_arena),
	};

	return RUN("pieces", tests);
}

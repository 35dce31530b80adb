/*
 * test_script.c - scripts and workloads.
 *
 * What a script compiles to is compared as text: one step a line, a statement as its numbered
 * text with its parameters, or as its pieces.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/expression.h"
#include "bench/script.h"
#include "common/text.h"

static const struct definition definitions[] = {{"d", "5"}, {"e", "old"}, {"e", "null"}};
#define DEFINITION_COUNT (sizeof(definitions) / sizeof(definitions[0]))

static struct workload *parse(const char *text, struct error *e)
{
	return workload_parse(text, strlen(text), "t.sql", definitions, DEFINITION_COUNT, e);
}

/* Numbered text, then the names of its parameters in brackets. */
static void describe_statement(const struct workload *w, const struct statement *s, struct buf *out)
{
	unsigned i;

	buf_printf(out, "%s", s->numbered);
	for (i = 0; i < s->parameter_count; i++)
		buf_printf(out, "%s%s", i ? " " : " [", w->variables[s->parameter_slots[i]]);
	buf_printf(out, "%s%s", s->parameter_count ? "]" : "", s->compound ? " compound" : "");
	if (s->capture)
		buf_printf(out, " %s(%s)", s->capture == CAPTURE_GSET ? "gset" : "aset",
			   s->capture_prefix);
}

/* The value of an expression, when it needs no variables. */
static void describe_expression(const struct workload *w, const struct expression *x,
				struct buf *out)
{
	struct value *variables = calloc(w->variable_count + 1, sizeof(*variables)), v;
	struct random r;
	struct evaluation context = {variables, &r, w->variables, 1};
	char room[VALUE_TEXT_MAX];
	const char *why = "", *text;
	size_t n;

	memcpy(variables, w->initial, w->variable_count * sizeof(*variables));
	random_seed(&r, 1);
	if (expression_evaluate(x, &context, &v, &why) == 0) {
		text = value_text(&v, room, &n);
		buf_puts(out, text ? text : "null");
	} else {
		buf_puts(out, "?");
	}
	free(variables);
}

static void describe(const struct workload *w, struct buf *out)
{
	static const char *const names[] = {
		"sql",	"set",	       "draw",		 "sleep",
		"jump", "jump_unless", "pipeline_begin", "pipeline_end"};
	const struct script *script = &w->scripts[0];
	size_t i;

	for (i = 0; i < script->step_count; i++) {
		const struct step *step = &script->steps[i];

		buf_printf(out, "%zu %u:%u %s", i, step->line, step->column, names[step->type]);
		if (step->type == STEP_SQL) {
			buf_putc(out, ' ');
			describe_statement(w, step->statement, out);
		}
		if (step->type == STEP_SET)
			buf_printf(out, " %s =", w->variables[step->slot]);
		if (step->expression) {
			buf_putc(out, ' ');
			describe_expression(w, step->expression, out);
		}
		if (step->type == STEP_SLEEP)
			buf_printf(out, " x %llu", (unsigned long long)step->unit_ns);
		if (step->type == STEP_JUMP || step->type == STEP_JUMP_UNLESS)
			buf_printf(out, " -> %u", step->target);
		buf_putc(out, '\n');
	}
}

struct example {
	const char *text, *expected;
};

/* Each text compiles to the expected steps, or fails with the expected message. */
static void check_examples(const struct example *examples, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct error e = ERROR_INIT;
		struct buf out = {0};
		struct workload *w = parse(examples[i].text, &e);

		if (w)
			describe(w, &out);
		else
			buf_printf(&out, "%s", e.text);
		if (strcmp(buf_text(&out), examples[i].expected) != 0)
			fail_msg("%s\n gives\n%s\n expected\n%s", examples[i].text, buf_text(&out),
				 examples[i].expected);
		if (!w)
			assert_int_equal(e.class, ERROR_INPUT);
		buf_release(&out);
		workload_free(w);
	}
}
#define CHECK(table) check_examples(table, sizeof(table) / sizeof((table)[0]))

static void statements(void **state)
{
	static const struct example examples[] = {
		{"select 1", "0 1:1 sql select 1\n"},
		{"select 1;", "0 1:1 sql select 1\n"},
		{"\xef\xbb\xbfselect 1;", "0 1:1 sql select 1\n"},
		{" ;; select 1 ;\r\n ; \n  select 2\r\n",
		 "0 1:5 sql select 1\n1 3:3 sql select 2\n"},
		{"-- one\nselect 1 -- two\n; -- three", "0 2:1 sql select 1\n"},
		{"/* ; */ select /* ; */ 1;", "0 1:9 sql select /* ; */ 1\n"},
		{"select ';', \";\", $$;$$, E'\\';';select 2",
		 "0 1:1 sql select ';', \";\", $$;$$, E'\\';'\n1 1:32 sql select 2\n"},
		{"select 1\\; select 2;", "0 1:1 sql select 1; select 2 compound\n"},
		{"select 1\\;;\\;select 2", "0 1:1 sql select 1;\n1 1:14 sql select 2\n"},
		{"select a\\:b", "0 1:1 sql select a:b\n"},
		{"select :d, :client_id, :d::text, ':d', -- :x\n \"a:b\"",
		 "0 1:1 sql select $1, $2, $1::text, ':d', -- :x\n \"a:b\" [d client_id]\n"},
		{"select a[1:d], a[:d : :d]", "0 1:1 sql select a[1:d], a[$1 : $1] [d]\n"},
		{"create rule r as on insert to t do (select 1; select 2); select 3",
		 "0 1:1 sql create rule r as on insert to t do (select 1; select 2)\n"
		 "1 1:58 sql select 3\n"},
		{"create or replace function f() returns int begin atomic select 1; "
		 "select case when true then 1 end; end; select 3",
		 "0 1:1 sql create or replace function f() returns int begin atomic select 1; "
		 "select case when true then 1 end; end\n1 1:106 sql select 3\n"},
		{"begin; select 1; end;", "0 1:1 sql begin\n1 1:8 sql select 1\n2 1:18 sql end\n"},
	};

	(void)state;
	CHECK(examples);
}

static void meta_commands(void **state)
{
	static const struct example examples[] = {
		{"\\set x 1 + 2", "0 1:1 set x = 3\n"},
		{"\\SET x :d * 2\r\n\\set y \\\n :x", "0 1:1 set x = 10\n1 2:1 set y = ?\n"},
		{"select 1 \\set x 1\nselect :x",
		 "0 1:1 sql select 1\n1 1:10 set x = 1\n2 2:1 sql select $1 [x]\n"},
		{"\\sleep 10", "0 1:1 sleep 10 x 1000000000\n"},
		{"\\sleep 10 ms", "0 1:1 sleep 10 x 1000000\n"},
		{"\\sleep 10us", "0 1:1 sleep 10 x 1000\n"},
		{"\\sleep -5 S", "0 1:1 sleep 0 x 1000000000\n"},
		{"\\sleep :d ms", "0 1:1 sleep 5 x 1000000\n"},
		{"select 1 as a\\gset\nselect :a",
		 "0 1:1 sql select 1 as a gset()\n1 2:1 sql select $1 [a]\n"},
		{"select 1 as a; \\gset p_\nselect :p_a",
		 "0 1:1 sql select 1 as a gset(p_)\n1 2:1 sql select $1 [p_a]\n"},
		{"select 1\\; select 2 as b \\aset", "0 1:1 sql select 1; select 2 as b compound "
						     "aset()\n"},
		{"\\if 1\nselect 1;\n\\endif", "0 1:1 jump_unless 1 -> 2\n1 2:1 sql select 1\n"},
		{"\\if true\nselect 1;\n\\else\nselect 2;\n\\endif\nselect 3",
		 "0 1:1 jump_unless true -> 3\n1 2:1 sql select 1\n2 3:1 jump -> 4\n"
		 "3 4:1 sql select 2\n4 6:1 sql select 3\n"},
		{"\\if 1\n\\set a 1\n\\elif 2\n\\set a 2\n\\elif 3\n\\set a 3\n\\else\n\\if 4\n"
		 "\\set a 4\n\\endif\n\\endif",
		 "0 1:1 jump_unless 1 -> 3\n1 2:1 set a = 1\n2 3:1 jump -> 11\n"
		 "3 3:1 jump_unless 2 -> 6\n4 4:1 set a = 2\n5 5:1 jump -> 11\n"
		 "6 5:1 jump_unless 3 -> 9\n7 6:1 set a = 3\n8 7:1 jump -> 11\n"
		 "9 8:1 jump_unless 4 -> 11\n10 9:1 set a = 4\n"},
		{"\\startpipeline\nselect 1;\n\\if 1\nselect 2;\n\\endif\n\\endpipeline",
		 "0 1:1 pipeline_begin\n1 2:1 sql select 1\n2 3:1 jump_unless 1 -> 4\n"
		 "3 4:1 sql select 2\n4 6:1 pipeline_end\n"},
	};

	(void)state;
	CHECK(examples);
}

static void faults(void **state)
{
	static const struct example examples[] = {
		{"", "t.sql: the script is empty; expected SQL or meta commands"},
		{" -- nothing\n ; ", "t.sql: the script is empty; expected SQL or meta commands"},
		{"select :x", "t.sql:1:8: variable 'x' is used but nothing sets it; expected "
			      "\\set x, -D x=VALUE or \\gset"},
		{"\\set y 1 +\\\n :x", "t.sql:2:2: variable 'x' is used but nothing sets it; "
				       "expected \\set x, -D x=VALUE or \\gset"},
		{"select 1 \\gset p_\nselect :p_",
		 "t.sql:2:8: variable 'p_' is used but nothing sets it; expected "
		 "\\set p_, -D p_=VALUE or \\gset"},
		{"select '", "t.sql:1:8: the string that begins here is never closed; expected '"},
		{"select \"a", "t.sql:1:8: the quoted identifier that begins here is never closed; "
			       "expected \""},
		{"select 1 /* /* */", "t.sql:1:10: the comment that begins here is never closed; "
				      "expected */"},
		{"select $a$ $$", "t.sql:1:8: the dollar-quoted text that begins here is never "
				  "closed; expected its tag again"},
		{"select (1;\nselect (2)", "t.sql:1:8: the '(' here is never closed; expected ')'"},
		{"\\", "t.sql:1:1: expected a command after '\\'"},
		{"\\frob 1", "t.sql:1:1: unknown command '\\frob'"},
		{"select 1;\n  \\sett x 1", "t.sql:2:3: unknown command '\\sett'; did you mean "
					    "'\\set'?"},
		{"\\shell rm", "t.sql:1:1: '\\shell' is refused: a script cannot run programs"},
		{"\\setshell x ls", "t.sql:1:1: '\\setshell' is refused: a script cannot run "
				    "programs; expected \\set or -D"},
		{"\\syncpipeline", "t.sql:1:1: '\\syncpipeline' is refused: it is of pgbench 17; "
				   "expected a command of pgbench 15"},
		{"\\set", "t.sql:1:5: expected a variable's name after '\\set'"},
		{"\\set x", "t.sql:1:7: the expression ends here; expected a value"},
		{"\\set 1x 5", "t.sql:1:6: '1x' is no variable's name; expected letters, digits "
			       "and _"},
		{"\\set x 1 2", "t.sql:1:10: unexpected '2'; expected an operator or the end of "
				"the expression"},
		{"\\sleep", "t.sql:1:7: expected a time after '\\sleep'"},
		{"\\sleep 1.5", "t.sql:1:8: '1.5' is no time to sleep; expected a whole number of "
				"at most 9 digits, or a variable"},
		{"\\sleep x", "t.sql:1:8: 'x' is no time to sleep; expected a whole number of at "
			      "most 9 digits, or a variable"},
		{"\\sleep 9999999999", "t.sql:1:8: '9999999999' is no time to sleep; expected a "
				       "whole number of at most 9 digits, or a variable"},
		{"\\sleep 1 h", "t.sql:1:10: 'h' is no unit of time; expected us, ms or s"},
		{"\\sleep 1 s s", "t.sql:1:12: unexpected 's'; expected the end of the line"},
		{"\\if 1", "t.sql:1:1: '\\if' is never closed; expected '\\endif'"},
		{"\\endif", "t.sql:1:1: '\\endif' without an '\\if' before it"},
		{"\\else", "t.sql:1:1: '\\else' without an '\\if' before it"},
		{"\\if 1\n\\else\n\\elif 2\n\\endif", "t.sql:3:1: '\\elif' after '\\else'; "
						      "expected '\\endif'"},
		{"\\if 1\n\\else\n\\else\n\\endif", "t.sql:3:1: '\\else' after '\\else'; "
						    "expected '\\endif'"},
		{"\\if 1\n\\else x\n\\endif", "t.sql:2:7: unexpected 'x'; expected the end of the "
					      "line"},
		{"\\gset", "t.sql:1:1: '\\gset' must follow an SQL command"},
		{"\\set x 1\n\\aset", "t.sql:2:1: '\\aset' must follow an SQL command"},
		{"select 1 \\gset \n\\gset", "t.sql:2:1: '\\gset' must follow an SQL command"},
		{"select 1 \\gset 1a", "t.sql:1:16: '1a' cannot begin a variable's name; expected "
				       "letters, digits and _"},
		{"select 1 \\gset a b", "t.sql:1:18: unexpected 'b'; expected the end of the line"},
		{"\\startpipeline\nselect 1 \\gset\n\\endpipeline",
		 "t.sql:2:10: '\\gset' is not allowed in a pipeline"},
		{"\\startpipeline", "t.sql:1:1: '\\startpipeline' is never closed; expected "
				    "'\\endpipeline'"},
		{"\\endpipeline", "t.sql:1:1: '\\endpipeline' without a '\\startpipeline' before "
				  "it"},
		{"\\startpipeline\n\\startpipeline", "t.sql:2:1: '\\startpipeline' inside a "
						     "pipeline; expected '\\endpipeline'"},
		{"\\if 1\n\\startpipeline\n\\endif", "t.sql:2:1: '\\startpipeline' is not closed "
						     "in its branch; expected '\\endpipeline' "
						     "before '\\endif'"},
		{"\\startpipeline\n\\if 1\n\\endpipeline\n\\endif",
		 "t.sql:4:1: a pipeline that began before '\\if' was ended inside it"},
	};

	(void)state;
	CHECK(examples);
}

static void annotated(void **state)
{
	static const struct example examples[] = {
		{"-- PARAM a = random(5, 5)\n-- param s = values('it''s')\nselect :a, :s, ':a';\n",
		 "0 1:1 set a = 5\n1 2:1 set s = it's\n2 3:1 sql select $1, $2, ':a' [a s]\n"},
		{"select :a\n-- PARAM a = values(1)\n",
		 "0 2:1 set a = 1\n1 1:1 sql select $1 [a]\n"},
		{"-- EXEC_COUNT: 5\n-- WEIGHT: 3\r\nselect 1;;", "0 3:1 sql select 1\n"},
		{"-- PARAM a = random(3, 3)\n--PARAM b = :a + :d\nselect :b",
		 "0 1:1 set a = 3\n1 2:1 set b = ?\n2 3:1 sql select $1 [b]\n"},
		{"-- EXEC_COUNT: 5\n-- weight of a param\n-- PARAMETERS: x\n-- weights: 2\nselect "
		 "1",
		 "0 5:1 sql select 1\n"},
		{"-- WEIGHT: 1\nselect :x", "t.sql:2:8: variable 'x' is used but not declared; "
					    "expected -- PARAM x = ... before it, or -D x=VALUE"},
		{"-- PARAM a = :b\n-- PARAM b = 1\nselect :a",
		 "t.sql:1:14: variable 'b' is used but not declared; expected -- PARAM b = ... "
		 "before it, or -D b=VALUE"},
		{"-- PARAM a = 1\n-- PARAM a = 2\nselect :a",
		 "t.sql:2:10: a second PARAM 'a'; expected one"},
		{"-- WEIGHT: 1\n-- WEIGHT: 1\nselect 1", "t.sql:2:10: a second WEIGHT; expected "
							 "one"},
		{"-- WEIGHT 1\nselect 1", "t.sql:1:11: expected ':' after WEIGHT"},
		{"-- WEIGHT: 0\nselect 1", "t.sql:1:12: expected a whole number from 1 to "
					   "2147483647 after 'WEIGHT:'"},
		{"-- WEIGHT: 2.5\nselect 1", "t.sql:1:12: expected a whole number from 1 to "
					     "2147483647 after 'WEIGHT:'"},
		{"-- WEIGHT: 2 x\nselect 1", "t.sql:1:14: expected the end of the line after the "
					     "weight"},
		{"-- PARAM\nselect 1", "t.sql:1:9: expected a name after PARAM"},
		{"-- PARAM a random(1, 2)\nselect 1", "t.sql:1:12: expected '=' and random(...), "
						      "values(...), sample(...) or csv(...) after "
						      "the name"},
		{"-- PARAM a = \nselect 1", "t.sql:1:14: the expression ends here; expected a "
					    "value"},
		{"-- PARAM a = random(1)\nselect 1", "t.sql:1:14: random() takes 2 arguments, not "
						     "1"},
		{"-- PARAM a = values('a', 'b'\nselect 1", "t.sql:1:29: the list of values ends "
							   "here; expected ',' or ')'"},
		{"-- PARAM a = 1\n", "t.sql:2:1: the text ends without a statement; expected one"},
		{"-- WEIGHT: 1\n;", "t.sql:2:2: the text ends without a statement; expected one"},
		{"-- WEIGHT: 1\nselect 1; select 2", "t.sql:2:11: a second statement begins here; "
						     "expected one in an annotated query"},
		{"-- WEIGHT: 1\n\\set x 1\nselect 1", "t.sql:2:1: unexpected '\\'; an annotated "
						      "query has no meta commands"},
		{"-- WEIGHT: 1\nselect (1", "t.sql:2:8: the '(' here is never closed; expected "
					    "')'"},
		{"-- WEIGHT: 1\nselect '", "t.sql:2:8: the string that begins here is never "
					   "closed; expected '"},
	};

	(void)state;
	CHECK(examples);
}

/* `<text|name?>`: ? marks a variable that stays while it is unset, q one to be quoted. */
static void check_pieces(const char *text, const char *expected)
{
	struct error e = ERROR_INIT;
	struct workload *w = parse(text, &e);
	const struct statement *s;
	struct buf out = {0};
	size_t i;

	if (!w)
		fail_msg("%s: %s", text, e.text);
	s = w->statements[w->statement_count - 1];
	for (i = 0; i < s->piece_count; i++) {
		const struct piece *p = &s->pieces[i];

		buf_add(&out, p->text, p->length);
		if (p->slot < 0)
			continue;
		assert_int_equal(p->name_length, strlen(w->variables[p->slot]) + 1);
		assert_memory_equal(p->text + p->length + 1, w->variables[p->slot],
				    p->name_length - 1);
		buf_printf(&out, "<%s%s%s>", w->variables[p->slot], p->keep_unset ? "?" : "",
			   p->quote ? "q" : "");
	}
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
	workload_free(w);
}

static void pieces(void **state)
{
	(void)state;
	check_pieces("select 1", "select 1");
	check_pieces("select :d", "select <d>");
	check_pieces("select :d+:d --:d", "select <d>+<d>");
	check_pieces("select ':d:x' || \"c:d\", $$:d$$, /* :d */ a[1:d]",
		     "select '<d?>:x' || \"c<d?>\", $$<d?>$$, /* :d */ a[1:d]");
	check_pieces("select 1 \\gset g\nselect ':ga:gb:h' || :ga",
		     "select '<ga?><gb?>:h' || <ga>");
	check_pieces("-- PARAM p = 1\nselect :p, ':p', :d", "select <pq>, ':p', <dq>");
}

static void labels(void **state)
{
	static const struct example examples[] = {
		{"select 1", "select 1"},
		{"-- x\nselect  -- y\n\t1 /* z */ + 2", "select 1 + 2"},
		{"select 'a  b'", "select 'a b'"},
		{"select 1\\; select 2", "select 1; select 2"},
		{"select abcdefghij, abcdefghij, abcdefghij, abcdefghij, abcdefghij",
		 "select abcdefghij, abcdefghij, abcdefghij, abcdefghij,..."},
		{"select 1234567890123456789012345678901234567890123456789012",
		 "select 1234567890123456789012345678901234567890123456789012"},
		{"select 12345678901234567890123456789012345678901234567890123456",
		 "select 12345678901234567890123456789012345678901234567890..."},
		{"select '\xc3\xa4\xff\x01z'", "select '\xc3\xa4? z'"},
		{"select 1234567890123456789012345678901234567890123456789\xc3\xa4\xc3\xa4\xc3\xa4",
		 "select 1234567890123456789012345678901234567890123456789..."},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct workload *w = parse(examples[i].text, NULL);

		assert_non_null(w);
		assert_string_equal(w->statements[0]->label, examples[i].expected);
		assert_true(strlen(w->statements[0]->label) <= 60);
		workload_free(w);
	}
}

static char *write_script(const char *folder, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);

	assert_int_equal(text_write_file(path, text, strlen(text), NULL), 0);
	return path;
}

static void check_load_fault(enum script_origin origin, const char *argument,
			     enum error_class class, const char *text)
{
	struct script_request request = {origin, argument};
	struct error e = ERROR_INIT;

	assert_null(workload_load(&request, 1, NULL, 0, &e));
	assert_string_equal(e.text, text);
	assert_int_equal(e.class, class);
}

static void load_faults(void **state)
{
	struct script_request many[SCRIPT_MAX_COUNT + 1];
	struct script_request zero[2] = {{SCRIPT_BUILTIN, "se@0"}, {SCRIPT_BUILTIN, "tpcb@0"}};
	struct definition bad = {"1x", "5"};
	struct error e = ERROR_INIT;
	size_t i;

	(void)state;
	check_load_fault(SCRIPT_BUILTIN, "foo", ERROR_USAGE,
			 "unknown built-in script 'foo'; expected select-only, simple-update or "
			 "tpcb-like");
	check_load_fault(SCRIPT_BUILTIN, "s@2", ERROR_USAGE,
			 "ambiguous built-in script 's'; expected select-only, simple-update or "
			 "tpcb-like");
	check_load_fault(SCRIPT_BUILTIN, "select-only@x", ERROR_USAGE,
			 "script 'select-only@x': 'x' is no weight; expected a whole number from 0 "
			 "to 2147483647");
	check_load_fault(SCRIPT_FILE, "a@b@-1", ERROR_USAGE,
			 "script 'a@b@-1': '-1' is no weight; expected a whole number from 0 to "
			 "2147483647");
	check_load_fault(SCRIPT_FILE, "@1", ERROR_USAGE,
			 "script '@1': expected a name before the weight");
	check_load_fault(SCRIPT_FILE, "/nowhere/x.sql", ERROR_INPUT,
			 "cannot open '/nowhere/x.sql': No such file or directory");
	check_load_fault(SCRIPT_FILE, "/", ERROR_INPUT, "cannot read '/': Is a directory");
	check_load_fault(SCRIPT_FILE, "/dev/null", ERROR_INPUT,
			 "/dev/null: the script is empty; expected SQL or meta commands");
	for (i = 0; i <= SCRIPT_MAX_COUNT; i++)
		many[i] = (struct script_request){SCRIPT_BUILTIN, "select-only"};
	assert_null(workload_load(many, SCRIPT_MAX_COUNT + 1, NULL, 0, &e));
	assert_string_equal(e.text, "129 scripts; expected 1 to 128");
	assert_null(workload_load(zero, 2, NULL, 0, &e));
	assert_string_equal(e.text, "every script has weight 0; expected one that is drawn");
	assert_null(workload_load(many, 1, &bad, 1, &e));
	assert_string_equal(e.text, "definition '1x=5' is malformed; expected NAME=VALUE with a "
				    "name of letters, digits and _");
	assert_int_equal(e.class, ERROR_USAGE);
}

static void loads_files(void **state)
{
	char folder[] = "/tmp/lakeport-test-XXXXXX", argument[4][128];
	char *a, *b, *c;
	struct script_request requests[5] = {{SCRIPT_BUILTIN, "tpcb@2"},
					     {SCRIPT_FILE, argument[0]},
					     {SCRIPT_FILE, argument[1]},
					     {SCRIPT_FILE, argument[2]},
					     {SCRIPT_FILE, argument[3]}};
	struct error e = ERROR_INIT;
	struct workload *w;

	(void)state;
	assert_non_null(mkdtemp(folder));
	a = write_script(folder, "a.sql", "-- WEIGHT: 40\n-- PARAM aid = 1\nselect :aid");
	b = write_script(folder, "b@1.sql", "select :aid, ':bid', :x");
	c = write_script(folder, "c.sql", "\\set x 1\n");
	snprintf(argument[0], sizeof(argument[0]), "%s", a);
	snprintf(argument[1], sizeof(argument[1]), "%s@7", b);
	snprintf(argument[2], sizeof(argument[2]), "%s@0", c);
	snprintf(argument[3], sizeof(argument[3]), "%s@3", a);
	w = workload_load(requests, 5, definitions, DEFINITION_COUNT, &e);
	if (!w)
		fail_msg("%s", e.text);
	assert_int_equal(w->scripts[0].weight, 2);
	assert_string_equal(w->scripts[0].name, "tpcb-like");
	assert_string_equal(w->scripts[0].source, "built-in");
	assert_int_equal(w->scripts[1].weight, 40);
	assert_true(w->scripts[1].annotated);
	assert_string_equal(w->scripts[1].name, "a.sql");
	assert_string_equal(w->scripts[1].source, a);
	assert_string_equal(w->scripts[2].name, "b@1.sql");
	assert_false(w->scripts[2].annotated);
	assert_string_equal(w->scripts[4].name, "a.sql#2");
	assert_int_equal(w->scripts[4].weight, 3);
	assert_int_equal(w->total_weight, 52);
	assert_int_equal(w->statement_count, 7 + 1 + 1 + 1);
	assert_int_equal(w->statements[7]->index, 7);
	assert_int_equal(w->statement_script[7], 1);
	assert_true(w->uses_scale);
	/* a PARAM is private: the aid of b@1.sql is that of tpcb-like */
	assert_int_equal(w->statements[8]->parameter_slots[0], workload_slot(w, "aid"));
	assert_int_not_equal(w->statements[7]->parameter_slots[0], workload_slot(w, "aid"));
	workload_free(w);
	unlink(a);
	unlink(b);
	unlink(c);
	rmdir(folder);
	free(a);
	free(b);
	free(c);
}

static void picks_by_weight(void **state)
{
	struct script_request requests[] = {
		{SCRIPT_BUILTIN, "tpcb@0"}, {SCRIPT_BUILTIN, "se@3"}, {SCRIPT_BUILTIN, "si@0"},
		{SCRIPT_BUILTIN, "tpcb@2"}, {SCRIPT_BUILTIN, "se@0"},
	};
	static const size_t expected[] = {1, 1, 1, 3, 3};
	struct workload *w = workload_load(requests, 5, NULL, 0, NULL);
	uint64_t ticket;

	(void)state;
	assert_int_equal(w->total_weight, 5);
	for (ticket = 0; ticket < 5; ticket++)
		assert_int_equal(workload_pick(w, ticket), expected[ticket]);
	workload_free(w);
}

static void variables(void **state)
{
	static const struct definition scale[] = {{"scale", "3"}};
	struct workload *w = parse("select :d, :client_id, :e", NULL);
	int slot;

	(void)state;
	assert_int_equal(workload_slot(w, "nothing"), -1);
	assert_int_equal(workload_slot(w, "scale"), -1);
	assert_false(w->uses_scale);
	slot = workload_slot(w, "d");
	assert_in_range(slot, 0, w->variable_count - 1);
	assert_string_equal(w->variables[slot], "d");
	assert_int_equal(w->initial[slot].type, VALUE_INT);
	assert_int_equal(w->initial[slot].integer, 5);
	assert_int_equal(w->initial[workload_slot(w, "e")].type, VALUE_NULL);
	assert_int_equal(w->initial[workload_slot(w, "client_id")].type, VALUE_UNSET);
	workload_free(w);

	w = parse("select ':scale'", NULL);
	assert_true(w->uses_scale);
	workload_free(w);
	w = workload_parse("select :scale", 13, "t.sql", scale, 1, NULL);
	assert_false(w->uses_scale);
	workload_free(w);
	w = parse("select hash(1)\\;\\if 1\n\\endif\n\\set x hash(1)", NULL);
	assert_true(workload_slot(w, "default_seed") >= 0);
	workload_free(w);
}

/* Thousands of variables find their slots; 65535 is the most a statement can have. */
static void many_variables(void **state)
{
	struct buf text = {0};
	struct error e = ERROR_INIT;
	struct workload *w;
	int i;

	(void)state;
	for (i = 0; i < SCRIPT_MAX_PARAMETERS; i++)
		buf_printf(&text, "\\set v%d %d\n", i, i);
	buf_puts(&text, "select 1");
	for (i = 0; i < SCRIPT_MAX_PARAMETERS; i++)
		buf_printf(&text, ",:v%d", i);
	w = parse(buf_text(&text), &e);
	assert_non_null(w);
	assert_int_equal(w->statements[0]->parameter_count, SCRIPT_MAX_PARAMETERS);
	assert_int_equal(w->statements[0]->parameter_slots[65534], workload_slot(w, "v65534"));
	workload_free(w);
	buf_puts(&text, ",:d");
	assert_null(parse(buf_text(&text), &e));
	assert_non_null(strstr(e.text, "a statement has more than 65535 parameters"));
	buf_release(&text);
}

static void builtins(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < script_builtin_count; i++) {
		struct script_request request = {SCRIPT_BUILTIN, script_builtins[i].name};
		struct workload *w = workload_load(&request, 1, NULL, 0, NULL);

		assert_non_null(w);
		assert_string_equal(w->scripts[0].name, script_builtins[i].name);
		assert_int_equal(w->scripts[0].statement_count, i == 0 ? 1 : i == 1 ? 5 : 7);
		assert_true(w->uses_scale);
		workload_free(w);
	}
	workload_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements),	   cmocka_unit_test(meta_commands),
		cmocka_unit_test(faults),	   cmocka_unit_test(annotated),
		cmocka_unit_test(pieces),	   cmocka_unit_test(labels),
		cmocka_unit_test(load_faults),	   cmocka_unit_test(loads_files),
		cmocka_unit_test(picks_by_weight), cmocka_unit_test(variables),
		cmocka_unit_test(many_variables),  cmocka_unit_test(builtins),
	};

	return cmocka_run_group_tests_name("script", tests, NULL, NULL);
}

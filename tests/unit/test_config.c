/* test_config.c - the YAML reader: what it takes, and the exact words for what it refuses. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "common/config.h"
#include "common/text.h"

static const char *const colors[] = {"red", "green", NULL};
static const struct config_key inner[] = {
	{.name = "name", .type = CONFIG_TEXT, .required = true},
	{.name = "rate", .type = CONFIG_NUMBER, .min = 1, .max = 100},
};
static const struct config_key keys[] = {
	{.name = "title", .type = CONFIG_TEXT},
	{.name = "warm", .type = CONFIG_FLAG},
	{.name = "size", .type = CONFIG_NUMBER, .min = 0, .max = 1000},
	{.name = "color", .type = CONFIG_TEXT, .choices = colors},
	{.name = "files", .type = CONFIG_LIST},
	{.name = "port", .type = CONFIG_MAP, .table = inner, .table_count = 2},
	{.name = "params", .type = CONFIG_FREE},
	{.name = "phases", .type = CONFIG_MAPS, .table = inner, .table_count = 2},
};

static int collect(void *context, enum config_event event, const struct config_value *v,
		   struct error *e)
{
	struct buf *out = context;

	(void)e;
	if (event == CONFIG_VALUE)
		buf_printf(out, "%s=%s;", v->name, v->text);
	else
		buf_printf(out, "%s%s", event == CONFIG_ENTER ? v->name : "",
			   event == CONFIG_ENTER ? "{" : "}");
	return 0;
}

static int parse(const char *text, struct buf *out, struct error *e)
{
	return config_parse(text, strlen(text), "f.yaml", keys, COUNT(keys), collect, out, e);
}

static void everything_arrives_in_order(void **state)
{
	struct error e = ERROR_INIT;
	struct buf out = {0};

	(void)state;
	assert_int_equal(
		parse("title: 'a b'\nwarm: true\nsize: 12.5\ncolor: red\n"
		      "files: [x, y]\nport: {name: p, rate: 7}\nparams:\n  x: 1\n  y z: q\n"
		      "phases:\n- name: one\n- {name: two, rate: 3}\n",
		      &out, &e),
		0);
	assert_string_equal(buf_text(&out),
			    "title=a b;warm=true;size=12.5;color=red;files=x;files=y;"
			    "port{name=p;rate=7;}params{x=1;y z=q;}phases{name=one;}"
			    "phases{name=two;rate=3;}");
	buf_release(&out);
}

static void faults_name_line_and_column(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"titel: x\n", "f.yaml:1:1: unknown key 'titel'"},
		{"title: x\nport:\n  nam: p\n", "f.yaml:3:3: unknown key 'nam'"},
		{"title: x\ntitle: y\n", "f.yaml:2:1: duplicate key 'title'"},
		{"warm: maybe\n", "f.yaml:1:7: expected true or false, found 'maybe'"},
		{"warm: yes\n", "f.yaml:1:7: expected true or false, found 'yes'"},
		{"warm: \"true\"\n", "f.yaml:1:7: expected true or false, found 'true'"},
		{"size: 010\n", "f.yaml:1:7: expected a decimal number, found '010'"},
		{"size: 1_000\n", "f.yaml:1:7: expected a decimal number, found '1_000'"},
		{"size: 12abc\n", "f.yaml:1:7: expected a decimal number, found '12abc'"},
		{"size: nan\n", "f.yaml:1:7: expected a decimal number, found 'nan'"},
		{"size: 1001\n", "f.yaml:1:7: number out of range: '1001'"},
		{"size: -1\n", "f.yaml:1:7: number out of range: '-1'"},
		{"color: blue\n", "f.yaml:1:8: not one of the words that are known here: 'blue'"},
		{"port: {rate: 7}\n", "f.yaml:1:7: missing key 'name'"},
		{"port: x\n", "f.yaml:1:7: expected a mapping for 'port'"},
		{"title: [a]\n", "f.yaml:1:8: expected one value for 'title'"},
		{"phases: {name: x}\n", "f.yaml:1:9: expected a list for 'phases'"},
		{"title: &a x\n", "f.yaml:1:8: anchors and tags are not taken here"},
		{"title: !!str x\n", "f.yaml:1:8: anchors and tags are not taken here"},
		{"title: *a\n", "f.yaml:1:8: aliases are not taken here"},
		{"", "f.yaml:1:1: the file is empty"},
		{"- a\n", "f.yaml:1:1: expected keys and values"},
		{"title: a\n---\ntitle: b\n", "f.yaml:2:1: more than one document"},
		{"files: [a\n", "f.yaml:2:1: did not find expected ',' or ']'"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct error e = ERROR_INIT;
		struct buf out = {0};

		assert_int_equal(parse(cases[i].text, &out, &e), -1);
		assert_int_equal(e.class, ERROR_CONFIG);
		assert_string_equal(e.text, cases[i].message);
		buf_release(&out);
	}
}

static void the_nearest_key_is_named(void **state)
{
	struct error e = ERROR_INIT;
	struct buf out = {0};

	(void)state;
	parse("prot: {}\n", &out, &e);
	assert_string_equal(e.hint, "did you mean 'port'?");
	buf_release(&out);
}

static void deep_nesting_ends_in_an_error(void **state)
{
	struct buf text = {0}, out = {0};
	struct error e = ERROR_INIT;
	int i;

	(void)state;
	buf_puts(&text, "title: ");
	for (i = 0; i < 5000; i++)
		buf_putc(&text, '[');
	assert_int_equal(parse(buf_text(&text), &out, &e), -1);
	buf_release(&text);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_arrives_in_order),
		cmocka_unit_test(faults_name_line_and_column),
		cmocka_unit_test(the_nearest_key_is_named),
		cmocka_unit_test(deep_nesting_ends_in_an_error),
	};

	return RUN("config", tests);
}

/* test_shape.c - columns as the user types them, and the types that hold those of several files. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "migrate/source.h"

static void add_shape(struct buf *out, const struct table_shape *s)
{
	size_t i;

	for (i = 0; i < s->column_count; i++) {
		const struct source_column *c = &s->columns[i];

		buf_printf(out, "%s%s %s(%d,%d)%s", i ? ", " : "", c->name,
			   block_kind_type(c->type.kind), c->type.precision, c->type.scale,
			   c->not_null ? " not null" : "");
		if (c->type.kind == BLOCK_DECIMAL)
			buf_putc(out, '*');
	}
}

static void expect(const char *text, const char *expected)
{
	struct table_shape s;
	struct arena a = {0};
	struct error e = ERROR_INIT;
	struct buf out = {0};

	if (shape_parse(&a, text, &s, &e) == 0) {
		add_shape(&out, &s);
	} else {
		assert_int_equal(e.class, ERROR_CONFIG);
		buf_puts(&out, e.text);
	}
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
	arena_release(&a);
}

static void shapes_are_read(void **state)
{
	(void)state;
	expect("id bigint, amount numeric(18,2), name text",
	       "id bigint(0,0), amount numeric(18,2)*, name text(0,0)");
	expect("id BIGINT NOT NULL,n NUMERIC, w decimal(50, 10), v varchar ( 5 ), c char",
	       "id bigint(0,0) not null, n numeric(0,0), w numeric(50,10), v text(5,0), c "
	       "text(1,0)");
	expect("\"Order, \"\"No\"\"\" int4, at timestamp(3) with time zone, d double precision",
	       "Order, \"No\" integer(0,0), at timestamp with time zone(0,0), d double "
	       "precision(0,0)");
	expect("s string, l long, b binary, t timestamp_ntz",
	       "s text(0,0), l bigint(0,0), b bytea(0,0), t timestamp without time zone(0,0)");
	expect("a int4, a text", "column 'a' is there twice");
	expect("a blob", "column 'a' has no type that is known: 'blob'");
	expect("a", "column 'a' has no type that is known: ''");
	expect("", "there is no column name at ''");
	expect("a int,", "there is no column name at ''");
	expect("a int b", "column 'a' has no type that is known: 'int b'");
	expect("a numeric(x)", "column 'a' has no type that is known: 'numeric(x)'");
	expect("\"a int", "there is no column name at '\"a int'");
}

/* The table of names is searched by halves: each one is found only if all are sorted. */
static void every_name_of_a_type_is_found(void **state)
{
	static const char *const names[] = {"bigint",
					    "binary",
					    "bool",
					    "boolean",
					    "bytea",
					    "char",
					    "character",
					    "character varying",
					    "date",
					    "dec",
					    "decimal",
					    "double",
					    "double precision",
					    "float",
					    "float4",
					    "float8",
					    "int",
					    "int2",
					    "int4",
					    "int8",
					    "integer",
					    "interval",
					    "json",
					    "jsonb",
					    "long",
					    "numeric",
					    "real",
					    "short",
					    "smallint",
					    "string",
					    "text",
					    "time",
					    "time without time zone",
					    "timestamp",
					    "timestamp with time zone",
					    "timestamp without time zone",
					    "timestamp_ntz",
					    "timestamptz",
					    "tinyint",
					    "uuid",
					    "varchar"};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(names); i++) {
		char *text = xasprintf("a %s", names[i]);
		struct table_shape s;
		struct arena a = {0};

		assert_int_equal(shape_parse(&a, text, &s, NULL), 0);
		arena_release(&a);
		free(text);
	}
}

static void join(const char *one, const char *two, const char *expected)
{
	struct table_shape a, b;
	struct arena arena = {0};
	struct buf out = {0};

	assert_int_equal(shape_parse(&arena, one, &a, NULL), 0);
	assert_int_equal(shape_parse(&arena, two, &b, NULL), 0);
	shape_join(&arena, &a, &b);
	add_shape(&out, &a);
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
	arena_release(&arena);
}

static void shapes_are_joined(void **state)
{
	(void)state;
	join("a int", "a bigint, b text", "a bigint(0,0), b text(0,0)");
	join("a smallint, b int", "b smallint", "a smallint(0,0), b integer(0,0)");
	join("a int", "a numeric(10,2)", "a numeric(12,2)*");
	join("a numeric(38,2)", "a numeric(10,9)", "a numeric(45,9)");
	join("a numeric(38,2)", "a numeric", "a numeric(0,0)");
	join("a bigint", "a double precision", "a numeric(0,0)");
	join("a int", "a real", "a double precision(0,0)");
	join("a date", "a timestamptz", "a timestamp with time zone(0,0)");
	join("a date", "a timestamp", "a timestamp without time zone(0,0)");
	join("a jsonb", "a int", "a text(0,0)");
	join("a varchar(3)", "a varchar(5)", "a text(5,0)");
	join("a varchar(3)", "a text", "a text(0,0)");
	join("a uuid not null", "a uuid", "a uuid(0,0)");
	join("a int", "A int", "a integer(0,0), A integer(0,0)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_are_read),
		cmocka_unit_test(every_name_of_a_type_is_found),
		cmocka_unit_test(shapes_are_joined),
	};

	return RUN("shape", tests);
}

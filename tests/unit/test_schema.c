/*
 * test_schema.c - the store of tables: what statements of the dialects say, who sees which version
 * of a table, and its limits.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/schema.h"

struct at {
	struct convert_settings settings;
	struct schema *schema;
};

static void begin(struct at *a, const char *dialect)
{
	convert_settings_init(&a->settings, dialect_find(dialect));
	a->schema = schema_new();
	a->settings.schema = a->schema;
	a->settings.file = 1;
	a->settings.statement = 0;
}

static void say(struct at *a, const char *sql)
{
	a->settings.statement++;
	schema_read(a->schema, &a->settings, (struct str){sql, strlen(sql)});
}

static void end(struct at *a)
{
	schema_free(a->schema);
}

/* The table "t" or "s.t" as a statement at that place sees it. */
static const struct schema_table *see(struct at *a, const char *name, uint32_t file,
				      uint32_t statement)
{
	struct arena memory = {0};
	struct node *full = node_make(&memory, NODE_NAME);
	const struct schema_table *t;
	const char *dot = strchr(name, '.');

	if (dot)
		node_add(&memory, full,
			 node_ident(&memory, arena_strndup(&memory, name, (size_t)(dot - name))));
	node_add(&memory, full, node_ident(&memory, dot ? dot + 1 : name));
	a->settings.file = file;
	a->settings.statement = statement;
	t = schema_find(&a->settings, full);
	arena_release(&memory);
	return t;
}

/* "id! name d#": ! NOT NULL, # identity, = generated, ~ default; then keys "(id)" "[a,b]". */
static const char *shape(const struct schema_table *t)
{
	static char out[2000];
	size_t n = 0;

	out[0] = '\0';
	for (uint32_t i = 0; t && i < t->count; i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%.*s%s%s%s%s", i ? " " : "",
				      (int)t->columns[i].name.len, t->columns[i].name.p,
				      t->columns[i].flags & SCHEMA_NOT_NULL ? "!" : "",
				      t->columns[i].flags & SCHEMA_IDENTITY ? "#" : "",
				      t->columns[i].flags & SCHEMA_GENERATED ? "=" : "",
				      t->columns[i].flags & SCHEMA_DEFAULT ? "~" : "");
	for (uint32_t i = 0; t && i < t->key_count; i++) {
		n += (size_t)snprintf(out + n, sizeof(out) - n, " %s",
				      t->keys[i].primary ? "(" : "[");
		for (uint32_t k = 0; k < t->keys[i].count; k++) {
			struct str c = t->columns[t->keys[i].columns[k]].name;

			n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%.*s", k ? "," : "",
					      (int)c.len, c.p);
		}
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s",
				      t->keys[i].primary ? ")" : "]");
	}
	return out;
}

static void definitions_are_read(void **state)
{
	static const struct {
		const char *dialect, *sql, *shape;
	} rows[] = {
		{"mysql",
		 "CREATE TABLE t (Id INT AUTO_INCREMENT, a INT NOT NULL DEFAULT 1, `B` INT, "
		 "PRIMARY "
		 "KEY (id), UNIQUE KEY k (a, b), KEY z (a))",
		 "id!# a!~ b (id) [a,b]"},
		{"tsql",
		 "CREATE TABLE dbo.t ([Id] INT IDENTITY(1,1) PRIMARY KEY, b AS id * 2, c BIT "
		 "UNIQUE)",
		 "id!# b= c (id) [c]"},
		{"oracle", "CREATE TABLE t (a NUMBER(4) PRIMARY KEY, \"Mixed\" DATE, \"UP\" DATE)",
		 "a! Mixed up (a)"},
		{"databricks",
		 "CREATE TABLE t (a INT, b STRUCT<x: INT>) USING DELTA PARTITIONED BY (c DATE)",
		 "a b c"},
		{"postgres",
		 "CREATE TABLE t (a bigserial, b int GENERATED ALWAYS AS IDENTITY, UNIQUE (b))",
		 "a!# b!# [b]"},
		{"snowflake", "CREATE VIEW t (x, y) AS SELECT 1, 'a'", "x y"},
		{"tsql", "SELECT 1 AS a, 2 AS b INTO t FROM u", "a b"},
		{"redshift", "CREATE TABLE t AS SELECT a, count(*) AS n FROM u GROUP BY a", "a n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct at a;

		begin(&a, rows[i].dialect);
		say(&a, rows[i].sql);
		schema_finish(a.schema);
		assert_string_equal(shape(see(&a, "t", 1, 2)), rows[i].shape);
		end(&a);
	}
}

static void types_are_read(void **state)
{
	struct at a;
	const struct schema_table *t;
	const struct schema_type *s;

	(void)state;
	begin(&a, "databricks");
	say(&a, "CREATE TABLE t (a STRUCT<x: ARRAY<INT>, y: MAP<STRING, DATE>>, b TIMESTAMP)");
	say(&a, "CREATE VIEW v AS SELECT a.x, b, t.* FROM t");
	schema_finish(a.schema);
	t = see(&a, "t", 1, 3);
	s = t->columns[0].type;
	assert_int_equal(s->code, TYPE_JSON);
	assert_int_equal(s->field_count, 2);
	assert_int_equal(s->fields[0].type->code, TYPE_ARRAY);
	assert_int_equal(s->fields[0].type->element->code, TYPE_INT);
	assert_int_equal(s->fields[1].type->key->code, TYPE_TEXT);
	assert_int_equal(s->fields[1].type->element->code, TYPE_DATE);
	assert_int_equal(t->columns[1].type->code, TYPE_TIMESTAMPTZ);
	t = see(&a, "v", 1, 3);
	assert_string_equal(shape(t), "x b a b");
	assert_int_equal(t->columns[2].type->field_count, 2);
	end(&a);
}

static void changes_are_read(void **state)
{
	static const struct {
		const char *dialect, *sql, *shape;
	} rows[] = {
		{"mysql", "ALTER TABLE t ADD c INT AFTER a, DROP COLUMN b", "a c"},
		{"mysql", "ALTER TABLE t ADD (c INT, d INT), ADD UNIQUE KEY k (a, c)",
		 "a b c d [a,c]"},
		{"mysql", "ALTER TABLE t CHANGE b bb BIGINT NOT NULL", "a bb!"},
		{"tsql", "ALTER TABLE t ADD c BIT, d INT NOT NULL", "a b c d!"},
		{"tsql", "ALTER TABLE t WITH CHECK ADD CONSTRAINT pk PRIMARY KEY CLUSTERED (a)",
		 "a! b (a)"},
		{"oracle", "ALTER TABLE t ADD (c DATE)", "a b c"},
		{"oracle", "ALTER TABLE t DROP (a)", "b"},
		{"databricks", "ALTER TABLE t ADD COLUMNS (c INT COMMENT 'x', d DATE)", "a b c d"},
		{"databricks", "ALTER TABLE t RENAME COLUMN a TO z", "z b"},
		{"postgres", "ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (a, b)",
		 "a! b! (a,b)"},
		{"postgres", "ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER b SET DEFAULT 1",
		 "a! b~"},
		{"postgres", "CREATE UNIQUE INDEX i ON public.t USING btree (b)", "a b [b]"},
		{"postgres", "CREATE UNIQUE INDEX i ON t (lower(b))", "a b"},
		{"postgres", "CREATE UNIQUE INDEX i ON t (b) WHERE a > 1", "a b"},
		{"snowflake", "DROP TABLE IF EXISTS t", ""},
		{"snowflake", "ALTER TABLE t RENAME TO u", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct at a;

		begin(&a, rows[i].dialect);
		say(&a, "CREATE TABLE t (a INT, b INT)");
		say(&a, rows[i].sql);
		schema_finish(a.schema);
		assert_string_equal(shape(see(&a, "t", 1, 3)), rows[i].shape);
		assert_string_equal(shape(see(&a, "t", 1, 2)), "a b"); /* before it */
		end(&a);
	}
}

static void a_statement_sees_what_was_before_it(void **state)
{
	struct at a;

	(void)state;
	begin(&a, "mysql");
	say(&a, "CREATE TABLE t (a INT)");
	say(&a, "DROP TABLE t");
	say(&a, "CREATE TABLE t (b INT)");
	say(&a, "ALTER TABLE t ADD c INT");
	schema_finish(a.schema);
	assert_string_equal(shape(see(&a, "t", 1, 2)), "a");
	assert_null(see(&a, "t", 1, 3));
	assert_string_equal(shape(see(&a, "t", 1, 4)), "b");
	assert_string_equal(shape(see(&a, "t", 1, 5)), "b c");
	assert_string_equal(shape(see(&a, "t", 1, 1)), "a"); /* made later in its file */
	end(&a);
}

static void files_agree_or_say_nothing(void **state)
{
	struct at a;
	const char *given = "CREATE TABLE t (x INT); CREATE TABLE u (y INT)";

	(void)state;
	begin(&a, "mysql");
	schema_read_given(a.schema, &a.settings, (struct str){given, strlen(given)});
	say(&a, "CREATE TABLE t (a INT)");
	say(&a, "CREATE TABLE same (a INT)");
	a.settings.file = 2;
	say(&a, "CREATE TABLE same (a INT)");
	schema_finish(a.schema);
	assert_string_equal(shape(see(&a, "t", 9, 1)), "a"); /* the input before what was given */
	assert_string_equal(shape(see(&a, "u", 9, 1)), "y");
	assert_string_equal(shape(see(&a, "same", 9, 1)), "a");
	a.settings.file = 3;
	say(&a, "CREATE TABLE same (b INT)");
	say(&a, "ALTER TABLE t ADD z INT");
	schema_finish(a.schema);
	assert_null(see(&a, "same", 9, 1)); /* two files, two tables of that name */
	assert_string_equal(shape(see(&a, "same", 3, 9)), "b");
	assert_string_equal(shape(see(&a, "t", 9, 1)), "a z"); /* a change is no other table */
	end(&a);
}

static void schemas_are_told_apart(void **state)
{
	struct at a;

	(void)state;
	begin(&a, "tsql");
	say(&a, "CREATE TABLE dbo.t (a INT)");
	say(&a, "CREATE TABLE x.u (b INT)");
	say(&a, "CREATE TABLE y.u (c INT)");
	say(&a, "CREATE TABLE #u (d INT)");
	schema_finish(a.schema);
	assert_string_equal(shape(see(&a, "t", 1, 9)), "a");
	assert_string_equal(shape(see(&a, "T", 1, 9)), "a");
	assert_null(see(&a, "other.t", 1, 9));
	assert_null(see(&a, "u", 1, 9)); /* which of them? */
	assert_string_equal(shape(see(&a, "y.u", 1, 9)), "c");
	end(&a);
}

/* A table with that many columns: room for its text. */
static char *wide(unsigned columns)
{
	char *text = malloc(32 + (size_t)columns * 16);
	size_t n = (size_t)sprintf(text, "CREATE TABLE t (");

	assert_non_null(text);
	for (unsigned i = 0; i < columns; i++)
		n += (size_t)sprintf(text + n, "%sc%u INT", i ? ", " : "", i);
	strcpy(text + n, ")");
	return text;
}

static void limits_hold(void **state)
{
	struct at a;
	char *text = wide(SCHEMA_COLUMNS_MAX + 1), sql[64];

	(void)state;
	begin(&a, "mysql");
	say(&a, text);
	free(text);
	text = wide(SCHEMA_COLUMNS_MAX);
	memcpy(text + 13, "u", 1);
	say(&a, text);
	free(text);
	say(&a, "CREATE TABLE v (a INT)");
	for (int i = 0; i < 5000; i++) { /* more changes than versions, and than columns */
		snprintf(sql, sizeof(sql), "ALTER TABLE v ADD c%d INT", i);
		say(&a, sql);
	}
	schema_finish(a.schema);
	assert_null(see(&a, "t", 1, 9000));
	assert_int_equal(see(&a, "u", 1, 9000)->count, SCHEMA_COLUMNS_MAX);
	assert_int_equal(see(&a, "v", 1, 9000)->count, SCHEMA_COLUMNS_MAX);
	assert_int_equal(see(&a, "v", 1, 5)->count, 2);
	assert_false(schema_full(a.schema));
	end(&a);
}

static void nonsense_says_nothing(void **state)
{
	static const char *const texts[] = {
		"CREATE TABLE",
		"CREATE TABLE t (",
		"ALTER TABLE t ADD",
		"ALTER TABLE t DROP COLUMN (",
		"ALTER TABLE t RENAME TO",
		"DROP TABLE",
		"CREATE UNIQUE INDEX ON t (",
		"RENAME TABLE t",
		"/* open",
		"-- only",
		"",
		"ALTER TABLE t CHANGE",
		"CREATE TABLE t LIKE",
		"select into",
	};

	(void)state;
	for (const char *const *name = dialect_names(); *name; name++) {
		struct at a;

		begin(&a, *name);
		say(&a, "CREATE TABLE t (a INT)");
		for (size_t i = 0; i < COUNT(texts); i++)
			say(&a, texts[i]);
		schema_finish(a.schema);
		assert_string_equal(shape(see(&a, "t", 1, 99)), "a");
		end(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(definitions_are_read),
		cmocka_unit_test(types_are_read),
		cmocka_unit_test(changes_are_read),
		cmocka_unit_test(a_statement_sees_what_was_before_it),
		cmocka_unit_test(files_agree_or_say_nothing),
		cmocka_unit_test(schemas_are_told_apart),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(nonsense_says_nothing),
	};

	return RUN("schema", tests);
}

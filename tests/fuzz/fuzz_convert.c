/*
 * fuzz_convert.c - hostile SQL in every dialect: a conversion always answers, findings stand inside
 * the text, and what is the same as before is the text; also with what the text says of tables.
 */
#include <assert.h>

#include "convert/convert.h"
#include "convert/schema.h"
#include "tests/fuzz/fuzz.h"

static long statements;

static void check(const struct conversion *c, size_t size)
{
	assert(c->sql && c->kind);
	for (size_t i = 0; i < c->finding_count; i++) {
		assert(c->findings[i].code && c->findings[i].message);
		assert(c->findings[i].position + c->findings[i].length <= size);
	}
	assert(c->status != CONVERSION_NOT || c->finding_count > 0);
	statements++;
}

static void count(void *context, struct str statement, size_t offset)
{
	size_t *end = context;

	assert(offset >= *end);
	*end = offset + statement.len;
}

static void convert_known(void *context, struct str statement, size_t offset)
{
	struct convert_settings *s = context;
	struct conversion c;
	struct arena a = {0};

	(void)offset;
	convert_statement(&a, s, statement, &c);
	check(&c, statement.len);
	arena_release(&a);
}

/* The statements of the text again, with the tables that it makes. */
static void check_known(struct convert_settings s, struct str text)
{
	struct schema *schema = schema_new();

	schema_read_given(schema, &s, text);
	schema_finish(schema);
	s.schema = schema;
	convert_split(s.from, text, convert_known, &s);
	schema_free(schema);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *const *names = dialect_names();
	char *text = malloc(size + 1); /* of exactly this size, for the address checks */

	assert(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	for (; *names; names++) {
		const struct dialect *d = dialect_find(*names);
		struct convert_settings s;
		struct conversion c;
		struct arena a = {0};
		size_t end = 0;

		convert_settings_init(&s, d);
		convert_statement(&a, &s, (struct str){text, size}, &c);
		check(&c, size);
		check_known(s, (struct str){text, size});
		convert_split(d, (struct str){text, size}, count, &end);
		assert(end <= size);
		arena_release(&a);
	}
	free(text);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
static const char *const seeds[] = {
	"SELECT DISTINCT a.b, `c d`, [e], \"f\", 'it''s', x -> x + 1, a:b[0].c::int FROM t, u AS "
	"v(w) "
	"LEFT JOIN LATERAL (VALUES (1, NULL)) y ON a = 1 WHERE a BETWEEN 1 AND 2 AND NOT b IN (1, "
	"2) "
	"GROUP BY ROLLUP(a, b) HAVING count(*) > 1 QUALIFY row_number() OVER (PARTITION BY a ORDER "
	"BY "
	"b DESC NULLS LAST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) = 1 ORDER BY 1 LIMIT 5, 6",
	"MERGE INTO t USING s ON t.a = s.a WHEN MATCHED AND s.b > 1 THEN UPDATE SET b = s.b WHEN "
	"NOT "
	"MATCHED THEN INSERT (a, b) VALUES (s.a, s.b)",
	"CREATE OR REPLACE TABLE t (a ARRAY<STRUCT<x: INT, y: STRING>> NOT NULL COMMENT 'c', b "
	"DECIMAL(10,2) DEFAULT 1.5BD, PRIMARY KEY (a)) USING delta PARTITIONED BY (b)",
	"CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, s STRUCT<a: INT, b: ARRAY<INT>>, m "
	"MAP<STRING, INT>, f BIT, UNIQUE (f)); CREATE VIEW v AS SELECT t.*, s.b[0] FROM t; ALTER "
	"TABLE t ADD COLUMN c INT, DROP COLUMN f, RENAME COLUMN c TO d; SELECT * EXCEPT (id) FROM "
	"v NATURAL JOIN t; SELECT e FROM t LATERAL VIEW explode(m) x AS k, e; INSERT INTO t (id) "
	"VALUES (1) ON DUPLICATE KEY UPDATE f = 0; UPDATE t SET f = 1 WHERE f = 0",
	"SELECT TOP (5) WITH TIES #t.x + N'y' FROM #t WITH (NOLOCK) OPTION (RECOMPILE) -- z\n",
};
#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

int main(int argc, char **argv)
{
	struct str all[SEEDS];
	size_t i;
	int status;

	for (i = 0; i < SEEDS; i++)
		all[i] = (struct str){seeds[i], strlen(seeds[i])};
	status = fuzz_main(argc, argv, all, SEEDS, "()[]{}'\"`;:,.@#$?*+-/<>=|&^~\n a1\xc3");
	printf("%ld statements\n", statements);
	return status;
}
#endif

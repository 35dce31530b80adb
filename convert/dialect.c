/*
 * dialect.c - the dialects, a row each. What a flag means is said in dialect.h.
 */
#include "convert/dialect.h"

#include <string.h>
#include <strings.h>

#include "convert/function.h"
#include "convert/rules.h"
#include "convert/unit.h"

const struct dialect dialect_postgres = {
	.name = "postgres",
	.aliases = (const char *const[]){"postgresql", "lakebase", NULL},
	.lex = LEX_NESTED_COMMENT | LEX_DOLLAR_STRING | LEX_E_STRING | LEX_ADJACENT,
	.flags = DIALECT_POSTGRES_PRECEDENCE | DIALECT_BACKSLASH_LIKE,
	.nulls = NULLS_HIGH,
	.division = DIVISION_INTEGER,
};

static const struct dialect databricks = {
	.name = "databricks",
	.aliases = (const char *const[]){"spark", "sparksql", "delta", NULL},
	.lex = LEX_BACKTICK | LEX_DOUBLE_STRING | LEX_BACKSLASH | LEX_NESTED_COMMENT |
	       LEX_RAW_STRING | LEX_SUFFIX | LEX_COLON_PATH | LEX_QUESTION | LEX_COLON_NAME |
	       LEX_BRACE | LEX_DIGIT_NAME | LEX_ADJACENT | LEX_DOLLAR_STRING | LEX_PIPE_TO,
	.flags = DIALECT_CATALOGS | DIALECT_CARET_XOR | DIALECT_BARE_VALUES |
		 DIALECT_NAMES_IGNORE_CASE | DIALECT_LATERAL_ALIAS | DIALECT_BACKSLASH_LIKE |
		 DIALECT_LAMBDA,
	.nulls = NULLS_LOW,
	.division = DIVISION_FLOAT,
	.functions = &functions_databricks,
	.units = &units_databricks,
	.types = types_databricks,
	.before = rules_databricks_before,
	.after = rules_databricks_after,
};

static const struct dialect tsql = {
	.name = "tsql",
	.aliases = (const char *const[]){"sqlserver", "mssql", "synapse", "fabric", NULL},
	.lex = LEX_BRACKET_NAME | LEX_NESTED_COMMENT | LEX_AT_NAME | LEX_HASH_NAME | LEX_BRACE |
	       LEX_QUESTION,
	.flags = DIALECT_CATALOGS | DIALECT_CARET_XOR | DIALECT_PLUS_CONCAT |
		 DIALECT_NAMES_IGNORE_CASE,
	.nulls = NULLS_LOW,
	.division = DIVISION_INTEGER,
	.functions = &functions_tsql,
	.units = &units_tsql,
	.types = types_tsql,
	.before = rules_tsql_before,
	.after = rules_tsql_after,
};

static const struct dialect oracle = {
	.name = "oracle",
	.aliases = (const char *const[]){"plsql", NULL},
	.lex = LEX_Q_STRING | LEX_COLON_NAME | LEX_QUESTION | LEX_BRACE,
	.flags = DIALECT_EMPTY_NULL | DIALECT_FOLD_UPPER,
	.nulls = NULLS_HIGH,
	.division = DIVISION_NUMERIC,
	.functions = &functions_oracle,
	.units = &units_oracle,
	.types = types_oracle,
	.before = rules_oracle_before,
	.after = rules_oracle_after,
};

static const struct dialect mysql = {
	.name = "mysql",
	.aliases = (const char *const[]){"mariadb", NULL},
	.lex = LEX_BACKTICK | LEX_DOUBLE_STRING | LEX_BACKSLASH | LEX_HASH_COMMENT | LEX_AT_NAME |
	       LEX_QUESTION | LEX_COLON_NAME | LEX_BRACE | LEX_DIGIT_NAME | LEX_DASH_SPACE |
	       LEX_ADJACENT,
	.flags = DIALECT_PIPES_OR | DIALECT_CARET_XOR | DIALECT_NAMES_IGNORE_CASE |
		 DIALECT_NUMERIC_BOOLEAN | DIALECT_BACKSLASH_LIKE,
	.nulls = NULLS_LOW,
	.division = DIVISION_NUMERIC,
	.functions = &functions_mysql,
	.units = &units_mysql,
	.types = types_mysql,
	.before = rules_mysql_before,
	.after = rules_mysql_after,
};

static const struct dialect redshift = {
	.name = "redshift",
	.aliases = (const char *const[]){"rs", NULL},
	.lex = LEX_NESTED_COMMENT | LEX_DOLLAR_STRING | LEX_E_STRING | LEX_BACKSLASH |
	       LEX_QUESTION | LEX_COLON_NAME | LEX_BRACE | LEX_HASH_NAME,
	.flags = DIALECT_CATALOGS | DIALECT_POSTGRES_PRECEDENCE | DIALECT_NAMES_IGNORE_CASE |
		 DIALECT_LATERAL_ALIAS | DIALECT_BACKSLASH_LIKE | DIALECT_VARIANT,
	.nulls = NULLS_HIGH,
	.division = DIVISION_INTEGER,
	.functions = &functions_redshift,
	.units = &units_redshift,
	.types = types_redshift,
	.before = rules_redshift_before,
	.after = rules_redshift_after,
};

static const struct dialect snowflake = {
	.name = "snowflake",
	.aliases = (const char *const[]){"sf", NULL},
	.lex = LEX_BACKSLASH | LEX_SLASH_COMMENT | LEX_DOLLAR_STRING | LEX_COLON_PATH |
	       LEX_QUESTION | LEX_COLON_NAME | LEX_BRACE,
	.flags = DIALECT_CATALOGS | DIALECT_BARE_VALUES | DIALECT_FOLD_UPPER |
		 DIALECT_LATERAL_ALIAS | DIALECT_LAMBDA | DIALECT_VARIANT,
	.nulls = NULLS_HIGH,
	.division = DIVISION_NUMERIC,
	.functions = &functions_snowflake,
	.units = &units_snowflake,
	.types = types_snowflake,
	.before = rules_snowflake_before,
	.after = rules_snowflake_after,
};

static const struct dialect *const dialects[] = {
	&databricks, &tsql, &oracle, &mysql, &redshift, &snowflake, &dialect_postgres,
};
#define COUNT (sizeof(dialects) / sizeof(dialects[0]))

const struct dialect *dialect_find(const char *name)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (!strcasecmp(name, dialects[i]->name))
			return dialects[i];
		for (const char *const *a = dialects[i]->aliases; *a; a++)
			if (!strcasecmp(name, *a))
				return dialects[i];
	}
	return NULL;
}

const char *dialect_name(const struct dialect *d)
{
	return d->name;
}

const char *const *dialect_names(void)
{
	static const char *const names[] = {"databricks", "tsql",      "oracle",   "mysql",
					    "redshift",	  "snowflake", "postgres", NULL};

	return names;
}

void convert_settings_init(struct convert_settings *s, const struct dialect *from)
{
	*s = (struct convert_settings){
		.from = from,
		.ansi = true,
		.double_quotes_strings = from->lex & LEX_DOUBLE_STRING,
		.ignore_case = from == &tsql || from == &mysql,
		.date_first = from == &snowflake ? 1 : 7,
		.helper_schema = "lakeport",
	};
}

/*
 * types.c - types of the dialects and their Postgres form. Sources: the dialects' manuals and
 * Postgres 15's, 2026. Types that are not named here are the same in Postgres.
 */
#include "convert/rule.h"

#include <stdlib.h>
#include <string.h>

#include "convert/rules.h"

/* clang-format off */
const struct type_rule types_databricks[] = {
	{"bigint", -1, "bigint", NULL},
	{"binary", -1, "bytea", NULL},
	{"byte", -1, "smallint", NULL},
	{"dec", 0, "numeric(10,0)", NULL},
	{"dec", -1, "numeric$", NULL},
	{"decimal", 0, "numeric(10,0)", NULL},
	{"double", -1, "double precision", NULL},
	{"float", -1, "real", NULL},
	{"long", -1, "bigint", NULL},
	{"map", -1, "jsonb", NULL},
	{"numeric", 0, "numeric(10,0)", NULL},
	{"object", -1, "jsonb", NULL},
	{"short", -1, "smallint", NULL},
	{"string", -1, "text", NULL},
	{"struct", -1, "jsonb", NULL},
	{"timestamp", -1, "timestamp", NULL},
	{"timestamp_ltz", -1, "timestamptz", NULL},
	{"timestamp_ntz", -1, "timestamp", NULL},
	{"tinyint", -1, "smallint", NULL},
	{"variant", -1, "jsonb", NULL},
	{"void", -1, "text", NULL},
	{0},
};

const struct type_rule types_tsql[] = {
	{"binary", -1, "bytea", NULL},
	{"bit", -1, "boolean", "BIT-BOOLEAN"},
	{"char", 0, "char(30)", NULL},
	{"datetime", -1, "timestamp(3)", NULL},
	{"datetime2", 0, "timestamp(6)", NULL},
	{"datetime2", 1, "timestamp$", NULL},
	{"datetimeoffset", -1, "timestamptz", NULL},
	{"dec", 0, "numeric(18,0)", NULL},
	{"decimal", 0, "numeric(18,0)", NULL},
	{"double precision", -1, "double precision", NULL},
	{"float", -1, "double precision", NULL},
	{"geography", -1, "text", "TYPE-UNKNOWN"},
	{"geometry", -1, "text", "TYPE-UNKNOWN"},
	{"hierarchyid", -1, "text", "TYPE-UNKNOWN"},
	{"image", -1, "bytea", NULL},
	{"money", -1, "numeric(19,4)", NULL},
	{"nchar", -1, "char$", NULL},
	{"ntext", -1, "text", NULL},
	{"numeric", 0, "numeric(18,0)", NULL},
	{"nvarchar", 0, "varchar", NULL},
	{"nvarchar", -1, "varchar$", NULL},
	{"rowversion", -1, "bytea", NULL},
	{"smalldatetime", -1, "timestamp(0)", NULL},
	{"smallmoney", -1, "numeric(10,4)", NULL},
	{"sql_variant", -1, "text", "TYPE-UNKNOWN"},
	{"sysname", -1, "varchar(128)", NULL},
	{"timestamp", -1, "bytea", NULL},
	{"tinyint", -1, "smallint", NULL},
	{"uniqueidentifier", -1, "uuid", NULL},
	{"varbinary", -1, "bytea", NULL},
	{0},
};

const struct type_rule types_oracle[] = {
	{"bfile", -1, "bytea", "TYPE-UNKNOWN"},
	{"binary_double", -1, "double precision", NULL},
	{"binary_float", -1, "real", NULL},
	{"binary_integer", -1, "integer", NULL},
	{"blob", -1, "bytea", NULL},
	{"clob", -1, "text", NULL},
	{"date", -1, "timestamp(0)", NULL},
	{"dec", 0, "numeric(38,0)", NULL},
	{"decimal", 0, "numeric(38,0)", NULL},
	{"float", -1, "double precision", NULL},
	{"long", -1, "text", NULL},
	{"long raw", -1, "bytea", NULL},
	{"nchar", -1, "char$", NULL},
	{"nclob", -1, "text", NULL},
	{"number", -1, "numeric$", NULL},
	{"numeric", 0, "numeric(38,0)", NULL},
	{"nvarchar2", -1, "varchar$", NULL},
	{"pls_integer", -1, "integer", NULL},
	{"raw", -1, "bytea", NULL},
	{"rowid", -1, "text", NULL},
	{"simple_integer", -1, "integer", NULL},
	{"timestamp with local time zone", -1, "timestamptz", NULL},
	{"urowid", -1, "text", NULL},
	{"varchar2", -1, "varchar$", NULL},
	{"xmltype", -1, "xml", NULL},
	{0},
};

const struct type_rule types_mysql[] = {
	{"bigint", -1, "bigint", NULL},
	{"bigint unsigned", -1, "numeric(20)", NULL},
	{"binary", -1, "bytea", NULL},
	{"bit", 1, "bit$", NULL},
	{"blob", -1, "bytea", NULL},
	{"bool", -1, "boolean", NULL},
	{"char", 0, "text", NULL},
	{"character", 0, "text", NULL},
	{"datetime", 0, "timestamp(0)", NULL},
	{"datetime", 1, "timestamp$", NULL},
	{"dec", 0, "numeric(10,0)", NULL},
	{"decimal", 0, "numeric(10,0)", NULL},
	{"decimal unsigned", -1, "numeric$", NULL},
	{"double", -1, "double precision", NULL},
	{"double unsigned", -1, "double precision", NULL},
	{"enum", -1, "text", "ENUM-CHECK"},
	{"fixed", -1, "numeric$", NULL},
	{"float", -1, "real", NULL},
	{"float unsigned", -1, "real", NULL},
	{"geometry", -1, "text", "TYPE-UNKNOWN"},
	{"int", -1, "int", NULL},
	{"int unsigned", -1, "bigint", NULL},
	{"integer", -1, "int", NULL},
	{"integer unsigned", -1, "bigint", NULL},
	{"json", -1, "jsonb", NULL},
	{"long varchar", -1, "text", NULL},
	{"longblob", -1, "bytea", NULL},
	{"longtext", -1, "text", NULL},
	{"mediumblob", -1, "bytea", NULL},
	{"mediumint", -1, "int", NULL},
	{"mediumint unsigned", -1, "int", NULL},
	{"mediumtext", -1, "text", NULL},
	{"nchar", 0, "text", NULL},
	{"nchar", -1, "char$", NULL},
	{"numeric", 0, "numeric(10,0)", NULL},
	{"nvarchar", -1, "varchar$", NULL},
	{"real", -1, "double precision", NULL},
	{"set", -1, "text", "ENUM-CHECK"},
	{"signed", -1, "bigint", NULL},
	{"signed int", -1, "bigint", NULL},
	{"signed integer", -1, "bigint", NULL},
	{"smallint", -1, "smallint", NULL},
	{"smallint unsigned", -1, "int", NULL},
	{"text", -1, "text", NULL},
	{"timestamp", 0, "timestamp(0)", NULL},
	{"tinyblob", -1, "bytea", NULL},
	{"tinyint", 1, "smallint", NULL},
	{"tinyint", -1, "smallint", NULL},
	{"tinyint unsigned", -1, "smallint", NULL},
	{"tinytext", -1, "text", NULL},
	{"unsigned", -1, "numeric(20)", NULL},
	{"unsigned int", -1, "numeric(20)", NULL},
	{"unsigned integer", -1, "numeric(20)", NULL},
	{"varbinary", -1, "bytea", NULL},
	{"year", -1, "smallint", NULL},
	{0},
};

const struct type_rule types_redshift[] = {
	{"decimal", 0, "numeric(18,0)", NULL},
	{"geometry", -1, "text", "TYPE-UNKNOWN"},
	{"hllsketch", -1, "bytea", "TYPE-UNKNOWN"},
	{"numeric", 0, "numeric(18,0)", NULL},
	{"nvarchar", -1, "varchar$", NULL},
	{"super", -1, "jsonb", NULL},
	{"text", -1, "varchar(256)", NULL},
	{"varbinary", -1, "bytea", NULL},
	{"varbyte", -1, "bytea", NULL},
	{0},
};

const struct type_rule types_snowflake[] = {
	{"array", -1, "jsonb", NULL},
	{"binary", -1, "bytea", NULL},
	{"byteint", -1, "smallint", NULL},
	{"char", 0, "varchar(1)", NULL},
	{"char", -1, "varchar$", NULL},
	{"character", -1, "varchar$", NULL},
	{"datetime", -1, "timestamp$", NULL},
	{"dec", 0, "numeric(38,0)", NULL},
	{"decimal", 0, "numeric(38,0)", NULL},
	{"double", -1, "double precision", NULL},
	{"fixed", -1, "numeric$", NULL},
	{"float", -1, "double precision", NULL},
	{"float4", -1, "double precision", NULL},
	{"float8", -1, "double precision", NULL},
	{"geography", -1, "text", "TYPE-UNKNOWN"},
	{"geometry", -1, "text", "TYPE-UNKNOWN"},
	{"map", -1, "jsonb", NULL},
	{"nchar", -1, "char$", NULL},
	{"number", 0, "numeric(38,0)", NULL},
	{"number", -1, "numeric$", NULL},
	{"numeric", 0, "numeric(38,0)", NULL},
	{"nvarchar", -1, "varchar$", NULL},
	{"nvarchar2", -1, "varchar$", NULL},
	{"object", -1, "jsonb", NULL},
	{"real", -1, "double precision", NULL},
	{"string", 0, "text", NULL},
	{"string", -1, "varchar$", NULL},
	{"text", -1, "text", NULL},
	{"timestamp_ltz", -1, "timestamptz$", NULL},
	{"timestamp_ntz", -1, "timestamp$", NULL},
	{"timestamp_tz", -1, "timestamptz$", NULL},
	{"timestampltz", -1, "timestamptz$", NULL},
	{"timestampntz", -1, "timestamp$", NULL},
	{"tinyint", -1, "smallint", NULL},
	{"varbinary", -1, "bytea", NULL},
	{"variant", -1, "jsonb", NULL},
	{"vector", -1, "real[]", "TYPE-UNKNOWN"},
	{0},
};
/* clang-format on */

static bool replace(struct rewrite *r, struct node *n, const char *to)
{
	size_t len = strlen(to);
	bool keep = to[len - 1] == '$';

	n->text = (struct str){to, len - keep};
	if (!keep)
		n->count = 0;
	if (len > 2 && to[len - 1] == ']') {
		n->text.len -= 2;
		n->op++;
	}
	node_touch(n);
	(void)r;
	return true;
}

/* varchar(max) and the like: no length. */
static bool drop_max(struct node *n)
{
	const struct node *a = n->count ? n->child[0] : NULL;

	if (!a || a->kind == NODE_NUMBER)
		return false;
	if (a->kind == NODE_STAR || (a->kind == NODE_IDENT && str_is_word(a->text, "max"))) {
		n->count = 0;
		node_touch(n);
		return true;
	}
	return false;
}

/* varchar(16777216): longer than Postgres' longest, so without an end. */
#define VARCHAR_MAX 10485760
static void limit_length(struct node *n)
{
	const struct node *a = n->count == 1 ? n->child[0] : NULL;
	char text[12] = "";
	int64_t length;

	if (!a || a->kind != NODE_NUMBER || n->op || a->text.len >= sizeof(text) ||
	    !(str_is(n->text, "varchar") || str_is(n->text, "character varying")))
		return;
	memcpy(text, a->text.p, a->text.len);
	if (!text_to_int(text, &length) || length <= VARCHAR_MAX)
		return;
	n->text = (struct str){"text", 4};
	n->count = 0;
	node_touch(n);
}

/* Precision of a timestamp: six digits at most. */
static void limit_precision(struct node *n)
{
	struct node *a = n->count == 1 ? n->child[0] : NULL;

	if (!a || a->kind != NODE_NUMBER || a->text.len != 1 || a->text.p[0] <= '6')
		return;
	if (n->text.len < 4 || (memcmp(n->text.p, "time", 4) && memcmp(n->text.p, "date", 4)))
		return;
	a->text = (struct str){"6", 1};
	node_touch(a);
}

/* array<int> is int[]. */
static bool array_type(struct node *n)
{
	struct node *element = n->child[0];

	n->op = (uint8_t)(n->op + element->op + 1);
	n->text = element->text;
	n->count = element->count;
	n->child = element->child;
	for (uint32_t i = 0; i < n->count; i++)
		n->child[i]->parent = n;
	node_touch(n);
	return true;
}

bool type_is_instant(const struct dialect *d, const struct node *column_type)
{
	return d->types == types_databricks && !column_type->op &&
	       str_is(column_type->text, "timestamp");
}

bool type_apply(struct rewrite *r, struct node *n)
{
	bool done;

	if (n->number == TYPE_OF_POSTGRES)
		return false;
	done = drop_max(n);
	limit_precision(n);
	if (str_is(n->text, "array") && n->count == 1 && n->child[0]->kind == NODE_TYPE)
		return array_type(n);
	if (!r->dialect->types)
		return done;
	if (n->parent && n->parent->kind == NODE_COLUMN_DEF && type_is_instant(r->dialect, n))
		return replace(r, n, "timestamptz");
	for (const struct type_rule *t = r->dialect->types; t->name; t++) {
		if (t->name[0] > n->text.p[0])
			break;
		if (!str_is(n->text, t->name) || (t->args >= 0 && (uint32_t)t->args != n->count))
			continue;
		if (t->finding)
			rewrite_finding(r, n, t->finding, NULL);
		done = replace(r, n, t->to);
		break;
	}
	limit_length(n);
	return done;
}

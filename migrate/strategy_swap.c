/*
 * strategy_swap.c - see strategy_swap.h. The three queries are Postgres' catalog in words: what
 * hangs on a table, how it is described, and the statements that make another one like it. They
 * were tried on Postgres 15; rows of pg_class and pg_attribute are compared whole, so that what a
 * newer version adds is seen, too.
 */
#include "migrate/strategy_swap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */

/*
 * $1: oid, $2: schema, $3: table. One text with all of it, or NULL. What belongs to the table
 * itself is left out. Whoever decodes the WAL without publications would see rows of a table of
 * another name.
 */
static const char hangers_sql[] =
"with t as (select c.*, (select typarray from pg_type where oid = c.reltype) as rowarray,"
" n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = $1),"
"d as (select d.* from pg_depend d, t where"
" (refclassid = 'pg_class'::regclass and refobjid = t.oid or"
"  refclassid = 'pg_type'::regclass and refobjid in (t.reltype, t.rowarray))"
" and not (classid = 'pg_type'::regclass and objid in (t.reltype, t.rowarray))"
" and not (classid = 'pg_class'::regclass and (objid = t.reltoastrelid or exists"
"  (select from pg_index i where i.indexrelid = objid and i.indrelid = t.oid)))"
" and not (classid = 'pg_attrdef'::regclass and exists"
"  (select from pg_attrdef a where a.oid = objid and a.adrelid = t.oid))"
" and not (classid = 'pg_constraint'::regclass and exists (select from pg_constraint k"
"  where k.oid = objid and k.conrelid = t.oid and k.contype not in ('f', 't')))),"
"h(place, what) as ("
"select 1, case when r.ev_class <> t.oid"
" then pg_describe_object('pg_class'::regclass, r.ev_class, 0)"
" else pg_describe_object(d.classid, d.objid, d.objsubid) end"
" from t cross join d left join pg_rewrite r"
" on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid "
"union select 0, 'it was renamed' from t where nspname <> $2 or relname <> $3 "
"union select 0, 'it is no plain table' from t"
" where relkind <> 'r' or relpersistence = 't' or reloftype <> 0 "
"union select 0, 'it is a partition or inherits' from t"
" where relispartition or exists (select from pg_inherits where inhrelid = t.oid) "
"union select 0, 'row-level security' from t where relrowsecurity or relforcerowsecurity "
"union select 0, 'publication ' || p.pubname from t"
" join pg_publication_tables p on (p.schemaname, p.tablename) = (t.nspname, t.relname) "
"union select 0, 'replication slot ' || slot_name from pg_replication_slots, t"
" where slot_type = 'logical' and plugin <> 'pgoutput' and database = current_database()"
" and relpersistence = 'p' "
"union select 0, 'a subscription' from t"
" where exists (select from pg_subscription_rel where srrelid = t.oid) "
"union select 0, 'an extension' from t where exists (select from pg_depend"
" where classid = 'pg_class'::regclass and objid = t.oid and deptype in ('e', 'x')) "
"union select 0, 'a security label' from t where exists (select from pg_seclabel"
" where classoid = 'pg_class'::regclass and objoid = t.oid) "
"union select 0, 'it belongs to ' || pg_get_userbyid(relowner) from t"
" where not pg_has_role(relowner, 'USAGE') "
"union select 0, 'there is no right to make tables in its schema' from t"
" where not has_schema_privilege(relnamespace, 'CREATE')"
" or not has_schema_privilege(relowner, relnamespace, 'CREATE')) "
"select string_agg(what, ', ' order by place, what) from"
" (select * from h order by place, what limit 4) x";

/* The name an index or its constraint has, or will have behind the rename. */
#define FINAL_NAME(name)                                                                           \
	"case when " name " ~ '^lakeport_swap_[0-9]+$' then"                                       \
	" (select relname from pg_class where oid = substr(" name ", 15)::oid) else " name " end"
/* CREATE INDEX name ON table: what stands in pg_get_indexdef() before the part that counts. */
#define INDEX_HEAD(unique, index, schema, table)                                                   \
	"length(format('CREATE %sINDEX %I ON %I.%I', case when " unique                            \
	" then 'UNIQUE ' else '' end, " index ", " schema ", " table "))"
/* Options that users set; those that begin with pg_ are the server's own. */
#define OPTIONS_OF(options)                                                                        \
	"(select jsonb_agg(to_jsonb(x) order by option_name) from pg_options_to_table(" options    \
	") x where option_name !~ '^pg_')"
/* Of a row of pg_class: what is no part of the description. */
#define PASSING                                                                                    \
	"oid,relname,reltype,relnatts,relfilenode,relpages,reltuples,relallvisible,relallfrozen,"  \
	"relhasindex,relhasrules,relhastriggers,relhassubclass,relfrozenxid,relminmxid,relrewrite"

/* $1, $2: oids. Are the descriptions the same, and which parts are not. */
static const char compare_sql[] =
"with f as (select to_jsonb(c) - '{" PASSING ",reltoastrelid,relacl}'::text[] ||"
" jsonb_build_object("
"'grants', (select jsonb_agg(to_jsonb(x) order by x.*::text)"
" from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x),"
"'comment', obj_description(c.oid, 'pg_class'),"
"'toast', (select jsonb_build_array(o.reloptions, o.reltablespace) from pg_class o"
" where o.oid = c.reltoastrelid),"
"'columns', (select jsonb_agg(to_jsonb(a) - '{attrelid,attnum,attndims,attcacheoff,"
"atthasmissing,attmissingval,attacl,attoptions}'::text[] || jsonb_build_object("
"'default', (select pg_get_expr(adbin, adrelid) from pg_attrdef"
" where adrelid = a.attrelid and adnum = a.attnum),"
"'options', " OPTIONS_OF("a.attoptions") ", 'comment', col_description(a.attrelid, a.attnum),"
"'grants', (select jsonb_agg(to_jsonb(x) order by x.*::text) from aclexplode(a.attacl) x))"
" order by a.attnum) from pg_attribute a"
" where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),"
"'constraints', (select jsonb_agg(to_jsonb(k) - '{oid,conname,conrelid,conindid,conkey,conbin}'"
"::text[] || jsonb_build_object('name', n.name, 'definition', pg_get_constraintdef(k.oid),"
" 'comment', obj_description(k.oid, 'pg_constraint')) order by n.name) from pg_constraint k"
" cross join lateral (select " FINAL_NAME("k.conname") " as name) n where k.conrelid = c.oid),"
"'indexes', (select jsonb_agg(to_jsonb(i) - '{indexrelid,indrelid,indkey,indexprs,indpred,"
"indcheckxmin}'::text[] || to_jsonb(o) - '{" PASSING "}'::text[] || jsonb_build_object("
"'name', n.name, 'definition', substr(pg_get_indexdef(o.oid), "
INDEX_HEAD("indisunique", "o.relname", "s.nspname", "c.relname") " + 1),"
"'statistics', (select jsonb_agg(jsonb_build_array(attstattarget, " OPTIONS_OF("attoptions") ")"
" order by attnum) from pg_attribute where attrelid = o.oid),"
"'comment', obj_description(o.oid, 'pg_class')) order by n.name) from pg_index i"
" join pg_class o on o.oid = i.indexrelid"
" cross join lateral (select " FINAL_NAME("o.relname") " as name) n where i.indrelid = c.oid))"
" as f from pg_class c join pg_namespace s on s.oid = c.relnamespace where c.oid in ($1, $2)) "
"select count(*) = 2, (select string_agg(key, ', ' order by key) from (select key"
" from f, jsonb_each(f.f) group by key having count(distinct value) > 1 or count(*) < 2) x)"
" from f";

#define GRANTEE "case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end"
#define GRANTABLE "case when is_grantable then ' with grant option' else '' end"
#define LISTED                                                                                     \
	"(select string_agg(format('%I = %L', option_name, option_value), ', ')"                   \
	" from pg_options_to_table("

/* $1: oid, $2: phase. Statements: 1 an empty copy, 2 behind its rows, 3 under the lock. */
static const char statements_sql[] =
"with t as (select c.*, quote_ident(n.nspname) as schema,"
" format('%I.%I', n.nspname, c.relname) as name,"
" format('%I.%I', n.nspname, 'lakeport_swap_' || c.oid) as copy, n.nspname"
" from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = $1),"
"a as (select copy, a.*, " LISTED "attoptions) where option_name !~ '^pg_') as listed"
" from t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped),"
"i as (select x.*, o.relname as index, 'lakeport_swap_' || o.oid as temp, k.oid as con, k.contype,"
" k.condeferrable, k.condeferred, substr(pg_get_indexdef(o.oid), "
INDEX_HEAD("indisunique", "o.relname", "t.nspname", "t.relname") " + 1) as def"
" from t join pg_index x on x.indrelid = t.oid join pg_class o on o.oid = x.indexrelid"
" left join pg_constraint k on k.conindid = o.oid and k.conrelid = t.oid"
" and k.contype in ('p', 'u', 'x')),"
"s(phase, place, nth, statement) as ("
"select 1, 0, 0::oid, format('create %stable %s (like %s including all excluding indexes)',"
" case when relpersistence = 'u' then 'unlogged ' else '' end, copy, name) ||"
" coalesce(' with (' || " LISTED "reloptions)) || ')', '') from t "
"union all select 1, 1, attnum, format('alter table %s alter column %I set statistics %s', copy,"
" attname, attstattarget) from a where attstattarget >= 0 "
"union all select 1, 2, attnum, format('alter table %s alter column %I set (%s)', copy, attname,"
" listed) from a where listed is not null "
"union all select 1, 3, 0, format('comment on table %s is %L', copy,"
" obj_description(oid, 'pg_class')) from t where obj_description(oid, 'pg_class') is not null "
"union all select 1, 4, 0, format('alter table %s owner to %I', copy, pg_get_userbyid(relowner))"
" from t where pg_get_userbyid(relowner) <> current_user "
"union all select 2, 0, indexrelid, case when contype = 'x' then"
" format('alter table %s add constraint %I %s', copy, temp, pg_get_constraintdef(con)) else"
" format('create %sindex %I on %s%s', case when indisunique then 'unique ' else '' end, temp,"
" copy, def) end from t, i "
"union all select 2, 1, indexrelid, format('alter table %s add constraint %I %s using index"
" %I%s%s', copy, temp, case contype when 'p' then 'primary key' else 'unique' end, temp,"
" case when condeferrable then ' deferrable' else '' end,"
" case when condeferred then ' initially deferred' else '' end)"
" from t, i where contype in ('p', 'u') "
"union all select 2, 2, indexrelid, format('alter table %s cluster on %I', copy, temp)"
" from t, i where indisclustered "
"union all select 2, 3, indexrelid, format('comment on index %s.%I is %L', schema, temp,"
" obj_description(indexrelid, 'pg_class')) from t, i"
" where obj_description(indexrelid, 'pg_class') is not null "
"union all select 2, 4, indexrelid, format('comment on constraint %I on %s is %L', temp, copy,"
" obj_description(con, 'pg_constraint')) from t, i"
" where obj_description(con, 'pg_constraint') is not null "
"union all select 2, 5, grantee, format('grant %s on %s to %s%s', string_agg(privilege_type,"
" ', '), copy, " GRANTEE ", " GRANTABLE ") from t, aclexplode(coalesce(relacl,"
" case when exists (select from pg_default_acl) then acldefault('r', relowner) end))"
" group by copy, grantee, is_grantable "
"union all select 2, 6, grantee, format('grant %s on %s to %s%s', string_agg(format('%s (%I)',"
" privilege_type, attname), ', '), copy, " GRANTEE ", " GRANTABLE ") from a, aclexplode(attacl)"
" group by copy, grantee, is_grantable "
"union all select 3, 0, 0, format('drop table %s; alter table %s rename to %I', name, copy,"
" relname) from t "
"union all select 3, 1, indexrelid, case when contype is null then"
" format('alter index %s.%I rename to %I', schema, temp, index) else"
" format('alter table %s rename constraint %I to %I', name, temp, index) end from t, i) "
"select string_agg(statement, '; ' order by phase, place, nth) from s where phase = $2";

/* $1: name of the copy. What default privileges gave to others. */
static const char revoke_sql[] =
"select string_agg(distinct format('revoke all on %s from %s', $1::text, " GRANTEE "), '; ')"
" from pg_class c, aclexplode(relacl) where c.oid = $1::text::regclass";

/* clang-format on */

/* A query with one value, which may be NULL (0; 1 when it is there). Appends it to `out`. */
static int ask(struct pg *pg, const char *sql, const char *const *values, int n, struct buf *out,
	       struct error *e)
{
	struct pg_result *r = pg_query(pg, sql, values, n, e);
	const char *value = r && pg_rows(r) ? pg_value(r, 0, 0) : NULL;
	int found = r ? value != NULL : -1;

	if (value)
		buf_puts(out, value);
	pg_free(r);
	return found;
}

static char *copy_name(const struct target *t)
{
	struct buf name = {0};
	char *text;

	pg_quote_identifier(&name, t->schema);
	buf_printf(&name, ".lakeport_swap_%u", t->oid);
	text = xstrdup(buf_text(&name));
	buf_release(&name);
	return text;
}

int swap_hangers(struct pg *pg, const struct target *t, char why[300], struct error *e)
{
	char oid[20];
	const char *values[] = {oid, t->schema, t->table};
	struct buf words = {0};
	int found;

	snprintf(oid, sizeof(oid), "%u", t->oid);
	found = ask(pg, hangers_sql, values, 3, &words, e);
	if (found > 0)
		snprintf(why, 300, "%s", buf_text(&words));
	buf_release(&words);
	return found < 0 ? error_context(e, "while looking what hangs on '%s.%s'", t->schema,
					 t->table)
			 : found;
}

/* The statements of a phase; "" when there are none. */
static int statements(const struct strategy_run *run, const char *phase, struct buf *sql,
		      struct error *e)
{
	char oid[20];
	const char *values[] = {oid, phase};

	snprintf(oid, sizeof(oid), "%u", run->target->oid);
	return ask(run->pg, statements_sql, values, 2, sql, e) < 0 ? -1 : 0;
}

static int run_phase(const struct strategy_run *run, const char *phase, struct error *e)
{
	struct buf sql = {0};
	int status = statements(run, phase, &sql, e);

	if (status == 0 && sql.len)
		status = pg_exec(run->pg, buf_text(&sql), e);
	buf_release(&sql);
	return status;
}

static int revoke_defaults(const struct strategy_run *run, const char *copy, struct error *e)
{
	const char *values[] = {copy};
	struct buf sql = {0};
	int status = ask(run->pg, revoke_sql, values, 1, &sql, e);

	if (status > 0)
		status = pg_exec(run->pg, buf_text(&sql), e);
	buf_release(&sql);
	return status;
}

/* 1 the copy is described as the target is, 0 not. */
static int is_same(const struct strategy_run *run, const char *copy, char why[300], struct error *e)
{
	char oid[20];
	const char *values[] = {oid, NULL};
	struct buf other = {0};
	struct pg_result *r = NULL;
	int same = -1;

	snprintf(oid, sizeof(oid), "%u", run->target->oid);
	if (ask(run->pg, "select $1::regclass::oid", &copy, 1, &other, e) == 1) {
		values[1] = buf_text(&other);
		r = pg_query(run->pg, compare_sql, values, 2, e);
	}
	if (r) {
		const char *parts = pg_value(r, 0, 1);

		same = *pg_value(r, 0, 0) == 't' && !parts;
		if (!same)
			snprintf(why, 300, "not all of it can be carried over (%s)",
				 parts ? parts : "it was replaced");
	}
	pg_free(r);
	buf_release(&other);
	return same;
}

static int fill(const struct strategy_run *run, const char *copy, struct strategy_counts *counts,
		struct error *e)
{
	struct target t = *run->target;
	struct strategy_run into = *run;

	t.quoted = copy;
	into.target = &t;
	return strategy_append.apply(&into, counts, e);
}

/* What a statement about the table, not about its rows, may fail with: no right, no such thing. */
static bool is_about_table(const struct error *e)
{
	return e->class == ERROR_SQL &&
	       (strncmp(e->sqlstate, "42", 2) == 0 || strncmp(e->sqlstate, "0A", 2) == 0);
}

static int build(const struct strategy_run *run, const char *copy, struct strategy_counts *counts,
		 char why[300], struct error *e)
{
	if (run_phase(run, "1", e) < 0 || revoke_defaults(run, copy, e) < 0 ||
	    fill(run, copy, counts, e) < 0 || run_phase(run, "2", e) < 0)
		return -1;
	return is_same(run, copy, why, e);
}

/* Names of the copy and its indexes, where a message has them, become those that users know. */
static void name_final(const struct strategy_run *run, struct error *e)
{
	static const char temporary[] = "lakeport_swap_";
	const char *at = strstr(e->text, temporary);
	struct buf oid = {0}, name = {0}, text = {0};
	const char *values[1];
	size_t n;

	if (!at)
		return;
	n = strspn(at + strlen(temporary), "0123456789");
	buf_add(&oid, at + strlen(temporary), n);
	values[0] = buf_text(&oid);
	if (ask(run->pg, "select relname from pg_class where oid = $1", values, 1, &name, NULL) >
	    0) {
		buf_printf(&text, "%.*s%s%s", (int)(at - e->text), e->text, buf_text(&name),
			   at + strlen(temporary) + n);
		snprintf(e->text, sizeof(e->text), "%s", buf_text(&text));
	}
	buf_release(&oid);
	buf_release(&name);
	buf_release(&text);
}

int swap_build(const struct strategy_run *run, struct strategy_counts *counts, char why[300],
	       struct error *e)
{
	struct strategy_counts all = *counts;
	char *copy = copy_name(run->target);
	int built;

	if (pg_exec(run->pg, "savepoint lakeport_swap; set local maintenance_work_mem = '256MB'",
		    e) < 0) {
		free(copy);
		return -1;
	}
	built = build(run, copy, &all, why, e);
	free(copy);
	if (built > 0) {
		*counts = all;
		return pg_exec(run->pg, "release lakeport_swap", e) < 0 ? -1 : 1;
	}
	if (built < 0 && e->class != ERROR_SQL)
		return -1;
	if (pg_exec(run->pg, "rollback to lakeport_swap; release lakeport_swap",
		    built < 0 ? NULL : e) < 0)
		return -1;
	if (built < 0) {
		name_final(run, e);
		if (!is_about_table(e))
			return -1;
		snprintf(why, 300, "%.250s", e->text);
		memset(e, 0, sizeof(*e));
	}
	return 0;
}

int swap_analyze(const struct strategy_run *run, struct error *e)
{
	char *copy = copy_name(run->target), *sql = xasprintf("analyze %s", copy);
	int status = pg_exec(run->pg, sql, e);

	free(sql);
	free(copy);
	return status;
}

int swap_drop(const struct strategy_run *run, struct error *e)
{
	char *copy = copy_name(run->target), *sql = xasprintf("drop table %s", copy);
	int status = pg_exec(run->pg, sql, e);

	free(sql);
	free(copy);
	return status;
}

int swap_rename(const struct strategy_run *run, char why[300], struct error *e)
{
	char *copy = copy_name(run->target);
	int status = swap_hangers(run->pg, run->target, why, e);

	if (status == 0)
		status = is_same(run, copy, why, e);
	else if (status > 0)
		status = 0;
	if (status > 0)
		status = run_phase(run, "3", e) < 0 ? -1 : 1;
	free(copy);
	return status;
}

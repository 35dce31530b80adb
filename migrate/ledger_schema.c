/*
 * ledger_schema.c - makes and upgrades the schema `lakeport`. Each step of `upgrades` leads from
 * one version to the next and is never changed once it has left the house; all missing steps run
 * in one transaction under an advisory lock, so that two lakeports that begin together make one
 * schema.
 */
#include "migrate/ledger.h"

#include <stdlib.h>

#include "migrate/ledger_sql.h"

static const char *const upgrades[LEDGER_VERSION] = {
	/* 1 */
	"create schema if not exists lakeport;"
	"create table lakeport.version ("
	" version int not null, since timestamptz not null default now());"
	"insert into lakeport.version values (0);"
	"create table lakeport.run ("
	" run bigint generated always as identity primary key,"
	" record text not null," /* the id of the run record */
	" verb text not null, host text not null, pid int not null,"
	" started_at timestamptz not null default now(), ended_at timestamptz,"
	" outcome text, error text, rows bigint, files bigint);"
	"create table lakeport.task ("
	" task bigint generated always as identity primary key,"
	" target_schema text not null, target_table text not null, strategy text not null,"
	" since timestamptz not null default now(),"
	" pending_indexes text[] not null default '{}',"
	" unique (target_schema, target_table));"
	"create table lakeport.file ("
	" file bigint generated always as identity primary key,"
	" task bigint not null references lakeport.task on delete cascade,"
	" path text not null, size bigint not null, mtime_ns bigint not null, sha256 text,"
	" status text not null default 'pending' check (status in"
	"  ('pending', 'running', 'done', 'failed', 'dead', 'changed',"
	"  'replaced')),"
	" version bigint not null default 0, loaded_at timestamptz,"
	" rows bigint, rejects bigint, bytes bigint,"
	" run bigint references lakeport.run, lease_until timestamptz, started_at timestamptz,"
	" attempts int not null default 0, next_attempt_at timestamptz,"
	" sqlstate text, error text, changed_at timestamptz not null default now(),"
	" unique (task, path));"
	"create index on lakeport.file (task, status) where status <> 'done';"
	"create table lakeport.reject ("
	" file bigint not null references lakeport.file on delete cascade,"
	" run bigint not null references lakeport.run,"
	" reason text not null, rows bigint not null, line bigint, example text,"
	" at timestamptz not null default now());"
	"create index on lakeport.reject (file);"
	"create function lakeport.mine(rows bigint) returns boolean language plpgsql as $$ begin"
	" if rows <> 1 then raise exception 'the claim on the file was lost'"
	" using errcode = '" LEDGER_LOST "'; end if; return true; end $$;",
};

/* to_regclass() would do, but may answer from a cache of before another's commit. */
int ledger_exists(struct pg *pg, struct error *e)
{
	char *found = pg_scalar(pg,
				"select exists (select from pg_class c join pg_namespace n "
				"on n.oid = c.relnamespace "
				"where n.nspname = 'lakeport' and c.relname = 'version')",
				e);
	int status = found ? *found == 't' : -1;

	free(found);
	return status;
}

static int read_version(struct pg *pg, int64_t *version, struct error *e)
{
	int there = ledger_exists(pg, e);
	char *text;

	*version = 0;
	if (there <= 0)
		return there;
	text = pg_scalar(pg, "select max(version) from lakeport.version", e);
	if (!text || !text_to_int(text, version)) {
		free(text);
		return e->class != ERROR_NONE ? -1 : error_set(e, ERROR_SQL, "no version");
	}
	free(text);
	if (*version > LEDGER_VERSION) {
		error_set(e, ERROR_REFUSED, "the ledger has version %lld, this program knows %d",
			  (long long)*version, LEDGER_VERSION);
		return error_hint(e, "use the newer lakeport that made it");
	}
	return 0;
}

static int upgrade(struct pg *pg, struct error *e)
{
	struct buf sql = {0};
	int64_t version;
	int status;

	buf_printf(&sql, "begin; select pg_advisory_xact_lock(%d, 0)", LEDGER_LOCK_SCHEMA);
	status = pg_exec(pg, buf_text(&sql), e);
	if (status == 0)
		status = read_version(pg, &version, e);
	buf_clear(&sql);
	for (; status == 0 && version < LEDGER_VERSION; version++)
		buf_puts(&sql, upgrades[version]);
	if (status == 0) {
		buf_printf(&sql, "update lakeport.version set version = %d, since = now(); commit",
			   LEDGER_VERSION);
		status = pg_exec(pg, buf_text(&sql), e);
	}
	if (status < 0)
		pg_exec(pg, "rollback", NULL);
	buf_release(&sql);
	return status;
}

int ledger_install(struct pg *pg, struct error *e)
{
	int64_t version;

	if (read_version(pg, &version, e) < 0)
		return error_context(e, "while reading the ledger");
	if (version == LEDGER_VERSION)
		return 0;
	if (upgrade(pg, e) < 0) {
		if (e->class == ERROR_SQL && !*e->hint)
			error_hint(e, "the user needs the right to create the schema 'lakeport': "
				      "grant create on database ... to ...");
		return error_context(e, "while making the ledger (schema 'lakeport')");
	}
	return 0;
}

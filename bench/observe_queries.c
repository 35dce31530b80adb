/*
 * observe_queries.c - what is asked of the server, and which version of Postgres has it.
 *
 * Sources: the page "The Cumulative Statistics System" and "System Functions" of the manuals of
 * PostgreSQL 10 to 18 (www.postgresql.org/docs/VERSION/monitoring-stats.html) and the release
 * notes of 14, 16, 17 and 18. `source` names the release that brought or moved the columns.
 */
#include "bench/observe_data.h"

#include <string.h>

#define MANUAL(what) "monitoring-stats, PostgreSQL manual: " what "; read 2026-11-21"
#define ANY	     OBSERVE_VERSION_ANY
#define NEWEST	     OBSERVE_VERSION_NEWEST

#define OTHERS                                                                                     \
	"coalesce(application_name, '') <> '" OBSERVE_APPLICATION "' and pid <> pg_backend_pid()"

#define CHECKPOINT_COLUMNS                                                                         \
	.column_count = 4,                                                                         \
	.columns = {                                                                               \
		{"checkpoints_timed", "Checkpoints, timed", "", BETTER_NONE, OBSERVE_COUNT},       \
		{"checkpoints_requested", "Checkpoints, requested", "", BETTER_LOWER,              \
		 OBSERVE_COUNT},                                                                   \
		{"io_checkpointer", "Data, by the checkpointer", "B/s", BETTER_NONE,               \
		 OBSERVE_RATE},                                                                    \
		{"io_bgwriter", "Data, by the background writer", "B/s", BETTER_NONE,              \
		 OBSERVE_RATE},                                                                    \
	}

#define IO_COLUMNS                                                                                 \
	.column_count = 2,                                                                         \
	.columns = {                                                                               \
		{"io_written", "Data, written", "B/s", BETTER_NONE, OBSERVE_RATE},                 \
		{"evictions", "Evictions", "pages/s", BETTER_LOWER, OBSERVE_RATE},                 \
	}

#define BLOCK "current_setting('block_size')::bigint"

const struct observe_group observe_groups[] = {
	{"server_work", "Server: transactions and cache"},
	{"server_storage", "Server: reading and writing"},
	{"server_sessions", "Server: what its sessions do"},
	{"server_replication", "Server: replication and backpressure"},
};
const size_t observe_group_count = sizeof(observe_groups) / sizeof(observe_groups[0]);

const struct observe_sample observe_samples[] = {
	{.name = "pg_stat_database",
	 .group = "server_work",
	 .min_version = ANY,
	 .max_version = NEWEST,
	 .source = MANUAL("all versions"),
	 .sql = "select xact_commit, xact_rollback, blks_hit, blks_read, deadlocks"
		" from pg_stat_database where datname = current_database()",
	 .column_count = 5,
	 .columns = {{"transactions_committed", "Transactions, committed", "tx/s", BETTER_HIGHER,
		      OBSERVE_RATE_OWN},
		     {"transactions_rolled_back", "Transactions, rolled back", "tx/s", BETTER_LOWER,
		      OBSERVE_RATE},
		     {"cache_hits", "Cache hits", "%", BETTER_HIGHER, OBSERVE_SHARE},
		     {"cache_misses", "", "", BETTER_NONE, OBSERVE_HIDDEN},
		     {"deadlocks", "Deadlocks", "", BETTER_LOWER, OBSERVE_COUNT}}},
	{.name = "pg_stat_database (reads)",
	 .group = "server_storage",
	 .min_version = ANY,
	 .max_version = NEWEST,
	 .source = MANUAL("all versions"),
	 .sql = "select blks_read * " BLOCK ", temp_bytes"
		" from pg_stat_database where datname = current_database()",
	 .column_count = 2,
	 .columns = {{"io_read", "Data, read", "B/s", BETTER_NONE, OBSERVE_RATE},
		     {"io_temporary", "Data, temporary files", "B/s", BETTER_LOWER, OBSERVE_RATE}}},
	{.name = "pg_stat_wal",
	 .group = "server_storage",
	 .min_version = 140000,
	 .max_version = NEWEST,
	 .source = MANUAL("14 brought pg_stat_wal; 18 took wal_write and wal_sync out"),
	 .sql = "select wal_bytes, wal_fpi, wal_buffers_full from pg_stat_wal",
	 .column_count = 3,
	 .columns = {{"io_wal", "Data, WAL", "B/s", BETTER_LOWER, OBSERVE_RATE},
		     {"wal_full_pages", "WAL, full pages", "pages/s", BETTER_LOWER, OBSERVE_RATE},
		     {"wal_buffers_full", "WAL, buffers full", "1/s", BETTER_LOWER, OBSERVE_RATE}}},
	{.name = "pg_current_wal_insert_lsn",
	 .group = "server_storage",
	 .min_version = ANY,
	 .max_version = 139999,
	 .source = MANUAL("functions-admin, 10 to 13: no pg_stat_wal yet"),
	 .sql = "select case when pg_is_in_recovery() then null"
		" else pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') end",
	 .column_count = 1,
	 .columns = {{"io_wal", "Data, WAL", "B/s", BETTER_LOWER, OBSERVE_RATE}}},
	{.name = "pg_stat_io",
	 .group = "server_storage",
	 .min_version = 160000,
	 .max_version = 179999,
	 .source = MANUAL("16 brought pg_stat_io, counted in blocks of op_bytes"),
	 .sql = "select sum((coalesce(writes, 0) + coalesce(extends, 0)) * op_bytes), "
		"sum(evictions)"
		" from pg_stat_io where object = 'relation'",
	 IO_COLUMNS},
	{.name = "pg_stat_io",
	 .group = "server_storage",
	 .min_version = 180000,
	 .max_version = NEWEST,
	 .source = MANUAL("18 counts bytes: write_bytes, extend_bytes instead of op_bytes"),
	 .sql = "select sum(coalesce(write_bytes, 0) + coalesce(extend_bytes, 0)), sum(evictions)"
		" from pg_stat_io where object = 'relation'",
	 IO_COLUMNS},
	{.name = "pg_stat_bgwriter",
	 .group = "server_storage",
	 .min_version = ANY,
	 .max_version = 169999,
	 .source = MANUAL("up to 16 pg_stat_bgwriter has the checkpoints"),
	 .sql = "select checkpoints_timed, checkpoints_req, buffers_checkpoint * " BLOCK
		", buffers_clean * " BLOCK " from pg_stat_bgwriter",
	 CHECKPOINT_COLUMNS},
	{.name = "pg_stat_checkpointer",
	 .group = "server_storage",
	 .min_version = 170000,
	 .max_version = NEWEST,
	 .source = MANUAL("17 moved the checkpoints to pg_stat_checkpointer"),
	 .sql = "select c.num_timed, c.num_requested, c.buffers_written * " BLOCK
		", b.buffers_clean * " BLOCK " from pg_stat_checkpointer c, pg_stat_bgwriter b",
	 CHECKPOINT_COLUMNS},
	{.name = "pg_stat_activity",
	 .group = "server_sessions",
	 .min_version = ANY,
	 .max_version = NEWEST,
	 .source = MANUAL("wait_event_type since 9.6, backend_type since 10"),
	 .sql = "select count(*) filter (where state = 'active' and wait_event_type is null),"
		" count(*) filter (where state = 'active' and wait_event_type = 'Lock'),"
		" count(*) filter (where state = 'active' and wait_event_type = 'LWLock'),"
		" count(*) filter (where state = 'active' and wait_event_type = 'IO'),"
		" count(*) filter (where state = 'active' and"
		" wait_event_type not in ('Lock', 'LWLock', 'IO')),"
		" count(*) filter (where state like 'idle in transaction%')"
		" from pg_stat_activity where backend_type = 'client backend' and " OTHERS,
	 .column_count = 6,
	 .columns = {{"sessions_running", "Sessions, running", "sessions", BETTER_NONE,
		      OBSERVE_LEVEL},
		     {"sessions_lock", "Sessions, waiting for a lock", "sessions", BETTER_LOWER,
		      OBSERVE_LEVEL},
		     {"sessions_lwlock", "Sessions, for an internal lock", "sessions", BETTER_LOWER,
		      OBSERVE_LEVEL},
		     {"sessions_io", "Sessions, for storage", "sessions", BETTER_LOWER,
		      OBSERVE_LEVEL},
		     {"sessions_other", "Sessions, waiting otherwise", "sessions", BETTER_LOWER,
		      OBSERVE_LEVEL},
		     {"sessions_in_transaction", "Sessions, idle in a transaction", "sessions",
		      BETTER_LOWER, OBSERVE_LEVEL}}},
	{.name = "pg_locks",
	 .group = "server_sessions",
	 .min_version = ANY,
	 .max_version = NEWEST,
	 .source = "view-pg-locks, PostgreSQL manual: all versions; read 2026-11-21",
	 .sql = "select count(*) filter (where not granted) from pg_locks",
	 .column_count = 1,
	 .columns = {{"locks_waiting", "Locks waited for", "locks", BETTER_LOWER, OBSERVE_LEVEL}}},
	{.name = "pg_stat_replication",
	 .group = "server_replication",
	 .min_version = ANY,
	 .max_version = NEWEST,
	 .source = MANUAL("10 named write_lsn, flush_lsn and replay_lsn"),
	 .sql = "select max(pg_wal_lsn_diff(l, write_lsn)), max(pg_wal_lsn_diff(l, flush_lsn)),"
		" max(pg_wal_lsn_diff(l, replay_lsn)) from pg_stat_replication,"
		" (select case when pg_is_in_recovery() then null else"
		" pg_current_wal_insert_lsn() end as l) x",
	 .column_count = 3,
	 .columns = {{"replication_write_lag", "Replication lag, write", "B", BETTER_LOWER,
		      OBSERVE_LEVEL},
		     {"replication_flush_lag", "Replication lag, flush", "B", BETTER_LOWER,
		      OBSERVE_LEVEL},
		     {"replication_replay_lag", "Replication lag, replay", "B", BETTER_LOWER,
		      OBSERVE_LEVEL}}},
	{.name = "backpressure_throttling_time",
	 .group = "server_replication",
	 .min_version = ANY,
	 .max_version = NEWEST,
	 .source = "the extension neon of Lakebase's engine: us that writers were held back; "
		   "read 2026-11-21",
	 .needs = "select to_regprocedure('backpressure_throttling_time()') is not null",
	 .sql = "select backpressure_throttling_time()",
	 .column_count = 1,
	 .columns = {{"backpressure_us_per_s", "Held back by backpressure, a second", "us",
		      BETTER_LOWER, OBSERVE_RATE}}},
};
const size_t observe_sample_count = sizeof(observe_samples) / sizeof(observe_samples[0]);

const char observe_waits_sql[] =
	"select /* " OBSERVE_APPLICATION " */ coalesce(wait_event_type, ''),"
	" coalesce(wait_event, ''), count(*) from pg_stat_activity"
	" where backend_type = 'client backend' and state = 'active' and " OTHERS
	" group by 1, 2 order by 3 desc limit 100";

const char observe_sizes_sql[] =
	"select /* " OBSERVE_APPLICATION " */ c.oid, n.nspname || '.' || c.relname,"
	" pg_table_size(c.oid), pg_indexes_size(c.oid)"
	" from pg_class c join pg_namespace n on n.oid = c.relnamespace"
	" where c.relkind in ('r', 'm') and c.relpersistence <> 't'"
	" and n.nspname not in ('pg_catalog', 'information_schema')"
	" and not exists (select 1 from pg_locks l where l.relation = c.oid and"
	" l.mode = 'AccessExclusiveLock')"
	" order by c.relpages desc limit 300";

const char observe_privilege_sql[] = "select /* " OBSERVE_APPLICATION
				     " */ pg_has_role(current_user, 'pg_read_all_stats', 'usage')";

/* In which schema the extension is; loaded or not is seen when it is asked. */
const char observe_statements_where_sql[] =
	"select /* " OBSERVE_APPLICATION " */ n.nspname from pg_extension e"
	" join pg_namespace n on n.oid = e.extnamespace where extname = 'pg_stat_statements'";

bool observe_sample_fits(const struct observe_sample *s, int version)
{
	return version >= s->min_version && version <= s->max_version;
}

/* 13 renamed total_time to total_exec_time and brought wal_bytes; false: without the texts. */
void observe_statements_sql(struct buf *out, const char *schema, int version)
{
	bool old = version < 130000;

	buf_printf(out,
		   "select /* " OBSERVE_APPLICATION " */ queryid, sum(calls), sum(%s), sum(rows),"
		   " sum(shared_blks_hit), sum(shared_blks_read), %s from ",
		   old ? "total_time" : "total_exec_time", old ? "null" : "sum(wal_bytes)");
	pg_quote_identifier(out, schema);
	buf_puts(out, ".pg_stat_statements(false) where queryid is not null and dbid ="
		      " (select oid from pg_database where datname = current_database())"
		      " group by 1 order by 3 desc limit 10000");
}

void observe_texts_sql(struct buf *out, const char *schema)
{
	buf_puts(out, "select /* " OBSERVE_APPLICATION " */ queryid,"
		      " left(regexp_replace(min(query), '\\s+', ' ', 'g'), 300) from ");
	pg_quote_identifier(out, schema);
	buf_puts(out, ".pg_stat_statements where queryid = any($1::bigint[])"
		      " and query not like '%" OBSERVE_APPLICATION "%' group by 1");
}

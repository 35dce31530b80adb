/*
 * record_names.c - the closed list of metric names, and the small words of a record.
 *
 * Names, units and directions are a contract with everybody's scripts: a row may be added, none
 * may change its meaning. bench latency is per transaction unless `of` names a statement.
 */
#include "common/record.h"

#include <string.h>

#define TIMES(prefix, what)                                                                        \
	{prefix "_mean_us", what ", mean", "us", BETTER_LOWER, "exact mean of every value"},       \
		{prefix "_p50_us", what ", p50", "us", BETTER_LOWER,                               \
		 "half of the values are below"},                                                  \
		{prefix "_p90_us", what ", p90", "us", BETTER_LOWER,                               \
		 "90 % of the values are below"},                                                  \
		{prefix "_p95_us", what ", p95", "us", BETTER_LOWER,                               \
		 "95 % of the values are below"},                                                  \
		{prefix "_p99_us", what ", p99", "us", BETTER_LOWER,                               \
		 "99 % of the values are below"},                                                  \
		{prefix "_p999_us", what ", p99.9", "us", BETTER_LOWER,                            \
		 "99.9 % of the values are below"},                                                \
	{                                                                                          \
		prefix "_max_us", what ", longest", "us", BETTER_LOWER,                            \
			"the longest of all, exact"                                                \
	}

const struct metric_name record_metric_names[] = {
	/* bench */
	{"rate", "Rate", "tx/s", BETTER_HIGHER,
	 "transactions completed within the timed window, divided by its length"},
	{"transactions", "Transactions", "", BETTER_NONE,
	 "transactions begun within the timed window that succeeded"},
	{"failed", "Failed", "", BETTER_LOWER, "transactions begun in the window that failed"},
	{"retried", "Retried", "", BETTER_LOWER, "transactions that needed more than one attempt"},
	{"retries", "Retries", "", BETTER_LOWER,
	 "tries that met a serialization failure or deadlock and were followed by another"},
	{"skipped", "Skipped", "", BETTER_LOWER, "transactions due but never started"},
	{"late", "Over the time limit", "", BETTER_LOWER,
	 "transactions that succeeded after the time limit of their pattern"},
	{"failed_share", "Failed share", "%", BETTER_LOWER,
	 "failed transactions, share of done + failed"},
	TIMES("latency", "Latency"),
	TIMES("service", "Service time"),
	TIMES("lag", "Send lag"),
	TIMES("retry", "Failed tries"),
	TIMES("outage", "Outage"),
	TIMES("connect", "Connecting"),
	{"client_cpu_us_per_transaction", "Client CPU per transaction", "us", BETTER_LOWER,
	 "CPU of the client's threads in the window, per transaction"},
	{"client_busy_share", "Busiest client thread", "%", BETTER_LOWER,
	 "CPU time over wall time of the busiest client thread in the window"},
	{"reconnects", "Connections reopened", "", BETTER_LOWER,
	 "connections that were lost and opened again"},
	{"window_s", "Timed window", "s", BETTER_NONE, "length of the timed window"},
	{"connections", "Connections", "", BETTER_NONE, "connections used at the same time"},
	{"threads", "Threads", "", BETTER_NONE, "client threads"},
	{"slo_rate", "Highest rate within the objective", "tx/s", BETTER_HIGHER,
	 "the highest offered rate that was seen to keep the latency objective of a sweep"},
	{"slo_rate_broken", "Lowest rate beyond the objective", "tx/s", BETTER_HIGHER,
	 "the lowest offered rate above slo_rate that was seen to break it; the limit lies "
	 "between"},
	{"knee_connections", "Connections at the knee", "", BETTER_NONE,
	 "connections of the step where rate over mean latency is highest (closed loop)"},
	{"knee_rate", "Rate at the knee", "tx/s", BETTER_HIGHER,
	 "rate completed at the step where rate over mean latency is highest"},
	{"peak_rate", "Highest rate", "tx/s", BETTER_HIGHER,
	 "the highest rate completed at any step of a sweep"},
	{"wake_us", "Waking", "us", BETTER_LOWER,
	 "from the first attempt to connect to the first answer, median of the tries"},
	{"wake_waiting_us", "Waking: attempts that failed", "us", BETTER_LOWER,
	 "part of wake_us before the attempt that succeeded began, median of the tries"},
	{"wake_connect_us", "Waking: network", "us", BETTER_LOWER,
	 "host name and TCP or socket connect of the attempt that succeeded, median"},
	{"wake_login_us", "Waking: login", "us", BETTER_LOWER,
	 "TLS, authentication and start of the session, median"},
	{"wake_query_us", "Waking: first query", "us", BETTER_LOWER,
	 "from sending the first statement to its answer, median"},
	{"wake_attempts", "Attempts to connect", "", BETTER_LOWER,
	 "attempts to connect until one succeeded, median of the tries"},
	{"warm_s", "Warm after", "s", BETTER_LOWER,
	 "seconds of probing until mean latency stays near its steady value"},
	{"point_read_rate", "Point reads", "tx/s", BETTER_HIGHER,
	 "single rows of 1 KB read by key, a second, over the timed window"},
	{"latency_below_10ms_share", "Point reads under 10 ms", "%", BETTER_HIGHER,
	 "share of the point reads that took less than 10 ms; failed ones did not"},
	{"connections_open", "Connections that work", "", BETTER_HIGHER,
	 "connections open at the same time, each of which answered"},
	{"load_rows_per_s", "Initial load", "rows/s", BETTER_HIGHER,
	 "rows of 1 KB a second by binary COPY into a table with a primary key, to the commit"},
	{"upsert_rows_per_s", "Incremental upsert", "rows/s", BETTER_HIGHER,
	 "rows of 1 KB a second staged by COPY and merged by ON CONFLICT, to the commits"},
	{"size_units", "Size needed", "CU", BETTER_LOWER,
	 "capacity units of the smallest size that carries what was asked for; of: the offer"},
	{"cost_month", "Cost per month", "USD", BETTER_LOWER,
	 "list price of that size and its storage for 730 hours; of: the offer"},
	/* migrate */
	{"rows", "Rows", "", BETTER_NONE, "rows written"},
	{"bytes", "Bytes", "B", BETTER_NONE, "bytes sent"},
	{"rows_per_s", "Rows per second", "rows/s", BETTER_HIGHER, "rows over the time it took"},
	{"bytes_per_s", "Bytes per second", "B/s", BETTER_HIGHER, "bytes over the time it took"},
	{"rows_rejected", "Rows rejected", "", BETTER_LOWER, "rows that could not be loaded"},
	{"files", "Files", "", BETTER_NONE, "files read"},
	{"files_failed", "Files failed", "", BETTER_LOWER, "files that could not be loaded"},
	{"locked_s", "Readers locked out", "s", BETTER_LOWER,
	 "how long an overwrite kept readers out of its table"},
	{"client_cpu_share", "Client CPU", "%", BETTER_LOWER,
	 "CPU time of the program over wall time; 100 is one core"},
	{"server_cpu_share", "Server CPU", "%", BETTER_LOWER,
	 "CPU time of all processes of the server over wall time; 100 is one core"},
	{"elapsed_s", "Elapsed", "s", BETTER_LOWER, "wall time of the whole work"},
	/* convert */
	{"statements", "Statements", "", BETTER_NONE, "statements read"},
	{"parsed", "Parsed", "", BETTER_HIGHER, "statements whose result parses"},
	{"names_known", "Names known", "", BETTER_HIGHER,
	 "statements whose functions, types and operators exist in Postgres"},
	{"prepared", "Prepared", "", BETTER_HIGHER, "statements that prepare on the target"},
	{"ran", "Ran", "", BETTER_HIGHER,
	 "statements that were executed on the target without an error, and rolled back"},
	{"rows_equal", "Rows equal", "", BETTER_HIGHER, "statements that give the same rows"},
	{"by_rules", "By rules", "", BETTER_HIGHER, "statements converted by rules"},
	{"by_model", "By model", "", BETTER_NONE, "statements converted by a language model"},
	{"unchanged", "Unchanged", "", BETTER_NONE, "of those by rules: nothing had to be changed"},
	{"left", "Left", "", BETTER_LOWER, "statements left for a person"},
	{"effort_min", "Effort left", "min", BETTER_LOWER,
	 "a rough figure: 5 minutes for each finding that needs a look, 20 for a statement that is "
	 "left, and 1 for each line of procedural code that is"},
	{"tokens", "Tokens", "", BETTER_LOWER, "tokens used by the language model"},
	{"model_cost", "Cost of the model", "USD", BETTER_LOWER,
	 "tokens used by the language model, at the price that was given"},
};

const size_t record_metric_name_count =
	sizeof(record_metric_names) / sizeof(record_metric_names[0]);

const struct metric_name *record_metric_name(const char *name)
{
	size_t i;

	for (i = 0; i < record_metric_name_count; i++)
		if (strcmp(record_metric_names[i].name, name) == 0)
			return &record_metric_names[i];
	return NULL;
}

const char *better_word(enum better b)
{
	static const char *const words[] = {"none", "higher", "lower"};

	return words[b];
}

const char *severity_word(enum severity s)
{
	static const char *const words[] = {"info", "warning", "error"};

	return words[s];
}

const char *outcome_word(enum outcome o)
{
	static const char *const words[] = {
#define X(name, word) word,
		RECORD_OUTCOMES(X)
#undef X
	};

	return words[o];
}

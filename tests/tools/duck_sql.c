/*
 * duck_sql.c - runs statements in DuckDB: how tests and benchmarks make their Parquet files.
 *
 *   duck_sql "COPY (SELECT ...) TO 'x.parquet'" ...     exit status 77: the library is not there
 */
#include <stdio.h>

#include "migrate/duckdb.h"

int main(int argc, char **argv)
{
	struct error e = ERROR_INIT;
	duck_handle connection = duck_connect(&e);
	int i, failed = 0;

	if (!connection) {
		fprintf(stderr, "duck_sql: %s\n", e.text);
		return 77;
	}
	for (i = 1; i < argc && !failed; i++) {
		struct duck_result result;

		failed = duck_functions()->query(connection, argv[i], &result);
		if (failed)
			fprintf(stderr, "duck_sql: %s\n", duck_functions()->result_error(&result));
		duck_functions()->destroy_result(&result);
	}
	duck_functions()->disconnect(&connection);
	return failed ? 1 : 0;
}

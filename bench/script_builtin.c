/*
 * script_builtin.c - the workloads that are built in. They do the same work as those of pgbench
 * with the same names, on the same tables.
 */
#include "bench/script.h"

#define DRAW_ACCOUNT "\\set aid random(1, 100000 * :scale)\n"
#define DRAW_ALL                                                                                   \
	DRAW_ACCOUNT "\\set bid random(1, :scale)\n"                                               \
		     "\\set tid random(1, 10 * :scale)\n"                                          \
		     "\\set delta random(-5000, 5000)\n"

#define UPDATE_ACCOUNT                                                                             \
	"UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;\n"
#define SELECT_ACCOUNT "SELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n"
#define UPDATE_TELLER  "UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;\n"
#define UPDATE_BRANCH                                                                              \
	"UPDATE pgbench_branches SET bbalance = bbalance + :delta "                                \
	"WHERE bid = :bid;\n"
#define INSERT_HISTORY                                                                             \
	"INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) "                               \
	"VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);\n"

const struct builtin script_builtins[] = {
	{"select-only", "reads one account by its key", DRAW_ACCOUNT SELECT_ACCOUNT},
	{"simple-update", "changes and reads one account, adds to the history",
	 DRAW_ALL "BEGIN;\n" UPDATE_ACCOUNT SELECT_ACCOUNT INSERT_HISTORY "END;\n"},
	{"tpcb-like", "as simple-update, and changes a teller and a branch that many share",
	 DRAW_ALL
	 "BEGIN;\n" UPDATE_ACCOUNT SELECT_ACCOUNT UPDATE_TELLER UPDATE_BRANCH INSERT_HISTORY
	 "END;\n"},
};
const size_t script_builtin_count = sizeof(script_builtins) / sizeof(script_builtins[0]);

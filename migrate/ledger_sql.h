/* ledger_sql.h - private to the ledger: the numbers of its advisory locks. */
#ifndef LAKEPORT_MIGRATE_LEDGER_SQL_H
#define LAKEPORT_MIGRATE_LEDGER_SQL_H

/* First keys of two-key advisory locks; the second is 0, the run, or the task. */
#define LEDGER_LOCK_SCHEMA 1818323761
#define LEDGER_LOCK_RUN	   1818323762
#define LEDGER_LOCK_TASK   1818323763

#define LEDGER_LEASE_S	   60
#define LEDGER_LOST	   "LK001" /* our own SQLSTATE: the claim on a file is no longer ours */

#endif

/*
 * tables.h - private to migrate: the tables of a configuration, loaded side by side in the order
 * of their dependencies.
 *
 * Each table has a thread: it waits for its facts, takes its share of the connections, and loads. A
 * table that fails stops only those that depend on it. `tables_work()` may be called again and
 * again (watch); results are of the last call.
 */
#ifndef LAKEPORT_MIGRATE_TABLES_H
#define LAKEPORT_MIGRATE_TABLES_H

#include <pthread.h>
#include <stdatomic.h>

#include "common/record.h"
#include "migrate/load.h"
#include "migrate/load_config.h"

enum tables_state {
	TABLES_OFF,	/* not asked for */
	TABLES_WAITING, /* for other tables */
	TABLES_RUNNING,
	TABLES_DONE,
	TABLES_FAILED,	/* itself, or some of its files */
	TABLES_BLOCKED, /* what it depends on failed */
};

struct tables;

struct table_work {
	struct tables *all;
	struct load_entry *entry;
	enum tables_state state;
	bool finished; /* the thread has nothing more to do; under the lock */
	pthread_t thread;
	struct load_result result;
	struct arena arena; /* of the files */
	int status;
	struct error error;
	double seconds;
	atomic_ullong done, total; /* bytes, for the progress bar */
};

struct tables {
	struct load_config *config;
	const struct load_run *run;
	struct table_work *tables; /* one for each entry */
	bool force, patient;	   /* patient: no files yet is no failure */
	/* Which of the files that are there are to be loaded now; NULL: all. From any thread. */
	bool (*wanted)(void *context, const struct load_entry *t, const struct load_file *f);
	void *context;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int free;     /* connections that nobody holds */
	int jobs;     /* all of them */
	int runnable; /* tables that want some */
};

void tables_init(struct tables *m, struct load_config *c, const struct load_run *run, int jobs);
void tables_release(struct tables *m);

/* Loads all enabled tables. `tick` is called a few times a second with bytes done and to do. */
void tables_work(struct tables *m, void (*tick)(void *context, double done, double total),
		 void *context);

struct tables_sum {
	size_t done, failed, blocked, troubled_files, loaded_files;
	int64_t rows, rejects;
	const struct error *first; /* failure of a table, or NULL */
	bool interrupted;
};
void tables_sum(const struct tables *m, struct tables_sum *out);

/* Everything into the record: parts, findings, outcome and exit status. */
void tables_record(const struct tables *m, struct record *r, double seconds, double cpu_s);

/* Warnings for the first failures. */
void tables_say(const struct tables *m);

/* Tells the webhook of the configuration, if it has one; a failure is a warning. */
void tables_tell(const struct tables *m, const struct record *r, double seconds);

#endif

/*
 * file_hash.h - the SHA-256 of a file, computed beside the load: by a thread of its own where a
 * core is to spare, else piece by piece when the load has to wait, and what is left at the end.
 */
#ifndef LAKEPORT_MIGRATE_FILE_HASH_H
#define LAKEPORT_MIGRATE_FILE_HASH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "migrate/ledger.h"

struct file_hash {
	const char *path;
	int fd; /* -1: nothing is left to read */
	void *sum;
	char *piece;
	pthread_t thread;
	bool running;
	atomic_bool stop;
	int status;
	char hex[LEDGER_HASH];
	struct error error;
};

/* `path` must live until file_hash_end(). With `threaded` a large file gets a thread. */
void file_hash_begin(struct file_hash *h, const char *path, int64_t size, bool threaded);
/* One piece (a fraction of a ms), when no thread does it. `hash` is a struct file_hash; false: that
 * was the last one. */
bool file_hash_step(void *hash);
/* Does the rest. Class IO: it could not be read. With `cancel` the result is not wanted. */
int file_hash_end(struct file_hash *h, bool cancel, struct error *e);

/* Size and time of change; class INPUT when there is no such file. */
int file_look(const char *path, int64_t *size, int64_t *mtime_ns, struct error *e);

#endif

/*
 * run.h - private to convert: the parts of `lakeport convert run`.
 *
 * Files are found (run_input.c), read and cut one after the other; what they say of tables goes
 * into one store (run_schema.c), before anything is converted. Then threads take statement after
 * statement, convert and check them (run_work.c), each with an arena and a connection of its own;
 * who finishes a file's last statement writes it (run_output.c). At the end run_record.c makes a
 * record of all. A statement is written by the thread that took it alone, and read by others only
 * when its file is finished or all threads are gone.
 */
#ifndef LAKEPORT_CONVERT_RUN_H
#define LAKEPORT_CONVERT_RUN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/record.h"
#include "convert/check.h"
#include "convert/convert.h"
#include "convert/golden.h"
#include "convert/model.h"
#include "convert/origin.h"
#include "convert/pieces.h"
#include "convert/prelude.h"
#include "convert/schema.h"

#define RUN_MAX_FILE  ((size_t)256 << 20)
#define RUN_MAX_FILES 100000

/* What became of a statement; "left" is what a person has to do. */
enum run_status { RUN_PENDING, RUN_SAME, RUN_RULES, RUN_MODEL, RUN_LEFT, RUN_STATUSES };
const char *run_status_word(enum run_status s); /* "same" "rules" "model" "left" */

struct run_file;

struct run_statement {
	struct run_file *file;
	struct str text;  /* of the source */
	size_t number;	  /* in its file, from 1 */
	size_t line;	  /* of the source file */
	bool golden_read; /* there are golden rows */
	struct golden golden;
	struct conversion conversion;
	struct check_report report;
	enum run_status status;
	const char *sql; /* what is written: the conversion's, or the model's */
	const char *why; /* it is left; or NULL */
	/* of the source: its rows belong to `rows` and are dropped with the statement's verdict */
	struct arena rows;
	bool origin_asked, capped;
	const char *origin_why;	   /* there are none to compare with; or NULL */
	const char *const *values; /* of its parameters, by number; or NULL */
	size_t value_count;
};

struct run_file {
	const char *path; /* of the input; "-" is standard input */
	const char *name; /* under the folder that was named, for messages and golden rows */
	const char *out_path;
	size_t bytes;
	struct buf source;
	struct pieces pieces;
	struct run_statement *statements;
	atomic_size_t remaining;    /* statements that are not done */
	uint32_t number;	    /* from 1, in the order of the run */
	bool read, loaded, written; /* read and cut; its statements are handed out; it is done */
	const char *failure;	    /* it could not be read or written; or NULL */
	struct run_file *next;
};

struct run_files {
	struct run_file *first, **last;
	size_t count, bytes;
};

struct run {
	struct arena arena;
	struct convert_settings convert;
	struct check_settings check;
	const char *source_schema; /* DDL in the source's SQL that was given, or NULL */
	struct schema *schema;
	struct prelude *prelude; /* tables of the input for the checks, or NULL */
	const char *out, *golden, *save_golden;
	struct foreign_options origin; /* url NULL: no source */
	struct foreign **sources;      /* one a thread */
	struct origin_values values;
	struct run_files files;
	size_t threads;
	bool ask_model;
	struct model_settings model;
	struct model_account account;
	struct arena *arenas; /* one a thread; they hold statements until the end */
	struct error error;   /* what ended the run for all */
};

/* run_input.c: class INPUT, CONFIG or USAGE. */
int run_find_files(struct run *r, const char *const *arguments, size_t n, struct error *e);
/* Reads and cuts. A file that cannot be read gets its `failure`. */
void run_read(struct run *r, struct run_file *f, struct arena *a);
/* Makes the list of its statements; reads it before, where that was not done. */
void run_load(struct run *r, struct run_file *f, struct arena *a);

/* run_schema.c: what the DDL that was given and all files say of tables. Reads the files. */
void run_schema(struct run *r);

/* run_work.c: converts and checks everything. -1: r->error's class; what was done stays true. */
int run_work(struct run *r, struct checker **checkers, struct error *e);
/* The verdict of a statement from its conversion and its checks. */
void run_judge(struct run_statement *s, struct arena *a);

/* run_output.c: writes the converted file; a failure is kept in the file. */
void run_write(struct run_file *f, struct arena *a);

/* run_model.c: asks for what is left. -1: it could not be asked (all is true as far as it goes). */
int run_model(struct run *r, struct checker *checker, struct error *e);

/* run_origin.c: the rows of the source. */
int run_origin_open(struct run *r, struct error *e); /* a connection for each thread */
void run_origin_close(struct run *r);
/* Values for the statement's parameters, where all are given. */
void run_origin_values(const struct run *r, struct run_statement *s, struct arena *a);
/* Runs the statement on the source, once, when it may; keeps the rows where that was asked for. */
int run_origin(struct run *r, size_t thread, struct run_statement *s, struct arena *a,
	       struct error *e);
/* The rows are not needed any more, unless a model is going to be asked. */
void run_origin_drop(const struct run *r, struct run_statement *s);
/* Those of all that is left for a model; then all may be dropped. */
int run_origin_left(struct run *r, struct error *e);
/* With what rows were compared, what differs, what was not compared. */
void run_origin_record(const struct run *r, struct record *record);

int run_make_folders(const char *path, struct error *e); /* those that a file stands in */

/* run_record.c */
struct effort {
	double minutes;
	size_t open; /* findings that need a look */
};
struct effort run_effort(const struct run_statement *s);
void run_record(const struct run *r, struct record *record);

#endif

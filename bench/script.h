/*
 * script.h - workloads: what the connections of a benchmark execute.
 *
 * A workload is a set of weighted scripts; a script is compiled, before anything connects, into a
 * flat list of steps that the engine walks with a program counter. All variables of a workload
 * have a slot (a small number) that is known when it is compiled; nothing is looked up by name
 * while the clock runs. Three kinds of text become scripts:
 *
 *  - the built-ins select-only, simple-update and tpcb-like;
 *  - pgbench scripts as they are: SQL ended by `;`, `\;`, \gset and \aset, \set, \sleep,
 *    \if \elif \else \endif, \startpipeline \endpipeline, and every operator and function of
 *    pgbench 15. \shell and \setshell are refused;
 *  - annotated queries: one SQL statement with `-- WEIGHT: n` and `-- PARAM x = random(a, b)` or
 *    `-- PARAM x = values('CA', 'NY', 3)` comments. A text with such a comment is of this kind.
 *    A PARAM may also be drawn from real data, whole rows at once: `-- PARAM (a, b) = sample(t(x,
 *    y))` or `csv('file.csv', x, y)`; see dataset.h. Any of these may be followed by how draws are
 *    spread, see distribution.h.
 *
 * A `:name` in SQL is a parameter unless it stands in a literal, a quoted identifier, a comment
 * or a dollar-quoted body, is part of a cast `::`, or is the bound of an array slice (a colon
 * inside brackets that follows an operand, as in a[1:n]).
 * With the simple protocol a value is put into the text as pgbench does: as it is (in a pgbench
 * script also inside literals and identifiers, as there); values of annotated queries are quoted.
 *
 * A fault in a script is class INPUT: "FILE:LINE:COLUMN: what was found, what was expected".
 * Using a variable that nothing in the workload sets, and -D does not give, is a fault; names that
 * \gset or \aset may set (by prefix) are let through. Everything belongs to the workload's arena.
 */
#ifndef LAKEPORT_BENCH_SCRIPT_H
#define LAKEPORT_BENCH_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/value.h"
#include "common/error.h"
#include "common/memory.h"
#include "common/random.h"

#define SCRIPT_MAX_BYTES      ((size_t)16 << 20)
#define SCRIPT_MAX_PARAMETERS 65535 /* of one statement: the protocol's limit */
#define SCRIPT_MAX_COUNT      128   /* scripts of a workload, as in pgbench */

struct expression; /* bench/expression.h */
struct dataset;	   /* bench/dataset.h */
struct draw;	   /* bench/dataset.h */

enum capture {
	CAPTURE_NONE,
	CAPTURE_GSET, /* exactly one row; its columns become variables */
	CAPTURE_ASET, /* the last row, if there is one */
};

/*
 * A piece of a statement's text for the simple protocol: literal text, then maybe a variable, which
 * stands in the text as `:name`, `name_length` bytes with its colon, right behind `text`.
 */
struct piece {
	const char *text;
	size_t length;
	unsigned name_length;
	int slot;	 /* -1: no variable follows */
	bool quote;	 /* put the value as an SQL literal (annotated queries) */
	bool keep_unset; /* inside a literal: stays `:name` while the variable is unset */
};

struct statement {
	unsigned index;	       /* from 0, over the whole workload */
	unsigned line, column; /* where it begins, from 1 */
	const char *label;     /* its first words on one line, at most 60 characters, for reports */
	const char *text;      /* as written, without the ending semicolon and outer comments */
	const char *numbered;  /* with $1, $2, ...: for Parse. The same variable has one number */
	unsigned parameter_count;
	const unsigned *parameter_slots; /* slot of $1, $2, ... */
	const struct piece *pieces;	 /* for the simple protocol */
	size_t piece_count;
	bool compound; /* several statements joined by `\;`: simple protocol only */
	enum capture capture;
	const char *capture_prefix; /* "" when none was given */
};

enum step_type {
	STEP_SQL,	     /* send `statement`, wait for the answer (not inside a pipeline) */
	STEP_SET,	     /* slot = expression */
	STEP_DRAW,	     /* a row of real data goes to the slots of `draw` */
	STEP_SLEEP,	     /* expression x unit_ns */
	STEP_JUMP,	     /* go to `target` */
	STEP_JUMP_UNLESS,    /* go to `target` when the expression is not true (NULL is not true) */
	STEP_PIPELINE_BEGIN, /* what follows is sent without waiting */
	STEP_PIPELINE_END,   /* ... until here: sync, wait for all answers */
};

struct step {
	enum step_type type;
	unsigned line, column;
	const struct statement *statement;
	const struct expression *expression;
	const struct draw *draw;
	unsigned slot;
	unsigned target;  /* index into steps; == step_count: the end of the script */
	uint64_t unit_ns; /* STEP_SLEEP */
};

struct script {
	const char *name;   /* "select-only", or the file's name without its folder; unique */
	const char *source; /* path, or "built-in" */
	bool annotated;	    /* one query with WEIGHT/PARAM comments */
	uint32_t weight;    /* 0: never drawn */
	const struct step *steps;
	size_t step_count;
	size_t statement_count;
};

struct workload {
	struct arena arena;
	struct script *scripts;
	size_t script_count;
	uint64_t total_weight;
	const struct statement **statements; /* by index; statement_script[i] is its script */
	const unsigned *statement_script;
	size_t statement_count;
	struct dataset *const *datasets; /* what STEP_DRAW draws from, each source once */
	size_t dataset_count;
	const char *const *variables; /* names, by slot */
	const struct value *initial;  /* by slot: what -D gave, VALUE_UNSET otherwise */
	size_t variable_count;
	bool uses_pipeline, uses_compound; /* any \startpipeline, any `\;` */
	bool uses_scale;		   /* :scale is used and was not given */
	const unsigned *scopes;		   /* by slot: 0, or script + 1 for the PARAM of a query */
	const uint32_t *name_index;	   /* for workload_slot(): a hash table of slot + 1 */
	uint32_t name_index_mask;
};

enum script_origin { SCRIPT_BUILTIN, SCRIPT_FILE };

struct script_request { /* one -b NAME[@WEIGHT] or -f FILE[@WEIGHT] */
	enum script_origin origin;
	const char *argument; /* as typed */
};

struct definition { /* one -D NAME=VALUE */
	const char *name, *value;
};

/*
 * Reads, checks and compiles everything, and reads the CSV files of PARAMs. `definitions` are the
 * -D options; client_id, scale, random_seed and default_seed are always known (the engine sets
 * those slots before it starts). Returns NULL with `e` filled: class INPUT for a script that does
 * not parse or is empty, class USAGE for an unknown built-in, a bad weight, or a malformed
 * definition.
 */
struct workload *workload_load(const struct script_request *requests, size_t request_count,
			       const struct definition *definitions, size_t definition_count,
			       struct error *e);

/*
 * Compiles one script from memory; `name` stands for its file. Reads no file. For tests and
 * fuzzing.
 */
struct workload *workload_parse(const char *text, size_t n, const char *name,
				const struct definition *definitions, size_t definition_count,
				struct error *e);

void workload_free(struct workload *w); /* accepts NULL */

/*
 * The slot of a variable by name, or -1 when the workload does not mention it. A PARAM belongs to
 * its query alone and is not found.
 */
int workload_slot(const struct workload *w, const char *name);

/*
 * Draws a script by weight. `ticket` is uniform over [0, total_weight).
 */
size_t workload_pick(const struct workload *w, uint64_t ticket);

/* The built-ins, for help: names and one-line descriptions. */
struct builtin {
	const char *name, *description, *text;
};
extern const struct builtin script_builtins[];
extern const size_t script_builtin_count;

#endif

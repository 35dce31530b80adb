/*
 * script_compile.h - what the parts of the script compiler share.
 *
 * Two phases: every script is parsed into steps, which finds the variables that the workload
 * sets and uses and leaves SQL statements as drafts; then, when all variables are known, uses are
 * checked and the drafts become statements. What lasts is in the workload's arena, the compiler
 * itself is released when it is done.
 */
#ifndef LAKEPORT_BENCH_SCRIPT_COMPILE_H
#define LAKEPORT_BENCH_SCRIPT_COMPILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/dataset.h"
#include "bench/expression.h"
#include "common/place.h"
#include "bench/script.h"
#include "bench/sql_scan.h"

enum variable_flag {
	VARIABLE_SET = 1,     /* by \set, or it is a PARAM */
	VARIABLE_DEFINED = 2, /* by -D */
	VARIABLE_BUILTIN = 4, /* client_id and its like */
};

struct variable {
	const char *name;
	unsigned scope; /* 0: of the workload; script + 1: a PARAM of that query */
	unsigned flags;
	uint32_t hash;
	struct place used;    /* first use in a pgbench script; line 0: none */
	struct place queried; /* first use in an annotated query that does not declare it */
	struct value initial;
	unsigned stamp, number; /* its $number in the statement whose index + 1 is `stamp` */
};

struct draft { /* a statement to be: its text, from its first token to its last */
	struct statement *statement;
	const char *text;
	size_t length;
	struct place place;
	unsigned script;
};

struct compiler {
	struct workload *w;
	struct error *e;
	struct variable *variables;
	size_t variable_count, variable_capacity;
	uint32_t *index; /* hash table of slot + 1; 0 is free; its size is index_mask + 1 */
	uint32_t index_mask;
	const char **prefixes; /* of \gset and \aset */
	size_t prefix_count, prefix_capacity;
	struct draft *drafts;
	size_t draft_count, draft_capacity;
	struct dataset **datasets;
	size_t dataset_count, dataset_capacity;
	unsigned script; /* the one being parsed */
	const char *file;
	bool annotated;
};

struct script_builder { /* one script while it is parsed */
	struct compiler *c;
	struct script *script;
	const char *text;
	size_t length;
	struct place start;
	bool weight_given; /* on the command line: WEIGHT does not count */
	struct step *steps;
	size_t step_count, step_capacity;
};

/* script_variables.c */

void compiler_begin(struct compiler *c, struct workload *w, struct error *e);
void compiler_release(struct compiler *c);

/* The slot of a variable, which is made when it is new. */
unsigned compiler_intern(struct compiler *c, unsigned scope, const char *name, size_t n);

/* The slot that a name means in a script (PARAMs first), or -1. */
int compiler_find(const struct compiler *c, unsigned script, const char *name, size_t n);

/* Notes a use in the script being parsed; an expression_slot whose context is the compiler. */
unsigned compiler_use(void *compiler, const char *name, size_t n, unsigned line, unsigned column);

/* Notes that \gset or \aset may set what begins with this. */
void compiler_prefix(struct compiler *c, const char *prefix);

/* Whether \gset or \aset may set it. */
bool compiler_may_capture(const struct compiler *c, const char *name, size_t n);

/* Fails with the first use of a variable that nothing sets. */
int compiler_check(const struct compiler *c);

/* Hands names, initial values and the index over to the workload. */
void compiler_finish_variables(struct compiler *c);

/* client_id, default_seed, random_seed, scale. */
bool variable_is_builtin(const char *name, size_t n);

bool variable_name_is_valid(const char *name, size_t n);

/* script_statement.c: turns all drafts into statements. */
int compiler_finish_statements(struct compiler *c);

/* script_pgbench.c, script_annotated.c: parse a script into the builder's steps. */
int script_parse_pgbench(struct script_builder *b);
int script_parse_annotated(struct script_builder *b);

/* Whether the text has a WEIGHT or PARAM comment. */
bool script_is_annotated(const char *text, size_t n);

struct param_name {
	const char *text;
	size_t length;
};

/* script_data.c: whether the text behind `=` is sample(...) or csv(...). */
bool script_data_begins(const char *text, size_t n);

/* Compiles it; `names` are what stands before the `=`. The step is at `place`. */
int script_parse_data(struct script_builder *b, const char *text, size_t n, const struct place *at,
		      const struct param_name *names, size_t count, const struct place *place);

/* The slot of a PARAM of the script being parsed, which is declared by this. */
unsigned script_declare(struct compiler *c, const struct param_name *name);

/* Adds a step; the pointer is good until the next one is added. */
struct step *builder_step(struct script_builder *b, enum step_type type, const struct place *at);

/* Adds a statement with the step that sends it. */
struct statement *builder_statement(struct script_builder *b, const char *text, size_t n,
				    const struct place *at);

/* script_meta.c: a meta command, whose backslash the scanner has just passed. */
struct pgbench_parser;
int script_meta(struct pgbench_parser *p, const struct place *at);

struct branch { /* an \if whose \endif has not come */
	struct place place;
	size_t unless;	 /* the step that jumps to the next branch, or SIZE_MAX */
	size_t last_end; /* the last of the jumps to \endif, linked by `target`; or SIZE_MAX */
	bool has_else, pipeline;
};

struct pgbench_parser {
	struct script_builder *b;
	struct sql_scanner scanner;
	struct statement *last; /* the statement before, when \gset may follow it */
	struct branch *branches;
	size_t branch_count, branch_capacity;
	bool pipeline;
	struct place pipeline_place;
};

#endif

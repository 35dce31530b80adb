/* explain_draw.h - private to explain.c: parameters of a statement, drawn as the run draws them. */
#ifndef LAKEPORT_BENCH_EXPLAIN_DRAW_H
#define LAKEPORT_BENCH_EXPLAIN_DRAW_H

#include <stdbool.h>

#include "bench/engine.h"
#include "common/memory.h"

/*
 * Walks the script of statement `index` up to it and gives the texts of its parameters, in `arena`
 * (NULL: the SQL null). False when one of them depends on what a statement answered, or when the
 * statement is not reached.
 */
bool explain_draw(const struct engine_options *o, size_t index, struct arena *arena,
		  const char **values);

#endif

/*
 * strategy_append.c - rows are added. As a rule they go by COPY straight into the target; the stage
 * is for columns that must be cast and for finding the rows that a server refuses.
 */
#include "migrate/strategy.h"

static int append_apply(const struct strategy_run *run, struct strategy_counts *counts,
			struct error *e)
{
	struct buf sql = {0};
	int status;

	buf_printf(&sql, "insert into %s (", run->target->quoted);
	strategy_names(&sql, run, NULL);
	buf_puts(&sql, run->target->identity ? ") overriding system value select " : ") select ");
	strategy_values(&sql, run, "s");
	buf_printf(&sql, " from " STAGE " s where %s order by s." STAGE_ROW, run->where);
	status = strategy_statement(run, &sql, &counts->inserted, e);
	buf_release(&sql);
	return status;
}

const struct strategy strategy_append = {
	.name = "append",
	.divisible = true,
	.apply = append_apply,
};

/*
 * load_refused.c - when the server refuses a stage, which rows are to blame? Halves of it are
 * applied within savepoints until single rows are left; those are taken out and rejected. A
 * strategy whose ranges can be applied one after another keeps what succeeded; for the others the
 * halves are only a test, and the strategy runs once more over what is left.
 */
#include "migrate/load_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Classes of SQLSTATE; Postgres 15 manual, appendix A (read 2026-11-21). */
static bool in_class(const struct error *e, const char *const *classes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strncmp(e->sqlstate, classes[i], strlen(classes[i])) == 0)
			return true;
	return false;
}

bool load_is_retryable(const struct error *e)
{
	static const char *const classes[] = {"08", "40", "53", "57P"};

	return e->class != ERROR_INTERRUPTED &&
	       (e->retryable || in_class(e, classes, sizeof(classes) / sizeof(classes[0])));
}

bool load_is_impossible(const struct error *e)
{
	static const char *const classes[] = {"0A", "2B", "42"};

	return in_class(e, classes, sizeof(classes) / sizeof(classes[0]));
}

/*
 * Data, constraints, check options; what triggers raise; policies and views that do not let a row
 * through; rows too big for a page; and what the input functions of some extensions say (hstore).
 * Some of it may be the fault of the table or the user instead: refused_apply() finds out.
 */
bool load_is_refusal(const struct error *e)
{
	static const char *const classes[] = {"22",    "23",	"42501", "42601",
					      "44000", "54000", "P0001", "XX000"};

	return e->class == ERROR_SQL &&
	       in_class(e, classes, sizeof(classes) / sizeof(classes[0])) && !ledger_claim_lost(e);
}

struct search {
	struct worker *w;
	struct strategy_run run;
	struct load_file **files;
	size_t file_count;
	struct strategy_counts *counts;
	bool keep; /* what succeeds stays */
};

/* 0 applied, 1 refused by the server for its rows (`why`), -1 failed. */
static int try_range(struct search *s, int64_t from, int64_t to, struct error *why, struct error *e)
{
	struct strategy_counts counts = *s->counts;
	char where[120];
	int status;

	snprintf(where, sizeof(where),
		 "s." STAGE_ROW " >= %" PRId64 " and s." STAGE_ROW " < %" PRId64, from, to);
	s->run.where = where;
	if (pg_exec(s->run.pg, "savepoint lakeport_try", e) < 0)
		return -1;
	status = s->run.settings->strategy->apply(&s->run, &counts, why);
	if (status == 0 && s->keep) /* deferred constraints have their say now */
		status = pg_exec(s->run.pg, "set constraints all immediate", why);
	if (status < 0 && !load_is_refusal(why)) {
		*e = *why;
		return -1;
	}
	if (status == 0 && s->keep)
		*s->counts = counts;
	if (s->run.swap && !(status == 0 && s->keep))
		*s->run.swap = (struct strategy_swap){0};
	if (pg_exec(s->run.pg,
		    status == 0 && s->keep ? "release lakeport_try"
					   : "rollback to lakeport_try; release lakeport_try",
		    e) < 0)
		return -1;
	return status == 0 ? 0 : 1;
}

/* Rows of the stage are numbered through all files. */
static struct load_file *file_of(const struct search *s, int64_t row)
{
	size_t i;

	for (i = 0; i + 1 < s->file_count && row >= s->files[i]->sent; i++)
		row -= s->files[i]->sent;
	return s->files[i];
}

/* Takes one row out of the stage and puts it aside, as JSON: its text is no longer known. */
static int reject_row(struct search *s, int64_t row, const struct error *why, struct error *e)
{
	struct block_reject r = {.reason = REJECT_REFUSED, .byte = -1, .message = why->text};
	struct load_file *f = file_of(s, row);
	struct pg_result *result;
	struct buf sql = {0};
	const char *text;
	int status = -1;

	buf_printf(&sql,
		   "delete from " STAGE " s where " STAGE_ROW " = %" PRId64 " returning " STAGE_LINE
		   ", to_jsonb(s) - '" STAGE_ROW "' - '" STAGE_LINE "'",
		   row);
	result = pg_query(s->run.pg, buf_text(&sql), NULL, 0, e);
	buf_release(&sql);
	if (result && pg_rows(result) == 1) {
		text = pg_value(result, 0, 1);
		text_to_int(pg_value(result, 0, 0), &r.line);
		r.raw = (struct str){text ? text : "", text ? strlen(text) : 0};
		status = reject_add(&s->w->rejects, &r, f->ledger.path, s->w->load->run->number,
				    s->w->load->settings->on_bad_row == BAD_ROW_QUARANTINE, e);
		f->counts.rows--;
		f->counts.rejects++;
	} else if (result) {
		status = error_set(e, ERROR_INTERNAL, "row %" PRId64 " is not in the stage", row);
	}
	pg_free(result);
	return status;
}

static int check_limit(const struct search *s, struct error *e)
{
	int64_t limit = s->run.settings->bad_row_limit;

	if (limit < 0 || s->w->rejects.count <= limit)
		return 0;
	return error_set(e, ERROR_INPUT, "more than %" PRId64 " bad rows", limit);
}

/* Recursion is as deep as the logarithm of the rows. */
static int search(struct search *s, int64_t from, int64_t to, struct error *e)
{
	struct error why = ERROR_INIT;
	int64_t middle = from + (to - from) / 2;
	int status;

	if (from >= to)
		return 0;
	status = try_range(s, from, to, &why, e);
	if (status <= 0)
		return status;
	if (to - from == 1)
		return reject_row(s, from, &why, e) < 0 ? -1 : check_limit(s, e);
	return search(s, from, middle, e) < 0 || search(s, middle, to, e) < 0 ? -1 : 0;
}

int refused_apply(struct worker *w, const struct strategy_run *run, struct load_file **files,
		  size_t n, struct strategy_counts *counts, struct error *e)
{
	struct search s = {.w = w, .run = *run, .files = files, .file_count = n, .counts = counts};
	int64_t rows = 0;
	int status;
	size_t i;

	for (i = 0; i < n; i++)
		rows += files[i]->sent;
	s.keep = run->settings->strategy->divisible;
	status = try_range(&s, 0, 0, e, e); /* refused without any row: they are not to blame */
	if (status == 0)
		status = search(&s, 0, rows, e);
	else
		status = -1;
	if (status == 0 && !s.keep) {
		s.run.where = "true";
		status = run->settings->strategy->apply(&s.run, counts, e);
	}
	return status;
}

/*
 * load_unit.c - one transaction: lock the ledger rows of its files, send the files, let the
 * strategy move the stage, put the rejects away, say `done` in the ledger, commit. Whatever fails
 * on the way takes all of it back.
 *
 * When the server refuses rows that go straight into the target and bad rows are to be put aside,
 * the unit is done once more through a stage, where they can be found.
 */
#include "migrate/load_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "migrate/file_hash.h"
#include "migrate/widen.h"

#define LOOK_AT_ALL  (-2) /* failed: the sample did not show all columns */
#define WIDER	     (-3) /* failed: columns are too narrow, `widen` says which */
#define NOT_WIDENED  (-4) /* failed: the server does not widen them */
#define WIDEN_ROUNDS 10	  /* the first that reads all files finds all; others may widen meanwhile */

struct unit {
	struct worker *w;
	const struct load_settings *s;
	struct load_file **files;
	size_t n;
	char (*hashes)[LEDGER_HASH];
	struct layout layout;
	struct block block;
	struct arena arena;
	struct buf ledger;    /* statements for the end of the transaction */
	int64_t now_us, rows; /* rows in the stage so far */
	struct buf changes, left_out;
	bool find_refused;
	bool look_at_all;    /* of the files' rows for columns, not at a sample */
	bool unknown;	     /* the files have columns that the sample did not show */
	struct widen *widen; /* NULL: what does not fit is a bad row */
	bool refused_widen;  /* the server */
	struct strategy_run run;
	struct strategy_swap swap;
};

static int run_buf(struct pg *pg, struct buf *sql, struct error *e)
{
	int status = sql->len ? pg_exec(pg, buf_text(sql), e) : 0;

	buf_clear(sql);
	return status;
}

static int begin(struct unit *u, struct error *e)
{
	struct buf sql = {0};
	char *text = NULL;
	int status;
	size_t i;

	buf_puts(&sql, "begin");
	for (i = 0; i < u->n; i++) {
		buf_puts(&sql, "; ");
		ledger_lock_sql(&sql, u->w->load->run->number, &u->files[i]->ledger);
	}
	status = run_buf(u->w->pg, &sql, e);
	buf_release(&sql);
	if (status == 0 && u->s->audit_columns) {
		text = pg_scalar(u->w->pg, "select (extract(epoch from now()) * 1000000)::bigint",
				 e);
		status = text && text_to_int(text, &u->now_us) ? 0 : -1;
		free(text);
	}
	return status;
}

static int read_target(struct unit *u, struct error *e)
{
	struct worker *w = u->w;
	int found;

	target_release(&w->target);
	found = target_read(w->pg, u->s, &w->target, e);
	w->target_known = found == 1;
	if (found == 0)
		error_set(e, ERROR_INPUT, "'%s.%s' is gone", u->s->schema, u->s->table);
	return found == 1 ? 0 : -1;
}

/* What values of an earlier pass asked for. Others stay out while the table is altered. */
static int widen_target(struct unit *u, struct error *e)
{
	struct table_shape found = {0};
	struct buf sql = {0};
	int changes;
	size_t i;

	found.columns = arena_alloc(&u->arena, u->widen->count * sizeof(*found.columns));
	for (i = 0; i < u->widen->count; i++)
		found.columns[found.column_count++] = (struct source_column){
			.name = u->widen->columns[i].name, .type = u->widen->columns[i].type};
	buf_printf(&sql, "lock table %s in access exclusive mode", u->w->target.quoted);
	changes = run_buf(u->w->pg, &sql, e);
	buf_release(&sql);
	if (changes == 0 && read_target(u, e) < 0)
		return -1;
	if (changes == 0)
		changes = target_drift(u->w->pg, u->s, &u->w->target, &found, &u->changes, e);
	u->refused_widen = changes < 0 && load_is_impossible(e);
	return changes > 0 ? read_target(u, e) : changes;
}

/* Which columns this transaction has made, from a guess at the files. */
static void mark_fresh(struct unit *u, size_t known)
{
	size_t i, k;

	for (i = 0; i < u->layout.wanted.column_count; i++)
		for (k = known; k < u->w->target.column_count; k++)
			if (strcmp(u->layout.wanted.columns[i].name,
				   u->w->target.columns[k].name) == 0)
				u->layout.wanted.columns[i].fresh = true;
}

/* Columns of the files, when they matter; lets the target follow them. */
static int find_columns(struct unit *u, struct error *e)
{
	bool follow = u->s->drift != DRIFT_NONE && u->s->drift != DRIFT_RESCUE;
	struct load_settings s = *u->s;
	struct table_shape found = {0};
	struct load_file *files;
	bool need;
	int status = 0, changes = 0;
	size_t i, known;

	if ((!u->w->target_known || follow) && read_target(u, e) < 0)
		return -1;
	known = u->w->target.column_count;
	if (u->widen && u->widen->count && widen_target(u, e) < 0)
		return -1;
	need = layout_needs_shape(u->s, &u->w->target);
	files = arena_alloc(&u->arena, u->n * sizeof(*files));
	for (i = 0; i < u->n; i++)
		files[i] = *u->files[i];
	if (u->look_at_all)
		s.source.sample_rows = INT64_MAX;
	if (need)
		status = load_describe(&s, files, u->n, &u->arena, &found, e);
	if (status == 0 && follow && !found.by_place)
		changes = target_drift(u->w->pg, u->s, &u->w->target, &found, &u->changes, e);
	if (status < 0 || changes < 0 || (changes > 0 && read_target(u, e) < 0))
		return -1;
	status = layout_make(&u->layout, u->s, &u->w->target, need ? &found : NULL, u->find_refused,
			     e);
	if (follow && u->s->drift != DRIFT_FAIL && !u->look_at_all)
		u->layout.rules.unknown = &u->unknown;
	u->layout.rules.widen = u->widen;
	u->layout.rules.left_out = &u->left_out;
	if (status == 0 && u->widen)
		mark_fresh(u, known);
	return status;
}

/* Values were too narrow: this pass only looks what else there is. */
static bool only_looks(const struct unit *u)
{
	return u->widen && u->widen->noted;
}

/* Rows of a file that is loaded again, when a second time would leave them twice. */
static int delete_old(struct unit *u, struct load_file *f, struct error *e)
{
	const char *values[] = {f->ledger.path};
	struct buf sql = {0};
	struct pg_result *r;

	if (!f->reload || u->s->strategy->repeatable)
		return 0;
	buf_printf(&sql, "delete from %s where " AUDIT_FILE " = $1", u->w->target.quoted);
	r = pg_query(u->w->pg, buf_text(&sql), values, 1, e);
	buf_release(&sql);
	if (r)
		f->written.deleted += pg_affected(r);
	pg_free(r);
	return r ? 0 : error_context(e, "while deleting the rows of '%s'", f->ledger.path);
}

static int too_many(const struct unit *u, const struct load_file *f, bool at_end, struct error *e)
{
	int64_t rejects = f->counts.rejects, rows = f->counts.rows + rejects;
	double share = rows ? 100.0 * (double)rejects / (double)rows : 0;

	if (u->s->bad_row_limit >= 0 && rejects > u->s->bad_row_limit)
		return error_set(e, ERROR_INPUT, "more than %" PRId64 " bad rows; the last: %s",
				 u->s->bad_row_limit,
				 u->block.reject_count
					 ? u->block.rejects[u->block.reject_count - 1].message
					 : "refused by the server");
	if (at_end && rejects && share > u->s->bad_row_percent)
		return error_set(e, ERROR_INPUT,
				 "%" PRId64 " of %" PRId64 " rows are bad, more than %g %%",
				 rejects, rows, u->s->bad_row_percent);
	return 0;
}

static int take_rejects(struct unit *u, struct load_file *f, struct error *e)
{
	size_t i;

	for (i = 0; i < u->block.reject_count; i++) {
		const struct block_reject *r = &u->block.rejects[i];

		if (u->s->on_bad_row == BAD_ROW_FAIL) {
			error_set(e, ERROR_INPUT, "line %" PRId64 ": %s", r->line, r->message);
			return error_hint(e, "%sput bad rows aside with --on-bad-row quarantine",
					  r->reason == REJECT_BAD_UTF8
						  ? "say what the file is with --encoding, for "
						    "example WINDOWS-1252; or "
						  : "");
		}
		f->counts.rejects++;
		if (reject_add(&u->w->rejects, r, f->ledger.path, u->w->load->run->number,
			       u->s->on_bad_row == BAD_ROW_QUARANTINE, e) < 0)
			return -1;
	}
	return too_many(u, f, false, e);
}

/* Reads what is left of a file for nothing but the values that are too wide. */
static int look_on(struct unit *u, const struct source *source, struct reader *reader,
		   struct error *e)
{
	int n = 0;

	while (n >= 0) {
		if (interrupt_count() || atomic_load(&u->w->load->stop))
			return error_set(e, ERROR_INTERRUPTED, "interrupted");
		n = source->read(reader, &u->block, e);
	}
	if (n != READ_END)
		return -1;
	return error_set(e, ERROR_INPUT, "values are wider than their columns");
}

/* Reads blocks and encodes them until the end. 1: the sender failed and will say why. */
static int pump(struct unit *u, struct load_file *f, const struct source *source,
		struct reader *reader, struct encoder *en, struct sender *to, struct error *e)
{
	struct load_result *out = u->w->load->out;
	uint64_t seen = 0, now, begun = clock_now();
	int n;

	for (;;) {
		n = source->read(reader, &u->block, e);
		now = clock_now();
		u->w->times.read += now - begun;
		if (n == READ_END)
			return 0;
		if (n < 0)
			return -1;
		if (interrupt_count() || atomic_load(&u->w->load->stop))
			return error_set(e, ERROR_INTERRUPTED, "interrupted");
		if (only_looks(u))
			return look_on(u, source, reader, e);
		if (take_rejects(u, f, e) < 0)
			return -1;
		if (encode_rows(en, &u->block, 0, u->block.rows, to, e) < 0)
			return e->class == ERROR_NONE ? 1 : -1;
		f->sent += (int64_t)u->block.rows;
		f->counts.rows = f->sent;
		if (source->consumed(reader) > seen) {
			atomic_fetch_add(&out->input, source->consumed(reader) - seen);
			seen = source->consumed(reader);
		}
		begun = clock_now();
		u->w->times.encode += begun - now;
	}
}

static int send_rows(struct unit *u, struct load_file *f, const struct source *source,
		     struct reader *reader, struct file_hash *hash, struct error *e)
{
	uint64_t bytes = 0, waited;
	struct encoder en;
	struct buf sql = {0};
	struct sender *to;
	int status;

	layout_copy_sql(&u->layout, &u->w->target, &sql);
	status = pg_copy_begin(u->w->pg, buf_text(&sql), e);
	buf_release(&sql);
	if (status < 0)
		return -1;
	if (u->layout.staged) /* STAGE_ROW goes on where the last file ended */
		u->layout.extras[u->layout.extra_count - 2].number = u->rows;
	encoder_init(&en, u->layout.types, u->layout.plain_json, u->layout.wanted.column_count,
		     u->layout.extras, u->layout.extra_count);
	to = sender_begin(u->w->pg);
	if (!hash->running)
		sender_meanwhile(to, file_hash_step, hash);
	status = encode_begin(to, e);
	if (status == 0)
		status = pump(u, f, source, reader, &en, to, e);
	if (status == 0)
		status = encode_end(to, e);
	waited = sender_waited(to);
	u->w->times.encode -= waited < u->w->times.encode ? waited : u->w->times.encode;
	if (status < 0 && e->class != ERROR_NONE) {
		struct error ignored = ERROR_INIT;

		sender_end(to, "the load was stopped", &u->w->times.send, &bytes, &ignored);
		if (ignored.class == ERROR_CONNECT)
			*e = ignored;
	} else {
		status = sender_end(to, NULL, &u->w->times.send, &bytes, e);
	}
	f->counts.bytes += (int64_t)bytes;
	encoder_release(&en);
	return status;
}

/* The counts by reason of one file, for the ledger and the record. */
static void write_reasons(struct unit *u, const struct load_file *f)
{
	struct reject_spool *r = &u->w->rejects;
	size_t i;

	for (i = 0; i < REJECT_REASON_COUNT; i++) {
		if (!r->by_reason[i])
			continue;
		buf_puts(&u->ledger, u->ledger.len ? "; " : "");
		ledger_reject_sql(&u->ledger, u->w->load->run->number, f->ledger.id,
				  reject_word((enum reject_reason)i), r->by_reason[i], r->line[i],
				  r->example[i]);
		u->w->reasons.rows[i] += r->by_reason[i];
		r->by_reason[i] = 0;
	}
}

static int still_the_same(const struct load_file *f, struct error *e)
{
	int64_t size, mtime_ns;

	if (file_look(f->ledger.path, &size, &mtime_ns, e) < 0)
		return -1;
	if (size == f->ledger.size && mtime_ns == f->ledger.mtime_ns)
		return 0;
	error_set(e, ERROR_INPUT, "the file changed while it was read");
	e->retryable = true;
	return -1;
}

/* More cores than the threads that read and send. */
static bool core_to_spare(const struct load *l)
{
	return sysconf(_SC_NPROCESSORS_ONLN) > 2L * atomic_load(&l->workers);
}

static int load_file(struct unit *u, size_t i, struct error *e)
{
	struct load_file *f = u->files[i];
	const char *path = f->ledger.path;
	const struct source *source = source_for_file(&u->s->source, path, e);
	struct reader *reader = NULL;
	struct file_hash hash;
	int status = -1;

	if (!source || file_look(path, &f->ledger.size, &f->ledger.mtime_ns, e) < 0)
		return -1;
	file_hash_begin(&hash, path, f->ledger.size, core_to_spare(u->w->load));
	layout_file(&u->layout, path, u->now_us, u->w->load->run->record);
	if (delete_old(u, f, e) == 0)
		reader = source->open(&u->s->source, path, &u->layout.wanted, &u->layout.rules, e);
	if (reader)
		status = send_rows(u, f, source, reader, &hash, e);
	source->close(reader);
	u->rows += f->sent;
	if (status == 0)
		status = too_many(u, f, true, e);
	if (file_hash_end(&hash, status < 0, e) < 0)
		status = -1;
	if (status == 0)
		status = still_the_same(f, e);
	memcpy(u->hashes[i], hash.hex, LEDGER_HASH);
	write_reasons(u, f);
	return status;
}

/* The files behind one with values that are too wide, for theirs. */
static void look_at_others(struct unit *u, size_t from)
{
	struct error ignored = ERROR_INIT;
	size_t i;

	for (i = from; i < u->n; i++) {
		const char *path = u->files[i]->ledger.path;
		const struct source *source = source_for_file(&u->s->source, path, &ignored);
		struct reader *reader =
			source ? source->open(&u->s->source, path, &u->layout.wanted,
					      &u->layout.rules, &ignored)
			       : NULL;

		if (reader)
			look_on(u, source, reader, &ignored);
		if (source)
			source->close(reader);
	}
}

/* The key of a table that we made, now that it has rows. */
static int build_keys(struct unit *u, struct error *e)
{
	struct load *l = u->w->load;
	struct buf sql = {0};
	int status;

	if (!l->pending_keys)
		return 0;
	status = ledger_pending(u->w->pg, l->task, &sql, e);
	if (status == 0 && sql.len) {
		buf_puts(&sql, "; ");
		ledger_pending_sql(&sql, l->task, NULL);
		status = run_buf(u->w->pg, &sql, e);
	}
	u->w->target_known = false; /* it has an index now */
	buf_release(&sql);
	return status;
}

static int apply(struct unit *u, struct error *e)
{
	uint64_t begun = clock_now();
	int status = 0;
	size_t i;

	if (!u->layout.staged)
		return 0;
	layout_run(&u->layout, u->s, &u->w->target, u->w->pg, &u->run);
	u->run.swap = &u->swap;
	if (u->find_refused) {
		status = refused_apply(u->w, &u->run, u->files, u->n, &u->files[0]->written, e);
		for (i = 0; status == 0 && i < u->n; i++)
			status = too_many(u, u->files[i], true, e);
		write_reasons(u, u->files[0]);
	} else {
		status = u->s->strategy->apply(&u->run, &u->files[0]->written, e);
	}
	if (status == 0)
		status = build_keys(u, e);
	u->w->times.merge += clock_now() - begun;
	return status;
}

/* The ledger's statements, what is left of the strategy, and commit. */
static int finish(struct unit *u, struct error *e)
{
	const struct strategy *strategy = u->s->strategy;

	if (strategy->finish) {
		if (run_buf(u->w->pg, &u->ledger, e) < 0 ||
		    strategy->finish(&u->run, &u->files[0]->written, e) < 0)
			return -1;
		u->w->target_known = false;
	}
	buf_puts(&u->ledger, u->ledger.len ? "; commit" : "commit");
	return run_buf(u->w->pg, &u->ledger, e);
}

static int commit(struct unit *u, struct error *e)
{
	struct load *l = u->w->load;
	uint64_t begun = clock_now();
	int status;
	size_t i;

	if (l->quarantine && reject_send(&u->w->rejects, u->w->pg, l->quarantine, e) < 0)
		return -1;
	if (u->s->strategy->whole) {
		buf_puts(&u->ledger, u->ledger.len ? "; " : "");
		ledger_replaced_sql(&u->ledger, l->run->number, l->task);
	}
	for (i = 0; i < u->n; i++) {
		buf_puts(&u->ledger, u->ledger.len ? "; " : "");
		ledger_done_sql(&u->ledger, l->run->number, &u->files[i]->ledger, u->hashes[i],
				&u->files[i]->counts);
	}
	status = finish(u, e);
	u->w->times.commit += clock_now() - begun;
	return status;
}

static int transact(struct unit *u, struct error *e)
{
	struct buf sql = {0};
	struct block_type *types;
	int status;
	size_t i;

	if (begin(u, e) < 0 || find_columns(u, e) < 0)
		return -1;
	types = u->layout.types;
	block_init(&u->block, types, u->layout.wanted.column_count);
	if (u->layout.staged)
		layout_stage_sql(&u->layout, &sql);
	status = run_buf(u->w->pg, &sql, e);
	buf_release(&sql);
	for (i = 0; status == 0 && i < u->n; i++)
		if (load_file(u, i, e) < 0)
			status = u->n > 1 ? error_context(e, "'%s'", u->files[i]->ledger.path) : -1;
	if (status < 0 && only_looks(u) && e->class == ERROR_INPUT)
		look_at_others(u, i);
	if (status == 0)
		status = apply(u, e);
	return status == 0 ? commit(u, e) : -1;
}

static void forget(struct load_file *f)
{
	memset(&f->counts, 0, sizeof(f->counts));
	memset(&f->written, 0, sizeof(f->written));
	f->sent = 0;
}

/* After a failure the connection is either back outside a transaction or closed. */
static void roll_back(struct unit *u, const struct error *why)
{
	size_t i;

	for (i = 0; i < u->n && why->class != ERROR_CONNECT; i++)
		forget(u->files[i]); /* else it may be committed all the same */
	u->w->target_known = false;
	if (!u->w->pg)
		return;
	if (why->class == ERROR_CONNECT || why->class == ERROR_INTERRUPTED ||
	    pg_exec(u->w->pg, "rollback", NULL) < 0) {
		pg_close(u->w->pg);
		u->w->pg = NULL;
	}
}

static void report(struct unit *u)
{
	struct load_result *out = u->w->load->out;

	if (u->changes.len) {
		log_info("%s.%s: %s", u->s->schema, u->s->table, buf_text(&u->changes));
		pthread_mutex_lock(&u->w->load->lock);
		buf_puts(&out->changes, out->changes.len ? ", " : "");
		buf_puts(&out->changes, buf_text(&u->changes));
		pthread_mutex_unlock(&u->w->load->lock);
	}
	if (u->left_out.len) {
		pthread_mutex_lock(&u->w->load->lock);
		buf_clear(&out->left_out);
		buf_puts(&out->left_out, buf_text(&u->left_out));
		pthread_mutex_unlock(&u->w->load->lock);
	}
	if (u->s->strategy->whole)
		strategy_say_swap(&u->run, &out->locked_ns);
	if (u->layout.staged) /* else nobody has counted them */
		return;
	for (size_t i = 0; i < u->n; i++)
		u->files[i]->written.inserted = u->files[i]->counts.rows;
}

/* How a pass over the files of a unit goes about it. */
struct pass {
	bool find_refused, look_at_all;
	struct widen *widen;
};

/* What a failure asks for. */
static int judge(const struct unit *u, const struct error *e)
{
	if (e->class == ERROR_CONNECT || e->class == ERROR_INTERRUPTED || interrupt_count())
		return -1;
	if (u->unknown)
		return LOOK_AT_ALL;
	if (u->refused_widen)
		return NOT_WIDENED;
	return only_looks(u) ? WIDER : -1;
}

static int try_once(struct worker *w, struct load_file **files, size_t n, const struct pass *pass,
		    struct error *e)
{
	struct unit u = {.w = w, .s = w->load->settings, .files = files, .n = n};
	struct load_rejects reasons = w->reasons;
	int status;
	size_t i;

	u.find_refused = pass->find_refused;
	u.look_at_all = pass->look_at_all;
	u.widen = pass->widen;
	u.hashes = arena_alloc(&u.arena, n * sizeof(*u.hashes));
	for (i = 0; i < n; i++)
		forget(files[i]);
	reject_reset(&w->rejects);
	status = transact(&u, e);
	if (status < 0) {
		status = judge(&u, e);
		roll_back(&u, e);
		w->reasons = reasons;
	} else {
		if (w->load->pending_keys) /* there is one worker then */
			w->load->pending_keys = false;
		report(&u);
	}
	block_release(&u.block);
	layout_release(&u.layout);
	buf_release(&u.ledger);
	buf_release(&u.changes);
	buf_release(&u.left_out);
	arena_release(&u.arena);
	return status;
}

/*
 * Columns that no sample has shown: all of the file is looked at, then it is loaded. Values that
 * are wider than their columns: these are widened, then it is loaded.
 */
static int attempt(struct worker *w, struct load_file **files, size_t n, bool find_refused,
		   struct error *e)
{
	bool widening = w->load->settings->drift == DRIFT_WIDEN;
	struct widen widen = {0};
	struct pass pass = {.find_refused = find_refused, .widen = widening ? &widen : NULL};
	int status, rounds = 0;

	while ((status = try_once(w, files, n, &pass, e)) < -1) {
		log_debug("'%s': %s; once more", files[0]->ledger.path, e->text);
		if (status == LOOK_AT_ALL)
			pass.look_at_all = true;
		if (status == NOT_WIDENED)
			log_warn("'%s': %s; rows that need it are bad ones", files[0]->ledger.path,
				 e->text);
		if (status == NOT_WIDENED || ++rounds == WIDEN_ROUNDS)
			pass.widen = NULL;
		widen.noted = false;
		memset(e, 0, sizeof(*e));
	}
	widen_release(&widen);
	return status < 0 ? -1 : 0;
}

int unit_load(struct worker *w, struct load_file **files, size_t n, struct error *e)
{
	int status = attempt(w, files, n, false, e);

	if (status < 0 && load_is_refusal(e) && w->load->settings->on_bad_row != BAD_ROW_FAIL &&
	    (n == 1 || w->load->settings->strategy->whole)) {
		log_debug("'%s': %s; looking for the rows", files[0]->ledger.path, e->text);
		memset(e, 0, sizeof(*e));
		status = attempt(w, files, n, true, e);
	}
	return status;
}

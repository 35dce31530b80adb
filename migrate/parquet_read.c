/*
 * parquet_read.c - Parquet files as a source, read by DuckDB.
 *
 * Only the columns that the target has are read; chunk by chunk they are filled column by column
 * (parquet_fill.c). Texts stay in the chunk, which the block keeps until it is reset. Rows with
 * values that do not fit are sorted out behind that, so that the usual file pays nothing for it.
 */
#include <errno.h>
#include <stdatomic.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "migrate/json_scan.h"
#include "migrate/parquet.h"
#include "migrate/sources.h"
#include "migrate/parse_value.h"

#define RAW_MAX (BLOCK_RAW_MAX + 65536) /* of a row written as JSON for a reject */

/* A column of the file that is read. */
struct column {
	const char *name;
	struct duck_type type;
	size_t target; /* or ROW_UNKNOWN: for the rescue column only */
};

struct reader {
	struct row row;
	struct arena arena;
	int file; /* open for as long as DuckDB reads by its number */
	duck_handle connection;
	struct duck_result result;
	bool streaming;
	struct column *columns;
	size_t column_count;
	struct misfits misfits;
	int64_t rows_read, rows_all;
	uint64_t bytes;
	_Atomic uint64_t consumed;
};

/* ---- files and their columns ---- */

/*
 * The file as a text in SQL. Names with characters that DuckDB takes for patterns are given by the
 * number of the open file instead.
 */
static int open_file(const char *path, struct arena *a, const char **sql, uint64_t *bytes,
		     struct error *e)
{
	char real[PATH_MAX], *quoted, *out;
	struct stat st;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	const char *p;

	if (file < 0 || fstat(file, &st) < 0 || !realpath(path, real)) {
		error_set(e, ERROR_INPUT, "could not open '%s': %s", path, strerror(errno));
		if (file >= 0)
			close(file);
		return -1;
	}
	if (strpbrk(real, "*?[]\\"))
		snprintf(real, sizeof(real), "/proc/self/fd/%d", file);
	quoted = out = arena_alloc(a, strlen(real) * 2 + 3);
	*out++ = '\'';
	for (p = real; *p; p++) {
		*out++ = *p;
		if (*p == '\'')
			*out++ = '\'';
	}
	*out = '\'';
	*sql = quoted;
	*bytes = (uint64_t)st.st_size;
	return file;
}

#define READ_PARQUET "read_parquet([%s], hive_partitioning=false, union_by_name=false)"

/* DuckDB's words about this file. */
static int not_read(const char *path, struct error *e)
{
	return error_context(e, "could not read '%s' as Parquet", path);
}

/* All columns of the file. */
static int find_columns(duck_handle connection, const char *file, const char *path, struct arena *a,
			struct column **columns, size_t *count, struct error *e)
{
	const struct duck_api *api = duck_functions();
	struct duck_result result;
	size_t i;

	if (duck_stream(connection, arena_printf(a, "SELECT * FROM " READ_PARQUET " LIMIT 0", file),
			&result, e) < 0)
		return not_read(path, e);
	*count = api->column_count(&result);
	*columns = arena_alloc(a, (*count + 1) * sizeof(**columns));
	for (i = 0; i < *count; i++) {
		duck_handle type = api->column_logical_type(&result, i);

		(*columns)[i] = (struct column){arena_strdup(a, api->column_name(&result, i)),
						duck_describe(type, a), ROW_UNKNOWN};
		api->destroy_logical_type(&type);
	}
	api->destroy_result(&result);
	return 0;
}

static int refuse_type(const struct column *c, const char *path, struct error *e)
{
	return error_set(e, ERROR_INPUT, "column '%s' of '%s' has a type that is not read (%d)",
			 c->name, path, c->type.id);
}

static int parquet_describe(const struct source_options *o, const char *path, struct arena *a,
			    struct table_shape *shape, struct error *e)
{
	duck_handle connection = NULL;
	struct column *columns = NULL;
	const char *file;
	uint64_t bytes;
	int status = -1, fd = open_file(path, a, &file, &bytes, e);
	size_t i, count = 0;

	(void)o; /* a Parquet file says itself what it is */
	if (fd >= 0)
		connection = duck_connect(e);
	if (connection)
		status = find_columns(connection, file, path, a, &columns, &count, e);
	if (status == 0) {
		shape->column_count = count;
		shape->columns = arena_alloc(a, (count + 1) * sizeof(*shape->columns));
	}
	for (i = 0; status == 0 && i < count; i++) {
		shape->columns[i].name = columns[i].name;
		shape->columns[i].type = parquet_block_type(&columns[i].type);
		shape->columns[i].guessed = shape->columns[i].type.kind == BLOCK_TEXT;
		if (shape->columns[i].type.kind == BLOCK_KIND_COUNT)
			status = refuse_type(&columns[i], path, e);
	}
	if (connection)
		duck_functions()->disconnect(&connection);
	if (fd >= 0)
		close(fd);
	return status;
}

/* ---- open ---- */

static void parquet_close(struct reader *r)
{
	if (!r)
		return;
	if (r->streaming)
		duck_functions()->destroy_result(&r->result);
	if (r->connection)
		duck_functions()->disconnect(&r->connection);
	if (r->file >= 0)
		close(r->file);
	row_release(&r->row);
	arena_release(&r->arena);
	free(r->misfits.items);
	free(r);
}

/* Which columns are read, and where they go; the others are taken out of the list. */
static int map_columns(struct reader *r, struct error *e)
{
	const struct table_shape *wanted = r->row.wanted;
	bool *filled = xcalloc(wanted->column_count + 1, sizeof(*filled));
	size_t i, kept = 0, known = 0;
	int status = 0;

	for (i = 0; i < r->column_count && status == 0; i++) {
		struct column *c = &r->columns[i];

		c->target = row_find(&r->row, (struct str){c->name, strlen(c->name)});
		if (c->target != ROW_UNKNOWN && filled[c->target])
			c->target = ROW_UNKNOWN;
		if (c->target == ROW_UNKNOWN && r->row.rules->fail_unknown)
			status = error_set(e, ERROR_INPUT,
					   "'%s' has a column '%s' that the target does not have",
					   r->row.path, c->name);
		if (c->target == ROW_UNKNOWN && !r->row.rules->rescue) {
			row_left_out(&r->row, (struct str){c->name, strlen(c->name)});
			continue;
		}
		if (parquet_block_type(&c->type).kind == BLOCK_KIND_COUNT && status == 0)
			status = refuse_type(c, r->row.path, e);
		if (c->target != ROW_UNKNOWN) {
			filled[c->target] = true;
			known++;
		}
		r->columns[kept++] = *c;
	}
	r->column_count = kept;
	if (status == 0 && !known && !r->row.rules->rescue)
		status = error_set(e, ERROR_INPUT, "no column of '%s' is one of the target's",
				   r->row.path);
	if (status == 0)
		status = row_check_filled(&r->row, filled, e);
	free(filled);
	return status;
}

/* The number of rows, for progress. */
static int64_t count_rows(duck_handle connection, const char *file, struct arena *a)
{
	const struct duck_api *api = duck_functions();
	struct duck_result result;
	duck_handle chunk;
	int64_t rows = 0;

	if (duck_stream(connection,
			arena_printf(a, "SELECT num_rows FROM parquet_file_metadata([%s])", file),
			&result, NULL) < 0)
		return 0;
	chunk = api->fetch_chunk(result);
	if (chunk && api->data_chunk_get_size(chunk) > 0)
		rows = ((const int64_t *)api->vector_get_data(
			api->data_chunk_get_vector(chunk, 0)))[0];
	api->destroy_data_chunk(&chunk);
	api->destroy_result(&result);
	return rows;
}

static int begin_stream(struct reader *r, const char *file, struct error *e)
{
	struct buf sql = {0};
	size_t i;
	int status;

	buf_puts(&sql, "SELECT ");
	for (i = 0; i < r->column_count; i++) {
		const char *p;

		buf_puts(&sql, i ? ", \"" : "\"");
		for (p = r->columns[i].name; *p; p++) {
			buf_putc(&sql, *p);
			if (*p == '"')
				buf_putc(&sql, '"');
		}
		buf_putc(&sql, '"');
	}
	buf_printf(&sql, " FROM " READ_PARQUET, file);
	status = duck_stream(r->connection, buf_text(&sql), &r->result, e);
	buf_release(&sql);
	r->streaming = status == 0;
	return status < 0 ? not_read(r->row.path, e) : 0;
}

static struct reader *parquet_open(const struct source_options *o, const char *path,
				   const struct table_shape *wanted,
				   const struct reader_rules *rules, struct error *e)
{
	struct reader *r = xcalloc(1, sizeof(*r));
	const char *file;

	r->file = -1;
	if (row_init(&r->row, o, path, wanted, rules, e) == 0 &&
	    (r->file = open_file(path, &r->arena, &file, &r->bytes, e)) >= 0 &&
	    (r->connection = duck_connect(e)) &&
	    find_columns(r->connection, file, path, &r->arena, &r->columns, &r->column_count, e) ==
		    0 &&
	    map_columns(r, e) == 0) {
		r->rows_all = count_rows(r->connection, file, &r->arena);
		if (begin_stream(r, file, e) == 0)
			return r;
	}
	parquet_close(r);
	return NULL;
}

/* ---- rows that need a second look ---- */

static int compare_misfits(const void *a, const void *b)
{
	const struct misfit *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

/* A value for the rescue column or a reject: its JSON; of bytes in a text nothing can be made. */
static void add_value(duck_handle chunk, const struct column *c, size_t at, size_t row,
		      struct buf *out)
{
	const struct duck_api *api = duck_functions();
	duck_handle vector = api->data_chunk_get_vector(chunk, at);

	if (c->type.id == DUCK_NULL || duck_is_null(api->vector_get_validity(vector), row))
		buf_puts(out, "null");
	else
		duck_add_json(&c->type, vector, row, out);
}

static size_t column_for(const struct reader *r, size_t target)
{
	size_t i = 0;

	while (r->columns[i].target != target)
		i++;
	return i;
}

/* The whole row as a JSON object: what is kept of a reject. */
static void add_row(const struct reader *r, duck_handle chunk, size_t row, struct buf *out)
{
	size_t i;

	for (i = 0; i < r->column_count; i++) {
		const char *name = r->columns[i].name;

		buf_puts(out, i ? ", " : "{");
		json_add_string(out, (struct str){name, strlen(name)});
		buf_puts(out, ": ");
		add_value(chunk, &r->columns[i], i, row, out);
	}
	buf_putc(out, '}');
}

static void put_misfit(struct reader *r, duck_handle chunk, const struct misfit *m)
{
	struct buf text = {.max = RAW_MAX};
	size_t at = column_for(r, m->column);

	add_value(chunk, &r->columns[at], at, m->row, &text);
	row_misfit(&r->row, m->column, m->reason, (struct str){buf_text(&text), text.len},
		   (struct str){buf_text(&text), text.len});
	buf_release(&text);
}

/* What the target has no column for, of one row. */
static void put_unknown(struct reader *r, duck_handle chunk, size_t row)
{
	const struct duck_api *api = duck_functions();
	struct buf text = {.max = RAW_MAX};
	size_t i;

	for (i = 0; i < r->column_count; i++) {
		const struct column *c = &r->columns[i];
		duck_handle vector = api->data_chunk_get_vector(chunk, i);

		if (c->target != ROW_UNKNOWN || c->type.id == DUCK_NULL ||
		    duck_is_null(api->vector_get_validity(vector), row))
			continue;
		buf_clear(&text);
		add_value(chunk, c, i, row, &text);
		row_unknown(&r->row, (struct str){c->name, strlen(c->name)}, (struct str){0},
			    (struct str){buf_text(&text), text.len});
	}
	buf_release(&text);
}

/* Moves row `from` of the block to the place of the next good row. */
static void move_row(struct block *b, size_t from)
{
	size_t i, to = b->rows;

	for (i = 0; i < b->column_count && from != to; i++) {
		struct block_column *c = &b->columns[i];
		size_t bytes = block_kind_bytes(c->type.kind);
		uint64_t bit = (uint64_t)1 << (to % 64);

		memcpy((char *)c->values + to * bytes, (char *)c->values + from * bytes, bytes);
		if (c->nulls[from / 64] >> (from % 64) & 1)
			c->nulls[to / 64] |= bit;
		else
			c->nulls[to / 64] &= ~bit;
	}
}

/* The bits behind the last row are cleared; the counts are right again. */
static void recount_nulls(struct block *b)
{
	size_t i, k;

	for (i = 0; i < b->column_count; i++) {
		struct block_column *c = &b->columns[i];

		c->null_count = 0;
		for (k = 0; k < BLOCK_ROWS / 64; k++) {
			uint64_t keep = k * 64 >= b->rows	? 0
					: b->rows - k * 64 < 64 ? ((uint64_t)1 << b->rows % 64) - 1
								: ~(uint64_t)0;

			c->nulls[k] &= keep;
			c->null_count += (size_t)__builtin_popcountll(c->nulls[k]);
		}
	}
}

/* NULLs where the target allows none are misfits, too. */
static void find_nulls(struct reader *r, struct block *b, size_t rows)
{
	size_t i, k;

	for (i = 0; i < r->column_count; i++) {
		size_t target = r->columns[i].target;

		if (target == ROW_UNKNOWN || !r->row.wanted->columns[target].not_null ||
		    !b->columns[target].null_count)
			continue;
		for (k = 0; k < rows; k++) {
			struct misfits *m = &r->misfits;

			if (!block_is_null(&b->columns[target], k))
				continue;
			m->items = xgrow(m->items, m->count, &m->capacity, sizeof(*m->items));
			m->items[m->count++] =
				(struct misfit){(uint32_t)k, (uint32_t)target, REJECT_NULL_VALUE};
		}
	}
}

static void end_row(struct reader *r, duck_handle chunk, size_t row)
{
	struct buf raw = {.max = RAW_MAX};

	if (r->row.faulty)
		add_row(r, chunk, row, &raw);
	else
		move_row(r->row.block, row);
	row_end(&r->row, (struct str){buf_text(&raw), raw.len});
	buf_release(&raw);
}

/* Goes through the rows one by one: rescue, rejects, and the good ones move together. */
static void sort_out(struct reader *r, struct block *b, duck_handle chunk, size_t rows)
{
	const struct misfit *m = r->misfits.items, *end = m + r->misfits.count;
	size_t i;

	if (r->misfits.count)
		qsort(r->misfits.items, r->misfits.count, sizeof(*m), compare_misfits);
	for (i = 0; i < rows; i++) {
		row_begin(&r->row, r->rows_read + (int64_t)i + 1, -1);
		for (; m < end && m->row == i; m++) {
			if (m->reason == REJECT_NULL_VALUE)
				row_fault(&r->row, REJECT_NULL_VALUE,
					  r->row.wanted->columns[m->column].name,
					  "NULL, which the column does not allow");
			else
				put_misfit(r, chunk, m);
		}
		if (r->row.rules->rescue && !r->row.faulty)
			put_unknown(r, chunk, i);
		end_row(r, chunk, i);
	}
	recount_nulls(b);
}

/* ---- read ---- */

static void fill_columns(struct reader *r, struct block *b, duck_handle chunk, size_t rows)
{
	const struct duck_api *api = duck_functions();
	size_t i, k;

	for (i = 0; i < b->column_count; i++) {
		for (k = 0; k < r->column_count && r->columns[k].target != i; k++)
			;
		if (k < r->column_count && r->columns[k].type.id != DUCK_NULL) {
			duck_handle vector = api->data_chunk_get_vector(chunk, k);
			struct fill f = {.type = &r->columns[k].type,
					 .vector = vector,
					 .data = api->vector_get_data(vector),
					 .validity = api->vector_get_validity(vector),
					 .rows = rows,
					 .block = b,
					 .column = i,
					 .zone = r->row.zone,
					 .times = &r->row.times,
					 .misfits = &r->misfits};

			parquet_fill(&f);
		} else if (row_wants(&r->row, i)) {
			for (k = 0; k < rows; k++)
				block_set_null(&b->columns[i], k);
		}
	}
}

static void give_back(void *chunk)
{
	duck_handle c = chunk;

	duck_functions()->destroy_data_chunk(&c);
}

/* The share of the file that so many rows are. */
static uint64_t share(const struct reader *r, int64_t rows)
{
	if (r->rows_all <= 0 || rows >= r->rows_all)
		return r->bytes;
	return (uint64_t)((double)r->bytes * (double)rows / (double)r->rows_all);
}

static int parquet_read(struct reader *r, struct block *b, struct error *e)
{
	const struct duck_api *api = duck_functions();
	duck_handle chunk;
	const char *why;
	size_t rows, i;

	block_reset(b);
	row_attach(&r->row, b);
	chunk = api->fetch_chunk(r->result);
	rows = chunk ? api->data_chunk_get_size(chunk) : 0;
	if (rows == 0 || rows > BLOCK_ROWS) {
		why = api->result_error(&r->result);
		api->destroy_data_chunk(&chunk);
		atomic_store(&r->consumed, r->bytes);
		if (rows || (why && *why))
			return error_set(e, ERROR_INPUT, "could not read '%s' as Parquet: %s",
					 r->row.path, rows ? "a chunk is too large" : why);
		return READ_END;
	}
	r->misfits.count = 0;
	fill_columns(r, b, chunk, rows);
	find_nulls(r, b, rows);
	b->borrowed = chunk;
	b->give_back = give_back;
	if (r->misfits.count || r->row.rules->rescue) {
		sort_out(r, b, chunk, rows);
	} else {
		for (i = 0; i < rows; i++)
			b->lines[i] = r->rows_read + (int64_t)i + 1;
		b->rows = rows;
	}
	r->rows_read += (int64_t)rows;
	b->bytes = share(r, r->rows_read) - atomic_load(&r->consumed);
	atomic_store(&r->consumed, share(r, r->rows_read));
	return (int)b->rows;
}

static uint64_t parquet_consumed(const struct reader *r)
{
	return atomic_load(&r->consumed);
}

const struct source parquet_source = {
	.name = "parquet",
	.describe = parquet_describe,
	.open = parquet_open,
	.read = parquet_read,
	.consumed = parquet_consumed,
	.close = parquet_close,
};

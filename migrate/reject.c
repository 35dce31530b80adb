/* reject.c - see reject.h. */
#include "migrate/reject.h"

#include <endian.h>
#include <string.h>
#include <unistd.h>

#include "migrate/send.h"
#include "migrate/temp.h"

void reject_reset(struct reject_spool *s)
{
	if (s->rows) {
		rewind(s->rows);
		clearerr(s->rows);
	}
	s->count = s->spooled = 0;
	memset(s->by_reason, 0, sizeof(s->by_reason));
	memset(s->line, 0, sizeof(s->line));
	memset(s->example, 0, sizeof(s->example));
}

void reject_release(struct reject_spool *s)
{
	if (s->rows)
		fclose(s->rows);
	s->rows = NULL;
}

void reject_table_sql(struct buf *sql, const char *quarantine)
{
	buf_printf(sql,
		   "create table if not exists %s (reason text not null, message text, "
		   "column_name text, file text not null, line bigint, byte bigint, raw text, "
		   "raw_bytes bytea, run bigint, at timestamptz not null default now())",
		   quarantine);
}

static void put_field(FILE *f, const void *data, size_t n)
{
	uint32_t length = htobe32((uint32_t)n);

	fwrite(&length, 4, 1, f);
	fwrite(data, 1, n, f);
}

static void put_null(FILE *f)
{
	fwrite("\377\377\377\377", 4, 1, f);
}

static void put_text(FILE *f, const char *text)
{
	if (text)
		put_field(f, text, strlen(text));
	else
		put_null(f);
}

static void put_number(FILE *f, int64_t v)
{
	uint64_t big = htobe64((uint64_t)v);

	if (v < 0)
		put_null(f);
	else
		put_field(f, &big, 8);
}

/* What a text cannot hold is kept as bytes; nothing is lost either way. */
static void put_raw(FILE *f, struct str raw)
{
	bool text = text_is_utf8(raw.p, raw.len) && (!raw.len || !memchr(raw.p, 0, raw.len));

	if (!text)
		put_null(f);
	put_field(f, raw.p, raw.len);
	if (text)
		put_null(f);
}

static int spool(struct reject_spool *s, const struct block_reject *r, const char *path,
		 int64_t run, struct error *e)
{
	char name[4096];

	if (!s->rows) {
		s->rows = temp_open(name, sizeof(name), e);
		if (!s->rows)
			return -1;
		unlink(name);
	}
	fwrite("\0\011", 2, 1, s->rows);
	put_text(s->rows, reject_word(r->reason));
	put_text(s->rows, r->message);
	put_text(s->rows, r->column);
	put_text(s->rows, path);
	put_number(s->rows, r->line);
	put_number(s->rows, r->byte);
	put_raw(s->rows, r->raw);
	put_number(s->rows, run);
	if (ferror(s->rows))
		return temp_failed("of rejected rows", e);
	s->spooled++;
	return 0;
}

int reject_add(struct reject_spool *s, const struct block_reject *r, const char *path, int64_t run,
	       bool keep, struct error *e)
{
	s->count++;
	if (s->by_reason[r->reason]++ == 0) {
		s->line[r->reason] = r->line;
		snprintf(s->example[r->reason], REJECT_EXAMPLE, "%s", r->message);
		text_make_utf8(s->example[r->reason]);
	}
	return keep ? spool(s, r, path, run, e) : 0;
}

static int send_file(struct sender *to, FILE *from, int64_t bytes)
{
	char piece[16384];

	rewind(from);
	while (bytes > 0) {
		size_t n =
			fread(piece, 1,
			      bytes < (int64_t)sizeof(piece) ? (size_t)bytes : sizeof(piece), from);

		if (n == 0 || sender_add(to, piece, n) < 0)
			return -1;
		bytes -= (int64_t)n;
	}
	return 0;
}

int reject_send(struct reject_spool *s, struct pg *pg, const char *quarantine, struct error *e)
{
	static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
	struct buf sql = {0};
	struct sender *to;
	int64_t bytes;
	int status;

	if (s->spooled == 0)
		return 0;
	if (fflush(s->rows) != 0)
		return temp_failed("of rejected rows", e);
	bytes = ftell(s->rows);
	buf_printf(&sql,
		   "copy %s (reason, message, column_name, file, line, byte, raw, raw_bytes, run) "
		   "from stdin (format binary)",
		   quarantine);
	status = pg_copy_begin(pg, buf_text(&sql), e);
	buf_release(&sql);
	if (status < 0)
		return error_context(e, "while filling %s", quarantine);
	to = sender_begin(pg);
	status = sender_add(to, header, 19) < 0 || send_file(to, s->rows, bytes) < 0 ||
		 sender_add(to, "\377\377", 2) < 0;
	status = sender_end(to, status ? "the rejected rows could not be read" : NULL, NULL, NULL,
			    e);
	return status < 0 ? error_context(e, "while filling %s", quarantine) : 0;
}

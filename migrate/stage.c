/* stage.c - see stage.h. */
#include "migrate/stage.h"

#include "common/interrupt.h"

static int pump(const struct source *source, struct reader *reader, struct block *b,
		struct encoder *en, struct sender *to,
		void (*look)(void *context, const struct block *b), void *context, int64_t *rows,
		struct error *e)
{
	int n;

	for (;;) {
		n = source->read(reader, b, e);
		if (n == READ_END)
			return 0;
		if (n < 0)
			return -1;
		if (interrupt_count())
			return error_set(e, ERROR_INTERRUPTED, "interrupted");
		if (look)
			look(context, b);
		if (encode_rows(en, b, 0, b->rows, to, e) < 0)
			return -1;
		*rows += (int64_t)b->rows;
	}
}

int64_t stage_copy(struct pg *pg, struct layout *l, const struct target *t,
		   const struct source *source, struct reader *reader, int64_t first_row,
		   void (*look)(void *context, const struct block *b), void *context,
		   struct error *e)
{
	struct error ignored = ERROR_INIT;
	struct block block;
	struct encoder en;
	struct buf sql = {0};
	struct sender *to;
	int64_t rows = 0;
	int status;

	layout_copy_sql(l, t, &sql);
	status = pg_copy_begin(pg, buf_text(&sql), e);
	buf_release(&sql);
	if (status < 0)
		return -1;
	l->extras[l->extra_count - 2].number = first_row; /* STAGE_ROW */
	block_init(&block, l->types, l->wanted.column_count);
	encoder_init(&en, l->types, l->plain_json, l->wanted.column_count, l->extras,
		     l->extra_count);
	to = sender_begin(pg);
	status = encode_begin(to, e);
	if (status == 0)
		status = pump(source, reader, &block, &en, to, look, context, &rows, e);
	if (status == 0)
		status = encode_end(to, e);
	if (status < 0 && e->class != ERROR_NONE)
		sender_end(to, "the reading was stopped", NULL, NULL, &ignored);
	else
		status = sender_end(to, NULL, NULL, NULL, e);
	encoder_release(&en);
	block_release(&block);
	return status < 0 ? -1 : rows;
}

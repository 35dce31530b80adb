/*
 * read_rate.c - how fast one thread turns a file into blocks: rows and megabytes (of the unpacked
 * file) a second, best of five.
 *
 *   read_rate FILE ["id bigint, name text"]     without columns: those that describe() finds
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "migrate/source.h"

struct pass {
	uint64_t rows, rejects, bytes, ns;
};

static int read_once(const struct source *s, const struct source_options *o, const char *path,
		     const struct table_shape *shape, struct pass *p, struct error *e)
{
	struct block_type *types = xcalloc(shape->column_count, sizeof(*types));
	uint64_t begin = clock_now();
	struct reader *r;
	struct block b;
	size_t i;
	int n = -1;

	*p = (struct pass){0};
	for (i = 0; i < shape->column_count; i++)
		types[i] = shape->columns[i].type;
	block_init(&b, types, shape->column_count);
	free(types);
	r = s->open(o, path, shape, NULL, e);
	while (r && (n = s->read(r, &b, e)) >= 0) {
		p->rows += b.rows;
		p->rejects += b.reject_count;
		p->bytes += b.bytes;
	}
	s->close(r);
	block_release(&b);
	p->ns = clock_now() - begin;
	return r && n == READ_END ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct error e = ERROR_INIT;
	struct source_options o;
	struct table_shape shape;
	struct arena a = {0};
	struct pass best = {.ns = UINT64_MAX}, p;
	const struct source *s;
	int i, status = -1;

	source_options_init(&o);
	s = argc > 1 ? source_for_file(&o, argv[1], &e) : NULL;
	if (s)
		status = argc > 2 ? shape_parse(&a, argv[2], &shape, &e)
				  : s->describe(&o, argv[1], &a, &shape, &e);
	for (i = 0; i < 5 && status == 0; i++) {
		status = read_once(s, &o, argv[1], &shape, &p, &e);
		if (p.ns < best.ns)
			best = p;
	}
	if (status < 0)
		fprintf(stderr, "read_rate: %s\n",
			argc > 1 ? e.text : "usage: read_rate FILE [COLUMNS]");
	else
		printf("%s %s: %llu rows, %llu rejects, %.0f MB/s, %.2f M rows/s\n", s->name,
		       argv[1], (unsigned long long)best.rows, (unsigned long long)best.rejects,
		       (double)best.bytes * 1e3 / (double)best.ns,
		       (double)best.rows * 1e3 / (double)best.ns);
	arena_release(&a);
	return status < 0 ? 4 : 0;
}

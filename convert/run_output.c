/*
 * run_output.c - writes a converted file: what stood between the statements as it was, the
 * statements as they became. A statement that is left for a person is written as it was in the
 * source, as a comment, so that the file as a whole runs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "convert/run.h"

/* The names of a statement's parameters, by number. */
static const char *const *parameter_names(const struct run_statement *s, struct arena *a, size_t *n)
{
	const struct conversion *c = &s->conversion;
	const char **names;
	size_t i;

	for (*n = 0, i = 0; i < c->parameter_count; i++)
		if (c->parameters[i].number > (int)*n && c->parameters[i].number < 10000)
			*n = (size_t)c->parameters[i].number;
	names = arena_alloc(a, (*n + 1) * sizeof(*names));
	for (i = 0; i < c->parameter_count; i++) {
		const struct convert_parameter *p = &c->parameters[i];

		if (p->number >= 1 && (size_t)p->number <= *n && p->source[0] != '$')
			names[p->number - 1] = pieces_parameter_name(a, p);
		else if (p->number >= 1 && (size_t)p->number <= *n && p->source[1] == '{')
			names[p->number - 1] = pieces_parameter_name(a, p);
	}
	return names;
}

static void put_reason(const struct run_statement *s, struct buf *out)
{
	const char *p = s->status == RUN_PENDING ? "the run was interrupted before it"
			: s->why		 ? s->why
						 : "it was not understood";

	buf_puts(out, "-- lakeport: left for a person: ");
	for (; *p; p++)
		buf_putc(out, *p == '\n' || *p == '\r' ? ' ' : *p);
	buf_putc(out, '\n');
}

/* With a `;` behind it where Postgres needs one: it knows no other separator. */
static void put_statement(const struct run_statement *s, bool semicolon, struct arena *a,
			  struct buf *out)
{
	const char *const *names;
	size_t n, begin;

	if (s->status == RUN_LEFT || s->status == RUN_PENDING)
		put_reason(s, out);
	begin = out->len;
	if (s->status == RUN_PENDING) {
		buf_add(out, s->text.p, s->text.len);
	} else {
		names = parameter_names(s, a, &n);
		pieces_put_named((struct str){s->sql, strlen(s->sql)}, names, n, out);
	}
	if (!semicolon)
		return;
	if (pieces_ends_in_comment((struct str){buf_text(out) + begin, out->len - begin}))
		buf_putc(out, '\n');
	buf_putc(out, ';');
}

int run_make_folders(const char *path, struct error *e)
{
	char *copy = xstrdup(path), *p;
	int status = 0;

	for (p = copy + 1; *p && status == 0; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0777) < 0 && errno != EEXIST)
			status = error_set(e, ERROR_IO, "cannot make the folder '%s': %s", copy,
					   strerror(errno));
		*p = '/';
	}
	free(copy);
	return status;
}

static void put_file(const struct run_file *f, struct arena *a, struct buf *out)
{
	size_t i, n = 0;

	for (i = 0; i < f->pieces.count; i++) {
		const struct piece *p = &f->pieces.items[i];

		if (p->statement) {
			put_statement(&f->statements[n], p->open && n + 1 < f->pieces.statements, a,
				      out);
			n++;
		} else {
			pieces_put_gap(p->text, out);
		}
	}
}

void run_write(struct run_file *f, struct arena *a)
{
	struct buf out = {.max = 4 * RUN_MAX_FILE};
	struct error e = ERROR_INIT;

	if (f->failure)
		return;
	put_file(f, a, &out);
	if (out.truncated)
		error_set(&e, ERROR_IO, "'%s' is too long", f->out_path);
	else if (run_make_folders(f->out_path, &e) == 0)
		text_write_file(f->out_path, buf_text(&out), out.len, &e);
	if (e.class != ERROR_NONE)
		f->failure = arena_strdup(a, e.text);
	else
		f->written = true;
	buf_release(&out);
}

/*
 * fuzz_pieces.c - hostile files and notebooks: whatever the dialect, the pieces cover the text
 * without gaps, and statements that are put back give the file again.
 */
#include <assert.h>

#include "convert/pieces.h"
#include "tests/fuzz/fuzz.h"

static long statements;

static void check_pieces(const struct dialect *d, struct str text)
{
	struct arena a = {0};
	struct buf out = {0};
	struct pieces p;
	const char *at;
	size_t i, n = 0;

	text = pieces_uncover(text, &a);
	at = text.p;
	pieces_cut(&p, d, text, &a);
	for (i = 0; i < p.count; i++) {
		const struct piece *q = &p.items[i];

		assert(q->text.p == at && q->text.len > 0 && q->line >= 1);
		at += q->text.len;
		n += q->statement;
		if (q->statement)
			pieces_put_named(q->text, NULL, 0, &out);
		else
			pieces_put_gap(q->text, &out);
		pieces_ends_in_comment(q->text);
	}
	assert(at == text.p + text.len && n == p.statements);
	assert(out.len <= 2 * text.len + 1);
	statements += (long)n;
	buf_release(&out);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *const *names = dialect_names();
	char *text = malloc(size + 1);

	assert(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	for (; *names; names++)
		check_pieces(dialect_find(*names), (struct str){text, strlen(text)});
	free(text);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
static const char *const seeds[] = {
	"-- Databricks notebook source\n-- MAGIC %sql\n-- MAGIC select `a`\n\n"
	"-- COMMAND ----------\n\nselect 1; select ':x', $1, $$ ; $$ -- end\n",
	"create procedure p as begin select 1; end\nGO\nDELIMITER //\nselect 2 //\n# c\n/\n",
	"-- WEIGHT: 2\n/* a /* b */ */ select E'\\'' || \"q;\" from [t;] where a = {{x}};\n",
};
#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

int main(int argc, char **argv)
{
	struct str all[SEEDS];
	size_t i;
	int status;

	for (i = 0; i < SEEDS; i++)
		all[i] = (struct str){seeds[i], strlen(seeds[i])};
	status = fuzz_main(argc, argv, all, SEEDS, ";'\"`$-/*#\n\r []{}%\\GO:\xc3");
	printf("%ld statements\n", statements);
	return status;
}
#endif

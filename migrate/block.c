/*
 * block.c - see block.h. The kinds are one list (BLOCK_KINDS) from which the sizes and type names
 * here are made, so that a kind cannot be forgotten in one of them.
 */
#include "migrate/block.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NULL_WORDS (BLOCK_ROWS / 64)

const char *block_kind_type(enum block_kind kind)
{
	static const char *const types[] = {
#define X(name, bytes, type) type,
		BLOCK_KINDS(X)
#undef X
	};

	return types[kind];
}

size_t block_kind_bytes(enum block_kind kind)
{
	static const size_t sizes[] = {
#define X(name, bytes, type) bytes,
		BLOCK_KINDS(X)
#undef X
	};

	return sizes[kind];
}

const char *reject_word(enum reject_reason reason)
{
	static const char *const words[] = {
#define X(name, word) word,
		REJECT_REASONS(X)
#undef X
	};

	return words[reason];
}

void block_init(struct block *b, const struct block_type *types, size_t column_count)
{
	size_t i;

	memset(b, 0, sizeof(*b));
	b->column_count = column_count;
	b->columns = xcalloc(column_count, sizeof(*b->columns));
	b->lines = xcalloc(BLOCK_ROWS, sizeof(*b->lines));
	for (i = 0; i < column_count; i++) {
		b->columns[i].type = types[i];
		b->columns[i].values = xcalloc(BLOCK_ROWS, block_kind_bytes(types[i].kind));
		b->columns[i].nulls = xcalloc(NULL_WORDS, sizeof(uint64_t));
	}
}

void block_reset(struct block *b)
{
	size_t i;

	if (b->give_back)
		b->give_back(b->borrowed);
	b->give_back = NULL;
	b->borrowed = NULL;
	for (i = 0; i < b->column_count; i++) {
		if (b->columns[i].null_count)
			memset(b->columns[i].nulls, 0, NULL_WORDS * sizeof(uint64_t));
		b->columns[i].null_count = 0;
	}
	arena_release(&b->arena);
	b->rows = b->reject_count = 0;
	b->bytes = 0;
}

void block_release(struct block *b)
{
	size_t i;

	if (b->columns)
		block_reset(b);
	for (i = 0; i < b->column_count; i++) {
		free(b->columns[i].values);
		free(b->columns[i].nulls);
	}
	free(b->columns);
	free(b->lines);
	free(b->rejects);
	memset(b, 0, sizeof(*b));
}

void block_reject(struct block *b, enum reject_reason reason, int64_t line, int64_t byte,
		  const char *column, struct str raw, const char *format, ...)
{
	struct block_reject *r;
	char message[512], *copy;
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (raw.len > BLOCK_RAW_MAX)
		raw.len = BLOCK_RAW_MAX;
	copy = arena_alloc(&b->arena, raw.len + 1); /* may hold NUL bytes */
	if (raw.len)
		memcpy(copy, raw.p, raw.len);
	text_make_utf8(message); /* a character may have been cut, or was never one */
	b->rejects = xgrow(b->rejects, b->reject_count, &b->reject_capacity, sizeof(*b->rejects));
	r = &b->rejects[b->reject_count++];
	*r = (struct block_reject){
		.reason = reason,
		.line = line,
		.byte = byte,
		.column = column ? arena_strdup(&b->arena, column) : NULL,
		.message = arena_strdup(&b->arena, message),
		.raw = {copy, raw.len},
	};
}

/*
 * place.h - where something stands in a text, and faults that say so.
 *
 * Lines and columns count from 1; a column is a character (bytes that continue a UTF-8 character
 * do not count, a tab counts as one).
 */
#ifndef LAKEPORT_COMMON_PLACE_H
#define LAKEPORT_COMMON_PLACE_H

#include "common/error.h"

struct place {
	const char *file;
	unsigned line, column;
};

/* Moves the place past one byte of text. */
static inline void place_pass(struct place *at, char c)
{
	if (c == '\n') {
		at->line++;
		at->column = 1;
	} else if (((unsigned char)c & 0xc0) != 0x80) {
		at->column++;
	}
}

/* Fills `e` with class INPUT and "FILE:LINE:COLUMN: ..."; returns -1. */
int place_fault(const struct place *at, struct error *e, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif

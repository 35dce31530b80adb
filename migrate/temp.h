/*
 * temp.h - temporary files of this program: in $TMPDIR, else in /tmp.
 */
#ifndef LAKEPORT_MIGRATE_TEMP_H
#define LAKEPORT_MIGRATE_TEMP_H

#include <stddef.h>
#include <stdio.h>

#include "common/error.h"

/* An empty file to write and read; fills `path`. NULL with class IO. The caller removes it. */
FILE *temp_open(char *path, size_t size, struct error *e);
/* Class IO for what went wrong while writing it (errno), with what to do. */
int temp_failed(const char *path, struct error *e);
/* $TMPDIR or /tmp */
const char *temp_folder(void);

#endif

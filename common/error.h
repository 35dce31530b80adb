/*
 * error.h - an error is a value.
 *
 * A function that can fail takes `struct error *e` last and returns 0 or a count, or -1 with `e`
 * filled. Callers add context on the way up with error_context(); the text is printed once, by
 * main(). Library code neither prints errors nor exits. One list below maps a class to the exit
 * status of the program and to a word for logs and records.
 *
 * Texts: lower case, no final stop, what failed first, names in single quotes. The hint says what
 * to do next. Retrying asks `retryable`, never the text. A struct error owns nothing.
 */
#ifndef LAKEPORT_COMMON_ERROR_H
#define LAKEPORT_COMMON_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/* class, exit status, word */
#define ERROR_CLASSES(X)                                                                           \
	X(NONE, 0, "none")                                                                         \
	X(USAGE, 2, "usage")	      /* the command line is wrong */                              \
	X(CONFIG, 2, "configuration") /* a configuration file or environment is wrong */           \
	X(INPUT, 2, "input")	      /* a script, record or other input file is wrong */          \
	X(CONNECT, 3, "connection")   /* a server could not be reached, or went away */            \
	X(REFUSED, 3, "refused")      /* a server was reached and said no (password, limit) */     \
	X(SQL, 4, "sql")	      /* a statement failed */                                     \
	X(IO, 4, "io")		      /* a file or socket operation failed */                      \
	X(INTERNAL, 4, "internal")    /* something that should not happen */                       \
	X(INTERRUPTED, 130, "interrupted")

enum error_class {
#define X(name, status, word) ERROR_##name,
	ERROR_CLASSES(X)
#undef X
};

struct error {
	enum error_class class;
	bool retryable;
	char sqlstate[6]; /* "" when the server gave none */
	int http_status;  /* 0 when not an HTTP answer */
	int position;	  /* character of the statement, from 1, that the server points at; or 0 */
	char text[1024];
	char hint[512];
};

#define ERROR_INIT                                                                                 \
	{                                                                                          \
		0                                                                                  \
	}

/* Fills `e` (which may be NULL) and returns -1. */
int error_set(struct error *e, enum error_class class, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "CONTEXT: " before the text; keeps class, SQLSTATE and hint. Returns -1. */
int error_context(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets what the user can do next. Returns -1. */
int error_hint(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The exit status of the program for this error. */
int error_exit_status(const struct error *e);

/* The word for the class, as in logs and records. */
const char *error_word(enum error_class class);

#endif

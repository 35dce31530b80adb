/*
 * memory.h - memory that cannot fail, and arenas.
 *
 * The x-functions end the program (status 4) when memory runs out: there is nothing sensible left
 * to do, and no caller has to check. An arena gives memory that belongs to a unit of work (a
 * statement, a report, a command) and is released as one; nothing in it is freed alone. An empty
 * arena is {0}. Memory from arena_alloc() is zeroed and aligned for any type.
 */
#ifndef LAKEPORT_COMMON_MEMORY_H
#define LAKEPORT_COMMON_MEMORY_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Makes room for one more element in a growing array: `*items` has `*capacity` places of `size`
 * bytes, `count` of them used. Doubles the capacity when full. Returns the (possibly moved) array.
 */
void *xgrow(void *items, size_t count, size_t *capacity, size_t size);

struct arena_block;
struct arena {
	struct arena_block *head;
};

void *arena_alloc(struct arena *a, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_release(struct arena *a);

#endif

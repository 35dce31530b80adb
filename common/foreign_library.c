/*
 * foreign_library.c - client libraries that are loaded when they are needed: who does not use MySQL
 * or ODBC need not have them. A library that was loaded stays.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "common/foreign_parts.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int find_functions(const struct foreign_library *l, void *library, void *functions,
			  struct error *e)
{
	size_t i;

	for (i = 0; i < l->symbol_count; i++) {
		void *f = dlsym(library, l->symbols[i].name);

		if (!f)
			return error_set(e, ERROR_CONFIG,
					 "the client library for %s has no function '%s'", l->what,
					 l->symbols[i].name);
		memcpy((char *)functions + l->symbols[i].offset, &f, sizeof(f));
	}
	return 0;
}

int foreign_library_load(const struct foreign_library *l, void *functions, struct error *e)
{
	void *library = NULL;
	const char *why;
	size_t i;
	int status;

	pthread_mutex_lock(&lock);
	for (i = 0; i < sizeof(l->files) / sizeof(l->files[0]) && l->files[i] && !library; i++)
		library = dlopen(l->files[i], RTLD_NOW | RTLD_LOCAL);
	if (library) {
		status = find_functions(l, library, functions, e);
	} else {
		why = dlerror();
		error_set(e, ERROR_CONFIG, "the client library for %s does not load: %s", l->what,
			  why ? why : "not found");
		status = error_hint(e, "install it: on Debian, apt-get install %s", l->package);
	}
	pthread_mutex_unlock(&lock);
	return status;
}

/*
 * duckdb.c - see duckdb.h: finding and loading the library, the one database, queries, types.
 */
#include "migrate/duckdb.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "migrate/temp.h"

#define LIBRARY "libduckdb.so"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct duck_api api;
static bool loaded;
static duck_handle database; /* lives as long as the process */

/* The file for what LAKEPORT_DUCKDB says: a file, or a folder that holds it. */
static void *open_named(const char *name)
{
	struct stat st;
	char path[4096];

	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode)) {
		snprintf(path, sizeof(path), "%s/" LIBRARY, name);
		name = path;
	}
	return dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

/* Beside the program, as built, as installed, and as seen from a test in a folder below it. */
static void *open_beside(void)
{
	static const char *const places[] = {"duckdb", "../duckdb", "../../duckdb",
					     "../lib/lakeport"};
	char program[4096], path[4200];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	void *library = NULL;
	char *slash;
	size_t i;

	if (n <= 0)
		return NULL;
	program[n] = '\0';
	slash = strrchr(program, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	for (i = 0; i < sizeof(places) / sizeof(places[0]) && !library; i++) {
		snprintf(path, sizeof(path), "%s/%s/" LIBRARY, program, places[i]);
		if (access(path, R_OK) == 0)
			library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	}
	return library;
}

static int find_functions(void *library, struct error *e)
{
	static const struct {
		const char *name;
		size_t offset;
	} functions[] = {
#define X(name, returns, takes) {"duckdb_" #name, offsetof(struct duck_api, name)},
		DUCK_FUNCTIONS(X)
#undef X
	};
	size_t i;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *f = dlsym(library, functions[i].name);

		if (!f) {
			error_set(e, ERROR_CONFIG, "the DuckDB library has no function '%s'",
				  functions[i].name);
			return error_hint(e, "version 1.4 or newer is needed");
		}
		memcpy((char *)&api + functions[i].offset, &f, sizeof(f));
	}
	return 0;
}

static int load(struct error *e)
{
	const char *named = getenv("LAKEPORT_DUCKDB");
	void *library;
	const char *why;

	if (named && *named)
		library = open_named(named);
	else if (!(library = open_beside()))
		library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		why = dlerror();
		error_set(e, ERROR_CONFIG,
			  "Parquet needs DuckDB's library, which does not load: %s",
			  why ? why : "not found");
		return error_hint(e, "'scripts/setup duckdb' brings it; or set LAKEPORT_DUCKDB to "
				     "the file " LIBRARY " (version 1.4 or newer) of DuckDB's C "
				     "library");
	}
	if (find_functions(library, e) < 0) {
		dlclose(library);
		return -1;
	}
	loaded = true;
	return 0;
}

/*
 * One thread: the caller's. Nothing is fetched from anywhere, no file is made but under the
 * temporary folder.
 */
static int open_database(struct error *e)
{
	static const char *const settings[][2] = {
		{"threads", "1"},
		{"memory_limit", "2GB"},
		{"autoinstall_known_extensions", "false"},
		{"autoload_known_extensions", "false"},
		{"allow_persistent_secrets", "false"},
	};
	char folder[512], *why = NULL;
	duck_handle config = NULL;
	size_t i;
	int failed;

	snprintf(folder, sizeof(folder), "%s/lakeport-duckdb-%ld", temp_folder(), (long)getpid());
	failed = api.create_config(&config);
	for (i = 0; i < sizeof(settings) / sizeof(settings[0]) && !failed; i++)
		failed = api.set_config(config, settings[i][0], settings[i][1]);
	if (!failed)
		failed = api.set_config(config, "temp_directory", folder);
	if (!failed)
		failed = api.open_ext(NULL, &database, config, &why);
	if (failed)
		error_set(e, ERROR_INTERNAL, "DuckDB does not start: %s",
			  why ? why : "it refuses a setting");
	if (why)
		api.free(why);
	api.destroy_config(&config);
	return failed ? -1 : 0;
}

const struct duck_api *duck_load(struct error *e)
{
	int status = 0;

	pthread_mutex_lock(&lock);
	if (!loaded)
		status = load(e);
	pthread_mutex_unlock(&lock);
	return status == 0 ? &api : NULL;
}

const struct duck_api *duck_functions(void)
{
	return &api;
}

duck_handle duck_connect(struct error *e)
{
	duck_handle connection = NULL;
	int status = 0;

	if (!duck_load(e))
		return NULL;
	pthread_mutex_lock(&lock);
	if (!database)
		status = open_database(e);
	pthread_mutex_unlock(&lock);
	if (status == 0 && api.connect(database, &connection)) {
		error_set(e, ERROR_INTERNAL, "DuckDB gives no connection");
		return NULL;
	}
	return connection;
}

/* DuckDB's message without the lines that follow its first. */
static int refuse(const char *message, struct error *e)
{
	const char *line = message ? strchr(message, '\n') : NULL;
	int n = message ? (int)(line ? line - message : (long)strlen(message)) : 0;

	return error_set(e, ERROR_INPUT, "%.*s", n < 800 ? n : 800, message ? message : "");
}

int duck_stream(duck_handle connection, const char *sql, struct duck_result *result,
		struct error *e)
{
	duck_handle statement = NULL, pending = NULL;
	int status = 0;

	*result = (struct duck_result){0};
	if (api.prepare(connection, sql, &statement)) {
		status = refuse(api.prepare_error(statement), e);
	} else if (api.pending_prepared_streaming(statement, &pending)) {
		status = refuse(api.pending_error(pending), e);
	} else if (api.execute_pending(pending, result)) {
		status = refuse(api.result_error(result), e);
		api.destroy_result(result);
	}
	api.destroy_pending(&pending);
	api.destroy_prepare(&statement);
	return status;
}

static void take_words(duck_handle type, struct duck_type *t, struct arena *a)
{
	size_t i;

	t->internal = api.enum_internal_type(type);
	t->name_count = api.enum_dictionary_size(type);
	t->names = arena_alloc(a, (t->name_count + 1) * sizeof(*t->names));
	for (i = 0; i < t->name_count; i++) {
		char *word = api.enum_dictionary_value(type, i);

		t->names[i] = arena_strdup(a, word);
		api.free(word);
	}
}

/* Describes the child and frees its handle. */
static struct duck_type take_child(duck_handle child, struct arena *a)
{
	struct duck_type t = duck_describe(child, a);

	api.destroy_logical_type(&child);
	return t;
}

static void take_children(duck_handle type, struct duck_type *t, struct arena *a)
{
	size_t i;

	t->child_count = t->id == DUCK_STRUCT ? api.struct_type_child_count(type)
			 : t->id == DUCK_MAP  ? 2
					      : 1;
	t->children = arena_alloc(a, (t->child_count + 1) * sizeof(*t->children));
	if (t->id == DUCK_MAP) {
		t->children[0] = take_child(api.map_type_key_type(type), a);
		t->children[1] = take_child(api.map_type_value_type(type), a);
	} else if (t->id == DUCK_LIST) {
		t->children[0] = take_child(api.list_type_child_type(type), a);
	} else if (t->id == DUCK_ARRAY) {
		t->children[0] = take_child(api.array_type_child_type(type), a);
		t->array_size = api.array_type_array_size(type);
	} else {
		t->names = arena_alloc(a, (t->child_count + 1) * sizeof(*t->names));
		t->name_count = t->child_count;
		for (i = 0; i < t->child_count; i++) {
			char *name = api.struct_type_child_name(type, i);

			t->names[i] = arena_strdup(a, name);
			api.free(name);
			t->children[i] = take_child(api.struct_type_child_type(type, i), a);
		}
	}
}

struct duck_type duck_describe(duck_handle type, struct arena *a)
{
	struct duck_type t = {.id = api.get_type_id(type)};
	char *alias = api.logical_type_get_alias(type);

	t.is_json = alias && strcmp(alias, "JSON") == 0;
	if (alias)
		api.free(alias);
	t.internal = t.id;
	if (t.id == DUCK_DECIMAL) {
		t.width = api.decimal_width(type);
		t.scale = api.decimal_scale(type);
		t.internal = api.decimal_internal_type(type);
	} else if (t.id == DUCK_ENUM) {
		take_words(type, &t, a);
	} else if (t.id == DUCK_LIST || t.id == DUCK_ARRAY || t.id == DUCK_MAP ||
		   t.id == DUCK_STRUCT) {
		take_children(type, &t, a);
	}
	return t;
}

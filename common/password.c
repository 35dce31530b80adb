/* password.c - see password.h. Each fetch is a thread of its own, at most one for each DSN. */
#include "common/password.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/pg.h"
#include "common/shell.h"

#define SOURCES	  4
#define LIMIT	  (60 * CLOCK_SECOND) /* for the command */
#define RETRY	  CLOCK_SECOND	      /* between two fetches, at least */
#define LOOK	  (5 * CLOCK_MS)
#define VARIABLES 4

struct source {
	char *dsn, *command;
	uint64_t lifetime;
	char *variables[VARIABLES];
	/* under the lock */
	char password[PASSWORD_MAX];
	unsigned number;
	uint64_t fetched, tried; /* clock_now() when a fetch succeeded, ended */
	bool fetching, complained;
};

static struct {
	pthread_mutex_t lock;
	struct source *sources[SOURCES];
	size_t count;
	_Atomic bool end;
	_Atomic unsigned threads;
} passwords = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* memset() that the compiler keeps. */
static void wipe(char *p, size_t n)
{
	explicit_bzero(p, n);
}

/* Under the lock. */
static struct source *find(const char *dsn)
{
	size_t i;

	for (i = 0; i < passwords.count; i++)
		if (strcmp(passwords.sources[i]->dsn, dsn ? dsn : "") == 0)
			return passwords.sources[i];
	return NULL;
}

/* What the command printed, without blanks around it, becomes the password in `out`. */
static int trim(const struct buf *printed, char *out, struct error *e)
{
	const char *text = buf_text(printed);
	size_t n;

	text += strspn(text, " \t\r\n");
	n = strlen(text);
	while (n && strchr(" \t\r\n", text[n - 1]))
		n--;
	if (n == 0)
		return error_set(e, ERROR_CONFIG, "the password command printed nothing");
	if (memchr(text, '\n', n))
		return error_set(e, ERROR_CONFIG, "the password command printed several lines");
	if (n >= PASSWORD_MAX || printed->truncated)
		return error_set(e, ERROR_CONFIG, "the password command printed more than %d bytes",
				 PASSWORD_MAX - 1);
	memcpy(out, text, n);
	out[n] = '\0';
	return 0;
}

static int fetch(struct source *s, struct error *e)
{
	struct shell_command c = {.what = "the password command",
				  .text = s->command,
				  .variables = (const char *const *)s->variables,
				  .variable_count = VARIABLES,
				  .limit_ns = LIMIT,
				  .end = &passwords.end};
	struct buf printed = {.max = 2 * PASSWORD_MAX};
	char password[PASSWORD_MAX];
	int status = shell_read(&c, &printed, e);

	if (status == 0)
		status = trim(&printed, password, e);
	pthread_mutex_lock(&passwords.lock);
	s->tried = clock_now();
	if (status == 0) {
		memcpy(s->password, password, strlen(password) + 1);
		s->number++;
		s->fetched = s->tried;
		s->complained = false;
	}
	pthread_mutex_unlock(&passwords.lock);
	wipe(password, sizeof(password));
	if (printed.data)
		wipe(printed.data, printed.cap);
	buf_release(&printed);
	return status;
}

static void *fetch_main(void *argument)
{
	struct source *s = argument;
	struct error e = ERROR_INIT;

	if (fetch(s, &e) < 0 && !s->complained && e.class != ERROR_INTERRUPTED) {
		s->complained = true; /* only the one thread that fetches touches it */
		log_warn("%s: the old password stays in use%s%s", e.text, e.hint[0] ? "; " : "",
			 e.hint);
	}
	pthread_mutex_lock(&passwords.lock);
	s->fetching = false;
	pthread_mutex_unlock(&passwords.lock);
	atomic_fetch_sub(&passwords.threads, 1);
	return NULL;
}

/* Under the lock. */
static void begin_fetch(struct source *s)
{
	pthread_t thread;

	s->fetching = true;
	atomic_fetch_add(&passwords.threads, 1);
	if (pthread_create(&thread, NULL, fetch_main, s) == 0) {
		pthread_detach(thread);
		return;
	}
	s->fetching = false;
	s->tried = clock_now();
	atomic_fetch_sub(&passwords.threads, 1);
}

static struct source *make_source(const char *dsn, const char *command, uint64_t lifetime_ns)
{
	static const char *const parts[VARIABLES][2] = {{"PGHOST", "host"},
							{"PGPORT", "port"},
							{"PGUSER", "user"},
							{"PGDATABASE", "dbname"}};
	struct source *s = xcalloc(1, sizeof(*s));
	char value[300];
	size_t i;

	s->dsn = xstrdup(dsn ? dsn : "");
	s->command = xstrdup(command);
	s->lifetime = lifetime_ns;
	for (i = 0; i < VARIABLES; i++) {
		pg_dsn_part(dsn, parts[i][1], value, sizeof(value));
		s->variables[i] = xasprintf("%s=%s", parts[i][0], value);
	}
	return s;
}

static void free_source(struct source *s)
{
	size_t i;

	for (i = 0; i < VARIABLES; i++)
		free(s->variables[i]);
	free(s->dsn);
	wipe(s->command, strlen(s->command));
	free(s->command);
	wipe(s->password, sizeof(s->password));
	free(s);
}

int password_command(const char *dsn, const char *command, uint64_t lifetime_ns, struct error *e)
{
	struct source *s;
	bool known;

	pthread_mutex_lock(&passwords.lock);
	known = find(dsn) != NULL;
	pthread_mutex_unlock(&passwords.lock);
	if (known)
		return 0;
	s = make_source(dsn, command, lifetime_ns);
	if (fetch(s, e) < 0) {
		free_source(s);
		return -1;
	}
	pthread_mutex_lock(&passwords.lock);
	if (passwords.count < SOURCES)
		passwords.sources[passwords.count++] = s;
	pthread_mutex_unlock(&passwords.lock);
	return 0;
}

unsigned password_get(const char *dsn, char *out)
{
	unsigned number = 0;
	struct source *s;

	pthread_mutex_lock(&passwords.lock);
	s = find(dsn);
	if (s) {
		memcpy(out, s->password, strlen(s->password) + 1);
		number = s->number;
	}
	pthread_mutex_unlock(&passwords.lock);
	return number;
}

bool password_poll(const char *dsn, unsigned refused)
{
	uint64_t now = clock_now();
	bool wait = false;
	struct source *s;

	pthread_mutex_lock(&passwords.lock);
	s = find(dsn);
	if (s && (s->number <= refused || (s->lifetime && now - s->fetched >= s->lifetime))) {
		if (!s->fetching && now - s->tried >= RETRY)
			begin_fetch(s);
		wait = s->fetching;
	}
	pthread_mutex_unlock(&passwords.lock);
	return wait;
}

void password_await(const char *dsn, unsigned refused)
{
	int before = interrupt_count();

	while (password_poll(dsn, refused) && interrupt_count() == before)
		clock_sleep(LOOK);
}

void password_forget(void)
{
	size_t i;

	atomic_store(&passwords.end, true);
	for (i = 0; i < 400 && atomic_load(&passwords.threads); i++)
		clock_sleep(LOOK);
	if (atomic_load(&passwords.threads))
		return; /* it cannot be killed; the end of the program will do */
	for (i = 0; i < passwords.count; i++)
		free_source(passwords.sources[i]);
	passwords.count = 0;
}

/*
 * shell.c - see shell.h. The command is a process group of its own, so that a limit ends all of it
 * and Ctrl-C comes to it through us.
 */
#include "common/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/memory.h"

#define LOOK_MS	      50
#define END_MS	      2 /* between closing its pipes and its end */
#define COMPLAINT_MAX 500

extern char **environ;

struct running {
	pid_t child;
	int pipes[2]; /* its standard output and error; -1: at their end */
	struct buf *out, complaint;
	uint64_t limit;
	int interrupts; /* when it began */
	int status;
};

static bool is_replaced(const struct shell_command *c, const char *variable)
{
	size_t n = strcspn(variable, "="), i;

	for (i = 0; i < c->variable_count; i++)
		if (strncmp(c->variables[i], variable, n + 1) == 0)
			return true;
	return false;
}

/* Pointers only; the caller frees the array. */
static char **environment_of(const struct shell_command *c)
{
	size_t n = 0, count = 0, i;
	char **list;

	while (environ[n])
		n++;
	list = xcalloc(n + c->variable_count + 1, sizeof(*list));
	for (i = 0; i < n; i++)
		if (!is_replaced(c, environ[i]))
			list[count++] = environ[i];
	for (i = 0; i < c->variable_count; i++)
		list[count++] = (char *)(uintptr_t)c->variables[i];
	return list;
}

static int spawn(const struct shell_command *c, int out, int err, pid_t *child)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)(uintptr_t)c->text, NULL};
	char **environment = environment_of(c);
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int failure;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGINT);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, 1);
	posix_spawn_file_actions_adddup2(&files, err, 2);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	failure = posix_spawn(child, "/bin/sh", &files, &attributes, argv, environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	free(environment);
	return failure;
}

static void close_pipe(struct running *r, int i)
{
	if (r->pipes[i] >= 0)
		close(r->pipes[i]);
	r->pipes[i] = -1;
}

static int start(const struct shell_command *c, struct running *r, struct error *e)
{
	int ends[2][2] = {{-1, -1}, {-1, -1}}, failure = 0, i;

	for (i = 0; i < 2 && !failure; i++)
		failure = pipe2(ends[i], O_CLOEXEC) < 0 ? errno : 0;
	if (!failure)
		failure = spawn(c, ends[0][1], ends[1][1], &r->child);
	for (i = 0; i < 2; i++) {
		r->pipes[i] = ends[i][0];
		if (ends[i][1] >= 0)
			close(ends[i][1]);
	}
	if (!failure)
		return 0;
	close_pipe(r, 0);
	close_pipe(r, 1);
	return error_set(e, ERROR_CONFIG, "cannot start %s: %s", c->what, strerror(failure));
}

/* What is in one of the pipes; both buffers have a maximum. */
static void take(struct running *r, int i)
{
	char piece[4096];
	ssize_t n = read(r->pipes[i], piece, sizeof(piece));

	if (n < 0 && errno == EINTR)
		return;
	if (n > 0)
		buf_add(i == 0 ? r->out : &r->complaint, piece, (size_t)n);
	else
		close_pipe(r, i);
}

static bool is_over(struct running *r)
{
	if (r->pipes[0] >= 0 || r->pipes[1] >= 0)
		return false;
	return waitpid(r->child, &r->status, WNOHANG) == r->child;
}

/* Until it has ended both pipes, and itself. -1: it is to be killed. */
static int listen_to(const struct shell_command *c, struct running *r, struct error *e)
{
	while (!is_over(r)) {
		struct pollfd p[2] = {{.fd = r->pipes[0], .events = POLLIN},
				      {.fd = r->pipes[1], .events = POLLIN}};
		bool silent = p[0].fd < 0 && p[1].fd < 0;
		int n = poll(p, 2, silent ? END_MS : LOOK_MS), i;

		for (i = 0; n > 0 && i < 2; i++)
			if (p[i].fd >= 0 && p[i].revents)
				take(r, i);
		if (interrupt_count() > r->interrupts || (c->end && atomic_load(c->end)))
			return error_set(e, ERROR_INTERRUPTED, "interrupted while %s ran", c->what);
		if (clock_now() < r->limit)
			continue;
		error_set(e, ERROR_CONNECT, "%s took longer than %g s and was ended", c->what,
			  (double)c->limit_ns / 1e9);
		e->retryable = true;
		return -1;
	}
	return 0;
}

static int failed(const struct shell_command *c, struct running *r, struct error *e)
{
	char *line = r->complaint.data;

	if (WIFSIGNALED(r->status))
		error_set(e, ERROR_CONNECT, "%s was ended by signal %d", c->what,
			  WTERMSIG(r->status));
	else
		error_set(e, ERROR_CONNECT, "%s ended with status %d", c->what,
			  WEXITSTATUS(r->status));
	e->retryable = true;
	if (!line)
		return -1;
	line += strspn(line, " \t\r\n");
	line[strcspn(line, "\r\n")] = '\0';
	if (*line)
		error_hint(e, "it said: %.200s", line);
	return -1;
}

int shell_read(const struct shell_command *c, struct buf *out, struct error *e)
{
	struct running r = {.out = out,
			    .complaint = {.max = COMPLAINT_MAX},
			    .limit = clock_now() + c->limit_ns,
			    .interrupts = interrupt_count()};
	int result;

	if (start(c, &r, e) < 0)
		return -1;
	result = listen_to(c, &r, e);
	if (result < 0) {
		kill(-r.child, SIGKILL);
		while (waitpid(r.child, &r.status, 0) < 0 && errno == EINTR)
			;
	} else if (r.status != 0) {
		result = failed(c, &r, e);
	}
	close_pipe(&r, 0);
	close_pipe(&r, 1);
	buf_release(&r.complaint);
	return result;
}

/*
 * nullpg.c - a FAKE Postgres server, for tests only.
 *
 * It speaks the protocol and stores nothing: every statement succeeds at once, or after a delay
 * that is set, or fails as told. Two uses: the truth of the clock (a client's percentiles against
 * what this server measured that it did) and the speed of a client alone (nothing behind the
 * socket costs anything). Run it with --help. When it listens it prints one line to stdout,
 *     ready host=/tmp/x port=5432 user=null dbname=null
 * and on SIGUSR1, and when it ends (SIGTERM, SIGINT, or with --stdin the end of its input), one
 * JSON line with what it measured. SIGUSR2 forgets what was measured so far.
 *
 * The main thread accepts connections and gives them to the workers in turn; see nullpg.h.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include "tests/fake/nullpg.h"

#define SPARE_DESCRIPTORS 300 /* what workers, listeners and a sanitizer need for themselves */

struct server_counters counters;

static struct {
	struct worker workers[THREADS_MAX];
	struct session *sessions, *free; /* all there are; those not in use */
	pthread_mutex_t lock;		 /* of `free` */
	size_t session_count, given;
	int path_fd, tcp_fd, signal_fd; /* -1: not asked for */
	struct sockaddr_un path;
	struct random random;
} server = {.lock = PTHREAD_MUTEX_INITIALIZER, .path_fd = -1, .tcp_fd = -1};

/* ---- sessions ------------------------------------------------------------------------------ */

static void make_sessions(void)
{
	struct rlimit limit;
	size_t i;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	server.session_count = SESSIONS_MAX;
	if (limit.rlim_cur < SESSIONS_MAX + SPARE_DESCRIPTORS)
		server.session_count = limit.rlim_cur / 2;
	server.sessions = xcalloc(server.session_count, sizeof(*server.sessions));
	for (i = server.session_count; i-- > 0;) {
		server.sessions[i].fd = -1;
		server.sessions[i].next = server.free;
		server.free = &server.sessions[i];
	}
}

void server_closed(struct session *s)
{
	if (s->admitted)
		atomic_fetch_sub(&counters.open, 1);
	pthread_mutex_lock(&server.lock);
	s->next = server.free;
	server.free = s;
	pthread_mutex_unlock(&server.lock);
}

void server_cancel(uint32_t pid, uint32_t key)
{
	struct session *s = &server.sessions[pid - 1];

	if (pid == 0 || pid > server.session_count || key == 0 ||
	    atomic_load(&s->public_key) != key)
		return;
	atomic_store(&s->cancelled, true);
	atomic_store(&s->worker->cancel_wanted, true);
	worker_wake(s->worker);
}

static void accept_all(int listener)
{
	int fd, on = 1;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct session *s;
		uint32_t key = (uint32_t)random_range(&server.random, 1, UINT32_MAX);

		pthread_mutex_lock(&server.lock);
		s = server.free;
		if (s)
			server.free = s->next;
		pthread_mutex_unlock(&server.lock);
		if (!s) {
			close(fd);
			continue;
		}
		if (listener == server.tcp_fd)
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		s->fd = fd;
		session_reset(s, (uint32_t)(s - server.sessions) + 1, key);
		worker_give(&server.workers[server.given++ % (size_t)options.threads], s);
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
		clock_sleep(10 *
			    CLOCK_MS); /* the connection stays in the queue: do not spin on it */
}

/* ---- listening ----------------------------------------------------------------------------- */

static int listen_tcp(struct error *e)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)options.port),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (options.address && inet_pton(AF_INET, options.address, &a.sin_addr) != 1)
		return error_set(e, ERROR_USAGE, "--address: '%s' is no IPv4 address",
				 options.address);
	server.tcp_fd = fd;
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, SOMAXCONN) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		return error_set(e, ERROR_IO, "cannot listen on %s:%d: %s",
				 options.address ? options.address : "127.0.0.1", (int)options.port,
				 strerror(errno));
	options.port = ntohs(a.sin_port);
	return 0;
}

static int listen_path(struct error *e)
{
	struct sockaddr_un *a = &server.path;
	int n, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	a->sun_family = AF_UNIX;
	n = snprintf(a->sun_path, sizeof(a->sun_path), "%s/.s.PGSQL.%d", options.socket_directory,
		     (int)options.port);
	if ((size_t)n >= sizeof(a->sun_path))
		return error_set(e, ERROR_USAGE, "--socket is longer than a socket's name may be");
	if (connect(fd, (struct sockaddr *)a, sizeof(*a)) == 0)
		return error_set(e, ERROR_IO, "'%s' is in use", a->sun_path);
	if (errno == ECONNREFUSED) /* left behind by one that was killed */
		unlink(a->sun_path);
	server.path_fd = fd;
	if (fd < 0 || bind(fd, (struct sockaddr *)a, sizeof(*a)) < 0 || listen(fd, SOMAXCONN) < 0)
		return error_set(e, ERROR_IO, "cannot listen on '%s': %s", a->sun_path,
				 strerror(errno));
	return 0;
}

/* ---- the report ---------------------------------------------------------------------------- */

static void print_measure(FILE *f, struct measure *m)
{
	static const struct {
		const char *name;
		double share;
	} points[] = {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};
	const struct histogram *h = &m->histogram;
	size_t i;

	measure_sort(m);
	fprintf(f, "\"count\":%llu,\"mean_us\":%.3f", (unsigned long long)h->count,
		histogram_mean(h) / 1e3);
	for (i = 0; i < sizeof(points) / sizeof(*points); i++)
		fprintf(f, ",\"%s_us\":%.3f", points[i].name,
			measure_percentile(m, points[i].share) / 1e3);
	fprintf(f, ",\"min_us\":%.3f,\"max_us\":%.3f", (double)h->min / 1e3, (double)h->max / 1e3);
}

static int print_report(struct statistics *sum, struct error *e)
{
	FILE *f = options.report ? fopen(options.report, "a") : stdout;

	if (!f)
		return error_set(e, ERROR_IO, "cannot write '%s': %s", options.report,
				 strerror(errno));
	fputc('{', f);
	print_measure(f, &sum->actual);
	fputs(",\"intended\":{", f);
	print_measure(f, &sum->intended);
	fprintf(f, "},\"connections\":%zu,\"failed\":%llu,\"dropped\":%llu,\"cpu_s\":%.3f}\n",
		server.given, (unsigned long long)atomic_load(&counters.failed),
		(unsigned long long)atomic_load(&counters.dropped),
		(double)clock_process_cpu() / 1e9);
	if (f == stdout ? fflush(f) : fclose(f))
		return error_set(e, ERROR_IO, "cannot write the report: %s", strerror(errno));
	return 0;
}

/* Gives every worker the order, and prints one line of what they measured together. */
static int order_report(enum order order, struct error *e)
{
	struct statistics *sum = xcalloc(1, sizeof(*sum));
	int64_t i;
	int result;

	for (i = 0; i < options.threads; i++)
		worker_order(&server.workers[i], order, sum);
	result = print_report(sum, e);
	measure_release(&sum->actual);
	measure_release(&sum->intended);
	free(sum);
	return result;
}

/* ---- running ------------------------------------------------------------------------------- */

static int start(struct error *e)
{
	sigset_t signals;
	int64_t i;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	server.signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	random_seed(&server.random, clock_wall() ^ (uint64_t)getpid());
	session_setup();
	make_sessions();
	if (options.tcp && listen_tcp(e) < 0)
		return -1;
	if (options.socket_directory && listen_path(e) < 0)
		return -1;
	for (i = 0; i < options.threads; i++)
		if (worker_start(&server.workers[i], server.session_count, (uint64_t)i, e) < 0)
			return -1;
	printf("ready host=%s port=%d user=null dbname=null\n",
	       options.socket_directory ? options.socket_directory : "127.0.0.1",
	       (int)options.port);
	fflush(stdout);
	return 0;
}

/* What a signal asks for. 1: stop. */
static int on_signal(struct error *e)
{
	struct signalfd_siginfo info;
	int64_t i;

	if (read(server.signal_fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	if (info.ssi_signo == SIGUSR1)
		return order_report(ORDER_COPY, e);
	if (info.ssi_signo != SIGUSR2)
		return 1;
	for (i = 0; i < options.threads; i++)
		worker_order(&server.workers[i], ORDER_RESET, NULL);
	return 0;
}

static int serve(struct error *e)
{
	struct pollfd p[] = {{.fd = server.signal_fd, .events = POLLIN},
			     {.fd = server.path_fd, .events = POLLIN},
			     {.fd = server.tcp_fd, .events = POLLIN},
			     {.fd = options.watch_stdin ? STDIN_FILENO : -1, .events = POLLIN}};
	char ignored[256];
	int result = 0;

	while (result == 0) {
		if (poll(p, sizeof(p) / sizeof(*p), -1) < 0)
			continue;
		if (p[0].revents)
			result = on_signal(e);
		if (p[1].revents)
			accept_all(server.path_fd);
		if (p[2].revents)
			accept_all(server.tcp_fd);
		if (p[3].revents && read(STDIN_FILENO, ignored, sizeof(ignored)) <= 0)
			result = 1;
	}
	return order_report(ORDER_STOP, e) < 0 || result < 0 ? -1 : 0;
}

static void stop(void)
{
	size_t i;

	if (server.path_fd >= 0)
		unlink(server.path.sun_path);
	for (i = 0; i < server.session_count; i++) {
		if (server.sessions[i].fd >= 0)
			close(server.sessions[i].fd);
		session_release(&server.sessions[i]);
	}
	for (i = 0; i < (size_t)options.threads; i++)
		worker_release(&server.workers[i]);
	free(server.sessions);
}

int main(int argc, char **argv)
{
	struct error e = ERROR_INIT;

	if (options_parse(argc, argv, &e) < 0 || start(&e) < 0 || serve(&e) < 0) {
		log_failure(&e);
		return error_exit_status(&e);
	}
	stop();
	return 0;
}

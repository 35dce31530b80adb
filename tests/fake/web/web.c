/*
 * web.c - fakeweb, a FAKE web service for tests: it answers HTTP as a script says, faults included.
 *
 *   fakeweb [--script FILE] [--log FILE] [--token TOKEN] [--cert FILE --key FILE]
 *
 * Listens on a free port of 127.0.0.1, prints "ready PORT", and ends with its standard input.
 * See web_model.c for the script, web_log.c for the log.
 */
#include "tests/fake/web/web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct web_options web_options;

static const struct web_route routes[] = {
	{"POST", "/serving-endpoints/*/invocations", web_model_answer},
	{"POST", "/serving-endpoints/chat/completions", web_model_answer},
	{"POST", "/v1/chat/completions", web_model_answer},
	{"POST", "/hook", web_model_answer},
	{"GET", "/api/2.2/jobs/runs/list*", web_model_answer},
	{"POST", "/oidc/v1/token", web_token_answer},
	{"GET", "/api/2.0/sql/warehouses/*", web_warehouse_answer},
	{"POST", "/api/2.0/sql/statements", web_statement_begin},
	{"POST", "/api/2.0/sql/statements/*", web_statement_go_on},
	{"GET", "/api/2.0/sql/statements/*", web_statement_go_on},
};

/* Whether a path is what a pattern says; one '*' stands for any text. */
static bool path_fits(const char *pattern, const char *path)
{
	const char *star = strchr(pattern, '*');
	size_t before, after, n = strlen(path);

	if (!star)
		return strcmp(pattern, path) == 0;
	before = (size_t)(star - pattern);
	after = strlen(star + 1);
	return n > before + after && strncmp(pattern, path, before) == 0 &&
	       strcmp(star + 1, path + n - after) == 0;
}

static bool authorized(const struct web_request *r)
{
	char value[4096] = "", wanted[4096];

	web_header(r, "Authorization", value, sizeof(value));
	if (!web_options.token)
		return web_token_lives(value);
	snprintf(wanted, sizeof(wanted), "Bearer %s", web_options.token);
	return strcmp(value, wanted) == 0;
}

void web_fail(struct web_answer *a, int status, const char *code, const char *message)
{
	cJSON *root = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(root, "error_code", code);
	cJSON_AddStringToObject(root, "message", message);
	text = cJSON_PrintUnformatted(root);
	a->status = status;
	a->type = "application/json";
	buf_clear(&a->body);
	buf_puts(&a->body, text);
	cJSON_free(text);
	cJSON_Delete(root);
}

void web_dispatch(const struct web_request *r, struct web_answer *a)
{
	size_t i;

	if (strcmp(r->path, "/oidc/v1/token") != 0 && !authorized(r)) {
		char sent[4096] = "";

		web_header(r, "Authorization", sent, sizeof(sent));
		buf_printf(&a->body,
			   "{\"error_code\":\"403\",\"message\":\"Invalid access token: %s\"}",
			   sent);
		a->status = 403;
		a->type = "application/json";
		return;
	}
	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (strcmp(routes[i].method, r->method) == 0 &&
		    path_fits(routes[i].path, r->path)) {
			routes[i].handle(r, a);
			return;
		}
	web_fail(a, 404, "ENDPOINT_NOT_FOUND", "there is nothing at this path");
}

static SSL_CTX *tls_context(const char *cert, const char *key)
{
	SSL_CTX *c = SSL_CTX_new(TLS_server_method());

	if (SSL_CTX_use_certificate_file(c, cert, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(c, key, SSL_FILETYPE_PEM) != 1)
		return NULL;
	return c;
}

static int parse(int argc, char **argv)
{
	const char *cert = NULL, *key = NULL;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--script") == 0)
			web_options.script = argv[i + 1];
		else if (strcmp(argv[i], "--log") == 0)
			web_options.log = argv[i + 1];
		else if (strcmp(argv[i], "--token") == 0)
			web_options.token = argv[i + 1];
		else if (strcmp(argv[i], "--cert") == 0)
			cert = argv[i + 1];
		else if (strcmp(argv[i], "--key") == 0)
			key = argv[i + 1];
		else
			break;
	}
	if (i < argc || !cert != !key)
		return -1;
	if (cert && !(web_options.tls = tls_context(cert, key)))
		return -1;
	return 0;
}

static int listen_somewhere(int *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) < 0 || listen(fd, 128) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		return -1;
	*port = ntohs(a.sin_port);
	return fd;
}

static void *connection_thread(void *fd)
{
	web_serve((int)(intptr_t)fd);
	return NULL;
}

static void serve_all(int listener)
{
	struct pollfd p[2] = {{.fd = listener, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
	char ignored[64];

	while (poll(p, 2, -1) > 0 || errno == EINTR) {
		pthread_t thread;
		int fd;

		if (p[1].revents && read(0, ignored, sizeof(ignored)) <= 0)
			return;
		if (!(p[0].revents & POLLIN))
			continue;
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		if (pthread_create(&thread, NULL, connection_thread, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}

int main(int argc, char **argv)
{
	struct error e = ERROR_INIT;
	int listener, port = 0;

	signal(SIGPIPE, SIG_IGN);
	if (parse(argc, argv) < 0) {
		fputs("usage: fakeweb [--script FILE] [--log FILE] [--token TOKEN] "
		      "[--cert FILE --key FILE]\n",
		      stderr);
		return 2;
	}
	if (web_options.script && web_model_load(web_options.script, &e) < 0) {
		fprintf(stderr, "fakeweb: %s\n", e.text);
		return 2;
	}
	listener = listen_somewhere(&port);
	if (listener < 0) {
		perror("fakeweb");
		return 3;
	}
	printf("ready %d\n", port);
	fflush(stdout);
	serve_all(listener);
	return 0;
}

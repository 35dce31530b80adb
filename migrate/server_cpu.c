/* server_cpu.c - see server_cpu.h. */
#include "migrate/server_cpu.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct process {
	int parent;
	double own_s, children_s; /* children: those that have ended */
};

/* Reads /proc/PID/stat; false when there is no such process, or it is no Postgres. */
static bool look(int pid, struct process *p)
{
	unsigned long long user, system, child_user, child_system;
	double tick = (double)sysconf(_SC_CLK_TCK);
	char name[40], text[1024];
	const char *rest;
	size_t n = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	f = fopen(name, "r");
	if (!f)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	rest = strrchr(text, ')'); /* a name may hold anything */
	if (!strstr(text, "(postgres") || !rest ||
	    sscanf(rest, ") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %llu %llu",
		   &p->parent, &user, &system, &child_user, &child_system) != 5)
		return false;
	p->own_s = (double)(user + system) / tick;
	p->children_s = (double)(child_user + child_system) / tick;
	return true;
}

/* The postmaster, the children that it has buried, and those that live. */
static double cluster_cpu(int postmaster)
{
	struct process p;
	struct dirent *d;
	double sum;
	DIR *all;

	if (!look(postmaster, &p))
		return -1;
	sum = p.own_s + p.children_s;
	all = opendir("/proc");
	while (all && (d = readdir(all)))
		if (isdigit((unsigned char)d->d_name[0]) &&
		    look((int)strtol(d->d_name, NULL, 10), &p) && p.parent == postmaster)
			sum += p.own_s;
	if (all)
		closedir(all);
	return sum;
}

void server_cpu_begin(struct server_cpu *c, const struct pg *pg)
{
	const char *host = pg_host(pg);
	struct process p;

	c->postmaster = 0;
	if (*host != '/' && strcmp(host, "localhost") != 0 && strcmp(host, "127.0.0.1") != 0 &&
	    strcmp(host, "::1") != 0)
		return;
	if (!look(pg_backend(pg), &p))
		return;
	c->begun_s = cluster_cpu(p.parent);
	c->postmaster = c->begun_s >= 0 ? p.parent : 0;
}

double server_cpu_used(const struct server_cpu *c)
{
	double now = c->postmaster ? cluster_cpu(c->postmaster) : -1;

	return now >= c->begun_s ? now - c->begun_s : -1;
}

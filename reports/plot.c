/*
 * plot.c - the gnuplot script and its data, and running it in a directory of its own.
 *
 * See plot.h. The directory is removed in every case.
 */
#include "reports/plot.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <dirent.h>

#include "common/clock.h"
#include "common/interrupt.h"
#include "common/memory.h"

#define SVG_MAX_BYTES ((size_t)4 << 20)
#define LOG_MAX_BYTES ((size_t)1 << 20)
#define CHECK_EVERY   (2 * CLOCK_MS)

static void script_axis(const struct plot_axis *a, char which, struct buf *script)
{
	size_t i;

	buf_printf(script, "set %crange [%.12g:%.12g]\n", which, a->min, a->max);
	if (a->log)
		buf_printf(script, "set logscale %c\n", which);
	buf_printf(script, "set %ctics (", which);
	for (i = 0; i < a->tick_count; i++)
		buf_printf(script, "%s\"%s\" %.12g", i ? ", " : "",
			   a->unlabelled ? "" : a->ticks[i].label, a->ticks[i].at);
	buf_puts(script, ")\n");
}

void plot_script(const struct plot *p, size_t i, struct buf *script)
{
	const char *separator = "plot ";
	size_t k;

	buf_puts(script, "reset\n");
	buf_printf(script, "set term svg size %d,%d dynamic font 'sans-serif,13'\n", p->width,
		   p->height);
	buf_puts(script, "set border 1 lc rgb '#020202' lw 1\n"
			 "set tics nomirror out scale 0.4,0 textcolor rgb '#010101'\n"
			 "set ytics scale 0\n"
			 "set grid ytics lt 1 lc rgb '#030303' lw 1\n"
			 "unset key\n"
			 "set lmargin 8\nset rmargin 2.5\nset tmargin 0.8\n");
	buf_printf(script, "set bmargin %s\n", p->x.unlabelled ? "0.8" : "2");
	script_axis(&p->x, 'x', script);
	script_axis(&p->y, 'y', script);
	buf_printf(script, "set output '%zu.svg'\n", i);
	for (k = 0; k < p->curve_count; k++) {
		bool steps = p->curves[k].steps;

		if (p->curves[k].fill) {
			buf_printf(script,
				   "%s'D%zu-%zu' with %s fs solid 0.12 noborder lc rgb "
				   "'#0404%02zx' notitle",
				   separator, i, k, steps ? "fillsteps" : "filledcurves y1=0",
				   k + 1);
			separator = ", ";
		}
		buf_printf(script, "%s'D%zu-%zu' with %s lw 2 lc rgb '#0404%02zx' notitle",
			   separator, i, k, steps ? "steps" : "lines", k + 1);
		separator = ", ";
	}
	buf_puts(script, "\nunset output\n");
}

/* The directory lives for a moment: no need for the care of text_write_file(). */
static int write_plain(const char *directory, const char *name, const struct buf *data,
		       struct error *e)
{
	char *path = xasprintf("%s/%s", directory, name);
	FILE *f = fopen(path, "wxe");
	bool done = f && fwrite(buf_text(data), 1, data->len, f) == data->len;

	if (f && fclose(f) != 0)
		done = false;
	if (!done)
		error_set(e, ERROR_IO, "cannot write '%s': %s", path, strerror(errno));
	free(path);
	return done ? 0 : -1;
}

/* One point a line; an empty line makes a gap. */
static int write_curve(const char *directory, size_t i, size_t k, const struct plot_curve *c,
		       struct error *e)
{
	struct buf data = {0};
	char name[48];
	size_t point;
	int result;

	snprintf(name, sizeof(name), "D%zu-%zu", i, k);
	for (point = 0; point < c->count; point++) {
		if (isfinite(c->y[point]) && isfinite(c->x[point]))
			buf_printf(&data, "%.12g %.12g\n", c->x[point], c->y[point]);
		else
			buf_putc(&data, '\n');
	}
	result = write_plain(directory, name, &data, e);
	buf_release(&data);
	return result;
}

static int write_input(const char *directory, const struct plot *plots, size_t n, struct error *e)
{
	struct buf script = {0};
	int result = 0;
	size_t i, k;

	for (i = 0; i < n && result == 0; i++) {
		plot_script(&plots[i], i, &script);
		for (k = 0; k < plots[i].curve_count && result == 0; k++)
			result = write_curve(directory, i, k, &plots[i].curves[k], e);
	}
	if (result == 0)
		result = write_plain(directory, "script", &script, e);
	buf_release(&script);
	return result;
}

/*
 * The program sees an environment of its own: no start-up file, no locale, no display. It reads
 * nothing, and what it says goes into the file `log`.
 */
static int start(const char *directory, const char *program, pid_t *child)
{
	char *home = xasprintf("HOME=%s", directory), *temp = xasprintf("TMPDIR=%s", directory);
	char *path = xasprintf("PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
	char *environment[] = {home, temp, path, (char *)"LC_ALL=C", NULL};
	char *argv[] = {(char *)"gnuplot", (char *)"-d", (char *)"script", NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int failure;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addchdir_np(&files, directory);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "log", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&files, 1, 2);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	failure = posix_spawnp(child, program, &files, &attributes, argv, environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	free(home);
	free(temp);
	free(path);
	return failure;
}

/* The first line that the program wrote, to say why it failed. */
static void add_complaint(const char *directory, struct error *e)
{
	char *path = xasprintf("%s/log", directory), *line;
	struct buf log = {0};

	if (text_read_file(path, LOG_MAX_BYTES, &log, NULL) == 0 && log.len) {
		line = log.data + strspn(log.data, " \t\r\n^");
		line[strcspn(line, "\r\n")] = '\0';
		error_hint(e, "it said: %.200s", line);
	}
	buf_release(&log);
	free(path);
}

static int wait_for(pid_t child, int limit_ms, const char *directory, struct error *e)
{
	uint64_t end = clock_now() + (uint64_t)limit_ms * CLOCK_MS;
	int before = interrupt_count(), status = 0;
	pid_t done;

	while ((done = waitpid(child, &status, WNOHANG)) == 0) {
		if (clock_now() > end || interrupt_count() > before) {
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			if (interrupt_count() > before)
				return error_set(e, ERROR_INTERRUPTED, "interrupted");
			return error_set(e, ERROR_IO, "gnuplot took longer than %g s and was ended",
					 limit_ms / 1000.0);
		}
		clock_sleep(CHECK_EVERY);
	}
	if (done < 0)
		return error_set(e, ERROR_IO, "cannot wait for gnuplot: %s", strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		error_set(e, ERROR_IO, "gnuplot was ended by signal %d", WTERMSIG(status));
	else
		error_set(e, ERROR_IO, "gnuplot failed with status %d", WEXITSTATUS(status));
	add_complaint(directory, e);
	return -1;
}

static int run(const char *directory, const char *program, int limit_ms, struct error *e)
{
	pid_t child;
	int failure = start(directory, program, &child);

	if (failure == ENOENT)
		return error_set(e, ERROR_IO, "gnuplot is not installed");
	if (failure)
		return error_set(e, ERROR_IO, "cannot start gnuplot: %s", strerror(failure));
	return wait_for(child, limit_ms, directory, e);
}

static int read_svg(const char *directory, struct plot *p, size_t i, struct error *e)
{
	char *path = xasprintf("%s/%zu.svg", directory, i);
	struct buf raw = {0}, clean = {0};
	int result = text_read_file(path, SVG_MAX_BYTES, &raw, NULL);

	if (result < 0 || !svg_clean(buf_text(&raw), &clean))
		result = error_set(e, ERROR_IO, "gnuplot did not draw what it was asked to");
	else
		buf_add(&p->svg, clean.data, clean.len);
	buf_release(&raw);
	buf_release(&clean);
	free(path);
	return result;
}

static void remove_directory(const char *directory)
{
	DIR *d = opendir(directory);
	struct dirent *entry;

	while (d && (entry = readdir(d)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(d), entry->d_name, 0);
	if (d)
		closedir(d);
	rmdir(directory);
}

int plot_draw(struct plot *plots, size_t n, const char *program, int limit_ms, struct error *e)
{
	const char *temp = getenv("TMPDIR");
	char *directory = xasprintf("%s/lakeport-plot-XXXXXX", temp && *temp ? temp : "/tmp");
	int result = 0;
	size_t i;

	if (!mkdtemp(directory)) {
		error_set(e, ERROR_IO, "cannot make a folder for the plots: %s", strerror(errno));
		free(directory);
		return -1;
	}
	if (n && (write_input(directory, plots, n, e) < 0 ||
		  run(directory, program ? program : "gnuplot", limit_ms, e) < 0))
		result = -1;
	for (i = 0; i < n && result == 0; i++)
		result = read_svg(directory, &plots[i], i, e);
	for (i = 0; i < n && result < 0; i++)
		buf_release(&plots[i].svg);
	remove_directory(directory);
	free(directory);
	return result;
}

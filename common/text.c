/* text.c - see text.h. */
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory.h"

static size_t buf_limit(const struct buf *b)
{
	return b->max ? b->max : BUF_DEFAULT_MAX;
}

void buf_add(struct buf *b, const void *data, size_t n)
{
	if (b->truncated)
		return;
	if (n > buf_limit(b) - b->len) {
		n = buf_limit(b) - b->len;
		b->truncated = true;
	}
	if (b->len + n + 1 > b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 64;

		while (cap < b->len + n + 1)
			cap *= 2;
		b->data = xrealloc(b->data, cap);
		b->cap = cap;
	}
	if (n)
		memcpy(b->data + b->len, data, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	char small[256], *large;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	if (n < 0)
		return;
	if ((size_t)n < sizeof(small)) {
		buf_add(b, small, (size_t)n);
		return;
	}
	large = xmalloc((size_t)n + 1);
	va_start(args, format);
	vsnprintf(large, (size_t)n + 1, format, args);
	va_end(args);
	buf_add(b, large, (size_t)n);
	free(large);
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->truncated = false;
	if (b->data)
		b->data[0] = '\0';
}

void buf_release(struct buf *b)
{
	free(b->data);
	b->data = NULL;
	b->len = b->cap = 0;
	b->truncated = false;
}

int text_read_file(const char *path, size_t limit, struct buf *out, struct error *e)
{
	char chunk[16384];
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set(e, ERROR_INPUT, "cannot open '%s': %s", path, strerror(errno));
	while (out->len <= limit && (n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(out, chunk, (size_t)n);
	if (n < 0)
		error_set(e, ERROR_INPUT, "cannot read '%s': %s", path, strerror(errno));
	close(fd);
	if (n < 0)
		return -1;
	if (out->len > limit || out->truncated)
		return error_set(e, ERROR_INPUT, "'%s' is larger than %zu bytes", path, limit);
	if (out->len && memchr(out->data, '\0', out->len))
		return error_set(e, ERROR_INPUT, "'%s' is not text: it holds a NUL byte", path);
	return 0;
}

static int write_all(int fd, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, data, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		data += done;
		n -= (size_t)done;
	}
	return 0;
}

/* A rename is only durable once its directory is; errors here cannot be undone and are ignored. */
static void sync_directory_of(const char *path)
{
	char *copy = xstrdup(path), *slash = strrchr(copy, '/');
	int fd;

	if (slash)
		*(slash == copy ? slash + 1 : slash) = '\0';
	fd = open(slash ? copy : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

int text_write_file(const char *path, const char *data, size_t n, struct error *e)
{
	char *temporary = xasprintf("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC), failed = fd < 0;

	if (!failed) {
		failed = write_all(fd, data, n) < 0 || fchmod(fd, 0644) < 0 || fsync(fd) < 0;
		failed = close(fd) < 0 || failed;
		failed = failed || rename(temporary, path) < 0;
	}
	if (failed) {
		error_set(e, ERROR_IO, "cannot write '%s': %s", path, strerror(errno));
		if (fd >= 0)
			unlink(temporary);
	} else {
		sync_directory_of(path);
	}
	free(temporary);
	return failed ? -1 : 0;
}

bool text_to_int(const char *s, int64_t *value)
{
	char *end;
	long long v;

	if (*s == '\0' || strspn(s, "+-0123456789") != strlen(s))
		return false;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || *end || end == s)
		return false;
	*value = v;
	return true;
}

bool text_to_double(const char *s, double *value)
{
	char *end;
	double v;

	if (*s == '\0' || strspn(s, "+-.0123456789eE") != strlen(s))
		return false;
	errno = 0;
	v = strtod(s, &end);
	if (*end || end == s || !isfinite(v))
		return false;
	*value = v;
	return true;
}

size_t text_character(const char *p, size_t n)
{
	unsigned char c = (unsigned char)*p;
	size_t length = c < 0x80   ? 1
			: c < 0xc2 ? 0
			: c < 0xe0 ? 2
			: c < 0xf0 ? 3
			: c < 0xf5 ? 4
				   : 0;
	size_t i;

	if (length > n)
		return 0;
	for (i = 1; i < length; i++)
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return 0;
	if ((c == 0xe0 && (unsigned char)p[1] < 0xa0) ||
	    (c == 0xed && (unsigned char)p[1] > 0x9f) ||
	    (c == 0xf0 && (unsigned char)p[1] < 0x90) || (c == 0xf4 && (unsigned char)p[1] > 0x8f))
		return 0;
	return length;
}

bool text_is_utf8(const char *p, size_t n)
{
	size_t i, length;

	for (i = 0; i < n; i += length) {
		length = text_character(p + i, n - i);
		if (length == 0)
			return false;
	}
	return true;
}

void text_make_utf8(char *s)
{
	while (*s) { /* the NUL at the end ends every sequence */
		size_t n = text_character(s, SIZE_MAX);

		if (n == 0)
			*s = '?';
		s += n ? n : 1;
	}
}

size_t text_distance(const char *a, const char *b, size_t limit)
{
	size_t row[64], la = strlen(a), lb = strlen(b), i, j;

	if (la >= 64 || lb >= 64)
		return limit;
	for (j = 0; j <= lb; j++)
		row[j] = j;
	for (i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= lb; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j - 1] + 1 < change)
				change = row[j - 1] + 1;
			row[j] = row[j] + 1 < change ? row[j] + 1 : change;
		}
	}
	return row[lb] < limit ? row[lb] : limit;
}

char *text_thousands(double value, int decimals, char *out, size_t size)
{
	char digits[400];
	size_t n = 0, i, start, point;

	snprintf(digits, sizeof(digits), "%.*f", decimals, value);
	start = digits[0] == '-';
	point = strcspn(digits, ".");
	for (i = 0; digits[i] && n + 2 < size; i++) {
		if (i > start && i < point && (point - i) % 3 == 0)
			out[n++] = ',';
		out[n++] = digits[i];
	}
	out[n] = '\0';
	return out;
}

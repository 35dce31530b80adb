/*
 * input.c - see input.h. Three stages that pull from each other: read_file, unpack, recode. Each
 * has one buffer of fixed size.
 */
#include "migrate/input.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define READ_BYTES ((size_t)256 << 10)

struct input {
	char *path;
	int file;
	atomic_uint_fast64_t consumed;
	enum source_packing packing;
	unsigned char *raw; /* as it is in the file */
	size_t raw_at, raw_end;
	bool raw_last;
	z_stream gzip;
	ZSTD_DStream *zstd;
	bool within; /* a packed member or frame was begun and is not complete */
	iconv_t recoder;
	bool recoding, at_start;
	char *coded; /* unpacked, not yet recoded */
	size_t coded_at, coded_end;
	bool coded_last;
};

static int fill_raw(struct input *in, struct error *e)
{
	ssize_t n;

	if (in->raw_at < in->raw_end || in->raw_last)
		return 0;
	do {
		n = read(in->file, in->raw, READ_BYTES);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_set(e, ERROR_IO, "could not read '%s': %s", in->path, strerror(errno));
	in->raw_at = 0;
	in->raw_end = (size_t)n;
	in->raw_last = n == 0;
	atomic_fetch_add_explicit(&in->consumed, (uint64_t)n, memory_order_relaxed);
	return 0;
}

static int cut(const struct input *in, struct error *e)
{
	error_set(e, ERROR_INPUT, "'%s' ends within its packed data", in->path);
	return error_hint(e, "the file was cut, perhaps while it was copied: bring it again");
}

static int damaged(const struct input *in, const char *why, struct error *e)
{
	return error_set(e, ERROR_INPUT, "the packed data of '%s' is damaged: %s", in->path, why);
}

/* Behind a member: another one, zeros that fill up a tape, or nothing. */
static int next_member(struct input *in, struct error *e)
{
	in->within = false;
	while (in->raw_at < in->raw_end && in->raw[in->raw_at] == 0)
		in->raw_at++;
	if (inflateReset(&in->gzip) != Z_OK)
		return damaged(in, "zlib does not begin again", e);
	return 0;
}

static int64_t read_gzip(struct input *in, char *to, size_t n, struct error *e)
{
	z_stream *z = &in->gzip;
	size_t got = 0;

	while (!got) {
		int status;

		if (fill_raw(in, e) < 0)
			return -1;
		if (in->raw_at == in->raw_end)
			return in->within ? cut(in, e) : 0;
		if (!in->within && in->raw[in->raw_at] == 0 && in->gzip.total_out == 0 &&
		    in->gzip.total_in == 0) { /* filling up behind a member */
			in->raw_at++;
			continue;
		}
		in->within = true;
		z->next_in = in->raw + in->raw_at;
		z->avail_in = (unsigned)(in->raw_end - in->raw_at);
		z->next_out = (unsigned char *)to;
		z->avail_out = (unsigned)n;
		status = inflate(z, Z_NO_FLUSH);
		in->raw_at = in->raw_end - z->avail_in;
		got = n - z->avail_out;
		if (status == Z_STREAM_END && next_member(in, e) < 0)
			return -1;
		if (status != Z_STREAM_END && status != Z_OK && status != Z_BUF_ERROR)
			return damaged(in, z->msg ? z->msg : "not gzip", e);
	}
	return (int64_t)got;
}

static int64_t read_zstd(struct input *in, char *to, size_t n, struct error *e)
{
	ZSTD_outBuffer out = {to, n, 0};

	while (!out.pos) {
		ZSTD_inBuffer raw;
		size_t status;

		if (fill_raw(in, e) < 0)
			return -1;
		if (in->raw_at == in->raw_end && !in->within)
			return 0;
		raw = (ZSTD_inBuffer){in->raw, in->raw_end, in->raw_at};
		status = ZSTD_decompressStream(in->zstd, &out, &raw);
		if (ZSTD_isError(status))
			return damaged(in, ZSTD_getErrorName(status), e);
		if (in->raw_last && raw.pos == in->raw_at && !out.pos && status)
			return cut(in, e);
		in->raw_at = raw.pos;
		in->within = status != 0;
	}
	return (int64_t)out.pos;
}

/* The bytes behind the packing. */
static int64_t read_unpacked(struct input *in, char *to, size_t n, struct error *e)
{
	if (n > (size_t)1 << 30)
		n = (size_t)1 << 30;
	if (in->packing == PACKING_GZIP)
		return read_gzip(in, to, n, e);
	if (in->packing == PACKING_ZSTD)
		return read_zstd(in, to, n, e);
	if (in->raw_at == in->raw_end && n >= READ_BYTES) { /* without copying */
		ssize_t got;

		do {
			got = read(in->file, to, n);
		} while (got < 0 && errno == EINTR);
		if (got < 0)
			return error_set(e, ERROR_IO, "could not read '%s': %s", in->path,
					 strerror(errno));
		atomic_fetch_add_explicit(&in->consumed, (uint64_t)got, memory_order_relaxed);
		return got;
	}
	if (fill_raw(in, e) < 0)
		return -1;
	if (n > in->raw_end - in->raw_at)
		n = in->raw_end - in->raw_at;
	memcpy(to, in->raw + in->raw_at, n);
	in->raw_at += n;
	return (int64_t)n;
}

/* Makes sure that bytes to recode are there, behind those that were left over. */
static int fill_coded(struct input *in, struct error *e)
{
	int64_t n;

	memmove(in->coded, in->coded + in->coded_at, in->coded_end - in->coded_at);
	in->coded_end -= in->coded_at;
	in->coded_at = 0;
	n = read_unpacked(in, in->coded + in->coded_end, READ_BYTES - in->coded_end, e);
	if (n < 0)
		return -1;
	in->coded_end += (size_t)n;
	in->coded_last = n == 0;
	return 0;
}

static int64_t read_recoded(struct input *in, char *to, size_t n, struct error *e)
{
	char *out = to;
	size_t room = n;

	while (room == n) {
		char *from = in->coded + in->coded_at;
		size_t left = in->coded_end - in->coded_at;
		bool stuck;

		if (left < 64 && !in->coded_last) {
			if (fill_coded(in, e) < 0)
				return -1;
			continue;
		}
		if (!left)
			return 0;
		errno = 0;
		stuck = iconv(in->recoder, &from, &left, &out, &room) == (size_t)-1;
		in->coded_at = in->coded_end - left;
		if (stuck && errno == E2BIG)
			break;
		if (stuck && errno == EINVAL && !in->coded_last) {
			if (fill_coded(in, e) < 0)
				return -1;
		} else if (stuck && room) {
			*out++ = '\xff';
			room--;
			in->coded_at++;
			iconv(in->recoder, NULL, NULL, NULL, NULL);
		}
	}
	return (int64_t)(n - room);
}

int64_t input_read(struct input *in, char *to, size_t n, struct error *e)
{
	int64_t got = in->recoding ? read_recoded(in, to, n, e) : read_unpacked(in, to, n, e);

	if (in->at_start && got > 0) {
		in->at_start = false;
		while (got < 3) { /* a mark may come in parts */
			int64_t more = in->recoding
					       ? read_recoded(in, to + got, n - (size_t)got, e)
					       : read_unpacked(in, to + got, n - (size_t)got, e);

			if (more < 0)
				return -1;
			if (more == 0)
				break;
			got += more;
		}
		if (got >= 3 && memcmp(to, "\xef\xbb\xbf", 3) == 0) {
			got -= 3;
			memmove(to, to + 3, (size_t)got);
			if (!got)
				return input_read(in, to, n, e);
		}
	}
	return got;
}

static enum source_packing find_packing(const struct input *in)
{
	const unsigned char *p = in->raw;

	if (in->raw_end >= 2 && p[0] == 0x1f && p[1] == 0x8b)
		return PACKING_GZIP;
	if (in->raw_end >= 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0)
		return PACKING_ZSTD;
	return PACKING_NONE;
}

static int open_packing(struct input *in, struct error *e)
{
	if (in->packing == PACKING_GZIP && inflateInit2(&in->gzip, 15 + 16) != Z_OK)
		return error_set(e, ERROR_INTERNAL, "zlib does not start");
	if (in->packing == PACKING_ZSTD && !(in->zstd = ZSTD_createDStream()))
		return error_set(e, ERROR_INTERNAL, "zstd does not start");
	return 0;
}

/* Postgres' own names ("WIN1252") are understood, too. */
static iconv_t find_encoding(const char *name)
{
	char real[64];
	bool win = strncasecmp(name, "WIN", 3) == 0 && isdigit((unsigned char)name[3]);

	snprintf(real, sizeof(real), "%s%s", win ? "CP" : "", win ? name + 3 : name);
	return iconv_open("UTF-8", real);
}

int input_check_encoding(const char *name, struct error *e)
{
	iconv_t found = find_encoding(name ? name : "UTF-8");

	if (found != (iconv_t)-1) {
		iconv_close(found);
		return 0;
	}
	error_set(e, ERROR_CONFIG, "there is no encoding '%s'", name);
	return error_hint(e, "'iconv -l' lists those that are known");
}

/* "UTF-8" needs nothing. */
static int open_recoder(struct input *in, const char *encoding, struct error *e)
{
	const char *from = encoding ? encoding : "UTF-8";

	if (!strcasecmp(from, "UTF-8") || !strcasecmp(from, "UTF8")) {
		bool utf16 = in->packing == PACKING_NONE && in->raw_end >= 2 &&
			     (memcmp(in->raw, "\xff\xfe", 2) == 0 ||
			      memcmp(in->raw, "\xfe\xff", 2) == 0);

		if (!utf16)
			return 0;
		from = "UTF-16"; /* its mark says so */
	}
	in->recoder = find_encoding(from);
	if (in->recoder == (iconv_t)-1)
		return input_check_encoding(from, e);
	in->recoding = true;
	in->coded = xmalloc(READ_BYTES);
	return 0;
}

static int open_file(struct input *in, struct error *e)
{
	struct stat st;

	in->file = open(in->path, O_RDONLY | O_CLOEXEC);
	if (in->file < 0)
		return error_set(e, ERROR_INPUT, "could not open '%s': %s", in->path,
				 strerror(errno));
	if (fstat(in->file, &st) == 0 && S_ISDIR(st.st_mode))
		return error_set(e, ERROR_INPUT, "'%s' is a directory", in->path);
	(void)posix_fadvise(in->file, 0, 0, POSIX_FADV_SEQUENTIAL);
	return fill_raw(in, e);
}

struct input *input_open(const char *path, const struct source_options *o, struct error *e)
{
	struct input *in = xcalloc(1, sizeof(*in));

	in->path = xstrdup(path);
	in->raw = xmalloc(READ_BYTES);
	in->file = -1;
	in->at_start = true;
	if (open_file(in, e) == 0) {
		in->packing = o->packing == PACKING_AUTO ? find_packing(in) : o->packing;
		if (open_packing(in, e) == 0 && open_recoder(in, o->encoding, e) == 0)
			return in;
	}
	input_close(in);
	return NULL;
}

uint64_t input_consumed(const struct input *in)
{
	return atomic_load_explicit(&in->consumed, memory_order_relaxed);
}

bool input_converted(const struct input *in)
{
	return in->recoding;
}

void input_close(struct input *in)
{
	if (!in)
		return;
	if (in->packing == PACKING_GZIP)
		inflateEnd(&in->gzip);
	ZSTD_freeDStream(in->zstd);
	if (in->recoding)
		iconv_close(in->recoder);
	if (in->file >= 0)
		close(in->file);
	free(in->coded);
	free(in->raw);
	free(in->path);
	free(in);
}

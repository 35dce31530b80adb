/* file_hash.c - see file_hash.h. OpenSSL does the sums. */
#include "migrate/file_hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "common/memory.h"

#define PIECE	    ((size_t)256 << 10)
#define THREAD_FROM (1 << 20) /* smaller files are done by the caller */

static void open_file(struct file_hash *h)
{
	h->sum = EVP_MD_CTX_new();
	h->fd = open(h->path, O_RDONLY | O_CLOEXEC);
	if (h->fd < 0)
		error_set(&h->error, ERROR_INPUT, "cannot open '%s': %s", h->path, strerror(errno));
	else if (!h->sum || !EVP_DigestInit_ex(h->sum, EVP_sha256(), NULL))
		error_set(&h->error, ERROR_INTERNAL, "OpenSSL has no SHA-256");
	else
		h->piece = xmalloc(PIECE);
}

/* Also after a failure; a second time does nothing. */
static void close_file(struct file_hash *h)
{
	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
	EVP_MD_CTX_free(h->sum);
	h->sum = NULL;
	free(h->piece);
	h->piece = NULL;
}

static void write_hex(struct file_hash *h)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0, i;

	EVP_DigestFinal_ex(h->sum, digest, &n);
	for (i = 0; i < n && 2 * i + 2 < sizeof(h->hex); i++)
		snprintf(h->hex + 2 * i, 3, "%02x", digest[i]);
	h->status = 0;
}

bool file_hash_step(void *hash)
{
	struct file_hash *h = hash;
	ssize_t n;

	if (!h->piece)
		return false;
	do {
		n = read(h->fd, h->piece, PIECE);
	} while (n < 0 && errno == EINTR);
	if (n > 0) {
		EVP_DigestUpdate(h->sum, h->piece, (size_t)n);
		return true;
	}
	if (n == 0)
		write_hex(h);
	else
		error_set(&h->error, ERROR_IO, "cannot read '%s': %s", h->path, strerror(errno));
	close_file(h);
	return false;
}

static void *compute(void *context)
{
	struct file_hash *h = context;

	while (!atomic_load(&h->stop) && file_hash_step(h))
		;
	return NULL;
}

void file_hash_begin(struct file_hash *h, const char *path, int64_t size, bool threaded)
{
	memset(h, 0, sizeof(*h));
	h->path = path;
	h->status = -1;
	open_file(h);
	if (size < THREAD_FROM)
		compute(h);
	else if (threaded)
		h->running = pthread_create(&h->thread, NULL, compute, h) == 0;
}

int file_hash_end(struct file_hash *h, bool cancel, struct error *e)
{
	if (cancel)
		atomic_store(&h->stop, true);
	if (h->running)
		pthread_join(h->thread, NULL);
	h->running = false;
	compute(h);
	close_file(h);
	if (h->status < 0 && !cancel)
		*e = h->error;
	return h->status;
}

int file_look(const char *path, int64_t *size, int64_t *mtime_ns, struct error *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return error_set(e, ERROR_INPUT, "cannot look at '%s': %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return error_set(e, ERROR_INPUT, "'%s' is not a file", path);
	*size = st.st_size;
	*mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	return 0;
}

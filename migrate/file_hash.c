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

static int feed(struct file_hash *h, int fd, EVP_MD_CTX *sum)
{
	char *piece = xmalloc(PIECE);
	ssize_t n = 0;

	while (!atomic_load(&h->stop) && (n = read(fd, piece, PIECE)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		EVP_DigestUpdate(sum, piece, (size_t)n);
	}
	free(piece);
	return n < 0 ? error_set(&h->error, ERROR_IO, "cannot read '%s': %s", h->path,
				 strerror(errno))
		     : 0;
}

static void *compute(void *context)
{
	struct file_hash *h = context;
	EVP_MD_CTX *sum = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0, i;
	int fd = open(h->path, O_RDONLY | O_CLOEXEC);

	h->status = -1;
	if (fd < 0) {
		error_set(&h->error, ERROR_INPUT, "cannot open '%s': %s", h->path, strerror(errno));
	} else if (!sum || !EVP_DigestInit_ex(sum, EVP_sha256(), NULL)) {
		error_set(&h->error, ERROR_INTERNAL, "OpenSSL has no SHA-256");
	} else if (feed(h, fd, sum) == 0) {
		EVP_DigestFinal_ex(sum, digest, &n);
		for (i = 0; i < n && 2 * i + 2 < sizeof(h->hex); i++)
			snprintf(h->hex + 2 * i, 3, "%02x", digest[i]);
		h->status = 0;
	}
	if (fd >= 0)
		close(fd);
	EVP_MD_CTX_free(sum);
	return NULL;
}

void file_hash_begin(struct file_hash *h, const char *path, int64_t size)
{
	memset(h, 0, sizeof(*h));
	h->path = path;
	if (size >= THREAD_FROM)
		h->running = pthread_create(&h->thread, NULL, compute, h) == 0;
	if (!h->running)
		compute(h);
}

int file_hash_end(struct file_hash *h, bool cancel, struct error *e)
{
	if (cancel)
		atomic_store(&h->stop, true);
	if (h->running)
		pthread_join(h->thread, NULL);
	h->running = false;
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

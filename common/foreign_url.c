/*
 * foreign_url.c - takes scheme://user:password@host:port/path?name=value apart.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/foreign_parts.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A part of the URL with its %xx decoded. */
static const char *decoded(struct arena *a, const char *p, size_t n)
{
	char *text = arena_strndup(a, p, n), *out = text;
	const char *in;

	for (in = text; *in; in++) {
		int high = *in == '%' ? hex_digit(in[1]) : -1;
		int low = high >= 0 ? hex_digit(in[2]) : -1;

		if (low >= 0 && high * 16 + low > 0) {
			*out++ = (char)(high * 16 + low);
			in += 2;
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
	return text;
}

static int parse_host(struct foreign_url *u, const char *p, size_t n, struct arena *a,
		      struct error *e)
{
	const char *close = *p == '[' ? memchr(p, ']', n) : NULL;
	const char *from = close ? close : p;
	const char *colon = memchr(from, ':', n - (size_t)(from - p));
	size_t length = colon ? (size_t)(colon - p) : n;
	int64_t port;

	u->host = close ? decoded(a, p + 1, (size_t)(close - p - 1)) : decoded(a, p, length);
	if (!colon || colon + 1 == p + n)
		return 0;
	if (!text_to_int(arena_strndup(a, colon + 1, n - length - 1), &port) || port < 1 ||
	    port > 65535)
		return error_set(e, ERROR_USAGE, "the port of the source's URL is not a number");
	u->port = (int)port;
	return 0;
}

static int parse_values(struct foreign_url *u, const char *p, struct arena *a, struct error *e)
{
	while (*p) {
		size_t n = strcspn(p, "&"), name = strcspn(p, "=&");

		if (u->count == sizeof(u->names) / sizeof(u->names[0]))
			return error_set(e, ERROR_USAGE,
					 "the source's URL has too many parameters");
		u->names[u->count] = decoded(a, p, name);
		u->values[u->count++] = name < n ? decoded(a, p + name + 1, n - name - 1) : "";
		p += n + (p[n] == '&');
	}
	return 0;
}

int foreign_url_parse(struct foreign_url *u, const char *url, struct arena *a, struct error *e)
{
	const char *p = strstr(url, "://"), *end, *at, *colon, *q;

	*u = (struct foreign_url){"", "", "", "", "", 0, {0}, {0}, 0};
	if (!p)
		return error_set(e, ERROR_USAGE,
				 "the source is no URL: expected scheme://host/...");
	u->scheme = arena_strndup(a, url, (size_t)(p - url));
	p += 3;
	end = p + strcspn(p, "/?");
	for (at = NULL, q = p; q < end; q++)
		if (*q == '@')
			at = q;
	if (at) {
		colon = memchr(p, ':', (size_t)(at - p));
		u->user = decoded(a, p, (size_t)((colon ? colon : at) - p));
		u->password = colon ? decoded(a, colon + 1, (size_t)(at - colon - 1)) : "";
		p = at + 1;
	}
	if (parse_host(u, p, (size_t)(end - p), a, e) < 0)
		return -1;
	if (*end == '/') {
		p = end + 1;
		end = p + strcspn(p, "?");
		u->path = decoded(a, p, (size_t)(end - p));
	}
	return *end == '?' ? parse_values(u, end + 1, a, e) : 0;
}

const char *foreign_url_value(const struct foreign_url *u, const char *name)
{
	size_t i;

	for (i = 0; i < u->count; i++)
		if (strcasecmp(u->names[i], name) == 0)
			return u->values[i];
	return NULL;
}

int foreign_url_known(const struct foreign_url *u, const char *const *known, struct error *e)
{
	size_t i, k;

	for (i = 0; i < u->count; i++) {
		for (k = 0; known[k] && strcasecmp(known[k], u->names[i]) != 0; k++)
			;
		if (!known[k])
			return error_set(e, ERROR_USAGE,
					 "the source's URL has a parameter '%s' that %s:// does "
					 "not know",
					 u->names[i], u->scheme);
	}
	return 0;
}

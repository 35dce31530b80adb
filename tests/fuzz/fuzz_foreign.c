/* fuzz_foreign.c - URLs of other databases, taken apart; base64 and UTF-16 of their values. */
#include <assert.h>
#include <string.h>

#include "common/foreign_parts.h"
#include "tests/fuzz/fuzz.h"

static void fuzz_url(const char *url)
{
	struct error e = ERROR_INIT;
	struct arena a = {0};
	struct buf shown = {0};
	struct foreign_url u;

	if (foreign_url_parse(&u, url, &a, &e) == 0) {
		assert(u.port >= 0 && u.port <= 65535);
		assert(u.scheme && u.user && u.password && u.host && u.path);
		assert(!u.count || foreign_url_value(&u, u.names[0]));
	} else {
		assert(e.class == ERROR_USAGE && e.text[0]);
	}
	foreign_check_url(url, &e);
	foreign_name(url, &shown);
	buf_release(&shown);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = {0}, out = {0};

	if (size > 65536)
		return 0;
	buf_add(&text, data, size);
	fuzz_url(buf_text(&text));
	if (foreign_put_base64(&out, buf_text(&text)))
		assert(strncmp(buf_text(&out), "\\x", 2) == 0);
	buf_clear(&out);
	if (size >= 2)
		foreign_put_utf16(&out, (const unsigned short *)(const void *)text.data, size / 2);
	assert(text_is_utf8(buf_text(&out), out.len));
	buf_release(&text);
	buf_release(&out);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
static const char *const seeds[] = {
	"mysql://ana:se%20cret@db.local:3306/shop?socket=/tmp/x&tls=off",
	"databricks://host.cloud.databricks.com/wh1?catalog=main&schema=sales",
	"odbc:Driver=/usr/lib/x.so;SERVER=a,1433;UID=u;PWD={se;cret}}};DATABASE=d",
	"redshift://u@[::1]:5439/db",
	"YWJjZA==",
};
#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

int main(int argc, char **argv)
{
	struct str all[SEEDS];
	size_t i;

	for (i = 0; i < SEEDS; i++)
		all[i] = (struct str){seeds[i], strlen(seeds[i])};
	return fuzz_main(argc, argv, all, SEEDS, ":/?@&=%[]{};");
}
#endif

/*
 * fuzz_model.c - hostile replies, journals, errors and SQL on the model path: a reply gives SQL
 * that is text, or a problem; a journal gives entries that can be found; a redacted text comes
 * back; the guard passes what has no fault.
 */
#include <assert.h>

#include "convert/model_parts.h"
#include "tests/fuzz/fuzz.h"

static long answers, entries, restored, guarded;

static void check_answer(const char *text, size_t size)
{
	struct model_answer m;
	struct arena a = {0};

	model_answer_read(&a, text, size, &m);
	assert((m.problem == ANSWER_OK) == (*m.sql != '\0'));
	assert(text_is_utf8(m.sql, strlen(m.sql)));
	assert(m.tokens >= 0 && m.tokens >= m.tokens_prompt);
	answers += m.problem == ANSWER_OK;
	arena_release(&a);
}

static void check_journal(const char *text, size_t size)
{
	struct journal j = {.fd = -1};
	size_t i;

	journal_read(&j, text, size);
	for (i = 0; i < j.count; i++)
		assert(journal_find(&j, j.entries[i].key, j.entries[i].round) == &j.entries[i]);
	entries += (long)j.count;
	journal_close(&j);
}

static void check_redaction(const char *text)
{
	static const char *const dialects[] = {"databricks", "mysql",	  "oracle",
					       "postgres",   "snowflake", "tsql"};
	struct buf sent = {0}, back = {0}, error = {0};
	struct error e = ERROR_INIT;
	size_t i;

	for (i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
		struct redaction *r = redaction_new();

		buf_clear(&sent);
		buf_clear(&back);
		buf_clear(&error);
		redact(r, scan_style(dialects[i]), text, true, &sent);
		if (redact_restore(r, buf_text(&sent), &back, &e) == 0)
			restored++;
		else
			assert(e.class == ERROR_INPUT && e.text[0]);
		redact_error(r, buf_text(&sent), text, &error);
		redaction_free(r);
	}
	buf_release(&sent);
	buf_release(&back);
	buf_release(&error);
}

static void check_guard(const char *text)
{
	struct model_task t = {.dialect = "databricks", .sql = text, .converted = text};
	struct model_verdict v;

	assert(model_guard(&t, text, &v) == v.passed && v.passed == (v.message[0] == '\0'));
	assert(v.position <= strlen(text) + 1);
	guarded += v.passed;
	assert(!model_guard(&t, "drop database x", &v) ||
	       scan_has_word(scan_style("databricks"), text, "drop"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_failure failure;
	char *text = malloc(size + 1); /* of exactly this size, for the address checks */

	assert(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	check_answer(text, size);
	check_journal(text, size);
	check_redaction(text);
	check_guard(text);
	http_failure_read(text, size, &failure);
	assert(!strchr(failure.message, '\n') && text_is_utf8(failure.code, strlen(failure.code)));
	http_retry_after(text, 0);
	free(text);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static const char *const seeds[] = {
	"{\"choices\":[{\"message\":{\"content\":\"{\\\"sql\\\":\\\"select 1\\\"}\"},"
	"\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":10,\"total_tokens\":12}}",
	"{\"choices\":[{\"message\":{\"content\":\"Sure:\\n```sql\\nselect 1\\n```\\n\"}}]}",
	"{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"select "
	"1;\\n\"}]}}]}",
	"{\"key\":\"" KEY "\",\"round\":1,\"problem\":\"\",\"sql\":\"select 1\",\"notes\":\"\"}\n"
	"{\"key\":\"" KEY "\",\"round\":2,\"problem\":\"empty\",\"sql\":\"\",\"notes\":\"\"}\n",
	"select 'it''s', \"x\\\"y\", x'0a', 42.5e1 -- c\n from [t] /* d */ where a = $$b$$ and "
	"q'[x]' like N'LKP_S1' or 987650001 = E'\\n'",
	"with a as (select b.c, f(1) over () from \"b\" join d using (e)) select * from a limit 1",
	"<html><title>503</title><pre>Busy: \"x\"</pre>",
	"Wed, 17 Dec 2025 19:33:25 GMT",
};
#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

int main(int argc, char **argv)
{
	struct str all[SEEDS];
	size_t i;
	int status;

	for (i = 0; i < SEEDS; i++)
		all[i] = (struct str){seeds[i], strlen(seeds[i])};
	status = fuzz_main(argc, argv, all, SEEDS, "{}[]\"\\`'$:,\n-/*#19L\xc3");
	printf("%ld answers, %ld entries, %ld restored, %ld guarded\n", answers, entries, restored,
	       guarded);
	return status;
}
#endif

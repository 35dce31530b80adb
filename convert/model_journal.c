/*
 * model_journal.c - answers on disk: JSON lines, appended and synced one by one, so that what was
 * paid for is never lost. See model_parts.h. A line that is not ours, and a last line that was cut
 * by a kill, are skipped; the next line then begins on a new one. Of two lines with the same key
 * and round the later counts.
 */
#include "convert/model_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <openssl/evp.h>

#include "common/clock.h"

#define JOURNAL_MAX ((size_t)1 << 30)

static void hash_text(EVP_MD_CTX *c, const char *text)
{
	text = text ? text : "";
	EVP_DigestUpdate(c, text, strlen(text) + 1); /* with its end: "a","b" is not "ab","" */
}

void model_fingerprint(const struct model_settings *s, const struct model_task *t, const char *sent,
		       char key[MODEL_KEY])
{
	static const char digits[] = "0123456789abcdef";
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	unsigned char sum[EVP_MAX_MD_SIZE];
	struct buf text = {0};
	unsigned i, n = 0;

	scan_normalize(scan_style(t->dialect), sent, &text);
	EVP_DigestInit_ex(c, EVP_sha256(), NULL);
	hash_text(c, MODEL_PROMPTS_VERSION);
	hash_text(c, s->rules_version);
	hash_text(c, s->model ? s->model : s->url);
	hash_text(c, s->redact ? "redacted" : "");
	hash_text(c, t->dialect);
	hash_text(c, buf_text(&text));
	EVP_DigestFinal_ex(c, sum, &n);
	EVP_MD_CTX_free(c);
	for (i = 0; i < 32; i++) {
		key[2 * i] = digits[sum[i] >> 4];
		key[2 * i + 1] = digits[sum[i] & 15];
	}
	key[64] = '\0';
	buf_release(&text);
}

/* ---- reading -------------------------------------------------------------------------------- */

static const char *text_member(const cJSON *o, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name));
}

static double number_member(const cJSON *o, const char *name)
{
	const cJSON *n = cJSON_GetObjectItemCaseSensitive(o, name);

	return cJSON_IsNumber(n) ? n->valuedouble : -1;
}

static bool problem_find(const char *word, enum answer_problem *p)
{
	int i;

	for (i = ANSWER_OK; i <= ANSWER_BROKEN; i++)
		if (strcmp(answer_problem_word((enum answer_problem)i), word) == 0) {
			*p = (enum answer_problem)i;
			return true;
		}
	return false;
}

static void add_entry(struct journal *j, const struct journal_entry *entry)
{
	struct journal_entry *e;

	j->entries = xgrow(j->entries, j->count, &j->capacity, sizeof(*j->entries));
	e = &j->entries[j->count++];
	*e = *entry;
	e->answer.sql = arena_strdup(&j->arena, entry->answer.sql);
	e->answer.notes = arena_strdup(&j->arena, entry->answer.notes);
}

static bool read_line(struct journal *j, const char *line, size_t n)
{
	cJSON *o = cJSON_ParseWithLength(line, n);
	const char *key = text_member(o, "key"), *problem = text_member(o, "problem");
	const char *sql = text_member(o, "sql"), *notes = text_member(o, "notes");
	double round = number_member(o, "round");
	struct journal_entry entry = {0};
	bool good = key && strlen(key) == MODEL_KEY - 1 && problem && sql && round >= 1 &&
		    round <= MODEL_ROUNDS_MAX && problem_find(problem, &entry.answer.problem) &&
		    (entry.answer.problem == ANSWER_OK) == (*sql != '\0');

	if (good) {
		memcpy(entry.key, key, MODEL_KEY);
		entry.round = (unsigned)round;
		entry.answer.sql = sql;
		entry.answer.notes = notes ? notes : "";
		add_entry(j, &entry);
	}
	cJSON_Delete(o);
	return good;
}

static int compare_entries(const void *a, const void *b)
{
	const struct journal_entry *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x->round > y->round) - (x->round < y->round);
}

/*
 * Sorts by key and round, keeping of equal ones the last that was added. A merge by insertion
 * order: qsort is not stable, so equal ones are told apart by `seen`, their place before.
 */
struct placed {
	struct journal_entry *entry;
	size_t place;
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int order = compare_entries(x->entry, y->entry);

	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static void sort_entries(struct journal *j)
{
	struct placed *p = xcalloc(j->count + 1, sizeof(*p));
	struct journal_entry *sorted = xcalloc(j->count + 1, sizeof(*sorted));
	size_t i, n = 0;

	for (i = 0; i < j->count; i++)
		p[i] = (struct placed){&j->entries[i], i};
	if (j->count)
		qsort(p, j->count, sizeof(*p), compare_placed);
	for (i = 0; i < j->count; i++) {
		if (n > 0 && compare_entries(&sorted[n - 1], p[i].entry) == 0)
			n--;
		sorted[n++] = *p[i].entry;
	}
	free(j->entries);
	free(p);
	j->entries = sorted;
	j->capacity = j->count + 1;
	j->count = j->sorted = n;
}

void journal_read(struct journal *j, const char *text, size_t n)
{
	const char *p = text, *end = text + n, *line;

	while (p < end) {
		line = p;
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p) {
			j->bad_lines++; /* cut: its answer may be, too */
			break;
		}
		if (p > line && !read_line(j, line, (size_t)(p - line)))
			j->bad_lines++;
		p++;
	}
	sort_entries(j);
}

void journal_sort(struct journal *j)
{
	if (j->sorted != j->count)
		sort_entries(j);
}

const struct journal_entry *journal_find(const struct journal *j, const char *key, unsigned round)
{
	struct journal_entry wanted = {.round = round};

	memcpy(wanted.key, key, MODEL_KEY);
	return j->sorted ? bsearch(&wanted, j->entries, j->sorted, sizeof(wanted), compare_entries)
			 : NULL;
}

/* ---- the file ------------------------------------------------------------------------------- */

int journal_open(struct journal *j, const char *path, struct error *e)
{
	struct buf text = {.max = JOURNAL_MAX + 1};
	int status;

	memset(j, 0, sizeof(*j));
	j->fd = -1;
	j->path = path;
	if (!path)
		return 0;
	j->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (j->fd < 0)
		return error_set(e, ERROR_CONFIG, "cannot open the journal '%s': %s", path,
				 strerror(errno));
	if (flock(j->fd, LOCK_EX | LOCK_NB) < 0) {
		error_set(e, ERROR_CONFIG, "the journal '%s' is in use by another run", path);
		return error_hint(e, "wait for it, or name another file with --journal");
	}
	status = text_read_file(path, JOURNAL_MAX, &text, e);
	if (status == 0)
		journal_read(j, buf_text(&text), text.len);
	if (status == 0 && text.len > 0 && text.data[text.len - 1] != '\n' &&
	    write(j->fd, "\n", 1) != 1)
		status = error_set(e, ERROR_IO, "cannot write the journal '%s': %s", path,
				   strerror(errno));
	buf_release(&text);
	return status;
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
	free(j->entries);
	j->entries = NULL;
	j->count = j->sorted = j->capacity = 0;
	arena_release(&j->arena);
}

static void print_entry(const char *id, const struct journal_entry *entry, struct buf *out)
{
	cJSON *o = cJSON_CreateObject();
	char when[40], *text;

	cJSON_AddStringToObject(o, "time", clock_iso(clock_wall(), when, sizeof(when)));
	cJSON_AddStringToObject(o, "id", id);
	cJSON_AddStringToObject(o, "key", entry->key);
	cJSON_AddNumberToObject(o, "round", entry->round);
	cJSON_AddStringToObject(o, "problem", answer_problem_word(entry->answer.problem));
	cJSON_AddStringToObject(o, "sql", entry->answer.sql);
	cJSON_AddStringToObject(o, "notes", entry->answer.notes);
	cJSON_AddNumberToObject(o, "tokens", (double)entry->answer.tokens);
	text = cJSON_PrintUnformatted(o);
	buf_printf(out, "%s\n", text);
	free(text);
	cJSON_Delete(o);
}

int journal_append(struct journal *j, const char *id, const struct journal_entry *entry,
		   struct error *e)
{
	struct buf line = {0};
	int status = 0;

	add_entry(j, entry);
	if (j->fd < 0)
		return 0;
	print_entry(id, entry, &line);
	if (write(j->fd, buf_text(&line), line.len) != (ssize_t)line.len || fdatasync(j->fd) < 0)
		status = error_set(e, ERROR_IO, "cannot write the journal '%s': %s", j->path,
				   strerror(errno));
	buf_release(&line);
	return status;
}

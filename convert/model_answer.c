/*
 * model_answer.c - the reply of a chat endpoint, in every shape that models give it: JSON as asked,
 * JSON or SQL in a fence, in prose, in parts, cut, empty, refused. See model_parts.h. The text is
 * hostile: what is taken for SQL here is only a candidate for the guard and the checks.
 */
#include "convert/model_parts.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <cjson/cJSON.h>

#define SQL_MAX	   ((size_t)1 << 20)
#define BRACES_MAX 50 /* places where JSON may begin that are tried */

static const cJSON *member(const cJSON *o, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(o, name);
}

const char *answer_problem_word(enum answer_problem p)
{
	static const char *const words[] = {"",	       "empty",	 "truncated",
					    "refused", "no-sql", "broken"};

	return words[p];
}

/* ---- texts ---------------------------------------------------------------------------------- */

static struct str trim(struct str s)
{
	while (s.len > 0 && isspace((unsigned char)*s.p)) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && isspace((unsigned char)s.p[s.len - 1]))
		s.len--;
	return s;
}

/* A fence, ```word LINE ... ```, from `from` on. */
struct fence {
	struct str word, inside;
	const char *after;
	bool closed;
};

static bool find_fence(const char *from, const char *end, struct fence *f)
{
	const char *p = memmem(from, (size_t)(end - from), "```", 3), *line, *close;

	if (!p)
		return false;
	p += 3;
	for (line = p; line < end && (isalnum((unsigned char)*line) || *line == '+');)
		line++;
	f->word = (struct str){p, (size_t)(line - p)};
	close = memmem(line, (size_t)(end - line), "```", 3);
	f->closed = close != NULL;
	f->inside = trim((struct str){line, (size_t)((close ? close : end) - line)});
	f->after = close ? close + 3 : end;
	return true;
}

static bool fence_of_sql(const struct fence *f)
{
	static const char *const words[] = {"",		"sql",	 "postgresql",
					    "postgres", "pgsql", "plpgsql"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == f->word.len &&
		    strncasecmp(words[i], f->word.p, f->word.len) == 0)
			return true;
	return false;
}

/* Takes `s` as the SQL: out of a fence, without final semicolons. */
static void take_sql(struct arena *a, struct str s, struct model_answer *out)
{
	struct fence f;

	s = trim(s);
	if (s.len > 3 && memcmp(s.p, "```", 3) == 0 && find_fence(s.p, s.p + s.len, &f))
		s = f.inside;
	while (s.len > 0 && (s.p[s.len - 1] == ';' || isspace((unsigned char)s.p[s.len - 1])))
		s.len--;
	if (s.len == 0) {
		out->problem = ANSWER_EMPTY;
	} else if (s.len > SQL_MAX || !text_is_utf8(s.p, s.len)) {
		out->problem = ANSWER_NO_SQL;
	} else {
		out->problem = ANSWER_OK;
		out->sql = arena_strndup(a, s.p, s.len);
	}
}

/* ---- where the SQL may be ------------------------------------------------------------------- */

/* An object with the SQL under one of the names that models use. */
static bool from_object(struct arena *a, const cJSON *o, struct model_answer *out)
{
	static const char *const names[] = {"sql", "query", "statement", "postgresql", "postgres"};
	const cJSON *value;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = member(o, names[i]);
		if (!cJSON_IsString(value))
			continue;
		take_sql(a, (struct str){value->valuestring, strlen(value->valuestring)}, out);
		if (cJSON_IsString(member(o, "notes")))
			out->notes = arena_strdup(a, member(o, "notes")->valuestring);
		return true;
	}
	return false;
}

/* JSON that begins at `s` or, with `anywhere`, at one of the first braces in it. */
static bool from_json(struct arena *a, struct str s, bool anywhere, struct model_answer *out)
{
	const char *p = s.p, *end = s.p + s.len;
	bool found = false;
	int tried;

	for (tried = 0; tried < BRACES_MAX && !found; tried++) {
		cJSON *o;

		p = memchr(p, '{', (size_t)(end - p));
		if (!p || (p != s.p && !anywhere))
			break;
		o = cJSON_ParseWithLength(p, (size_t)(end - p));
		found = cJSON_IsObject(o) && from_object(a, o, out);
		cJSON_Delete(o);
		p++;
	}
	return found;
}

/* The fences: JSON in one of them, else the first of SQL. A fence that is not closed is cut. */
static bool from_fences(struct arena *a, struct str s, struct model_answer *out)
{
	const char *p = s.p, *end = s.p + s.len;
	struct fence f, sql = {0};

	while (find_fence(p, end, &f)) {
		if (from_json(a, f.inside, false, out))
			return true;
		if (!sql.inside.p && fence_of_sql(&f))
			sql = f;
		p = f.after;
	}
	if (!sql.inside.p)
		return false;
	take_sql(a, sql.inside, out);
	if (!sql.closed)
		out->problem = ANSWER_TRUNCATED;
	return true;
}

static bool begins_statement(const char *p, const char *end)
{
	static const char *const verbs[] = {"select", "with",	"insert", "update", "delete",
					    "merge",  "create", "alter",  "values"};
	size_t i, n;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		n = strlen(verbs[i]);
		if ((size_t)(end - p) > n && strncasecmp(p, verbs[i], n) == 0 &&
		    (isspace((unsigned char)p[n]) || p[n] == '('))
			return true;
	}
	return false;
}

/* Prose: from a line that begins as a statement to a semicolon at a line's end, or a blank line. */
static bool from_prose(struct arena *a, struct str s, struct model_answer *out)
{
	const char *p = s.p, *end = s.p + s.len, *stop, *blank, *line;

	while (p < end && !begins_statement(p, end)) {
		line = memchr(p, '\n', (size_t)(end - p));
		p = line ? line + 1 : end;
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
	}
	if (p >= end)
		return false;
	stop = memmem(p, (size_t)(end - p), ";\n", 2);
	blank = memmem(p, (size_t)(end - p), "\n\n", 2);
	if (!stop || (blank && blank < stop))
		stop = blank;
	take_sql(a, (struct str){p, (size_t)((stop ? stop : end) - p)}, out);
	return true;
}

/* What models write when they would rather not. */
static bool is_refusal(struct str s)
{
	static const char *const words[] = {"i'm sorry",  "i am sorry",	 "i can't",	"i cannot",
					    "i'm unable", "i am unable", "i can\u2019t"};
	size_t i, n;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		n = strlen(words[i]);
		if (s.len >= n && strncasecmp(s.p, words[i], n) == 0)
			return true;
	}
	return false;
}

/* Reasoning that some models put before their answer. */
static struct str without_thoughts(struct str s)
{
	static const char closing[] = "</think>";
	const char *p, *from = s.p;

	while ((p = memmem(from, (size_t)(s.p + s.len - from), closing, strlen(closing))))
		from = p + strlen(closing);
	return trim((struct str){from, (size_t)(s.p + s.len - from)});
}

static void from_text(struct arena *a, struct str s, bool cut, struct model_answer *out)
{
	s = without_thoughts(trim(s));
	if (s.len == 0)
		out->problem = cut ? ANSWER_TRUNCATED : ANSWER_EMPTY;
	else if (from_json(a, s, false, out))
		return; /* whole, even if something behind it was cut */
	else if (cut)
		out->problem = ANSWER_TRUNCATED;
	else if (!from_fences(a, s, out) && !from_json(a, s, true, out) && !from_prose(a, s, out))
		out->problem = is_refusal(s) ? ANSWER_REFUSED : ANSWER_NO_SQL;
}

/* ---- the reply ------------------------------------------------------------------------------ */

static int64_t count_of(const cJSON *usage, const char *name)
{
	const cJSON *n = member(usage, name);

	return cJSON_IsNumber(n) && n->valuedouble >= 0 && n->valuedouble < 1e12
		       ? (int64_t)n->valuedouble
		       : 0;
}

static void read_usage(const cJSON *usage, struct model_answer *out)
{
	out->tokens_prompt = count_of(usage, "prompt_tokens");
	out->tokens_completion = count_of(usage, "completion_tokens");
	out->tokens = count_of(usage, "total_tokens");
	if (out->tokens < out->tokens_prompt + out->tokens_completion)
		out->tokens = out->tokens_prompt + out->tokens_completion;
	out->usage = out->tokens > 0;
}

/* The text of a message: a string, or the text parts of a list. */
static void message_text(const cJSON *content, struct buf *out)
{
	const cJSON *part;

	if (cJSON_IsString(content))
		buf_puts(out, content->valuestring);
	if (!cJSON_IsArray(content))
		return;
	cJSON_ArrayForEach(part, content)
	{
		const char *type = cJSON_GetStringValue(member(part, "type"));

		if (type && strcmp(type, "text") == 0 && cJSON_IsString(member(part, "text")))
			buf_puts(out, member(part, "text")->valuestring);
	}
}

static void read_choice(struct arena *a, const cJSON *choice, struct model_answer *out)
{
	const cJSON *message = member(choice, "message");
	const char *finish = cJSON_GetStringValue(member(choice, "finish_reason"));
	struct buf text = {.max = SQL_MAX * 4};

	if (!cJSON_IsObject(message))
		return;
	message_text(member(message, "content"), &text);
	if ((cJSON_IsString(member(message, "refusal")) && text.len == 0) ||
	    (finish && strcmp(finish, "content_filter") == 0))
		out->problem = ANSWER_REFUSED;
	else
		from_text(a, (struct str){buf_text(&text), text.len},
			  text.truncated || (finish && strcmp(finish, "length") == 0), out);
	buf_release(&text);
}

void model_answer_read(struct arena *a, const char *body, size_t n, struct model_answer *out)
{
	cJSON *root = cJSON_ParseWithLength(body, n);

	*out = (struct model_answer){.problem = ANSWER_BROKEN, .sql = "", .notes = ""};
	if (cJSON_IsObject(root)) {
		read_usage(member(root, "usage"), out);
		read_choice(a, cJSON_GetArrayItem(member(root, "choices"), 0), out);
	}
	cJSON_Delete(root);
	if (out->problem != ANSWER_OK)
		out->sql = "";
}

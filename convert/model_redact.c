/*
 * model_redact.c - literals out, literals in: what is sent to a model holds none of the user's
 * data, and what comes back gets it again, or is refused. See model_parts.h. The dictionary belongs
 * to one statement; it is small, so it is searched from the beginning.
 */
#include "convert/model_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define STRING_MARK  "LKP_S"
#define NUMBER_MARK  "98765" /* and four digits: fits an int, and nobody writes it */
#define NUMBER_LEN   9
#define LITERALS_MAX 9999

struct literal {
	bool number, required;
	bool raw;	/* not text: `value` is the whole token as Postgres reads it, x'...' */
	bool fraction;	/* a number that is not whole */
	char *value;	/* of a string: decoded; of a number: as it was written */
	unsigned place; /* of its kind, from 1 */
};

struct redaction {
	struct literal *items;
	size_t count, capacity;
	unsigned strings, numbers;
};

struct redaction *redaction_new(void)
{
	return xcalloc(1, sizeof(struct redaction));
}

void redaction_free(struct redaction *r)
{
	size_t i;

	for (i = 0; r && i < r->count; i++)
		free(r->items[i].value);
	if (r)
		free(r->items);
	free(r);
}

bool redaction_full(const struct redaction *r)
{
	return r->count >= LITERALS_MAX;
}

/* Words of SQL itself, sorted: a model must see them, and they tell nothing. */
static const char *const vocabulary[] = {
	"day",	   "days",	  "decade",    "dow",	  "doy",     "epoch",  "friday",   "hour",
	"hours",   "millisecond", "minute",    "minutes", "mm",	     "mon",    "monday",   "month",
	"months",  "quarter",	  "saturday",  "second",  "seconds", "sunday", "thursday", "true",
	"tuesday", "utc",	  "wednesday", "week",	  "weeks",   "year",   "years",	   "yyyy",
};

static int compare_words(const void *key, const void *row)
{
	return strcasecmp(key, *(const char *const *)row);
}

/*
 * Whether a text is a pattern for dates, such as yyyy-MM-dd or DD/MM/YYYY HH24:MI: nothing but
 * runs of their letters and signs, with two runs of two or more, or four, letters y.
 */
static bool is_pattern(const char *text)
{
	static const char letters[] = "yYMmdDHhsSaAI24";
	unsigned long_runs = 0;
	bool years = false;
	size_t n;

	for (; *text; text += n) {
		for (n = 1; text[n] == *text && isalpha((unsigned char)*text);)
			n++;
		if (!isalnum((unsigned char)*text) && !strchr("-/.:, ", *text))
			return false;
		if (isalnum((unsigned char)*text) && !strchr(letters, *text))
			return false;
		long_runs += n >= 2 && isalpha((unsigned char)*text);
		years |= n == 4 && (*text == 'y' || *text == 'Y');
	}
	return years || long_runs >= 3;
}

static bool is_vocabulary(const char *text)
{
	return !*text ||
	       bsearch(text, vocabulary, sizeof(vocabulary) / sizeof(vocabulary[0]),
		       sizeof(vocabulary[0]), compare_words) ||
	       is_pattern(text);
}

static const struct literal *add_literal(struct redaction *r, const struct literal *new)
{
	struct literal *l;
	size_t i;

	for (i = 0; i < r->count; i++) {
		l = &r->items[i];
		if (l->number == new->number &&
		    l->raw == new->raw &&strcmp(l->value, new->value) == 0) {
			l->required |= new->required;
			return l;
		}
	}
	if (redaction_full(r)) /* nothing will be sent: any place will do */
		return &r->items[0];
	r->items = xgrow(r->items, r->count, &r->capacity, sizeof(*r->items));
	l = &r->items[r->count++];
	*l = *new;
	l->value = xstrdup(new->value);
	l->place = new->number ? ++r->numbers : ++r->strings;
	return l;
}

static void put_placeholder(const struct literal *l, struct buf *out)
{
	if (l->number)
		buf_printf(out, NUMBER_MARK "%04u%s", l->place, l->fraction ? ".5" : "");
	else
		buf_printf(out, STRING_MARK "%u", l->place);
}

static void redact_string(struct redaction *r, const struct scan_style *style,
			  const struct scan_token *t, bool required, struct buf *out)
{
	struct buf value = {0};
	struct literal new = {.required = required};

	new.raw = !scan_value(style, t, &value);
	if (new.raw && strchr("xX", *t->p))
		buf_printf(&value, "'\\x%.*s'::bytea", (int)strcspn(t->p + 2, "'\""), t->p + 2);
	else if (new.raw)
		buf_add(&value, t->p, t->len);
	new.value = (char *)(uintptr_t)buf_text(&value);
	if (!new.raw && is_vocabulary(new.value)) {
		buf_add(out, t->p, t->len);
	} else {
		buf_putc(out, '\'');
		put_placeholder(add_literal(r, &new), out);
		buf_putc(out, '\'');
	}
	buf_release(&value);
}

/* T-SQL's and MySQL's 0xAB: bytes. */
static void redact_bytes(struct redaction *r, const struct scan_token *t, bool required,
			 struct buf *out)
{
	char *value = xasprintf("'\\x%.*s'::bytea", (int)t->len - 2, t->p + 2);
	struct literal new = {.raw = true, .required = required, .value = value};

	buf_putc(out, '\'');
	put_placeholder(add_literal(r, &new), out);
	buf_putc(out, '\'');
	free(value);
}

static void redact_number(struct redaction *r, const struct scan_token *t, bool required,
			  struct buf *out)
{
	char *text = xstrndup(t->p, t->len);
	struct literal new = {.number = true,
			      .required = required,
			      .value = text,
			      .fraction = strpbrk(text, ".eE") != NULL};

	if (t->len > 2 && (t->p[1] == 'x' || t->p[1] == 'X'))
		redact_bytes(r, t, required, out);
	else if (strcmp(text, "0") == 0 || strcmp(text, "1") == 0)
		buf_puts(out, text);
	else
		put_placeholder(add_literal(r, &new), out);
	free(text);
}

static bool is_sized_type(const struct scan_token *t)
{
	static const char *const types[] = {
		"binary", "char",      "character", "datetime2", "dec",	     "decimal",
		"float",  "nchar",     "number",    "numeric",	 "nvarchar", "nvarchar2",
		"time",	  "timestamp", "varbinary", "varchar",	 "varchar2", "varying"};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i]) == t->len && strncasecmp(types[i], t->p, t->len) == 0)
			return true;
	return false;
}

void redact(struct redaction *r, const struct scan_style *style, const char *sql, bool required,
	    struct buf *out)
{
	struct scan s = {style, sql, sql + strlen(sql)};
	struct scan_token t;
	int size = 0; /* 1: behind a type's name; 2: within its parentheses */

	while ((t = scan_next(&s)).kind != SCAN_END) {
		if (t.kind == SCAN_WORD)
			size = is_sized_type(&t);
		else if (t.kind == SCAN_OTHER && *t.p == '(' && size == 1)
			size = 2;
		else if (t.kind == SCAN_OTHER && *t.p != ',')
			size = 0;
		if (t.kind == SCAN_COMMENT)
			buf_putc(out, ' ');
		else if (t.kind == SCAN_STRING)
			redact_string(r, style, &t, required, out);
		else if (t.kind == SCAN_NUMBER && size != 2)
			redact_number(r, &t, required, out);
		else
			buf_add(out, t.p, t.len);
	}
}

/* ---- errors --------------------------------------------------------------------------------- */

/* Appends `text` with each `from` replaced by the literal's placeholder. */
static void replace_literal(struct buf *text, const struct literal *l)
{
	struct buf out = {0};
	size_t n = strlen(l->value);
	const char *p = buf_text(text), *q;

	while ((q = strstr(p, l->value))) {
		bool inside = (q > buf_text(text) && isalnum((unsigned char)q[-1])) ||
			      isalnum((unsigned char)q[n]);

		buf_add(&out, p, (size_t)(q - p));
		if (inside)
			buf_add(&out, q, n);
		else
			put_placeholder(l, &out);
		p = q + n;
	}
	buf_puts(&out, p);
	buf_release(text);
	*text = out;
}

/* Quoted pieces that the model has not been sent are somebody's data. */
static void hide_quoted(const char *sent, const char *text, struct buf *out)
{
	while (*text) {
		const char *end = strchr("\"'", *text) ? strchr(text + 1, *text) : NULL;
		char *piece;

		if (!end) {
			buf_putc(out, *text++);
			continue;
		}
		piece = xstrndup(text + 1, (size_t)(end - text - 1));
		buf_printf(out, "%c%s%c", *text, *piece && strcasestr(sent, piece) ? piece : "***",
			   *text);
		free(piece);
		text = end + 1;
	}
}

void redact_error(const struct redaction *r, const char *sent, const char *text, struct buf *out)
{
	struct buf replaced = {0};
	size_t i;

	buf_puts(&replaced, text);
	for (i = 0; i < r->count; i++)
		if (*r->items[i].value)
			replace_literal(&replaced, &r->items[i]);
	hide_quoted(sent, buf_text(&replaced), out);
	buf_release(&replaced);
}

/* ---- putting back --------------------------------------------------------------------------- */

struct restoring {
	const struct redaction *r;
	bool *seen;
	struct error *e;
};

/* The literal that a placeholder at `p` means, and its length; NULL: none begins here, or -1. */
static const struct literal *find_placeholder(const struct redaction *r, const char *p,
					      const char *end, size_t *len, bool *unknown)
{
	bool number = false;
	size_t n = 0, i;
	unsigned place = 0;

	*unknown = false;
	if ((size_t)(end - p) > strlen(STRING_MARK) &&
	    strncasecmp(p, STRING_MARK, strlen(STRING_MARK)) == 0) {
		n = strlen(STRING_MARK);
	} else if (end - p >= NUMBER_LEN && strncmp(p, NUMBER_MARK, strlen(NUMBER_MARK)) == 0) {
		n = strlen(NUMBER_MARK);
		number = true;
	}
	if (n == 0 || !isdigit((unsigned char)p[n]))
		return NULL;
	while (p + n < end && isdigit((unsigned char)p[n]) && place < 100000)
		place = place * 10 + (unsigned)(p[n++] - '0');
	for (i = 0; i < r->count; i++)
		if (r->items[i].number == number && r->items[i].place == place) {
			if (r->items[i].fraction && end - (p + n) >= 2 &&
			    memcmp(p + n, ".5", 2) == 0)
				n += 2;
			*len = n;
			return &r->items[i];
		}
	*unknown = true;
	*len = n;
	return NULL;
}

/* How a value is written inside of a token. */
static void put_inside(const struct literal *l, char quote, bool backslash, struct buf *out)
{
	const char *p;

	for (p = l->value; *p; p++) {
		if (*p == quote || (backslash && *p == '\\'))
			buf_putc(out, *p);
		buf_putc(out, *p);
	}
}

static void put_whole(const struct literal *l, struct buf *out)
{
	if (l->raw || l->number) {
		buf_puts(out, l->value);
		return;
	}
	buf_putc(out, '\'');
	put_inside(l, '\'', false, out);
	buf_putc(out, '\'');
}

static int restore_token(struct restoring *s, const struct scan_token *t, struct buf *out)
{
	const char *p = t->p, *end = t->p + t->len, *first = strpbrk(t->p, "'\"$");
	char quote = first && first < end ? *first : '\0';
	bool backslash = t->kind == SCAN_STRING && strchr("eE", *t->p), unknown;
	const struct literal *l;
	size_t n;

	while (p < end) {
		l = find_placeholder(s->r, p, end, &n, &unknown);
		if (unknown)
			return error_set(s->e, ERROR_INPUT, "there is no placeholder '%.*s'",
					 (int)n, p);
		if (!l) {
			buf_putc(out, *p++);
			continue;
		}
		s->seen[l - s->r->items] = true;
		if (t->kind == SCAN_NUMBER) {
			put_whole(l, out);
		} else if (l->raw || quote == '$' || t->kind == SCAN_WORD) {
			return error_set(s->e, ERROR_INPUT,
					 "the placeholder '%.*s' cannot stand where it does",
					 (int)n, p);
		} else {
			put_inside(l, quote, backslash, out);
		}
		p += n;
	}
	return 0;
}

/* Whether a string token is one placeholder and nothing else. */
static const struct literal *only_placeholder(const struct redaction *r, const struct scan_token *t)
{
	const struct literal *l;
	bool unknown;
	size_t n;

	if (t->kind != SCAN_STRING || *t->p != '\'' || t->len < 3)
		return NULL;
	l = find_placeholder(r, t->p + 1, t->p + t->len - 1, &n, &unknown);
	return l && !l->number && n + 2 == t->len ? l : NULL;
}

static int restore_all(struct restoring *s, const char *answer, struct buf *out)
{
	struct scan scan = {scan_style("postgres"), answer, answer + strlen(answer)};
	struct scan_token t;

	while ((t = scan_next(&scan)).kind != SCAN_END) {
		const struct literal *l = only_placeholder(s->r, &t);

		if (l) {
			s->seen[l - s->r->items] = true;
			put_whole(l, out);
		} else if (t.kind == SCAN_BLANK || t.kind == SCAN_OTHER || t.kind == SCAN_COMMENT) {
			buf_add(out, t.p, t.len);
		} else if (restore_token(s, &t, out) < 0) {
			return -1;
		}
	}
	return 0;
}

int redact_restore(const struct redaction *r, const char *answer, struct buf *out, struct error *e)
{
	struct restoring s = {r, xcalloc(r->count + 1, sizeof(bool)), e};
	struct buf missing = {0};
	size_t i;
	int status = restore_all(&s, answer, out);

	for (i = 0; status == 0 && i < r->count; i++)
		if (r->items[i].required && !s.seen[i]) {
			put_placeholder(&r->items[i], &missing);
			status = error_set(e, ERROR_INPUT,
					   "the placeholder '%s' is missing from the answer",
					   buf_text(&missing));
		}
	buf_release(&missing);
	free(s.seen);
	return status;
}

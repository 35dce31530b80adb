/*
 * widen.c - see widen.h.
 */
#include "migrate/widen.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "migrate/infer.h"
#include "migrate/parse_value.h"

void widen_release(struct widen *w)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		free(w->columns[i].name);
	free(w->columns);
	memset(w, 0, sizeof(*w));
}

static bool is_number(struct str t)
{
	struct str out;

	t = parse_trim(t);
	return t.len && (isdigit((unsigned char)t.p[t.len - 1]) || t.p[t.len - 1] == '.') &&
	       parse_numeric(t, 0, 0, &out) == PARSE_OK; /* not NaN: it often means NULL */
}

static bool wider_number(const struct block_type *have, struct str text, struct block_type *out)
{
	int64_t whole;

	if (!is_number(text))
		return false;
	*out = (struct block_type){.kind = BLOCK_NUMERIC};
	if (have->kind == BLOCK_DECIMAL)
		return true;
	if (have->kind == BLOCK_INT2 && parse_int(text, INT32_MIN, INT32_MAX, &whole) == PARSE_OK)
		out->kind = BLOCK_INT4;
	else if (parse_int(text, INT64_MIN, INT64_MAX, &whole) == PARSE_OK)
		out->kind = BLOCK_INT8;
	return true;
}

/* The type beyond `have` that takes the text as it is. */
static bool wider(const struct block_type *have, struct str text, struct block_type *out)
{
	double d;
	int64_t us;

	switch (have->kind) {
	case BLOCK_INT2:
	case BLOCK_INT4:
	case BLOCK_INT8:
	case BLOCK_DECIMAL:
		return wider_number(have, text, out);
	case BLOCK_FLOAT4:
		*out = (struct block_type){.kind = BLOCK_FLOAT8};
		return parse_float8(text, &d) == PARSE_OK;
	case BLOCK_TEXT:
		*out = (struct block_type){.kind = BLOCK_TEXT};
		return have->precision > 0;
	case BLOCK_DATE:
		*out = (struct block_type){.kind = BLOCK_TIMESTAMP};
		return parse_timestamp(text, NULL, &us) == PARSE_OK && !parse_time_has_zone(text);
	default:
		return false;
	}
}

bool widen_note(struct widen *w, const char *name, const struct block_type *have, bool fresh,
		int reason, struct str text)
{
	struct block_type type;
	size_t i;

	if (reason != REJECT_BAD_VALUE && reason != REJECT_OUT_OF_RANGE &&
	    reason != REJECT_TOO_WIDE)
		return false;
	if (!wider(have, text, &type)) {
		if (!fresh)
			return false;
		type = (struct block_type){.kind = BLOCK_TEXT};
	}
	w->noted = true;
	for (i = 0; i < w->count; i++) {
		if (strcmp(w->columns[i].name, name) != 0)
			continue;
		w->columns[i].type = infer_join(w->columns[i].type, type);
		return true;
	}
	w->columns = xgrow(w->columns, w->count, &w->capacity, sizeof(*w->columns));
	w->columns[w->count++] = (struct widen_column){xstrdup(name), type};
	return true;
}

bool widen_loses(const struct block_type *have, struct str text)
{
	return have->kind == BLOCK_DECIMAL && parse_rounds(text, have->scale);
}

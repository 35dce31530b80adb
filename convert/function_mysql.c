/*
 * function_mysql.c - MySQL's calls that no template can say: DATE_FORMAT with letters that
 * to_char() does not have (weeks that begin on Sunday, the number of the weekday), and TRIM of a
 * text of several characters, which Postgres takes for a set of them.
 */
#include "convert/function_apply.h"

#include <string.h>

#include "convert/format.h"
#include "convert/regex.h"

#define SUNDAY "($1::timestamp::date - extract(dow FROM $1::timestamp)::int)"

/* Letters after %, and what they are. */
static const struct {
	char letter;
	const char *to;
} letters[] = {
	{'U', "lpad(((extract(doy FROM $1::timestamp)::int + 6 - extract(dow FROM "
	      "$1::timestamp)::int) / 7)::text, 2, '0')"},
	{'V', "lpad(((extract(doy FROM " SUNDAY ")::int + 6) / 7)::text, 2, '0')"},
	{'X', "to_char(" SUNDAY ", 'YYYY')"},
	{'u', "lpad(((extract(doy FROM $1::timestamp)::int - extract(isodow FROM "
	      "$1::timestamp)::int + 10) / 7)::text, 2, '0')"},
	{'w', "extract(dow FROM $1::timestamp)::text"},
};

static const char *special_letter(char c)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].letter == c)
			return letters[i].to;
	return NULL;
}

/* The part of a format that to_char() knows. */
static struct node *plain_part(struct rewrite *r, const struct node *date, struct str part)
{
	struct buf text = {.max = 1 << 16};
	struct node *args[2] = {node_copy(r->arena, date), NULL}, *out = NULL;
	const char *finding = NULL;

	if (format_date(FORMAT_MYSQL, false, part, &text, NULL, &finding) == 0) {
		struct str s = {arena_strndup(r->arena, buf_text(&text), text.len), text.len};

		args[1] = node_string(r->arena, s);
		out = rewrite_template(r, "to_char($1::timestamp, $2)", 2, args);
	}
	buf_release(&text);
	return out;
}

static void append(struct rewrite *r, struct node **all, struct node *part)
{
	*all = *all ? node_binary(r->arena, OP_CONCAT, *all, part) : part;
}

/* to_char(...) || week || to_char(...) */
static bool date_format(struct rewrite *r, struct node *call)
{
	struct node *date = node_arg(call, 0), *format = node_bare(node_arg(call, 1)), *all = NULL;
	struct str s = format->text;
	size_t begin = 0;

	if (format->kind != NODE_STRING || s.len == 0)
		return false;
	for (size_t i = 0; i <= s.len; i++) {
		const char *special =
			i + 1 < s.len && s.p[i] == '%' ? special_letter(s.p[i + 1]) : NULL;

		if ((i == s.len || special) && i > begin) {
			struct node *part =
				plain_part(r, date, (struct str){s.p + begin, i - begin});

			if (!part)
				return false;
			append(r, &all, part);
		}
		if (special) {
			struct node *copy = node_copy(r->arena, date);

			append(r, &all, rewrite_template(r, special, 1, &copy));
			begin = i + 2;
		}
		if (i + 1 < s.len && s.p[i] == '%')
			i++;
	}
	node_replace(call, all && all->kind == NODE_BINARY ? node_paren(r->arena, all) : all)
		->type = TYPE_TEXT;
	return true;
}

/* TRIM(LEADING 'ab' FROM x): 'ab' as a whole. */
static bool trim_text(struct rewrite *r, struct node *call)
{
	static const char *const to[] = {"regexp_replace($1, $2, '', 'g')",
					 "regexp_replace($1, $2, '')"};
	struct node *args[2] = {node_arg(call, 0), NULL};
	struct str what = node_bare(node_arg(call, 1))->text;
	unsigned side = call->op;
	struct buf text = {.max = 1 << 16};
	struct node *place;

	if (what.len < 2 || !(call->flags & FLAG_SPECIAL))
		return false;
	regex_quote(what, &text);
	args[1] = node_string(r->arena, (struct str){NULL, 0});
	args[1]->text.p = side == 1   ? arena_printf(r->arena, "^(?:%s)+", buf_text(&text))
			  : side == 2 ? arena_printf(r->arena, "(?:%s)+$", buf_text(&text))
				      : arena_printf(r->arena, "^(?:%s)+|(?:%s)+$", buf_text(&text),
						     buf_text(&text));
	args[1]->text.len = strlen(args[1]->text.p);
	buf_release(&text);
	place = node_take(r->arena, call);
	node_replace(place, rewrite_template(r, to[side != 0], 2, args))->type = TYPE_TEXT;
	return true;
}

bool function_named_mysql(struct rewrite *r, struct node *call, const char *name)
{
	if (strcmp(name, "date_format") == 0)
		return date_format(r, call);
	if (strcmp(name, "trim_text") == 0)
		return trim_text(r, call);
	return false;
}

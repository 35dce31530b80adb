/*
 * parse_interval.c - intervals from their texts: "1 year 2 mons -3 days 04:05:06.7", with "ago" and
 * "@" as Postgres prints them, and ISO 8601 ("P1Y2M3DT4H5M6.7S", "P2W").
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "migrate/parse_value.h"

#define US_SECOND 1000000LL
#define WHOLE_MAX 1000000000000LL

enum field { FIELD_MONTHS, FIELD_DAYS, FIELD_US };

struct unit {
	const char *name;
	enum field field;
	int64_t factor;
};

/* Sorted by name. */
static const struct unit units[] = {
	{"c", FIELD_MONTHS, 1200},
	{"cent", FIELD_MONTHS, 1200},
	{"centuries", FIELD_MONTHS, 1200},
	{"century", FIELD_MONTHS, 1200},
	{"d", FIELD_DAYS, 1},
	{"day", FIELD_DAYS, 1},
	{"days", FIELD_DAYS, 1},
	{"decade", FIELD_MONTHS, 120},
	{"decades", FIELD_MONTHS, 120},
	{"h", FIELD_US, 3600 * US_SECOND},
	{"hour", FIELD_US, 3600 * US_SECOND},
	{"hours", FIELD_US, 3600 * US_SECOND},
	{"hr", FIELD_US, 3600 * US_SECOND},
	{"hrs", FIELD_US, 3600 * US_SECOND},
	{"m", FIELD_US, 60 * US_SECOND},
	{"microsecond", FIELD_US, 1},
	{"microseconds", FIELD_US, 1},
	{"millisecond", FIELD_US, 1000},
	{"milliseconds", FIELD_US, 1000},
	{"min", FIELD_US, 60 * US_SECOND},
	{"mins", FIELD_US, 60 * US_SECOND},
	{"minute", FIELD_US, 60 * US_SECOND},
	{"minutes", FIELD_US, 60 * US_SECOND},
	{"mon", FIELD_MONTHS, 1},
	{"mons", FIELD_MONTHS, 1},
	{"month", FIELD_MONTHS, 1},
	{"months", FIELD_MONTHS, 1},
	{"ms", FIELD_US, 1000},
	{"s", FIELD_US, US_SECOND},
	{"sec", FIELD_US, US_SECOND},
	{"second", FIELD_US, US_SECOND},
	{"seconds", FIELD_US, US_SECOND},
	{"secs", FIELD_US, US_SECOND},
	{"us", FIELD_US, 1},
	{"w", FIELD_DAYS, 7},
	{"week", FIELD_DAYS, 7},
	{"weeks", FIELD_DAYS, 7},
	{"y", FIELD_MONTHS, 12},
	{"year", FIELD_MONTHS, 12},
	{"years", FIELD_MONTHS, 12},
	{"yr", FIELD_MONTHS, 12},
	{"yrs", FIELD_MONTHS, 12},
};

/* What is summed up; __int128 so that no sum of checked parts overflows. */
struct sum {
	__int128 months, days, us;
};

/* A number: sign, whole part, and the part behind the point in millionths. */
struct amount {
	bool negative;
	int64_t whole, millionths;
};

static bool take_amount(const char **p, const char *end, struct amount *a)
{
	int64_t unit = 100000;
	bool digits = false;

	*a = (struct amount){.negative = *p < end && **p == '-'};
	if (*p < end && (**p == '-' || **p == '+'))
		(*p)++;
	for (; *p < end && isdigit((unsigned char)**p); (*p)++, digits = true) {
		if (a->whole > WHOLE_MAX)
			return false;
		a->whole = a->whole * 10 + (**p - '0');
	}
	if (*p < end && (**p == '.' || **p == ',')) {
		for ((*p)++; *p < end && isdigit((unsigned char)**p); (*p)++, digits = true) {
			a->millionths += (**p - '0') * unit;
			unit /= 10;
		}
	}
	return digits;
}

/* Parts of months do not exist here; parts of days are so many hours, as in Postgres. */
static bool add_amount(struct sum *s, const struct amount *a, enum field field, int64_t factor)
{
	int sign = a->negative ? -1 : 1;
	__int128 whole = (__int128)a->whole * factor * sign;
	__int128 part = (__int128)a->millionths * factor * sign;

	if (field == FIELD_MONTHS) {
		if (part % 1000000 != 0)
			return false;
		s->months += whole + part / 1000000;
	} else if (field == FIELD_DAYS) {
		s->days += whole + part / 1000000;
		s->us += part % 1000000 * 86400;
	} else {
		s->us += whole + part / 1000000;
	}
	return true;
}

static const struct unit *find_unit(const char *word, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strlen(units[i].name) == n && strncasecmp(units[i].name, word, n) == 0)
			return &units[i];
	}
	return NULL;
}

/* The rest of "04:05:06.7", of which the hours are taken: `*p` is at the first colon. */
static bool add_clock(struct sum *s, const char **p, const char *end, const struct amount *hours)
{
	struct amount minutes, seconds = {0};

	(*p)++;
	if (hours->millionths || !take_amount(p, end, &minutes) || minutes.millionths ||
	    minutes.whole > 59 || minutes.negative)
		return false;
	if (*p < end && **p == ':') {
		(*p)++;
		if (!take_amount(p, end, &seconds) || seconds.whole > 60 || seconds.negative)
			return false;
	}
	minutes.negative = seconds.negative = hours->negative;
	return add_amount(s, hours, FIELD_US, 3600 * US_SECOND) &&
	       add_amount(s, &minutes, FIELD_US, 60 * US_SECOND) &&
	       add_amount(s, &seconds, FIELD_US, US_SECOND);
}

static bool take_iso(const char *p, const char *end, struct sum *s)
{
	bool time = false, any = false;

	for (p++; p < end; any = true) {
		struct amount a;
		bool good;

		if (*p == 'T' && !time) {
			time = true;
			p++;
			continue;
		}
		if (!take_amount(&p, end, &a) || p == end)
			return false;
		switch (*p++ | (time ? 0x100 : 0)) {
		case 'Y':
			good = add_amount(s, &a, FIELD_MONTHS, 12);
			break;
		case 'M':
			good = add_amount(s, &a, FIELD_MONTHS, 1);
			break;
		case 'W':
			good = add_amount(s, &a, FIELD_DAYS, 7);
			break;
		case 'D':
			good = add_amount(s, &a, FIELD_DAYS, 1);
			break;
		case 'H' | 0x100:
			good = add_amount(s, &a, FIELD_US, 3600 * US_SECOND);
			break;
		case 'M' | 0x100:
			good = add_amount(s, &a, FIELD_US, 60 * US_SECOND);
			break;
		case 'S' | 0x100:
			good = add_amount(s, &a, FIELD_US, US_SECOND);
			break;
		default:
			good = false;
		}
		if (!good)
			return false;
	}
	return any;
}

/* One amount with its unit, or a time of day; a number alone is seconds. */
static bool take_item(const char **p, const char *end, struct sum *s)
{
	const struct unit *unit;
	struct amount a;
	const char *word;

	if (!take_amount(p, end, &a))
		return false;
	if (*p < end && **p == ':')
		return add_clock(s, p, end, &a);
	while (*p < end && isspace((unsigned char)**p))
		(*p)++;
	word = *p;
	while (*p < end && isalpha((unsigned char)**p))
		(*p)++;
	if (*p == word)
		return *p == end && add_amount(s, &a, FIELD_US, US_SECOND);
	unit = find_unit(word, (size_t)(*p - word));
	return unit && add_amount(s, &a, unit->field, unit->factor);
}

static bool take_words(const char *p, const char *end, struct sum *s)
{
	bool any = false;

	if (p < end && *p == '@')
		p++;
	for (;;) {
		while (p < end && isspace((unsigned char)*p))
			p++;
		if (p == end)
			return any;
		if (any && end - p == 3 && strncasecmp(p, "ago", 3) == 0) {
			*s = (struct sum){-s->months, -s->days, -s->us};
			return true;
		}
		if (!take_item(&p, end, s))
			return false;
		any = true;
	}
}

int parse_interval(struct str t, struct block_interval *out)
{
	struct sum s = {0};
	bool good;

	t = parse_trim(t);
	if (t.len > 200) /* so many parts make no sense, and the sums stay small */
		return REJECT_BAD_VALUE;
	good = t.len && *t.p == 'P' ? take_iso(t.p, t.p + t.len, &s)
				    : take_words(t.p, t.p + t.len, &s);
	if (!good)
		return REJECT_BAD_VALUE;
	if (s.months < INT32_MIN || s.months > INT32_MAX || s.days < INT32_MIN ||
	    s.days > INT32_MAX || s.us < INT64_MIN || s.us > INT64_MAX)
		return REJECT_OUT_OF_RANGE;
	*out = (struct block_interval){(int64_t)s.us, (int32_t)s.days, (int32_t)s.months};
	return PARSE_OK;
}

/*
 * parse_time.c - dates, times, time stamps and intervals from their texts.
 *
 * ISO 8601 and what Postgres prints: year first, 'T' or a blank before the time, zones as 'Z', an
 * offset or UTC, years of more than four digits, BC, infinity. The usual forms have a fixed layout
 * and are read at fixed places first; what is not like that is read part by part.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "migrate/parse_value.h"

#define US_SECOND 1000000LL
#define US_DAY	  (86400 * US_SECOND)
#define DAYS_MIN  (-2440588LL)	  /* 4714-11-24 BC, the Julian day 0 */
#define DAYS_END  (2145042906LL)  /* behind 5874897-12-31 */
#define STAMP_END (INT64_MAX - 1) /* in January 294247: 29 years before Postgres ends */

struct text {
	const char *p, *end;
};

static bool at_digit(const struct text *t)
{
	return t->p < t->end && isdigit((unsigned char)*t->p);
}

static bool take_char(struct text *t, char c)
{
	if (t->p == t->end || *t->p != c)
		return false;
	t->p++;
	return true;
}

/* `least` to `most` digits; -1 when there are fewer. More are left where they are. */
static int take_digits(struct text *t, int least, int most)
{
	int v = 0, n;

	for (n = 0; n < most && at_digit(t); n++)
		v = v * 10 + (*t->p++ - '0');
	return n < least ? -1 : v;
}

static bool take_word(struct text *t, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(t->end - t->p) < n || ((*t->p ^ *word) & ~0x20) || strncasecmp(t->p, word, n))
		return false;
	t->p += n;
	return true;
}

static void skip_blanks(struct text *t)
{
	while (t->p < t->end && isspace((unsigned char)*t->p))
		t->p++;
}

int64_t calendar_days(int64_t year, int month, int day)
{
	int64_t era, of_era, of_year;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	of_era = (year - era * 400) * 365 + (year - era * 400) / 4 - (year - era * 400) / 100 +
		 of_year;
	return era * 146097 + of_era - 719468;
}

void calendar_civil(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t era, of_era, of_year, y, m;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	of_era = days - era * 146097;
	y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * y + y / 4 - y / 100);
	m = (5 * of_year + 2) / 153;
	*day = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = y + era * 400 + (*month <= 2);
}

static bool is_date(int64_t year, int month, int day)
{
	static const int8_t lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month >= 1 && month <= 12 && day >= 1 && day <= lengths[month - 1] &&
	       (month != 2 || day <= 28 + leap);
}

/* "2024-01-31", "2024/1/31", "20240131", "12345-01-31". */
static int take_date(struct text *t, int64_t *year, int *month, int *day)
{
	const char *begin = t->p;
	char between;

	*year = take_digits(t, 4, 7);
	if (*year < 0)
		return REJECT_BAD_VALUE;
	if (at_digit(t) && t->p - begin == 7) { /* eight digits without anything between them */
		*day = (int)(*year % 10) * 10 + (*t->p++ - '0');
		*month = (int)(*year / 10 % 100);
		*year /= 1000;
		return at_digit(t) ? REJECT_BAD_VALUE : PARSE_OK;
	}
	if (t->p == t->end || (*t->p != '-' && *t->p != '/'))
		return REJECT_BAD_VALUE;
	between = *t->p++;
	*month = take_digits(t, 1, 2);
	if (!take_char(t, between))
		return REJECT_BAD_VALUE;
	*day = take_digits(t, 1, 2);
	return *month < 0 || *day < 0 || at_digit(t) ? REJECT_BAD_VALUE : PARSE_OK;
}

/* The part of a second behind the point, rounded to microseconds. */
static bool take_part(struct text *t, int64_t *us)
{
	int n;

	*us = 0;
	if (!take_char(t, '.') && !take_char(t, ','))
		return true;
	if (!at_digit(t))
		return true; /* "12:00:00." is good enough for Postgres */
	for (n = 0; n < 6; n++)
		*us = *us * 10 + (at_digit(t) ? *t->p++ - '0' : 0);
	if (at_digit(t))
		*us += *t->p >= '5';
	while (at_digit(t))
		t->p++;
	return true;
}

/* "12:34", "12:34:56.789", "123456". */
static int take_clock(struct text *t, int64_t *us)
{
	int hours, minutes, seconds = 0;
	const char *begin = t->p;
	bool colons;

	hours = take_digits(t, 1, 2);
	if (hours < 0)
		return REJECT_BAD_VALUE;
	colons = take_char(t, ':');
	if (!colons && t->p - begin != 2)
		return REJECT_BAD_VALUE;
	minutes = take_digits(t, colons ? 1 : 2, 2);
	if (minutes < 0)
		return REJECT_BAD_VALUE;
	if (colons ? take_char(t, ':') : at_digit(t))
		seconds = take_digits(t, colons ? 1 : 2, 2);
	if (seconds < 0 || at_digit(t) || !take_part(t, us))
		return REJECT_BAD_VALUE;
	if (hours > 24 || minutes > 59 || seconds > 60)
		return REJECT_OUT_OF_RANGE;
	*us += ((hours * 60LL + minutes) * 60 + seconds) * US_SECOND;
	return *us > US_DAY ? REJECT_OUT_OF_RANGE : PARSE_OK;
}

/* "+02", "-03:30", "+0530", "+01:00:00" in seconds; -1 when it is none or too far away. */
static int take_displacement(struct text *t)
{
	int hours = take_digits(t, 1, 2), minutes = 0, seconds = 0;
	bool colon = take_char(t, ':');

	if (colon || at_digit(t))
		minutes = take_digits(t, 2, 2);
	if (colon && take_char(t, ':'))
		seconds = take_digits(t, 2, 2);
	if (hours < 0 || minutes < 0 || seconds < 0 || hours > 15 || minutes > 59 || seconds > 59)
		return -1;
	return (hours * 60 + minutes) * 60 + seconds;
}

/* A zone at the end: 'Z', UTC, GMT or an offset; seconds east. When it is none, nothing is taken.
 */
static bool take_offset(struct text *t, int *seconds)
{
	struct text u = *t;
	bool west;

	*seconds = 0;
	if (take_word(t, "UTC") || take_word(t, "GMT") || take_word(t, "Z"))
		return true;
	west = take_char(&u, '-');
	if (!west && !take_char(&u, '+'))
		return false;
	*seconds = take_displacement(&u);
	if (*seconds < 0)
		return false;
	if (west)
		*seconds = -*seconds;
	*t = u;
	return true;
}

/* Everything of a time stamp, as far as it is there. */
struct stamp {
	int64_t days, us;
	bool has_time, has_zone;
	int offset;
	int infinity; /* -1, 1 */
};

/* 10 and 19 characters at fixed places: "2024-01-31 12:34:56". Digits are checked together. */
static bool take_fixed(struct text *t, struct stamp *s)
{
	const char *p = t->p;
	unsigned bad = 0;
	int year, month, day;
	int64_t hours, minutes, seconds;

#define D(i)   (bad |= (unsigned)((unsigned char)(p[i] - '0') > 9), p[i] - '0')
#define TWO(i) (D(i) * 10 + D((i) + 1))
	if (t->end - p < 10 || p[4] != '-' || p[7] != '-')
		return false;
	year = TWO(0) * 100 + TWO(2);
	month = TWO(5);
	day = TWO(8);
	if (bad || !is_date(year, month, day) || year == 0)
		return false;
	if (t->end - p == 10) {
		t->p += 10;
		s->days = calendar_days(year, month, day);
		return true;
	}
	if (t->end - p < 19 || (p[10] != ' ' && p[10] != 'T') || p[13] != ':' || p[16] != ':')
		return false;
	hours = TWO(11);
	minutes = TWO(14);
	seconds = TWO(17);
#undef D
#undef TWO
	if (bad || hours > 23 || minutes > 59 || seconds > 59)
		return false;
	t->p += 19;
	s->days = calendar_days(year, month, day);
	s->has_time = true;
	take_part(t, &s->us);
	s->us += ((hours * 60 + minutes) * 60 + seconds) * US_SECOND;
	return true;
}

static bool take_special(struct text *t, struct stamp *s)
{
	struct text u = *t;

	if (take_word(&u, "epoch")) {
		s->has_time = s->has_zone = true;
	} else {
		bool negative = take_char(&u, '-');

		if (!negative)
			take_char(&u, '+');
		if (!take_word(&u, "infinity"))
			return false;
		s->infinity = negative ? -1 : 1;
	}
	*t = u;
	return t->p == t->end;
}

/* Date and, perhaps, time, zone and era, at any places. */
static int take_parts(struct text *t, struct stamp *s)
{
	int64_t year;
	int month, day, fault;
	bool bc;

	fault = take_date(t, &year, &month, &day);
	if (fault != PARSE_OK)
		return fault;
	if (t->p < t->end && (*t->p == 'T' || *t->p == 't' || isspace((unsigned char)*t->p))) {
		struct text before = *t;

		t->p++;
		skip_blanks(t);
		s->has_time = at_digit(t);
		if (!s->has_time)
			*t = before;
		fault = s->has_time ? take_clock(t, &s->us) : PARSE_OK;
		if (fault != PARSE_OK)
			return fault;
	}
	skip_blanks(t);
	s->has_zone = take_offset(t, &s->offset);
	skip_blanks(t);
	bc = take_word(t, "BC");
	if (!bc)
		take_word(t, "AD");
	if (t->p < t->end)
		return REJECT_BAD_VALUE;
	if (bc)
		year = 1 - year;
	if ((!bc && year == 0) || !is_date(year, month, day))
		return REJECT_OUT_OF_RANGE;
	s->days = calendar_days(year, month, day);
	return PARSE_OK;
}

static int take_stamp(struct str text, struct stamp *s)
{
	struct text t;

	text = parse_trim(text);
	t = (struct text){text.p, text.p + text.len};
	*s = (struct stamp){0};
	if (take_fixed(&t, s)) {
		if (t.p == t.end)
			return PARSE_OK;
		skip_blanks(&t);
		s->has_zone = take_offset(&t, &s->offset);
		if (s->has_zone && t.p == t.end)
			return PARSE_OK;
		t.p = text.p;
		*s = (struct stamp){0};
	}
	if (take_special(&t, s))
		return PARSE_OK;
	t.p = text.p;
	*s = (struct stamp){0};
	return take_parts(&t, s);
}

int parse_date(struct str t, int32_t *out)
{
	struct stamp s;
	int fault = take_stamp(t, &s);

	if (fault != PARSE_OK)
		return fault;
	if (s.infinity) {
		*out = s.infinity < 0 ? INT32_MIN : INT32_MAX;
		return PARSE_OK;
	}
	if (s.has_time && s.us != 0)
		return REJECT_BAD_VALUE; /* Postgres would forget the time; we do not */
	if (s.days < DAYS_MIN || s.days >= DAYS_END)
		return REJECT_OUT_OF_RANGE;
	*out = (int32_t)s.days;
	return PARSE_OK;
}

/* `shift` seconds are taken away: local time to UTC. */
static int finish_stamp(const struct stamp *s, int64_t shift, int64_t *out)
{
	__int128 us = (__int128)s->days * US_DAY + s->us - shift * US_SECOND;

	if (s->infinity) {
		*out = s->infinity < 0 ? INT64_MIN : INT64_MAX;
		return PARSE_OK;
	}
	if (us < DAYS_MIN * (__int128)US_DAY || us > STAMP_END)
		return REJECT_OUT_OF_RANGE;
	*out = (int64_t)us;
	return PARSE_OK;
}

int parse_timestamp(struct str t, int64_t *out)
{
	struct stamp s;
	int fault = take_stamp(t, &s);

	return fault != PARSE_OK ? fault : finish_stamp(&s, 0, out);
}

int parse_timestamptz(struct str t, const struct zone *zone, int64_t *out)
{
	struct stamp s;
	int fault = take_stamp(t, &s);
	int64_t shift;

	if (fault != PARSE_OK)
		return fault;
	shift = s.has_zone || s.infinity ? s.offset
					 : zone_offset(zone, s.days * 86400 + s.us / US_SECOND);
	return finish_stamp(&s, shift, out);
}

int parse_time(struct str text, int64_t *out)
{
	struct text t;
	int fault;

	text = parse_trim(text);
	t = (struct text){text.p, text.p + text.len};
	if (!take_char(&t, 'T'))
		take_char(&t, 't');
	fault = take_clock(&t, out);
	if (fault != PARSE_OK)
		return fault;
	return t.p == t.end ? PARSE_OK : REJECT_BAD_VALUE;
}

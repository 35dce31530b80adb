/*
 * parse_time.c - dates, times and time stamps from their texts.
 *
 * ISO 8601 and what Postgres prints: year first, 'T' or a blank before the time, zones as an offset
 * or by name, years of more than four digits, BC, infinity; and of other forms those that have one
 * reading: months by name, AM and PM, day and month in an order that was asked for or that alone
 * gives a date. The usual forms have a fixed layout and are read at fixed places first; what is not
 * like that is read part by part.
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

/* Everything of a time stamp, as far as it is there. */
struct stamp {
	int64_t days, us;
	bool has_time, has_zone;
	struct zone_word zone;
	int infinity;	       /* -1, 1 */
	enum date_order order; /* of day and month: the rules' */
	enum time_trouble trouble;
};

struct date {
	int64_t year;
	int month, day;
};

static bool take_month(struct text *t, int *month)
{
	static const char *const names[] = {"January",	 "February", "March",	 "April",
					    "May",	 "June",     "July",	 "August",
					    "September", "October",  "November", "December"};
	size_t n = 0, i;

	while (t->p + n < t->end && isalpha((unsigned char)t->p[n]))
		n++;
	for (i = 0; i < 12; i++) {
		if ((n == 3 || n == strlen(names[i]) || (i == 8 && n == 4)) &&
		    strncasecmp(t->p, names[i], n) == 0) {
			t->p += n;
			*month = (int)i + 1;
			return true;
		}
	}
	return false;
}

/* "Mon, ", "Monday ": taken and forgotten, as in Postgres. */
static void skip_weekday(struct text *t)
{
	static const char *const names[] = {"Sunday",	"Monday", "Tuesday", "Wednesday",
					    "Thursday", "Friday", "Saturday"};
	size_t n = 0, i;

	while (t->p + n < t->end && isalpha((unsigned char)t->p[n]))
		n++;
	for (i = 0; i < 7; i++) {
		if ((n != 3 && n != strlen(names[i])) || strncasecmp(t->p, names[i], n) != 0)
			continue;
		t->p += n;
		take_char(t, ',');
		skip_blanks(t);
		return;
	}
}

/* Between the parts of a date with words: one of these, or blanks with a comma before them. */
static bool take_between(struct text *t)
{
	const char *begin = t->p;

	if (take_char(t, '-') || take_char(t, '/') || take_char(t, '.'))
		return true;
	take_char(t, ',');
	skip_blanks(t);
	return t->p > begin;
}

/* "Jan 31, 2024"; "31-Jan-2024" behind its first part, which is in `d`. */
static int take_named(struct text *t, bool day_first, struct date *d)
{
	if (!take_month(t, &d->month) || !take_between(t))
		return REJECT_BAD_VALUE;
	if (!day_first) {
		d->day = take_digits(t, 1, 2);
		if (d->day < 0 || at_digit(t) || !take_between(t))
			return REJECT_BAD_VALUE;
	}
	d->year = take_digits(t, 4, 7);
	return d->year < 0 || at_digit(t) ? REJECT_BAD_VALUE : PARSE_OK;
}

/* "31/01/2024" and "01/31/2024": as asked, or as alone gives a date. */
static int take_year_last(struct text *t, int first, struct date *d, struct stamp *s)
{
	char between = *t->p++;
	int second = take_digits(t, 1, 2);
	bool day_first = s->order == DATE_DMY || (s->order == DATE_AUTO && first > 12);

	if (second < 0 || !take_char(t, between))
		return REJECT_BAD_VALUE;
	d->year = take_digits(t, 4, 4);
	if (d->year < 0 || at_digit(t))
		return REJECT_BAD_VALUE;
	if (s->order == DATE_AUTO && first <= 12 && second <= 12 && first != second) {
		s->trouble = TIME_ORDER;
		return REJECT_BAD_VALUE;
	}
	d->day = day_first ? first : second;
	d->month = day_first ? second : first;
	return PARSE_OK;
}

/* Dates that do not begin with a year. */
static int take_other(struct text *t, struct date *d, struct stamp *s)
{
	int first;

	skip_weekday(t);
	if (!at_digit(t))
		return take_named(t, false, d);
	first = take_digits(t, 1, 2);
	if (first < 0 || at_digit(t) || t->p == t->end)
		return REJECT_BAD_VALUE;
	if (t->end - t->p > 1 && (*t->p == '/' || *t->p == '.' || *t->p == '-') &&
	    isdigit((unsigned char)t->p[1]))
		return take_year_last(t, first, d, s);
	d->day = first;
	return take_between(t) ? take_named(t, true, d) : REJECT_BAD_VALUE;
}

static bool begins_with_year(const struct text *t)
{
	int n;

	for (n = 0; n < 4; n++)
		if (t->p + n >= t->end || !isdigit((unsigned char)t->p[n]))
			return false;
	return true;
}

/* "2024-01-31", "2024/1/31", "20240131", "12345-01-31". */
static int take_date(struct text *t, struct date *d, struct stamp *s)
{
	int64_t *year = &d->year;
	int *month = &d->month, *day = &d->day;
	const char *begin = t->p;
	char between;

	if (!begins_with_year(t))
		return take_other(t, d, s);

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
	if (at_digit(t))
		*month = take_digits(t, 1, 2);
	else if (!take_month(t, month))
		return REJECT_BAD_VALUE;
	if (!take_char(t, between))
		return REJECT_BAD_VALUE;
	*day = take_digits(t, 1, 2);
	return *day < 0 || at_digit(t) ? REJECT_BAD_VALUE : PARSE_OK;
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

/* "AM" or "PM" behind a time of twelve hours; nothing is taken when it is neither. */
static int take_half(struct text *t, int *hours)
{
	struct text u = *t;
	bool late;

	skip_blanks(&u);
	late = take_word(&u, "PM");
	if (!late && !take_word(&u, "AM"))
		return PARSE_OK;
	if (u.p < u.end && isalpha((unsigned char)*u.p))
		return PARSE_OK; /* "AMT" is a time zone */
	*t = u;
	if (*hours > 12)
		return REJECT_OUT_OF_RANGE;
	*hours = *hours % 12 + (late ? 12 : 0);
	return PARSE_OK;
}

/* "12:34", "12:34:56.789", "123456", "12:34 PM". */
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
	if (take_half(t, &hours) != PARSE_OK || hours > 24 || minutes > 59 || seconds > 60)
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

static bool take_offset(struct text *t, struct stamp *s)
{
	struct text u = *t;
	bool west = take_char(&u, '-');
	int seconds;

	if (!west && !take_char(&u, '+'))
		return false;
	seconds = take_displacement(&u);
	if (seconds < 0)
		return false;
	s->zone.offset = west ? -seconds : seconds;
	*t = u;
	return true;
}

/* A zone at the end: an offset, or what zone_find() knows. When it is none, nothing is taken. */
static bool take_zone(struct text *t, struct stamp *s)
{
	const char *p = t->p;

	if (p == t->end || !isalpha((unsigned char)*p))
		return take_offset(t, s);
	while (p < t->end && *p && (isalnum((unsigned char)*p) || strchr("/_+-:", *p)))
		p++;
	if (zone_find((struct str){t->p, (size_t)(p - t->p)}, &s->zone)) {
		t->p = p;
		return true;
	}
	return false;
}

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

/* Behind the date: the time, when there is one. */
static int take_time_of_day(struct text *t, struct stamp *s)
{
	struct text before = *t;

	if (t->p == t->end || (*t->p != 'T' && *t->p != 't' && !isspace((unsigned char)*t->p)))
		return PARSE_OK;
	t->p++;
	skip_blanks(t);
	s->has_time = at_digit(t);
	if (s->has_time)
		return take_clock(t, &s->us);
	*t = before;
	return PARSE_OK;
}

/* Date and, perhaps, time, zone and era, at any places. */
static int take_parts(struct text *t, struct stamp *s)
{
	struct date d = {0};
	int fault;
	bool bc;

	fault = take_date(t, &d, s);
	if (fault == PARSE_OK)
		fault = take_time_of_day(t, s);
	if (fault != PARSE_OK)
		return fault;
	skip_blanks(t);
	s->has_zone = take_zone(t, s);
	skip_blanks(t);
	bc = take_word(t, "BC");
	if (!bc)
		take_word(t, "AD");
	if (t->p < t->end) {
		if (!s->has_zone && isalpha((unsigned char)*t->p))
			s->trouble = TIME_ZONE;
		return REJECT_BAD_VALUE;
	}
	if (bc)
		d.year = 1 - d.year;
	if ((!bc && d.year == 0) || !is_date(d.year, d.month, d.day))
		return REJECT_OUT_OF_RANGE;
	s->days = calendar_days(d.year, d.month, d.day);
	return PARSE_OK;
}

static int take_stamp(struct str text, const struct time_rules *rules, struct stamp *s)
{
	const struct stamp fresh = {.order = rules ? rules->order : DATE_AUTO};
	struct text t;

	text = parse_trim(text);
	t = (struct text){text.p, text.p + text.len};
	*s = fresh;
	if (take_fixed(&t, s)) {
		if (t.p == t.end)
			return PARSE_OK;
		skip_blanks(&t);
		s->has_zone = take_zone(&t, s);
		if (s->has_zone && t.p == t.end)
			return PARSE_OK;
		t.p = text.p;
		*s = fresh;
	}
	if (take_special(&t, s))
		return PARSE_OK;
	t.p = text.p;
	*s = fresh;
	return take_parts(&t, s);
}

enum time_trouble parse_time_trouble(struct str t, const struct time_rules *rules)
{
	struct stamp s;

	return take_stamp(t, rules, &s) == PARSE_OK ? TIME_FINE : s.trouble;
}

bool parse_time_has_zone(struct str t)
{
	struct stamp s;

	return take_stamp(t, NULL, &s) == PARSE_OK && s.has_zone;
}

int parse_date(struct str t, const struct time_rules *rules, int32_t *out)
{
	struct stamp s;
	int fault = take_stamp(t, rules, &s);

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

int parse_timestamp(struct str t, const struct time_rules *rules, int64_t *out)
{
	struct stamp s;
	int fault = take_stamp(t, rules, &s);

	return fault != PARSE_OK ? fault : finish_stamp(&s, 0, out);
}

int parse_timestamptz(struct str t, const struct time_rules *rules, int64_t *out)
{
	struct stamp s;
	int fault = take_stamp(t, rules, &s);
	int64_t local, shift = 0;

	if (fault != PARSE_OK)
		return fault;
	local = s.days * 86400 + s.us / US_SECOND;
	if (s.has_zone)
		shift = zone_word_offset(&s.zone, local);
	else if (!s.infinity)
		shift = zone_offset(rules ? rules->zone : NULL, local);
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

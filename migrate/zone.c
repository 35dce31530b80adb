/*
 * zone.c - see zone.h. Reads TZif files (RFC 8536): a sorted list of moments when the offset
 * changes, and behind it the rule for all later years as a POSIX TZ text, of which we take the
 * form that zoneinfo uses ("CET-1CEST,M3.5.0,M10.5.0/3").
 */
#include "migrate/zone.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/memory.h"
#include "common/text.h"
#include "migrate/parse_value.h"

#define ZONES	   "/usr/share/zoneinfo"
#define FILE_MAX   ((size_t)1 << 20)
#define RULE_YEARS 401 /* after the last change in the file the rule is written out so far */
#define CYCLE	   (146097 * 86400LL) /* 400 years, then the calendar repeats itself */
#define NAME_ROOM  8		      /* of an abbreviation */

struct change {
	int64_t local;	/* from this local time on, see add_change() */
	int32_t offset; /* these seconds east */
	char name[NAME_ROOM];
};

struct zone {
	int32_t first; /* before the first change */
	struct change *changes;
	size_t count, capacity;
	bool endless; /* the changes of the last 400 years go on for ever */
};

/*
 * In the hour that comes twice both offsets are possible, in the one that is skipped neither.
 * Postgres takes the later offset in the first case and the earlier one in the second. Both are the
 * same as: the new offset holds from the moment of change on, as its own clock shows it.
 */
static struct change *add_change(struct zone *z, int64_t utc, int32_t offset)
{
	int64_t local = utc + offset;

	if (z->count && local <= z->changes[z->count - 1].local)
		local = z->changes[z->count - 1].local;
	z->changes = xgrow(z->changes, z->count, &z->capacity, sizeof(*z->changes));
	z->changes[z->count] = (struct change){.local = local, .offset = offset};
	return &z->changes[z->count++];
}

static int64_t big_endian(const unsigned char *p, int bytes)
{
	uint64_t v = p[0] & 0x80 ? UINT64_MAX : 0;
	int i;

	for (i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

struct rule {
	int month, week, day;
	int64_t seconds; /* of the day, local time before the change */
};

static bool take_number(const char **p, int64_t *v)
{
	if (!isdigit((unsigned char)**p))
		return false;
	for (*v = 0; isdigit((unsigned char)**p) && *v < 1000000; (*p)++)
		*v = *v * 10 + (**p - '0');
	return true;
}

/* "[+-]hh[:mm[:ss]]" */
static bool take_hours(const char **p, int64_t *seconds)
{
	bool negative = **p == '-';
	int64_t unit = 3600, v;

	*seconds = 0;
	*p += **p == '-' || **p == '+';
	do {
		if (!take_number(p, &v))
			return false;
		*seconds += v * unit;
		unit /= 60;
	} while (unit && **p == ':' && (*p)++);
	if (negative)
		*seconds = -*seconds;
	return true;
}

static bool skip_name(const char **p)
{
	const char *begin = *p;

	if (**p == '<') {
		*p = strchr(*p, '>');
		return *p && *(*p)++;
	}
	while (isalpha((unsigned char)**p))
		(*p)++;
	return *p > begin;
}

/* ",M3.5.0/2" */
static bool take_rule(const char **p, struct rule *r)
{
	int64_t month, week, day;

	if (strncmp(*p, ",M", 2) != 0)
		return false;
	*p += 2;
	if (!take_number(p, &month) || *(*p)++ != '.' || !take_number(p, &week) || *(*p)++ != '.' ||
	    !take_number(p, &day))
		return false;
	if (month < 1 || month > 12 || week < 1 || week > 5 || day > 6)
		return false;
	*r = (struct rule){(int)month, (int)week, (int)day, 7200};
	if (**p == '/') {
		(*p)++;
		return take_hours(p, &r->seconds);
	}
	return true;
}

/* The day on which the rule falls in a year, in seconds since 1970 with the time of day. */
static int64_t rule_time(const struct rule *r, int year)
{
	int64_t day = calendar_days(year, r->month, 1);
	int64_t weekday = ((day + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
	int64_t next = calendar_days(r->month == 12 ? year + 1 : year,
				     r->month == 12 ? 1 : r->month + 1, 1);

	day += (r->day - weekday + 7) % 7 + (r->week - 1) * 7;
	while (day >= next)
		day -= 7;
	return day * 86400 + r->seconds;
}

/* Writes the changes of the rule behind those of the file. */
static void follow_rule(struct zone *z, const char *text, int64_t last)
{
	int64_t standard, summer;
	struct rule to_summer, to_standard;
	int64_t year;
	int month, day, i;

	if (!skip_name(&text) || !take_hours(&text, &standard) || !skip_name(&text))
		return; /* no summer time: the last offset of the file stays */
	summer = standard - 3600;
	if (*text && *text != ',' && !take_hours(&text, &summer))
		return;
	if (!take_rule(&text, &to_summer) || !take_rule(&text, &to_standard))
		return;
	z->endless = true;
	calendar_civil(last / 86400, &year, &month, &day);
	for (i = 0; i < RULE_YEARS; i++) {
		int64_t up = rule_time(&to_summer, (int)year + i) + standard;
		int64_t down = rule_time(&to_standard, (int)year + i) + summer;
		bool summer_first = up < down;

		if (summer_first && up > last)
			add_change(z, up, (int32_t)-summer);
		if (down > last)
			add_change(z, down, (int32_t)-standard);
		if (!summer_first && up > last)
			add_change(z, up, (int32_t)-summer);
	}
}

/* Sizes of one part of the file behind its header of 44 bytes. */
struct tzif {
	int64_t is_utc, is_standard, leaps, times, types, names;
};

static bool read_header(const unsigned char *p, size_t n, struct tzif *h)
{
	if (n < 44 || memcmp(p, "TZif", 4) != 0)
		return false;
	h->is_utc = big_endian(p + 20, 4);
	h->is_standard = big_endian(p + 24, 4);
	h->leaps = big_endian(p + 28, 4);
	h->times = big_endian(p + 32, 4);
	h->types = big_endian(p + 36, 4);
	h->names = big_endian(p + 40, 4);
	return h->is_utc >= 0 && h->is_standard >= 0 && h->leaps >= 0 && h->times >= 0 &&
	       h->types > 0 && h->types < 256 && h->names >= 0;
}

static int64_t body_size(const struct tzif *h, int time_bytes)
{
	return h->times * (time_bytes + 1) + h->types * 6 + h->names + h->leaps * (time_bytes + 4) +
	       h->is_standard + h->is_utc;
}

/* The changes of the file's second part; `p` is behind its header. Returns the last one. */
static bool read_changes(struct zone *z, const unsigned char *p, const struct tzif *h,
			 int64_t *last)
{
	const unsigned char *types = p + h->times * 9, *names = types + h->types * 6;
	int64_t i;

	z->first = (int32_t)big_endian(types, 4);
	for (i = 0; i < h->times; i++) {
		int type = p[h->times * 8 + i], name;
		struct change *c;
		int64_t k;

		if (type >= h->types)
			return false;
		*last = big_endian(p + i * 8, 8);
		if (*last <= -100000000000LL)
			continue;
		c = add_change(z, *last, (int32_t)big_endian(types + type * 6, 4));
		name = types[type * 6 + 5];
		for (k = 0; k < NAME_ROOM - 1 && name + k < h->names && names[name + k]; k++)
			c->name[k] = (char)names[name + k];
	}
	return true;
}

static bool read_zone(struct zone *z, const unsigned char *p, size_t n)
{
	const unsigned char *end = p + n;
	struct tzif h;
	int64_t last = INT64_MIN;

	if (!read_header(p, n, &h) || p[4] < '2' || body_size(&h, 4) > end - p - 44)
		return false;
	p += 44 + body_size(&h, 4);
	if (!read_header(p, (size_t)(end - p), &h) || body_size(&h, 8) > end - p - 44)
		return false;
	p += 44;
	if (!read_changes(z, p, &h, &last))
		return false;
	p += body_size(&h, 8);
	if (p < end && *p == '\n' && last > -100000000000LL)
		follow_rule(z, (const char *)p + 1, last); /* the buffer ends with NUL */
	return true;
}

static bool is_zone_name(const char *name)
{
	const char *p;

	for (p = name; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("/_+-", *p))
			return false;
	}
	return *name && *name != '/';
}

static bool load_file(struct zone *z, const char *name)
{
	char path[256];
	FILE *file;
	size_t n = 0;
	unsigned char *data;
	bool good;

	snprintf(path, sizeof(path), ZONES "/%s", name);
	file = is_zone_name(name) ? fopen(path, "rb") : NULL;
	if (!file)
		return false;
	data = xmalloc(FILE_MAX + 1);
	n = fread(data, 1, FILE_MAX, file);
	fclose(file);
	data[n] = '\0';
	good = n > 0 && read_zone(z, data, n);
	free(data);
	return good;
}

/* Gives the name the letters that its files have; false when there is no such file. */
static bool spell(char *name)
{
	char path[256] = ZONES, *part = name;

	while (part && *part) {
		char *end = strchr(part, '/');
		DIR *folder = opendir(path);
		struct dirent *entry = NULL;
		size_t used = strlen(path);

		if (end)
			*end = '\0';
		while (folder && (entry = readdir(folder)) && strcasecmp(entry->d_name, part) != 0)
			;
		if (entry) {
			memcpy(part, entry->d_name, strlen(part));
			snprintf(path + used, sizeof(path) - used, "/%s", part);
		}
		if (folder)
			closedir(folder);
		if (!entry)
			return false;
		if (end)
			*end++ = '/';
		part = end;
	}
	return true;
}

struct zone *zone_open(const char *name)
{
	struct zone *z = xcalloc(1, sizeof(*z));
	char spelled[64];

	if (strlen(name) < sizeof(spelled) && is_zone_name(name)) {
		if (load_file(z, name))
			return z;
		snprintf(spelled, sizeof(spelled), "%s", name);
		zone_free(z);
		z = xcalloc(1, sizeof(*z));
		if (spell(spelled) && load_file(z, spelled))
			return z;
	}
	zone_free(z);
	return NULL;
}

int zone_load(const char *name, struct zone **out, struct error *e)
{
	struct zone *z;
	int64_t seconds;
	const char *p = name;

	*out = NULL;
	if (!strcasecmp(name, "UTC") || !strcasecmp(name, "GMT") || !strcasecmp(name, "Z") ||
	    !strcasecmp(name, "Etc/UTC"))
		return 0;
	z = xcalloc(1, sizeof(*z));
	if ((*p == '+' || *p == '-') && take_hours(&p, &seconds) && !*p && seconds < 57600 &&
	    seconds > -57600) {
		z->first = (int32_t)seconds;
	} else if (!load_file(z, name)) {
		zone_free(z);
		error_set(e, ERROR_CONFIG, "there is no time zone '%s'", name);
		return error_hint(e, "names are those of the zoneinfo database (Europe/Berlin), or "
				     "an offset (+02:00); the package tzdata holds them");
	}
	*out = z;
	return 0;
}

void zone_free(struct zone *z)
{
	if (!z)
		return;
	free(z->changes);
	free(z);
}

/* How many changes were before a local time. */
static size_t changes_before(const struct zone *z, int64_t local)
{
	size_t low = 0, high = z->count;
	int64_t last = z->count ? z->changes[z->count - 1].local : 0;

	if (z->endless && local > last)
		local -= (local - last + CYCLE - 1) / CYCLE * CYCLE;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->changes[middle].local <= local)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int32_t zone_offset(const struct zone *z, int64_t local)
{
	size_t n = z ? changes_before(z, local) : 0;

	if (!z)
		return 0;
	return n ? z->changes[n - 1].offset : z->first;
}

bool zone_abbreviation(const struct zone *z, const char *abbreviation, int64_t local,
		       int32_t *offset)
{
	size_t n = changes_before(z, local), i;

	for (i = n; i-- > 0;)
		if (strcasecmp(z->changes[i].name, abbreviation) == 0) {
			*offset = z->changes[i].offset;
			return true;
		}
	for (i = n; i < z->count; i++)
		if (strcasecmp(z->changes[i].name, abbreviation) == 0) {
			*offset = z->changes[i].offset;
			return true;
		}
	return false;
}

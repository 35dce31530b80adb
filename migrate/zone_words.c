/*
 * zone_words.c - the zones that values name: see zone_find() in zone.h. Abbreviations come first,
 * then files of zoneinfo, then a word with an offset behind it, which POSIX counts westward.
 */
#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/memory.h"
#include "migrate/zone.h"

#define WORD_MAX 63
#define SLOTS	 8192 /* zoneinfo has 1,800 files; more than half of the slots are never used */

/*
 * Sorted. What pg_timezone_abbrevs has with timezone_abbreviations = Default; Postgres 15.20,
 * 2026-11-21. A zone instead of seconds: the meaning has changed over time.
 */
static const struct abbreviation {
	const char *name;
	int32_t offset;
	const char *zone;
} abbreviations[] = {
	{"ACDT", 37800, NULL},
	{"ACSST", 37800, NULL},
	{"ACST", 34200, NULL},
	{"ACT", -18000, NULL},
	{"ACWST", 31500, NULL},
	{"ADT", -10800, NULL},
	{"AEDT", 39600, NULL},
	{"AESST", 39600, NULL},
	{"AEST", 36000, NULL},
	{"AFT", 16200, NULL},
	{"AKDT", -28800, NULL},
	{"AKST", -32400, NULL},
	{"ALMST", 25200, NULL},
	{"ALMT", 21600, NULL},
	{"AMST", 0, "Asia/Yerevan"},
	{"AMT", -14400, NULL},
	{"ANAST", 0, "Asia/Anadyr"},
	{"ANAT", 0, "Asia/Anadyr"},
	{"ARST", 0, "America/Argentina/Buenos_Aires"},
	{"ART", 0, "America/Argentina/Buenos_Aires"},
	{"AST", -14400, NULL},
	{"AWSST", 32400, NULL},
	{"AWST", 28800, NULL},
	{"AZOST", 0, NULL},
	{"AZOT", -3600, NULL},
	{"AZST", 0, "Asia/Baku"},
	{"AZT", 0, "Asia/Baku"},
	{"BDST", 7200, NULL},
	{"BDT", 21600, NULL},
	{"BNT", 28800, NULL},
	{"BORT", 28800, NULL},
	{"BOT", -14400, NULL},
	{"BRA", -10800, NULL},
	{"BRST", -7200, NULL},
	{"BRT", -10800, NULL},
	{"BST", 3600, NULL},
	{"BTT", 21600, NULL},
	{"CADT", 37800, NULL},
	{"CAST", 34200, NULL},
	{"CCT", 28800, NULL},
	{"CDT", -18000, NULL},
	{"CEST", 7200, NULL},
	{"CET", 3600, NULL},
	{"CETDST", 7200, NULL},
	{"CHADT", 49500, NULL},
	{"CHAST", 45900, NULL},
	{"CHUT", 36000, NULL},
	{"CKT", 0, "Pacific/Rarotonga"},
	{"CLST", -10800, NULL},
	{"CLT", 0, "America/Santiago"},
	{"COT", -18000, NULL},
	{"CST", -21600, NULL},
	{"CXT", 25200, NULL},
	{"DAVT", 0, "Antarctica/Davis"},
	{"DDUT", 36000, NULL},
	{"EASST", 0, "Pacific/Easter"},
	{"EAST", 0, "Pacific/Easter"},
	{"EAT", 10800, NULL},
	{"EDT", -14400, NULL},
	{"EEST", 10800, NULL},
	{"EET", 7200, NULL},
	{"EETDST", 10800, NULL},
	{"EGST", 0, NULL},
	{"EGT", -3600, NULL},
	{"EST", -18000, NULL},
	{"FET", 10800, NULL},
	{"FJST", 46800, NULL},
	{"FJT", 43200, NULL},
	{"FKST", 0, "Atlantic/Stanley"},
	{"FKT", 0, "Atlantic/Stanley"},
	{"FNST", -3600, NULL},
	{"FNT", -7200, NULL},
	{"GALT", -21600, NULL},
	{"GAMT", -32400, NULL},
	{"GEST", 0, "Asia/Tbilisi"},
	{"GET", 0, "Asia/Tbilisi"},
	{"GFT", -10800, NULL},
	{"GILT", 43200, NULL},
	{"GMT", 0, NULL},
	{"GYT", 0, "America/Guyana"},
	{"HKT", 28800, NULL},
	{"HST", -36000, NULL},
	{"ICT", 25200, NULL},
	{"IDT", 10800, NULL},
	{"IOT", 0, "Indian/Chagos"},
	{"IRKST", 0, "Asia/Irkutsk"},
	{"IRKT", 0, "Asia/Irkutsk"},
	{"IRT", 12600, NULL},
	{"IST", 7200, NULL},
	{"JAYT", 32400, NULL},
	{"JST", 32400, NULL},
	{"KDT", 36000, NULL},
	{"KGST", 21600, NULL},
	{"KGT", 0, "Asia/Bishkek"},
	{"KOST", 0, "Pacific/Kosrae"},
	{"KRAST", 0, "Asia/Krasnoyarsk"},
	{"KRAT", 0, "Asia/Krasnoyarsk"},
	{"KST", 32400, NULL},
	{"LHDT", 0, "Australia/Lord_Howe"},
	{"LHST", 37800, NULL},
	{"LIGT", 36000, NULL},
	{"LINT", 0, "Pacific/Kiritimati"},
	{"LKT", 0, "Asia/Colombo"},
	{"MAGST", 0, "Asia/Magadan"},
	{"MAGT", 0, "Asia/Magadan"},
	{"MART", -34200, NULL},
	{"MAWT", 0, "Antarctica/Mawson"},
	{"MDT", -21600, NULL},
	{"MEST", 7200, NULL},
	{"MESZ", 7200, NULL},
	{"MET", 3600, NULL},
	{"METDST", 7200, NULL},
	{"MEZ", 3600, NULL},
	{"MHT", 43200, NULL},
	{"MMT", 23400, NULL},
	{"MPT", 36000, NULL},
	{"MSD", 14400, NULL},
	{"MSK", 0, "Europe/Moscow"},
	{"MST", -25200, NULL},
	{"MUST", 18000, NULL},
	{"MUT", 14400, NULL},
	{"MVT", 18000, NULL},
	{"MYT", 28800, NULL},
	{"NDT", -9000, NULL},
	{"NFT", -12600, NULL},
	{"NOVST", 0, "Asia/Novosibirsk"},
	{"NOVT", 0, "Asia/Novosibirsk"},
	{"NPT", 20700, NULL},
	{"NST", -12600, NULL},
	{"NUT", 0, "Pacific/Niue"},
	{"NZDT", 46800, NULL},
	{"NZST", 43200, NULL},
	{"NZT", 43200, NULL},
	{"OMSST", 0, "Asia/Omsk"},
	{"OMST", 0, "Asia/Omsk"},
	{"PDT", -25200, NULL},
	{"PET", -18000, NULL},
	{"PETST", 0, "Asia/Kamchatka"},
	{"PETT", 0, "Asia/Kamchatka"},
	{"PGT", 36000, NULL},
	{"PHT", 28800, NULL},
	{"PKST", 21600, NULL},
	{"PKT", 18000, NULL},
	{"PMDT", -7200, NULL},
	{"PMST", -10800, NULL},
	{"PONT", 39600, NULL},
	{"PST", -28800, NULL},
	{"PWT", 32400, NULL},
	{"PYST", -10800, NULL},
	{"PYT", 0, "America/Asuncion"},
	{"RET", 14400, NULL},
	{"SADT", 37800, NULL},
	{"SAST", 7200, NULL},
	{"SCT", 14400, NULL},
	{"SGT", 0, "Asia/Singapore"},
	{"TAHT", -36000, NULL},
	{"TFT", 18000, NULL},
	{"TJT", 18000, NULL},
	{"TKT", 0, "Pacific/Fakaofo"},
	{"TMT", 0, "Asia/Ashgabat"},
	{"TOT", 46800, NULL},
	{"TRUT", 36000, NULL},
	{"TVT", 43200, NULL},
	{"UCT", 0, NULL},
	{"ULAST", 32400, NULL},
	{"ULAT", 0, "Asia/Ulaanbaatar"},
	{"UT", 0, NULL},
	{"UTC", 0, NULL},
	{"UYST", -7200, NULL},
	{"UYT", -10800, NULL},
	{"UZST", 21600, NULL},
	{"UZT", 18000, NULL},
	{"VET", 0, "America/Caracas"},
	{"VLAST", 0, "Asia/Vladivostok"},
	{"VLAT", 0, "Asia/Vladivostok"},
	{"VOLT", 0, "Europe/Volgograd"},
	{"VUT", 39600, NULL},
	{"WADT", 28800, NULL},
	{"WAKT", 43200, NULL},
	{"WAST", 25200, NULL},
	{"WAT", 3600, NULL},
	{"WDT", 32400, NULL},
	{"WET", 0, NULL},
	{"WETDST", 3600, NULL},
	{"WFT", 43200, NULL},
	{"WGST", -7200, NULL},
	{"WGT", -10800, NULL},
	{"XJT", 21600, NULL},
	{"YAKST", 0, "Asia/Yakutsk"},
	{"YAKT", 0, "Asia/Yakutsk"},
	{"YAPT", 36000, NULL},
	{"YEKST", 21600, NULL},
	{"YEKT", 0, "Asia/Yekaterinburg"},
	{"Z", 0, NULL},
	{"ZULU", 0, NULL},
};

static int compare_name(const void *key, const void *row)
{
	return strcmp(key, ((const struct abbreviation *)row)->name);
}

static const struct abbreviation *find_abbreviation(const char *word)
{
	char upper[WORD_MAX + 1];
	size_t i;

	for (i = 0; word[i]; i++)
		upper[i] = (char)toupper((unsigned char)word[i]);
	upper[i] = '\0';
	return bsearch(upper, abbreviations, sizeof(abbreviations) / sizeof(abbreviations[0]),
		       sizeof(abbreviations[0]), compare_name);
}

/* ---- files, each read once --------------------------------------------------------------------
 */

static struct {
	pthread_mutex_t lock;
	struct {
		char *name;
		struct zone *zone;
	} slots[SLOTS];
	size_t used;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static size_t slot_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash % SLOTS;
}

/* `name` in lower case. What is not there is looked for each time: it may be anything. */
static const struct zone *file_zone(const char *name)
{
	size_t i = slot_of(name);
	struct zone *z;

	pthread_mutex_lock(&kept.lock);
	while (kept.slots[i].name && strcmp(kept.slots[i].name, name) != 0)
		i = (i + 1) % SLOTS;
	z = kept.slots[i].zone;
	if (!kept.slots[i].name && kept.used < SLOTS / 2) {
		z = zone_open(name);
		if (z) {
			kept.slots[i].name = xstrdup(name);
			kept.slots[i].zone = z;
			kept.used++;
		}
	}
	pthread_mutex_unlock(&kept.lock);
	return z;
}

/* Files that mean nothing certain: this machine's own zone, clocks that count leap seconds. */
static bool is_ours(const char *name)
{
	return strcmp(name, "localtime") != 0 && strcmp(name, "posixrules") != 0 &&
	       strncmp(name, "right/", 6) != 0;
}

/* ---- "GMT+2" ----------------------------------------------------------------------------------
 */

static bool take_two(const char **p, int most, int *v)
{
	*v = 0;
	if (!isdigit((unsigned char)**p))
		return false;
	*v = *(*p)++ - '0';
	if (isdigit((unsigned char)**p))
		*v = *v * 10 + (*(*p)++ - '0');
	return *v <= most;
}

static bool take_posix(const char *p, int32_t *offset)
{
	int letters = 0, hours, minutes = 0, seconds = 0;
	bool west;

	for (; isalpha((unsigned char)*p); p++)
		letters++;
	west = *p == '+';
	if (letters < 3 || (*p != '+' && *p != '-'))
		return false;
	p++;
	if (!take_two(&p, 24, &hours))
		return false;
	if (*p == ':' && (p++, !take_two(&p, 59, &minutes)))
		return false;
	if (*p == ':' && (p++, !take_two(&p, 59, &seconds)))
		return false;
	*offset = (hours * 60 + minutes) * 60 + seconds;
	if (west)
		*offset = -*offset;
	return *p == '\0';
}

/* ---- all together -----------------------------------------------------------------------------
 */

static bool look_up(const char *name, struct zone_word *out)
{
	const struct abbreviation *a = find_abbreviation(name);

	*out = (struct zone_word){0};
	if (a) {
		out->offset = a->offset;
		if (a->zone) {
			char lower[WORD_MAX + 1];
			size_t i;

			for (i = 0; i < strlen(a->zone); i++)
				lower[i] = (char)tolower((unsigned char)a->zone[i]);
			lower[i] = '\0';
			out->zone = file_zone(lower);
			out->abbreviation = a->name;
			return out->zone != NULL;
		}
		return true;
	}
	out->zone = is_ours(name) ? file_zone(name) : NULL;
	return out->zone || take_posix(name, &out->offset);
}

bool zone_find(struct str name, struct zone_word *out)
{
	/* Nearly all values of a file name the same zone. */
	static _Thread_local struct {
		size_t length;
		char name[WORD_MAX + 1];
		struct zone_word word;
	} last;
	char lower[WORD_MAX + 1];
	size_t i;

	if (name.len == 0 || name.len > WORD_MAX)
		return false;
	if (name.len == last.length && memcmp(last.name, name.p, name.len) == 0) {
		*out = last.word;
		return true;
	}
	for (i = 0; i < name.len; i++)
		lower[i] = (char)tolower((unsigned char)name.p[i]);
	lower[i] = '\0';
	if (strlen(lower) != name.len || !look_up(lower, out))
		return false;
	last.length = name.len;
	memcpy(last.name, name.p, name.len);
	last.word = *out;
	return true;
}

int32_t zone_word_offset(const struct zone_word *w, int64_t local)
{
	int32_t offset;

	if (!w->zone)
		return w->offset;
	if (w->abbreviation && zone_abbreviation(w->zone, w->abbreviation, local, &offset))
		return offset;
	return zone_offset(w->zone, local);
}

/*
 * keyword.c - words by hash: a table of slots filled once from the list in keyword.h.
 */
#include "convert/keyword.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#define SLOTS	4096 /* a power of two, several times the number of words */
#define LONGEST 32

struct word {
	const char *text;
	uint8_t length, class;
	bool label, stop;
};

static const struct word words[] = {{"", 0, KEYWORD_U, true, false},
#define X(word, class, label, stop) {#word, sizeof(#word) - 1, KEYWORD_##class, label, stop},
				    KEYWORDS(X)
#undef X
};

static uint16_t slots[SLOTS];
static pthread_once_t filled = PTHREAD_ONCE_INIT;

static inline unsigned char upper(unsigned char c)
{
	return c >= 'a' && c <= 'z' ? (unsigned char)(c - 32) : c;
}

static uint32_t hash(const char *word, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ upper((unsigned char)word[i])) * 16777619u;
	return (h ^ h >> 15) & (SLOTS - 1);
}

static void fill(void)
{
	for (uint16_t k = 1; k < KEYWORD_COUNT; k++) {
		uint32_t i = hash(words[k].text, words[k].length);

		while (slots[i])
			i = (i + 1) & (SLOTS - 1);
		slots[i] = k;
	}
}

enum keyword keyword_find(const char *word, size_t n)
{
	pthread_once(&filled, fill);
	if (n == 0 || n > LONGEST)
		return KEYWORD_NONE;
	for (uint32_t i = hash(word, n); slots[i]; i = (i + 1) & (SLOTS - 1)) {
		const struct word *w = &words[slots[i]];
		size_t j = 0;

		if (w->length != n)
			continue;
		while (j < n && upper((unsigned char)word[j]) == (unsigned char)w->text[j])
			j++;
		if (j == n)
			return (enum keyword)slots[i];
	}
	return KEYWORD_NONE;
}

const char *keyword_text(enum keyword k)
{
	return words[k].text;
}

enum keyword_class keyword_class(enum keyword k)
{
	return (enum keyword_class)words[k].class;
}

bool keyword_is_label(enum keyword k)
{
	return words[k].label;
}

bool keyword_stops(enum keyword k)
{
	return words[k].stop;
}

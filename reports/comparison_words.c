/* comparison_words.c - what a comparison found, in words and as a table. See comparison.h. */
#include "reports/comparison.h"

#include <math.h>

#include "reports/format.h"

const char *compared_title(struct comparison *c, const struct compared *item)
{
	const char *title = metric_title(item->name);

	return item->of ? arena_printf(&c->arena, "%s (%s)", title, item->of) : title;
}

const char *compared_verdict(struct comparison *c, const struct compared *item)
{
	if (!item->in_new)
		return "only in the base";
	if (!item->in_base)
		return "only in the new run";
	if (item->difference.regression)
		return arena_printf(&c->arena, "worse, beyond %g %%", c->limit);
	if (item->difference.verdict == VERDICT_WORSE)
		return "worse, allowed";
	return verdict_word(item->difference.verdict);
}

const char *comparison_sentence(struct comparison *c)
{
	if (c->judged == 0)
		return "No figure could be judged.";
	if (c->regressions == 0)
		return arena_printf(&c->arena,
				    "None of %zu judged figures is worse by more than %g %%.",
				    c->judged, c->limit);
	return arena_printf(&c->arena, "%zu of %zu judged figures %s worse by more than %g %%.",
			    c->regressions, c->judged, c->regressions == 1 ? "is" : "are",
			    c->limit);
}

static const char *quantity_text(struct comparison *c, double value, const char *unit)
{
	struct quantity q = quantity_of(value, unit);

	return arena_printf(&c->arena, "%s%s%s", q.number, *q.unit ? " " : "", q.unit);
}

static const char *percent_text(struct comparison *c, double percent)
{
	struct buf text = {0};
	const char *result;

	format_percent(&text, percent);
	result = arena_strdup(&c->arena, buf_text(&text));
	buf_release(&text);
	return result;
}

const char *compared_interval(struct comparison *c, const struct compared *item)
{
	const struct difference *d = &item->difference;

	if (isnan(d->noise_percent))
		return "unknown";
	if (!isfinite(d->low))
		return FORMAT_NOTHING;
	return arena_printf(&c->arena, "%s to %s", percent_text(c, d->low),
			    percent_text(c, d->high));
}

const char *comparison_method(const struct comparison *c)
{
	if (c->bases.count > 1 && c->news.count > 1)
		return "95 % interval of the difference, from how the runs of each side differ "
		       "among themselves (bootstrap)";
	if (c->bases.count > 1 || c->news.count > 1)
		return "95 % interval of the difference, from how the several runs differ among "
		       "themselves (bootstrap), taken for both sides";
	return "95 % interval of the difference, from how the figure moves from second to second "
	       "inside the two runs (bootstrap of blocks); what differs between runs is not in it";
}

static void fill_row(struct comparison *c, const struct compared *item, struct sheet_cell *row)
{
	const struct difference *d = &item->difference;

	row[0].text = compared_title(c, item);
	row[1].text = quantity_text(c, item->base, item->unit);
	row[1].number = item->base;
	row[2].text = quantity_text(c, item->new, item->unit);
	row[2].number = item->new;
	row[3].text = percent_text(c, d->percent);
	row[3].number = d->percent;
	row[4].text = compared_interval(c, item);
	row[4].number = d->noise_percent;
	row[5].text = compared_verdict(c, item);
	row[5].number = d->regression ? 4 : d->verdict;
}

struct sheet *comparison_sheet(struct comparison *c, bool main)
{
	static const char *const titles[] = {"Figure",	   "Base",	    "New",
					     "Difference", "95 % interval", "Verdict"};
	struct sheet *s = sheet_new(&c->arena, "comparison", main ? "Figures" : "Not judged", 6);
	size_t i;

	for (i = 0; i < 6; i++)
		s->columns[i].title = titles[i];
	s->columns[0].text = s->columns[5].text = true;
	for (i = 0; i < c->count; i++) {
		const struct compared *item = &c->items[i];
		bool first = item->headline || item->difference.verdict != VERDICT_UNJUDGED;

		if (first == main)
			fill_row(c, item, sheet_row(&c->arena, s));
	}
	return s->row_count ? s : NULL;
}

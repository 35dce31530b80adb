/* format.c - see format.h. */
#include "reports/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "reports/escape.h"

/* Steps of a unit, smallest first: up to `below` of the base unit, divide by `divide`. */
struct step {
	const char *base;
	double below, divide;
	const char *unit;
};

static const struct step steps[] = {
	{"ns", 1e3, 1, "ns"},		{"ns", 1e6, 1e3, "µs"},	      {"ns", 1e9, 1e6, "ms"},
	{"ns", INFINITY, 1e9, "s"},	{"us", 1e3, 1, "µs"},	      {"us", 1e6, 1e3, "ms"},
	{"us", 6e8, 1e6, "s"},		{"us", INFINITY, 6e7, "min"}, {"ms", 1e3, 1, "ms"},
	{"ms", 6e5, 1e3, "s"},		{"ms", INFINITY, 6e4, "min"}, {"s", 600, 1, "s"},
	{"s", INFINITY, 60, "min"},	{"B", 1e3, 1, "B"},	      {"B", 1e6, 1e3, "kB"},
	{"B", 1e9, 1e6, "MB"},		{"B", 1e12, 1e9, "GB"},	      {"B", INFINITY, 1e12, "TB"},
	{"B/s", 1e3, 1, "B/s"},		{"B/s", 1e6, 1e3, "kB/s"},    {"B/s", 1e9, 1e6, "MB/s"},
	{"B/s", INFINITY, 1e9, "GB/s"},
};

static struct step step_for(const char *unit, double value)
{
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strcmp(steps[i].base, unit) == 0 && fabs(value) < steps[i].below)
			return steps[i];
	return (struct step){unit, INFINITY, 1, unit};
}

/* Decimals that leave three significant digits. */
static int decimals_for(double value)
{
	value = fabs(value);
	if (value >= 99.95 || value == 0)
		return 0;
	if (value >= 9.995)
		return 1;
	return value >= 0.9995 ? 2 : value >= 0.1 ? 3 : 4;
}

/* So large that digits stop meaning anything to a reader, or so small that they are all 0. */
static bool is_out_of_sight(double value)
{
	return fabs(value) >= 1e15 || (value != 0 && fabs(value) < 1e-3);
}

static void number_text(double value, int decimals, char *out, size_t size)
{
	if (!isfinite(value))
		snprintf(out, size, "%s", FORMAT_NOTHING);
	else if (is_out_of_sight(value))
		snprintf(out, size, "%.2g", value);
	else
		text_thousands(value, decimals, out, size);
}

struct quantity quantity_of(double value, const char *unit)
{
	struct quantity q = {.unit = ""};
	struct step step;
	int decimals;

	if (!isfinite(value)) {
		number_text(value, 0, q.number, sizeof(q.number));
		return q;
	}
	step = step_for(unit, value);
	value /= step.divide;
	decimals = value == floor(value) && step.divide == 1 ? 0 : decimals_for(value);
	number_text(value, decimals, q.number, sizeof(q.number));
	q.unit = step.unit;
	return q;
}

void format_quantity(struct buf *out, double value, const char *unit)
{
	struct quantity q = quantity_of(value, unit);

	buf_printf(out, "%s%s%s", q.number, *q.unit ? " " : "", q.unit);
}

struct scale scale_for(const char *unit, double smallest, double typical)
{
	struct step step = step_for(unit, isfinite(typical) ? typical : 0);
	struct scale s = {.divide = step.divide, .unit = step.unit};

	smallest = fabs(smallest) / s.divide;
	if (!isfinite(smallest) || smallest == 0 || smallest >= 100)
		s.decimals = 0;
	else
		s.decimals = smallest >= 10 ? 1 : smallest >= 1 ? 2 : 3;
	return s;
}

void format_scaled(struct buf *out, double value, const struct scale *scale)
{
	char text[48];

	number_text(value / scale->divide, scale->decimals, text, sizeof(text));
	buf_puts(out, text);
}

void format_exact(struct buf *out, double value)
{
	char text[40];
	int digits;

	if (!isfinite(value))
		return;
	for (digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	buf_puts(out, text);
}

void format_percent(struct buf *out, double percent)
{
	if (isnan(percent))
		buf_puts(out, FORMAT_NOTHING);
	else if (isinf(percent))
		buf_puts(out, "from 0");
	else if (fabs(percent) >= 1e6)
		buf_printf(out, "%+.2g %%", percent);
	else if (percent == 0)
		buf_puts(out, "0 %");
	else
		buf_printf(out, "%+.*f %%", fabs(percent) < 9.995 ? 2 : 1, percent);
}

void format_when(struct buf *out, uint64_t wall)
{
	time_t seconds = (time_t)(wall / CLOCK_SECOND);
	char text[64];
	struct tm tm;

	if (wall == 0 || !gmtime_r(&seconds, &tm)) {
		buf_puts(out, FORMAT_NOTHING);
		return;
	}
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
	buf_puts(out, text);
}

const char *metric_title(const char *name)
{
	const struct metric_name *known = record_metric_name(name);

	return known ? known->title : name;
}

double record_seconds(const struct record *r)
{
	if (r->started == 0 || r->finished < r->started)
		return 0;
	return (double)(r->finished - r->started) / (double)CLOCK_SECOND;
}

/* Records name the verb among the arguments or only in their head. */
static bool names_verb(const struct record *r)
{
	return r->argument_count >= 2 && strcmp(r->arguments[0], r->tool) == 0 &&
	       strcmp(r->arguments[1], r->verb) == 0;
}

void format_command(struct buf *out, const struct record *r)
{
	size_t i;

	buf_puts(out, "lakeport");
	if (!names_verb(r)) {
		buf_putc(out, ' ');
		escape_shell(out, r->tool);
		buf_putc(out, ' ');
		escape_shell(out, r->verb);
	}
	for (i = 0; i < r->argument_count; i++) {
		buf_putc(out, ' ');
		escape_shell(out, r->arguments[i]);
	}
}

/* The mean of the known values of rows [begin, end); NAN when there is none. */
static double mean_of(const double *values, size_t stride, size_t begin, size_t end)
{
	double sum = 0;
	size_t known = 0, i;

	for (i = begin; i < end; i++) {
		if (!isfinite(values[i * stride]))
			continue;
		sum += values[i * stride];
		known++;
	}
	return known ? sum / (double)known : NAN;
}

void format_sparkline(struct buf *out, const double *values, size_t n, size_t stride, size_t width)
{
	static const char *const block[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	double highest = 0;
	size_t i;

	if (width > n)
		width = n;
	for (i = 0; i < width; i++)
		highest =
			fmax(highest, mean_of(values, stride, i * n / width, (i + 1) * n / width));
	for (i = 0; i < width; i++) {
		double v = mean_of(values, stride, i * n / width, (i + 1) * n / width);

		if (!isfinite(v))
			buf_putc(out, ' ');
		else
			buf_puts(out, block[highest > 0 && v > 0 ? (int)(v / highest * 7) : 0]);
	}
}

const double *series_of_metric(const struct record *r, const char *name, size_t *n, size_t *stride)
{
	size_t i, k;

	for (i = 0; i < r->series_count; i++) {
		const struct series *s = r->series[i];

		for (k = 0; k < s->column_count; k++) {
			if (strcmp(s->columns[k].name, name) != 0 || s->row_count == 0)
				continue;
			*n = s->row_count;
			*stride = s->column_count;
			return s->values + k;
		}
	}
	return NULL;
}

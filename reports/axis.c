/* axis.c - ticks at round places. See plot.h. */
#include "reports/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WANTED_TICKS 5

static void add_tick(struct plot_axis *a, double at, const char *label)
{
	if (a->tick_count == PLOT_TICKS)
		return;
	a->ticks[a->tick_count].at = at;
	snprintf(a->ticks[a->tick_count++].label, sizeof(a->ticks[0].label), "%.23s", label);
}

/* `step`: the smallest distance that the labels must tell apart. */
static void label_number(double value, double step, char *out, size_t size)
{
	int decimals = 0;

	if (fabs(value) >= 1e7 || (value != 0 && step < 1e-6)) {
		snprintf(out, size, "%.3g", value);
		return;
	}
	while (decimals < 6 &&
	       fabs(step - round(step * pow(10, decimals)) / pow(10, decimals)) > step * 1e-6)
		decimals++;
	text_thousands(value, decimals, out, size);
}

/* The smallest of 1, 2, 2.5, 5 and 10 times a power of ten that is not below `step`. */
static double round_step(double step)
{
	static const double factors[] = {1, 2, 2.5, 5, 10};
	double power = pow(10, floor(log10(step)));
	size_t i;

	for (i = 0; i < 4; i++)
		if (factors[i] * power >= step * (1 - 1e-9))
			break;
	return factors[i] * power;
}

void axis_linear(struct plot_axis *a, double min, double max, bool whole)
{
	double step, at;
	char label[48];

	*a = (struct plot_axis){0};
	min = min < 0 ? min : 0;
	if (!(max > min) || !isfinite(max - min)) {
		min = 0;
		max = 1;
	}
	step = round_step((max - min) / WANTED_TICKS);
	if (whole && step < 10)
		step = ceil(step);
	a->min = min < 0 ? floor(min / step) * step : 0;
	for (at = a->min; a->tick_count < PLOT_TICKS; at += step) {
		label_number(fabs(at) < step / 1e6 ? 0 : at, step, label, sizeof(label));
		add_tick(a, at, label);
		a->max = at;
		if (at >= max * (1 - 1e-9))
			break;
	}
}

void axis_between(struct plot_axis *a, double min, double max)
{
	double step, at;
	char label[48];

	if (!(max > min) || !isfinite(max - min)) {
		axis_linear(a, min, max, false);
		return;
	}
	*a = (struct plot_axis){0};
	step = round_step((max - min) / WANTED_TICKS);
	a->min = floor(min / step + 1e-9) * step;
	for (at = a->min; a->tick_count < PLOT_TICKS; at += step) {
		label_number(fabs(at) < step / 1e6 ? 0 : at, step, label, sizeof(label));
		add_tick(a, at, label);
		a->max = at;
		if (at >= max - step * 1e-9)
			break;
	}
}

void axis_log(struct plot_axis *a, double min, double max)
{
	static const int factors[] = {1, 2, 5};
	double power;
	char label[48];
	size_t i;

	*a = (struct plot_axis){.log = true};
	if (!(min > 0) || !isfinite(min))
		min = 1e-3;
	if (!(max > min) || !isfinite(max))
		max = min * 10;
	a->min = min;
	a->max = max;
	power = pow(10, floor(log10(min)));
	for (; power <= max; power *= 10) {
		/* Over three powers of ten there is no room for more than the powers. */
		for (i = 0; i < (max / min > 2000 ? 1u : 3u); i++) {
			double at = power * factors[i];

			if (at < min * (1 - 1e-9) || at > max * (1 + 1e-9))
				continue;
			label_number(at, power, label, sizeof(label));
			add_tick(a, at, label);
		}
	}
}

void axis_seconds(struct plot_axis *a, double max)
{
	static const double steps[] = {.1,  .2,	 .5,  1,   2,	 5,    10,   15,    30,	  60,
				       120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200};
	const size_t n = sizeof(steps) / sizeof(steps[0]);
	double step, at;
	char label[48];
	size_t i;

	*a = (struct plot_axis){0};
	a->max = max > 0 && isfinite(max) ? max : 1;
	for (i = 0; i + 1 < n && a->max / steps[i] > 10; i++)
		;
	step = a->max / steps[i] > 10 ? round_step(a->max / 10) : steps[i];
	for (at = 0; at <= a->max * (1 + 1e-9) && a->tick_count < PLOT_TICKS; at += step) {
		unsigned long s = (unsigned long)(at < 1e9 ? at : 1e9);

		if (a->max < 180)
			label_number(at, step, label, sizeof(label));
		else if (a->max < 7200)
			snprintf(label, sizeof(label), "%lu:%02lu", s / 60, s % 60);
		else
			snprintf(label, sizeof(label), "%lu:%02lu:%02lu", s / 3600, s / 60 % 60,
				 s % 60);
		add_tick(a, at, label);
	}
}

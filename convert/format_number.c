/*
 * format_number.c - formats of numbers into those of to_char(): Oracle's model is nearly Postgres'
 * own; .NET's N2 and #,##0.00 are spelled out.
 */
#include "convert/format.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define THOUSANDS "999,999,999,999,999,999,990"

void format_decimals(long decimals, struct buf *out)
{
	buf_puts(out, "FM" THOUSANDS);
	if (decimals > 0)
		buf_putc(out, '.');
	for (long i = 0; i < decimals && i < 30; i++)
		buf_putc(out, '0');
}

int format_number_oracle(struct str in, struct buf *out)
{
	static const char *const words[] = {"FM", "MI", "PR", "EEEE", "RN"};
	bool digits = false;

	for (size_t i = 0; i < in.len; i++) {
		bool word = false;

		for (size_t k = 0; k < sizeof(words) / sizeof(*words) && !word; k++) {
			size_t n = strlen(words[k]);

			if (in.len - i >= n && strncasecmp(in.p + i, words[k], n) == 0) {
				buf_puts(out, words[k]);
				digits |= words[k][0] == 'R';
				i += n - 1;
				word = true;
			}
		}
		if (word)
			continue;
		if (!strchr("90.,$SDGLVsdglv", in.p[i]))
			return -1;
		digits |= in.p[i] == '9' || in.p[i] == '0';
		buf_putc(out, in.p[i]);
	}
	return digits ? 0 : -1;
}

/* N, N2, F2, D5, C: a letter and a count. */
static int dotnet_standard(char letter, long count, struct buf *out)
{
	switch (toupper((unsigned char)letter)) {
	case 'N':
		format_decimals(count < 0 ? 2 : count, out);
		return 0;
	case 'C':
		buf_puts(out, "FM$" THOUSANDS);
		for (long i = count < 0 ? 2 : count, first = 1; i > 0; i--, first = 0)
			buf_puts(out, first ? ".0" : "0");
		return 0;
	case 'F':
		buf_puts(out, "FM99999999999999999990");
		for (long i = count < 0 ? 2 : count, first = 1; i > 0; i--, first = 0)
			buf_puts(out, first ? ".0" : "0");
		return 0;
	case 'D':
		buf_puts(out, "FM");
		for (long i = 0; i < 18 - count; i++)
			buf_putc(out, '9');
		for (long i = 0; i < (count < 1 ? 1 : count); i++)
			buf_putc(out, '0');
		return 0;
	default:
		return -1;
	}
}

int format_number_dotnet(struct str in, struct buf *out)
{
	bool digits = false, point = false, comma = false;
	size_t whole = 0;

	if (in.len >= 1 && in.len <= 3 && isalpha((unsigned char)in.p[0])) {
		long count = in.len == 1 ? -1 : 0;

		for (size_t i = 1; i < in.len; i++) {
			if (!isdigit((unsigned char)in.p[i]))
				return -1;
			count = count * 10 + (in.p[i] - '0');
		}
		return dotnet_standard(in.p[0], count, out);
	}
	for (size_t i = 0; i < in.len; i++) {
		if (!strchr("0#,.", in.p[i]))
			return -1;
		point |= in.p[i] == '.';
		comma |= in.p[i] == ',';
		digits |= in.p[i] == '0' || in.p[i] == '#';
		whole += !point && in.p[i] == '0';
	}
	if (!digits)
		return -1;
	buf_puts(out, "FM");
	if (comma)
		buf_puts(out, whole ? THOUSANDS : "999,999,999,999,999,999,999");
	for (size_t i = whole; !comma && i < 18; i++)
		buf_putc(out, '9');
	for (size_t i = 0; !comma && i < whole; i++)
		buf_putc(out, '0');
	for (size_t i = 0, after = 0; i < in.len; i++) {
		after |= in.p[i] == '.';
		if (after)
			buf_putc(out, in.p[i] == '#' ? '9' : in.p[i]);
	}
	return 0;
}

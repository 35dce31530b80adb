/*
 * format.h - formats of dates and numbers: the letters of each dialect into those of to_char(),
 * to_date() and to_timestamp().
 */
#ifndef LAKEPORT_CONVERT_FORMAT_H
#define LAKEPORT_CONVERT_FORMAT_H

#include <stdbool.h>

#include "common/text.h"

enum format_kind { FORMAT_JAVA, FORMAT_DOTNET, FORMAT_MYSQL, FORMAT_ORACLE, FORMAT_SNOWFLAKE };

/*
 * `in` into `out`; `input`: for reading a text, not for writing one. 0, or -1 when a letter has no
 * counterpart. `time`, when not NULL, becomes true when the format has a part below a day.
 */
int format_date(enum format_kind kind, bool input, struct str in, struct buf *out, bool *time,
		const char **finding);

/* Formats of numbers: 9 0 . , S MI PR $ as in Oracle; and .NET's N2, 0.00, #,##0. */
int format_number_oracle(struct str in, struct buf *out);
int format_number_dotnet(struct str in, struct buf *out);
/* Thousands and as many decimals: 2 -> FM999,...,990.00. */
void format_decimals(long decimals, struct buf *out);

#endif

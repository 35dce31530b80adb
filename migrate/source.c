/*
 * source.c - the table of sources, and which of them a file is for.
 */
#include "migrate/source.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "migrate/input.h"
#include "migrate/sources.h"

static const struct source *const by_format[] = {
	[FORMAT_CSV] = &csv_source,
	[FORMAT_JSON] = &json_source,
	[FORMAT_PARQUET] = &parquet_source,
};

/* Sorted by the end of the name; a packing's own end is taken off before. */
static const struct {
	const char *end;
	enum source_format format;
} name_ends[] = {
	{".csv", FORMAT_CSV},	   {".dat", FORMAT_CSV},	 {".geojson", FORMAT_JSON},
	{".json", FORMAT_JSON},	   {".jsonl", FORMAT_JSON},	 {".ndjson", FORMAT_JSON},
	{".parq", FORMAT_PARQUET}, {".parquet", FORMAT_PARQUET}, {".pq", FORMAT_PARQUET},
	{".tab", FORMAT_CSV},	   {".tbl", FORMAT_CSV},	 {".tsv", FORMAT_CSV},
	{".txt", FORMAT_CSV},
};

void source_options_init(struct source_options *o)
{
	*o = (struct source_options){
		.quote = '"',
		.escape = '"',
		.header = -1,
		.null_text = "",
		.encoding = "UTF-8",
		.time_zone = "UTC",
		.sample_rows = 10000,
	};
}

static bool ends_with(const char *path, size_t n, const char *end)
{
	size_t m = strlen(end);

	return n >= m && strncasecmp(path + n - m, end, m) == 0;
}

static enum source_format format_of_name(const char *path)
{
	static const char *const packed[] = {".gz", ".zst", ".zstd"};
	size_t n = strlen(path), i;

	for (i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
		if (ends_with(path, n, packed[i])) {
			n -= strlen(packed[i]);
			break;
		}
	}
	for (i = 0; i < sizeof(name_ends) / sizeof(name_ends[0]); i++) {
		if (ends_with(path, n, name_ends[i].end))
			return name_ends[i].format;
	}
	return FORMAT_AUTO;
}

/* The first bytes: Parquet has a mark, JSON begins with a bracket, all else is taken for CSV. */
static int format_of_text(const struct source_options *o, const char *path,
			  enum source_format *format, struct error *e)
{
	char text[512];
	struct input *in = input_open(path, o, e);
	int64_t n, i = 0;

	if (!in)
		return -1;
	n = input_read(in, text, sizeof(text), e);
	input_close(in);
	if (n < 0)
		return -1;
	while (i < n && strchr(" \t\r\n", text[i]))
		i++;
	if (n >= 4 && memcmp(text, "PAR1", 4) == 0)
		*format = FORMAT_PARQUET;
	else if (i < n && (text[i] == '{' || (text[i] == '[' && i + 1 < n)))
		*format = FORMAT_JSON;
	else
		*format = FORMAT_CSV;
	return 0;
}

/* A file that is named as text and is not: loaded as such it would be rubbish. */
static int check_name(const char *path, enum source_format named, struct error *e)
{
	char text[8] = "";
	FILE *file = fopen(path, "rb");
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	const char *p = text;
	const char *holds = NULL;

	if (file)
		fclose(file);
	if (n > 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	if (named != FORMAT_PARQUET && strncmp(p, "PAR1", 4) == 0)
		holds = "Parquet";
	else if (named == FORMAT_CSV && (strncmp(p, "{\"", 2) == 0 || strncmp(p, "[{", 2) == 0))
		holds = "JSON";
	if (!holds)
		return 0;
	error_set(e, ERROR_INPUT, "'%s' looks like %s, its name does not", path, holds);
	return error_hint(e, "say what it is with --format parquet, json or csv");
}

const struct source *source_for_file(const struct source_options *o, const char *path,
				     struct error *e)
{
	enum source_format format = o->format;

	if (format == FORMAT_AUTO) {
		format = format_of_name(path);
		if (format != FORMAT_AUTO && check_name(path, format, e) < 0)
			return NULL;
	}
	if (format == FORMAT_AUTO && format_of_text(o, path, &format, e) < 0)
		return NULL;
	return by_format[format];
}

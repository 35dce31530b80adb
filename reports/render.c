/* render.c - the table of renderers. See render.h. */
#include "reports/render.h"

#include <string.h>

const struct renderer renderers[] = {
	{"text", ".txt", render_text, compare_text},
	{"html", ".html", render_html, compare_html},
	{"markdown", ".md", render_markdown, compare_markdown},
	{"csv", ".csv", render_csv, compare_csv},
	{"junit", ".xml", render_junit, compare_junit},
	{"json", ".json", NULL, compare_json}, /* a record is JSON already */
};

const size_t renderer_count = sizeof(renderers) / sizeof(renderers[0]);

const struct renderer *renderer_find(const char *name)
{
	size_t i;

	for (i = 0; i < renderer_count; i++)
		if (strcmp(renderers[i].name, name) == 0)
			return &renderers[i];
	return NULL;
}

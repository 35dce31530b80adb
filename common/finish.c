/* finish.c - see finish.h. */
#include "common/finish.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"

finish_renderer *finish_summary;

static void print_json(const struct record *r)
{
	char *json = record_print(r);

	puts(json);
	free(json);
}

int finish_run(const struct invocation *inv, struct record *r, struct error *e)
{
	bool color = isatty(STDOUT_FILENO) == 1 && !getenv("NO_COLOR");
	struct buf text = {0};
	char path[4096];

	if (record_write(r, option_text(inv, "runs"), path, sizeof(path), e) < 0) {
		print_json(r);
		return error_hint(e,
				  "the record was printed on stdout instead; keep it from there");
	}
	if (option_flag(inv, "json")) {
		print_json(r);
	} else if (finish_summary && finish_summary(r, color, &text) == 0) {
		fputs(buf_text(&text), stdout);
		printf("\nrecord: %s\n", path);
	}
	buf_release(&text);
	return r->exit_status;
}

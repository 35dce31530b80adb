/*
 * config_command.c - `lakeport migrate config new` and `config check FILE`: the example is printed
 * from the table of keys, so that it cannot go stale.
 */
#include <stdio.h>
#include <string.h>

#include "common/command.h"
#include "migrate/load_config.h"
#include "migrate/migrate.h"
#include "migrate/strategy.h"

/* The comment of a key, folded. */
static void print_words(const char *words, const char *indent)
{
	size_t column = 0;

	printf("%s#", indent);
	while (*words) {
		size_t n = strcspn(words, " ");

		if (column + n > 88) {
			printf("\n%s#", indent);
			column = 0;
		}
		printf(" %.*s", (int)n, words);
		column += n + 1;
		words += n;
		words += strspn(words, " ");
	}
	putchar('\n');
}

/* Keys that make the example a working one stand as they are, the others behind a '#'. */
static bool is_shown(const char *name)
{
	return strcmp(name, "jobs") == 0 || strcmp(name, "table") == 0 ||
	       strcmp(name, "files") == 0 || strcmp(name, "strategy") == 0;
}

static void print_keys(const struct load_key *keys, size_t n, const char *first, const char *indent)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!keys[i].help)
			continue;
		print_words(keys[i].help, indent);
		printf("%s%s%s: %s\n", i ? indent : first, is_shown(keys[i].name) ? "" : "#",
		       keys[i].name, keys[i].example);
	}
}

static void print_loader(const struct load_key *keys, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!keys[i].help)
			printf("#   %-28s %s\n", keys[i].name,
			       keys[i].means ? keys[i].means : "accepted, has no use here");
}

void load_config_example(void)
{
	printf("# A load configuration: lakeport migrate load -d DSN --config THIS\n"
	       "# Check it with: lakeport migrate config check THIS\n"
	       "# Keys behind a '#' without a blank are not set.\n\n");
	print_keys(load_run_keys, load_run_key_count, "", "");
	printf("\ntables:\n");
	print_keys(load_table_keys, load_table_key_count, "  - ", "    ");
	printf("\n# Keys of the Databricks Data Loader are taken as they are; they mean:\n");
	print_loader(load_run_keys, load_run_key_count);
	print_loader(load_table_keys, load_table_key_count);
}

static int check(const char *path, struct error *e)
{
	struct load_config c = {0};
	size_t i;

	if (load_config_read(&c, path, e) < 0) {
		load_config_release(&c);
		return -1;
	}
	printf("%s: %zu tables\n", path, c.count);
	for (i = 0; i < c.count; i++)
		printf("  %s (%s%s%s)\n", c.entries[i].name, c.entries[i].settings.strategy->name,
		       c.entries[i].from ? ", from " : "",
		       c.entries[i].from ? c.entries[i].from : "");
	load_config_release(&c);
	return 0;
}

static int migrate_config_main(struct invocation *inv, struct error *e)
{
	const char *what = inv->arguments[0];

	if (strcmp(what, "new") == 0 && inv->argument_count == 1) {
		load_config_example();
		return 0;
	}
	if (strcmp(what, "check") == 0 && inv->argument_count == 2)
		return check(inv->arguments[1], e);
	error_set(e, ERROR_USAGE, "'%s' is not what 'migrate config' does", what);
	return error_hint(e, "it is 'config new' or 'config check FILE'");
}

const struct command migrate_config = {
	.tool = "migrate",
	.verb = "config",
	.arguments = "new | check FILE",
	.min_arguments = 1,
	.max_arguments = 2,
	.summary = "print an example of a load configuration, or check one",
	.examples = "  lakeport migrate config new > load.yaml\n"
		    "  lakeport migrate config check load.yaml\n",
	.run = migrate_config_main,
};

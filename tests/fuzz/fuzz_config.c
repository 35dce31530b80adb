/* fuzz_config.c - hostile YAML: reading gives values of the right kind, or an error with a place.
 */
#include <assert.h>

#include "common/config.h"
#include "tests/fuzz/fuzz.h"

static const char *const words[] = {"red", "green", NULL};
static const struct config_key inner[] = {
	{.name = "name", .type = CONFIG_TEXT, .required = true},
	{.name = "rate", .type = CONFIG_NUMBER, .min = 1, .max = 100},
	{.name = "free", .type = CONFIG_FREE},
};
static const struct config_key keys[] = {
	{.name = "title", .type = CONFIG_TEXT, .choices = words},
	{.name = "warm", .type = CONFIG_FLAG},
	{.name = "files", .type = CONFIG_LIST},
	{.name = "port", .type = CONFIG_MAP, .table = inner, .table_count = 3},
	{.name = "phases", .type = CONFIG_MAPS, .table = inner, .table_count = 3},
};

static int visit(void *context, enum config_event event, const struct config_value *v,
		 struct error *e)
{
	int *depth = context;

	(void)e;
	*depth += event == CONFIG_ENTER ? 1 : event == CONFIG_LEAVE ? -1 : 0;
	assert(*depth >= 0 && v->text && v->name && v->line > 0 && v->column > 0);
	if (event == CONFIG_VALUE && v->key->type == CONFIG_NUMBER)
		assert(v->number >= v->key->min && v->number <= v->key->max);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error e = ERROR_INIT;
	int depth = 0;

	if (config_parse((const char *)data, size, "f.yaml", keys, 5, visit, &depth, &e) == 0)
		assert(depth == 0);
	else
		assert(e.class == ERROR_CONFIG && strncmp(e.text, "f.yaml:", 7) == 0);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
int main(int argc, char **argv)
{
	static const char text[] =
		"# comment\ntitle: red\nwarm: true\nfiles: [a, 'b c', \"d\\n\"]\n"
		"port:\n  name: x\n  rate: 5.5\n  free: {a: 1, b: |\n text\n}\n"
		"phases:\n- {name: one, rate: 1}\n- name: two\n";
	static const struct str seed = {text, sizeof(text) - 1};

	return fuzz_main(argc, argv, &seed, 1, "{}[]:,-&*!|>'\"%@`#\n \t~?0aZ\xc3");
}
#endif

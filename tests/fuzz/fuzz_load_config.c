/*
 * fuzz_load_config.c - hostile load configurations: settings of tables that can be loaded, each
 * with what its strategy needs, or an error that names the file.
 */
#include <assert.h>

#include "common/log.h"
#include "migrate/load_config.h"
#include "migrate/load_graph.h"
#include "migrate/strategy.h"
#include "tests/fuzz/fuzz.h"

static long read_well;

static void check_entry(const struct load_config *c, const struct load_entry *t)
{
	const struct load_settings *s = &t->settings;
	size_t before[64];

	assert(t->name && *t->name && s->schema && s->table && s->strategy);
	assert(t->files.count > 0 || t->from);
	assert(load_config_find(c, t->name) == t);
	assert(s->attempts > 0 && s->retry_s > 0 && s->lock_timeout_ms > 0);
	assert(!s->strategy->keyed || s->keys.count > 0);
	assert(s->bad_row_percent >= 0);
	if (c->count <= sizeof(before) / sizeof(before[0]))
		assert(load_graph_before(c, t, before) <= c->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct error e = ERROR_INIT;
	struct load_config c;
	size_t i;

	log_setup(LOG_ERROR, false);
	if (load_config_parse(&c, text, "f.yaml", &e) == 0) {
		assert(c.count > 0);
		for (i = 0; i < c.count; i++)
			check_entry(&c, &c.entries[i]);
		read_well++;
	} else {
		assert(e.class == ERROR_CONFIG && strstr(e.text, "f.yaml"));
	}
	load_config_release(&c);
	return 0;
}

#ifndef LAKEPORT_LIBFUZZER
static const char *const seeds[] = {
	"jobs: 4\nattempts: 3\ntables:\n- table: sales.orders\n  files: [data/*.csv]\n"
	"  strategy: scd2\n  keys: [id]\n  track: [a, b]\n  order_by: at\n"
	"  schema: \"id bigint not null, a text\"\n  delimiter: '|'\n  bad_row_limit: 1%\n",
	"tables:\n- {table: b, files: x.json, drift: rescue, on_bad_row: quarantine}\n"
	"- {table: s.c, from: public.b, select: ['id', 'x as y'], filter: id > 1}\n"
	"- {table: d, files: [y], depends_on: [s.c, 'file:/x', 'table:b rows=3', 'job:1']}\n",
	"tables:\n- table_name: t\n  database_name: d\n  source_path_pattern: x\n"
	"  loading_strategy: append\n  filter: a > 1\n",
};
#define SEEDS (sizeof(seeds) / sizeof(seeds[0]))

int main(int argc, char **argv)
{
	struct str all[SEEDS];
	size_t i;
	int status;

	for (i = 0; i < SEEDS; i++)
		all[i] = (struct str){seeds[i], strlen(seeds[i])};
	status = fuzz_main(argc, argv, all, SEEDS, "{}[]:,-&*!|>'\"%@`#\n \t~?0aZ.=\xc3");
	printf("%ld read\n", read_well);
	return status;
}
#endif

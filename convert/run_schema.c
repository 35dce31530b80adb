/*
 * run_schema.c - what is known of tables before a run converts anything: the DDL that was given,
 * then the statements of all files in their order. The store is not changed any more while threads
 * convert, so an answer does not depend on them.
 */
#include "common/interrupt.h"
#include "common/log.h"
#include "convert/convert_options.h"
#include "convert/run.h"

static void learn(struct run *r, const struct run_file *f)
{
	struct convert_settings settings = r->convert;

	settings.file = f->number;
	settings.statement = 0;
	for (size_t i = 0; i < f->pieces.count && !interrupt_count(); i++) {
		if (!f->pieces.items[i].statement)
			continue;
		settings.statement++;
		schema_read(r->schema, &settings, f->pieces.items[i].text);
	}
}

void run_schema(struct run *r)
{
	struct run_file *f;

	r->schema = schema_new();
	convert_schema_given(r->schema, &r->convert, r->check.schema_sql, r->source_schema);
	for (f = r->files.first; f && !interrupt_count(); f = f->next) {
		run_read(r, f, &r->arena);
		if (!f->failure)
			learn(r, f);
	}
	schema_finish(r->schema);
	if (schema_full(r->schema))
		log_warn("there are too many tables to remember all of them");
	r->convert.schema = r->schema;
}

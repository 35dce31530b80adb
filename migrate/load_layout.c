/*
 * load_layout.c - which column of a file goes where. A column of the target is wanted from the file
 * unless the target makes it itself (generated), a strategy or an audit setting owns it, or it has
 * a default and the file does not know it (by its name; by its place where it has no names). What
 * the target has and we do not send keeps its default.
 */
#include "migrate/load_parts.h"

#include <string.h>
#include <strings.h>

static bool is_own(const struct load_settings *s, const char *name)
{
	if (s->strategy == &strategy_scd2 &&
	    (strcmp(name, s->effective_column) == 0 || strcmp(name, s->end_column) == 0 ||
	     strcmp(name, s->current_column) == 0))
		return true;
	return s->audit_columns && strategy_is_audit(name);
}

static bool is_found(const struct table_shape *found, const char *name, bool exact)
{
	size_t i;

	for (i = 0; i < found->column_count; i++)
		if (strcmp(found->columns[i].name, name) == 0 ||
		    (!exact && strcasecmp(found->columns[i].name, name) == 0))
			return true;
	return false;
}

/* May a file without names fill it? `identity`: also what the server numbers by itself. */
static bool has_place(const struct load_settings *s, const struct target_column *c, bool identity)
{
	return !c->generated && !is_own(s, c->name) && strcmp(c->name, RESCUE_COLUMN) != 0 &&
	       (identity || !c->identity_always);
}

/*
 * A file without names fills the columns from the left, as many as it has; the others keep their
 * defaults. It numbers an identity column itself only when it has a value for every column.
 */
static bool is_placed(const struct load_settings *s, const struct target *t,
		      const struct table_shape *found, const struct target_column *c)
{
	size_t i, others = 0, before = 0;
	bool identity;

	for (i = 0; i < t->column_count; i++)
		others += has_place(s, &t->columns[i], false);
	identity = found->column_count > others;
	for (i = 0; &t->columns[i] < c; i++)
		before += has_place(s, &t->columns[i], identity);
	if (!has_place(s, c, identity))
		return false;
	return before < found->column_count || !c->has_default;
}

static bool is_wanted(const struct load_settings *s, const struct target *t,
		      const struct table_shape *found, const struct target_column *c)
{
	if (c->generated || is_own(s, c->name))
		return false;
	if (found && found->by_place && strcmp(c->name, RESCUE_COLUMN) != 0)
		return is_placed(s, t, found, c);
	if (s->drift == DRIFT_RESCUE && strcmp(c->name, RESCUE_COLUMN) == 0)
		return true;
	return !c->has_default || !found || is_found(found, c->name, s->source.exact_case);
}

bool layout_needs_shape(const struct load_settings *s, const struct target *t)
{
	size_t i;

	if (s->drift == DRIFT_ADD_COLUMNS || s->drift == DRIFT_WIDEN || s->drift == DRIFT_FAIL)
		return true;
	for (i = 0; i < t->column_count; i++)
		if (t->columns[i].has_default && !is_own(s, t->columns[i].name))
			return true;
	return false;
}

static void add_extra(struct layout *l, const struct target *t, const char *name,
		      enum encode_extra_kind kind)
{
	const struct target_column *c = t ? target_find(t, name, false) : NULL;

	l->extra_names[l->extra_count] = name;
	l->extras[l->extra_count++] = (struct encode_extra){.kind = kind, .text = ""};
	if (c)
		l->columns[l->column_count++] = c;
}

static int add_audit(struct layout *l, const struct target *t, struct error *e)
{
	static const struct {
		const char *name;
		enum encode_extra_kind kind;
		enum block_kind type;
	} audit[] = {
		{AUDIT_FILE, EXTRA_TEXT, BLOCK_TEXT},
		{AUDIT_TIME, EXTRA_TIMESTAMPTZ, BLOCK_TIMESTAMPTZ},
		{AUDIT_RUN, EXTRA_TEXT, BLOCK_TEXT},
		{AUDIT_LINE, EXTRA_LINE, BLOCK_INT8},
	};
	size_t i;

	for (i = 0; i < sizeof(audit) / sizeof(audit[0]); i++) {
		const struct target_column *c = target_find(t, audit[i].name, false);

		if (!c || c->type.kind != audit[i].type) {
			error_set(e, ERROR_INPUT, "'%s.%s' has no column '%s' of type %s",
				  t->schema, t->table, audit[i].name,
				  block_kind_type(audit[i].type));
			return error_hint(e,
					  "--audit-columns needs it: alter table ... add column "
					  "\"%s\" %s",
					  audit[i].name, block_kind_type(audit[i].type));
		}
		add_extra(l, t, audit[i].name, audit[i].kind);
	}
	return 0;
}

static void want(struct layout *l, const struct load_settings *s, const struct target_column *c)
{
	size_t i = l->wanted.column_count++;
	bool must =
		names_have(&s->keys, c->name) ||
		(s->strategy == &strategy_scd2 && s->order_by && strcmp(s->order_by, c->name) == 0);

	l->wanted.columns[i] = (struct source_column){.name = c->name,
						      .type = c->type,
						      .not_null = c->not_null || must,
						      .fixed = c->domain};
	l->types[i] = c->type;
	l->plain_json[i] = c->plain_json;
	l->names[i] = c->name;
	l->columns[l->column_count++] = c;
	if (s->drift == DRIFT_RESCUE && strcmp(c->name, RESCUE_COLUMN) == 0) {
		l->rules.rescue = true;
		l->rules.rescue_column = i;
	}
}

/* The delete marker is read even when the target has no such column. */
static void want_marker(struct layout *l, const struct load_settings *s, const struct target *t)
{
	size_t i = l->wanted.column_count;

	if (!s->delete_column || target_find(t, s->delete_column, false))
		return;
	l->wanted.columns[i] = (struct source_column){
		.name = s->delete_column, .type = {.kind = BLOCK_TEXT}, .needed = true};
	l->types[i] = l->wanted.columns[i].type;
	l->names[i] = STAGE_MARKER;
	l->wanted.column_count++;
}

int layout_make(struct layout *l, const struct load_settings *s, const struct target *t,
		const struct table_shape *found, bool staged, struct error *e)
{
	size_t room = t->column_count + 1, i;

	memset(l, 0, sizeof(*l));
	l->wanted.columns = arena_alloc(&l->arena, room * sizeof(*l->wanted.columns));
	l->types = arena_alloc(&l->arena, room * sizeof(*l->types));
	l->plain_json = arena_alloc(&l->arena, room * sizeof(bool));
	l->names = arena_alloc(&l->arena, room * sizeof(*l->names));
	l->columns = arena_alloc(&l->arena, (room + 6) * sizeof(*l->columns));
	l->staged = staged || s->strategy->staged || t->row_security;
	l->rules.fail_unknown = s->drift == DRIFT_FAIL;
	for (i = 0; i < t->column_count; i++) {
		if (!is_wanted(s, t, found, &t->columns[i]))
			continue;
		want(l, s, &t->columns[i]);
		l->staged |= !t->columns[i].direct;
	}
	want_marker(l, s, t);
	if (s->drift == DRIFT_RESCUE && !l->rules.rescue) {
		error_set(e, ERROR_INPUT, "'%s.%s' has no column '%s'", t->schema, t->table,
			  RESCUE_COLUMN);
		return error_hint(e,
				  "drift rescue needs it: alter table ... add column \"%s\" jsonb",
				  RESCUE_COLUMN);
	}
	if (s->audit_columns && add_audit(l, t, e) < 0)
		return -1;
	if (l->staged) {
		add_extra(l, NULL, STAGE_ROW, EXTRA_ROW);
		add_extra(l, NULL, STAGE_LINE, EXTRA_LINE);
	}
	return 0;
}

void layout_release(struct layout *l)
{
	arena_release(&l->arena);
	memset(l, 0, sizeof(*l));
}

void layout_file(struct layout *l, const char *path, int64_t now_us, const char *run)
{
	size_t i;

	for (i = 0; i < l->extra_count; i++) {
		if (strcmp(l->extra_names[i], AUDIT_FILE) == 0)
			l->extras[i].text = path;
		else if (strcmp(l->extra_names[i], AUDIT_RUN) == 0)
			l->extras[i].text = run;
		else if (strcmp(l->extra_names[i], AUDIT_TIME) == 0)
			l->extras[i].number = now_us;
	}
}

static void add_stage_column(struct buf *sql, const char *name, const char *type)
{
	buf_puts(sql, sql->data[sql->len - 1] == '(' ? "" : ", ");
	pg_quote_identifier(sql, name);
	buf_printf(sql, " %s", type);
}

void layout_stage_sql(const struct layout *l, struct buf *sql)
{
	static const enum block_kind kinds[] = {
		[EXTRA_NULL] = BLOCK_TEXT,
		[EXTRA_TEXT] = BLOCK_TEXT,
		[EXTRA_TIMESTAMPTZ] = BLOCK_TIMESTAMPTZ,
		[EXTRA_LINE] = BLOCK_INT8,
		[EXTRA_ROW] = BLOCK_INT8,
	};
	size_t i;

	buf_puts(sql, "drop table if exists " STAGE "; create temp table lakeport_stage (");
	for (i = 0; i < l->wanted.column_count; i++)
		add_stage_column(sql, l->names[i],
				 l->plain_json[i] ? "json" : block_kind_type(l->types[i].kind));
	for (i = 0; i < l->extra_count; i++)
		add_stage_column(sql, l->extra_names[i], block_kind_type(kinds[l->extras[i].kind]));
	buf_puts(sql, ") on commit drop");
}

void layout_copy_sql(const struct layout *l, const struct target *t, struct buf *sql)
{
	size_t i;

	buf_printf(sql, "copy %s (", l->staged ? STAGE : t->quoted);
	for (i = 0; i < l->wanted.column_count; i++) {
		buf_puts(sql, i ? ", " : "");
		pg_quote_identifier(sql, l->names[i]);
	}
	for (i = 0; i < l->extra_count; i++) {
		buf_puts(sql, ", ");
		pg_quote_identifier(sql, l->extra_names[i]);
	}
	buf_puts(sql, ") from stdin (format binary)");
}

void layout_run(const struct layout *l, const struct load_settings *s, const struct target *t,
		struct pg *pg, struct strategy_run *run)
{
	*run = (struct strategy_run){
		.pg = pg,
		.settings = s,
		.target = t,
		.columns = l->columns,
		.column_count = l->column_count,
		.where = "true",
	};
}

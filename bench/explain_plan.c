/* explain_plan.c - see explain_plan.h. */
#include "bench/explain_plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "common/pg.h"

#define OFF_FACTOR  10
#define OFF_ROWS    100 /* fewer rows are no matter */
#define KEPT_SHARE  0.2 /* an index does not help to find more of a table than this */
#define INDEX_MAX   3	/* columns of a suggested index */
#define SHAPE_MAX   300
#define FINDING_MAX 1000

struct judge {
	struct arena arena;
	const char *label;
	plan_lookup *lookup;
	void *context;
	struct record *record;
	bool off_found; /* below the node that is being looked at */
};

static const char *text_of(const cJSON *node, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(node, name);

	return cJSON_IsString(item) ? item->valuestring : NULL;
}

static double number_of(const cJSON *node, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(node, name);

	return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

/* Adds a finding unless the record has the same one about the same object already. */
static void add(struct judge *j, const char *id, enum severity severity, const char *object,
		const char *evidence, const char *fix)
{
	size_t i;

	for (i = 0; i < j->record->finding_count; i++) {
		const struct finding *f = &j->record->findings[i];

		if (strcmp(f->id, id) == 0 && strcmp(f->object, object) == 0 &&
		    strcmp(f->fix, fix) == 0)
			return;
	}
	record_finding(j->record, id, severity, object, evidence, fix);
}

static bool has_index(const struct plan_relation *r, const char *const *columns, size_t n)
{
	size_t i, k;

	for (i = 0; i < r->leading_count; i++)
		for (k = 0; k < n; k++)
			if (strcmp(r->leading[i], columns[k]) == 0)
				return true;
	return false;
}

static void suggest_index(struct buf *out, const char *schema, const char *relation,
			  const char *const *columns, size_t n)
{
	size_t i;

	buf_puts(out, "CREATE INDEX CONCURRENTLY ON ");
	pg_quote_identifier(out, schema);
	buf_putc(out, '.');
	pg_quote_identifier(out, relation);
	buf_puts(out, " (");
	for (i = 0; i < n && i < INDEX_MAX; i++) {
		buf_puts(out, i ? ", " : "");
		pg_quote_identifier(out, columns[i]);
	}
	buf_putc(out, ')');
}

static void judge_big_scan(struct judge *j, const cJSON *node, const char *schema,
			   const char *relation, const struct plan_relation *r)
{
	const char *filter = text_of(node, "Filter"), *alias = text_of(node, "Alias");
	const char *columns[PLAN_COLUMNS];
	size_t n = plan_equal_columns(&j->arena, filter, alias ? alias : relation, columns);
	bool few = !(r->rows > 0) || !(number_of(node, "Plan Rows") > KEPT_SHARE * r->rows);
	bool indexed = has_index(r, columns, n), missing = n > 0 && few && !indexed;
	struct buf evidence = {.max = FINDING_MAX}, fix = {.max = FINDING_MAX};
	char rows[32], object[200];

	snprintf(object, sizeof(object), "%s.%s", schema, relation);
	buf_printf(&evidence, "'%s' reads the whole table (about %s rows, %.0f MB) for %.300s",
		   j->label, text_thousands(r->rows < 0 ? 0 : r->rows, 0, rows, sizeof(rows)),
		   r->pages * 8192 / 1e6, filter);
	if (missing) {
		suggest_index(&fix, schema, relation, columns, n);
		buf_puts(&evidence, "; no index begins with such a column");
	} else if (!few) {
		buf_puts(&evidence, "; that is a large part of it, so an index would not help");
		buf_puts(&fix, "ask for fewer rows, or keep a table of the results");
	} else if (indexed) {
		buf_puts(&evidence, "; there is an index, and it is not used");
		buf_puts(&fix, "run ANALYZE; compare the types of column and parameter");
	} else {
		buf_puts(&fix, "an index on what the filter computes, or another condition");
	}
	add(j, missing ? "MISSING-INDEX" : "SEQ-SCAN-BIG-TABLE",
	    few ? SEVERITY_WARNING : SEVERITY_INFO, object, buf_text(&evidence), buf_text(&fix));
	buf_release(&evidence);
	buf_release(&fix);
}

static void judge_scan(struct judge *j, const cJSON *node)
{
	const char *type = text_of(node, "Node Type"), *relation = text_of(node, "Relation Name");
	const char *schema = text_of(node, "Schema");
	struct plan_relation r = {.pages = -1, .rows = -1};

	if (!type || strcmp(type, "Seq Scan") != 0 || !relation || !schema ||
	    !text_of(node, "Filter") || !j->lookup(j->context, &j->arena, schema, relation, &r))
		return;
	if (r.pages > PLAN_BIG_PAGES || r.rows > PLAN_BIG_ROWS)
		judge_big_scan(j, node, schema, relation, &r);
}

/* Of the nodes that are off the lowest is at fault: those above it inherit its error. */
static void judge_rows(struct judge *j, const cJSON *node, bool limited)
{
	double planned = number_of(node, "Plan Rows"), actual = number_of(node, "Actual Rows");
	const char *relation = text_of(node, "Relation Name"), *type = text_of(node, "Node Type");
	char text[500], p[32], a[32];
	bool more = actual > OFF_FACTOR * planned, fewer = planned > OFF_FACTOR * actual;

	if (j->off_found || !type || !(number_of(node, "Actual Loops") > 0) ||
	    !(fmax(planned, actual) >= OFF_ROWS) || (!more && (!fewer || limited)))
		return;
	j->off_found = true;
	snprintf(text, sizeof(text), "'%.200s': %.40s%s%.100s planned %s rows and gave %s",
		 j->label, type, relation ? " on " : "", relation ? relation : "",
		 text_thousands(planned, 0, p, sizeof(p)), text_thousands(actual, 0, a, sizeof(a)));
	add(j, "ROWS-OFF", SEVERITY_WARNING, relation ? relation : "planner", text,
	    "run ANALYZE on the tables; for columns that depend on each other, CREATE STATISTICS");
}

static void judge_sort(struct judge *j, const cJSON *node)
{
	const char *type = text_of(node, "Sort Space Type");
	char text[400];

	if (!type || strcmp(type, "Disk") != 0)
		return;
	snprintf(text, sizeof(text), "'%.200s' sorts %.1f MB on disk", j->label,
		 number_of(node, "Sort Space Used") / 1e3);
	add(j, "SORT-ON-DISK", SEVERITY_WARNING, "work_mem", text,
	    "raise work_mem for this user, or make an index that gives the order");
}

static void put_shape(struct buf *out, const cJSON *node)
{
	const char *type = text_of(node, "Node Type"), *relation = text_of(node, "Relation Name");

	buf_puts(out, type ? type : "?");
	if (relation)
		buf_printf(out, " %s", relation);
}

static void walk(struct judge *j, const cJSON *node, bool limited, unsigned depth,
		 struct buf *shape)
{
	const cJSON *children = cJSON_GetObjectItemCaseSensitive(node, "Plans"), *child;
	const char *type = text_of(node, "Node Type");
	bool off_before = j->off_found, first = true;

	if (depth > PLAN_DEPTH || !cJSON_IsObject(node))
		return;
	put_shape(shape, node);
	limited = limited || (type && strcmp(type, "Limit") == 0);
	j->off_found = false;
	cJSON_ArrayForEach(child, children)
	{
		buf_puts(shape, first ? " (" : ", ");
		first = false;
		walk(j, child, limited, depth + 1, shape);
	}
	buf_puts(shape, first ? "" : ")");
	judge_scan(j, node);
	judge_rows(j, node, limited);
	judge_sort(j, node);
	j->off_found = j->off_found || off_before;
}

int plan_judge(const char *json, const char *label, plan_lookup *lookup, void *context,
	       struct record *record, struct plan_summary *summary, struct error *e)
{
	struct judge j = {.label = label, .lookup = lookup, .context = context, .record = record};
	cJSON *root = cJSON_Parse(json);
	const cJSON *whole = cJSON_GetArrayItem(root, 0);
	const cJSON *plan = cJSON_GetObjectItemCaseSensitive(whole, "Plan");

	*summary = (struct plan_summary){.shape = {.max = SHAPE_MAX}};
	if (!cJSON_IsObject(plan)) {
		cJSON_Delete(root);
		return error_set(e, ERROR_INPUT, "the server's answer is not a plan");
	}
	summary->cost = number_of(plan, "Total Cost");
	summary->rows = number_of(plan, "Plan Rows");
	summary->actual_ms = number_of(whole, "Execution Time");
	walk(&j, plan, false, 0, &summary->shape);
	arena_release(&j.arena);
	cJSON_Delete(root);
	return 0;
}

/*
 * check_safe.c - see check_safe.h. Of the functions of Postgres itself, every volatile one is
 * refused but those of `harmless`; the table of harmful ones has those that are not volatile, or
 * come with extensions, and gives the reason for the others where it matters.
 */
#include "convert/check_safe.h"

#include <stdlib.h>
#include <string.h>

#include "convert/names.h"

const struct policy_row policy_rows[] = {
	{"AlterSeqStmt", POLICY_OWN, NULL},
	{"AlterTableStmt", POLICY_OWN, NULL},
	{"CallStmt", POLICY_ANALYSE, "a procedure may end the transaction"},
	{"CommentStmt", POLICY_OWN, NULL},
	{"CompositeTypeStmt", POLICY_CREATE, NULL},
	{"CreateDomainStmt", POLICY_CREATE, NULL},
	{"CreateEnumStmt", POLICY_CREATE, NULL},
	{"CreateFunctionStmt", POLICY_CODE, NULL},
	{"CreateSchemaStmt", POLICY_CREATE, NULL},
	{"CreateSeqStmt", POLICY_CREATE, NULL},
	{"CreateStmt", POLICY_CREATE, NULL},
	{"CreateTableAsStmt", POLICY_COPY_AS, NULL},
	{"CreateTrigStmt", POLICY_OWN, NULL},
	{"DeleteStmt", POLICY_CHANGE, NULL},
	{"DoStmt", POLICY_REFUSE, "a block of code may do anything"},
	{"DropStmt", POLICY_OWN, NULL},
	{"ExplainStmt", POLICY_ANALYSE, "it may execute what it explains"},
	{"IndexStmt", POLICY_OWN, NULL},
	{"InsertStmt", POLICY_CHANGE, NULL},
	{"MergeStmt", POLICY_CHANGE, NULL},
	{"RenameStmt", POLICY_OWN, NULL},
	{"SelectStmt", POLICY_QUERY, NULL},
	{"TransactionStmt", POLICY_REFUSE, "it would end the transaction that is rolled back"},
	{"TruncateStmt", POLICY_OWN, NULL},
	{"UpdateStmt", POLICY_CHANGE, NULL},
	{"VariableSetStmt", POLICY_REFUSE, "it changes the session"},
	{"VariableShowStmt", POLICY_REFUSE, "it is no query"},
	{"ViewStmt", POLICY_CREATE, NULL},
};
const size_t policy_row_count = sizeof(policy_rows) / sizeof(policy_rows[0]);

/* Kinds that fall to the default; the reason is for the message alone. */
static const struct policy_row refused[] = {
	{"AlterDatabaseStmt", POLICY_REFUSE, "it changes the database"},
	{"AlterSystemStmt", POLICY_REFUSE, "it changes the server"},
	{"CheckPointStmt", POLICY_REFUSE, "it cannot be rolled back"},
	{"ClusterStmt", POLICY_REFUSE, "it rewrites and locks tables"},
	{"CopyStmt", POLICY_REFUSE, "it reads or writes files, or starts programs"},
	{"CreatedbStmt", POLICY_REFUSE, "it cannot be rolled back"},
	{"DeallocateStmt", POLICY_REFUSE, "it changes the session"},
	{"DiscardStmt", POLICY_REFUSE, "it changes the session"},
	{"DropdbStmt", POLICY_REFUSE, "it cannot be rolled back"},
	{"ExecuteStmt", POLICY_REFUSE, "what it executes is not seen"},
	{"ListenStmt", POLICY_REFUSE, "it changes the session"},
	{"LoadStmt", POLICY_REFUSE, "it loads code into the server"},
	{"LockStmt", POLICY_REFUSE, "it locks tables"},
	{"NotifyStmt", POLICY_REFUSE, "others would see it"},
	{"PrepareStmt", POLICY_REFUSE, "it changes the session"},
	{"ReindexStmt", POLICY_REFUSE, "it locks tables"},
	{"VacuumStmt", POLICY_REFUSE, "it cannot be rolled back"},
};

const struct harmful_function harmful_functions[] = {
	{"connectby", "it runs SQL from a text"},
	{"crosstab", "it runs SQL from a text"},
	{"crosstab2", "it runs SQL from a text"},
	{"crosstab3", "it runs SQL from a text"},
	{"crosstab4", "it runs SQL from a text"},
	{"dblink", "it opens connections"},
	{"dblink_connect", "it opens connections"},
	{"dblink_exec", "it opens connections"},
	{"lo_export", "it writes a file on the server"},
	{"lo_import", "it reads a file on the server"},
	{"pg_cancel_backend", "it stops the work of others"},
	{"pg_notify", "others would see it"},
	{"pg_read_binary_file", "it reads a file on the server"},
	{"pg_read_file", "it reads a file on the server"},
	{"pg_reload_conf", "it changes the server"},
	{"pg_terminate_backend", "it ends the work of others"},
	{"query_to_xml", "it runs SQL from a text"},
	{"query_to_xml_and_xmlschema", "it runs SQL from a text"},
	{"query_to_xmlschema", "it runs SQL from a text"},
	{"set_config", "it changes the session"},
	{"ts_rewrite", "it runs SQL from a text"},
	{"ts_stat", "it runs SQL from a text"},
	{"xpath_table", "it runs SQL from a text"},
};
const size_t harmful_function_count = sizeof(harmful_functions) / sizeof(harmful_functions[0]);

/* Volatile, but without an effect that outlives the transaction (or hardly one: a sequence). */
static const char *const harmless[] = {
	"clock_timestamp",
	"current_query",
	"currval",
	"gen_random_uuid",
	"lastval",
	"nextval",
	"pg_current_wal_lsn",
	"pg_database_size",
	"pg_indexes_size",
	"pg_is_in_recovery",
	"pg_relation_size",
	"pg_sleep",
	"pg_sleep_for",
	"pg_sleep_until",
	"pg_table_size",
	"pg_total_relation_size",
	"random",
	"setseed",
	"timeofday",
};

static int by_name(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row); /* each row begins with its name */
}

#define FIND(name, table, n) bsearch(name, table, n, sizeof((table)[0]), by_name)
#define COUNT(table)	     (sizeof(table) / sizeof((table)[0]))

/* ---- statements ---- */

/* The text of an option of a definition list: LANGUAGE of a function. */
static const char *definition(const cJSON *options, const char *name)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, options)
	{
		const cJSON *d = pgtree_as(item, "DefElem");

		if (d && strcmp(pgtree_text(d, "defname"), name) == 0)
			return pgtree_text(pgtree_as(pgtree_field(d, "arg"), "String"), "sval");
	}
	return "";
}

static bool known_language(const cJSON *function)
{
	const char *language = definition(pgtree_field(function, "options"), "language");

	return strcmp(language, "sql") == 0 || strcmp(language, "plpgsql") == 0 ||
	       (!*language && pgtree_field(function, "sql_body"));
}

static struct policy_row refuse(const char *kind, const char *why)
{
	return (struct policy_row){kind, POLICY_REFUSE, why};
}

static bool visit_change(void *context, const char *type, const cJSON *node)
{
	bool *found = context;

	(void)node;
	if (strcmp(type, "InsertStmt") == 0 || strcmp(type, "UpdateStmt") == 0 ||
	    strcmp(type, "DeleteStmt") == 0 || strcmp(type, "MergeStmt") == 0)
		*found = true;
	return !*found;
}

/* WITH x AS (DELETE ... RETURNING *) SELECT ... */
static bool changes_rows(const struct pgtree_statement *s)
{
	bool found = false;

	pgtree_walk(s->node, visit_change, &found);
	return found;
}

struct policy_row policy_of(const struct pgtree_statement *s)
{
	const struct policy_row *row = FIND(s->kind, policy_rows, policy_row_count);

	if (!row)
		row = FIND(s->kind, refused, COUNT(refused));
	if (!row)
		return refuse(s->kind, "it is no kind of statement that is safe to try");
	if (row->policy == POLICY_QUERY && pgtree_field(s->node, "intoClause"))
		return (struct policy_row){s->kind, POLICY_COPY_AS, NULL};
	if (row->policy == POLICY_QUERY && changes_rows(s))
		return (struct policy_row){s->kind, POLICY_CHANGE, NULL};
	if (row->policy == POLICY_CODE && !known_language(s->node))
		return refuse(s->kind, "only functions in sql and plpgsql are tried");
	if (cJSON_IsTrue(pgtree_field(s->node, "concurrent")))
		return refuse(s->kind, "CONCURRENTLY cannot be rolled back");
	if (*pgtree_text(s->node, "tableSpaceName") || *pgtree_text(s->node, "tablespacename"))
		return refuse(s->kind, "it names a tablespace");
	return *row;
}

/* ---- functions ---- */

struct looking {
	struct arena *arena;
	struct name_list *names;
	const char *harmful, *why;
};

static void add_name(struct looking *l, const char *name)
{
	struct name_list *list = l->names;

	if (!list)
		return;
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? 2 * list->capacity : 16;
		const char **items = arena_alloc(l->arena, capacity * sizeof(*items));

		if (list->count)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->count++] = name;
}

static bool visit_function(void *context, const char *type, const cJSON *node)
{
	struct looking *l = context;
	const struct harmful_function *harm;
	const struct name_function *f;
	const char *name;

	if (strcmp(type, "FuncCall") != 0 || l->harmful)
		return !l->harmful;
	name = pgtree_name(pgtree_field(node, "funcname"), 0);
	if (!name)
		return true;
	harm = FIND(name, harmful_functions, harmful_function_count);
	f = names_function(name);
	if (harm || (f && f->volatility == 'v' && !FIND(name, harmless, COUNT(harmless)))) {
		l->harmful = name;
		l->why = harm ? harm->why : "its effect is not undone by a rollback";
		return false;
	}
	if (!f)
		add_name(l, name);
	return true;
}

const char *policy_harmful(const struct parsed *p, struct arena *a, struct name_list *names,
			   const char **why)
{
	struct looking l = {.arena = a, .names = names};

	pgtree_walk(p->root, visit_function, &l);
	*why = l.why;
	return l.harmful;
}

/*
 * sources_command.c - `lakeport convert sources`: the ways to a source's database, and how far each
 * of them was tested.
 */
#include <stdio.h>

#include "common/command.h"
#include "common/foreign.h"

static int run_main(struct invocation *inv, struct error *e)
{
	struct buf out = {0};

	(void)inv;
	(void)e;
	foreign_list(&out);
	fputs(buf_text(&out), stdout);
	buf_release(&out);
	return 0;
}

const struct command convert_sources = {
	.tool = "convert",
	.verb = "sources",
	.arguments = "",
	.min_arguments = 0,
	.max_arguments = 0,
	.summary = "the databases that --source takes, and how far each way was tested",
	.description =
		"URLs for 'convert run --source', where the original statements are run:\n"
		"  postgres://USER@HOST/DB            ~/.pgpass, PGPASSWORD\n"
		"  redshift://USER@HOST/DB            the same; port 5439\n"
		"  mysql://USER@HOST/DB?socket=PATH   MYSQL_PWD, ~/.my.cnf; TLS is verified, but\n"
		"                                     to this machine (?tls=off, unverified; "
		"tls-ca)\n"
		"  databricks://HOST/WAREHOUSE?catalog=C&schema=S\n"
		"                                     DATABRICKS_HOST and DATABRICKS_TOKEN, or\n"
		"                                     DATABRICKS_CLIENT_ID and _CLIENT_SECRET\n"
		"  odbc:Driver=PATH;Server=...        LAKEPORT_SOURCE_PASSWORD becomes PWD\n"
		"For all of them --source-password-command can give the password.",
	.run = run_main,
};

/* load_job.h - private to migrate: what a load asks and tells over HTTP. */
#ifndef LAKEPORT_MIGRATE_LOAD_JOB_H
#define LAKEPORT_MIGRATE_LOAD_JOB_H

#include "common/error.h"

/*
 * The last run of a Databricks job. 1: it succeeded; 0: it runs, failed, or there is none yet. -1:
 * class CONFIG (host or token are not in the environment), REFUSED.
 */
int load_job_succeeded(const char *job, struct error *e);

/* Posts JSON, a few times if need be. Class CONNECT, REFUSED, CONFIG. */
int load_webhook(const char *url, const char *json, struct error *e);

#endif

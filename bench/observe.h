/*
 * observe.h - the server's side of a run: what its statistics say, sampled each second.
 *
 * A thread with one connection of its own (application_name "lakeport sampler") waits until the
 * timed window opens, takes a first look, then one sample a second, and a last look when the run
 * has ended. It connects only when the load is connected, so that it never takes the last slot.
 * Nothing it meets is an error of the run: what the server does not have or does not show becomes
 * one info finding, a lost connection is opened again, every query has a deadline, and the run
 * waits at most OBSERVE_END_MS for the last look.
 */
#ifndef LAKEPORT_BENCH_OBSERVE_H
#define LAKEPORT_BENCH_OBSERVE_H

#include <stdatomic.h>
#include <stdint.h>

#include "bench/engine.h"
#include "common/record.h"

#define OBSERVE_APPLICATION "lakeport sampler"
#define OBSERVE_END_MS	    1000

struct observer;

/* Starts the thread. NULL, with a word in the log, when there can be none: the run goes on. */
struct observer *observe_start(const char *dsn);

/* Where the engine tells (clock_now()) when the window opens; valid until observe_stop(). */
_Atomic uint64_t *observe_window(struct observer *o);

/* Ends the thread and adds what it saw to `record`. `result` is NULL when the run did not start:
 * then nothing is added. Accepts o == NULL. */
void observe_stop(struct observer *o, const struct engine_result *result, struct record *record);

#endif

/* poller_uring_stub.c - poller.h's io_uring where liburing was not there: it says so. */
#include "bench/poller.h"

static int stub_check(struct error *e)
{
	error_set(e, ERROR_CONFIG, "this lakeport was built without io_uring");
	return error_hint(e, "install liburing-dev (scripts/setup build) and build it again, or "
			     "leave out --io-uring");
}

const struct poller poller_uring = {.name = "io_uring", .check = stub_check};

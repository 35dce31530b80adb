/* interrupt.c - see interrupt.h. */
#include "common/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static atomic_int count;

static void on_signal(int number)
{
	(void)number;
	if (atomic_fetch_add(&count, 1) >= 2)
		_exit(130);
}

void interrupt_install(void)
{
	struct sigaction a;

	memset(&a, 0, sizeof(a));
	a.sa_handler = on_signal;
	sigemptyset(&a.sa_mask);
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	a.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &a, NULL);
}

int interrupt_count(void)
{
	return atomic_load(&count);
}

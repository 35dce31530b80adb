/*
 * interrupt.h - Ctrl-C and SIGTERM as a question one can ask.
 *
 * interrupt_install() is called once, by main. The first signal only counts: the work looks at
 * interrupt_count() where it waits, stops cleanly and writes what it knows. The second signal
 * means "now"; the third ends the process on the spot. SIGPIPE is ignored.
 */
#ifndef LAKEPORT_COMMON_INTERRUPT_H
#define LAKEPORT_COMMON_INTERRUPT_H

void interrupt_install(void);
int interrupt_count(void);

#endif

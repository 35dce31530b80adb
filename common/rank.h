/*
 * rank.h - whether mpirun (or srun) started this process as one of several, by what those leave in
 * the environment. Nothing is joined here; bench/many.h does that.
 */
#ifndef LAKEPORT_COMMON_RANK_H
#define LAKEPORT_COMMON_RANK_H

#include <stdbool.h>

bool rank_is_given(void);  /* a launcher started us, be it alone */
unsigned rank_mine(void);  /* 0 when nobody says */
unsigned rank_count(void); /* 1 when nobody says */

/*
 * For a rank that fails as all do, and keeps silent: returns after rank 0 had time to say so.
 * Launchers end all processes as soon as one has failed.
 */
void rank_linger(void);

#endif

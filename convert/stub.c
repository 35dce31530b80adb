/* stub.c - see stub.h. */
#include "convert/stub.h"
void stubs_relations(struct stubs *s, const struct parsed *p, struct arena *a)
{
	*s = (struct stubs){.arena = a};
	(void)p;
}
void stubs_known(struct stubs *s, size_t table, const char *column)
{
	(void)s;
	(void)table;
	(void)column;
}
void stubs_infer(struct stubs *s, const struct parsed *p)
{
	(void)s;
	(void)p;
}
size_t stubs_missing(const struct stubs *s)
{
	(void)s;
	return 0;
}
void stubs_sql(const struct stubs *s, struct buf *out)
{
	(void)s;
	(void)out;
}
bool stubs_repair(struct stubs *s, const struct parsed *p, const char *sqlstate, size_t position,
		  const char *message)
{
	(void)s;
	(void)p;
	(void)sqlstate;
	(void)position;
	(void)message;
	return false;
}

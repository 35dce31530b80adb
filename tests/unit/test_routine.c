/* test_routine.c - the size of stored code. */
#include "tests/unit/unit.h"

#include <string.h>

#include "convert/routine.h"

static void sizes_are_counted(void **state)
{
	static const struct {
		const char *dialect, *text;
		struct routine_size size;
	} cases[] = {
		{"oracle",
		 "create procedure p is\n cursor c is select 1 from dual;\nbegin\n"
		 " while a > 0 loop\n  update t set x = 'select if';\n end loop;\n"
		 " for r in c loop\n  if r.a = 1 then delete from t; elsif b then null; end if;\n"
		 " end loop;\n execute immediate s;\nexception when others then null;\nend;",
		 {12, 3, 5, 1, 1}},
		{"tsql",
		 "create proc p as begin\nif @a = 1 exec (@sql)\n"
		 "while @i < 3 begin exec other 1; exec sp_executesql @s; end\nend",
		 {4, 0, 2, 0, 2}},
		{"mysql",
		 "create procedure p() begin while i < 3 do insert into t values (1); end while;"
		 " l: loop leave l; end loop; case x when 1 then select 1; end case; end",
		 {1, 2, 3, 0, 0}},
		{"snowflake",
		 "create procedure p() returns int language sql as $$\nbegin\n if (a) then"
		 " update t set x = 1; end if;\nend\n$$",
		 {5, 1, 1, 0, 0}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena a = {0};
		struct tokens t;
		const struct dialect *d = dialect_find(cases[i].dialect);
		const struct routine_size *want = &cases[i].size;
		struct routine_size size;

		lexer_run(&a, d, true, (struct str){cases[i].text, strlen(cases[i].text)}, &t);
		size = routine_measure(&a, d, &t, 0, t.count - 1);
		assert_int_equal(size.lines, want->lines);
		assert_int_equal(size.statements, want->statements);
		assert_int_equal(size.branches, want->branches);
		assert_int_equal(size.cursors, want->cursors);
		assert_int_equal(size.dynamic, want->dynamic);
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

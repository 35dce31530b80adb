/* unit.h - what every unit test includes, in the order that cmocka wants. */
#ifndef LAKEPORT_TESTS_UNIT_H
#define LAKEPORT_TESTS_UNIT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define COUNT(array)	 (sizeof(array) / sizeof((array)[0]))
#define RUN(name, tests) cmocka_run_group_tests_name(name, tests, NULL, NULL)

#endif

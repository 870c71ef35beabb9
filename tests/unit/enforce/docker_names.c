/* SPDX-License-Identifier: Apache-2.0 */
/* Names of containers that are on their way: what begins, what stands in its way, and how long. */
#include "enforce/docker/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
one_manner_at_a_time(void **state)
{
	struct docker_names names = { 0 };
	(void)state;
	assert_true(docker_names_begin(&names, SLICE("web"), DOCKER_NAME_STARTS, 0));
	assert_true(docker_names_begin(&names, SLICE("/web"), DOCKER_NAME_STARTS, 0));
	assert_false(docker_names_begin(&names, SLICE("//web"), DOCKER_NAME_GIVEN, 0));
	assert_true(docker_names_begin(&names, SLICE("we"), DOCKER_NAME_GIVEN, 0));
	docker_names_end(&names, SLICE("web"), DOCKER_NAME_GIVEN);
	docker_names_end(&names, SLICE("web"), DOCKER_NAME_STARTS);
	assert_false(docker_names_begin(&names, SLICE("web"), DOCKER_NAME_GIVEN, 0));
	docker_names_end(&names, SLICE("web"), DOCKER_NAME_STARTS);
	assert_true(docker_names_begin(&names, SLICE("web"), DOCKER_NAME_GIVEN, 0));
	docker_names_done(&names);
}

/* A guard that asks registries for minutes forgets nothing meanwhile; an engine that never tells its answer is waited for a minute. */
static void
forgotten_after_the_answer(void **state)
{
	struct docker_names names = { 0 };
	(void)state;
	assert_true(docker_names_begin(&names, SLICE("web"), DOCKER_NAME_STARTS, 0));
	assert_false(docker_names_begin(&names, SLICE("web"), DOCKER_NAME_GIVEN, 1000));
	docker_names_answered(&names, SLICE("web"), DOCKER_NAME_STARTS, 1000);
	assert_false(docker_names_begin(&names, SLICE("web"), DOCKER_NAME_GIVEN, 1060));
	assert_true(docker_names_begin(&names, SLICE("web"), DOCKER_NAME_GIVEN, 1061));
	docker_names_done(&names);
}

/* Of two under one name each has its own answer. */
static void
answered_one_by_one(void **state)
{
	struct docker_names names = { 0 };
	(void)state;
	assert_true(docker_names_begin(&names, SLICE("web"), DOCKER_NAME_STARTS, 0));
	assert_true(docker_names_begin(&names, SLICE("web"), DOCKER_NAME_STARTS, 0));
	docker_names_answered(&names, SLICE("/web"), DOCKER_NAME_STARTS, 0);
	assert_false(docker_names_begin(&names, SLICE("web"), DOCKER_NAME_GIVEN, 100));
	docker_names_answered(&names, SLICE("web"), DOCKER_NAME_STARTS, 100);
	assert_true(docker_names_begin(&names, SLICE("web"), DOCKER_NAME_GIVEN, 200));
	docker_names_done(&names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_manner_at_a_time),
		cmocka_unit_test(forgotten_after_the_answer),
		cmocka_unit_test(answered_one_by_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

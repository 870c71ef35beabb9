/* SPDX-License-Identifier: Apache-2.0 */
/* What is believed of a plimsoll-fetch that lies (lying_fetch.c, which lies beside this program). */
#include "base/error.h"
#include "net/fetcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EMPTY "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
#define OTHER "plimsoll-fetch answered of another repository than was asked for"
#define TAG   "plimsoll-fetch answered of another tag than was asked for"

/* What is asked, what is answered, and the error; NULL for none. */
static const struct {
	const char *reference, *repository, *tag, *error;
} cases[] = {
	{ "registry.example/team/web:1", "registry.example/team/web", "1", NULL },
	{ "registry.example/team/web", "registry.example/team/web", "latest", NULL },
	{ "registry.example/team/web@" EMPTY, "registry.example/team/web", NULL, NULL },
	{ "registry.example/team/web:1@" EMPTY, "registry.example/team/web", NULL, NULL },
	{ "docker.io/debian:1", "docker.io/library/debian", "1", NULL },
	{ "debian:1", "elsewhere.example/our/debian", "1", NULL },
	{ "registry.example/team/web:1", "registry.example/prod/web", "1", OTHER },
	{ "registry.example/team/web:1", "evil.example/team/web", "1", OTHER },
	{ "registry.example/team/web:1", NULL, "1", OTHER },
	{ "registry.example/team/web:1", "registry.example/team/web", "2", TAG },
	{ "registry.example/team/web:1", "registry.example/team/web", NULL, TAG },
	{ "registry.example/team/web", "registry.example/team/web", "1", TAG },
	{ "registry.example/team/web@" EMPTY, "registry.example/team/web", "1", TAG },
	{ "debian:1", "elsewhere.example/our/debian:2", "1", OTHER },
	{ "debian:1", "our/debian", "1", OTHER },
	{ "debian:1", "evil.example/a\nREFUSED", "1", OTHER },
	{ "debian:1", NULL, "1", OTHER },
	{ "debian:1", "elsewhere.example/our/debian", "2", TAG },
};

static void
choose(const char *variable, const char *value)
{
	if (value)
		setenv(variable, value, 1);
	else
		unsetenv(variable);
}

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO(fetcher) struct fetcher *fetcher = NULL;
		AUTO(fetched) struct fetched fetched = { .fd = -1 };
		AUTO(arena) struct arena *arena = arena_new(0);
		struct plim_error err = { 0 };
		choose("LIE_REPOSITORY", cases[i].repository);
		choose("LIE_TAG", cases[i].tag);
		if (fetcher_start(NULL, &fetcher, &err) < 0)
			fail_msg("%s", err.text);
		int r = fetcher_resolve(fetcher, slice_of(cases[i].reference), arena, &fetched, &err);
		if (cases[i].error == NULL ? r != 0 : r != PLIM_EPROCESS || strcmp(err.text, cases[i].error) != 0)
			fail_msg("%s, answered %s %s: %d %s", cases[i].reference, cases[i].repository, cases[i].tag, r, err.text);
		assert_int_equal(fetched.fd >= 0, cases[i].error == NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

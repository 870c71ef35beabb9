/* SPDX-License-Identifier: Apache-2.0 */
/* Files of credentials: which of their keys speaks of a repository. */
#include "base/strbuf.h"
#include "net/auth_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* base64 of a:1, b:2, ... */
#define A "{\"auth\": \"YTox\"}"
#define B "{\"auth\": \"Yjoy\"}"
#define C "{\"auth\": \"Yzoz\"}"

static void
finds(const char *text, bool docker, const char *host, const char *path, const char *wanted)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf shown = { 0 };
	struct plim_error err = { 0 };
	struct credentials found;
	if (auth_file_find(slice_of(text), docker, slice_of(host), slice_of(path), arena, &found, &err) < 0)
		strbuf_puts(&shown, err.text);
	else if (!found.found)
		strbuf_puts(&shown, "nothing");
	else
		strbuf_printf(&shown, "%.*s:%.*s|%.*s|%.*s", SLICE_ARG(found.user), SLICE_ARG(found.password), SLICE_ARG(found.identity_token), SLICE_ARG(found.helper));
	if (strcmp(shown.p, wanted) != 0)
		fail_msg("%s for %s/%s: wanted %s, got %s", text, host, path, wanted, shown.p);
}

static void
keys(void **state)
{
	static const char nested[] = "{\"auths\": {\"r.example\": " A ", \"r.example/team\": " B ", \"r.example/team/web\": " C "}}";
	(void)state;
	finds(nested, false, "r.example", "team/web", "c:3||");
	finds(nested, false, "r.example", "team/web/sub", "c:3||");
	finds(nested, false, "r.example", "team/webs", "b:2||");
	finds(nested, false, "r.example", "teams", "a:1||");
	finds(nested, false, "r.example:5000", "team/web", "nothing");
	finds(nested, false, "x.r.example", "team/web", "nothing");
	finds("{\"auths\": {\"https://r.example/v2/\": " A "}}", false, "r.example", "team/web", "a:1||");
	finds("{\"auths\": {\"r.example/v2\": " A "}}", false, "r.example", "team/web", "nothing");
	finds("{\"auths\": {\"r.example/v2\": " A "}}", true, "r.example", "team/web", "a:1||");
	finds("{\"auths\": {\"https://index.docker.io/v1/\": " A "}}", true, "docker.io", "library/debian", "a:1||");
	finds("{\"auths\": {\"docker.io\": " A ", \"docker.io/team\": " B "}}", false, "docker.io", "team/x", "b:2||");
	finds("{\"auths\": {\"index.docker.io\": " A "}}", false, "docker.io", "library/debian", "a:1||");
	finds("{}", false, "r.example", "web", "nothing");
	finds("{\"auths\": {}}", false, "r.example", "web", "nothing");
	finds("{\"auths\": {\"r.example\": {}}}", false, "r.example", "web", "nothing");
	finds("{\"auths\": null}", false, "r.example", "web", "nothing");
}

static void
entries(void **state)
{
	(void)state;
	finds("{\"auths\": {\"h.x\": {\"auth\": \"YTpiOmM=\"}}}", false, "h.x", "w", "a:b:c||");
	finds("{\"auths\": {\"h.x\": {\"auth\": \"YToxAAA=\"}}}", false, "h.x", "w", "a:1||");
	finds("{\"auths\": {\"h.x\": {\"identitytoken\": \"t\"}}}", false, "h.x", "w", ":|t|");
	finds("{\"auths\": {\"h.x\": {\"auth\": \"YTox\", \"identitytoken\": \"t\"}}}", false, "h.x", "w", "a:1|t|");
	finds("{\"auths\": {\"h.x\": {\"username\": \"u\", \"password\": \"p\"}}}", true, "h.x", "w", "u:p||");
	finds("{\"auths\": {\"h.x\": {\"auth\": \"!!!!\"}}}", false, "h.x", "w", "'h.x': 'auth' is no base64");
	finds("{\"auths\": {\"h.x\": {\"auth\": \"YQ\"}}}", false, "h.x", "w", "'h.x': 'auth' is no base64");
	finds("{\"auths\": {\"h.x\": {\"auth\": \"YWJj\"}}}", false, "h.x", "w", "'h.x': 'auth' holds no user and password");
	finds("{\"auths\": {\"h.x\": {\"auth\": 1}}}", false, "h.x", "w", "'h.x': 'auth' is no string");
	finds("{\"auths\": {\"h.x\": " A ", \"other\": {\"auth\": 1}}}", false, "h.x", "w", "a:1||");
	finds("{\"auths\": {\"h.x\": 1}}", false, "h.x", "w", "'auths' holds something that is no object");
	finds("{\"auths\": []}", false, "h.x", "w", "'auths' is no object");
	finds("[]", false, "h.x", "w", "no object");
	finds("{\"auths\": {\"h.x\": {\"auth\": \"YTox\", \"Auth\": \"Yjoy\"}}}", false, "h.x", "w", "'h.x': 'auth' stands twice, in upper and lower case");
	finds("{\"auths\": {}, \"AUTHS\": {}}", false, "h.x", "w", "'auths' stands twice, in upper and lower case");
}

static void
helpers(void **state)
{
	(void)state;
	finds("{\"credHelpers\": {\"h.x\": \"one\"}, \"credsStore\": \"all\"}", true, "h.x", "w", ":||one");
	finds("{\"credHelpers\": {\"h.x\": \"one\"}, \"credsStore\": \"all\"}", true, "i.x", "w", ":||all");
	finds("{\"credHelpers\": {\"h.x\": \"one\"}, \"auths\": {\"h.x\": " A "}}", true, "h.x", "w", ":||one");
	finds("{\"credsStore\": \"all\", \"auths\": {\"h.x\": " A "}}", true, "h.x", "w", "a:1||");
	finds("{\"credsStore\": \"all\", \"auths\": {\"h.x\": {}}}", true, "h.x", "w", ":||all");
	finds("{\"credsStore\": \"a/b\"}", true, "h.x", "w", "'a/b' is no name of a credential helper");
	finds("{\"credsStore\": \"\"}", true, "h.x", "w", "nothing");
}

static void
what_helpers_say(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct credentials found;
	(void)state;
	assert_int_equal(auth_helper_read(SLICE("{\"ServerURL\":\"x\",\"Username\":\"u\",\"Secret\":\"s\"}"), arena, &found, NULL), 0);
	assert_true(found.found && slice_is(found.user, "u") && slice_is(found.password, "s"));
	assert_int_equal(auth_helper_read(SLICE("{\"Username\":\"<token>\",\"Secret\":\"s\"}"), arena, &found, NULL), 0);
	assert_true(found.found && !found.user.p && slice_is(found.identity_token, "s"));
	assert_int_equal(auth_helper_read(SLICE("{\"Username\":\"u\"}"), arena, &found, NULL), PLIM_EFORMAT);
	assert_int_equal(auth_helper_read(SLICE("hello"), arena, &found, NULL), PLIM_EFORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys), cmocka_unit_test(entries), cmocka_unit_test(helpers), cmocka_unit_test(what_helpers_say),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

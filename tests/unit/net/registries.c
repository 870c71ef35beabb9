/* SPDX-License-Identifier: Apache-2.0 */
/* registries.conf: what a name means, and where it is looked for. */
#include "base/strbuf.h"
#include "net/registries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct registries *
load(struct arena *arena, const char *first, const char *second, struct plim_error *err)
{
	struct registries *made = registries_new(arena);
	if (registries_add(made, slice_of(first), "one.conf", err) < 0 || (second && registries_add(made, slice_of(second), "two.conf", err) < 0))
		return NULL;
	return made;
}

static void
names_are(const char *conf, const char *drop_in, const char *text, const char *wanted)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf shown = { 0 };
	struct plim_error err = { 0 };
	struct registries *registries = load(arena, conf, drop_in, &err);
	struct reference reference;
	struct slice *names;
	size_t n = 0;
	if (registries == NULL || reference_parse(slice_of(text), &reference, &err) < 0 || registries_names(registries, &reference, arena, &names, &n, &err) < 0)
		strbuf_puts(&shown, err.text);
	for (size_t i = 0; i < n; i++)
		strbuf_printf(&shown, "%s%.*s", i ? " " : "", SLICE_ARG(names[i]));
	assert_string_equal(shown.p, wanted);
}

static void
places_are(const char *conf, const char *drop_in, const char *repository, bool by_digest, const char *wanted)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf shown = { 0 };
	struct plim_error err = { 0 };
	struct registries *registries = load(arena, conf, drop_in, &err);
	struct endpoint *places;
	size_t n = 0;
	if (registries == NULL || registries_endpoints(registries, slice_of(repository), by_digest, arena, &places, &n, &err) < 0) {
		strbuf_puts(&shown, err.text);
		n = 0;
	}
	for (size_t i = 0; i < n; i++)
		strbuf_printf(&shown, "%s%.*s/%.*s%s%s", i ? " " : "", SLICE_ARG(places[i].host), SLICE_ARG(places[i].path), places[i].mirror ? "+mirror" : "",
		              places[i].insecure ? "+insecure" : "");
	if (strcmp(shown.p ? shown.p : "", wanted) != 0)
		fail_msg("%s: wanted %s, got %s", repository, wanted, shown.p);
}

static void
short_names(void **state)
{
	static const char two[] = "unqualified-search-registries = ['a.example', 'docker.io']\n";
	static const char aliases[] = "[aliases]\nweb = 'b.example/team/web'\n'team/x' = 'docker.io/x'\n";
	(void)state;
	names_are("", NULL, "debian", "docker.io/library/debian");
	names_are("", NULL, "team/web", "docker.io/team/web");
	names_are("", NULL, "a.example/web", "a.example/web");
	names_are("", NULL, "docker.io/web", "docker.io/library/web");
	names_are(two, NULL, "debian:12", "a.example/debian docker.io/library/debian");
	names_are(two, "unqualified-search-registries = ['c.example']", "debian", "c.example/debian");
	names_are(two, "short-name-mode = 'enforcing'", "debian",
	          "'debian' may be of 2 registries (unqualified-search-registries), and registries.conf wants no guess: write it with its registry");
	names_are("unqualified-search-registries = ['a.example']\nshort-name-mode = 'enforcing'", NULL, "debian", "a.example/debian");
	names_are(two, aliases, "web:2", "b.example/team/web");
	names_are(two, aliases, "team/x", "docker.io/library/x");
	names_are(aliases, "[aliases]\nweb = 'c.example/web'", "web", "c.example/web");
	names_are(aliases, "[aliases]\nweb = ''", "web", "docker.io/library/web");
	names_are(aliases, "short-name-mode = 'disabled'", "web", "docker.io/library/web");
}

static void
places(void **state)
{
	static const char conf[] = "[[registry]]\nprefix = 'a.example/team'\nlocation = 'b.example/x'\n"
	                           "[[registry]]\nlocation = 'a.example'\ninsecure = true\n"
	                           "[[registry.mirror]]\nlocation = 'm1.example/a'\n"
	                           "[[registry.mirror]]\nlocation = 'm2.example'\ninsecure = true\npull-from-mirror = 'digest-only'\n"
	                           "[[registry.mirror]]\nlocation = 'm3.example'\npull-from-mirror = 'tag-only'\n"
	                           "[[registry]]\nprefix = '*.c.example'\nblocked = true\n"
	                           "[[registry]]\nprefix = '*.d.example'\nlocation = 'd.internal/all'\n"
	                           "[[registry]]\nprefix = 'docker.io'\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = 'hub.example'\n";
	(void)state;
	places_are("", NULL, "z.example/web", false, "z.example/web");
	places_are(conf, NULL, "z.example/web", false, "z.example/web");
	places_are(conf, NULL, "a.example/team/web", false, "b.example/x/web");
	places_are(conf, NULL, "a.example/team", false, "b.example/x");
	places_are(conf, NULL, "a.example/teams", false, "m1.example/a/teams+mirror m3.example/teams+mirror a.example/teams+insecure");
	places_are(conf, NULL, "a.example/web", true, "m1.example/a/web+mirror m2.example/web+mirror+insecure a.example/web+insecure");
	places_are(conf, NULL, "a.example:5000/web", true, "a.example:5000/web");
	places_are(conf, NULL, "x.y.c.example/web", false, "x.y.c.example/web: its registry is blocked by one.conf");
	places_are(conf, NULL, "c.example/web", false, "c.example/web");
	places_are(conf, NULL, "evil.example/x.c.example/web", false, "evil.example/x.c.example/web");
	places_are(conf, NULL, "q.d.example/web", false, "d.internal/all/web");
	places_are(conf, NULL, "docker.io/library/debian", false, "docker.io/library/debian");
	places_are(conf, NULL, "docker.io/library/debian", true, "hub.example/library/debian+mirror docker.io/library/debian");
	places_are(conf, "[[registry]]\nprefix = 'a.example/team'\n", "a.example/team/web", false, "a.example/team/web");
	places_are(conf, "[[registry]]\nprefix = 'a.example/team'\nBlocked = true\n", "a.example/team/web", false, "a.example/team/web: its registry is blocked by two.conf");
	places_are("", NULL, "a.example/web:1", false, "'a.example/web:1' is no repository of a registry");
}

static void
refused(void **state)
{
	(void)state;
	places_are("[[registry]]\nlocation = 'https://a.example'\n", NULL, "a.example/web", false,
	           "one.conf, line 1: a registry needs a prefix or location of the form HOST[:PORT][/PATH]");
	places_are("\n[[registry]]\nblocked = true\n", NULL, "a.example/web", false, "one.conf, line 2: a registry needs a prefix or location of the form HOST[:PORT][/PATH]");
	places_are("[[registry]]\nlocation = 'a.example'\nblocked = 'yes'\n", NULL, "a.example/web", false, "one.conf, line 3: blocked must be of the type boolean");
	places_are("[[registry]]\nlocation = 'a.example'\nblocked = true\nBLOCKED = false\n", NULL, "a.example/web", false,
	           "one.conf, line 4: a key stands twice, in upper and lower case");
	places_are("[registry]\nlocation = 'a.example'\n", NULL, "a.example/web", false, "one.conf, line 1: registry must be of the type array");
	places_are("registry = [1]", NULL, "a.example/web", false, "one.conf, line 1: a registry must be a table");
	places_are("[registries.search]\nregistries = ['a.example']\n", NULL, "a.example/web", false,
	           "one.conf, line 1: version 1 of registries.conf; write [[registry]] and unqualified-search-registries");
	places_are("[[registry]]\nlocation = 'a.example'\n[[registry.mirror]]\nlocation = 'm.example:x'\n", NULL, "a.example/web", false,
	           "one.conf, line 3: the location of a mirror is no HOST[:PORT][/PATH]");
	places_are("[[registry]]\nlocation = 'a.example'\n[[registry.mirror]]\nlocation = 'm.example'\npull-from-mirror = 'never'\n", NULL, "a.example/web", false,
	           "one.conf, line 3: pull-from-mirror is neither all, digest-only nor tag-only");
	places_are("[aliases]\nweb = 'web'\n", NULL, "a.example/web", false, "one.conf, line 2: an alias must be a repository with its registry, without tag and digest");
	places_are("unqualified-search-registries = ['a.example:x']\n", NULL, "a.example/web", false,
	           "one.conf, line 1: unqualified-search-registries may hold HOST[:PORT][/PATH] only");
	places_are("a = ", NULL, "a.example/web", false, "one.conf: TOML, line 1, column 5: no value");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_names),
		cmocka_unit_test(places),
		cmocka_unit_test(refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs: what each rule of the specification and of its types comes to. */
#include "codec/purl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* The canonical form, or "! why". */
static char *
canonical(const char *text)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct strbuf out = { 0 };
	struct purl purl;
	struct plim_error err = { 0 };
	if (purl_parse(slice_of(text), arena, &purl, &err) < 0)
		strbuf_printf(&out, "! %s", err.text);
	else
		purl_write(&purl, &out);
	return strbuf_take(&out);
}

static const char *const vectors[][2] = {
	/* what is canonical stays so */
	{ "pkg:deb/debian/libc6@2.36-9%2Bdeb12u9?arch=amd64&distro=debian-12", NULL },
	{ "pkg:deb/debian/passwd@1:4.13?arch=amd64", NULL },
	{ "pkg:rpm/suse/bash@4.4-19?epoch=1", NULL },
	{ "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1?type=jar", NULL },
	{ "pkg:golang/google.golang.org/genproto@v0.1.0#googleapis/api", NULL },
	{ "pkg:npm/%40types/node@20.1.0", NULL },
	{ "pkg:oci/web@sha256:abcd?repository_url=r.example%2Fteam%2Fweb", NULL },
	{ "pkg:generic/x", NULL },
	/* scheme, slashes, case */
	{ "PKG:Gem/Rails@7.0", "pkg:gem/Rails@7.0" },
	{ "pkg://npm/lodash@4.17.21", "pkg:npm/lodash@4.17.21" },
	{ "pkg:npm//a//b/", "pkg:npm/a/b" },
	{ "pkg:npm/@types/node@20.1.0", "pkg:npm/%40types/node@20.1.0" },
	{ "pkg:npm/@types/node", "pkg:npm/%40types/node" },
	/* types that have their own spelling */
	{ "pkg:pypi/Typing_Extensions@4.0", "pkg:pypi/typing-extensions@4.0" },
	{ "pkg:github/Owner/Repo@V1", "pkg:github/owner/repo@V1" },
	{ "pkg:composer/Laravel/Laravel@5.5", "pkg:composer/laravel/laravel@5.5" },
	{ "pkg:deb/Debian/Curl@7", "pkg:deb/debian/curl@7" },
	{ "pkg:rpm/Fedora/ImageMagick@7", "pkg:rpm/fedora/ImageMagick@7" },
	{ "pkg:pub/Flutter-Util@1", "pkg:pub/flutter_util@1" },
	{ "pkg:huggingface/A/B@ABCDEF", "pkg:huggingface/A/B@abcdef" },
	/* qualifiers: sorted, keys in lower case, empty ones gone; subpaths without dots */
	{ "pkg:npm/a@1?z=2&B=1&c=", "pkg:npm/a@1?b=1&z=2" },
	{ "pkg:npm/a?checksum=sha1:ab,sha256:cd", "pkg:npm/a?checksum=sha1:ab%2Csha256:cd" },
	{ "pkg:golang/github.com/BurntSushi/toml@v1.2.0-RC1", "pkg:golang/github.com/burntsushi/toml@v1.2.0-RC1" },
	{ "pkg:golang/a/b#/x/./../y/", "pkg:golang/a/b#x/y" },
	{ "pkg:generic/a%20b@1%2F2", "pkg:generic/a%20b@1%2F2" },
	{ "pkg:generic/a@1/2", "pkg:generic/a@1%2F2" },
	/* none */
	{ "", "! offset 0: it does not begin with pkg:" },
	{ "npm/a", "! offset 0: it does not begin with pkg:" },
	{ "pkg:a", "! offset 4: there is no type" },
	{ "pkg:npm/", "! offset 8: there is no name" },
	{ "pkg:npm/@1.0", "! offset 8: there is no name" },
	{ "pkg:n_m/a", "! offset 5: a type has letters, digits, dots and dashes" },
	{ "pkg:3d/a", "! offset 4: a type begins with a letter" },
	{ "pkg:npm/a%2", "! offset 9: no two hex digits behind %" },
	{ "pkg:npm/a%zz", "! offset 9: no two hex digits behind %" },
	{ "pkg:npm/a%2Fb/c", "! offset 11: a slash inside a segment" },
	{ "pkg:npm/a%00", "! offset 11: a NUL byte" },
	{ "pkg:npm/a%ff", "! offset 0: it is not UTF-8" },
	{ "pkg:npm/a?b=1&b=2", "! offset 14: a qualifier that was there before" },
	{ "pkg:npm/a?b", "! offset 10: a qualifier without =" },
	{ "pkg:npm/a?b c=1", "! offset 11: a qualifier's key has letters, digits, dots, dashes and underscores" },
	{ "pkg:maven/log4j@1", "! offset 0: its type needs a namespace" },
	{ "pkg:cargo/a/b@1", "! offset 0: its type has no namespace" },
	{ "pkg:julia/A@1", "! offset 0: a qualifier that its type needs is missing" },
	{ "pkg:cpan/A::B@1", "! offset 0: a module, where a distribution is meant" },
};

static void
forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		char *got = canonical(vectors[i][0]);
		assert_string_equal(got, vectors[i][1] ? vectors[i][1] : vectors[i][0]);
		char *again = got[0] == '!' ? NULL : canonical(got);
		if (again)
			assert_string_equal(again, got);
		free(again);
		free(got);
	}
}

static void
qualifiers_are_bounded(void **state)
{
	struct strbuf text = { 0 };
	(void)state;
	strbuf_puts(&text, "pkg:npm/a?");
	for (int i = 0; i < 100; i++)
		strbuf_printf(&text, "k%d=1&", i);
	char *got = canonical(text.p);
	assert_non_null(strstr(got, "more qualifiers than there can be"));
	free(got);
	strbuf_done(&text);
}

/* Advisories of Go name module paths with their capitals. */
static void
what_is_read_of_go_keeps_capitals(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct purl purl;
	(void)state;
	assert_int_equal(purl_parse(SLICE("pkg:golang/github.com/BurntSushi/toml@v1"), arena, &purl, NULL), 0);
	assert_true(slice_is(purl.namespace, "github.com/BurntSushi"));
}

static void
parts_are_spelled_as_their_type_wants(void **state)
{
	static const struct {
		const char *type, *namespace, *name, *version, *wanted;
	} parts[] = {
		{ "golang", "github.com/BurntSushi", "Toml", "v1", "pkg:golang/github.com/burntsushi/toml@v1" },
		{ "pypi", NULL, "Zope.Interface_x", "1.0RC1", "pkg:pypi/zope-interface-x@1.0rc1" },
		{ "npm", "@Types", "Node", "1", "pkg:npm/%40Types/Node@1" },
		{ "composer", "Monolog", "Monolog", "1", "pkg:composer/monolog/monolog@1" },
		{ "pub", NULL, "A-b", "1", "pkg:pub/a_b@1" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		const struct purl purl = { .type = slice_of(parts[i].type), .namespace = parts[i].namespace ? slice_of(parts[i].namespace) : SLICE_NONE,
			                   .name = slice_of(parts[i].name), .version = slice_of(parts[i].version) };
		purl_write(&purl, &text);
		AUTO(free) char *got = strbuf_take(&text);
		assert_string_equal(got, parts[i].wanted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(forms), cmocka_unit_test(what_is_read_of_go_keeps_capitals),
		                            cmocka_unit_test(parts_are_spelled_as_their_type_wants), cmocka_unit_test(qualifiers_are_bounded) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* References to images: what they are taken apart into, and what is none. */
#include "net/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
taken_apart(void **state)
{
	static const struct {
		const char *text, *host, *path, *tag;
		bool digest;
	} cases[] = {
		{ "debian", NULL, "debian", NULL, false },
		{ "debian:12", NULL, "debian", "12", false },
		{ "library/debian", NULL, "library/debian", NULL, false },
		{ "localhost/web", "localhost", "web", NULL, false },
		{ "localhost:5000/web:1", "localhost:5000", "web", "1", false },
		{ "registry.example/a/b_c/d__e/f-g--h.i:V1.0-x_y", "registry.example", "a/b_c/d__e/f-g--h.i", "V1.0-x_y", false },
		{ "registry.example:5000/web@sha256:" HEX, "registry.example:5000", "web", NULL, true },
		{ "registry.example/web:1@sha256:" HEX, "registry.example", "web", "1", true },
		{ "[::1]:5000/web:1", "[::1]:5000", "web", "1", false },
		{ "[2001:db8::1]/web", "[2001:db8::1]", "web", NULL, false },
		{ "HOST/web", "HOST", "web", NULL, false },
		{ "127.0.0.1:1/web", "127.0.0.1:1", "web", NULL, false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reference found;
		struct plim_error err = { 0 };
		if (reference_parse(slice_of(cases[i].text), &found, &err) < 0)
			fail_msg("%s: %s", cases[i].text, err.text);
		assert_true(slice_eq(found.host, slice_of(cases[i].host)) && !found.host.p == !cases[i].host);
		assert_true(slice_is(found.path, cases[i].path));
		assert_true(slice_eq(found.tag, slice_of(cases[i].tag)) && !found.tag.p == !cases[i].tag);
		assert_int_equal(found.digest.algorithm, cases[i].digest ? DIGEST_SHA256 : DIGEST_NONE);
	}
}

static void
none(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "it is empty" },
		{ "Debian", "its path must be in lower case" },
		{ "registry.example/Web", "its path must be in lower case" },
		{ "registry.example/", "there is no name behind the registry" },
		{ "registry.example/a//b", "a part of its path is empty" },
		{ "registry.example/a/", "a part of its path is empty" },
		{ "/a", "a part of its path is empty" },
		{ "a/_b", "its path may hold lower-case letters, digits and, between them, '.', '_', '__' and '-'" },
		{ "a___b", "its path may hold lower-case letters, digits and, between them, '.', '_', '__' and '-'" },
		{ "a..b/c", "the name of its registry is none" },
		{ "registry.example:0/a", "the port of its registry is no number from 1 to 65535" },
		{ "registry.example:65536/a", "the port of its registry is no number from 1 to 65535" },
		{ "registry.example:/a", "the port of its registry is no number from 1 to 65535" },
		{ "registry.example:80a/a", "the port of its registry is no number from 1 to 65535" },
		{ "-a.example/a", "the name of its registry is none" },
		{ "a.example./a", "the name of its registry is none" },
		{ "[::1/a", "the port of its registry is no number from 1 to 65535" },
		{ "[x]/a", "the name of its registry is none" },
		{ "a:", "its tag is empty" },
		{ "a:-1", "its tag may hold letters, digits, '_' and, not as the first, '.' and '-'" },
		{ "a:1/", "there is no name behind the registry" },
		{ "a@", "behind '@' must stand sha256: or sha512: and its lower-case hex digits" },
		{ "a@sha256:abc", "behind '@' must stand sha256: or sha512: and its lower-case hex digits" },
		{ "a@md5:" HEX, "behind '@' must stand sha256: or sha512: and its lower-case hex digits" },
		{ "a@sha256:" HEX "@sha256:" HEX, "behind '@' must stand sha256: or sha512: and its lower-case hex digits" },
		{ "a b", "its path may hold lower-case letters, digits and, between them, '.', '_', '__' and '-'" },
		{ "https://registry.example/a", "it begins as an address does" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reference found;
		struct plim_error err = { 0 };
		int r = reference_parse(slice_of(cases[i].text), &found, &err);
		if (r != PLIM_EUSAGE || !strstr(err.text, cases[i].why))
			fail_msg("%s: %d %s", cases[i].text, r, err.text);
	}
}

static void
lengths(void **state)
{
	char text[400];
	struct reference found;
	(void)state;
	memset(text, 'a', sizeof text);
	assert_int_equal(reference_parse((struct slice){ text, 255 }, &found, NULL), 0);
	assert_int_equal(reference_parse((struct slice){ text, 256 }, &found, NULL), PLIM_EUSAGE);
	text[1] = ':';
	assert_int_equal(reference_parse((struct slice){ text, 2 + 128 }, &found, NULL), 0);
	assert_int_equal(reference_parse((struct slice){ text, 2 + 129 }, &found, NULL), PLIM_EUSAGE);
}

static void
tags(void **state)
{
	static const char *const wrong[] = { "", ".a", "-a", "a/../b", "a?b=c", "a#b", "a b", "a\r\nX: y", "a%2fb", "\xc3\xa4", "a:b" };
	struct plim_error err = { 0 };
	(void)state;
	assert_int_equal(reference_tag_check(SLICE("_A-1.sig"), NULL), 0);
	assert_int_equal(reference_tag_check(SLICE("sha256-" HEX ".att"), NULL), 0);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(reference_tag_check(slice_of(wrong[i]), &err), PLIM_EUSAGE);
	assert_int_equal(reference_tag_check((struct slice){ "a\0b", 3 }, &err), PLIM_EUSAGE);
	assert_int_equal(reference_tag_check(SLICE("../../blobs/x"), &err), PLIM_EUSAGE);
	assert_string_equal(err.text, "'../../blobs/x' is no tag: its tag may hold letters, digits, '_' and, not as the first, '.' and '-'");
}

static void
tags_of_referrers(void **state)
{
	struct digest subject;
	char text[REFERRER_TAG_SIZE];
	(void)state;
	assert_true(digest_parse(SLICE("sha256:" HEX), &subject));
	assert_string_equal(referrer_tag(&subject, text), "sha256-" HEX);
	assert_true(digest_parse(SLICE("sha512:" HEX HEX), &subject));
	assert_string_equal(referrer_tag(&subject, text), "sha512-" HEX);
	assert_true(reference_tag_is_attached(SLICE("sha256-" HEX)) && reference_tag_is_attached(SLICE("sha512-" HEX)));
	assert_true(reference_tag_is_attached(SLICE("sha256-" HEX ".sig")) && reference_tag_is_attached(SLICE("sha256-" HEX ".att")));
	assert_false(reference_tag_is_attached(SLICE("1")) || reference_tag_is_attached(SLICE_NONE) || reference_tag_is_attached(SLICE("sha256-abc")));
	assert_false(reference_tag_is_attached(SLICE("sha1-" HEX)) || reference_tag_is_attached(SLICE("sha256:" HEX)));
}

static void
whole_names(void **state)
{
	static const struct {
		const char *host, *path, *whole;
	} cases[] = {
		{ "docker.io", "debian", "docker.io/library/debian" },
		{ "index.docker.io", "debian", "docker.io/library/debian" },
		{ "docker.io", "team/web", "docker.io/team/web" },
		{ "registry.example", "web", "registry.example/web" },
	};
	AUTO(arena) struct arena *arena = arena_new(0);
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reference reference = { .host = slice_of(cases[i].host), .path = slice_of(cases[i].path) };
		assert_string_equal(reference_repository(&reference, arena).p, cases[i].whole);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken_apart),
		cmocka_unit_test(none),
		cmocka_unit_test(lengths),
		cmocka_unit_test(tags),
		cmocka_unit_test(tags_of_referrers),
		cmocka_unit_test(whole_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

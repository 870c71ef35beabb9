/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of this folder share. */
#ifndef TESTS_TRUST_HELPERS_H
#define TESTS_TRUST_HELPERS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "codec/base64.h"
#include "trust/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "keys.h"

#define DIGEST_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define DIGEST_C "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static inline struct digest
digest_from(const char *text)
{
	struct digest digest;
	assert_true(digest_parse(slice_of(text), &digest));
	return digest;
}

static inline void
assert_slice(struct slice got, const char *wanted)
{
	if (!slice_is(got, wanted))
		fail_msg("wanted %s\ngot    %.*s", wanted, SLICE_ARG(got));
}

static inline struct key *
private_key(const char *pem)
{
	struct key *key = NULL;
	struct plim_error err = { 0 };
	if (key_parse_private(slice_of(pem), SLICE_NONE, &key, &err) < 0)
		fail_msg("%s", err.text);
	return key;
}

static inline struct key *
public_key(const char *pem)
{
	struct key *key = NULL;
	struct plim_error err = { 0 };
	if (key_parse_public(slice_of(pem), &key, &err) < 0)
		fail_msg("%s", err.text);
	return key;
}

#endif

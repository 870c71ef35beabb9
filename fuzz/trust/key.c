/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as PEM: public, private, and locked ones under a passphrase. */
#include "../fuzz.h"
#include "base/limits.h"
#include "trust/key.h"

static void
round_trip(const struct key *key)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(key) struct key *again = NULL;
	struct plim_error err = { 0 };
	fuzz_demand(key_write_public(key, &text, &err) == 0 && key_parse_public(strbuf_slice(&text), &again, &err) == 0 && key_eq(key, again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(key) struct key *public = NULL, *private = NULL;
	struct slice text = { (const char *)data, size };
	struct plim_error err = { 0 };
	/* Deriving takes its time by intent; here it may not. */
	LIMIT_KEY_DERIVE_BYTES = 65536;
	if (key_parse_public(text, &public, &err) == 0)
		round_trip(public);
	if (key_parse_private(text, SLICE("open"), &private, &err) == 0)
		round_trip(private);
	return 0;
}

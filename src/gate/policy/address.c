/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/policy/address.h"

#include "base/error.h"
#include "base/limits.h"
#include "gate/trust/keys.h"
#include "gate/trust/trusting.h"
#include "policy/pin.h"

#include <time.h>

bool
policy_is_address(const char *name)
{
	struct slice text = slice_of(name);
	return slice_starts(text, SLICE("https://")) || slice_starts(text, SLICE("http://")) || slice_starts(text, SLICE("oci://"));
}

static int
text_of(struct fetched *fetched, struct arena *arena, struct slice *out, struct plim_error *err)
{
	int r = fetched_text(fetched, LIMIT_POLICY_BYTES, arena, out, err);
	return r == PLIM_ELIMIT ? error_wrap(err, r, "beyond limit POLICY_BYTES") : r;
}

static int
fetch_address(struct run *run, struct slice name, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct fetched fetched = { .fd = -1 };
	struct fetcher *fetcher;
	struct digest pin;
	struct slice address;
	if (!pin_cut(name, &address, &pin) || pin.algorithm == DIGEST_NONE)
		return error_set(err, PLIM_EUSAGE, "a policy at an address needs its digest: https://...#sha256=HEX");
	int r = run_fetcher(run, &fetcher, err);
	if (r < 0 || (r = fetcher_address(fetcher, address, arena, &fetched, err)) < 0 || (r = text_of(&fetched, arena, out, err)) < 0)
		return r;
	return pin_check(&pin, *out, err);
}

/* An artifact: its configuration, one layer, and the manifest that leads to them. */
static int
fetch_layer(struct trusting *artifact, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct closure_answer closure = { 0 };
	struct fetched fetched = { .fd = -1 };
	const struct remote *remote = &artifact->remote;
	int r = trusting_closure(artifact, arena, &closure, err);
	if (r < 0)
		return r;
	if (closure.n != 3 || closure.items[1].is_manifest)
		return error_set(err, PLIM_EFORMAT, "no artifact with a policy as its only layer");
	r = fetcher_document(remote->fetcher, remote->root.repository, FETCHED_BLOB, &closure.items[1].digest, arena, &fetched, err);
	return r < 0 ? r : text_of(&fetched, arena, out, err);
}

static int
check_signed(struct trusting *artifact, const char *key, struct arena *arena, struct plim_error *err)
{
	const char *const keys[] = { key, NULL };
	struct verify_order order = { .now = time(NULL), .repository = artifact->remote.root.repository };
	struct verify_answer answer = { 0 };
	int r = trust_keys_load(keys, arena, &order.keys, &order.key_count, err);
	if (r == 0)
		r = trusting_ask(artifact, SAY_VERIFY, &wire_verify_order, &order, &wire_verify_answer, arena, &answer, err);
	if (r < 0 || answer.outcome == OUTCOME_HELD)
		return r;
	return error_set(err, PLIM_EPOLICY, "the policy is not signed by %s", key);
}

static int
fetch_artifact(struct run *run, struct slice reference, const char *key, struct arena *arena, struct slice *out, struct plim_error *err)
{
	AUTO(trusting) struct trusting artifact = TRUSTING_NONE;
	const char *target = arena_strz(arena, arena_printf(arena, "docker://%.*s", SLICE_ARG(reference)));
	if (target == NULL)
		return error_nomem(err);
	if (slice_find(reference, '@') == SIZE_MAX)
		return error_set(err, PLIM_EUSAGE, "a policy at an address needs its digest: oci://REF@sha256:HEX");
	int r = trusting_open(run, target, &artifact, err);
	if (r == 0 && key)
		r = check_signed(&artifact, key, arena, err);
	return r < 0 ? r : fetch_layer(&artifact, arena, out, err);
}

int
policy_address_fetch(struct run *run, const char *address, const char *key, struct arena *arena, struct slice *text, struct plim_error *err)
{
	struct slice rest = slice_of(address);
	int r;
	if (slice_skip(&rest, SLICE("oci://")))
		r = fetch_artifact(run, rest, key, arena, text, err);
	else if (key)
		r = error_set(err, PLIM_EUSAGE, "only a policy in a registry, oci://, can be signed");
	else
		r = fetch_address(run, rest, arena, text, err);
	return r < 0 ? error_wrap(err, r, "%s", address) : 0;
}

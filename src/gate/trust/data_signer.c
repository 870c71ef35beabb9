/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/trust/data_signer.h"

#include "base/date.h"
#include "base/error.h"
#include "gate/trust/held_keys.h"
#include "gate/trust/keys.h"
#include "trust/data.h"

#include <time.h>

const struct wire_struct wire_data_keys = { sizeof(struct data_keys), (const struct wire_field[]){
	WIRE_MANY(struct data_keys, keys, key_count, &wire_trust_key), WIRE_PLAIN(WIRE_U64, struct data_keys, now), { WIRE_END, 0, 0, 0, NULL } } };

int
data_keys_load(const char *const *paths, struct arena *arena, struct data_keys *out, struct plim_error *err)
{
	*out = (struct data_keys){ .now = time(NULL) };
	return trust_keys_load(paths, arena, &out->keys, &out->key_count, err);
}

static int
check(const struct database *database, const struct data_keys *orders, struct arena *arena, struct data_signer *out, struct plim_error *err)
{
	AUTO(held_keys) struct held_keys keys = { 0 };
	const struct digest root = database_digest(database);
	const struct trusted_key *by;
	struct data_signature found;
	char id[DIGEST_TEXT_SIZE];
	int r = held_keys_take(orders->keys, orders->key_count, arena, &keys, err);
	if (r < 0 || (r = data_verify(database_signatures(database), &root, keys.at, keys.n, orders->now, arena, &found, &by, err)) < 0)
		return r;
	const struct digest key = key_id(by->key);
	*out = (struct data_signer){ arena_printf(arena, "%.*s (%s)", SLICE_ARG(by->name), digest_text(&key, id)), found.claim.time, found.claim.serial };
	return out->text.p ? 0 : error_nomem(err);
}

int
data_signer_check(const struct database *database, const char *path, const struct data_keys *keys, struct arena *arena, struct data_signer *out,
                  struct plim_error *err)
{
	const struct digest root = database_digest(database);
	if (keys->key_count == 0) {
		*out = (struct data_signer){ .time = DATE_NONE, .serial = data_serial(database_signatures(database), &root, arena) };
		return 0;
	}
	int r = check(database, keys, arena, out, err);
	return r < 0 ? error_wrap(err, r, "%s", path) : 0;
}

int
data_serial_check(uint64_t serial, uint64_t installed, struct plim_error *err)
{
	if (serial == 0 || serial >= installed)
		return 0;
	return error_set(err, PLIM_EUSAGE, "its serial is %ju, the one that is installed has %ju: it is older; --allow-older takes it", (uintmax_t)serial, (uintmax_t)installed);
}

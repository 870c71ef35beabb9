/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/trust/held_keys.h"

#include "base/error.h"

const struct wire_struct wire_trust_key = { sizeof(struct trust_key_order), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct trust_key_order, pem), WIRE_PLAIN(WIRE_SLICE, struct trust_key_order, name),
	WIRE_PLAIN(WIRE_SLICE, struct trust_key_order, may), WIRE_CHOICE(struct trust_key_order, role, KEY_ROLE_COUNT - 1),
	WIRE_PLAIN(WIRE_U64, struct trust_key_order, from), WIRE_PLAIN(WIRE_U64, struct trust_key_order, until), { WIRE_END, 0, 0, 0, NULL } } };

void
held_keys_done(struct held_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		key_free((struct key *)keys->at[i].key);
}

static int
key_take(const struct trust_key_order *order, struct arena *arena, struct trusted_key *out, struct plim_error *err)
{
	struct key *key = NULL;
	struct companion *may = NULL;
	int r = key_parse_public(order->pem, &key, err);
	*out = (struct trusted_key){ .key = key, .name = order->name, .role = order->role, .from = order->from, .until = order->until };
	if (r == 0 && order->may.p)
		r = companion_parse(order->name, order->may, arena, &may, err);
	out->may = may;
	if (r == 0 && may && may->key.algorithm != DIGEST_NONE) {
		const struct digest id = key_id(key);
		r = digest_eq(&may->key, &id) ? 0 : error_set(err, PLIM_EUSAGE, "the companion beside it is of another key");
	}
	if (may && out->role == KEY_ROLE_NONE)
		out->role = may->role;
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(order->name)) : 0;
}

int
held_keys_take(const struct trust_key_order *orders, size_t n, struct arena *arena, struct held_keys *out, struct plim_error *err)
{
	out->at = arena_make_array(arena, n, struct trusted_key);
	if (out->at == NULL)
		return error_nomem(err);
	int r = 0;
	for (; r == 0 && out->n < n; out->n++)
		r = key_take(&orders[out->n], arena, &out->at[out->n], err);
	return r;
}

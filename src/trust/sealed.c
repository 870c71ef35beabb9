/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/sealed.h"

#include "base/date.h"
#include "base/error.h"
#include "trust/dsse.h"

static bool
may_on(const struct trusted_key *key, int64_t day)
{
	bool in_time = (key->from == DATE_NONE || day >= key->from) && (key->until == DATE_NONE || day <= key->until);
	return in_time && (key->may == NULL || companion_allows_day(key->may, day, NULL) == 0);
}

static bool
is_signed(const struct dsse *envelope, enum key_role role, const struct trusted_key *keys, size_t n, int64_t day)
{
	for (size_t i = 0; i < n; i++)
		if (keys[i].role == role && may_on(&keys[i], day) && dsse_verify(envelope, keys[i].key))
			return true;
	return false;
}

int
sealed_open(const struct sealing *sealing, struct slice envelope, const struct trusted_key *keys, size_t key_count, int64_t now, struct arena *arena,
            struct slice *payload, struct plim_error *err)
{
	struct dsse *opened;
	int r = dsse_parse(envelope, arena, &opened, err);
	if (r < 0)
		return error_wrap(err, r, "%s", sealing->what);
	if (!slice_is(opened->payload_type, sealing->payload_type))
		return error_set(err, PLIM_EUSAGE, "%s: the envelope holds something else", sealing->what);
	if (!is_signed(opened, sealing->role, keys, key_count, date_day(now)))
		return error_set(err, PLIM_EUSAGE, "%s: no trusted key that may %s has signed it", sealing->what, key_role_name(sealing->role));
	*payload = opened->payload;
	return 0;
}

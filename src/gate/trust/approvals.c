/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/trust/approvals.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"
#include "gate/trust/held_keys.h"
#include "trust/exceptions.h"

struct weighing {
	struct arena *arena;
	struct held_keys keys;
	VEC(struct given_approval) given;    /* of the file at hand */
	struct given_approvals about;
};

static void
auto_weighing(struct weighing *w)
{
	held_keys_done(&w->keys);
	vec_done(&w->given);
	arena_free(w->arena);
}

static int
take_keys(struct weighing *w, const struct origin_signer *signers, size_t n, struct plim_error *err)
{
	struct trust_key_order *orders = arena_make_array(w->arena, n, struct trust_key_order);
	if (orders == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		orders[i] = (struct trust_key_order){ .pem = signers[i].text, .name = signers[i].name, .from = signers[i].from, .until = signers[i].until };
	return held_keys_take(orders, n, w->arena, &w->keys, err);
}

static size_t
first_same(const struct held_keys *keys, size_t at)
{
	size_t i = 0;
	while (i < at && !key_eq(keys->at[i].key, keys->at[at].key))
		i++;
	return i;
}

/* By whichever of the keys made it: one key may be listed twice, for two times. */
static int
take_approval(struct weighing *w, const struct exceptions_approval *approval, const struct digest *file, struct plim_error *err)
{
	bool mine = false;
	for (size_t i = 0; i < w->keys.n; i++) {
		if (!dsse_verify(approval->envelope, w->keys.at[i].key))
			continue;
		mine = true;
		if (!digest_eq(&approval->claim.digest, file))
			continue;
		struct given_approval *given = vec_push(&w->given);
		if (given == NULL)
			return error_nomem(err);
		*given = (struct given_approval){ i, first_same(&w->keys, i), date_day(approval->claim.time) };
	}
	w->about.of_another_text += mine && !digest_eq(&approval->claim.digest, file);
	return 0;
}

/* One that cannot be read hinders no other. */
static int
note_trouble(struct weighing *w, const struct approvable *file, size_t line, const struct plim_error *why, struct plim_error *err)
{
	if (w->about.trouble.p)
		return 0;
	w->about.trouble = arena_printf(w->arena, "%.*s.approvals:%zu: %s", SLICE_ARG(file->name), line, why->text);
	return w->about.trouble.p ? 0 : error_nomem(err);
}

static int
take_lines(struct weighing *w, const struct approvable *file, struct plim_error *err)
{
	struct slice lines = file->approvals;
	int r = 0;
	for (size_t line = 1; r == 0 && lines.n > 0; line++) {
		struct exceptions_approval approval;
		struct plim_error why = { 0 };
		bool there;
		if (line > LIMIT_SIGNATURE_COUNT)
			return error_set(err, PLIM_ELIMIT, "%.*s.approvals: more than limit SIGNATURE_COUNT", SLICE_ARG(file->name));
		int got = exceptions_approval_next(&lines, w->arena, &approval, &there, &why);
		if (got == 0 && !there)
			break;
		r = got == 0 ? take_approval(w, &approval, &file->digest, err) : got == PLIM_ENOMEM ? error_nomem(err) : note_trouble(w, file, line, &why, err);
	}
	return r;
}

static int
weigh_file(struct weighing *w, struct policy *policy, size_t at, const struct approvable *file, struct plim_error *err)
{
	w->given.n = 0;
	w->about = (struct given_approvals){ .trouble = SLICE_NONE };
	int r = take_lines(w, file, err);
	w->about.at = w->given.at;
	w->about.n = w->given.n;
	return r < 0 ? r : policy_approve(policy, at, &w->about, err);
}

int
approvals_check(struct policy *policy, struct plim_error *err)
{
	AUTO(weighing) struct weighing w = { .arena = arena_new(0) };
	const struct origin_signer *signers;
	struct approvable file;
	size_t n = policy_approvers(policy, &signers);
	if (w.arena == NULL)
		return error_nomem(err);
	int r = n ? take_keys(&w, signers, n, err) : 0;
	for (size_t i = 0; r == 0 && n && policy_approvable(policy, i, &file); i++)
		r = weigh_file(&w, policy, i, &file, err);
	return r;
}

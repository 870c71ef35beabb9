/* SPDX-License-Identifier: Apache-2.0 */
/* Which of a policy's files enough people approved. */
#include "policy/approvals.h"

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "policy/extend.h"
#include "policy/notes.h"

int
approvals_load(struct policy *policy, int directory, struct slice file, struct slice *out, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t size;
	struct slice path = arena_printf(policy->arena, "%.*s.approvals", SLICE_ARG(file));
	*out = SLICE_NONE;
	if (path.p == NULL)
		return error_nomem(err);
	int r = file_read(directory, path.p, LIMIT_POLICY_BYTES, &bytes, &size, err);
	if (r == PLIM_ENOTFOUND)
		return 0;
	if (r < 0)
		return error_wrap(err, PLIM_EPOLICY, "approvals");
	*out = arena_dup(policy->arena, (struct slice){ bytes, size });
	return out->p ? 0 : error_nomem(err);
}

size_t
policy_approvers(const struct policy *policy, const struct origin_signer **out)
{
	*out = policy->approvers.at;
	return policy->approvers.n;
}

bool
policy_approvable(const struct policy *policy, size_t at, struct approvable *out)
{
	if (at >= policy->sources.n)
		return false;
	const struct policy_source *source = &policy->sources.at[at];
	*out = (struct approvable){ source->doc->name, digest_of(source->doc->text), source->approvals };
	return true;
}

int
policy_approve(struct policy *policy, size_t at, const struct given_approvals *given, struct plim_error *err)
{
	struct given_approvals *kept = &policy->sources.at[at].given;
	struct given_approval *list = arena_make_array(policy->arena, given->n + 1, struct given_approval);
	if (list == NULL)
		return error_nomem(err);
	if (given->n)
		memcpy(list, given->at, given->n * sizeof *list);
	*kept = *given;
	kept->at = list;
	kept->trouble = given->trouble.p ? arena_dup(policy->arena, given->trouble) : SLICE_NONE;
	return given->trouble.p && kept->trouble.p == NULL ? error_nomem(err) : 0;
}

static bool
is_within(const struct origin_signer *key, int64_t day)
{
	return (key->from == DATE_NONE || day >= key->from) && (key->until == DATE_NONE || day <= key->until);
}

static bool
counts(const struct policy *policy, const struct given_approval *given, int64_t today)
{
	const struct origin_signer *key = &policy->approvers.at[given->key];
	return given->day <= today && is_within(key, given->day) && is_within(key, today);
}

/* Each person once. */
static bool
is_first(const struct policy *policy, const struct given_approvals *given, size_t at, int64_t today)
{
	for (size_t i = 0; i < at; i++)
		if (given->at[i].same == given->at[at].same && counts(policy, &given->at[i], today))
			return false;
	return true;
}

static size_t
count_approvals(const struct policy *policy, const struct given_approvals *given, int64_t today, struct strbuf *names)
{
	size_t n = 0;
	for (size_t i = 0; i < given->n; i++) {
		if (!counts(policy, &given->at[i], today) || !is_first(policy, given, i, today))
			continue;
		struct slice name = policy->approvers.at[given->at[i].key].name;
		strbuf_printf(names, "%s%.*s", n++ ? ", " : " by ", SLICE_ARG(name));
	}
	return n;
}

bool
approvals_suffice(const struct policy *policy, const struct policy_source *source, int64_t today, struct strbuf *lacking)
{
	const struct given_approvals *given = &source->given;
	AUTO(strbuf) struct strbuf names = { 0 };
	size_t n = count_approvals(policy, given, today, &names);
	if (policy->approvers.n == 0 || n >= (uint64_t)policy->approvers.required)
		return true;
	strbuf_printf(lacking, "%zu of %lld approvals%.*s", n, (long long)policy->approvers.required, SLICE_ARG(strbuf_slice(&names)));
	if (given->of_another_text)
		strbuf_printf(lacking, "; %zu %s of another text: it was changed since", given->of_another_text, given->of_another_text == 1 ? "is" : "are");
	if (given->trouble.n)
		strbuf_printf(lacking, "; %.*s", SLICE_ARG(given->trouble));
	return false;
}

bool
exception_counts(const struct policy *policy, const struct exception *exception, int64_t today)
{
	AUTO(strbuf) struct strbuf ignored = { 0 };
	const struct policy_source *source = source_of(policy, exception->at);
	return policy->approvers.n == 0 || (source && approvals_suffice(policy, source, today, &ignored));
}

/* notes */

static const struct exception *
first_exception(const struct policy *policy, const struct policy_source *source)
{
	for (size_t i = 0; i < policy->exceptions.n; i++)
		if (policy->exceptions.at[i].at->doc == source->doc)
			return &policy->exceptions.at[i];
	return NULL;
}

void
policy_approval_notes(const struct policy *policy, int64_t now, struct strbuf *into)
{
	for (size_t i = 0; i < policy->sources.n; i++) {
		AUTO(strbuf) struct strbuf lacking = { 0 };
		const struct exception *first = first_exception(policy, &policy->sources.at[i]);
		if (first == NULL || approvals_suffice(policy, &policy->sources.at[i], date_day(now), &lacking))
			continue;
		note_begin(first->at, into);
		strbuf_puts(into, "the exceptions of this file do not count: ");
		strbuf_put_printable(into, strbuf_slice(&lacking));
		strbuf_putc(into, '\n');
	}
}

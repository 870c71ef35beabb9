/* SPDX-License-Identifier: Apache-2.0 */
/* As whom the image runs. */
#include "policy/metadata.h"

struct slice
metadata_user_text(struct metadata_judging *m)
{
	return m->user.text.n ? judge_text(m->judging, "User is '%.*s'", SLICE_ARG(m->user.text)) : SLICE("User is not set, which means root");
}

/* Accounts that nobody could read leave open who a name is; root is root without them. */
static int
judge_accounts_readable(struct metadata_judging *m, bool *readable, struct plim_error *err)
{
	struct slice reason = SLICE_NONE;
	bool root = slice_is(m->user.name, "0") || slice_is(m->user.name, "root");
	*readable = root || judge_sight(m->judging, SLICE("/etc/passwd"), &reason) < SIGHT_PARTLY;
	if (*readable)
		return 0;
	return metadata_cannot_tell(m, UNKNOWN_UNREADABLE, SLICE("/etc/passwd"),
	                            judge_text(m->judging, "the user cannot be resolved: %.*s", SLICE_ARG(reason)), err);
}

static int
judge_root(struct metadata_judging *m, struct plim_error *err)
{
	if (!m->wanted->user.root.set || (m->user.known && m->user.uid != 0))
		return 0;
	struct words words = {
		.rule = "metadata/user", .severity = SEVERITY_HIGH, .setting = SLICE("user"),
		.title = m->user.known ? SLICE("It runs as root") : SLICE("Its user does not exist"),
		.message = m->user.known ? metadata_user_text(m)
		                         : judge_text(m->judging, "User is '%.*s', which /etc/passwd and /etc/group do not have",
		                                      SLICE_ARG(m->user.text)),
		.fix = SLICE("USER 1000:1000 in the Dockerfile, with the files that it writes owned by it"),
	};
	return metadata_report(m, &m->wanted->user.root.terms, &words, err);
}

static int
judge_numeric(struct metadata_judging *m, struct plim_error *err)
{
	if (!m->wanted->user.numeric.set || m->user.numeric)
		return 0;
	struct words words = {
		.rule = "metadata/user-numeric", .setting = SLICE("user"), .title = SLICE("Its user is not a number"),
		.message = judge_text(m->judging, "%.*s; a cluster that forbids root can only check numbers", SLICE_ARG(metadata_user_text(m))),
		.fix = SLICE("USER with the number of the account instead of its name"),
	};
	return metadata_report(m, &m->wanted->user.numeric.terms, &words, err);
}

static int
judge_user_exists(struct metadata_judging *m, struct plim_error *err)
{
	if (!m->wanted->user.exists.set || m->user.listed)
		return 0;
	struct words words = {
		.rule = "metadata/user-exists", .setting = SLICE("user"), .title = SLICE("Its user has no account"),
		.message = judge_text(m->judging, "%.*s; /etc/passwd does not have it", SLICE_ARG(metadata_user_text(m))),
	};
	return metadata_report(m, &m->wanted->user.exists.terms, &words, err);
}

int
judge_user(struct metadata_judging *m, struct plim_error *err)
{
	bool readable;
	if (!m->wanted->user.root.set && !m->wanted->user.numeric.set && !m->wanted->user.exists.set)
		return 0;
	int r = judge_accounts_readable(m, &readable, err);
	if (r == 0 && readable)
		r = judge_root(m, err);
	if (r == 0 && readable)
		r = judge_user_exists(m, err);
	return r < 0 ? r : judge_numeric(m, err);
}

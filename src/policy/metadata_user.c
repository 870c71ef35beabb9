/* SPDX-License-Identifier: Apache-2.0 */
/* As whom the image runs. */
#include "policy/metadata.h"

#include "base/glob.h"
#include "policy/read_metadata.h"

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

/* Whose terms ask for numbers, which a user that does not exist has none of; answers how many. */
static size_t
asked_of_ids(const struct metadata *wanted, const struct terms *asked[4])
{
	const struct allowance *const allowances[] = { &wanted->user.uid, &wanted->user.gid, &wanted->user.groups };
	size_t n = 0;
	if (wanted->user.root.set)
		asked[n++] = &wanted->user.root.terms;
	for (size_t i = 0; i < sizeof allowances / sizeof *allowances; i++)
		if (metadata_asks(allowances[i]))
			asked[n++] = &allowances[i]->terms;
	return n;
}

static struct words
words_of_user(struct slice title, struct slice message)
{
	return (struct words){
		.rule = "metadata/user", .severity = SEVERITY_HIGH, .setting = SLICE("user"), .title = title, .message = message,
		.fix = SLICE("USER 1000:1000 in the Dockerfile, with the files that it writes owned by it"),
	};
}

/* It meets nothing that is asked of its numbers; that is told once. */
static int
judge_nobody(struct metadata_judging *m, struct plim_error *err)
{
	const struct terms *asked[4];
	struct words words = words_of_user(SLICE("Its user does not exist"), judge_text(m->judging, "User is '%.*s', which /etc/passwd and /etc/group do not have",
	                                                                                SLICE_ARG(m->user.text)));
	return m->user.known ? 0 : metadata_report_once(m, asked, asked_of_ids(m->wanted, asked), &words, err);
}

static int
judge_root(struct metadata_judging *m, struct plim_error *err)
{
	if (!m->wanted->user.root.set || !m->user.known || m->user.uid != 0)
		return 0;
	struct words words = words_of_user(SLICE("It runs as root"), metadata_user_text(m));
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

/* ids and groups */

static bool
names_group(const struct slice_list *list, const struct runtime_group *group)
{
	struct slice name = group->name.n ? group->name : group->gid == 0 ? SLICE("root") : SLICE_NONE;
	for (size_t i = 0; i < list->n; i++) {
		struct id_range range;
		bool numeric = id_range_parse(list->at[i], &range);
		if (numeric ? group->gid >= range.from && group->gid <= range.to : name.n && glob_match(list->at[i], name))
			return true;
	}
	return false;
}

/* What is wrong with it; absent if nothing. */
static struct slice
objection(const struct allowance *allowance, const struct runtime_group *group)
{
	if (names_group(&allowance->deny, group))
		return SLICE("the policy denies it");
	if (allowance->has_allow && !names_group(&allowance->allow, group))
		return SLICE("the policy does not allow it");
	return SLICE_NONE;
}

static int
judge_id(struct metadata_judging *m, const struct allowance *allowance, const char *rule, const char *what, uint32_t id, struct plim_error *err)
{
	struct runtime_group numbered = { .name = SLICE(""), .gid = id };
	struct slice why = objection(allowance, &numbered);
	if (!metadata_asks(allowance) || why.n == 0)
		return 0;
	struct words words = {
		.rule = rule, .setting = SLICE("user"), .title = judge_text(m->judging, "It runs as %s %u", what, id),
		.message = judge_text(m->judging, "%.*s; %.*s", SLICE_ARG(why), SLICE_ARG(metadata_user_text(m))),
		.fix = SLICE("USER with the numbers of an account that the policy allows"),
	};
	return metadata_report(m, &allowance->terms, &words, err);
}

static int
report_group(struct metadata_judging *m, const struct runtime_group *group, struct slice why, struct plim_error *err)
{
	struct slice name = group->name.n ? judge_text(m->judging, "%.*s (%u)", SLICE_ARG(group->name), group->gid) : judge_text(m->judging, "%u", group->gid);
	struct words words = {
		.rule = "metadata/user-group", .setting = judge_text(m->judging, "group:%u", group->gid),
		.title = judge_text(m->judging, "It runs with the group %.*s", SLICE_ARG(name)),
		.message = judge_text(m->judging, "%.*s; %s; %.*s", SLICE_ARG(why),
		                      group->supplementary ? "/etc/group lists its account as a member" : "it is the primary group", SLICE_ARG(metadata_user_text(m))),
		.fix = group->supplementary ? SLICE("take the account out of the group") : SLICE("USER with a group of its own, as 1000:1000"),
	};
	return metadata_report(m, &m->wanted->user.groups.terms, &words, err);
}

/* A number once, whatever names it has: they stand beside each other, but for the primary one. */
static int
judge_each_group(struct metadata_judging *m, struct plim_error *err)
{
	const struct runtime_group *groups = m->user.groups, *told = NULL, *primary = NULL;
	int r = 0;
	for (size_t i = 0; r == 0 && i < m->user.group_count; i++) {
		struct slice why = objection(&m->wanted->user.groups, &groups[i]);
		if (why.n == 0 || (told && told->gid == groups[i].gid) || (primary && primary->gid == groups[i].gid))
			continue;
		told = &groups[i];
		if (i == 0)
			primary = told;
		r = report_group(m, told, why, err);
	}
	return r;
}

/* Who is in which group is told by /etc/group alone, root's too. */
static int
judge_groups(struct metadata_judging *m, struct plim_error *err)
{
	struct slice reason = SLICE_NONE;
	int r = 0;
	if (!metadata_asks(&m->wanted->user.groups))
		return 0;
	if (judge_sight(m->judging, SLICE("/etc/group"), &reason) >= SIGHT_PARTLY)
		r = metadata_cannot_tell(m, UNKNOWN_UNREADABLE, SLICE("/etc/group"),
		                         judge_text(m->judging, "the groups of the user cannot be told: %.*s", SLICE_ARG(reason)), err);
	if (r == 0 && m->user.groups_cut)
		r = metadata_cannot_tell(m, UNKNOWN_LIMIT, SLICE("/etc/group"), SLICE("the user is in more groups than limit USER_GROUP_COUNT"), err);
	return r < 0 ? r : judge_each_group(m, err);
}

/* what layers make of it */

enum told { STAYS, UNTOLD, CHANGES };

struct change {
	enum runtime_id which;
	uint32_t now, then;
	size_t layer;              /* whose accounts say so */
	bool gone;                 /* no such account any more */
};

static uint32_t
id_now(const struct runtime_user *user, enum runtime_id which)
{
	return which == RUNTIME_UID ? user->uid : user->gid;
}

/*
 * What the accounts of the base make of the user; where no base is known, those of any layer, the highest first.  A layer
 * that brings no accounts has those of the layer below.
 */
static enum told
change_find(const struct metadata_judging *m, enum runtime_id which, struct change *out)
{
	const struct inventory *inventory = m->judging->inventory;
	bool of_base = inventory->base_layers > 0;
	enum told told = STAYS;
	for (size_t layer = of_base ? inventory->base_layers : inventory->block_count; layer-- > 0;) {
		uint32_t then = 0;
		enum runtime_past past = runtime_user_past(inventory, &m->user, (uint32_t)layer, which, &then);
		bool differs = past == PAST_ACCOUNT && (!m->user.known || then != id_now(&m->user, which));
		if (differs || (past == PAST_UNKNOWN && told == STAYS))
			*out = (struct change){ which, id_now(&m->user, which), then, layer, !m->user.known };
		if (differs)
			return CHANGES;
		if (past == PAST_UNKNOWN)
			told = UNTOLD;
		if (of_base && past != PAST_NO_FILE)
			return told;
	}
	return told;
}

static struct slice
accounts_of(const struct metadata_judging *m, const struct change *change)
{
	return change->which == RUNTIME_GID && m->user.group.n > 0 ? SLICE("/etc/group") : SLICE("/etc/passwd");
}

static int
report_change(struct metadata_judging *m, const struct change *change, struct plim_error *err)
{
	struct slice path = accounts_of(m, change);
	const struct node *node = tree_resolve(m->judging->inventory->tree, path);
	const char *id = change->which == RUNTIME_UID ? "uid" : "gid";
	struct words words = {
		.rule = "metadata/user-stable", .severity = SEVERITY_HIGH, .setting = judge_text(m->judging, "user:%s", id), .path = path, .layer = node ? node->layer : UINT32_MAX,
		.title = SLICE("Its user is not the one that lower layers know by this name"),
		.message = change->gone ? judge_text(m->judging, "%.*s: %s %u by the accounts of layer %zu, none by those of the image", SLICE_ARG(metadata_user_text(m)),
		                                     id, change->then, change->layer)
		                        : judge_text(m->judging, "%.*s: %s %u by the accounts of layer %zu, %u by those of the image", SLICE_ARG(metadata_user_text(m)),
		                                     id, change->then, change->layer, change->now),
		.fix = SLICE("USER with numbers, or leave the accounts of the base as they are"),
	};
	return metadata_report(m, &m->wanted->user.stable.terms, &words, err);
}

static int
report_untold(struct metadata_judging *m, const struct change *change, struct plim_error *err)
{
	struct slice reason = judge_text(m->judging, "what the user was cannot be told: in layer %zu it is a link, or could not be read", change->layer);
	return metadata_cannot_tell(m, UNKNOWN_UNREADABLE, accounts_of(m, change), reason, err);
}

static int
judge_stable(struct metadata_judging *m, struct plim_error *err)
{
	struct change uid, gid;
	int r = 0;
	if (!m->wanted->user.stable.set)
		return 0;
	enum told of_uid = change_find(m, RUNTIME_UID, &uid), of_gid = change_find(m, RUNTIME_GID, &gid);
	if (of_uid == CHANGES)
		r = report_change(m, &uid, err);
	if (r == 0 && of_gid == CHANGES)
		r = report_change(m, &gid, err);
	if (r == 0 && of_uid == UNTOLD)
		r = report_untold(m, &uid, err);
	/* One file need be told once. */
	if (r == 0 && of_gid == UNTOLD && (of_uid != UNTOLD || m->user.group.n > 0))
		r = report_untold(m, &gid, err);
	return r;
}

static bool
asks_anything(const struct metadata *wanted)
{
	const struct terms *asked[4];
	return asked_of_ids(wanted, asked) > 0 || wanted->user.numeric.set || wanted->user.exists.set || wanted->user.stable.set;
}

int
judge_user(struct metadata_judging *m, struct plim_error *err)
{
	static metadata_fn *const resolved[] = { judge_nobody, judge_root, judge_user_exists, judge_groups, judge_stable };
	bool readable;
	if (!asks_anything(m->wanted))
		return 0;
	int r = judge_accounts_readable(m, &readable, err);
	for (size_t i = 0; r == 0 && readable && i < sizeof resolved / sizeof *resolved; i++)
		r = resolved[i](m, err);
	if (r == 0 && readable && m->user.known)
		r = judge_id(m, &m->wanted->user.uid, "metadata/user-uid", "uid", m->user.uid, err);
	if (r == 0 && readable && m->user.known)
		r = judge_id(m, &m->wanted->user.gid, "metadata/user-gid", "gid", m->user.gid, err);
	return r < 0 ? r : judge_numeric(m, err);
}

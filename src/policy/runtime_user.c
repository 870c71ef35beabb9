/* SPDX-License-Identifier: Apache-2.0 */
/* Users as Docker, containerd and podman resolve them. */
#include "policy/runtime.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"

static bool
to_id(struct slice text, uint32_t *out)
{
	uint64_t number;
	if (!slice_to_u64(text, 10, &number) || number > UINT32_MAX)
		return false;
	*out = (uint32_t)number;
	return true;
}

/* A number as the runtimes read one in User: with a sign, and below 2^31.  `*fits` tells the latter. */
static bool
to_given_id(struct slice text, uint32_t *out, bool *fits)
{
	bool minus = slice_skip(&text, SLICE("-"));
	if (!minus)
		slice_skip(&text, SLICE("+"));
	if (text.n == 0 || !slice_to_u64(text, 10, &(uint64_t){ 0 }))
		return false;
	*fits = to_id(text, out) && *out <= INT32_MAX && (!minus || *out == 0);
	return true;
}

/* A file of accounts: which rows are its lines, and which of their fields is what. */
struct account_file {
	const char *path;
	enum row_kind kind;
	uint32_t name, id;
};

static const struct account_file users_file = { "/etc/passwd", ROW_USERS, USERS_USERNAME, USERS_UID };
static const struct account_file groups_file = { "/etc/group", ROW_GROUPS, GROUPS_GROUPNAME, GROUPS_GID };

/* A number is always an id to the runtimes, though there be an account of that name. */
static bool
row_is(const struct account_file *file, const struct block *block, const struct row *row, struct slice name)
{
	uint32_t wanted, id;
	bool fits;
	if (to_given_id(name, &wanted, &fits))
		return fits && to_id(block_field(block, row, file->id), &id) && id == wanted;
	return slice_eq(block_field(block, row, file->name), name);
}

static bool
next_row_of(const struct inventory *inventory, const struct account_file *file, struct row_walk *walk, struct shown_row *out)
{
	while (inventory_next_row(inventory, file->kind, walk, out)) {
		strbuf_clear(inventory->scratch);
		node_path(out->node, inventory->scratch);
		if (slice_is(strbuf_slice(inventory->scratch), file->path))
			return true;
	}
	return false;
}

/* Of several rows the first counts. */
static bool
account_find(const struct inventory *inventory, const struct account_file *file, struct slice name, struct shown_row *out)
{
	struct row_walk walk = { 0 };
	while (next_row_of(inventory, file, &walk, out))
		if (row_is(file, out->block, &out->row, name))
			return true;
	return false;
}

/* A number that cannot be read is 0 to the runtimes: such a line makes its user root. */
static uint32_t
row_id(const struct block *block, const struct row *row, uint32_t field)
{
	uint32_t id;
	return to_id(block_field(block, row, field), &id) ? id : 0;
}

/* groups */

static bool
has_member(struct slice members, struct slice name)
{
	for (struct slice member; slice_next(&members, ',', &member);)
		if (slice_eq(member, name))
			return true;
	return false;
}

static struct slice
group_name(const struct inventory *inventory, uint32_t gid)
{
	struct row_walk walk = { 0 };
	for (struct shown_row shown; next_row_of(inventory, &groups_file, &walk, &shown);)
		if (row_id(shown.block, &shown.row, GROUPS_GID) == gid)
			return block_field(shown.block, &shown.row, GROUPS_GROUPNAME);
	return SLICE_NONE;
}

struct groups {
	VEC(struct runtime_group) list;
};

static void
auto_groups(struct groups *groups)
{
	vec_done(&groups->list);
}

static int
group_cmp(const void *a, const void *b)
{
	const struct runtime_group *one = a, *other = b;
	return one->gid != other->gid ? (one->gid < other->gid ? -1 : 1) : slice_cmp(one->name, other->name);
}

/* Those that list the account, by number and name, each once: /etc/group may say the same a million times. */
static int
list_memberships(const struct inventory *inventory, struct slice account, struct groups *out, struct plim_error *err)
{
	struct row_walk walk = { 0 };
	size_t kept = 0;
	for (struct shown_row shown; account.n && next_row_of(inventory, &groups_file, &walk, &shown);) {
		if (!has_member(block_field(shown.block, &shown.row, GROUPS_MEMBERS), account))
			continue;
		struct runtime_group *group = vec_push(&out->list);
		if (group == NULL)
			return error_nomem(err);
		*group = (struct runtime_group){ block_field(shown.block, &shown.row, GROUPS_GROUPNAME), row_id(shown.block, &shown.row, GROUPS_GID), true };
	}
	if (out->list.n)
		qsort(out->list.at, out->list.n, sizeof *out->list.at, group_cmp);
	vec_each (&out->list, group)
		if (kept == 0 || group_cmp(group, &out->list.at[kept - 1]) != 0)
			out->list.at[kept++] = *group;
	out->list.n = kept;
	return 0;
}

/* Docker leaves the groups that list the account out where User names a group; containerd under Kubernetes does not. */
static int
list_groups(const struct inventory *inventory, struct arena *arena, struct slice account, struct runtime_user *user, struct plim_error *err)
{
	AUTO(groups) struct groups listed = { 0 };
	int r = list_memberships(inventory, account, &listed, err);
	if (r < 0)
		return r;
	size_t n = listed.list.n;
	user->groups_cut = n > LIMIT_USER_GROUP_COUNT;
	if (user->groups_cut)
		n = LIMIT_USER_GROUP_COUNT;
	struct runtime_group *groups = arena_make_array(arena, n + 1, struct runtime_group);
	if (groups == NULL)
		return error_nomem(err);
	groups[0] = (struct runtime_group){ group_name(inventory, user->gid), user->gid, false };
	if (n)
		memcpy(groups + 1, listed.list.at, n * sizeof *groups);
	user->groups = groups;
	user->group_count = n + 1;
	return 0;
}

static void
resolve_group(const struct inventory *inventory, struct runtime_user *user)
{
	struct shown_row shown;
	bool fits = false;
	if (user->group.n == 0)
		return;
	if (account_find(inventory, &groups_file, user->group, &shown))
		user->gid = row_id(shown.block, &shown.row, GROUPS_GID);
	else if (!to_given_id(user->group, &user->gid, &fits) || !fits)
		user->known = false;
}

/* users */

int
runtime_user_resolve(const struct inventory *inventory, struct arena *arena, struct runtime_user *out, struct plim_error *err)
{
	struct shown_row shown;
	bool fits = false;
	*out = (struct runtime_user){ .text = inventory->image->config->user };
	slice_cut(out->text, ':', &out->name, &out->group);
	out->numeric = to_given_id(out->name, &out->uid, &fits);
	if (out->name.n == 0)
		out->name = SLICE("0");
	out->listed = account_find(inventory, &users_file, out->name, &shown);
	if (out->listed) {
		out->uid = row_id(shown.block, &shown.row, USERS_UID);
		out->gid = row_id(shown.block, &shown.row, USERS_GID);
	}
	out->known = out->listed || (out->numeric ? fits : slice_is(out->name, "0") || slice_is(out->name, "root"));
	resolve_group(inventory, out);
	if (!out->known)
		return 0;
	return list_groups(inventory, arena, out->listed ? block_field(shown.block, &shown.row, USERS_USERNAME) : SLICE_NONE, out, err);
}

static bool
is_in_group(const struct runtime_user *user, uint32_t gid)
{
	for (size_t i = 0; i < user->group_count; i++)
		if (user->groups[i].gid == gid)
			return true;
	return false;
}

bool
runtime_may(const struct runtime_user *user, const struct entry *entry, unsigned bit)
{
	if (user->uid == 0)
		return bit != 1 || (entry->mode & 0111) || entry->type == ENTRY_DIRECTORY;
	if (user->uid == entry->uid)
		return entry->mode & (bit << 6);
	if (is_in_group(user, entry->gid))
		return entry->mode & (bit << 3);
	return entry->mode & bit;
}

/* layers */

/* What this layer itself brought at a path; of a path that its archive has twice the later counts. */
static bool
entry_find(const struct block *block, const char *path, struct entry *out, uint32_t *index)
{
	for (uint32_t i = block_entry_count(block); i-- > 0;) {
		enum entry_type type = block_entry_type(block, i);
		if (type == ENTRY_WHITEOUT || type == ENTRY_OPAQUE || !slice_is(block_entry_path(block, i), path))
			continue;
		*out = block_entry(block, i);
		*index = i;
		return true;
	}
	return false;
}

static enum runtime_past
past_in_entry(const struct block *block, const struct account_file *file, uint32_t entry, struct slice name, uint32_t id_field, uint32_t *id)
{
	enum runtime_past past = PAST_UNKNOWN;
	for (uint32_t i = 0; i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		if (row.kind != file->kind || row.entry != entry)
			continue;
		past = PAST_NO_ACCOUNT;
		if (!row_is(file, block, &row, name))
			continue;
		*id = row_id(block, &row, id_field);
		return PAST_ACCOUNT;
	}
	return past;
}

/* Only a file at the path itself is read: what a link leads to, or /etc as one, is not told. */
static enum runtime_past
past_in(const struct block *block, const struct account_file *file, struct slice name, uint32_t id_field, uint32_t *id)
{
	struct entry entry;
	uint32_t index;
	if (!entry_find(block, file->path + 1, &entry, &index))
		return entry_find(block, "etc", &entry, &index) && entry.type != ENTRY_DIRECTORY ? PAST_UNKNOWN : PAST_NO_FILE;
	if (entry.type != ENTRY_FILE)
		return PAST_UNKNOWN;
	return entry.size == 0 ? PAST_NO_ACCOUNT : past_in_entry(block, file, index, name, id_field, id);
}

/* A number is the same whatever the accounts say. */
static bool
is_number(const struct runtime_user *user, enum runtime_id which)
{
	return which == RUNTIME_UID ? user->numeric : to_given_id(user->group, &(uint32_t){ 0 }, &(bool){ false });
}

enum runtime_past
runtime_user_past(const struct inventory *inventory, const struct runtime_user *user, uint32_t layer, enum runtime_id which, uint32_t *id)
{
	const struct block *block = inventory->blocks[layer];
	if (block == NULL || is_number(user, which))
		return PAST_NO_FILE;
	if (which == RUNTIME_UID)
		return past_in(block, &users_file, user->name, USERS_UID, id);
	if (user->group.n)
		return past_in(block, &groups_file, user->group, GROUPS_GID, id);
	return past_in(block, &users_file, user->name, USERS_GID, id);
}

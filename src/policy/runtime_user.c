/* SPDX-License-Identifier: Apache-2.0 */
/* Users as Docker, containerd and podman resolve them. */
#include "policy/runtime.h"

static bool
to_id(struct slice text, uint32_t *out)
{
	uint64_t number;
	if (!slice_to_u64(text, 10, &number) || number > UINT32_MAX)
		return false;
	*out = (uint32_t)number;
	return true;
}

/* The first row of the file at `path` whose field is `name` or whose number is `id`: runtimes take whichever comes first. */
static bool
account_find(const struct inventory *inventory, enum row_kind kind, const char *path, uint32_t name_field, uint32_t id_field,
             struct slice name, struct shown_row *out)
{
	struct row_walk walk = { 0 };
	uint32_t wanted = 0, id;
	bool numeric = to_id(name, &wanted);
	while (inventory_next_row(inventory, kind, &walk, out)) {
		strbuf_clear(inventory->scratch);
		node_path(out->node, inventory->scratch);
		if (!slice_is(strbuf_slice(inventory->scratch), path))
			continue;
		if (slice_eq(block_field(out->block, &out->row, name_field), name))
			return true;
		if (numeric && to_id(block_field(out->block, &out->row, id_field), &id) && id == wanted)
			return true;
	}
	return false;
}

/* A number that cannot be read is 0 to the runtimes: such a line makes its user root. */
static uint32_t
row_id(const struct shown_row *shown, uint32_t field)
{
	uint32_t id;
	return to_id(block_field(shown->block, &shown->row, field), &id) ? id : 0;
}

static void
resolve_group(const struct inventory *inventory, struct runtime_user *user)
{
	struct shown_row shown;
	if (user->group.n == 0)
		return;
	if (account_find(inventory, ROW_GROUPS, "/etc/group", GROUPS_GROUPNAME, GROUPS_GID, user->group, &shown))
		user->gid = row_id(&shown, GROUPS_GID);
	else if (!to_id(user->group, &user->gid))
		user->known = false;
}

void
runtime_user_resolve(const struct inventory *inventory, struct runtime_user *out)
{
	struct shown_row shown;
	*out = (struct runtime_user){ .text = inventory->image->config->user, .known = true };
	slice_cut(out->text, ':', &out->name, &out->group);
	out->numeric = to_id(out->name, &out->uid);
	if (out->name.n == 0)
		out->name = SLICE("0");
	out->listed = account_find(inventory, ROW_USERS, "/etc/passwd", USERS_USERNAME, USERS_UID, out->name, &shown);
	if (out->listed) {
		out->uid = row_id(&shown, USERS_UID);
		out->gid = row_id(&shown, USERS_GID);
	}
	out->known = out->listed || to_id(out->name, &out->uid) || slice_is(out->name, "root");
	resolve_group(inventory, out);
}

bool
runtime_may(const struct runtime_user *user, const struct entry *entry, unsigned bit)
{
	if (user->uid == 0)
		return bit != 1 || (entry->mode & 0111) || entry->type == ENTRY_DIRECTORY;
	if (user->uid == entry->uid)
		return entry->mode & (bit << 6);
	if (user->gid == entry->gid)
		return entry->mode & (bit << 3);
	return entry->mode & bit;
}

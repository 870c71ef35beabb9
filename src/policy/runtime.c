/* SPDX-License-Identifier: Apache-2.0 */
/* Users and commands as Docker, containerd and podman resolve them. */
#include "policy/runtime.h"

/* user */

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

/* command */

static const struct slice *
word_at(const struct image_config *config, size_t at)
{
	if (at < config->entrypoint.n)
		return &config->entrypoint.at[at];
	at -= config->entrypoint.n;
	return at < config->cmd.n ? &config->cmd.at[at] : NULL;
}

static bool
is_shell(struct slice word)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ash", "zsh", "ksh" };
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
		if (slice_is(path_base(word), shells[i]))
			return true;
	return false;
}

/* The words of SHELL, or of what builders take when none is set. */
static bool
begins_with_shell(const struct image_config *config)
{
	for (size_t i = 0; i < config->shell.n; i++) {
		const struct slice *word = word_at(config, i);
		if (word == NULL || !slice_eq(*word, config->shell.at[i]))
			return false;
	}
	return config->shell.n > 0;
}

void
runtime_command_of(const struct image_config *config, struct runtime_command *out)
{
	const struct slice *first = word_at(config, 0), *second = word_at(config, 1);
	*out = (struct runtime_command){ .count = config->entrypoint.n + config->cmd.n };
	if (first == NULL)
		return;
	out->word = *first;
	/* "-c", and what people write instead: "-ec", "-lc". */
	out->shell_form = begins_with_shell(config) || (is_shell(*first) && second && slice_starts(*second, SLICE("-")) &&
	                                                slice_ends(*second, SLICE("c")));
}

static struct slice
search_path(const struct image_config *config)
{
	struct slice found = SLICE("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	for (size_t i = 0; i < config->env.n; i++) {
		struct slice value = config->env.at[i];
		if (slice_skip(&value, SLICE("PATH=")))
			found = value;
	}
	return found;
}

static const struct node *
file_at(const struct inventory *inventory, struct slice directory, struct slice name, struct strbuf *path)
{
	strbuf_clear(path);
	if (!slice_starts(directory, SLICE("/")))
		strbuf_putc(path, '/');
	strbuf_put(path, directory);
	if (!slice_ends(directory, SLICE("/")))
		strbuf_putc(path, '/');
	strbuf_put(path, name);
	const struct node *node = tree_resolve(inventory->tree, strbuf_slice(path));
	return node && node_entry(inventory->tree, node).type != ENTRY_DIRECTORY ? node : NULL;
}

/* The first executable one of PATH; else the first that is there at all, so that its mode can be complained about. */
static const struct node *
search(const struct inventory *inventory, struct slice word, struct strbuf *path)
{
	const struct node *other = NULL;
	AUTO(strbuf) struct strbuf tried = { 0 };
	struct slice rest = search_path(inventory->image->config), directory;
	while (slice_next(&rest, ':', &directory)) {
		const struct node *node = slice_starts(directory, SLICE("/")) ? file_at(inventory, directory, word, &tried) : NULL;
		if (node == NULL)
			continue;
		bool executable = node_entry(inventory->tree, node).mode & 0111;
		if (executable || other == NULL) {
			strbuf_clear(path);
			strbuf_put(path, strbuf_slice(&tried));
			other = node;
		}
		if (executable)
			return node;
	}
	return other;
}

const struct node *
runtime_command_find(const struct inventory *inventory, struct slice word, struct strbuf *path)
{
	if (slice_starts(word, SLICE("/")))
		return file_at(inventory, SLICE("/"), slice_from(word, 1), path);
	if (slice_find(word, '/') != SIZE_MAX)
		return file_at(inventory, inventory->image->config->working_dir, word, path);
	return search(inventory, word, path);
}

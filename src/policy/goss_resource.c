/* SPDX-License-Identifier: Apache-2.0 */
/* Files, packages, users and groups as Goss would find them in a running container. */
#include "policy/goss_resource.h"

#include "base/error.h"

static enum seen
text(struct goss_value *out, struct slice value)
{
	*out = (struct goss_value){ .kind = GOSS_TEXT, .text = value };
	return SEEN_THERE;
}

static enum seen
number(struct goss_value *out, int64_t value)
{
	*out = (struct goss_value){ .kind = GOSS_NUMBER, .number = value };
	return SEEN_THERE;
}

static enum seen
truth(struct goss_value *out, enum seen seen)
{
	*out = (struct goss_value){ .kind = GOSS_TRUTH, .number = seen == SEEN_THERE };
	return seen == SEEN_UNKNOWN ? SEEN_UNKNOWN : SEEN_THERE;
}

/* accounts */

/* The rows of /etc/passwd or /etc/group; what of them nobody could read is unknown. */
static enum seen
rows_of(struct judging *judging, enum row_kind kind, const char *path, const struct shown_rows **out, struct slice *reason)
{
	enum sight sight = judge_sight(judging, slice_of(path), reason);
	*out = &judging->inventory->rows[kind];
	if (sight == SIGHT_PARTLY || sight == SIGHT_UNREADABLE)
		return SEEN_UNKNOWN;
	if (judge_has_hole(judging, reason))
		return SEEN_UNKNOWN;
	return sight == SIGHT_READ || !judge_misses_files(judging, reason) ? SEEN_THERE : SEEN_UNKNOWN;
}

/* The first whose field says so, among lines that are whole. */
static enum seen
row_find(struct judging *judging, enum row_kind kind, uint32_t field, struct slice value, const struct shown_row **out, struct slice *reason)
{
	const struct shown_rows *rows;
	uint32_t form = kind == ROW_USERS ? USERS_FORM : GROUPS_FORM;
	enum seen seen = rows_of(judging, kind, kind == ROW_USERS ? "/etc/passwd" : "/etc/group", &rows, reason);
	if (seen != SEEN_THERE)
		return seen;
	for (size_t i = 0; i < rows->n; i++) {
		const struct shown_row *row = &rows->at[i];
		if (slice_is(block_field(row->block, &row->row, form), "plain") && slice_eq(block_field(row->block, &row->row, field), value)) {
			*out = row;
			return SEEN_THERE;
		}
	}
	*reason = judge_text(judging, "there is no %s %.*s", kind == ROW_USERS ? "user" : "group", SLICE_ARG(value));
	return SEEN_NOT;
}

static enum seen
row_value(struct judging *judging, enum row_kind kind, uint32_t key, struct slice value, uint32_t field, struct goss_value *out, struct slice *reason)
{
	const struct shown_row *row;
	int64_t as_number;
	enum seen seen = row_find(judging, kind, key, value, &row, reason);
	if (seen != SEEN_THERE)
		return seen;
	struct slice found = block_field(row->block, &row->row, field);
	bool is_number = (kind == ROW_USERS && (field == USERS_UID || field == USERS_GID)) || (kind == ROW_GROUPS && field == GROUPS_GID);
	return is_number && slice_to_i64(found, &as_number) ? number(out, as_number) : text(out, found.p ? found : SLICE(""));
}

#define ROW_VALUE(name, kind, key, field)                                                                                           \
	static enum seen name(struct judging *judging, struct slice subject, struct goss_value *out, struct slice *reason)          \
	{                                                                                                                           \
		return row_value(judging, kind, key, subject, field, out, reason);                                                  \
	}
ROW_VALUE(user_uid, ROW_USERS, USERS_USERNAME, USERS_UID)
ROW_VALUE(user_gid, ROW_USERS, USERS_USERNAME, USERS_GID)
ROW_VALUE(user_home, ROW_USERS, USERS_USERNAME, USERS_DIRECTORY)
ROW_VALUE(user_shell, ROW_USERS, USERS_USERNAME, USERS_SHELL)
ROW_VALUE(group_gid, ROW_GROUPS, GROUPS_GROUPNAME, GROUPS_GID)

static enum seen
user_exists(struct judging *judging, struct slice name, struct goss_value *out, struct slice *reason)
{
	const struct shown_row *row;
	return truth(out, row_find(judging, ROW_USERS, USERS_USERNAME, name, &row, reason));
}

static enum seen
group_exists(struct judging *judging, struct slice name, struct goss_value *out, struct slice *reason)
{
	const struct shown_row *row;
	return truth(out, row_find(judging, ROW_GROUPS, GROUPS_GROUPNAME, name, &row, reason));
}

static bool
is_member(struct slice members, struct slice name)
{
	struct slice one;
	while (slice_next(&members, ',', &one))
		if (slice_eq(slice_trim(one), name))
			return true;
	return false;
}

static enum seen
user_groups(struct judging *judging, struct slice name, struct goss_value *out, struct slice *reason)
{
	const struct shown_row *user;
	const struct shown_rows *groups;
	enum seen seen = row_find(judging, ROW_USERS, USERS_USERNAME, name, &user, reason);
	if (seen != SEEN_THERE || (seen = rows_of(judging, ROW_GROUPS, "/etc/group", &groups, reason)) != SEEN_THERE)
		return seen;
	struct slice gid = block_field(user->block, &user->row, USERS_GID);
	*out = (struct goss_value){ .kind = GOSS_LIST, .list.at = arena_make_array(judging->arena, groups->n + 1, struct slice) };
	*reason = SLICE("no memory");
	if (out->list.at == NULL)
		return SEEN_UNKNOWN;
	for (size_t i = 0; i < groups->n; i++) {
		const struct shown_row *row = &groups->at[i];
		if (slice_is(block_field(row->block, &row->row, GROUPS_FORM), "plain") &&
		    (slice_eq(block_field(row->block, &row->row, GROUPS_GID), gid) || is_member(block_field(row->block, &row->row, GROUPS_MEMBERS), name)))
			out->list.at[out->list.n++] = block_field(row->block, &row->row, GROUPS_GROUPNAME);
	}
	/* As Goss has them where it makes one text of them. */
	qsort(out->list.at, out->list.n, sizeof *out->list.at, slice_cmp_qsort);
	return SEEN_THERE;
}

/* files */

static enum seen
file_entry(struct judging *judging, struct slice path, struct entry *out, struct slice *reason)
{
	const struct node *node;
	if (slice_starts(path, SLICE("~"))) {
		*reason = SLICE("paths that begin with ~ are not read");
		return SEEN_UNKNOWN;
	}
	enum seen seen = test_look(judging, path, &node, reason);
	if (seen == SEEN_THERE)
		*out = node_entry(judging->inventory->tree, node);
	if (seen == SEEN_NOT)
		*reason = SLICE("it is not there");
	return seen;
}

static enum seen
file_exists(struct judging *judging, struct slice path, struct goss_value *out, struct slice *reason)
{
	struct entry entry;
	return truth(out, file_entry(judging, path, &entry, reason));
}

#define FILE_VALUE(name, value)                                                                                            \
	static enum seen name(struct judging *judging, struct slice path, struct goss_value *out, struct slice *reason)    \
	{                                                                                                                  \
		struct entry entry;                                                                                        \
		enum seen seen = file_entry(judging, path, &entry, reason);                                                \
		return seen == SEEN_THERE ? (value) : seen;                                                                \
	}
FILE_VALUE(file_mode, text(out, judge_text(judging, "%04o", entry.mode & 07777)))
FILE_VALUE(file_uid, number(out, (int64_t)entry.uid))
FILE_VALUE(file_gid, number(out, (int64_t)entry.gid))
FILE_VALUE(file_owner, row_value(judging, ROW_USERS, USERS_UID, judge_text(judging, "%ju", (uintmax_t)entry.uid), USERS_USERNAME, out, reason))
FILE_VALUE(file_group, row_value(judging, ROW_GROUPS, GROUPS_GID, judge_text(judging, "%ju", (uintmax_t)entry.gid), GROUPS_GROUPNAME, out, reason))

static enum seen
size_of(const struct entry *entry, struct goss_value *out, struct slice *reason)
{
	if (entry->type == ENTRY_FILE || entry->type == ENTRY_SYMLINK)
		return number(out, (int64_t)(entry->type == ENTRY_FILE ? entry->size : entry->link.n));
	*reason = SLICE("the size of what is no file depends on where it is unpacked");
	return SEEN_UNKNOWN;
}
FILE_VALUE(file_size_of, size_of(&entry, out, reason))

static enum seen
link_of(const struct entry *entry, struct goss_value *out, struct slice *reason)
{
	*reason = SLICE("it is no symbolic link");
	return entry->type == ENTRY_SYMLINK ? text(out, entry->link) : SEEN_NOT;
}
FILE_VALUE(file_linked_to, link_of(&entry, out, reason))

static enum seen
type_of(const struct entry *entry, struct goss_value *out)
{
	static const char *const names[] = {
		[ENTRY_FILE] = "file", [ENTRY_HARDLINK] = "file", [ENTRY_DIRECTORY] = "directory", [ENTRY_SYMLINK] = "symlink",
		[ENTRY_CHAR] = "character-device", [ENTRY_BLOCK] = "block-device", [ENTRY_FIFO] = "pipe", [ENTRY_SOCKET] = "socket",
	};
	return text(out, slice_of(names[entry->type]));
}
FILE_VALUE(file_type, type_of(&entry, out))

static enum seen
file_contents(struct judging *judging, struct slice path, struct goss_value *out, struct slice *reason)
{
	*out = (struct goss_value){ .kind = GOSS_CONTENT };
	return test_content(judging, path, &out->text, reason);
}

static enum seen
content_digest(struct judging *judging, struct slice path, enum digest_algorithm algorithm, struct goss_value *out, struct slice *reason)
{
	char hold[DIGEST_TEXT_SIZE];
	enum seen seen = file_contents(judging, path, out, reason);
	if (seen != SEEN_THERE)
		return seen;
	const struct digest digest = digest_by(algorithm, out->text);
	*reason = SLICE("no memory");
	return digest.algorithm == DIGEST_NONE ? SEEN_UNKNOWN : text(out, judge_text(judging, "%s", digest_hex(&digest, hold)));
}

#define FILE_DIGEST(name, algorithm)                                                                                       \
	static enum seen name(struct judging *judging, struct slice path, struct goss_value *out, struct slice *reason)    \
	{                                                                                                                  \
		return content_digest(judging, path, algorithm, out, reason);                                              \
	}
FILE_DIGEST(file_md5, DIGEST_MD5)
FILE_DIGEST(file_sha512, DIGEST_SHA512)

/* Of any size: the policy asked for the digests of all files. */
static enum seen
file_sha256(struct judging *judging, struct slice path, struct goss_value *out, struct slice *reason)
{
	const struct node *node = tree_resolve(judging->inventory->tree, path);
	struct digest digest = { .algorithm = DIGEST_SHA256 };
	struct entry entry = { 0 };
	char hold[DIGEST_TEXT_SIZE];
	if (node)
		entry = node_entry(judging->inventory->tree, node);
	if (node == NULL || entry.type != ENTRY_FILE || entry.digest.n != 32 || judge_has_hole(judging, reason))
		return content_digest(judging, path, DIGEST_SHA256, out, reason);
	memcpy(digest.bytes, entry.digest.p, 32);
	return text(out, judge_text(judging, "%s", digest_hex(&digest, hold)));
}

/* packages */

/* As the package manager's own listing has it: of rpm without epoch and release. */
static struct slice
listed_version(const struct package *package)
{
	struct slice version = package->version, epoch, rest;
	if (!slice_is(package->type, "rpm"))
		return version;
	if (slice_cut(version, ':', &epoch, &rest))
		version = rest;
	return slice_cut_last(version, '-', &rest, &epoch) ? rest : version;
}

static enum seen
package_versions(struct judging *judging, struct slice name, struct goss_value *out, struct slice *reason)
{
	const struct inventory *inventory = judging->inventory;
	*out = (struct goss_value){ .kind = GOSS_LIST };
	*reason = SLICE("a package database could not be read");
	if (judge_misses_packages(judging) || (out->list.at = arena_make_array(judging->arena, inventory->package_count + 1, struct slice)) == NULL)
		return SEEN_UNKNOWN;
	for (size_t i = 0; i < inventory->package_count; i++) {
		const struct package *package = &inventory->packages[i];
		if (package->scope == PACKAGE_INSTALLED && package_type_is_system(package->type) && slice_eq(package->name, name))
			out->list.at[out->list.n++] = listed_version(package);
	}
	*reason = SLICE("it is not installed");
	return out->list.n ? SEEN_THERE : SEEN_NOT;
}

static enum seen
package_installed(struct judging *judging, struct slice name, struct goss_value *out, struct slice *reason)
{
	struct goss_value versions;
	return truth(out, package_versions(judging, name, &versions, reason));
}

#define PLAIN_KEYS { "title", NULL }, { "meta", NULL }, { "skip", NULL }

static const struct goss_attribute file_attributes[] = {
	{ "exists", file_exists }, { "mode", file_mode }, { "size", file_size_of }, { "owner", file_owner }, { "uid", file_uid }, { "group", file_group },
	{ "gid", file_gid }, { "linked-to", file_linked_to }, { "filetype", file_type }, { "contains", file_contents }, { "contents", file_contents },
	{ "md5", file_md5 }, { "sha256", file_sha256 }, { "sha512", file_sha512 }, { "path", NULL }, PLAIN_KEYS, { NULL, NULL },
};
static const struct goss_attribute package_attributes[] = {
	{ "installed", package_installed }, { "versions", package_versions }, { "name", NULL }, { "retry_count", NULL }, { "retry_delay", NULL },
	PLAIN_KEYS, { NULL, NULL },
};
static const struct goss_attribute user_attributes[] = {
	{ "exists", user_exists }, { "uid", user_uid }, { "gid", user_gid }, { "groups", user_groups }, { "home", user_home }, { "shell", user_shell },
	{ "username", NULL }, PLAIN_KEYS, { NULL, NULL },
};
static const struct goss_attribute group_attributes[] = {
	{ "exists", group_exists }, { "gid", group_gid }, { "groupname", NULL }, PLAIN_KEYS, { NULL, NULL },
};

const struct goss_resource goss_resources[] = {
	{ "file", "path", file_attributes }, { "package", "name", package_attributes }, { "user", "username", user_attributes },
	{ "group", "groupname", group_attributes }, { NULL, NULL, NULL },
};

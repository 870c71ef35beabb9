/* SPDX-License-Identifier: Apache-2.0 */
/* VEX that a policy names: keys, and the bytes of files; what these say is read in a confined process. */
#include "policy/read_vex.h"

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "policy/extend.h"
#include "policy/read_keys.h"
#include "policy/terms.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

static struct policy *
policy_of(const struct reading *in)
{
	return in->context;
}

void
vex_done(struct policy *policy)
{
	vec_each (&policy->vex.files, file)
		free(file->text);
	vec_done(&policy->vex.files);
	vec_each (&policy->vex.sources, source)
		vex_document_done(&source->document);
	vec_done(&policy->vex.sources);
	arena_free(policy->vex.arena);
}

static int
trusted_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = policy_of(in);
	struct any_list list;
	(void)into;
	int r = keys_read(in, node, &list, err);
	if (r < 0)
		return r;
	policy->vex.trusted.at = list.at;
	policy->vex.trusted.n = list.n;
	return 0;
}

/* files */

/* `file->text` is the policy's from here on. */
static int
file_keep(struct policy *policy, const struct vex_file *file, const struct yaml_node *at, struct plim_error *err)
{
	struct vex_file *kept = vec_push(&policy->vex.files);
	policy->vex.bytes += file->size;
	if (kept)
		*kept = *file;
	else
		free(file->text);
	if (policy->vex.files.n > LIMIT_VEX_FILE_COUNT)
		return yaml_error(at->doc, at, err, "more files than limit VEX_FILE_COUNT (%" PRIu64 ")", LIMIT_VEX_FILE_COUNT);
	if (policy->vex.bytes > LIMIT_VEX_FILES_BYTES)
		return yaml_error(at->doc, at, err, "files of more bytes than limit VEX_FILES_BYTES (%" PRIu64 ")", LIMIT_VEX_FILES_BYTES);
	return kept ? 0 : error_nomem(err);
}

/* `path` is relative to `directory`, the rest is filled in. */
static int
file_take(struct policy *policy, const struct yaml_node *at, int directory, const char *path, struct vex_file file, struct plim_error *err)
{
	struct plim_error why = { 0 };
	if (file.name.p == NULL)
		return error_nomem(err);
	if (file_read(directory, path, LIMIT_VEX_BYTES, &file.text, &file.size, &why) < 0)
		return yaml_error(at->doc, at, err, "VEX cannot be read: %s", why.text);
	return file_keep(policy, &file, at, err);
}

static int
path_read(struct reading *in, const struct yaml_node *node, struct slice *name, const char **path, struct plim_error *err)
{
	int r = text_read(in, node, name, err);
	*path = r == 0 ? arena_strz(in->arena, *name) : NULL;
	return r < 0 || *path ? r : error_nomem(err);
}

static int
named_file_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct slice name;
	const char *path;
	(void)into;
	int r = path_read(in, node, &name, &path, err);
	return r < 0 ? r : file_take(policy_of(in), node, source_of(policy_of(in), node)->directory, path, (struct vex_file){ .name = name }, err);
}

static int
files_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct any_list list;
	(void)into;
	return list_or_one_read(in, node, 1, named_file_read, &list, err);
}

/* directories */

struct walking {
	struct policy *policy;
	const struct yaml_node *at;
	size_t directory;
	size_t depth;
};

static int walk(struct walking *w, int folder, struct slice below, struct plim_error *err);

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int
walk_error(const struct walking *w, struct slice path, int number, struct plim_error *err)
{
	return yaml_error(w->at->doc, w->at, err, "the directory of VEX cannot be read: %.*s: %s", SLICE_ARG(path), strerror(number));
}

static int
enter(struct walking *w, int folder, const char *name, struct slice path, struct plim_error *err)
{
	AUTO(fd) int below = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (below < 0)
		return walk_error(w, path, errno, err);
	if (w->depth == LIMIT_VEX_DIRECTORY_DEPTH_COUNT)
		return yaml_error(w->at->doc, w->at, err, "directories deeper than limit VEX_DIRECTORY_DEPTH_COUNT (%" PRIu64 ")", LIMIT_VEX_DIRECTORY_DEPTH_COUNT);
	w->depth++;
	int r = walk(w, below, path, err);
	w->depth--;
	return r;
}

/* Directories are entered, files that end in .json taken; links to directories would lead round in circles. */
static int
take_entry(struct walking *w, int folder, const char *name, struct slice below, struct plim_error *err)
{
	struct stat st;
	struct arena *arena = w->policy->arena;
	struct slice path = below.n ? arena_printf(arena, "%.*s/%s", SLICE_ARG(below), name) : arena_dup(arena, slice_of(name));
	if (path.p == NULL)
		return error_nomem(err);
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return walk_error(w, path, errno, err);
	if (S_ISDIR(st.st_mode))
		return enter(w, folder, name, path, err);
	if (!slice_ends(path, SLICE(".json")))
		return 0;
	const struct vex_file file = { .name = arena_printf(arena, "%.*s/%.*s", SLICE_ARG(w->at->text), SLICE_ARG(path)), .location = path, .directory = w->directory };
	return file_take(w->policy, w->at, folder, name, file, err);
}

static int
walk(struct walking *w, int folder, struct slice below, struct plim_error *err)
{
	struct dirent **entries = NULL;
	int n = scandirat(folder, ".", &entries, is_visible, file_names_by_bytes), r = 0;
	if (n < 0)
		return walk_error(w, below, errno, err);
	for (int i = 0; i < n; i++) {
		r = r == 0 ? take_entry(w, folder, entries[i]->d_name, below, err) : r;
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int
directory_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = policy_of(in);
	struct walking w = { .policy = policy, .at = node, .directory = policy->vex.directories++ };
	struct slice name;
	const char *path;
	(void)into;
	int r = path_read(in, node, &name, &path, err);
	if (r < 0)
		return r;
	AUTO(fd) int folder = openat(source_of(policy, node)->directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return folder < 0 ? walk_error(&w, name, errno, err) : walk(&w, folder, SLICE_NONE, err);
}

static int
directories_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct any_list list;
	(void)into;
	return list_or_one_read(in, node, 1, directory_read, &list, err);
}

static const struct field vex_fields[] = {
	{ "trusted", trusted_read, 0, false },
	{ "files", files_read, 0, false },
	{ "directories", directories_read, 0, false },
	{ 0 },
};

int
vex_read_policy(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return fields_read(in, node, "vex", vex_fields, into, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Cases lie beside the policies that they are about. */
#include "gate/policy/case_files.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "gate/file_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

struct walk {
	struct case_files *all;
	struct arena *arena;
};

static int
add_file(struct walk *walk, const char *path, bool found, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t size;
	struct case_list cases;
	int r = file_read(AT_FDCWD, path, LIMIT_POLICY_BYTES, &bytes, &size, err);
	struct slice text = { bytes, size };
	if (r < 0 || (found && cases_is_of_policy(text, walk->arena)))
		return r;
	if ((r = cases_parse(slice_of(path), text, walk->arena, &cases, err)) < 0)
		return r;
	struct case_file *file = vec_push(&walk->all->files);
	if (file == NULL)
		return error_nomem(err);
	*file = (struct case_file){ path, cases };
	walk->all->cases += cases.n;
	return 0;
}

static bool
is_yaml(struct slice name)
{
	return slice_ends(name, SLICE(".yaml")) || slice_ends(name, SLICE(".yml"));
}

static int
add_found(void *context, const char *path, struct plim_error *err)
{
	return is_yaml(slice_of(path)) ? add_file(context, path, true, err) : 0;
}

int
case_files_add(struct case_files *all, const char *path, struct arena *arena, struct plim_error *err)
{
	struct walk walk = { all, arena };
	struct stat st;
	size_t before = all->cases;
	const char *kept = arena_strz(arena, slice_of(path));
	if (kept == NULL)
		return error_nomem(err);
	if (stat(path, &st) < 0)
		return error_sys(err, errno, "%s", path);
	int r = S_ISDIR(st.st_mode) ? file_tree_each(kept, arena, add_found, &walk, err) : add_file(&walk, kept, false, err);
	if (r == 0 && all->cases == before)
		return error_set(err, PLIM_ENOTFOUND, "%s: there is no case in it", path);
	return r;
}

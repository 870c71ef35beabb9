/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/file_tree.h"

#include "base/error.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

struct walk {
	struct arena *arena;
	file_tree_fn *take;
	void *context;
};

static int walk_directory(const struct walk *walk, const char *path, struct plim_error *err);

static int
walk_entry(const struct walk *walk, const char *directory, const char *name, struct plim_error *err)
{
	struct stat st;
	if (name[0] == '.')
		return 0;
	const char *path = arena_printf(walk->arena, "%s/%s", directory, name).p;
	if (path == NULL)
		return error_nomem(err);
	if (lstat(path, &st) < 0)
		return error_sys(err, errno, "%s", path);
	return S_ISDIR(st.st_mode) ? walk_directory(walk, path, err) : walk->take(walk->context, path, err);
}

static void
free_names(struct dirent **names, int n)
{
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static int
walk_directory(const struct walk *walk, const char *path, struct plim_error *err)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, file_names_by_bytes), r = 0;
	if (n < 0)
		return error_sys(err, errno, "%s", path);
	for (int i = 0; r == 0 && i < n; i++)
		r = walk_entry(walk, path, names[i]->d_name, err);
	free_names(names, n);
	return r;
}

int
file_tree_each(const char *path, struct arena *arena, file_tree_fn *take, void *context, struct plim_error *err)
{
	const struct walk walk = { arena, take, context };
	return walk_directory(&walk, path, err);
}

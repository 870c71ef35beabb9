/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/overlay_marks.h"

#include <sys/sysmacros.h>

static const char *const spaces[] = { "trusted.overlay.", "user.overlay.", "user.fuseoverlayfs." };

static bool
is_device_0_0(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && major(st->st_rdev) == 0 && minor(st->st_rdev) == 0;
}

/* In an overlay of the kernel a name that begins with ".wh." is a name like any other. */
struct overlay_mark
overlay_mark_of(enum overlay_marks marks, const char *name, const struct stat *st)
{
	struct slice of = slice_of(name);
	if (marks != MARKS_NONE && is_device_0_0(st))
		return (struct overlay_mark){ ENTRY_WHITEOUT, of };
	if (marks != MARKS_FUSE || S_ISDIR(st->st_mode))
		return (struct overlay_mark){ ENTRY_FILE, of };
	if (slice_is(of, ".wh..wh..opq"))
		return (struct overlay_mark){ ENTRY_OPAQUE, SLICE("") };
	bool removes = slice_skip(&of, SLICE(".wh.")) && of.n > 0 && !slice_is(of, ".") && !slice_is(of, "..");
	return removes ? (struct overlay_mark){ ENTRY_WHITEOUT, of } : (struct overlay_mark){ ENTRY_FILE, slice_of(name) };
}

bool
overlay_notes(struct slice xattr)
{
	for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
		if (slice_starts(xattr, slice_of(spaces[i])))
			return true;
	return slice_is(xattr, "security.selinux") || slice_is(xattr, "user.containers.override_stat");
}

bool
overlay_mark_is(struct slice xattr, const char *mark)
{
	for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
		if (slice_skip(&xattr, slice_of(spaces[i])))
			return slice_is(xattr, mark);
	return false;
}

uint32_t
id_inside(const struct id_map *map, uint32_t id)
{
	for (size_t i = 0; i < map->n; i++)
		if (id >= map->at[i].outside && id - map->at[i].outside < map->at[i].count)
			return map->at[i].inside + (id - map->at[i].outside);
	return id;
}

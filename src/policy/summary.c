/* SPDX-License-Identifier: Apache-2.0 */
/* What the image has, in numbers: the summary of the inventory that a verdict carries. */
#include "policy/judge.h"

#include "base/error.h"

static int
count_packages(struct judging *judging, struct plim_error *err)
{
	const struct inventory *inventory = judging->inventory;
	struct verdict *v = judging->verdict;
	v->packages = arena_make_array(judging->arena, inventory->package_count + 1, struct package_count);
	if (v->packages == NULL)
		return error_nomem(err);
	/* Sorted by type. */
	for (size_t i = 0; i < inventory->package_count; i++) {
		struct slice type = inventory->packages[i].type;
		if (v->package_type_count == 0 || !slice_eq(v->packages[v->package_type_count - 1].type, type))
			v->packages[v->package_type_count++].type = type;
		v->packages[v->package_type_count - 1].count++;
	}
	for (size_t i = 0; i < inventory->node_count; i++)
		v->file_count += FILE_TYPE(inventory->files.kinds[i]) != ENTRY_DIRECTORY;
	return 0;
}

int
judge_summary(struct judging *judging, struct plim_error *err)
{
	return count_packages(judging, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Files of cases, found and read. */
#ifndef GATE_POLICY_CASE_FILES_H
#define GATE_POLICY_CASE_FILES_H

#include "base/vec.h"
#include "policy/case.h"

struct case_file {
	const char *path;
	struct case_list cases;
};

struct case_files {
	VEC(struct case_file) files;
	size_t cases;              /* of all of them */
};

/*
 * Adds the file `path`, or every YAML file below the directory `path` by its name's order; policies and their exceptions among them are left out, anything
 * else that is no file of cases is an error.  Everything is in the arena but the list itself.
 */
int case_files_add(struct case_files *all, const char *path, struct arena *arena, struct plim_error *err);

#endif

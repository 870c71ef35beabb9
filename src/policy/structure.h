/* SPDX-License-Identifier: Apache-2.0 */
/* A file of container-structure-test, schemas 2.0.0 and 1.0.0, as plain data. */
#ifndef POLICY_STRUCTURE_H
#define POLICY_STRUCTURE_H

#include "policy/model.h"

struct structure_existence {
	struct slice name, path, permissions, executable_by;
	int64_t absent;            /* it must not exist */
	int64_t uid, gid;          /* -1: not asked */
};

struct structure_content {
	struct slice name, path;
	struct patterns expected, excluded;    /* without names */
};

struct structure_pair {
	struct slice key, value;
	int64_t is_regex;
	struct regex *regex;       /* the policy's */
	const struct yaml_node *at;
};

struct structure_list {
	bool set;
	struct slice_list list;
};

struct structure_metadata {
	struct { struct structure_pair *at; size_t n; } env, unbound, labels;
	struct slice_list ports, no_ports, volumes, no_volumes;
	struct structure_list entrypoint, cmd;
	struct slice workdir, user;
};

struct structure_license {
	int64_t debian;
	struct slice_list files;
};

struct structure_tests {
	struct { struct structure_pair *at; size_t n; } globals;
	struct { struct structure_existence *at; size_t n; } existence;
	struct { struct structure_content *at; size_t n; } content;
	struct { struct structure_license *at; size_t n; } licenses;
	struct { struct slice *at; size_t n; } commands;    /* their names */
	bool has_metadata;         /* it asks for something */
	struct structure_metadata metadata;
};

#endif

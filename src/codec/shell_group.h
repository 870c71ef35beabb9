/* SPDX-License-Identifier: Apache-2.0 */
/* Commands between two brackets or reserved words: what they write goes where the whole writes to. */
#ifndef CODEC_SHELL_GROUP_H
#define CODEC_SHELL_GROUP_H

#include "base/slice.h"
#include "base/vec.h"

/* Inside each other; people write a handful. */
#define SHELL_GROUPS_MOST 64

struct shell_group {
	const char *end;
	size_t first;              /* of its commands */
};

struct shell_groups {
	VEC(struct shell_group) open;
};

/* A word that means something of its own where a command begins. */
struct shell_reserved {
	const char *word;
	const char *end;           /* of the group that it opens; NULL: of none */
	bool stays;                /* the command's first word all the same */
};

/* NULL for any other word. */
const struct shell_reserved *shell_reserved_find(struct slice word);

/* False without memory. */
bool shell_groups_open(struct shell_groups *groups, const char *end, size_t first);
/* The first command of the group that `end` closes, and all those in it that nobody closed; SIZE_MAX where it closes none. */
size_t shell_groups_close(struct shell_groups *groups, struct slice end);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What a runtime would make of an image's configuration: as whom it runs, and what it starts. */
#ifndef POLICY_RUNTIME_H
#define POLICY_RUNTIME_H

#include "catalog/inventory.h"

/* As whom: `User` resolved the way runtimes do it, through the image's /etc/passwd and /etc/group. */
struct runtime_user {
	struct slice text;         /* as configured; empty: nothing is, which means root */
	struct slice name, group;  /* its parts; group absent where none is given */
	bool numeric;              /* the user part is a number */
	bool listed;               /* /etc/passwd has it */
	bool known;                /* uid and gid are meaningful: a number, or listed */
	uint32_t uid, gid;
};

void runtime_user_resolve(const struct inventory *inventory, struct runtime_user *out);

/* `bit` is 4, 2 or 1: may this user read, write or execute it?  Supplementary groups and capabilities are not looked at. */
bool runtime_may(const struct runtime_user *user, const struct entry *entry, unsigned bit);

/* The effective command: Entrypoint and Cmd together; borrowed from the configuration. */
struct runtime_command {
	struct slice word;         /* what is started; absent when there is no command */
	size_t count;              /* of all words */
	bool shell_form;           /* a shell is started to interpret a text */
};

void runtime_command_of(const struct image_config *config, struct runtime_command *out);

/* The file that the word leads to, through PATH and links; NULL when there is none.  `path` gets where the runtime finds it. */
const struct node *runtime_command_find(const struct inventory *inventory, struct slice word, struct strbuf *path);

#endif

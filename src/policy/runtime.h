/* SPDX-License-Identifier: Apache-2.0 */
/* What a runtime would make of an image's configuration: as whom it runs, and what it starts. */
#ifndef POLICY_RUNTIME_H
#define POLICY_RUNTIME_H

#include "catalog/inventory.h"

/* A group that it runs with. */
struct runtime_group {
	struct slice name;         /* absent where /etc/group has none of that number */
	uint32_t gid;
	bool supplementary;        /* /etc/group lists the user as a member; else the primary one */
};

/* As whom: `User` resolved the way runtimes do it, through the image's /etc/passwd and /etc/group. */
struct runtime_user {
	struct slice text;         /* as configured; empty: nothing is, which means root */
	struct slice name, group;  /* its parts; group absent where none is given */
	bool numeric;              /* the user part is a number */
	bool listed;               /* /etc/passwd has it */
	bool known;                /* uid and gid are meaningful: a number, or listed */
	uint32_t uid, gid;
	const struct runtime_group *groups;    /* the primary one first, others by number and name; none where it is not known */
	size_t group_count;
	bool groups_cut;           /* there are more than LIMIT_USER_GROUP_COUNT */
};

int runtime_user_resolve(const struct inventory *inventory, struct arena *arena, struct runtime_user *out, struct plim_error *err);

/* `bit` is 4, 2 or 1: may this user read, write or execute it?  Capabilities are not looked at. */
bool runtime_may(const struct runtime_user *user, const struct entry *entry, unsigned bit);

/* What the accounts that one layer brought, before later ones replaced them, say of the same user. */
enum runtime_id { RUNTIME_UID, RUNTIME_GID };
enum runtime_past { PAST_NO_FILE, PAST_NO_ACCOUNT, PAST_ACCOUNT, PAST_UNKNOWN };
enum runtime_past runtime_user_past(const struct inventory *inventory, const struct runtime_user *user, uint32_t layer, enum runtime_id which,
                                    uint32_t *id);

/* The signal of that name or number as engines read StopSignal; 0 for none. */
int runtime_signal(struct slice text);

/* The effective command: Entrypoint and Cmd together; borrowed from the configuration. */
struct runtime_command {
	struct slice word;         /* what is started; absent when there is no command */
	size_t count;              /* of all words */
	bool shell_form;           /* a shell is started to interpret a text */
	struct slice text;         /* that text; absent where none is given */
	struct slice program;      /* what the text begins with; absent where it is no plain word, or the shell's own */
	bool execs;                /* the shell gives way to a program: to this one, or to that of its last command */
};

int runtime_command_of(const struct image_config *config, struct arena *arena, struct runtime_command *out, struct plim_error *err);

/* The file that the word leads to, through PATH and links; NULL when there is none.  `path` gets where the runtime finds it. */
const struct node *runtime_command_find(const struct inventory *inventory, const struct runtime_user *user, struct slice word, struct strbuf *path);
/* What `word` of PATH is called in one of its directories: `path` gets it anew. */
void runtime_path_join(struct slice directory, struct slice word, struct strbuf *path);
struct slice runtime_search_path(const struct image_config *config);
/* The same as the kernel finds it, which knows no PATH: from the working directory. */
const struct node *runtime_file_find(const struct inventory *inventory, struct slice word, struct strbuf *path);

/*
 * A directory in which the user may put something else in the place of what `path` leads to, through whatever links; NULL if there is none.
 * Where `path` was found for `word` through PATH, in a directory that is searched before too.
 */
const struct node *runtime_may_divert(const struct inventory *inventory, const struct runtime_user *user, struct slice word, struct slice path);

/* How the kernel starts a file. */
struct runtime_starter {
	enum { STARTS_ITSELF, STARTS_BY, STARTS_REFUSED, STARTS_UNKNOWN } how;
	bool script;                        /* by its #!; else by a loader */
	struct slice program, argument;     /* STARTS_BY */
	const char *why;                    /* STARTS_REFUSED */
};

void runtime_starter_of(const struct inventory *inventory, const struct node *node, struct runtime_starter *out);

/* Scripts that are each other's interpreters, as many as Linux follows. */
#define RUNTIME_SCRIPT_DEPTH 5

/* What `#!/usr/bin/env ARGUMENT` starts, through PATH; absent where that cannot be told. */
struct slice runtime_env_program(struct slice argument);

#endif

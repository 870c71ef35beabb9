/* SPDX-License-Identifier: Apache-2.0 */
/* Changes as instructions of a Dockerfile and as commands of a shell.  Whatever came from an image stands in quotes that nothing leaves. */
#ifndef FIX_SCRIPT_H
#define FIX_SCRIPT_H

#include "fix/change.h"
#include "fix/manager.h"

struct script {
	VEC(struct slice) commands;    /* of one RUN, joined by && */
	VEC(struct slice) settings;    /* whole instructions */
	struct slice user;             /* as which the image runs: where it is not root, RUN needs USER root before and this after */
};

void script_done(struct script *script);
static inline void
auto_script(struct script *script)
{
	script_done(script);
}

/* A word in single quotes; false for one that no line of a Dockerfile can hold: control bytes, and what is not UTF-8. */
bool script_quote(struct slice word, struct strbuf *into);
/* One that USER can be given as it is. */
bool script_takes_user(struct slice user);
/* Whether all words of a change can be written at all. */
bool script_can_say(const struct fix_change *change);

/* Of all changes that are on.  `pinned`: packages are installed in the very version that is asked for. */
int script_make(const struct inventory *inventory, const struct fix_changes *changes, bool pinned, struct arena *arena, struct script *out, struct plim_error *err);
/* The commands of one change alone, joined by &&, or its instruction; for reports. */
struct slice script_of(const struct inventory *inventory, const struct fix_change *change, bool pinned, struct arena *arena);
/* "RUN ..." of all commands in one line, as histories have it; absent where there is none. */
struct slice script_run(const struct script *script, struct arena *arena);
/* All instructions, a command of RUN a line that `escape` continues, as root where that must be, and as the user after. */
void script_instructions(const struct script *script, char escape, struct strbuf *into);
/* It has to become root before RUN, and is to be `user` again after. */
bool script_changes_user(const struct script *script);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A Dockerfile as lines and instructions: enough to add to its last stage and to take back what that declares.  It is the user's own file. */
#ifndef FIX_DOCKERFILE_H
#define FIX_DOCKERFILE_H

#include "fix/change.h"
#include "fix/script.h"

struct dockerfile_instruction {
	size_t first, last;            /* lines, from 0 */
	struct slice keyword, rest;    /* of one on several lines without the ends that continue them */
	size_t stage;
};

struct dockerfile {
	struct arena *arena;           /* borrowed */
	VEC(struct slice) lines;       /* without their newlines */
	VEC(struct dockerfile_instruction) instructions;
	char escape;                   /* what continues a line, and takes the meaning of the byte behind it */
	bool crlf;                     /* its lines end so */
	bool ends;                     /* the last line has a newline */
	bool other_syntax;             /* of a frontend that may have more instructions */
	size_t open;                   /* the line, from 1, that continues what nothing comes behind; 0: none does */
	size_t stages;                 /* instructions FROM */
};

/* The text is borrowed.  PLIM_EFORMAT with the line: no FROM, a line that is no instruction, a text in it that has no end. */
int dockerfile_parse(struct slice text, struct arena *arena, struct dockerfile *out, struct plim_error *err);
void dockerfile_done(struct dockerfile *file);
static inline void
auto_dockerfile(struct dockerfile *file)
{
	dockerfile_done(file);
}

/* The next word of an instruction, with its quotes and escapes; false behind the last one. */
bool dockerfile_word(struct slice *rest, char escape, struct slice *out);
/* Without them; absent without memory. */
struct slice dockerfile_meaning(struct slice word, char escape, struct arena *arena);

/* The last stage, or one that it is built from, sets it in a way that can be taken out: SETTING_NO_... of that name. */
bool dockerfile_can_drop(const struct dockerfile *file, enum setting setting, struct slice name);
/* So do more steps of the image's history than it has instructions: what it is built from declares it too. */
bool dockerfile_is_not_alone(const struct dockerfile *file, const struct image_config *config, enum setting setting, struct slice name);
/*
 * What its last stage is built from is an image of the repository of `reference`, named in a line of its own and without a variable: of
 * another name nobody knows what it has above the approved base.
 */
bool dockerfile_can_rebase(const struct dockerfile *file, struct slice reference);
/* A port as configurations have it: "8080/tcp". */
struct slice dockerfile_port(struct slice word, struct arena *arena);

/* The unified difference that makes the changes; `name` is the file's.  Nothing where there is nothing to change. */
int dockerfile_patch(const struct dockerfile *file, struct slice name, const struct fix_changes *changes, const struct script *script, struct strbuf *into,
                     struct plim_error *err);

#endif

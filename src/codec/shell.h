/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a shell as simple commands and their words, as far as one can
 * tell without running it: quotes are removed, here-documents and comments left out,
 * redirections and assignments in front dropped; expansions stay as written.
 */
#ifndef CODEC_SHELL_H
#define CODEC_SHELL_H

#include "base/arena.h"
#include "base/vec.h"

#include <plimsoll/error.h>

struct shell_word {
	struct slice text;
	bool quoted;               /* at least a part of it */
	bool expands;              /* the shell puts something else in its place */
};

struct shell_command {
	struct slice joined_by;    /* && || ; | & by what stands before it; "$(" for one inside a word of the command before; empty: the first */
	size_t pipeline;           /* the same number for all that | joins, and for all of a group before a | */
	size_t first, n;           /* its words, one at least */
};

struct shell_text {
	VEC(struct shell_word) words;
	VEC(struct shell_command) commands;
	const char *trouble;       /* why splitting ended early, NULL where it did not: the commands before are there */
};

/* The trouble of a text of more words than were to be split. */
extern const char shell_too_many[];

/* Texts of words are in the arena.  `most` bounds the words; errors are of memory only. */
int shell_split(struct slice text, size_t most, struct arena *arena, struct shell_text *out, struct plim_error *err);
void shell_text_done(struct shell_text *text);
static inline void
auto_shell_text(struct shell_text *text)
{
	shell_text_done(text);
}

static inline const struct shell_word *
shell_words(const struct shell_text *text, const struct shell_command *command)
{
	return text->words.at + command->first;
}

#endif

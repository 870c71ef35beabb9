/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps of a build as an image's configuration tells them, split into
 * commands: what the classic builder, BuildKit, Buildah and kaniko write for the instructions of a Dockerfile.
 */
#ifndef CATALOG_HISTORY_H
#define CATALOG_HISTORY_H

#include "image/image.h"

struct history_command {
	uint32_t step;             /* of the configuration's history */
	uint32_t layer;            /* that the step made; UINT32_MAX: none, or nobody knows */
	uint32_t below;            /* layers that steps before it made */
	uint32_t number;           /* in its step */
	struct slice instruction;  /* "RUN"; absent where the step has no text; "ONBUILD" of what it keeps, too */
	struct slice joined_by;    /* of a RUN: as in codec/shell.h, or the program that starts it: sudo, env, sh */
	uint32_t pipeline;         /* of its step: the same number for all that | joins */
	struct slice program;      /* of a RUN, of ONBUILD too, without its directory; absent for others */
	struct slice verb;         /* the first argument that is no option; absent if none */
	struct slice arguments;    /* with blanks between */
	uint32_t first, n;         /* its history_words */
	const char *trouble;       /* why the rest of this step could not be split: such a command has nothing else, and stands behind all others */
};

struct history_word {
	uint32_t command, position;    /* from 1 */
	struct slice text, previous;   /* the argument before; absent for the first */
	bool expands;
};

/* NAME=value, wherever it stands in a step: of ENV, ARG, LABEL, of build arguments before a RUN, of the commands in it. */
struct history_variable {
	uint32_t step, layer, below;   /* as of a command */
	struct slice instruction, name;
	bool expands;              /* its value is another's: $NAME, $(...) */
	const char *trouble;       /* why there may be others that nobody knows: such a variable has no name */
};

struct history {
	const struct history_command *commands;
	size_t command_count;
	const struct history_word *words;      /* arguments of all commands, in their order */
	size_t word_count;
	const struct history_variable *variables;    /* in the order of the steps */
	size_t variable_count;
};

/* Texts are in the arena or the configuration.  Errors are of memory only; LIMIT_HISTORY_WORD_COUNT is a trouble. */
int history_split(const struct image *image, struct arena *arena, struct history *out, struct plim_error *err);

/* One step's text, without the words of a shell and of build arguments that builders put before it. */
struct history_instruction {
	struct slice keyword;      /* "RUN" where none is told */
	struct slice rest;
	struct slice values;       /* of a RUN: build arguments, and the shell's words behind them; absent for none */
	bool as_written;           /* a RUN as the Dockerfile has it: a text for a shell, or ["program", "argument"] */
	bool after_values;         /* the rest may begin within the values of build arguments: no shell tells where they end */
};

void history_instruction(struct slice created_by, struct history_instruction *out);

/* The next NAME=value of `text`, which is moved behind it: its name and whether its value is another's.  What has no value sets nothing. */
bool history_variable_next(struct slice *text, struct history_variable *out);
/* "ENV NAME value", the old way to write it. */
bool history_variable_old(struct slice text, struct history_variable *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that answer one text at a time: those of the arguments, or of lines on standard input. */
#ifndef CLI_ANSWERS_H
#define CLI_ANSWERS_H

#include "cli/command.h"

/* Prints one line, or nothing and returns what is wrong with the text. */
typedef int answering(const char *text, struct plim_error *err);

/* A refused argument ends it with 3; a refused line is answered "error: why", and the rest goes on. */
int answer_each(const struct command *self, int argc, char **argv, answering *answer);

#endif

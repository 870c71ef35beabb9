/* SPDX-License-Identifier: Apache-2.0 */
/* Between plimsoll query and the program that edits lines, plimsoll-prompt. */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

enum prompt_message {
	PROMPT_WORDS = 1,    /* to it: what TAB completes, one a line */
	PROMPT_ASK,          /* to it: a line is wanted; the body is the prompt */
	PROMPT_LINE,         /* from it: the line */
	PROMPT_CANCEL,       /* from it: Ctrl-C, what was typed is nothing */
	PROMPT_END,          /* from it: Ctrl-D */
};

#endif

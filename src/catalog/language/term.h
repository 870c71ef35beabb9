/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terms of Erlang, Elixir, Prolog, and Lua's tables as a run of words, each with its depth.  Of
 * every bracket the words behind its first commas are remembered, so that whoever
 * reads looks at it when it closes.  Nesting has no limit, for nobody recurses.
 */
#ifndef CATALOG_LANGUAGE_TERM_H
#define CATALOG_LANGUAGE_TERM_H

#include "base/slice.h"

#include <plimsoll/error.h>

/* Brackets, and their elements, that are remembered; others are only passed. */
#define TERM_DEPTH_COUNT 6
#define TERM_WORD_COUNT  8

enum term_kind { TERM_END, TERM_ATOM, TERM_STRING, TERM_OPEN, TERM_CLOSE };

struct term {
	enum term_kind kind;
	struct slice text;    /* of atoms and strings, without their quotes, as written; the bracket itself */
	size_t depth;         /* brackets open around it; of a bracket itself among them */
	uint32_t line;        /* from 1 */
};

struct term_reader {
	struct slice in;
	const char *comment;  /* what begins one, up to the end of its line: "%" of Erlang, "#" of Elixir, "--" of Lua */
	size_t at;
	size_t depth;
	uint32_t line;
	struct {
		size_t commas;
		struct slice words[TERM_WORD_COUNT];
	} brackets[TERM_DEPTH_COUNT + 1];    /* [d]: the d-th that is open, or the last one that was */
};

struct term_reader term_reader_of(struct slice in, const char *comment);

/* 1 with a word, 0 at the end; negative for a string without end and brackets that do not meet. */
int term_next(struct term_reader *reader, struct term *out, struct plim_error *err);

/* The first atom or string of element `at` of that bracket; absent where it has none. */
static inline struct slice
term_word(const struct term_reader *reader, size_t bracket, size_t at)
{
	return reader->brackets[bracket].words[at];
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What builders write of an instruction, each in its own way. */
#include "catalog/history.h"

#include "codec/shell_start.h"

static const char *const instructions[] = {
	"RUN", "COPY", "ADD", "ENV", "ARG", "LABEL", "USER", "WORKDIR", "EXPOSE", "VOLUME", "ENTRYPOINT", "CMD", "SHELL", "STOPSIGNAL", "HEALTHCHECK", "ONBUILD",
	"MAINTAINER", "FROM",
};

static bool
skip_keyword(struct slice *text, struct slice *keyword)
{
	struct slice rest = *text, word;
	if (!slice_word(&rest, &word))
		return false;
	for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++)
		if (slice_is(word, instructions[i])) {
			*keyword = word;
			*text = slice_trim(rest);
			return true;
		}
	return false;
}

/* SHELL with more words is none that people write; a hostile text has any number. */
#define SHELL_WORDS_MOST 16

/* "/bin/bash -o pipefail -c ": the words of SHELL. */
static bool
skip_shell(struct slice *text)
{
	struct slice rest = *text, word, behind;
	struct shell_start start = { 0 };
	/* "A=/bin/sh" ends with a name too. */
	if (!slice_word(&rest, &word) || !shell_is_named(word) || slice_find(word, '=') != SIZE_MAX)
		return false;
	for (size_t i = 0; i < SHELL_WORDS_MOST; i++) {
		behind = slice_trim(rest);
		if (!slice_word(&rest, &word) || !shell_start_takes(&start, word))
			break;
	}
	if (start.has_text)
		*text = behind;
	return start.has_text;
}

/* A value of a build argument may have blanks: the shell tells where they end. */
static bool
skip_to_shell(struct slice *text)
{
	struct slice rest = *text, word;
	do {
		struct slice shell = slice_trim(rest);
		if (skip_shell(&shell)) {
			*text = shell;
			return true;
		}
	} while (slice_word(&rest, &word));
	return false;
}

/* "|1 NAME=value ": build arguments, so many. */
static bool
skip_arguments(struct slice *text)
{
	struct slice rest = *text, word, count;
	uint64_t n;
	if (!slice_word(&rest, &count) || !slice_skip(&count, SLICE("|")) || !slice_to_u64(count, 10, &n))
		return false;
	for (uint64_t i = 0; i < n && slice_word(&rest, &word); i++)
		;
	*text = slice_trim(rest);
	return true;
}

/* RUN may have its flags before the command. */
static void
skip_flags(struct slice *text)
{
	struct slice rest = *text, word;
	while (slice_word(&rest, &word) && slice_starts(word, SLICE("--")))
		*text = slice_trim(rest);
}

/* kaniko repeats the Dockerfile; who puts a shell before the text does not quote it. */
static bool
is_as_written(struct slice text)
{
	struct slice shell = text;
	return !skip_shell(&shell) || slice_starts(shell, SLICE("'")) || slice_starts(shell, SLICE("\""));
}

static void
skip_wrapping(struct history_instruction *out, bool may_be_as_written)
{
	skip_flags(&out->rest);
	const char *from = out->rest.p;
	if (skip_arguments(&out->rest)) {
		out->after_values = !skip_to_shell(&out->rest);
		out->values = (struct slice){ from, (size_t)(out->rest.p - from) };
	}
	else if (may_be_as_written && is_as_written(out->rest))
		out->as_written = true;
	else
		skip_shell(&out->rest);
}

void
history_instruction(struct slice created_by, struct history_instruction *out)
{
	struct slice text = slice_trim(created_by);
	bool buildkit = slice_skip_end(&text, SLICE("# buildkit"));
	*out = (struct history_instruction){ .keyword = SLICE("RUN"), .rest = slice_trim(text) };
	bool told = skip_keyword(&out->rest, &out->keyword);
	if (slice_is(out->keyword, "RUN"))
		skip_wrapping(out, told && !buildkit);
	/* The classic builder wraps what runs nothing into a comment. */
	if (slice_skip(&out->rest, SLICE("#(nop)"))) {
		out->rest = slice_trim(out->rest);
		skip_keyword(&out->rest, &out->keyword);
	}
}

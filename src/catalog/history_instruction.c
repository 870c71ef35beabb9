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

/* "|1 NAME=value ": build arguments, so many; where a value has blanks the shell tells where they end. */
static void
skip_arguments(struct slice *text)
{
	struct slice rest = *text, word, count;
	uint64_t n;
	if (!slice_word(&rest, &count) || !slice_skip(&count, SLICE("|")) || !slice_to_u64(count, 10, &n))
		return;
	for (uint64_t i = 0; i < n && slice_word(&rest, &word); i++)
		;
	struct slice behind = slice_trim(rest), shell = behind;
	size_t at = skip_shell(&shell) ? SIZE_MAX : slice_find_text(behind, SLICE(" /bin/sh -c "));
	*text = at == SIZE_MAX ? behind : slice_from(behind, at + 1);
}

/* RUN may have its flags before the command. */
static void
skip_flags(struct slice *text)
{
	struct slice rest = *text, word;
	while (slice_word(&rest, &word) && slice_starts(word, SLICE("--")))
		*text = slice_trim(rest);
}

void
history_instruction(struct slice created_by, struct slice *instruction, struct slice *rest)
{
	struct slice text = slice_trim(created_by);
	*instruction = SLICE("RUN");
	slice_skip_end(&text, SLICE("# buildkit"));
	text = slice_trim(text);
	if (!skip_keyword(&text, instruction) || slice_is(*instruction, "RUN")) {
		skip_flags(&text);
		skip_arguments(&text);
		skip_shell(&text);
	}
	/* The classic builder wraps what runs nothing into a comment. */
	if (slice_skip(&text, SLICE("#(nop)"))) {
		text = slice_trim(text);
		skip_keyword(&text, instruction);
	}
	*rest = text;
}

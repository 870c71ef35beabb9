/* SPDX-License-Identifier: Apache-2.0 */
/* The options of shells, as far as they tell where the text is. */
#include "codec/shell_start.h"

bool
shell_is_named(struct slice program)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ash", "zsh", "ksh" };
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
		if (slice_is(path_base(program), shells[i]))
			return true;
	return false;
}

/* Letters stand together, "-ceo pipefail": what they want follows them all, and only then the text. */
static void
take_letters(struct shell_start *start, struct slice word)
{
	start->has_text = start->has_text || (word.p[0] == '-' && slice_find(word, 'c') != SIZE_MAX);
	start->wants_value = slice_find(word, 'o') != SIZE_MAX || slice_find(word, 'O') != SIZE_MAX;
}

bool
shell_start_takes(struct shell_start *start, struct slice word)
{
	bool value = start->wants_value;
	start->wants_value = false;
	if (value)
		return true;
	if (start->ended || word.n == 0 || (word.p[0] != '-' && word.p[0] != '+'))
		return false;
	if (slice_is(word, "-") || slice_is(word, "--"))
		start->ended = true;
	else if (slice_starts(word, SLICE("--")))
		start->wants_value = slice_is(word, "--rcfile") || slice_is(word, "--init-file");
	else
		take_letters(start, word);
	return true;
}

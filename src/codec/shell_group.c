/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of commands, and the words that make them. */
#include "codec/shell_group.h"

static const struct shell_reserved reserved[] = {
	{ "{", "}", 0 },       { "if", "fi", 0 },       { "while", "done", 0 },  { "until", "done", 0 },  { "for", "done", 1 },
	{ "select", "done", 1 }, { "case", "esac", 1 }, { "then", NULL, 0 },     { "elif", NULL, 0 },     { "else", NULL, 0 },
	{ "do", NULL, 0 },     { "!", NULL, 0 },        { "time", NULL, 0 },     { "}", NULL, 0 },        { "fi", NULL, 0 },
	{ "done", NULL, 0 },   { "esac", NULL, 0 },
};

const struct shell_reserved *
shell_reserved_find(struct slice word)
{
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (slice_is(word, reserved[i].word))
			return &reserved[i];
	return NULL;
}

bool
shell_groups_open(struct shell_groups *groups, const char *end, size_t first)
{
	struct shell_group *group = vec_push(&groups->open);
	if (group)
		*group = (struct shell_group){ end, first };
	return group != NULL;
}

size_t
shell_groups_close(struct shell_groups *groups, struct slice end)
{
	for (size_t i = groups->open.n; i-- > 0;) {
		if (slice_is(end, groups->open.at[i].end)) {
			groups->open.n = i;
			return groups->open.at[i].first;
		}
		/* The bracket behind a pattern of case closes nothing. */
		if (slice_is(end, ")"))
			break;
	}
	return SIZE_MAX;
}

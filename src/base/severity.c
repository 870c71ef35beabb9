/* SPDX-License-Identifier: Apache-2.0 */
#include "base/severity.h"

static const struct severity_word {
	const char *word;
	enum severity severity;
} words[] = {
	/* The first of each is its name. */
	{ "unknown", SEVERITY_UNKNOWN },
	{ "negligible", SEVERITY_NEGLIGIBLE },
	{ "low", SEVERITY_LOW },
	{ "medium", SEVERITY_MEDIUM },
	{ "high", SEVERITY_HIGH },
	{ "critical", SEVERITY_CRITICAL },
	{ "none", SEVERITY_NEGLIGIBLE },
	{ "unimportant", SEVERITY_NEGLIGIBLE },
	{ "minor", SEVERITY_LOW },
	{ "moderate", SEVERITY_MEDIUM },
	{ "important", SEVERITY_HIGH },
};

#define WORD_COUNT (sizeof words / sizeof *words)

const char *
severity_name(enum severity severity)
{
	for (size_t i = 0; i < WORD_COUNT; i++)
		if (words[i].severity == severity)
			return words[i].word;
	return words[0].word;
}

bool
severity_parse(struct slice word, enum severity *out)
{
	for (size_t i = 0; i < WORD_COUNT; i++)
		if (slice_eq_nocase(word, slice_of(words[i].word))) {
			*out = words[i].severity;
			return true;
		}
	return false;
}

enum severity
severity_of_score(double score)
{
	if (score >= 9.0)
		return SEVERITY_CRITICAL;
	if (score >= 7.0)
		return SEVERITY_HIGH;
	if (score >= 4.0)
		return SEVERITY_MEDIUM;
	return score > 0.0 ? SEVERITY_LOW : SEVERITY_NEGLIGIBLE;
}

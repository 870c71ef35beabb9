/* SPDX-License-Identifier: Apache-2.0 */
/* Headers, one after another. */
#include "catalog/language/header.h"

static bool
is_folded(const struct cursor *in)
{
	return cursor_left(in) > 0 && (in->in.p[in->at] == ' ' || in->in.p[in->at] == '\t');
}

bool
header_next(struct header_reader *reader, struct header *out)
{
	struct slice first, folded, tail;
	if (!cursor_line(&reader->in, &first))
		return false;
	reader->line++;
	if (first.n == 0)
		return false;
	*out = (struct header){ .line = reader->line };
	const char *end = first.p + first.n;
	while (is_folded(&reader->in) && cursor_line(&reader->in, &folded)) {
		reader->line++;
		end = folded.p + folded.n;
	}
	struct slice whole = slice_range(first.p, end);
	if (slice_find(first, ':') == SIZE_MAX || !slice_cut(whole, ':', &out->name, &tail))
		out->value = slice_trim(whole);
	else
		out->value = slice_trim(tail);
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Stanzas, one at a time. */
#include "codec/deb822.h"

/* A continuation belongs to the value before it: both borrow from one run of bytes. */
static void
fold(struct stanza *stanza, struct slice line)
{
	if (stanza->n == 0) {
		stanza->bad_lines++;
		return;
	}
	if (stanza->n > STANZA_FIELD_COUNT)
		return;
	struct slice *value = &stanza->fields[stanza->n - 1].value;
	*value = slice_range(value->p, line.p + line.n);
}

static void
add_field(struct stanza *stanza, struct slice line)
{
	struct slice name, value;
	if (!slice_cut(line, ':', &name, &value) || name.n == 0) {
		stanza->bad_lines++;
		return;
	}
	if (stanza->n < STANZA_FIELD_COUNT)
		stanza->fields[stanza->n] = (struct stanza_field){ slice_trim(name), slice_trim(value) };
	stanza->n += stanza->n <= STANZA_FIELD_COUNT;
}

bool
stanza_next(struct stanza_reader *reader, struct stanza *out)
{
	out->n = out->bad_lines = 0;
	for (struct slice line; cursor_line(&reader->in, &line);) {
		reader->line++;
		if (slice_trim(line).n == 0) {
			if (out->n + out->bad_lines > 0)
				return true;
			continue;
		}
		if (out->n + out->bad_lines == 0)
			out->line = reader->line;
		if (line.p[0] == ' ' || line.p[0] == '\t')
			fold(out, line);
		else if (line.p[0] != '#')
			add_field(out, line);
	}
	return out->n + out->bad_lines > 0;
}

struct slice
stanza_get(const struct stanza *stanza, const char *name)
{
	for (size_t i = 0; i < stanza->n && i < STANZA_FIELD_COUNT; i++)
		if (slice_eq_nocase(stanza->fields[i].name, slice_of(name)))
			return stanza->fields[i].value;
	return SLICE_NONE;
}

size_t
stanza_count(const struct stanza *stanza, const char *name)
{
	size_t count = 0;
	for (size_t i = 0; i < stanza->n && i < STANZA_FIELD_COUNT; i++)
		count += slice_eq_nocase(stanza->fields[i].name, slice_of(name));
	return count;
}

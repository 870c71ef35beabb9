/* SPDX-License-Identifier: Apache-2.0 */
/* Requirements of PEP 508, split into their parts. */
#include "catalog/language/requirement.h"

static bool
is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_name_byte(char c)
{
	return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

static struct slice
take_name(struct slice *rest)
{
	size_t n = 0;
	while (n < rest->n && is_name_byte(rest->p[n]))
		n++;
	struct slice name = slice_first(*rest, n);
	if (n == 0 || !is_alphanumeric(name.p[0]) || !is_alphanumeric(name.p[n - 1]))
		return SLICE_NONE;
	*rest = slice_trim(slice_from(*rest, n));
	return name;
}

bool
requirement_parse(struct slice text, struct requirement *out)
{
	struct slice rest = slice_trim(text), extras;
	*out = (struct requirement){ .name = take_name(&rest) };
	if (out->name.p == NULL)
		return false;
	if (rest.n && rest.p[0] == '[')
		slice_cut(rest, ']', &extras, &rest);
	rest = slice_trim(rest);
	if (slice_skip(&rest, SLICE("@"))) {
		/* A URL may hold semicolons: a blank stands before the marker's. */
		size_t end = slice_find_text(rest, SLICE(" ;"));
		out->url = slice_trim(slice_first(rest, end));
		out->marker = end == SIZE_MAX ? SLICE_NONE : slice_trim(slice_from(rest, end + 2));
		return true;
	}
	slice_cut(rest, ';', &rest, &out->marker);
	out->clauses = slice_trim(rest);
	if (slice_skip(&out->clauses, SLICE("(")))
		slice_skip_end(&out->clauses, SLICE(")"));
	out->marker = slice_trim(out->marker);
	return true;
}

struct slice
requirement_pinned(const struct requirement *requirement)
{
	struct slice version = requirement->clauses;
	if (!slice_skip(&version, SLICE("===")) && !slice_skip(&version, SLICE("==")))
		return SLICE_NONE;
	version = slice_trim(version);
	bool plain = version.n > 0;
	for (size_t i = 0; i < version.n; i++)
		plain &= is_name_byte(version.p[i]) || version.p[i] == '+' || version.p[i] == '!';
	return plain ? version : SLICE_NONE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Software outside packages, known by its file's name and by what its binary says of its version: classifiers.def. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/glob.h"
#include "catalog/program/programs.h"

enum { NAMED = 1, LETTER = 2, PATCH = 4, BUILT = 8, CHANNEL = 16 };

struct pattern {
	struct slice before, after, also;
	unsigned parts, flags;
};

#define PATTERN_MOST 3
#define TEXT(literal) { "" literal, sizeof(literal) - 1 }
#define PATTERN(before, after, parts, also, flags) { TEXT(before), TEXT(after), TEXT(also), parts, flags }

static const struct software {
	const char *name, *cpe, *files;
	struct pattern patterns[PATTERN_MOST];
} softwares[] = {
#define SOFTWARE(name, cpe, files, ...) { name, cpe, files, { __VA_ARGS__ } },
#include "catalog/program/classifiers.def"
#undef SOFTWARE
};
#define SOFTWARE_COUNT (sizeof softwares / sizeof *softwares)

static bool
is_named_like(const struct software *software, struct slice name)
{
	struct slice globs = slice_of(software->files), glob;
	while (slice_next(&globs, ',', &glob))
		if (glob_match(glob, name))
			return true;
	return false;
}

static bool
bid(struct slice path, struct slice head)
{
	if (!slice_starts(head, SLICE("\177ELF")))
		return false;
	for (size_t i = 0; i < SOFTWARE_COUNT; i++)
		if (is_named_like(&softwares[i], path_base(path)))
			return true;
	return false;
}

/* versions */

static bool
is_digit(struct slice text, size_t at)
{
	return at < text.n && text.p[at] >= '0' && text.p[at] <= '9';
}

static size_t
digits_end(struct slice text, size_t at)
{
	while (is_digit(text, at))
		at++;
	return at;
}

/* Numbers with dots between; how many goes to `*parts`. */
static size_t
numbers_end(struct slice text, size_t at, unsigned *parts)
{
	size_t end = digits_end(text, at);
	for (*parts = end > at; *parts && end < text.n && text.p[end] == '.' && is_digit(text, end + 1); ++*parts)
		end = digits_end(text, end + 1);
	return end;
}

/* Nothing but NULs around it tells that this is the program's version. */
static bool
is_bare(const struct pattern *pattern)
{
	return pattern->before.p[0] == '\0' && pattern->after.n == 1 && pattern->after.p[0] == '\0';
}

/* Of so many parts that it is no address and no object identifier. */
static bool
has_parts(const struct pattern *pattern, unsigned parts)
{
	return pattern->before.n == 1 && is_bare(pattern) ? parts == pattern->parts : parts >= pattern->parts;
}

/* "-nightly", "-beta.3", "-dev": behind numbers that are not released yet. */
static size_t
channel_end(struct slice text, size_t at)
{
	size_t end = at + 1;
	if (at >= text.n || text.p[at] != '-')
		return at;
	while (end < text.n && text.p[end] >= 'a' && text.p[end] <= 'z')
		end++;
	if (end == at + 1)
		return at;
	return end < text.n && text.p[end] == '.' && is_digit(text, end + 1) ? digits_end(text, end + 1) : end;
}

/* The version that begins at `at`, with what may stand at its end; absent where there is none of so many parts. */
static struct slice
version_at(struct slice text, size_t at, const struct pattern *pattern)
{
	unsigned parts;
	size_t end = numbers_end(text, at, &parts);
	if (!has_parts(pattern, parts) || end - at > 32)
		return SLICE_NONE;
	if ((pattern->flags & LETTER) && end < text.n && text.p[end] >= 'a' && text.p[end] <= 'z')
		end++;
	if ((pattern->flags & PATCH) && end < text.n && text.p[end] == 'p' && is_digit(text, end + 1))
		end = digits_end(text, end + 1);
	if (pattern->flags & CHANNEL)
		end = channel_end(text, end);
	return slice_first(slice_from(text, at), end - at);
}

/* "3.11" of "libpython3.11.so.1.0", "python3.11"; absent where the name has none. */
static struct slice
version_of_name(struct slice name)
{
	unsigned parts;
	size_t at = 0;
	while (at < name.n && !is_digit(name, at))
		at++;
	size_t end = numbers_end(name, at, &parts);
	return parts >= 2 ? slice_first(slice_from(name, at), end - at) : SLICE_NONE;
}

/* The same where the name has none: "3.11" of "/usr/lib/python3.11" in the file. */
static struct slice
version_of_text(struct slice body, struct slice before)
{
	unsigned parts;
	for (struct slice rest = body; before.n && rest.n;) {
		const char *found = memmem(rest.p, rest.n, before.p, before.n);
		if (found == NULL)
			break;
		rest = slice_from(body, (size_t)(found - body.p) + before.n);
		size_t end = numbers_end(rest, 0, &parts);
		if (parts >= 2)
			return slice_first(rest, end);
	}
	return SLICE_NONE;
}

/* patterns */

static bool
begins_with_number(struct slice version, struct slice number)
{
	return slice_skip(&version, number) && (version.n == 0 || version.p[0] == '.');
}

/*
 * What of `before` is a version's beginning ("3." behind a NUL) belongs to the
 * version: it is searched for and read again.
 */
static size_t
version_offset(struct slice before)
{
	size_t at = before.n;
	while (at > 0 && (before.p[at - 1] == '.' || (before.p[at - 1] >= '0' && before.p[at - 1] <= '9')))
		at--;
	return at > 0 && before.p[at - 1] == '\0' ? at : before.n;
}

/* The next version at or behind `*at`, which moves on; false behind the last. */
static bool
next_version(const struct pattern *pattern, struct slice body, struct slice named, size_t *at, struct slice *out)
{
	size_t found, offset = version_offset(pattern->before);
	while ((found = slice_find_text(slice_from(body, *at), pattern->before)) != SIZE_MAX) {
		size_t start = *at + found + offset;
		*out = version_at(body, start, pattern);
		*at += found + 1;
		if (out->n && slice_starts(slice_from(body, start + out->n), pattern->after) && (!(pattern->flags & NAMED) || begins_with_number(*out, named)))
			return true;
		/* Of many NULs only the last can be followed by a version. */
		while (pattern->before.n == 1 && *at + 1 < body.n && body.p[*at] == '\0' && body.p[*at + 1] == '\0')
			++*at;
	}
	return false;
}

/* What stands between NULs may be anybody's: then it is to be the only one. */
static struct slice
pattern_find(const struct pattern *pattern, struct slice body, struct slice named, bool *several)
{
	struct slice first = SLICE_NONE, version;
	*several = false;
	for (size_t at = 0; next_version(pattern, body, named, &at, &version); first = version) {
		if (!is_bare(pattern))
			return version;
		if (first.n && !slice_eq(first, version)) {
			*several = true;
			return SLICE_NONE;
		}
	}
	return first;
}

/* Shorter ones may be anything, longer ones too. */
enum { BUILD_ID_LEAST = 12, BUILD_ID_MOST = 128 };

/* "7.0.15vm12-1704811234000000000": the version with a build's name right behind it.  Bytes of code may stand before it. */
static struct slice
find_build(struct slice body)
{
	struct slice text, rest;
	unsigned parts;
	for (size_t at = 0, end; at < body.n; at = end + 1) {
		end = numbers_end(body, at, &parts);
		slice_cut(parts == 3 ? slice_first(slice_from(body, at), BUILD_ID_MOST) : SLICE_NONE, '\0', &text, &rest);
		size_t dot = slice_find_last(text, '.');
		if (rest.p && dot < end - at && text.n - dot > BUILD_ID_LEAST && slice_find(text, ' ') == SIZE_MAX)
			return text;
	}
	return SLICE_NONE;
}

/* Of the versions between NULs the longest that the build's name begins with: where they meet does not show. */
static struct slice
built_version(const struct pattern *pattern, struct slice body)
{
	struct slice build = find_build(body), longest = SLICE_NONE, version;
	for (size_t at = 0; build.n && next_version(pattern, body, SLICE_NONE, &at, &version);)
		if (version.n > longest.n && version.n < build.n && slice_starts(build, version))
			longest = version;
	return longest;
}

static struct slice
try_pattern(const struct pattern *pattern, struct slice body, struct slice name, bool *several)
{
	*several = false;
	if (pattern->also.n && !(pattern->flags & NAMED) && slice_find_text(body, pattern->also) == SIZE_MAX)
		return SLICE_NONE;
	if (pattern->flags & BUILT)
		return built_version(pattern, body);
	struct slice named = pattern->flags & NAMED ? version_of_name(name) : SLICE_NONE;
	if ((pattern->flags & NAMED) && named.n == 0)
		named = version_of_text(body, pattern->also);
	return pattern_find(pattern, body, named, several);
}

/* `*several`: one that held would be one of several. */
static struct slice
version_find(const struct software *software, struct slice body, struct slice name, bool *several)
{
	struct slice version = SLICE_NONE;
	bool one = false;
	*several = false;
	for (size_t i = 0; version.n == 0 && i < PATTERN_MOST && software->patterns[i].before.n; i++) {
		version = try_pattern(&software->patterns[i], body, name, &one);
		*several |= one;
	}
	return version;
}

static int
add_software(const struct software *software, struct slice version, struct rows *rows, struct plim_error *err)
{
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("generic"), [PACKAGE_NAME] = slice_of(software->name), [PACKAGE_VERSION] = version,
		[PACKAGE_EVIDENCE] = SLICE("binary"), [PACKAGE_CPE] = *software->cpe ? slice_of(software->cpe) : SLICE_NONE,
	};
	return rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct slice name = path_base(path);
	bool told = false, several = false;
	int r = 0;
	for (size_t i = 0; r == 0 && i < SOFTWARE_COUNT; i++) {
		struct slice version = is_named_like(&softwares[i], name) ? version_find(&softwares[i], body, name, &several) : SLICE_NONE;
		if (version.n)
			r = add_software(&softwares[i], version, rows, err);
		else if (several)
			r = rows_problem(rows, err, "more than one text may be the version of %s", softwares[i].name);
		told |= version.n || several;
		several = false;
	}
	if (r == 0 && !told && program_is_cut(body))
		r = rows_problem(rows, err, "what the program says of its version may lie beyond limit PROGRAM_BYTES");
	return r;
}

const struct cataloger cataloger_classifier = { .name = "classifier", .bid = bid, .extract = extract };

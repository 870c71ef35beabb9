/* SPDX-License-Identifier: Apache-2.0 */
/* Software outside packages, known by its file's name and by what its binary says of its version: classifiers.def. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/glob.h"
#include "catalog/program/programs.h"

enum { NAMED = 1, LETTER = 2, PATCH = 4 };

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

/* The version that begins at `at`, with what may stand at its end; absent where there is none of so many parts. */
static struct slice
version_at(struct slice text, size_t at, const struct pattern *pattern)
{
	unsigned parts;
	size_t end = numbers_end(text, at, &parts);
	if (parts < pattern->parts || end - at > 32)
		return SLICE_NONE;
	if ((pattern->flags & LETTER) && end < text.n && text.p[end] >= 'a' && text.p[end] <= 'z')
		end++;
	if ((pattern->flags & PATCH) && end < text.n && text.p[end] == 'p' && is_digit(text, end + 1))
		end = digits_end(text, end + 1);
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

static struct slice
pattern_find(const struct pattern *pattern, struct slice body, struct slice named)
{
	size_t offset = version_offset(pattern->before);
	for (struct slice rest = body; rest.n;) {
		const char *found = memmem(rest.p, rest.n, pattern->before.p, pattern->before.n);
		if (found == NULL)
			break;
		size_t at = (size_t)(found - body.p) + offset;
		struct slice version = version_at(body, at, pattern);
		bool fits = version.n && slice_starts(slice_from(body, at + version.n), pattern->after);
		if (fits && (!(pattern->flags & NAMED) || (named.n && begins_with_number(version, named))))
			return version;
		rest = slice_from(body, (size_t)(found - body.p) + 1);
	}
	return SLICE_NONE;
}

static struct slice
version_find(const struct software *software, struct slice body, struct slice name)
{
	struct slice version = SLICE_NONE;
	for (size_t i = 0; version.n == 0 && i < PATTERN_MOST && software->patterns[i].before.n; i++) {
		const struct pattern *pattern = &software->patterns[i];
		if (pattern->also.n && !(pattern->flags & NAMED) && memmem(body.p, body.n, pattern->also.p, pattern->also.n) == NULL)
			continue;
		struct slice named = pattern->flags & NAMED ? version_of_name(name) : SLICE_NONE;
		if ((pattern->flags & NAMED) && named.n == 0)
			named = version_of_text(body, pattern->also);
		version = pattern_find(pattern, body, named);
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
	bool found = false;
	int r = 0;
	for (size_t i = 0; r == 0 && i < SOFTWARE_COUNT; i++) {
		struct slice version = is_named_like(&softwares[i], name) ? version_find(&softwares[i], body, name) : SLICE_NONE;
		found |= version.n > 0;
		r = version.n ? add_software(&softwares[i], version, rows, err) : 0;
	}
	if (r == 0 && !found && program_is_cut(body))
		r = rows_problem(rows, err, "what the program says of its version may lie beyond limit PROGRAM_BYTES");
	return r;
}

const struct cataloger cataloger_classifier = { .name = "classifier", .bid = bid, .extract = extract };

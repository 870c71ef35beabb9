/* SPDX-License-Identifier: Apache-2.0 */
/*
 * requirements*.txt as pip reads them: what is pinned by ==, or is the URL of
 * a wheel, whose name tells the version.  What is not pinned names no
 * version, so there is no package to judge; options, other files (-r) and local paths are passed over.
 */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "catalog/language/declared.h"
#include "catalog/language/digest_text.h"
#include "catalog/language/requirement.h"

/* "NAME-VERSION-PYTHON-ABI-PLATFORM.whl" at the end of a URL. */
static struct slice
wheel_version(struct slice url)
{
	struct slice file, rest, name, version;
	slice_cut(url, '#', &file, &rest);
	file = path_base(file);
	if (!slice_ends(file, SLICE(".whl")) || !slice_cut(file, '-', &name, &rest) || !slice_cut(rest, '-', &version, &rest))
		return SLICE_NONE;
	return version;
}

/* The requirement ends where the options of this line begin; of several --hash none is the package's. */
static void
put_digest(struct slice options, struct strbuf *digest)
{
	struct slice word, algorithm, hex, first = SLICE_NONE;
	size_t n = 0;
	while (slice_word(&options, &word))
		if (slice_skip(&word, SLICE("--hash=")) && n++ == 0)
			first = word;
	if (n == 1 && slice_cut(first, ':', &algorithm, &hex))
		digest_put_hex(digest, algorithm, hex);
}

static int
take_requirement(struct slice line, uint32_t number, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf digest = { 0 };
	struct requirement requirement;
	size_t options = slice_find_text(line, SLICE(" --"));
	if (!requirement_parse(slice_first(line, options), &requirement))
		return rows_problem(rows, err, "line %u: no requirement", number);
	struct slice pinned = requirement_pinned(&requirement), wheel = wheel_version(requirement.url);
	if (pinned.p == NULL && wheel.p == NULL)
		return 0;
	put_digest(slice_from(line, options), &digest);
	const struct declared declared = {
		.type = "pypi", .name = requirement.name, .version = pinned.p ? pinned : wheel, .line = number,
		.checksum = names_slice(&digest), .evidence = pinned.p ? SLICE_NONE : SLICE("filename"),
	};
	return digest.failed ? error_nomem(err) : declared_add(rows, &declared, err);
}

/* "NAME@URL" begins with a name, a path or a URL alone does not. */
static bool
is_place(struct slice line)
{
	struct slice rest = line, word = SLICE_NONE;
	slice_word(&rest, &word);
	size_t slash = slice_find(word, '/');
	return strchr("./~$\\", line.p[0]) || (slash != SIZE_MAX && slice_find(slice_first(word, slash), '@') == SIZE_MAX);
}

static int
take_line(struct slice line, uint32_t number, struct rows *rows, struct plim_error *err)
{
	size_t comment = slice_starts(line, SLICE("#")) ? 0 : slice_find_text(line, SLICE(" #"));
	line = slice_trim(slice_first(line, comment));
	if (line.n == 0 || line.p[0] == '-' || is_place(line))
		return 0;
	return take_requirement(line, number, rows, err);
}

/* A backslash at the end joins lines; the joined text is a copy. */
static bool
next_line(struct cursor *in, uint32_t *number, struct strbuf *joined)
{
	struct slice line;
	bool any = false, more = true;
	strbuf_clear(joined);
	while (more && cursor_line(in, &line)) {
		any = true;
		++*number;
		more = slice_skip_end(&line, SLICE("\\"));
		strbuf_put(joined, line);
		strbuf_puts(joined, more ? " " : "");
	}
	return any;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf line = { 0 };
	(void)path;
	slice_skip(&body, SLICE("\xef\xbb\xbf"));
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	struct cursor in = cursor_of(body);
	uint32_t number = 0, first = 1;
	while (next_line(&in, &number, &line)) {
		int r = line.failed ? error_nomem(err) : take_line(strbuf_slice(&line), first, rows, err);
		if (r < 0)
			return r;
		first = number + 1;
	}
	return 0;
}

const struct cataloger cataloger_requirements = {
	.name = "requirements",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/requirements*.txt", "**/requirements/*.txt", NULL },
	.extract = extract,
};

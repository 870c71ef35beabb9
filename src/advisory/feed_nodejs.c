/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Node.js security working group's vuln/core/index.json, about Node.js itself, and vuln/npm/index.json, about packages until 2020
 * (https://github.com/nodejs/security-wg): ranges in npm's syntax of what is vulnerable and of what is patched.
 */
#include "advisory/feed.h"
#include "advisory/interval.h"
#include "base/date.h"
#include "base/error.h"
#include "codec/json.h"
#include "version/scheme.h"

/* ranges */

struct partial {
	uint64_t numbers[3];
	size_t n;                  /* numbers there are */
	struct slice whole;
};

/* "v1.2.3-rc", "1.2.x", "*" */
static bool
take_partial(struct slice text, struct partial *out)
{
	struct slice rest = text, number, pre;
	slice_skip(&rest, SLICE("v"));
	*out = (struct partial){ .whole = rest };
	slice_cut(rest, '-', &rest, &pre);
	while (out->n < 3 && rest.n > 0) {
		slice_cut(rest, '.', &number, &rest);
		if (slice_is(number, "x") || slice_is(number, "*"))
			return pre.n == 0;
		if (!slice_to_u64(number, 10, &out->numbers[out->n++]))
			return false;
	}
	return out->n > 0 && rest.n == 0 && (pre.n == 0 || out->n == 3);
}

static struct slice
lowest(const struct partial *p, struct arena *arena)
{
	return p->n == 3 ? p->whole : arena_printf(arena, "%ju.%ju.%ju", (uintmax_t)p->numbers[0], (uintmax_t)p->numbers[1], (uintmax_t)p->numbers[2]);
}

/* The first version whose number `at` is a higher one, pre-releases included; absent for a number `at` that is not there. */
static struct slice
above(const struct partial *p, size_t at, struct arena *arena)
{
	uint64_t n[3] = { 0 };
	memcpy(n, p->numbers, (at + 1) * sizeof *n);
	n[at]++;
	return arena_printf(arena, "%ju.%ju.%ju-0", (uintmax_t)n[0], (uintmax_t)n[1], (uintmax_t)n[2]);
}

/* "^0.2.3" holds what comes before its first number that is not 0, and that. */
static size_t
caret_place(const struct partial *p)
{
	size_t at = 0;
	while (at + 1 < p->n && p->numbers[at] == 0)
		at++;
	return at;
}

enum comparison { CARET, TILDE, AT_LEAST, ABOVE, AT_MOST, BELOW, EQUAL };

static enum comparison
take_sign(struct slice *text)
{
	static const struct {
		const char *sign;
		enum comparison means;
	} signs[] = { { "^", CARET }, { "~", TILDE }, { ">=", AT_LEAST }, { ">", ABOVE }, { "<=", AT_MOST }, { "<", BELOW }, { "=", EQUAL } };
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (slice_skip(text, slice_of(signs[i].sign)))
			return signs[i].means;
	return EQUAL;
}

/* What one comparator lets pass. */
static struct interval
interval_of(enum comparison means, const struct partial *p, struct arena *arena)
{
	const struct interval all = { .low = SLICE("0") };
	struct slice low = lowest(p, arena), next = p->n > 0 && p->n < 3 ? above(p, p->n - 1, arena) : SLICE_NONE;
	if (p->n == 0)
		return all;
	switch (means) {
	case CARET:
		return (struct interval){ .low = low, .high = above(p, caret_place(p), arena) };
	case TILDE:
		return (struct interval){ .low = low, .high = above(p, p->n == 1 ? 0 : 1, arena) };
	case AT_LEAST:
		return (struct interval){ .low = low };
	case ABOVE:
		return next.p ? (struct interval){ .low = next } : (struct interval){ .low = low, .behind = true };
	case AT_MOST:
		return next.p ? (struct interval){ .low = all.low, .high = next } : (struct interval){ .low = all.low, .high = low, .with_high = true };
	case BELOW:
		return (struct interval){ .low = all.low, .high = low };
	default:
		return next.p ? (struct interval){ .low = low, .high = next } : (struct interval){ .low = low, .high = low, .with_high = true };
	}
}

/* "1.2 - 2.3.4", from one up to another; false for what is not of this form. */
static bool
take_hyphen(struct slice text, struct arena *arena, struct interval *out)
{
	struct slice low, dash, high;
	struct partial from, to;
	if (!slice_word(&text, &low) || !slice_word(&text, &dash) || !slice_is(dash, "-") || !slice_word(&text, &high) || slice_trim(text).n > 0 ||
	    !take_partial(low, &from) || !take_partial(high, &to))
		return false;
	struct interval above_low = interval_of(AT_LEAST, &from, arena), below_high = interval_of(AT_MOST, &to, arena);
	*out = interval_both(above_low, &below_high, version_npm.compare);
	return true;
}

/* Comparators that must all hold: ">=1.0 <2", with or without blanks behind the signs. */
static int
take_alternative(struct slice text, struct arena *arena, struct interval *out, struct plim_error *err)
{
	struct slice rest = text, word;
	struct partial partial;
	*out = (struct interval){ .low = SLICE("0") };
	if (take_hyphen(text, arena, out))
		return 0;
	while ((rest = slice_trim(rest)).n > 0) {
		enum comparison means = take_sign(&rest);
		if (!slice_word(&rest, &word) || !take_partial(word, &partial))
			return error_set(err, PLIM_EFORMAT, "'%.*s' is no range that can be read", SLICE_ARG(text));
		struct interval one = interval_of(means, &partial, arena);
		*out = interval_both(*out, &one, version_npm.compare);
	}
	return 0;
}

/* None for a range that is absent or empty. */
static int
take_range(struct slice range, struct arena *arena, struct intervals *out, struct plim_error *err)
{
	int r = 0;
	*out = (struct intervals){ .compare = version_npm.compare, .at = arena_make_array(arena, range.n + 1, struct interval) };
	if (out->at == NULL)
		return error_nomem(err);
	for (bool more = slice_trim(range).n > 0; r == 0 && more;) {
		size_t at = slice_find_text(range, SLICE("||"));
		more = at != SIZE_MAX;
		r = take_alternative(slice_first(range, at), arena, &out->at[out->n++], err);
		range = more ? slice_from(range, at + 2) : SLICE_NONE;
	}
	return r;
}

static int
take_ranges(struct slice vulnerable, struct slice patched, struct arena *arena, struct affected *out, struct plim_error *err)
{
	struct intervals wrong, mended;
	int r = take_range(vulnerable, arena, &wrong, err);
	if (r < 0 || (r = take_range(patched, arena, &mended, err)) < 0)
		return r;
	for (size_t i = 0; i < mended.n; i++)
		mended.at[i].mends = true;
	return intervals_left(&wrong, &mended, arena, out, err);
}

/* records */

static const struct kind {
	const char *feed, *prefix, *ecosystem;
	const char *package;       /* NULL: as each record says */
	const char *vulnerable, *patched, *names, *title, *url, *vector, *severity;
} kinds[] = {
	{ "nodejs core", "NSWG-COR-", "generic", "node", "vulnerable", "patched", "cve", "description", "ref", "cvss", "severity" },
	{ "nodejs npm", "NSWG-ECO-", "npm", NULL, "vulnerable_versions", "patched_versions", "cves", "title", NULL, "cvss_vector", "severity" },
};

static int
take_names(const struct json *list, struct arena *arena, struct advisory *out, struct plim_error *err)
{
	size_t n = json_is(list, JSON_ARRAY) ? list->n : 0;
	struct slice *names = arena_make_array(arena, n + 1, struct slice);
	if (names == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		if (json_string(&list->items[i]).n)
			names[out->alias_count++] = json_string(&list->items[i]);
	out->aliases = names;
	return 0;
}

static int
take_record(const struct kind *kind, struct slice number, const struct json *record, struct builder *builder, struct data_feed *out,
            struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	if (arena == NULL)
		return error_nomem(err);
	struct slice title = json_get_string(record, kind->title);
	struct affected affected = { .ecosystem = slice_of(kind->ecosystem), .state = MATCH_FIXED, .fix_known = DATE_NONE,
		                     .package = kind->package ? slice_of(kind->package) : json_get_string(record, "module_name") };
	struct advisory advisory = { .id = arena_printf(arena, "%s%.*s", kind->prefix, SLICE_ARG(number)), .published = DATE_NONE,
		                     .modified = DATE_NONE, .affected = &affected, .affected_count = 1,
		                     .title = title.n ? title : json_get_string(record, "overview"),
		                     .url = kind->url ? json_get_string(record, kind->url) : SLICE_NONE,
		                     .vector = json_get_string(record, kind->vector) };
	struct slice vulnerable = json_get_string(record, kind->vulnerable);
	if (advisory.id.p == NULL)
		return error_nomem(err);
	if (affected.package.n == 0 || slice_trim(vulnerable).n == 0)
		return error_set(err, PLIM_EFORMAT, "no package or no range of vulnerable versions");
	severity_parse(json_get_string(record, kind->severity), &advisory.severity);
	date_parse(json_get_string(record, "publish_date"), &advisory.published);
	date_parse(json_get_string(record, "updated_at"), &advisory.modified);
	if (advisory.modified > out->snapshot)
		out->snapshot = advisory.modified;
	int r = take_names(json_get(record, kind->names), arena, &advisory, err);
	if (r == 0)
		r = take_ranges(vulnerable, json_get_string(record, kind->patched), arena, &affected, err);
	return r < 0 ? r : builder_advisory(builder, &advisory, err);
}

/* files */

static int
bid(const struct feed_file *file)
{
	struct slice head = slice_first(file->bytes, 16384);
	bool core = slice_find_text(head, SLICE("\"vulnerable\"")) != SIZE_MAX && slice_find_text(head, SLICE("\"patched\"")) != SIZE_MAX &&
	            slice_find_text(head, SLICE("\"cve\"")) != SIZE_MAX;
	bool packages = slice_find_text(head, SLICE("\"module_name\"")) != SIZE_MAX && slice_find_text(head, SLICE("\"vulnerable_versions\"")) != SIZE_MAX;
	return slice_is(path_base(file->name), "index.json") && (core || packages) ? 50 : 0;
}

static const struct kind *
kind_of(const struct json *root)
{
	return &kinds[root->n > 0 && json_get(&root->items[0], "module_name") ? 1 : 0];
}

/* Neither covers anything: of packages it ended in 2020, and of Node.js it names lines that were supported then, not all that have it. */
static int
read_index(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(file->bytes, arena, &root, err);
	if (r < 0)
		return r;
	if (!json_is(root, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "not an object of records");
	const struct kind *kind = kind_of(root);
	out->name = slice_of(kind->feed);
	for (size_t i = 0; i < root->n; i++, out->records++)
		if ((r = take_record(kind, root->keys[i], &root->items[i], builder, out, err)) < 0)
			return error_wrap(err, r, "record %.*s", SLICE_ARG(root->keys[i]));
	return 0;
}

const struct feed feed_nodejs = { .format = "nodejs-security-wg", .bid = bid, .read = read_index };

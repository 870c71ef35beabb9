/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ruby-advisory-db (https://github.com/rubysec/ruby-advisory-db): gems/NAME/ID.yml and rubies/ENGINE/ID.yml say in RubyGems' syntax which
 * versions are patched and which never had it; all others are vulnerable.
 */
#include "advisory/cvss.h"
#include "advisory/feed.h"
#include "advisory/interval.h"
#include "base/date.h"
#include "base/error.h"
#include "codec/yaml.h"

static const struct version_sign signs[] = {
	{ "~>", VERSION_COMPATIBLE }, { ">=", VERSION_GREATER_EQUAL }, { "<=", VERSION_LESS_EQUAL }, { "!=", VERSION_NOT_EQUAL },
	{ ">", VERSION_GREATER },     { "<", VERSION_LESS },           { "=", VERSION_EQUAL },       { NULL, VERSION_EQUAL },
};

/* requirements */

#define NUMBERS_MOST 8

/* Those that a version begins with. */
static size_t
take_numbers(struct slice version, uint64_t numbers[static NUMBERS_MOST])
{
	struct slice words, piece;
	size_t n = 0;
	slice_cut(version, '-', &version, &words);
	while (n < NUMBERS_MOST && slice_next(&version, '.', &piece) && slice_to_u64(piece, 10, &numbers[n]))
		n++;
	return n;
}

/* "~> 1.2.3" ends before the first pre-release of 1.3: its numbers but the last one, and the one before that raised. */
static bool
compatible(struct slice version, struct arena *arena, struct interval *out)
{
	AUTO(strbuf) struct strbuf high = { 0 };
	uint64_t numbers[NUMBERS_MOST];
	size_t n = take_numbers(version, numbers);
	if (n == 0 || n == NUMBERS_MOST)
		return false;
	n -= n > 1;
	for (size_t i = 0; i < n; i++)
		strbuf_printf(&high, "%ju.", (uintmax_t)(numbers[i] + (i + 1 == n)));
	strbuf_putc(&high, 'a');
	*out = (struct interval){ .low = version, .high = high.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&high)) };
	return out->high.p != NULL;
}

/* ">= 1.2, < 2" */
static int
take_requirement(struct slice text, struct arena *arena, struct interval *out, struct plim_error *err)
{
	struct slice rest = text, piece;
	*out = (struct interval){ .low = SLICE("0") };
	while (slice_next(&rest, ',', &piece)) {
		struct interval one;
		piece = slice_trim(piece);
		enum version_relation relation = version_sign_take(&piece, signs);
		piece = slice_trim(piece);
		int r = version_gem.check(piece, err);
		if (r < 0)
			return error_wrap(err, r, "'%.*s'", SLICE_ARG(text));
		if (relation == VERSION_COMPATIBLE ? !compatible(piece, arena, &one) : !interval_of_bound(relation, piece, &one))
			return error_set(err, PLIM_EFORMAT, "'%.*s' is no requirement that can be read", SLICE_ARG(text));
		*out = interval_both(*out, &one, version_gem.compare);
	}
	return 0;
}

static size_t
count(const struct yaml_node *list)
{
	return list && list->kind == YAML_SEQUENCE ? list->n : 0;
}

static int
take_list(const struct yaml_node *list, bool mends, struct arena *arena, struct intervals *out, struct plim_error *err)
{
	for (size_t i = 0; i < count(list); i++) {
		struct interval *one = &out->at[out->n++];
		if (list->items[i]->kind != YAML_SCALAR)
			return error_set(err, PLIM_EFORMAT, "line %u: a requirement that is no text", list->items[i]->line);
		int r = take_requirement(list->items[i]->text, arena, one, err);
		if (r < 0)
			return error_wrap(err, r, "line %u", list->items[i]->line);
		one->mends = mends;
	}
	return 0;
}

static int
take_versions(const struct yaml_node *root, struct arena *arena, struct affected *out, struct plim_error *err)
{
	const struct yaml_node *patched = yaml_get(root, "patched_versions"), *never = yaml_get(root, "unaffected_versions");
	struct interval all = { .low = SLICE("0") };
	struct intervals vulnerable = { &all, 1, version_gem.compare };
	struct intervals not = { .compare = version_gem.compare };
	not.at = arena_make_array(arena, count(patched) + count(never) + 1, struct interval);
	if (not.at == NULL)
		return error_nomem(err);
	int r = take_list(patched, true, arena, &not, err);
	if (r == 0)
		r = take_list(never, false, arena, &not, err);
	return r < 0 ? r : intervals_left(&vulnerable, &not, arena, out, err);
}

/* records */

/* Negative without one, or with what is none. */
static double
score_of(const struct yaml_node *root, const char *key)
{
	struct slice text = feed_yaml_text(root, key);
	char copy[16] = { 0 }, *end;
	if (text.n == 0 || text.n >= sizeof copy)
		return -1;
	memcpy(copy, text.p, text.n);
	double score = strtod(copy, &end);
	return end == copy + text.n && score >= 0 && score <= 10 ? score : -1;
}

/* Scores, and no vectors: chosen among as cvss_prefer chooses. */
static enum severity
severity_of(const struct yaml_node *root)
{
	double third = score_of(root, "cvss_v3"), fourth = score_of(root, "cvss_v4"), second = score_of(root, "cvss_v2");
	if (third >= 0 || fourth >= 0)
		return cvss_severity(CVSS_4_0, third > fourth ? third : fourth);
	return second >= 0 ? cvss_severity(CVSS_2_0, second) : SEVERITY_UNKNOWN;
}

static size_t
take_names(const struct yaml_node *root, struct arena *arena, struct slice names[static 2])
{
	static const struct {
		const char *key, *prefix;
	} kinds[] = { { "cve", "CVE-" }, { "ghsa", "GHSA-" } };
	size_t n = 0;
	for (size_t i = 0; i < 2; i++) {
		struct slice text = feed_yaml_text(root, kinds[i].key);
		if (text.n)
			names[n++] = arena_printf(arena, "%s%.*s", kinds[i].prefix, SLICE_ARG(text));
	}
	return n;
}

static int
take_record(const struct yaml_node *root, struct slice file, struct builder *builder, struct arena *arena, struct data_feed *out,
            struct plim_error *err)
{
	struct slice names[2], gem = feed_yaml_text(root, "gem"), engine = feed_yaml_text(root, "engine"), id = file;
	struct affected affected = { .ecosystem = gem.n ? SLICE("RubyGems") : SLICE("generic"), .package = gem.n ? gem : engine,
		                     .state = MATCH_FIXED, .fix_known = DATE_NONE };
	struct advisory advisory = { .title = feed_yaml_text(root, "title"), .url = feed_yaml_text(root, "url"), .published = DATE_NONE,
		                     .modified = DATE_NONE, .severity = severity_of(root), .aliases = names, .affected = &affected,
		                     .affected_count = 1 };
	slice_skip_end(&id, SLICE(".yml"));
	if (affected.package.n == 0 || !date_parse(feed_yaml_text(root, "date"), &advisory.published))
		return error_set(err, PLIM_EFORMAT, "neither gem nor engine, or no date");
	advisory.id = id;
	advisory.alias_count = take_names(root, arena, names);
	out->records = 1;
	out->snapshot = advisory.published;
	int r = take_versions(root, arena, &affected, err);
	return r < 0 ? r : builder_advisory(builder, &advisory, err);
}

static int
bid(const struct feed_file *file)
{
	bool there = slice_find_text(file->name, SLICE("gems/")) != SIZE_MAX || slice_find_text(file->name, SLICE("rubies/")) != SIZE_MAX;
	bool said = slice_find_text(file->bytes, SLICE("\ngem: ")) != SIZE_MAX || slice_find_text(file->bytes, SLICE("\nengine: ")) != SIZE_MAX;
	return there && said && slice_ends(file->name, SLICE(".yml")) ? 40 : 0;
}

static int
read_rubysec(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	struct yaml_document *document;
	out->name = SLICE("ruby-advisory-db");
	int r = feed_yaml(file, arena, &document, err);
	return r < 0 ? r : take_record(document->root, path_base(file->name), builder, arena, out, err);
}

/* "CVE-2020-1.yml", "OSVDB-1.yml"; beside them are files about the repository. */
static bool
is_record(struct slice name)
{
	return slice_find(name, '-') != SIZE_MAX && slice_ends(name, SLICE(".yml"));
}

const struct feed feed_rubysec = {
	.format = "ruby-advisory-db", .bid = bid, .read = read_rubysec, .joins = true, .is_document = is_record, .depth = 2, .counted = true,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* Alpine's secdb, and those that Wolfi and its kin make in its shape: for each package of one repository of one release, which version mends which ids. */
#include "advisory/feed.h"
#include "base/date.h"
#include "base/error.h"
#include "codec/json.h"

static int
bid(const struct feed_file *file)
{
	struct slice head = slice_first(file->bytes, 4096);
	bool rolling = slice_find_text(head, SLICE("\"reponame\"")) != SIZE_MAX && slice_find_text(head, SLICE("\"urlprefix\"")) != SIZE_MAX;
	return slice_find_text(head, SLICE("\"distroversion\"")) != SIZE_MAX || rolling ? 64 : 0;
}

/* Distributions that have no releases do not name theirs; where their packages are tells whose they are. */
static struct slice
rolling_of(const struct json *root, struct slice file)
{
	static const struct {
		const char *word, *id;
	} marks[] = {
		{ "wolfi", "wolfi" }, { "chainguard", "chainguard" }, { ".cgr.", "chainguard" }, { "minimos", "minimos" }, { ".mini.", "minimos" },
	};
	const struct slice places[] = { json_get_string(root, "reponame"), json_get_string(root, "urlprefix"), file };
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
			if (slice_find_text(places[i], slice_of(marks[k].word)) != SIZE_MAX)
				return slice_of(marks[k].id);
	return SLICE_NONE;
}

struct secdb {
	struct builder *builder;
	struct slice ecosystem;
	uint64_t records;
};

/* "CVE-2019-1 XSA-3": one flaw under several names; several CVEs are several flaws. */
static int
take_flaw(struct secdb *secdb, struct slice package, struct slice version, const struct slice *names, size_t n, struct plim_error *err)
{
	const struct version_event events[] = { { EVENT_INTRODUCED, SLICE("0") }, { EVENT_FIXED, version } };
	/* Mended in "0": never affected. */
	bool never = slice_is(version, "0");
	const struct affected affected = {
		.ecosystem = secdb->ecosystem, .package = package, .state = never ? MATCH_NOT_AFFECTED : MATCH_FIXED, .fix_known = DATE_NONE,
		.events = events, .event_count = never ? 0 : 2,
	};
	const struct advisory advisory = {
		.id = names[0], .aliases = names + 1, .alias_count = n - 1, .published = DATE_NONE, .modified = DATE_NONE,
		.affected = &affected, .affected_count = 1,
	};
	return builder_advisory(secdb->builder, &advisory, err);
}

#define NAME_MOST 32

static bool
is_cve(struct slice name)
{
	return slice_starts(name, SLICE("CVE-"));
}

static int
take_item(struct secdb *secdb, struct slice package, struct slice version, struct slice item, struct plim_error *err)
{
	struct slice names[NAME_MOST];
	size_t n = 0;
	for (struct slice rest = item, name; slice_word(&rest, &name);) {
		bool begins = n > 0 && is_cve(name);
		if (begins || n == NAME_MOST) {
			int r = take_flaw(secdb, package, version, names, n, err);
			if (r < 0)
				return r;
			n = 0;
		}
		names[n++] = name;
	}
	return n > 0 ? take_flaw(secdb, package, version, names, n, err) : 0;
}

static int
take_package(struct secdb *secdb, const struct json *package, struct plim_error *err)
{
	struct slice name = json_get_string(package, "name");
	const struct json *fixes = json_get(package, "secfixes");
	if (name.n == 0 || !json_is(fixes, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "a package without name or secfixes");
	for (size_t v = 0; v < fixes->n; v++)
		for (size_t i = 0; i < fixes->items[v].n; i++) {
			struct slice item = json_string(json_item(&fixes->items[v], i));
			secdb->records++;
			int r = item.p ? take_item(secdb, name, fixes->keys[v], item, err)
			               : error_set(err, PLIM_EFORMAT, "package %.*s: a fix that is no text", SLICE_ARG(name));
			if (r < 0)
				return r;
		}
	return 0;
}

static int
read_secdb(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(file->bytes, arena, &root, err);
	if (r < 0)
		return r;
	struct slice release = json_get_string(root, "distroversion"), repository = json_get_string(root, "reponame");
	const struct json *packages = json_get(root, "packages");
	struct slice id = release.n ? SLICE("alpine") : rolling_of(root, file->name);
	if (id.n == 0 || !json_is(packages, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "packages are missing, or what tells the distribution and its release");
	out->name = release.n ? arena_printf(arena, "alpine-secdb %.*s/%.*s", SLICE_ARG(release), SLICE_ARG(repository))
	                      : arena_printf(arena, "%.*s-secdb %.*s", SLICE_ARG(id), SLICE_ARG(repository));
	slice_skip(&release, SLICE("v"));
	struct secdb secdb = { .builder = builder, .ecosystem = arena_printf(arena, "%.*s:%.*s", SLICE_ARG(id), SLICE_ARG(release)) };
	if (out->name.p == NULL || secdb.ecosystem.p == NULL)
		return error_nomem(err);
	for (size_t i = 0; r == 0 && i < packages->n; i++)
		r = take_package(&secdb, json_get(&packages->items[i], "pkg"), err);
	out->records = secdb.records;
	/* Its two repositories together are the release; either alone speaks of the packages that it has. */
	return r < 0 ? r : builder_covers(builder, secdb.ecosystem, NULL, 0, err);
}

const struct feed feed_alpine = { .format = "alpine-secdb", .bid = bid, .read = read_secdb, .own = true };

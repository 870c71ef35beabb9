/* SPDX-License-Identifier: Apache-2.0 */
/* Photon's CVE data, one file a release: for each package and id the version that mends it. */
#include "advisory/feed.h"
#include "base/date.h"
#include "base/error.h"
#include "codec/json.h"

#include <stdio.h>
#include <stdlib.h>

static int
bid(const struct feed_file *file)
{
	struct slice head = slice_first(file->bytes, 4096);
	bool shaped = slice_find_text(head, SLICE("\"cve_id\"")) != SIZE_MAX && slice_find_text(head, SLICE("\"res_ver\"")) != SIZE_MAX;
	return shaped ? 64 : 0;
}

/* "cve_data_photon4.0.json"; under another name its packages' "1.2-3.ph4" tell. */
static struct slice
release_of(struct slice name, const struct json *root, struct arena *arena)
{
	static const char digits[] = "0123456789.";
	struct slice base = path_base(name), mark = SLICE("photon");
	size_t at = slice_find_text(base, mark), n = 0;
	struct slice rest = at == SIZE_MAX ? SLICE_NONE : slice_from(base, at + mark.n);
	while (n < rest.n && memchr(digits, rest.p[n], sizeof digits - 1))
		n++;
	rest = slice_first(rest, n);
	slice_skip_end(&rest, SLICE("."));
	for (size_t i = 0; rest.n == 0 && i < root->n; i++) {
		struct slice version = json_get_string(&root->items[i], "res_ver"), before, tag;
		if (slice_cut_last(version, '.', &before, &tag) && slice_skip(&tag, SLICE("ph")) && tag.n && tag.n < 4)
			return arena_printf(arena, "%.*s.0", SLICE_ARG(tag));
	}
	return rest;
}

static bool
is_version(struct slice text)
{
	return text.n > 0 && !slice_is(text, "NA");
}

/* Mended, and nobody says where: what is there may be older. */
static enum match_state
state_of(struct slice status, bool versioned)
{
	if (slice_eq_nocase(status, SLICE("Not Affected")))
		return MATCH_NOT_AFFECTED;
	if (versioned)
		return MATCH_FIXED;
	return status.n == 0 || slice_eq_nocase(status, SLICE("Fixed")) ? MATCH_UNDER_INVESTIGATION : MATCH_AFFECTED;
}

static enum severity
severity_of(const struct json *score)
{
	char text[16];
	if (!json_is(score, JSON_NUMBER) || score->text.n >= sizeof text)
		return SEVERITY_UNKNOWN;
	snprintf(text, sizeof text, "%.*s", SLICE_ARG(score->text));
	return severity_of_score(strtod(text, NULL));
}

static int
take_entry(const struct json *entry, size_t at, struct slice ecosystem, struct builder *builder, struct plim_error *err)
{
	struct slice id = json_get_string(entry, "cve_id"), package = json_get_string(entry, "pkg"), fixed = json_get_string(entry, "res_ver");
	struct slice status = json_get_string(entry, "status");
	if (id.n == 0 || package.n == 0 || !json_get(entry, "res_ver"))
		return error_set(err, PLIM_EFORMAT, "entry %zu: cve_id, pkg or res_ver is missing", at + 1);
	const struct version_event events[] = { { EVENT_INTRODUCED, SLICE("0") }, { EVENT_FIXED, fixed } };
	struct affected affected = {
		.ecosystem = ecosystem, .package = package, .state = state_of(status, is_version(fixed)), .fix_known = DATE_NONE, .events = events,
	};
	affected.event_count = affected.state == MATCH_FIXED ? 2 : 0;
	const struct advisory advisory = {
		.id = id, .severity = severity_of(json_get(entry, "cve_score")), .published = DATE_NONE, .modified = DATE_NONE,
		.affected = &affected, .affected_count = 1,
	};
	return builder_advisory(builder, &advisory, err);
}

static int
read_photon(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(file->bytes, arena, &root, err);
	if (r < 0)
		return r;
	if (!json_is(root, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "not an array");
	struct slice release = release_of(file->name, root, arena);
	if (release.n == 0)
		return error_set(err, PLIM_EFORMAT, "neither its name nor its packages tell the release");
	struct slice ecosystem = arena_printf(arena, "photon:%.*s", SLICE_ARG(release));
	out->name = arena_printf(arena, "photon %.*s", SLICE_ARG(release));
	if (out->name.p == NULL || ecosystem.p == NULL)
		return error_nomem(err);
	for (; r == 0 && out->records < root->n; out->records++)
		r = take_entry(&root->items[out->records], (size_t)out->records, ecosystem, builder, err);
	return r;
}

const struct feed feed_photon = { .format = "photon", .bid = bid, .read = read_photon, .own = true, .counted = true };

/* SPDX-License-Identifier: Apache-2.0 */
/* Arch's security tracker: groups of packages that the same issues concern, and since which version they do not. */
#include "advisory/feed.h"
#include "base/date.h"
#include "base/error.h"
#include "codec/json.h"

static int
bid(const struct feed_file *file)
{
	struct slice head = slice_first(file->bytes, 4096);
	bool shaped = slice_find_text(head, SLICE("\"AVG-")) != SIZE_MAX && slice_find_text(head, SLICE("\"issues\"")) != SIZE_MAX &&
	              slice_find_text(head, SLICE("\"affected\"")) != SIZE_MAX;
	return shaped ? 64 : 0;
}

/* What is in the testing repositories is mended there; the release has no fix yet. */
static const struct status {
	const char *name;
	enum match_state state;
	enum event_kind end;
} statuses[] = {
	{ "Fixed", MATCH_FIXED, EVENT_FIXED },
	{ "Testing", MATCH_AFFECTED, EVENT_LIMIT },
	{ "Vulnerable", MATCH_AFFECTED, EVENT_LIMIT },
	{ "Unknown", MATCH_UNDER_INVESTIGATION, EVENT_LIMIT },
	{ "Not affected", MATCH_NOT_AFFECTED, EVENT_LIMIT },
};

static const struct status *
status_of(struct slice name)
{
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		if (slice_is(name, statuses[i].name))
			return &statuses[i];
	return NULL;
}

static int
texts_of(const struct json *list, struct arena *arena, const struct slice **out, size_t *out_count)
{
	struct slice *texts = json_is(list, JSON_ARRAY) ? arena_make_array(arena, list->n + 1, struct slice) : NULL;
	for (size_t i = 0; texts && i < list->n; i++)
		if ((texts[i] = json_string(&list->items[i])).n == 0)
			return PLIM_EFORMAT;
	*out = texts;
	*out_count = texts ? list->n : 0;
	return texts ? 0 : PLIM_EFORMAT;
}

static int
put_group(const struct json *group, const struct status *status, struct builder *builder, struct arena *arena, struct plim_error *err)
{
	struct slice fixed = json_get_string(group, "fixed"), type = json_get_string(group, "type"), id = json_get_string(group, "name");
	const struct slice *issues, *packages;
	size_t issue_count, n;
	enum severity severity = SEVERITY_UNKNOWN;
	if (texts_of(json_get(group, "issues"), arena, &issues, &issue_count) < 0 || texts_of(json_get(group, "packages"), arena, &packages, &n) < 0)
		return error_set(err, PLIM_EFORMAT, "%.*s: packages or issues are no lists of names", SLICE_ARG(id));
	if (status->state == MATCH_FIXED && fixed.n == 0)
		return error_set(err, PLIM_EFORMAT, "%.*s: fixed, and in no version", SLICE_ARG(id));
	struct affected *affected = arena_make_array(arena, n + 1, struct affected);
	const struct version_event events[] = { { EVENT_INTRODUCED, SLICE("0") }, { status->end, fixed } };
	if (affected == NULL)
		return error_nomem(err);
	severity_parse(json_get_string(group, "severity"), &severity);
	for (size_t i = 0; i < n; i++)
		affected[i] = (struct affected){
			.ecosystem = SLICE("arch:"), .package = packages[i], .state = status->state, .severity = severity, .fix_known = DATE_NONE,
			.events = events, .event_count = fixed.n && status->state != MATCH_NOT_AFFECTED ? 2 : 0,
		};
	const struct advisory advisory = {
		.id = id, .aliases = issues, .alias_count = issue_count, .title = type, .published = DATE_NONE, .modified = DATE_NONE,
		.affected = affected, .affected_count = n,
	};
	return builder_advisory(builder, &advisory, err);
}

static int
read_arch(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(file->bytes, arena, &root, err);
	if (r < 0)
		return r;
	if (!json_is(root, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "not an array of groups");
	out->name = SLICE("arch");
	for (; r == 0 && out->records < root->n; out->records++) {
		const struct json *group = &root->items[out->records];
		struct slice id = json_get_string(group, "name"), word = json_get_string(group, "status");
		const struct status *status = status_of(word);
		if (id.n == 0 || status == NULL)
			return error_set(err, PLIM_EFORMAT, "group %zu: no name, or status '%.*s', which the tracker does not have",
			                 (size_t)out->records + 1, SLICE_ARG(word));
		r = put_group(group, status, builder, arena, err);
	}
	return r;
}

const struct feed feed_arch = { .format = "arch", .bid = bid, .read = read_arch, .own = true, .counted = true };

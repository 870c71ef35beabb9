/* SPDX-License-Identifier: Apache-2.0 */
/* The Debian security tracker's JSON: source package, then id, then release, then what Debian says of it there. */
#include "advisory/ecosystem.h"
#include "advisory/feed.h"
#include "base/date.h"
#include "base/error.h"
#include "codec/json.h"

static int
bid(const struct feed_file *file)
{
	struct slice head = slice_first(file->bytes, 16384);
	bool shaped = slice_find_text(head, SLICE("\"releases\"")) != SIZE_MAX && slice_find_text(head, SLICE("\"urgency\"")) != SIZE_MAX;
	return shaped ? 48 : 0;
}

static enum match_state
state_of(const struct json *release)
{
	struct slice status = json_get_string(release, "status"), urgency = json_get_string(release, "urgency");
	struct slice reason = json_get_string(release, "nodsa_reason");
	if (slice_is(status, "resolved"))
		return slice_is(json_get_string(release, "fixed_version"), "0") ? MATCH_NOT_AFFECTED : MATCH_FIXED;
	if (slice_is(urgency, "end-of-life"))
		return MATCH_END_OF_LIFE;
	if (slice_is(reason, "ignored") || slice_is(urgency, "unimportant"))
		return MATCH_WONT_FIX;
	if (json_get(release, "nodsa") || slice_is(reason, "postponed"))
		return MATCH_DEFERRED;
	return slice_is(status, "undetermined") ? MATCH_UNDER_INVESTIGATION : MATCH_AFFECTED;
}

/* "high**" is high, as somebody guessed it from NVD's. */
static enum severity
severity_of(struct slice urgency)
{
	enum severity severity = SEVERITY_UNKNOWN;
	while (slice_skip_end(&urgency, SLICE("*")))
		;
	severity_parse(urgency, &severity);
	return severity;
}

static int
take_release(const struct json *release, struct slice codename, struct slice package, struct arena *arena, struct affected *out,
             struct plim_error *err)
{
	struct slice number = ecosystem_debian_release(codename), fixed = json_get_string(release, "fixed_version");
	struct version_event *events = arena_make_array(arena, 2, struct version_event);
	if (events == NULL)
		return error_nomem(err);
	if (json_get_string(release, "status").n == 0)
		return error_set(err, PLIM_EFORMAT, "package %.*s, release %.*s: no status", SLICE_ARG(package), SLICE_ARG(codename));
	*out = (struct affected){
		.ecosystem = arena_printf(arena, "debian:%.*s", SLICE_ARG(number.p ? number : codename)), .package = package,
		.state = state_of(release), .severity = severity_of(json_get_string(release, "urgency")), .fix_known = DATE_NONE,
		.events = events,
	};
	if (out->state != MATCH_FIXED)
		return out->ecosystem.p ? 0 : error_nomem(err);
	if (fixed.n == 0)
		return error_set(err, PLIM_EFORMAT, "package %.*s, release %.*s: resolved, and no fixed_version", SLICE_ARG(package), SLICE_ARG(codename));
	events[0] = (struct version_event){ EVENT_INTRODUCED, SLICE("0") };
	events[1] = (struct version_event){ EVENT_FIXED, fixed };
	out->event_count = 2;
	return out->ecosystem.p ? 0 : error_nomem(err);
}

static int
take_id(struct slice package, struct slice id, const struct json *said, struct builder *builder, struct arena *arena, struct plim_error *err)
{
	const struct json *releases = json_get(said, "releases");
	if (!json_is(releases, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "package %.*s, %.*s: no releases", SLICE_ARG(package), SLICE_ARG(id));
	struct affected *affected = arena_make_array(arena, releases->n + 1, struct affected);
	if (affected == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < releases->n; i++) {
		int r = take_release(&releases->items[i], releases->keys[i], package, arena, &affected[i], err);
		if (r < 0)
			return r;
	}
	const struct advisory advisory = {
		.id = id, .title = json_get_string(said, "description"), .published = DATE_NONE, .modified = DATE_NONE,
		.affected = affected, .affected_count = releases->n,
	};
	return builder_advisory(builder, &advisory, err);
}

/* An archive or a file of the name that its publisher gives it does not tell its date. */
static int
read_tracker(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(file->bytes, arena, &root, err);
	if (r < 0)
		return r;
	if (!json_is(root, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "not an object of packages");
	out->name = SLICE("debian-tracker");
	for (size_t p = 0; p < root->n; p++) {
		if (!json_is(&root->items[p], JSON_OBJECT))
			return error_set(err, PLIM_EFORMAT, "package %.*s: not an object", SLICE_ARG(root->keys[p]));
		for (size_t i = 0; r == 0 && i < root->items[p].n; i++, out->records++)
			r = take_id(root->keys[p], root->items[p].keys[i], &root->items[p].items[i], builder, arena, err);
		if (r < 0)
			return r;
	}
	return 0;
}

const struct feed feed_debian = { .format = "debian-tracker", .bid = bid, .read = read_tracker, .own = true, .counted = true };

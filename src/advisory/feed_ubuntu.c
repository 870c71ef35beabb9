/* SPDX-License-Identifier: Apache-2.0 */
/* Ubuntu's CVE tracker, its own files: one a CVE (in folders active, retired, ignored), and in it one line for each package of each release. */
#include "advisory/cvss.h"
#include "advisory/ecosystem.h"
#include "advisory/feed.h"
#include "advisory/fips.h"
#include "base/cursor.h"
#include "base/date.h"
#include "base/error.h"
#include "base/vec.h"
#include "version/scheme.h"

static int
bid(const struct feed_file *file)
{
	struct slice head = slice_first(file->bytes, 4096);
	bool named = slice_starts(head, SLICE("Candidate:")) || slice_find_text(head, SLICE("\nCandidate:")) != SIZE_MAX;
	return named && slice_find_text(head, SLICE("PublicDate")) != SIZE_MAX ? 64 : 0;
}

struct priority {
	struct slice package;          /* "openssl", "openssl/jammy"; absent: of all */
	enum severity severity;
};

struct status {
	struct affected affected;
	struct slice codename;
	enum fips_grade grade;
};

struct cve {
	struct arena *arena;
	struct slice id, field, title, vector;
	int64_t published;
	VEC(struct priority) priorities;
	VEC(struct status) statuses;
	size_t line;
};

static void
auto_cve(struct cve *cve)
{
	vec_done(&cve->priorities);
	vec_done(&cve->statuses);
}

/* "jammy", "esm-infra/focal", "trusty/esm", "fips-updates/bionic", "ros-esm/xenial/kinetic" */
static bool
take_release(struct cve *cve, struct slice name, struct status *status)
{
	struct slice number = SLICE_NONE, channel = SLICE_NONE, part;
	for (struct slice rest = name; slice_next(&rest, '/', &part);) {
		struct slice known = number.p ? SLICE_NONE : ecosystem_ubuntu_release(part);
		status->codename = known.p || (number.p == NULL && rest.n == 0) ? part : status->codename;
		number = known.p ? known : number;
		if (known.p == NULL && channel.p == NULL && (rest.n || number.p))
			channel = part;
	}
	status->grade = fips_grade(channel);
	if (slice_starts(channel, SLICE("esm")))
		channel = SLICE("esm");
	else if (status->grade != FIPS_NONE)
		channel = SLICE("fips");
	status->affected.channel = channel;
	status->affected.ecosystem = arena_printf(cve->arena, "ubuntu:%.*s", SLICE_ARG(number.p ? number : status->codename));
	return status->affected.ecosystem.p != NULL;
}

static const struct word {
	const char *word;
	enum match_state state;
} words[] = {
	{ "released", MATCH_FIXED },       { "needed", MATCH_AFFECTED },      { "active", MATCH_AFFECTED },
	{ "in-progress", MATCH_AFFECTED }, { "pending", MATCH_AFFECTED },     { "needs-triage", MATCH_UNDER_INVESTIGATION },
	{ "deferred", MATCH_DEFERRED },    { "ignored", MATCH_WONT_FIX },     { "not-affected", MATCH_NOT_AFFECTED },
};

static bool
is_over(struct slice reason)
{
	static const char *const reasons[] = { "end of life", "end-of-life", "end of standard support", "end of kernel support", "end of ESM" };
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (slice_find_text(reason, slice_of(reasons[i])) != SIZE_MAX)
			return true;
	return false;
}

/* "released (1.2-3ubuntu1)": the state, and where it ends. */
static bool
take_state(struct cve *cve, struct slice word, struct slice note, struct affected *out)
{
	size_t at = 0;
	while (at < sizeof words / sizeof *words && !slice_is(word, words[at].word))
		at++;
	if (at == sizeof words / sizeof *words)
		return false;
	slice_skip(&note, SLICE("("));
	slice_skip_end(&note, SLICE(")"));
	note = slice_trim(note);
	out->state = words[at].state == MATCH_WONT_FIX && is_over(note) ? MATCH_END_OF_LIFE : words[at].state;
	bool released = out->state == MATCH_FIXED;
	if (!released && !slice_is(word, "pending"))
		return true;
	struct version_event *events = note.n && version_dpkg.check(note, NULL) == 0 ? arena_make_array(cve->arena, 2, struct version_event) : NULL;
	if (events) {
		events[0] = (struct version_event){ EVENT_INTRODUCED, SLICE("0") };
		/* What is pending is not published yet. */
		events[1] = (struct version_event){ released ? EVENT_FIXED : EVENT_LIMIT, note };
		out->events = events;
		out->event_count = 2;
	} else if (released) {
		/* It does not say in which version. */
		out->state = MATCH_UNDER_INVESTIGATION;
	}
	return true;
}

/* Of upstream itself and of snaps, which no release has: what they say is said of no package of a distribution. */
static bool
is_elsewhere(struct slice release)
{
	return slice_is(release, "upstream") || slice_is(release, "snap") || slice_is(release, "product");
}

static int
take_status(struct cve *cve, struct slice name, struct slice value, struct plim_error *err)
{
	struct slice release, package, word = SLICE_NONE;
	struct status status = { .affected = { .fix_known = DATE_NONE } };
	slice_cut(name, '_', &release, &package);
	if (is_elsewhere(release))
		return 0;
	if (package.n == 0 || !slice_word(&value, &word))
		return error_set(err, PLIM_EFORMAT, "line %zu: no package, or no status", cve->line);
	if (slice_is(word, "DNE"))
		return 0;
	if (!take_state(cve, word, slice_trim(value), &status.affected))
		return error_set(err, PLIM_EFORMAT, "line %zu: the tracker has no status '%.*s'", cve->line, SLICE_ARG(word));
	status.affected.package = package;
	struct status *place = take_release(cve, release, &status) ? vec_push(&cve->statuses) : NULL;
	if (place == NULL)
		return error_nomem(err);
	*place = status;
	return 0;
}

/* fields */

static int
take_priority(struct cve *cve, struct slice name, struct slice value, struct plim_error *err)
{
	struct priority priority = { .severity = SEVERITY_UNKNOWN };
	struct slice word;
	slice_skip(&name, SLICE("Priority"));
	if (slice_skip(&name, SLICE("_")))
		priority.package = name;
	if (!slice_word(&value, &word) || !severity_parse(word, &priority.severity))
		return 0;
	struct priority *place = vec_push(&cve->priorities);
	if (place)
		*place = priority;
	return place ? 0 : error_nomem(err);
}

static int
take_field(struct cve *cve, struct slice line, struct plim_error *err)
{
	struct slice name, value, word;
	int64_t day;
	if (!slice_cut(line, ':', &name, &value))
		return error_set(err, PLIM_EFORMAT, "line %zu: neither a field nor what continues one", cve->line);
	name = slice_trim(name);
	cve->field = name;
	if (slice_is(name, "Candidate"))
		cve->id = slice_trim(value);
	else if (slice_is(name, "PublicDate") && slice_word(&value, &word) && date_parse_day(word, &day))
		cve->published = day * DAY_S;
	else if (slice_starts(name, SLICE("Priority")))
		return take_priority(cve, name, value, err);
	/* Fields begin with a capital letter, releases do not. */
	bool field = name.n == 0 || (name.p[0] >= 'A' && name.p[0] <= 'Z') || slice_find(name, '_') == SIZE_MAX;
	return field || slice_starts(name, SLICE("--")) ? 0 : take_status(cve, name, value, err);
}

static void
take_more(struct cve *cve, struct slice text)
{
	struct slice word;
	if (slice_is(cve->field, "Description") && cve->title.n < 160)
		cve->title = cve->title.n ? arena_printf(cve->arena, "%.*s %.*s", SLICE_ARG(cve->title), SLICE_ARG(text)) : text;
	while (slice_is(cve->field, "CVSS") && slice_word(&text, &word))
		if (slice_starts(word, SLICE("CVSS:")))
			cve->vector = cvss_prefer(cve->vector, word);
}

static int
read_fields(struct cve *cve, struct slice bytes, struct plim_error *err)
{
	struct cursor c = cursor_of(bytes);
	struct slice line;
	int r = 0;
	for (cve->line = 1; r == 0 && cursor_line(&c, &line); cve->line++) {
		struct slice text = slice_trim(line);
		if (text.n == 0 || line.p[0] == '#')
			continue;
		if (line.p[0] == ' ' || line.p[0] == '\t')
			take_more(cve, text);
		else
			r = take_field(cve, line, err);
	}
	return r;
}

/* what is made of them */

static enum severity
severity_of(const struct cve *cve, const struct status *status)
{
	enum severity all = SEVERITY_UNKNOWN, ours = SEVERITY_UNKNOWN;
	for (size_t i = 0; i < cve->priorities.n; i++) {
		const struct priority *priority = &cve->priorities.at[i];
		struct slice package, release;
		bool narrow = slice_cut(priority->package, '/', &package, &release);
		if (priority->package.n == 0)
			all = priority->severity;
		else if (slice_eq(package, status->affected.package) && (narrow ? slice_eq(release, status->codename) : ours == SEVERITY_UNKNOWN))
			ours = priority->severity;
	}
	return ours == SEVERITY_UNKNOWN ? all : ours;
}

static int
put_cve(struct cve *cve, struct builder *builder, struct plim_error *err)
{
	struct affected *affected = arena_make_array(cve->arena, cve->statuses.n + 1, struct affected);
	enum fips_grade *grades = arena_make_array(cve->arena, cve->statuses.n + 1, enum fips_grade);
	size_t n = 0;
	if (affected == NULL || grades == NULL)
		return error_nomem(err);
	vec_each(&cve->statuses, status) {
		affected[n] = status->affected;
		grades[n] = status->grade;
		affected[n++].severity = severity_of(cve, status);
	}
	if (!fips_reduce(affected, grades, &n, cve->arena))
		return error_nomem(err);
	const struct advisory advisory = {
		.id = cve->id, .title = slice_first_text(cve->title, 160), .vector = cve->vector, .published = cve->published,
		.modified = DATE_NONE, .affected = affected, .affected_count = n,
	};
	return builder_advisory(builder, &advisory, err);
}

static int
read_ubuntu(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	AUTO(cve) struct cve cve = { .arena = arena, .published = DATE_NONE };
	int r = read_fields(&cve, file->bytes, err);
	if (r < 0)
		return r;
	if (cve.id.n == 0)
		return error_set(err, PLIM_EFORMAT, "it names no candidate");
	out->name = SLICE("ubuntu-cve-tracker");
	out->records = 1;
	return put_cve(&cve, builder, err);
}

static bool
is_cve(struct slice name)
{
	return slice_starts(name, SLICE("CVE-"));
}

const struct feed feed_ubuntu = {
	.format = "ubuntu-cve-tracker", .bid = bid, .read = read_ubuntu, .joins = true, .is_document = is_cve, .depth = 1,
	.own = true, .counted = true,
};

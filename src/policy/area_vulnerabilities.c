/* SPDX-License-Identifier: Apache-2.0 */
/* Is the exposure acceptable?  Each match is held against each entry of `deny`. */
#include "policy/exposure.h"

#include "advisory/explain.h"

#include "base/date.h"
#include "base/error.h"

#include <stdio.h>

/* All entries that take one match: the strongest action wins, all are named. */
struct denial {
	bool denied;
	enum action action;
	struct strbuf names;
	bool doubted;
	enum action doubted_action;
	struct doubt doubt;
};

static void
denial_add(struct denial *denial, const struct deny *deny, enum action action)
{
	if (!denial->denied || action > denial->action)
		denial->action = action;
	denial->denied = true;
	strbuf_printf(&denial->names, "%s{%.*s}", denial->names.n ? ", " : "", SLICE_ARG(deny->text));
}

static void
denial_of(const struct exposure *exposure, const struct match *match, struct denial *out)
{
	const struct policy *policy = exposure->judging->policy;
	*out = (struct denial){ 0 };
	for (size_t i = 0; i < policy->denies.n; i++) {
		struct doubt doubt = { 0 };
		enum truth truth = exposure_denies(exposure, &policy->denies.at[i], match, &doubt);
		if (truth == FALSE)
			continue;
		enum action action = judge_action(exposure->judging, &policy->denies.at[i].terms);
		if (truth == TRUE)
			denial_add(out, &policy->denies.at[i], action);
		if (truth != UNCERTAIN || (out->doubted && out->doubted_action >= action))
			continue;
		out->doubted = true;
		out->doubted_action = action;
		out->doubt = doubt;
	}
}

static struct slice
match_message(struct judging *judging, const struct match *match, const struct package *package, const struct denial *denial)
{
	static const char *const states[MATCH_STATE_COUNT] = {
		[MATCH_AFFECTED] = "no fix is known",          [MATCH_WONT_FIX] = "the distribution will not fix it",
		[MATCH_DEFERRED] = "the distribution deferred it", [MATCH_END_OF_LIFE] = "the distribution no longer supports the package",
		[MATCH_UNDER_INVESTIGATION] = "the distribution has not yet decided", [MATCH_NOT_AFFECTED] = "", [MATCH_FIXED] = "",
	};
	struct slice fixed = match->state == MATCH_FIXED ? judge_text(judging, "fixed in %.*s", SLICE_ARG(match->fixed_version))
	                                                 : slice_of(states[match->state]);
	return judge_text(judging, "%.*s %.*s is affected, %.*s (%.*s); denied by %.*s", SLICE_ARG(package->name), SLICE_ARG(package->version),
	                  SLICE_ARG(fixed), SLICE_ARG(match->source), SLICE_ARG(strbuf_slice(&denial->names)));
}

static int
judge_denied(struct judging *judging, const struct match *match, const struct denial *denial, struct plim_error *err)
{
	const struct package *package = &judging->inventory->packages[match->package];
	struct slice *references = arena_make(judging->arena, struct slice);
	if (references == NULL)
		return error_nomem(err);
	*references = match->url;
	struct finding finding = {
		.rule = judge_text(judging, "vulnerabilities/%.*s", SLICE_ARG(match->id)),
		.area = AREA_VULNERABILITIES, .action = denial->action, .severity = match->severity, .match = match,
		.title = judge_text(judging, "%.*s in %.*s%s%.*s", SLICE_ARG(match->id), SLICE_ARG(package->name), match->title.n ? ": " : "",
		                    SLICE_ARG(match->title)),
		.message = match_message(judging, match, package, denial),
		.evidence = evidence_of_package(package),
		.references = references, .reference_count = match->url.n > 0,
	};
	if (match->state == MATCH_FIXED)
		finding.fix_version = match->fixed_version;
	return judge_finding(judging, &finding, err);
}

static int
judge_doubted(struct judging *judging, const struct match *match, const struct doubt *doubt, struct plim_error *err)
{
	const struct package *package = &judging->inventory->packages[match->package];
	int r = judge_unknown(judging, doubt->kind, AREA_VULNERABILITIES,
	                      judge_text(judging, "%.*s in %.*s %.*s", SLICE_ARG(match->id), SLICE_ARG(package->name), SLICE_ARG(package->version)),
	                      slice_of(doubt->reason), package->layer, err);
	if (r == 0)
		judging->unknowns.at[judging->unknowns.n - 1].match = match;
	return r;
}

/* A failure that is certain needs no doubt beside it; a warning does not settle what may be a failure. */
static int
judge_exposed(struct exposure *exposure, const struct match *match, struct plim_error *err)
{
	struct denial denial;
	int r = 0;
	denial_of(exposure, match, &denial);
	if (denial.denied)
		r = judge_denied(exposure->judging, match, &denial, err);
	if (r == 0 && denial.doubted && !(denial.denied && denial.action >= denial.doubted_action))
		r = judge_doubted(exposure->judging, match, &denial.doubt, err);
	strbuf_done(&denial.names);
	return r;
}

/* What the data is, before what it says. */

static int
judge_no_data(struct judging *judging, struct slice subject, struct slice reason, struct plim_error *err)
{
	return judge_unknown(judging, UNKNOWN_NO_DATA, AREA_VULNERABILITIES, subject, reason, UINT32_MAX, err);
}

/* An age that cannot be told is not one that is over the limit: at most it leaves the answer open. */
static int
judge_ageless(struct judging *judging, struct slice subject, struct slice reason, struct plim_error *err)
{
	int r = judge_unknown(judging, UNKNOWN_DATA_AGE, AREA_VULNERABILITIES, subject, reason, UINT32_MAX, err);
	struct unknown *last = r == 0 ? &judging->unknowns.at[judging->unknowns.n - 1] : NULL;
	if (last && last->action == ACTION_FAIL)
		last->action = ACTION_UNKNOWN;
	return r;
}

/* How old data may be that `subject` names. */
static int
judge_snapshot(struct judging *judging, struct slice subject, int64_t snapshot, int64_t over, struct plim_error *err)
{
	char day[DATE_TEXT_SIZE];
	if (snapshot != DATE_NONE && snapshot > judging->at) {
		/* Later on the same day: known on the next one at the latest. */
		judge_reached(judging, date_day(snapshot) > date_day(judging->at) ? date_day(snapshot) : date_day(judging->at) + 1, PASSING_DATA);
		return judge_ageless(judging, subject,
		                     judge_text(judging, "its data is of %s, after the time of this evaluation", date_day_text(date_day(snapshot), day)),
		                     err);
	}
	if (over < 0)
		return 0;
	if (snapshot == DATE_NONE)
		return judge_ageless(judging, subject, SLICE("its data does not tell its age"), err);
	int64_t age = date_day(judging->at) - date_day(snapshot);
	if (!judge_reached(judging, date_day(snapshot) + over + 1, PASSING_DATA_AGE))
		return 0;
	return judge_unknown(judging, UNKNOWN_DATA_AGE, AREA_VULNERABILITIES, subject,
	                     judge_text(judging, "its data is of %s, %lld days old, over the %lld that the policy takes",
	                                date_day_text(date_day(snapshot), day), (long long)age, (long long)over),
	                     UINT32_MAX, err);
}

/* CISA's catalogue changes when there is something to add: days without are no sign of old data. */
#define KEV_DAYS_AT_LEAST 30

static bool
asks_for(const struct policy *policy, const struct data_feed *feed)
{
	for (size_t i = 0; i < policy->denies.n; i++)
		if ((policy->denies.at[i].exploited && slice_is(feed->format, "kev")) || (policy->denies.at[i].epss >= 0 && slice_is(feed->format, "epss")))
			return true;
	return false;
}

static int
judge_covering(struct judging *judging, const struct coverage *coverage, int64_t over, struct plim_error *err)
{
	return coverage->covered || coverage->partly ? judge_snapshot(judging, coverage->key, coverage->snapshot, over, err) : 0;
}

/* The data that covers system and languages, and the lists of what is exploited where an entry asks for them. */
static int
judge_data_age(struct exposure *exposure, struct plim_error *err)
{
	struct judging *judging = exposure->judging;
	int64_t over = judging->policy->unknown[UNKNOWN_DATA_AGE].over;
	size_t n;
	const struct data_feed *feeds = database_feeds(judging->database, &n);
	const struct matches *matches = &exposure->matches;
	int r = judge_covering(judging, &matches->system, over, err);
	for (size_t i = 0; r == 0 && i < matches->language_count; i++)
		r = judge_covering(judging, &matches->languages[i], over, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		bool slow = slice_is(feeds[i].format, "kev") && over >= 0 && over < KEV_DAYS_AT_LEAST;
		if (asks_for(judging->policy, &feeds[i]))
			r = judge_snapshot(judging, feeds[i].name, feeds[i].snapshot, slow ? KEV_DAYS_AT_LEAST : over, err);
	}
	return r;
}

static int
judge_support(struct judging *judging, struct plim_error *err)
{
	const struct operating_system *os = &judging->verdict->os;
	char day[DATE_TEXT_SIZE];
	if (os->support_end == DATE_NONE || !judge_reached(judging, os->support_end + 1, PASSING_SUPPORT))
		return 0;
	return judge_unknown(judging, UNKNOWN_END_OF_LIFE, AREA_VULNERABILITIES,
	                     judge_text(judging, "%.*s %.*s", SLICE_ARG(os->id), SLICE_ARG(os->version_id)),
	                     judge_text(judging, "its support ended on %s: nobody looks for its vulnerabilities any more",
	                                date_day_text(os->support_end, day)),
	                     os->layer, err);
}

static size_t
executable_count(const struct inventory *inventory)
{
	size_t n = 0;
	for (size_t i = 0; i < inventory->node_count; i++) {
		uint16_t kind = inventory->files.kinds[i];
		n += (FILE_TYPE(kind) == ENTRY_FILE || FILE_TYPE(kind) == ENTRY_HARDLINK) && (FILE_MODE(kind) & 0111);
	}
	return n;
}

/* Nothing installed by a package manager: its executables are all there is, and these say nothing of themselves. */
static int
judge_bare(struct judging *judging, size_t n, struct plim_error *err)
{
	return judge_no_data(judging, SLICE("executables"),
	                     judge_text(judging, "%s, and what its %zu executable file%s built from was not established",
	                                judging->inventory->package_count ? "not all of it says what it is" : "there is no package in it", n,
	                                n == 1 ? " is" : "s are"),
	                     err);
}

static void
find_feeds(struct exposure *exposure)
{
	size_t n;
	const struct data_feed *feeds = database_feeds(exposure->judging->database, &n);
	for (size_t i = 0; i < n; i++) {
		exposure->has_kev = exposure->has_kev || slice_is(feeds[i].format, "kev");
		exposure->has_epss = exposure->has_epss || slice_is(feeds[i].format, "epss");
	}
}

static void
count_packages(const struct inventory *inventory, size_t *system, size_t *upstream)
{
	*system = *upstream = 0;
	for (size_t i = 0; i < inventory->package_count; i++) {
		const struct package *package = &inventory->packages[i];
		*system += package->scope == PACKAGE_INSTALLED && package_type_is_system(package->type);
		*upstream += package_is_upstream(package);
	}
}

/* What a pass does not speak of is said with it. */
static void
note_sight(struct judging *judging, size_t system, size_t upstream)
{
	struct slice text = judge_text(judging, "%zu packages of the system were looked at, no other software", system);
	if (upstream)
		text = judge_text(judging, "%zu packages of the system and %zu of languages were looked at, no other software", system, upstream);
	if (judging->data_signed.state == SIGNED_BY_ONE)
		text = judge_text(judging, "%.*s; data signed by %.*s", SLICE_ARG(text), SLICE_ARG(judging->data_signed.text));
	judge_note(judging, AREA_VULNERABILITIES, text);
}

static int
judge_uncovered(struct judging *judging, const struct coverage *coverage, struct plim_error *err)
{
	return coverage->covered ? 0 : judge_no_data(judging, coverage->key, coverage->reason, err);
}

/* Where there is no system, there is none that data could be missing for. */
static int
judge_coverage(struct judging *judging, const struct matches *matches, size_t system, struct plim_error *err)
{
	bool none = judging->inventory->os.none && system == 0;
	int r = none ? 0 : judge_uncovered(judging, &matches->system, err);
	for (size_t i = 0; r == 0 && i < matches->language_count; i++)
		r = judge_uncovered(judging, &matches->languages[i], err);
	return r;
}

static int
keep_explanations(struct judging *judging, const struct explaining *explaining, struct plim_error *err)
{
	struct match_reason *kept = arena_make_array(judging->arena, explaining->list.n + 1, struct match_reason);
	if (kept == NULL)
		return error_nomem(err);
	if (explaining->list.n)
		memcpy(kept, explaining->list.at, explaining->list.n * sizeof *kept);
	judging->verdict->explanations = kept;
	judging->verdict->explanation_count = explaining->list.n;
	return 0;
}

static int
judge_data(struct exposure *exposure, struct plim_error *err)
{
	struct judging *judging = exposure->judging;
	const struct inventory *inventory = judging->inventory;
	struct explaining explaining = { .glob = judging->explain, .arena = judging->arena };
	size_t system, upstream;
	int r = match_packages(judging->database, &inventory->os, inventory->packages, inventory->package_count, judging->arena,
	                       judging->explain.n ? &explaining : NULL, &exposure->matches, err);
	if (r == 0)
		r = keep_explanations(judging, &explaining, err);
	vec_done(&explaining.list);
	if (r < 0)
		return r;
	find_feeds(exposure);
	count_packages(inventory, &system, &upstream);
	note_sight(judging, system, upstream);
	if ((r = judge_data_signed(judging, AREA_VULNERABILITIES, err)) < 0 || (r = judge_coverage(judging, &exposure->matches, system, err)) < 0 || (r = judge_data_age(exposure, err)) < 0)
		return r;
	for (size_t i = 0; r == 0 && i < exposure->matches.n; i++)
		r = judge_exposed(exposure, &exposure->matches.at[i], err);
	return r;
}

int
judge_vulnerabilities(struct judging *judging, struct plim_error *err)
{
	struct exposure exposure = { .judging = judging };
	const struct inventory *inventory = judging->inventory;
	int r = judge_support(judging, err);
	if (r < 0)
		return r;
	size_t bare = inventory->os.none ? inventory->package_count ? inventory->unaccounted_count : executable_count(inventory) : 0;
	if (bare && (r = judge_bare(judging, bare, err)) < 0)
		return r;
	if (inventory_is_document(inventory) && inventory->package_count == 0 && bare == 0)
		return judge_no_data(judging, SLICE("packages"), SLICE("the bill of materials lists none"), err);
	if (inventory->os.none && inventory->package_count == 0) {
		if (bare == 0)
			judge_note(judging, AREA_VULNERABILITIES, SLICE("nothing in it can run"));
		return 0;
	}
	if (judging->database == NULL)
		return judge_no_data(judging, SLICE("advisory data"),
		                     SLICE("there is none: `plimsoll db update` fetches it"), err);
	return judge_data(&exposure, err);
}

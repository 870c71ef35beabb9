/* SPDX-License-Identifier: Apache-2.0 */
/* From a profile to what is asked about it, and from a scanner's results to what its rules are worth. */
#include "policy/scap_scan.h"

#include "base/error.h"
#include "policy/judge.h"
#include "scap/ask.h"
#include "scap/oval.h"
#include "scap/rules.h"

void
scap_scans_done(struct scap_scans *scans)
{
	for (size_t i = 0; i < scans->n; i++) {
		scap_document_done(&scans->at[i].results);
		free(scans->at[i].asks);
	}
	free(scans->at);
	*scans = (struct scap_scans){ 0 };
}

/* asking */

/* oscap would look at mounts and the kernel of the machine that it runs on. */
static bool
is_elsewhere(const struct inventory *inventory, const struct scap_rule *rule)
{
	return !inventory->live.is && scap_rule_is_of_hosts(rule->id);
}

/* What a rule asks and oscap is not shown: of another root whatever it answers is not believed.  Absent: it is. */
static struct slice
why_unseen(unsigned asks, const struct inventory *inventory)
{
	static const struct {
		enum scap_asks asks;
		const char *why;
	} unseen[] = {
		{ SCAP_ASKS_UNNAMED, "its check names no definition: it has none, or runs a program" },
		{ SCAP_ASKS_LEFT_OUT, "it asks for what is not unpacked: xattrs, devices, pipes or sockets" },
		{ SCAP_ASKS_MACHINE, "it asks what oscap does not see of another root" },
	};
	for (size_t i = 0; !inventory->live.is && i < sizeof unseen / sizeof *unseen; i++)
		if (asks & unseen[i].asks)
			return slice_of(unseen[i].why);
	return SLICE_NONE;
}

static bool
is_asked(const struct scap_entry *entry, const struct scap_scan *scan, size_t rule, const struct inventory *inventory)
{
	const struct scap_answer *answer = &entry->answers[rule];
	const struct scap_chosen_rule *chosen = &entry->selection.rules.at[rule];
	return answer->n == 0 && !answer->trouble.p && !scap_why_unasked(chosen).p && !is_elsewhere(inventory, chosen->rule) &&
	       !scap_rule_lacks_value(&entry->selection, chosen->rule) && !why_unseen(scan->asks[rule].rule, inventory).p;
}

/* A benchmark for another release would answer, and mean nothing. */
static bool
fits(const struct scap_entry *entry, const struct inventory *inventory)
{
	AUTO(strbuf) struct strbuf why = { 0 };
	return scap_benchmark_fit(entry->selection.benchmark, &inventory->os, &why) == SCAP_FITS;
}

/* One that is there for certain, of the manager's database before one that a file tells of; absent: none of the kind. */
static struct slice
package_installed(const struct inventory *inventory, struct slice type)
{
	struct slice found = SLICE_NONE;
	for (size_t i = inventory_package_bound(inventory, type, &SLICE("")); i < inventory->package_count; i++) {
		const struct package *package = &inventory->packages[i];
		if (!slice_eq(package->type, type))
			break;
		if (package->scope == PACKAGE_INSTALLED && package->evidence.p == NULL)
			return package->name;
		if (package->scope == PACKAGE_INSTALLED && found.p == NULL)
			found = package->name;
	}
	return found;
}

static void
ask_packages(const struct inventory *inventory, struct strbuf *into)
{
	struct slice packages[SCAP_MANAGER_COUNT];
	for (size_t i = 0; i < SCAP_MANAGER_COUNT; i++)
		packages[i] = package_installed(inventory, slice_of(scap_managers[i].type));
	scap_ask_packages_write(packages, into);
}

static int
find_asks(const struct scap_entry *entry, struct scap_scan *scan, struct plim_error *err)
{
	scan->asks = calloc(entry->selection.rules.n + 1, sizeof *scan->asks);
	if (scan->asks == NULL)
		return error_nomem(err);
	int r = scap_oval_asks((struct slice){ entry->datastream.text, entry->datastream.size }, &entry->selection, scan->asks, &scan->why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	/* Where that cannot be told, nobody can say what the answers would be worth. */
	scan->trouble = r < 0 ? slice_of(scan->why.text) : SLICE_NONE;
	scan->told = r < 0;
	return 0;
}

static int
wish_make(const struct scap_entry *entry, struct scap_scan *scan, const struct inventory *inventory, struct scap_wish *out, bool *any, struct plim_error *err)
{
	size_t n = entry->selection.rules.n;
	AUTO(free) bool *wanted = calloc(n + 1, sizeof *wanted);
	if (wanted == NULL)
		return error_nomem(err);
	*any = false;
	int r = scan->asks ? 0 : find_asks(entry, scan, err);
	if (r < 0 || scan->told)
		return r;
	for (size_t i = 0; i < n; i++)
		*any |= wanted[i] = is_asked(entry, scan, i, inventory);
	if (!*any)
		return 0;
	out->datastream = (struct slice){ entry->datastream.text, entry->datastream.size };
	out->benchmark = entry->selection.benchmark->id;
	scap_ask_write(&entry->selection, wanted, &out->tailoring);
	ask_packages(inventory, &out->packages);
	return out->tailoring.failed || out->packages.failed ? error_nomem(err) : 0;
}

static int
begin_image(struct scap_scans *scans, const struct policy *policy, uint32_t image, struct plim_error *err)
{
	if (scans->at && scans->image == image)
		return 0;
	scap_scans_done(scans);
	scans->at = calloc(policy->scap.n + 1, sizeof *scans->at);
	scans->n = scans->at ? policy->scap.n : 0;
	scans->image = image;
	return scans->at ? 0 : error_nomem(err);
}

int
scap_scans_next(struct scap_scans *scans, const struct policy *policy, const struct inventory *inventory, uint32_t image, struct scap_wish *out,
                bool *any, struct plim_error *err)
{
	int r = begin_image(scans, policy, image, err);
	*any = false;
	for (size_t i = 0; r == 0 && !*any && i < policy->scap.n; i++) {
		const struct scap_entry *entry = &policy->scap.at[i];
		if (entry->scanner == SCAP_SCANNER_NONE || scans->at[i].told || !fits(entry, inventory))
			continue;
		out->entry = i;
		r = wish_make(entry, &scans->at[i], inventory, out, any, err);
	}
	return r;
}

/* taking */

/* Before 1.4 its dpkg probe does not look below another root: it answers that nothing is installed. */
static bool
asks_dpkg_wrongly(struct slice version)
{
	struct slice major, minor;
	uint64_t first, second;
	if (!slice_cut(version, '.', &major, &minor))
		return true;
	struct slice rest = minor;
	slice_next(&rest, '.', &minor);
	if (!slice_to_u64(major, 10, &first) || !slice_to_u64(minor, 10, &second))
		return true;
	return first < 1 || (first == 1 && second < 4);
}

static int
read_results(struct scap_scan *scan, struct slice text, struct arena *arena, struct plim_error *err)
{
	int r = scap_parse(text, arena, &scan->results, err);
	if (r == 0 && !scan->results.has_results)
		r = error_set(err, PLIM_EFORMAT, "there is no TestResult");
	return r;
}

int
scap_scans_take(struct scap_scans *scans, const struct scap_told *told, struct arena *arena, struct plim_error *err)
{
	struct plim_error why = { 0 };
	if (told->entry >= scans->n)
		return error_set(err, PLIM_EFORMAT, "results for an entry of scap that there is not");
	struct scap_scan *scan = &scans->at[told->entry];
	scan->told = true;
	scan->version = arena_dup(arena, told->version);
	scan->trouble = told->trouble.p ? arena_dup(arena, told->trouble) : SLICE_NONE;
	scan->found = scap_ask_packages_found(told->packages);
	if (told->trouble.p)
		return scan->trouble.p ? 0 : error_nomem(err);
	int r = read_results(scan, told->results, arena, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0 && (scan->trouble = arena_printf(arena, "its results cannot be read: %s", why.text)).p == NULL)
		return error_nomem(err);
	return 0;
}

/* judging */

/* What a result of XCCDF is worth here.  Of those that say neither yes nor no nothing is known. */
static const struct {
	enum check_outcome outcome;
	int weight;                    /* of several results of one rule the heaviest counts */
} worth[SCAP_OUTCOME_COUNT] = {
	[SCAP_PASS] = { CHECK_PASS, 1 }, [SCAP_FAIL] = { CHECK_FAIL, 3 }, [SCAP_NOT_APPLICABLE] = { CHECK_NOT_APPLICABLE, 0 },
	[SCAP_ERROR] = { CHECK_UNKNOWN, 2 }, [SCAP_UNKNOWN] = { CHECK_UNKNOWN, 2 }, [SCAP_NOT_CHECKED] = { CHECK_UNKNOWN, 2 },
	[SCAP_NOT_SELECTED] = { CHECK_UNKNOWN, 2 }, [SCAP_INFORMATIONAL] = { CHECK_UNKNOWN, 2 }, [SCAP_FIXED] = { CHECK_UNKNOWN, 2 },
};

/* SCAP_OUTCOME_COUNT: it is not among them. */
static enum scap_outcome
outcome_of(const struct scap_scan *scan, struct slice rule)
{
	enum scap_outcome found = SCAP_OUTCOME_COUNT;
	for (size_t i = 0; i < scan->results.results.n; i++) {
		const struct scap_result *result = &scan->results.results.at[i];
		if (slice_eq(result->idref, rule) && (found == SCAP_OUTCOME_COUNT || worth[result->outcome].weight > worth[found].weight))
			found = result->outcome;
	}
	return found;
}

/* What decides that a rule does not apply: its platforms, and the benchmark's, which ask for files and packages. */
static unsigned
asks_of(const struct scap_scan *scan, size_t rule, enum scap_outcome outcome)
{
	return outcome == SCAP_NOT_APPLICABLE ? scan->asks[rule].platform | SCAP_ASKS_DPKG | SCAP_ASKS_RPM | SCAP_ASKS_FILES : scan->asks[rule].rule;
}

/* A list of packages that it does not read is none for it: whatever must not be installed would pass. */
static struct slice
why_no_packages(struct judging *judging, const struct scap_scan *scan, unsigned asks)
{
	for (size_t i = 0; i < SCAP_MANAGER_COUNT; i++) {
		const struct scap_manager *manager = &scap_managers[i];
		struct slice package = package_installed(judging->inventory, slice_of(manager->type));
		if ((asks & manager->asks & ~scan->found) && package.p)
			return judge_text(judging, "oscap %.*s does not find %.*s, a package of %s that is there", SLICE_ARG(scan->version), SLICE_ARG(package), manager->name);
	}
	return SLICE_NONE;
}

/* Its own tests of the benchmark's platforms may say otherwise than the release file: then no rule applies for it. */
static bool
takes_for_another(const struct scap_entry *entry, const struct scap_scan *scan)
{
	const struct scap_benchmark *benchmark = entry->selection.benchmark;
	for (size_t i = 0; i < benchmark->platforms.n; i++)
		for (size_t k = 0; k < scan->results.platforms.n; k++)
			if (slice_eq(scan->results.platforms.at[k], benchmark->platforms.at[i]))
				return false;
	return benchmark->platforms.n > 0;
}

/* Whose packages a rule asks for, and the scanner does not find; absent: nobody's. */
static struct slice
why_blind(struct judging *judging, const struct scap_scan *scan, unsigned asks)
{
	bool live = judging->inventory->live.is;
	if (!live && (asks & SCAP_ASKS_DPKG) && asks_dpkg_wrongly(scan->version) && tree_find(judging->inventory->tree, SLICE("var/lib/dpkg")))
		return judge_text(judging, "oscap %.*s cannot ask dpkg about another root, 1.4 can", SLICE_ARG(scan->version));
	return why_no_packages(judging, scan, asks);
}

/* A directory that could not be read is empty in the tree that it was shown: what must not be there would not be. */
static struct slice
why_half_a_tree(struct judging *judging, unsigned asks, enum scap_outcome outcome)
{
	const struct inventory *inventory = judging->inventory;
	if (inventory->live.is || outcome == SCAP_FAIL || !(asks & SCAP_ASKS_FILES))
		return SLICE_NONE;
	for (size_t i = 0; i < inventory->gap_count; i++)
		if (slice_is(inventory->gaps[i].subject, "layer"))
			return judge_text(judging, "oscap was not shown all files: %.*s: %.*s", SLICE_ARG(slice_first(inventory->gaps[i].path, 100)), SLICE_ARG(inventory->gaps[i].reason));
	return SLICE_NONE;
}

static struct slice
why_unknown(struct judging *judging, const struct scap_entry *entry, const struct scap_scan *scan, size_t rule, enum scap_outcome outcome)
{
	if (outcome == SCAP_OUTCOME_COUNT)
		return SLICE("oscap's results have none for it");
	if (worth[outcome].outcome == CHECK_UNKNOWN)
		return judge_text(judging, "oscap: %s", scap_outcome_name(outcome));
	if (outcome == SCAP_NOT_APPLICABLE && takes_for_another(entry, scan))
		return SLICE("oscap does not take this for what the benchmark is for");
	unsigned asks = asks_of(scan, rule, outcome);
	struct slice blind = outcome == SCAP_NOT_APPLICABLE && why_unseen(asks, judging->inventory).p ? SLICE("whether it applies is what oscap does not see of another root")
	                                                                                              : why_blind(judging, scan, asks);
	return blind.p ? blind : why_half_a_tree(judging, asks, outcome);
}

static int
say_failed(struct judging *judging, const struct scap_entry *entry, const struct check_result *result, struct plim_error *err)
{
	struct finding finding = {
		.rule = result->id, .control = result->control, .area = AREA_CONFIGURATION, .severity = result->severity, .title = result->title,
		.message = judge_text(judging, "%.*s found that it does not hold", SLICE_ARG(result->control)), .evidence = EVIDENCE_NONE,
	};
	finding.evidence.setting = scap_short_id(result->id, "rule");
	return judge_entry(judging, &entry->terms, &finding, err);
}

int
judge_scanned(struct judging *judging, size_t number, size_t rule, struct check_result *out, struct plim_error *err)
{
	const struct scap_entry *entry = &judging->policy->scap.at[number];
	const struct scap_rule *of = entry->selection.rules.at[rule].rule;
	const struct scap_scan *scan = judging->scans && number < judging->scans->n ? &judging->scans->at[number] : NULL;
	if (entry->scanner == SCAP_SCANNER_NONE)
		out->reason = SLICE("no check of ours answers it (scanner: oscap asks oscap)");
	else if (is_elsewhere(judging->inventory, of))
		out->reason = SLICE("oscap would look at the machine that it runs on");
	else if (scap_rule_lacks_value(&entry->selection, of))
		out->reason = SLICE("the profile gives a value that its check takes no text");
	else if (scan && scan->asks && (out->reason = why_unseen(scan->asks[rule].rule, judging->inventory)).p)
		return 0;
	else if (scan == NULL || !scan->told)
		out->reason = SLICE("oscap was not asked");
	else if (scan->trouble.p)
		out->reason = judge_text(judging, "oscap was asked in vain: %.*s", SLICE_ARG(scan->trouble));
	if (out->reason.p)
		return 0;
	enum scap_outcome outcome = outcome_of(scan, out->id);
	out->reason = why_unknown(judging, entry, scan, rule, outcome);
	if (out->reason.p)
		return 0;
	out->outcome = worth[outcome].outcome;
	out->control = judge_text(judging, "oscap %.*s", SLICE_ARG(scan->version));
	if (out->outcome == CHECK_NOT_APPLICABLE)
		out->reason = SLICE("oscap: notapplicable");
	return out->outcome == CHECK_FAIL ? say_failed(judging, entry, out, err) : 0;
}

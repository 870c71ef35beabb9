/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a file of cases: one table a mapping. */
#include "policy/case.h"

#include "base/date.h"
#include "base/error.h"
#include "image/repository.h"
#include "policy/model.h"

/* what is expected */

static int
exit_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "0", "1", "2", "3", NULL };
	return word_read(in, node, words, into, err);
}

static int
result_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "pass", "unknown", "fail", NULL };
	int r = word_read(in, node, words, into, err);
	if (r == 0)
		*(int64_t *)into += RESULT_PASS;
	return r;
}

static int
area_word_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "not_required", "out_of_scope", "pass", "unknown", "fail", NULL };
	struct expected_area *area = into;
	int64_t at;
	int r = word_read(in, node, words, &at, err);
	if (r == 0)
		*area = (struct expected_area){ true, (enum result)at, area->note };
	return r;
}

static const struct field area_fields[] = {
	{ "is", area_word_read, 0, true },
	{ "note", text_read, offsetof(struct expected_area, note), false },
	{ 0 },
};

/* `metadata: fail`, or with a part of what the area says beside it. */
static int
area_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return node->kind == YAML_MAPPING ? fields_read(in, node, "an area", area_fields, into, err) : area_word_read(in, node, into, err);
}

#define AREA(name, area) { name, area_read, (area) * sizeof(struct expected_area), false }

static const struct field areas_fields[] = {
	AREA("base_image", AREA_BASE_IMAGE), AREA("vulnerabilities", AREA_VULNERABILITIES), AREA("components", AREA_COMPONENTS),
	AREA("configuration", AREA_CONFIGURATION), AREA("metadata", AREA_METADATA), AREA("origin", AREA_ORIGIN), AREA("rules", AREA_RULES),
	{ 0 },
};

static int
areas_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	if (node->kind == YAML_MAPPING && node->n == 0)
		return yaml_error(in->doc, node, err, "no area of which anything is expected");
	return fields_read(in, node, "areas", areas_fields, into, err);
}

static int
expected_action_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "warn", "fail", NULL };
	int r = word_read(in, node, words, into, err);
	if (r == 0)
		*(int64_t *)into = *(int64_t *)into ? ACTION_FAIL : ACTION_WARN;
	return r;
}

static const struct field finding_fields[] = {
	{ "rule", text_read, offsetof(struct expected_finding, rule), false },
	{ "id", text_read, offsetof(struct expected_finding, id), false },
	{ "package", text_read, offsetof(struct expected_finding, package), false },
	{ "path", text_read, offsetof(struct expected_finding, path), false },
	{ "setting", text_read, offsetof(struct expected_finding, setting), false },
	{ "message", text_read, offsetof(struct expected_finding, message), false },
	{ "severity", severity_read, offsetof(struct expected_finding, severity), false },
	{ "action", expected_action_read, offsetof(struct expected_finding, action), false },
	{ 0 },
};

/* A rule alone, or more about the finding. */
static int
finding_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct expected_finding *finding = into;
	*finding = (struct expected_finding){ .action = ANY_ACTION, .at = node };
	if (node->kind != YAML_MAPPING)
		return text_read(in, node, &finding->rule, err);
	if (node->n == 0)
		return yaml_error(in->doc, node, err, "a finding about which nothing is expected");
	return fields_read(in, node, "a finding", finding_fields, finding, err);
}

static int
findings_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct expected_findings *findings = into;
	struct any_list list;
	int r = list_or_one_read(in, node, sizeof(struct expected_finding), finding_read, &list, err);
	if (r == 0)
		*findings = (struct expected_findings){ true, list.at, list.n };
	return r;
}

/* These are the findings that fail: one of which it is said that it warns is none of them. */
static int
failing_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	const struct expected_findings *findings = into;
	int r = findings_read(in, node, into, err);
	for (size_t i = 0; r == 0 && i < findings->n; i++)
		if (findings->at[i].action == ACTION_WARN)
			return yaml_error(in->doc, findings->at[i].at, err, "'findings' are those that fail: what only warns is expected by 'includes'");
	return r;
}

/* What is not there is not there as anything: without a word about it a partial list would expect nothing. */
static int
partial_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	if (node->kind == YAML_SEQUENCE && node->n == 0)
		return yaml_error(in->doc, node, err, "an empty list expects nothing");
	return findings_read(in, node, into, err);
}

static int
words_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct expected_words *words = into;
	words->set = true;
	return texts_read(in, node, &words->words, err);
}

static int
kind_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	int64_t at;
	int r = word_read(in, node, unknown_names, &at, err);
	if (r == 0)
		*(struct slice *)into = slice_of(unknown_names[at]);
	return r;
}

static int
kinds_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct expected_words *words = into;
	struct any_list list;
	int r = list_or_one_read(in, node, sizeof(struct slice), kind_read, &list, err);
	if (r == 0)
		*words = (struct expected_words){ true, { list.at, list.n } };
	return r;
}

#define EXPECT(name, read) { #name, read, offsetof(struct expectation, name), false }

static const struct field expect_fields[] = {
	EXPECT(result, result_read),       EXPECT(exit, exit_read),           EXPECT(areas, areas_read),     EXPECT(findings, failing_read),
	EXPECT(includes, partial_read),    EXPECT(excludes, partial_read),    EXPECT(waived, findings_read), EXPECT(unknown, kinds_read),
	EXPECT(unused, words_read),        EXPECT(expired, words_read),       EXPECT(error, text_read),      { 0 },
};

static int
expect_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy_case *policy_case = into;
	policy_case->expects = node;
	if (node->kind == YAML_MAPPING && node->n == 0)
		return yaml_error(in->doc, node, err, "a case that expects nothing cannot fail");
	int r = fields_read(in, node, "expect", expect_fields, &policy_case->expect, err);
	if (r == 0 && policy_case->expect.error.p && node->n > 1 + (policy_case->expect.exit >= 0))
		return yaml_error(in->doc, node, err, "where an error is expected there is no verdict to expect anything of");
	return r;
}

/* what is given */

static int
time_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	if (node->kind != YAML_SCALAR || !date_parse(node->text, into))
		return yaml_error(in->doc, node, err, "a time is needed here, as 2027-01-31 or 2027-01-31T12:00:00Z");
	return 0;
}

static int
destination_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct plim_error why;
	struct slice text;
	int r = text_read(in, node, &text, err);
	if (r == 0 && repository_parse(text, into, &why) < 0)
		return yaml_error(in->doc, node, err, "%s", why.text);
	return r;
}

/* The text of a policy stands in the file as it is, so that what is wrong with it has a place there. */
static int
policy_node_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct slice text;
	int r = text_read(in, node, &text, err);
	if (r == 0 && slice_find(text, '\n') != SIZE_MAX && !node->block)
		return yaml_error(in->doc, node, err, "the text of a policy is written as a block: policy: |");
	*(const struct yaml_node **)into = node;
	return r;
}

/* What a case and the head of its file may both say. */
#define GIVEN_FIELDS                                                                       \
	{ "policy", policy_node_read, offsetof(struct policy_case, policy), false },        \
	{ "db", text_read, offsetof(struct policy_case, database), false },                 \
	{ "since", text_read, offsetof(struct policy_case, since), false },                 \
	{ "as", destination_read, offsetof(struct policy_case, destination), false },       \
	{ "at", time_read, offsetof(struct policy_case, at), false },                       \
	{ "target", text_read, offsetof(struct policy_case, subject.target), false },       \
	{ "inventory", text_read, offsetof(struct policy_case, subject.inventory), false }, \
	{ "platforms", texts_read, offsetof(struct policy_case, subject.platforms), false }

static const struct field case_fields[] = {
	GIVEN_FIELDS,
	{ "name", text_read, offsetof(struct policy_case, name), true },
	{ "expect", expect_read, 0, true },
	{ 0 },
};

static const struct policy_case plain_case = { .at = DATE_NONE, .expect = { .result = -1, .exit = -1 } };

/* What the case does not say for itself; where only an error of the policy is expected nothing is judged. */
static void
take_from_head(struct policy_case *policy_case, const struct policy_case *head)
{
	if (policy_case->policy == NULL)
		policy_case->policy = head->policy;
	if (policy_case->database.p == NULL)
		policy_case->database = head->database;
	if (policy_case->since.p == NULL)
		policy_case->since = head->since;
	if (policy_case->destination.p == NULL)
		policy_case->destination = head->destination;
	if (policy_case->at == DATE_NONE)
		policy_case->at = head->at;
	if (policy_case->subject.target.p == NULL && policy_case->subject.inventory.p == NULL && policy_case->expect.error.p == NULL) {
		policy_case->subject.target = head->subject.target;
		policy_case->subject.inventory = head->subject.inventory;
	}
	if (policy_case->subject.platforms.n == 0 && policy_case->subject.inventory.p == NULL)
		policy_case->subject.platforms = head->subject.platforms;
}

static int
case_check(struct reading *in, const struct policy_case *policy_case, struct plim_error *err)
{
	const struct case_subject *subject = &policy_case->subject;
	if (subject->target.p && subject->inventory.p)
		return yaml_error(in->doc, policy_case->node, err, "a case has a target or an inventory, not both");
	if (subject->target.p == NULL && subject->inventory.p == NULL)
		return policy_case->expect.error.p ? 0 : yaml_error(in->doc, policy_case->node, err, "a case needs the key 'target' or 'inventory'");
	if (subject->inventory.p && subject->platforms.n > 0)
		return yaml_error(in->doc, policy_case->node, err, "platforms are chosen when an inventory is recorded");
	if (policy_case->at == DATE_NONE)
		return yaml_error(in->doc, policy_case->node, err, "a case without the key 'at' would say something else tomorrow");
	return 0;
}

static int
case_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy_case *policy_case = into;
	*policy_case = plain_case;
	policy_case->node = node;
	int r = fields_read(in, node, "a case", case_fields, policy_case, err);
	if (r < 0)
		return r;
	take_from_head(policy_case, in->context);
	return case_check(in, policy_case, err);
}

/* the file */

struct case_file {
	struct policy_case head;
	const struct yaml_node *cases;
};

static int
node_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	(void)in, (void)err;
	*(const struct yaml_node **)into = node;
	return 0;
}

static const struct field file_fields[] = {
	{ "plimsoll_cases", version_read, 0, true },
	{ "cases", node_read, offsetof(struct case_file, cases), true },
	GIVEN_FIELDS,
	{ 0 },
};
_Static_assert(offsetof(struct case_file, head) == 0, "a file's head is read like a case");

static int
names_check(struct reading *in, const struct case_list *cases, struct plim_error *err)
{
	for (size_t i = 0; i < cases->n; i++)
		for (size_t k = 0; k < i; k++)
			if (slice_eq(cases->at[i].name, cases->at[k].name))
				return yaml_error(in->doc, cases->at[i].node, err, "two cases have this name; the first is in line %u", cases->at[k].node->line);
	return 0;
}

int
cases_parse(struct slice name, struct slice text, struct arena *arena, struct case_list *out, struct plim_error *err)
{
	struct yaml_document *doc;
	struct case_file file = { .head = plain_case };
	struct any_list list;
	int r = yaml_parse(name, text, arena, &doc, err);
	if (r < 0)
		return r;
	struct reading in = { doc, arena, &file.head };
	if ((r = fields_read(&in, doc->root, "a file of cases", file_fields, &file, err)) < 0 ||
	    (r = list_read(&in, file.cases, sizeof(struct policy_case), case_read, &list, err)) < 0)
		return r;
	*out = (struct case_list){ list.at, list.n };
	if (out->n == 0)
		return yaml_error(doc, file.cases, err, "there is no case in it");
	return names_check(&in, out, err);
}

/* Of a list without items nobody can tell, and an empty one of cases expects nothing. */
static bool
is_exceptions(const struct yaml_node *node)
{
	for (size_t i = 0; i < node->n; i++)
		if (node->items[i]->kind == YAML_MAPPING && yaml_get(node->items[i], "expect"))
			return false;
	return true;
}

bool
cases_is_of_policy(struct slice text, struct arena *arena)
{
	struct yaml_document *doc;
	struct plim_error ignored;
	if (yaml_parse(SLICE(""), text, arena, &doc, &ignored) < 0)
		return false;
	if (doc->root->kind == YAML_SEQUENCE)
		return is_exceptions(doc->root);
	return doc->root->kind == YAML_MAPPING && yaml_get(doc->root, "plimsoll") && !yaml_get(doc->root, "cases");
}

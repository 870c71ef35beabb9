/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a policy file: one table a mapping. */
#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "codec/purl.h"
#include "policy/extend.h"
#include "policy/read_approvals.h"
#include "policy/read_diff.h"
#include "policy/read_tests.h"
#include "policy/read_components.h"
#include "policy/read_keys.h"
#include "policy/read_licenses.h"
#include "policy/read_configuration.h"
#include "policy/read_metadata.h"
#include "policy/read_scap.h"
#include "policy/read_vex.h"
#include "policy/read_vulnerabilities.h"
#include "policy/terms.h"

static struct policy *
policy_of(const struct reading *in)
{
	return in->context;
}

int
beside_read(struct reading *in, const struct yaml_node *node, const char *what, struct slice *text, struct slice *name, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t size;
	struct plim_error cause = { 0 };
	int r = text_read(in, node, name, err);
	if (r < 0)
		return r;
	const char *path = arena_strz(in->arena, *name);
	if (path == NULL)
		return error_nomem(err);
	if ((r = file_read(source_of(policy_of(in), node)->directory, path, LIMIT_POLICY_BYTES, &bytes, &size, &cause)) < 0)
		return yaml_error(in->doc, node, err, "%s cannot be read: %s", what, cause.text);
	*text = arena_dup(in->arena, (struct slice){ bytes, size });
	return text->p ? 0 : error_nomem(err);
}

/* base_image */

static int
generations_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct approved_base *base = (struct approved_base *)((char *)into - offsetof(struct approved_base, text));
	struct slice name;
	struct plim_error cause = { 0 };
	int r = beside_read(in, node, "the generations", &base->text, &name, err);
	if (r < 0)
		return r;
	r = base_file_parse(base->text, in->arena, &base->file, &cause);
	return r < 0 ? yaml_error(in->doc, node, err, "%.*s: %s", SLICE_ARG(name), cause.text) : 0;
}

static const struct field base_fields[] = {
	{ "name", text_read, offsetof(struct approved_base, name), true },
	{ "generations", generations_read, offsetof(struct approved_base, text), false },
	{ "until", day_read, offsetof(struct approved_base, until), false },
	{ "replaced_by", text_read, offsetof(struct approved_base, replaced_by), false },
	{ 0 },
};

static int
approved_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct approved_base *base = into;
	*base = (struct approved_base){ .until = DATE_NONE };
	int r = fields_read(in, node, "an approved base", base_fields, base, err);
	if (r < 0)
		return r;
	base->scratch = slice_is(base->name, "scratch");
	if (base->scratch != (base->text.p == NULL))
		return yaml_error(in->doc, node, err, base->scratch ? "'scratch' has no generations" : "an approved base needs the key 'generations'");
	return 0;
}

static int
approved_list_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = policy_of(in);
	struct any_list list;
	(void)into;
	int r = list_read(in, node, sizeof(struct approved_base), approved_read, &list, err);
	if (r < 0)
		return r;
	if (list.n == 0)
		return yaml_error(in->doc, node, err, "an empty list approves nothing: leave base_image out instead");
	policy->bases.at = list.at;
	policy->bases.n = list.n;
	return 0;
}

static const struct field base_image_fields[] = {
	{ "approved", approved_list_read, 0, true },
	IMAGE_TERMS(struct policy, bases.terms),
	{ 0 },
};

/* origin */

static int
certificate_text_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct origin_signer *signer = (struct origin_signer *)((char *)into - offsetof(struct origin_signer, text));
	signer->is_certificate = true;
	return beside_read(in, node, "the certificate", &signer->text, &signer->name, err);
}

static const struct field certificate_fields[] = {
	{ "certificate", certificate_text_read, offsetof(struct origin_signer, text), true },
	{ 0 },
};

/* "release.pub", {key: release.pub, until: 2027-06-30}, or {certificate: release.crt}, whose dates are its own. */
static int
signer_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct origin_signer *signer = into;
	if (node->kind != YAML_MAPPING || yaml_get(node, "certificate") == NULL)
		return key_read(in, node, into, err);
	*signer = (struct origin_signer){ .from = DATE_NONE, .until = DATE_NONE };
	return fields_read(in, node, "a certificate", certificate_fields, signer, err);
}

static int
signers_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = policy_of(in);
	struct any_list list;
	(void)into;
	int r = list_or_one_read(in, node, sizeof(struct origin_signer), signer_read, &list, err);
	if (r < 0)
		return r;
	if (list.n == 0)
		return yaml_error(in->doc, node, err, "an empty list lets nobody sign: leave signed_by out instead");
	policy->origin.signers.at = list.at;
	policy->origin.signers.n = list.n;
	return 0;
}

static const struct field origin_fields[] = {
	{ "registries", repositories_read, offsetof(struct policy, origin.registries), false },
	{ "signed_by", signers_read, 0, false },
	VALUE_TERMS(struct policy, origin.terms),
	{ 0 },
};

/* data */

static int
data_signers_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = policy_of(in);
	struct any_list list;
	(void)into;
	int r = keys_read(in, node, &list, err);
	if (r < 0)
		return r;
	if (list.n == 0)
		return yaml_error(in->doc, node, err, "an empty list lets nobody sign: leave data out instead");
	policy->data_signers.at = list.at;
	policy->data_signers.n = list.n;
	return 0;
}

static const struct field data_fields[] = {
	{ "signed_by", data_signers_read, 0, true },
	{ 0 },
};

static int
data_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return fields_read(in, node, "data", data_fields, into, err);
}

/* rules */

struct rule {
	struct check check;
	struct terms terms;
};

static const struct field rule_fields[] = {
	{ "id", text_read, offsetof(struct rule, check.id), true },
	{ "title", text_read, offsetof(struct rule, check.title), true },
	{ "query", text_read, offsetof(struct rule, check.query), true },
	{ "fix", text_read, offsetof(struct rule, check.fix), false },
	{ "mend", mend_read, offsetof(struct rule, check.mend), false },
	TERMS(struct rule, terms),
	{ 0 },
};

static int
rule_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct selected *selected = into;
	struct rule *rule = arena_make(in->arena, struct rule);
	if (rule == NULL)
		return error_nomem(err);
	rule->terms = plain_terms;
	int r = fields_read(in, node, "a rule", rule_fields, rule, err);
	if (r < 0)
		return r;
	if (catalogue_find(&policy_of(in)->catalogue, rule->check.id))
		return yaml_error(in->doc, node, err, "'%.*s' is a check of the catalogue", SLICE_ARG(rule->check.id));
	rule->check.severity = SEVERITY_MEDIUM;
	*selected = (struct selected){ &rule->check, rule->terms, node, NULL };
	return 0;
}

static int
rules_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = into;
	struct any_list list;
	int r = list_read(in, node, sizeof(struct selected), rule_read, &list, err);
	if (r < 0)
		return r;
	policy->rules.at = list.at;
	policy->rules.n = list.n;
	for (size_t i = 0; i < policy->rules.n; i++)
		for (size_t k = 0; k < i; k++)
			if (slice_eq(policy->rules.at[i].check->id, policy->rules.at[k].check->id))
				return yaml_error(in->doc, node->items[i], err, "two rules have this id");
	return 0;
}

/* unknown */

const char *const unknown_names[UNKNOWN_KIND_COUNT + 1] = {
#define PLIM_UNKNOWN(name, key, meaning, example) [UNKNOWN_##name] = key,
#include "policy/unknowns.def"
#undef PLIM_UNKNOWN
};

static int
worth_word_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "warn", "unknown", "fail", NULL };
	static const enum action actions[] = { ACTION_WARN, ACTION_UNKNOWN, ACTION_FAIL };
	int64_t at;
	int r = word_read(in, node, words, &at, err);
	if (r == 0)
		*(enum action *)into = actions[at];
	return r;
}

static const struct field worth_fields[] = {
	{ "is", worth_word_read, offsetof(struct unknown_worth, action), true },
	{ 0 },
};

static int
worth_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct unknown_worth *worth = into;
	if (node->kind == YAML_MAPPING)
		return fields_read(in, node, "what an unknown is worth", worth_fields, worth, err);
	return worth_word_read(in, node, &worth->action, err);
}

static const struct field age_fields[] = {
	{ "over", days_read, offsetof(struct unknown_worth, over), true },
	{ "is", worth_word_read, offsetof(struct unknown_worth, action), false },
	{ 0 },
};

/* `into` tells the kind by its place in the policy. */
static int
unknown_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	bool has_age = into == &policy_of(in)->unknown[UNKNOWN_DATA_AGE];
	return has_age ? fields_read(in, node, "data_age", age_fields, into, err) : worth_read(in, node, into, err);
}

static const struct field unknown_fields[] = {
#define PLIM_UNKNOWN(name, key, meaning, example) { key, unknown_read, offsetof(struct policy, unknown[UNKNOWN_##name]), false },
#include "policy/unknowns.def"
#undef PLIM_UNKNOWN
	{ 0 },
};

/* exceptions */

/* Of a package: images are named by a scope. */
static int
package_url_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct purl purl;
	struct plim_error why = { 0 };
	int r = text_read(in, node, into, err);
	if (r < 0)
		return r;
	if (purl_parse(*(struct slice *)into, in->arena, &purl, &why) < 0)
		return yaml_error(in->doc, node, err, "no package URL: %s", why.text);
	if (slice_is(purl.type, "oci") || slice_is(purl.type, "docker"))
		return yaml_error(in->doc, node, err, "the package URL of an image: 'scope' names images");
	return 0;
}

static int
justification_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = {
		"component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
		"vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist", NULL,
	};
	int64_t at;
	int r = word_read(in, node, words, &at, err);
	if (r == 0)
		*(struct slice *)into = slice_of(words[at]);
	return r;
}

static const struct field exception_fields[] = {
	{ "rule", text_read, offsetof(struct exception, rule), false },
	{ "id", text_read, offsetof(struct exception, id), false },
	{ "package", text_read, offsetof(struct exception, package), false },
	{ "path", text_read, offsetof(struct exception, path), false },
	{ "setting", text_read, offsetof(struct exception, setting), false },
	{ "purl", package_url_read, offsetof(struct exception, purl), false },
	{ "justification", justification_read, offsetof(struct exception, justification), false },
	{ "reason", text_read, offsetof(struct exception, reason), true },
	{ "owner", text_read, offsetof(struct exception, owner), true },
	{ "ticket", text_read, offsetof(struct exception, ticket), false },
	{ "until", day_read, offsetof(struct exception, until), true },
	{ "until_fixed", flag_read, offsetof(struct exception, until_fixed), false },
	{ "scope", scope_read, offsetof(struct exception, scope), false },
	{ 0 },
};

static int
exception_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct exception *exception = into;
	exception->at = node;
	int r = fields_read(in, node, "an exception", exception_fields, exception, err);
	if (r == 0 && exception->rule.n == 0 && exception->id.n == 0)
		return yaml_error(in->doc, node, err, "an exception needs the key 'rule' or 'id'");
	bool of_vulnerabilities = exception->id.n > 0 || slice_starts(exception->rule, SLICE("vulnerabilities"));
	if (r == 0 && exception->until_fixed && !of_vulnerabilities)
		return yaml_error(in->doc, yaml_get(node, "until_fixed"), err, "only vulnerabilities have fixes");
	if (r == 0 && (exception->purl.n || exception->justification.n) && !of_vulnerabilities)
		return yaml_error(in->doc, yaml_get(node, exception->purl.n ? "purl" : "justification"), err, "only of vulnerabilities");
	return r;
}

static int
exceptions_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return list_read(in, node, sizeof(struct exception), exception_read, into, err);
}

/* the whole */

/* policy_gather did. */
static int
gathered_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	(void)in, (void)node, (void)into, (void)err;
	return 0;
}

#define AREA_READ(part, area, object)                                                                                   \
	static int part##_area_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err) \
	{                                                                                                             \
		struct policy *policy = into;                                                                         \
		policy->mentions[area] = true;                                                                        \
		return fields_read(in, node, #part, part##_fields, object, err);                                      \
	}
AREA_READ(base_image, AREA_BASE_IMAGE, policy)
AREA_READ(origin, AREA_ORIGIN, policy)

static int
vulnerabilities_area_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	((struct policy *)into)->mentions[AREA_VULNERABILITIES] = true;
	return vulnerabilities_read(in, node, into, err);
}

static int
components_area_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	((struct policy *)into)->mentions[AREA_COMPONENTS] = true;
	return components_read(in, node, into, err);
}

static int
licenses_area_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = into;
	policy->mentions[AREA_COMPONENTS] = true;
	return licenses_read(in, node, &policy->licenses, err);
}

static int
metadata_area_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = into;
	policy->mentions[AREA_METADATA] = true;
	return metadata_read(in, node, &policy->metadata, err);
}

static int
configuration_area_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	((struct policy *)into)->mentions[AREA_CONFIGURATION] = true;
	return configuration_read(in, node, into, err);
}

static int
rules_area_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	((struct policy *)into)->mentions[AREA_RULES] = true;
	return rules_read(in, node, into, err);
}

static int
unknown_part_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return fields_read(in, node, "unknown", unknown_fields, into, err);
}

static const struct field policy_fields[] = {
	{ "plimsoll", version_read, 0, true },
	{ "name", text_read, offsetof(struct policy, name), true },
	{ "extends", gathered_read, 0, false },
	{ "open", gathered_read, 0, false },
	{ "base_image", base_image_area_read, 0, false },
	{ "vulnerabilities", vulnerabilities_area_read, 0, false },
	{ "components", components_area_read, 0, false },
	{ "licenses", licenses_area_read, 0, false },
	{ "configuration", configuration_area_read, 0, false },
	{ "scap", scap_read_policy, 0, false },
	{ "metadata", metadata_area_read, 0, false },
	{ "origin", origin_area_read, 0, false },
	{ "data", data_read, 0, false },
	{ "rules", rules_area_read, 0, false },
	{ "goss", goss_files_read, 0, false },
	{ "structure_tests", structure_files_read, 0, false },
	{ "diff", diff_read, offsetof(struct policy, diff), false },
	{ "unknown", unknown_part_read, 0, false },
	{ "exceptions", exceptions_read, offsetof(struct policy, exceptions), false },
	{ "vex", vex_read_policy, 0, false },
	{ "approvals", approvals_read, 0, false },
	{ "unused_exceptions", deny_read, offsetof(struct policy, unused_exceptions), false },
	{ 0 },
};

int
policy_read(struct policy *policy, struct plim_error *err)
{
	struct reading in = { policy->doc, policy->arena, policy };
	for (size_t i = 0; i < UNKNOWN_KIND_COUNT; i++)
		policy->unknown[i] = (struct unknown_worth){ ACTION_UNKNOWN, -1 };
	policy->bases.terms = policy->origin.terms = plain_terms;
	return fields_read(&in, policy->root, "a policy", policy_fields, policy, err);
}

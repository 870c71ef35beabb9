/* SPDX-License-Identifier: Apache-2.0 */
/* Assign files, read. */
#include "enforce/assign.h"

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/glob.h"
#include "base/limits.h"
#include "gate/trust/keys.h"
#include "trust/companion.h"

#include <fcntl.h>
#include <stdio.h>

#define REMEMBER_S DAY_S

static const struct assign_reading *
how_of(const struct reading *in)
{
	return in->context;
}

/* A hundred years: whatever is longer is meant to be for ever, and nothing is. */
#define SPAN_MOST_S (UINT64_C(36525) * DAY_S)

/* "15m", "12h", "7d", "4w" */
static int
span_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const struct {
		const char *unit;
		uint64_t seconds;
	} units[] = { { "m", 60 }, { "h", 3600 }, { "d", DAY_S }, { "w", 7 * DAY_S } };
	uint64_t number;
	for (size_t i = 0; node->kind == YAML_SCALAR && i < sizeof units / sizeof *units; i++) {
		struct slice text = node->text;
		if (slice_skip_end(&text, slice_of(units[i].unit)) && slice_to_u64(text, 10, &number) && number > 0 && number <= SPAN_MOST_S / units[i].seconds)
			return *(uint64_t *)into = number * units[i].seconds, 0;
	}
	return yaml_error(in->doc, node, err, "a span of time is needed here, as 12h, 7d or 4w");
}

static int
digest_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	if (node->kind != YAML_SCALAR || !digest_parse(node->text, into))
		return yaml_error(in->doc, node, err, "a digest is needed here, sha256:...");
	return 0;
}

/* The path of a file that is named, from the directory of this one. */
static int
path_beside(struct reading *in, const struct yaml_node *node, char **out, struct plim_error *err)
{
	const char *directory = how_of(in)->directory;
	if (node->kind != YAML_SCALAR || node->text.n == 0)
		return yaml_error(in->doc, node, err, "the name of a file is needed here, not %s", yaml_kind_name(node->kind));
	if (directory == NULL)
		return yaml_error(in->doc, node, err, "what is signed has everything inside: no file can be named");
	bool absolute = node->text.p[0] == '/';
	*out = arena_strz(in->arena, arena_printf(in->arena, "%s%s%.*s", absolute ? "" : directory, absolute ? "" : "/", SLICE_ARG(node->text)));
	return *out ? 0 : error_nomem(err);
}

/* keys */

static const struct field key_fields[] = {
	{ "name", text_read, offsetof(struct trust_key_order, name), true },
	{ "key", text_read, offsetof(struct trust_key_order, pem), true },
	{ "may", text_read, offsetof(struct trust_key_order, may), false },
	{ 0 },
};

static const struct field certificate_fields[] = {
	{ "name", text_read, offsetof(struct trust_key_order, name), true },
	{ "certificate", text_read, offsetof(struct trust_key_order, pem), true },
	{ 0 },
};

static int
key_from_file(struct reading *in, const struct yaml_node *node, struct trust_key_order *out, struct plim_error *err)
{
	struct trust_key_order *loaded;
	struct plim_error why = { 0 };
	size_t n;
	char *path;
	int r = path_beside(in, node, &path, err);
	if (r < 0)
		return r;
	r = trust_keys_load((const char *const[]){ path, NULL }, in->arena, &loaded, &n, &why);
	if (r < 0)
		return yaml_error(in->doc, node, err, "the key cannot be read: %s", why.text);
	*out = *loaded;
	return 0;
}

static int
key_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct trust_key_order *key = into;
	*key = (struct trust_key_order){ .from = DATE_NONE, .until = DATE_NONE };
	return node->kind == YAML_MAPPING ? fields_read(in, node, "a key", key_fields, key, err) : key_from_file(in, node, key, err);
}

static int
certificate_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct trust_key_order *certificate = into;
	struct plim_error why = { 0 };
	char *path;
	*certificate = (struct trust_key_order){ .from = DATE_NONE, .until = DATE_NONE };
	if (node->kind == YAML_MAPPING)
		return fields_read(in, node, "a certificate", certificate_fields, certificate, err);
	int r = path_beside(in, node, &path, err);
	if (r < 0)
		return r;
	certificate->name = path_base(node->text);
	r = trust_file_load(path, in->arena, &certificate->pem, &why);
	return r < 0 ? yaml_error(in->doc, node, err, "the certificate cannot be read: %s", why.text) : 0;
}

static int
some_keys_read(struct reading *in, const struct yaml_node *node, field_fn *item, struct assign_keys *out, struct plim_error *err)
{
	struct any_list list;
	int r = list_or_one_read(in, node, sizeof(struct trust_key_order), item, &list, err);
	if (r == 0 && list.n == 0)
		return yaml_error(in->doc, node, err, "an empty list lets nobody sign");
	if (r == 0)
		*out = (struct assign_keys){ list.at, list.n };
	return r;
}

static int
keys_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return some_keys_read(in, node, key_read, into, err);
}

static int
certificates_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return some_keys_read(in, node, certificate_read, into, err);
}

/* policies */

static const struct field policy_fields[] = {
	{ "name", text_read, offsetof(struct assign_policy, name), false },
	{ "digest", digest_read, offsetof(struct assign_policy, digest), true },
	{ 0 },
};

/* A file beside this one, a built-in name or an address, as --policy takes them; `name` is what the file says. */
static int
policy_from_name(struct reading *in, const struct yaml_node *node, struct assign_policy *out, struct plim_error *err)
{
	struct plim_error why = { 0 };
	struct digest *digests;
	char *path;
	size_t n;
	int r = path_beside(in, node, &path, err);
	if (r < 0)
		return r;
	bool is_file = slice_ends(node->text, SLICE(".yaml")) || slice_ends(node->text, SLICE(".yml"));
	const char *name = is_file ? path : arena_strz(in->arena, node->text);
	if (name == NULL)
		return error_nomem(err);
	r = trust_policies_load(how_of(in)->run, (const char *const[]){ name, NULL }, in->arena, &digests, &n, &why);
	if (r < 0)
		return yaml_error(in->doc, node, err, "the policy cannot be read: %s", why.text);
	*out = (struct assign_policy){ node->text, digests[0] };
	return 0;
}

static int
policy_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct assign_policy *policy = into;
	if (node->kind == YAML_MAPPING)
		return fields_read(in, node, "a policy", policy_fields, policy, err);
	if (node->kind == YAML_SCALAR && digest_parse(node->text, &policy->digest))
		return 0;
	return policy_from_name(in, node, policy, err);
}

static int
policies_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct any_list list;
	int r = list_or_one_read(in, node, sizeof(struct assign_policy), policy_read, &list, err);
	if (r == 0 && list.n == 0)
		return yaml_error(in->doc, node, err, "an empty list lets no policy count: leave policies out for any");
	if (r == 0)
		*(struct assign_policies *)into = (struct assign_policies){ list.at, list.n };
	return r;
}

/* rules */

static const struct field rule_fields[] = {
	{ "name", text_read, offsetof(struct assign_rule, name), true },
	{ "repositories", some_texts_read, offsetof(struct assign_rule, repositories), true },
	{ "namespaces", some_texts_read, offsetof(struct assign_rule, namespaces), false },
	{ "keys", keys_read, offsetof(struct assign_rule, keys), false },
	{ "certificates", certificates_read, offsetof(struct assign_rule, certificates), false },
	{ "policies", policies_read, offsetof(struct assign_rule, policies), false },
	{ "age", span_read, offsetof(struct assign_rule, age_most), false },
	{ "data_age", span_read, offsetof(struct assign_rule, data_age_most), false },
	{ "any_tag", bool_read, offsetof(struct assign_rule, any_tag), false },
	{ "judged", bool_read, offsetof(struct assign_rule, judged), false },
	{ "unsigned", bool_read, offsetof(struct assign_rule, unsigned_too), false },
	{ "owner", text_read, offsetof(struct assign_rule, owner), false },
	{ "reason", text_read, offsetof(struct assign_rule, reason), false },
	{ "until", day_read, offsetof(struct assign_rule, until), false },
	{ "remember", span_read, offsetof(struct assign_rule, remember), false },
	{ "stale", span_read, offsetof(struct assign_rule, stale), false },
	{ 0 },
};

/* What one kind of rule knows and the other would ignore is an error: it would seem to bind. */
static int
check_rule(struct reading *in, const struct yaml_node *node, const struct assign_rule *rule, struct plim_error *err)
{
	static const char *const of_signed[] = { "keys", "certificates", "policies", "age", "data_age", "any_tag", "judged", NULL };
	static const char *const of_unsigned[] = { "owner", "reason", "until", NULL };
	const char *const *foreign = rule->unsigned_too ? of_signed : of_unsigned;
	for (size_t i = 0; foreign[i]; i++)
		if (yaml_get(node, foreign[i]))
			return yaml_error(in->doc, yaml_get(node, foreign[i]), err, "'%s' says nothing of a rule that %s", foreign[i],
			                  rule->unsigned_too ? "lets run what nobody signed" : "demands signatures");
	if (!rule->unsigned_too && rule->keys.n + rule->certificates.n == 0)
		return yaml_error(in->doc, node, err, "whose signature? A rule needs 'keys' or 'certificates', or 'unsigned: true'");
	if (rule->judged && rule->policies.n == 0)
		return yaml_error(in->doc, node, err, "by what is it judged? A rule with 'judged' needs 'policies'");
	/* What is judged here is as old as the data at hand: that is the policy's to mind. */
	if (rule->judged && rule->data_age_most)
		return yaml_error(in->doc, yaml_get(node, "data_age"), err, "'data_age' says nothing of what is judged at the door: its policy's 'unknown: {data_age: ...}' does");
	if (rule->certificates.n && rule->keys.n == 0 && rule->policies.n)
		return yaml_error(in->doc, yaml_get(node, "policies"), err, "signatures under a certificate name no policy: only those of 'keys' do");
	if (rule->unsigned_too && (rule->owner.n == 0 || rule->reason.n == 0 || rule->until == DATE_NONE))
		return yaml_error(in->doc, node, err, "what runs unsigned needs an 'owner', a 'reason' and a day 'until' which that holds");
	return 0;
}

static int
rule_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct assign_rule *rule = into;
	*rule = (struct assign_rule){ .until = DATE_NONE, .remember = REMEMBER_S };
	int r = fields_read(in, node, "a rule", rule_fields, rule, err);
	return r < 0 ? r : check_rule(in, node, rule, err);
}

static int
rules_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct assign *assign = into;
	struct any_list list;
	int r = list_read(in, node, sizeof(struct assign_rule), rule_read, &list, err);
	if (r < 0)
		return r;
	assign->rules = list.at;
	assign->rule_count = list.n;
	return 0;
}

/* break_glass */

static int
digests_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct assign_glass *glass = (struct assign_glass *)((char *)into - offsetof(struct assign_glass, digests));
	struct any_list list;
	int r = list_or_one_read(in, node, sizeof(struct digest), digest_read, &list, err);
	if (r < 0)
		return r;
	glass->digests = list.at;
	glass->digest_count = list.n;
	return 0;
}

static const struct field glass_fields[] = {
	{ "name", text_read, offsetof(struct assign_glass, name), true },
	{ "digests", digests_read, offsetof(struct assign_glass, digests), false },
	{ "repositories", some_texts_read, offsetof(struct assign_glass, repositories), false },
	{ "namespaces", some_texts_read, offsetof(struct assign_glass, namespaces), false },
	{ "owner", text_read, offsetof(struct assign_glass, owner), true },
	{ "reason", text_read, offsetof(struct assign_glass, reason), true },
	{ "until", day_read, offsetof(struct assign_glass, until), true },
	{ 0 },
};

static int
glass_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct assign_glass *glass = into;
	int r = fields_read(in, node, "an entry of break_glass", glass_fields, glass, err);
	if (r == 0 && glass->digest_count + glass->repositories.n == 0)
		r = yaml_error(in->doc, node, err, "an entry of break_glass needs 'digests' or 'repositories'");
	return r;
}

static int
glasses_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct assign *assign = into;
	struct any_list list;
	int r = list_read(in, node, sizeof(struct assign_glass), glass_read, &list, err);
	if (r < 0)
		return r;
	assign->glasses = list.at;
	assign->glass_count = list.n;
	return 0;
}

/* denied */

static const struct field denied_fields[] = {
	{ "file", text_read, offsetof(struct assign, denied), true },
	{ "keys", keys_read, offsetof(struct assign, deny_keys), true },
	{ "age", span_read, offsetof(struct assign, deny_age_most), false },
	{ "serial", u64_read, offsetof(struct assign, deny_serial_least), false },
	{ 0 },
};

static int
denied_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return fields_read(in, node, "denied", denied_fields, into, err);
}

static int
time_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	if (node->kind != YAML_SCALAR || !date_parse(node->text, into))
		return yaml_error(in->doc, node, err, "a time is needed here, as 2026-01-31T12:00:00Z");
	return 0;
}

static const struct field assign_fields[] = {
	{ "plimsoll_assign", version_read, 0, true },
	{ "time", time_read, offsetof(struct assign, time), false },
	{ "denied", denied_read, 0, false },
	{ "rules", rules_read, 0, true },
	{ "break_glass", glasses_read, 0, false },
	{ 0 },
};

int
assign_read(struct slice name, struct slice text, const struct assign_reading *how, struct arena *arena, struct assign **out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct yaml_document *doc;
	struct assign *assign = arena_make(arena, struct assign);
	int r = assign ? yaml_parse(name, text, arena, &doc, err) : error_nomem(err);
	if (r < 0)
		return r;
	struct reading in = { doc, arena, (void *)how };
	*assign = (struct assign){ .time = DATE_NONE };
	r = fields_read(&in, doc->root, "an assign file", assign_fields, assign, err);
	if (r == 0 && how->directory == NULL && assign->time == DATE_NONE)
		r = yaml_error(doc, doc->root, err, "what is signed needs a 'time'");
	/* Each rule gets its digest. */
	if (r == 0)
		r = assign_write(assign, &bytes, err);
	if (r == 0)
		*out = assign;
	return r;
}

/* `*` takes slashes, but none of a host's end: "*.example.com/web" is no repository of another host whose path holds that. */
static bool
is_of_host(struct slice glob, struct slice repository)
{
	struct slice wanted, host, rest;
	if (!slice_cut(glob, '/', &wanted, &rest) || !slice_cut(repository, '/', &host, &rest))
		return true;
	return slice_is(wanted, "**") || glob_match(wanted, host);
}

static bool
any_matches(const struct slice_list *globs, struct slice repository)
{
	for (size_t i = 0; i < globs->n; i++)
		if (is_of_host(globs->at[i], repository) && repository_matches(globs->at[i], repository))
			return true;
	return false;
}

/* Where somebody limits something to namespaces, what is in none is not meant. */
static bool
namespace_matches(const struct slice_list *globs, struct slice namespace)
{
	return globs->n == 0 || (namespace.n > 0 && list_matches(globs, namespace));
}

const struct assign_rule *
assign_find(const struct assign *assign, struct slice repository, struct slice namespace)
{
	for (size_t i = 0; i < assign->rule_count; i++)
		if (any_matches(&assign->rules[i].repositories, repository) && namespace_matches(&assign->rules[i].namespaces, namespace))
			return &assign->rules[i];
	return NULL;
}

static bool
glass_holds(const struct assign_glass *glass, const struct digest *digest, struct slice repository)
{
	for (size_t i = 0; digest->algorithm != DIGEST_NONE && i < glass->digest_count; i++)
		if (digest_eq(&glass->digests[i], digest))
			return true;
	return repository.n > 0 && any_matches(&glass->repositories, repository);
}

const struct assign_glass *
assign_glass_find(const struct assign *assign, const struct digest *digest, struct slice repository, struct slice namespace, int64_t day)
{
	for (size_t i = 0; i < assign->glass_count; i++) {
		const struct assign_glass *glass = &assign->glasses[i];
		if (day <= glass->until && namespace_matches(&glass->namespaces, namespace) && glass_holds(glass, digest, repository))
			return glass;
	}
	return NULL;
}

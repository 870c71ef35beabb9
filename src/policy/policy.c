/* SPDX-License-Identifier: Apache-2.0 */
/* From a name to a policy that is known to be sound, and its digest. */
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "policy/embedded.h"
#include "policy/extend.h"
#include "policy/model.h"
#include "policy/pin.h"
#include "policy/read_scap.h"
#include "policy/read_vex.h"
#include "policy/tables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

void
policy_free(struct policy *policy)
{
	if (policy == NULL)
		return;
	vec_each (&policy->regexes, regex)
		regex_free(*regex);
	vec_done(&policy->regexes);
	sources_close(policy);
	vec_done(&policy->sources);
	vex_done(policy);
	scap_done(policy);
	arena_free(policy->arena);
	free(policy);
}

struct slice
policy_name(const struct policy *policy)
{
	return policy->name;
}

struct digest
policy_digest(const struct policy *policy)
{
	return policy->digest;
}

size_t
policy_signers(const struct policy *policy, const struct origin_signer **out)
{
	*out = policy->origin.signers.at;
	return policy->origin.signers.n;
}

size_t
policy_data_keys(const struct policy *policy, const struct origin_signer **out)
{
	*out = policy->data_signers.at;
	return policy->data_signers.n;
}

void
policy_describe(const struct policy *policy, struct strbuf *into)
{
	const struct {
		size_t n;
		const char *one, *many;
	} parts[] = {
		{ policy->bases.n, "approved base", "approved bases" },
		{ policy->denies.n, "entry against vulnerabilities", "entries against vulnerabilities" },
		{ policy->minimum.n + policy->forbidden.n + policy->required.n, "component", "components" },
		{ policy->unaccounted.set, "limit of unaccounted files", "limits of unaccounted files" },
		{ policy->licenses.deny.n + policy->licenses.allow.n, "licence", "licences" },
		{ policy->selected.n, "configuration check", "configuration checks" },
		{ policy->scap.n, "SCAP profile", "SCAP profiles" },
		{ policy->mentions[AREA_METADATA], "set of metadata", "sets of metadata" },
		{ policy->origin.registries.n, "registry", "registries" },
		{ policy->origin.signers.n, "signer", "signers" },
		{ policy->data_signers.n, "signer of data", "signers of data" },
		{ policy->rules.n, "own rule", "own rules" },
		{ policy->structure.n, "file of structure tests", "files of structure tests" },
		{ policy->goss.n, "file of Goss", "files of Goss" },
		{ policy->diff.unexplained.set, "demand on comparisons", "demands on comparisons" },
		{ policy->exceptions.n, "exception", "exceptions" },
		{ policy->approvers.n, "approver of exceptions", "approvers of exceptions" },
		{ policy->vex.files.n, "file of VEX", "files of VEX" },
		{ policy->vex.trusted.n, "key for VEX", "keys for VEX" },
	};
	size_t said = 0;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].n > 0)
			strbuf_printf(into, "%s%zu %s", said++ ? ", " : "", parts[i].n, parts[i].n == 1 ? parts[i].one : parts[i].many);
	if (said == 0)
		strbuf_puts(into, "it demands nothing");
}

/* Each part with its length before it: no two lists of parts give the same bytes. */
static void
add_part(struct hasher *hasher, struct slice part)
{
	char length[32];
	snprintf(length, sizeof length, "%zu:", part.n);
	hasher_add(hasher, slice_of(length));
	hasher_add(hasher, part);
}

static void
add_check(struct hasher *hasher, const struct check *check)
{
	static const char *const marks[] = { [NEED_ANSWER] = "", [NEED_MUST] = "!", [NEED_MAY] = "?" };
	add_part(hasher, check->id);
	add_part(hasher, check->query);
	add_part(hasher, check->applies);
	for (size_t i = 0; i < check->parameters.n; i++) {
		add_part(hasher, check->parameters.at[i].name);
		add_part(hasher, check->parameters.at[i].value);
	}
	for (size_t i = 0; i < check->need_count; i++) {
		add_part(hasher, check->needs[i].path);
		add_part(hasher, slice_of(marks[check->needs[i].need]));
	}
}

/* What is evaluated: the file, the bases that it names, the queries of the checks that it selects. */
static int
policy_hash(struct policy *policy, struct plim_error *err)
{
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	if (hasher == NULL)
		return error_nomem(err);
	add_part(hasher, SLICE("plimsoll policy v1"));
	vec_each (&policy->sources, source)
		add_part(hasher, source->doc->text);
	for (size_t i = 0; i < policy->bases.n; i++)
		add_part(hasher, policy->bases.at[i].text);
	for (size_t i = 0; i < policy->origin.signers.n; i++)
		add_part(hasher, policy->origin.signers.at[i].text);
	for (size_t i = 0; i < policy->data_signers.n; i++)
		add_part(hasher, policy->data_signers.at[i].text);
	for (size_t i = 0; i < policy->selected.n; i++)
		add_check(hasher, policy->selected.at[i].check);
	for (size_t i = 0; i < policy->vex.trusted.n; i++)
		add_part(hasher, policy->vex.trusted.at[i].text);
	vec_each (&policy->vex.files, file) {
		add_part(hasher, file->location.n ? file->location : file->name);
		add_part(hasher, (struct slice){ file->text, file->size });
	}
	const struct { const struct test_file *at; size_t n; } tests[] = { { policy->structure.at, policy->structure.n }, { policy->goss.at, policy->goss.n } };
	for (size_t k = 0; k < sizeof tests / sizeof *tests; k++)
		for (size_t i = 0; i < tests[k].n; i++) {
			add_part(hasher, tests[k].at[i].name);
			add_part(hasher, tests[k].at[i].text);
		}
	for (size_t i = 0; i < policy->scap.n; i++) {
		add_part(hasher, (struct slice){ policy->scap.at[i].datastream.text, policy->scap.at[i].datastream.size });
		add_part(hasher, (struct slice){ policy->scap.at[i].tailoring.text, policy->scap.at[i].tailoring.size });
	}
	for (size_t i = 0; i < policy->approvers.n; i++)
		add_part(hasher, policy->approvers.at[i].text);
	if (policy->approvers.n)
		vec_each (&policy->sources, source)
			add_part(hasher, source->approvals);
	policy->digest = hasher_end(hasher);
	return 0;
}

static int
policy_fill(struct policy *policy, struct slice name, struct slice text, int directory, struct plim_error *err)
{
	policy->arena = arena_new(LIMIT_POLICY_BYTES * 16);
	if (policy->arena == NULL)
		return error_nomem(err);
	policy->catalogue = check_catalogue;
	int r = policy_gather(policy, name, text, directory, &policy->root, err);
	if (r < 0)
		return r;
	policy->doc = policy->sources.at[policy->sources.n - 1].doc;
	r = policy_read(policy, err);
	sources_close(policy);
	if (r < 0 || (r = policy_lint(policy, err)) < 0)
		return r;
	return policy_hash(policy, err);
}

int
policy_parse(struct slice name, struct slice text, int directory, struct policy **out, struct plim_error *err)
{
	AUTO(policy) struct policy *policy = calloc(1, sizeof *policy);
	if (policy == NULL)
		return error_nomem(err);
	int r = policy_fill(policy, name, text, directory, err);
	if (r < 0)
		return r;
	*out = ptr_take(&policy);
	return 0;
}

int
policy_load_far(const char *address, struct slice text, struct policy **out, struct plim_error *err)
{
	/* No directory: whatever is looked for below it is not there, and says so. */
	AUTO(fd) int nowhere = memfd_create("plimsoll-policy", MFD_CLOEXEC);
	return nowhere < 0 ? error_sys(err, errno, "memory") : policy_parse(slice_of(address), text, nowhere, out, err);
}

int
policy_load_text(const char *path, struct slice text, struct policy **out, struct plim_error *err)
{
	AUTO(fd) int directory = -1;
	int r = policy_directory(AT_FDCWD, path, &directory, err);
	return r < 0 ? r : policy_parse(path_base(slice_of(path)), text, directory, out, err);
}

/* A plain word that is the name of no file was meant as a policy that is built in. */
static int
error_no_policy(const char *name, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf names = { 0 };
	for (const struct embedded_file *file = embedded_policies; file->name; file++)
		strbuf_printf(&names, "%s%s", names.n ? ", " : "", file->name);
	return error_set(err, PLIM_ENOTFOUND, "policy: %s: no such file, and no built-in policy of that name; there are: %.*s", name, SLICE_ARG(strbuf_slice(&names)));
}

static int
policy_load_file(const char *wanted, struct policy **out, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	size_t size;
	struct slice name;
	struct digest pin;
	if (!pin_cut(slice_of(wanted), &name, &pin))
		return error_set(err, PLIM_EUSAGE, "policy %s: the 64 hexadecimal digits of a digest must follow '#sha256='", wanted);
	AUTO(free) char *path = slice_dup(name);
	if (path == NULL)
		return error_nomem(err);
	int r = file_read(AT_FDCWD, path, LIMIT_POLICY_BYTES, &text, &size, err);
	if (r == PLIM_ENOTFOUND && strpbrk(path, "./") == NULL)
		return error_no_policy(path, err);
	if (r == 0 && (r = pin_check(&pin, (struct slice){ text, size }, err)) < 0)
		return error_wrap(err, r, "%s changed", path);
	return r < 0 ? error_wrap(err, r, "policy") : policy_load_text(path, (struct slice){ text, size }, out, err);
}

int
policy_load(const char *name_or_path, struct policy **out, struct plim_error *err)
{
	const struct embedded_file *file = policy_built_in(slice_of(name_or_path));
	return file ? policy_parse(slice_of(file->name), embedded_text(file), AT_FDCWD, out, err) : policy_load_file(name_or_path, out, err);
}

/* What is wrong with a rule's statement stands in the policy, under the place itself. */
static int
lint_rule(struct facts *facts, const struct selected *rule, struct plim_error *err)
{
	struct plim_error why = { 0 };
	size_t place;
	int r = facts_check(facts, rule->check->query, &place, &why);
	if (r == 0 || r == PLIM_ENOMEM)
		return r < 0 ? error_nomem(err) : 0;
	return yaml_error_in(yaml_get(rule->at, "query"), place, err, "%.*s: %s", SLICE_ARG(rule->check->id), why.text);
}

/* A scope that asks for what no row has would keep the statement from ever finding anything. */
static int
lint_scope(struct facts *facts, const struct selected *selected, struct plim_error *err)
{
	const struct scope *scope = &selected->terms.scope;
	const struct {
		const struct slice_list *globs;
		const char *column, *what;
	} asked[] = { { &scope->paths, "path", "paths" }, { &scope->ecosystems, "package", "ecosystems" } };
	facts_set_parameters(facts, selected->parameters, selected->check->parameters.n);
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		bool has = true;
		int r = asked[i].globs->n ? facts_returns(facts, selected->check->query, asked[i].column, &has, err) : 0;
		if (r < 0)
			return r;
		if (!has)
			return yaml_error(scope->at->doc, scope->at, err, "%.*s: the scope names %s, and its rows have no column '%s': it would find nothing",
			                  SLICE_ARG(selected->check->id), asked[i].what, asked[i].column);
	}
	return 0;
}

/* By itself: what these statements read is no wish of the policy. */
static int
lint_scopes(const struct policy *policy, struct plim_error *err)
{
	static const struct policy_tables none = { 0 };
	AUTO(facts) struct facts *facts = NULL;
	int r = 0;
	for (size_t i = 0; r == 0 && i < policy->rules.n + policy->selected.n; i++) {
		const struct selected *selected = i < policy->rules.n ? &policy->rules.at[i] : &policy->selected.at[i - policy->rules.n];
		if (selected->terms.scope.at == NULL)
			continue;
		r = facts ? 0 : policy_tables_open(&none, &facts, err);
		if (r == 0)
			r = lint_scope(facts, selected, err);
	}
	return r;
}

/* Whether a check may want what is only read on wish: compiling each to see it would take longer than asking it. */
static bool
may_wish(const struct check *check)
{
	return slice_find_text(check->query, SLICE("package_file")) != SIZE_MAX || slice_find_text(check->query, SLICE("digest")) != SIZE_MAX;
}

/* The built-in checks' statements are known to compile; those of the policy's own rules are not. */
int
policy_lint(struct policy *policy, struct plim_error *err)
{
	static const struct policy_tables none = { 0 };
	AUTO(facts) struct facts *facts = NULL;
	int r = policy->rules.n + policy->selected.n ? policy_tables_open(&none, &facts, err) : 0;
	for (size_t i = 0; r == 0 && i < policy->rules.n; i++)
		r = lint_rule(facts, &policy->rules.at[i], err);
	for (size_t i = 0; r == 0 && i < policy->selected.n; i++) {
		const struct selected *selected = &policy->selected.at[i];
		facts_set_parameters(facts, selected->parameters, selected->check->parameters.n);
		r = may_wish(selected->check) ? facts_check(facts, selected->check->query, NULL, err) : 0;
	}
	if (r == 0 && facts && facts_reads_digests(facts) && policy->hashing == HASH_NOTHING)
		policy->hashing = HASH_PROGRAMS;
	if (r == 0 && facts && facts_reads_compared(facts))
		policy->hashing = HASH_RECORDED;
	policy->reads_wished = r == 0 && facts && facts_reads_wished(facts);
	return r < 0 ? r : lint_scopes(policy, err);
}

bool
policy_reads_wished(const struct policy *policy)
{
	return policy->reads_wished;
}

enum hashed_files
policy_hashing(const struct policy *policy)
{
	return policy->hashing;
}

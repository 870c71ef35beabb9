/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a policy's licenses. */
#include "policy/read_licenses.h"

#include "base/glob.h"
#include "codec/spdx.h"
#include "policy/terms.h"

/* A name that no licence has would never match, and nobody would see. */
static int
license_globs_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct slice_list *globs = into;
	int r = some_texts_read(in, node, globs, err);
	for (size_t i = 0; r == 0 && i < globs->n; i++) {
		struct slice id, rest;
		struct slice text = globs->at[i];
		size_t with = slice_find_text(text, SLICE(" WITH "));
		id = with == SIZE_MAX ? text : slice_first(text, with);
		slice_cut(id, '+', &id, &rest);
		if (glob_is_pattern(id) || slice_starts(id, SLICE("LicenseRef-")))
			continue;
		struct slice known = spdx_id(id);
		if (known.p == NULL)
			return yaml_error(in->doc, node, err, "'%.*s' is no identifier of the SPDX License List, nor a glob of them, nor LicenseRef-...", SLICE_ARG(text));
		if (!slice_eq(known, id))
			return yaml_error(in->doc, node, err, "'%.*s' is spelled %.*s", SLICE_ARG(text), SLICE_ARG(known));
	}
	return r;
}

static int
unknown_action_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { "unknown", "warn", "fail", NULL };
	static const enum action actions[] = { ACTION_UNKNOWN, ACTION_WARN, ACTION_FAIL };
	int64_t word = 0;
	int r = word_read(in, node, words, &word, err);
	*(enum action *)into = actions[word];
	return r;
}

static const struct field license_fields[] = {
	{ "deny", license_globs_read, offsetof(struct license_demand, deny), false },
	{ "allow", license_globs_read, offsetof(struct license_demand, allow), false },
	{ "unknown", unknown_action_read, offsetof(struct license_demand, unknown), false },
	TERMS(struct license_demand, terms),
	{ 0 },
};

int
licenses_read(struct reading *in, const struct yaml_node *node, struct license_demand *out, struct plim_error *err)
{
	*out = (struct license_demand){ .set = true, .unknown = ACTION_UNKNOWN, .terms = plain_terms };
	int r = fields_read(in, node, "licenses", license_fields, out, err);
	if (r == 0 && out->deny.n == 0 && out->allow.n == 0)
		return yaml_error(in->doc, node, err, "licenses need at least one of the keys 'deny' and 'allow'");
	return r;
}

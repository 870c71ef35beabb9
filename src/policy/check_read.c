/* SPDX-License-Identifier: Apache-2.0 */
/* A file of checks, as tools/make-checks reads it when the program is built. */
#include "policy/check.h"

#include "base/error.h"
#include "base/glob.h"
#include "policy/fields.h"
#include "policy/parameters.h"

static int
needs_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct check *check = (struct check *)((char *)into - offsetof(struct check, needs));
	struct slice_list paths;
	int r = texts_read(in, node, &paths, err);
	if (r < 0)
		return r;
	struct check_need *needs = arena_make_array(in->arena, paths.n + 1, struct check_need);
	if (needs == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < paths.n; i++) {
		needs[i].path = paths.at[i];
		if (slice_skip_end(&needs[i].path, SLICE("!")))
			needs[i].need = NEED_MUST;
		else if (slice_skip_end(&needs[i].path, SLICE("?")) || glob_is_pattern(needs[i].path))
			needs[i].need = NEED_MAY;
		if (!slice_starts(needs[i].path, SLICE("/")))
			return yaml_error(in->doc, node, err, "a needed path is absolute");
	}
	check->needs = needs;
	check->need_count = paths.n;
	return 0;
}

static int
references_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct check *check = (struct check *)((char *)into - offsetof(struct check, references));
	struct slice_list list;
	int r = texts_read(in, node, &list, err);
	if (r < 0)
		return r;
	check->references = list.at;
	check->reference_count = list.n;
	return 0;
}

static int
mend_step_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct plim_error why = { 0 };
	struct slice text = SLICE_NONE;
	int r = text_read(in, node, &text, err);
	if (r == 0 && mend_step_parse(text, into, &why) < 0)
		r = yaml_error(in->doc, node, err, "%s", why.text);
	return r;
}

int
mend_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct mend_steps *steps = into;
	struct any_list list;
	int r = list_or_one_read(in, node, sizeof(struct mend_step), mend_step_read, &list, err);
	if (r == 0)
		*steps = (struct mend_steps){ list.at, list.n };
	return r;
}

static int
scope_word_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { [CHECK_OF_BOTH] = "both", [CHECK_OF_IMAGES] = "image", [CHECK_OF_HOSTS] = "host", NULL };
	int64_t scope;
	int r = word_read(in, node, words, &scope, err);
	if (r == 0)
		*(enum check_scope *)into = (enum check_scope)scope;
	return r;
}

static const struct field check_fields[] = {
	{ "id", text_read, offsetof(struct check, id), true },
	{ "title", text_read, offsetof(struct check, title), true },
	{ "severity", severity_read, offsetof(struct check, severity), true },
	{ "control", text_read, offsetof(struct check, control), true },
	{ "rationale", text_read, offsetof(struct check, rationale), true },
	{ "references", references_read, offsetof(struct check, references), false },
	{ "applies", text_read, offsetof(struct check, applies), false },
	{ "not_applicable", text_read, offsetof(struct check, not_applicable), false },
	{ "needs", needs_read, offsetof(struct check, needs), false },
	{ "scope", scope_word_read, offsetof(struct check, scope), false },
	{ "parameters", parameters_read, offsetof(struct check, parameters), false },
	{ "query", text_read, offsetof(struct check, query), true },
	{ "fix", text_read, offsetof(struct check, fix), false },
	{ "mend", mend_read, offsetof(struct check, mend), false },
	{ 0 },
};

static int
check_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct check *check = into;
	int r = fields_read(in, node, "a check", check_fields, check, err);
	if (r < 0)
		return r;
	if (slice_find(check->id, '/') == SIZE_MAX)
		return yaml_error(in->doc, node, err, "the id of a check is THEME/NAME");
	return 0;
}

int
check_parse(struct slice name, struct slice text, struct arena *arena, const struct check **out, size_t *out_count,
            struct plim_error *err)
{
	struct reading in = { .arena = arena };
	struct yaml_document *doc;
	int r = yaml_parse(name, text, arena, &doc, err);
	if (r < 0)
		return r;
	in.doc = doc;
	struct any_list list;
	if ((r = list_read(&in, doc->root, sizeof(struct check), check_read, &list, err)) < 0)
		return r;
	*out = list.at;
	*out_count = list.n;
	return 0;
}

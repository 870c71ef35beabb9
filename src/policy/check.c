/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue of checks, read from the files that were compiled in. */
#include "policy/check.h"

#include "base/error.h"
#include "base/glob.h"
#include "base/vec.h"
#include "policy/embedded.h"
#include "policy/fields.h"

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
	{ "query", text_read, offsetof(struct check, query), true },
	{ "fix", text_read, offsetof(struct check, fix), false },
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

static int
by_id(const void *a, const void *b)
{
	return slice_cmp(((const struct check *)a)->id, ((const struct check *)b)->id);
}

static int
catalogue_sort(struct check *checks, size_t n, struct plim_error *err)
{
	if (n > 0)
		qsort(checks, n, sizeof *checks, by_id);
	for (size_t i = 1; i < n; i++)
		if (slice_eq(checks[i - 1].id, checks[i].id))
			return error_set(err, PLIM_EPOLICY, "check '%.*s' is there twice", SLICE_ARG(checks[i].id));
	return 0;
}

struct checks {
	VEC(struct check) list;
};

static int
catalogue_collect(struct arena *arena, struct checks *into, struct plim_error *err)
{
	for (const struct embedded_file *file = embedded_checks; file->name; file++) {
		const struct check *checks;
		size_t count;
		int r = check_parse(slice_of(file->name), embedded_text(file), arena, &checks, &count, err);
		if (r < 0)
			return error_wrap(err, r, "built-in checks");
		for (size_t i = 0; i < count; i++) {
			struct check *kept = vec_push(&into->list);
			if (kept == NULL)
				return error_nomem(err);
			*kept = checks[i];
		}
	}
	return 0;
}

static int
catalogue_keep(struct arena *arena, const struct checks *all, struct catalogue *out, struct plim_error *err)
{
	struct check *checks = arena_make_array(arena, all->list.n + 1, struct check);
	if (checks == NULL)
		return error_nomem(err);
	if (all->list.n > 0)
		memcpy(checks, all->list.at, all->list.n * sizeof *checks);
	*out = (struct catalogue){ checks, all->list.n };
	return catalogue_sort(checks, all->list.n, err);
}

int
check_catalogue(struct arena *arena, struct catalogue *out, struct plim_error *err)
{
	struct checks all = { 0 };
	int r = catalogue_collect(arena, &all, err);
	if (r == 0)
		r = catalogue_keep(arena, &all, out, err);
	vec_done(&all.list);
	return r;
}

bool
check_is_named(const struct check *check, struct slice glob)
{
	return glob_match(glob, check->id) || glob_match(glob, check->control);
}

const struct check *
catalogue_find(const struct catalogue *catalogue, struct slice id)
{
	for (size_t i = 0; i < catalogue->n; i++)
		if (slice_eq(catalogue->checks[i].id, id))
			return &catalogue->checks[i];
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Base files: read strictly, for what they list may be built on. */
#include "policy/base.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "codec/json.h"
#include "codec/json_write.h"

static int
key_check(const struct json *object, const char *const *names, const char *what, struct plim_error *err)
{
	for (size_t i = 0; i < object->n; i++) {
		size_t k = 0;
		while (names[k] && !slice_is(object->keys[i], names[k]))
			k++;
		if (names[k] == NULL)
			return error_set(err, PLIM_EFORMAT, "%s has no key '%.*s'", what, SLICE_ARG(object->keys[i]));
	}
	return 0;
}

static int
diff_ids_parse(const struct json *list, struct arena *arena, struct generation *out, struct plim_error *err)
{
	if (!json_is(list, JSON_ARRAY) || list->n == 0)
		return error_set(err, PLIM_EFORMAT, "diff_ids: a list with at least one digest is needed");
	if (list->n > LIMIT_LAYER_COUNT)
		return error_set(err, PLIM_ELIMIT, "diff_ids: more than limit LAYER_COUNT");
	struct digest *ids = arena_make_array(arena, list->n, struct digest);
	if (ids == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++)
		if (!digest_parse(json_string(&list->items[i]), &ids[i]))
			return error_set(err, PLIM_EFORMAT, "diff_ids: entry %zu is no digest", i + 1);
	out->diff_ids = ids;
	out->n = list->n;
	return 0;
}

static int
packages_parse(const struct json *list, struct arena *arena, struct generation *out, struct plim_error *err)
{
	if (list == NULL)
		return 0;
	if (!json_is(list, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "packages: a list is needed");
	struct slice *all = arena_make_array(arena, list->n + 1, struct slice);
	if (all == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++) {
		all[i] = json_string(&list->items[i]);
		if (!slice_starts(all[i], SLICE("pkg:")))
			return error_set(err, PLIM_EFORMAT, "packages: entry %zu is no package URL", i + 1);
		if (i > 0 && slice_cmp(all[i - 1], all[i]) >= 0)
			return error_set(err, PLIM_EFORMAT, "packages: entry %zu is not behind the one before it", i + 1);
	}
	out->packages = all;
	out->package_count = list->n;
	return 0;
}

static int
generation_parse(const struct json *from, struct arena *arena, struct generation *out, struct plim_error *err)
{
	static const char *const names[] = { "date", "reference", "platform", "diff_ids", "packages", "until", NULL };
	int64_t day;
	if (!json_is(from, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "an object is needed");
	int r = key_check(from, names, "a generation", err);
	if (r < 0)
		return r;
	out->date = json_get_string(from, "date");
	out->reference = json_get_string(from, "reference");
	out->platform = json_get_string(from, "platform");
	if (!date_parse_day(out->date, &day))
		return error_set(err, PLIM_EFORMAT, "date: a day as 2026-10-01 is needed");
	out->until = json_get_string(from, "until");
	if (json_get(from, "until") && !date_parse_day(out->until, &day))
		return error_set(err, PLIM_EFORMAT, "until: a day as 2026-10-01 is needed");
	r = packages_parse(json_get(from, "packages"), arena, out, err);
	return r < 0 ? r : diff_ids_parse(json_get(from, "diff_ids"), arena, out, err);
}

static int
generations_parse(const struct json *list, struct arena *arena, struct base_file *out, struct plim_error *err)
{
	if (!json_is(list, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "generations: a list is needed");
	out->generations = arena_make_array(arena, list->n + 1, struct generation);
	if (out->generations == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++) {
		int r = generation_parse(&list->items[i], arena, &out->generations[i], err);
		if (r < 0)
			return error_wrap(err, r, "generation %zu", i + 1);
	}
	out->n = list->n;
	return 0;
}

int
base_file_parse(struct slice text, struct arena *arena, struct base_file *out, struct plim_error *err)
{
	static const char *const names[] = { "plimsoll_base", "name", "generations", NULL };
	const struct json *root;
	uint64_t version;
	int r = json_parse(text, arena, &root, err);
	if (r < 0)
		return r;
	if (!json_is(root, JSON_OBJECT) || !json_u64(json_get(root, "plimsoll_base"), &version))
		return error_set(err, PLIM_EFORMAT, "not a base file: the key 'plimsoll_base' is missing");
	if (version < 1 || version > BASE_FILE_VERSION)
		return error_set(err, PLIM_EUNSUPPORTED, "a base file of version %llu; versions 1 to %d are read here",
		                 (unsigned long long)version, BASE_FILE_VERSION);
	if ((r = key_check(root, names, "a base file", err)) < 0)
		return r;
	*out = (struct base_file){ .name = json_get_string(root, "name") };
	if (slice_is_empty(out->name))
		return error_set(err, PLIM_EFORMAT, "name: a text is needed");
	return generations_parse(json_get(root, "generations"), arena, out, err);
}

static void
packages_write(const struct generation *g, struct json_writer *w)
{
	if (g->package_count > 0)
		json_write_member_texts(w, "packages", g->packages, g->package_count);
}

static void
generation_write(const struct generation *g, struct json_writer *w)
{
	char text[DIGEST_TEXT_SIZE];
	json_write_object(w);
	json_write_member(w, "date", g->date);
	json_write_key(w, SLICE("diff_ids"));
	json_write_array(w);
	for (size_t i = 0; i < g->n; i++)
		json_write_string(w, slice_of(digest_text(&g->diff_ids[i], text)));
	json_write_array_end(w);
	packages_write(g, w);
	json_write_member(w, "platform", g->platform);
	json_write_member(w, "reference", g->reference);
	json_write_member(w, "until", g->until);
	json_write_object_end(w);
}

void
base_file_write(const struct base_file *file, struct strbuf *into)
{
	struct json_writer w = { .into = into, .indent = true };
	json_write_object(&w);
	json_write_key(&w, SLICE("generations"));
	json_write_array(&w);
	for (size_t i = 0; i < file->n; i++)
		generation_write(&file->generations[i], &w);
	json_write_array_end(&w);
	json_write_member(&w, "name", file->name);
	json_write_member_u64(&w, "plimsoll_base", BASE_FILE_VERSION);
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

static bool
generation_begins(const struct generation *g, const struct digest *diff_ids, size_t n)
{
	for (size_t i = 0; i < g->n; i++)
		if (i >= n || !digest_eq(&g->diff_ids[i], &diff_ids[i]))
			return false;
	return g->n > 0;
}

const struct generation *
base_file_match(const struct base_file *file, const struct digest *diff_ids, size_t n)
{
	const struct generation *best = NULL;
	for (size_t i = 0; i < file->n; i++) {
		const struct generation *g = &file->generations[i];
		if (generation_begins(g, diff_ids, n) && (best == NULL || g->n >= best->n))
			best = g;
	}
	return best;
}

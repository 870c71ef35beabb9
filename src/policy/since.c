/* SPDX-License-Identifier: Apache-2.0 */
/* The ids of an older verdict's findings; they do not depend on the image's digest. */
#include "policy/since.h"

#include "base/error.h"
#include "codec/json.h"
#include "policy/verdict_file.h"

static int
id_cmp(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static int
findings_take(const struct json *verdict, struct since *out, struct plim_error *err)
{
	const struct json *findings = json_get(verdict, "findings");
	if (!json_is(findings, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "no verdict: it has no findings");
	for (size_t i = 0; i < findings->n; i++) {
		struct slice id = json_get_string(json_item(findings, i), "id");
		if (id.n == 0)
			return error_set(err, PLIM_EFORMAT, "no verdict: a finding has no id");
		out->ids[out->n++] = id;
	}
	return 0;
}

static size_t
finding_count(const struct json *root, const struct json *images)
{
	const struct json *own = json_get(root, "findings");
	size_t n = json_is(own, JSON_ARRAY) ? own->n : 0;
	for (size_t i = 0; json_is(images, JSON_ARRAY) && i < images->n; i++) {
		const struct json *findings = json_get(json_item(images, i), "findings");
		n += json_is(findings, JSON_ARRAY) ? findings->n : 0;
	}
	return n;
}

int
since_read(struct slice text, struct arena *arena, struct since *out, struct plim_error *err)
{
	const struct json *root, *images;
	int r = json_parse(text, arena, &root, err);
	if (r < 0 || (r = verdict_schema_check(root, err)) < 0)
		return r;
	images = json_get(root, "images");
	*out = (struct since){ .digest = digest_of(text), .ids = arena_make_array(arena, finding_count(root, images), struct slice) };
	if (out->ids == NULL)
		return error_nomem(err);
	if (!json_is(images, JSON_ARRAY))
		r = findings_take(root, out, err);
	for (size_t i = 0; r == 0 && json_is(images, JSON_ARRAY) && i < images->n; i++)
		r = findings_take(json_item(images, i), out, err);
	if (r == 0 && out->n)
		qsort(out->ids, out->n, sizeof *out->ids, id_cmp);
	return r;
}

bool
since_knows(const struct since *since, struct slice id)
{
	return since->n && bsearch(&id, since->ids, since->n, sizeof id, id_cmp);
}

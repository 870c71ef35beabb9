/* SPDX-License-Identifier: Apache-2.0 */
/* From the bytes of a policy's VEX files to what they say. */
#include "policy/policy.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "policy/model.h"

#include <inttypes.h>

size_t
policy_vex_keys(const struct policy *policy, const struct origin_signer **out)
{
	*out = policy->vex.trusted.at;
	return policy->vex.trusted.n;
}

bool
policy_has_vex(const struct policy *policy)
{
	return policy->vex.files.n > 0;
}

/* A policy whose files are broken is not sound. */
static int
file_error(int r, const struct vex_file *file, struct plim_error *err)
{
	return error_wrap(err, r == PLIM_ENOMEM ? r : PLIM_EPOLICY, "VEX %.*s", SLICE_ARG(file->name));
}

static int
source_open(struct policy *policy, const struct vex_file *file, bool of_hub, struct plim_error *err)
{
	struct vex_source *source = vec_push(&policy->vex.sources);
	if (source == NULL)
		return error_nomem(err);
	*source = (struct vex_source){ .name = file->name, .of_hub = of_hub };
	int r = vex_read((struct slice){ file->text, file->size }, policy->vex.arena, &source->document, err);
	return r < 0 ? file_error(r, file, err) : 0;
}

/* One package a line, several may have one document. */
static int
hub_files(const struct json *packages, const struct vex_file *files, size_t n, bool *wanted, struct plim_error *err)
{
	AUTO(map) struct map by_location = { 0 };
	for (size_t i = 0; i < n; i++) {
		void **place = map_place(&by_location, files[i].location);
		if (place == NULL)
			return error_nomem(err);
		*place = &wanted[i];
	}
	for (size_t i = 0; i < packages->n; i++) {
		struct slice location = json_get_string(json_item(packages, i), "location");
		slice_skip(&location, SLICE("./"));
		bool *place = map_find(&by_location, location);
		if (place == NULL)
			return error_set(err, PLIM_EFORMAT, "packages[%zu]: there is no file '%.*s'", i, SLICE_ARG(slice_first(location, 300)));
		*place = true;
	}
	return 0;
}

static int
index_parse_hub(const struct vex_file *index, struct arena *arena, const struct json **packages, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse((struct slice){ index->text, index->size }, arena, &root, err);
	if (r == 0 && !vex_is_document(root))
		r = vex_list(root, "packages", packages, err);
	return r;
}

/* A directory with an index has the documents that it names; of any other each file is one. */
static int
read_index(const struct vex_file *files, size_t n, bool *wanted, bool *is_hub, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_VEX_MEMORY_BYTES);
	const struct json *packages = NULL;
	size_t at = 0;
	if (arena == NULL)
		return error_nomem(err);
	while (at < n && !slice_is(files[at].location, "index.json"))
		at++;
	int r = at < n ? index_parse_hub(&files[at], arena, &packages, err) : 0;
	if (r == 0 && packages)
		r = hub_files(packages, files, n, wanted, err);
	*is_hub = packages != NULL;
	for (size_t i = 0; packages == NULL && i < n; i++)
		wanted[i] = true;
	return r < 0 ? file_error(r, &files[at], err) : 0;
}

/* Those of one directory stand behind each other. */
static int
directory_open(struct policy *policy, const struct vex_file *files, size_t n, struct plim_error *err)
{
	AUTO(free) bool *wanted = calloc(n, sizeof *wanted);
	bool is_hub = false;
	int r = wanted ? read_index(files, n, wanted, &is_hub, err) : error_nomem(err);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (wanted[i])
			r = source_open(policy, &files[i], is_hub, err);
	return r;
}

int
policy_vex_open(struct policy *policy, struct plim_error *err)
{
	const struct vex_file *files = policy->vex.files.at;
	size_t n = policy->vex.files.n, to;
	int r = 0;
	if (n == 0 || policy->vex.arena)
		return 0;
	if ((policy->vex.arena = arena_new(LIMIT_VEX_MEMORY_BYTES)) == NULL)
		return error_nomem(err);
	for (size_t i = 0; r == 0 && i < n; i = to) {
		for (to = i + 1; files[i].location.p && to < n && files[to].location.p && files[to].directory == files[i].directory; to++)
			;
		r = files[i].location.p ? directory_open(policy, &files[i], to - i, err) : source_open(policy, &files[i], false, err);
	}
	if (r < 0 && arena_full(policy->vex.arena))
		return error_set(err, PLIM_ELIMIT, "VEX: more memory than limit VEX_MEMORY_BYTES (%" PRIu64 ")", LIMIT_VEX_MEMORY_BYTES);
	return r;
}

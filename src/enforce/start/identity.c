/* SPDX-License-Identifier: Apache-2.0 */
/* What all finders do: reading records, collecting names, comparing directories. */
#include "enforce/start/identity.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

int
identity_record(const char *path, struct arena *arena, struct slice *out, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	int r = file_read(AT_FDCWD, path, LIMIT_GUARD_RECORD_BYTES, &bytes, &n, err);
	if (r < 0)
		return r;
	*out = arena_dup(arena, (struct slice){ bytes, n });
	return out->p ? 0 : error_nomem(err);
}

int
identity_json(const char *path, struct arena *arena, const struct json **out, struct plim_error *err)
{
	struct slice text;
	int r = identity_record(path, arena, &text, err);
	if (r < 0)
		return r;
	r = json_parse(text, arena, out, err);
	if (r == 0 && !json_is(*out, JSON_OBJECT))
		r = error_set(err, PLIM_EFORMAT, "object expected, found %s", json_type_name((*out)->type));
	return r < 0 ? error_wrap(err, r, "%s", path) : 0;
}

static int
repository_of(const struct reference *name, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct reference whole = *name;
	if (whole.host.p == NULL)
		whole.host = SLICE("docker.io");
	*out = reference_repository(&whole, arena);
	return out->p ? 0 : error_nomem(err);
}

int
identity_name(struct identity *identity, struct slice name, struct arena *arena, struct plim_error *err)
{
	struct reference reference;
	/* By its id: for a reference it would be a repository "sha256" with a tag. */
	bool is_id = slice_starts(name, SLICE("sha256:"));
	if (name.n == 0 || (!is_id && reference_parse(name, &reference, NULL) < 0))
		return 0;
	identity->name = name;
	if (is_id)
		return 0;
	identity->tag = reference.tag;
	return repository_of(&reference, arena, &identity->repository, err);
}

static bool
has_place(const struct identity *identity, struct slice repository, const struct digest *digest)
{
	for (size_t i = 0; i < identity->place_count; i++)
		if (slice_eq(identity->places[i].repository, repository) && digest_eq(&identity->places[i].digest, digest))
			return true;
	return false;
}

int
identity_place(struct identity *identity, const struct reference *name, const struct digest *digest, struct arena *arena, struct plim_error *err)
{
	struct guard_place place = { .digest = *digest };
	int r = repository_of(name, arena, &place.repository, err);
	if (r < 0 || has_place(identity, place.repository, digest) || identity->place_count == IDENTITY_PLACES)
		return r;
	bool asked = slice_eq(place.repository, identity->repository);
	size_t at = asked ? 0 : identity->place_count;
	if (asked)
		place.tag = identity->tag;
	memmove(&identity->places[at + 1], &identity->places[at], (identity->place_count - at) * sizeof place);
	identity->places[at] = place;
	identity->place_count++;
	return 0;
}

int
identity_check_root(const struct oci_bundle *bundle, const char *wanted, struct plim_error *err)
{
	char real[PATH_MAX], real_wanted[PATH_MAX], path[PATH_MAX];
	if (snprintf(path, sizeof path, "%.*s", SLICE_ARG(bundle->root)) >= (int)sizeof path || realpath(path, real) == NULL)
		return error_sys(err, errno, "root.path %.*s", SLICE_ARG(bundle->root));
	if (realpath(wanted, real_wanted) == NULL)
		return error_sys(err, errno, "%s", wanted);
	if (strcmp(real, real_wanted) != 0)
		return error_set(err, PLIM_EUSAGE, "the bundle's files are at %s, those of this container at %s", real, real_wanted);
	return 0;
}

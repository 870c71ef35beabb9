/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/start/oci_bundle.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "image/field.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

static int
take_root(const struct json *config, struct arena *arena, struct oci_bundle *bundle, struct plim_error *err)
{
	const struct json *root;
	struct slice path;
	int r = field_get(config, "root", JSON_OBJECT, &root, err);
	if (r < 0 || (r = field_string(root, "path", &path, err)) < 0)
		return r;
	if (path.n == 0 || memchr(path.p, '\0', path.n))
		return error_set(err, PLIM_EFORMAT, "root.path: it is not said where its files are");
	bool absolute = path.p[0] == '/';
	bundle->root = absolute ? path : arena_printf(arena, "%.*s/%.*s", SLICE_ARG(bundle->directory), SLICE_ARG(path));
	return bundle->root.p ? 0 : error_nomem(err);
}

static int
check_annotations(const struct json *annotations, struct plim_error *err)
{
	for (size_t i = 0; annotations && i < annotations->n; i++)
		if (annotations->items[i].type != JSON_STRING)
			return error_set(err, PLIM_EFORMAT, "annotations: string expected, found %s", json_type_name(annotations->items[i].type));
	return 0;
}

int
oci_bundle_parse(struct slice text, struct arena *arena, struct oci_bundle *bundle, struct plim_error *err)
{
	const struct json *config;
	int r = json_parse(text, arena, &config, err);
	if (r < 0)
		return r;
	if (!json_is(config, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "object expected, found %s", json_type_name(config->type));
	if ((r = take_root(config, arena, bundle, err)) < 0 || (r = field_get(config, "annotations", JSON_OBJECT, &bundle->annotations, err)) < 0)
		return r;
	return check_annotations(bundle->annotations, err);
}

struct slice
oci_bundle_annotation(const struct oci_bundle *bundle, const char *name)
{
	return json_get_string(bundle->annotations, name);
}

static int
load_config(const char *path, struct arena *arena, struct oci_bundle *bundle, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	int r = file_read(AT_FDCWD, path, LIMIT_GUARD_RECORD_BYTES, &bytes, &n, err);
	if (r < 0)
		return r;
	r = oci_bundle_parse((struct slice){ bytes, n }, arena, bundle, err);
	return r < 0 ? error_wrap(err, r, "%s", path) : 0;
}

int
oci_bundle_load(const char *id, const char *directory, const char *config, struct arena *arena, struct oci_bundle *out, struct plim_error *err)
{
	char real[PATH_MAX];
	if (realpath(directory, real) == NULL)
		return error_sys(err, errno, "bundle %s", directory);
	/* Runtimes differ in what such a name is relative to. */
	if (config && *config != '/')
		return error_set(err, PLIM_EUSAGE, "--config: an absolute path is needed");
	*out = (struct oci_bundle){ .id = arena_dup(arena, slice_of(id)), .directory = arena_dup(arena, slice_of(real)) };
	struct slice path = config ? arena_dup(arena, slice_of(config)) : arena_printf(arena, "%s/config.json", real);
	if (out->id.p == NULL || out->directory.p == NULL || path.p == NULL)
		return error_nomem(err);
	return load_config(path.p, arena, out, err);
}

static int
take_text(const struct json *state, const char *key, struct arena *arena, const char **out, struct plim_error *err)
{
	struct slice text;
	int r = field_string(state, key, &text, err);
	if (r < 0)
		return r;
	if (text.n == 0 || memchr(text.p, '\0', text.n))
		return error_set(err, PLIM_EFORMAT, "%s: it is missing", key);
	*out = arena_strz(arena, text);
	return *out ? 0 : error_nomem(err);
}

int
oci_state_parse(struct slice text, struct arena *arena, struct oci_state *out, struct plim_error *err)
{
	const struct json *state;
	int r = json_parse(text, arena, &state, err);
	if (r < 0)
		return r;
	if (!json_is(state, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "object expected, found %s", json_type_name(state->type));
	if ((r = take_text(state, "id", arena, &out->id, err)) < 0 || (r = take_text(state, "bundle", arena, &out->bundle, err)) < 0)
		return r;
	if (*out->bundle != '/' || strchr(out->id, '/'))
		return error_set(err, PLIM_EFORMAT, "%s", *out->bundle != '/' ? "bundle: an absolute path is needed" : "id: a name without '/' is needed");
	return 0;
}

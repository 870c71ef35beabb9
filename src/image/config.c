/* SPDX-License-Identifier: Apache-2.0 */
/* The image configuration: OCI image-spec config.md with Docker's additions. */
#include "image/image.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/field.h"

#include <stdio.h>

static int
pair_cmp(const void *a, const void *b)
{
	return slice_cmp(((const struct string_pair *)a)->key, ((const struct string_pair *)b)->key);
}

/* Ports and volumes are objects whose keys are the content; what the values say nobody reads. */
static int
read_set(const struct json *object, const char *key, struct arena *arena, struct string_list *out, struct plim_error *err)
{
	const struct json *found;
	int r = field_get(object, key, JSON_OBJECT, &found, err);
	if (r < 0 || found == NULL)
		return r;
	struct slice *keys = arena_make_array(arena, found->n, struct slice);
	if (keys == NULL)
		return error_nomem(err);
	if (found->n)
		memcpy(keys, found->keys, found->n * sizeof *keys);
	qsort(keys, found->n, sizeof *keys, slice_cmp_qsort);
	*out = (struct string_list){ keys, found->n, true };
	return 0;
}

static int
read_label(const struct json *labels, size_t at, struct string_pair *out, struct plim_error *err)
{
	const struct json *value = &labels->items[at];
	out->key = labels->keys[at];
	out->value = value->type == JSON_NULL ? SLICE("") : json_string(value);
	if (value->type == JSON_STRING || value->type == JSON_NULL)
		return 0;
	return error_set(err, PLIM_EFORMAT, "Labels: string expected for label %zu, found %s", at,
	                 json_type_name(value->type));
}

static int
read_labels(const struct json *object, struct arena *arena, struct image_config *out, struct plim_error *err)
{
	const struct json *found;
	int r = field_get(object, "Labels", JSON_OBJECT, &found, err);
	if (r < 0 || found == NULL)
		return r;
	struct string_pair *pairs = arena_make_array(arena, found->n, struct string_pair);
	if (pairs == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < found->n; i++)
		if ((r = read_label(found, i, &pairs[i], err)) < 0)
			return r;
	qsort(pairs, found->n, sizeof *pairs, pair_cmp);
	out->labels = pairs;
	out->label_count = found->n;
	return 0;
}

static int
read_healthcheck(const struct json *object, struct arena *arena, struct image_config *out, struct plim_error *err)
{
	const struct json *check;
	int r = field_get(object, "Healthcheck", JSON_OBJECT, &check, err);
	if (r < 0)
		return r;
	r = field_strings(check, "Test", arena, &out->healthcheck, err);
	return r < 0 ? error_wrap(err, r, "Healthcheck") : 0;
}

static int
read_texts(const struct json *object, struct image_config *out, struct plim_error *err)
{
	const struct {
		const char *key;
		struct slice *into;
	} fields[] = {
		{ "User", &out->user },
		{ "WorkingDir", &out->working_dir },
		{ "StopSignal", &out->stop_signal },
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof fields / sizeof *fields; i++)
		r = field_string(object, fields[i].key, fields[i].into, err);
	return r;
}

static int
read_lists(const struct json *object, struct arena *arena, struct image_config *out, struct plim_error *err)
{
	const struct {
		const char *key;
		struct string_list *into;
	} fields[] = {
		{ "Env", &out->env },     { "Entrypoint", &out->entrypoint }, { "Cmd", &out->cmd },
		{ "Shell", &out->shell }, { "OnBuild", &out->on_build },
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof fields / sizeof *fields; i++)
		r = field_strings(object, fields[i].key, arena, fields[i].into, err);
	return r;
}

static int
read_runtime(const struct json *object, struct arena *arena, struct image_config *out, struct plim_error *err)
{
	int r;
	if ((r = read_texts(object, out, err)) < 0 || (r = read_lists(object, arena, out, err)) < 0 ||
	    (r = read_set(object, "ExposedPorts", arena, &out->ports, err)) < 0 ||
	    (r = read_set(object, "Volumes", arena, &out->volumes, err)) < 0 ||
	    (r = read_labels(object, arena, out, err)) < 0)
		return r;
	return read_healthcheck(object, arena, out, err);
}

static int
read_step(const struct json *object, struct history_step *out, struct plim_error *err)
{
	int r;
	if (object->type != JSON_OBJECT)
		return error_set(err, PLIM_EFORMAT, "object expected, found %s", json_type_name(object->type));
	if ((r = field_string(object, "created_by", &out->created_by, err)) < 0 ||
	    (r = field_string(object, "comment", &out->comment, err)) < 0 ||
	    (r = field_string(object, "author", &out->author, err)) < 0 ||
	    (r = field_string(object, "created", &out->created, err)) < 0)
		return r;
	return field_bool(object, "empty_layer", &out->empty_layer, err);
}

static int
read_history(const struct json *object, struct arena *arena, struct image_config *out, struct plim_error *err)
{
	const struct json *found;
	int r = field_get(object, "history", JSON_ARRAY, &found, err);
	if (r < 0 || found == NULL)
		return r;
	struct history_step *steps = arena_make_array(arena, found->n, struct history_step);
	if (steps == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < found->n; i++)
		if ((r = read_step(&found->items[i], &steps[i], err)) < 0)
			return error_wrap(err, r, "history[%zu]", i);
	out->history = steps;
	out->history_count = found->n;
	return 0;
}

static int
read_diff_ids(const struct json *rootfs, struct arena *arena, struct image_config *out, struct plim_error *err)
{
	struct string_list texts;
	int r = field_strings(rootfs, "diff_ids", arena, &texts, err);
	if (r < 0)
		return r;
	if (texts.n > LIMIT_LAYER_COUNT)
		return error_set(err, PLIM_ELIMIT, "diff_ids: %zu layers are more than limit LAYER_COUNT", texts.n);
	struct digest *ids = arena_make_array(arena, texts.n, struct digest);
	if (ids == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < texts.n; i++)
		if (!digest_parse(texts.at[i], &ids[i]))
			return error_set(err, PLIM_EFORMAT, "diff_ids[%zu]: not a digest", i);
	out->diff_ids = ids;
	out->diff_id_count = texts.n;
	return 0;
}

static int
read_rootfs(const struct json *object, struct arena *arena, struct image_config *out, struct plim_error *err)
{
	const struct json *rootfs;
	struct slice type = SLICE_NONE;
	int r;
	if ((r = field_get(object, "rootfs", JSON_OBJECT, &rootfs, err)) < 0)
		return r;
	if ((r = field_string(rootfs, "type", &type, err)) < 0 || (r = read_diff_ids(rootfs, arena, out, err)) < 0)
		return error_wrap(err, r, "rootfs");
	if (type.p && !slice_is(type, "layers"))
		return error_set(err, PLIM_EUNSUPPORTED, "rootfs: type: only 'layers' is known");
	return 0;
}

static int
read_top(const struct json *object, struct arena *arena, struct image_config *out, struct plim_error *err)
{
	const struct json *runtime;
	int r;
	if ((r = field_platform(object, &out->platform, err)) < 0 ||
	    (r = field_string(object, "created", &out->created, err)) < 0 ||
	    (r = field_string(object, "author", &out->author, err)) < 0 ||
	    (r = field_get(object, "config", JSON_OBJECT, &runtime, err)) < 0)
		return r;
	if ((r = read_runtime(runtime, arena, out, err)) < 0)
		return error_wrap(err, r, "config");
	if ((r = read_history(object, arena, out, err)) < 0)
		return r;
	return read_rootfs(object, arena, out, err);
}

int
image_config_parse(struct slice json, struct arena *arena, struct image_config **out, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(json, arena, &root, err);
	if (r < 0)
		return r;
	if (root->type != JSON_OBJECT)
		return error_set(err, PLIM_EFORMAT, "object expected, found %s", json_type_name(root->type));
	struct image_config *config = arena_make(arena, struct image_config);
	if (config == NULL)
		return error_nomem(err);
	if ((r = read_top(root, arena, config, err)) < 0)
		return r;
	*out = config;
	return 0;
}

struct digest
image_chain_over(const struct digest *below, const struct digest *diff)
{
	char text[2 * DIGEST_TEXT_SIZE + 2], first[DIGEST_TEXT_SIZE], second[DIGEST_TEXT_SIZE];
	if (below->algorithm == DIGEST_NONE)
		return *diff;
	snprintf(text, sizeof text, "%s %s", digest_text(below, first), digest_text(diff, second));
	return digest_of(slice_of(text));
}

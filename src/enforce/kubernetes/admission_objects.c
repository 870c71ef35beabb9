/* SPDX-License-Identifier: Apache-2.0 */
/* Pods, and what pods are made of: each of their lists that has images. */
#include "enforce/kubernetes/admission_objects.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/field.h"

#define TEMPLATE { "spec", "template", "spec" }

static const struct admission_kind kinds[] = {
	{ "", "pods", "", "Pod", "pod", false, { "spec" } },
	{ "", "pods", "ephemeralcontainers", "Pod", "pod", false, { "spec" } },
	{ "", "podtemplates", "", "PodTemplate", "podtemplate", true, { "template", "spec" } },
	{ "", "replicationcontrollers", "", "ReplicationController", "replicationcontroller", true, TEMPLATE },
	{ "apps", "daemonsets", "", "DaemonSet", "daemonset", true, TEMPLATE },
	{ "apps", "deployments", "", "Deployment", "deployment", true, TEMPLATE },
	{ "apps", "replicasets", "", "ReplicaSet", "replicaset", true, TEMPLATE },
	{ "apps", "statefulsets", "", "StatefulSet", "statefulset", true, TEMPLATE },
	{ "batch", "cronjobs", "", "CronJob", "cronjob", true, { "spec", "jobTemplate", "spec", "template", "spec" } },
	{ "batch", "jobs", "", "Job", "job", true, TEMPLATE },
};

const struct admission_kind *
admission_kind_find(struct slice group, struct slice resource, struct slice subresource)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_is(group, kinds[i].group) && slice_is(resource, kinds[i].resource) && slice_is(subresource, kinds[i].subresource))
			return &kinds[i];
	return NULL;
}

static const struct image_list {
	const char *list, *holder;
	const char *source;            /* the member of an item that has the image; NULL: the item itself */
	const char *image;
} lists[] = {
	{ "containers", "container", NULL, "image" },
	{ "initContainers", "init container", NULL, "image" },
	{ "ephemeralContainers", "ephemeral container", NULL, "image" },
	{ "volumes", "volume", "image", "reference" },
};

int
admission_image_add(struct admission_images *images, const char *holder, struct slice name, struct slice text, struct slice pointer,
                    struct plim_error *err)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	if (images->found.n >= LIMIT_ADMISSION_IMAGE_COUNT)
		return error_set(err, PLIM_ELIMIT, "more images than limit ADMISSION_IMAGE_COUNT");
	struct admission_image *image = vec_push(&images->found);
	strbuf_put_printable(&shown, slice_first_text(name, 80));
	if (image == NULL || shown.failed)
		return error_nomem(err);
	image->holder = arena_printf(images->arena, "%s '%s'", holder, shown.p ? shown.p : "");
	image->text = arena_dup(images->arena, text);
	image->pointer = pointer;
	return image->holder.p && image->text.p ? 0 : error_nomem(err);
}

/*
 * In a template an image may be left to whoever makes pods of it, and then is theirs to name; a pod without one is none of ours to let
 * pass: what would its container run?
 */
static int
add_item(struct admission_images *images, const struct admission_kind *kind, const struct image_list *of, const struct json *item,
         struct slice at, struct plim_error *err)
{
	const struct json *source = item;
	struct slice name, text, pointer;
	int r = field_string(item, "name", &name, err);
	if (r == 0 && of->source)
		r = field_get(item, of->source, JSON_OBJECT, &source, err);
	if (r < 0 || source == NULL)
		return r;
	if ((r = field_string(source, of->image, &text, err)) < 0)
		return r;
	if (slice_is_empty(text))
		return kind->is_template ? 0 : error_set(err, PLIM_EFORMAT, "%s: it names no image", of->image);
	pointer = of->source ? arena_printf(images->arena, "%.*s/%s/%s", SLICE_ARG(at), of->source, of->image)
	                     : arena_printf(images->arena, "%.*s/%s", SLICE_ARG(at), of->image);
	return pointer.p ? admission_image_add(images, of->holder, name, text, pointer, err) : error_nomem(err);
}

static int
add_list(struct admission_images *images, const struct admission_kind *kind, const struct image_list *of, const struct json *specification,
         struct slice at, struct plim_error *err)
{
	const struct json *list;
	int r = field_get(specification, of->list, JSON_ARRAY, &list, err);
	for (size_t i = 0; r == 0 && list && i < list->n; i++) {
		struct slice place = arena_printf(images->arena, "%.*s/%s/%zu", SLICE_ARG(at), of->list, i);
		if (place.p == NULL)
			return error_nomem(err);
		if (!json_is(&list->items[i], JSON_OBJECT))
			r = error_set(err, PLIM_EFORMAT, "object expected, found %s", json_type_name(list->items[i].type));
		else
			r = add_item(images, kind, of, &list->items[i], place, err);
		if (r < 0)
			return error_wrap(err, r, "%s[%zu]", of->list, i);
	}
	return r;
}

/* To the specification of a pod, which each of these objects has. */
static int
find_specification(struct arena *arena, const struct admission_kind *kind, const struct json **object, struct slice *at, struct plim_error *err)
{
	for (const char *const *step = kind->specification; *step; step++) {
		const struct json *inner;
		int r = field_get(*object, *step, JSON_OBJECT, &inner, err);
		if (r == 0 && inner == NULL)
			r = error_set(err, PLIM_EFORMAT, "%s: is missing", *step);
		if (r < 0)
			return r;
		*object = inner;
		if ((*at = arena_printf(arena, "%.*s/%s", SLICE_ARG(*at), *step)).p == NULL)
			return error_nomem(err);
	}
	return 0;
}

int
admission_images_add(struct admission_images *images, const struct admission_kind *kind, const struct json *object, struct plim_error *err)
{
	struct slice at = SLICE("");
	if (object == NULL)
		return 0;
	int r = find_specification(images->arena, kind, &object, &at, err);
	for (size_t i = 0; r == 0 && i < sizeof lists / sizeof *lists; i++)
		r = add_list(images, kind, &lists[i], object, at, err);
	return r < 0 && at.n ? error_wrap(err, r, "%.*s", SLICE_ARG(at)) : r;
}

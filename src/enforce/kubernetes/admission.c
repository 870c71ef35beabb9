/* SPDX-License-Identifier: Apache-2.0 */
/* Reviews: of AdmissionReview what is to be stored and what was before, of ImageReview its list of images. */
#include "enforce/kubernetes/admission.h"

#include "base/error.h"
#include "base/limits.h"
#include "enforce/kubernetes/admission_objects.h"
#include "image/field.h"
#include "net/reference.h"

#define UID_MOST 128
/* Of what is refused for its form; a reader that forgives takes long for hostile keys. */
#define FORGIVEN_MOST 262144

struct reading {
	struct arena *arena;               /* of what is kept until the answer */
	struct arena *tree;                /* of the request as a tree, many times its size: while it is read */
	struct admission *out;
	struct admission_images images;
	struct admission_images before;    /* those an update leaves alone */
};

static int
check_document(const struct json *document, const char *version, const char *kind, struct plim_error *err)
{
	struct slice has_version, has_kind;
	int r = json_is(document, JSON_OBJECT) ? 0 : error_set(err, PLIM_EFORMAT, "the request is no object");
	if (r < 0 || (r = field_string(document, "apiVersion", &has_version, err)) < 0 || (r = field_string(document, "kind", &has_kind, err)) < 0)
		return r;
	if (slice_is(has_version, version) && slice_is(has_kind, kind))
		return 0;
	return error_set(err, PLIM_EFORMAT, "the request is no %s of %s", kind, version);
}

/* It goes into the answer as it came; those of API servers are UUIDs. */
static bool
uid_is_sound(struct slice uid)
{
	for (size_t i = 0; i < uid.n; i++)
		if (uid.p[i] <= ' ' || uid.p[i] > '~')
			return false;
	return uid.n > 0 && uid.n <= UID_MOST;
}

/* Of a document that is refused for its form: whoever has a webhook that may fail would take no answer for a yes. */
static struct slice
find_uid(const struct reading *reading, struct slice body)
{
	const struct json *document;
	if (body.n > FORGIVEN_MOST || json_parse_loose(body, reading->tree, &document, NULL) < 0)
		return SLICE_NONE;
	struct slice uid = json_get_string(json_get(document, "request"), "uid");
	return uid_is_sound(uid) ? arena_dup(reading->arena, uid) : SLICE_NONE;
}

/* Absent where there is none. */
static int
take_namespace(struct reading *reading, const struct json *of, struct plim_error *err)
{
	struct slice name;
	int r = field_string(of, "namespace", &name, err);
	if (r < 0 || slice_is_empty(name))
		return r;
	reading->out->namespace = arena_dup(reading->arena, name);
	return reading->out->namespace.p ? 0 : error_nomem(err);
}

/* "apps/v1 deployments/scale" */
static void
put_resource(struct strbuf *into, struct slice group, struct slice version, struct slice name, struct slice below)
{
	const struct slice parts[] = { group, version, name, below };
	static const char *const joins[] = { "", "/", " ", "/" };
	for (size_t i = 0; i < 4; i++) {
		if (into->n && parts[i].n)
			strbuf_puts(into, joins[i]);
		strbuf_put_printable(into, slice_first_text(parts[i], 60));
	}
}

static int
find_kind(const struct json *request, const struct admission_kind **out, struct plim_error *err)
{
	const struct json *resource;
	struct slice group, version, name, below;
	int r;
	if ((r = field_get(request, "resource", JSON_OBJECT, &resource, err)) < 0 || (r = field_string(resource, "group", &group, err)) < 0 ||
	    (r = field_string(resource, "version", &version, err)) < 0 || (r = field_string(resource, "resource", &name, err)) < 0 ||
	    (r = field_string(request, "subResource", &below, err)) < 0)
		return r;
	*out = slice_is(version, "v1") ? admission_kind_find(group, name, below) : NULL;
	if (*out)
		return 0;
	AUTO(strbuf) struct strbuf shown = { 0 };
	put_resource(&shown, group, version, name, below);
	return error_set(err, PLIM_EUNSUPPORTED, "where %s have images is not known here: take them out of the webhook's rules", shown.p ? shown.p : "these");
}

/* Of a pod that is being made only the beginning of its name may be known. */
static int
take_subject(struct reading *reading, const struct admission_kind *kind, const struct json *request, const struct json *object, struct plim_error *err)
{
	const struct json *metadata;
	struct slice name, begin;
	AUTO(strbuf) struct strbuf shown = { 0 };
	int r;
	if ((r = field_string(request, "name", &name, err)) < 0 || (r = take_namespace(reading, request, err)) < 0 ||
	    (r = field_get(object, "metadata", JSON_OBJECT, &metadata, err)) < 0 || (r = field_string(metadata, "generateName", &begin, err)) < 0)
		return r;
	strbuf_printf(&shown, "%s/", kind->name);
	strbuf_put_printable(&shown, slice_first_text(slice_is_empty(name) ? begin : name, 253));
	if (slice_is_empty(name) && !slice_is_empty(begin))
		strbuf_putc(&shown, '*');
	reading->out->subject = arena_dup(reading->arena, strbuf_slice(&shown));
	return shown.failed || reading->out->subject.p == NULL ? error_nomem(err) : 0;
}

/* Whether a list's entry of that name had that very image before. */
static bool
was_there(const struct admission_images *before, const struct admission_image *image)
{
	for (size_t i = 0; i < before->found.n; i++) {
		const struct admission_image *old = &before->found.at[i];
		if (slice_eq(old->text, image->text) && slice_eq(old->holder, image->holder))
			return true;
	}
	return false;
}

/* Docker's defaults are those of every engine that asks no configuration for short names; where one does, the digest holds all the same. */
static int
take_place(struct reading *reading, struct admission_image *image, struct plim_error *err)
{
	struct reference reference;
	struct plim_error why;
	if (reference_parse(image->text, &reference, &why) < 0) {
		image->wrong = arena_dup(reading->arena, slice_of(why.text));
		return image->wrong.p ? 0 : error_nomem(err);
	}
	if (reference.host.p == NULL)
		reference.host = SLICE("docker.io");
	image->place.digest = reference.digest;
	image->place.repository = reference_repository(&reference, reading->arena);
	if (reference.digest.algorithm == DIGEST_NONE)
		image->place.tag = reference.tag.p ? reference.tag : SLICE("latest");
	return image->place.repository.p ? 0 : error_nomem(err);
}

static size_t
first_of(const struct admission *admission, size_t n, struct slice text)
{
	size_t i = 0;
	while (i < n && !slice_eq(admission->images[i].text, text))
		i++;
	return i;
}

/* What is to be judged of what was found. */
static int
take_images(struct reading *reading, struct plim_error *err)
{
	struct admission *out = reading->out;
	out->images = arena_make_array(reading->arena, reading->images.found.n + 1, struct admission_image);
	if (out->images == NULL)
		return error_nomem(err);
	vec_each(&reading->images.found, image) {
		if (was_there(&reading->before, image))
			continue;
		int r = take_place(reading, image, err);
		if (r < 0)
			return r;
		if (out->hook == ADMISSION_MUTATE && image->place.digest.algorithm != DIGEST_NONE)
			continue;
		image->first = first_of(out, out->image_count, image->text);
		out->images[out->image_count++] = *image;
	}
	return 0;
}

static int
read_objects(struct reading *reading, const struct admission_kind *kind, const struct json *request, bool is_update, struct plim_error *err)
{
	const struct json *object, *old = NULL;
	struct slice is_kind;
	int r;
	if ((r = field_get(request, "object", JSON_OBJECT, &object, err)) < 0 || (r = field_string(object, "kind", &is_kind, err)) < 0 ||
	    (is_update && (r = field_get(request, "oldObject", JSON_OBJECT, &old, err)) < 0))
		return r;
	if (!slice_is(is_kind, kind->kind))
		return error_set(err, PLIM_EFORMAT, "object: it is no %s", kind->kind);
	if ((r = take_subject(reading, kind, request, object, err)) < 0)
		return r;
	if ((r = admission_images_add(&reading->images, kind, object, err)) < 0)
		return error_wrap(err, r, "object");
	if ((r = admission_images_add(&reading->before, kind, old, err)) < 0)
		return error_wrap(err, r, "oldObject");
	return take_images(reading, err);
}

/* Nothing runs because something is removed. */
static int
read_request(struct reading *reading, const struct json *request, struct plim_error *err)
{
	const struct admission_kind *kind;
	struct slice operation;
	int r;
	if ((r = field_bool(request, "dryRun", &reading->out->rehearsed, err)) < 0 || (r = field_string(request, "operation", &operation, err)) < 0)
		return r;
	if (slice_is(operation, "DELETE"))
		return 0;
	if (!slice_is(operation, "CREATE") && !slice_is(operation, "UPDATE"))
		return error_set(err, PLIM_EUNSUPPORTED, "operation: CREATE, UPDATE and DELETE are known, no other");
	if ((r = find_kind(request, &kind, err)) < 0)
		return r;
	reading->out->is_template = kind->is_template;
	return read_objects(reading, kind, request, slice_is(operation, "UPDATE"), err);
}

static int
read_admission(struct reading *reading, const struct json *document, struct plim_error *err)
{
	const struct json *request;
	int r;
	if ((r = check_document(document, "admission.k8s.io/v1", "AdmissionReview", err)) < 0 ||
	    (r = field_get(document, "request", JSON_OBJECT, &request, err)) < 0)
		return r;
	if (request == NULL)
		return error_set(err, PLIM_EFORMAT, "request: is missing");
	return (r = read_request(reading, request, err)) < 0 ? error_wrap(err, r, "request") : 0;
}

/* It knows containers by their number alone. */
static int
add_reviewed(struct reading *reading, const struct json *container, size_t i, struct plim_error *err)
{
	struct slice text;
	int r = json_is(container, JSON_OBJECT) ? field_string(container, "image", &text, err) : error_set(err, PLIM_EFORMAT, "it is no object");
	if (r < 0)
		return r;
	if (slice_is_empty(text))
		return error_set(err, PLIM_EFORMAT, "it names no image");
	struct slice name = arena_printf(reading->arena, "%zu", i);
	return name.p ? admission_image_add(&reading->images, "container", name, text, SLICE_NONE, err) : error_nomem(err);
}

/* Its annotations are whatever a user wrote into a pod: none of them lets anything pass. */
static int
read_images(struct reading *reading, const struct json *document, struct plim_error *err)
{
	const struct json *specification, *list;
	int r;
	if ((r = check_document(document, "imagepolicy.k8s.io/v1alpha1", "ImageReview", err)) < 0 ||
	    (r = field_get(document, "spec", JSON_OBJECT, &specification, err)) < 0 ||
	    (r = take_namespace(reading, specification, err)) < 0 ||
	    (r = field_get(specification, "containers", JSON_ARRAY, &list, err)) < 0)
		return r;
	if (list == NULL || list->n == 0)
		return error_set(err, PLIM_EFORMAT, "spec: it names no image");
	for (size_t i = 0; i < list->n; i++)
		if ((r = add_reviewed(reading, &list->items[i], i, err)) < 0)
			return error_wrap(err, r, "spec: containers[%zu]", i);
	reading->out->subject = SLICE("pod/");
	return take_images(reading, err);
}

static int
read_review(struct reading *reading, struct slice body, struct plim_error *err)
{
	const struct json *document;
	if (body.n > LIMIT_ADMISSION_BYTES)
		return error_set(err, PLIM_ELIMIT, "the request is larger than limit ADMISSION_BYTES");
	int r = json_parse(body, reading->tree, &document, err);
	if (r < 0)
		return r;
	if (reading->out->hook == ADMISSION_IMAGES)
		return read_images(reading, document, err);
	struct slice uid = json_get_string(json_get(document, "request"), "uid");
	if (!uid_is_sound(uid))
		return error_set(err, PLIM_EFORMAT, "request.uid: is missing, or none");
	if ((reading->out->uid = arena_dup(reading->arena, uid)).p == NULL)
		return error_nomem(err);
	return read_admission(reading, document, err);
}

/* What is wrong with it is its answer, if there is somebody to answer. */
static int
refuse(struct reading *reading, struct slice body, int r, struct plim_error *err)
{
	struct admission *out = reading->out;
	out->images = NULL;
	out->image_count = 0;
	if (out->hook != ADMISSION_IMAGES && out->uid.p == NULL && r == PLIM_EFORMAT)
		out->uid = find_uid(reading, body);
	if (out->hook != ADMISSION_IMAGES && out->uid.p == NULL)
		return r;
	out->refusal = arena_dup(reading->arena, slice_of(err->text));
	return out->refusal.p ? 0 : error_nomem(err);
}

int
admission_parse(enum admission_hook hook, struct slice body, struct arena *arena, struct admission *out, struct plim_error *err)
{
	AUTO(arena) struct arena *tree = arena_new(LIMIT_SERVER_CALL_BYTES);
	struct plim_error why = { 0 };
	struct reading reading = { .arena = arena, .tree = tree, .out = out, .images.arena = arena, .before.arena = tree };
	*out = (struct admission){ .hook = hook };
	int r = tree ? read_review(&reading, body, &why) : error_nomem(&why);
	if (r < 0 && (r = refuse(&reading, body, r, &why)) < 0)
		error_set(err, why.code, "%s", why.text);
	vec_done(&reading.images.found);
	vec_done(&reading.before.found);
	return r;
}

/* Of a template's tag it is asked what it says today: nothing runs of it, and whoever wrote it hears in time. */
bool
admission_question(const struct admission *admission, size_t image, struct guard_question *out)
{
	const struct admission_image *of = &admission->images[image];
	bool is_digest = of->place.digest.algorithm != DIGEST_NONE;
	if (of->wrong.p || of->first != image)
		return false;
	*out = (struct guard_question){
		.door = "kubernetes",
		.places = &of->place,
		.place_count = 1,
		.digests = &of->place.digest,
		.digest_count = is_digest,
		.namespace = admission->namespace,
		.subject = admission->subject,
		.quiet = admission->rehearsed,
		.resolves = !is_digest && (admission->hook == ADMISSION_MUTATE || admission->is_template),
	};
	return true;
}

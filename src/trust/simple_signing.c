/* SPDX-License-Identifier: Apache-2.0 */
/* The payload of simple signing. */
#include "trust/simple_signing.h"

#include "base/error.h"
#include "codec/json_write.h"
#include "image/repository.h"
#include "trust/document.h"

/* Verifiers of the other project that has such payloads refuse its type in registries, and so does this one. */
#define PAYLOAD_TYPE "cosign container image signature"

int
signed_reference_parse(struct slice text, struct slice *repository, struct slice *tag, struct plim_error *err)
{
	int r = repository_parse(text, repository, err);
	if (r < 0)
		return r;
	struct slice behind = slice_from(text, repository->n);
	*tag = SLICE_NONE;
	if (slice_find(behind, '@') != SIZE_MAX)
		return error_set(err, PLIM_EUSAGE, "'%.*s': a digest is not a part of a name here", SLICE_ARG(slice_first(text, 300)));
	if (slice_skip(&behind, SLICE(":")))
		*tag = behind;
	/* cosign's name for it. */
	if (slice_starts(*repository, SLICE("index.docker.io/")))
		slice_skip(repository, SLICE("index."));
	return 0;
}

static int
check_name(const struct simple_signing *what, struct slice name, struct plim_error *err)
{
	struct slice repository, tag;
	int r = signed_reference_parse(name, &repository, &tag, err);
	/* A tag within the repository's text would be signed as another one than its companion was asked about. */
	if (r == 0 && (!slice_eq(repository, what->repository) || !slice_eq(tag, what->tag)))
		r = error_set(err, PLIM_EUSAGE, "'%.*s' is no name of a repository", SLICE_ARG(slice_first(what->repository, 300)));
	if (r == 0 && what->image.algorithm == DIGEST_NONE)
		r = error_set(err, PLIM_EUSAGE, "there is no digest to sign");
	return r;
}

int
simple_signing_write(const struct simple_signing *what, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	strbuf_put(&name, what->repository);
	if (what->tag.p)
		strbuf_printf(&name, ":%.*s", SLICE_ARG(what->tag));
	int r = check_name(what, strbuf_slice(&name), err);
	if (r < 0)
		return r;
	struct json_writer w = { .into = into };
	json_write_object(&w);
	json_write_key(&w, SLICE("critical"));
	json_write_object(&w);
	json_write_key(&w, SLICE("identity"));
	json_write_object(&w);
	json_write_member(&w, "docker-reference", strbuf_slice(&name));
	json_write_object_end(&w);
	json_write_key(&w, SLICE("image"));
	json_write_object(&w);
	json_write_member_digest(&w, "docker-manifest-digest", &what->image);
	json_write_object_end(&w);
	json_write_member(&w, "type", SLICE(PAYLOAD_TYPE));
	json_write_object_end(&w);
	json_write_key(&w, SLICE("optional"));
	json_write_null(&w);
	json_write_object_end(&w);
	return into->failed || name.failed ? error_nomem(err) : 0;
}

static int
read_identity(const struct json *identity, struct simple_signing *out, struct plim_error *err)
{
	struct slice name;
	int r = document_keys(identity, (const char *const[]){ "docker-reference", NULL }, "identity", err);
	if (r == 0)
		r = document_text(identity, "docker-reference", &name, err);
	if (r == 0 && signed_reference_parse(name, &out->repository, &out->tag, err) < 0)
		r = error_wrap(err, PLIM_EFORMAT, "docker-reference");
	return r;
}

static int
read_image(const struct json *image, struct simple_signing *out, struct plim_error *err)
{
	int r = document_keys(image, (const char *const[]){ "docker-manifest-digest", NULL }, "image", err);
	return r < 0 ? r : document_digest(image, "docker-manifest-digest", &out->image, err);
}

static int
read_critical(const struct json *critical, struct simple_signing *out, struct plim_error *err)
{
	struct slice type;
	int r = document_keys(critical, (const char *const[]){ "identity", "image", "type", NULL }, "critical", err);
	if (r == 0)
		r = document_text(critical, "type", &type, err);
	if (r == 0 && !slice_is(type, PAYLOAD_TYPE))
		r = error_set(err, PLIM_EFORMAT, "type: not '%s'", PAYLOAD_TYPE);
	if (r == 0)
		r = read_identity(json_get(critical, "identity"), out, err);
	return r < 0 ? r : read_image(json_get(critical, "image"), out, err);
}

int
simple_signing_parse(struct slice payload, struct arena *arena, struct simple_signing **out, struct plim_error *err)
{
	const struct json *root, *optional;
	struct simple_signing *found = arena_make(arena, struct simple_signing);
	int r = found ? document_parse(payload, arena, &root, err) : error_nomem(err);
	if (r == 0)
		r = document_keys(root, (const char *const[]){ "critical", "optional", NULL }, "the payload", err);
	if (r == 0)
		r = read_critical(json_get(root, "critical"), found, err);
	if (r < 0)
		return error_wrap(err, r, "simple signing");
	optional = json_get(root, "optional");
	if (optional && !json_is(optional, JSON_NULL) && !json_is(optional, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "simple signing: optional: no object");
	*out = found;
	return 0;
}

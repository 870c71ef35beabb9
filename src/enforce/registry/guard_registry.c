/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/registry/guard_registry.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "codec/json_fold.h"
#include "codec/json_write.h"
#include "enforce/registry/route.h"
#include "enforce/server/fetching.h"
#include "image/manifest.h"
#include "net/reference.h"

#define FETCHERS_USUAL 4
/* How large blobs are, as the manifests told that went by: whoever pulls asks for those first. */
#define SIZE_COUNT 16384

struct known_size {
	struct digest digest;
	uint64_t size;
};

struct registry {
	const struct guard_registry_options *options;
	struct serving *serving;
	struct fetching *fetching;
	struct known_size sizes[SIZE_COUNT];
};

/* One request until its answer. */
struct pull {
	struct registry *registry;
	struct http_call *call;
	struct registry_route route;
	struct guard_place place;
	struct guard_question question;
	struct fetch_wanted wanted;
	/* Of what stands under a signature's tag, while it is looked at. */
	struct fetch_got attached;
	struct slice attached_bytes;
	struct slice denied;           /* why it is refused as an image, where it may be a signature by its digest */
	struct manifest *manifest;
	size_t looked;                 /* layers of it that are none of an image */
};

/* What clients show: distribution-spec 1.1, "Error Codes". */
static void
refuse(struct pull *pull, unsigned status, const char *code, struct slice message)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	struct json_writer w = { .into = &body };
	json_write_object(&w);
	json_write_key(&w, SLICE("errors"));
	json_write_array(&w);
	json_write_object(&w);
	json_write_member(&w, "code", slice_of(code));
	json_write_member(&w, "message", message);
	json_write_object_end(&w);
	json_write_array_end(&w);
	json_write_object_end(&w);
	http_call_answer(pull->call, &(struct http_answer){ .status = body.failed ? 503 : status, .type = "application/json", .body = strbuf_slice(&body) });
}

static const struct {
	int code;
	unsigned status;
	const char *word;
} failures[] = {
	{ PLIM_ENOTFOUND, 404, "NOT_FOUND" }, { PLIM_EDIGEST, 502, "DIGEST_INVALID" }, { PLIM_EUSAGE, 400, "NAME_INVALID" }, { PLIM_ELIMIT, 502, "SIZE_INVALID" },
};

static void
refuse_failed(struct pull *pull, int code, struct slice why)
{
	for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
		if (failures[i].code == code) {
			refuse(pull, failures[i].status, failures[i].word, why);
			return;
		}
	refuse(pull, 502, "UNAVAILABLE", why);
}

/* Sizes */

static struct known_size *
size_place(struct registry *registry, const struct digest *digest)
{
	return &registry->sizes[slice_hash((struct slice){ (const char *)digest->bytes, sizeof digest->bytes }, 0) % SIZE_COUNT];
}

static void
size_keep(struct registry *registry, const struct descriptor *blob)
{
	*size_place(registry, &blob->digest) = (struct known_size){ blob->digest, blob->size };
}

static void
sizes_keep(struct pull *pull, struct slice bytes)
{
	struct manifest *manifest;
	if (manifest_parse_any(bytes, http_call_arena(pull->call), &manifest, NULL) < 0)
		return;
	size_keep(pull->registry, &manifest->config);
	for (size_t i = 0; i < manifest->layer_count; i++)
		size_keep(pull->registry, &manifest->layers[i]);
}

/* Answers */

static void
answer_document(struct pull *pull, struct slice bytes, const struct fetch_got *got)
{
	char digest[DIGEST_TEXT_SIZE];
	const struct http_header headers[] = {
		{ SLICE("Docker-Content-Digest"), slice_of(digest_text(&got->digest, digest)) },
		{ SLICE("Docker-Distribution-API-Version"), SLICE("registry/2.0") },
	};
	const char *type = got->media_type.p ? arena_strz(http_call_arena(pull->call), got->media_type) : NULL;
	http_call_answer(pull->call, &(struct http_answer){ 200, type, bytes, headers, sizeof headers / sizeof *headers });
}

static void
on_document(void *context, const struct fetch_got *got)
{
	struct pull *pull = context;
	AUTO(fd) int fd = got->fd;
	AUTO(free) char *bytes = NULL;
	size_t n;
	struct plim_error err = { 0 };
	if (got->code < 0) {
		refuse_failed(pull, got->code, got->why);
		return;
	}
	int r = file_read_fd(fd, LIMIT_DOCUMENT_BYTES, &bytes, &n, &err);
	if (r < 0) {
		refuse_failed(pull, r, slice_of(err.text));
		return;
	}
	if (pull->route.kind == ROUTE_MANIFEST)
		sizes_keep(pull, (struct slice){ bytes, n });
	answer_document(pull, (struct slice){ bytes, n }, got);
}

static void
on_blob(void *context, const struct fetch_got *got)
{
	struct pull *pull = context;
	char digest[DIGEST_TEXT_SIZE];
	if (got->code < 0) {
		refuse_failed(pull, got->code, got->why);
		return;
	}
	const struct http_header header = { SLICE("Docker-Content-Digest"), slice_of(digest_text(&pull->route.digest, digest)) };
	http_call_stream(pull->call, &(struct http_answer){ .status = 200, .type = "application/octet-stream", .headers = &header, .header_count = 1 }, got->fd, pull->wanted.size);
}

static void
fetch(struct pull *pull, const struct fetch_wanted *wanted, fetched_fn *fetched)
{
	pull->wanted = *wanted;
	pull->wanted.repository = pull->route.repository;
	fetching_ask(pull->registry->fetching, &pull->wanted, http_call_arena(pull->call), fetched, pull);
}

/*
 * Whoever may push may push an image under a signature's tag.  Signatures and attestations are documents in JSON, whatever their media types say, and
 * no engine can unpack one to a program; so each is looked at before its manifest goes out.
 */

static void
refuse_attached(struct pull *pull)
{
	serving_refused(pull->registry->serving);
	refuse(pull, 403, "DENIED", pull->denied.p ? pull->denied : SLICE("it stands under the tag of a signature, and is none"));
}

/* What came, in the call's arena; absent once the pull was refused. */
static struct slice
document_of(struct pull *pull, const struct fetch_got *got)
{
	AUTO(fd) int fd = got->fd;
	AUTO(free) char *bytes = NULL;
	size_t n;
	struct plim_error err = { 0 };
	struct slice kept = SLICE_NONE;
	int r = got->code < 0 ? got->code : file_read_fd(fd, LIMIT_DOCUMENT_BYTES, &bytes, &n, &err);
	if (r == 0 && (kept = arena_dup(http_call_arena(pull->call), (struct slice){ bytes, n })).p == NULL)
		r = error_nomem(&err);
	if (r < 0)
		refuse_failed(pull, r, got->code < 0 ? got->why : slice_of(err.text));
	return kept;
}

static void on_statement(void *context, const struct fetch_got *got);

static void
look_further(struct pull *pull)
{
	if (pull->looked < pull->manifest->layer_count) {
		fetch(pull, &(struct fetch_wanted){ .kind = FETCH_STATEMENT, .digest = pull->manifest->layers[pull->looked].digest }, on_statement);
		return;
	}
	sizes_keep(pull, pull->attached_bytes);
	answer_document(pull, pull->attached_bytes, &pull->attached);
}

static void
on_statement(void *context, const struct fetch_got *got)
{
	struct pull *pull = context;
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct json *root;
	struct slice bytes = document_of(pull, got);
	if (bytes.p == NULL)
		return;
	if (arena == NULL || json_parse(bytes, arena, &root, NULL) < 0) {
		refuse_attached(pull);
		return;
	}
	pull->looked++;
	look_further(pull);
}

static bool
has_layers_of_images(const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->layer_count; i++)
		if (media_kind_of(manifest->layers[i].media_type) == MEDIA_LAYER)
			return true;
	return false;
}

/* An index leads to manifests that are asked for by their digests. */
static void
on_attached(void *context, const struct fetch_got *got)
{
	struct pull *pull = context;
	struct arena *arena = http_call_arena(pull->call);
	const struct json *root;
	struct index *index;
	struct slice bytes = document_of(pull, got);
	if (bytes.p == NULL)
		return;
	pull->attached = *got;
	pull->attached_bytes = bytes;
	/* Members that an engine's reader takes for others would show it other layers than these. */
	if (json_parse(bytes, arena, &root, NULL) < 0 || json_check_folded(root, arena, NULL) < 0)
		refuse_attached(pull);
	else if (manifest_parse_any(bytes, arena, &pull->manifest, NULL) == 0 && !has_layers_of_images(pull->manifest))
		look_further(pull);
	else if (index_parse(bytes, arena, &index, NULL) == 0)
		answer_document(pull, bytes, got);
	else
		refuse_attached(pull);
}

/* What refers to an image is asked for by its digest: as under a signature's tag, and whatever says whom it refers to. */
static void
on_referrer(void *context, const struct fetch_got *got)
{
	struct pull *pull = context;
	struct arena *arena = http_call_arena(pull->call);
	const struct json *root;
	if (got->code < 0) {
		refuse_attached(pull);
		return;
	}
	struct slice bytes = document_of(pull, got);
	if (bytes.p == NULL)
		return;
	pull->attached = *got;
	pull->attached_bytes = bytes;
	if (json_parse(bytes, arena, &root, NULL) == 0 && json_check_folded(root, arena, NULL) == 0 && json_is(json_get(root, "subject"), JSON_OBJECT) &&
	    manifest_parse_any(bytes, arena, &pull->manifest, NULL) == 0 && pull->manifest->layer_count > 0 && !has_layers_of_images(pull->manifest))
		look_further(pull);
	else
		refuse_attached(pull);
}

/* What is authorised is fetched by the digest that was decided about, not by the tag once more. */
static void
on_decided(void *context, const struct guard_answer *answer)
{
	struct pull *pull = context;
	const struct digest *digest = answer->digest.algorithm != DIGEST_NONE ? &answer->digest : &pull->route.digest;
	if (answer->outcome == GUARD_REFUSED && !answer->admits && pull->route.digest.algorithm != DIGEST_NONE) {
		pull->denied = answer->reason.n ? arena_dup(http_call_arena(pull->call), answer->reason) : SLICE("nobody approved it");
		fetch(pull, &(struct fetch_wanted){ .kind = FETCH_MANIFEST, .digest = pull->route.digest }, on_referrer);
	} else if (!answer->admits)
		refuse(pull, answer->outcome == GUARD_REFUSED ? 403 : 503, answer->outcome == GUARD_REFUSED ? "DENIED" : "UNAVAILABLE", answer->reason);
	else if (digest->algorithm != DIGEST_NONE)
		fetch(pull, &(struct fetch_wanted){ .kind = FETCH_MANIFEST, .digest = *digest }, on_document);
	else
		fetch(pull, &(struct fetch_wanted){ .kind = FETCH_TAG, .tag = pull->route.tag }, on_document);
}

static void
ask(struct pull *pull)
{
	pull->place = (struct guard_place){ pull->route.repository, pull->route.tag, pull->route.digest };
	pull->question = (struct guard_question){ .door = "registry", .places = &pull->place, .place_count = 1, .resolves = true };
	serving_ask(pull->registry->serving, &pull->question, http_call_arena(pull->call), 0, on_decided, pull);
}

/* Signatures are for whoever wants to verify: they authorise, and run nowhere. */
static void
pull_manifest(struct pull *pull)
{
	if (reference_tag_is_attached(pull->route.tag))
		fetch(pull, &(struct fetch_wanted){ .kind = FETCH_TAG, .tag = pull->route.tag }, on_attached);
	else
		ask(pull);
}

static void
pull_blob(struct pull *pull)
{
	const struct known_size *known = size_place(pull->registry, &pull->route.digest);
	if (digest_eq(&known->digest, &pull->route.digest))
		fetch(pull, &(struct fetch_wanted){ .kind = FETCH_BLOB, .digest = pull->route.digest, .size = known->size }, on_blob);
	else
		refuse(pull, 404, "BLOB_UNKNOWN", SLICE("no manifest that came by here leads to it: ask for the manifest first"));
}

static void
pull_referrers(struct pull *pull)
{
	fetch(pull, &(struct fetch_wanted){ .kind = FETCH_REFERRERS, .digest = pull->route.digest }, on_document);
}

static void
pull_root(struct pull *pull)
{
	static const struct http_header header = { { "Docker-Distribution-API-Version", 31 }, { "registry/2.0", 12 } };
	http_call_answer(pull->call, &(struct http_answer){ 200, "application/json", SLICE("{}"), &header, 1 });
}

static void
handle(void *context, struct http_call *call)
{
	static void (*const pulls[])(struct pull *pull) = {
		[ROUTE_ROOT] = pull_root, [ROUTE_MANIFEST] = pull_manifest, [ROUTE_BLOB] = pull_blob, [ROUTE_REFERRERS] = pull_referrers,
	};
	struct registry *registry = context;
	struct arena *arena = http_call_arena(call);
	struct pull *pull = arena_make(arena, struct pull), bare = { registry, call };
	struct slice path, query, method = http_call_head(call)->method;
	struct plim_error err = { 0 };
	if (pull == NULL) {
		refuse(&bare, 503, "UNAVAILABLE", SLICE("out of memory"));
		return;
	}
	*pull = bare;
	http_call_target(call, &path, &query);
	int r = registry_route_parse(path, query, registry->options->hosts, arena, &pull->route, &err);
	if (!slice_is(method, "GET") && !slice_is(method, "HEAD")) {
		serving_refused(registry->serving);
		refuse(pull, 405, "UNSUPPORTED", SLICE("this door lets images out, and none in"));
	} else if (r < 0) {
		serving_refused(registry->serving);
		refuse_failed(pull, r, slice_of(err.text));
	} else {
		pulls[pull->route.kind](pull);
	}
}

static int
begin(void *context, struct serving *serving, struct plim_error *err)
{
	struct registry *registry = context;
	registry->serving = serving;
	return fetching_attach(registry->fetching, http_server_loop(serving_http(serving)), err);
}

static bool
is_ready(void *context)
{
	return fetching_is_ready(((struct registry *)context)->fetching);
}

static int
check(void *context, struct plim_error *err)
{
	return fetching_check(((struct registry *)context)->fetching, err);
}

static void
end(void *context)
{
	struct registry *registry = context;
	fetching_stop(registry->fetching);
	registry->fetching = NULL;
}

int
guard_registry_run(const struct serving_options *serving, const struct guard_registry_options *options, FILE *told, struct plim_error *err)
{
	AUTO(free) struct registry *registry = calloc(1, sizeof *registry);
	const struct serving_door door = { .name = "registry", .handle = handle, .begin = begin, .is_ready = is_ready, .check = check, .end = end, .context = registry };
	if (registry == NULL)
		return error_nomem(err);
	registry->options = options;
	int r = fetching_start(options->network, options->fetchers ? options->fetchers : FETCHERS_USUAL, &registry->fetching, err);
	if (r == 0)
		r = serving_run(serving, &door, told, err);
	fetching_stop(registry->fetching);
	return r;
}

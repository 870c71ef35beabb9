/* SPDX-License-Identifier: Apache-2.0 */
/* Writing: blobs in one piece, mounts, manifests, and taking them away again. */
#include "base/error.h"
#include "base/limits.h"
#include "net/serving.h"

#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>

#define PUSH_ACTIONS "pull,push"

/* Where is written to is the repository itself: mirrors and rewritten places are for reading. */
struct target {
	struct server *server;
	struct slice path;
	char digest[DIGEST_TEXT_SIZE];
};

static int
target_find(struct fetch *fetch, const struct order *order, struct target *out, struct plim_error *err)
{
	struct endpoint endpoint;
	bool insecure;
	int r = order->tag.p ? reference_tag_check(order->tag, err) : 0;
	if (r == 0)
		r = repository_split(order->name, &endpoint, err);
	if (r < 0 || (r = registries_insecure(fetch->registries, order->name, &insecure, err)) < 0)
		return r;
	endpoint.insecure = insecure;
	out->path = endpoint.path;
	digest_text(&order->digest, out->digest);
	return server_of(fetch, &endpoint, &out->server, err);
}

static void
ask_about(struct ask *ask, struct fetch *fetch, const struct target *target, const char *method, const char *step)
{
	ask_init(ask, fetch, target->server, target->path, step);
	ask->method = method;
	ask->actions = PUSH_ACTIONS;
}

/* Whatever is not wanted is a refusal, `most` statuses long. */
static int
perform(struct ask *ask, long wanted, long other, struct plim_error *err)
{
	int r = ask->target.p ? ask_perform(ask, err) : error_nomem(err);
	if (r == ASK_ANSWERED && ask->x.status != wanted && ask->x.status != other)
		r = ask_refused(ask, err);
	return r < 0 ? ask_wrap(ask, r, err) : 0;
}

/* blobs */

static int
blob_is_there(struct fetch *fetch, const struct target *target, struct arena *arena, bool *there, struct plim_error *err)
{
	AUTO(ask) struct ask ask = { 0 };
	ask_about(&ask, fetch, target, "HEAD", "whether a blob is there");
	ask.target = arena_printf(arena, "/v2/%.*s/blobs/%s", SLICE_ARG(target->path), target->digest);
	int r = perform(&ask, 200, 404, err);
	*there = r == 0 && ask.x.status == 200;
	return r;
}

/* The address of an upload, to which the digest is added; only where it is the registry's own do credentials go along. */
static int
upload_address(const struct ask *ask, const char *digest, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct slice location = arena_dup(arena, exchange_header(&ask->x, "Location", 0));
	CURLU *url = curl_url();
	char *whole = NULL;
	struct slice parameter = arena_printf(arena, "digest=%s", digest);
	if (location.n == 0 || !parameter.p || !url) {
		curl_url_cleanup(url);
		return error_set(err, PLIM_EFORMAT, "the server does not say where to send it");
	}
	bool fine = curl_url_set(url, CURLUPART_URL, ask->url.p, 0) == CURLUE_OK && curl_url_set(url, CURLUPART_URL, location.p, CURLU_DISALLOW_USER) == CURLUE_OK &&
	            curl_url_set(url, CURLUPART_QUERY, parameter.p, CURLU_APPENDQUERY | CURLU_URLENCODE) == CURLUE_OK &&
	            curl_url_get(url, CURLUPART_URL, &whole, 0) == CURLUE_OK;
	curl_url_cleanup(url);
	if (!fine)
		return error_set(err, PLIM_EFORMAT, "the server has it sent to what is no address");
	*out = arena_dup(arena, slice_of(whole));
	curl_free(whole);
	return out->p ? 0 : error_nomem(err);
}

static int
upload_begin(struct fetch *fetch, const struct target *target, struct arena *arena, struct slice *address, struct plim_error *err)
{
	AUTO(ask) struct ask ask = { 0 };
	ask_about(&ask, fetch, target, "POST", "beginning an upload");
	ask.target = arena_printf(arena, "/v2/%.*s/blobs/uploads/", SLICE_ARG(target->path));
	ask.x.put = SLICE("");
	int r = perform(&ask, 202, 202, err);
	if (r == 0 && (r = upload_address(&ask, target->digest, arena, address, err)) < 0)
		return ask_wrap(&ask, r, err);
	return r;
}

static int
upload_send(struct fetch *fetch, const struct target *target, struct slice address, uint64_t size, int from, struct plim_error *err)
{
	AUTO(ask) struct ask ask = { 0 };
	char step[DIGEST_TEXT_SIZE + 32];
	snprintf(step, sizeof step, "sending blob %s", target->digest);
	ask_about(&ask, fetch, target, "PUT", step);
	ask.target = address;
	ask.away = !origin_same(address.p, target->server->origin.p);
	if (ask.away && !address_is_secret(fetch, address.p))
		return error_set(err, PLIM_EREMOTE, "the server has it sent to an address without TLS");
	ask.url = (struct strbuf){ 0 };
	strbuf_put(&ask.url, address);
	ask.moved = true;
	ask.content_type = SLICE("application/octet-stream");
	ask.x.put_fd = from;
	ask.x.put_size = size;
	ask.x.total_s = 0;
	ask.x.one_stream = true;
	ask.once = true;
	return perform(&ask, 201, 204, err);
}

/* What can be read again is sent again, where the first time broke off. */
static bool
rewound(int from)
{
	return lseek(from, 0, SEEK_SET) == 0;
}

static int
upload(struct fetch *fetch, const struct target *target, struct arena *arena, uint64_t size, int from, struct plim_error *err)
{
	bool again = rewound(from);
	for (unsigned i = 1;; i++) {
		struct slice address;
		int r = upload_begin(fetch, target, arena, &address, err);
		if (r < 0)
			return r;
		r = upload_send(fetch, target, address, size, from, err);
		if (r != PLIM_EREMOTE || !again || i >= LIMIT_FETCH_TRY_COUNT || !rewound(from))
			return r;
	}
}

int
serve_push_blob(struct fetch *fetch, const struct order *order, int from, struct plim_error *err)
{
	struct target target;
	bool there = false;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	int r = arena ? target_find(fetch, order, &target, err) : error_nomem(err);
	if (r == 0 && (from < 0 || order->digest.algorithm == DIGEST_NONE))
		r = error_set(err, PLIM_EUSAGE, "a blob without bytes or digest");
	if (r == 0)
		r = blob_is_there(fetch, &target, arena, &there, err);
	return r < 0 || there ? r : upload(fetch, &target, arena, order->size, from, err);
}

int
serve_mount(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err)
{
	struct target target;
	struct endpoint from;
	int r = target_find(fetch, order, &target, err);
	if (r < 0 || (r = repository_split(order->from, &from, err)) < 0)
		return r;
	if (!slice_eq(from.host, target.server->host))
		return 0;
	AUTO(ask) struct ask ask = { 0 };
	ask_about(&ask, fetch, &target, "POST", "mounting a blob");
	ask.also = from.path;
	AUTO(strbuf) struct strbuf address = { 0 };
	strbuf_printf(&address, "/v2/%.*s/blobs/uploads/?mount=", SLICE_ARG(target.path));
	strbuf_put_percent(&address, slice_of(target.digest), ":");
	strbuf_puts(&address, "&from=");
	strbuf_put_percent(&address, from.path, "/");
	ask.target = address.failed ? SLICE_NONE : strbuf_slice(&address);
	ask.x.put = SLICE("");
	r = perform(&ask, 201, 202, err);
	out->answer.yes = r == 0 && ask.x.status == 201;
	return r;
}

/* manifests */

static int
said_check(const struct ask *ask, const struct order *order, struct plim_error *err)
{
	struct digest said;
	struct slice header = exchange_header(&ask->x, "Docker-Content-Digest", 0);
	if (header.n == 0 || (digest_parse(header, &said) && (said.algorithm != order->digest.algorithm || digest_eq(&said, &order->digest))))
		return 0;
	int r = error_set(err, PLIM_EDIGEST, "the server took it for something else than was sent");
	return ask_wrap(ask, r, err);
}

int
serve_push_manifest(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err)
{
	struct target target;
	int r = target_find(fetch, order, &target, err);
	if (r < 0)
		return r;
	AUTO(ask) struct ask ask = { 0 };
	struct slice name = order->tag.p ? order->tag : slice_of(target.digest);
	char step[DIGEST_TEXT_SIZE + 200];
	snprintf(step, sizeof step, "putting manifest %.*s", SLICE_ARG(slice_first(name, 150)));
	ask_about(&ask, fetch, &target, "PUT", step);
	ask.target = arena_printf(out->arena, "/v2/%.*s/manifests/%.*s", SLICE_ARG(target.path), SLICE_ARG(name));
	ask.content_type = order->media_type;
	ask.x.put = order->bytes;
	r = perform(&ask, 201, 200, err);
	out->answer.yes = r == 0 && exchange_header(&ask.x, "OCI-Subject", 0).n > 0;
	return r == 0 ? said_check(&ask, order, err) : r;
}

/* Some say by a code of theirs what others say by 405. */
static bool
cannot(const struct ask *ask, bool tag)
{
	long status = ask->x.status;
	return status == 405 || status == 501 || (status == 400 && tag);
}

int
serve_delete(struct fetch *fetch, const struct order *order, struct plim_error *err)
{
	struct target target;
	AUTO(arena) struct arena *arena = arena_new(1 << 16);
	int r = arena ? target_find(fetch, order, &target, err) : error_nomem(err);
	if (r < 0)
		return r;
	AUTO(ask) struct ask ask = { 0 };
	struct slice name = order->tag.p ? order->tag : slice_of(target.digest);
	char step[DIGEST_TEXT_SIZE + 200];
	snprintf(step, sizeof step, "removing %.*s", SLICE_ARG(slice_first(name, 150)));
	ask_about(&ask, fetch, &target, "DELETE", step);
	ask.actions = "pull,push,delete";
	ask.target = arena_printf(arena, "/v2/%.*s/manifests/%.*s", SLICE_ARG(target.path), SLICE_ARG(name));
	r = ask.target.p ? ask_perform(&ask, err) : error_nomem(err);
	if (r == ASK_ANSWERED && ask.x.status != 202 && ask.x.status != 200) {
		r = ask_refused(&ask, err);
		r = cannot(&ask, order->tag.p != NULL) && err ? (int)(err->code = PLIM_EUNSUPPORTED) : r;
	}
	return r < 0 ? ask_wrap(&ask, r, err) : 0;
}

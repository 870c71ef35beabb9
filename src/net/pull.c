/* SPDX-License-Identifier: Apache-2.0 */
/* Documents: a manifest by tag or digest, a small blob, from the first place that has it. */
#include "base/error.h"
#include "base/limits.h"
#include "net/serving.h"

#include <stdio.h>

#define MANIFEST_TYPES                                                                                              \
	"application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "                     \
	"application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json"

int
repository_split(struct slice repository, struct endpoint *out, struct plim_error *err)
{
	struct reference reference;
	int r = reference_parse(repository, &reference, err);
	if (r < 0)
		return r;
	if (!reference.host.p || reference.tag.p || reference.digest.algorithm != DIGEST_NONE)
		return error_set(err, PLIM_EUSAGE, "'%.*s' is no repository of a registry", SLICE_ARG(repository));
	*out = (struct endpoint){ .host = reference.host, .path = reference.path };
	return 0;
}

/* Without parameters. */
static struct slice
media_type(const struct exchange *x)
{
	struct slice type = exchange_header(x, "Content-Type", 0), rest;
	slice_cut(type, ';', &type, &rest);
	return slice_trim(type);
}

/* What Docker's first form is, or a page of some portal, is said by name. */
static int
type_check(struct slice type, struct plim_error *err)
{
	static const char *const known[] = {
		"application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
		"application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.v2+json", "application/json",
	};
	AUTO(strbuf) struct strbuf shown = { 0 };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_eq_nocase(type, slice_of(known[i])))
			return 0;
	if (type.n == 0)
		return 0;
	strbuf_put_printable(&shown, slice_first(type, 100));
	if (slice_starts(type, SLICE("application/vnd.docker.distribution.manifest.v1")))
		return error_set(err, PLIM_EUNSUPPORTED, "it is of Docker's first form (%s), which has no digests of its own: push the image anew", shown.p);
	return error_set(err, PLIM_EFORMAT, "the server answered with '%s', which is no manifest", shown.p ? shown.p : "");
}

static int
digest_check(struct slice bytes, const struct digest *wanted, const char *who, struct plim_error *err)
{
	char want_text[DIGEST_TEXT_SIZE], have_text[DIGEST_TEXT_SIZE];
	AUTO(hasher) struct hasher *hasher = hasher_new(wanted->algorithm);
	if (hasher == NULL)
		return error_nomem(err);
	hasher_add(hasher, bytes);
	struct digest have = hasher_end(hasher);
	if (digest_eq(&have, wanted))
		return 0;
	return error_set(err, PLIM_EDIGEST, "the bytes are %s, not %s%s", digest_text(&have, have_text), digest_text(wanted, want_text), who);
}

/* The server's own word of what it sends is no proof, but where it is wrong something is. */
static int
said_check(const struct exchange *x, const struct digest *wanted, struct plim_error *err)
{
	struct digest said;
	struct slice header = exchange_header(x, "Docker-Content-Digest", 0);
	if (header.n == 0 || wanted->algorithm != DIGEST_NONE)
		return 0;
	if (!digest_parse(header, &said))
		return error_set(err, PLIM_EFORMAT, "its Docker-Content-Digest is no digest");
	return digest_check(strbuf_slice(&x->body), &said, " as the server says", err);
}

static int
document_take(const struct ask *ask, const struct wanted *wanted, struct saying *out, struct plim_error *err)
{
	const struct exchange *x = &ask->x;
	struct slice type = media_type(x), bytes = strbuf_slice(&x->body);
	int r = 0;
	if (x->status != 200)
		return ask_refused(ask, err);
	if (!wanted->blob)
		r = type_check(type, err);
	if (r == 0 && wanted->digest.algorithm != DIGEST_NONE)
		r = digest_check(bytes, &wanted->digest, "", err);
	if (r == 0)
		r = said_check(x, &wanted->digest, err);
	if (r < 0)
		return r;
	out->document = arena_dup(out->arena, bytes);
	out->answer.media_type = type.n ? arena_dup(out->arena, type) : SLICE_NONE;
	out->answer.repository = arena_dup(out->arena, wanted->repository);
	return out->document.p ? 0 : error_nomem(err);
}

static int
document_from(struct fetch *fetch, const struct endpoint *endpoint, const struct wanted *wanted, struct saying *out, struct plim_error *err)
{
	struct server *server;
	int r = server_of(fetch, endpoint, &server, err);
	if (r < 0)
		return r;
	if (server->unreachable)
		return error_set(err, PLIM_EREMOTE, "%.*s could not be reached before", SLICE_ARG(server->host));
	AUTO(ask) struct ask ask = { 0 };
	char step[300];
	snprintf(step, sizeof step, "%s %.*s", wanted->blob ? "blob" : "manifest", SLICE_ARG(wanted->name));
	ask_init(&ask, fetch, server, endpoint->path, step);
	ask.target = arena_printf(out->arena, "/v2/%.*s/%s/%.*s", SLICE_ARG(endpoint->path), wanted->blob ? "blobs" : "manifests", SLICE_ARG(wanted->name));
	ask.accept = wanted->blob ? NULL : MANIFEST_TYPES;
	r = ask.target.p ? ask_perform(&ask, err) : error_nomem(err);
	if (r < 0 && endpoint->mirror && ask.x.status == 0)
		server->unreachable = true;
	if (r == ASK_ANSWERED)
		r = document_take(&ask, wanted, out, err);
	return r < 0 ? ask_wrap(&ask, r, err) : 0;
}

/* Mirrors that had it not, or had it wrong, are told beside what the repository itself says. */
static int
mention(size_t mirrors, const struct plim_error *first, int r, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (mirrors == 0 || err == NULL)
		return r;
	strbuf_printf(&text, "%s; before that %zu of its mirrors failed, the first with: %s", err->text, mirrors, first->text);
	return error_set(err, (enum plim_code)r, "%s", text.p ? text.p : "");
}

int
document_get(struct fetch *fetch, const struct wanted *wanted, struct saying *out, struct plim_error *err)
{
	struct endpoint *endpoints;
	size_t n;
	int r = registries_endpoints(fetch->registries, wanted->repository, wanted->digest.algorithm != DIGEST_NONE, out->arena, &endpoints, &n, err);
	struct plim_error first = { 0 };
	size_t failed = 0;
	for (size_t i = r == 0 && wanted->no_mirror ? n - 1 : 0; r == 0 && i < n; i++) {
		r = document_from(fetch, &endpoints[i], wanted, out, err);
		if (r == 0 || i + 1 == n)
			return r < 0 ? mention(failed, &first, r, err) : r;
		if (failed++ == 0 && err)
			first = *err;
		r = 0;
	}
	return r;
}

static int
wanted_of(const struct order *order, char text[static DIGEST_TEXT_SIZE], struct wanted *out, struct plim_error *err)
{
	*out = (struct wanted){ .repository = order->name, .name = order->tag, .digest = order->digest, .blob = order->blob };
	out->no_mirror = order->digest.algorithm == DIGEST_NONE;
	if (order->digest.algorithm != DIGEST_NONE)
		out->name = slice_of(digest_text(&order->digest, text));
	else
		return reference_tag_check(order->tag, err);
	return 0;
}

int
serve_document(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	struct wanted wanted;
	int r = wanted_of(order, text, &wanted, err);
	if (r == 0)
		r = document_get(fetch, &wanted, out, err);
	if (r == 0)
		out->answer.tag = arena_dup(out->arena, order->tag);
	return r;
}

/* A short name may be in several registries: the first that has it. */
int
serve_resolve(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	struct reference reference;
	struct slice *names;
	size_t n;
	int r = reference_parse(order->name, &reference, err);
	if (r < 0 || (r = registries_names(fetch->registries, &reference, out->arena, &names, &n, err)) < 0)
		return r;
	bool by_digest = reference.digest.algorithm != DIGEST_NONE;
	struct slice tag = by_digest ? SLICE_NONE : reference.tag.p ? reference.tag : SLICE("latest");
	bool attached = reference_tag_is_attached(tag);
	AUTO(strbuf) struct strbuf tried = { 0 };
	for (size_t i = 0; i < n; i++) {
		struct wanted wanted = { .repository = names[i], .digest = reference.digest, .name = tag, .no_mirror = attached };
		if (by_digest)
			wanted.name = slice_of(digest_text(&reference.digest, text));
		r = document_get(fetch, &wanted, out, err);
		if (r == 0)
			break;
		strbuf_printf(&tried, "%s%s", i ? "; " : "", err->text);
	}
	if (r < 0 && n > 1)
		return error_set(err, (enum plim_code)r, "%.*s is in none of %zu registries: %s", SLICE_ARG(order->name), n, tried.p ? tried.p : "");
	if (r == 0 && tag.p)
		out->answer.tag = arena_dup(out->arena, tag);
	return r;
}

int
serve_address(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err)
{
	struct server *server;
	struct slice address = arena_dup(out->arena, order->name);
	if (address.p == NULL)
		return error_nomem(err);
	if (!address_is_secret(fetch, address.p))
		return error_set(err, PLIM_EUSAGE, "an address must begin with https://");
	int r = server_of_address(fetch, address, &server, err);
	if (r < 0)
		return r;
	AUTO(ask) struct ask ask = { 0 };
	ask_init(&ask, fetch, server, SLICE(""), "GET");
	ask.target = address;
	r = ask_perform(&ask, err);
	if (r == ASK_ANSWERED && ask.x.status != 200)
		r = ask_refused(&ask, err);
	if (r < 0)
		return error_wrap(err, r, "%.*s", SLICE_ARG(server->host));
	struct slice type = media_type(&ask.x);
	out->document = arena_dup(out->arena, strbuf_slice(&ask.x.body));
	out->answer.media_type = type.n ? arena_dup(out->arena, type) : SLICE_NONE;
	return out->document.p ? 0 : error_nomem(err);
}

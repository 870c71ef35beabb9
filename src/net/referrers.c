/* SPDX-License-Identifier: Apache-2.0 */
/* What refers to a manifest: the referrers API with its pages, else the index that clients keep at a tag. */
#include "base/error.h"
#include "base/limits.h"
#include "codec/json.h"
#include "codec/json_write.h"
#include "net/serving.h"

#define INDEX_TYPE "application/vnd.oci.image.index.v1+json"

/* One list of several pages: of each descriptor what says what it is. */
struct pages {
	struct arena *arena;
	struct json_writer writer;
	size_t count;
};

static int
compare_members(const void *a, const void *b, void *context)
{
	const struct slice *keys = context;
	return slice_cmp(keys[*(const size_t *)a], keys[*(const size_t *)b]);
}

static int
annotations_write(struct json_writer *w, const struct json *annotations, struct arena *arena)
{
	size_t *order = arena_make_array(arena, annotations->n + 1, size_t);
	if (order == NULL)
		return PLIM_ENOMEM;
	for (size_t i = 0; i < annotations->n; i++)
		order[i] = i;
	qsort_r(order, annotations->n, sizeof *order, compare_members, annotations->keys);
	json_write_key(w, SLICE("annotations"));
	json_write_object(w);
	for (size_t i = 0; i < annotations->n; i++)
		if (json_is(&annotations->items[order[i]], JSON_STRING)) {
			json_write_key(w, annotations->keys[order[i]]);
			json_write_string(w, annotations->items[order[i]].text);
		}
	json_write_object_end(w);
	return 0;
}

static int
descriptor_write(struct json_writer *w, const struct json *descriptor, struct arena *arena)
{
	uint64_t size;
	const struct json *annotations = json_get(descriptor, "annotations");
	json_write_object(w);
	int r = json_is(annotations, JSON_OBJECT) ? annotations_write(w, annotations, arena) : 0;
	json_write_member(w, "artifactType", json_get_string(descriptor, "artifactType"));
	json_write_member(w, "digest", json_get_string(descriptor, "digest"));
	json_write_member(w, "mediaType", json_get_string(descriptor, "mediaType"));
	if (json_u64(json_get(descriptor, "size"), &size))
		json_write_member_u64(w, "size", size);
	json_write_object_end(w);
	return r;
}

static int
page_add(struct pages *pages, struct slice text, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(text, pages->arena, &root, err);
	const struct json *list = r == 0 ? json_get(root, "manifests") : NULL;
	if (r == 0 && !json_is(list, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "a list of referrers without 'manifests'");
	for (size_t i = 0; r == 0 && i < list->n; i++)
		r = descriptor_write(&pages->writer, &list->items[i], pages->arena) < 0 ? error_nomem(err) : 0;
	if (r == 0 && pages->writer.into->n > LIMIT_DOCUMENT_BYTES)
		r = error_set(err, PLIM_ELIMIT, "a list of referrers, limit DOCUMENT_BYTES");
	pages->count++;
	return r;
}

static void
list_begin(struct pages *pages)
{
	json_write_object(&pages->writer);
	json_write_key(&pages->writer, SLICE("manifests"));
	json_write_array(&pages->writer);
}

static void
list_end(struct pages *pages)
{
	json_write_array_end(&pages->writer);
	json_write_member(&pages->writer, "mediaType", SLICE(INDEX_TYPE));
	json_write_member_u64(&pages->writer, "schemaVersion", 2);
	json_write_object_end(&pages->writer);
}

/* <ADDRESS>; rel="next", of RFC 8288: the address, absent where there is no next page. */
static struct slice
next_page(const struct exchange *x)
{
	struct slice header, link, address, rest;
	for (size_t i = 0; (header = exchange_header(x, "Link", i)).p; i++)
		while (slice_next(&header, ',', &link)) {
			link = slice_trim(link);
			bool next = slice_find_text(link, SLICE("rel=\"next\"")) != SIZE_MAX || slice_find_text(link, SLICE("rel=next")) != SIZE_MAX;
			if (next && slice_skip(&link, SLICE("<")) && slice_cut(link, '>', &address, &rest))
				return address;
		}
	return SLICE_NONE;
}

static bool
is_index(const struct exchange *x)
{
	struct slice type = exchange_header(x, "Content-Type", 0), rest;
	slice_cut(type, ';', &type, &rest);
	return slice_eq_nocase(slice_trim(type), SLICE(INDEX_TYPE));
}

/* One page of the registry's own list; its address may be told from the page before, but leads nowhere else. */
static int
page_get(struct fetch *fetch, struct ask *ask, struct server *server, struct slice path, struct slice target, struct plim_error *err)
{
	ask_init(ask, fetch, server, path, "referrers");
	ask->target = target;
	ask->accept = INDEX_TYPE;
	int r = target.p ? ask_perform(ask, err) : error_nomem(err);
	return r < 0 ? ask_wrap(ask, r, err) : r;
}

static int
page_address(const struct ask *ask, struct slice next, struct arena *arena, struct slice *out, struct plim_error *err)
{
	char *whole = NULL;
	CURLU *url = curl_url();
	struct slice address = arena_dup(arena, next);
	bool fine = url && address.p && curl_url_set(url, CURLUPART_URL, ask->url.p, 0) == CURLUE_OK &&
	            curl_url_set(url, CURLUPART_URL, address.p, CURLU_DISALLOW_USER) == CURLUE_OK && curl_url_get(url, CURLUPART_URL, &whole, 0) == CURLUE_OK;
	curl_url_cleanup(url);
	if (!fine || ask->away || !origin_same(whole, ask->server->origin.p)) {
		curl_free(whole);
		return error_set(err, PLIM_EFORMAT, "the next page of the list is at no address of its own");
	}
	*out = arena_dup(arena, slice_of(whole));
	curl_free(whole);
	return out->p ? 0 : error_nomem(err);
}

/* The pages behind the first. */
static int
pages_get(struct fetch *fetch, struct ask *ask, struct pages *pages, struct plim_error *err)
{
	struct server *server = ask->server;
	struct slice path = ask->repository, next, target;
	while ((next = next_page(&ask->x)).n > 0) {
		if (pages->count >= LIMIT_FETCH_PAGE_COUNT)
			return error_set(err, PLIM_ELIMIT, "a list of referrers, limit FETCH_PAGE_COUNT");
		int r = page_address(ask, next, pages->arena, &target, err);
		if (r < 0)
			return r;
		ask_done(ask);
		if ((r = page_get(fetch, ask, server, path, target, err)) < 0)
			return r;
		if (ask->x.status != 200 || !is_index(&ask->x))
			return ask_refused(ask, err);
		if ((r = page_add(pages, strbuf_slice(&ask->x.body), err)) < 0)
			return r;
	}
	return 0;
}

static int
list_take(struct fetch *fetch, struct ask *ask, struct saying *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct pages pages = { .arena = out->arena, .writer = { .into = &text } };
	if (next_page(&ask->x).n == 0) {
		out->document = arena_dup(out->arena, strbuf_slice(&ask->x.body));
		return out->document.p ? 0 : error_nomem(err);
	}
	list_begin(&pages);
	int r = page_add(&pages, strbuf_slice(&ask->x.body), err);
	if (r == 0)
		r = pages_get(fetch, ask, &pages, err);
	if (r < 0)
		return r;
	list_end(&pages);
	out->document = text.failed ? SLICE_NONE : arena_dup(out->arena, strbuf_slice(&text));
	return out->document.p ? 0 : error_nomem(err);
}

/* 1: the registry has no such API, or does not know the manifest. */
static int
api_get(struct fetch *fetch, const struct endpoint *endpoint, const struct order *order, struct saying *out, struct plim_error *err)
{
	char digest[DIGEST_TEXT_SIZE];
	struct server *server;
	AUTO(strbuf) struct strbuf target = { 0 };
	AUTO(ask) struct ask ask = { 0 };
	int r = server_of(fetch, endpoint, &server, err);
	if (r < 0)
		return r;
	strbuf_printf(&target, "/v2/%.*s/referrers/%s", SLICE_ARG(endpoint->path), digest_text(&order->digest, digest));
	if (order->media_type.n > 0) {
		strbuf_puts(&target, "?artifactType=");
		strbuf_put_percent(&target, order->media_type, "");
	}
	if (target.failed)
		return error_nomem(err);
	r = page_get(fetch, &ask, server, endpoint->path, strbuf_slice(&target), err);
	if (r < 0)
		return r;
	if (ask.x.status == 400 || ask.x.status == 404 || ask.x.status == 405 || ask.x.status == 501 || (ask.x.status == 200 && !is_index(&ask.x)))
		return 1;
	r = ask.x.status == 200 ? list_take(fetch, &ask, out, err) : ask_refused(&ask, err);
	return r < 0 ? ask_wrap(&ask, r, err) : 0;
}

static int
tag_get(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err)
{
	char text[REFERRER_TAG_SIZE];
	struct wanted wanted = { .repository = order->name, .name = slice_of(referrer_tag(&order->digest, text)), .no_mirror = true };
	int r = document_get(fetch, &wanted, out, err);
	if (r != PLIM_ENOTFOUND)
		return r;
	out->document = SLICE("{\"manifests\":[],\"mediaType\":\"" INDEX_TYPE "\",\"schemaVersion\":2}");
	out->answer.media_type = SLICE(INDEX_TYPE);
	return 0;
}

/* Mirrors seldom have what refers to an image: the repository itself is asked. */
int
serve_referrers(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err)
{
	struct endpoint *endpoints;
	size_t n;
	if (order->digest.algorithm == DIGEST_NONE)
		return error_set(err, PLIM_EUSAGE, "referrers of nothing");
	int r = registries_endpoints(fetch->registries, order->name, true, out->arena, &endpoints, &n, err);
	if (r == 0)
		r = api_get(fetch, &endpoints[n - 1], order, out, err);
	if (r == 1)
		r = tag_get(fetch, order, out, err);
	else if (r == 0) {
		out->answer.yes = true;
		out->answer.media_type = SLICE(INDEX_TYPE);
	}
	out->answer.repository = arena_dup(out->arena, order->name);
	return r;
}

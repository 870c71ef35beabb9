/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/trust/copying.h"

#include "base/error.h"
#include "gate/job/referrers.h"
#include "net/reference.h"

/* Blobs. */

static int
mount_blob(struct copying *c, const struct closure_item *item, bool *mounted, struct plim_error *err)
{
	struct slice from = c->source->remote.root.repository, host, other, rest;
	*mounted = false;
	slice_cut(from, '/', &host, &rest);
	slice_cut(c->repository, '/', &other, &rest);
	if (!slice_eq(host, other))
		return 0;
	return fetcher_mount_blob(c->source->remote.fetcher, c->repository, &item->digest, from, mounted, err);
}

/* That the source has other bytes than it said, or none: not what a stream says that was given up. */
static bool
is_cause(int code)
{
	return code == PLIM_EDIGEST || code == PLIM_EFORMAT || code == PLIM_EREMOTE;
}

static int
stream_blob(struct copying *c, const struct closure_item *item, struct plim_error *err)
{
	AUTO(fd) int pipe = -1;
	uint32_t number;
	struct plim_error why = { 0 };
	struct fetcher *fetcher = c->source->remote.fetcher;
	int r = fetcher_stream(fetcher, c->source->remote.root.repository, &item->digest, item->size, &pipe, &number, err);
	if (r < 0 || (r = fetcher_push_blob(fetcher, c->repository, &item->digest, item->size, pipe, err)) == 0)
		return r;
	/* Whoever gave too little is to blame, not who was given it; a stream that nobody reads any more has nothing to complain of. */
	close(fd_take(&pipe));
	int cause = fetcher_why(fetcher, number, &why);
	return is_cause(cause) ? (*err = why, cause) : r;
}

static int
copy_blob(struct copying *c, const struct closure_item *item, struct plim_error *err)
{
	bool mounted;
	int r = mount_blob(c, item, &mounted, err);
	if (r == 0 && !mounted)
		r = stream_blob(c, item, err);
	c->mounted += mounted;
	c->others += !mounted;
	return r;
}

/* Manifests. */

static int
load_manifest(struct copying *c, const struct digest *digest, struct slice *out, struct plim_error *err)
{
	struct fetched fetched = { .fd = -1 };
	int r = fetcher_document(c->source->remote.fetcher, c->source->remote.root.repository, FETCHED_MANIFEST, digest, c->arena, &fetched, err);
	return r < 0 ? r : fetched_text(&fetched, fetched.size, c->arena, out, err);
}

static int
copy_manifest(struct copying *c, const struct closure_item *item, struct slice tag, bool *subject_known, struct plim_error *err)
{
	struct slice bytes;
	int r = load_manifest(c, &item->digest, &bytes, err);
	return r < 0 ? r : fetcher_push_manifest(c->source->remote.fetcher, c->repository, tag, item->media_type, bytes, subject_known, err);
}

static int
copy_item(struct copying *c, const struct closure_item *item, bool *subject_known, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	int r = item->is_manifest ? copy_manifest(c, item, SLICE_NONE, subject_known, err) : copy_blob(c, item, err);
	return r < 0 ? error_wrap(err, r, "copying %s", digest_text(&item->digest, text)) : 0;
}

/* `*subject_known` is what was answered to the last one. */
static int
copy_items(struct copying *c, const struct closure_item *items, size_t n, bool *subject_known, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = copy_item(c, &items[i], subject_known, err);
	return r;
}

int
copying_closure(struct copying *c, const struct closure_answer *closure, struct plim_error *err)
{
	bool ignored;
	return copy_items(c, closure->items, closure->n, &ignored, err);
}

int
copying_tag(struct copying *c, const struct closure_item *item, struct slice tag, struct plim_error *err)
{
	return copy_manifest(c, item, tag, NULL, err);
}

/* What hangs on a manifest. */

static struct attaching
attaching_to(struct copying *c, const struct closure_item *subject)
{
	return (struct attaching){ c->source, c->repository, subject->digest, subject->media_type, subject->size, c->arena, &c->attached };
}

/*
 * The manifest under a tag, with what it leads to already copied; absent where there is none, as of cosign's for digests of SHA-512, which is
 * too long for registries.
 */
static int
copy_tagged(struct copying *c, const char *tag, struct slice *out, struct plim_error *err)
{
	*out = SLICE_NONE;
	if (strlen(tag) > REFERENCE_TAG_MOST)
		return 0;
	AUTO(trusting) struct trusting tagged = TRUSTING_NONE;
	struct closure_answer closure = { 0 };
	const char *target = arena_strz(c->arena, arena_printf(c->arena, "docker://%.*s:%s", SLICE_ARG(c->source->remote.root.repository), tag));
	bool ignored;
	int r = target ? trusting_open(c->source->run, target, &tagged, err) : error_nomem(err);
	if (r < 0)
		return r == PLIM_ENOTFOUND ? 0 : r;
	if ((r = trusting_closure(&tagged, c->arena, &closure, err)) < 0 ||
	    (r = copy_items(c, closure.items, closure.n - 1, &ignored, err)) < 0)
		return r;
	return load_manifest(c, &tagged.remote.root.digest, out, err);
}

static int
copy_kind(struct copying *c, enum cosign_kind kind, const struct closure_item *subject, struct plim_error *err)
{
	char tag[COSIGN_TAG_SIZE];
	struct slice manifest;
	const struct attaching to = attaching_to(c, subject);
	int r = copy_tagged(c, cosign_tag(kind, &subject->digest, tag), &manifest, err);
	if (r < 0)
		return error_wrap(err, r, "%s", tag);
	return manifest.p ? attach_merged(&to, kind, manifest, err) : 0;
}

/* A registry that keeps no list of its own has it kept for it: one that does not know one of them may know none. */
static int
copy_referrers(struct copying *c, const struct closure_item *subject, struct plim_error *err)
{
	const struct referrers_order order = { subject->digest };
	struct referrers_answer answer = { 0 };
	const struct attaching to = attaching_to(c, subject);
	bool all_known = true;
	int r = trusting_ask(c->source, SAY_REFERRERS, &wire_referrers_order, &order, &wire_referrers_answer, c->arena, &answer, err);
	for (size_t i = 0; r == 0 && i < answer.n; i++) {
		bool known = false;
		r = copy_items(c, answer.all[i].items, answer.all[i].n, &known, err);
		all_known &= known;
	}
	return r < 0 || all_known ? r : attach_merged_referrers(&to, answer.list, err);
}

int
copying_attached(struct copying *c, const struct closure_item *subject, struct plim_error *err)
{
	int r = copy_kind(c, COSIGN_SIGNATURES, subject, err);
	if (r == 0)
		r = copy_kind(c, COSIGN_ATTESTATIONS, subject, err);
	return r < 0 ? r : copy_referrers(c, subject, err);
}

int
copying_settle(struct copying *c, struct plim_error *err)
{
	const struct attaching any = { .trusting = c->source, .repository = c->repository, .arena = c->arena, .list = &c->attached };
	return attach_settle(&any, err);
}

void
copying_done(struct copying *c)
{
	vec_done(&c->attached.all);
}

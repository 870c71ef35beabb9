/* SPDX-License-Identifier: Apache-2.0 */
/* Read, add, write, look again. */
#include "gate/trust/attaching.h"

#include "base/error.h"
#include "gate/job/merge.h"
#include "net/reference.h"

#include <stdio.h>

/* Two signers at once are usual where platforms are built apart; more turns than this are a quarrel. */
#define TURN_MOST 8

/* What stands under a tag, in the arena; absent for nothing. */
static int
read_tag(const struct attaching *to, const char *tag, struct slice *out, struct plim_error *err)
{
	struct fetched fetched = { .fd = -1 };
	*out = SLICE_NONE;
	int r = fetcher_tag(to->trusting->remote.fetcher, to->repository, slice_of(tag), to->arena, &fetched, err);
	if (r < 0)
		return r == PLIM_ENOTFOUND ? 0 : r;
	return fetched_text(&fetched, fetched.size, to->arena, out, err);
}

static int
push_bytes(const struct attaching *to, struct slice bytes, struct plim_error *err)
{
	return fetcher_push_bytes(to->trusting->remote.fetcher, to->repository, bytes, err);
}

static int
push_manifest(const struct attaching *to, const char *tag, const char *media_type, struct slice bytes, bool *subject_known, struct plim_error *err)
{
	return fetcher_push_manifest(to->trusting->remote.fetcher, to->repository, tag ? slice_of(tag) : SLICE_NONE, slice_of(media_type), bytes, subject_known,
	                             err);
}

static int
add(const struct attaching *to, const struct attached *attached, struct add_answer *out, struct plim_error *err)
{
	const struct add_order *order = &attached->order;
	const struct merge_order merge = { .old = order->old, .from = attached->from, .to_index = order->to_index };
	if (attached->from.p)
		return trusting_ask(to->trusting, SAY_MERGE, &wire_merge_order, &merge, &wire_add_answer, to->arena, out, err);
	return trusting_ask(to->trusting, SAY_ADD, &wire_add_order, order, &wire_add_answer, to->arena, out, err);
}

/*
 * One turn: `*done` is true where what stands there has the addition already.  Adding what is there changes nothing, so that the same
 * question tells before writing whether it is needed, and after it whether it stayed.
 */
static int
write_back(const struct attaching *to, const struct attached *attached, const struct add_answer *answer, struct plim_error *err)
{
	struct slice now, old = attached->order.old;
	int r = answer->config.p ? push_bytes(to, answer->config, err) : 0;
	if (r < 0 || (r = read_tag(to, attached->tag, &now, err)) < 0)
		return r;
	/* Somebody was faster: the next turn begins with what is there. */
	if ((now.p == NULL) != (old.p == NULL) || !slice_eq(now, old))
		return 0;
	return push_manifest(to, attached->tag, attached->media_type, answer->manifest, NULL, err);
}

static int
turn(const struct attaching *to, struct attached *attached, bool *done, struct plim_error *err)
{
	struct add_answer answer = { 0 };
	struct slice *old = &attached->order.old;
	int r = read_tag(to, attached->tag, old, err);
	if (r < 0 || (r = add(to, attached, &answer, err)) < 0)
		return r;
	*done = old->p && slice_eq(*old, answer.manifest);
	return *done ? 0 : write_back(to, attached, &answer, err);
}

static int
add_under(const struct attaching *to, struct attached *attached, struct plim_error *err)
{
	bool done = false;
	int r = 0;
	for (size_t i = 0; r == 0 && !done && i < TURN_MOST; i++)
		r = turn(to, attached, &done, err);
	if (r == 0 && !done)
		return error_set(err, PLIM_EREMOTE, "%s: somebody else writes there again and again; what was added did not stay", attached->tag);
	return r < 0 ? error_wrap(err, r, "%s", attached->tag) : 0;
}

static int
add_new(const struct attaching *to, const char *tag, const char *media_type, const struct add_order *order, struct plim_error *err)
{
	struct attached *attached = vec_push(&to->list->all);
	if (attached == NULL)
		return error_nomem(err);
	*attached = (struct attached){ .media_type = media_type, .order = *order };
	snprintf(attached->tag, sizeof attached->tag, "%s", tag);
	attached->order.blob = arena_dup(to->arena, order->blob);
	attached->order.signature = arena_dup(to->arena, order->signature);
	attached->order.predicate_type = arena_dup(to->arena, order->predicate_type);
	return attached->order.blob.p ? add_under(to, attached, err) : error_nomem(err);
}

int
attach_settle(const struct attaching *to, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < to->list->all.n; i++)
		r = add_under(to, &to->list->all.at[i], err);
	return r;
}

int
attach_layer(const struct attaching *to, const struct cosign_addition *addition, struct plim_error *err)
{
	char tag[COSIGN_TAG_SIZE];
	struct add_order order = { .kind = addition->kind, .blob = addition->blob, .signature = addition->signature, .predicate_type = addition->predicate_type,
	                           .key = to->key };
	int r = push_bytes(to, addition->blob, err);
	return r < 0 ? r : add_new(to, cosign_tag(addition->kind, &to->subject, tag), COSIGN_MANIFEST_MEDIA_TYPE, &order, err);
}

static struct referrer_descriptor
descriptor_of(struct slice media_type, struct slice bytes)
{
	return (struct referrer_descriptor){ media_type, digest_of(bytes), bytes.n };
}

/* The configuration of an artifact that needs none (image-spec 1.1). */
#define EMPTY_JSON SLICE("{}")

int
attach_artifact(const struct attaching *to, const struct attached_artifact *artifact, struct plim_error *err)
{
	char tag[REFERRER_TAG_SIZE];
	AUTO(strbuf) struct strbuf manifest = { 0 };
	const struct referrer referrer = {
		.artifact_type = artifact->artifact_type, .config = descriptor_of(artifact->config_type, EMPTY_JSON), .layer_count = 1,
		.layer = descriptor_of(artifact->layer_type, artifact->layer), .subject = { to->media_type, to->subject, to->size },
		.annotations = artifact->annotations, .annotation_count = artifact->annotation_count,
	};
	bool subject_known = false;
	referrer_write(&referrer, &manifest);
	if (manifest.failed)
		return error_nomem(err);
	int r = push_bytes(to, EMPTY_JSON, err);
	if (r < 0 || (r = push_bytes(to, artifact->layer, err)) < 0 ||
	    (r = push_manifest(to, NULL, COSIGN_MANIFEST_MEDIA_TYPE, strbuf_slice(&manifest), &subject_known, err)) < 0 || subject_known)
		return r;
	struct add_order order = { .to_index = true, .blob = strbuf_slice(&manifest) };
	order.predicate_type = artifact->artifact_type.n ? artifact->artifact_type : artifact->config_type;
	return add_new(to, referrer_tag(&to->subject, tag), REFERRER_INDEX_MEDIA_TYPE, &order, err);
}

static int
merge_new(const struct attaching *to, const char *tag, const struct attached *what, struct plim_error *err)
{
	struct attached *attached = vec_push(&to->list->all);
	if (attached == NULL)
		return error_nomem(err);
	*attached = *what;
	snprintf(attached->tag, sizeof attached->tag, "%s", tag);
	return add_under(to, attached, err);
}

int
attach_merged(const struct attaching *to, enum cosign_kind kind, struct slice from, struct plim_error *err)
{
	char tag[COSIGN_TAG_SIZE];
	const struct attached what = { .media_type = COSIGN_MANIFEST_MEDIA_TYPE, .order = { .kind = kind }, .from = from };
	return merge_new(to, cosign_tag(kind, &to->subject, tag), &what, err);
}

int
attach_merged_referrers(const struct attaching *to, struct slice from, struct plim_error *err)
{
	char tag[REFERRER_TAG_SIZE];
	const struct attached what = { .media_type = REFERRER_INDEX_MEDIA_TYPE, .order = { .to_index = true }, .from = from };
	return merge_new(to, referrer_tag(&to->subject, tag), &what, err);
}

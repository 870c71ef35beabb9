/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/trust/edit.h"

#include "base/error.h"
#include "trust/dsse.h"
#include "trust/referrer.h"
#include "trust/statement.h"

static int
add_to_index(const struct add_order *order, struct strbuf *into, struct plim_error *err)
{
	struct referrer_entry entry = {
		.descriptor = { SLICE(COSIGN_MANIFEST_MEDIA_TYPE), digest_of(order->blob), order->blob.n }, .artifact_type = order->predicate_type,
	};
	return referrer_index_add(order->old, &entry, into, err);
}

/* An ECDSA signature differs each time: that one of the same payload is there is told by the key. */
static bool
is_signed_already(const struct add_order *order, const struct cosign_manifest *old, const struct key *key)
{
	const struct digest digest = digest_of(order->blob);
	for (size_t i = 0; order->kind == COSIGN_SIGNATURES && i < old->n; i++)
		if (digest_eq(&old->layers[i].digest, &digest) && key_verify(key, order->blob, old->layers[i].signature))
			return true;
	return false;
}

/* The summary in an envelope that this key signed; NULL for anything else. */
static const struct vsa *
summary_of(struct slice envelope, const struct key *key, struct arena *arena)
{
	struct dsse *parsed;
	struct statement *statement;
	struct vsa *vsa;
	if (dsse_parse(envelope, arena, &parsed, NULL) < 0 || !dsse_verify(parsed, key) || !slice_is(parsed->payload_type, STATEMENT_PAYLOAD_TYPE))
		return NULL;
	return statement_parse(parsed->payload, arena, &statement, NULL) == 0 && vsa_parse(statement, arena, &vsa, NULL) == 0 ? vsa : NULL;
}

/* Of the same image, place and policy, and not younger. */
static bool
is_replaced(const struct vsa *old, const struct vsa *new)
{
	return digest_eq(&old->image, &new->image) && digest_eq(&old->policy, &new->policy) && slice_eq(old->repository, new->repository) &&
	       slice_eq(old->tag, new->tag) && old->time <= new->time;
}

/* Which layers a new summary takes the place of. */
static int
find_replaced(const struct trust_source *source, const struct add_order *order, const struct key *key, struct arena *arena, bool **gone, size_t *n, size_t *count,
              struct plim_error *err)
{
	struct trust_documents documents = { 0 };
	const struct vsa *new = order->kind == COSIGN_ATTESTATIONS ? summary_of(order->blob, key, arena) : NULL;
	*count = 0;
	if (new == NULL || order->old.p == NULL)
		return 0;
	int r = trust_documents_of_manifest(source, order->kind, order->old, arena, &documents, err);
	if (r < 0 || (*gone = arena_make_array(arena, documents.n, bool)) == NULL)
		return r < 0 ? r : error_nomem(err);
	*n = documents.n;
	for (size_t i = 0; i < documents.n; i++) {
		const struct vsa *old = slice_eq(documents.at[i].bytes, order->blob) ? NULL : summary_of(documents.at[i].bytes, key, arena);
		*count += (*gone)[i] = old && is_replaced(old, new);
	}
	return 0;
}

static int
add_layer(const struct trust_source *source, const struct add_order *order, const struct key *key, struct arena *arena, struct strbuf *manifest,
          struct strbuf *config, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf shorter = { 0 };
	AUTO(strbuf) struct strbuf ignored = { 0 };
	const struct cosign_addition addition = { order->kind, order->blob, order->signature, order->predicate_type };
	bool *gone;
	size_t n = 0, count = 0, left;
	int r = key ? find_replaced(source, order, key, arena, &gone, &n, &count, err) : 0;
	if (r == 0 && count)
		r = cosign_manifest_remove(order->old, gone, n, &left, &shorter, &ignored, err);
	return r < 0 ? r : cosign_manifest_add(count ? strbuf_slice(&shorter) : order->old, &addition, manifest, config, err);
}

int
trust_edit_add(const struct trust_source *source, const struct add_order *order, struct arena *arena, struct strbuf *manifest, struct strbuf *config,
               struct plim_error *err)
{
	AUTO(key) struct key *key = NULL;
	struct cosign_manifest *old;
	if (order->to_index)
		return add_to_index(order, manifest, err);
	int r = order->key.p ? key_parse_public(order->key, &key, err) : 0;
	if (r == 0 && key && order->old.p) {
		if ((r = cosign_manifest_parse(order->old, arena, &old, err)) == 0 && is_signed_already(order, old, key)) {
			strbuf_put(manifest, order->old);
			return 0;
		}
	}
	return r < 0 ? r : add_layer(source, order, key, arena, manifest, config, err);
}

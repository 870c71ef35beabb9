/* SPDX-License-Identifier: Apache-2.0 */
/* plim_promote: an image goes on to the next repository only where it passes that one's policy. */
#include "gate/attaching.h"
#include "gate/check.h"
#include "gate/events.h"

#include "base/error.h"
#include "net/reference.h"

#include <plimsoll/trust.h>

struct promoting {
	const struct plim_promote_options *options;
	const struct plim_verdicts *verdicts;
	struct trusting source;
	struct arena *arena;
	struct slice repository, tag;       /* of the destination */
	size_t mounted, others;            /* blobs; of the others some were there already */
};

/* Copying. */

static int
mount_blob(struct promoting *p, const struct closure_item *item, bool *mounted, struct plim_error *err)
{
	struct slice from = p->source.remote.root.repository, host, other, rest;
	*mounted = false;
	slice_cut(from, '/', &host, &rest);
	slice_cut(p->repository, '/', &other, &rest);
	if (!slice_eq(host, other))
		return 0;
	return fetcher_mount_blob(p->source.remote.fetcher, p->repository, &item->digest, from, mounted, err);
}

/* That the source has other bytes than it said, or none: not what a stream says that was given up. */
static bool
is_cause(int code)
{
	return code == PLIM_EDIGEST || code == PLIM_EFORMAT || code == PLIM_EREMOTE;
}

static int
stream_blob(struct promoting *p, const struct closure_item *item, struct plim_error *err)
{
	AUTO(fd) int pipe = -1;
	uint32_t number;
	struct plim_error why = { 0 };
	struct fetcher *fetcher = p->source.remote.fetcher;
	int r = fetcher_stream(fetcher, p->source.remote.root.repository, &item->digest, item->size, &pipe, &number, err);
	if (r < 0 || (r = fetcher_push_blob(fetcher, p->repository, &item->digest, item->size, pipe, err)) == 0)
		return r;
	/* Whoever gave too little is to blame, not who was given it; a stream that nobody reads any more has nothing to complain of. */
	close(fd_take(&pipe));
	int cause = fetcher_why(fetcher, number, &why);
	return is_cause(cause) ? (*err = why, cause) : r;
}

static int
copy_blob(struct promoting *p, const struct closure_item *item, struct plim_error *err)
{
	bool mounted;
	int r = mount_blob(p, item, &mounted, err);
	if (r == 0 && !mounted)
		r = stream_blob(p, item, err);
	p->mounted += mounted;
	p->others += !mounted;
	return r;
}

static int
copy_manifest(struct promoting *p, const struct closure_item *item, struct slice tag, struct plim_error *err)
{
	struct fetched fetched = { .fd = -1 };
	struct slice bytes;
	struct fetcher *fetcher = p->source.remote.fetcher;
	int r = fetcher_document(fetcher, p->source.remote.root.repository, FETCHED_MANIFEST, &item->digest, p->arena, &fetched, err);
	if (r < 0 || (r = fetched_text(&fetched, fetched.size, p->arena, &bytes, err)) < 0)
		return r;
	return fetcher_push_manifest(fetcher, p->repository, tag, item->media_type, bytes, NULL, err);
}

static int
copy_item(struct promoting *p, const struct closure_item *item, struct slice tag, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	int r = item->is_manifest ? copy_manifest(p, item, tag, err) : copy_blob(p, item, err);
	return r < 0 ? error_wrap(err, r, "copying %s", digest_text(&item->digest, text)) : 0;
}

/* What leads to others comes after them, and the tag with the last: half a copy has no name. */
static int
copy_closure(struct promoting *p, const struct closure_answer *closure, struct slice tag, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < closure->n; i++)
		r = copy_item(p, &closure->items[i], i + 1 == closure->n ? tag : SLICE_NONE, err);
	return r;
}

/* Whatever hangs on one manifest: cosign's tags, and the referrers' index with what it lists. */
static int
copy_tag(struct promoting *p, struct slice tag, struct plim_error *err)
{
	AUTO(trusting) struct trusting tagged = TRUSTING_NONE;
	struct closure_answer closure = { 0 };
	struct fetched fetched = { .fd = -1 };
	AUTO(strbuf) struct strbuf target = { 0 };
	int r = fetcher_tag(p->source.remote.fetcher, p->source.remote.root.repository, tag, p->arena, &fetched, err);
	auto_fetched(&fetched);
	if (r < 0)
		return r == PLIM_ENOTFOUND ? 0 : r;
	strbuf_printf(&target, "docker://%.*s:%.*s", SLICE_ARG(p->source.remote.root.repository), SLICE_ARG(tag));
	r = target.failed ? error_nomem(err) : trusting_open(p->source.run, target.p, &tagged, err);
	if (r < 0 || (r = trusting_ask(&tagged, SAY_CLOSURE, NULL, NULL, &wire_closure_answer, p->arena, &closure, err)) < 0)
		return r;
	return copy_closure(p, &closure, tag, err);
}

static int
copy_attached(struct promoting *p, const struct digest *digest, struct plim_error *err)
{
	char tag[COSIGN_TAG_SIZE];
	int r = copy_tag(p, slice_of(cosign_tag(COSIGN_SIGNATURES, digest, tag)), err);
	if (r == 0)
		r = copy_tag(p, slice_of(cosign_tag(COSIGN_ATTESTATIONS, digest, tag)), err);
	return r < 0 ? r : copy_tag(p, slice_of(referrer_tag(digest, tag)), err);
}

static bool
was_judged(const struct promoting *p, const struct digest *root)
{
	for (size_t i = 0; i < p->verdicts->count; i++) {
		const struct image *image = p->verdicts->verdicts[i]->image;
		if (digest_eq(&image->manifest_digest, root) || digest_eq(&image->index_digest, root))
			return root->algorithm != DIGEST_NONE;
	}
	return false;
}

static int
log_promotion(struct promoting *p, const struct digest *root, struct plim_error *err)
{
	const struct log_field fields[] = {
		LOG_FIELD_TEXT("digest", event_digest(p->arena, root)), LOG_FIELD_TEXT("from", p->source.remote.root.repository),
		LOG_FIELD_TEXT("repository", p->repository), LOG_FIELD_TEXT("tag", p->tag),
	};
	return event_record(p->options->log, "promotion", fields, sizeof fields / sizeof *fields, err);
}

static int
copy(struct promoting *p, struct run *run, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	struct closure_answer closure = { 0 };
	int r = trusting_open(run, p->options->source, &p->source, err);
	if (r < 0 || (r = trusting_ask(&p->source, SAY_CLOSURE, NULL, NULL, &wire_closure_answer, p->arena, &closure, err)) < 0)
		return r;
	const struct digest *root = &p->source.remote.root.digest;
	if (!was_judged(p, root))
		return error_set(err, PLIM_EDIGEST, "%s is what the reference names by now, and was not judged", digest_text(root, text));
	r = log_promotion(p, root, err);
	for (size_t i = 0; r == 0 && i < closure.n; i++)
		if (closure.items[i].is_manifest)
			r = copy_attached(p, &closure.items[i].digest, err);
	if (r < 0 || (r = copy_closure(p, &closure, p->tag, err)) < 0)
		return r;
	if (p->options->told)
		fprintf(p->options->told, "promoted     %.*s%s%.*s@%s: %zu blobs mounted, %zu copied or there already\n", SLICE_ARG(p->repository), p->tag.n ? ":" : "", SLICE_ARG(p->tag),
		        digest_text(root, text), p->mounted, p->others);
	return 0;
}

/* The destination. */

static int
take_destination(struct promoting *p, struct plim_error *err)
{
	struct slice text = slice_of(p->options->destination);
	struct reference reference;
	if (!slice_skip(&text, SLICE("docker://")))
		return error_set(err, PLIM_EUSAGE, "%s: an image is promoted to a registry: docker://REF", p->options->destination);
	int r = reference_parse(text, &reference, err);
	if (r == 0 && (reference.host.p == NULL || reference.digest.algorithm != DIGEST_NONE))
		r = error_set(err, PLIM_EUSAGE, "a destination needs its registry, and no digest");
	if (r < 0)
		return error_wrap(err, r, "%s", p->options->destination);
	p->repository = reference_repository(&reference, p->arena);
	p->tag = reference.tag.n ? reference.tag : SLICE("latest");
	return p->repository.p ? 0 : error_nomem(err);
}

static int
judge(struct promoting *p, struct run *run, struct plim_verdicts **out, struct plim_error *err)
{
	const char *as = arena_strz(p->arena, p->repository);
	const struct judging_choice choice = { .policy = p->options->policy, .database = p->options->database, .as = as };
	const struct checking checking = { .target = p->options->source, .choice = &choice, .order = { .target = slice_of(p->options->source) } };
	return as ? check_run(run, &checking, out, err) : error_nomem(err);
}

static int
promote(struct promoting *p, struct run *run, struct plim_verdicts **out, struct plim_error *err)
{
	int r = trusting_can(p->options->source, "promoted", err);
	if (r < 0 || (r = take_destination(p, err)) < 0 || (r = judge(p, run, out, err)) < 0)
		return r;
	p->verdicts = *out;
	if ((r = event_verdicts(p->options->log, *out, "promote", err)) < 0)
		return r;
	return verdicts_worst(*out) == RESULT_PASS ? copy(p, run, err) : 0;
}

/* An approval for the destination rests on its own judgement, of what is there by now. */
static int
attest_there(const struct plim_promote_options *options, struct plim_error *err)
{
	AUTO(verdicts) struct plim_verdicts *verdicts = NULL;
	const struct plim_attest_options attest = {
		.size = sizeof attest, .target = options->destination, .policy = options->policy, .database = options->database, .key = options->key,
		.companion = options->companion, .passphrase_file = options->passphrase_file, .run = options->run, .told = options->told, .log = options->log,
	};
	int r = plim_attest(&attest, &verdicts, err);
	if (r == 0 && verdicts_worst(verdicts) != RESULT_PASS)
		r = error_set(err, PLIM_EPOLICY, "%s: it passed where it came from, and does not pass here", options->destination);
	return r;
}

int
plim_promote(const struct plim_promote_options *options, struct plim_verdicts **out, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(verdicts) struct plim_verdicts *verdicts = NULL;
	struct promoting p = { .options = options, .arena = arena, .source = TRUSTING_NONE };
	int r = arena ? run_start(options->run, &run, err) : error_nomem(err);
	if (r == 0)
		r = promote(&p, run, &verdicts, err);
	trusting_done(&p.source);
	if (r == 0 && options->key && verdicts_worst(verdicts) == RESULT_PASS)
		r = attest_there(options, err);
	if (r < 0)
		return r;
	verdicts->run = ptr_take(&run);
	*out = ptr_take(&verdicts);
	return 0;
}

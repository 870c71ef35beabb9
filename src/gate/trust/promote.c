/* SPDX-License-Identifier: Apache-2.0 */
/* plim_promote: an image goes on to the next repository only where it passes that one's policy. */
#include "gate/check.h"
#include "gate/events.h"
#include "gate/trust/copying.h"

#include "base/date.h"
#include "base/error.h"
#include "gate/trust/keys.h"
#include "net/reference.h"

#include <plimsoll/trust.h>

#include <time.h>

struct promoting {
	const struct plim_promote_options *options;
	const struct plim_verdicts *verdicts;
	struct trusting source;
	struct arena *arena;
	struct slice repository, tag;       /* of the destination */
};

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

/* An approval for the destination rests on its own judgement, of what is there by now. */
static int
attest_there(const struct promoting *p, struct plim_error *err)
{
	AUTO(verdicts) struct plim_verdicts *verdicts = NULL;
	char text[DIGEST_TEXT_SIZE];
	const struct plim_promote_options *options = p->options;
	const char *const tags[] = { arena_strz(p->arena, p->tag), NULL };
	const struct plim_attest_options attest = {
		.size = sizeof attest, .policy = options->policy, .policy_key = options->policy_key, .database = options->database, .database_keys = options->database_keys, .key = options->key, .companion = options->companion,
		.passphrase_file = options->passphrase_file, .run = options->run, .told = options->told, .log = options->log, .tags = tags,
		.target = arena_strz(p->arena, arena_printf(p->arena, "docker://%.*s@%s", SLICE_ARG(p->repository), digest_text(&p->source.remote.root.digest, text))),
	};
	int r = tags[0] && attest.target ? plim_attest(&attest, &verdicts, err) : error_nomem(err);
	if (r == 0 && verdicts_worst(verdicts) != RESULT_PASS)
		r = error_set(err, PLIM_EPOLICY, "%s: it passed where it came from, and does not pass here", options->destination);
	return r;
}

static void
tell(const struct promoting *p, const struct copying *c)
{
	char text[DIGEST_TEXT_SIZE];
	if (p->options->told)
		fprintf(p->options->told, "promoted     %.*s%s%.*s@%s: %zu blobs mounted, %zu copied or there already\n", SLICE_ARG(p->repository), p->tag.n ? ":" : "",
		        SLICE_ARG(p->tag), digest_text(&p->source.remote.root.digest, text), c->mounted, c->others);
}

static int
copy_all(struct copying *c, const struct closure_answer *closure, struct plim_error *err)
{
	int r = copying_closure(c, closure, err);
	for (size_t i = 0; r == 0 && i < closure->n; i++)
		if (closure->items[i].is_manifest)
			r = copying_attached(c, &closure->items[i], err);
	return r < 0 ? r : copying_settle(c, err);
}

/* The tag comes last: half a copy has no name, nor one without the approval that was asked for. */
static int
copy_named(struct promoting *p, const struct closure_answer *closure, struct plim_error *err)
{
	AUTO(copying) struct copying copying = { .source = &p->source, .repository = p->repository, .arena = p->arena };
	int r = copy_all(&copying, closure, err);
	if (r == 0 && p->options->key)
		r = attest_there(p, err);
	if (r < 0 || (r = copying_tag(&copying, &closure->items[closure->n - 1], p->tag, err)) < 0)
		return r;
	tell(p, &copying);
	return 0;
}

static int
copy(struct promoting *p, struct run *run, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	struct closure_answer closure = { 0 };
	int r = trusting_open(run, p->options->source, &p->source, err);
	if (r < 0 || (r = trusting_closure(&p->source, p->arena, &closure, err)) < 0)
		return r;
	const struct digest *root = &p->source.remote.root.digest;
	if (!was_judged(p, root))
		return error_set(err, PLIM_EDIGEST, "%s is what the reference names by now, and was not judged", digest_text(root, text));
	r = log_promotion(p, root, err);
	return r < 0 ? r : copy_named(p, &closure, err);
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
	const struct judging_choice choice = { .policy = p->options->policy, .database = p->options->database, .as = as, .policy_key = p->options->policy_key, .database_keys = p->options->database_keys };
	const struct checking checking = { .target = p->options->source, .choice = &choice, .order = { .target = slice_of(p->options->source) } };
	return as ? check_run(run, &checking, out, err) : error_nomem(err);
}

/* What the key may approve, without the key: that is asked for when all is copied, and its passphrase with it, once. */
static int
load_companion(struct promoting *p, struct companion **out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf beside = { 0 };
	const char *path = p->options->companion;
	struct slice text;
	*out = NULL;
	if (path == NULL) {
		companion_path(slice_of(p->options->key), &beside);
		path = beside.p;
	}
	int r = beside.failed ? error_nomem(err) : trust_file_load(path, p->arena, &text, err);
	return r < 0 ? r : companion_parse(slice_of(path), text, p->arena, out, err);
}

/* What would be copied and then not be signed is not copied. */
static int
check_key(struct promoting *p, struct run *run, struct plim_error *err)
{
	const char *const policies[] = { p->options->policy ? p->options->policy : "standard", NULL };
	struct companion *may;
	struct digest *policy;
	size_t n;
	if (p->options->key == NULL)
		return 0;
	int r = load_companion(p, &may, err);
	if (r < 0 || (r = trust_policies_load(run, policies, p->arena, &policy, &n, err)) < 0)
		return r;
	if ((r = companion_allows_role(may, KEY_APPROVES, err)) < 0 || (r = companion_allows_day(may, date_day(time(NULL)), err)) < 0 ||
	    (r = companion_allows_repository(may, p->repository, err)) < 0)
		return r;
	return companion_allows_policy(may, policy, err);
}

static int
promote(struct promoting *p, struct run *run, struct plim_verdicts **out, struct plim_error *err)
{
	int r = trusting_can(p->options->source, "promoted", err);
	if (r < 0 || (r = take_destination(p, err)) < 0 || (r = check_key(p, run, err)) < 0 || (r = judge(p, run, out, err)) < 0)
		return r;
	p->verdicts = *out;
	if ((r = event_verdicts(p->options->log, *out, "promote", err)) < 0)
		return r;
	return verdicts_worst(*out) == RESULT_PASS ? copy(p, run, err) : 0;
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
	if (r < 0)
		return r;
	verdicts->run = ptr_take(&run);
	*out = ptr_take(&verdicts);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* plim_revoke: approvals are taken away, and what they approved is denied. */
#include "gate/events.h"
#include "gate/trust/attaching.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "gate/trust/keys.h"
#include "net/reference.h"
#include "store/atomic.h"
#include "trust/deny.h"
#include "trust/signer.h"

#include <plimsoll/trust.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

struct revoking {
	const struct plim_revoke_options *options;
	struct trusting trusting;
	struct arena *arena;
	struct trust_key_order *keys;
	size_t key_count;
	struct trust_certificate_order *certificates;
	size_t certificate_count;
	struct closure_answer closure;
	size_t removed;
};

static struct slice
repository_of(const struct revoking *r)
{
	return r->trusting.remote.root.repository;
}

static bool
is_still(struct revoking *revoking, const char *tag, const struct digest *old)
{
	struct fetched fetched = { .fd = -1 };
	int r = fetcher_tag(revoking->trusting.remote.fetcher, repository_of(revoking), slice_of(tag), revoking->arena, &fetched, NULL);
	auto_fetched(&fetched);
	return r == 0 && digest_eq(&fetched.digest, old);
}

static int
push_shorter(struct revoking *revoking, const char *tag, const struct remove_answer *answer, struct plim_error *err)
{
	struct fetcher *fetcher = revoking->trusting.remote.fetcher;
	int r = fetcher_push_bytes(fetcher, repository_of(revoking), answer->config, err);
	return r < 0 ? r : fetcher_push_manifest(fetcher, repository_of(revoking), slice_of(tag), SLICE(COSIGN_MANIFEST_MEDIA_TYPE), answer->manifest, NULL, err);
}

/* A registry that removes no tag takes a manifest without layers in its place.  Somebody who was faster has the next turn begin with what is there. */
static int
write_back(struct revoking *revoking, const char *tag, const struct remove_answer *answer, struct plim_error *err)
{
	struct plim_error ignored;
	if (!is_still(revoking, tag, &answer->old))
		return 0;
	if (answer->left == 0 && fetcher_delete(revoking->trusting.remote.fetcher, repository_of(revoking), slice_of(tag), NULL, &ignored) == 0)
		return 0;
	return push_shorter(revoking, tag, answer, err);
}

static void
tell_removed(struct revoking *revoking, size_t n, const char *where)
{
	revoking->removed += n;
	if (n && revoking->options->told)
		fprintf(revoking->options->told, "removed      %zu of %.*s: %s\n", n, SLICE_ARG(repository_of(revoking)), where);
}

/* As attaching.c: until nothing of these keys is there. */
#define TURN_MOST 8

static int
remove_kind(struct revoking *revoking, enum cosign_kind kind, const struct digest *subject, struct plim_error *err)
{
	char tag[COSIGN_TAG_SIZE];
	const struct remove_order order = { .subject = *subject, .kind = kind, .keys = revoking->keys, .key_count = revoking->key_count,
	                                    .certificates = revoking->certificates, .certificate_count = revoking->certificate_count };
	size_t first = 0;
	int r = 0;
	cosign_tag(kind, subject, tag);
	for (size_t i = 0; r == 0; i++) {
		struct remove_answer answer = { 0 };
		r = trusting_ask(&revoking->trusting, SAY_REMOVE, &wire_remove_order, &order, &wire_remove_answer, revoking->arena, &answer, err);
		first = i == 0 ? answer.removed : first;
		if (r == 0 && answer.removed == 0)
			break;
		if (r == 0 && i == TURN_MOST)
			r = error_set(err, PLIM_EREMOTE, "somebody else writes there again and again; what was removed came back");
		if (r == 0)
			r = write_back(revoking, tag, &answer, err);
	}
	if (r == 0)
		tell_removed(revoking, first, tag);
	return r < 0 ? error_wrap(err, r, "%s", tag) : 0;
}

/* The list that others go by first, then what it listed. */
static int
drop_referrers(struct revoking *revoking, const char *tag, const struct remove_answer *answer, struct plim_error *err)
{
	struct fetcher *fetcher = revoking->trusting.remote.fetcher;
	int r = 0;
	if (answer->manifest.p)
		r = fetcher_push_manifest(fetcher, repository_of(revoking), slice_of(tag), SLICE("application/vnd.oci.image.index.v1+json"), answer->manifest, NULL, err);
	for (size_t i = 0; r == 0 && i < answer->gone_count; i++)
		r = fetcher_delete(fetcher, repository_of(revoking), SLICE_NONE, &answer->gone[i], err);
	/* What no list leads to is found by nobody. */
	return r == PLIM_EUNSUPPORTED && answer->manifest.p ? 0 : r;
}

static int
remove_referrers(struct revoking *revoking, const struct digest *subject, struct plim_error *err)
{
	char tag[REFERRER_TAG_SIZE];
	const struct remove_order order = { .subject = *subject, .referrers = true, .keys = revoking->keys, .key_count = revoking->key_count,
	                                    .certificates = revoking->certificates, .certificate_count = revoking->certificate_count };
	struct remove_answer answer = { 0 };
	int r = trusting_ask(&revoking->trusting, SAY_REMOVE, &wire_remove_order, &order, &wire_remove_answer, revoking->arena, &answer, err);
	referrer_tag(subject, tag);
	if (r == 0)
		r = drop_referrers(revoking, tag, &answer, err);
	if (r < 0)
		return error_wrap(err, r, "referrers of %s", tag);
	tell_removed(revoking, answer.removed, "referrers");
	return 0;
}

/* What cannot be removed hinders nothing else: the first that failed is told in the end. */
static int
remove_of(struct revoking *revoking, const struct digest *subject, struct plim_error *err)
{
	struct plim_error why[3] = { 0 };
	const int results[] = {
		remove_kind(revoking, COSIGN_SIGNATURES, subject, &why[0]),
		remove_kind(revoking, COSIGN_ATTESTATIONS, subject, &why[1]),
		remove_referrers(revoking, subject, &why[2]),
	};
	for (size_t i = 0; i < 3; i++)
		if (results[i] < 0) {
			*err = why[i];
			return results[i];
		}
	return 0;
}

/* The index first: whoever asks for it is refused while its platforms are still at hand. */
static int
remove_all(struct revoking *revoking, struct plim_error *err)
{
	int r = 0;
	for (size_t i = revoking->closure.n; i-- > 0;) {
		struct plim_error why = { 0 };
		int code = revoking->closure.items[i].is_manifest ? remove_of(revoking, &revoking->closure.items[i].digest, &why) : 0;
		if (code < 0 && r == 0) {
			*err = why;
			r = code;
		}
	}
	if (r == 0 && revoking->removed == 0 && revoking->options->told)
		fprintf(revoking->options->told, "removed      nothing: no signature of what was named was there\n");
	return r;
}

/* The list, which is ours: signed by the key that now signs it again. */
static int
read_list(const struct revoking *revoking, const struct signer *signer, struct deny_list **out, struct plim_error *err)
{
	struct slice text;
	const struct trusted_key key = { .key = signer_key(signer), .name = SLICE("the deny key"), .role = KEY_DENIES, .from = DATE_NONE, .until = DATE_NONE };
	*out = NULL;
	int r = trust_file_load(revoking->options->denied, revoking->arena, &text, err);
	if (r == PLIM_ENOTFOUND)
		return 0;
	return r < 0 ? r : deny_open(text, &key, 1, time(NULL), revoking->arena, out, err);
}

static int
append_all(const struct revoking *revoking, struct deny_list **list, struct plim_error *err)
{
	int r = 0;
	int64_t now = time(NULL);
	for (size_t i = revoking->closure.n; r == 0 && i-- > 0;) {
		const struct closure_item *item = &revoking->closure.items[i];
		struct deny_entry entry = { item->digest, SLICE("*"), slice_of(revoking->options->reason ? revoking->options->reason : ""), date_day(now) };
		if (item->is_manifest)
			r = deny_append(*list, &entry, now, revoking->arena, list, err);
	}
	return r;
}

/* Two that revoke at once would each write the list that it has read: a file beside it is locked from the one to the other. */
static int
lock_list(const char *path, int *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	strbuf_printf(&name, "%s.lock", path);
	AUTO(fd) int fd = name.failed ? -1 : open(name.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_sys(err, errno, "%s.lock", path);
	for (uint64_t waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += 20) {
		if (errno != EWOULDBLOCK || waited > LIMIT_LOG_WAIT_MS)
			return error_set(err, PLIM_ELIMIT, "%s.lock: somebody else holds it", path);
		usleep(20000);
	}
	*out = fd_take(&fd);
	return 0;
}

static int
write_denied(const struct revoking *revoking, struct plim_error *err)
{
	const struct plim_revoke_options *options = revoking->options;
	const struct signer_options key = { .key = options->deny_key, .companion = options->companion, .passphrase_file = options->passphrase_file };
	AUTO(signer) struct signer *signer = NULL;
	AUTO(strbuf) struct strbuf envelope = { 0 };
	struct deny_list *list;
	AUTO(fd) int lock = -1;
	int r = signer_open(&key, &signer, err);
	if (r < 0 || (r = lock_list(options->denied, &lock, err)) < 0 || (r = read_list(revoking, signer, &list, err)) < 0 || (r = append_all(revoking, &list, err)) < 0 ||
	    (r = signer_deny(signer, list, &envelope, err)) < 0 || (r = atomic_write(options->denied, 0644, strbuf_slice(&envelope), err)) < 0)
		return r;
	if (options->told)
		fprintf(options->told, "denied       in %s, serial %ju\n", options->denied, (uintmax_t)list->serial);
	return 0;
}

static int
log_revocation(const struct revoking *revoking, struct plim_error *err)
{
	const struct plim_revoke_options *options = revoking->options;
	const struct log_field fields[] = {
		LOG_FIELD_TEXT("digest", event_digest(revoking->arena, &revoking->trusting.remote.root.digest)),
		LOG_FIELD_TEXT("reason", options->reason ? slice_of(options->reason) : SLICE_NONE), LOG_FIELD_TEXT("repository", repository_of(revoking)),
	};
	return event_record(options->log, "revocation", fields, sizeof fields / sizeof *fields, err);
}

static int
revoke_target(struct revoking *revoking, struct run *run, struct plim_error *err)
{
	const struct plim_revoke_options *options = revoking->options;
	int r = trusting_can(options->target, "revoked", err);
	if (r < 0 || (r = trusting_open(run, options->target, &revoking->trusting, err)) < 0 || (r = trust_keys_load(options->keys, revoking->arena, &revoking->keys, &revoking->key_count, err)) < 0 ||
	    (r = trust_certificates_load(options->certificates, revoking->arena, &revoking->certificates, &revoking->certificate_count, err)) < 0 ||
	    (r = trusting_closure(&revoking->trusting, revoking->arena, &revoking->closure, err)) < 0)
		return r;
	if ((r = log_revocation(revoking, err)) < 0)
		return r;
	/* Denied before anything is taken away: a list works where an old signature was copied elsewhere, and while the registry refuses. */
	if (options->denied && (r = write_denied(revoking, err)) < 0)
		return error_wrap(err, r, "deny list");
	return revoking->key_count + revoking->certificate_count ? remove_all(revoking, err) : 0;
}

int
plim_revoke(const struct plim_revoke_options *options, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(arena) struct arena *arena = arena_new(0);
	struct revoking revoking = { .options = options, .arena = arena, .trusting = TRUSTING_NONE };
	int r = arena ? run_start(options->run, &run, err) : error_nomem(err);
	if (r == 0)
		r = revoke_target(&revoking, run, err);
	trusting_done(&revoking.trusting);
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Starts plimsoll-fetch, asks it, and holds what it says against what was asked for. */
#include "net/fetcher.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "net/order.h"
#include "net/reference.h"
#include "process/channel.h"
#include "process/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

struct fetcher {
	pid_t pid;
	int channel;
	uint32_t streams;          /* numbers given out */
	bool dead;
	char cause[128];           /* why, once that was asked */
};

/* How it ended, once: who is still there did not keep to what was agreed, and is ended. */
static int
died(struct fetcher *fetcher, struct plim_error *err)
{
	int status = 0;
	if (!fetcher->dead) {
		struct timespec moment = { .tv_nsec = 1000000 };
		pid_t got = 0;
		fetcher->dead = true;
		for (int i = 0; i < 1000 && (got = waitpid(fetcher->pid, &status, WNOHANG)) == 0; i++)
			nanosleep(&moment, NULL);
		if (got == 0) {
			kill(fetcher->pid, SIGKILL);
			waitpid(fetcher->pid, &status, 0);
			snprintf(fetcher->cause, sizeof fetcher->cause, "did not answer");
		} else if (WIFSIGNALED(status))
			snprintf(fetcher->cause, sizeof fetcher->cause, "died of signal %d", WTERMSIG(status));
		else
			snprintf(fetcher->cause, sizeof fetcher->cause, "ended with status %d", WEXITSTATUS(status));
	}
	return error_set(err, PLIM_EPROCESS, "plimsoll-fetch %s", fetcher->cause);
}

static int
lied(const char *how, struct plim_error *err)
{
	return error_set(err, PLIM_EPROCESS, "plimsoll-fetch %s", how);
}

/* Texts of `out` are borrowed from `message`. */
static int
hear(struct fetcher *fetcher, struct message *message, struct answer *out, struct arena *arena, struct plim_error *err)
{
	if (channel_receive(fetcher->channel, message, NULL) < 0)
		return died(fetcher, err);
	struct cursor from = cursor_of(message->body);
	if (message->kind != ANSWER || wire_read(&answer_wire, &from, arena, out, NULL) < 0 || cursor_left(&from) > 0)
		return lied("answered what it may not", err);
	if (out->code == 0)
		return 0;
	if (out->code > (uint32_t)-PLIM_EREMOTE)
		return lied("answered an error that there is not", err);
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, out->why);
	return error_set(err, (enum plim_code)-(int)out->code, "%s", shown.p ? shown.p : "");
}

/* One question, one answer. */
static int
ask(struct fetcher *fetcher, uint32_t kind, struct slice body, int lent, struct message *message, struct answer *out, struct arena *arena,
    struct plim_error *err)
{
	*out = (struct answer){ 0 };
	if (fetcher->dead || channel_send_with(fetcher->channel, kind, body, &lent, lent >= 0, NULL) < 0)
		return died(fetcher, err);
	return hear(fetcher, message, out, arena, err);
}

static int
order(struct fetcher *fetcher, enum order_kind kind, const struct order *order, int lent, struct message *message, struct answer *out,
      struct arena *arena, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	wire_write(&order_wire, order, &body);
	return body.failed ? error_nomem(err) : ask(fetcher, kind, strbuf_slice(&body), lent, message, out, arena, err);
}

/* An order whose answer is yes or no. */
static int
order_plain(struct fetcher *fetcher, enum order_kind kind, const struct order *what, int lent, bool *yes, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct answer answer;
	if (arena == NULL)
		return error_nomem(err);
	int r = order(fetcher, kind, what, lent, &message, &answer, arena, err);
	if (r == 0 && yes)
		*yes = answer.yes;
	return r;
}

static int
configure(struct fetcher *fetcher, const struct fetcher_options *options, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf limits = { 0 }, body = { 0 };
	struct answer answer;
	size_t n = 0;
	while (options->plain_http && options->plain_http[n])
		n++;
	struct slice *hosts = arena ? arena_make_array(arena, n + 1, struct slice) : NULL;
	if (hosts == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		hosts[i] = slice_of(options->plain_http[i]);
	limits_chosen(&limits);
	struct configuration said = {
		.auth_file = slice_of(options->auth_file), .certificates = slice_of(options->certificates), .registries_conf = slice_of(options->registries_conf),
		.limits = strbuf_slice(&limits), .plain_http = hosts, .plain_http_count = n, .anonymous = options->anonymous,
		.engine = slice_of(options->engine),
	};
	wire_write(&configuration_wire, &said, &body);
	if (limits.failed || body.failed)
		return error_nomem(err);
	return ask(fetcher, ORDER_CONFIGURE, strbuf_slice(&body), -1, &message, &answer, arena, err);
}

int
fetcher_start(const struct fetcher_options *options, struct fetcher **out, struct plim_error *err)
{
	static const struct fetcher_options none;
	static const struct helper_program program = { .name = "plimsoll-fetch", .purpose = "speaks to registries" };
	struct fetcher *fetcher = calloc(1, sizeof *fetcher);
	if (fetcher == NULL)
		return error_nomem(err);
	fetcher->channel = -1;
	fetcher->dead = true;
	int r = helper_run(&program, &fetcher->channel, &fetcher->pid, err);
	fetcher->dead = r < 0;
	if (r == 0)
		channel_patience(fetcher->channel, LIMIT_FETCH_ANSWER_S);
	if (r == 0)
		r = configure(fetcher, options ? options : &none, err);
	if (r < 0) {
		fetcher_stop(fetcher);
		return r;
	}
	*out = fetcher;
	return 0;
}

/* Its channel closed, it ends at once. */
void
fetcher_stop(struct fetcher *fetcher)
{
	if (fetcher == NULL)
		return;
	if (fetcher->channel >= 0)
		close(fetcher->channel);
	if (!fetcher->dead)
		died(fetcher, NULL);
	free(fetcher);
}

/* documents */

/* The digest is taken here of bytes that can no longer change, whatever the program says of them. */
static int
document_check(int fd, const struct digest *wanted, struct fetched *out, struct plim_error *err)
{
	char want_text[DIGEST_TEXT_SIZE], have_text[DIGEST_TEXT_SIZE];
	AUTO(map_file) struct slice bytes = { 0 };
	int r = memory_map(fd, &bytes, err);
	if (r < 0)
		return r;
	if (bytes.n > LIMIT_DOCUMENT_BYTES)
		return error_set(err, PLIM_ELIMIT, "a document of %zu bytes, limit DOCUMENT_BYTES", bytes.n);
	out->size = bytes.n;
	out->digest = digest_of(bytes);
	struct digest have = out->digest;
	if (wanted->algorithm == DIGEST_SHA512) {
		AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA512);
		if (hasher == NULL)
			return error_nomem(err);
		hasher_add(hasher, bytes);
		have = hasher_end(hasher);
	}
	if (wanted->algorithm != DIGEST_NONE && !digest_eq(wanted, &have))
		return error_set(err, PLIM_EDIGEST, "a document is %s, not %s", digest_text(&have, have_text), digest_text(wanted, want_text));
	return 0;
}

static int
document_take(struct message *message, const struct answer *answer, const struct digest *wanted, struct arena *arena, struct fetched *out,
              struct plim_error *err)
{
	struct fetched found = { .fd = -1 };
	if (message->fd[0] < 0)
		return lied("answered without a document", err);
	int r = document_check(message->fd[0], wanted, &found, err);
	if (r < 0)
		return r == PLIM_EFORMAT ? lied("answered a document that can change", err) : r;
	found.media_type = arena_dup(arena, answer->media_type);
	found.repository = arena_dup(arena, answer->repository);
	found.tag = arena_dup(arena, answer->tag);
	if ((answer->media_type.p && !found.media_type.p) || (answer->repository.p && !found.repository.p) || (answer->tag.p && !found.tag.p))
		return error_nomem(err);
	found.fd = fd_take(&message->fd[0]);
	*out = found;
	return 0;
}

static int
order_document(struct fetcher *fetcher, enum order_kind kind, const struct order *what, const struct digest *wanted, struct arena *arena,
               struct fetched *out, bool *yes, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct answer answer;
	int r = order(fetcher, kind, what, -1, &message, &answer, arena, err);
	if (r == 0)
		r = document_take(&message, &answer, wanted, arena, out, err);
	if (r == 0 && yes)
		*yes = answer.yes;
	return r;
}

static const struct digest any;

static bool
is_repository(struct slice text)
{
	struct reference told;
	return reference_parse(text, &told, NULL) == 0 && told.host.p && !told.tag.p && told.digest.algorithm == DIGEST_NONE;
}

/* Whatever place it was from, its name is the one that was asked for; only what a short name means the program says. */
static int
name_check(const struct reference *asked, const struct fetched *told, struct arena *arena, struct plim_error *err)
{
	bool by_digest = asked->digest.algorithm != DIGEST_NONE;
	struct slice tag = by_digest ? SLICE_NONE : asked->tag.p ? asked->tag : SLICE("latest");
	struct slice wanted = asked->host.p ? reference_repository(asked, arena) : told->repository;
	if (asked->host.p && wanted.p == NULL)
		return error_nomem(err);
	if (!slice_eq(told->repository, wanted) || !is_repository(told->repository))
		return lied("answered of another repository than was asked for", err);
	return slice_eq(told->tag, tag) ? 0 : lied("answered of another tag than was asked for", err);
}

int
fetcher_resolve(struct fetcher *fetcher, struct slice text, struct arena *arena, struct fetched *out, struct plim_error *err)
{
	AUTO(fetched) struct fetched found = { .fd = -1 };
	struct reference reference;
	struct order what = { .name = text };
	int r = reference_parse(text, &reference, err);
	if (r == 0)
		r = order_document(fetcher, ORDER_RESOLVE, &what, &reference.digest, arena, &found, NULL, err);
	if (r == 0)
		r = name_check(&reference, &found, arena, err);
	if (r < 0)
		return r;
	*out = found;
	found.fd = -1;
	return 0;
}

int
fetcher_document(struct fetcher *fetcher, struct slice repository, enum fetched_kind kind, const struct digest *digest, struct arena *arena,
                 struct fetched *out, struct plim_error *err)
{
	struct order what = { .name = repository, .digest = *digest, .blob = kind == FETCHED_BLOB };
	return order_document(fetcher, ORDER_DOCUMENT, &what, digest, arena, out, NULL, err);
}

int
fetcher_referrers(struct fetcher *fetcher, struct slice repository, const struct digest *digest, struct slice artifact_type, struct arena *arena,
                  struct fetched *out, bool *api, struct plim_error *err)
{
	struct order what = { .name = repository, .digest = *digest, .media_type = artifact_type };
	return order_document(fetcher, ORDER_REFERRERS, &what, &any, arena, out, api, err);
}

int
fetcher_tag(struct fetcher *fetcher, struct slice repository, struct slice tag, struct arena *arena, struct fetched *out, struct plim_error *err)
{
	struct order what = { .name = repository, .tag = tag };
	return order_document(fetcher, ORDER_DOCUMENT, &what, &any, arena, out, NULL, err);
}

int
fetcher_address(struct fetcher *fetcher, struct slice address, struct arena *arena, struct fetched *out, struct plim_error *err)
{
	struct order what = { .name = address };
	return order_document(fetcher, ORDER_ADDRESS, &what, &any, arena, out, NULL, err);
}

/* files */

static int
order_file(struct fetcher *fetcher, const struct file_wanted *wanted, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	const int lent[2] = { wanted->into, wanted->beside };
	struct file_order what = { .address = wanted->address, .etag = wanted->etag, .modified = wanted->modified, .mark = wanted->mark,
		                 .had = wanted->had, .most = wanted->most };
	wire_write(&file_order_wire, &what, &body);
	if (body.failed)
		return error_nomem(err);
	if (fetcher->dead || channel_send_with(fetcher->channel, ORDER_FILE, strbuf_slice(&body), lent, 2, NULL) < 0)
		return died(fetcher, err);
	return 0;
}

static void
wait_for_answer(const struct fetcher *fetcher, const struct file_wanted *wanted)
{
	struct pollfd answer = { fetcher->channel, POLLIN, 0 };
	while (wanted->waiting && poll(&answer, 1, 100) == 0)
		wanted->waiting(wanted->context);
}

int
fetcher_file(struct fetcher *fetcher, const struct file_wanted *wanted, struct arena *arena, struct file_got *out, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct answer answer = { 0 };
	int r = order_file(fetcher, wanted, err);
	if (r < 0)
		return r;
	wait_for_answer(fetcher, wanted);
	if ((r = hear(fetcher, &message, &answer, arena, err)) < 0)
		return r;
	struct file_got got = { .changed = answer.yes, .modified_at = answer.modified_at };
	if (!got.changed && !wanted->etag.p && !wanted->modified.p)
		return lied("says that nothing has not changed", err);
	got.etag = arena_dup(arena, answer.etag);
	got.modified = arena_dup(arena, answer.modified);
	if ((answer.etag.p && !got.etag.p) || (answer.modified.p && !got.modified.p))
		return error_nomem(err);
	*out = got;
	return 0;
}

/* streams */

/* `what` gets the stream's number. */
static int
order_stream(struct fetcher *fetcher, enum order_kind kind, struct order *what, int *out, uint32_t *number, struct plim_error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_sys(err, errno, "a pipe");
	AUTO(fd) int reading = ends[0];
	AUTO(fd) int writing = ends[1];
	what->number = fetcher->streams + 1;
	int r = order_plain(fetcher, kind, what, writing, NULL, err);
	if (r < 0)
		return r;
	*number = ++fetcher->streams;
	*out = fd_take(&reading);
	return 0;
}

int
fetcher_stream(struct fetcher *fetcher, struct slice repository, const struct digest *digest, uint64_t size, int *out, uint32_t *number,
               struct plim_error *err)
{
	struct order what = { .name = repository, .digest = *digest, .size = size };
	return order_stream(fetcher, ORDER_STREAM, &what, out, number, err);
}

int
fetcher_why(struct fetcher *fetcher, uint32_t number, struct plim_error *err)
{
	struct order what = { .number = number };
	return order_plain(fetcher, ORDER_WHY, &what, -1, NULL, err);
}

/* engines */

int
fetcher_engine_find(struct fetcher *fetcher, struct slice name, struct arena *arena, struct slice *id, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct order what = { .name = name };
	struct answer answer;
	struct digest digest;
	int r = order(fetcher, ORDER_ENGINE_FIND, &what, -1, &message, &answer, arena, err);
	if (r < 0)
		return r;
	if (!digest_parse(answer.id, &digest))
		return lied("answered an id that is none", err);
	*id = arena_dup(arena, answer.id);
	return id->p ? 0 : error_nomem(err);
}

int
fetcher_engine_stream(struct fetcher *fetcher, struct slice id, int *out, uint32_t *number, struct plim_error *err)
{
	struct order what = { .name = id };
	return order_stream(fetcher, ORDER_ENGINE_STREAM, &what, out, number, err);
}

/* writing */

int
fetcher_push_blob(struct fetcher *fetcher, struct slice repository, const struct digest *digest, uint64_t size, int from, struct plim_error *err)
{
	struct order what = { .name = repository, .digest = *digest, .size = size };
	return order_plain(fetcher, ORDER_PUSH_BLOB, &what, from, NULL, err);
}

int
fetcher_push_bytes(struct fetcher *fetcher, struct slice repository, struct slice bytes, struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	const struct digest digest = digest_of(bytes);
	int r = memory_file(bytes, &fd, err);
	return r < 0 ? r : fetcher_push_blob(fetcher, repository, &digest, bytes.n, fd, err);
}

int
fetcher_mount_blob(struct fetcher *fetcher, struct slice repository, const struct digest *digest, struct slice from_repository, bool *mounted,
                   struct plim_error *err)
{
	struct order what = { .name = repository, .digest = *digest, .from = from_repository };
	return order_plain(fetcher, ORDER_MOUNT, &what, -1, mounted, err);
}

int
fetcher_push_manifest(struct fetcher *fetcher, struct slice repository, struct slice tag, struct slice media_type, struct slice bytes,
                      bool *subject_known, struct plim_error *err)
{
	struct order what = { .name = repository, .tag = tag, .media_type = media_type, .bytes = bytes, .digest = digest_of(bytes) };
	return order_plain(fetcher, ORDER_PUSH_MANIFEST, &what, -1, subject_known, err);
}

int
fetcher_delete(struct fetcher *fetcher, struct slice repository, struct slice tag, const struct digest *digest, struct plim_error *err)
{
	struct order what = { .name = repository, .tag = tag, .digest = digest ? *digest : any };
	return order_plain(fetcher, ORDER_DELETE, &what, -1, NULL, err);
}

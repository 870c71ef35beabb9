/* SPDX-License-Identifier: Apache-2.0 */
/* plim_database_sign, _export, _delta and _import. */
#include "gate/data/bundle.h"

#include "advisory/delta.h"
#include "advisory/store.h"
#include "advisory/trailer.h"
#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/output.h"
#include "codec/pack.h"
#include "gate/job/bundle.h"
#include "store/atomic.h"
#include "trust/dsse.h"
#include "trust/signer.h"

#include <plimsoll/database.h>

#include <time.h>

/* As often as others put another database there while one is taken. */
#define TAKES_MOST 5

int
bundle_place(const char *path, char **out, struct plim_error *err)
{
	char *standard = path ? strdup(path) : database_default_path();
	if (standard == NULL)
		return path ? error_nomem(err) : error_set(err, PLIM_EUSAGE, "neither XDG_CACHE_HOME nor HOME is set: --db says where the database is");
	*out = standard;
	return 0;
}

/* Every block verified: what is signed, packed or left out of a delta is what was built. */
static int
open_whole(const char *path, struct database **out, struct plim_error *err)
{
	int r = database_open(path, out, err);
	return r < 0 ? r : store_verify(*out, err);
}

/* The same, and its file. */
static int
open_present(const char *path, int *fd, struct database **out, struct plim_error *err)
{
	int r = file_open(path, fd, err);
	if (r < 0)
		return error_wrap(err, r, "advisory database");
	r = database_open_fd(*fd, path, out, err);
	return r < 0 ? r : store_verify(*out, err);
}

static void
put_line(struct strbuf *text, const char *file, size_t size, const struct database *db)
{
	const struct digest digest = database_digest(db);
	char hold[DIGEST_TEXT_SIZE];
	strbuf_printf(text, "%s: %zu bytes, %s\n", file, size, digest_text(&digest, hold));
}

/* signing */

static int
claim_of(const struct database *db, struct arena *arena, struct data_claim *out, struct plim_error *err)
{
	size_t n;
	const struct data_feed *feeds = database_feeds(db, &n);
	struct data_claim_feed *claimed = arena_make_array(arena, n, struct data_claim_feed);
	if (claimed == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		claimed[i] = (struct data_claim_feed){ feeds[i].name, feeds[i].digest, feeds[i].snapshot };
	int64_t now = time(NULL);
	*out = (struct data_claim){ database_digest(db), now, (uint64_t)now, claimed, n };
	return 0;
}

/* What others signed of this very database stays; what cannot be read, or is of another one, would stand in everybody's way. */
static int
keep_others(const struct database *db, const struct key *key, struct arena *arena, struct strbuf *into, struct plim_error *err)
{
	const struct digest root = database_digest(db);
	struct slice left = database_signatures(db);
	struct data_signature found;
	bool there;
	int r;
	while ((r = data_signature_next(&left, arena, &found, &there, err)) == PLIM_EFORMAT || (r == 0 && there))
		if (r == 0 && digest_eq(&found.claim.root, &root) && !dsse_verify(found.envelope, key)) {
			strbuf_put(into, found.text);
			strbuf_putc(into, '\n');
		}
	return r;
}

/* What another process put there meanwhile is newer than what was signed: that stays. */
static int
write_signed(const char *path, int old, const struct database *db, struct slice signatures, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct slice checked;
	bool done;
	strbuf_put(&bytes, database_bytes(db));
	size_t before = bytes.n;
	trailer_write(signatures, &bytes);
	if (bytes.failed)
		return error_nomem(err);
	int r = trailer_parse(slice_from(strbuf_slice(&bytes), before), &checked, err);
	if (r < 0 || (r = atomic_replace(path, old, 0644, strbuf_slice(&bytes), &done, err)) < 0)
		return r;
	return done ? 0 : error_set(err, PLIM_ESYSTEM, "%s: another database came in its place while it was signed, and is not signed", path);
}

static int
sign(const char *path, int old, const struct database *db, struct signer *signer, struct strbuf *told, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf signatures = { 0 };
	struct data_claim claim;
	char when[DATE_TEXT_SIZE], id[DIGEST_TEXT_SIZE];
	int r = arena ? claim_of(db, arena, &claim, err) : error_nomem(err);
	if (r < 0 || (r = keep_others(db, signer_key(signer), arena, &signatures, err)) < 0 || (r = signer_data(signer, &claim, &signatures, err)) < 0)
		return r;
	strbuf_putc(&signatures, '\n');
	r = signatures.failed ? error_nomem(err) : write_signed(path, old, db, strbuf_slice(&signatures), err);
	if (r < 0)
		return r;
	const struct digest key = key_id(signer_key(signer));
	strbuf_printf(told, "%s: signed with key %s, %s, serial %ju\n", path, digest_text(&key, id), date_text(claim.time, when), (uintmax_t)claim.serial);
	return 0;
}

int
plim_database_sign(const char *path, const struct plim_database_signing *how, FILE *into, struct plim_error *err)
{
	const struct signer_options key = { .key = how->key, .companion = how->companion, .passphrase_file = how->passphrase_file };
	AUTO(database) struct database *db = NULL;
	AUTO(signer) struct signer *signer = NULL;
	AUTO(strbuf) struct strbuf told = { 0 };
	AUTO(free) char *where = NULL;
	AUTO(fd) int fd = -1;
	int r = bundle_place(path, &where, err);
	if (r < 0 || (r = open_present(where, &fd, &db, err)) < 0 || (r = signer_open(&key, &signer, err)) < 0 || (r = sign(where, fd, db, signer, &told, err)) < 0)
		return r;
	return output_text(&told, into, err);
}

/* packing */

int
bundle_pack(const struct database *db, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf whole = { 0 };
	strbuf_put(&whole, database_bytes(db));
	trailer_write(database_signatures(db), &whole);
	return whole.failed ? error_nomem(err) : pack_beside(strbuf_slice(&whole), SLICE_NONE, into, err);
}

int
plim_database_export(const char *path, const char *file, FILE *into, struct plim_error *err)
{
	AUTO(database) struct database *db = NULL;
	AUTO(strbuf) struct strbuf packed = { 0 }, told = { 0 };
	AUTO(free) char *where = NULL;
	int r = bundle_place(path, &where, err);
	if (r < 0 || (r = open_whole(where, &db, err)) < 0 || (r = bundle_pack(db, &packed, err)) < 0 || (r = atomic_write(file, 0644, strbuf_slice(&packed), err)) < 0)
		return r;
	put_line(&told, file, packed.n, db);
	return output_text(&told, into, err);
}

int
plim_database_delta(const char *from, const char *to, const char *file, FILE *into, struct plim_error *err)
{
	AUTO(database) struct database *old = NULL, *new = NULL;
	AUTO(strbuf) struct strbuf delta = { 0 }, told = { 0 };
	int r = open_whole(from, &old, err);
	if (r < 0 || (r = open_whole(to, &new, err)) < 0 || (r = delta_write(old, new, &delta, err)) < 0 || (r = atomic_write(file, 0644, strbuf_slice(&delta), err)) < 0)
		return r;
	put_line(&told, file, delta.n, new);
	return output_text(&told, into, err);
}

/* taking */

static int
ask(struct run *run, const struct bundle_source *source, int installed, struct message *out, struct bundle_answer *answer, struct arena *arena,
    struct plim_error *err)
{
	AUTO(process) struct process worker = { .channel = -1 };
	AUTO(strbuf) struct strbuf body = { 0 };
	const struct bundle_order order = { source->keys, source->allow_older, source->as_it_is };
	const int fds[] = { source->fd, installed };
	wire_write(&wire_bundle_order, &order, &body);
	int r = body.failed ? error_nomem(err) : zygote_spawn(run->zygote, JOB_BUNDLE, &worker, err);
	if (r == 0)
		r = channel_send_with(worker.channel, SAY_START, strbuf_slice(&body), fds, installed < 0 ? 1 : 2, err);
	if (r < 0 || (r = run_expect(run, &worker, SAY_DATABASE, out, err)) < 0)
		return r;
	struct cursor from = cursor_of(out->body);
	return wire_read(&wire_bundle_answer, &from, arena, answer, err);
}

static void
put_answer(const struct bundle_source *source, const struct bundle_answer *answer, struct strbuf *told)
{
	strbuf_puts(told, answer->same ? "is there already" : "taken");
	strbuf_printf(told, "  %s: ", source->name);
	strbuf_put_printable(told, answer->kind);
	if (answer->signer.p) {
		strbuf_puts(told, ", signed by ");
		strbuf_put_printable(told, answer->signer);
	}
	if (answer->serial)
		strbuf_printf(told, ", serial %ju%s", (uintmax_t)answer->serial, answer->signer.p ? "" : "; its signature was not checked (--db-key)");
	strbuf_putc(told, '\n');
	for (size_t i = 0; i < answer->gone_count; i++) {
		strbuf_puts(told, "gone    ");
		strbuf_put_printable(told, answer->gone[i]);
		strbuf_puts(told, ": the one before had this feed\n");
	}
	if (answer->trouble.p) {
		strbuf_puts(told, "the one before could not be read: ");
		strbuf_put_printable(told, answer->trouble);
		strbuf_putc(told, '\n');
	}
}

/* What the worker made of foreign bytes is as foreign: it is opened and verified once more, which costs little. */
static int
replace(const struct message *message, const struct bundle_answer *answer, const char *path, int installed, struct strbuf *told, bool *done,
        struct plim_error *err)
{
	AUTO(map_file) struct slice bytes = SLICE_NONE;
	AUTO(database) struct database *db = NULL;
	int r = memory_map(message->fd[0], &bytes, err);
	if (r < 0 || (r = database_open_fd(message->fd[0], "the database as taken", &db, err)) < 0 || (r = store_verify(db, err)) < 0)
		return r;
	if ((*done = answer->same))
		return 0;
	r = atomic_replace(path, installed, 0644, bytes, done, err);
	if (*done)
		put_line(told, path, bytes.n, db);
	return r;
}

/* Absent is none; what is there and cannot be opened may be newer, for all that is known. */
static int
open_installed(const char *path, int *out, struct plim_error *err)
{
	struct plim_error why = { 0 };
	int r = file_open(path, out, &why);
	return r == 0 || r == PLIM_ENOTFOUND ? 0 : error_set(err, (enum plim_code)r, "%s", why.text);
}

/* `*done` is false where another one was put there meanwhile, which nobody held this one against. */
static int
take(struct run *run, const struct bundle_source *source, const char *path, struct strbuf *told, bool *done, struct plim_error *err)
{
	AUTO(message) struct message unpacked = { .fd = { -1, -1 } }, message = { .fd = { -1, -1 } };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct bundle_answer first = { .kind = SLICE_NONE }, answer = { .kind = SLICE_NONE };
	struct bundle_source plain = *source;
	AUTO(fd) int installed = -1;
	int r = arena ? open_installed(path, &installed, err) : error_nomem(err);
	if (r < 0)
		return r;
	if ((r = ask(run, source, installed, &unpacked, &first, arena, err)) < 0)
		return error_wrap(err, r, "%s", source->name);
	/* Who decompressed it does not say whose it is: one that does nothing else says that. */
	plain.fd = unpacked.fd[0];
	plain.as_it_is = true;
	if ((r = ask(run, &plain, installed, &message, &answer, arena, err)) < 0)
		return error_wrap(err, r, "%s", source->name);
	if ((r = replace(&message, &answer, path, installed, told, done, err)) < 0 || !*done)
		return r;
	answer.kind = first.kind;
	put_answer(source, &answer, told);
	return told->failed ? error_nomem(err) : 0;
}

int
bundle_take(struct run *run, const struct bundle_source *source, const char *path, struct strbuf *told, struct plim_error *err)
{
	bool done = false;
	int r = 0;
	for (int i = 0; r == 0 && !done && i < TAKES_MOST; i++)
		r = take(run, source, path, told, &done, err);
	return r < 0 || done ? r : error_set(err, PLIM_ESYSTEM, "%s: others put another one there again and again", path);
}

int
bundle_open(struct run *run, const struct bundle_source *source, struct database **out, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	AUTO(map_file) struct slice sealed = SLICE_NONE;
	AUTO(database) struct database *db = NULL;
	AUTO(arena) struct arena *arena = arena_new(0);
	struct bundle_answer answer = { .kind = SLICE_NONE };
	int r = arena ? ask(run, source, -1, &message, &answer, arena, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "%s", source->name);
	if ((r = memory_map(message.fd[0], &sealed, err)) < 0 || (r = database_open_fd(message.fd[0], source->name, &db, err)) < 0 || (r = store_verify(db, err)) < 0)
		return r;
	*out = ptr_take(&db);
	return 0;
}

static int
import(const struct plim_run_options *options, struct bundle_source *source, const char *path, struct strbuf *told, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(fd) int fd = -1;
	int r = file_open(source->name, &fd, err);
	if (r < 0 || (r = run_start(options, &run, err)) < 0)
		return r;
	source->fd = fd;
	return bundle_take(run, source, path, told, err);
}

int
plim_database_import(const struct plim_run_options *options, const struct plim_database_taking *what, const char *path, FILE *into, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(free) char *where = NULL;
	AUTO(strbuf) struct strbuf told = { 0 };
	struct bundle_source source = { .fd = -1, .name = what->file, .allow_older = what->allow_older };
	int r = arena ? bundle_place(path, &where, err) : error_nomem(err);
	if (r < 0 || (r = path ? 0 : directory_make_parent(where, err)) < 0 || (r = data_keys_load(what->keys, arena, &source.keys, err)) < 0 ||
	    (r = import(options, &source, where, &told, err)) < 0)
		return r;
	return output_text(&told, into, err);
}

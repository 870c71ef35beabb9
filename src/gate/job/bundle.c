/* SPDX-License-Identifier: Apache-2.0 */
/* The process that takes a database from elsewhere: whatever is in the file, nobody else decompresses it. */
#include "gate/job/bundle.h"

#include "advisory/delta.h"
#include "advisory/format.h"
#include "advisory/store.h"
#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "codec/pack.h"
#include "process/sandbox.h"

#define END { WIRE_END, 0, 0, 0, NULL }

const struct wire_struct wire_bundle_order = { sizeof(struct bundle_order), (const struct wire_field[]){
	WIRE_INSIDE(struct bundle_order, keys, &wire_data_keys), WIRE_PLAIN(WIRE_BOOL, struct bundle_order, allow_older),
	WIRE_PLAIN(WIRE_BOOL, struct bundle_order, as_it_is), END } };

const struct wire_struct wire_bundle_answer = { sizeof(struct bundle_answer), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct bundle_answer, kind), WIRE_PLAIN(WIRE_BOOL, struct bundle_answer, same),
	WIRE_PLAIN(WIRE_SLICE, struct bundle_answer, signer), WIRE_PLAIN(WIRE_U64, struct bundle_answer, serial),
	WIRE_PLAIN(WIRE_SLICE, struct bundle_answer, trouble), WIRE_MANY(struct bundle_answer, gone, gone_count, &wire_slices), END } };

struct bundle_job {
	struct arena *arena;
	struct bundle_order order;
	struct slice file;             /* a map */
	struct database *installed;    /* NULL: none that can be read */
	struct database *found;
	int fd;                        /* of what was found */
	struct bundle_answer answer;
};

static void
auto_bundle_job(struct bundle_job *job)
{
	database_close(job->found);
	database_close(job->installed);
	file_unmap(&job->file);
	auto_fd(&job->fd);
	arena_free(job->arena);
}

/* What is no database any more, or none of this version, hinders no new one: but then nobody knows how old it is. */
static int
open_installed(struct bundle_job *job, int fd, struct plim_error *err)
{
	struct plim_error why = { 0 };
	int r = fd < 0 ? 0 : database_open_fd(fd, "the database that is installed", &job->installed, &why);
	if (r == 0 && job->installed && (r = store_verify(job->installed, &why)) < 0) {
		database_close(job->installed);
		job->installed = NULL;
	}
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0 && (job->answer.trouble = arena_dup(job->arena, slice_of(why.text))).p == NULL)
		return error_nomem(err);
	return 0;
}

/* kinds of files */

static int
take_database(struct bundle_job *job, struct plim_error *err)
{
	return memory_file(job->file, &job->fd, err);
}

static int
take_bundle(struct bundle_job *job, struct plim_error *err)
{
	AUTO(free) char *plain = NULL;
	size_t size;
	int r = packed_size(job->file, LIMIT_DATABASE_BYTES, &size, err);
	if (r == PLIM_ELIMIT)
		return error_wrap(err, r, "beyond limit DATABASE_BYTES");
	if (r < 0 || (r = unpack_beside(job->file, SLICE_NONE, size, &plain, err)) < 0)
		return r;
	return memory_file((struct slice){ plain, size }, &job->fd, err);
}

static int
take_delta(struct bundle_job *job, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf plain = { 0 };
	struct delta delta;
	int r = delta_parse(job->file, &delta, err);
	if (r < 0)
		return r;
	if (job->installed == NULL && job->answer.trouble.p)
		return error_set(err, PLIM_EUSAGE, "a delta needs the database before it: %.*s", SLICE_ARG(job->answer.trouble));
	if (job->installed == NULL)
		return error_set(err, PLIM_EUSAGE, "a delta needs the database before it, and none is installed");
	const struct digest installed = database_digest(job->installed);
	/* Twice the same one is no failure. */
	if (digest_eq(&installed, &delta.to) && !digest_eq(&installed, &delta.from)) {
		strbuf_put(&plain, database_bytes(job->installed));
		return plain.failed ? error_nomem(err) : memory_file(strbuf_slice(&plain), &job->fd, err);
	}
	r = delta_apply(&delta, job->installed, &plain, err);
	return r < 0 ? r : memory_file(strbuf_slice(&plain), &job->fd, err);
}

/* The first one takes nothing apart. */
static const struct {
	const char *name, *magic;
	int (*take)(struct bundle_job *job, struct plim_error *err);
} kinds[] = {
	{ "database", FORMAT_MAGIC, take_database },
	{ "delta", DELTA_MAGIC, take_delta },
	{ "bundle", "\x28\xb5\x2f\xfd", take_bundle },
};

static int
take_file(struct bundle_job *job, struct plim_error *err)
{
	size_t n = job->order.as_it_is ? 1 : sizeof kinds / sizeof *kinds;
	for (size_t i = 0; i < n; i++)
		if (slice_starts(job->file, slice_of(kinds[i].magic))) {
			job->answer.kind = slice_of(kinds[i].name);
			return kinds[i].take(job, err);
		}
	return error_set(err, PLIM_EFORMAT, "it is neither a bundle, nor a database, nor a delta");
}

/* whether it may replace */

static const struct data_feed *
feed_find(const struct database *db, struct slice name)
{
	size_t n;
	const struct data_feed *feeds = database_feeds(db, &n);
	for (size_t i = 0; i < n; i++)
		if (slice_eq(feeds[i].name, name))
			return &feeds[i];
	return NULL;
}

static int
older_feed(const struct data_feed *old, const struct data_feed *new, struct plim_error *err)
{
	char was[DATE_TEXT_SIZE], is[DATE_TEXT_SIZE];
	if (new == NULL || old->snapshot == DATE_NONE || new->snapshot == DATE_NONE || new->snapshot >= old->snapshot)
		return 0;
	return error_set(err, PLIM_EUSAGE, "its feed %.*s is of %s, the one that is installed of %s; --allow-older takes it", SLICE_ARG(slice_first(old->name, 100)),
	                 date_text(new->snapshot, is), date_text(old->snapshot, was));
}

/* By the keys that the new one is held against: what somebody else signed, here perhaps, counts otherwise. */
static uint64_t
installed_serial(const struct bundle_job *job)
{
	struct data_signer signer;
	return data_signer_check(job->installed, "", &job->order.keys, job->arena, &signer, NULL) == 0 ? signer.serial : 0;
}

/* Serial numbers decide where both have one: whoever signed looked at the feeds. */
static int
check_age(const struct bundle_job *job, struct plim_error *err)
{
	uint64_t old = installed_serial(job);
	size_t n;
	const struct data_feed *feeds = database_feeds(job->installed, &n);
	int r = 0;
	if (old && job->answer.serial)
		return data_serial_check(job->answer.serial, old, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = older_feed(&feeds[i], feed_find(job->found, feeds[i].name), err);
	return r;
}

static int
list_gone(struct bundle_job *job, struct plim_error *err)
{
	size_t n;
	const struct data_feed *feeds = database_feeds(job->installed, &n);
	struct slice *gone = arena_make_array(job->arena, n, struct slice);
	if (gone == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		if (feed_find(job->found, feeds[i].name) == NULL)
			gone[job->answer.gone_count++] = feeds[i].name;
	job->answer.gone = gone;
	return 0;
}

/* One that lost its signatures on the way does not take them from the same one that has some. */
static bool
is_same(const struct bundle_job *job)
{
	const struct digest old = database_digest(job->installed), new = database_digest(job->found);
	struct slice signatures = database_signatures(job->found);
	return digest_eq(&old, &new) && (signatures.n == 0 || slice_eq(signatures, database_signatures(job->installed)));
}

static int
compare(struct bundle_job *job, struct plim_error *err)
{
	const struct digest old = database_digest(job->installed), new = database_digest(job->found);
	job->answer.same = is_same(job);
	if (digest_eq(&old, &new))
		return 0;
	int r = job->order.allow_older ? 0 : check_age(job, err);
	return r < 0 ? r : list_gone(job, err);
}

static int
check(struct bundle_job *job, struct plim_error *err)
{
	struct data_signer signer;
	int r = database_open_fd(job->fd, "what is in it", &job->found, err);
	if (r < 0 || (r = store_verify(job->found, err)) < 0)
		return r;
	const struct database *vouched = job->installed && is_same(job) ? job->installed : job->found;
	if ((r = data_signer_check(vouched, "what is in it", &job->order.keys, job->arena, &signer, err)) < 0)
		return r;
	job->answer.signer = signer.text;
	job->answer.serial = signer.serial;
	return job->installed ? compare(job, err) : 0;
}

static int
begin(struct bundle_job *job, const struct message *start, struct plim_error *err)
{
	struct cursor from = cursor_of(start->body);
	if ((job->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	int r = wire_read(&wire_bundle_order, &from, job->arena, &job->order, err);
	if (r == 0 && start->fd[0] < 0)
		r = error_set(err, PLIM_EFORMAT, "no file");
	if (r < 0 || (r = file_map_fd(start->fd[0], 0, &job->file, err)) < 0)
		return r;
	/* Signatures come behind it. */
	if (job->file.n > LIMIT_DATABASE_BYTES + LIMIT_DATA_SIGNATURE_BYTES)
		return error_set(err, PLIM_ELIMIT, "it is larger than limit DATABASE_BYTES (%ju)", (uintmax_t)LIMIT_DATABASE_BYTES);
	return open_installed(job, start->fd[1], err);
}

static int
answer(const struct bundle_job *job, int channel, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	wire_write(&wire_bundle_answer, &job->answer, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send_with(channel, SAY_DATABASE, strbuf_slice(&bytes), &job->fd, 1, err);
}

static int
run(int channel, struct message *start, struct plim_error *err)
{
	AUTO(bundle_job) struct bundle_job job = { .fd = -1, .answer = { .kind = SLICE_NONE } };
	int r = sandbox_enter(CONFINED_WORKER, -1, err);
	if (r < 0 || (r = begin(&job, start, err)) < 0 || (r = take_file(&job, err)) < 0 || (r = check(&job, err)) < 0)
		return r;
	return answer(&job, channel, err);
}

int
job_bundle(int channel)
{
	return job_answer(channel, run);
}

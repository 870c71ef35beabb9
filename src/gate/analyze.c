/* SPDX-License-Identifier: Apache-2.0 */
/* Who reads which blob, and what came of it. */
#include "gate/analyze.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/file.h"
#include "base/vec.h"
#include "gate/job_image.h"
#include "image/source.h"
#include "process/channel.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

#define PLATFORM_MOST 64

/* What came of one blob. */
struct part {
	int block;                 /* descriptor, -1 for none */
	uint64_t length;           /* of the block in it; 0: all */
	struct digest stored, plain;
	char *gap;                 /* why there is no block */
	bool unsent;
};

struct analysis {
	struct run *run;
	struct arena *arena;
	struct target target;
	struct image_set *set;     /* NULL for a tree */
	struct process reader;     /* of a compressed archive: it stays for the layers */
	struct part *parts;
	size_t part_count;
	VEC(struct extra) extras;
	bool set_sent;
};

static void
part_done(struct part *part)
{
	if (part->block >= 0)
		close(part->block);
	free(part->gap);
	*part = (struct part){ .block = -1 };
}

void
analysis_close(struct analysis *analysis)
{
	if (analysis == NULL)
		return;
	for (size_t i = 0; i < analysis->part_count; i++)
		part_done(&analysis->parts[i]);
	free(analysis->parts);
	vec_done(&analysis->extras);
	process_close(&analysis->reader);
	image_set_close(analysis->set);
	if (analysis->target.fd >= 0)
		close(analysis->target.fd);
	arena_free(analysis->arena);
	free(analysis);
}

const struct image_set *
analysis_set(const struct analysis *analysis)
{
	return analysis->set;
}

struct slice
analysis_name(const struct analysis *analysis)
{
	return analysis->target.name;
}

size_t
analysis_count(const struct analysis *analysis)
{
	return analysis->set ? image_set_count(analysis->set) : 1;
}

struct digest
analysis_plain(const struct analysis *analysis, size_t blob)
{
	return analysis->parts[blob].plain;
}

/* Documents. */

static int
send_image_order(struct analysis *analysis, const char *const *platforms, struct plim_error *err)
{
	struct platform wanted[PLATFORM_MOST];
	AUTO(strbuf) struct strbuf order_bytes = { 0 };
	struct image_order order = { .target = analysis->target, .platforms = wanted };
	for (size_t n = 0; platforms && platforms[n]; n++) {
		if (n == PLATFORM_MOST)
			return error_set(err, PLIM_ELIMIT, "more platforms than limit PLATFORM_COUNT");
		if (!platform_parse(slice_of(platforms[n]), &wanted[n]))
			return error_set(err, PLIM_EUSAGE, "'%s' is no platform: write linux/amd64 or linux/arm64/v8", platforms[n]);
		order.platform_count = n + 1;
	}
	wire_write(&wire_image_order, &order, &order_bytes);
	if (order_bytes.failed)
		return error_nomem(err);
	/* A layout's reader is given files one by one, never the directory. */
	return channel_send_with(analysis->reader.channel, SAY_START, strbuf_slice(&order_bytes), &analysis->target.fd,
	                         analysis->target.kind == TARGET_ARCHIVE, err);
}

/* Answers the reader's questions until it has the set. */
static int
receive_set(struct analysis *analysis, struct plim_error *err)
{
	for (;;) {
		struct message message;
		int r = run_expect(analysis->run, &analysis->reader, 0, &message, err);
		if (r < 0)
			return r;
		if (message.kind == SAY_SET)
			r = image_set_parse(message.body, &analysis->set, err);
		else if (message.kind == SAY_ASK && analysis->target.kind == TARGET_LAYOUT)
			r = source_answer(analysis->reader.channel, analysis->target.fd, message.body, err);
		else
			r = error_set(err, PLIM_EPROCESS, "the process that read the documents spoke out of turn");
		message_done(&message);
		if (r < 0 || analysis->set)
			return r;
	}
}

static bool
is_among(const struct digest *digest, const struct digest *found, size_t n)
{
	if (digest->algorithm == DIGEST_NONE)
		return true;
	for (size_t i = 0; i < n; i++)
		if (digest_eq(digest, &found[i]))
			return true;
	return false;
}

static int
receive_hashed(struct run *run, int channel, struct hashed *out, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct plim_error why = { 0 };
	int r = channel_receive(channel, &message, &why);
	if (r < 0) {
		char cause[128];
		zygote_cause(run->zygote, &run->hasher, cause, sizeof cause);
		return error_set(err, PLIM_EPROCESS, "the hasher %s", cause);
	}
	if (message.kind != SAY_HASHED || message.body.n != sizeof *out)
		return error_set(err, PLIM_EPROCESS, "the hasher spoke out of turn");
	memcpy(out, message.body.p, sizeof *out);
	out->text[sizeof out->text - 1] = 0;
	return 0;
}

/* SHA-512 is rare: a document named by it is taken at its reader's word, which compared it. */
static int
vouch(struct analysis *analysis, struct plim_error *err)
{
	size_t n = image_set_document_count(analysis->set);
	AUTO(free) struct digest *found = calloc(n + 1, sizeof *found);
	int channel;
	if (found == NULL)
		return error_nomem(err);
	int r = run_hasher(analysis->run, image_set_blob_count(analysis->set), &channel, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct hashed hashed;
		r = say_number(channel, SAY_HASH_BYTES, (uint32_t)i, image_set_document(analysis->set, i), err);
		if (r == 0 && (r = receive_hashed(analysis->run, channel, &hashed, err)) == 0)
			found[i] = hashed.digest;
	}
	for (size_t i = 0; r == 0 && i < image_set_count(analysis->set); i++) {
		const struct image *image = image_set_image(analysis->set, i);
		const struct digest *claims[] = { &image->index_digest, &image->manifest_digest, &image->config_digest };
		for (size_t k = 0; r == 0 && k < sizeof claims / sizeof *claims; k++)
			if (claims[k]->algorithm != DIGEST_SHA512 && !is_among(claims[k], found, n))
				r = error_set(err, PLIM_EPROCESS, "the process that read the documents claims a digest that the hasher did not find");
	}
	return r;
}

static bool
is_inside(const struct analysis *analysis)
{
	return analysis->set && analysis->target.kind == TARGET_ARCHIVE && image_set_blob_count(analysis->set) &&
	       image_set_blob(analysis->set, 0)->offset == UINT64_MAX;
}

static int
open_documents(struct analysis *analysis, const char *const *platforms, struct plim_error *err)
{
	int r = zygote_spawn(analysis->run->zygote, JOB_IMAGE, &analysis->reader, err);
	if (r < 0 || (r = send_image_order(analysis, platforms, err)) < 0 || (r = receive_set(analysis, err)) < 0)
		return r;
	r = vouch(analysis, err);
	if (!is_inside(analysis))
		process_close(&analysis->reader);
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(analysis->target.name)) : 0;
}

static int
make_parts(struct analysis *analysis, struct plim_error *err)
{
	size_t n = analysis->set ? image_set_blob_count(analysis->set) : 1;
	analysis->parts = calloc(n + 1, sizeof *analysis->parts);
	if (analysis->parts == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		analysis->parts[i].block = -1;
	analysis->part_count = n;
	return 0;
}

int
analysis_open(struct run *run, const char *target, const char *const *platforms, struct analysis **out, struct plim_error *err)
{
	AUTO(analysis) struct analysis *analysis = calloc(1, sizeof *analysis);
	if (analysis == NULL)
		return error_nomem(err);
	analysis->run = run;
	analysis->reader.channel = analysis->target.fd = -1;
	if ((analysis->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	int r = target_open(target, analysis->arena, &analysis->target, err);
	if (r == 0 && analysis->target.kind != TARGET_TREE)
		r = open_documents(analysis, platforms, err);
	if (r < 0 || (r = make_parts(analysis, err)) < 0)
		return r;
	*out = ptr_take(&analysis);
	return 0;
}

/* Verifying. */

static int
digest_error(const struct digest *want, const struct digest *have, const char *what, struct plim_error *err)
{
	char named[DIGEST_TEXT_SIZE], found[DIGEST_TEXT_SIZE];
	return error_set(err, PLIM_EDIGEST, "%s is %s, its name says %s", what, digest_text(have, found), digest_text(want, named));
}

static int
verify_diff_ids(const struct analysis *analysis, size_t blob, struct plim_error *err)
{
	const struct digest *plain = &analysis->parts[blob].plain;
	for (size_t i = 0; i < image_set_count(analysis->set); i++) {
		const struct image *image = image_set_image(analysis->set, i);
		for (size_t k = 0; k < image->layer_count; k++) {
			if (image->layers[k].blob != blob || digest_eq(&image->layers[k].diff_id, plain))
				continue;
			return error_wrap(err, digest_error(&image->layers[k].diff_id, plain, "the plain tar", err), "layer %zu", k);
		}
	}
	return 0;
}

static int
verify_blob(const struct analysis *analysis, size_t at, uint64_t size, struct plim_error *err)
{
	const struct image_blob *blob = image_set_blob(analysis->set, at);
	const struct part *part = &analysis->parts[at];
	if (blob->digest.algorithm != DIGEST_NONE && !digest_eq(&part->stored, &blob->digest))
		return digest_error(&blob->digest, &part->stored, "the blob", err);
	if (blob->size != UINT64_MAX && size != blob->size)
		return error_set(err, PLIM_EDIGEST, "the blob has %ju bytes, its descriptor says %ju", (uintmax_t)size, (uintmax_t)blob->size);
	return 0;
}

/* What a failure of a worker costs: the layer, where it reached a limit, died or lied; the run, where the layer itself is damaged. */
static int
settle_failure(struct part *part, int code, struct plim_error *err)
{
	char text[sizeof err->text + 32];
	if (code != PLIM_ELIMIT && code != PLIM_EPROCESS && code != PLIM_ENOMEM)
		return code;
	snprintf(text, sizeof text, "%s%s", err->text, code == PLIM_ENOMEM ? ": limit WORKER_BYTES" : "");
	free(part->gap);
	part->gap = strdup(text);
	return part->gap ? 0 : error_nomem(err);
}

/* Blocks travel as sealed files: what could still change is refused before anybody looks into it. */
static int
take_block(struct part *part, struct message *message, struct plim_error *err)
{
	int seals = message->fd[0] < 0 ? -1 : fcntl(message->fd[0], F_GET_SEALS);
	if (seals < 0 || (seals & (F_SEAL_SHRINK | F_SEAL_WRITE)) != (F_SEAL_SHRINK | F_SEAL_WRITE))
		return error_set(err, PLIM_EPROCESS, "the process that read it sent no block");
	if (part->block >= 0)
		close(part->block);
	part->block = fd_take(&message->fd[0]);
	part->length = 0;
	return 0;
}

static int
take_plain(struct part *part, const struct message *message, struct plim_error *err)
{
	struct digest plain;
	if (message->body.n != sizeof plain)
		return error_set(err, PLIM_EPROCESS, "the process that read it sent no digest");
	memcpy(&plain, message->body.p, sizeof plain);
	if (plain.algorithm == DIGEST_NONE)
		plain = part->stored;
	if (plain.algorithm != DIGEST_SHA256)
		return error_set(err, PLIM_EPROCESS, "the process that read it sent no digest");
	part->plain = plain;
	return 0;
}

/* Options of one blob's reading: the files of a second reading, and limits that are not the usual ones. */
static int
options_of(const struct analysis *analysis, size_t blob, struct strbuf *out, struct plim_error *err)
{
	for (size_t i = 0; i < analysis->extras.n; i++) {
		const struct extra *extra = &analysis->extras.at[i];
		if (extra->blob != blob)
			continue;
		wire_put_slice(out, extra->path);
		wire_put_slice(out, extra->known_as);
	}
	limits_chosen(out);
	return out->failed ? error_nomem(err) : 0;
}

/* Blobs, each with a worker and the hasher. */

enum { AWAIT_HASH = 1, AWAIT_BLOCK = 2, AWAIT_PLAIN = 4 };

struct slot {
	size_t blob;
	struct process worker;     /* channel -1: only hashed, for what is probably in the cache */
	unsigned awaits;
	uint64_t size;
	time_t deadline;
	struct plim_error why;     /* of the worker */
	int code;
	struct message plain;      /* held until the digest of the stored bytes is known */
};

struct reading {
	struct analysis *analysis;
	size_t *queue;             /* blobs, largest first */
	size_t queued, next;
	struct slot slots[64];
	size_t active;
	int hasher;
	bool *hash_first;          /* of blobs that the cache seems to know */
};

static int
open_blob(const struct analysis *analysis, const struct image_blob *blob, struct hash_order *order, int *fd, struct plim_error *err)
{
	if (analysis->target.kind == TARGET_LAYOUT)
		return layout_file_open(analysis->target.fd, blob->name, fd, &order->size, err);
	order->offset = blob->offset;
	order->size = blob->stored;
	*fd = fcntl(analysis->target.fd, F_DUPFD_CLOEXEC, 3);
	return *fd < 0 ? error_set(err, PLIM_ESYSTEM, "no descriptor left") : 0;
}

static int
start_worker(struct reading *reading, struct slot *slot, const int *ring, struct plim_error *err)
{
	struct analysis *analysis = reading->analysis;
	AUTO(strbuf) struct strbuf bytes = { 0 };
	bool hash_plain = image_set_blob(analysis->set, slot->blob)->digest.algorithm == DIGEST_SHA512;
	struct layer_order order = { slot->size, hash_plain, { NULL, 0 } };
	AUTO(free) struct extra *extras = calloc(analysis->extras.n + 1, sizeof *extras);
	if (extras == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < analysis->extras.n; i++)
		if (analysis->extras.at[i].blob == slot->blob)
			extras[order.extras.n++] = analysis->extras.at[i];
	for (size_t i = 0; i < order.extras.n; i++)
		extras[i].blob = 0;
	order.extras.at = extras;
	wire_write(&wire_layer_order, &order, &bytes);
	int r = zygote_spawn(analysis->run->zygote, JOB_LAYER, &slot->worker, err);
	if (r < 0 || (r = channel_send_with(slot->worker.channel, SAY_START, strbuf_slice(&bytes), ring, 1, err)) < 0)
		return r;
	slot->awaits |= AWAIT_BLOCK | AWAIT_PLAIN;
	return 0;
}

static time_t
now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static int
start_slot(struct reading *reading, size_t at, struct plim_error *err)
{
	const struct image_blob *blob = image_set_blob(reading->analysis->set, at);
	struct slot *slot = &reading->slots[reading->active];
	*slot = (struct slot){ .blob = at, .worker = { .channel = -1 }, .plain = { .fd = { -1, -1 } }, .deadline = now() + (time_t)LIMIT_WORKER_S };
	struct hash_order order = { .number = (uint32_t)at,
		                    .algorithm = blob->digest.algorithm ? blob->digest.algorithm : DIGEST_SHA256 };
	AUTO(fd) int file = -1;
	AUTO(fd) int hasher_end_ = -1;
	AUTO(fd) int worker_end = -1;
	int fds[2], ends[2], n = 1;
	int r = open_blob(reading->analysis, blob, &order, &file, err);
	if (r < 0)
		return r;
	slot->size = order.size;
	fds[0] = file;
	if (!reading->hash_first[at]) {
		if ((r = channel_pair(ends, err)) < 0)
			return r;
		fds[n++] = hasher_end_ = ends[0];
		worker_end = ends[1];
		if ((r = start_worker(reading, slot, &worker_end, err)) < 0)
			return process_close(&slot->worker), r;
	}
	reading->active++;
	slot->awaits |= AWAIT_HASH;
	return channel_send_with(reading->hasher, SAY_HASH, (struct slice){ (const char *)&order, sizeof order }, fds, (size_t)n, err);
}

static struct slot *
slot_of(struct reading *reading, uint32_t blob)
{
	for (size_t i = 0; i < reading->active; i++)
		if (reading->slots[i].blob == blob && (reading->slots[i].awaits & AWAIT_HASH))
			return &reading->slots[i];
	return NULL;
}

static int
hear_hasher(struct reading *reading, struct plim_error *err)
{
	struct hashed hashed;
	int r = receive_hashed(reading->analysis->run, reading->hasher, &hashed, err);
	if (r < 0)
		return r;
	struct slot *slot = slot_of(reading, hashed.number);
	if (slot == NULL)
		return error_set(err, PLIM_EPROCESS, "the hasher spoke out of turn");
	if (hashed.code < 0)
		return error_set(err, (enum plim_code)hashed.code, "%s", hashed.text);
	slot->awaits &= ~(unsigned)AWAIT_HASH;
	reading->analysis->parts[slot->blob].stored = hashed.digest;
	return 0;
}

static void
slot_failed(struct slot *slot, int code)
{
	slot->code = code;
	slot->awaits &= (unsigned)AWAIT_HASH;
	process_close(&slot->worker);
}

static void
hear_worker(struct reading *reading, struct slot *slot)
{
	struct message message;
	int r = run_expect(reading->analysis->run, &slot->worker, 0, &message, &slot->why);
	if (r < 0) {
		slot_failed(slot, r);
		return;
	}
	if (message.kind == SAY_BLOCK && (slot->awaits & AWAIT_BLOCK)) {
		r = take_block(&reading->analysis->parts[slot->blob], &message, &slot->why);
		slot->awaits &= ~(unsigned)AWAIT_BLOCK;
	} else if (message.kind == SAY_PLAIN && !(slot->awaits & AWAIT_BLOCK)) {
		slot->plain = message;
		slot->awaits &= ~(unsigned)AWAIT_PLAIN;
		process_close(&slot->worker);
		return;
	} else {
		r = error_set(&slot->why, PLIM_EPROCESS, "the process that read it spoke out of turn");
	}
	message_done(&message);
	if (r < 0)
		slot_failed(slot, r);
}

/* The block of a whole worker goes into the cache under the digest that the hasher found. */
static void
keep(struct analysis *analysis, size_t blob)
{
	struct part *part = &analysis->parts[blob];
	AUTO(strbuf) struct strbuf options = { 0 };
	struct slice bytes;
	if (analysis->run->cache == NULL || options_of(analysis, blob, &options, NULL) < 0 || file_map_fd(part->block, 0, &bytes, NULL) < 0)
		return;
	cache_keep(analysis->run->cache, &part->stored, strbuf_slice(&options), bytes, &part->plain);
	file_unmap(&bytes);
}

static bool
take_cached(struct analysis *analysis, size_t blob, const struct digest *stored)
{
	struct part *part = &analysis->parts[blob];
	AUTO(strbuf) struct strbuf options = { 0 };
	struct cache_entry entry;
	if (options_of(analysis, blob, &options, NULL) < 0 || !cache_find(analysis->run->cache, stored, strbuf_slice(&options), &entry))
		return false;
	part_done(part);
	*part = (struct part){ .block = entry.fd, .length = entry.length, .stored = *stored, .plain = entry.plain, .unsent = true };
	return true;
}

/* Hashed and answered: first whether it is the blob that was named, then what its worker says. */
static int
settle(struct reading *reading, struct slot *slot, bool *again, struct plim_error *err)
{
	struct analysis *analysis = reading->analysis;
	struct part *part = &analysis->parts[slot->blob];
	int r = verify_blob(analysis, slot->blob, slot->size, err);
	*again = false;
	part->unsent = true;
	if (r < 0)
		return r;
	if (reading->hash_first[slot->blob]) {
		struct digest stored = part->stored;
		reading->hash_first[slot->blob] = false;
		*again = !take_cached(analysis, slot->blob, &stored);
		return *again ? 0 : verify_diff_ids(analysis, slot->blob, err);
	}
	if (slot->code < 0) {
		*err = slot->why;
		return settle_failure(part, slot->code, err);
	}
	if ((r = take_plain(part, &slot->plain, err)) < 0)
		return settle_failure(part, r, err);
	if ((r = verify_diff_ids(analysis, slot->blob, err)) == 0)
		keep(analysis, slot->blob);
	return r;
}

static int
finish(struct reading *reading, size_t at, struct plim_error *err)
{
	struct slot slot = reading->slots[at];
	bool again;
	reading->slots[at] = reading->slots[--reading->active];
	int r = settle(reading, &slot, &again, err);
	message_done(&slot.plain);
	if (r < 0)
		return error_wrap(err, r, "layer blob %.*s", SLICE_ARG(image_set_blob(reading->analysis->set, slot.blob)->name));
	return again ? start_slot(reading, slot.blob, err) : 0;
}

static int
wait_for(struct reading *reading, struct plim_error *err)
{
	struct pollfd waits[65] = { { reading->hasher, POLLIN, 0 } };
	for (size_t i = 0; i < reading->active; i++)
		waits[i + 1] = (struct pollfd){ reading->slots[i].worker.channel, POLLIN, 0 };
	if (poll(waits, (nfds_t)reading->active + 1, 1000) < 0)
		return 0;
	for (size_t i = 0; i < reading->active; i++) {
		struct slot *slot = &reading->slots[i];
		if (waits[i + 1].revents)
			hear_worker(reading, slot);
		else if (slot->worker.channel >= 0 && now() > slot->deadline)
			slot_failed(slot, error_set(&slot->why, PLIM_ELIMIT, "reading it took longer than limit WORKER_S"));
	}
	return waits[0].revents ? hear_hasher(reading, err) : 0;
}

static int
read_queue(struct reading *reading, struct plim_error *err)
{
	unsigned most = reading->analysis->run->jobs < 64 ? reading->analysis->run->jobs : 64;
	int r = 0;
	while (r == 0 && (reading->next < reading->queued || reading->active)) {
		if (reading->next < reading->queued && reading->active < most) {
			size_t blob = reading->queue[reading->next++];
			if ((r = start_slot(reading, blob, err)) < 0)
				r = error_wrap(err, r, "layer blob %.*s", SLICE_ARG(image_set_blob(reading->analysis->set, blob)->name));
			continue;
		}
		r = wait_for(reading, err);
		for (size_t i = reading->active; r == 0 && i-- > 0;)
			if (reading->slots[i].awaits == 0)
				r = finish(reading, i, err);
	}
	for (size_t i = 0; i < reading->active; i++) {
		process_close(&reading->slots[i].worker);
		message_done(&reading->slots[i].plain);
	}
	return r;
}

static uint64_t
weight(const struct image_blob *blob)
{
	return blob->stored != UINT64_MAX ? blob->stored : blob->size;
}

static void
sort_largest_first(const struct analysis *analysis, size_t *queue, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && weight(image_set_blob(analysis->set, queue[k])) > weight(image_set_blob(analysis->set, queue[k - 1])); k--) {
			size_t other = queue[k];
			queue[k] = queue[k - 1];
			queue[k - 1] = other;
		}
}

/* A diff id that a docker archive's configuration claims says only what is worth trying first: hashing alone. */
static bool
seems_cached(const struct analysis *analysis, size_t blob)
{
	AUTO(strbuf) struct strbuf options = { 0 };
	if (analysis->run->cache == NULL || options_of(analysis, blob, &options, NULL) < 0)
		return false;
	for (size_t i = 0; i < image_set_count(analysis->set); i++) {
		const struct image *image = image_set_image(analysis->set, i);
		for (size_t k = 0; k < image->layer_count; k++)
			if (image->layers[k].blob == blob && cache_has(analysis->run->cache, &image->layers[k].diff_id, strbuf_slice(&options)))
				return true;
	}
	return false;
}

/* A blob that is named by its digest and known by it is not opened at all. */
static int
queue_blobs(struct reading *reading, const bool *wanted, struct plim_error *err)
{
	struct analysis *analysis = reading->analysis;
	for (size_t i = 0; i < analysis->part_count; i++) {
		const struct digest *digest = &image_set_blob(analysis->set, i)->digest;
		if (!wanted[i])
			continue;
		if (digest->algorithm != DIGEST_NONE && take_cached(analysis, i, digest)) {
			int r = verify_diff_ids(analysis, i, err);
			if (r < 0)
				return error_wrap(err, r, "layer blob %.*s", SLICE_ARG(image_set_blob(analysis->set, i)->name));
			continue;
		}
		reading->hash_first[i] = digest->algorithm == DIGEST_NONE && seems_cached(analysis, i);
		reading->queue[reading->queued++] = i;
	}
	sort_largest_first(analysis, reading->queue, reading->queued);
	return 0;
}

static int
read_blobs(struct analysis *analysis, const bool *wanted, struct plim_error *err)
{
	struct reading reading = { .analysis = analysis };
	AUTO(free) size_t *queue = calloc(analysis->part_count + 1, sizeof *queue);
	AUTO(free) bool *hash_first = calloc(analysis->part_count + 1, sizeof *hash_first);
	if (queue == NULL || hash_first == NULL)
		return error_nomem(err);
	reading.queue = queue;
	reading.hash_first = hash_first;
	int r = queue_blobs(&reading, wanted, err);
	if (r < 0 || reading.queued == 0)
		return r;
	if ((r = run_hasher(analysis->run, reading.queued, &reading.hasher, err)) < 0)
		return r;
	return read_queue(&reading, err);
}

/* Trees, and what exists only inside a compressed archive. */

static int
layer_order_send(struct analysis *analysis, int channel, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct layer_order order = { 0, false, { analysis->extras.at, analysis->extras.n } };
	wire_write(&wire_layer_order, &order, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send_with(channel, SAY_START, strbuf_slice(&bytes), &analysis->target.fd, 1, err);
}

static int
read_tree(struct analysis *analysis, struct plim_error *err)
{
	AUTO(process) struct process worker = { .channel = -1 };
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct part *part = &analysis->parts[0];
	int r = zygote_spawn(analysis->run->zygote, JOB_TREE, &worker, err);
	if (r < 0 || (r = layer_order_send(analysis, worker.channel, err)) < 0)
		return r;
	part->unsent = true;
	if ((r = run_expect(analysis->run, &worker, SAY_BLOCK, &message, err)) == 0)
		r = take_block(part, &message, err);
	return r < 0 ? settle_failure(part, r, err) : 0;
}

static int
hear_reader(struct analysis *analysis, size_t *blob, bool *done, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	int r = run_expect(analysis->run, &analysis->reader, 0, &message, err);
	if (r < 0)
		return r;
	struct slice body = message.body;
	if (message.kind == SAY_DONE) {
		*done = true;
		return 0;
	}
	if (message.kind == SAY_BLOB || message.kind == SAY_GAP) {
		*blob = number_of(&body);
		if (*blob >= analysis->part_count)
			return error_set(err, PLIM_EPROCESS, "the process that read it speaks of no blob");
		part_done(&analysis->parts[*blob]);
		analysis->parts[*blob].unsent = true;
		analysis->parts[*blob].gap = message.kind == SAY_GAP ? slice_dup(body) : NULL;
		return 0;
	}
	if (*blob == SIZE_MAX)
		return error_set(err, PLIM_EPROCESS, "the process that read it spoke out of turn");
	struct part *part = &analysis->parts[*blob];
	if (message.kind == SAY_BLOCK)
		return take_block(part, &message, err);
	if (message.kind != SAY_PLAIN || part->block < 0)
		return error_set(err, PLIM_EPROCESS, "the process that read it spoke out of turn");
	r = take_plain(part, &message, err);
	if (r == 0 && (r = verify_diff_ids(analysis, *blob, err)) < 0)
		return error_wrap(err, r, "layer blob %.*s", SLICE_ARG(image_set_blob(analysis->set, *blob)->name));
	return r;
}

/* The one process that reads all layers has gone: none of those that it has not answered for is known. */
static int
reader_lost(struct analysis *analysis, const bool *wanted, int code, struct plim_error *err)
{
	for (size_t i = 0; i < analysis->part_count; i++) {
		struct part *part = &analysis->parts[i];
		if (!wanted[i] || part->plain.algorithm != DIGEST_NONE)
			continue;
		part_done(part);
		part->unsent = true;
		int r = settle_failure(part, code, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
read_inside(struct analysis *analysis, const bool *wanted, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct read_order order = { (bool *)wanted, analysis->part_count, { analysis->extras.at, analysis->extras.n } };
	size_t blob = SIZE_MAX;
	bool done = false;
	wire_write(&wire_read_order, &order, &bytes);
	if (bytes.failed)
		return error_nomem(err);
	int r = channel_send(analysis->reader.channel, SAY_READ, strbuf_slice(&bytes), err);
	while (r == 0 && !done)
		r = hear_reader(analysis, &blob, &done, err);
	return r == PLIM_EPROCESS || r == PLIM_ENOMEM ? reader_lost(analysis, wanted, r, err) : r;
}

static int
read_wanted(struct analysis *analysis, const bool *wanted, struct plim_error *err)
{
	if (analysis->set == NULL)
		return read_tree(analysis, err);
	return is_inside(analysis) ? read_inside(analysis, wanted, err) : read_blobs(analysis, wanted, err);
}

int
analysis_read(struct analysis *analysis, size_t only, struct plim_error *err)
{
	AUTO(free) bool *wanted = calloc(analysis->part_count + 1, sizeof *wanted);
	if (wanted == NULL)
		return error_nomem(err);
	for (size_t i = 0; analysis->set && i < image_set_count(analysis->set); i++) {
		const struct image *image = image_set_image(analysis->set, i);
		for (size_t k = 0; (only == SIZE_MAX || only == i) && k < image->layer_count; k++)
			wanted[image->layers[k].blob] = true;
	}
	return read_wanted(analysis, wanted, err);
}

static bool
is_known_extra(const struct analysis *analysis, const struct extra *extra)
{
	for (size_t i = 0; i < analysis->extras.n; i++)
		if (analysis->extras.at[i].blob == extra->blob && slice_eq(analysis->extras.at[i].path, extra->path))
			return true;
	return false;
}

int
analysis_read_more(struct analysis *analysis, const struct extra_list *extras, bool *fresh, struct plim_error *err)
{
	AUTO(free) bool *wanted = calloc(analysis->part_count + 1, sizeof *wanted);
	*fresh = false;
	if (wanted == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < extras->n; i++) {
		struct extra extra = extras->at[i];
		if (extra.blob >= analysis->part_count || is_known_extra(analysis, &extra))
			continue;
		struct extra *kept = vec_push(&analysis->extras);
		if (kept == NULL)
			return error_nomem(err);
		*kept = (struct extra){ extra.blob, arena_dup(analysis->arena, extra.path), arena_dup(analysis->arena, extra.known_as) };
		if (kept->path.p == NULL || kept->known_as.p == NULL)
			return error_nomem(err);
		wanted[extra.blob] = *fresh = true;
	}
	return *fresh ? read_wanted(analysis, wanted, err) : 0;
}

/* To the judge. */

static int
send_part(const struct part *part, uint32_t blob, int judge, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf length = { 0 };
	if (part->gap)
		return say_number(judge, SAY_GAP, blob, slice_of(part->gap), err);
	wire_put_u32(&length, blob);
	wire_put_u64(&length, part->length);
	return length.failed ? error_nomem(err) : channel_send_with(judge, SAY_BLOCK, strbuf_slice(&length), &part->block, 1, err);
}

int
analysis_send(struct analysis *analysis, int judge, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	int r = 0;
	if (analysis->set && !analysis->set_sent) {
		image_set_write(analysis->set, &bytes);
		r = bytes.failed ? error_nomem(err) : channel_send(judge, SAY_SET, strbuf_slice(&bytes), err);
		analysis->set_sent = true;
	}
	for (size_t i = 0; r == 0 && i < analysis->part_count; i++) {
		struct part *part = &analysis->parts[i];
		if (part->unsent && (part->gap || part->block >= 0))
			r = send_part(part, (uint32_t)i, judge, err);
		part->unsent = false;
	}
	return r;
}

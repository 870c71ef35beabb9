/* SPDX-License-Identifier: Apache-2.0 */
/* Blobs, each with a worker and the hasher. */
#include "gate/analysis.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/source.h"
#include "image/store.h"
#include "process/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>

/* A few each second, whatever a disk or a decoder does. */
#define STEP_BYTES ((uint64_t)8 << 20)

enum { AWAIT_HASH = 1, AWAIT_BLOCK = 2, AWAIT_PLAIN = 4 };

struct slot {
	size_t blob;
	struct process worker;     /* channel -1: only hashed, for what is probably in the cache */
	struct process assembler;  /* of a store's layer; channel -1: none */
	unsigned awaits;
	uint64_t size;
	uint64_t passed;           /* of them, as the hasher says */
	uint32_t stream;           /* of a registry's blob */
	uint64_t window, wants;    /* bytes of its decoder's windows: that it may take, that it waits for */
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
	uint64_t windows;          /* of all slots, below LIMIT_WINDOW_BYTES */
	bool *hash_first;          /* of blobs that the cache seems to know */
};

static int
open_loose(const struct analysis *analysis, const struct image_blob *blob, struct hash_order *order, int *fd, struct plim_error *err)
{
	int r = layout_file_open(analysis->target.fd, blob->name, fd, &order->size, err);
	return r < 0 ? r : analysis_verify_size(blob, order->size, err);
}

static int
start_assembler(struct analysis *analysis, const struct image_blob *blob, const struct assemble_order *order, struct process *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	AUTO(fd) int metadata = -1;
	AUTO(fd) int directory = -1;
	int r = store_layer_open(analysis->target.fd, analysis->target.driver, blob->name, &metadata, &directory, err);
	if (r < 0 || (r = zygote_spawn(analysis->run->zygote, JOB_ASSEMBLE, out, err)) < 0)
		return r;
	int fds[] = { metadata, directory };
	wire_write(&wire_assemble_order, order, &body);
	return body.failed ? error_nomem(err) : channel_send_with(out->channel, SAY_START, strbuf_slice(&body), fds, 2, err);
}

/* Docker does not keep how long a layer's archive is. */
static int
count_assembled(struct analysis *analysis, const struct image_blob *blob, uint64_t *out, struct plim_error *err)
{
	AUTO(process) struct process counter = { .channel = -1 };
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	const struct assemble_order order = { .counted = true };
	int r = start_assembler(analysis, blob, &order, &counter, err);
	if (r < 0 || (r = run_expect(analysis->run, &counter, SAY_DONE, &answer, err)) < 0)
		return r;
	struct cursor from = cursor_of(answer.body);
	*out = cursor_u64le(&from);
	if (from.bad || *out > LIMIT_LAYER_BYTES)
		return error_set(err, PLIM_EPROCESS, "the process that counted its bytes counts what there cannot be");
	return 0;
}

/* A store has files, not archives: one is made while it is read. */
static int
open_assembled(struct analysis *analysis, const struct image_blob *blob, struct hash_order *order, struct slot *slot, int *fd, struct plim_error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_sys(err, errno, "a pipe");
	AUTO(fd) int reading = ends[0];
	AUTO(fd) int writing = ends[1];
	struct assemble_order assembling = { .size = blob->size };
	int r = blob->size == UINT64_MAX ? count_assembled(analysis, blob, &assembling.size, err) : 0;
	if (r < 0 || (r = start_assembler(analysis, blob, &assembling, &slot->assembler, err)) < 0 ||
	    (r = channel_send_with(slot->assembler.channel, SAY_READ, SLICE(""), &writing, 1, err)) < 0)
		return r;
	order->size = assembling.size;
	order->streamed = true;
	*fd = fd_take(&reading);
	return 0;
}

static int
open_blob(struct analysis *analysis, const struct image_blob *blob, struct hash_order *order, struct slot *slot, int *fd, struct plim_error *err)
{
	if (analysis->target.kind == TARGET_REGISTRY) {
		order->size = blob->size;
		order->streamed = true;
		return remote_stream(&analysis->remote, blob, fd, &slot->stream, err);
	}
	if (analysis->target.kind == TARGET_LAYOUT)
		return open_loose(analysis, blob, order, fd, err);
	if (analysis->target.kind == TARGET_STORAGE)
		return open_assembled(analysis, blob, order, slot, fd, err);
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
	struct layer_order order = {
		.stored = slot->size, .hash_plain = hash_plain,
		.wishes = { analysis->hashing, analysis->wished_rows, { NULL, 0 }, analysis->run->level },
	};
	AUTO(free) struct extra *extras = calloc(analysis->extras.n + 1, sizeof *extras);
	if (extras == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < analysis->extras.n; i++)
		if (analysis->extras.at[i].blob == slot->blob)
			extras[order.wishes.extras.n++] = analysis->extras.at[i];
	for (size_t i = 0; i < order.wishes.extras.n; i++)
		extras[i].blob = 0;
	order.wishes.extras.at = extras;
	wire_write(&wire_layer_order, &order, &bytes);
	int fds[2] = { *ring, -1 };
	int r = copies_file(analysis->copies, slot->blob, &fds[1], err);
	if (r == 0)
		r = zygote_spawn(analysis->run->zygote, JOB_LAYER, &slot->worker, err);
	if (r < 0 || (r = channel_send_with(slot->worker.channel, SAY_START, strbuf_slice(&bytes), fds, fds[1] < 0 ? 1 : 2, err)) < 0)
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

static void
slot_close(struct slot *slot)
{
	process_close(&slot->worker);
	process_close(&slot->assembler);
	message_done(&slot->plain);
}

static int
start_slot(struct reading *reading, size_t at, struct plim_error *err)
{
	const struct image_blob *blob = image_set_blob(reading->analysis->set, at);
	struct slot *slot = &reading->slots[reading->active];
	*slot = (struct slot){ .blob = at, .worker = { .channel = -1 }, .assembler = { .channel = -1 }, .plain = { .fd = { -1, -1 } }, .deadline = now() + (time_t)LIMIT_WORKER_S };
	struct hash_order order = { .number = (uint32_t)at, .step = reading->analysis->run->watching.tell ? STEP_BYTES : 0,
		                    .algorithm = blob->digest.algorithm ? blob->digest.algorithm : DIGEST_SHA256 };
	AUTO(fd) int file = -1;
	AUTO(fd) int hasher_end_ = -1;
	AUTO(fd) int worker_end = -1;
	int fds[2], ends[2], n = 1;
	int r = open_blob(reading->analysis, blob, &order, slot, &file, err);
	if (r < 0)
		return slot_close(slot), r;
	slot->size = order.size;
	fds[0] = file;
	if (!reading->hash_first[at]) {
		if ((r = channel_pair(ends, err)) < 0)
			return slot_close(slot), r;
		fds[n++] = hasher_end_ = ends[0];
		worker_end = ends[1];
		if ((r = start_worker(reading, slot, &worker_end, err)) < 0)
			return slot_close(slot), r;
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
miscounted(struct plim_error *err)
{
	return error_set(err, PLIM_EPROCESS, "the hasher counts bytes that there are not");
}

static int
note_passed(struct reading *reading, struct slot *slot, uint64_t bytes, struct plim_error *err)
{
	struct watching *watching = &reading->analysis->run->watching;
	if (bytes > slot->size || bytes < slot->passed)
		return miscounted(err);
	watching->now.bytes += bytes - slot->passed;
	slot->passed = bytes;
	return 0;
}

/* Whoever fetches or assembles knows better why there are no more bytes. */
static int
why_no_more(struct analysis *analysis, const struct slot *slot, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	if (analysis->target.kind == TARGET_REGISTRY)
		return fetcher_why(analysis->remote.fetcher, slot->stream, err);
	if (slot->assembler.channel < 0)
		return 0;
	int r = run_expect(analysis->run, &slot->assembler, SAY_DONE, &message, err);
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(image_set_blob(analysis->set, slot->blob)->name)) : 0;
}

static int
hashing_failed(struct analysis *analysis, const struct slot *slot, const struct hashed *hashed, struct plim_error *err)
{
	int r = why_no_more(analysis, slot, err);
	return r < 0 ? r : error_set(err, (enum plim_code)hashed->code, "%s", hashed->text);
}

static int
hear_hasher(struct reading *reading, struct plim_error *err)
{
	struct hashed hashed;
	int r = run_expect_hashed(reading->analysis->run, reading->hasher, &hashed, err);
	if (r < 0)
		return r;
	struct slot *slot = slot_of(reading, hashed.number);
	if (slot == NULL)
		return error_set(err, PLIM_EPROCESS, "the hasher spoke out of turn");
	if (hashed.code < 0)
		return hashing_failed(reading->analysis, slot, &hashed, err);
	if (hashed.code == HASHED_PARTLY)
		return hashed.passed > slot->passed ? note_passed(reading, slot, hashed.passed, err) : miscounted(err);
	slot->awaits &= ~(unsigned)AWAIT_HASH;
	reading->analysis->parts[slot->blob].stored = hashed.digest;
	return note_passed(reading, slot, slot->size, err);
}

/* Windows. */

static void
window_give(struct reading *reading, struct slot *slot)
{
	reading->windows -= slot->window;
	slot->window = slot->wants = 0;
}

static void
slot_failed(struct reading *reading, struct slot *slot, int code)
{
	slot->code = code;
	slot->awaits &= (unsigned)AWAIT_HASH;
	window_give(reading, slot);
	process_close(&slot->worker);
}

static int
window_grant(struct reading *reading, struct slot *slot)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	wire_put_u64(&body, slot->wants);
	reading->windows += slot->window = slot->wants;
	slot->wants = 0;
	return body.failed ? error_nomem(&slot->why) : channel_answer(slot->worker.channel, SAY_WINDOW, strbuf_slice(&body), NULL, 0, &slot->why);
}

/* Slots keep the order of their start; nobody overtakes one that waits, or a large window would never get its turn. */
static void
windows_grant(struct reading *reading)
{
	for (size_t i = 0; i < reading->active; i++) {
		struct slot *slot = &reading->slots[i];
		if (slot->wants == 0)
			continue;
		if (slot->wants > LIMIT_WINDOW_BYTES - reading->windows)
			return;
		int r = window_grant(reading, slot);
		if (r < 0)
			slot_failed(reading, slot, r);
	}
}

static int
window_asked(struct reading *reading, struct slot *slot, struct slice body)
{
	struct cursor from = cursor_of(body);
	uint64_t bytes = cursor_u64le(&from);
	bool waits = slot->wants > 0;
	window_give(reading, slot);
	if (waits || from.bad || bytes == 0 || bytes > LIMIT_WINDOW_BYTES)
		return error_set(&slot->why, PLIM_EPROCESS, "the process that read it asked for a window that there is not");
	slot->wants = bytes;
	return 0;
}

static void
hear_worker(struct reading *reading, struct slot *slot)
{
	struct message message;
	int r = run_expect(reading->analysis->run, &slot->worker, 0, &message, &slot->why);
	if (r < 0) {
		slot_failed(reading, slot, r);
		return;
	}
	if (message.kind == SAY_BLOCK && (slot->awaits & AWAIT_BLOCK)) {
		r = part_take_block(&reading->analysis->parts[slot->blob], &message, &slot->why);
		slot->awaits &= ~(unsigned)AWAIT_BLOCK;
	} else if (message.kind == SAY_PLAIN && !(slot->awaits & AWAIT_BLOCK)) {
		slot->plain = message;
		slot->awaits &= ~(unsigned)AWAIT_PLAIN;
		window_give(reading, slot);
		process_close(&slot->worker);
		return;
	} else if (message.kind == SAY_WINDOW && (slot->awaits & AWAIT_BLOCK)) {
		r = window_asked(reading, slot, message.body);
	} else {
		r = error_set(&slot->why, PLIM_EPROCESS, "the process that read it spoke out of turn");
	}
	message_done(&message);
	if (r < 0)
		slot_failed(reading, slot, r);
}

/* Hashed and answered: first whether it is the blob that was named, then what its worker says. */
static int
settle(struct reading *reading, struct slot *slot, bool *again, struct plim_error *err)
{
	struct analysis *analysis = reading->analysis;
	struct part *part = &analysis->parts[slot->blob];
	part->size = slot->size;
	int r = analysis_verify_blob(analysis, slot->blob, err);
	*again = false;
	part->unsent = true;
	if (r < 0)
		return r;
	if (reading->hash_first[slot->blob]) {
		struct digest stored = part->stored;
		reading->hash_first[slot->blob] = false;
		*again = !analysis_take_kept(analysis, slot->blob, &stored);
		return *again ? 0 : analysis_verify_layers(analysis, slot->blob, err);
	}
	if (slot->code < 0) {
		*err = slot->why;
		return part_settle_failure(part, slot->code, err);
	}
	if ((r = part_take_plain(part, &slot->plain, err)) < 0)
		return part_settle_failure(part, r, err);
	if ((r = analysis_verify_layers(analysis, slot->blob, err)) == 0 && analysis->copies == NULL)
		analysis_keep(analysis, slot->blob);
	return r;
}

/* What was hashed for the cache's sake, and in vain, is read once more. */
static void
count_done(struct reading *reading, const struct slot *slot, bool again)
{
	struct plim_progress *now = &reading->analysis->run->watching.now;
	now->done += !again;
	now->bytes -= again ? slot->passed : 0;
}

static int
finish(struct reading *reading, size_t at, struct plim_error *err)
{
	struct slot slot = reading->slots[at];
	bool again;
	memmove(&reading->slots[at], &reading->slots[at + 1], (--reading->active - at) * sizeof slot);
	int r = settle(reading, &slot, &again, err);
	slot_close(&slot);
	if (r < 0)
		return error_wrap(err, r, "layer blob %.*s", SLICE_ARG(image_set_blob(reading->analysis->set, slot.blob)->name));
	count_done(reading, &slot, again);
	return again ? start_slot(reading, slot.blob, err) : 0;
}

static int
wait_for(struct reading *reading, struct plim_error *err)
{
	struct pollfd waits[65] = { { reading->hasher, POLLIN, 0 } };
	for (size_t i = 0; i < reading->active; i++)
		waits[i + 1] = (struct pollfd){ reading->slots[i].worker.channel, POLLIN, 0 };
	int came = poll(waits, (nfds_t)reading->active + 1, watching_pause(&reading->analysis->run->watching, 1000));
	watching_tell(&reading->analysis->run->watching);
	if (came < 0)
		return 0;
	for (size_t i = 0; i < reading->active; i++) {
		struct slot *slot = &reading->slots[i];
		if (waits[i + 1].revents)
			hear_worker(reading, slot);
		else if (slot->worker.channel >= 0 && now() > slot->deadline)
			slot_failed(reading, slot, error_set(&slot->why, PLIM_ELIMIT, "reading it took longer than limit WORKER_S"));
	}
	windows_grant(reading);
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
	for (size_t i = 0; i < reading->active; i++)
		slot_close(&reading->slots[i]);
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

/* What opening it would have told: whether it is there, and as large as it should be. */
static int
verify_unopened(const struct analysis *analysis, size_t blob, struct plim_error *err)
{
	uint64_t size;
	int r = analysis_verify_blob(analysis, blob, err);
	if (r < 0 || (r = analysis_verify_layers(analysis, blob, err)) < 0 || analysis->target.kind != TARGET_LAYOUT)
		return r;
	r = layout_file_size(analysis->target.fd, image_set_blob(analysis->set, blob)->name, &size, err);
	return r < 0 ? r : analysis_verify_size(image_set_blob(analysis->set, blob), size, err);
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
		/* What is kept has no bodies. */
		if (analysis->copies) {
			reading->queue[reading->queued++] = i;
			continue;
		}
		if (digest->algorithm != DIGEST_NONE && analysis_take_kept(analysis, i, digest)) {
			int r = verify_unopened(analysis, i, err);
			if (r < 0)
				return error_wrap(err, r, "layer blob %.*s", SLICE_ARG(image_set_blob(analysis->set, i)->name));
			continue;
		}
		reading->hash_first[i] = digest->algorithm == DIGEST_NONE && analysis_seems_kept(analysis, i);
		reading->queue[reading->queued++] = i;
	}
	sort_largest_first(analysis, reading->queue, reading->queued);
	return 0;
}

/* 0 where they are not known, or cannot be. */
static uint64_t
bytes_queued(const struct reading *reading)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < reading->queued; i++)
		if (__builtin_add_overflow(sum, weight(image_set_blob(reading->analysis->set, reading->queue[i])), &sum))
			return 0;
	return sum;
}

int
analysis_read_blobs(struct analysis *analysis, const bool *wanted, struct plim_error *err)
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
	watching_stage(&analysis->run->watching, (struct plim_progress){ PLIM_STAGE_LAYERS, .total = reading.queued, .bytes_total = bytes_queued(&reading) });
	return read_queue(&reading, err);
}

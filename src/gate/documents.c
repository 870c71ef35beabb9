/* SPDX-License-Identifier: Apache-2.0 */
/* An image's documents: read by one confined process, their digests vouched for by the hasher. */
#include "gate/analysis.h"

#include "base/error.h"
#include "gate/job/image.h"
#include "image/source.h"
#include "image/store.h"
#include "process/channel.h"

#define PLATFORM_MOST 64

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

int
analysis_answer(struct analysis *analysis, struct slice path, struct plim_error *err)
{
	int channel = analysis->reader.channel;
	switch (analysis->target.kind) {
	case TARGET_LAYOUT:
		return source_answer(channel, analysis->target.fd, path, err);
	case TARGET_REGISTRY:
		return remote_answer(&analysis->remote, channel, path, err);
	case TARGET_STORAGE:
		return store_answer(channel, analysis->target.fd, analysis->target.driver, path, err);
	case TARGET_ENGINE:
		return remote_answer_archive(&analysis->remote, channel, path, err);
	default:
		return error_set(err, PLIM_EPROCESS, "the process that read the documents spoke out of turn");
	}
}

/* Of what passed by, whoever fetched it knows whether it was all. */
static int
take_set(struct analysis *analysis, struct slice body, struct plim_error *err)
{
	int r = remote_why(&analysis->remote, 0, err);
	return r < 0 ? r : image_set_parse(body, &analysis->set, err);
}

/* Answers the reader's questions until it has the set. */
static int
receive_set(struct analysis *analysis, struct plim_error *err)
{
	for (;;) {
		struct message message;
		int r = run_expect(analysis->run, &analysis->reader, 0, &message, err);
		if (r < 0)
			return remote_why(&analysis->remote, r, err);
		if (message.kind == SAY_SET)
			r = take_set(analysis, message.body, err);
		else if (message.kind == SAY_ASK)
			r = analysis_answer(analysis, message.body, err);
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
		if (r == 0 && (r = run_expect_hashed(analysis->run, channel, &hashed, err)) == 0)
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

/* What an engine exports is the image that it said the name means: its id is the digest of a configuration, a manifest or an index. */
static int
check_engine(const struct analysis *analysis, struct plim_error *err)
{
	struct digest id = { 0 };
	bool right = digest_parse(analysis->remote.id, &id);
	for (size_t i = 0; i < image_set_count(analysis->set); i++) {
		const struct image *image = image_set_image(analysis->set, i);
		right = right && slice_eq(image->reference, analysis->target.address);
		if (!digest_eq(&image->config_digest, &id) && !digest_eq(&image->manifest_digest, &id) && !digest_eq(&image->index_digest, &id))
			return error_set(err, PLIM_EDIGEST, "the engine exports another image than %.*s", SLICE_ARG(analysis->remote.id));
	}
	return right ? 0 : error_set(err, PLIM_EPROCESS, "the process that read the documents says that they are from elsewhere");
}

/* Where an image lives is known from what was asked for; its reader's word is not taken. */
static int
check_reference(const struct analysis *analysis, struct plim_error *err)
{
	if (analysis->target.kind == TARGET_ENGINE)
		return check_engine(analysis, err);
	bool remote = analysis->target.kind == TARGET_REGISTRY;
	bool right = remote == (strcmp(image_set_transport(analysis->set), "docker") == 0);
	for (size_t i = 0; remote && i < image_set_count(analysis->set); i++)
		right = right && slice_eq(image_set_image(analysis->set, i)->reference, analysis->remote.reference);
	return right ? 0 : error_set(err, PLIM_EPROCESS, "the process that read the documents says that they are from elsewhere");
}

int
analysis_open_documents(struct analysis *analysis, const char *const *platforms, struct plim_error *err)
{
	watching_stage(&analysis->run->watching, (struct plim_progress){ .stage = PLIM_STAGE_OPENING });
	int r = zygote_spawn(analysis->run->zygote, JOB_IMAGE, &analysis->reader, err);
	if (r < 0 || (r = send_image_order(analysis, platforms, err)) < 0 || (r = receive_set(analysis, err)) < 0)
		return r;
	r = check_reference(analysis, err);
	if (r == 0)
		r = vouch(analysis, err);
	if (!analysis_is_inside(analysis))
		process_close(&analysis->reader);
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(analysis->target.name)) : 0;
}

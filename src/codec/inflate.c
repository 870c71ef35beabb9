/* SPDX-License-Identifier: Apache-2.0 */
/* What all decompressors share: the list, sniffing, feeding members, and the guards against bombs. */
#include "codec/inflate.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/inflate_step.h"

/* Decoders count their input in 32 bits. */
#define STEP_IN_BYTES ((size_t)1 << 30)

struct inflate {
	struct stream stream;
	const struct inflate_step *method;
	void *decoder;
	struct stream *below;
	struct slice in;      /* what is left of the piece last lent by `below` */
	uint64_t taken;       /* compressed bytes consumed */
	uint64_t member_at;   /* where the member begins: unlike `taken`, the same however `below` cuts its pieces */
	bool below_ended;
	bool between;         /* a member ended, or none has begun */
	bool failed;
	unsigned turn;        /* which of the two is being filled: the other one's piece is still lent */
	char out[2][INFLATE_OUT_BYTES];
};

static int
inflate_fill(struct inflate *inflate, struct plim_error *err)
{
	if (inflate->in.n || inflate->below_ended)
		return 0;
	int r = stream_next(inflate->below, &inflate->in, err);
	inflate->below_ended = r == 0 && inflate->in.n == 0;
	return r;
}

/* One call of the decoder: 1 when the member ended, 0 when there may be more. */
static int
inflate_turn(struct inflate *inflate, size_t *written, struct plim_error *err)
{
	struct slice given = slice_first(inflate->in, STEP_IN_BYTES);
	size_t before = given.n;
	int r = inflate->method->step(inflate->decoder, &given, inflate->below_ended, inflate->out[inflate->turn], written, err);
	size_t used = before - given.n;
	inflate->in = slice_from(inflate->in, used);
	inflate->taken += used;
	if (r == 0 && *written == 0 && used == 0 && inflate->below_ended)
		return error_set(err, PLIM_EFORMAT, "the data is cut off after %ju bytes", (uintmax_t)inflate->taken);
	if (r == 0 && *written == 0 && used == 0 && before)
		return error_set(err, PLIM_EFORMAT, "the decoder does not advance");
	return r;
}

static int
inflate_piece(struct inflate *inflate, struct slice *piece, struct plim_error *err)
{
	size_t written = 0;
	do {
		int r = inflate_fill(inflate, err);
		if (r < 0)
			return r;
		if (inflate->between && inflate->below_ended && inflate->taken)
			break;
		if (inflate->between && inflate->taken && (r = inflate->method->again(inflate->decoder, err)) < 0)
			return r;
		if (inflate->between)
			inflate->member_at = inflate->taken;
		inflate->between = false;
		r = inflate_turn(inflate, &written, err);
		if (r < 0)
			return error_wrap(err, r, "%s, member at compressed offset %ju", inflate->method->name, (uintmax_t)inflate->member_at);
		inflate->between = r == 1;
	} while (written == 0);
	*piece = (struct slice){ inflate->out[inflate->turn], written };
	inflate->turn ^= 1;
	return 0;
}

static int
inflate_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	struct inflate *inflate = (struct inflate *)stream;
	if (inflate->failed)
		return error_set(err, PLIM_EFORMAT, "%s: read on after an error", inflate->method->name);
	int r = inflate_piece(inflate, piece, err);
	inflate->failed = r < 0;
	return r;
}

static void
inflate_close(struct stream *stream)
{
	struct inflate *inflate = (struct inflate *)stream;
	inflate->method->end(inflate->decoder);
	stream_close(inflate->below);
	free(inflate);
}

static const struct stream_ops inflate_ops = { .next = inflate_next, .close = inflate_close };

int
inflate_stream(const struct inflate_step *method, struct stream *below, struct stream **out, struct plim_error *err)
{
	struct inflate *inflate = malloc(sizeof *inflate);
	void *decoder = inflate ? method->begin() : NULL;
	if (decoder == NULL) {
		free(inflate);
		return error_nomem(err);
	}
	inflate->stream.ops = &inflate_ops;
	inflate->method = method;
	inflate->decoder = decoder;
	inflate->below = below;
	inflate->in = SLICE_NONE;
	inflate->taken = inflate->member_at = 0;
	inflate->below_ended = inflate->failed = false;
	inflate->between = true;
	inflate->turn = 0;
	*out = &inflate->stream;
	return 0;
}

/* Bytes as they are. */

static bool
plain_bid(struct slice head)
{
	(void)head;
	return false;
}

static int
plain_open(struct stream *below, struct stream **out, struct plim_error *err)
{
	(void)err;
	*out = below;
	return 0;
}

const struct codec codec_plain = { .name = "", .bid = plain_bid, .open = plain_open };

static const struct codec *const codecs[] = { &codec_gzip, &codec_zstd, &codec_xz, &codec_bzip2, &codec_plain };

#define CODEC_COUNT (sizeof codecs / sizeof *codecs)

const struct codec *
codec_find(struct slice name)
{
	for (size_t i = 0; i < CODEC_COUNT; i++)
		if (slice_is(name, codecs[i]->name))
			return codecs[i];
	return NULL;
}

const struct codec *
codec_sniff(struct slice head)
{
	for (size_t i = 0; i < CODEC_COUNT; i++)
		if (codecs[i]->bid(head))
			return codecs[i];
	return &codec_plain;
}

/* Counts what passes, so that the guard above can compare; and gives first what was read for sniffing. */
struct counted {
	struct stream stream;
	struct stream *below;
	struct strbuf head;
	bool head_given;
	uint64_t count;
};

static int
counted_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	struct counted *counted = (struct counted *)stream;
	int r = 0;
	if (!counted->head_given && counted->head.n) {
		*piece = strbuf_slice(&counted->head);
	} else {
		strbuf_done(&counted->head);
		r = stream_next(counted->below, piece, err);
	}
	counted->head_given = true;
	counted->count += r == 0 ? piece->n : 0;
	return r;
}

static void
counted_free(struct counted *counted)
{
	if (counted == NULL)
		return;
	strbuf_done(&counted->head);
	free(counted);
}
AUTO_DEFINE(counted, struct counted, counted_free)

static void
counted_close(struct stream *stream)
{
	struct counted *counted = (struct counted *)stream;
	stream_close(counted->below);
	counted_free(counted);
}

static const struct stream_ops counted_ops = { .next = counted_next, .close = counted_close };

struct guard {
	struct stream stream;
	struct stream *inflated;
	const struct counted *packed;    /* below `inflated`, which owns it */
	uint64_t limit;
	uint64_t count;
};

static int
guard_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	struct guard *guard = (struct guard *)stream;
	int r = stream_next(guard->inflated, piece, err);
	if (r < 0)
		return r;
	if (piece->n > guard->limit - guard->count)
		return error_set(err, PLIM_ELIMIT, "more than %ju inflated bytes", (uintmax_t)guard->limit);
	guard->count += piece->n;
	if (guard->count > LIMIT_INFLATE_FREE_BYTES && guard->count / LIMIT_INFLATE_RATIO > guard->packed->count)
		return error_set(err, PLIM_ELIMIT, "%ju bytes inflated from %ju: beyond limit INFLATE_RATIO (%ju)", (uintmax_t)guard->count,
		                 (uintmax_t)guard->packed->count, (uintmax_t)LIMIT_INFLATE_RATIO);
	return 0;
}

static void
guard_close(struct stream *stream)
{
	stream_close(((struct guard *)stream)->inflated);
	free(stream);
}

static const struct stream_ops guard_ops = { .next = guard_next, .close = guard_close };

static int
counted_new(struct stream *below, struct counted **out, struct plim_error *err)
{
	struct counted *counted = calloc(1, sizeof *counted);
	if (counted == NULL)
		return error_nomem(err);
	counted->stream.ops = &counted_ops;
	counted->below = below;
	*out = counted;
	return 0;
}

/* Takes `*counted` over on success, and with it the stream below. */
static int
guard_open(const struct codec *codec, struct counted **counted, uint64_t limit, struct stream **out, struct plim_error *err)
{
	AUTO(free) struct guard *guard = calloc(1, sizeof *guard);
	if (guard == NULL)
		return error_nomem(err);
	int r = codec->open(&(*counted)->stream, &guard->inflated, err);
	if (r < 0)
		return r;
	guard->stream.ops = &guard_ops;
	guard->packed = ptr_take(counted);
	guard->limit = limit;
	*out = &ptr_take(&guard)->stream;
	return 0;
}

int
inflate_open(const struct codec *codec, struct stream *below, uint64_t limit, struct stream **out, struct plim_error *err)
{
	AUTO(counted) struct counted *counted = NULL;
	int r = counted_new(below, &counted, err);
	return r < 0 ? r : guard_open(codec, &counted, limit, out, err);
}

/* Enough for every bid, however small the pieces are that `below` lends. */
#define HEAD_BYTES 8

static int
head_read(struct counted *counted, struct plim_error *err)
{
	struct slice piece;
	do {
		int r = stream_next(counted->below, &piece, err);
		if (r < 0)
			return r;
		strbuf_put(&counted->head, piece);
	} while (piece.n && counted->head.n < HEAD_BYTES);
	return counted->head.failed ? error_nomem(err) : 0;
}

int
inflate_open_sniffed(struct stream *below, uint64_t limit, const struct codec **codec, struct stream **out, struct plim_error *err)
{
	AUTO(counted) struct counted *counted = NULL;
	int r = counted_new(below, &counted, err);
	if (r == 0)
		r = head_read(counted, err);
	if (r < 0)
		return r;
	*codec = codec_sniff(strbuf_slice(&counted->head));
	return guard_open(*codec, &counted, limit, out, err);
}

int
inflate_open_any(struct stream *below, uint64_t limit, struct stream **out, struct plim_error *err)
{
	const struct codec *codec;
	return inflate_open_sniffed(below, limit, &codec, out, err);
}

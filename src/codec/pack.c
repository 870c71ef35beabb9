/* SPDX-License-Identifier: Apache-2.0 */
/* One zstd frame at a time: whoever packs knows the size, and says it elsewhere. */
#include "codec/pack.h"

#include "base/auto.h"
#include "base/error.h"

#include <zstd.h>

/* What zstd itself takes for the balance of time and size. */
#define LEVEL 3
/* Whole, a fifth smaller than by LEVEL, at a tenth of the best one's time; beside a prefix there is so little left that the best one is quick. */
#define LEVEL_WHOLE  12
#define LEVEL_BESIDE 19

int
pack(struct slice plain, struct strbuf *into, struct plim_error *err)
{
	size_t room = ZSTD_compressBound(plain.n);
	char *to = ZSTD_isError(room) ? NULL : strbuf_reserve(into, room);
	if (to == NULL)
		return error_nomem(err);
	size_t n = ZSTD_compress(to, room, plain.p, plain.n, LEVEL);
	if (ZSTD_isError(n))
		return error_set(err, PLIM_ESYSTEM, "zstd: %s", ZSTD_getErrorName(n));
	strbuf_added(into, n);
	return 0;
}

static int
zstd_error(size_t r, struct plim_error *err)
{
	return error_set(err, PLIM_ESYSTEM, "zstd: %s", ZSTD_getErrorName(r));
}

/* A window that reaches back over all of both. */
static int
window_log(size_t size)
{
	int log = ZSTD_cParam_getBounds(ZSTD_c_windowLog).lowerBound, most = ZSTD_cParam_getBounds(ZSTD_c_windowLog).upperBound;
	while (log < most && (size_t)1 << log < size)
		log++;
	return log;
}

static void
auto_packer(ZSTD_CCtx **context)
{
	ZSTD_freeCCtx(*context);
}

static int
set_up(ZSTD_CCtx *context, struct slice plain, struct slice prefix, struct plim_error *err)
{
	const struct {
		ZSTD_cParameter parameter;
		int value;
	} chosen[] = {
		{ ZSTD_c_compressionLevel, prefix.n ? LEVEL_BESIDE : LEVEL_WHOLE }, { ZSTD_c_checksumFlag, 1 },
		{ ZSTD_c_enableLongDistanceMatching, 1 }, { ZSTD_c_windowLog, window_log(plain.n + prefix.n) },
	};
	size_t r = 0, n = prefix.n ? 4 : 2;
	for (size_t i = 0; i < n && !ZSTD_isError(r); i++)
		r = ZSTD_CCtx_setParameter(context, chosen[i].parameter, chosen[i].value);
	if (!ZSTD_isError(r) && prefix.n)
		r = ZSTD_CCtx_refPrefix(context, prefix.p, prefix.n);
	return ZSTD_isError(r) ? zstd_error(r, err) : 0;
}

int
pack_beside(struct slice plain, struct slice prefix, struct strbuf *into, struct plim_error *err)
{
	__attribute__((cleanup(auto_packer))) ZSTD_CCtx *context = ZSTD_createCCtx();
	size_t room = ZSTD_compressBound(plain.n);
	char *to = ZSTD_isError(room) ? NULL : strbuf_reserve(into, room);
	if (to == NULL || context == NULL)
		return error_nomem(err);
	int r = set_up(context, plain, prefix, err);
	size_t n = r < 0 ? 0 : ZSTD_compress2(context, to, room, plain.p, plain.n);
	if (ZSTD_isError(n))
		return zstd_error(n, err);
	strbuf_added(into, n);
	return r;
}

int
packed_size(struct slice packed, uint64_t limit, size_t *out, struct plim_error *err)
{
	unsigned long long plain = ZSTD_getFrameContentSize(packed.p, packed.n);
	size_t frame = ZSTD_findFrameCompressedSize(packed.p, packed.n);
	/* libzstd may know the formats from before RFC 8878 too. */
	if (!slice_starts(packed, SLICE("\x28\xb5\x2f\xfd")) || plain == ZSTD_CONTENTSIZE_ERROR || plain == ZSTD_CONTENTSIZE_UNKNOWN || ZSTD_isError(frame))
		return error_set(err, PLIM_EFORMAT, "no whole zstd frame that tells its size");
	if (plain > limit)
		return error_set(err, PLIM_ELIMIT, "%llu bytes are packed in it, %ju are the limit", plain, (uintmax_t)limit);
	if (frame != packed.n)
		return error_set(err, PLIM_EFORMAT, "offset %zu: something else behind the frame", frame);
	*out = (size_t)plain;
	return 0;
}

int
unpack(struct slice packed, size_t size, char **out, struct plim_error *err)
{
	return unpack_beside(packed, SLICE_NONE, size, out, err);
}

static size_t
decompress(struct slice packed, struct slice prefix, char *to, size_t size)
{
	ZSTD_DCtx *context = ZSTD_createDCtx();
	size_t r = context ? ZSTD_DCtx_refPrefix(context, prefix.p, prefix.n) : 0;
	if (context && !ZSTD_isError(r))
		r = ZSTD_decompressDCtx(context, to, size, packed.p, packed.n);
	ZSTD_freeDCtx(context);
	return context ? r : SIZE_MAX;
}

int
unpack_beside(struct slice packed, struct slice prefix, size_t size, char **out, struct plim_error *err)
{
	/* A byte more: an empty allocation may be NULL. */
	AUTO(free) char *plain = malloc(size + 1);
	if (plain == NULL)
		return error_nomem(err);
	size_t n = decompress(packed, prefix, plain, size);
	if (ZSTD_isError(n))
		return error_set(err, PLIM_EFORMAT, "zstd: %s", ZSTD_getErrorName(n));
	if (n != size)
		return error_set(err, PLIM_EFORMAT, "%zu bytes are packed where %zu should be", n, size);
	*out = ptr_take(&plain);
	return 0;
}

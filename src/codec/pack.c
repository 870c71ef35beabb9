/* SPDX-License-Identifier: Apache-2.0 */
/* One zstd frame at a time: whoever packs knows the size, and says it elsewhere. */
#include "codec/pack.h"

#include "base/auto.h"
#include "base/error.h"

#include <zstd.h>

/* What zstd itself takes for the balance of time and size. */
#define LEVEL 3

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

int
unpack(struct slice packed, size_t size, char **out, struct plim_error *err)
{
	/* A byte more: an empty allocation may be NULL. */
	AUTO(free) char *plain = malloc(size + 1);
	if (plain == NULL)
		return error_nomem(err);
	size_t n = ZSTD_decompress(plain, size, packed.p, packed.n);
	if (ZSTD_isError(n))
		return error_set(err, PLIM_EFORMAT, "zstd: %s", ZSTD_getErrorName(n));
	if (n != size)
		return error_set(err, PLIM_EFORMAT, "%zu bytes are packed where %zu should be", n, size);
	*out = ptr_take(&plain);
	return 0;
}

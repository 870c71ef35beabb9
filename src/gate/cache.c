/* SPDX-License-Identifier: Apache-2.0 */
/* plim_cache_status and plim_cache_clear. */
#include <plimsoll/run.h>

#include "base/error.h"
#include "base/output.h"
#include "store/cache.h"

static int
open_cache(struct cache **out, struct cache_status *status, struct plim_error *err)
{
	int r = cache_open(out, err);
	if (r == 0 && *out == NULL)
		return error_set(err, PLIM_ENOTFOUND,
		                 "there is no cache: neither XDG_CACHE_HOME nor HOME names a directory that is ours alone to write");
	return r < 0 ? r : cache_status(*out, status, err);
}

int
plim_cache_status(FILE *into, struct plim_error *err)
{
	AUTO(cache) struct cache *cache = NULL;
	AUTO(strbuf) struct strbuf text = { 0 };
	struct cache_status status;
	int r = open_cache(&cache, &status, err);
	if (r < 0)
		return r;
	strbuf_put_printable(&text, slice_of(status.directory));
	strbuf_printf(&text, "\nlayers  %zu\nbytes   %ju of %ju (limit CACHE_BYTES)\n", status.entries, (uintmax_t)status.bytes, (uintmax_t)status.limit);
	return output_text(&text, into, err);
}

int
plim_cache_clear(FILE *into, struct plim_error *err)
{
	AUTO(cache) struct cache *cache = NULL;
	AUTO(strbuf) struct strbuf text = { 0 };
	struct cache_status status;
	int r = open_cache(&cache, &status, err);
	if (r < 0 || (r = cache_shrink(cache, 0, err)) < 0)
		return r;
	strbuf_printf(&text, "%zu layers removed, %ju bytes\n", status.entries, (uintmax_t)status.bytes);
	return output_text(&text, into, err);
}

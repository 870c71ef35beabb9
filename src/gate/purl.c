/* SPDX-License-Identifier: Apache-2.0 */
/* plim_purl_canonical. */
#include "codec/purl.h"

#include "base/error.h"

#include <plimsoll/purl.h>

int
plim_purl_canonical(const char *text, char **out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf canonical = { 0 };
	struct purl purl;
	int r = arena ? purl_parse(slice_of(text), arena, &purl, err) : error_nomem(err);
	if (r < 0)
		return r;
	purl_write(&purl, &canonical);
	*out = strbuf_take(&canonical);
	return *out ? 0 : error_nomem(err);
}

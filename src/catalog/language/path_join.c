/* SPDX-License-Identifier: Apache-2.0 */
/* Relative paths made absolute. */
#include "catalog/language/path_join.h"

#include "base/auto.h"
#include "base/error.h"
#include "layer/path.h"

int
path_join(struct slice directory, struct slice path, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf joined = { 0 };
	if (!slice_starts(path, SLICE("/"))) {
		strbuf_put(&joined, directory);
		strbuf_putc(&joined, '/');
	}
	strbuf_put(&joined, path);
	strbuf_putc(into, '/');
	int r = joined.failed ? PLIM_ENOMEM : path_clean(strbuf_slice(&joined), into, err);
	return r == PLIM_ENOMEM || into->failed ? error_nomem(err) : r;
}

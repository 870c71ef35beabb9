/* SPDX-License-Identifier: Apache-2.0 */
/* Cleaning is lexical, as the runtimes do it: "a/.." is nothing even where a is a link. */
#include "layer/path.h"

#include "base/error.h"
#include "base/limits.h"

/* Removes the last component; false when there is none. */
static bool
climb(struct strbuf *into, size_t start)
{
	if (into->n == start)
		return false;
	while (into->n > start && into->p[into->n - 1] != '/')
		into->n--;
	if (into->n > start)
		into->n--;
	return true;
}

int
path_clean(struct slice path, struct strbuf *into, struct plim_error *err)
{
	struct slice piece;
	size_t start = into->n;
	if (path.n > LIMIT_PATH_BYTES)
		return error_set(err, PLIM_EFORMAT, "a path of %zu bytes, beyond limit PATH_BYTES (%ju)", path.n, (uintmax_t)LIMIT_PATH_BYTES);
	if (path.n && memchr(path.p, '\0', path.n))
		return error_set(err, PLIM_EFORMAT, "a NUL in a path");
	while (slice_next(&path, '/', &piece)) {
		if (piece.n == 0 || slice_eq(piece, SLICE(".")))
			continue;
		if (slice_eq(piece, SLICE(".."))) {
			if (!climb(into, start))
				return error_set(err, PLIM_EFORMAT, "a path that climbs above the root");
			continue;
		}
		if (into->n > start)
			strbuf_putc(into, '/');
		strbuf_put(into, piece);
	}
	return into->failed ? error_nomem(err) : 0;
}

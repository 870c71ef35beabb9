/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds in, one file out. */
#include "advisory/feed.h"
#include "base/error.h"
#include "store/atomic.h"

static bool
any_taken(const struct feed_reports *reports)
{
	for (size_t i = 0; i < reports->list.n; i++)
		if (reports->list.at[i].taken)
			return true;
	return false;
}

int
database_build(const char *directory, const char *path, struct feed_reports *reports, struct digest *digest, uint64_t *size,
               struct plim_error *err)
{
	AUTO(builder) struct builder *builder = NULL;
	AUTO(strbuf) struct strbuf bytes = { 0 };
	int r = builder_new(&builder, err);
	if (r < 0 || (r = feeds_read(directory, builder, reports, err)) < 0)
		return r;
	/* An empty database would replace a good one and know nothing. */
	if (!any_taken(reports))
		return error_set(err, PLIM_ENOTFOUND, "there is no feed in %s", directory);
	if ((r = builder_compile(builder, &bytes, digest, err)) < 0)
		return r;
	*size = bytes.n;
	/* The reports outlive the builder whose texts they show. */
	for (size_t i = 0; i < reports->list.n; i++) {
		struct data_feed *feed = &reports->list.at[i].feed;
		feed->name = arena_dup(reports->arena, feed->name);
		feed->format = arena_dup(reports->arena, feed->format);
	}
	return atomic_write(path, 0644, strbuf_slice(&bytes), err);
}

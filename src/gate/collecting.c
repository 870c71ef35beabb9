/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogers, and the files of a second reading. */
#include "gate/collecting.h"

#include "base/error.h"
#include "base/limits.h"
#include "catalog/keep.h"

void
collecting_begin(struct collecting *collecting, size_t blob)
{
	collecting->blob = blob;
	collecting->config_left = LIMIT_CONFIG_BYTES;
	collecting->copies_blob = false;
	secret_search_layer(collecting->secrets);
}

/* From the last one to the first, so that each chain is in their order. */
static int
extras_find_places(struct collecting *collecting, struct plim_error *err)
{
	size_t n = collecting->extras->n;
	collecting->extra_next = calloc(n + 1, sizeof *collecting->extra_next);
	if (collecting->extra_next == NULL)
		return error_nomem(err);
	for (size_t i = n; i > 0; i--) {
		void **place = map_place(&collecting->extras_at, collecting->extras->at[i - 1].path);
		if (place == NULL)
			return error_nomem(err);
		collecting->extra_next[i] = (size_t)(uintptr_t)*place;
		*place = (void *)(uintptr_t)i;
	}
	return 0;
}

int
collecting_init(struct collecting *collecting, const struct wishes *wishes, struct plim_error *err)
{
	*collecting = (struct collecting){ .extras = &wishes->extras, .hashing = wishes->hashing, .bodies.fd = -1 };
	int r = extras_find_places(collecting, err);
	if (r == 0)
		r = secret_search_new(wishes->level, &collecting->secrets, err);
	if (r < 0)
		return r;
	collecting_begin(collecting, 0);
	return catalogers_collector(wishes->rows, &collecting->catalogers, err);
}

void
collecting_done(struct collecting *collecting)
{
	if (collecting->catalogers.context)
		catalogers_collector_done(&collecting->catalogers);
	map_done(&collecting->extras_at);
	free(collecting->extra_next);
	collecting->extra_next = NULL;
	secret_search_free(collecting->secrets);
	collecting->secrets = NULL;
}

void
collecting_copy(struct collecting *collecting, int fd)
{
	collecting->bodies = (struct bodies){ .fd = fd };
	collecting->copies_blob = false;
}

/* The next extra of the file behind number `*at`, 0 for the first; NULL behind the last. */
static const struct extra *
extra_next(const struct collecting *collecting, struct slice path, size_t *at)
{
	*at = *at ? collecting->extra_next[*at] : (size_t)(uintptr_t)map_find(&collecting->extras_at, path);
	while (*at && collecting->extras->at[*at - 1].blob != collecting->blob)
		*at = collecting->extra_next[*at];
	return *at ? &collecting->extras->at[*at - 1] : NULL;
}

/* With a name that catalogers know it by; else a policy's tests look into it. */
static bool
is_extra(const struct collecting *collecting, struct slice path, bool named)
{
	const struct extra *extra;
	for (size_t at = 0; (extra = extra_next(collecting, path, &at));)
		if ((extra->known_as.n > 0) == named)
			return true;
	return false;
}

static bool
wants(void *context, const struct entry *entry)
{
	const struct collecting *collecting = context;
	return collecting->catalogers.wants(collecting->catalogers.context, entry) || is_extra(collecting, entry->path, true);
}

/* `names` has its own, and room for those that lead to it: one after the other. */
static int
take_names(const struct collecting *collecting, struct block_builder *into, uint32_t index, struct slice *names, struct slice body, struct plim_error *err)
{
	const struct extra *extra;
	struct slice path = names[0];
	size_t n = 1;
	int r = 0;
	for (size_t at = 0; r == 0 && (extra = extra_next(collecting, path, &at));) {
		if (extra->known_as.n == 0)
			continue;
		names[n++] = extra->known_as;
		r = catalogers_take_as(&collecting->catalogers, into, index, names, n, body, err);
	}
	return r;
}

static int
take(void *context, struct block_builder *into, uint32_t index, const struct entry *entry, struct slice body, struct plim_error *err)
{
	const struct collecting *collecting = context;
	size_t n = 1;
	int r = catalogers_take(&collecting->catalogers, into, index, entry, body, err);
	for (size_t at = 0; extra_next(collecting, entry->path, &at);)
		n++;
	if (r < 0 || n == 1)
		return r;
	AUTO(free) struct slice *names = calloc(n, sizeof *names);
	if (names == NULL)
		return error_nomem(err);
	names[0] = entry->path;
	return take_names(collecting, into, index, names, body, err);
}

static bool
heads(void *context, const struct entry *entry)
{
	const struct collecting *collecting = context;
	return collecting->catalogers.heads(collecting->catalogers.context, entry);
}

static bool
bids(void *context, const struct entry *entry, struct slice first, struct body_skips *skips)
{
	const struct collecting *collecting = context;
	return collecting->catalogers.bids(collecting->catalogers.context, entry, first, skips);
}

static bool
keeps(void *context, const struct entry *entry)
{
	return config_file_keeps(entry) || is_extra(context, entry->path, false);
}

static int
keep(void *context, struct block_builder *into, uint32_t index, const struct entry *entry, struct slice body, struct plim_error *err)
{
	struct collecting *collecting = context;
	AUTO(strbuf) struct strbuf room = { 0 };
	struct slice masked;
	int r = secret_search_mask(collecting->secrets, body, &room, &masked, err);
	if (r == 0 && config_file_keeps(entry))
		r = config_file_keep(into, index, entry->path, masked, &collecting->config_left, err);
	if (r == 0 && is_extra(collecting, entry->path, false))
		r = content_keep(into, index, entry->path, masked, masked.p != body.p, &collecting->config_left, err);
	return r;
}

static int
head(void *context, struct block_builder *into, uint32_t index, struct slice first, struct plim_error *err)
{
	(void)context;
	return interpreter_keep(into, index, first, err);
}

static bool
searches(void *context, const struct entry *entry)
{
	struct collecting *collecting = context;
	collecting->begun = false;
	collecting->searches = collecting->searching = secret_search_begin(collecting->secrets, entry);
	return collecting->searches || collecting->bodies.fd >= 0;
}

static int
copy_begin(struct collecting *collecting, struct plim_error *err)
{
	if (collecting->begun || collecting->bodies.fd < 0)
		return 0;
	int r = collecting->copies_blob ? 0 : bodies_blob(&collecting->bodies, collecting->blob, err);
	collecting->begun = collecting->copies_blob = true;
	return r < 0 ? r : bodies_begin(&collecting->bodies, err);
}

static int
search(void *context, struct slice piece, bool *more, struct plim_error *err)
{
	struct collecting *collecting = context;
	int r = copy_begin(collecting, err);
	if (r == 0 && collecting->begun)
		r = bodies_add(&collecting->bodies, piece, err);
	if (r == 0 && collecting->searching)
		r = secret_search_add(collecting->secrets, piece, &collecting->searching, err);
	*more = collecting->searching || collecting->begun;
	return r;
}

static int
searched(void *context, struct block_builder *into, uint32_t index, struct plim_error *err)
{
	struct collecting *collecting = context;
	int r = copy_begin(collecting, err);
	if (r == 0 && collecting->begun)
		r = bodies_end(&collecting->bodies, index, err);
	return r < 0 || !collecting->searches ? r : secret_search_end(collecting->secrets, into, index, err);
}

static int
recorded(void *context, struct block_builder *into, uint32_t index, const struct digest *md5, const struct digest *sha1, struct plim_error *err)
{
	(void)context;
	return file_digest_keep(into, index, md5, sha1, err);
}

static int
xattr(void *context, struct block_builder *into, uint32_t index, const struct xattr *attribute, struct plim_error *err)
{
	(void)context;
	return xattr_keep(into, index, attribute, err);
}

static int
left_out(void *context, struct block_builder *into, uint32_t index, struct slice kind, struct slice reason, struct plim_error *err)
{
	(void)context;
	return left_out_keep(into, index, kind, reason, err);
}

struct collector
collecting_collector(struct collecting *collecting)
{
	return (struct collector){
		.context = collecting, .hashing = collecting->hashing, .wants = wants, .take = take, .heads = heads,
		.bids = bids, .keeps = keeps, .keep = keep, .head = head, .left_out = collecting->host ? left_out : NULL,
		.recorded = recorded, .xattr = xattr, .searches = searches, .search = search, .searched = searched,
	};
}

int
say_block(int channel, struct block_builder *builder, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t size;
	int r = block_finish(builder, &bytes, &size, err);
	if (r < 0)
		return r;
	/* Always as a memory file: whoever receives it passes the descriptor on, unread. */
	AUTO(fd) int fd = -1;
	if ((r = memory_file((struct slice){ bytes, size }, &fd, err)) < 0)
		return r;
	return channel_send_with(channel, SAY_BLOCK, SLICE(""), &fd, 1, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which files an xbps package has: var/db/xbps/.NAME-files.plist, arrays of dicts by their kind. */
#include "catalog/files.h"

#include "base/error.h"
#include "codec/plist.h"

struct listing {
	struct file_sink *sink;
	struct plist plist;
	struct slice package;
	struct strbuf key, path, digest;
};

static void
auto_listing(struct listing *listing)
{
	auto_plist(&listing->plist);
	strbuf_done(&listing->key);
	strbuf_done(&listing->path);
	strbuf_done(&listing->digest);
}

static int
add_file(struct listing *listing, bool config, struct plim_error *err)
{
	const struct listed_file file = {
		.type = SLICE("xbps"), .package = listing->package, .path = strbuf_slice(&listing->path),
		.digest = listing->digest.n ? strbuf_slice(&listing->digest) : SLICE_NONE, .kind = config ? SLICE("config") : SLICE_NONE,
	};
	if (listing->path.failed || listing->digest.failed || listing->key.failed)
		return error_nomem(err);
	return file.path.n ? file_sink_add(listing->sink, &file, err) : 0;
}

static void
put_member(struct listing *listing)
{
	struct slice key = strbuf_slice(&listing->key), text = strbuf_slice(&listing->plist.text);
	if (slice_is(key, "file")) {
		strbuf_clear(&listing->path);
		strbuf_put(&listing->path, text);
	} else if (slice_is(key, "sha256") && text.n == 64) {
		strbuf_puts(&listing->digest, "sha256:");
		strbuf_put(&listing->digest, text);
	}
}

static int
take_file(struct listing *listing, bool config, struct plim_error *err)
{
	enum plist_kind kind = PLIST_DONE;
	int r = 0;
	strbuf_clear(&listing->path);
	strbuf_clear(&listing->digest);
	while (r == 0 && (r = plist_next(&listing->plist, &kind, err)) == 0 && kind != PLIST_END)
		if (kind == PLIST_KEY) {
			strbuf_clear(&listing->key);
			strbuf_put(&listing->key, strbuf_slice(&listing->plist.text));
		} else if (kind == PLIST_STRING) {
			put_member(listing);
		} else {
			r = plist_pass(&listing->plist, kind, err);
		}
	return r < 0 ? r : add_file(listing, config, err);
}

static int
take_array(struct listing *listing, bool config, struct plim_error *err)
{
	enum plist_kind kind = PLIST_DONE;
	int r = 0;
	while (r == 0 && (r = plist_next(&listing->plist, &kind, err)) == 0 && kind != PLIST_END)
		r = kind == PLIST_DICT ? take_file(listing, config, err) : plist_pass(&listing->plist, kind, err);
	return r;
}

/* Which arrays are lists of what is there. */
static bool
is_list(struct slice key)
{
	return slice_is(key, "files") || slice_is(key, "conf_files") || slice_is(key, "links") || slice_is(key, "dirs");
}

static int
take_lists(struct listing *listing, struct plim_error *err)
{
	enum plist_kind kind = PLIST_DONE;
	bool list = false, config = false;
	int r = plist_next(&listing->plist, &kind, err);
	if (r < 0 || kind == PLIST_OTHER)
		return r;
	if (kind != PLIST_DICT)
		return error_set(err, PLIM_EFORMAT, "offset %zu: no dict of lists", listing->plist.in.at);
	while (r == 0 && (r = plist_next(&listing->plist, &kind, err)) == 0 && kind != PLIST_END)
		if (kind == PLIST_KEY) {
			list = is_list(strbuf_slice(&listing->plist.text));
			config = slice_is(strbuf_slice(&listing->plist.text), "conf_files");
		} else {
			r = list && kind == PLIST_ARRAY ? take_array(listing, config, err) : plist_pass(&listing->plist, kind, err);
		}
	return r < 0 ? r : plist_next(&listing->plist, &kind, err);
}

static int
take(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	AUTO(listing) struct listing listing = { .sink = sink, .plist = plist_of(body), .package = path_base(path) };
	slice_skip(&listing.package, SLICE("."));
	slice_skip_end(&listing.package, SLICE("-files.plist"));
	int r = take_lists(&listing, err);
	return r < 0 ? r : file_sink_end(sink, err);
}

FILE_LISTER(take)

static const char *const lists[] = { "var/db/xbps/.*-files.plist", NULL };

const struct cataloger cataloger_xbps_lists = { .name = "xbps", .missing = MISSING_PACKAGES, .paths = lists, .extract = extract_lists };
const struct cataloger cataloger_xbps_files = { .name = "xbps", .missing = MISSING_PACKAGES, .on_wish = true, .paths = lists, .extract = extract_files };

/* SPDX-License-Identifier: Apache-2.0 */
/* Mirrors in their order, then the publisher; what broke off at one goes on at the next, if that has the same. */
#include "gate/data/refresh.h"

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "process/channel.h"
#include "store/atomic.h"

/* While it waits. */
static void
tell(void *context)
{
	struct refreshing *in = context;
	uint64_t size = 0;
	if (in->coming && file_size(in->coming->fd, &size))
		in->run->watching.now.bytes = in->fetched + size;
	watching_tell(&in->run->watching);
}

static uint64_t
room(const struct refreshing *in)
{
	uint64_t left = LIMIT_UPDATE_BYTES > in->fetched ? LIMIT_UPDATE_BYTES - in->fetched : 0;
	uint64_t most = in->most ? in->most : LIMIT_FEED_FILE_BYTES;
	return left < most ? left : most;
}

static int
ask(struct refreshing *in, struct refresh *out, struct fetcher *fetcher, struct slice address, struct file_got *got, struct plim_error *err)
{
	download_look(&out->coming);
	/* An ETag is of one server only; a time is as good at another, but of no file of another name. */
	bool same_server = out->had && slice_eq(address, out->old.address), same_file = out->had && slice_eq(path_base(address), path_base(out->old.address));
	const struct file_wanted wanted = {
		.address = address, .etag = same_server ? out->old.etag : SLICE_NONE, .modified = same_file ? out->old.modified : SLICE_NONE,
		.into = out->coming.fd, .had = out->coming.had, .mark = slice_of(out->coming.had ? out->coming.mark : NULL),
		.beside = out->coming.beside, .most = room(in), .waiting = tell, .context = in,
	};
	return fetcher_file(fetcher, &wanted, in->arena, got, err);
}

static int
take_new(struct refreshing *in, struct refresh *out, struct slice address, const struct file_got *got, struct plim_error *err)
{
	out->new = (struct downloaded){ .address = address, .etag = got->etag, .modified = got->modified, .modified_at = got->modified_at,
		                      .fetched = in->now };
	int r = download_measure(&out->coming, &out->new.digest, &out->new.size, err);
	if (r < 0)
		return r;
	in->fetched += out->new.size;
	out->fate = REFRESH_NEW;
	if (!out->had || !digest_eq(&out->new.digest, &out->old.digest))
		return download_read(&out->coming, &out->new_fd, err);
	/* The same bytes under another mark. */
	out->fate = REFRESH_SAME;
	out->new.records = out->old.records;
	download_drop(&out->coming);
	return 0;
}

/* Marks that an answer does not repeat are still those. */
static int
take_same(struct refreshing *in, struct refresh *out)
{
	out->new = out->old;
	out->new.fetched = in->now;
	out->fate = REFRESH_SAME;
	download_drop(&out->coming);
	return 0;
}

/* From the address of a name to that of the file which has it. */
static int
follow(struct refreshing *in, struct fetcher *fetcher, struct slice *address, struct plim_error *err)
{
	AUTO(map_file) struct slice text = SLICE_NONE;
	AUTO(fetched) struct fetched fetched = { .fd = -1 };
	int r = fetcher_address(fetcher, *address, in->arena, &fetched, err);
	if (r < 0 || (r = memory_map(fetched.fd, &text, err)) < 0)
		return r;
	struct slice name = slice_trim(text);
	if (!source_is_file_name(name))
		return error_set(err, PLIM_EFORMAT, "%.*s: it should be the name of a file, and is none", SLICE_ARG(*address));
	*address = arena_printf(in->arena, "%.*s/%.*s", SLICE_ARG(path_dir(*address)), SLICE_ARG(name));
	return address->p ? 0 : error_nomem(err);
}

struct places {
	struct slice at[66];
	size_t n;
};

static int
find_places(const struct refreshing *in, const struct refresh *out, struct places *places, struct plim_error *err)
{
	const char *const *mirror = in->how->mirrors;
	size_t most = sizeof places->at / sizeof *places->at;
	places->n = 0;
	for (; mirror && *mirror && places->n + 1 < most; mirror++)
		if ((places->at[places->n++] = source_address(slice_of(*mirror), out->file->place, in->arena)).p == NULL)
			return error_nomem(err);
	if (!in->how->mirrors_only)
		places->at[places->n++] = out->file->address;
	return 0;
}

/* Our own trouble is not the feed's. */
static bool
is_theirs(int r)
{
	return r == PLIM_EREMOTE || r == PLIM_ENOTFOUND || r == PLIM_EFORMAT || r == PLIM_ELIMIT || r == PLIM_EUNSUPPORTED || r == PLIM_EDIGEST;
}

static int
ask_all(struct refreshing *in, struct refresh *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf whys = { 0 };
	struct fetcher *fetcher;
	struct places places;
	struct file_got got;
	size_t absent = 0;
	int r = run_fetcher(in->run, &fetcher, err);
	if (r < 0 || (r = find_places(in, out, &places, err)) < 0)
		return r;
	for (size_t i = 0; i < places.n; i++) {
		struct plim_error why = { 0 };
		struct slice address = places.at[i];
		r = out->file->source->led ? follow(in, fetcher, &address, &why) : 0;
		if (r == 0)
			r = ask(in, out, fetcher, address, &got, &why);
		if (r == 0)
			return got.changed ? take_new(in, out, address, &got, err) : take_same(in, out);
		if (!is_theirs(r))
			return error_set(err, r, "%s", why.text);
		absent += r == PLIM_ENOTFOUND;
		strbuf_printf(&whys, "%s%s", i ? "; " : "", why.text);
	}
	out->fate = absent == places.n && out->file->optional && !out->had ? REFRESH_ABSENT : REFRESH_FAILED;
	out->why = arena_dup(in->arena, strbuf_slice(&whys));
	return out->why.p ? 0 : error_nomem(err);
}

static int
fetch(struct refreshing *in, struct refresh *out, struct plim_error *err)
{
	AUTO(free) char *folder = slice_dup(path_dir(slice_of(out->path)));
	int r = folder ? directory_make(folder, err) : error_nomem(err);
	if (r < 0 || (r = download_begin(out->path, &out->coming, err)) < 0)
		return r;
	in->coming = &out->coming;
	r = ask_all(in, out, err);
	in->coming = NULL;
	return r;
}

static int
find_old(const struct refreshing *in, struct refresh *out, struct plim_error *err)
{
	struct plim_error why = { 0 };
	int r = download_open(out->path, in->arena, &out->old, &out->old_fd, &why);
	out->had = r == 0;
	return r == 0 || r == PLIM_ENOTFOUND ? 0 : error_set(err, r, "%s", why.text);
}

int
refresh(struct refreshing *in, struct refresh *out, struct plim_error *err)
{
	const struct source_file *file = out->file;
	*out = (struct refresh){ .file = file, .old_fd = -1, .new_fd = -1, .coming = { .fd = -1, .beside = -1 } };
	out->path = arena_printf(in->arena, "%s/%.*s", in->directory, SLICE_ARG(file->place)).p;
	int r = out->path ? find_old(in, out, err) : error_nomem(err);
	if (r < 0 || !in->how->offline)
		return r < 0 ? r : fetch(in, out, err);
	out->fate = out->had ? REFRESH_KEPT : file->optional ? REFRESH_ABSENT : REFRESH_FAILED;
	out->new = out->old;
	out->why = SLICE("it was never fetched");
	return 0;
}

void
refresh_done(struct refresh *refresh)
{
	download_done(&refresh->coming);
	if (refresh->old_fd >= 0)
		close(refresh->old_fd);
	if (refresh->new_fd >= 0)
		close(refresh->new_fd);
}

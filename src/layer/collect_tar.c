/* SPDX-License-Identifier: Apache-2.0 */
/* A tar stream into a block. */
#include "base/error.h"
#include "codec/tar.h"
#include "layer/collect_body.h"
#include "layer/path.h"

struct walk {
	struct tar *tar;
	struct block_builder *into;
	struct body body;
	struct strbuf path, link;
	bool told_overlay;
};

static void
auto_walk(struct walk *walk)
{
	tar_close(walk->tar);
	body_done(&walk->body);
	strbuf_done(&walk->path);
	strbuf_done(&walk->link);
}

enum mark { MARK_NONE, MARK_WHITEOUT, MARK_OPAQUE };

/* ".wh.NAME" removes NAME, ".wh..wh..opq" all that lies below. */
static enum mark
mark_of(struct slice *name)
{
	if (slice_eq(*name, SLICE(".wh..wh..opq")))
		return MARK_OPAQUE;
	return slice_skip(name, SLICE(".wh.")) ? MARK_WHITEOUT : MARK_NONE;
}

/*
 * AUFS kept its own records under such names at the root of a layer, and
 * containerd leaves those out.  Only those: deeper it unpacks them, so they count.
 */
static bool
is_aufs(struct slice path)
{
	return slice_starts(path, SLICE(".wh..wh.")) && !slice_eq(path, SLICE(".wh..wh..opq"));
}

/* Turns a clean path with a whiteout name into an entry that removes. */
static int
mark_entry(struct strbuf *buf, enum mark mark, struct slice name, struct entry *out, struct plim_error *err)
{
	struct slice path = strbuf_slice(buf), dir = path_dir(path);
	if (mark == MARK_WHITEOUT && (name.n == 0 || slice_eq(name, SLICE(".")) || slice_eq(name, SLICE(".."))))
		return error_set(err, PLIM_EFORMAT, "a whiteout of nothing");
	*out = (struct entry){ .path = dir.p ? dir : SLICE(""), .type = ENTRY_OPAQUE };
	if (mark == MARK_OPAQUE)
		return 0;
	size_t at = dir.p ? dir.n + 1 : 0;
	memmove(buf->p + at, name.p, name.n);
	buf->n = at + name.n;
	out->path = strbuf_slice(buf);
	out->type = ENTRY_WHITEOUT;
	return 0;
}

static const enum entry_type types[] = {
	[TAR_FILE] = ENTRY_FILE, [TAR_HARDLINK] = ENTRY_HARDLINK, [TAR_SYMLINK] = ENTRY_SYMLINK, [TAR_CHAR] = ENTRY_CHAR,
	[TAR_BLOCK] = ENTRY_BLOCK, [TAR_DIRECTORY] = ENTRY_DIRECTORY, [TAR_FIFO] = ENTRY_FIFO,
};

static int
link_of(struct walk *walk, const struct tar_entry *from, struct entry *out, struct plim_error *err)
{
	strbuf_clear(&walk->link);
	if (from->type == TAR_SYMLINK) {
		if (from->link.n == 0)
			return error_set(err, PLIM_EFORMAT, "a symlink without a target");
		out->link = from->link;
	}
	if (from->type != TAR_HARDLINK)
		return 0;
	int r = path_clean(from->link, &walk->link, err);
	if (r < 0)
		return error_wrap(err, r, "target of a hard link");
	out->link = strbuf_slice(&walk->link);
	return out->link.n ? 0 : error_set(err, PLIM_EFORMAT, "a hard link without a target");
}

static int
plain_entry(struct walk *walk, const struct tar_entry *from, struct entry *out, struct plim_error *err)
{
	*out = (struct entry){
		.path = strbuf_slice(&walk->path),
		.type = types[from->type],
		.mode = from->mode,
		.uid = from->uid,
		.gid = from->gid,
		.size = from->size,
		.mtime = from->mtime,
		.major = from->major,
		.minor = from->minor,
		.capability = from->capability,
	};
	if (out->path.n == 0 && out->type != ENTRY_DIRECTORY)
		return error_set(err, PLIM_EFORMAT, "the root as something other than a directory");
	return link_of(walk, from, out, err);
}

/* 1 with an entry, 0 for one to drop. */
static int
entry_make(struct walk *walk, const struct tar_entry *from, struct entry *out, struct plim_error *err)
{
	strbuf_clear(&walk->path);
	int r = path_clean(from->path, &walk->path, err);
	if (r < 0)
		return r;
	struct slice path = strbuf_slice(&walk->path), name = path_base(path);
	enum mark mark = mark_of(&name);
	if (is_aufs(path))
		return 0;
	if (mark == MARK_NONE)
		r = plain_entry(walk, from, out, err);
	else
		r = mark_entry(&walk->path, mark, name, out, err);
	return r < 0 ? r : 1;
}

static int
body_read(struct walk *walk, uint32_t index, const struct entry *entry, struct plim_error *err)
{
	struct slice piece;
	int r;
	do {
		r = tar_read(walk->tar, &piece, err);
		if (r == 0)
			r = body_add(&walk->body, piece, err);
	} while (r == 0 && piece.n && !body_has_enough(&walk->body));
	return r < 0 ? r : body_end(&walk->body, index, entry, err);
}

/* Engines that keep such an xattr have another tree than those that drop it.  Of the layer, not of the entry: a later one may replace that. */
static int
overlay_tell(struct walk *walk, const struct tar_entry *from, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (!from->overlay || walk->told_overlay)
		return 0;
	walk->told_overlay = true;
	strbuf_putc(&text, '"');
	strbuf_put_printable(&text, slice_first(from->path, 256));
	strbuf_puts(&text, "\" has an xattr of overlay file systems, which may hide or move what lies below");
	return text.failed ? error_nomem(err) : block_add_problem(walk->into, ENTRY_NONE, SLICE(""), strbuf_slice(&text), err);
}

static int
xattrs_tell(struct walk *walk, uint32_t index, const struct tar_entry *from, struct plim_error *err)
{
	const struct collector *collector = walk->body.collector;
	int r = 0;
	for (size_t i = 0; r == 0 && collector->xattr && i < from->xattr_count; i++)
		r = collector->xattr(collector->context, walk->into, index, &from->xattrs[i], err);
	return r;
}

static int
entry_collect(struct walk *walk, const struct tar_entry *from, struct plim_error *err)
{
	struct entry entry;
	uint32_t index;
	int r = entry_make(walk, from, &entry, err);
	if (r <= 0 || (r = overlay_tell(walk, from, err)) < 0)
		return r;
	r = block_add_entry(walk->into, &entry, &index, err);
	if (r == 0 && entry.type != ENTRY_WHITEOUT && entry.type != ENTRY_OPAQUE)
		r = xattrs_tell(walk, index, from, err);
	if (r < 0 || entry.type != ENTRY_FILE || !body_begin(&walk->body, &entry))
		return r;
	return body_read(walk, index, &entry, err);
}

static int
located(struct plim_error *err, int code, const struct tar_entry *at)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	strbuf_put_printable(&path, slice_first(at->path, 256));
	return error_wrap(err, code, "offset %ju, \"%.*s\"", (uintmax_t)at->offset, SLICE_ARG(strbuf_slice(&path)));
}

int
collect_tar(struct stream *plain, const struct collector *collector, struct block_builder *into, struct plim_error *err)
{
	AUTO(walk) struct walk walk = { .into = into };
	struct tar_entry entry;
	int r = tar_open(plain, &walk.tar, err);
	if (r == 0)
		r = body_init(&walk.body, collector, into, err);
	if (r < 0)
		return r;
	while ((r = tar_next(walk.tar, &entry, err)) == 1)
		if ((r = entry_collect(&walk, &entry, err)) < 0)
			return located(err, r, &entry);
	return r;
}

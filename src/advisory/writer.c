/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/writer.h"

#include "advisory/database.h"
#include "advisory/hash_tree.h"
#include "base/error.h"

#include <errno.h>
#include <unistd.h>

#define PENDING_BYTES (64 * FORMAT_BLOCK)

void
writer_done(struct writer *w)
{
	strbuf_done(&w->pending);
	strbuf_done(&w->leaves);
}

static void
write_all(struct writer *w, struct slice bytes)
{
	while (bytes.n > 0 && w->failed == 0) {
		ssize_t put = write(w->fd, bytes.p, bytes.n);
		if (put < 0 && errno != EINTR)
			w->failed = errno;
		bytes = slice_from(bytes, put > 0 ? (size_t)put : 0);
	}
}

void
writer_start(struct writer *w, int fd)
{
	static const char header[FORMAT_BLOCK];
	w->fd = fd;
	write_all(w, (struct slice){ header, sizeof header });
}

/* Whole blocks; what is left stays pending. */
static void
flush(struct writer *w)
{
	size_t whole = w->pending.n / FORMAT_BLOCK * FORMAT_BLOCK;
	struct slice blocks = slice_first(strbuf_slice(&w->pending), whole);
	hash_tree_leaves(blocks, &w->leaves);
	write_all(w, blocks);
	memmove(w->pending.p, w->pending.p + whole, w->pending.n - whole);
	w->pending.n -= whole;
	w->written += whole;
}

static bool
has_memory(struct writer *w)
{
	if (w->pending.failed || w->leaves.failed)
		w->failed = ENOMEM;
	return w->failed == 0;
}

void
writer_put(struct writer *w, struct slice bytes)
{
	strbuf_put(&w->pending, bytes);
	if (has_memory(w) && w->pending.n >= PENDING_BYTES)
		flush(w);
}

static uint64_t
position(const struct writer *w)
{
	return FORMAT_BLOCK + w->written + w->pending.n;
}

void
writer_open(struct writer *w, enum section section)
{
	strbuf_fill(&w->pending, '\0', (8 - w->pending.n % 8) % 8);
	w->sections[section].at = position(w);
}

uint64_t
writer_at(const struct writer *w, enum section section)
{
	return position(w) - w->sections[section].at;
}

void
writer_close(struct writer *w, enum section section, uint64_t count)
{
	w->sections[section].size = writer_at(w, section);
	w->sections[section].count = count;
}

static void
put_fixed(struct strbuf *into, uint64_t number, unsigned bytes)
{
	for (; bytes > 0; bytes--, number >>= 8)
		strbuf_putc(into, (char)number);
}

static void
put_header(const struct writer *w, uint64_t size, struct strbuf *out)
{
	strbuf_puts(out, FORMAT_MAGIC);
	put_fixed(out, DATABASE_VERSION, 4);
	put_fixed(out, SECTION_COUNT, 4);
	put_fixed(out, size, 8);
	put_fixed(out, w->written / FORMAT_BLOCK, 8);
	strbuf_fill(out, '\0', FORMAT_HASH);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		put_fixed(out, w->sections[i].at, 8);
		put_fixed(out, w->sections[i].size, 8);
		put_fixed(out, w->sections[i].count, 8);
	}
	strbuf_fill(out, '\0', FORMAT_BLOCK - out->n);
}

static bool
put_root(struct strbuf *header, const struct strbuf *nodes, struct digest *root)
{
	if (header->failed || nodes->failed || !hash_tree_root(strbuf_slice(header), strbuf_slice(nodes), root))
		return false;
	memcpy(header->p + FORMAT_ROOT_AT, root->bytes, FORMAT_HASH);
	return true;
}

int
writer_end(struct writer *w, struct digest *root, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf header = { 0 }, nodes = { 0 };
	strbuf_fill(&w->pending, '\0', (FORMAT_BLOCK - w->pending.n % FORMAT_BLOCK) % FORMAT_BLOCK);
	if (has_memory(w))
		flush(w);
	hash_tree_nodes(strbuf_slice(&w->leaves), &nodes);
	put_header(w, FORMAT_BLOCK + w->written + w->leaves.n + nodes.n, &header);
	if (!has_memory(w) || !put_root(&header, &nodes, root))
		return error_nomem(err);
	write_all(w, strbuf_slice(&w->leaves));
	write_all(w, strbuf_slice(&nodes));
	if (w->failed == 0 && lseek(w->fd, 0, SEEK_SET) < 0)
		w->failed = errno;
	write_all(w, strbuf_slice(&header));
	return w->failed ? error_sys(err, w->failed, "the database") : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tar reader.  Where the standards leave room it reads as Go's
 * archive/tar does, for that is what runtimes unpack with; what runtimes and
 * other tools would read differently, and no honest writer makes, is refused.
 */
#include "codec/tar.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/tar_pax.h"

#define BLOCK_BYTES 512
#define HOLE_BYTES  ((size_t)64 << 10)

/* The header block: offset and width of each field. */
#define H_NAME       0, 100
#define H_MODE     100, 8
#define H_UID      108, 8
#define H_GID      116, 8
#define H_SIZE     124, 12
#define H_MTIME    136, 12
#define H_CHECKSUM 148, 8
#define H_TYPE     156
#define H_LINK     157, 100
#define H_MAGIC    257, 6
#define H_VERSION  263, 2
#define H_MAJOR    329, 8
#define H_MINOR    337, 8
#define H_PREFIX   345, 155
/* star ends its prefix earlier, and GNU has other things in its place. */
#define H_STAR_PREFIX 345, 131
#define H_STAR_MAGIC  508, 4
#define H_GNU_ATIME   345, 12
#define H_GNU_CTIME   357, 12
#define H_GNU_MAP     386, 96
#define H_GNU_MORE    482
#define H_GNU_SIZE    483, 12
#define EXTENSION_MAP   0, 504
#define EXTENSION_MORE  504

enum dialect { DIALECT_V7, DIALECT_USTAR, DIALECT_STAR, DIALECT_GNU };

struct tar {
	struct stream *stream;
	struct slice in;             /* what is left of the piece the stream lent */
	uint64_t at;                 /* bytes consumed */
	char block[BLOCK_BYTES];     /* the last header */
	enum dialect dialect;
	uint64_t header_at;
	uint64_t stored;             /* bytes of the body still in the stream */
	uint64_t padding;
	bool sparse;
	struct extents map;
	size_t map_at;
	uint64_t logical;            /* how far a sparse file was read, and its size */
	uint64_t logical_size;
	uint64_t holes;              /* zeros made up so far, in all entries */
	struct pax pax, global;      /* of this entry; in force for all */
	struct strbuf pax_text;      /* `pax` points into it */
	struct strbuf long_name, long_link;
	bool has_pax, has_name, has_link;
	char name[260], link[104];
	bool ended;
};

int
tar_open(struct stream *stream, struct tar **out, struct plim_error *err)
{
	struct tar *tar = calloc(1, sizeof *tar);
	if (tar == NULL)
		return error_nomem(err);
	tar->stream = stream;
	*out = tar;
	return 0;
}

void
tar_close(struct tar *tar)
{
	if (tar == NULL)
		return;
	vec_done(&tar->map);
	pax_done(&tar->pax);
	pax_done(&tar->global);
	strbuf_done(&tar->pax_text);
	strbuf_done(&tar->long_name);
	strbuf_done(&tar->long_link);
	free(tar);
}

uint64_t
tar_offset(const struct tar *tar)
{
	return tar->at;
}

/* Bytes of the stream. */

/* At most `most` bytes; an empty slice only at the end of the stream. */
static int
take(struct tar *tar, uint64_t most, struct slice *out, struct plim_error *err)
{
	if (tar->in.n == 0) {
		int r = stream_next(tar->stream, &tar->in, err);
		if (r < 0)
			return r;
	}
	*out = slice_first(tar->in, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
	tar->in = slice_from(tar->in, out->n);
	tar->at += out->n;
	return 0;
}

static int
skip(struct tar *tar, uint64_t count, struct plim_error *err)
{
	while (count) {
		struct slice piece;
		uint64_t passed = tar->in.n == 0 ? stream_skip(tar->stream, count) : 0;
		tar->at += passed;
		if ((count -= passed) == 0)
			break;
		int r = take(tar, count, &piece, err);
		if (r < 0)
			return r;
		if (piece.n == 0)
			return error_set(err, PLIM_EFORMAT, "the archive is cut off, %ju bytes early", (uintmax_t)count);
		count -= piece.n;
	}
	return 0;
}

/* Fills tar->block: 1, or 0 when the stream ends exactly here. */
static int
block_read(struct tar *tar, struct plim_error *err)
{
	size_t have = 0;
	while (have < BLOCK_BYTES) {
		struct slice piece;
		int r = take(tar, BLOCK_BYTES - have, &piece, err);
		if (r < 0)
			return r;
		if (piece.n == 0)
			return have ? error_set(err, PLIM_EFORMAT, "the archive is cut off inside a block") : 0;
		memcpy(tar->block + have, piece.p, piece.n);
		have += piece.n;
	}
	return 1;
}

static int
block_must_read(struct tar *tar, struct plim_error *err)
{
	int r = block_read(tar, err);
	return r == 0 ? error_set(err, PLIM_EFORMAT, "the archive is cut off") : r;
}

static bool
is_zero(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i])
			return false;
	return true;
}

static struct slice
field(const struct tar *tar, size_t at, size_t n)
{
	return (struct slice){ tar->block + at, n };
}

/* Text up to the first NUL. */
static struct slice
field_text(const struct tar *tar, size_t at, size_t n)
{
	return slice_first(field(tar, at, n), strnlen(tar->block + at, n));
}

/* Numbers. */

/* Octal digits between blanks and NULs; nothing at all is zero, as old writers leave unused fields. */
static bool
octal_parse(struct slice s, int64_t *out)
{
	uint64_t value = 0;
	size_t i = 0;
	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\0'))
		i++;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '7'; i++) {
		if (value >> 60)
			return false;
		value = value << 3 | (uint64_t)(s.p[i] - '0');
	}
	while (i < s.n && s.p[i] == ' ')
		i++;
	*out = (int64_t)value;
	return i == s.n || s.p[i] == '\0';
}

/* GNU: the first bit is set, the others are a big-endian two's complement number. */
static bool
binary_parse(struct slice s, int64_t *out)
{
	unsigned char invert = (s.p[0] & 0x40) ? 0xff : 0;
	uint64_t value = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char byte = (unsigned char)s.p[i] ^ invert;
		if (i == 0)
			byte &= 0x7f;
		if (value >> 56)
			return false;
		value = value << 8 | byte;
	}
	if (value >> 63)
		return false;
	*out = invert ? (int64_t)~value : (int64_t)value;
	return true;
}

static bool
number_parse(struct slice s, int64_t *out)
{
	return (s.p[0] & 0x80) ? binary_parse(s, out) : octal_parse(s, out);
}

static int
number(const struct tar *tar, size_t at, size_t n, const char *what, int64_t *out, struct plim_error *err)
{
	if (number_parse(field(tar, at, n), out))
		return 0;
	return error_set(err, PLIM_EFORMAT, "the header's %s is no number", what);
}

static int
number_u32(const struct tar *tar, size_t at, size_t n, const char *what, uint32_t *out, struct plim_error *err)
{
	int64_t value;
	int r = number(tar, at, n, what, &value, err);
	if (r < 0)
		return r;
	if (value < 0 || value > UINT32_MAX)
		return error_set(err, PLIM_EFORMAT, "the header's %s is out of range", what);
	*out = (uint32_t)value;
	return 0;
}

/* Some old writers summed signed characters. */
static int
checksum_check(const struct tar *tar, struct plim_error *err)
{
	int64_t said, with_sign = 0, without = 0;
	for (int i = 0; i < BLOCK_BYTES; i++) {
		char c = i >= 148 && i < 156 ? ' ' : tar->block[i];
		with_sign += (signed char)c;
		without += (unsigned char)c;
	}
	if (!octal_parse(field(tar, H_CHECKSUM), &said) || (said != with_sign && said != without))
		return error_set(err, PLIM_EFORMAT, "no header: its checksum is wrong");
	return 0;
}

static enum dialect
dialect_of(const struct tar *tar)
{
	if (slice_eq(field(tar, H_MAGIC), SLICE("ustar\0")))
		return slice_eq(field(tar, H_STAR_MAGIC), SLICE("tar\0")) ? DIALECT_STAR : DIALECT_USTAR;
	if (slice_eq(field(tar, H_MAGIC), SLICE("ustar ")) && slice_eq(field(tar, H_VERSION), SLICE(" \0")))
		return DIALECT_GNU;
	return DIALECT_V7;
}

static bool
is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* What stands where GNU keeps two times is a prefix if it cannot be times: old Go programs wrote that. */
static struct slice
gnu_prefix(const struct tar *tar)
{
	struct slice atime = field(tar, H_GNU_ATIME), ctime = field(tar, H_GNU_CTIME), prefix = field_text(tar, H_PREFIX);
	int64_t ignored;
	bool times = (atime.p[0] == '\0' || number_parse(atime, &ignored)) && (ctime.p[0] == '\0' || number_parse(ctime, &ignored));
	return times || !is_ascii(prefix) ? SLICE("") : prefix;
}

static struct slice
prefix_of(const struct tar *tar)
{
	switch (tar->dialect) {
	case DIALECT_USTAR:
		return field_text(tar, H_PREFIX);
	case DIALECT_STAR:
		return field_text(tar, H_STAR_PREFIX);
	case DIALECT_GNU:
		return gnu_prefix(tar);
	default:
		return SLICE("");
	}
}

/* The block is overwritten when a body is read: names are copied out of it. */
static void
names_copy(struct tar *tar, struct tar_entry *entry)
{
	struct slice prefix = prefix_of(tar), name = field_text(tar, H_NAME), link = field_text(tar, H_LINK);
	size_t n = 0;
	if (prefix.n) {
		memcpy(tar->name, prefix.p, prefix.n);
		tar->name[prefix.n] = '/';
		n = prefix.n + 1;
	}
	memcpy(tar->name + n, name.p, name.n);
	memcpy(tar->link, link.p, link.n);
	entry->path = (struct slice){ tar->name, n + name.n };
	entry->link = (struct slice){ tar->link, link.n };
}

/* Headers about headers: 'x', 'g', 'L', 'K'. */

static int
meta_size(const struct tar *tar, uint64_t *out, struct plim_error *err)
{
	int64_t size;
	int r = number(tar, H_SIZE, "size", &size, err);
	if (r < 0)
		return r;
	if (size < 0)
		return error_set(err, PLIM_EFORMAT, "a negative size");
	if ((uint64_t)size > LIMIT_PAX_HEADER_BYTES)
		return error_set(err, PLIM_ELIMIT, "an extended header beyond limit PAX_HEADER_BYTES (%ju)", (uintmax_t)LIMIT_PAX_HEADER_BYTES);
	*out = (uint64_t)size;
	return 0;
}

static uint64_t
padding_of(uint64_t size)
{
	return (BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES;
}

static int
meta_read(struct tar *tar, struct strbuf *into, struct plim_error *err)
{
	uint64_t left = 0;
	int r = meta_size(tar, &left, err);
	uint64_t padding = padding_of(left);
	strbuf_clear(into);
	while (r == 0 && left) {
		struct slice piece;
		r = take(tar, left, &piece, err);
		if (r == 0 && piece.n == 0)
			r = error_set(err, PLIM_EFORMAT, "the archive is cut off inside an extended header");
		if (r < 0)
			return r;
		strbuf_put(into, piece);
		left -= piece.n;
	}
	if (r == 0 && into->failed)
		r = error_nomem(err);
	return r < 0 ? r : skip(tar, padding, err);
}

/* Twice the same header for one entry: readers take the first, the last or none. */
static int
once(bool *seen, char type, struct plim_error *err)
{
	if (*seen)
		return error_set(err, PLIM_EFORMAT, "two headers of type '%c' for one entry", type);
	*seen = true;
	return 0;
}

static int
local_read(struct tar *tar, struct plim_error *err)
{
	int r = once(&tar->has_pax, 'x', err);
	if (r == 0)
		r = meta_read(tar, &tar->pax_text, err);
	return r < 0 ? r : pax_parse(strbuf_slice(&tar->pax_text), &tar->pax, err);
}

static int
global_read(struct tar *tar, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	int r = meta_read(tar, &text, err);
	return r < 0 ? r : pax_parse_global(strbuf_slice(&text), &tar->global, err);
}

static int
long_read(struct tar *tar, struct strbuf *into, bool *seen, char type, struct plim_error *err)
{
	int r = once(seen, type, err);
	if (r == 0)
		r = meta_read(tar, into, err);
	if (r == 0)
		into->n = strnlen(strbuf_slice(into).p, into->n);
	return r;
}

/* 1 when the block was such a header and is dealt with. */
static int
meta(struct tar *tar, struct plim_error *err)
{
	int r = 0;
	switch (tar->block[H_TYPE]) {
	case 'x':
		r = local_read(tar, err);
		break;
	case 'g':
		r = global_read(tar, err);
		break;
	case 'L':
		r = long_read(tar, &tar->long_name, &tar->has_name, 'L', err);
		break;
	case 'K':
		r = long_read(tar, &tar->long_link, &tar->has_link, 'K', err);
		break;
	default:
		return 0;
	}
	return r < 0 ? r : 1;
}

/* Entries. */

static int
type_of(char flag, enum tar_type *out, struct plim_error *err)
{
	static const enum tar_type types[] = { TAR_FILE, TAR_HARDLINK, TAR_SYMLINK, TAR_CHAR, TAR_BLOCK, TAR_DIRECTORY, TAR_FIFO, TAR_FILE };
	/* GNU's dump directories, volume parts and labels, Solaris' own headers: not a container's. */
	if (flag && strchr("DMNVXA", flag))
		return error_set(err, PLIM_EUNSUPPORTED, "an entry of type '%c'", flag);
	/* POSIX: an unknown type is a regular file. */
	*out = flag >= '0' && flag <= '7' ? types[flag - '0'] : TAR_FILE;
	return 0;
}

static int
attributes(struct tar *tar, struct tar_entry *entry, struct plim_error *err)
{
	int64_t mode, size;
	int r = number(tar, H_MODE, "mode", &mode, err);
	if (r == 0)
		r = number_u32(tar, H_UID, "uid", &entry->uid, err);
	if (r == 0)
		r = number_u32(tar, H_GID, "gid", &entry->gid, err);
	if (r == 0)
		r = number(tar, H_MTIME, "mtime", &entry->mtime, err);
	if (r == 0)
		r = number(tar, H_SIZE, "size", &size, err);
	if (r < 0)
		return r;
	if (size < 0)
		return error_set(err, PLIM_EFORMAT, "a negative size");
	entry->mode = (uint32_t)mode & 07777;
	entry->size = (uint64_t)size;
	return 0;
}

static int
device(struct tar *tar, struct tar_entry *entry, struct plim_error *err)
{
	if (tar->dialect == DIALECT_V7 || (entry->type != TAR_CHAR && entry->type != TAR_BLOCK))
		return 0;
	int r = number_u32(tar, H_MAJOR, "device number", &entry->major, err);
	return r < 0 ? r : number_u32(tar, H_MINOR, "device number", &entry->minor, err);
}

/* Values of extended headers replace those of the block: global, then local, then GNU's names. */
static void
extend(struct tar *tar, struct tar_entry *entry)
{
	pax_apply(&tar->global, entry);
	pax_apply(&tar->pax, entry);
	if (tar->long_name.n)
		entry->path = strbuf_slice(&tar->long_name);
	if (tar->long_link.n)
		entry->link = strbuf_slice(&tar->long_link);
}

/* Sparse files. */

/* Pairs of GNU's old format, up to the first that is not used. */
static int
gnu_pairs(struct tar *tar, size_t at, size_t n, struct plim_error *err)
{
	for (size_t end = at + n; at < end && tar->block[at]; at += 24) {
		int64_t offset, size;
		int r = number(tar, at, 12, "sparse map", &offset, err);
		if (r == 0)
			r = number(tar, at + 12, 12, "sparse map", &size, err);
		if (r < 0)
			return r;
		if (offset < 0 || size < 0)
			return error_set(err, PLIM_EFORMAT, "a negative number in a sparse map");
		if ((r = extents_add(&tar->map, (uint64_t)offset, (uint64_t)size, err)) < 0)
			return r;
	}
	return 0;
}

static int
gnu_map(struct tar *tar, struct tar_entry *entry, struct plim_error *err)
{
	int64_t size;
	if (tar->dialect != DIALECT_GNU)
		return error_set(err, PLIM_EFORMAT, "a sparse file in a header that is not GNU's");
	int r = number(tar, H_GNU_SIZE, "real size", &size, err);
	if (r < 0)
		return r;
	if (size < 0)
		return error_set(err, PLIM_EFORMAT, "a negative size");
	entry->size = (uint64_t)size;
	bool more = tar->block[H_GNU_MORE] != 0;
	r = gnu_pairs(tar, H_GNU_MAP, err);
	while (r == 0 && more) {
		if ((r = block_must_read(tar, err)) < 0)
			return r;
		more = tar->block[EXTENSION_MORE] != 0;
		r = gnu_pairs(tar, EXTENSION_MAP, err);
	}
	return r;
}

/* PAX 1.0 puts the map in front of the data: decimal numbers, each on its line, padded to a block. */
struct map_reader {
	struct tar *tar;
	size_t at;    /* in tar->block; at its end when another must be read */
};

static int
map_number(struct map_reader *reader, uint64_t *out, struct plim_error *err)
{
	struct tar *tar = reader->tar;
	char digits[20];
	size_t n = 0;
	for (;;) {
		if (reader->at == BLOCK_BYTES) {
			if (tar->stored < BLOCK_BYTES)
				return error_set(err, PLIM_EFORMAT, "a sparse map that is longer than its body");
			int r = block_must_read(tar, err);
			if (r < 0)
				return r;
			tar->stored -= BLOCK_BYTES;
			reader->at = 0;
		}
		char c = tar->block[reader->at++];
		if (c == '\n')
			break;
		if (n == sizeof digits)
			return error_set(err, PLIM_EFORMAT, "a sparse map that has no numbers");
		digits[n++] = c;
	}
	if (!slice_to_u64((struct slice){ digits, n }, 10, out))
		return error_set(err, PLIM_EFORMAT, "a sparse map that has no numbers");
	return 0;
}

static int
map_read(struct tar *tar, struct plim_error *err)
{
	struct map_reader reader = { tar, BLOCK_BYTES };
	uint64_t count, offset, size;
	int r = map_number(&reader, &count, err);
	for (uint64_t i = 0; r == 0 && i < count; i++) {
		r = map_number(&reader, &offset, err);
		if (r == 0)
			r = map_number(&reader, &size, err);
		if (r == 0)
			r = extents_add(&tar->map, offset, size, err);
	}
	return r;
}

static int
pax_map(struct tar *tar, struct tar_entry *entry, struct plim_error *err)
{
	int r = 0;
	if (!pax_is_sparse(&tar->pax))
		return 0;
	if (tar->pax.map_in_body)
		r = map_read(tar, err);
	else
		r = pax_extents(&tar->pax, &tar->map, err);
	if (r < 0)
		return r;
	tar->sparse = true;
	if (tar->pax.sparse_name.n)
		entry->path = tar->pax.sparse_name;
	if (tar->pax.has_real_size)
		entry->size = tar->pax.real_size;
	return 0;
}

/* The map must be in order, inside the file, and account for every stored byte. */
static int
map_check(const struct tar *tar, struct plim_error *err)
{
	uint64_t end = 0, sum = 0;
	for (size_t i = 0; i < tar->map.n; i++) {
		const struct extent *extent = &tar->map.at[i];
		if (extent->offset < end || extent->size > tar->logical_size || extent->offset > tar->logical_size - extent->size)
			return error_set(err, PLIM_EFORMAT, "a sparse map out of order or beyond the file's end");
		end = extent->offset + extent->size;
		sum += extent->size;
	}
	if (sum != tar->stored)
		return error_set(err, PLIM_EFORMAT, "a sparse map of %ju bytes over a body of %ju", (uintmax_t)sum, (uintmax_t)tar->stored);
	return 0;
}

static int
body_begin(struct tar *tar, char flag, struct tar_entry *entry, struct plim_error *err)
{
	int r = 0;
	/* The size of anything but a file means nothing: no body follows, whatever it says. */
	if (entry->type != TAR_FILE)
		entry->size = 0;
	tar->stored = entry->size;
	tar->padding = padding_of(entry->size);
	tar->sparse = flag == 'S';
	if (flag == 'S')
		r = gnu_map(tar, entry, err);
	else if (entry->type == TAR_FILE)
		r = pax_map(tar, entry, err);
	tar->logical_size = entry->size;
	if (r == 0 && entry->size > INT64_MAX)
		r = error_set(err, PLIM_EFORMAT, "an impossible size");
	return r < 0 || !tar->sparse ? r : map_check(tar, err);
}

static int
entry_read(struct tar *tar, struct tar_entry *out, struct plim_error *err)
{
	struct tar_entry entry = { .offset = tar->header_at };
	char flag = tar->block[H_TYPE];
	tar->dialect = dialect_of(tar);
	int r = type_of(flag, &entry.type, err);
	if (r == 0)
		r = attributes(tar, &entry, err);
	if (r == 0)
		r = device(tar, &entry, err);
	if (r < 0)
		return r;
	names_copy(tar, &entry);
	extend(tar, &entry);
	/* Before POSIX a directory was a file with a slash at its end. */
	if (flag == '\0' && slice_ends(entry.path, SLICE("/")))
		entry.type = TAR_DIRECTORY;
	if ((r = body_begin(tar, flag, &entry, err)) < 0)
		return r;
	*out = entry;
	return 1;
}

static void
forget(struct tar *tar)
{
	pax_done(&tar->pax);
	tar->pax = (struct pax){ 0 };
	strbuf_clear(&tar->pax_text);
	strbuf_clear(&tar->long_name);
	strbuf_clear(&tar->long_link);
	tar->has_pax = tar->has_name = tar->has_link = tar->sparse = false;
	tar->map.n = tar->map_at = 0;
	tar->logical = tar->logical_size = 0;
}

/* Runtimes stop at the second zero block; another reader may not, and must then find nothing. */
static int
end_check(struct tar *tar, struct plim_error *err)
{
	tar->ended = true;
	int r = block_read(tar, err);
	if (r <= 0)
		return r;
	if (!is_zero(field(tar, 0, BLOCK_BYTES)))
		return error_set(err, PLIM_EFORMAT, "a lone zero block between entries");
	for (;;) {
		struct slice piece;
		r = take(tar, UINT64_MAX, &piece, err);
		if (r < 0 || piece.n == 0)
			return r;
		if (!is_zero(piece))
			return error_set(err, PLIM_EFORMAT, "data behind the end of the archive");
	}
}

static int
entry_find(struct tar *tar, struct tar_entry *entry, struct plim_error *err)
{
	for (;;) {
		tar->header_at = tar->at;
		int r = block_read(tar, err);
		bool end = r == 0 || (r == 1 && is_zero(field(tar, 0, BLOCK_BYTES)));
		if (r < 0)
			return r;
		if (end && (tar->has_pax || tar->has_name || tar->has_link))
			return error_set(err, PLIM_EFORMAT, "an extended header without an entry");
		if (end)
			return r == 0 ? 0 : end_check(tar, err);
		if ((r = checksum_check(tar, err)) < 0 || (r = meta(tar, err)) < 0)
			return r;
		if (r == 0)
			return entry_read(tar, entry, err);
	}
}

int
tar_next(struct tar *tar, struct tar_entry *entry, struct plim_error *err)
{
	if (tar->ended)
		return 0;
	int r = skip(tar, tar->stored, err);
	if (r == 0)
		r = skip(tar, tar->padding, err);
	if (r < 0)
		return error_wrap(err, r, "tar, body of the entry at offset %ju", (uintmax_t)tar->header_at);
	tar->stored = tar->padding = 0;
	forget(tar);
	r = entry_find(tar, entry, err);
	entry->sparse = tar->sparse;
	return r < 0 ? error_wrap(err, r, "tar, offset %ju", (uintmax_t)tar->header_at) : r;
}

static int
stored_read(struct tar *tar, uint64_t most, struct slice *piece, struct plim_error *err)
{
	int r = take(tar, most < tar->stored ? most : tar->stored, piece, err);
	if (r == 0 && piece->n == 0)
		r = error_set(err, PLIM_EFORMAT, "the archive is cut off, %ju bytes early", (uintmax_t)tar->stored);
	if (r < 0)
		return error_wrap(err, r, "tar, body of the entry at offset %ju", (uintmax_t)tar->header_at);
	tar->stored -= piece->n;
	return 0;
}

static int
hole_read(struct tar *tar, uint64_t most, struct slice *piece, struct plim_error *err)
{
	static const char zeros[HOLE_BYTES];
	*piece = (struct slice){ zeros, most < HOLE_BYTES ? (size_t)most : HOLE_BYTES };
	tar->holes += piece->n;
	if (tar->holes > LIMIT_TAR_HOLE_BYTES)
		return error_set(err, PLIM_ELIMIT, "tar, offset %ju: holes beyond limit TAR_HOLE_BYTES (%ju)", (uintmax_t)tar->header_at,
		                 (uintmax_t)LIMIT_TAR_HOLE_BYTES);
	return 0;
}

static int
sparse_read(struct tar *tar, struct slice *piece, struct plim_error *err)
{
	uint64_t at = tar->logical, hole_end = tar->logical_size;
	int r = 0;
	while (tar->map_at < tar->map.n && tar->map.at[tar->map_at].offset + tar->map.at[tar->map_at].size <= at)
		tar->map_at++;
	const struct extent *extent = tar->map_at < tar->map.n ? &tar->map.at[tar->map_at] : NULL;
	if (extent && extent->offset <= at) {
		r = stored_read(tar, extent->offset + extent->size - at, piece, err);
	} else {
		if (extent)
			hole_end = extent->offset;
		r = hole_read(tar, hole_end - at, piece, err);
	}
	tar->logical += r < 0 ? 0 : piece->n;
	return r;
}

int
tar_read(struct tar *tar, struct slice *piece, struct plim_error *err)
{
	*piece = SLICE("");
	if (tar->sparse)
		return tar->logical < tar->logical_size ? sparse_read(tar, piece, err) : 0;
	return tar->stored ? stored_read(tar, tar->stored, piece, err) : 0;
}

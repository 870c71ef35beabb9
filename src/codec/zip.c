/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zip archives by their central directory.  Two readers of one format: zip_open for feeds, which believes nothing that does not
 * agree with itself, and zip_walk for what a Java machine starts, which goes as far as that machine goes.
 */
#include "codec/zip.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"

#include <stdlib.h>
#include <zlib.h>

#define END_SIZE      22
#define END64_SIZE    56
#define LOCATOR_SIZE  20
#define COMMENT_MOST  65535

#define END_SIGNATURE       0x06054b50
#define END64_SIGNATURE     0x06064b50
#define LOCATOR_SIGNATURE   0x07064b50
#define DIRECTORY_SIGNATURE 0x02014b50
#define LOCAL_SIGNATURE     0x04034b50

#define METHOD_STORED   0
#define METHOD_DEFLATED 8

/* Deflate cannot do better: two bits for 258 bytes, and a few bytes of frame. */
#define DEFLATE_RATIO 1032

struct directory {
	uint64_t at, size, entries;
};

/* The end record stands before a comment of unknown length: the last one whose comment ends the file. */
static bool
end_find(struct slice bytes, size_t *at)
{
	size_t least = bytes.n > END_SIZE + COMMENT_MOST ? bytes.n - END_SIZE - COMMENT_MOST : 0;
	for (size_t i = bytes.n < END_SIZE ? 0 : bytes.n - END_SIZE + 1; i-- > least;) {
		struct cursor c = cursor_of(slice_from(bytes, i));
		if (cursor_u32le(&c) != END_SIGNATURE)
			continue;
		cursor_seek(&c, 20);
		if (cursor_u16le(&c) == bytes.n - i - END_SIZE && !c.bad) {
			*at = i;
			return true;
		}
	}
	return false;
}

static int
directory64_read(struct slice bytes, size_t end_at, struct directory *out, struct plim_error *err)
{
	struct cursor c = cursor_of(bytes);
	cursor_seek(&c, end_at - LOCATOR_SIZE);
	if (cursor_u32le(&c) != LOCATOR_SIGNATURE)
		return error_set(err, PLIM_EFORMAT, "zip: the zip64 locator is missing at offset %zu", end_at - LOCATOR_SIZE);
	cursor_u32le(&c);
	uint64_t at = cursor_u64le(&c);
	if (at > bytes.n)
		return error_set(err, PLIM_EFORMAT, "zip: the zip64 end record lies past the end");
	cursor_seek(&c, (size_t)at);
	if (cursor_u32le(&c) != END64_SIGNATURE)
		return error_set(err, PLIM_EFORMAT, "zip: no zip64 end record at offset %llu", (unsigned long long)at);
	cursor_seek(&c, (size_t)at + 32);
	out->entries = cursor_u64le(&c);
	out->size = cursor_u64le(&c);
	out->at = cursor_u64le(&c);
	return c.bad ? error_set(err, PLIM_EFORMAT, "zip: the zip64 end record is cut off") : 0;
}

static int
directory_find(struct slice bytes, struct directory *out, struct plim_error *err)
{
	size_t at;
	if (!end_find(bytes, &at))
		return error_set(err, PLIM_EFORMAT, "zip: there is no end record: cut off, or not a zip");
	struct cursor c = cursor_of(bytes);
	cursor_seek(&c, at + 10);
	out->entries = cursor_u16le(&c);
	out->size = cursor_u32le(&c);
	out->at = cursor_u32le(&c);
	bool is64 = out->entries == UINT16_MAX || out->size == UINT32_MAX || out->at == UINT32_MAX;
	if (is64 && at >= LOCATOR_SIZE) {
		int r = directory64_read(bytes, at, out, err);
		if (r < 0)
			return r;
	}
	if (out->at > at || out->size > at - out->at)
		return error_set(err, PLIM_EFORMAT, "zip: the directory does not lie before its end record");
	if (out->entries > LIMIT_FEED_MEMBER_COUNT || out->entries * 46 > out->size)
		return error_set(err, PLIM_EFORMAT, "zip: the directory cannot hold the %llu entries that it claims", (unsigned long long)out->entries);
	return 0;
}

/* Zip64 sizes stand in the extra field of id 1, only those that are all ones in the entry itself. */
static void
extra_read(struct slice extra, struct zip_member *member)
{
	struct cursor c = cursor_of(extra);
	while (cursor_left(&c) >= 4) {
		uint16_t id = cursor_u16le(&c);
		struct cursor field = cursor_of(cursor_take(&c, cursor_u16le(&c)));
		if (id != 1)
			continue;
		if (member->size == UINT32_MAX)
			member->size = cursor_u64le(&field);
		if (member->packed == UINT32_MAX)
			member->packed = cursor_u64le(&field);
		if (member->header_at == UINT32_MAX)
			member->header_at = cursor_u64le(&field);
	}
}

/* One entry of the directory; false where none begins or it is cut off. */
static bool
entry_read(struct cursor *c, struct zip_member *out)
{
	*out = (struct zip_member){ 0 };
	bool begins = cursor_u32le(c) == DIRECTORY_SIGNATURE;
	cursor_take(c, 4);
	out->encrypted = cursor_u16le(c) & 1;
	out->method = cursor_u16le(c);
	cursor_take(c, 4);
	out->crc = cursor_u32le(c);
	out->packed = cursor_u32le(c);
	out->size = cursor_u32le(c);
	uint16_t name_size = cursor_u16le(c), extra_size = cursor_u16le(c), comment_size = cursor_u16le(c);
	cursor_take(c, 8);
	out->header_at = cursor_u32le(c);
	out->name = cursor_take(c, name_size);
	struct slice extra = cursor_take(c, extra_size);
	if (out->size == UINT32_MAX || out->packed == UINT32_MAX || out->header_at == UINT32_MAX)
		extra_read(extra, out);
	cursor_take(c, comment_size);
	return begins && !c->bad;
}

static int
member_read(struct cursor *c, const struct zip *zip, struct zip_member *out, struct plim_error *err)
{
	size_t at = c->at;
	if (!entry_read(c, out))
		return error_set(err, PLIM_EFORMAT, "zip: no whole directory entry at offset %zu", at);
	if (out->name.n > LIMIT_PATH_BYTES)
		return error_set(err, PLIM_ELIMIT, "zip: a name beyond limit PATH_BYTES at offset %zu", at);
	if (out->encrypted)
		return error_set(err, PLIM_EUNSUPPORTED, "zip: encrypted member at offset %zu", at);
	if (out->header_at > zip->bytes.n || out->packed > zip->bytes.n - out->header_at)
		return error_set(err, PLIM_EFORMAT, "zip: a member past the end of the file, at offset %zu", at);
	return 0;
}

struct span {
	uint64_t from, to;
};

static int
by_place(const void *a, const void *b)
{
	const struct span *left = a, *right = b;
	return (left->from > right->from) - (left->from < right->from);
}

/* Members that share bytes are how a small zip becomes a large one. */
static int
check_overlap(const struct zip *zip, struct arena *arena, struct plim_error *err)
{
	struct span *spans = arena_make_array(arena, zip->n + 1, struct span);
	if (spans == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < zip->n; i++)
		spans[i] = (struct span){ zip->members[i].header_at, zip->members[i].header_at + 30 + zip->members[i].name.n + zip->members[i].packed };
	if (zip->n > 1)
		qsort(spans, zip->n, sizeof *spans, by_place);
	for (size_t i = 1; i < zip->n; i++)
		if (spans[i].from < spans[i - 1].to)
			return error_set(err, PLIM_EFORMAT, "zip: members overlap at offset %llu", (unsigned long long)spans[i].from);
	return 0;
}

int
zip_open(struct slice bytes, struct arena *arena, struct zip **out, struct plim_error *err)
{
	struct directory directory = { 0 };
	struct zip *zip = arena_make(arena, struct zip);
	int r = directory_find(bytes, &directory, err);
	if (r < 0)
		return r;
	if (zip == NULL || (zip->members = arena_make_array(arena, (size_t)directory.entries + 1, struct zip_member)) == NULL)
		return error_nomem(err);
	zip->bytes = bytes;
	struct cursor c = cursor_of(slice_first(bytes, (size_t)(directory.at + directory.size)));
	cursor_seek(&c, (size_t)directory.at);
	for (; zip->n < directory.entries; zip->n++)
		if ((r = member_read(&c, zip, &zip->members[zip->n], err)) < 0)
			return r;
	if ((r = check_overlap(zip, arena, err)) < 0)
		return r;
	*out = zip;
	return 0;
}

/* What is behind a member's local header, and the name there. */
static int
packed_find(struct slice bytes, const struct zip_member *member, struct slice *name, struct slice *out, struct plim_error *err)
{
	struct cursor c = cursor_of(bytes);
	if (member->header_at > bytes.n)
		return error_set(err, PLIM_EFORMAT, "zip: a member past the end of the file");
	cursor_seek(&c, (size_t)member->header_at);
	bool begins = cursor_u32le(&c) == LOCAL_SIGNATURE;
	cursor_take(&c, 22);
	uint16_t name_size = cursor_u16le(&c), extra_size = cursor_u16le(&c);
	*name = cursor_take(&c, name_size);
	cursor_take(&c, extra_size);
	*out = cursor_take(&c, (size_t)member->packed);
	if (!begins)
		return error_set(err, PLIM_EFORMAT, "zip: no local header at offset %llu", (unsigned long long)member->header_at);
	return c.bad ? error_set(err, PLIM_EFORMAT, "zip: the member at offset %llu is cut off", (unsigned long long)member->header_at) : 0;
}

static int
inflate_part(z_stream *z, bool whole)
{
	int status = inflate(z, whole ? Z_FINISH : Z_SYNC_FLUSH);
	if (whole)
		return status == Z_STREAM_END && z->avail_in == 0 && z->avail_out == 0 ? 0 : PLIM_EFORMAT;
	return (status == Z_OK || status == Z_STREAM_END) && z->avail_out == 0 ? 0 : PLIM_EFORMAT;
}

/* `size` bytes, which are all of the member or, for one that is not `whole`, its beginning. */
static int
inflate_member(struct slice packed, char *into, size_t size, bool whole)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n, .next_out = (Bytef *)into, .avail_out = (uInt)size };
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return PLIM_ENOMEM;
	int r = inflate_part(&z, whole);
	inflateEnd(&z);
	return r;
}

static int
member_unpack(const struct zip_member *member, struct slice packed, char *into, size_t size, struct plim_error *err)
{
	bool whole = size == member->size;
	int r = PLIM_EFORMAT;
	if (member->method == METHOD_STORED && packed.n == member->size) {
		memcpy(into, packed.p, size);
		r = 0;
	} else if (member->method == METHOD_DEFLATED) {
		r = inflate_member(packed, into, size, whole);
	} else if (member->method != METHOD_STORED) {
		return error_set(err, PLIM_EUNSUPPORTED, "zip: compression method %u is not read here", member->method);
	}
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0 || (whole && crc32(0, (const Bytef *)into, (uInt)size) != member->crc))
		return error_set(err, PLIM_EFORMAT, "zip: the bytes at offset %llu are not those that the directory describes",
		                 (unsigned long long)member->header_at);
	return 0;
}

static int
unpack(const struct zip_member *member, struct slice packed, size_t size, char **out, size_t *out_size, struct plim_error *err)
{
	AUTO(free) char *bytes = malloc(size + 1);
	if (bytes == NULL)
		return error_nomem(err);
	int r = member_unpack(member, packed, bytes, size, err);
	if (r < 0)
		return r;
	bytes[size] = '\0';
	*out_size = size;
	*out = ptr_take(&bytes);
	return 0;
}

int
zip_read(const struct zip *zip, const struct zip_member *member, char **out, size_t *out_size, struct plim_error *err)
{
	struct slice packed, name;
	if (member->size > LIMIT_ZIP_MEMBER_BYTES)
		return error_set(err, PLIM_ELIMIT, "zip: a member beyond limit ZIP_MEMBER_BYTES");
	int r = packed_find(zip->bytes, member, &name, &packed, err);
	if (r < 0)
		return r;
	if (!slice_eq(name, member->name))
		return error_set(err, PLIM_EFORMAT, "zip: the local header at offset %llu is not that of the directory",
		                 (unsigned long long)member->header_at);
	return unpack(member, packed, (size_t)member->size, out, out_size, err);
}

/* A directory ends where its end record begins, whatever stands in front of the archive: java takes that for its place. */
static bool
place_directory(struct slice bytes, size_t end, const struct directory *claims, struct zip_walk *out)
{
	if (claims->size > end || claims->at > end - claims->size)
		return false;
	size_t at = end - (size_t)claims->size;
	struct cursor c = cursor_of(bytes);
	cursor_seek(&c, at);
	if (claims->size && cursor_u32le(&c) != DIRECTORY_SIGNATURE)
		return false;
	out->bytes = bytes;
	out->before = at - (size_t)claims->at;
	out->directory = cursor_of(slice_first(bytes, end));
	cursor_seek(&out->directory, at);
	return true;
}

/* The zip64 record is where the locator says or, behind something put in front of the archive, right before the locator. */
static bool
place_directory64(struct slice bytes, size_t end_at, struct zip_walk *out)
{
	struct cursor c = cursor_of(bytes);
	if (end_at < LOCATOR_SIZE + END64_SIZE)
		return false;
	cursor_seek(&c, end_at - LOCATOR_SIZE);
	bool begins = cursor_u32le(&c) == LOCATOR_SIGNATURE;
	cursor_u32le(&c);
	uint64_t places[] = { cursor_u64le(&c), end_at - LOCATOR_SIZE - END64_SIZE };
	for (size_t i = 0; begins && i < sizeof places / sizeof *places; i++) {
		struct cursor record = cursor_of(slice_first(bytes, end_at));
		if (places[i] > end_at)
			continue;
		cursor_seek(&record, (size_t)places[i]);
		if (cursor_u32le(&record) != END64_SIGNATURE)
			continue;
		cursor_take(&record, 28);
		struct directory claims = { .entries = cursor_u64le(&record) };
		claims.size = cursor_u64le(&record);
		claims.at = cursor_u64le(&record);
		if (!record.bad && place_directory(bytes, (size_t)places[i], &claims, out))
			return true;
	}
	return false;
}

static bool
walk_from(struct slice bytes, size_t end_at, struct zip_walk *out)
{
	struct cursor c = cursor_of(bytes);
	cursor_seek(&c, end_at + 10);
	uint16_t entries = cursor_u16le(&c);
	uint32_t size = cursor_u32le(&c), at = cursor_u32le(&c);
	struct directory claims = { .entries = entries, .size = size, .at = at };
	bool ends = cursor_u16le(&c) == cursor_left(&c);
	/* An archive of nothing: any record might be one, so that it must be the file's end. */
	if (c.bad || (size == 0 && !ends))
		return false;
	if ((entries == UINT16_MAX || size == UINT32_MAX || at == UINT32_MAX) && place_directory64(bytes, end_at, out))
		return true;
	return place_directory(bytes, end_at, &claims, out);
}

int
zip_walk_begin(struct slice bytes, struct zip_walk *out, struct plim_error *err)
{
	size_t least = bytes.n > END_SIZE + COMMENT_MOST ? bytes.n - END_SIZE - COMMENT_MOST : 0;
	/* The last record that a directory stands before: bytes behind it are in no java's way. */
	for (size_t i = bytes.n < END_SIZE ? 0 : bytes.n - END_SIZE + 1; i-- > least;)
		if (bytes.p[i] == 'P' && memcmp(bytes.p + i, "PK\5\6", 4) == 0 && walk_from(bytes, i, out))
			return 0;
	return error_set(err, PLIM_EFORMAT, "zip: there is no end record with a directory before it: cut off, or not a zip");
}

int
zip_walk_next(struct zip_walk *walk, struct zip_member *out, struct plim_error *err)
{
	size_t at = walk->directory.at;
	if (cursor_left(&walk->directory) == 0)
		return 0;
	/* An end for the walk, too: what cannot be told apart has no next entry. */
	if (!entry_read(&walk->directory, out)) {
		walk->directory.bad = true;
		return error_set(err, PLIM_EFORMAT, "zip: no whole directory entry at offset %zu", at);
	}
	out->header_at = out->header_at > UINT64_MAX - walk->before ? UINT64_MAX : out->header_at + walk->before;
	return 1;
}

int
zip_walk_packed(const struct zip_walk *walk, const struct zip_member *member, struct slice *out, struct plim_error *err)
{
	struct slice name;
	if (member->encrypted)
		return error_set(err, PLIM_EUNSUPPORTED, "zip: it is encrypted");
	if (member->method != METHOD_STORED && member->method != METHOD_DEFLATED)
		return error_set(err, PLIM_EUNSUPPORTED, "zip: compression method %u is not read here", member->method);
	int r = packed_find(walk->bytes, member, &name, out, err);
	if (r < 0)
		return r;
	bool lies = member->method == METHOD_STORED ? member->size != out->n : member->size / DEFLATE_RATIO > out->n;
	return lies ? error_set(err, PLIM_EFORMAT, "zip: %zu packed bytes cannot be the %llu that the directory tells of", out->n,
	                        (unsigned long long)member->size)
	            : 0;
}

bool
zip_member_is_stored(const struct zip_member *member)
{
	return member->method == METHOD_STORED;
}

int
zip_unpack(const struct zip_member *member, struct slice packed, size_t most, char **out, size_t *out_size, struct plim_error *err)
{
	return unpack(member, packed, member->size < most ? (size_t)member->size : most, out, out_size, err);
}

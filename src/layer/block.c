/* SPDX-License-Identifier: Apache-2.0 */
/* The block: one growing buffer for each section while building, one checked run of bytes afterwards. */
#include "layer/block.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"

#include <assert.h>
#include <sys/mman.h>

#define MAGIC    "PLIMBLK\n"
#define NO_TEXT  UINT32_MAX

enum section { ENTRIES, ROWS, FIELDS, PROBLEMS, TEXT, SECTION_COUNT };

#define HEADER_SIZE (24 + SECTION_COUNT * 16)

static const struct {
	const char *name;
	size_t size;    /* of one record */
} sections[SECTION_COUNT] = {
	[ENTRIES] = { "entries", 40 },
	[ROWS] = { "rows", 20 },
	[FIELDS] = { "fields", 8 },
	[PROBLEMS] = { "problems", 20 },
	[TEXT] = { "text", 1 },
};

/*
 * An entry record.  Most entries are plain files, so what few of them have
 * (link, capability, digest, device) lies apart, as a record inside text.
 */
enum entry_field {
	E_PATH = 0,      /* u32: offset in text */
	E_PATH_SIZE = 4, /* u16 */
	E_MODE = 6,      /* u16 */
	E_SIZE = 8,      /* u64 */
	E_MTIME = 16,    /* i64 */
	E_UID = 24,      /* u32 */
	E_GID = 28,      /* u32 */
	E_TYPE = 32,     /* u8 */
	E_FLAGS = 33,    /* u8, then two zeros */
	E_EXTRA = 36,    /* u32: offset in text, NO_TEXT for none */
};

enum extra_field {
	X_LINK = 0,        /* u32 offset, u32 length */
	X_CAPABILITY = 8,  /* the same */
	X_DIGEST = 16,     /* the same */
	X_MAJOR = 24,
	X_MINOR = 28,
	EXTRA_SIZE = 32,
};

enum row_field { R_KIND = 0, R_COUNT = 4, R_ENTRY = 8, R_LINE = 12, R_FIRST = 16 };
enum problem_field { P_ENTRY = 0, P_CATALOGER = 4, P_MESSAGE = 12 };

static void
put16(char *at, uint16_t value)
{
	for (int i = 0; i < 2; i++)
		at[i] = (char)(value >> 8 * i);
}

static void
put32(char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)(value >> 8 * i);
}

static void
put64(char *at, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		at[i] = (char)(value >> 8 * i);
}

static uint16_t
get16(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;
	return (uint16_t)(b[0] | b[1] << 8);
}

static uint32_t
get32(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static uint64_t
get64(const char *at)
{
	return (uint64_t)get32(at + 4) << 32 | get32(at);
}

/* Building. */

struct block_builder {
	struct strbuf sections[SECTION_COUNT];
	enum hashed_files hashing;
	size_t entry_text_end;    /* text before it belongs to entries and survives a rewind */
};

static uint32_t
count_of(const struct block_builder *builder, enum section section)
{
	return (uint32_t)(builder->sections[section].n / sections[section].size);
}

int
block_builder_new(struct block_builder **out, struct plim_error *err)
{
	struct block_builder *builder = calloc(1, sizeof *builder);
	if (builder == NULL)
		return error_nomem(err);
	*out = builder;
	return 0;
}

void
block_builder_free(struct block_builder *builder)
{
	if (builder == NULL)
		return;
	for (int i = 0; i < SECTION_COUNT; i++)
		strbuf_done(&builder->sections[i]);
	free(builder);
}

/* A new zeroed record, valid until the next one; NULL without memory. */
static char *
record_new(struct block_builder *builder, enum section section, size_t size)
{
	struct strbuf *buf = &builder->sections[section];
	char *record = strbuf_reserve(buf, size);
	if (record == NULL)
		return NULL;
	memset(record, 0, size);
	strbuf_added(buf, size);
	return record;
}

static int
text_check(const struct block_builder *builder, uint64_t extra, struct plim_error *err)
{
	if (extra > LIMIT_BLOCK_TEXT_BYTES - builder->sections[TEXT].n)
		return error_set(err, PLIM_ELIMIT, "more than BLOCK_TEXT_BYTES (%ju) bytes of text", (uintmax_t)LIMIT_BLOCK_TEXT_BYTES);
	return 0;
}

/* Appends `s` and writes offset and length into `pair`; the caller has asked text_check. */
static void
text_put(struct block_builder *builder, struct slice s, char *pair)
{
	put32(pair, (uint32_t)builder->sections[TEXT].n);
	put32(pair + 4, s.p ? (uint32_t)s.n : NO_TEXT);
	strbuf_put(&builder->sections[TEXT], s);
}

static bool
has_extra(const struct entry *entry)
{
	return entry->link.p || entry->capability.p || entry->digest.p || entry->major || entry->minor;
}

/* The extra record of an entry goes in front of the texts it names; a later digest overwrites in place. */
static uint32_t
extra_put(struct block_builder *builder, const struct entry *entry)
{
	char extra[EXTRA_SIZE];
	struct strbuf *text = &builder->sections[TEXT];
	text_put(builder, entry->link, extra + X_LINK);
	text_put(builder, entry->capability, extra + X_CAPABILITY);
	text_put(builder, entry->digest, extra + X_DIGEST);
	put32(extra + X_MAJOR, entry->major);
	put32(extra + X_MINOR, entry->minor);
	uint32_t at = (uint32_t)text->n;
	strbuf_put(text, (struct slice){ extra, EXTRA_SIZE });
	return at;
}

static void
entry_encode(char *record, const struct entry *entry)
{
	put16(record + E_PATH_SIZE, (uint16_t)entry->path.n);
	put16(record + E_MODE, (uint16_t)(entry->mode & 07777));
	put64(record + E_SIZE, entry->size);
	put64(record + E_MTIME, (uint64_t)entry->mtime);
	put32(record + E_UID, entry->uid);
	put32(record + E_GID, entry->gid);
	record[E_TYPE] = (char)entry->type;
	record[E_FLAGS] = (char)entry->flags;
}

void
block_with_digests(struct block_builder *builder, enum hashed_files which)
{
	builder->hashing = which;
}

int
block_add_entry(struct block_builder *builder, const struct entry *entry, uint32_t *index, struct plim_error *err)
{
	struct strbuf *text = &builder->sections[TEXT];
	uint32_t at = count_of(builder, ENTRIES);
	if (at >= LIMIT_ENTRY_COUNT)
		return error_set(err, PLIM_ELIMIT, "more than ENTRY_COUNT (%ju) entries", (uintmax_t)LIMIT_ENTRY_COUNT);
	if (entry->path.n > LIMIT_PATH_BYTES)
		return error_set(err, PLIM_ELIMIT, "a path of more than PATH_BYTES (%ju) bytes", (uintmax_t)LIMIT_PATH_BYTES);
	int r = text_check(builder, (uint64_t)entry->path.n + entry->link.n + entry->capability.n + entry->digest.n + EXTRA_SIZE, err);
	if (r < 0)
		return r;
	char *record = record_new(builder, ENTRIES, sections[ENTRIES].size);
	if (record == NULL)
		return error_nomem(err);
	entry_encode(record, entry);
	put32(record + E_PATH, (uint32_t)text->n);
	strbuf_put(text, entry->path);
	put32(record + E_EXTRA, has_extra(entry) ? extra_put(builder, entry) : NO_TEXT);
	builder->entry_text_end = text->n;
	if (text->failed)
		return error_nomem(err);
	if (index)
		*index = at;
	return 0;
}

void
block_entry_read(struct block_builder *builder, uint32_t entry, uint32_t flags, struct slice digest)
{
	struct strbuf *text = &builder->sections[TEXT];
	char *record = builder->sections[ENTRIES].p + (size_t)entry * sections[ENTRIES].size;
	assert(entry < count_of(builder, ENTRIES) && (digest.p == NULL || digest.n == 32));
	record[E_FLAGS] = (char)((unsigned char)record[E_FLAGS] | flags);
	if (digest.p == NULL)
		return;
	/* Without room for a digest the block cannot be finished: an entry must not lose it silently. */
	if (text_check(builder, EXTRA_SIZE + digest.n, NULL) < 0) {
		text->failed = true;
		return;
	}
	uint32_t extra = get32(record + E_EXTRA);
	if (extra == NO_TEXT) {
		put32(record + E_EXTRA, extra_put(builder, &(struct entry){ .digest = digest }));
	} else {
		char pair[8];
		text_put(builder, digest, pair);
		memcpy(text->p + extra + X_DIGEST, pair, sizeof pair);
	}
	builder->entry_text_end = text->n;
}

static int
fields_check(const struct block_builder *builder, const struct slice *fields, size_t n, uint64_t most, struct plim_error *err)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++) {
		if (fields[i].n > most)
			return error_set(err, PLIM_ELIMIT, "a text of more than ROW_TEXT_BYTES (%ju) bytes", (uintmax_t)most);
		sum += fields[i].n;
	}
	return text_check(builder, sum, err);
}

static int
add_row(struct block_builder *builder, uint16_t kind, uint32_t entry, uint32_t line, const struct slice *fields, size_t n, uint64_t most,
        struct plim_error *err)
{
	if (count_of(builder, ROWS) >= LIMIT_ROW_COUNT)
		return error_set(err, PLIM_ELIMIT, "more than ROW_COUNT (%ju) rows", (uintmax_t)LIMIT_ROW_COUNT);
	assert(n <= 256);
	int r = fields_check(builder, fields, n, most, err);
	if (r < 0)
		return r;
	uint32_t first = count_of(builder, FIELDS);
	char *row = record_new(builder, ROWS, sections[ROWS].size);
	char *field = record_new(builder, FIELDS, n * sections[FIELDS].size);
	if (row == NULL || field == NULL)
		return error_nomem(err);
	put16(row + R_KIND, kind);
	put32(row + R_COUNT, (uint32_t)n);
	put32(row + R_ENTRY, entry);
	put32(row + R_LINE, line);
	put32(row + R_FIRST, first);
	for (size_t i = 0; i < n; i++)
		text_put(builder, fields[i], field + i * sections[FIELDS].size);
	return builder->sections[TEXT].failed ? error_nomem(err) : 0;
}

int
block_add_row(struct block_builder *builder, uint16_t kind, uint32_t entry, uint32_t line, const struct slice *fields,
              size_t n, struct plim_error *err)
{
	return add_row(builder, kind, entry, line, fields, n, LIMIT_ROW_TEXT_BYTES, err);
}

int
block_add_content(struct block_builder *builder, uint16_t kind, uint32_t entry, const struct slice *fields, size_t n, struct plim_error *err)
{
	return add_row(builder, kind, entry, 0, fields, n, LIMIT_CONFIG_BODY_BYTES, err);
}

int
block_add_problem(struct block_builder *builder, uint32_t entry, struct slice cataloger, struct slice message,
                  struct plim_error *err)
{
	if (count_of(builder, PROBLEMS) >= LIMIT_ROW_COUNT)
		return error_set(err, PLIM_ELIMIT, "more than ROW_COUNT (%ju) problems", (uintmax_t)LIMIT_ROW_COUNT);
	int r = text_check(builder, (uint64_t)cataloger.n + message.n, err);
	if (r < 0)
		return r;
	char *record = record_new(builder, PROBLEMS, sections[PROBLEMS].size);
	if (record == NULL)
		return error_nomem(err);
	put32(record + P_ENTRY, entry);
	text_put(builder, cataloger.p ? cataloger : SLICE(""), record + P_CATALOGER);
	text_put(builder, message.p ? message : SLICE(""), record + P_MESSAGE);
	return builder->sections[TEXT].failed ? error_nomem(err) : 0;
}

_Static_assert(sizeof(size_t) == 8, "a mark holds two counts");

size_t
block_mark(const struct block_builder *builder)
{
	return (size_t)count_of(builder, ROWS) << 32 | count_of(builder, PROBLEMS);
}

void
block_rewind(struct block_builder *builder, size_t mark)
{
	struct strbuf *rows = &builder->sections[ROWS], *problems = &builder->sections[PROBLEMS];
	struct strbuf *fields = &builder->sections[FIELDS], *text = &builder->sections[TEXT];
	size_t rows_end = (mark >> 32) * sections[ROWS].size, problems_end = (mark & UINT32_MAX) * sections[PROBLEMS].size;
	size_t text_end = text->n;
	assert(rows_end <= rows->n && problems_end <= problems->n);
	if (rows_end < rows->n) {
		size_t fields_end = (size_t)get32(rows->p + rows_end + R_FIRST) * sections[FIELDS].size;
		if (fields_end < fields->n)
			text_end = get32(fields->p + fields_end);
		fields->n = fields_end;
	}
	if (problems_end < problems->n) {
		size_t at = get32(problems->p + problems_end + P_CATALOGER);
		text_end = at < text_end ? at : text_end;
	}
	rows->n = rows_end;
	problems->n = problems_end;
	text->n = text_end > builder->entry_text_end ? text_end : builder->entry_text_end;
}

static void
header_write(const struct block_builder *builder, size_t size, char *header)
{
	uint64_t at = HEADER_SIZE;
	memcpy(header, MAGIC, 8);
	put32(header + 8, BLOCK_VERSION);
	put32(header + 12, builder->hashing);
	put64(header + 16, size);
	for (int i = 0; i < SECTION_COUNT; i++) {
		put64(header + 24 + i * 16, at);
		put64(header + 32 + i * 16, count_of(builder, (enum section)i));
		at += builder->sections[i].n;
	}
}

int
block_finish(struct block_builder *builder, char **out, size_t *out_size, struct plim_error *err)
{
	size_t size = HEADER_SIZE;
	for (int i = 0; i < SECTION_COUNT; i++) {
		if (builder->sections[i].failed)
			return error_nomem(err);
		size += builder->sections[i].n;
	}
	char *bytes = malloc(size);
	if (bytes == NULL)
		return error_nomem(err);
	header_write(builder, size, bytes);
	size_t at = HEADER_SIZE;
	/* Each section goes as soon as it is copied, so that the peak is one and a half blocks, not two. */
	for (int i = 0; i < SECTION_COUNT; i++) {
		struct strbuf *section = &builder->sections[i];
		if (section->n)
			memcpy(bytes + at, section->p, section->n);
		at += section->n;
		strbuf_done(section);
		*section = (struct strbuf){ 0 };
	}
	builder->entry_text_end = 0;
	*out = bytes;
	*out_size = size;
	return 0;
}

/* Reading. */

struct block {
	struct slice map;    /* absent where the bytes are nobody's file */
	enum hashed_files hashing;
	const char *at[SECTION_COUNT];
	uint32_t n[SECTION_COUNT];
};

static int
bad(struct plim_error *err, enum section section, uint32_t index, const char *what)
{
	return error_set(err, PLIM_EFORMAT, "block: %s %u: %s", sections[section].name, index, what);
}

/* Sections follow each other without a gap: one content has one encoding. */
static int
header_check(struct slice bytes, struct block *block, struct plim_error *err)
{
	if (bytes.n < HEADER_SIZE || memcmp(bytes.p, MAGIC, 8) != 0)
		return error_set(err, PLIM_EFORMAT, "block: no block");
	if (get32(bytes.p + 8) != BLOCK_VERSION)
		return error_set(err, PLIM_EUNSUPPORTED, "block: version %u, this program reads %u", get32(bytes.p + 8), BLOCK_VERSION);
	if (get32(bytes.p + 12) > HASH_RECORDED)
		return error_set(err, PLIM_EUNSUPPORTED, "block: unknown flags");
	if (get64(bytes.p + 16) != bytes.n)
		return error_set(err, PLIM_EFORMAT, "block: %zu bytes, its header says %ju", bytes.n, (uintmax_t)get64(bytes.p + 16));
	block->hashing = (enum hashed_files)get32(bytes.p + 12);
	size_t at = HEADER_SIZE;
	for (int i = 0; i < SECTION_COUNT; i++) {
		uint64_t offset = get64(bytes.p + 24 + i * 16), count = get64(bytes.p + 32 + i * 16);
		if (offset != at || count >= UINT32_MAX || count > (bytes.n - at) / sections[i].size)
			return error_set(err, PLIM_EFORMAT, "block: section %s lies outside", sections[i].name);
		block->at[i] = bytes.p + at;
		block->n[i] = (uint32_t)count;
		at += (size_t)count * sections[i].size;
	}
	if (at != bytes.n)
		return error_set(err, PLIM_EFORMAT, "block: %zu bytes behind its end", bytes.n - at);
	return 0;
}

static const char *
record_at(const struct block *block, enum section section, uint32_t index)
{
	assert(index < block->n[section]);
	return block->at[section] + (size_t)index * sections[section].size;
}

static bool
text_fits(const struct block *block, uint32_t at, uint32_t n)
{
	return at <= block->n[TEXT] && n <= block->n[TEXT] - at;
}

static bool
pair_fits(const struct block *block, const char *pair)
{
	return get32(pair + 4) == NO_TEXT || text_fits(block, get32(pair), get32(pair + 4));
}

static struct slice
pair_text(const struct block *block, const char *pair)
{
	if (get32(pair + 4) == NO_TEXT)
		return SLICE_NONE;
	return (struct slice){ block->at[TEXT] + get32(pair), get32(pair + 4) };
}

/* "." or "..", with a slash or the end behind it. */
static bool
is_dots(const char *at, const char *end)
{
	at += end - at > 1 && at[1] == '.' ? 2 : 1;
	return at == end || *at == '/';
}

/* Of every path of every block: each component is found once. */
static bool
path_is_clean(struct slice path)
{
	const char *at = path.p, *end = path.p + path.n;
	if (path.n == 0)
		return true;
	if (path.n > LIMIT_PATH_BYTES || end[-1] == '/' || memchr(path.p, '\0', path.n))
		return false;
	for (;;) {
		if (*at == '/' || (*at == '.' && is_dots(at, end)))
			return false;
		at = memchr(at, '/', (size_t)(end - at));
		if (at == NULL)
			return true;
		at++;
	}
}

static const char *
extra_check(const struct block *block, const char *record, enum entry_type type)
{
	uint32_t at = get32(record + E_EXTRA);
	bool is_link = type == ENTRY_SYMLINK || type == ENTRY_HARDLINK;
	if (at == NO_TEXT)
		return is_link ? "a link without a target" : NULL;
	if (!text_fits(block, at, EXTRA_SIZE))
		return "its extra record lies outside";
	const char *extra = block->at[TEXT] + at;
	if (!pair_fits(block, extra + X_LINK) || !pair_fits(block, extra + X_CAPABILITY) || !pair_fits(block, extra + X_DIGEST))
		return "a text lies outside";
	struct slice link = pair_text(block, extra + X_LINK), digest = pair_text(block, extra + X_DIGEST);
	if (is_link && link.p == NULL)
		return "a link without a target";
	if (type == ENTRY_HARDLINK && !path_is_clean(link))
		return "the target of a hard link is no clean path";
	return digest.p && digest.n != 32 ? "a digest that is none" : NULL;
}

static const char *
entry_check(const struct block *block, const char *record)
{
	uint32_t at = get32(record + E_PATH), n = get16(record + E_PATH_SIZE);
	unsigned char type = (unsigned char)record[E_TYPE];
	if (!text_fits(block, at, n))
		return "its path lies outside";
	if (!path_is_clean((struct slice){ block->at[TEXT] + at, n }))
		return "its path is not clean";
	if (type > ENTRY_OPAQUE || get16(record + E_MODE) > 07777)
		return "no such type or mode";
	return extra_check(block, record, (enum entry_type)type);
}

static const char *
row_check(const struct block *block, const char *record)
{
	uint32_t first = get32(record + R_FIRST), n = get32(record + R_COUNT), entry = get32(record + R_ENTRY);
	if (first > block->n[FIELDS] || n > block->n[FIELDS] - first)
		return "its fields lie outside";
	return entry >= block->n[ENTRIES] ? "of no entry" : NULL;
}

static const char *
field_check(const struct block *block, const char *record)
{
	return pair_fits(block, record) ? NULL : "its text lies outside";
}

static const char *
problem_check(const struct block *block, const char *record)
{
	uint32_t entry = get32(record + P_ENTRY);
	if (!pair_fits(block, record + P_CATALOGER) || !pair_fits(block, record + P_MESSAGE))
		return "its text lies outside";
	return entry >= block->n[ENTRIES] && entry != ENTRY_NONE ? "of no entry" : NULL;
}

static int
records_check(const struct block *block, struct plim_error *err)
{
	static const char *(*const checks[])(const struct block *, const char *) = {
		[ENTRIES] = entry_check, [ROWS] = row_check, [FIELDS] = field_check, [PROBLEMS] = problem_check,
	};
	if (block->n[ENTRIES] > LIMIT_ENTRY_COUNT || block->n[ROWS] > LIMIT_ROW_COUNT)
		return error_set(err, PLIM_ELIMIT, "block: more than ENTRY_COUNT entries or ROW_COUNT rows");
	for (int s = ENTRIES; s < TEXT; s++)
		for (uint32_t i = 0; i < block->n[s]; i++) {
			const char *what = checks[s](block, record_at(block, (enum section)s, i));
			if (what)
				return bad(err, (enum section)s, i, what);
		}
	return 0;
}

int
block_open(struct slice bytes, struct block **out, struct plim_error *err)
{
	AUTO(block) struct block *block = calloc(1, sizeof *block);
	if (block == NULL)
		return error_nomem(err);
	int r = header_check(bytes, block, err);
	if (r == 0)
		r = records_check(block, err);
	if (r < 0)
		return r;
	*out = ptr_take(&block);
	return 0;
}

int
block_open_map(struct slice map, struct block **out, struct plim_error *err)
{
	int r = block_open(map, out, err);
	if (r == 0)
		(*out)->map = map;
	return r;
}

void
block_rest(const struct block *block)
{
	/* Small ones cost more to fetch again than they weigh. */
	if (block->map.n >= (size_t)4 << 20)
		madvise((void *)block->map.p, block->map.n, MADV_DONTNEED);
}

void
block_close(struct block *block)
{
	free(block);
}

enum hashed_files
block_hashing(const struct block *block)
{
	return block->hashing;
}

uint32_t
block_entry_count(const struct block *block)
{
	return block->n[ENTRIES];
}

uint32_t
block_row_count(const struct block *block)
{
	return block->n[ROWS];
}

uint32_t
block_problem_count(const struct block *block)
{
	return block->n[PROBLEMS];
}

struct slice
block_entry_path(const struct block *block, uint32_t index)
{
	const char *record = record_at(block, ENTRIES, index);
	return (struct slice){ block->at[TEXT] + get32(record + E_PATH), get16(record + E_PATH_SIZE) };
}

enum entry_type
block_entry_type(const struct block *block, uint32_t index)
{
	return (enum entry_type)(unsigned char)record_at(block, ENTRIES, index)[E_TYPE];
}

uint64_t
block_entry_size(const struct block *block, uint32_t index)
{
	return get64(record_at(block, ENTRIES, index) + E_SIZE);
}

struct entry
block_entry(const struct block *block, uint32_t index)
{
	const char *record = record_at(block, ENTRIES, index);
	struct entry entry = {
		.path = block_entry_path(block, index),
		.type = block_entry_type(block, index),
		.mode = get16(record + E_MODE),
		.uid = get32(record + E_UID),
		.gid = get32(record + E_GID),
		.size = block_entry_size(block, index),
		.mtime = (int64_t)get64(record + E_MTIME),
		.flags = (unsigned char)record[E_FLAGS],
	};
	uint32_t at = get32(record + E_EXTRA);
	if (at == NO_TEXT)
		return entry;
	const char *extra = block->at[TEXT] + at;
	entry.link = pair_text(block, extra + X_LINK);
	entry.capability = pair_text(block, extra + X_CAPABILITY);
	entry.digest = pair_text(block, extra + X_DIGEST);
	entry.major = get32(extra + X_MAJOR);
	entry.minor = get32(extra + X_MINOR);
	return entry;
}

struct row
block_row(const struct block *block, uint32_t index)
{
	const char *record = record_at(block, ROWS, index);
	return (struct row){
		.kind = get16(record + R_KIND),
		.entry = get32(record + R_ENTRY),
		.line = get32(record + R_LINE),
		.n = get32(record + R_COUNT),
		.first = get32(record + R_FIRST),
	};
}

struct slice
block_field(const struct block *block, const struct row *row, uint32_t at)
{
	if (at >= row->n)
		return SLICE_NONE;
	return pair_text(block, record_at(block, FIELDS, row->first + at));
}

struct problem
block_problem(const struct block *block, uint32_t index)
{
	const char *record = record_at(block, PROBLEMS, index);
	struct problem problem = {
		.entry = get32(record + P_ENTRY),
		.cataloger = pair_text(block, record + P_CATALOGER),
		.message = pair_text(block, record + P_MESSAGE),
	};
	return problem;
}

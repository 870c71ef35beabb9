/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A block is what plimsoll keeps of one layer (or of one unpacked tree): its
 * entries in the order of the archive, and the rows that catalogers extracted
 * from them.  It is one flat run of bytes, relocatable, versioned, without
 * pointers; block_open checks every offset once, after which accessors decode
 * straight from the bytes.  It may come from a worker or a cache: input.
 *
 * Layout, all numbers little-endian:
 *   header   magic "PLIMBLK\n", version u32, flags u32 (which digests of files were taken: enum hashed_files), size u64, then for each
 *            section (entries, rows, fields, problems, text) its offset u64 and count u64
 *   entries  fixed-size records; rows: kind, entry, first field, number of fields
 *   fields   offset and length in text, length 0xffffffff for NULL
 *   problems what could not be read: entry, cataloger, message
 *   text     bytes
 */
#ifndef LAYER_BLOCK_H
#define LAYER_BLOCK_H

#include "base/arena.h"

#include <plimsoll/error.h>

#define BLOCK_VERSION 1
#define ENTRY_NONE UINT32_MAX

/*
 * Whose digests are taken: a rule asks for those of programs and of configuration, an entry that names a digest for each,
 * who compares with what packages recorded for SHA-1 and MD5 too.
 */
enum hashed_files { HASH_NOTHING, HASH_PROGRAMS, HASH_EVERYTHING, HASH_RECORDED };

enum entry_type {
	ENTRY_FILE,
	ENTRY_DIRECTORY,
	ENTRY_SYMLINK,
	ENTRY_HARDLINK,
	ENTRY_CHAR,
	ENTRY_BLOCK,
	ENTRY_FIFO,
	ENTRY_SOCKET,      /* of an unpacked tree only: tar has none */
	ENTRY_WHITEOUT,    /* `path` is what it removes from the layers below */
	ENTRY_OPAQUE,      /* `path` is the directory whose lower content it removes */
};

enum entry_flag {
	ENTRY_EXTRACTED = 1,    /* at least one cataloger read its bytes */
	ENTRY_PROGRAM = 2,      /* it begins as a program or script does; told where a collector asks */
};

struct entry {
	struct slice path;         /* clean: no leading "./" or "/", no "..", no trailing slash; "" is the root.  In the block */
	struct slice link;         /* target as written; of a hard link: clean like `path` */
	enum entry_type type;
	uint32_t mode;             /* permission, set-id and sticky bits */
	uint32_t uid, gid;
	uint64_t size;
	int64_t mtime;
	uint32_t major, minor;
	uint32_t flags;            /* enum entry_flag */
	struct slice capability;   /* value of the xattr security.capability, absent if none */
	struct slice digest;       /* 32 bytes of SHA-256, where it was taken; else absent */
};

struct row {
	uint16_t kind;             /* enum row_kind of catalog/rows.h; the block does not know what it means */
	uint32_t entry;            /* index of the entry it was extracted from */
	uint32_t line;             /* of the source, from 1; 0 where lines mean nothing */
	uint32_t n;
	uint32_t first;            /* private: use block_field */
};

struct problem {
	uint32_t entry;            /* ENTRY_NONE: of the layer itself */
	struct slice cataloger;    /* name; empty: the layer's own */
	struct slice message;      /* with offset or line, never the content */
};

/* Building. */
struct block_builder;

int block_builder_new(struct block_builder **out, struct plim_error *err);
void block_builder_free(struct block_builder *builder);
AUTO_DEFINE(block_builder, struct block_builder, block_builder_free)

/* Digests are taken of what is worth one: without this none is expected. */
void block_with_digests(struct block_builder *builder, enum hashed_files which);
/* Copies the entry; its index goes to `*index` (may be NULL).  LIMIT_ENTRY_COUNT. */
int block_add_entry(struct block_builder *builder, const struct entry *entry, uint32_t *index, struct plim_error *err);
/* Fields are copied; an absent slice is NULL, an empty one an empty text.  LIMIT_ROW_COUNT, LIMIT_ROW_TEXT_BYTES. */
int block_add_row(struct block_builder *builder, uint16_t kind, uint32_t entry, uint32_t line, const struct slice *fields,
                  size_t n, struct plim_error *err);
/* The same of a file's content: LIMIT_CONFIG_BODY_BYTES instead. */
int block_add_content(struct block_builder *builder, uint16_t kind, uint32_t entry, const struct slice *fields, size_t n, struct plim_error *err);
int block_add_problem(struct block_builder *builder, uint32_t entry, struct slice cataloger, struct slice message,
                      struct plim_error *err);
/* Sets flags and digest of an entry once its body was read. */
void block_entry_read(struct block_builder *builder, uint32_t entry, uint32_t flags, struct slice digest);
/* Forgets the rows and problems added since the mark: a cataloger that failed leaves only its problem. */
size_t block_mark(const struct block_builder *builder);
void block_rewind(struct block_builder *builder, size_t mark);

/* The finished bytes, the caller's to free. */
int block_finish(struct block_builder *builder, char **out, size_t *out_size, struct plim_error *err);

/* Reading. */
struct block;

/* Checks everything; `bytes` are borrowed and must outlive the block.  A block of another version is PLIM_EUNSUPPORTED. */
int block_open(struct slice bytes, struct block **out, struct plim_error *err);
/* The same of bytes that are a file's mapping (file_map_fd): block_rest can give its pages back. */
int block_open_map(struct slice map, struct block **out, struct plim_error *err);
/* Much of it will not be looked at for now.  Nothing changes but memory: what is needed after all comes from the file again. */
void block_rest(const struct block *block);
/* Whoever walks through a block rests it after so many entries: then it never holds much of it. */
#define BLOCK_REST_ENTRIES 65536
void block_close(struct block *block);
AUTO_DEFINE(block, struct block, block_close)

enum hashed_files block_hashing(const struct block *block);
uint32_t block_entry_count(const struct block *block);
uint32_t block_row_count(const struct block *block);
uint32_t block_problem_count(const struct block *block);
/* Indexes must be below the counts. */
struct entry block_entry(const struct block *block, uint32_t index);
struct slice block_entry_path(const struct block *block, uint32_t index);
enum entry_type block_entry_type(const struct block *block, uint32_t index);
uint64_t block_entry_size(const struct block *block, uint32_t index);
struct row block_row(const struct block *block, uint32_t index);
/* Field `at` of a row; absent for NULL, and for one that the row does not have. */
struct slice block_field(const struct block *block, const struct row *row, uint32_t at);
struct problem block_problem(const struct block *block, uint32_t index);

#endif

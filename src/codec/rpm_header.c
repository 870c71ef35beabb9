/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader of rpm headers.  An installed package's header is an immutable
 * region (as the package file had it) and behind it the tags that the
 * installation added; of a tag that occurs twice the later one holds, as for rpm.
 */
#include "codec/rpm_header.h"

#include "base/auto.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"

enum tag_type {
	TYPE_NULL,
	TYPE_CHAR,
	TYPE_INT8,
	TYPE_INT16,
	TYPE_INT32,
	TYPE_INT64,
	TYPE_STRING,
	TYPE_BIN,
	TYPE_STRING_ARRAY,
	TYPE_I18NSTRING,
	TYPE_COUNT,
};

/* Bytes that one item takes at least: a string is never shorter than its NUL. */
static const uint8_t item_size[TYPE_COUNT] = { 0, 1, 1, 2, 4, 8, 1, 1, 1, 1 };

#define TAG_EPOCH  1003
#define TAG_FIRST_OF_FILES 1116    /* DIRINDEXES, BASENAMES, DIRNAMES follow each other */
#define TAG_DIGEST_ALGORITHM 5011
#define INTRO_SIZE 8
#define INDEX_SIZE 16

struct index_entry {
	uint32_t tag, type, offset, count;
};

static const struct wanted {
	uint32_t tag;
	const char *name;
	size_t field;
	bool required;
} wanted[] = {
	{ 1000, "NAME", offsetof(struct rpm_header, name), true },
	{ 1001, "VERSION", offsetof(struct rpm_header, version), true },
	{ 1002, "RELEASE", offsetof(struct rpm_header, release), true },
	{ 1011, "VENDOR", offsetof(struct rpm_header, vendor), false },
	{ 1014, "LICENSE", offsetof(struct rpm_header, license), false },
	{ 1015, "PACKAGER", offsetof(struct rpm_header, packager), false },
	{ 1022, "ARCH", offsetof(struct rpm_header, arch), false },
	{ 1044, "SOURCERPM", offsetof(struct rpm_header, sourcerpm), false },
	{ 5096, "MODULARITYLABEL", offsetof(struct rpm_header, module), false },
};
#define WANTED_COUNT (sizeof wanted / sizeof *wanted)

/* What is recorded of each file besides; a header may lack any. */
enum { DETAIL_MODES, DETAIL_DIGESTS, DETAIL_FLAGS, DETAIL_COUNT };
static const struct {
	uint32_t tag, type;
} details[DETAIL_COUNT] = { [DETAIL_MODES] = { 1030, TYPE_INT16 }, [DETAIL_DIGESTS] = { 1035, TYPE_STRING_ARRAY }, [DETAIL_FLAGS] = { 1037, TYPE_INT32 } };

static const uint32_t relation_tags[RPM_RELATION_COUNT] = { [RPM_PROVIDES] = 1047, [RPM_REQUIRES] = 1049 };

enum { FILE_DIRECTORIES, FILE_NAMES, FILE_PLACES, FILE_TAG_COUNT };    /* in the order of their tags */

struct index {
	struct slice entries, data;
	struct index_entry files[FILE_TAG_COUNT];
	struct index_entry texts[WANTED_COUNT];    /* tag 0: the header has none */
	struct index_entry details[DETAIL_COUNT];
	struct index_entry relations[RPM_RELATION_COUNT];
	struct index_entry epoch, algorithm;
};

static struct index_entry
index_entry_read(struct cursor *c)
{
	struct index_entry entry;
	entry.tag = cursor_u32be(c);
	entry.type = cursor_u32be(c);
	entry.offset = cursor_u32be(c);
	entry.count = cursor_u32be(c);
	return entry;
}

/* What holds for every entry, wanted or not: a region's entry is a BIN that points at its 16-byte trailer, so it passes too. */
static const char *
index_entry_fault(const struct index_entry *entry, size_t data_size)
{
	if (entry->type >= TYPE_COUNT)
		return "has an unknown type";
	if (entry->offset > data_size)
		return "begins behind the end of the data";
	if ((uint64_t)entry->count * item_size[entry->type] > data_size - entry->offset)
		return "reaches behind the end of the data";
	if (entry->type >= TYPE_INT16 && entry->type <= TYPE_INT64 && entry->offset % item_size[entry->type] != 0)
		return "is not aligned";
	if (entry->type == TYPE_STRING && entry->count != 1)
		return "is a string and not exactly one";
	return NULL;
}

static void
index_keep(struct index *index, const struct index_entry *entry)
{
	if (entry->tag == TAG_EPOCH)
		index->epoch = *entry;
	if (entry->tag >= TAG_FIRST_OF_FILES && entry->tag < TAG_FIRST_OF_FILES + FILE_TAG_COUNT)
		index->files[entry->tag - TAG_FIRST_OF_FILES] = *entry;
	if (entry->tag == TAG_DIGEST_ALGORITHM)
		index->algorithm = *entry;
	for (size_t i = 0; i < DETAIL_COUNT; i++)
		if (details[i].tag == entry->tag)
			index->details[i] = *entry;
	for (size_t i = 0; i < RPM_RELATION_COUNT; i++)
		if (relation_tags[i] == entry->tag)
			index->relations[i] = *entry;
	for (size_t i = 0; i < WANTED_COUNT; i++)
		if (wanted[i].tag == entry->tag)
			index->texts[i] = *entry;
}

static int
index_read(struct index *index, struct plim_error *err)
{
	struct cursor c = cursor_of(index->entries);
	while (cursor_left(&c) > 0) {
		size_t at = INTRO_SIZE + c.at;
		struct index_entry entry = index_entry_read(&c);
		const char *fault = index_entry_fault(&entry, index->data.n);
		if (fault)
			return error_set(err, PLIM_EFORMAT, "header offset %zu: tag %u %s", at, entry.tag, fault);
		index_keep(index, &entry);
	}
	return 0;
}

/* The first string of the entry.  Only wanted tags come here: looking for the NUL of every tag would be quadratic. */
static int
text_read(const struct index *index, const struct wanted *want, const struct index_entry *entry, struct slice *out,
          struct plim_error *err)
{
	bool is_text = entry->type == TYPE_STRING || entry->type == TYPE_STRING_ARRAY || entry->type == TYPE_I18NSTRING;
	if (!is_text || entry->count == 0)
		return error_set(err, PLIM_EFORMAT, "tag %s: not a string", want->name);
	struct cursor c = cursor_of(index->data);
	cursor_seek(&c, entry->offset);
	struct slice text = cursor_string(&c);
	if (c.bad)
		return error_set(err, PLIM_EFORMAT, "tag %s: the string at data offset %u has no end", want->name, entry->offset);
	if (text.n > LIMIT_ROW_TEXT_BYTES)
		return error_set(err, PLIM_ELIMIT, "tag %s: %zu bytes, more than ROW_TEXT_BYTES", want->name, text.n);
	*out = slice_is(text, "(none)") ? SLICE_NONE : text;
	return 0;
}

static int
texts_read(const struct index *index, struct rpm_header *out, struct plim_error *err)
{
	for (size_t i = 0; i < WANTED_COUNT; i++) {
		struct slice *field = (struct slice *)((char *)out + wanted[i].field);
		if (index->texts[i].tag != 0) {
			int r = text_read(index, &wanted[i], &index->texts[i], field, err);
			if (r < 0)
				return r;
		}
		if (wanted[i].required && field->n == 0)
			return error_set(err, PLIM_EFORMAT, "the header has no %s", wanted[i].name);
	}
	return 0;
}

static int
epoch_read(const struct index *index, struct rpm_header *out, struct plim_error *err)
{
	if (index->epoch.tag == 0)
		return 0;
	if (index->epoch.type != TYPE_INT32 || index->epoch.count != 1)
		return error_set(err, PLIM_EFORMAT, "tag EPOCH: not one 32-bit number");
	struct cursor c = cursor_of(index->data);
	cursor_seek(&c, index->epoch.offset);
	out->epoch = cursor_u32be(&c);
	out->has_epoch = true;
	return 0;
}

/* Counts are compared with the bytes before they size anything; rpm too wants the sum to be exact. */
static int
intro_read(struct slice blob, struct index *index, struct plim_error *err)
{
	struct cursor c = cursor_of(blob);
	uint32_t tags = cursor_u32be(&c);
	uint32_t data_size = cursor_u32be(&c);
	if (c.bad || tags == 0)
		return error_set(err, PLIM_EFORMAT, "a header of %zu bytes without tags", blob.n);
	if (blob.n > LIMIT_RPM_HEADER_BYTES)
		return error_set(err, PLIM_ELIMIT, "a header of %zu bytes, more than RPM_HEADER_BYTES", blob.n);
	if (tags > LIMIT_RPM_TAG_COUNT)
		return error_set(err, PLIM_ELIMIT, "a header of %u tags, more than RPM_TAG_COUNT", tags);
	if (INTRO_SIZE + (uint64_t)tags * INDEX_SIZE + data_size != blob.n)
		return error_set(err, PLIM_EFORMAT, "a header of %zu bytes says that it has %u tags and %u bytes of data", blob.n, tags,
		                 data_size);
	index->entries = cursor_take(&c, (size_t)tags * INDEX_SIZE);
	index->data = cursor_rest(&c);
	return 0;
}

int
rpm_header_parse(struct slice blob, struct rpm_header *out, struct plim_error *err)
{
	struct index index = { 0 };
	*out = (struct rpm_header){ 0 };
	int r = intro_read(blob, &index, err);
	if (r == 0)
		r = index_read(&index, err);
	if (r == 0)
		r = texts_read(&index, out, err);
	if (r == 0)
		r = epoch_read(&index, out, err);
	return r;
}

static struct cursor
cursor_at(const struct index *index, const struct index_entry *entry)
{
	struct cursor c = cursor_of(index->data);
	cursor_seek(&c, entry->offset);
	return c;
}

/* relations */

int
rpm_header_names(struct slice blob, enum rpm_relation relation, rpm_name_fn *each, void *context, struct plim_error *err)
{
	struct index index = { 0 };
	int r = intro_read(blob, &index, err);
	if (r < 0 || (r = index_read(&index, err)) < 0)
		return r;
	const struct index_entry *entry = &index.relations[relation];
	if (entry->tag && entry->type != TYPE_STRING_ARRAY && entry->type != TYPE_STRING)
		return error_set(err, PLIM_EFORMAT, "tag %u: not a list of strings", entry->tag);
	struct cursor names = cursor_at(&index, entry);
	for (uint32_t i = 0; r == 0 && i < entry->count; i++) {
		struct slice name = cursor_string(&names);
		if (names.bad)
			return error_set(err, PLIM_EFORMAT, "tag %u: the string %u has no end", entry->tag, i);
		r = each(context, name, err);
	}
	return r;
}

/* files */

static int
files_fault(struct plim_error *err, const char *why)
{
	return error_set(err, PLIM_EFORMAT, "the list of files %s", why);
}

/* All three tags or none, of the types that they have; every file has a directory. */
static int
files_check(const struct index *index, struct plim_error *err)
{
	const struct index_entry *files = index->files;
	bool whole = files[FILE_DIRECTORIES].tag && files[FILE_NAMES].tag && files[FILE_PLACES].tag;
	if (!whole)
		return files_fault(err, "lacks a tag");
	if (files[FILE_DIRECTORIES].type != TYPE_INT32 || files[FILE_NAMES].type != TYPE_STRING_ARRAY || files[FILE_PLACES].type != TYPE_STRING_ARRAY)
		return files_fault(err, "has a tag of another type");
	return files[FILE_DIRECTORIES].count == files[FILE_NAMES].count ? 0 : files_fault(err, "has another number of directories than of names");
}

static int
places_read(const struct index *index, struct slice *places, struct plim_error *err)
{
	struct cursor c = cursor_at(index, &index->files[FILE_PLACES]);
	for (uint32_t i = 0; i < index->files[FILE_PLACES].count; i++)
		places[i] = cursor_string(&c);
	return c.bad ? files_fault(err, "has a directory without an end") : 0;
}

/* Numbers of OpenPGP (RFC 4880, 9.4); without the tag it is MD5, as before there was one. */
static const char *
algorithm_of(const struct index *index)
{
	static const char *const names[] = { [1] = "md5", [2] = "sha1", [8] = "sha256", [9] = "sha384", [10] = "sha512", [11] = "sha224" };
	if (index->algorithm.tag == 0)
		return "md5";
	if (index->algorithm.type != TYPE_INT32 || index->algorithm.count != 1)
		return NULL;
	struct cursor c = cursor_at(index, &index->algorithm);
	uint32_t number = cursor_u32be(&c);
	return number < sizeof names / sizeof *names ? names[number] : NULL;
}

/* A cursor over what is recorded of each file; at the end of nothing where that is not there for all of them. */
static struct cursor
detail_at(const struct index *index, size_t detail)
{
	const struct index_entry *entry = &index->details[detail];
	bool whole = entry->tag && entry->type == details[detail].type && entry->count == index->files[FILE_NAMES].count;
	return whole ? cursor_at(index, entry) : (struct cursor){ .bad = true };
}

static int
files_walk(const struct index *index, const struct slice *places, rpm_file_fn *each, void *context, struct plim_error *err)
{
	struct cursor names = cursor_at(index, &index->files[FILE_NAMES]), directories = cursor_at(index, &index->files[FILE_DIRECTORIES]);
	struct cursor modes = detail_at(index, DETAIL_MODES), digests = detail_at(index, DETAIL_DIGESTS), flags = detail_at(index, DETAIL_FLAGS);
	struct rpm_file file = { .algorithm = algorithm_of(index) };
	for (uint32_t i = 0; i < index->files[FILE_NAMES].count; i++) {
		file.name = cursor_string(&names);
		uint32_t at = cursor_u32be(&directories);
		if (names.bad || directories.bad || at >= index->files[FILE_PLACES].count)
			return files_fault(err, "has a name without an end or a directory");
		file.directory = places[at];
		file.mode = cursor_u16be(&modes);
		file.has_mode = !modes.bad;
		file.digest = cursor_string(&digests);
		file.flags = cursor_u32be(&flags);
		int r = each(context, &file, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int
rpm_header_files(struct slice blob, rpm_file_fn *each, void *context, struct plim_error *err)
{
	struct index index = { 0 };
	int r = intro_read(blob, &index, err);
	if (r < 0 || (r = index_read(&index, err)) < 0)
		return r;
	if (index.files[FILE_DIRECTORIES].tag + index.files[FILE_NAMES].tag + index.files[FILE_PLACES].tag == 0)
		return 0;
	if ((r = files_check(&index, err)) < 0)
		return r;
	AUTO(free) struct slice *places = calloc((size_t)index.files[FILE_PLACES].count + 1, sizeof *places);
	if (places == NULL)
		return error_nomem(err);
	r = places_read(&index, places, err);
	return r < 0 ? r : files_walk(&index, places, each, context, err);
}

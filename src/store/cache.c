/* SPDX-License-Identifier: Apache-2.0 */
/* Files named by digests, oldest out first. */
#include "store/cache.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "base/wire.h"
#include "codec/crc.h"
#include "store/atomic.h"

#include <plimsoll/build.h>

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define MAGIC "PLIMLYR2"
#define DIGEST_BYTES 65
#define TRAILER_BYTES (8 + 2 * DIGEST_BYTES + 8 + 8 + 4)

struct cache {
	char *path;
	int directory;
	struct slice maker;        /* what read the layers: another program's blocks are not ours */
	bool kept;                 /* something was added: the limit may be passed */
};

/* The build's own identity: any change of the program is another reader. */
static int
find_build_id(struct dl_phdr_info *info, size_t size, void *context)
{
	struct slice *out = context;
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		if (info->dlpi_phdr[i].p_type != PT_NOTE)
			continue;
		const char *at = (const char *)info->dlpi_addr + info->dlpi_phdr[i].p_vaddr, *end = at + info->dlpi_phdr[i].p_memsz;
		while (end - at >= (ptrdiff_t)sizeof(ElfW(Nhdr))) {
			const ElfW(Nhdr) *note = (const void *)at;
			const char *body = at + sizeof *note + ((note->n_namesz + 3U) & ~3U);
			if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(at + sizeof *note, "GNU", 4) == 0) {
				*out = (struct slice){ body, note->n_descsz };
				return 1;
			}
			at = body + ((note->n_descsz + 3U) & ~3U);
		}
	}
	return 1;    /* the program itself comes first: libraries have identities of their own */
}

static char *
cache_path(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	AUTO(strbuf) struct strbuf path = { 0 };
	bool given = cache && cache[0] == '/';
	if (!given && !(home && home[0] == '/'))
		return NULL;
	strbuf_puts(&path, given ? cache : home);
	strbuf_puts(&path, given ? "/plimsoll/layers" : "/.cache/plimsoll/layers");
	return strbuf_take(&path);
}

/* Where entries are written before they get their names. */
#define BESIDE "new"

/* Who writes holds a lock on the file as long as it lives: what nobody holds was left by one that was killed. */
static void
remove_abandoned(int directory)
{
	int beside = openat(directory, BESIDE, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *all = beside >= 0 ? fdopendir(beside) : NULL;
	if (all == NULL) {
		auto_fd(&beside);
		return;
	}
	for (struct dirent *entry; (entry = readdir(all)) != NULL;) {
		AUTO(fd) int fd = openat(beside, entry->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			unlinkat(beside, entry->d_name, 0);
	}
	closedir(all);
}

int
cache_open(struct cache **out, struct plim_error *err)
{
	AUTO(free) char *path = cache_path();
	*out = NULL;
	if (path == NULL || directory_make(path, err) < 0)
		return 0;
	AUTO(fd) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	/* Somebody else's directory could hold somebody else's blocks. */
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_uid != geteuid() || (st.st_mode & 022))
		return 0;
	struct cache *cache = calloc(1, sizeof *cache);
	if (cache == NULL)
		return error_nomem(err);
	*cache = (struct cache){ .path = ptr_take(&path), .directory = fd_take(&fd), .maker = SLICE(PLIM_VERSION) };
	dl_iterate_phdr(find_build_id, &cache->maker);
	remove_abandoned(cache->directory);
	*out = cache;
	return 0;
}

void
cache_close(struct cache *cache)
{
	if (cache == NULL)
		return;
	if (cache->kept)
		cache_shrink(cache, LIMIT_CACHE_BYTES, NULL);
	close(cache->directory);
	free(cache->path);
	free(cache);
}

static void
put_digest(struct strbuf *into, const struct digest *digest)
{
	strbuf_putc(into, (char)digest->algorithm);
	strbuf_put(into, (struct slice){ (const char *)digest->bytes, 64 });
}

/* "ab/cdef...": one directory for each first byte. */
static bool
entry_name(const struct cache *cache, const struct digest *stored, struct slice options, char name[static DIGEST_TEXT_SIZE + 1])
{
	AUTO(strbuf) struct strbuf key = { 0 };
	char hex[DIGEST_TEXT_SIZE];
	wire_put_slice(&key, cache->maker);
	wire_put_slice(&key, options);
	put_digest(&key, stored);
	struct digest digest = digest_of(strbuf_slice(&key));
	digest_hex(&digest, hex);
	snprintf(name, DIGEST_TEXT_SIZE + 1, "%.2s/%s", hex, hex + 2);
	return !key.failed;
}

static bool
take_digest(struct cursor *from, struct digest *out)
{
	uint8_t algorithm = cursor_u8(from);
	struct slice bytes = cursor_take(from, 64);
	if (from->bad || algorithm > DIGEST_SHA512)
		return false;
	out->algorithm = (enum digest_algorithm)algorithm;
	memcpy(out->bytes, bytes.p, 64);
	return true;
}

/* The trailer says which layer, how long, and the checksum of what precedes. */
static bool
is_sound(struct slice file, const struct digest *stored, struct cache_entry *out)
{
	struct cache_layer *layer = &out->layer;
	if (file.n < TRAILER_BYTES)
		return false;
	struct cursor from = cursor_of(slice_from(file, file.n - TRAILER_BYTES));
	if (!slice_eq(cursor_take(&from, 8), SLICE(MAGIC)) || !take_digest(&from, &layer->stored) || !take_digest(&from, &layer->plain))
		return false;
	layer->size = cursor_u64le(&from);
	out->length = cursor_u64le(&from);
	uint32_t crc = cursor_u32le(&from);
	return !from.bad && digest_eq(&layer->stored, stored) && out->length == file.n - TRAILER_BYTES && crc == crc_of(slice_first(file, file.n - 4));
}

bool
cache_find(struct cache *cache, const struct digest *stored, struct slice options, struct cache_entry *out)
{
	char name[DIGEST_TEXT_SIZE + 1];
	struct slice file = SLICE_NONE;
	if (cache == NULL || !entry_name(cache, stored, options, name))
		return false;
	/* Not waiting: for what is no file nobody may ever come. */
	AUTO(fd) int fd = openat(cache->directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	bool sound = file_map_fd(fd, 0, &file, NULL) == 0 && is_sound(file, stored, out);
	file_unmap(&file);
	if (!sound) {
		unlinkat(cache->directory, name, 0);
		return false;
	}
	/* Reading is using: what is oldest goes first. */
	futimens(fd, NULL);
	out->fd = fd_take(&fd);
	return true;
}

bool
cache_has(struct cache *cache, const struct digest *stored, struct slice options)
{
	char name[DIGEST_TEXT_SIZE + 1];
	return cache && entry_name(cache, stored, options, name) && faccessat(cache->directory, name, R_OK, 0) == 0;
}

static bool
write_all(int fd, struct slice bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno != EINTR)
			return false;
		bytes = slice_from(bytes, n > 0 ? (size_t)n : 0);
	}
	return true;
}

/* Not synced: a file that a crash cuts off fails its checksum. */
static bool
write_entry(int fd, const struct cache_layer *layer, struct slice block)
{
	AUTO(strbuf) struct strbuf trailer = { 0 };
	strbuf_puts(&trailer, MAGIC);
	put_digest(&trailer, &layer->stored);
	put_digest(&trailer, &layer->plain);
	wire_put_u64(&trailer, layer->size);
	wire_put_u64(&trailer, block.n);
	wire_put_u32(&trailer, crc_more(crc_of(block), strbuf_slice(&trailer)));
	return !trailer.failed && write_all(fd, block) && write_all(fd, strbuf_slice(&trailer));
}

void
cache_keep(struct cache *cache, const struct cache_layer *layer, struct slice options, struct slice block)
{
	char name[DIGEST_TEXT_SIZE + 1], beside[64];
	if (cache == NULL || !entry_name(cache, &layer->stored, options, name))
		return;
	char directory[3] = { name[0], name[1], 0 };
	mkdirat(cache->directory, directory, 0700);
	mkdirat(cache->directory, BESIDE, 0700);
	/* Containers that share a cache may share a pid too: who comes second does not write into the other's file. */
	snprintf(beside, sizeof beside, BESIDE "/%d-%.16s", (int)getpid(), name + 3);
	AUTO(fd) int fd = openat(cache->directory, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	flock(fd, LOCK_EX | LOCK_NB);
	cache->kept = true;
	if (!write_entry(fd, layer, block) || renameat(cache->directory, beside, cache->directory, name) < 0)
		unlinkat(cache->directory, beside, 0);
}

/* all of them */

struct kept {
	char name[DIGEST_TEXT_SIZE + 1];
	uint64_t size;
	struct timespec used;
};

struct listing {
	VEC(struct kept) files;
	uint64_t bytes;
};

static int
list_directory(int cache, const char *name, struct listing *listing, struct plim_error *err)
{
	int fd = openat(cache, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	struct stat st;
	if (directory == NULL)
		return fd >= 0 ? (close(fd), error_nomem(err)) : 0;
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
			continue;
		struct kept *kept = vec_push(&listing->files);
		if (kept == NULL)
			break;
		snprintf(kept->name, sizeof kept->name, "%s/%.128s", name, entry->d_name);
		kept->size = (uint64_t)st.st_blocks * 512;
		kept->used = st.st_mtim;
		listing->bytes += kept->size;
	}
	closedir(directory);
	return 0;
}

static int
list_all(const struct cache *cache, struct listing *listing, struct plim_error *err)
{
	char name[3];
	for (unsigned i = 0; i < 256; i++) {
		snprintf(name, sizeof name, "%02x", i);
		int r = list_directory(cache->directory, name, listing, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int
cache_status(struct cache *cache, struct cache_status *out, struct plim_error *err)
{
	struct listing listing = { 0 };
	int r = list_all(cache, &listing, err);
	*out = (struct cache_status){ cache->path, listing.files.n, listing.bytes, LIMIT_CACHE_BYTES };
	vec_done(&listing.files);
	return r;
}

static int
by_use(const void *left, const void *right)
{
	const struct kept *a = left, *b = right;
	if (a->used.tv_sec != b->used.tv_sec)
		return a->used.tv_sec < b->used.tv_sec ? -1 : 1;
	return (a->used.tv_nsec > b->used.tv_nsec) - (a->used.tv_nsec < b->used.tv_nsec);
}

/* A tenth below the limit, so that not every run has to tidy. */
int
cache_shrink(struct cache *cache, uint64_t most, struct plim_error *err)
{
	struct listing listing = { 0 };
	int r = list_all(cache, &listing, err);
	uint64_t goal = listing.bytes > most ? most - most / 10 : listing.bytes;
	if (listing.files.n)
		qsort(listing.files.at, listing.files.n, sizeof *listing.files.at, by_use);
	for (size_t i = 0; i < listing.files.n && (listing.bytes > goal || most == 0); i++) {
		unlinkat(cache->directory, listing.files.at[i].name, 0);
		listing.bytes -= listing.files.at[i].size;
	}
	vec_done(&listing.files);
	return r;
}

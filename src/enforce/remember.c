/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/remember.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/wire.h"
#include "store/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the file: another one is as none. */
#define MEMORY_VERSION 1

struct stored {
	uint64_t version;
	enum guard_outcome outcome;
	struct digest digest;
	struct digest *parts;
	size_t part_count;
	struct slice reason;
	int64_t asked, fresh, until;
};

static const struct wire_struct wire_part = { sizeof(struct digest), (const struct wire_field[]){ { WIRE_DIGEST, 0, 0, 0, NULL }, { WIRE_END, 0, 0, 0, NULL } } };

static const struct wire_struct wire_stored = { sizeof(struct stored), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_U64, struct stored, version), WIRE_CHOICE(struct stored, outcome, GUARD_CANNOT_TELL), WIRE_PLAIN(WIRE_DIGEST, struct stored, digest),
	WIRE_MANY(struct stored, parts, part_count, &wire_part), WIRE_PLAIN(WIRE_SLICE, struct stored, reason), WIRE_PLAIN(WIRE_U64, struct stored, asked),
	WIRE_PLAIN(WIRE_U64, struct stored, fresh), WIRE_PLAIN(WIRE_U64, struct stored, until), { WIRE_END, 0, 0, 0, NULL } } };

int
memory_open(const char *directory, struct memory *out, struct plim_error *err)
{
	struct stat there;
	*out = (struct memory){ NULL };
	if (*directory == '\0')
		return 0;
	int r = directory_make(directory, err);
	if (r < 0)
		return r;
	if (stat(directory, &there) < 0)
		return error_sys(err, errno, "%s", directory);
	if (there.st_uid != geteuid() || there.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, PLIM_EUSAGE, "%s: others than this user could write there, and so authorise images", directory);
	out->directory = strdup(directory);
	return out->directory ? 0 : error_nomem(err);
}

void
memory_done(struct memory *memory)
{
	free(memory->directory);
	memory->directory = NULL;
}

static void
add_part(struct hasher *hasher, struct slice text)
{
	hasher_add(hasher, text);
	hasher_add(hasher, (struct slice){ "", 1 });
}

static void
add_digest(struct hasher *hasher, const struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	add_part(hasher, digest->algorithm == DIGEST_NONE ? SLICE("") : slice_of(digest_text(digest, text)));
}

/* DIRECTORY/HEX of everything by which it is found. */
static char *
path_of(const struct memory *memory, const struct memory_key *key)
{
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	char hex[DIGEST_TEXT_SIZE], *path = NULL;
	if (hasher == NULL)
		return NULL;
	add_part(hasher, key->repository);
	add_part(hasher, key->tag);
	add_digest(hasher, &key->digest);
	add_digest(hasher, &key->rule);
	struct digest name = hasher_end(hasher);
	return asprintf(&path, "%s/%s", memory->directory, digest_hex(&name, hex)) < 0 ? NULL : path;
}

static bool
read_stored(const char *path, struct arena *arena, struct stored *out)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	if (file_read(AT_FDCWD, path, LIMIT_DOCUMENT_BYTES, &bytes, &n, NULL) < 0)
		return false;
	struct cursor from = cursor_of(arena_dup(arena, (struct slice){ bytes, n }));
	return wire_read(&wire_stored, &from, arena, out, NULL) == 0 && out->version == MEMORY_VERSION;
}

bool
memory_find(const struct memory *memory, const struct memory_key *key, struct arena *arena, struct remembered *out)
{
	struct stored stored = { 0 };
	AUTO(free) char *path = memory->directory ? path_of(memory, key) : NULL;
	if (path == NULL || !read_stored(path, arena, &stored))
		return false;
	*out = (struct remembered){ stored.outcome, stored.digest, stored.parts, stored.part_count, stored.reason, stored.asked, stored.fresh, stored.until };
	return true;
}

int
memory_keep(const struct memory *memory, const struct memory_key *key, const struct remembered *what, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	const struct stored stored = { MEMORY_VERSION, what->outcome, what->digest, (struct digest *)what->parts, what->part_count, what->reason, what->asked, what->fresh, what->until };
	if (memory->directory == NULL)
		return 0;
	AUTO(free) char *path = path_of(memory, key);
	wire_write(&wire_stored, &stored, &bytes);
	return path == NULL || bytes.failed ? error_nomem(err) : atomic_write(path, 0600, strbuf_slice(&bytes), err);
}

static uint64_t
number_in(const char *path)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	uint64_t number = 0;
	if (file_read(AT_FDCWD, path, 64, &bytes, &n, NULL) == 0)
		slice_to_u64(slice_trim((struct slice){ bytes, n }), 10, &number);
	return number;
}

static int
rise(const char *path, uint64_t number, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	uint64_t before = number_in(path);
	if (number < before)
		return error_set(err, PLIM_EUSAGE, "its number is %ju, and one of %ju was here before: it is an older one", (uintmax_t)number, (uintmax_t)before);
	if (number == before)
		return 0;
	strbuf_printf(&text, "%ju\n", (uintmax_t)number);
	return text.failed ? error_nomem(err) : atomic_write(path, 0600, strbuf_slice(&text), err);
}

/* Two that look at once could each write what is lower than what the other wrote: the directory is locked from the look to the write. */
int
memory_rises(const struct memory *memory, const char *name, uint64_t number, struct plim_error *err)
{
	AUTO(free) char *path = NULL;
	if (memory->directory == NULL)
		return 0;
	if (asprintf(&path, "%s/%s", memory->directory, name) < 0)
		return path = NULL, error_nomem(err);
	AUTO(fd) int directory = open(memory->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0 || flock(directory, LOCK_EX) < 0)
		return error_sys(err, errno, "%s", memory->directory);
	return rise(path, number, err);
}

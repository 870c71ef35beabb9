/* SPDX-License-Identifier: Apache-2.0 */
/* A database file from anywhere.  When its first byte is odd, hashes are made to fit first, so that what records claim is reached. */
#include "advisory/backport.h"
#include "advisory/rating.h"
#include "advisory/store.h"
#include "base/cursor.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* SHA-256 of what lies at `of`, written where it belongs. */
static void
put_hash(char *bytes, size_t of, size_t size, size_t at)
{
	struct digest digest = digest_of((struct slice){ bytes + of, size });
	memcpy(bytes + at, digest.bytes, FORMAT_HASH);
}

static void
make_fit(char *bytes, size_t size)
{
	struct cursor c = cursor_of((struct slice){ bytes, size });
	cursor_seek(&c, FORMAT_SIZE_AT + 8);
	uint64_t blocks = cursor_u64le(&c), nodes = (blocks + FORMAT_FAN - 1) / FORMAT_FAN;
	if (c.bad || blocks > size / FORMAT_BLOCK || FORMAT_BLOCK + blocks * (FORMAT_BLOCK + FORMAT_HASH) + nodes * FORMAT_HASH != size)
		return;
	size_t leaves_at = (size_t)(FORMAT_BLOCK + blocks * FORMAT_BLOCK), nodes_at = leaves_at + (size_t)blocks * FORMAT_HASH;
	for (size_t i = 0; i < blocks; i++)
		put_hash(bytes, FORMAT_BLOCK + i * FORMAT_BLOCK, FORMAT_BLOCK, leaves_at + i * FORMAT_HASH);
	for (size_t i = 0; i < nodes; i++) {
		size_t first = i * FORMAT_FAN, n = (size_t)blocks - first < FORMAT_FAN ? (size_t)blocks - first : FORMAT_FAN;
		put_hash(bytes, leaves_at + first * FORMAT_HASH, n * FORMAT_HASH, nodes_at + i * FORMAT_HASH);
	}
	memset(bytes + FORMAT_ROOT_AT, 0, FORMAT_HASH);
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	hasher_add(hasher, (struct slice){ bytes, FORMAT_BLOCK });
	hasher_add(hasher, (struct slice){ bytes + nodes_at, (size_t)nodes * FORMAT_HASH });
	struct digest root = hasher_end(hasher);
	memcpy(bytes + FORMAT_ROOT_AT, root.bytes, FORMAT_HASH);
}

static void
ask(const struct database *db)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	AUTO(strbuf) struct strbuf text = { 0 };
	const struct operating_system os = { .id = SLICE("alpine"), .version_id = SLICE("3.20.3") };
	const struct package packages[] = { { .type = SLICE("apk"), .name = SLICE("musl"), .version = SLICE("1.2.5-r0"), .source = SLICE("musl") },
		                            { .type = SLICE("pypi"), .name = SLICE("Mus_L"), .version = SLICE("1.0") } };
	const struct upstream upstream = { SLICE_NONE, SLICE("musl"), SLICE("1.2.5"), SLICE("1.2.6") };
	struct backport backport;
	struct matches matches;
	struct plim_error err;
	if (arena == NULL)
		return;
	if (match_packages(db, &os, packages, 2, arena, NULL, &matches, &err) == 0)
		for (size_t i = 0; i < matches.n; i++) {
			match_rating(db, &matches.at[i], SLICE("osv*"));
			match_published(db, &matches.at[i]);
		}
	backport_ask(db, &os, packages, &upstream, arena, &backport, &err);
	database_show(db, SLICE("CVE-2025-1"), &text, &err);
	if (store_count(db, SECTION_PACKAGES) < 10000)
		database_search(db, SLICE("*"), &text, &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	AUTO(free) char *bytes = malloc(size + 1);
	AUTO(fd) int fd = memfd_create("database", MFD_CLOEXEC);
	AUTO(database) struct database *db = NULL;
	struct plim_error err;
	if (size < 1 || bytes == NULL || fd < 0)
		return 0;
	memcpy(bytes, data + 1, size - 1);
	if (data[0] & 1)
		make_fit(bytes, size - 1);
	if (write(fd, bytes, size - 1) != (ssize_t)size - 1)
		return 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (database_open(path, &db, &err) == 0)
		ask(db);
	return 0;
}

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

static void
make_fit(char *bytes, size_t size)
{
	struct cursor c = cursor_of((struct slice){ bytes, size });
	cursor_seek(&c, FORMAT_TABLE_AT);
	uint64_t data_at = cursor_u64le(&c);
	if (c.bad || size < FORMAT_HEADER_SIZE || data_at < FORMAT_HEADER_SIZE || data_at > size)
		return;
	size_t leaves = (size - (size_t)data_at + FORMAT_BLOCK - 1) / FORMAT_BLOCK, end = FORMAT_HEADER_SIZE + leaves * FORMAT_ROOT_SIZE;
	if (end > data_at)
		return;
	for (size_t i = 0; i < leaves; i++) {
		struct digest leaf = digest_of(slice_first(slice_from((struct slice){ bytes, size }, (size_t)data_at + i * FORMAT_BLOCK), FORMAT_BLOCK));
		memcpy(bytes + FORMAT_HEADER_SIZE + i * FORMAT_ROOT_SIZE, leaf.bytes, FORMAT_ROOT_SIZE);
	}
	memset(bytes + FORMAT_ROOT_AT, 0, FORMAT_ROOT_SIZE);
	struct digest root = digest_of((struct slice){ bytes, end });
	memcpy(bytes + FORMAT_ROOT_AT, root.bytes, FORMAT_ROOT_SIZE);
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
	if (match_packages(db, &os, packages, 2, arena, &matches, &err) == 0)
		for (size_t i = 0; i < matches.n; i++) {
			match_rating(db, &matches.at[i], SLICE("osv*"));
			match_published(db, &matches.at[i]);
		}
	backport_ask(db, &os, packages, &upstream, arena, &backport, &err);
	database_show(db, SLICE("CVE-2025-1"), &text, &err);
	if (store_count(db, SECTION_STATEMENTS) < 10000)
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

/* SPDX-License-Identifier: Apache-2.0 */
/* Small tar archives, made header by header, so that tests can make wrong ones. */
#ifndef TEST_ARCHIVE_H
#define TEST_ARCHIVE_H

#include "base/auto.h"
#include "base/strbuf.h"

#include <stdio.h>

static inline void
archive_sum(char *header)
{
	unsigned sum = 0;
	memset(header + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 8, "%06o", sum);
}

/* One entry with its body; answers its header, which a test may spoil before the next call (then archive_sum). */
static inline char *
archive_add(struct strbuf *into, char type, const char *path, const char *link, unsigned mode, const char *body)
{
	size_t n = body ? strlen(body) : 0, at = into->n;
	strbuf_fill(into, '\0', 512);
	char *header = into->p + at;
	memcpy(header, path, strnlen(path, 100));
	memcpy(header + 157, link, strnlen(link, 100));
	snprintf(header + 100, 8, "%07o", mode);
	snprintf(header + 108, 8, "%07o", 0);
	snprintf(header + 116, 8, "%07o", 0);
	snprintf(header + 124, 12, "%011o", (unsigned)n);
	snprintf(header + 136, 12, "%011o", 7);
	header[156] = type;
	memcpy(header + 257, "ustar\00000", 8);
	archive_sum(header);
	strbuf_puts(into, body ? body : "");
	strbuf_fill(into, '\0', (512 - n % 512) % 512);
	return into->p + at;
}

/* A PAX header of the records given as "key=value" strings up to NULL. */
static inline void
archive_pax(struct strbuf *into, char type, const char *const *records)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	for (; *records; records++) {
		size_t n = strlen(*records) + 3, digits = n + 1 > 9 ? 2 : 1;
		strbuf_printf(&body, "%zu %s\n", n - 1 + digits, *records);
	}
	archive_add(into, type, "pax", "", 0644, strbuf_slice(&body).p);
}
#define ARCHIVE_PAX(into, type, ...) archive_pax(into, type, (const char *const[]){ __VA_ARGS__, NULL })

static inline void
archive_end(struct strbuf *into)
{
	strbuf_fill(into, '\0', 1024);
}

#endif

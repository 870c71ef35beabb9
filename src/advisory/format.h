/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database file.  All numbers are little-endian; a text is an offset and
 * a length, u32 each, in the section of texts.
 *
 *   header    magic "PLIMADB\n", version u32, number of sections u32, size of the file u64,
 *             root (32 bytes), then for each section its offset u64 and its number of records u64
 *   leaves    SHA-256 of each block of 64 KiB from the first section to the end of the file
 *   sections  from the next multiple of 4096 on, one behind the other, each at a multiple of 8
 *
 * The root is SHA-256 over header, with zeros in its place, and leaves.
 */
#ifndef ADVISORY_FORMAT_H
#define ADVISORY_FORMAT_H

#include <stdint.h>

#define FORMAT_MAGIC      "PLIMADB\n"
#define FORMAT_ROOT_AT    24
#define FORMAT_ROOT_SIZE  32
#define FORMAT_TABLE_AT   (FORMAT_ROOT_AT + FORMAT_ROOT_SIZE)
#define FORMAT_BLOCK      16384
#define FORMAT_ALIGNMENT  4096

/* Name, size of a record; what a record holds is written in compile.c and read in database.c, in this order. */
#define FORMAT_SECTIONS(S)                                                                                               \
	S(TEXT, 1)           /* bytes */                                                                                 \
	S(FEEDS, 72)         /* name, format, digest (32), snapshot i64, records u64, sample u32, zero u32 */            \
	S(ADVISORIES, 72)    /* id, title, url, vector, feed u32, severity u32, published i64, modified i64, aliases, related */ \
	S(STATEMENTS, 64)    /* ecosystem, package, advisory u32, state u16, severity u16, fix known i64, events, versions, module, channel */ \
	S(EVENTS, 12)        /* kind u32, version */                                                                     \
	S(TEXTS, 8)          /* a text: what aliases, versions and packages are runs of (first u32, number u32) */       \
	S(IDS, 12)           /* id or alias, advisory u32; sorted */                                                     \
	S(COVERS, 24)        /* ecosystem, feed u32, number of packages named u32, packages */                           \
	S(EXPLOITED, 16)     /* id, added i64; sorted */                                                                 \
	S(SCORES, 8)         /* CVE key u32, millionths u32; sorted */                                                   \
	S(LIFETIMES, 24)     /* key, end i64, end of extended support i64; sorted */

#define SECTION_NAME(name, width) SECTION_##name,
enum section { FORMAT_SECTIONS(SECTION_NAME) SECTION_COUNT };
#undef SECTION_NAME

#define FORMAT_HEADER_SIZE (FORMAT_TABLE_AT + SECTION_COUNT * 16)

/* COVERS, number of packages named: this says that the feed declares the release. */
#define COVER_DECLARED UINT32_MAX

#endif

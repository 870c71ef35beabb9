/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database file.  Fixed numbers are little-endian, others varints
 * (base/varint.h); a text is its length and its bytes.
 *
 *   header    1024 bytes: magic "PLIMADB\n", version u32, number of sections u32, size of the file u64, number of blocks u64,
 *             root (32 bytes), then for each section its offset, its size and its number of records, u64 each; zeros
 *   blocks    of 1024 bytes: the sections, one behind the other, each at a multiple of 8; zeros up to the end of the last block
 *   leaves    SHA-256 of each block
 *   nodes     SHA-256 of the leaves of each 32 blocks
 *   trailer   behind what the header counts: nothing, or magic "PLIMSIG\n", a length u64 and so many bytes: envelopes in which the root
 *             is signed (trust/data.h), one a line
 *
 * The root is SHA-256 over the header, with zeros in its place, and the nodes.  So little is read to open a file, and a block is
 * verified together with the leaves beside its own when it is first touched.
 *
 * What all feeds together say of a CVE, its highest severity and score, is
 * in RATINGS: most matches ask for no more.
 *
 * A stream is a run of records, each with its length before it; an index
 * has the offset of every 8th record of a stream, for searching, and of an
 * id its CVE key, so that what is passed on the way is not touched; large
 * tables of fixed records have the keys alone.  Nothing
 * points from one stream into another, so that a record that is new moves
 * no number but those of the indexes: differences between two databases
 * are as small as what changed.
 *
 * Statements of one package, a group, are no records but bytes as long as
 * the package's record says.  They are runs of one feed each (feed, number
 * of statements), and of each statement:
 *
 *   id        0 and a text; or 1, what comes before its last digits, how many these are, and their number; or two more than the distance
 *             of its CVE key (cve_key) to the one before it in the run
 *   what      a byte: state, severity << 3, shape << 6
 *   rest      by its shape: SHAPE_PLAIN nothing; SHAPE_FIXED the version in which it is fixed; SHAPE_DATED the same and a time;
 *             SHAPE_WHOLE a byte of WHAT_ bits, and in their order what they say is there
 *
 * A package's record ends with the distance back to the group that it
 * shares with one before it, 0 where it has its own.
 *
 * A version in a group (and so what comes before digits) is twice its length and its bytes, or one more than
 * twice the distance back to where the same one stands.  A time is 0 where
 * there is none; otherwise one more than twice the day (zigzag) where it is
 * a midnight, than twice the second and one where it is not.
 *
 * An advisory: id, feed, ordinal (among those of one feed with one id),
 * severity, published, modified (times), title (0,
 * 1 as the record before it, which has the same id, or two more than its length, and bytes), url
 * and vector (0, 1 and a text, or two more than a number in SHARED),
 * aliases, related (a number and texts).  In a url byte 1 stands for the
 * id, 2 for it in lower case.  Advisories are sorted by id_cmp, then feed.
 */
#ifndef ADVISORY_FORMAT_H
#define ADVISORY_FORMAT_H

#include "base/slice.h"

#include <stdint.h>

#define FORMAT_MAGIC     "PLIMADB\n"
#define FORMAT_SIZE_AT   16
#define FORMAT_ROOT_AT   32
#define FORMAT_HASH      32
#define FORMAT_TABLE_AT  (FORMAT_ROOT_AT + FORMAT_HASH)
#define FORMAT_BLOCK     1024
#define FORMAT_FAN       32     /* blocks of one node */
#define FORMAT_STEP      8      /* records of one entry of an index */
#define FORMAT_KEY_STEP  32     /* records of a table for one of its keys */

/* Name, size of a record; 0: a stream. */
#define FORMAT_SECTIONS(S)                                                                                                      \
	S(STATEMENTS, 1)     /* groups, in the order of PACKAGES */                                                             \
	S(ADVISORIES, 0)                                                                                                        \
	S(ADVISORY_INDEX, 8) /* offset u32, CVE key u32 of its id */                                                            \
	S(PACKAGES, 0)       /* number of its ecosystem in KEYS, name, size of its group, distance; sorted */                   \
	S(PACKAGE_INDEX, 8)  /* offset u32, offset of its group u32 */                                                          \
	S(KEYS, 0)           /* an ecosystem: a text; sorted */                                                                 \
	S(ALIASES, 0)        /* alias, id of an advisory that has it; sorted by id_cmp */                                       \
	S(ALIAS_INDEX, 8)    /* offset u32, CVE key u32 of its alias */                                                         \
	S(SHARED, 0)         /* texts that many advisories have */                                                              \
	S(SHARED_INDEX, 4)   /* offset u32, of each */                                                                          \
	S(COVERS, 0)         /* ecosystem, feed, number of packages named, number of names, names */                            \
	S(EXPLOITED, 12)     /* CVE key u32, added i64; sorted */                                                               \
	S(RATINGS, 12)       /* CVE key u32, severity u16, tenths u16 (65535: no score), vector in SHARED u32 (all ones: none); sorted */ \
	S(SCORES, 8)         /* CVE key u32, millionths u32; sorted */                                                          \
	S(RATING_KEYS, 4)    /* CVE key u32 of every 32nd of RATINGS */                                                         \
	S(SCORE_KEYS, 4)     /* the same of SCORES */                                                                           \
	S(LIFETIMES, 0)      /* key, end, end of extended support (times); sorted */                                              \
	S(FEEDS, 0)          /* name, format, url, digest (32), snapshot, fetched (times), records, sample */

#define SECTION_NAME(name, width) SECTION_##name,
enum section { FORMAT_SECTIONS(SECTION_NAME) SECTION_COUNT };
#undef SECTION_NAME

#define TRAILER_MAGIC  "PLIMSIG\n"

enum shape { SHAPE_PLAIN, SHAPE_FIXED, SHAPE_DATED, SHAPE_WHOLE };
enum what { WHAT_ORDINAL = 1, WHAT_FIX_KNOWN = 2, WHAT_MODULE = 4, WHAT_CHANNEL = 8, WHAT_EVENTS = 16, WHAT_VERSIONS = 32 };

/* COVERS, number of packages named: this says that the feed declares the release. */
#define COVER_DECLARED UINT32_MAX

/* A CVE's year and number in one word, so that they are sorted and searched without texts; 0 for another id. */
uint32_t cve_key(struct slice id);
#define CVE_TEXT_SIZE 32
/* Written as CVE writes them, the number to four digits and no further: cve_text gives it back.  Another is a text of its own. */
bool cve_is_plain(struct slice id);
struct slice cve_text(uint32_t key, char into[static CVE_TEXT_SIZE]);
/* How many digits an id ends with that are a number below 2^32 of their own: 0 where that would save nothing. */
size_t id_digits(struct slice id, uint32_t *number);
/* CVEs by year and number, then all others by their bytes. */
int id_cmp(struct slice a, struct slice b);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Which files may be programs, and what of a large one nobody looks at. */
#ifndef CATALOG_PROGRAM_SELECT_H
#define CATALOG_PROGRAM_SELECT_H

#include "layer/collect.h"

/* A regular file that somebody may execute, or that is named like a library: a.so, a.so.1, a.dll, a.exe, a.node. */
bool program_may_be(const struct entry *entry);

/*
 * Of an ELF file beyond half of LIMIT_PROGRAM_BYTES: instructions (segments that are executable), what no segment holds
 * but for 8 MiB before the section headers, and, where that is still beyond LIMIT_PROGRAM_BYTES, the front of a segment that
 * has instructions and constants, and the middle of the largest segments.  In order and apart.  True where constants may be
 * among them: what is not found then may have been there.
 */
bool program_skips(uint64_t size, struct slice head, struct body_skips *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What the catalogers of programs share. */
#ifndef CATALOG_PROGRAM_PROGRAMS_H
#define CATALOG_PROGRAM_PROGRAMS_H

#include "catalog/cataloger.h"
#include "codec/program.h"

/* Bids for whatever begins as a program does. */
bool program_bid(struct slice path, struct slice head);

/*
 * False for what is no program after all, and for one whose headers are damaged: the catalogers `elf` and `dotnet_assembly`
 * alone tell that, so that one damage is one problem.
 */
bool program_take(struct slice body, struct program *out);

/* Of so large a program the collector may have left out what was looked for, and not found or found to be zeros. */
bool program_is_cut(struct slice body);

/*
 * The version, without its v, that the linker was told to put into a variable of that name in the main module `module`; absent
 * where none was, or several that differ.  `modules` as of codec/go_build.h.
 */
struct slice go_linked_version(struct slice modules, struct slice module);

/*
 * The version of a toolchain alone, as "1.21.1", of "go1.21.1 X:boringcrypto", "go1.20.12-X:nocoverageredesign",
 * "devel go1.22-1f0c044d60 Fri Mar 3 ..."; `text` itself where it has no number.  Borrows from it.
 */
struct slice go_toolchain_version(struct slice text);

/* Inflates a whole zlib or gzip stream at the front of `packed`: PLIM_EFORMAT, LIMIT_EMBEDDED_BYTES.  `*out` is the caller's. */
int program_inflate(struct slice packed, char **out, size_t *size, struct plim_error *err);

#endif

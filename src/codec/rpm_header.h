/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An rpm header as a package database keeps it: without the lead and magic
 * of a package file.  Two counts, an index of tags, and the data it points into.
 */
#ifndef CODEC_RPM_HEADER_H
#define CODEC_RPM_HEADER_H

#include "base/slice.h"

#include <plimsoll/error.h>

/* Texts borrow from the parsed bytes; absent where the header lacks the tag or says "(none)". */
struct rpm_header {
	struct slice name, version, release;    /* never absent nor empty */
	struct slice arch, sourcerpm, vendor, packager, license, module;
	uint32_t epoch;
	bool has_epoch;
};

/* PLIM_EFORMAT or PLIM_ELIMIT, with the offset in the header, for what is no whole header; `out` is then undefined. */
int rpm_header_parse(struct slice blob, struct rpm_header *out, struct plim_error *err);

/* Names of capabilities, as "bash", "libc.so.6()(64bit)", "/bin/sh", "rpmlib(CompressedFileNames)"; versions and conditions stand elsewhere. */
enum rpm_relation { RPM_PROVIDES, RPM_REQUIRES, RPM_RELATION_COUNT };
/* `name` borrows from the parsed bytes.  A negative answer ends the walk. */
typedef int rpm_name_fn(void *context, struct slice name, struct plim_error *err);
/* All of them, in the header's order; a header without any is fine.  Errors as of rpm_header_parse. */
int rpm_header_names(struct slice blob, enum rpm_relation relation, rpm_name_fn *each, void *context, struct plim_error *err);

enum { RPM_FILE_CONFIG = 1, RPM_FILE_GHOST = 1 << 6 };

/* One file or directory of the package: "/usr/bin/" and "env". */
struct rpm_file {
	struct slice directory, name;
	struct slice digest;        /* hexadecimal; absent where none is recorded */
	const char *algorithm;      /* "md5", "sha1", "sha256", ...; NULL for one that is not known */
	uint32_t mode, flags;       /* mode with the type's bits; enum above, others too */
	bool has_mode;
};

/* `file` is lent for the call.  A negative answer ends the walk. */
typedef int rpm_file_fn(void *context, const struct rpm_file *file, struct plim_error *err);

/* All of them, in the header's order; a header without any is fine.  Errors as of rpm_header_parse. */
int rpm_header_files(struct slice blob, rpm_file_fn *each, void *context, struct plim_error *err);

#endif

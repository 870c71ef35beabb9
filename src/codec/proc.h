/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of /proc/PID/mountinfo, maps and uid_map, as proc(5) describes them.  Names in them are whatever a container calls its files.  Pure:
 * slices point into the line.
 */
#ifndef CODEC_PROC_H
#define CODEC_PROC_H

#include "base/strbuf.h"

/* A mount; names still have their escapes. */
struct mount_line {
	uint64_t id;
	struct slice device;       /* "MAJOR:MINOR" */
	struct slice root;         /* of the mount in its file system */
	struct slice place;        /* where it is mounted */
	struct slice kind;         /* of the file system */
	struct slice source, options;    /* the super block's */
};

/* False for a line of another form. */
bool mount_line_parse(struct slice line, struct mount_line *out);

/* The name as it is: a backslash and three octal digits are one byte. */
void mount_put_name(struct strbuf *into, struct slice name);

/* The value of "NAME=" among options, the kernel's escapes undone; false where there is none. */
bool mount_option(struct slice options, const char *name, struct strbuf *value);
/* The next path out of such a value, "upperdir" or "lowerdir": colons stand between, backslashes before what is none. */
bool overlay_next(struct slice *paths, struct strbuf *path);

/* A mapping of a file. */
struct map_line {
	struct slice path;         /* with escapes of newlines; absent: of no file */
	bool executable;
	bool gone;                 /* the file is in no directory any more */
	bool in_memory;            /* it never was: memfd */
};
bool map_line_parse(struct slice line, struct map_line *out);

/* "INSIDE OUTSIDE COUNT". */
bool id_line_parse(struct slice line, uint32_t out[static 3]);

/* Takes the kernel's " (deleted)" off a name; `*in_memory`: it is one of memfd_create, "/memfd:NAME". */
bool proc_name_gone(struct slice *name, bool *in_memory);

#endif

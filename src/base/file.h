/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the machine itself: reading one whole, mapping one. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/slice.h"

#include <plimsoll/error.h>

/* The whole file, the caller's to free, with a NUL behind it; above `limit` bytes PLIM_ELIMIT, absent PLIM_ENOTFOUND. */
int file_read(int dirfd, const char *path, uint64_t limit, char **out, size_t *out_size, struct plim_error *err);
int file_read_fd(int fd, uint64_t limit, char **out, size_t *out_size, struct plim_error *err);

/* Opens a regular file for reading; what is none, a FIFO, is PLIM_EUSAGE and not waited for.  Absent PLIM_ENOTFOUND. */
int file_open(const char *path, int *out, struct plim_error *err);
/* /dev/null, with those flags of open(2); in a root that has none, what is as empty and takes nothing.  -1 with errno. */
int file_open_null(int flags);

/* A read-only map of a regular file; release with file_unmap.  An empty file maps to an empty, present slice. */
int file_map(int dirfd, const char *path, struct slice *out, struct plim_error *err);
/* How long an open file is, without naming it to the kernel (glibc's fstat does): false for what has no length. */
bool file_size(int fd, uint64_t *out);

/* The first `length` bytes of an open file, all of it for 0; a shorter file is PLIM_EFORMAT. */
int file_map_fd(int fd, uint64_t length, struct slice *out, struct plim_error *err);
void file_unmap(struct slice *map);
static inline void
auto_map_file(struct slice *map)
{
	file_unmap(map);
}

/* An order for scandir(3), whatever the locale. */
struct dirent;
int file_names_by_bytes(const struct dirent **a, const struct dirent **b);

#endif

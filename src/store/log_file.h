/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a log: FILE.1, FILE.2, ... and FILE, and whose turn it is. */
#ifndef STORE_LOG_FILE_H
#define STORE_LOG_FILE_H

#include "base/strbuf.h"
#include "base/vec.h"

#include <plimsoll/error.h>

/* How far a log reaches at one moment. */
struct log_files {
	VEC(uint32_t) numbers;        /* of the segments that have one, ascending */
	int fd;                       /* of the last one, which has none; -1: it is not there */
	uint64_t size;                /* of it */
};

void log_files_done(struct log_files *files);
static inline void
auto_log_files(struct log_files *files)
{
	log_files_done(files);
}

/* Opens the last file for appending, made where it is missing, and waits for the turn at it: to be given back by closing. */
int log_file_turn(const char *path, int *out, struct plim_error *err);

/* The numbers of the segments, ascending. */
int log_file_numbers(const char *path, struct log_files *out, struct plim_error *err);

/* All files as they are between two entries; PLIM_ENOTFOUND where there is none. */
int log_files_open(const char *path, struct log_files *out, struct plim_error *err);

/* "log.7", NULL without memory. */
char *log_file_name(const char *path, uint32_t number);
/* Opens a segment for reading; it must be a regular file. */
int log_file_open(const char *path, uint32_t number, int *out, uint64_t *size, struct plim_error *err);

#endif

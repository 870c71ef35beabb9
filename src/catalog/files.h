/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of packages' files.  Who reads a format of them walks it once for
 * either purpose: paths alone, which every reading keeps, and rows with what is
 * recorded of each file, which few ask for: each record is PATH, or DIGEST, MODE,
 * KIND and PATH with tabs between, and a NUL behind it.
 */
#ifndef CATALOG_FILES_H
#define CATALOG_FILES_H

#include "base/strbuf.h"
#include "catalog/cataloger.h"

struct listed_file {
	struct slice type, package;
	struct slice path;                  /* absolute or not: a first slash means nothing here */
	struct slice digest, mode, kind;    /* as struct file_record says; absent where NULL */
	uint32_t line;
};

struct file_sink {
	struct rows *rows;
	bool whole;                    /* what is recorded of each too; else paths alone */
	struct slice type, package;    /* whose paths are gathered: borrowed until the next file */
	struct strbuf text;
};

/* What a package database records of one file. */
struct file_record {
	struct slice path;      /* absolute, as listed: links among its parents are not followed */
	struct slice digest;    /* sha256:HEX, sha1:HEX, md5:HEX; absent where none is */
	struct slice mode;      /* octal; absent where none is */
	struct slice kind;      /* config: meant to be edited; ghost: need not be there; absent: neither */
};

/* Takes the next record off the front of PACKAGE_FILE_FILES; false at its end. */
bool file_records_next(struct slice *rest, struct file_record *out);

static inline void
auto_file_sink(struct file_sink *sink)
{
	strbuf_done(&sink->text);
}

/* Lent for the call, but for type and package, which live until the sink ends. */
int file_sink_add(struct file_sink *sink, const struct listed_file *file, struct plim_error *err);
/* Nothing follows. */
int file_sink_end(struct file_sink *sink, struct plim_error *err);

/* Walks one format of lists into a sink, and ends that. */
typedef int file_lister(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err);
int files_extract(file_lister *take, bool whole, struct slice path, struct slice body, struct rows *rows, struct plim_error *err);

/* The two that a cataloger's `extract` may be: extract_lists gathers paths alone, extract_files what is recorded of each. */
#define FILE_LISTER(take)                                                                                     \
	static int extract_lists(struct slice path, struct slice body, struct rows *rows, struct plim_error *err) \
	{                                                                                                         \
		return files_extract(take, false, path, body, rows, err);                                             \
	}                                                                                                         \
	static int extract_files(struct slice path, struct slice body, struct rows *rows, struct plim_error *err) \
	{                                                                                                         \
		return files_extract(take, true, path, body, rows, err);                                              \
	}

#endif

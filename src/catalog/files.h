/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of packages' files.  Who reads a format of them walks it once for
 * either purpose: paths alone, which every reading keeps, and rows with what is
 * recorded of each file, which few ask for.
 */
#ifndef CATALOG_FILES_H
#define CATALOG_FILES_H

#include "base/strbuf.h"
#include "catalog/cataloger.h"

struct listed_file {
	struct slice type, package;
	struct slice path;                  /* absolute or not: a first slash means nothing here */
	struct slice digest, mode, kind;    /* as the fields of ROW_PACKAGE_FILE; absent where NULL */
	uint32_t line;
};

struct file_sink {
	struct rows *rows;
	bool whole;                    /* a row each; else paths alone, together */
	struct slice type, package;    /* whose paths are gathered: borrowed until the next file */
	struct strbuf text;
};

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

/* The two that a cataloger's `extract` may be: extract_lists gathers paths alone, extract_files makes a row of each. */
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

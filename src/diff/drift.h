/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed in a container that may never change: its files against those of its image.  What changed is what the diff of two inventories says
 * (diff.h); here it is told what that is worth, whose file it is, and what was only moved.  Plain data, all of it in one arena, in a
 * defined order.
 */
#ifndef DIFF_DRIFT_H
#define DIFF_DRIFT_H

#include "base/severity.h"
#include "diff/diff.h"

/* The last two are found beside the files: what runs and is in no file, and programs in what is mounted. */
enum drift_kind { DRIFT_ADDED, DRIFT_CHANGED, DRIFT_REMOVED, DRIFT_RENAMED, DRIFT_RUNS, DRIFT_OUTSIDE };
#define DRIFT_KIND_MOST DRIFT_OUTSIDE
extern const char *const drift_kind_names[];

/* What kind of thing it is that changed, the worst first: drift.def. */
enum drift_class {
#define DRIFT_CLASS(name, word, severity, meaning) DRIFT_##name,
#include "diff/drift.def"
	DRIFT_CLASS_COUNT
};
const char *drift_class_name(enum drift_class class);
enum severity drift_class_severity(enum drift_class class);

/* A process has the file: it runs it, has it mapped as code, or names it in its arguments. */
struct drift_process {
	uint64_t pid;
	struct slice name, via;        /* "run", "mapped", "argument" */
};

struct drift_change {
	enum drift_kind kind;
	struct slice path;             /* absolute, in the container */
	struct slice from;             /* of what was renamed: its path in the image; absent otherwise */
	struct slice same_as;          /* of what was added: another file of the image that has this content; absent if none */
	struct slice type;             /* "regular" */
	enum drift_class class;
	enum severity severity;
	struct slice package_type, package;    /* whose file of the image it is; absent: nobody's */
	const struct detail *details;
	size_t detail_count;
	struct drift_process *processes;
	size_t process_count;
};

/* What could not be told. */
struct drift_gap {
	struct slice path, reason;     /* path absent: of the whole */
};

struct drift {
	struct arena *arena;           /* owns everything here and the struct itself */
	struct drift_change *changes;  /* the worst first, then by path */
	size_t change_count;
	size_t ignored;                /* changes that a pattern matches, or that the engine makes */
	struct drift_gap *gaps;        /* by path */
	size_t gap_count;
};

struct drift_question {
	struct inventory *old;         /* the image's */
	struct inventory *new;         /* the container's */
	size_t own;                    /* so many of the new one's layers, the topmost, were read from the disk as they are */
	const struct slice *ignore;    /* globs of absolute paths */
	size_t ignore_count;
	const struct slice *mounts;    /* absolute paths at which something else is mounted: there an engine makes an empty file or directory */
	size_t mount_count;
};

int drift_make(const struct drift_question *question, struct drift **out, struct plim_error *err);
void drift_free(struct drift *drift);
AUTO_DEFINE(drift, struct drift, drift_free)

/* What a path alone is worth: of files outside of the image, too.  `program`: it is executable, or begins as programs do. */
enum drift_class drift_class_of_path(struct slice path, bool program);
/* One of the globs matches the path. */
bool drift_is_ignored(const struct slice *globs, size_t n, struct slice path);
/* qsort's order of gaps: by path, then reason. */
int drift_order_gaps(const void *left, const void *right);
/* Adds changes, whose texts live as long as the drift, and puts all in order anew: of those that were there some may have become worse. */
int drift_append(struct drift *drift, const struct drift_change *changes, size_t n, struct plim_error *err);

/* As it travels between processes. */
void drift_write(const struct drift *drift, struct strbuf *into);
int drift_parse(struct slice bytes, struct drift **out, struct plim_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison under way: two sides, and what was found so far.  Each part of the answer is one function. */
#ifndef DIFF_COMPARING_H
#define DIFF_COMPARING_H

#include "base/map.h"
#include "base/vec.h"
#include "diff/diff.h"

/* Rows of one kind: those of each node one behind the other, sorted by their first field. */
struct node_rows {
	const struct shown_row **at;
	size_t n;
};

#define BELOW_MOST 4

struct below {
	uint32_t layer;
	struct tree *tree;         /* of all layers below that one; NULL: none yet */
};

/* One side, with what explanations look up in it. */
struct side {
	const struct inventory *inventory;
	const struct verdict *verdict;
	struct map owners;         /* from a package's file, "usr/bin/env", to its struct owner */
	struct map instructions;   /* from what an instruction is, to itself */
	bool told;                 /* the history tells of every layer of which the other one does: what is not in it is not in the build */
	struct map whiteouts;      /* from a path that a layer removes, to that layer plus one */
	struct slice revision;     /* of the source, as the label says; absent if none */
	struct node_rows xattrs, timeless;
	struct below below[BELOW_MOST];
	size_t below_next;
};

struct comparing {
	struct arena *arena;       /* the diff's */
	struct side old, new;
	struct map packages;       /* from type and name of a package that changed, to its struct package_change */
	struct map types;          /* from a type of packages of which one changed */
	struct slice base;         /* what a new base is told by; absent where it is the same, or not known */
	uint32_t old_base, new_base;    /* layers of it */
	VEC(struct change) changes;
	VEC(struct detail) details;     /* of the change at hand */
	VEC(struct diff_gap) gaps;
	struct part_count counts[PART_COUNT];
	bool full;
	bool unasked;              /* what explains a file */
	struct strbuf scratch;
};

/* Notes that something is not as it was, unless it is; texts live as long as the diff. */
int detail_add(struct comparing *c, const char *what, struct slice old, struct slice new, struct plim_error *err);
/* Adds a change with the details noted since the last one. */
int change_add(struct comparing *c, const struct change *change, struct plim_error *err);
/* The kind of a change by which sides have it. */
enum change_kind kind_of(bool old, bool new);

/* In this order: what explains files is found before them. */
typedef int compare_fn(struct comparing *c, struct plim_error *err);
compare_fn compare_packages, compare_layers, compare_files, compare_settings, compare_metadata, compare_findings, compare_gaps;

/* node_rows.c */
int node_rows_read(const struct inventory *inventory, enum row_kind kind, struct node_rows *out, struct plim_error *err);
/* Where those of a node begin (NULL has none), and how many they are. */
const struct shown_row *const *node_rows_of(const struct node_rows *rows, const struct node *node, size_t *n);

/* packages.c: all packages of one name, one of which at least came, went or has another version. */
struct package_change {
	struct slice text;         /* "curl 7.88.1-1 -> 7.88.1-2": of the first of them */
	const struct package *old, *new;
	size_t old_n, new_n;
	bool partly;               /* one of them, of another architecture, is as it was */
};
/* NULL where none did. */
const struct package_change *package_change(const struct comparing *c, struct slice type, struct slice name);

/* known.c: deb, apk or rpm. */
bool is_system_type(struct slice type);

/* owners.c */
struct owner {
	struct slice type, package;
	bool shared;               /* several packages list it */
};
int owners_read(struct side *side, struct arena *arena, struct plim_error *err);
/* Of an absolute path; NULL for a file of no package. */
const struct owner *owner_find(const struct side *side, struct slice path);

/* history.c */
int history_read(struct side *side, struct arena *arena, struct plim_error *err);
/* What both histories tell of is known when both are read. */
void history_match(struct comparing *c);
/* The layer's instruction is none of the other side's.  False where the history of either does not tell. */
bool instruction_is_new(struct comparing *c, const struct side *side, const struct side *other, uint32_t layer);
/* "instruction 4 (RUN make)"; absent without memory. */
struct slice instruction_text(struct comparing *c, const struct side *side, uint32_t layer);
/* The same without values of variables, in one line and short; absent where history does not tell. */
struct slice instruction_words(struct comparing *c, const struct side *side, uint32_t layer);
/* Whether the layer was made by COPY or ADD. */
bool instruction_copies(const struct side *side, uint32_t layer);
/* Whether by anything else that the history tells. */
bool instruction_runs(const struct side *side, uint32_t layer);
/* The first variable that the layer's RUN names and that has another value; absent if there is none. */
struct slice instruction_variable(struct comparing *c, const struct side *side, const struct side *other, uint32_t layer);

/* below.c: what stands at a path as the layers below `layer` make it; false where there is nothing, in a tree, or without memory. */
bool below_find(struct side *side, uint32_t layer, struct slice path, struct entry *out);
void below_done(struct side *side);

/* A file that is not as it was.  A side that lacks it has a NULL node. */
struct file_change {
	enum change_kind kind;
	struct slice path;
	const struct node *old, *new;
	struct entry was, is;
};

struct explanation {
	enum cause cause;
	struct slice input;        /* absent beside a cause: no memory */
};

/* explain.c: the first input that explains it. */
struct explanation explain_file(struct comparing *c, const struct file_change *file);
/* The same by its path; CAUSE_NONE also for a file that did not change. */
struct explanation explain_path(struct comparing *c, struct slice path);

/* files.c: bytes, type and attributes of both are the same, xattrs apart.  False where the bytes of either could not be read. */
bool entry_is_same(const struct entry *a, const struct entry *b);
bool file_is_same(const struct file_change *file);
/* Either side has some; a capability is none. */
bool file_has_xattrs(const struct comparing *c, const struct file_change *file);
/* Type, mode, owner and capability of both are the same. */
bool file_same_holder(const struct file_change *file);

/* known.c: files that package managers write, by path. */
struct known_file {
	const char *glob;
	const char *type;          /* of packages that must have changed; NULL: any */
	const char *package;       /* that must have changed; NULL: none need, "*": any */
	bool links;                /* symbolic links to certificates, and nothing else */
	enum cause cause;
	const char *why;
};
/* The first entry of the table that holds for it; NULL if none does. */
const struct known_file *known_file_find(const struct comparing *c, const struct file_change *file);

#endif

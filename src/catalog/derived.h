/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings as their programs put them together out of several files and links: derived.def.  They are made of the rows
 * that catalogers extracted and of the final tree, when somebody first asks.
 */
#ifndef CATALOG_DERIVED_H
#define CATALOG_DERIVED_H

#include "base/vec.h"
#include "catalog/inventory.h"

#define KIND(name, table, known, meaning) DERIVED_##name,
#define FIELD(column, type, meaning)
#define END(name)
enum derived_kind {
#include "catalog/derived.def"
	DERIVED_KIND_COUNT
};
#undef KIND
#undef FIELD
#undef END

struct derived_row {
	const struct slice *cells;     /* as many as the kind has fields; absent is NULL */
	struct slice unread;           /* why only the kind's first cells are known; absent: all are */
	const struct node *node;       /* the file that says so; NULL for none */
	uint32_t line;                 /* in that file, from 1; 0 where that means nothing */
};

struct derived_rows {
	const struct derived_row *at;
	size_t n;
};

/* All rows of a kind, in a defined order.  Where they cannot be made, for want of memory or beyond a limit, a row without cells is the last, and says why. */
const struct derived_rows *inventory_derived(const struct inventory *inventory, enum derived_kind kind);

/* Making them. */

struct deriving {
	const struct inventory *inventory;
	VEC(struct derived_row) rows[DERIVED_KIND_COUNT];
	size_t steps;
	const char *failed;            /* why nothing more is made: text of a row's `unread` */
};

/* Adds a row of `n` cells, which are copied; what they point to must last as long as the inventory. */
void derive_row(struct deriving *deriving, enum derived_kind kind, const struct slice *cells, size_t n, const struct node *node, uint32_t line);
/* A row of which `n` cells are known, and why; the next: because of a file that was not read. */
void derive_refused(struct deriving *deriving, enum derived_kind kind, const struct slice *cells, size_t n, const struct node *node, struct slice why);
void derive_unread(struct deriving *deriving, enum derived_kind kind, const struct slice *cells, size_t n, const struct node *node);
/* Counts what is looked at without becoming a row; false, and `failed`, beyond what LIMIT_DERIVED_ROW_COUNT leaves. */
bool derive_step(struct deriving *deriving);
void derive_no_memory(struct deriving *deriving);
/* Nothing more is made, because of that file: what its program would not start with, or nobody read, is no setting that anybody could judge. */
void derive_fail(struct deriving *deriving, const struct node *node, const char *why);
/* Texts in the inventory's arena; absent, and `failed`, without memory. */
struct slice derive_text(struct deriving *deriving, struct slice text);
struct slice derive_number(struct deriving *deriving, uint64_t number);
struct slice derive_path(struct deriving *deriving, const struct node *node);
/* Two words as the key of a map. */
struct slice derive_key(struct deriving *deriving, struct slice first, struct slice second);
/* The regular file that a name is or leads to; NULL for what is none. */
const struct node *derive_followed(struct deriving *deriving, const struct node *node);
/* As glob(3), which leaves hidden files to patterns that name the dot. */
bool derive_globs(struct slice pattern, struct slice name);
/*
 * Takes the files that the pattern of an include in `from` names, in the order of their names.  Fails, as derive_fail, at a pattern of
 * directories: what is in those was not looked at.
 */
typedef void derive_take_fn(void *context, const struct node *file);
void derive_included(struct deriving *deriving, const struct node *from, struct slice pattern, derive_take_fn *take, void *context);

/* Whether a cataloger saw the bytes of a file, if there are any, and took them all: that it has no rows means something then. */
bool node_was_read(const struct inventory *inventory, const struct node *node, const struct cataloger *cataloger);
/* Whether a cataloger did not understand a part of a file. */
bool node_has_problem(const struct inventory *inventory, const struct node *node, const struct cataloger *cataloger);
/* Those rows of a kind that were extracted from a file's bytes: `*at` is the first of `rows`; how many there are. */
size_t rows_of_node(const struct inventory *inventory, enum row_kind kind, const struct node *node, const struct shown_row **at);
/* The same of a file that was read; fails, as derive_fail, at one that was not. */
size_t derive_rows(struct deriving *deriving, enum row_kind kind, const struct cataloger *cataloger, const struct node *file, const struct shown_row **at);

/* Each fills some kinds: systemd_units.c, ... */
void derive_systemd(struct deriving *deriving);
void derive_openssl_conf(struct deriving *deriving);
void derive_crypto_policy(struct deriving *deriving);
void derive_sshd(struct deriving *deriving);
void derive_ld_so_conf(struct deriving *deriving);
void derive_limits_conf(struct deriving *deriving);

#endif

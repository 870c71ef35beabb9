/* SPDX-License-Identifier: Apache-2.0 */
/* An inventory on its way: what the parts of its making share. */
#ifndef CATALOG_RESOLVER_H
#define CATALOG_RESOLVER_H

#include "base/vec.h"
#include "catalog/inventory.h"

/* Which node shows each entry's bytes: one run of places a layer, NULL where nothing of the final tree has them. */
struct shown_entries {
	const struct node **nodes;    /* in the arena */
};

struct resolver {
	struct inventory *inventory;
	struct shown_entries *layers;
	VEC(struct package) packages;
	VEC(struct inventory_gap) gaps;
	const struct node *database;    /* whose path was made last */
	struct slice database_path;
};

/* The absolute path, in the arena; absent without memory. */
struct slice path_in_arena(struct arena *arena, const struct node *node);
struct slice row_field(const struct shown_row *shown, uint32_t field);

/* gaps.c: what could not be read, of layers and files. */
int add_gap(struct resolver *r, struct inventory_gap gap, struct plim_error *err);
int gather_gaps(struct resolver *r, const char *const *layer_gaps, struct plim_error *err);
/* ... and, once packages and system are known, what is missing as a whole. */
int find_hidden(struct resolver *r, struct plim_error *err);
bool has_system_package(const struct resolver *r);
int find_missing(struct resolver *r, struct plim_error *err);

/* packages.c: from rows to r->packages, and, when the system is known, to the inventory's. */
int resolve_packages(struct resolver *r, struct plim_error *err);
/* system/nix.c: directories of the Nix store, which are packages by their names. */
int find_store_paths(struct resolver *r, struct plim_error *err);
/* These make PACKAGE_REMOVED of some; language/vcpkg_updates.c: of what vcpkg says of a package at several times, the last counts. */
int settle_vcpkg(struct resolver *r, struct plim_error *err);
/* language/cpan_settle.c: what a .packlist stands for goes where something tells more; once owners are known, the rest is told as gaps. */
int settle_cpan(struct resolver *r, struct plim_error *err);
int tell_cpan(struct resolver *r, struct plim_error *err);
int finish_packages(struct resolver *r, struct plim_error *err);
/* Adds one that the final image does not show, of the database at `file`. */
int take_hidden_package(struct resolver *r, const struct block *block, struct row row, uint32_t layer, struct slice file, struct plim_error *err);
/* package_trace.c: the first layer from which on each is there in its version without a gap. */
int trace_layers(struct resolver *r, struct plim_error *err);
/* purl.c: canonical, in the inventory's arena; absent without memory. */
struct slice package_purl(const struct inventory *inventory, const struct package *package);

/* assets.c: packages of .NET whose files are gone are declared only. */
int resolve_assets(struct inventory *inventory, struct plim_error *err);

/* owners.c: whose file is what, for packages and for what nobody accounts for; needs the lists of lists.c. */
int resolve_owners(struct inventory *inventory, struct plim_error *err);
void owners_free(struct owners *owners);

/* licenses.c: what packages declare, as expressions. */
int resolve_licenses(struct inventory *inventory, struct plim_error *err);
/* secret/secrets.c: of all layers and settings, and what of those was not searched. */
int resolve_secrets(struct resolver *r, struct plim_error *err);

/* operating_system.c */
void resolve_os(struct resolver *r);

/* lists.c: arrays for whoever asks for row 17. */
int list_nodes(struct inventory *inventory, struct plim_error *err);
int list_rows(struct inventory *inventory, struct plim_error *err);
/* Rows of one kind are in the order of layers and entries: the first of that entry, or behind where it would be. */
size_t rows_of_entry(const struct shown_rows *rows, uint32_t layer, uint32_t entry);
bool is_of_entry(const struct shown_rows *rows, size_t at, uint32_t layer, uint32_t entry);
int index_files(struct inventory *inventory, struct plim_error *err);
/* The blocks' pages that were walked through are given back. */
void blocks_rest(const struct inventory *inventory);

#endif

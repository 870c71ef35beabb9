/* SPDX-License-Identifier: Apache-2.0 */
/* What ldconfig(8) makes of ld.so.conf: files that an include names stand in its place, in the order of their names. */
#include "catalog/derived.h"
#include "catalog/ld_so_conf.h"

#include "base/glob.h"
#include "catalog/resolver.h"

/* ldconfig has no bound: files that include each other never end for it. */
#define INCLUDE_DEPTH 16

enum { LS_DIRECTORY, LS_POSITION, LS_COUNT };

struct reading {
	struct deriving *deriving;
	uint64_t position;
	unsigned depth;
};

static void read_file(struct reading *reading, const struct node *file);

static void
read_included(struct reading *reading, const struct node *from, struct slice pattern)
{
	struct deriving *deriving = reading->deriving;
	if (glob_is_pattern(path_dir(pattern))) {
		derive_fail(deriving, from, "it includes a file that is not looked at");
		return;
	}
	const struct node *directory = tree_resolve(deriving->inventory->tree, path_dir(pattern));
	for (uint32_t i = 0; directory && i < directory->child_count && derive_step(deriving); i++) {
		const struct node *child = directory->children[i], *file = derive_globs(path_base(pattern), child->name) ? derive_followed(deriving, child) : NULL;
		if (file)
			read_file(reading, file);
	}
}

static void
take(struct reading *reading, const struct shown_row *row, const struct node *file)
{
	struct slice cells[LS_COUNT] = { [LS_DIRECTORY] = row_field(row, LD_SO_CONF_ROW_DIRECTORY) };
	if (cells[LS_DIRECTORY].p == NULL) {
		read_included(reading, file, row_field(row, LD_SO_CONF_ROW_INCLUDE));
		return;
	}
	cells[LS_POSITION] = derive_number(reading->deriving, ++reading->position);
	derive_row(reading->deriving, DERIVED_LD_SO_CONF, cells, LS_COUNT, file, row->row.line);
}

static void
read_file(struct reading *reading, const struct node *file)
{
	const struct inventory *inventory = reading->deriving->inventory;
	const struct shown_row *rows;
	size_t n = rows_of_node(inventory, ROW_LD_SO_CONF_ROW, file, &rows);
	if (n == 0 && !node_was_read(inventory, file, &cataloger_ld_so_conf)) {
		derive_fail(reading->deriving, file, "it was not read");
		return;
	}
	if (reading->depth == INCLUDE_DEPTH) {
		derive_fail(reading->deriving, file, "files of ldconfig include each other too deep");
		return;
	}
	reading->depth++;
	for (size_t i = 0; i < n && derive_step(reading->deriving); i++)
		take(reading, &rows[i], file);
	reading->depth--;
}

void
derive_ld_so_conf(struct deriving *deriving)
{
	struct reading reading = { .deriving = deriving };
	const struct node *file = tree_resolve(deriving->inventory->tree, SLICE("/etc/ld.so.conf"));
	if (file)
		read_file(&reading, file);
}

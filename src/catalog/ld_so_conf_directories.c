/* SPDX-License-Identifier: Apache-2.0 */
/* What ldconfig(8) makes of ld.so.conf: files that an include names stand in its place, in the order of their names. */
#include "catalog/derived.h"
#include "catalog/ld_so_conf.h"

#include "catalog/resolver.h"

/* ldconfig has no bound: files that include each other never end for it. */
#define INCLUDE_DEPTH 16

enum { LS_DIRECTORY, LS_POSITION, LS_COUNT };

struct reading {
	struct deriving *deriving;
	uint64_t position;
	unsigned depth;
};

static derive_take_fn read_file;

static void
take(struct reading *reading, const struct shown_row *row, const struct node *file)
{
	struct slice cells[LS_COUNT] = { [LS_DIRECTORY] = row_field(row, LD_SO_CONF_ROW_DIRECTORY) };
	if (cells[LS_DIRECTORY].p == NULL) {
		derive_included(reading->deriving, file, row_field(row, LD_SO_CONF_ROW_INCLUDE), read_file, reading);
		return;
	}
	cells[LS_POSITION] = derive_number(reading->deriving, ++reading->position);
	derive_row(reading->deriving, DERIVED_LD_SO_CONF, cells, LS_COUNT, file, row->row.line);
}

static void
read_file(void *context, const struct node *file)
{
	struct reading *reading = context;
	const struct shown_row *rows;
	size_t n = derive_rows(reading->deriving, ROW_LD_SO_CONF_ROW, &cataloger_ld_so_conf, file, &rows);
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

/* SPDX-License-Identifier: Apache-2.0 */
/* Which files pam_limits reads, and in which order: limits.conf, then those of limits.d by their names. */
#include "catalog/derived.h"
#include "catalog/limits_conf.h"

#include "catalog/resolver.h"

enum { LO_DOMAIN, LO_TYPE, LO_ITEM, LO_VALUE, LO_DROP_IN, LO_FORM, LO_POSITION, LO_COUNT };

struct drop_in {
	struct slice name;
	const struct node *node;    /* NULL: it hides the vendor's of that name, and says nothing */
};

struct order {
	struct deriving *deriving;
	VEC(struct drop_in) drop_ins;
	uint64_t position;
};

static void
auto_order(struct order *order)
{
	vec_done(&order->drop_ins);
}

static bool
has_drop_in(const struct order *order, struct slice name)
{
	for (size_t i = 0; i < order->drop_ins.n; i++)
		if (slice_eq(order->drop_ins.at[i].name, name))
			return true;
	return false;
}

static void
find_drop_ins(struct order *order, const char *path)
{
	const struct tree *tree = order->deriving->inventory->tree;
	const struct node *directory = tree_resolve(tree, slice_of(path));
	for (uint32_t i = 0; directory && i < directory->child_count && derive_step(order->deriving); i++) {
		const struct node *child = directory->children[i];
		if (!derive_globs(SLICE("*.conf"), child->name) || has_drop_in(order, child->name))
			continue;
		struct drop_in *drop_in = vec_push(&order->drop_ins);
		if (drop_in == NULL)
			derive_no_memory(order->deriving);
		else
			*drop_in = (struct drop_in){ child->name, derive_followed(order->deriving, child) };
	}
}

static int
by_name(const void *left, const void *right)
{
	return slice_cmp(((const struct drop_in *)left)->name, ((const struct drop_in *)right)->name);
}

static void
take(struct order *order, const struct node *file, bool drop_in)
{
	const struct shown_row *rows;
	size_t n = derive_rows(order->deriving, ROW_LIMITS_CONF_ROW, &cataloger_limits_conf, file, &rows);
	/* The line that nobody understood may be the one that counts. */
	if (n && node_has_problem(order->deriving->inventory, file, &cataloger_limits_conf))
		derive_fail(order->deriving, file, "not all of it was read");
	for (size_t i = 0; i < n && derive_step(order->deriving); i++) {
		struct slice cells[LO_COUNT];
		for (unsigned k = 0; k < LIMITS_CONF_ROW_FIELD_COUNT; k++)
			cells[k] = row_field(&rows[i], k);
		/* A link may make a drop-in of a file elsewhere. */
		cells[LO_DROP_IN] = drop_in ? SLICE("1") : SLICE("0");
		cells[LO_POSITION] = derive_number(order->deriving, ++order->position);
		derive_row(order->deriving, DERIVED_LIMITS_CONF, cells, LO_COUNT, file, rows[i].row.line);
	}
}

void
derive_limits_conf(struct deriving *deriving)
{
	_Static_assert((int)LO_POSITION == LIMITS_CONF_ROW_FIELD_COUNT && (int)LO_DROP_IN == LIMITS_CONF_ROW_DROP_IN, "cells begin as the fields of the lines");
	AUTO(order) struct order order = { .deriving = deriving };
	const struct tree *tree = deriving->inventory->tree;
	const struct node *own = tree_resolve(tree, SLICE("/etc/security/limits.conf"));
	const struct node *main_file = own ? own : tree_resolve(tree, SLICE("/usr/etc/security/limits.conf"));
	enum entry_type type = main_file ? node_entry_type(tree, main_file) : ENTRY_DIRECTORY;
	if (type == ENTRY_FILE || type == ENTRY_HARDLINK)
		take(&order, main_file, false);
	find_drop_ins(&order, "/etc/security/limits.d");
	find_drop_ins(&order, "/usr/etc/security/limits.d");
	if (order.drop_ins.n)
		qsort(order.drop_ins.at, order.drop_ins.n, sizeof *order.drop_ins.at, by_name);
	for (size_t i = 0; i < order.drop_ins.n; i++)
		if (order.drop_ins.at[i].node)
			take(&order, order.drop_ins.at[i].node, true);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* crypto-policies(7) of Fedora and RHEL: which policy is configured, applied, and what each library is really given. */
#include "catalog/derived.h"

#include "base/cursor.h"
#include "catalog/resolver.h"

#define POLICIES "/usr/share/crypto-policies/"

enum { CP_ITEM, CP_POLICY, CP_LINK, CP_INTACT, CP_COUNT };

/* The first line that is no comment, as update-crypto-policies reads it. */
static struct slice
first_word(struct slice content)
{
	struct cursor in = cursor_of(content);
	for (struct slice line; cursor_line(&in, &line);) {
		line = slice_trim(slice_first(line, slice_find(line, '#')));
		if (line.n)
			return line;
	}
	return SLICE_NONE;
}

/* A file that names a policy; absent where it is not there, names none, or was not read, of which a row tells. */
static struct slice
derive_name(struct deriving *deriving, const char *item, const char *path)
{
	const struct inventory *inventory = deriving->inventory;
	const struct node *node = tree_resolve(inventory->tree, slice_of(path));
	const struct shown_row *rows;
	struct slice cells[CP_COUNT] = { [CP_ITEM] = slice_of(item) };
	if (node == NULL)
		return SLICE_NONE;
	size_t n = rows_of_node(inventory, ROW_CONFIG_FILE, node, &rows);
	struct slice content = n ? row_field(&rows[0], CONFIG_FILE_CONTENT) : SLICE_NONE;
	if (content.p == NULL) {
		derive_unread(deriving, DERIVED_CRYPTO_POLICY, cells, 1, node);
		return SLICE_NONE;
	}
	cells[CP_POLICY] = first_word(content);
	derive_row(deriving, DERIVED_CRYPTO_POLICY, cells, CP_COUNT, node, 0);
	return cells[CP_POLICY];
}

/* "/usr/share/crypto-policies/DEFAULT/openssl.txt", of older ones with back-ends/ in front: DEFAULT. */
static struct slice
policy_of(struct slice link)
{
	struct slice name;
	if (!slice_skip(&link, SLICE(POLICIES)))
		return SLICE_NONE;
	slice_skip(&link, SLICE("back-ends/"));
	return slice_next(&link, '/', &name) && link.n ? name : SLICE_NONE;
}

/* "FIPS:OSPP" is made of a policy and others over it, and written out: no link. */
static void
derive_back_end(struct deriving *deriving, const struct node *node, struct slice configured)
{
	const struct inventory *inventory = deriving->inventory;
	struct slice cells[CP_COUNT] = { [CP_ITEM] = node->name };
	slice_skip_end(&cells[CP_ITEM], SLICE(".config"));
	if (node_entry_type(inventory->tree, node) == ENTRY_SYMLINK) {
		struct slice path = derive_path(deriving, node);
		const struct node *file = path.p ? tree_resolve(inventory->tree, path) : NULL;
		cells[CP_LINK] = node_entry(inventory->tree, node).link;
		cells[CP_POLICY] = policy_of(cells[CP_LINK]);
		bool intact = file && node_entry_type(inventory->tree, file) != ENTRY_DIRECTORY && cells[CP_POLICY].p && slice_eq(cells[CP_POLICY], configured);
		cells[CP_INTACT] = intact ? SLICE("1") : SLICE("0");
	}
	derive_row(deriving, DERIVED_CRYPTO_POLICY, cells, CP_COUNT, node, 0);
}

void
derive_crypto_policy(struct deriving *deriving)
{
	const struct node *back_ends = tree_resolve(deriving->inventory->tree, SLICE("/etc/crypto-policies/back-ends"));
	struct slice configured = derive_name(deriving, "config", "/etc/crypto-policies/config");
	derive_name(deriving, "state", "/etc/crypto-policies/state/current");
	for (uint32_t i = 0; back_ends && i < back_ends->child_count && derive_step(deriving); i++)
		if (slice_ends(back_ends->children[i]->name, SLICE(".config")))
			derive_back_end(deriving, back_ends->children[i], configured);
}

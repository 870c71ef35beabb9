/* SPDX-License-Identifier: Apache-2.0 */
/* Licences of packages: what their own metadata declares, or files beside their databases do: copyright files of debs. */
#include "catalog/resolver.h"

#include "base/error.h"
#include "base/map.h"

/* Many packages declare the same: each text is read once.  What is not understood is kept as such. */
struct known {
	bool read;
	const struct spdx *expression;
};

struct licensing {
	struct inventory *inventory;
	struct map known;      /* declared text: struct known */
	enum spdx_words words;
	struct map rows;       /* node of a copyright file, as bytes: index of its first row, from 1 */
};

static void
auto_licensing(struct licensing *licensing)
{
	map_done(&licensing->known);
	map_done(&licensing->rows);
}

static const struct spdx *
read_once(struct licensing *licensing, struct slice declared, struct plim_error *err, int *failed)
{
	struct arena *arena = licensing->inventory->arena;
	struct known **place = (struct known **)map_place(&licensing->known, declared);
	if (place == NULL || (*place == NULL && (*place = arena_make(arena, struct known)) == NULL)) {
		*failed = error_nomem(err);
		return NULL;
	}
	struct known *known = *place;
	if (!known->read)
		*known = (struct known){ true, spdx_read(declared, licensing->words, arena) };
	return known->expression;
}

/* All of a file's licences hold together; where one is not understood, the whole is not. */
static int
take_rows(struct licensing *licensing, struct package *package, size_t at, struct plim_error *err)
{
	const struct shown_rows *rows = &licensing->inventory->rows[ROW_LICENSE];
	const struct node *node = rows->at[at].node;
	AUTO(strbuf) struct strbuf declared = { 0 };
	bool whole = true;
	int failed = 0;
	for (; failed == 0 && at < rows->n && rows->at[at].node == node; at++) {
		struct slice text = row_field(&rows->at[at], LICENSE_DECLARED);
		const struct spdx *one = read_once(licensing, text, err, &failed);
		strbuf_puts(&declared, declared.n ? "\n" : "");
		strbuf_put(&declared, text);
		whole = whole && one;
		package->expression = spdx_join(package->expression, one, SPDX_AND, licensing->inventory->arena);
	}
	if (!whole)
		package->expression = NULL;
	package->license = failed == 0 ? arena_dup(licensing->inventory->arena, strbuf_slice(&declared)) : SLICE_NONE;
	return failed < 0 || package->license.p ? failed : error_nomem(err);
}

static struct slice
node_key(const struct node *const *node)
{
	return (struct slice){ (const char *)node, sizeof *node };
}

static int
index_rows(struct licensing *licensing, struct plim_error *err)
{
	const struct shown_rows *rows = &licensing->inventory->rows[ROW_LICENSE];
	for (size_t i = 0; i < rows->n; i++) {
		void **place = map_place(&licensing->rows, node_key(&rows->at[i].node));
		if (place == NULL)
			return error_nomem(err);
		if (*place == NULL)
			*place = (void *)(uintptr_t)(i + 1);
	}
	return 0;
}

/* Where the licence of a package stands that its database does not tell; false for those of other types. */
static bool
put_license_path(const struct package *package, struct strbuf *into)
{
	struct slice folder = path_dir(package->file);
	strbuf_clear(into);
	if (slice_is(package->type, "deb"))
		strbuf_printf(into, "usr/share/doc/%.*s/copyright", SLICE_ARG(package->name));
	else if (slice_is(package->type, "ebuild"))
		strbuf_printf(into, "%.*s/LICENSE", SLICE_ARG(folder));
	else if (slice_is(package->type, "opkg"))
		strbuf_printf(into, "%.*s/info/%.*s.control", SLICE_ARG(folder), SLICE_ARG(package->name));
	return into->n > 0;
}

/* A package's folder of documents may be a link to another package's. */
static int
take_copyright(struct licensing *licensing, struct package *package, struct plim_error *err)
{
	struct inventory *inventory = licensing->inventory;
	if (!put_license_path(package, inventory->scratch))
		return inventory->scratch->failed ? error_nomem(err) : 0;
	if (inventory->scratch->failed)
		return error_nomem(err);
	const struct node *node = tree_resolve(inventory->tree, strbuf_slice(inventory->scratch));
	uintptr_t first = node ? (uintptr_t)map_find(&licensing->rows, node_key(&node)) : 0;
	return first ? take_rows(licensing, package, first - 1, err) : 0;
}

static int
resolve_declared(struct licensing *declared, struct licensing *of_crates, struct plim_error *err)
{
	struct inventory *inventory = declared->inventory;
	int failed = 0;
	for (size_t i = 0; failed == 0 && i < inventory->package_count; i++) {
		struct package *package = &inventory->packages[i];
		struct slice text = package->license_expression.n ? package->license_expression : package->license;
		if (text.n)
			package->expression = read_once(slice_is(package->type, "cargo") ? of_crates : declared, text, err, &failed);
	}
	return failed;
}

static int
resolve_copyrights(struct licensing *licensing, struct plim_error *err)
{
	struct inventory *inventory = licensing->inventory;
	int failed = index_rows(licensing, err);
	for (size_t i = 0; failed == 0 && licensing->rows.n && i < inventory->package_count; i++)
		if (inventory->packages[i].license.n == 0)
			failed = take_copyright(licensing, &inventory->packages[i], err);
	return failed;
}

int
resolve_licenses(struct inventory *inventory, struct plim_error *err)
{
	AUTO(licensing) struct licensing declared = { .inventory = inventory }, of_crates = { .inventory = inventory, .words = SPDX_WORDS_CARGO };
	AUTO(licensing) struct licensing named = { .inventory = inventory, .words = SPDX_WORDS_NAMED };
	int failed = resolve_declared(&declared, &of_crates, err);
	return failed < 0 ? failed : resolve_copyrights(&named, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nix: each package is a directory of the store, nix/store/HASH-NAME-VERSION[-OUTPUT].
 * Its name is all that it says of itself, so that the final tree is asked, not files.
 */
#include "catalog/resolver.h"

#include "base/error.h"
#include "base/limits.h"

#define HASH_DIGITS 32

static const char *const outputs[] = { "bin", "dev", "lib", "man", "doc", "info", "debug", "static", "devdoc", "py", "data", "dist", "getent", "xgcc", "libgcc" };

/* Digits of Nix's own base 32. */
static bool
is_hash(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (strchr("0123456789abcdfghijklmnpqrsvwxyz", text.p[i]) == NULL)
			return false;
	return text.n == HASH_DIGITS;
}

/* As nix-env reads it: the version begins behind the first dash that no letter follows. */
static bool
split_name(struct slice text, struct slice *name, struct slice *version)
{
	for (size_t i = 1; i + 1 < text.n; i++) {
		char c = text.p[i + 1];
		if (text.p[i] != '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			continue;
		*name = slice_first(text, i);
		*version = slice_from(text, i + 1);
		return true;
	}
	return false;
}

/* "2.34-210-bin" is the part bin of 2.34-210. */
static struct slice
cut_output(struct slice *version)
{
	struct slice head, tail;
	if (slice_cut_last(*version, '-', &head, &tail))
		for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
			if (slice_is(tail, outputs[i])) {
				*version = head;
				return tail;
			}
	return SLICE_NONE;
}

static struct slice
purl_of(struct arena *arena, const struct package *package, struct slice hash, struct slice output)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_puts(&text, "pkg:nix/");
	strbuf_put_percent(&text, package->name, "");
	strbuf_putc(&text, '@');
	strbuf_put_percent(&text, package->version, ":");
	if (output.n)
		strbuf_printf(&text, "?output=%.*s&outputhash=", SLICE_ARG(output));
	else
		strbuf_puts(&text, "?outputhash=");
	strbuf_put(&text, hash);
	return text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
}

static int
add_path(struct resolver *r, const struct node *node, struct slice hash, struct slice rest, struct plim_error *err)
{
	struct package package = { .type = SLICE("nix"), .scope = PACKAGE_INSTALLED, .layer = node->layer, .evidence = SLICE("filename") };
	if (!split_name(rest, &package.name, &package.version))
		return 0;
	struct slice output = cut_output(&package.version);
	package.source = package.name;
	package.source_version = package.version;
	package.file = package.path = package.root = path_in_arena(r->inventory->arena, node);
	package.purl = purl_of(r->inventory->arena, &package, hash, output);
	struct package *at = package.file.p && package.purl.p ? vec_push(&r->packages) : NULL;
	if (at == NULL)
		return error_nomem(err);
	*at = package;
	return 0;
}

static int
tell_limit(struct resolver *r, struct plim_error *err)
{
	return add_gap(r, (struct inventory_gap){ "limit", SLICE("/nix/store"), UINT32_MAX, SLICE("packages"),
	                                          SLICE("limit PACKAGE_COUNT: the other packages are not judged") }, err);
}

/* Files of the store are recipes, sources and patches. */
int
find_store_paths(struct resolver *r, struct plim_error *err)
{
	const struct tree *tree = r->inventory->tree;
	const struct node *store = tree_resolve(tree, SLICE("nix/store"));
	int failed = 0;
	for (uint32_t i = 0; failed == 0 && store && i < store->child_count; i++) {
		const struct node *node = store->children[i];
		struct slice hash, rest;
		if (r->packages.n == LIMIT_PACKAGE_COUNT)
			return tell_limit(r, err);
		if (node_entry_type(tree, node) == ENTRY_DIRECTORY && slice_cut(node->name, '-', &hash, &rest) && is_hash(hash))
			failed = add_path(r, node, hash, rest, err);
	}
	return failed;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that are made when somebody first asks. */
#include "catalog/derived.h"

#include "base/glob.h"
#include "base/limits.h"
#include "catalog/resolver.h"

#define KIND(name, table, known, meaning) enum { derived_fields_##name = 0
#define FIELD(column, type, meaning) +1
#define END(name) };
#include "catalog/derived.def"
#undef KIND
#undef FIELD
#undef END

#define KIND(name, table, known, meaning) [DERIVED_##name] = derived_fields_##name,
#define FIELD(column, type, meaning)
#define END(name)
static const size_t field_counts[DERIVED_KIND_COUNT] = {
#include "catalog/derived.def"
};
#undef KIND
#undef FIELD
#undef END

static void (*const makers[DERIVED_KIND_COUNT])(struct deriving *) = {
	[DERIVED_SYSTEMD_UNIT] = derive_systemd, [DERIVED_SYSTEMD_SETTING] = derive_systemd, [DERIVED_SYSTEMD_CONF] = derive_systemd,
	[DERIVED_OPENSSL_CONF] = derive_openssl_conf, [DERIVED_CRYPTO_POLICY] = derive_crypto_policy,
	[DERIVED_SSHD_SETTING] = derive_sshd, [DERIVED_LD_SO_CONF] = derive_ld_so_conf,
	[DERIVED_LIMITS_CONF] = derive_limits_conf,
};

static void
auto_deriving(struct deriving *deriving)
{
	for (size_t i = 0; i < DERIVED_KIND_COUNT; i++)
		vec_done(&deriving->rows[i]);
}

void
derive_no_memory(struct deriving *deriving)
{
	if (deriving->failed == NULL)
		deriving->failed = "not enough memory";
}

void
derive_fail(struct deriving *deriving, const struct node *node, const char *why)
{
	struct slice path = derive_path(deriving, node), text = arena_printf(deriving->inventory->arena, "%.*s: %s", SLICE_ARG(path), why);
	if (text.p == NULL)
		derive_no_memory(deriving);
	else if (deriving->failed == NULL)
		deriving->failed = text.p;
}

bool
derive_globs(struct slice pattern, struct slice name)
{
	return glob_match(pattern, name) && (!slice_starts(name, SLICE(".")) || slice_starts(pattern, SLICE(".")));
}

/* Honest trees look at a few files for each row. */
#define STEPS_PER_ROW 10

bool
derive_step(struct deriving *deriving)
{
	if (deriving->failed == NULL && ++deriving->steps > STEPS_PER_ROW * LIMIT_DERIVED_ROW_COUNT)
		deriving->failed = "more than limit DERIVED_ROW_COUNT lets put together";
	return deriving->failed == NULL;
}

static struct derived_row *
add(struct deriving *deriving, enum derived_kind kind, const struct slice *cells, size_t n)
{
	if (deriving->failed)
		return NULL;
	if (deriving->rows[kind].n >= LIMIT_DERIVED_ROW_COUNT) {
		deriving->failed = "more rows than limit DERIVED_ROW_COUNT";
		return NULL;
	}
	struct slice *kept = arena_make_array(deriving->inventory->arena, field_counts[kind], struct slice);
	struct derived_row *row = kept ? vec_push(&deriving->rows[kind]) : NULL;
	if (row == NULL) {
		derive_no_memory(deriving);
		return NULL;
	}
	memcpy(kept, cells, n * sizeof *cells);
	row->cells = kept;
	return row;
}

void
derive_row(struct deriving *deriving, enum derived_kind kind, const struct slice *cells, size_t n, const struct node *node, uint32_t line)
{
	struct derived_row *row = add(deriving, kind, cells, n);
	if (row == NULL)
		return;
	row->node = node;
	row->line = line;
}

void
derive_unread(struct deriving *deriving, enum derived_kind kind, const struct slice *cells, size_t n, const struct node *node)
{
	struct slice path = derive_path(deriving, node);
	derive_refused(deriving, kind, cells, n, node, arena_printf(deriving->inventory->arena, "%.*s: it was not read", SLICE_ARG(path)));
}

void
derive_refused(struct deriving *deriving, enum derived_kind kind, const struct slice *cells, size_t n, const struct node *node, struct slice why)
{
	struct derived_row *row = add(deriving, kind, cells, n);
	if (row == NULL)
		return;
	row->node = node;
	row->unread = why.p ? why : SLICE("a file was not read");
}

struct slice
derive_text(struct deriving *deriving, struct slice text)
{
	struct slice kept = arena_dup(deriving->inventory->arena, text);
	if (kept.p == NULL && text.p)
		derive_no_memory(deriving);
	return kept;
}

struct slice
derive_number(struct deriving *deriving, uint64_t number)
{
	struct slice kept = arena_printf(deriving->inventory->arena, "%ju", (uintmax_t)number);
	if (kept.p == NULL)
		derive_no_memory(deriving);
	return kept;
}

struct slice
derive_path(struct deriving *deriving, const struct node *node)
{
	struct slice path = path_in_arena(deriving->inventory->arena, node);
	if (path.p == NULL)
		derive_no_memory(deriving);
	return path;
}

struct slice
derive_key(struct deriving *deriving, struct slice first, struct slice second)
{
	AUTO(strbuf) struct strbuf key = { 0 };
	strbuf_put(&key, first);
	strbuf_putc(&key, '\0');
	strbuf_put(&key, second);
	return derive_text(deriving, key.failed ? SLICE_NONE : strbuf_slice(&key));
}

const struct node *
derive_followed(struct deriving *deriving, const struct node *node)
{
	const struct tree *tree = deriving->inventory->tree;
	struct slice path = derive_path(deriving, node);
	const struct node *target = path.p ? tree_resolve(tree, path) : NULL;
	enum entry_type type = target ? node_entry_type(tree, target) : ENTRY_DIRECTORY;
	return type == ENTRY_FILE || type == ENTRY_HARDLINK ? target : NULL;
}

static bool
has_problem(const struct block *block, uint32_t entry, const struct cataloger *cataloger)
{
	for (uint32_t i = 0; i < block_problem_count(block); i++) {
		struct problem problem = block_problem(block, i);
		if (problem.entry == entry && slice_is(problem.cataloger, cataloger->name))
			return true;
	}
	return false;
}

bool
node_was_read(const struct inventory *inventory, const struct node *node, const struct cataloger *cataloger)
{
	if (node->content_entry == ENTRY_NONE)
		return false;
	const struct block *block = inventory->blocks[node->content_layer];
	struct entry entry = block_entry(block, node->content_entry);
	if (entry.size == 0)
		return true;
	return (entry.flags & ENTRY_EXTRACTED) && cataloger_wants(cataloger, entry.path) && !has_problem(block, node->content_entry, cataloger);
}

bool
node_has_problem(const struct inventory *inventory, const struct node *node, const struct cataloger *cataloger)
{
	return node->content_entry != ENTRY_NONE && has_problem(inventory->blocks[node->content_layer], node->content_entry, cataloger);
}

size_t
rows_of_node(const struct inventory *inventory, enum row_kind kind, const struct node *node, const struct shown_row **at)
{
	const struct shown_rows *rows = &inventory->rows[kind];
	size_t n = 0, first = node->content_entry == ENTRY_NONE ? rows->n : rows_of_entry(rows, node->content_layer, node->content_entry);
	while (is_of_entry(rows, first + n, node->content_layer, node->content_entry))
		n++;
	*at = rows->at + first;
	return n;
}

/* What is there so far, and the row that tells that it is not all; NULL without memory. */
static const struct derived_rows *
keep(struct deriving *deriving, enum derived_kind kind)
{
	struct arena *arena = deriving->inventory->arena;
	size_t n = deriving->rows[kind].n;
	struct derived_rows *kept = arena_make(arena, struct derived_rows);
	struct derived_row *rows = arena_make_array(arena, n + 1, struct derived_row);
	if (kept == NULL || rows == NULL)
		return NULL;
	if (n)
		memcpy(rows, deriving->rows[kind].at, n * sizeof *rows);
	if (deriving->failed)
		rows[n++] = (struct derived_row){ .unread = slice_of(deriving->failed) };
	*kept = (struct derived_rows){ rows, n };
	return kept;
}

const struct derived_rows *
inventory_derived(const struct inventory *inventory, enum derived_kind kind)
{
	static const struct derived_row nothing = { .unread = { "not enough memory", 17 } };
	static const struct derived_rows none = { &nothing, 1 };
	struct inventory *mine = (struct inventory *)(uintptr_t)inventory;
	if (inventory->derived[kind] == NULL) {
		AUTO(deriving) struct deriving deriving = { .inventory = inventory };
		makers[kind](&deriving);
		for (size_t i = 0; i < DERIVED_KIND_COUNT; i++)
			if (makers[i] == makers[kind])
				mine->derived[i] = keep(&deriving, (enum derived_kind)i);
	}
	return inventory->derived[kind] ? inventory->derived[kind] : &none;
}

void
derive_included(struct deriving *deriving, const struct node *from, struct slice pattern, derive_take_fn *take, void *context)
{
	if (glob_is_pattern(path_dir(pattern))) {
		derive_fail(deriving, from, "it includes a file that is not looked at");
		return;
	}
	const struct node *directory = tree_resolve(deriving->inventory->tree, path_dir(pattern));
	for (uint32_t i = 0; directory && i < directory->child_count && derive_step(deriving); i++) {
		const struct node *child = directory->children[i], *file = derive_globs(path_base(pattern), child->name) ? derive_followed(deriving, child) : NULL;
		if (file)
			take(context, file);
	}
}

size_t
derive_rows(struct deriving *deriving, enum row_kind kind, const struct cataloger *cataloger, const struct node *file, const struct shown_row **at)
{
	size_t n = rows_of_node(deriving->inventory, kind, file, at);
	if (n == 0 && !node_was_read(deriving->inventory, file, cataloger))
		derive_fail(deriving, file, "it was not read");
	return n;
}

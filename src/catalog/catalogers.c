/* SPDX-License-Identifier: Apache-2.0 */
/* The array of all catalogers, and the matcher that finds who wants a path. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/glob.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "catalog/program/select.h"

#include <stdarg.h>
#include <stdio.h>

#define CATALOGER(name) extern const struct cataloger cataloger_##name;
#include "catalog/catalogers.def"
#undef CATALOGER

const struct cataloger *const catalogers[] = {
#define CATALOGER(name) &cataloger_##name,
#include "catalog/catalogers.def"
#undef CATALOGER
	NULL,
};

bool
cataloger_wants(const struct cataloger *cataloger, struct slice path)
{
	for (const char *const *glob = cataloger->paths; glob && *glob; glob++)
		if (glob_match(slice_of(*glob), path))
			return true;
	return false;
}

/*
 * Who tells problems as well, and is none of them: the search for secrets, the reader of bills of materials, and what those say of
 * databases that a layer hid.
 */
static const struct cataloger others[] = {
	{ .name = "secrets", .missing = MISSING_OWN },
	{ .name = "sbom", .missing = MISSING_PACKAGES },
	{ .name = "hidden_database", .missing = MISSING_PACKAGES },
};

enum missing
cataloger_missing(struct slice name)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (slice_is(name, others[i].name))
			return others[i].missing;
	const struct cataloger *const *c = catalogers;
	while (*c && !slice_is(name, (*c)->name))
		c++;
	return *c ? (*c)->missing : MISSING_SOFTWARE;
}

int
rows_add(struct rows *rows, enum row_kind kind, uint32_t line, const struct slice *fields, size_t n, struct plim_error *err)
{
	return block_add_row(rows->into, (uint16_t)kind, rows->entry, line, fields, n, err);
}

int
rows_problem(struct rows *rows, struct plim_error *err, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return block_add_problem(rows->into, rows->entry, slice_of(rows->cataloger), slice_of(text), err);
}

/* One glob of one cataloger; those of one directory form a chain. */
struct wish {
	const struct cataloger *cataloger;
	struct slice glob;
	struct wish *next;
};

/*
 * Globs whose directory is literal are found by the directory, those of any
 * directory by the literal name or extension at their end, for layers have
 * very many files.  The others are tried one by one: they are few.
 */
struct matcher {
	struct map by_directory;
	struct map by_name;
	struct map by_extension;    /* with its dot */
	struct wish *anywhere;
	VEC(struct wish *) all;
	VEC(const struct cataloger *) bidders;
};

/* From the last dot on; absent where there is none. */
static struct slice
extension_of(struct slice path)
{
	struct slice name = path_base(path);
	size_t dot = slice_find_last(name, '.');
	return dot == SIZE_MAX ? SLICE_NONE : slice_from(name, dot);
}

/* The chain that a glob belongs to; NULL without memory. */
static struct wish **
chain_of(struct matcher *matcher, struct slice glob)
{
	struct slice name = path_base(glob), extension = extension_of(glob);
	if (!slice_starts(glob, SLICE("**")) && !glob_is_pattern(path_dir(glob)))
		return (struct wish **)map_place(&matcher->by_directory, path_dir(glob));
	if (!glob_is_pattern(name))
		return (struct wish **)map_place(&matcher->by_name, name);
	if (extension.p && !glob_is_pattern(extension))
		return (struct wish **)map_place(&matcher->by_extension, extension);
	return &matcher->anywhere;
}

static int
matcher_add(struct matcher *matcher, const struct cataloger *cataloger, struct slice glob, struct plim_error *err)
{
	struct wish *wish = calloc(1, sizeof *wish);
	struct wish **kept = vec_push(&matcher->all);
	if (wish == NULL || kept == NULL) {
		free(wish);
		return error_nomem(err);
	}
	*kept = wish;
	struct wish **chain = chain_of(matcher, glob);
	if (chain == NULL)
		return error_nomem(err);
	*wish = (struct wish){ cataloger, glob, *chain };
	*chain = wish;
	return 0;
}

static const struct wish *
wish_matching(const struct wish *wish, struct slice path)
{
	while (wish && !glob_match(wish->glob, path))
		wish = wish->next;
	return wish;
}

#define CHAIN_COUNT 4

/* All chains that may hold a wish for `path`. */
static void
chains_for(const struct matcher *matcher, struct slice path, const struct wish *chains[static CHAIN_COUNT])
{
	struct slice extension = extension_of(path);
	chains[0] = map_find(&matcher->by_directory, path_dir(path));
	chains[1] = map_find(&matcher->by_name, path_base(path));
	chains[2] = extension.p ? map_find(&matcher->by_extension, extension) : NULL;
	chains[3] = matcher->anywhere;
}

static bool
matcher_wants(void *context, const struct entry *entry)
{
	const struct wish *chains[CHAIN_COUNT];
	chains_for(context, entry->path, chains);
	for (size_t i = 0; i < CHAIN_COUNT; i++)
		if (wish_matching(chains[i], entry->path))
			return true;
	return false;
}

/* Who wants a file for what it begins with. */

static const struct cataloger *
bidder_next(const struct matcher *matcher, size_t *at, struct slice path, struct slice head)
{
	for (; *at < matcher->bidders.n; ++*at)
		if (matcher->bidders.at[*at]->bid(path, head))
			return matcher->bidders.at[(*at)++];
	return NULL;
}

static bool
matcher_heads(void *context, const struct entry *entry)
{
	const struct matcher *matcher = context;
	return matcher->bidders.n && program_may_be(entry);
}

static bool
matcher_bids(void *context, const struct entry *entry, struct slice head, struct body_skips *skips)
{
	size_t at = 0;
	if (bidder_next(context, &at, entry->path, head) == NULL)
		return false;
	program_skips(entry->size, head, skips);
	return true;
}

/* Errors of the input become a problem; the others (memory, limits of the block) end the layer. */
static int
extract_one(const struct cataloger *cataloger, struct block_builder *into, uint32_t index, struct slice path, struct slice body,
            struct plim_error *err)
{
	struct rows rows = { into, index, cataloger->name };
	size_t mark = block_mark(into);
	struct plim_error why = { 0 };
	int r = cataloger->extract(path, body, &rows, &why);
	if (r == 0)
		return 0;
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	block_rewind(into, mark);
	return block_add_problem(into, index, slice_of(cataloger->name), slice_of(why.text), err);
}

/* Whether another glob of the same cataloger, found before this one, wants the path as well: it runs once. */
static bool
has_run(const struct wish *const chains[static CHAIN_COUNT], const struct wish *wish, struct slice path)
{
	for (size_t i = 0; i < CHAIN_COUNT; i++)
		for (const struct wish *at = wish_matching(chains[i], path); at; at = wish_matching(at->next, path)) {
			if (at == wish)
				return false;
			if (at->cataloger == wish->cataloger)
				return true;
		}
	return false;
}

static int
take_chain(const struct wish *const chains[static CHAIN_COUNT], const struct wish *wish, struct block_builder *into, uint32_t index, struct slice path, struct slice body,
           struct plim_error *err)
{
	for (wish = wish_matching(wish, path); wish; wish = wish_matching(wish->next, path)) {
		int r = has_run(chains, wish, path) ? 0 : extract_one(wish->cataloger, into, index, path, body, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
take_bidders(const struct matcher *matcher, struct block_builder *into, uint32_t index, struct slice path, struct slice body,
             struct plim_error *err)
{
	struct slice head = slice_first(body, COLLECT_HEAD_BYTES);
	const struct cataloger *cataloger;
	int r = 0;
	for (size_t at = 0; r == 0 && (cataloger = bidder_next(matcher, &at, path, head));)
		r = extract_one(cataloger, into, index, path, body, err);
	return r;
}

static int
matcher_take(void *context, struct block_builder *into, uint32_t index, const struct entry *entry, struct slice body,
             struct plim_error *err)
{
	const struct wish *chains[CHAIN_COUNT];
	int r = 0;
	chains_for(context, entry->path, chains);
	for (size_t i = 0; r == 0 && i < CHAIN_COUNT; i++)
		r = take_chain(chains, chains[i], into, index, entry->path, body, err);
	return r < 0 || !program_may_be(entry) ? r : take_bidders(context, into, index, entry->path, body, err);
}

static void
matcher_free(struct matcher *matcher)
{
	if (matcher == NULL)
		return;
	vec_each (&matcher->all, wish)
		free(*wish);
	vec_done(&matcher->all);
	vec_done(&matcher->bidders);
	map_done(&matcher->by_directory);
	map_done(&matcher->by_name);
	map_done(&matcher->by_extension);
	free(matcher);
}

static int
matcher_add_cataloger(struct matcher *matcher, const struct cataloger *cataloger, struct plim_error *err)
{
	int r = 0;
	for (const char *const *glob = cataloger->paths; r == 0 && glob && *glob; glob++)
		r = matcher_add(matcher, cataloger, slice_of(*glob), err);
	if (r < 0 || cataloger->bid == NULL)
		return r;
	const struct cataloger **place = vec_push(&matcher->bidders);
	if (place == NULL)
		return error_nomem(err);
	*place = cataloger;
	return 0;
}

int
catalogers_collector(bool on_wish, struct collector *out, struct plim_error *err)
{
	struct matcher *matcher = calloc(1, sizeof *matcher);
	if (matcher == NULL)
		return error_nomem(err);
	for (const struct cataloger *const *c = catalogers; *c; c++)
		if (on_wish || !(*c)->on_wish) {
			int r = matcher_add_cataloger(matcher, *c, err);
			if (r < 0) {
				matcher_free(matcher);
				return r;
			}
		}
	*out = (struct collector){ .context = matcher, .wants = matcher_wants, .take = matcher_take, .heads = matcher_heads, .bids = matcher_bids };
	return 0;
}

void
catalogers_collector_done(struct collector *collector)
{
	matcher_free(collector->context);
	*collector = (struct collector){ 0 };
}

int
catalogers_take(const struct collector *collector, struct block_builder *into, uint32_t index, const struct entry *entry,
                struct slice body, struct plim_error *err)
{
	return collector->take(collector->context, into, index, entry, body, err);
}

static bool
was_asked(const struct wish *wish, const struct slice *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (wish->cataloger->by_name ? glob_match(wish->glob, names[i]) : cataloger_wants(wish->cataloger, names[i]))
			return true;
	return false;
}

int
catalogers_take_as(const struct collector *collector, struct block_builder *into, uint32_t index, const struct slice *names, size_t n, struct slice body,
                   struct plim_error *err)
{
	const struct matcher *matcher = collector->context;
	const struct cataloger *last = NULL;
	int r = 0;
	/* The globs of one cataloger are beside each other: it is asked once for a name that several of them take. */
	for (size_t i = 0; r == 0 && i < matcher->all.n; i++) {
		const struct wish *wish = matcher->all.at[i];
		if (wish->cataloger == last || !glob_match(wish->glob, names[n - 1]) || was_asked(wish, names, n - 1))
			continue;
		last = wish->cataloger;
		r = extract_one(last, into, index, names[n - 1], body, err);
	}
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rebar.lock: {<<"APP">>, {pkg, <<"NAME">>, <<"V">>}, LEVEL} for packages of
 * hex, {<<"APP">>, {git, "URL", {ref, "COMMIT"}}, LEVEL} for others, and
 * behind them {pkg_hash_ext, [{<<"APP">>, <<"SHA-256 of the package">>}]}.
 */
#include "catalog/cataloger.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "catalog/language/declared.h"
#include "catalog/language/digest_text.h"
#include "catalog/language/term.h"

/* Behind the packages: [{pkg_hash, [...]}, {pkg_hash_ext, [{APP, HEX}]}], the pairs four brackets deep.  The map's keys borrow. */
static int
read_hashes(struct slice body, struct map *hashes, struct arena *arena, struct plim_error *err)
{
	struct term_reader reader = term_reader_of(body, "%");
	struct term term;
	int r;
	while ((r = term_next(&reader, &term, err)) > 0) {
		if (term.kind != TERM_CLOSE || term.depth != 4 || !slice_is(term_word(&reader, 2, 0), "pkg_hash_ext"))
			continue;
		struct slice *kept = arena_make(arena, struct slice);
		if (kept == NULL)
			return manifest_full(arena, err);
		void **place = map_place(hashes, term_word(&reader, 4, 0));
		if (place == NULL)
			return error_nomem(err);
		*kept = term_word(&reader, 4, 1);
		*place = kept;
	}
	return r;
}

static int
add_package(struct slice app, struct slice name, struct slice version, const struct map *hashes, uint32_t line, struct rows *rows,
            struct plim_error *err)
{
	AUTO(strbuf) struct strbuf digest = { 0 };
	const struct slice *hash = map_find(hashes, app);
	if (hash)
		digest_put_hex(&digest, SLICE("sha256"), *hash);
	const struct declared declared = {
		.type = "hex", .name = name, .version = version, .line = line, .checksum = names_slice(&digest),
	};
	return digest.failed ? error_nomem(err) : declared_add(rows, &declared, err);
}

/* Looks at the bracket of a source when it closes: the application stands first in the one around it. */
static int
take_source(const struct term_reader *reader, const struct term *term, const struct map *hashes, struct rows *rows, struct plim_error *err)
{
	struct slice app = term_word(reader, term->depth - 1, 0), kind = term_word(reader, term->depth, 0);
	if (app.n == 0)
		return rows_problem(rows, err, "line %u: a dependency without name", term->line);
	if (slice_is(kind, "pkg"))
		return add_package(app, term_word(reader, term->depth, 1), term_word(reader, term->depth, 2), hashes, term->line, rows, err);
	return add_package(app, app, SLICE_NONE, hashes, term->line, rows, err);
}

static int
read_packages(struct slice body, const struct map *hashes, struct rows *rows, struct plim_error *err)
{
	static const char *const kinds[] = { "pkg", "git", "git_subdir", "hg" };
	struct term_reader reader = term_reader_of(body, "%");
	struct term term;
	int r;
	while ((r = term_next(&reader, &term, err)) > 0)
		for (size_t i = 0; term.kind == TERM_CLOSE && term.depth > 1 && term.depth <= TERM_DEPTH_COUNT && i < sizeof kinds / sizeof *kinds; i++) {
			if (!slice_is(term_word(&reader, term.depth, 0), kinds[i]))
				continue;
			r = take_source(&reader, &term, hashes, rows, err);
			if (r < 0)
				return r;
		}
	return r;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(map) struct map hashes = { 0 };
	AUTO(arena) struct arena *arena = manifest_arena();
	int r = arena ? read_hashes(body, &hashes, arena, err) : error_nomem(err);
	(void)path;
	return r < 0 ? r : read_packages(body, &hashes, rows, err);
}

const struct cataloger cataloger_rebar_lock = {
	.name = "rebar_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/rebar.lock", NULL },
	.extract = extract,
};

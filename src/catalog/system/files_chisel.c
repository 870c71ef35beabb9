/* SPDX-License-Identifier: Apache-2.0 */
/* Whose each path of a chisel manifest is: its slices are PACKAGE_SLICE; with digest and mode. */
#include "catalog/files.h"

#include "base/arena.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/map.h"
#include "catalog/system/system.h"
#include "codec/json.h"

struct listing {
	struct file_sink *sink;
	struct arena *arena;    /* of packages' names, which outlive the lines */
	struct map names;
};

static void
auto_listing(struct listing *listing)
{
	map_done(&listing->names);
	arena_free(listing->arena);
}

/* The name as it is kept; absent without memory. */
static struct slice
kept_name(struct listing *listing, struct slice name)
{
	struct slice *kept = map_find(&listing->names, name);
	if (kept)
		return *kept;
	kept = arena_make(listing->arena, struct slice);
	if (kept == NULL || (*kept = arena_dup(listing->arena, name)).p == NULL)
		return SLICE_NONE;
	void **place = map_place(&listing->names, *kept);
	if (place == NULL)
		return SLICE_NONE;
	*place = kept;
	return *kept;
}

/* Slices of one package stand together, sorted: each package has the path once. */
static int
add_path(struct listing *listing, const struct json *path, struct listed_file *file, struct plim_error *err)
{
	const struct json *slices = json_get(path, "slices");
	struct slice last = SLICE_NONE;
	int r = 0;
	for (size_t i = 0; r == 0 && slices && i < slices->n; i++) {
		struct slice package, rest;
		if (!slice_cut_last(json_string(json_item(slices, i)), '_', &package, &rest) || package.n == 0 || slice_eq(package, last))
			continue;
		last = package;
		file->package = kept_name(listing, package);
		r = file->package.p ? file_sink_add(listing->sink, file, err) : error_nomem(err);
	}
	return r;
}

static int
take_path(struct listing *listing, const struct json *path, uint32_t line, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf digest = { 0 };
	/* What a script of a slice changed afterwards has a second digest. */
	struct slice sum = json_get_string(path, "final_sha256");
	if (sum.n == 0)
		sum = json_get_string(path, "sha256");
	strbuf_puts(&digest, "sha256:");
	strbuf_put(&digest, sum);
	struct listed_file file = {
		.type = SLICE("deb"), .path = json_get_string(path, "path"), .mode = json_get_string(path, "mode"), .line = line,
		.digest = sum.n == 64 ? strbuf_slice(&digest) : SLICE_NONE,
	};
	return digest.failed ? error_nomem(err) : file.path.n ? add_path(listing, path, &file, err) : 0;
}

/* What is no JSON, the cataloger of packages tells where it may be one. */
static int
take_line(struct listing *listing, struct slice line, uint32_t number, struct plim_error *err)
{
	if (slice_find_text(line, SLICE("\"path\"")) == SIZE_MAX || slice_find_text(line, SLICE("\"slices\"")) == SIZE_MAX)
		return 0;
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct json *value;
	struct plim_error why = { 0 };
	int r = arena ? json_parse(line, arena, &value, &why) : error_nomem(err);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0)
		return rows_problem(listing->sink->rows, err, "line %u: no JSON: %s", number, why.text);
	return slice_is(json_get_string(value, "kind"), "path") ? take_path(listing, value, number, err) : 0;
}

static int
take(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	AUTO(listing) struct listing listing = { .sink = sink, .arena = arena_new(0) };
	AUTO(free) char *text = NULL;
	size_t size = 0;
	uint32_t number = 0;
	(void)path;
	if (listing.arena == NULL)
		return error_nomem(err);
	int r = chisel_inflate(body, &text, &size, err);
	struct cursor in = cursor_of((struct slice){ text, size });
	for (struct slice line; r == 0 && cursor_line(&in, &line);)
		r = take_line(&listing, line, ++number, err);
	return r < 0 ? r : file_sink_end(sink, err);
}

FILE_LISTER(take)

static const char *const manifests[] = { "var/lib/chisel/manifest.wall", NULL };

const struct cataloger cataloger_chisel_lists = { .name = "chisel", .missing = MISSING_PACKAGES, .paths = manifests, .extract = extract_lists };
const struct cataloger cataloger_chisel_files = { .name = "chisel", .missing = MISSING_PACKAGES, .on_wish = true, .paths = manifests, .extract = extract_files };

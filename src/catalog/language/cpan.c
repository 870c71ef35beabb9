/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Perl distributions: install.json, which cpanm leaves for each below .meta,
 * and perllocal.pod, to which `make install` adds.  Modules are named as distributions are: Try-Tiny for Try::Tiny.  Whatever
 * installs leaves a .packlist, which tells no version (cpan_settle.c).
 */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/map.h"
#include "catalog/language/cpan.h"
#include "catalog/language/declared.h"
#include "codec/json.h"

static int
add_package(struct slice name, struct slice version, struct slice module, uint32_t line, struct rows *rows, struct plim_error *err)
{
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("cpan"), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = version,
		[PACKAGE_SOURCE] = slice_eq(module, name) ? SLICE_NONE : module,
	};
	return rows_add(rows, ROW_PACKAGE, line, fields, PACKAGE_FIELD_COUNT, err);
}

static struct slice
distribution_name(struct slice module, struct arena *arena)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	for (size_t i = 0; i < module.n; i++) {
		bool colons = module.p[i] == ':' && i + 1 < module.n && module.p[i + 1] == ':';
		strbuf_putc(&name, colons ? '-' : module.p[i]);
		i += colons;
	}
	return name.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&name));
}

/* { "dist": "Try-Tiny-0.31", "name": "Try::Tiny", "version": "0.31", ... }: a version may begin with v in one place only. */
static int
take_meta(struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = manifest_arena();
	const struct json *document;
	int r = arena ? json_parse(body, arena, &document, err) : error_nomem(err);
	if (r < 0)
		return r;
	struct slice dist = json_get_string(document, "dist"), version = json_get_string(document, "version"), name, tail;
	if (!slice_cut_last(dist, '-', &name, &tail) || name.n == 0 || tail.n == 0)
		return error_set(err, PLIM_EFORMAT, "no record of an installation: dist has no name and version");
	struct slice module = distribution_name(json_get_string(document, "name"), arena);
	return add_package(name, version.n ? version : tail, module.n ? module : name, 0, rows, err);
}

struct installed {
	struct slice name, version;
	uint32_t line;
};

/* "=head2 DATE: C<Module> L<Try::Tiny|Try::Tiny>": what stands before the bar. */
static struct slice
module_of(struct slice line)
{
	size_t at = slice_find_text(line, SLICE("L<"));
	struct slice name, rest;
	if (!slice_starts(line, SLICE("=head2 ")) || at == SIZE_MAX)
		return SLICE_NONE;
	slice_cut(slice_from(line, at + 2), '>', &name, &rest);
	slice_cut(name, '|', &name, &rest);
	return slice_trim(name);
}

/* "C<VERSION: 0.31>", of the module whose heading was the last. */
static struct slice
version_of(struct slice line)
{
	struct slice version, rest;
	if (!slice_skip(&line, SLICE("C<VERSION: ")))
		return SLICE_NONE;
	slice_cut(line, '>', &version, &rest);
	return slice_trim(version);
}

/* The file only grows: of a module the last installation counts.  Answers NULL without memory. */
static struct installed *
installation_of(struct map *all, struct slice module, struct arena *arena)
{
	void **place = map_place(all, module);
	if (place && *place == NULL)
		*place = arena_make(arena, struct installed);
	return place ? *place : NULL;
}

static int
add_all(const struct map *all, struct rows *rows, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < all->room; i++) {
		const struct installed *one = all->slots[i].hash ? all->slots[i].value : NULL;
		if (one && one->version.n)
			r = add_package(one->name, one->version, one->name, one->line, rows, err);
		else if (one)
			r = rows_problem(rows, err, "line %u: an installation without version", one->line);
	}
	return r;
}

static int
take_perllocal(struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = manifest_arena();
	AUTO(map) struct map all = { 0 };
	struct cursor in = cursor_of(body);
	struct installed *open = NULL;
	uint32_t number = 0;
	if (arena == NULL)
		return error_nomem(err);
	for (struct slice line; cursor_line(&in, &line);) {
		number++;
		struct slice module = module_of(line), version = version_of(line);
		if (module.n) {
			open = installation_of(&all, module, arena);
			if (open == NULL)
				return manifest_full(arena, err);
			*open = (struct installed){ distribution_name(module, arena), SLICE_NONE, number };
			if (open->name.p == NULL)
				return manifest_full(arena, err);
		}
		if (version.p && open)
			open->version = version;
	}
	return add_all(&all, rows, err);
}

static int
take_packlist(struct slice directory, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	cpan_packlist_name(&name, directory);
	if (name.failed)
		return error_nomem(err);
	struct slice text = strbuf_slice(&name);
	return slice_is(text, "perl") ? 0 : add_package(text, SLICE_NONE, text, 0, rows, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	if (slice_is(path_base(path), ".packlist"))
		return take_packlist(path_dir(path), rows, err);
	return slice_ends(path, SLICE(".json")) ? take_meta(body, rows, err) : take_perllocal(body, rows, err);
}

const struct cataloger cataloger_cpan = {
	.name = "cpan",
	.paths = (const char *const[]){ "**/.meta/*/install.json", "**/perllocal.pod", "**/.packlist", NULL },
	.extract = extract,
};

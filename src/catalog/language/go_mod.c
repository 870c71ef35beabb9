/* SPDX-License-Identifier: Apache-2.0 */
/*
 * go.mod: what a Go module requires, declared; a replacement takes the place of what it replaces, which stays as its
 * source, as in programs (program/go_binary.c).
 */
#include "catalog/cataloger.h"

#include "base/arena.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"

struct required {
	struct slice name, version;
	uint32_t line;
};

/* What stands in the place; without a version a directory. */
struct replacement {
	struct slice name, version;
};

struct module_file {
	struct rows *rows;
	struct arena *arena;
	VEC(struct required) required;
	struct map replacements;    /* by "NAME", of all versions, and "NAME VERSION" */
	uint32_t line;
	bool named;
};

static void
auto_module_file(struct module_file *file)
{
	vec_done(&file->required);
	map_done(&file->replacements);
	arena_free(file->arena);
}

/* A word, without its quotes. */
static bool
next_word(struct slice *rest, struct slice *word)
{
	if (!slice_word(rest, word))
		return false;
	if (word->n >= 2 && (word->p[0] == '"' || word->p[0] == '`') && word->p[word->n - 1] == word->p[0])
		*word = slice_first(slice_from(*word, 1), word->n - 2);
	return true;
}

static int
problem(struct module_file *file, const char *what, struct plim_error *err)
{
	return rows_problem(file->rows, err, "line %u: %s", file->line, what);
}

/* NAME VERSION */
static int
take_require(struct module_file *file, struct slice text, struct plim_error *err)
{
	struct slice name, version;
	if (!next_word(&text, &name) || !next_word(&text, &version))
		return problem(file, "a requirement without name or version", err);
	struct required *required = vec_push(&file->required);
	if (required == NULL)
		return error_nomem(err);
	*required = (struct required){ name, version, file->line };
	return 0;
}

static struct slice
place_name(struct module_file *file, struct slice name, struct slice version)
{
	return version.n ? arena_printf(file->arena, "%.*s %.*s", SLICE_ARG(name), SLICE_ARG(version)) : name;
}

/* NAME [VERSION] => NAME [VERSION] */
static int
take_replace(struct module_file *file, struct slice text, struct plim_error *err)
{
	struct slice name, version = SLICE_NONE, arrow, other, other_version = SLICE_NONE;
	bool whole = next_word(&text, &name) && next_word(&text, &arrow);
	if (whole && !slice_is(arrow, "=>")) {
		version = arrow;
		whole = next_word(&text, &arrow) && slice_is(arrow, "=>");
	}
	if (!whole || !next_word(&text, &other))
		return problem(file, "a replacement that is not whole", err);
	next_word(&text, &other_version);
	struct replacement *replacement = arena_make(file->arena, struct replacement);
	struct slice key = place_name(file, name, version);
	void **place = replacement && key.p ? map_place(&file->replacements, key) : NULL;
	if (place == NULL)
		return error_nomem(err);
	*replacement = (struct replacement){ other, other_version };
	*place = replacement;
	return 0;
}

static int
take_module(struct module_file *file, struct slice text, struct plim_error *err)
{
	(void)err;
	file->named |= text.n > 0;
	return 0;
}

/* Others say nothing of what is needed. */
static const struct {
	const char *word;
	int (*take)(struct module_file *file, struct slice text, struct plim_error *err);
} directives[] = { { "require", take_require }, { "replace", take_replace }, { "module", take_module } };

#define OTHER (sizeof directives / sizeof *directives)

static size_t
directive_of(struct slice word)
{
	size_t i = 0;
	while (i < OTHER && !slice_is(word, directives[i].word))
		i++;
	return i;
}

static struct slice
without_comment(struct slice line)
{
	size_t at = slice_find_text(line, SLICE("//"));
	return slice_trim(at == SIZE_MAX ? line : slice_first(line, at));
}

/* "require (", "require(": the word of a block, of which the lines up to its parenthesis have what they have behind a word. */
static bool
opens_block(struct slice line, size_t *which)
{
	if (!slice_skip_end(&line, SLICE("(")))
		return false;
	*which = directive_of(slice_trim(line));
	return true;
}

static int
take_lines(struct module_file *file, struct slice body, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	size_t which = OTHER;
	bool inside = false;
	int r = 0;
	for (struct slice line, word; r == 0 && cursor_line(&in, &line);) {
		file->line++;
		line = without_comment(line);
		if (line.n == 0 || (!inside && (inside = opens_block(line, &which))))
			continue;
		if (slice_is(line, ")")) {
			inside = false;
			continue;
		}
		if (!inside && slice_word(&line, &word))
			which = directive_of(word);
		r = which < OTHER ? directives[which].take(file, line, err) : 0;
	}
	return r == 0 && inside ? problem(file, "the file ends between parentheses", err) : r;
}

static const struct replacement *
replacement_of(struct module_file *file, const struct required *required)
{
	const struct replacement *found = map_find(&file->replacements, place_name(file, required->name, required->version));
	return found ? found : map_find(&file->replacements, required->name);
}

static int
add_required(struct module_file *file, const struct required *required, struct plim_error *err)
{
	const struct replacement *other = replacement_of(file, required);
	bool directory = other && other->version.n == 0;
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("golang"), [PACKAGE_SCOPE] = SLICE("declared"),
		[PACKAGE_NAME] = other && !directory ? other->name : required->name,
		[PACKAGE_VERSION] = directory ? SLICE("(devel)") : other ? other->version : required->version,
		[PACKAGE_SOURCE] = other ? required->name : SLICE_NONE, [PACKAGE_SOURCE_VERSION] = other ? required->version : SLICE_NONE,
	};
	return rows_add(file->rows, ROW_PACKAGE, required->line, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(module_file) struct module_file file = { .rows = rows, .arena = arena_new(LIMIT_EMBEDDED_BYTES) };
	(void)path;
	if (file.arena == NULL)
		return error_nomem(err);
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	int r = take_lines(&file, body, err);
	if (r == 0 && !file.named)
		r = problem(&file, "no module is named", err);
	vec_each (&file.required, required)
		if (r == 0)
			r = add_required(&file, required, err);
	return r < 0 && arena_full(file.arena) ? error_set(err, PLIM_ELIMIT, "line %u: beyond limit EMBEDDED_BYTES", file.line) : r;
}

const struct cataloger cataloger_go_mod = {
	.name = "go_mod",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/go.mod", NULL },
	.extract = extract,
};

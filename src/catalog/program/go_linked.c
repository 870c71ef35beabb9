/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version that a maker of a Go program had the linker put into a variable, "-X main.version=1.2.3": the build's settings keep
 * those flags, where the main module itself is only "(devel)".
 */
#include "catalog/program/programs.h"

/* Those of others, as goVersion or apiVersion, are not the program's. */
static const char *const names[] = { "version", "gitversion", "buildversion", "appversion", "releaseversion" };

static bool
is_version_variable(struct slice variable)
{
	struct slice package, name;
	if (!slice_cut_last(variable, '.', &package, &name))
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_eq_nocase(name, slice_of(names[i])))
			return true;
	return false;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Three numbers at least: a module's version has no fewer. */
static bool
is_version(struct slice text)
{
	slice_skip(&text, SLICE("v"));
	size_t at = 0, parts = 0;
	while (parts < 3 && at < text.n && is_digit(text.p[at])) {
		while (at < text.n && is_digit(text.p[at]))
			at++;
		if (++parts < 3 && at < text.n && text.p[at] == '.')
			at++;
	}
	return parts == 3;
}

static bool
separates(char c)
{
	return c == ' ' || c == '"' || c == '\'' || c == '\\' || c == '\n';
}

static struct slice
until_separator(struct slice text)
{
	size_t n = 0;
	while (n < text.n && !separates(text.p[n]))
		n++;
	return slice_first(text, n);
}

/* Takes the next "-X VARIABLE=VALUE" off the front, of either spelling and in any quotes. */
static bool
next_variable(struct slice *flags, struct slice *variable, struct slice *value)
{
	size_t at;
	while ((at = slice_find_text(*flags, SLICE("-X"))) != SIZE_MAX) {
		*flags = slice_from(*flags, at + 2);
		while (flags->n && (separates(flags->p[0]) || flags->p[0] == '='))
			*flags = slice_from(*flags, 1);
		struct slice word = until_separator(*flags);
		*flags = slice_from(*flags, word.n);
		if (slice_cut(word, '=', variable, value))
			return true;
	}
	return false;
}

static struct slice
flags_of(struct slice modules)
{
	struct slice line;
	while (slice_next(&modules, '\n', &line))
		if (slice_skip(&line, SLICE("build\t-ldflags=")))
			return line;
	return SLICE_NONE;
}

struct slice
go_linked_version(struct slice modules)
{
	struct slice flags = flags_of(modules), found = SLICE_NONE, variable, value;
	while (next_variable(&flags, &variable, &value)) {
		if (!is_version_variable(variable) || !is_version(value))
			continue;
		slice_skip(&value, SLICE("v"));
		if (found.n && !slice_eq(found, value))
			return SLICE_NONE;
		found = value;
	}
	return found;
}

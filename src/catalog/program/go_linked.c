/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version that a maker of a Go program had the linker put into a variable, "-X main.version=1.2.3": the build's settings keep
 * those flags, where the main module itself is only "(devel)".  A variable of another module that was linked with it may be told
 * that module's version: it only speaks against.
 */
#include "catalog/program/programs.h"

/* Those of others, as goVersion or apiVersion, are not the program's. */
static const char *const names[] = { "version", "gitversion", "buildversion", "appversion", "releaseversion" };

static bool
is_version_name(struct slice name)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_eq_nocase(name, slice_of(names[i])))
			return true;
	return false;
}

/* Packages that have the version of whatever program they are linked into. */
static const char *const shared[] = { "main", "github.com/prometheus/common/version", "k8s.io/component-base/version" };

/* One of the main module's packages, or one of those. */
static bool
is_of_program(struct slice package, struct slice module)
{
	for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
		if (slice_is(package, shared[i]))
			return true;
	return slice_skip(&package, module) && (package.n == 0 || package.p[0] == '/');
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
go_linked_version(struct slice modules, struct slice module)
{
	struct slice flags = flags_of(modules), seen = SLICE_NONE, found = SLICE_NONE, variable, value, package, name;
	while (next_variable(&flags, &variable, &value)) {
		if (!slice_cut_last(variable, '.', &package, &name) || !is_version_name(name) || !is_version(value))
			continue;
		slice_skip(&value, SLICE("v"));
		if (seen.n && !slice_eq(seen, value))
			return SLICE_NONE;
		seen = value;
		if (is_of_program(package, module))
			found = value;
	}
	return found;
}

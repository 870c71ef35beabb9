/* SPDX-License-Identifier: Apache-2.0 */
/* The array of all orderings, and the public door to them. */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/vers.h"

#include <plimsoll/version.h>

const struct version_scheme *const version_schemes[] = {
#define VERSION_SCHEME(name) &version_##name,
#include "version/schemes.def"
#undef VERSION_SCHEME
	NULL,
};

/* Types of purls; what has no line here has no ordering: digests, what nobody numbers, and Perl's, whose 1.10 is below 1.9. */
static const struct {
	const char *type;
	const struct version_scheme *scheme;
} types[] = {
	{ "alpm", &version_alpm },       { "apk", &version_apk },         { "bitbucket", &version_generic }, { "bitnami", &version_generic },
	{ "cargo", &version_semver },    { "cocoapods", &version_gem },   { "composer", &version_composer }, { "conan", &version_conan },
	{ "conda", &version_generic },   { "cran", &version_cran },       { "deb", &version_dpkg },          { "ebuild", &version_gentoo },
	{ "gem", &version_gem },         { "generic", &version_generic }, { "github", &version_generic },    { "gitlab", &version_generic },
	{ "golang", &version_go },       { "hackage", &version_hackage }, { "hex", &version_hex },           { "julia", &version_semver },
	{ "luarocks", &version_generic }, { "maven", &version_maven },    { "npm", &version_npm },           { "nuget", &version_nuget },
	{ "opam", &version_opkg },       { "opkg", &version_opkg },       { "otp", &version_generic },       { "pub", &version_pub },
	{ "pypi", &version_pep440 },     { "rpm", &version_rpm },         { "swift", &version_semver },      { "xbps", &version_generic },
};

const struct version_scheme *
version_scheme_find(struct slice name)
{
	for (const struct version_scheme *const *scheme = version_schemes; *scheme; scheme++)
		if (slice_is(name, (*scheme)->name))
			return *scheme;
	return NULL;
}

const struct version_scheme *
version_scheme_for_type(struct slice purl_type)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_is(purl_type, types[i].type))
			return types[i].scheme;
	return NULL;
}

static int
check_named(const struct version_scheme *scheme, struct slice version, struct plim_error *err)
{
	int r = scheme->check(version, err);
	return r < 0 ? error_wrap(err, r, "'%.*s'", SLICE_ARG(version)) : 0;
}

int
version_satisfies(const struct version_scheme *scheme, struct slice range, struct slice version, bool *inside, struct plim_error *err)
{
	bool holds = false;
	int r = check_named(scheme, version, err);
	if (r < 0)
		return r;
	if (vers_is(range))
		r = vers_satisfies(scheme, range, version, &holds, err);
	else if (scheme->satisfies)
		r = scheme->satisfies(range, version, &holds, err);
	else
		r = version_bounds_satisfy(scheme->bounds, range, version, &holds, err);
	if (r < 0)
		return error_wrap(err, r, "range '%.*s'", SLICE_ARG(range));
	*inside = holds;
	return 0;
}

/* the public door */

const char *
plim_version_scheme_name(unsigned index)
{
	for (unsigned i = 0; version_schemes[i]; i++)
		if (i == index)
			return version_schemes[i]->name;
	return NULL;
}

static int
get_scheme(const char *name, const struct version_scheme **out, struct plim_error *err)
{
	*out = version_scheme_find(slice_of(name));
	return *out ? 0 : error_set(err, PLIM_EUSAGE, "there is no ordering '%s'", name);
}

int
plim_version_compare(const char *scheme, const char *a, const char *b, int *order, struct plim_error *err)
{
	const struct version_scheme *found;
	int r = get_scheme(scheme, &found, err);
	if (r == 0)
		r = check_named(found, slice_of(a), err);
	if (r == 0)
		r = check_named(found, slice_of(b), err);
	if (r < 0)
		return r;
	int compared = found->compare(slice_of(a), slice_of(b));
	*order = (compared > 0) - (compared < 0);
	return 0;
}

int
plim_version_satisfies(const char *scheme, const char *range, const char *version, int *inside, struct plim_error *err)
{
	const struct version_scheme *found;
	bool holds;
	int r = get_scheme(scheme, &found, err);
	if (r == 0)
		r = version_satisfies(found, slice_of(range), slice_of(version), &holds, err);
	if (r == 0)
		*inside = holds;
	return r;
}

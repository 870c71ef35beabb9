/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/ecosystem.h"

/* How much of a version tells the release. */
enum precision { MAJOR, MAJOR_MINOR, WHOLE };

static const struct distribution {
	const char *osv;           /* as OSV names it */
	const char *id;            /* ID of os-release(5) */
	enum precision precision;
} distributions[] = {
	{ "AlmaLinux", "almalinux", MAJOR },
	{ "Alpine", "alpine", MAJOR_MINOR },
	{ "Chainguard", "chainguard", WHOLE },
	{ "Debian", "debian", MAJOR },
	{ "Mageia", "mageia", MAJOR },
	{ "openEuler", "openEuler", WHOLE },
	{ "Photon OS", "photon", WHOLE },
	{ "Red Hat", "rhel", MAJOR },
	{ "Rocky Linux", "rocky", MAJOR },
	{ "Ubuntu", "ubuntu", MAJOR_MINOR },
	{ "Wolfi", "wolfi", WHOLE },
	{ NULL, "centos", MAJOR },
	{ NULL, "fedora", MAJOR },
	{ NULL, "ol", MAJOR },
};

#define DISTRIBUTION_COUNT (sizeof distributions / sizeof *distributions)

static const struct codename {
	const char *name, *number;
} debian_codenames[] = {
	{ "squeeze", "6" }, { "wheezy", "7" }, { "jessie", "8" }, { "stretch", "9" }, { "buster", "10" }, { "bullseye", "11" },
	{ "bookworm", "12" }, { "trixie", "13" }, { "forky", "14" }, { "duke", "15" }, { "sid", "sid" },
};

struct slice
ecosystem_debian_release(struct slice codename)
{
	for (size_t i = 0; i < sizeof debian_codenames / sizeof *debian_codenames; i++)
		if (slice_is(codename, debian_codenames[i].name))
			return slice_of(debian_codenames[i].number);
	return SLICE_NONE;
}

/* "3.20.3" is "3.20" or "3". */
static struct slice
cut_version(struct slice version, enum precision precision)
{
	size_t dots = precision == MAJOR ? 1 : 2;
	for (size_t i = 0; precision != WHOLE && i < version.n; i++)
		if (version.p[i] == '.' && --dots == 0)
			return slice_first(version, i);
	return version;
}

/* "enterprise_linux:9::baseos" is release 9; the streams beside it (aus, e4s, tus) are not the release. */
static bool
red_hat_release(struct slice rest, struct slice *out)
{
	struct slice product, tail;
	if (!slice_cut(rest, ':', &product, &rest) || !slice_is(product, "enterprise_linux"))
		return false;
	slice_cut(rest, ':', out, &tail);
	return out->n > 0;
}

static bool
osv_release(const struct distribution *d, struct slice rest, struct slice *out)
{
	struct slice tail;
	if (slice_is(slice_of(d->id), "rhel"))
		return red_hat_release(rest, out);
	slice_cut(rest, ':', out, &tail);
	slice_skip(out, SLICE("v"));
	/* "Pro:22.04" is paid for apart: images do not have it. */
	return !slice_is(*out, "Pro");
}

void
ecosystem_of_osv(struct slice name, struct strbuf *into)
{
	struct slice family, rest, release;
	slice_cut(name, ':', &family, &rest);
	for (size_t i = 0; rest.n > 0 && i < DISTRIBUTION_COUNT; i++) {
		const struct distribution *d = &distributions[i];
		if (d->osv == NULL || !slice_is(family, d->osv) || !osv_release(d, rest, &release))
			continue;
		strbuf_printf(into, "%s:%.*s", d->id, SLICE_ARG(cut_version(release, d->precision)));
		return;
	}
	strbuf_put(into, name);
}

static enum precision
precision_of(struct slice id)
{
	for (size_t i = 0; i < DISTRIBUTION_COUNT; i++)
		if (slice_is(id, distributions[i].id))
			return distributions[i].precision;
	return WHOLE;
}

/* "3.21_alpha20240807" is what edge calls itself. */
static bool
is_edge(const struct operating_system *os)
{
	return slice_is(os->id, "alpine") && slice_find(os->version_id, '_') != SIZE_MAX;
}

/* Debian's testing and unstable name no version; testing says whose name it will have. */
static struct slice
testing_release(const struct operating_system *os)
{
	struct slice number = ecosystem_debian_release(os->codename);
	return number.p ? number : SLICE("sid");
}

bool
ecosystem_of_os(const struct operating_system *os, struct strbuf *into)
{
	struct slice release = cut_version(os->version_id, precision_of(os->id));
	if (os->id.n == 0)
		return false;
	if (is_edge(os))
		release = SLICE("edge");
	else if (release.n == 0 && slice_is(os->id, "debian"))
		release = testing_release(os);
	strbuf_put(into, os->id);
	strbuf_putc(into, ':');
	strbuf_put(into, release);
	return true;
}

const char *
ecosystem_of_type(struct slice type)
{
	static const struct {
		const char *type, *osv;
	} types[] = {
		{ "npm", "npm" },         { "pypi", "PyPI" },         { "maven", "Maven" },  { "golang", "Go" },       { "cargo", "crates.io" },
		{ "gem", "RubyGems" },    { "composer", "Packagist" }, { "nuget", "NuGet" },  { "hex", "Hex" },         { "pub", "Pub" },
		{ "hackage", "Hackage" }, { "cran", "CRAN" },         { "swift", "SwiftURL" }, { "bitnami", "Bitnami" }, { "conan", "ConanCenter" },
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_is(type, types[i].type))
			return types[i].osv;
	return NULL;
}

struct slice
ecosystem_pypi_name(struct slice name, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool joint = c == '-' || c == '_' || c == '.';
		if (joint && text.n && text.p[text.n - 1] == '-')
			continue;
		strbuf_putc(&text, joint ? '-' : c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c);
	}
	return text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
}

bool
ecosystem_is_release(struct slice key)
{
	struct slice id, rest;
	if (!slice_cut(key, ':', &id, &rest))
		return false;
	for (size_t i = 0; i < DISTRIBUTION_COUNT; i++)
		if (slice_is(id, distributions[i].id))
			return true;
	return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/ecosystem.h"

#include "catalog/os_support.h"
#include "version/scheme.h"

/* How much of a version tells the release. */
enum precision { MAJOR, MAJOR_MINOR, WHOLE, ROLLING };

static const struct distribution {
	const char *osv;           /* as OSV names it */
	const char *id;            /* ID of os-release(5) */
	enum precision precision;
} distributions[] = {
	{ "AlmaLinux", "almalinux", MAJOR },
	{ "Alpaquita", "alpaquita", MAJOR },
	{ "Alpine", "alpine", MAJOR_MINOR },
	{ "Chainguard", "chainguard", ROLLING },
	{ "Debian", "debian", MAJOR },
	{ "Mageia", "mageia", MAJOR },
	{ "MinimOS", "minimos", ROLLING },
	{ "openEuler", "openEuler", WHOLE },
	{ "Photon OS", "photon", WHOLE },
	{ "Red Hat", "rhel", MAJOR },
	{ "Rocky Linux", "rocky", MAJOR },
	{ "Ubuntu", "ubuntu", MAJOR_MINOR },
	{ "Wolfi", "wolfi", ROLLING },
	{ NULL, "amzn", MAJOR },
	{ NULL, "arch", ROLLING },
	{ NULL, "azurelinux", MAJOR_MINOR },
	{ NULL, "bottlerocket", ROLLING },
	{ NULL, "centos", MAJOR },
	{ NULL, "fedora", MAJOR },
	{ NULL, "gentoo", ROLLING },
	{ NULL, "mariner", MAJOR_MINOR },
	{ NULL, "ol", MAJOR },
	{ NULL, "opensuse-leap", MAJOR_MINOR },
	{ NULL, "opensuse-tumbleweed", ROLLING },
	{ NULL, "sled", MAJOR_MINOR },
	{ NULL, "sles", MAJOR_MINOR },
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

/* Older ones than os_support.h knows; its own have their codename there. */
static const struct codename ubuntu_codenames[] = {
	{ "dapper", "6.06" },   { "edgy", "6.10" },   { "feisty", "7.04" },  { "gutsy", "7.10" },    { "hardy", "8.04" }, { "intrepid", "8.10" },
	{ "jaunty", "9.04" },   { "karmic", "9.10" }, { "lucid", "10.04" },  { "maverick", "10.10" }, { "natty", "11.04" }, { "oneiric", "11.10" },
};

struct slice
ecosystem_ubuntu_release(struct slice codename)
{
	for (size_t i = 0; i < sizeof ubuntu_codenames / sizeof *ubuntu_codenames; i++)
		if (slice_is(codename, ubuntu_codenames[i].name))
			return slice_of(ubuntu_codenames[i].number);
	const struct os_support *support = os_support_named(SLICE("ubuntu"), codename);
	return support ? slice_of(support->version) : SLICE_NONE;
}

/* "3.20.3" is "3.20" or "3". */
static struct slice
cut_version(struct slice version, enum precision precision)
{
	size_t dots = precision == MAJOR ? 1 : 2;
	if (precision == ROLLING)
		return SLICE("");
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

/* What stands before the number in "Pro:FIPS-updates:22.04:LTS", the last of it; absent where nothing does. */
static struct slice
ubuntu_channel(struct slice *rest)
{
	struct slice channel = SLICE_NONE, part, behind = *rest;
	while (slice_next(&behind, ':', &part) && (slice_is(part, "Pro") || slice_starts(part, SLICE("FIPS")))) {
		channel = part;
		*rest = behind;
	}
	return channel;
}

struct slice
ecosystem_osv_channel(struct slice name)
{
	return slice_skip(&name, SLICE("Ubuntu:")) ? ubuntu_channel(&name) : SLICE_NONE;
}

/* What begins the names of products that are a release, with SUSE's own before it; what is sold beside it has other names. */
static const struct suse_product {
	const char *begins, *id;
} suse_products[] = {
	{ "SUSE:Linux Enterprise Server for ", NULL }, { "SUSE:Linux Enterprise Server ", "sles" }, { "SUSE:Linux Enterprise Module for ", "sles" },
	{ "SUSE:Linux Enterprise Desktop ", "sled" },  { "openSUSE:Leap ", "opensuse-leap" },       { "openSUSE:Tumbleweed", "opensuse-tumbleweed" },
};

static bool
starts_with_digit(struct slice text)
{
	return text.n && text.p[0] >= '0' && text.p[0] <= '9';
}

bool
ecosystem_suse_release(struct slice product, struct strbuf *into)
{
	struct slice head, last, term;
	product = slice_trim(product);
	if (!slice_cut_last(product, ' ', &head, &last))
		last = product;
	slice_cut(last, '-', &last, &term);
	if (!slice_skip(&last, SLICE("SP"))) {
		strbuf_put(into, last);
		return product.n == 0 || starts_with_digit(last);
	}
	struct slice rest, major;
	if (!slice_cut_last(head, ' ', &rest, &major))
		major = head;
	strbuf_printf(into, "%.*s.%.*s", SLICE_ARG(major), SLICE_ARG(last));
	return starts_with_digit(major) && starts_with_digit(last);
}

static bool
put_suse(struct slice name, struct strbuf *into)
{
	AUTO(strbuf) struct strbuf release = { 0 };
	for (size_t i = 0; i < sizeof suse_products / sizeof *suse_products; i++) {
		struct slice number = name;
		if (!slice_skip(&number, slice_of(suse_products[i].begins)))
			continue;
		if (suse_products[i].id == NULL || !ecosystem_suse_release(number, &release))
			return false;
		strbuf_printf(into, "%s:%.*s", suse_products[i].id, SLICE_ARG(strbuf_slice(&release)));
		into->failed = into->failed || release.failed;
		return true;
	}
	return false;
}

/* Its first two releases had another name. */
static bool
put_azure(struct slice name, struct strbuf *into)
{
	if (!slice_skip(&name, SLICE("Azure Linux:")) || name.n == 0)
		return false;
	bool renamed = name.p[0] != '1' && name.p[0] != '2';
	strbuf_printf(into, "%s:%.*s%s", renamed ? "azurelinux" : "mariner", SLICE_ARG(name), slice_find(name, '.') == SIZE_MAX ? ".0" : "");
	return true;
}

static bool
osv_release(const struct distribution *d, struct slice rest, struct slice *out)
{
	struct slice tail;
	if (slice_is(slice_of(d->id), "rhel"))
		return red_hat_release(rest, out);
	if (slice_is(slice_of(d->id), "ubuntu"))
		ubuntu_channel(&rest);
	slice_cut(rest, ':', out, &tail);
	slice_skip(out, SLICE("v"));
	return true;
}

/* OSV's ecosystems that are no distributions, and how their names are compared. */
enum spelling { EXACT, NOCASE, JOINTS, REPOSITORY, PEP_503 };

static const struct registry {
	const char *osv, *type;
	enum spelling spelling;
} registries[] = {
	{ "npm", "npm", EXACT },
	{ "PyPI", "pypi", PEP_503 },
	{ "Maven", "maven", EXACT },
	{ "Go", "golang", EXACT },
	{ "crates.io", "cargo", JOINTS },
	{ "RubyGems", "gem", EXACT },
	{ "Packagist", "composer", NOCASE },
	{ "NuGet", "nuget", NOCASE },
	{ "Hex", "hex", NOCASE },
	{ "Pub", "pub", NOCASE },
	{ "Hackage", "hackage", EXACT },
	{ "CRAN", "cran", EXACT },
	{ "SwiftURL", "swift", REPOSITORY },
	{ "Bitnami", "bitnami", NOCASE },
	{ "ConanCenter", "conan", NOCASE },
	{ "GitHub Actions", "github", NOCASE },
	{ "Julia", "julia", EXACT },
	{ "opam", "opam", EXACT },
	{ "Bioconductor", "bioconductor", EXACT },
	{ "VSCode", "vscode-extension", NOCASE },
	{ "OSS-Fuzz", NULL, EXACT },
	{ "git", NULL, REPOSITORY },
	{ "cpe", NULL, NOCASE },
};

#define REGISTRY_COUNT (sizeof registries / sizeof *registries)

static const struct registry *
registry_of(struct slice osv)
{
	for (size_t i = 0; i < REGISTRY_COUNT; i++)
		if (slice_is(osv, registries[i].osv))
			return &registries[i];
	return NULL;
}

void
ecosystem_of_osv(struct slice name, struct strbuf *into)
{
	struct slice family, rest, release;
	slice_cut(name, ':', &family, &rest);
	if (put_suse(name, into) || put_azure(name, into))
		return;
	for (size_t i = 0; i < DISTRIBUTION_COUNT; i++) {
		const struct distribution *d = &distributions[i];
		if (d->osv == NULL || !slice_is(family, d->osv) || (rest.n == 0) != (d->precision == ROLLING) || !osv_release(d, rest, &release))
			continue;
		strbuf_printf(into, "%s:%.*s", d->id, SLICE_ARG(cut_version(release, d->precision)));
		return;
	}
	/* "Maven:https://...": another place where packages of the same names are. */
	strbuf_put(into, registry_of(family) ? family : name);
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
	for (size_t i = 0; i < REGISTRY_COUNT; i++)
		if (registries[i].type && slice_is(type, registries[i].type))
			return registries[i].osv;
	return NULL;
}

static bool
is_joint(char c)
{
	return c == '-' || c == '_' || c == '.';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* "git+https://GitHub.com/A/b.git/" is github.com/a/b, whatever it is fetched with; of what keeps case in its paths nobody tells. */
static struct slice
bare_repository(struct slice url)
{
	struct slice scheme, rest;
	if (slice_find_text(url, SLICE("://")) != SIZE_MAX && slice_cut(url, ':', &scheme, &rest))
		url = slice_from(rest, 2);
	while (slice_skip_end(&url, SLICE("/")))
		;
	slice_skip_end(&url, SLICE(".git"));
	return url;
}

struct slice
ecosystem_package_name(struct slice ecosystem, struct slice name, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	const struct registry *registry = registry_of(ecosystem);
	enum spelling spelling = registry ? registry->spelling : EXACT;
	if (spelling == EXACT)
		return name;
	if (spelling == REPOSITORY)
		name = bare_repository(name);
	for (size_t i = 0; i < name.n; i++) {
		bool joint = spelling == PEP_503 && is_joint(name.p[i]);
		if (joint && text.n && text.p[text.n - 1] == '-')
			continue;
		strbuf_putc(&text, joint || (spelling == JOINTS && name.p[i] == '_') ? '-' : lower(name.p[i]));
	}
	return text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
}

/* By what a release's packages are ordered; all others are of rpm. */
static const struct {
	const char *id, *type;
} orderings[] = {
	{ "debian", "deb" }, { "ubuntu", "deb" },    { "alpine", "apk" },  { "wolfi", "apk" }, { "chainguard", "apk" },
	{ "arch", "alpm" },  { "gentoo", "ebuild" }, { "minimos", "apk" }, { "alpaquita", "apk" },
};

static const char *
type_of_release(struct slice key)
{
	struct slice id, release;
	slice_cut(key, ':', &id, &release);
	for (size_t i = 0; i < sizeof orderings / sizeof *orderings; i++)
		if (slice_is(id, orderings[i].id))
			return orderings[i].type;
	return "rpm";
}

const struct version_scheme *
ecosystem_scheme(struct slice key)
{
	const struct registry *registry = registry_of(key);
	if (slice_is(key, "Go"))
		return &version_go_bare;
	if (ecosystem_is_release(key))
		return version_scheme_for_type(slice_of(type_of_release(key)));
	return registry && registry->type ? version_scheme_for_type(slice_of(registry->type)) : NULL;
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

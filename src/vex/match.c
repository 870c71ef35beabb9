/* SPDX-License-Identifier: Apache-2.0 */
/* Products of VEX against images and packages. */
#include "vex/match.h"

#include "base/error.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "codec/purl.h"
#include "net/reference.h"
#include "version/text.h"
#include "version/vers.h"

/* What of a package's own URL is asked for. */
struct own_parts {
	struct slice namespace, name, version, epoch;
};

/* Packages of one name, in no order. */
struct named {
	const struct package *package;
	struct named *next;
};

struct vex_matcher {
	struct vex_target target;
	struct arena *arena;       /* of what is kept */
	struct map purls;          /* of packages, by their text: struct own_parts */
	struct map names;          /* of installed packages and their sources, in small letters: struct named */
	bool named;                /* `names` has been made */
	struct arena *scratch;     /* of the statement that was held against a package last */
	const struct vex_statement *last;
};

/* One comparison. */
struct matching {
	struct vex_matcher *matcher;
	const struct vex_target *target;
	struct arena *arena;
	bool waives;               /* what is not told must not be guessed */
	bool placed;               /* the system is told beside the package: by the image that it is in */
};

static const char no_purl[] = "it names no package URL";
static const char unclear[] = "it is bounded in words that are not understood";
static const char no_memory[] = "out of memory";

/* packages of the target */

/* Parsed once; NULL: it has none, or no memory. */
static const struct own_parts *
own_parts(struct vex_matcher *matcher, const struct package *package)
{
	struct purl purl;
	struct plim_error err = { 0 };
	void **place = map_place(&matcher->purls, package->purl);
	if (place == NULL || *place)
		return place ? *place : NULL;
	struct own_parts *parts = arena_make(matcher->arena, struct own_parts);
	if (parts == NULL || purl_parse(package->purl, matcher->arena, &purl, &err) < 0)
		return NULL;
	*parts = (struct own_parts){ purl.namespace, purl.name, purl.version, purl_qualifier(&purl, "epoch") };
	return *place = parts;
}

static struct slice
in_small_letters(struct arena *arena, struct slice text)
{
	struct slice copy = arena_dup(arena, text);
	for (size_t i = 0; i < copy.n; i++)
		((char *)copy.p)[i] = to_lower(copy.p[i]);
	return copy;
}

static bool
note_name(struct vex_matcher *matcher, struct slice name, const struct package *package)
{
	struct slice key = in_small_letters(matcher->arena, name);
	struct named *one = arena_make(matcher->arena, struct named);
	void **place = key.p && one ? map_place(&matcher->names, key) : NULL;
	if (place == NULL)
		return false;
	*one = (struct named){ package, *place };
	*place = one;
	return true;
}

/* False without memory: then nothing is in anything. */
static bool
note_names(struct vex_matcher *matcher)
{
	const struct inventory *inventory = matcher->target.inventory;
	for (size_t i = 0; !matcher->named && i < inventory->package_count; i++) {
		const struct package *package = &inventory->packages[i];
		const struct own_parts *own = package->scope == PACKAGE_INSTALLED ? own_parts(matcher, package) : NULL;
		if (own == NULL)
			continue;
		bool other = package->source.n && !slice_eq_nocase(package->source, own->name);
		if (!note_name(matcher, own->name, package) || (other && !note_name(matcher, package->source, package)))
			return false;
	}
	return matcher->named = true;
}

/* images */

/* Hosts of one registry. */
static const char *const docker_hosts[] = { "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "docker.io" };

/* "docker.io/library/web" for "https://index.docker.io/web/"; absent without memory. */
static struct slice
repository_spelled(struct arena *arena, struct slice text)
{
	struct slice host, path;
	if (!slice_skip(&text, SLICE("https://")))
		slice_skip(&text, SLICE("http://"));
	while (slice_skip_end(&text, SLICE("/")))
		;
	if (!slice_cut(text, '/', &host, &path))
		return arena_dup(arena, text);
	for (size_t i = 0; i < sizeof docker_hosts / sizeof *docker_hosts; i++)
		if (slice_eq_nocase(host, slice_of(docker_hosts[i])))
			return arena_printf(arena, "docker.io/%s%.*s", slice_find(path, '/') == SIZE_MAX ? "library/" : "", SLICE_ARG(path));
	return arena_dup(arena, text);
}

/* Of pkg:oci the URL has the name at its end, or lacks it; pkg:docker has a host there, or means Docker's. */
static struct slice
repository_of(const struct matching *m, const struct purl *purl)
{
	struct slice url = purl_qualifier(purl, "repository_url"), whole = url;
	while (slice_skip_end(&whole, SLICE("/")))
		;
	if (slice_is(purl->type, "docker"))
		whole = arena_printf(m->arena, "%.*s/%.*s%s%.*s", SLICE_ARG(url.n ? whole : SLICE("docker.io")), SLICE_ARG(purl->namespace),
		                     purl->namespace.n ? "/" : "", SLICE_ARG(purl->name));
	else if (url.n && !slice_eq_nocase(path_base(whole), purl->name))
		whole = arena_printf(m->arena, "%.*s/%.*s", SLICE_ARG(whole), SLICE_ARG(purl->name));
	return whole.n ? repository_spelled(m->arena, whole) : SLICE_NONE;
}

static bool
is_digest_of(const struct image *image, const struct digest *digest)
{
	return digest->algorithm != DIGEST_NONE &&
	       (digest_eq(&image->index_digest, digest) || digest_eq(&image->manifest_digest, digest) || digest_eq(&image->config_digest, digest));
}

/* The names of one architecture. */
static bool
arch_eq(struct slice a, struct slice b)
{
	static const char *const pairs[][2] = { { "amd64", "x86_64" }, { "arm64", "aarch64" }, { "386", "i386" }, { "ppc64le", "ppc64el" } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if ((slice_is(a, pairs[i][0]) && slice_is(b, pairs[i][1])) || (slice_is(a, pairs[i][1]) && slice_is(b, pairs[i][0])))
			return true;
	return slice_eq(a, b);
}

static const char *
repository_mismatch(const struct matching *m, const struct purl *purl)
{
	struct slice named = repository_of(m, purl);
	if (named.n == 0)
		return "it names neither a repository nor a digest";
	if (m->target->repository.n == 0)
		return "it is of a repository, and where this image lives was not told (--as)";
	struct slice here = repository_spelled(m->arena, m->target->repository);
	if (here.p == NULL)
		return no_memory;
	return slice_eq(named, here) ? NULL : "it is of another image";
}

static const char *
tag_mismatch(const struct matching *m, struct slice tag)
{
	if (tag.n == 0)
		return NULL;
	if (m->target->tag.n == 0)
		return "it is of a tag, and under which this image was taken is not known";
	return slice_eq(tag, m->target->tag) ? NULL : "it is of another tag";
}

/* A digest says all; else repository and tag must be known. */
static const char *
image_mismatch(const struct matching *m, const struct purl *purl)
{
	const struct image *image = m->target->inventory->image;
	struct slice arch = purl_qualifier(purl, "arch"), tag = purl_qualifier(purl, "tag");
	struct digest digest = { 0 };
	if (image == NULL)
		return "it is of an image";
	if (arch.n && !arch_eq(arch, image->platform.architecture))
		return "it is of another architecture";
	if (digest_parse(purl->version, &digest))
		return is_digest_of(image, &digest) ? NULL : "it is of an image with another digest";
	const char *why = repository_mismatch(m, purl);
	return why ? why : tag_mismatch(m, purl->version.n ? purl->version : tag);
}

static bool
is_image_type(const struct purl *purl)
{
	return slice_is(purl->type, "oci") || slice_is(purl->type, "docker");
}

/* packages */

/* Names of one distribution, the first as package URLs are made here. */
static const char *const namespaces[][4] = {
	{ "redhat", "rhel" }, { "suse", "sles", "sle" }, { "opensuse", "opensuse-leap", "opensuse-tumbleweed" }, { "oracle", "ol", "oraclelinux" },
	{ "amzn", "amazon", "amazonlinux" }, { "almalinux", "alma" }, { "rocky", "rockylinux" }, { "azurelinux", "azure-linux" }, { "mariner", "cbl-mariner" },
	{ "arch", "archlinux" },
};

static struct slice
namespace_spelled(struct slice text)
{
	for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++)
		for (size_t k = 1; k < 4 && namespaces[i][k]; k++)
			if (slice_eq_nocase(text, slice_of(namespaces[i][k])))
				return slice_of(namespaces[i][0]);
	return text;
}

static bool
part_eq(const struct purl *purl, struct slice a, struct slice b)
{
	return slice_is(purl->type, "golang") ? slice_eq_nocase(a, b) : slice_eq(a, b);
}

/* "debian-12", "12", "bookworm", "alpine-3.18.2" for 3.18: the same release, as far as either tells. */
static bool
is_release(const struct operating_system *os, struct slice distro)
{
	struct slice id, version, ours = os->version_id;
	bool named = slice_cut_last(distro, '-', &id, &version);
	if (slice_eq_nocase(distro, os->codename) || slice_eq_nocase(distro, os->id))
		return true;
	if (named && !slice_eq_nocase(namespace_spelled(id), namespace_spelled(os->id)))
		return false;
	/* One that rolls has no releases, whatever its file says. */
	if (named && os->rolling)
		return true;
	if (!named)
		version = distro;
	if (slice_eq(version, ours) || slice_eq_nocase(version, os->codename))
		return true;
	return version.n && ours.n && ((slice_skip(&version, ours) && slice_starts(version, SLICE("."))) || (slice_skip(&ours, version) && slice_starts(ours, SLICE("."))));
}

static bool
is_source(struct slice arch)
{
	return slice_is(arch, "source") || slice_is(arch, "src");
}

static bool
is_any_arch(struct slice arch)
{
	return slice_is(arch, "all") || slice_is(arch, "noarch") || slice_is(arch, "any") || arch.n == 0;
}

/* A leading v is how Go writes what others write without. */
static bool
version_eq(struct slice a, struct slice b)
{
	slice_skip(&a, SLICE("v"));
	slice_skip(&b, SLICE("v"));
	return slice_eq(a, b);
}

static bool
has_epochs(struct slice type)
{
	return slice_is(type, "rpm") || slice_is(type, "deb") || slice_is(type, "alpm");
}

/* "1:2.0" becomes "2.0", and its epoch 1: without zeros, so that none is 0. */
static struct slice
epoch_cut(struct slice *version)
{
	struct slice epoch, rest;
	uint64_t number;
	if (!slice_cut(*version, ':', &epoch, &rest) || !slice_to_u64(epoch, 10, &number))
		return SLICE_NONE;
	*version = rest;
	return epoch;
}

static bool
epoch_eq(struct slice a, struct slice b)
{
	while (slice_skip(&a, SLICE("0")))
		;
	while (slice_skip(&b, SLICE("0")))
		;
	return slice_eq(a, b);
}

/* The epoch may be a qualifier, part of the version, or nothing where it is 0; where it is told twice, the same is meant. */
static bool
is_version(const struct purl *wanted, struct slice version, struct slice epoch)
{
	struct slice named = purl_qualifier(wanted, "epoch"), text = wanted->version;
	if (!has_epochs(wanted->type))
		return version_eq(text, version);
	struct slice within = epoch_cut(&text), ours = epoch_cut(&version);
	if (within.n && named.n && !epoch_eq(within, named))
		return false;
	return slice_eq(text, version) && epoch_eq(named.n ? named : within, epoch.n ? epoch : ours);
}

static const char *
range_mismatch(const struct vex_thing *thing, const struct purl *purl, struct slice version)
{
	const struct version_scheme *scheme = version_scheme_for_type(purl->type);
	struct plim_error err = { 0 };
	bool inside = false;
	if (thing->range.n == 0)
		return NULL;
	if (!vers_is(thing->range))
		return version_eq(thing->range, version) ? NULL : "it is of another version";
	if (scheme == NULL || vers_satisfies(scheme, thing->range, version, &inside, &err) < 0)
		return unclear;
	return inside ? NULL : "it is of other versions";
}

/* An rpm's source is told without its epoch: that is the package's. */
static struct slice
source_epoch(const struct package *package)
{
	return slice_is(package->type, "rpm") ? package->epoch : SLICE_NONE;
}

/* Of a distribution: the source package, where the purl says that it is one. */
static const char *
source_mismatch(const struct vex_thing *thing, const struct purl *wanted, const struct package *package)
{
	struct slice source = package->source.n ? package->source : package->name;
	struct slice version = package->source_version.n ? package->source_version : package->version;
	if (!slice_eq(wanted->name, source))
		return "it is of another package";
	if (wanted->version.n && !is_version(wanted, version, source_epoch(package)))
		return "it is of another version";
	return range_mismatch(thing, wanted, version);
}

/* "nodejs:18" is "nodejs:18:8090020240101:abc" too, either way round. */
static bool
is_of_module(struct slice a, struct slice b)
{
	struct slice shorter = a.n < b.n ? a : b, longer = a.n < b.n ? b : a;
	return shorter.n && slice_skip(&longer, shorter) && (longer.n == 0 || slice_starts(longer, SLICE(":")));
}

/* Streams of a module have one name: what names neither stream nor version may mean another one. */
static bool
is_of_stream(const struct matching *m, const struct purl *wanted, struct slice module)
{
	struct slice named = purl_qualifier(wanted, "rpmmod");
	if (named.n)
		return is_of_module(named, module);
	return module.n == 0 || wanted->version.n || !m->waives;
}

/* Of a release that fits: it names the distribution too, which a bare number does not. */
static bool
names_distribution(const struct operating_system *os, struct slice distro)
{
	return slice_find(distro, '-') != SIZE_MAX || (distro.n && (slice_eq_nocase(distro, os->codename) || slice_eq_nocase(distro, os->id)));
}

/* These package URLs demand a namespace: without one a package of any distribution might be meant, but in an image or a release that is told. */
static bool
is_placed(const struct matching *m, const struct purl *wanted, struct slice distro)
{
	return wanted->namespace.n || m->placed || !m->waives || names_distribution(&m->target->inventory->os, distro);
}

static const char *
system_mismatch(const struct matching *m, const struct purl *wanted, const struct own_parts *have, const struct package *package)
{
	struct slice arch = purl_qualifier(wanted, "arch"), distro = purl_qualifier(wanted, "distro");
	if (wanted->namespace.n && !slice_eq_nocase(namespace_spelled(wanted->namespace), namespace_spelled(have->namespace)))
		return "it is of another distribution";
	if (distro.n && !is_release(&m->target->inventory->os, distro))
		return "it is of another release";
	if (!is_placed(m, wanted, distro))
		return "of which distribution it is it does not tell";
	if (!is_source(arch) && !is_any_arch(arch) && !is_any_arch(package->arch) && !arch_eq(arch, package->arch))
		return "it is of another architecture";
	return is_of_stream(m, wanted, package->module) ? NULL : "it is of another module, or names none";
}

static const char *
package_mismatch(const struct matching *m, const struct vex_thing *thing, const struct purl *wanted, const struct package *package)
{
	bool system = package_type_is_system(package->type);
	if (!slice_eq(wanted->type, package->type))
		return "it is of another package";
	if (wanted->subpath.n)
		return "it is of a part of the package";
	const struct own_parts *have = own_parts(m->matcher, package);
	if (have == NULL)
		return "the package has no package URL";
	const char *why = system ? system_mismatch(m, wanted, have, package) : NULL;
	if (why)
		return why;
	if (system && is_source(purl_qualifier(wanted, "arch")))
		return source_mismatch(thing, wanted, package);
	if (!part_eq(wanted, wanted->name, have->name) || (!system && !part_eq(wanted, wanted->namespace, have->namespace)))
		return "it is of another package";
	/* A type may spell versions otherwise in its URLs than it does itself. */
	bool spelled = !has_epochs(wanted->type) && slice_eq(wanted->version, package->version);
	if (wanted->version.n && !spelled && !is_version(wanted, have->version, have->epoch))
		return "it is of another version";
	return range_mismatch(thing, wanted, have->version);
}

/* operating systems */

/* What CPE calls them: vendor, product, and the id of their release files. */
static const char *const systems[][3] = {
	{ "redhat", "enterprise_linux", "rhel" },     { "debian", "debian_linux", "debian" },   { "canonical", "ubuntu_linux", "ubuntu" },
	{ "alpinelinux", "alpine_linux", "alpine" },  { "suse", "sles", "sles" },               { "suse", "linux_enterprise_server", "sles" },
	{ "opensuse", "leap", "opensuse-leap" },      { "oracle", "linux", "ol" },              { "fedoraproject", "fedora", "fedora" },
	{ "almalinux", "almalinux", "almalinux" },    { "rocky", "rocky_linux", "rocky" },      { "amazon", "linux", "amzn" },
};

/* 9 is 9.4 too; but SLES 15 is that before its service packs, and of 15 "sp5" is what release files call 15.5. */
static bool
is_cpe_release(const struct operating_system *os, struct slice version, struct slice update)
{
	struct slice rest = os->version_id;
	bool updated = update.n && !slice_is(update, "*") && !slice_is(update, "-");
	if (version.n == 0 || slice_is(version, "*"))
		return !updated;
	if (!slice_skip(&rest, version))
		return false;
	if (updated)
		return slice_eq_nocase(slice_first(update, 2), SLICE("sp")) && slice_skip(&rest, SLICE(".")) && slice_eq(rest, slice_from(update, 2));
	return rest.n == 0 || (!slice_is(os->id, "sles") && slice_starts(rest, SLICE(".")));
}

/* "cpe:/o:VENDOR:PRODUCT:VERSION:UPDATE..." and "cpe:2.3:o:VENDOR:PRODUCT:VERSION:UPDATE...". */
static const char *
cpe_mismatch(const struct operating_system *os, struct slice cpe)
{
	struct slice part, vendor = SLICE(""), product = SLICE(""), version = SLICE(""), update = SLICE("");
	if (!slice_skip(&cpe, SLICE("cpe:2.3:")) && !slice_skip(&cpe, SLICE("cpe:/")))
		return no_purl;
	slice_next(&cpe, ':', &part);
	slice_next(&cpe, ':', &vendor);
	slice_next(&cpe, ':', &product);
	slice_next(&cpe, ':', &version);
	slice_next(&cpe, ':', &update);
	size_t at = 0, n = sizeof systems / sizeof *systems;
	while (at < n && !(slice_is(vendor, systems[at][0]) && slice_is(product, systems[at][1])))
		at++;
	if (at == n)
		return no_purl;
	if (!slice_is(os->id, systems[at][2]))
		return "it is of another operating system";
	return is_cpe_release(os, version, update) ? NULL : "it is of another release";
}

/* What else lies in the image its distribution says nothing of. */
static bool
is_of_system(const struct package *package)
{
	return package_type_is_system(package->type) || package->owner.n > 0;
}

/* things */

/* Of a system's package the namespace may be missing, which its type forbids: the distribution is then told beside it, or not at all. */
static bool
purl_read(const struct matching *m, struct slice text, struct purl *out)
{
	struct plim_error err = { 0 };
	struct slice type, rest, path, qualifiers;
	if (purl_parse(text, m->arena, out, &err) == 0)
		return true;
	if (!slice_skip(&text, SLICE("pkg:")) || !slice_cut(text, '/', &type, &rest) || !package_type_is_system(type))
		return false;
	slice_cut(rest, '?', &path, &qualifiers);
	text = arena_printf(m->arena, "pkg:%.*s/none/%.*s", SLICE_ARG(type), SLICE_ARG(rest));
	if (slice_find(path, '/') != SIZE_MAX || text.p == NULL || purl_parse(text, m->arena, out, &err) < 0)
		return false;
	out->namespace = SLICE_NONE;
	return true;
}

static const char *
purl_mismatch(const struct matching *m, const struct vex_thing *thing, struct slice text, const struct package *package, bool *is_image)
{
	struct purl purl;
	if (!purl_read(m, text, &purl))
		return "its package URL cannot be read";
	*is_image = is_image_type(&purl);
	if (*is_image && thing->range.n) {
		/* One beside it is its tag, or its digest. */
		if (vers_is(thing->range) || vex_purl_has_version(text))
			return unclear;
		purl.version = thing->range;
	}
	if (*is_image)
		return image_mismatch(m, &purl);
	return package ? package_mismatch(m, thing, &purl, package) : "it is of a package";
}

static const char *
hash_mismatch(const struct matching *m, struct slice sha256)
{
	const struct image *image = m->target->inventory->image;
	struct digest digest = { 0 };
	struct slice text = arena_printf(m->arena, "sha256:%.*s", SLICE_ARG(sha256));
	if (text.p == NULL)
		return no_memory;
	return image && digest_parse(text, &digest) && is_digest_of(image, &digest) ? NULL : "it is of something with another digest";
}

/* Both of two purls must match, and an image's digest beside them. */
static const char *
purls_mismatch(const struct matching *m, const struct vex_thing *thing, const struct package *package, bool *is_image)
{
	const char *why = purl_mismatch(m, thing, thing->purl, package, is_image);
	if (why == NULL && thing->also.n)
		why = purl_mismatch(m, thing, thing->also, package, is_image);
	return why == NULL && *is_image && thing->sha256.n ? hash_mismatch(m, thing->sha256) : why;
}

/* `package` NULL: only an image, or its system, will do. */
static const char *
thing_mismatch(const struct matching *m, const struct vex_thing *thing, const struct package *package, bool *is_image)
{
	*is_image = false;
	if (thing->unclear)
		return unclear;
	if (thing->purl.n)
		return purls_mismatch(m, thing, package, is_image);
	*is_image = true;
	if (thing->sha256.n)
		return hash_mismatch(m, thing->sha256);
	return thing->cpe.n ? cpe_mismatch(&m->target->inventory->os, thing->cpe) : no_purl;
}

/* A file that tells of several of these is a program or archive made of them; of others it is a list. */
static bool
is_linked(struct slice type)
{
	return slice_is(type, "golang") || slice_is(type, "cargo") || slice_is(type, "maven") || slice_is(type, "nuget");
}

/* One is in the other: in the same program, below its directory, in its archive, among its files. */
static bool
is_inside(const struct package *part, const struct package *whole)
{
	struct slice rest = part->path;
	if (part->owner.n && slice_eq(part->owner, whole->name) && slice_eq(part->owner_type, whole->type))
		return true;
	if (package_type_is_system(part->type))
		return false;
	if (is_linked(part->type) && slice_eq(part->type, whole->type) && slice_eq(part->path, whole->path))
		return true;
	if (whole->root.n && slice_skip(&rest, whole->root))
		return slice_starts(rest, SLICE("/"));
	rest = part->path;
	return whole->path.n && slice_skip(&rest, whole->path) && slice_starts(rest, SLICE("!"));
}

/* The product is a package that has this one in it: one of those that have its name. */
static const char *
whole_mismatch(const struct matching *m, const struct vex_thing *product, const struct package *part)
{
	struct purl purl;
	bool is_image;
	if (!purl_read(m, product->purl, &purl))
		return "its package URL cannot be read";
	struct slice name = in_small_letters(m->arena, purl.name);
	if (name.p == NULL || !note_names(m->matcher))
		return no_memory;
	for (const struct named *one = map_find(&m->matcher->names, name); one; one = one->next)
		if (one->package != part && is_inside(part, one->package) && thing_mismatch(m, product, one->package, &is_image) == NULL)
			return NULL;
	return "its product is not what the package is in here";
}

static const char *
part_mismatch(const struct matching *m, const struct vex_statement *statement, const struct package *package)
{
	const char *why = NULL;
	bool is_image;
	for (size_t i = 0; i < statement->subcomponent_count; i++) {
		why = thing_mismatch(m, &statement->subcomponents[i], package, &is_image);
		if (why == NULL && !is_image)
			return NULL;
	}
	return why ? why : "its part is an image";
}

static const char *
mismatch(const struct matching *m, const struct vex_statement *statement, const struct package *package, bool attested)
{
	bool is_image = true, has_parts = statement->subcomponent_count > 0;
	const char *why = statement->of_subject ? attested ? NULL : "it names no product" : thing_mismatch(m, &statement->product, has_parts ? NULL : package, &is_image);
	if (why == NULL && statement->product.cpe.n && statement->product.sha256.n == 0 && !is_of_system(package))
		return "it is of an operating system, which the package is not from";
	if (!has_parts)
		return why;
	if (why && is_image)
		return why;
	struct matching of_image = *m;
	of_image.placed |= why == NULL;
	const char *of_part = part_mismatch(&of_image, statement, package);
	if (of_part || why == NULL)
		return of_part;
	return whole_mismatch(m, &statement->product, package);
}

static bool
has_version(const struct vex_thing *thing)
{
	return thing->range.n || vex_purl_has_version(thing->purl);
}

/* Of what is fixed in: one image, a version of the product or of each part. */
static bool
is_bounded(const struct vex_statement *s)
{
	bool told = s->subcomponent_count > 0;
	for (size_t i = 0; i < s->subcomponent_count; i++)
		told &= has_version(&s->subcomponents[i]);
	return told || s->of_subject || (s->product.sha256.n && s->product.purl.n == 0) || has_version(&s->product);
}

int
vex_matcher_new(const struct vex_target *target, struct vex_matcher **out, struct plim_error *err)
{
	AUTO(vex_matcher) struct vex_matcher *matcher = calloc(1, sizeof *matcher);
	if (matcher == NULL || (matcher->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	matcher->target = *target;
	*out = ptr_take(&matcher);
	return 0;
}

void
vex_matcher_free(struct vex_matcher *matcher)
{
	if (matcher == NULL)
		return;
	map_done(&matcher->purls);
	map_done(&matcher->names);
	arena_free(matcher->scratch);
	arena_free(matcher->arena);
	free(matcher);
}

/* Statements are many: what one needs does not outlive it. */
static bool
begin(struct vex_matcher *matcher, const struct vex_statement *statement)
{
	if (matcher->scratch && matcher->last == statement)
		return true;
	arena_free(matcher->scratch);
	matcher->last = statement;
	return (matcher->scratch = arena_new(0)) != NULL;
}

const char *
vex_mismatch(struct vex_matcher *matcher, const struct vex_statement *statement, const struct package *package, bool attested)
{
	if (!begin(matcher, statement))
		return no_memory;
	const struct matching m = { matcher, &matcher->target, matcher->scratch, vex_status_waives(statement->status), attested };
	const char *why = mismatch(&m, statement, package, attested);
	return why == NULL && statement->status == VEX_FIXED && !is_bounded(statement) ? "in which version it is fixed is not told" : why;
}

const char *
vex_purl_mismatch(struct vex_matcher *matcher, struct slice purl, const struct package *package)
{
	if (!begin(matcher, NULL))
		return no_memory;
	const struct matching m = { matcher, &matcher->target, matcher->scratch, false, false };
	const struct vex_thing thing = { .purl = purl };
	bool is_image;
	const char *why = thing_mismatch(&m, &thing, package, &is_image);
	return why == NULL && is_image ? "it is of an image" : why;
}

unsigned
vex_narrowness(const struct vex_statement *statement)
{
	unsigned n = has_version(&statement->product) + (statement->subcomponent_count > 0);
	return n + (statement->subcomponent_count > 0 && has_version(&statement->subcomponents[0]));
}

static struct slice
thing_text(const struct vex_thing *thing)
{
	return thing->purl.n ? thing->purl : thing->name.n ? thing->name : thing->cpe.n ? thing->cpe : thing->sha256;
}

void
vex_describe_product(const struct vex_statement *statement, struct strbuf *into)
{
	if (statement->of_subject)
		strbuf_puts(into, "its subject");
	strbuf_put(into, thing_text(&statement->product));
	for (size_t i = 0; i < statement->subcomponent_count; i++) {
		strbuf_puts(into, i ? ", " : ": ");
		strbuf_put(into, thing_text(&statement->subcomponents[i]));
	}
}

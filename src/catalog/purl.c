/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs of packages: which of their parts stands where; how each type spells it is codec/purl.c's. */
#include "catalog/resolver.h"

#include "base/strbuf.h"
#include "codec/purl.h"

static const struct {
	const char *id;
	const char *namespace;
} purl_namespaces[] = { { "ol", "oracle" }, { "sles", "suse" }, { "rhel", "redhat" }, { "opensuse-leap", "opensuse" }, { "opensuse-tumbleweed", "opensuse" } };

static struct slice
purl_namespace(struct slice id)
{
	for (size_t i = 0; i < sizeof purl_namespaces / sizeof *purl_namespaces; i++)
		if (slice_is(id, purl_namespaces[i].id))
			return slice_of(purl_namespaces[i].namespace);
	return id;
}

/* Their packages are a distribution's, which is the namespace. */
static bool
is_of_distribution(struct slice type)
{
	static const char *const types[] = { "deb", "rpm", "apk", "alpm", "opkg", "xbps" };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_is(type, types[i]))
			return true;
	return false;
}

struct distribution {
	struct slice id, version;
};

/* What a program says that it was built for need not be what it lies in: "fedora 38" of its note (program/elf_facts.c). */
static struct distribution
distribution_of(const struct inventory *inventory, const struct package *package)
{
	struct distribution of = { inventory->os.id, inventory->os.version_id };
	if (slice_is(package->evidence, "binary"))
		slice_cut(package->vendor, ' ', &of.id, &of.version);
	return of;
}

static void
put_name(const struct inventory *inventory, const struct package *package, struct purl *into)
{
	into->name = package->name;
	if (is_of_distribution(package->type))
		into->namespace = purl_namespace(distribution_of(inventory, package).id);
	else if (!slice_cut_last(package->name, slice_is(package->type, "maven") ? ':' : '/', &into->namespace, &into->name))
		into->namespace = SLICE_NONE, into->name = package->name;
}

static void
add_qualifier(struct purl *into, const char *key, struct slice value)
{
	if (value.n)
		into->qualifiers[into->qualifier_count++] = (struct purl_qualifier){ slice_of(key), value };
}

static void
put_distribution(const struct inventory *inventory, const struct package *package, struct strbuf *distro, struct purl *into)
{
	if (!is_of_distribution(package->type))
		return;
	struct distribution of = distribution_of(inventory, package);
	if (of.id.n) {
		strbuf_put(distro, of.id);
		strbuf_puts(distro, of.version.n ? "-" : "");
		strbuf_put(distro, of.version);
	}
	add_qualifier(into, "arch", package->arch);
	add_qualifier(into, "distro", strbuf_slice(distro));
	if (slice_is(package->type, "rpm"))
		add_qualifier(into, "epoch", package->epoch);
}

struct slice
package_purl(const struct inventory *inventory, const struct package *package)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(strbuf) struct strbuf distro = { 0 };
	struct purl purl = { .type = package->type, .version = package->version };
	struct slice epoch, rest;
	/* An rpm's epoch is a qualifier, a deb's is part of its version. */
	if (slice_is(package->type, "rpm") && package->epoch.n && slice_cut(package->version, ':', &epoch, &rest))
		purl.version = rest;
	put_name(inventory, package, &purl);
	put_distribution(inventory, package, &distro, &purl);
	purl_write(&purl, &text);
	return text.failed || distro.failed ? SLICE_NONE : arena_dup(inventory->arena, strbuf_slice(&text));
}

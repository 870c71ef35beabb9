/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs, as the purl specification and its types spell them. */
#include "catalog/resolver.h"

#include "base/strbuf.h"

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

static void
put_qualifier(struct strbuf *into, char *before, const char *name, struct slice value)
{
	if (value.n == 0)
		return;
	strbuf_putc(into, *before);
	strbuf_puts(into, name);
	strbuf_putc(into, '=');
	strbuf_put_percent(into, value, ":");
	*before = '&';
}

/* The purl specification leaves the colon as it is. */
struct slice
package_purl(const struct inventory *inventory, const struct package *package)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(strbuf) struct strbuf distro = { 0 };
	struct slice version = package->version, head, tail;
	char before = '?';
	bool is_rpm = slice_is(package->type, "rpm");
	/* An rpm's epoch is a qualifier, a deb's is part of its version. */
	if (is_rpm && package->epoch.n && slice_cut(version, ':', &head, &tail))
		version = tail;
	strbuf_puts(&text, "pkg:");
	strbuf_put(&text, package->type);
	strbuf_putc(&text, '/');
	if (inventory->os.id.n) {
		strbuf_put_percent(&text, purl_namespace(inventory->os.id), ":");
		strbuf_putc(&text, '/');
		strbuf_put(&distro, inventory->os.id);
		strbuf_puts(&distro, inventory->os.version_id.n ? "-" : "");
		strbuf_put(&distro, inventory->os.version_id);
	}
	strbuf_put_percent(&text, package->name, ":");
	strbuf_putc(&text, '@');
	strbuf_put_percent(&text, version, ":");
	put_qualifier(&text, &before, "arch", package->arch);
	put_qualifier(&text, &before, "distro", distro.n ? strbuf_slice(&distro) : SLICE_NONE);
	if (is_rpm)
		put_qualifier(&text, &before, "epoch", package->epoch);
	return arena_dup(inventory->arena, strbuf_slice(&text));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs, as the purl specification and its types spell them. */
#include "catalog/resolver.h"

#include "base/strbuf.h"

/* Where a type's name has its namespace, and how the purl specification has both spelled. */
enum purl_name { PURL_PATH, PURL_DISTRIBUTION, PURL_MAVEN };
enum purl_spelling { PURL_AS_IS, PURL_LOWER, PURL_PYPI };

static const struct purl_type {
	const char *type;
	enum purl_name name;
	enum purl_spelling spelling;
} purl_types[] = {
	{ "deb", PURL_DISTRIBUTION, PURL_AS_IS }, { "rpm", PURL_DISTRIBUTION, PURL_AS_IS },  { "apk", PURL_DISTRIBUTION, PURL_AS_IS },
	{ "alpm", PURL_DISTRIBUTION, PURL_AS_IS }, { "ebuild", PURL_PATH, PURL_AS_IS },      { "opkg", PURL_DISTRIBUTION, PURL_AS_IS },
	{ "xbps", PURL_DISTRIBUTION, PURL_AS_IS }, { "maven", PURL_MAVEN, PURL_AS_IS },      { "pypi", PURL_PATH, PURL_PYPI },
	{ "golang", PURL_PATH, PURL_LOWER },       { "composer", PURL_PATH, PURL_LOWER },    { "hex", PURL_PATH, PURL_LOWER },
	{ "pub", PURL_PATH, PURL_LOWER },          { "github", PURL_PATH, PURL_LOWER },      { "bitnami", PURL_PATH, PURL_LOWER },
};
static const struct purl_type other_type = { NULL, PURL_PATH, PURL_AS_IS };

static const struct purl_type *
purl_type_of(struct slice type)
{
	for (size_t i = 0; i < sizeof purl_types / sizeof *purl_types; i++)
		if (slice_is(type, purl_types[i].type))
			return &purl_types[i];
	return &other_type;
}

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

static void
put_spelled(struct strbuf *into, struct slice part, enum purl_spelling spelling)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; i < part.n; i++) {
		char c = part.p[i];
		if (spelling != PURL_AS_IS && c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		strbuf_putc(&text, spelling == PURL_PYPI && (c == '_' || c == '.') ? '-' : c);
	}
	into->failed |= text.failed;
	/* The purl specification leaves the colon as it is. */
	strbuf_put_percent(into, strbuf_slice(&text), ":");
}

static void
put_name(struct strbuf *into, const struct inventory *inventory, const struct package *package, const struct purl_type *type)
{
	struct slice rest = package->name, part, group;
	if (type->name == PURL_DISTRIBUTION && inventory->os.id.n) {
		strbuf_put_percent(into, purl_namespace(inventory->os.id), ":");
		strbuf_putc(into, '/');
	}
	if (type->name == PURL_MAVEN && slice_cut(rest, ':', &group, &rest)) {
		strbuf_put_percent(into, group, "");
		strbuf_putc(into, '/');
	}
	for (bool first = true; slice_next(&rest, '/', &part); first = false) {
		strbuf_puts(into, first ? "" : "/");
		put_spelled(into, part, type->spelling);
	}
}

static void
put_distribution(struct strbuf *into, const struct inventory *inventory, const struct package *package)
{
	AUTO(strbuf) struct strbuf distro = { 0 };
	char before = '?';
	if (inventory->os.id.n) {
		strbuf_put(&distro, inventory->os.id);
		strbuf_puts(&distro, inventory->os.version_id.n ? "-" : "");
		strbuf_put(&distro, inventory->os.version_id);
	}
	put_qualifier(into, &before, "arch", package->arch);
	put_qualifier(into, &before, "distro", distro.n ? strbuf_slice(&distro) : SLICE_NONE);
	if (slice_is(package->type, "rpm"))
		put_qualifier(into, &before, "epoch", package->epoch);
	into->failed |= distro.failed;
}

struct slice
package_purl(const struct inventory *inventory, const struct package *package)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	const struct purl_type *type = purl_type_of(package->type);
	struct slice version = package->version, head, tail;
	/* An rpm's epoch is a qualifier, a deb's is part of its version. */
	if (slice_is(package->type, "rpm") && package->epoch.n && slice_cut(version, ':', &head, &tail))
		version = tail;
	strbuf_puts(&text, "pkg:");
	strbuf_put(&text, package->type);
	strbuf_putc(&text, '/');
	put_name(&text, inventory, package, type);
	if (version.n) {
		strbuf_putc(&text, '@');
		strbuf_put_percent(&text, version, ":");
	}
	if (type->name == PURL_DISTRIBUTION)
		put_distribution(&text, inventory, package);
	return text.failed ? SLICE_NONE : arena_dup(inventory->arena, strbuf_slice(&text));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which operating system it is, if any. */
#include "catalog/resolver.h"

#include "base/date.h"
#include "catalog/os_support.h"

/* etc/os-release decides, then usr/lib/os-release: both may be the same content. */
static bool
os_from_release(struct inventory *inventory, const char *path)
{
	const struct node *wanted = tree_resolve(inventory->tree, slice_of(path));
	struct row_walk walk = { 0 };
	struct shown_row shown;
	while (wanted && inventory_next_row(inventory, ROW_OS_RELEASE, &walk, &shown)) {
		if (shown.layer != wanted->content_layer || shown.row.entry != wanted->content_entry)
			continue;
		struct operating_system *os = &inventory->os;
		os->id = row_field(&shown, OS_RELEASE_ID);
		os->id_like = row_field(&shown, OS_RELEASE_ID_LIKE);
		os->name = row_field(&shown, OS_RELEASE_NAME);
		os->version = row_field(&shown, OS_RELEASE_VERSION);
		os->version_id = row_field(&shown, OS_RELEASE_VERSION_ID);
		os->codename = row_field(&shown, OS_RELEASE_CODENAME);
		os->pretty_name = row_field(&shown, OS_RELEASE_PRETTY_NAME);
		os->path = slice_of(path);
		os->layer = inventory->image ? shown.layer : UINT32_MAX;
		return true;
	}
	return false;
}

/* "CentOS release 6.10 (Final)": which id the first word stands for. */
static const struct {
	const char *file;
	const char *begins;
	const char *id;
} legacy_names[] = {
	{ "alpine-release", "", "alpine" },        { "debian_version", "", "debian" },
	{ "centos-release", "CentOS", "centos" },  { "redhat-release", "CentOS", "centos" },
	{ "redhat-release", "Red Hat", "rhel" },   { "redhat-release", "AlmaLinux", "almalinux" },
	{ "redhat-release", "Rocky", "rocky" },    { "redhat-release", "Fedora", "fedora" },
	{ "system-release", "Amazon", "amzn" },    { "SuSE-release", "SUSE", "sles" },
};

static struct slice
first_number(struct slice text)
{
	while (text.n && (text.p[0] < '0' || text.p[0] > '9'))
		text = slice_from(text, 1);
	size_t n = 0;
	while (n < text.n && ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '.'))
		n++;
	return slice_first(text, n);
}

/* As their os-release would put it: "12.5" is Debian 12, "7.5.1804" CentOS 7. */
static struct slice
legacy_version(struct slice text, const char *id)
{
	struct slice number = first_number(text), major, minor;
	slice_cut(number, '.', &major, &minor);
	return strcmp(id, "debian") == 0 || strcmp(id, "centos") == 0 ? major : number;
}

static void
os_from_legacy(struct inventory *inventory)
{
	struct row_walk walk = { 0 };
	struct shown_row shown;
	while (inventory->os.id.n == 0 && inventory_next_row(inventory, ROW_OS_LEGACY, &walk, &shown)) {
		struct slice file = row_field(&shown, OS_LEGACY_FILE), text = row_field(&shown, OS_LEGACY_TEXT);
		for (size_t i = 0; i < sizeof legacy_names / sizeof *legacy_names; i++) {
			if (!slice_is(file, legacy_names[i].file) || !slice_starts(text, slice_of(legacy_names[i].begins)))
				continue;
			inventory->os.id = slice_of(legacy_names[i].id);
			inventory->os.version_id = legacy_version(text, legacy_names[i].id);
			inventory->os.pretty_name = text;
			inventory->os.path = path_in_arena(inventory->arena, shown.node);
			inventory->os.layer = inventory->image ? shown.layer : UINT32_MAX;
			break;
		}
	}
}

/* "9.4" of "Rocky Linux release 9.4 (Blue Onyx)", where os-release may say 9 alone; absent without a minor release. */
static struct slice
red_hat_release(const struct inventory *inventory)
{
	const struct node *file = inventory->tree ? tree_resolve(inventory->tree, SLICE("/etc/redhat-release")) : NULL;
	struct row_walk walk = { 0 };
	struct shown_row shown;
	while (file && inventory_next_row(inventory, ROW_OS_LEGACY, &walk, &shown)) {
		struct slice number = first_number(row_field(&shown, OS_LEGACY_TEXT));
		if (shown.node == file && slice_find(number, '.') != SIZE_MAX)
			return number;
	}
	return SLICE_NONE;
}

static bool
has_any(const struct inventory *inventory, const char *const *paths)
{
	while (*paths && tree_resolve(inventory->tree, slice_of(*paths)) == NULL)
		paths++;
	return *paths != NULL;
}

/* Nobody looked: it has to say so itself. */
static bool
is_told_without_system(struct inventory *inventory, bool *document)
{
	struct row_walk walk = { 0 };
	struct shown_row shown;
	*document = inventory->image == NULL && inventory_next_row(inventory, ROW_SBOM, &walk, &shown);
	return *document && slice_is(row_field(&shown, SBOM_OS), "none") && inventory->os.id.n == 0;
}

/* A release file counts even where it could not be read, and so do packages of a lower layer: only nothing is none. */
static bool
is_without_system(const struct resolver *r)
{
	static const char *const shells[] = { "bin/sh", "bin/bash", "bin/busybox", "usr/bin/sh", "usr/bin/bash", "usr/bin/busybox", NULL };
	static const char *const releases[] = { "etc/os-release", "usr/lib/os-release", "etc/alpine-release", "etc/debian_version",
		                                "etc/redhat-release", "etc/centos-release", "etc/system-release", "etc/SuSE-release", NULL };
	const struct inventory *inventory = r->inventory;
	for (size_t i = 0; i < r->gaps.n; i++)
		if (slice_is(r->gaps.at[i].subject, "packages") || slice_is(r->gaps.at[i].subject, "layer"))
			return false;
	return inventory->os.id.n == 0 && !has_system_package(r) && !has_any(inventory, shells) && !has_any(inventory, releases);
}

void
resolve_os(struct resolver *r)
{
	struct inventory *inventory = r->inventory;
	struct operating_system *os = &inventory->os;
	os->support_end = DATE_NONE;
	if (!os_from_release(inventory, "/etc/os-release") && !os_from_release(inventory, "/usr/lib/os-release"))
		os_from_legacy(inventory);
	os->release = red_hat_release(inventory);
	const struct os_support *support = os_support_find(os->id, os->version_id);
	if (support) {
		os->support_end = os_support_end(support);
		os->rolling = support->end == NULL;
		if (os->codename.n == 0 && support->codename)
			os->codename = slice_of(support->codename);
	}
	os->known = os->id.n && (os->version_id.n || os->rolling);
	bool document;
	os->none = is_told_without_system(inventory, &document);
	if (!document)
		os->none = is_without_system(r);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/vendor.h"

#include "base/glob.h"

/* What rpms of a distribution say of their vendor.  One of another is foreign; one that says nothing is not. */
static const struct own_vendor {
	const char *os;                /* ID of os-release(5) */
	const char *vendors[4];        /* globs */
} own_vendors[] = {
	{ "almalinux", { "AlmaLinux**" } },
	{ "amzn", { "Amazon**" } },
	{ "azurelinux", { "Microsoft**" } },
	{ "centos", { "CentOS**", "Red Hat**" } },
	{ "fedora", { "Fedora**" } },
	{ "mariner", { "Microsoft**" } },
	{ "ol", { "Oracle**" } },
	{ "opensuse-leap", { "openSUSE**", "SUSE**" } },
	{ "opensuse-tumbleweed", { "openSUSE**", "SUSE**" } },
	{ "photon", { "VMware**", "Broadcom**" } },
	{ "rhel", { "Red Hat**" } },
	{ "rocky", { "Rocky**" } },
	{ "sled", { "SUSE**" } },
	{ "sles", { "SUSE**" } },
};

/*
 * Maintainers of debs are people, in a distribution and elsewhere: only those of well-known repositories are told apart, by the
 * maintainer or by what they put into versions.
 */
static const struct foreign_deb {
	const char *maintainer, *version;    /* globs, NULL: any */
	const char *name;
} foreign_debs[] = {
	{ "**@nginx.com>", NULL, "nginx.org" },
	{ "**nginx-packaging@f5.com>", NULL, "nginx.org" },
	{ "Docker <support@docker.com>", NULL, "Docker" },
	{ "**@nodesource.com>", NULL, "NodeSource" },
	{ NULL, "**nodesource**", "NodeSource" },
	{ NULL, "**.pgdg**", "PostgreSQL's repository (PGDG)" },
	{ NULL, "**+debian**~**.gbp**", "packages.sury.org" },
	{ NULL, "**+deb.sury.org**", "Ondrej Sury's repository" },
	{ NULL, "**+maria~**", "MariaDB's repository" },
	{ "**@oracle.com>", "**debian**", "MySQL's repository" },
	{ "**@hashicorp.com>", NULL, "HashiCorp" },
	{ "**@microsoft.com>", NULL, "Microsoft" },
	{ "Chrome Linux Team <chromium-dev@chromium.org>", NULL, "Google" },
	{ "**@grafana.com>", NULL, "Grafana" },
	{ "**@mongodb.com>", NULL, "MongoDB" },
	{ "**@elastic.co>", NULL, "Elastic" },
	{ "**@adoptium.net>", NULL, "Adoptium" },
	{ "**@azul.com>", NULL, "Azul" },
	{ "Amazon Corretto Team <corretto-team@amazon.com>", NULL, "Amazon Corretto" },
	{ "NVIDIA**", NULL, "NVIDIA" },
	{ "cudatools <cudatools@nvidia.com>", NULL, "NVIDIA" },
};

static bool
is_own(const struct own_vendor *own, struct slice vendor)
{
	for (size_t i = 0; i < 4 && own->vendors[i]; i++)
		if (glob_match(slice_of(own->vendors[i]), vendor))
			return true;
	return false;
}

static struct slice
foreign_rpm(const struct operating_system *os, const struct package *package)
{
	for (size_t i = 0; i < sizeof own_vendors / sizeof *own_vendors; i++)
		if (slice_is(os->id, own_vendors[i].os))
			return package->vendor.n == 0 || is_own(&own_vendors[i], package->vendor) ? SLICE_NONE : package->vendor;
	return SLICE_NONE;
}

static bool
is_like(const char *glob, struct slice text)
{
	return glob == NULL || glob_match(slice_of(glob), text);
}

static struct slice
foreign_deb(const struct package *package)
{
	for (size_t i = 0; i < sizeof foreign_debs / sizeof *foreign_debs; i++)
		if (is_like(foreign_debs[i].maintainer, package->vendor) && is_like(foreign_debs[i].version, package->version))
			return slice_of(foreign_debs[i].name);
	return SLICE_NONE;
}

/* "fedora 38" of a program's note: of this very release, or of this distribution without a release. */
static bool
is_this(const struct operating_system *os, struct slice distribution)
{
	struct slice id, version;
	slice_cut(distribution, ' ', &id, &version);
	return slice_eq(id, os->id) && (version.n == 0 || slice_eq(version, os->version_id));
}

/* A program that no package has, and that tells for which distribution's package it was built, may come from another one. */
static struct slice
foreign_program(const struct operating_system *os, const struct package *package)
{
	if (package->vendor.n == 0)
		return SLICE("a distribution that they do not name");
	return is_this(os, package->vendor) ? SLICE_NONE : package->vendor;
}

struct slice
package_foreign_vendor(const struct operating_system *os, const struct package *package)
{
	if (slice_is(package->evidence, "binary"))
		return foreign_program(os, package);
	if (slice_is(package->type, "rpm"))
		return foreign_rpm(os, package);
	return slice_is(package->type, "deb") ? foreign_deb(package) : SLICE_NONE;
}

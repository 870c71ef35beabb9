/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/vendor.h"

#include "advisory/database.h"
#include "base/glob.h"
#include "version/scheme.h"

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

static bool
is_like(const char *glob, struct slice text)
{
	return glob == NULL || glob_match(slice_of(glob), text);
}

/*
 * Red Hat's products beside the release, which it builds for it: a letter behind the number in the release ("el8jbcs"; "el8_9" and "el8+7"
 * are of the release), or a name before it; and what software collections are called.
 */
static const struct layered {
	const char *name, *version;    /* globs, NULL: any */
	const char *product;
} layered[] = {
	{ NULL, "**jbcs*", "JBoss Core Services" },
	{ NULL, "**.el*eap*", "JBoss Enterprise Application Platform" },
	{ NULL, "**.el*jws*", "JBoss Web Server" },
	{ NULL, "**.rhaos*", "OpenShift" },
	{ NULL, "**.el*ost*", "OpenStack" },
	{ NULL, "**.el*cp*", "Ceph Storage" },
	{ NULL, "**.el*fdp*", "Fast Datapath" },
	{ NULL, "**.el*sat*", "Satellite" },
	{ NULL, "**.el*ap", "Ansible Automation Platform" },
	{ "rh-*", NULL, "Red Hat Software Collections" },
	{ "devtoolset-*", NULL, "Red Hat Developer Toolset" },
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
has_product_tag(struct slice version)
{
	size_t at = slice_find_text(version, SLICE(".el")), n;
	struct slice rest = at == SIZE_MAX ? SLICE_NONE : slice_from(version, at + 3);
	for (n = 0; n < rest.n && is_digit(rest.p[n]);)
		n++;
	bool letter = n > 0 && n < rest.n && ((rest.p[n] >= 'a' && rest.p[n] <= 'z') || (rest.p[n] >= 'A' && rest.p[n] <= 'Z'));
	return letter || slice_find_text(version, SLICE(".rhaos")) != SIZE_MAX;
}

static struct slice
layered_product(const struct package *package)
{
	bool tagged = has_product_tag(package->version);
	for (size_t i = 0; i < sizeof layered / sizeof *layered; i++)
		if ((tagged || layered[i].name) && is_like(layered[i].name, package->name) && is_like(layered[i].version, package->version))
			return slice_of(layered[i].product);
	return tagged ? SLICE("a product of Red Hat's beside the release") : SLICE_NONE;
}

/* Repositories beside Amazon Linux 2 whose packages nothing tells but what the release has of such a name: nothing, or an older line. */
static const struct extra {
	const char *name;              /* glob, of the source */
	const char *from;              /* the lowest version that is none of the release's; NULL: all are */
	const char *topic;             /* as the ids of its advisories begin, behind ALAS2 */
	const char *repository;
} extras[] = {
	{ "nginx*", NULL, "NGINX", "Amazon Linux Extras (nginx)" },
	{ "docker", NULL, "DOCKER", "Amazon Linux Extras (docker)" },
	{ "containerd", NULL, "DOCKER", "Amazon Linux Extras (docker)" },
	{ "runc", NULL, "DOCKER", "Amazon Linux Extras (docker)" },
	{ "redis*", NULL, "REDIS", "Amazon Linux Extras (redis)" },
	{ "haproxy2", NULL, "HAPROXY", "Amazon Linux Extras (haproxy)" },
	{ "firefox", NULL, "FIREFOX", "Amazon Linux Extras (firefox)" },
	{ "python38", NULL, "PYTHON3.8", "Amazon Linux Extras (python)" },
	{ "java-11-openjdk", NULL, "JAVA-OPENJDK11", "Amazon Linux Extras (java)" },
	{ "java-1.8.0-amazon-corretto", NULL, "CORRETTO8", "Amazon Linux Extras (corretto)" },
	{ "php", "7", "PHP", "Amazon Linux Extras (php)" },
	{ "postgresql", "9.6", "POSTGRESQL", "Amazon Linux Extras (postgresql)" },
	{ "ruby", "2.4", "RUBY", "Amazon Linux Extras (ruby)" },
	{ "tomcat", "8", "TOMCAT", "Amazon Linux Extras (tomcat)" },
	{ "mariadb", "10", "MARIADB", "Amazon Linux Extras (mariadb)" },
	{ "squid", "4", "SQUID", "Amazon Linux Extras (squid)" },
	{ "unbound", "1.13", "UNBOUND", "Amazon Linux Extras (unbound)" },
	{ "dovecot", "2.3", "DOVECOT", "Amazon Linux Extras (dovecot)" },
	{ "memcached", "1.5", "MEMCACHED", "Amazon Linux Extras (memcached)" },
	{ "kernel", "5", "KERNEL-", "Amazon Linux Extras (kernel)" },
};

static bool
has_topic(const struct database *database, const char *topic)
{
	size_t n;
	const struct data_feed *feeds = database_feeds(database, &n);
	for (size_t i = 0; i < n; i++) {
		struct slice name = feeds[i].name;
		if (slice_skip(&name, SLICE("updateinfo amzn:2 ")) && slice_starts(name, slice_of(topic)))
			return true;
	}
	return false;
}

static bool
is_of_extra(const struct extra *extra, const struct package *package)
{
	struct slice version = package->version, epoch, rest;
	if (slice_cut(version, ':', &epoch, &rest))
		version = rest;
	return glob_match(slice_of(extra->name), package->source.n ? package->source : package->name) &&
	       (extra->from == NULL || version_rpm.compare(version, slice_of(extra->from)) >= 0);
}

static struct slice
extra_repository(const struct database *database, const struct package *package)
{
	for (size_t i = 0; i < sizeof extras / sizeof *extras; i++)
		if (is_of_extra(&extras[i], package))
			return has_topic(database, extras[i].topic) ? SLICE_NONE : slice_of(extras[i].repository);
	return SLICE_NONE;
}

static struct slice
foreign_rpm(const struct database *database, const struct operating_system *os, const struct package *package)
{
	for (size_t i = 0; i < sizeof own_vendors / sizeof *own_vendors; i++)
		if (slice_is(os->id, own_vendors[i].os) && package->vendor.n && !is_own(&own_vendors[i], package->vendor))
			return package->vendor;
	if (slice_is(os->id, "rhel"))
		return layered_product(package);
	bool second = slice_is(os->id, "amzn") && slice_is(os->version_id, "2");
	return second ? extra_repository(database, package) : SLICE_NONE;
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
package_foreign_vendor(const struct database *database, const struct operating_system *os, const struct package *package)
{
	if (slice_is(package->evidence, "binary"))
		return foreign_program(os, package);
	if (slice_is(package->type, "rpm"))
		return foreign_rpm(database, os, package);
	return slice_is(package->type, "deb") ? foreign_deb(package) : SLICE_NONE;
}

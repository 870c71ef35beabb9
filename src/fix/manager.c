/* SPDX-License-Identifier: Apache-2.0 */
/* The table of package managers. */
#include "fix/manager.h"

#define PROGRAMS(...) (const char *const[]){ __VA_ARGS__, NULL }

/*
 * Mirrors keep the newest version of a package, not each that was: what is asked for is the newest, and that it is new enough is
 * checked after: dnf and zypper are content where there is none, and those without `at_least` have no words to ask.  apk calls it a success to keep what it was told to remove.  apk before 2.12 upgrades
 * everything, whatever packages it is told to, but fixes those alone.  Where more than one is there, the one that people call comes first.
 */
static const struct manager managers[] = {
	{ "apt", "deb", PROGRAMS("/usr/bin/apt-get"), "apt-get update",
	  "DEBIAN_FRONTEND=noninteractive apt-get install --only-upgrade --no-install-recommends -y %N",
	  "DEBIAN_FRONTEND=noninteractive apt-get install --no-install-recommends -y %N", "DEBIAN_FRONTEND=noninteractive apt-get purge -y %N", "=",
	  "dpkg --compare-versions \"$(dpkg-query -W -f '${source:Version}' %N)\" ge %V", "rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb" },
	{ "apk", "apk", PROGRAMS("/sbin/apk", "/usr/sbin/apk", "/usr/bin/apk"), NULL, "apk fix --upgrade --no-cache %N", "apk add --no-cache %N", "apk del --no-cache %N && [ -z \"$(apk info -e %N)\" ]", "=",
	  "apk info -e %N'>='%V", NULL },
	{ "dnf", "rpm", PROGRAMS("/usr/bin/dnf"), NULL, "dnf upgrade -y %N", "dnf install -y %N", "dnf remove -y %N", "-",
	  "[ -n \"$(dnf -q repoquery --installed --whatprovides %N' >= '%V)\" ]", "dnf clean all" },
	{ "microdnf", "rpm", PROGRAMS("/usr/bin/microdnf"), NULL, "microdnf update -y %N", "microdnf install -y %N", "microdnf remove -y %N", "-", NULL,
	  "microdnf clean all" },
	{ "tdnf", "rpm", PROGRAMS("/usr/bin/tdnf"), NULL, "tdnf update -y %N", "tdnf install -y %N", "tdnf remove -y %N", "-", NULL, "tdnf clean all" },
	{ "zypper", "rpm", PROGRAMS("/usr/bin/zypper"), "zypper --non-interactive refresh", "zypper --non-interactive update %N",
	  "zypper --non-interactive install --no-recommends %N", "zypper --non-interactive remove %N", "=",
	  "zypper --non-interactive search --installed-only --provides --match-exact %N'>='%V", "zypper clean --all" },
	{ "yum", "rpm", PROGRAMS("/usr/bin/yum"), NULL, "yum update -y %N", "yum install -y %N", "yum remove -y %N", "-", NULL, "yum clean all" },
	/* Arch has no partial upgrades: all goes, or nothing. */
	{ "pacman", "alpm", PROGRAMS("/usr/bin/pacman"), NULL, "pacman -Syu --noconfirm", "pacman -Syu --noconfirm %N", "pacman -Rns --noconfirm %N", NULL, NULL,
	  "rm -rf /var/cache/pacman/pkg/*" },
};

static bool
has_program(const struct inventory *inventory, const struct manager *manager)
{
	for (const char *const *program = manager->programs; *program; program++)
		if (tree_resolve(inventory->tree, slice_of(*program)))
			return true;
	return false;
}

const struct manager *
manager_of(const struct inventory *inventory, struct slice type)
{
	for (size_t i = 0; i < sizeof managers / sizeof *managers; i++)
		if (slice_is(type, managers[i].type) && has_program(inventory, &managers[i]))
			return &managers[i];
	return NULL;
}

struct slice
manager_type(const struct inventory *inventory)
{
	for (size_t i = 0; i < sizeof managers / sizeof *managers; i++)
		if (has_program(inventory, &managers[i]))
			return slice_of(managers[i].type);
	return SLICE_NONE;
}

static bool
is_of(struct slice text, const char *beside)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!plain && (c == '\0' || strchr(beside, c) == NULL))
			return false;
	}
	return text.n > 0 && strchr("-+~.:=@", text.p[0]) == NULL;
}

/* A plus or minus at the end is a wish of its own to apt, "g++" apart, which ends in two and is told with its version or behind --. */
bool
manager_takes_name(struct slice name)
{
	return is_of(name, "-+._@") && !slice_ends(name, SLICE("-")) && (!slice_ends(name, SLICE("+")) || slice_ends(name, SLICE("++")));
}

bool
manager_takes_version(struct slice version)
{
	return is_of(version, "-+.:~_^");
}

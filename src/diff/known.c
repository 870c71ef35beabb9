/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that package managers write without listing them: what they keep of
 * their own, and what they make anew.  Only data of root counts, which keeps
 * its owner and mode: a program, a link that is not expected, what others may
 * write, a file with set-id bits is explained by none of it.
 */
#include "diff/comparing.h"

#include "base/glob.h"

#define MANAGER    CAUSE_PACKAGE_MANAGER
#define GENERATED  CAUSE_GENERATED
#define OF_TYPE(type, glob)              { glob, type, "*", false, MANAGER, "what the package manager keeps of its packages" }
#define MADE(type, package, glob, why)   { glob, type, package, false, GENERATED, why }

static const struct known_file known_files[] = {
	OF_TYPE("deb", "/var/lib/dpkg/status"),
	OF_TYPE("deb", "/var/lib/dpkg/status-old"),
	OF_TYPE("deb", "/var/lib/dpkg/status.d/*"),
	OF_TYPE("deb", "/var/lib/dpkg/available"),
	OF_TYPE("deb", "/var/lib/dpkg/available-old"),
	OF_TYPE("deb", "/var/lib/dpkg/diversions*"),
	OF_TYPE("deb", "/var/lib/dpkg/statoverride*"),
	OF_TYPE("deb", "/var/lib/dpkg/alternatives/*"),
	OF_TYPE("deb", "/var/lib/dpkg/triggers/*"),
	OF_TYPE("deb", "/var/lib/apt/extended_states"),
	OF_TYPE("apk", "/lib/apk/db/*"),
	OF_TYPE("apk", "/usr/lib/apk/db/*"),
	OF_TYPE("apk", "/etc/apk/world"),
	OF_TYPE("rpm", "/var/lib/rpm/*"),
	OF_TYPE("rpm", "/usr/lib/sysimage/rpm/*"),
	OF_TYPE("rpm", "/usr/share/rpm/*"),
	OF_TYPE("rpm", "/var/lib/dnf/**"),
	OF_TYPE("rpm", "/var/lib/yum/**"),

	/* With times in them, or with what a repository had on that day. */
	MADE(NULL, NULL, "/var/log/dpkg.log", "dpkg's log has times"),
	MADE(NULL, NULL, "/var/log/alternatives.log", "update-alternatives' log has times"),
	MADE(NULL, NULL, "/var/log/apt/*.log", "apt's logs have times"),
	MADE(NULL, NULL, "/var/log/apt/*.log.xz", "apt's logs have times"),
	MADE(NULL, NULL, "/var/log/apk.log", "apk's log has times"),
	MADE(NULL, NULL, "/var/log/dnf*.log", "dnf's logs have times"),
	MADE(NULL, NULL, "/var/log/hawkey.log", "dnf's logs have times"),
	MADE(NULL, NULL, "/var/log/yum.log", "yum's log has times"),
	MADE(NULL, NULL, "/var/log/zypp*/**", "zypper's logs have times"),
	MADE(NULL, NULL, "/var/lib/apt/lists/**", "lists of packages as the repository had them that day"),
	MADE(NULL, NULL, "/var/cache/apt/*.bin", "apt's index of its lists"),
	MADE(NULL, NULL, "/var/cache/apk/**", "lists of packages as the repository had them that day"),
	MADE(NULL, NULL, "/var/cache/dnf/**", "lists of packages as the repository had them that day"),
	MADE(NULL, NULL, "/var/cache/yum/**", "lists of packages as the repository had them that day"),
	MADE(NULL, NULL, "/var/cache/zypp/**", "lists of packages as the repository had them that day"),
	MADE(NULL, NULL, "/var/cache/ldconfig/aux-cache", "ldconfig notes inodes and times of libraries"),
	MADE(NULL, NULL, "/etc/machine-id", "drawn at random"),
	MADE(NULL, NULL, "/var/lib/dbus/machine-id", "drawn at random"),

	/* Made of what all packages bring. */
	MADE(NULL, "*", "/etc/ld.so.cache", "ldconfig's index of libraries"),
	MADE(NULL, "*", "/var/cache/apt/archives/*.deb", "packages as they were fetched"),
	MADE("deb", "*", "/var/cache/debconf/*", "answers to questions of packages"),
	MADE(NULL, "*", "/var/cache/fontconfig/*", "index of fonts"),
	MADE(NULL, "*", "/usr/share/info/dir", "index of manuals"),
	MADE(NULL, "*", "/usr/share/mime/**", "index of kinds of files"),
	MADE(NULL, "*", "/usr/share/glib-2.0/schemas/gschemas.compiled", "index of settings"),
	MADE(NULL, "*", "/usr/lib/locale/locale-archive", "compiled locales"),
	MADE(NULL, "ca-certificates", "/etc/ssl/certs/ca-certificates.crt", "made from the certificates of ca-certificates"),
	MADE(NULL, "ca-certificates", "/etc/ssl/certs/java/cacerts", "made from the certificates of ca-certificates"),
	{ "/etc/ssl/certs/*", NULL, "ca-certificates", true, GENERATED, "links to the certificates of ca-certificates" },
	MADE(NULL, "ca-certificates", "/etc/pki/ca-trust/extracted/**", "made from the certificates of ca-certificates"),
};

/* Hashes and names of certificates lead to one beside them, or to where packages put theirs. */
static bool
is_certificate(struct slice link)
{
	bool beside = slice_find(link, '/') == SIZE_MAX;
	return slice_find_text(link, SLICE("..")) == SIZE_MAX &&
	       (beside || slice_starts(link, SLICE("/usr/share/ca-certificates/")) || slice_starts(link, SLICE("/etc/ssl/certs/")));
}

static bool
is_data(const struct node *node, const struct entry *entry, bool links)
{
	if (node == NULL)
		return true;
	if (links)
		return entry->type == ENTRY_SYMLINK && is_certificate(entry->link);
	if (entry->type == ENTRY_DIRECTORY)
		return (entry->mode & 07022) == 0;
	return entry->type == ENTRY_FILE && (entry->mode & 07133) == 0 && entry->uid == 0 && entry->capability.p == NULL;
}

static const char *const types[] = { "deb", "apk", "rpm" };

bool
is_system_type(struct slice type)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_is(type, types[i]))
			return true;
	return false;
}

static bool
any_changed(const struct comparing *c, const struct known_file *known)
{
	bool whole = strcmp(known->package, "*") == 0;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (known->type && strcmp(known->type, types[i]) != 0)
			continue;
		if (whole ? map_find(&c->types, slice_of(types[i])) != NULL : package_change(c, slice_of(types[i]), slice_of(known->package)) != NULL)
			return true;
	}
	return false;
}

static bool
holds(const struct comparing *c, const struct known_file *known, const struct file_change *file)
{
	if (!glob_match(slice_of(known->glob), file->path) || (known->package && !any_changed(c, known)))
		return false;
	bool kept = file->kind != CHANGE_CHANGED || file_same_holder(file);
	return kept && is_data(file->old, &file->was, known->links) && is_data(file->new, &file->is, known->links);
}

const struct known_file *
known_file_find(const struct comparing *c, const struct file_change *file)
{
	for (size_t i = 0; i < sizeof known_files / sizeof *known_files; i++)
		if (holds(c, &known_files[i], file))
			return &known_files[i];
	return NULL;
}

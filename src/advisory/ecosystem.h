/* SPDX-License-Identifier: Apache-2.0 */
/* One spelling for the releases that feeds and images name: "debian:12", "alpine:3.20"; see record.h. */
#ifndef ADVISORY_ECOSYSTEM_H
#define ADVISORY_ECOSYSTEM_H

#include "base/strbuf.h"
#include "catalog/inventory.h"

struct version_scheme;

/* "Debian:12", "Alpine:v3.20", "Ubuntu:22.04:LTS" as OSV spells them; what is no distribution stays as it is. */
void ecosystem_of_osv(struct slice name, struct strbuf *into);
/* What such a name has before the release, for those who have it: "Pro", "FIPS-updates"; absent for everybody's. */
struct slice ecosystem_osv_channel(struct slice name);
/*
 * SUSE's products end with their release: "15 SP3-LTSS" is 15.3, for those who pay for longer too, whose packages are of the same
 * release; "Basesystem 15 SP3" and "Python 3 15 SP3" are modules, and most packages of a server are of modules.  False for one that has none.
 */
bool ecosystem_suse_release(struct slice product, struct strbuf *into);
/* The number of a Debian release by its code name; absent when it is not known. */
struct slice ecosystem_debian_release(struct slice codename);
/* The same of Ubuntu's: "22.04" of "jammy". */
struct slice ecosystem_ubuntu_release(struct slice codename);
/* What an operating system's packages are judged by; false when it does not tell enough. */
bool ecosystem_of_os(const struct operating_system *os, struct strbuf *into);
/* OSV's name of the ecosystem of a language's purl type: "PyPI" of pypi; NULL where it has none. */
const char *ecosystem_of_type(struct slice type);
/*
 * A package's name as its ecosystem compares names, for feeds and packages alike: PyPI's as PEP 503 has them, of others without
 * case; in the arena where that is another spelling, absent without memory.
 */
struct slice ecosystem_package_name(struct slice ecosystem, struct slice name, struct arena *arena);
/* How the versions that a feed has for an ecosystem or release are ordered; NULL where none is known. */
const struct version_scheme *ecosystem_scheme(struct slice key);
/*
 * Where an artifact of Maven is looked for when its group is not known: each statement is there once more, under the artifact alone.
 * No ecosystem of OSV's is called so.
 */
#define ECOSYSTEM_MAVEN_ARTIFACT "Maven:artifact"
/* A release of a distribution, not a language's registry. */
bool ecosystem_is_release(struct slice key);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* One spelling for the releases that feeds and images name: "debian:12", "alpine:3.20"; see record.h. */
#ifndef ADVISORY_ECOSYSTEM_H
#define ADVISORY_ECOSYSTEM_H

#include "base/strbuf.h"
#include "catalog/inventory.h"

/* "Debian:12", "Alpine:v3.20", "Ubuntu:22.04:LTS" as OSV spells them; what is no distribution stays as it is. */
void ecosystem_of_osv(struct slice name, struct strbuf *into);
/* The number of a Debian release by its code name; absent when it is not known. */
struct slice ecosystem_debian_release(struct slice codename);
/* What an operating system's packages are judged by; false when it does not tell enough. */
bool ecosystem_of_os(const struct operating_system *os, struct strbuf *into);
/* OSV's name of the ecosystem of a language's purl type: "PyPI" of pypi; NULL where it has none. */
const char *ecosystem_of_type(struct slice type);
/* A name as PyPI compares them (PEP 503): lower case, runs of - _ . as one -; in the arena, absent without memory. */
struct slice ecosystem_pypi_name(struct slice name, struct arena *arena);
/* A release of a distribution, not a language's registry. */
bool ecosystem_is_release(struct slice key);

#endif

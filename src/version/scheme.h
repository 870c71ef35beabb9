/* SPDX-License-Identifier: Apache-2.0 */
/* One ordering a file, one `const struct version_scheme` each, one array of all in schemes.c. */
#ifndef VERSION_SCHEME_H
#define VERSION_SCHEME_H

#include "base/slice.h"

#include <plimsoll/error.h>

struct version_bounds;

struct version_scheme {
	const char *name;
	/* 0, or PLIM_EFORMAT with the reason for what the ecosystem's own tool rejects. */
	int (*check)(struct slice version, struct plim_error *err);
	/* Below, equal to or above zero; total (antisymmetric, transitive) over any bytes, so that sorting is safe. */
	int (*compare)(struct slice a, struct slice b);
	/*
	 * Whether a version that check let pass lies in a range of the ecosystem's
	 * own syntax: 0, or PLIM_EFORMAT for a range that its tool rejects.
	 * NULL where a range is a list of bounds.
	 */
	int (*satisfies)(struct slice range, struct slice version, bool *inside, struct plim_error *err);
	const struct version_bounds *bounds;
	/* A distribution's: what stands behind the last hyphen is its revision of upstream's version. */
	bool distribution;
};

#define VERSION_SCHEME(name) extern const struct version_scheme version_##name;
#include "version/schemes.def"
#undef VERSION_SCHEME
/* Go's modules as OSV writes them, without their v; in no list. */
extern const struct version_scheme version_go_bare;
extern const struct version_scheme *const version_schemes[];    /* NULL-terminated, by name */

/* NULL when there is none of that name. */
const struct version_scheme *version_scheme_find(struct slice name);
/* The ordering of a purl type ("deb", "golang"); NULL where none is known, or none exists, as for the digests of "oci". */
const struct version_scheme *version_scheme_for_type(struct slice purl_type);

/* The same as the scheme's `satisfies`, with ranges of VERS ("vers:npm/>=1|<2") too; checks the version first. */
int version_satisfies(const struct version_scheme *scheme, struct slice range, struct slice version, bool *inside, struct plim_error *err);

#endif

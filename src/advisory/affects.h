/* SPDX-License-Identifier: Apache-2.0 */
/* Which versions one statement of a feed means, and which package. */
#ifndef ADVISORY_AFFECTS_H
#define ADVISORY_AFFECTS_H

#include "advisory/match.h"
#include "advisory/store.h"
#include "version/scheme.h"

/* Introduced at one version, and until the next introduction fixed at or last seen in another, or no longer spoken of from a limit on. */
struct version_span {
	struct slice introduced, fixed, last, limit;
	bool behind;               /* the version of the introduction itself is not meant */
};

/* The next of the spans that events are; a copy of a statement's is walked. */
bool statement_next_span(struct store_list *events, struct version_span *out);
/* It names this very version, in whatever spelling. */
bool statement_lists(const struct store_statement *s, const struct version_scheme *scheme, struct slice version);

/* What one statement says of one version. */
struct judgement {
	bool vulnerable;
	enum match_state state;
	struct slice fixed;
};

/* A version that statements are held against.  Those of one package often name one fix, one behind the other: it is compared once. */
struct yardstick {
	const struct version_scheme *scheme;
	struct slice version;
	bool valid;                /* its ecosystem would take it */
	struct slice fix;          /* the last one, by its place in the file */
	bool fix_valid, has_fix;
};
struct yardstick yardstick_of(const struct version_scheme *scheme, struct slice version);
struct judgement statement_judge(const struct store_statement *s, struct yardstick *against);

/*
 * Is it of a package with this label of a module ("nodejs:18:8090020240101:abc"), or with none?  What is said of a stream is of its
 * packages alone.  What is said of none is of the packages of none, unless the feed knows no streams of the package in all the
 * `whole` group: then it is of all.
 */
bool statement_is_of_module(const struct store_statement *s, struct store_group whole, struct slice label);

/* By which names and versions a distribution's data speaks of an installed package: its source; of rpm also what is installed. */
struct known_as {
	struct slice name, version;
};
#define KNOWN_AS_MOST 2
size_t package_known_as(const struct package *package, struct known_as out[static KNOWN_AS_MOST]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a distribution's revision of an older version has what a newer
 * version of its upstream mended: the distribution's data says so of each
 * advisory that upstream fixed by then.
 */
#ifndef ADVISORY_BACKPORT_H
#define ADVISORY_BACKPORT_H

#include "advisory/match.h"

struct upstream {
	struct slice ecosystem;       /* OSV's name of it; absent: where software is that no registry of a language keeps */
	struct slice name;
	struct slice installed, wanted;    /* as upstream counts versions: neither epoch nor revision */
};

enum backport_state {
	BACKPORT_WHOLE,
	BACKPORT_LACKING,             /* the distribution says that at least one is not mended */
	BACKPORT_UNKNOWN,
};

struct backport {
	enum backport_state state;
	size_t asked;                 /* how many advisories upstream fixed by then */
	const struct slice *ids;      /* sorted; BACKPORT_LACKING: what it lacks */
	size_t id_count;
	struct slice fixed_version;   /* BACKPORT_LACKING: the first revision that has them all, absent where not all have one */
	struct slice reason;          /* BACKPORT_UNKNOWN: a sentence */
};

/*
 * `package` is one of the operating system's.  An advisory counts when the wanted version is free of it and the installed one is not, or
 * when upstream fixed it by the wanted one and the distribution says that this revision has it.  Texts live in `arena` or in the database.
 */
int backport_ask(const struct database *database, const struct operating_system *os, const struct package *package,
                 const struct upstream *upstream, struct arena *arena, struct backport *out, struct plim_error *err);

#endif

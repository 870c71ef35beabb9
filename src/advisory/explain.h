/* SPDX-License-Identifier: Apache-2.0 */
/* Why each advisory applied to a package, or did not, for whoever asks: of those ids and packages that a glob matches. */
#ifndef ADVISORY_EXPLAIN_H
#define ADVISORY_EXPLAIN_H

#include "advisory/affects.h"
#include "advisory/channel.h"
#include "base/vec.h"

struct explaining {
	struct slice glob;             /* of names, ids and aliases; absent: nothing is asked */
	struct arena *arena;           /* owns the texts */
	VEC(struct match_reason) list;  /* in the order in which they were heard */
};

/* What was made of one statement about a package. */
struct heard {
	const struct package *package;
	struct slice version;          /* as it was compared */
	const struct version_scheme *scheme;
	const struct store_statement *statement;
	const struct store_advisory *advisory;
	struct slice feed;
	enum hearing hearing;
	struct judgement judgement;
	bool other_module;             /* of another stream of a module */
	bool cleared;                  /* by the release's own feed */
};

/* Is it asked about? */
bool explaining_wants(const struct explaining *explaining, const struct package *package, const struct store_advisory *advisory);
/* False without memory. */
bool explaining_add(struct explaining *explaining, const struct heard *heard);

#endif

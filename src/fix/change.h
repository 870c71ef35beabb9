/* SPDX-License-Identifier: Apache-2.0 */
/* What can be changed of an image, one thing at a time, and why. */
#ifndef FIX_CHANGE_H
#define FIX_CHANGE_H

#include "base/vec.h"
#include "policy/base.h"
#include "policy/verdict.h"

enum fix_kind {
	FIX_UPGRADE,     /* the installed packages of one source, to a version or a newer one */
	FIX_INSTALL,
	FIX_REMOVE,      /* a package, and what cannot be without it */
	FIX_STEP,        /* of a file, as policy/mend.h has it */
	FIX_SETTING,     /* of the image's configuration */
	FIX_BASE,        /* a newer generation of what it is built on, where a Dockerfile is at hand to say so */
};

enum setting {
	SETTING_USER,           /* value */
	SETTING_STOP_SIGNAL,    /* value */
	SETTING_ENTRYPOINT,     /* words */
	SETTING_CMD,            /* words */
	SETTING_NO_HEALTHCHECK,
	SETTING_EMPTY_ENV,      /* name: the variable stays, its value does not */
	SETTING_NO_ENV,         /* name; this and what follows only where a Dockerfile sets it, for nothing takes them back later */
	SETTING_NO_PORT,        /* name, as the configuration has it */
	SETTING_NO_VOLUME,
	SETTING_NO_LABEL,
	SETTING_COUNT
};

struct fix_change {
	enum fix_kind kind;
	struct slice type, name;       /* of packages their purl type; of an upgrade the source; of a setting its key */
	struct slice version;          /* of an upgrade: of the source, at least; of an installation absent where any will do */
	bool advised;                  /* an advisory says that there is such a version */
	const struct slice *packages;  /* sorted: what is upgraded or removed */
	size_t package_count;
	struct mend_step step;
	enum setting setting;
	struct slice value;
	struct string_list words;
	bool alone;                    /* of an entry point: no command stands behind it any more */
	size_t attempt;                /* of a user: which of those that may be tried */
	const struct generation *generation;    /* of a base; the policy's.  `value` is its reference, `packages` are its */
	bool binary;                   /* the version is the package's, of its source nothing is known */
	bool off;                      /* not part of the mend (any more) */
	VEC(struct slice) mends;       /* rules of the findings that ask for it, each once */
};

struct fix_changes {
	struct arena *arena;           /* owns all texts; borrowed */
	VEC(struct fix_change *) list;     /* in the order in which they were found, which is that of the findings */
};

void fix_changes_done(struct fix_changes *changes);
static inline void
auto_fix_changes(struct fix_changes *changes)
{
	fix_changes_done(changes);
}

/* The change of that kind and name (of steps and settings: the same), which is switched on, or NULL. */
struct fix_change *fix_changes_find(const struct fix_changes *changes, const struct fix_change *like);
/* Adds a copy with `rule` for its reason, or the rule to the one that is there; `*out` may be NULL.  `*fresh` becomes true where something is new. */
int fix_changes_add(struct fix_changes *changes, const struct fix_change *change, struct slice rule, bool *fresh, struct fix_change **out, struct plim_error *err);

#endif

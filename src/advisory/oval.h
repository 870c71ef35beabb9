/* SPDX-License-Identifier: Apache-2.0 */
/* OVAL definitions: what feed_oval.c reads of a file, and what its siblings make of it. */
#ifndef ADVISORY_OVAL_H
#define ADVISORY_OVAL_H

#include "advisory/builder.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/xml_tree.h"

/* "Oracle Linux 8" is ol:8.  Names of products that begin alike stand with the longer one first. */
struct oval_product {
	const char *begins;
	const char *id;            /* NULL: no release of an operating system that images have, what is under it is not read */
	const char *packs;         /* of this release it is for all service packs */
};

struct oval_maker {
	const char *ids;           /* what the ids of its definitions begin with */
	const struct oval_product *products;
	const char *id, *tag;      /* of one whose files name no release: it is in the releases of versions, "azl3" */
};
/* Of the file, by how it begins; NULL: none that is known. */
const struct oval_maker *oval_maker(struct slice bytes);
bool oval_is_red_hat(const struct oval_maker *maker);

enum oval_bound { BOUND_ANY, BOUND_LESS, BOUND_LESS_EQUAL, BOUND_EQUAL, BOUND_GREATER, BOUND_GREATER_EQUAL, BOUND_NEVER };

struct oval_state {
	enum oval_bound bound;
	struct slice evr, version;     /* one of them, or neither: of the architecture, or who signed it */
};

struct oval_test {
	struct slice object, kind, comment;
	struct slice states[4];
	size_t state_count;
	bool none;                 /* passes where there is no such package */
};

struct oval_counted {
	struct slice release;
	size_t n;
};

struct oval {
	struct builder *builder;
	struct arena *arena;       /* of what the second walk looks up */
	const struct oval_maker *maker;
	struct map tests, objects, states;
	struct slice tagged;       /* the release that versions tell, of a maker with a tag */
	VEC(struct oval_counted) tags;
	struct map counted;        /* struct oval_counted by release */
	VEC(struct oval_counted *) counts;    /* the same, in their order */
	int64_t made;
	uint64_t records;
};

#define OVAL_RELEASE_MOST 64
#define OVAL_MODULE_MOST 32

struct oval_release {
	struct slice key;
	bool named;                /* itself, not as one of the service packs of another */
};

struct oval_scope {
	struct oval_release releases[OVAL_RELEASE_MOST];
	size_t release_count;
	struct slice modules[OVAL_MODULE_MOST];    /* any of them; none: of packages of no module */
	size_t module_count;
	bool beside;               /* below a product that is no release */
};

/* What one criterion asks. */
enum oval_ask { ASK_NOTHING, ASK_RELEASE, ASK_MODULE, ASK_BESIDE, ASK_PACKAGE };
struct oval_asked {
	enum oval_ask ask;
	struct slice text;         /* the release, the module, or the package */
	bool packs;                /* the release and its service packs */
	enum oval_bound bound;
	struct slice evr;
};

struct oval_definition {
	struct oval *oval;
	struct arena *arena;       /* of this one */
	const struct xml_element *from;
	struct slice id;
	bool unaffected;
	int64_t issued;
	struct map seen, unfixed;
	VEC(struct affected) affected;
};

/* Of one package under one AND: from where on, and until where. */
struct oval_limits {
	struct slice package;
	struct oval_asked low, high;
	bool never;
};

/* Seconds since 1970, of UTC where no zone is written; DATE_NONE: none. */
int64_t oval_date(struct slice text, struct arena *arena);
/* The definition's metadata; what it points to is of the definition's arena.  Notes when it was issued. */
int oval_fill_advisory(struct oval_definition *d, struct advisory *out, struct plim_error *err);
/* What its maker does not mend, by package, for oval_put. */
int oval_take_resolutions(struct oval_definition *d, struct plim_error *err);
/* Adds to `affected` what the criteria say. */
int oval_read_criteria(struct oval_definition *d, struct plim_error *err);
/* Fails at a criterion that is not understood: nothing is left out silently. */
int oval_ask(const struct oval_definition *d, const struct xml_element *criterion, struct oval_asked *out, struct plim_error *err);
void oval_limits_add(struct oval_limits *to, const struct oval_asked *asked);
/* Adds to `affected` what the limits say, in each release and module of the scope. */
int oval_put(struct oval_definition *d, const struct oval_scope *scope, const struct oval_limits *l, struct plim_error *err);

#endif

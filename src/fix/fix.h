/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest set of changes after which a policy passes an image: asked of its findings, tried on what a layer with them would be, and
 * thinned out to those without which more would be left.
 */
#ifndef FIX_FIX_H
#define FIX_FIX_H

#include "fix/change.h"
#include "fix/dockerfile.h"
#include "fix/script.h"
#include "policy/policy.h"

/*
 * Judges the image `image` (NULL for a tree) with `top` above its blocks, of none for NULL.  Both results are the caller's; the inventory
 * outlives the verdict.
 */
typedef int fix_judge_fn(void *context, const struct image *image, const struct block *top, struct inventory **inventory, struct verdict **verdict,
                         struct plim_error *err);

/* A finding that fails, whatever is changed. */
struct remaining {
	const struct finding *finding;     /* of mending.after */
	struct slice reason;
};

struct mending {
	struct arena *arena;
	struct inventory *from;            /* of the image as it is */
	struct verdict *before;
	struct inventory *with;            /* with the changes; NULL where there are none */
	struct verdict *after;             /* with the changes; `before` itself where there are none */
	struct fix_changes changes;            /* those that are on count */
	struct script script;
	bool pinned;
	struct remaining *remaining;
	size_t remaining_count;
	size_t judged;                     /* how often it was */
};

struct fix_request {
	const struct image *image;         /* NULL for a tree */
	const struct dockerfile *dockerfile;    /* NULL: none is at hand */
	const struct policy *policy;
	int64_t at;
	fix_judge_fn *judge;
	void *context;
};

int fix_make(const struct fix_request *request, struct mending **out, struct plim_error *err);
void mending_free(struct mending *mending);
AUTO_DEFINE(mending, struct mending, mending_free)

size_t mending_change_count(const struct mending *mending);    /* of those that are on */

/* An image that a configuration, a history and (`layer`) a layer more would make; all in the arena. */
int fix_image(const struct image *image, const struct fix_changes *changes, const struct script *script, bool layer, struct arena *arena,
              struct image **out, struct plim_error *err);

/* Writers.  What comes from the image is shown as reports show it. */
struct fix_subject {
	const struct mending *mending;
	struct slice target;
	struct slice repository;   /* "HOST/PATH" that it was read from; absent: no registry told where it lives */
	const struct dockerfile *dockerfile;
	struct slice dockerfile_name;
};

struct fix_writer {
	const char *name;
	bool of_images;            /* a tree has nothing that it could be written about */
	bool wants_dockerfile;
	int (*write)(const struct fix_subject *subject, struct strbuf *into, struct plim_error *err);
};
extern const struct fix_writer *const fix_writers[];    /* NULL-terminated; the first is the default */
extern const struct fix_writer fix_writer_text, fix_writer_json, fix_writer_patch, fix_writer_containerfile;

#endif

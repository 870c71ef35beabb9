/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry speaks of: some images, paths, layers, ecosystems.  All that a scope names must match; without one an entry speaks of everything. */
#ifndef POLICY_SCOPE_H
#define POLICY_SCOPE_H

#include "policy/fields.h"
#include "policy/verdict.h"

struct scope {
	struct slice_list images;       /* globs of repositories */
	struct slice_list paths;
	struct slice_list layers;       /* globs of diff ids, or "base" and "application" */
	struct slice_list ecosystems;   /* globs of purl types */
	const struct yaml_node *at;     /* NULL: no scope */
};

field_fn repositories_read;             /* struct slice_list: globs in which any `*` takes "/" too, as other policies of repositories read them */
field_fn scope_read;                    /* struct scope */
/* Only the image may be named: for what has no path, layer or package. */
field_fn image_scope_read;

/* It cannot be told without the destination where it names images, without the base or the layer where it names layers. */
enum scoped { SCOPE_OUT, SCOPE_IN, SCOPE_NO_DESTINATION, SCOPE_NO_ORIGIN, SCOPE_NO_LAYER };
/* `destination` is a repository, absent where none was told. */
enum scoped scope_takes_image(const struct scope *scope, struct slice destination);
/* `evidence` has its layer's digest and origin, where these are known.  A path or ecosystem that it does not have no glob matches. */
enum scoped scope_takes(const struct scope *scope, struct slice destination, const struct evidence *evidence);

#endif

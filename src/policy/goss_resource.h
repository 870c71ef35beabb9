/* SPDX-License-Identifier: Apache-2.0 */
/* Goss' resources that an image has without running: files, packages, users, groups. */
#ifndef POLICY_GOSS_RESOURCE_H
#define POLICY_GOSS_RESOURCE_H

#include "policy/goss_match.h"
#include "policy/tests.h"

/* SEEN_NOT: Goss would end with an error there, which fails; `reason` says which. */
typedef enum seen goss_value_fn(struct judging *judging, struct slice name, struct goss_value *out, struct slice *reason);

struct goss_attribute {
	const char *name;
	goss_value_fn *value;      /* NULL: it is no attribute of the system */
};

struct goss_resource {
	const char *key;
	const char *name_key;      /* names it in the place of its key; NULL: none does */
	const struct goss_attribute *attributes;    /* the first tells whether it is there, and must be; ends without a name */
};

extern const struct goss_resource goss_resources[];    /* ends without a key */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Where objects of Kubernetes name images. */
#ifndef ENFORCE_KUBERNETES_ADMISSION_OBJECTS_H
#define ENFORCE_KUBERNETES_ADMISSION_OBJECTS_H

#include "base/vec.h"
#include "codec/json.h"
#include "enforce/kubernetes/admission.h"

struct admission_images {
	struct arena *arena;           /* of all their texts */
	VEC(struct admission_image) found;
};

struct admission_kind {
	const char *group, *resource, *subresource;
	const char *kind;              /* "Deployment" */
	const char *name;              /* "deployment" */
	bool is_template;              /* holds no pod but what pods are made of */
	const char *const specification[6];    /* members that lead to the specification of a pod */
};

/* NULL: none that is known to name images. */
const struct admission_kind *admission_kind_find(struct slice group, struct slice resource, struct slice subresource);

/* Adds the images of an object, which may be absent: then it has none.  Texts only, not judged; PLIM_EFORMAT with the place. */
int admission_images_add(struct admission_images *images, const struct admission_kind *kind, const struct json *object, struct plim_error *err);

/* One more; `text` absent: PLIM_EFORMAT. */
int admission_image_add(struct admission_images *images, const char *holder, struct slice name, struct slice text, struct slice pointer,
                        struct plim_error *err);

#endif

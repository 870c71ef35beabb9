/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that are about one image. */
#ifndef GATE_ONE_IMAGE_H
#define GATE_ONE_IMAGE_H

#include "image/image.h"

/* PLIM_EUSAGE, with what there is to choose from, where the set (NULL: a tree) has several images or none. */
int demand_one_image(const struct image_set *set, struct plim_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of members as Go's encoding/json takes them for each other, and with
 * it every container runtime: the case of ASCII letters does not count, nor
 * does it whether an s is U+017F or a k is U+212A.
 */
#ifndef CODEC_JSON_FOLD_H
#define CODEC_JSON_FOLD_H

#include "codec/json.h"

/* Whether such a reader takes one for the other. */
bool json_key_same(struct slice a, struct slice b);

/* PLIM_EFORMAT names a member of this object that is there twice for such a reader; of what is no object, none.  The arena is for a while's memory only. */
int json_check_folded_keys(const struct json *object, struct arena *arena, struct plim_error *err);

/* The same of every object in it, at any depth. */
int json_check_folded(const struct json *value, struct arena *arena, struct plim_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of the JSON documents that describe an image.  A missing field and
 * null are the same: absent, and no error.  A value of another type is
 * PLIM_EFORMAT with the field's name; so is a key that is spelled otherwise and
 * means the asked one for container runtimes (codec/json_fold.h).
 */
#ifndef IMAGE_FIELD_H
#define IMAGE_FIELD_H

#include "codec/json.h"
#include "image/image.h"

/* `*out` is NULL for an absent field, as `object` may be. */
int field_get(const struct json *object, const char *key, enum json_type type, const struct json **out,
              struct plim_error *err);
int field_string(const struct json *object, const char *key, struct slice *out, struct plim_error *err);
int field_bool(const struct json *object, const char *key, bool *out, struct plim_error *err);
/* An array of strings. */
int field_strings(const struct json *object, const char *key, struct arena *arena, struct string_list *out,
                  struct plim_error *err);
int field_platform(const struct json *object, struct platform *out, struct plim_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Typed look-ups in JSON objects. */
#include "image/field.h"

#include "base/error.h"
#include "codec/json_fold.h"

static int
field_find(const struct json *object, const char *key, const struct json **out, struct plim_error *err)
{
	*out = NULL;
	for (size_t i = 0; object && i < object->n; i++) {
		if (slice_is(object->keys[i], key))
			*out = &object->items[i];
		else if (json_key_same(object->keys[i], slice_of(key)))
			return error_set(err, PLIM_EFORMAT, "%s: the key is also there in another spelling, which readers take for the same", key);
	}
	return 0;
}

int
field_get(const struct json *object, const char *key, enum json_type type, const struct json **out,
          struct plim_error *err)
{
	const struct json *found;
	int r = field_find(object, key, &found, err);
	if (r < 0)
		return r;
	if (json_is(found, JSON_NULL))
		found = NULL;
	if (found && found->type != type)
		return error_set(err, PLIM_EFORMAT, "%s: %s expected, found %s", key, json_type_name(type),
		                 json_type_name(found->type));
	*out = found;
	return 0;
}

int
field_string(const struct json *object, const char *key, struct slice *out, struct plim_error *err)
{
	const struct json *found;
	int r = field_get(object, key, JSON_STRING, &found, err);
	if (r < 0)
		return r;
	*out = json_string(found);
	return 0;
}

int
field_bool(const struct json *object, const char *key, bool *out, struct plim_error *err)
{
	const struct json *found;
	int r = field_get(object, key, JSON_BOOL, &found, err);
	if (r < 0)
		return r;
	*out = found && found->truth;
	return 0;
}

int
field_strings(const struct json *object, const char *key, struct arena *arena, struct string_list *out,
              struct plim_error *err)
{
	const struct json *found;
	int r = field_get(object, key, JSON_ARRAY, &found, err);
	if (r < 0)
		return r;
	*out = (struct string_list){ 0 };
	if (found == NULL)
		return 0;
	struct slice *texts = arena_make_array(arena, found->n, struct slice);
	if (texts == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < found->n; i++) {
		if (found->items[i].type != JSON_STRING)
			return error_set(err, PLIM_EFORMAT, "%s[%zu]: string expected, found %s", key, i,
			                 json_type_name(found->items[i].type));
		texts[i] = found->items[i].text;
	}
	*out = (struct string_list){ texts, found->n, true };
	return 0;
}

int
field_platform(const struct json *object, struct platform *out, struct plim_error *err)
{
	struct platform read = { 0 };
	int r;
	if ((r = field_string(object, "os", &read.os, err)) < 0 ||
	    (r = field_string(object, "architecture", &read.architecture, err)) < 0 ||
	    (r = field_string(object, "variant", &read.variant, err)) < 0)
		return r;
	*out = read;
	return 0;
}

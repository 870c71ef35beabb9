/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of tar-split. */
#include "codec/tar_split.h"

#include "base/error.h"
#include "codec/json_fold.h"

#include <openssl/evp.h>

static bool
is_base64(struct slice text)
{
	size_t pads = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
		if (!letter && (c != '=' || i + 2 < text.n))
			return false;
		if (letter && pads)
			return false;
		pads += c == '=';
	}
	return text.n % 4 == 0 && text.n < INT32_MAX;
}

/* Go's encoding/json writes bytes as base64, and none as null. */
static int
decode(const struct json *value, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct slice text = json_string(value);
	*out = SLICE("");
	if (text.n == 0 && (value == NULL || value->type == JSON_NULL || text.p))
		return 0;
	if (!text.p || !is_base64(text))
		return error_set(err, PLIM_EFORMAT, "bytes that are no base64");
	char *bytes = arena_alloc(arena, text.n / 4 * 3 + 1);
	if (bytes == NULL)
		return error_nomem(err);
	int n = EVP_DecodeBlock((unsigned char *)bytes, (const unsigned char *)text.p, (int)text.n);
	for (size_t i = text.n; n > 0 && text.p[i - 1] == '='; i--)
		n--;
	*out = (struct slice){ bytes, n > 0 ? (size_t)n : 0 };
	return n < 0 ? error_set(err, PLIM_EFORMAT, "bytes that are no base64") : 0;
}

/* Names that are no UTF-8 are in name_raw. */
static int
take_name(const struct json *json, struct arena *arena, struct slice *out, struct plim_error *err)
{
	const struct json *name = json_get(json, "name"), *raw = json_get(json, "name_raw");
	int r = 0;
	if ((name != NULL) == (raw != NULL) || (name && name->type != JSON_STRING))
		return error_set(err, PLIM_EFORMAT, "a file needs either name or name_raw");
	*out = json_string(name);
	if (raw)
		r = decode(raw, arena, out, err);
	if (r == 0 && (out->n == 0 || slice_find(*out, 0) != SIZE_MAX))
		r = error_set(err, PLIM_EFORMAT, "a name that is none");
	return r;
}

static int
take_file(const struct json *json, struct arena *arena, struct tar_split_entry *out, struct plim_error *err)
{
	const struct json *size = json_get(json, "size");
	struct slice sum;
	int r = take_name(json, arena, &out->name, err);
	if (r < 0 || (r = decode(json_get(json, "payload"), arena, &sum, err)) < 0)
		return r;
	if (size && !json_u64(size, &out->size))
		return error_set(err, PLIM_EFORMAT, "size: not a number of bytes");
	if (sum.n != 0 && sum.n != 8)
		return error_set(err, PLIM_EFORMAT, "a checksum of %zu bytes", sum.n);
	out->summed = sum.n == 8;
	for (size_t i = 0; i < sum.n; i++)
		out->crc = out->crc << 8 | (unsigned char)sum.p[i];
	return 0;
}

/* Programs in Go take keys in any case, and in some other letters. */
static int
check_keys(const struct json *json, struct plim_error *err)
{
	static const char *const keys[] = { "type", "name", "name_raw", "size", "payload", "position" };
	for (size_t i = 0; i < json->n; i++)
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			if (!slice_is(json->keys[i], keys[k]) && json_key_same(json->keys[i], slice_of(keys[k])))
				return error_set(err, PLIM_EFORMAT, "%s: the key is there in another case", keys[k]);
	return 0;
}

int
tar_split_parse(struct slice line, struct arena *arena, struct tar_split_entry *out, struct plim_error *err)
{
	const struct json *json;
	uint64_t type = 0;
	int r = json_parse(line, arena, &json, err);
	if (r < 0)
		return r;
	if (!json_is(json, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "object expected, found %s", json_type_name(json->type));
	if ((r = check_keys(json, err)) < 0)
		return r;
	json_u64(json_get(json, "type"), &type);
	*out = (struct tar_split_entry){ .type = (enum tar_split_type)type };
	if (type == TAR_SPLIT_FILE)
		return take_file(json, arena, out, err);
	if (type == TAR_SPLIT_SEGMENT)
		return decode(json_get(json, "payload"), arena, &out->bytes, err);
	return error_set(err, PLIM_EFORMAT, "type: neither a file (1) nor a segment (2)");
}

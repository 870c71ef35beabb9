/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that several readers must understand alike. */
#include "trust/document.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "codec/json_fold.h"
#include "codec/json_write.h"

int
document_parse(struct slice text, struct arena *arena, const struct json **out, struct plim_error *err)
{
	const struct json *tree;
	if (text.n > LIMIT_ATTESTATION_BYTES)
		return error_set(err, PLIM_ELIMIT, "a document of %zu bytes, limit ATTESTATION_BYTES", text.n);
	int r = json_parse(text, arena, &tree, err);
	if (r == 0)
		r = json_check_folded(tree, arena, err);
	if (r == 0)
		*out = tree;
	return r;
}

static bool
is_one_of(struct slice key, const char *const *known)
{
	for (; *known; known++)
		if (slice_is(key, *known))
			return true;
	return false;
}

int
document_keys(const struct json *object, const char *const *known, const char *what, struct plim_error *err)
{
	if (!json_is(object, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "%s is no object", what);
	for (size_t i = 0; i < object->n; i++)
		if (!is_one_of(object->keys[i], known))
			return error_set(err, PLIM_EFORMAT, "%s has a member '%.*s', which is not known here", what, SLICE_ARG(slice_first(object->keys[i], 80)));
	return 0;
}

int
document_spelling(const struct json *object, const char *const *known, const char *what, struct plim_error *err)
{
	for (size_t i = 0; json_is(object, JSON_OBJECT) && i < object->n; i++)
		for (const char *const *name = known; *name; name++)
			if (json_key_same(object->keys[i], slice_of(*name)) && !slice_is(object->keys[i], *name))
				return error_set(err, PLIM_EFORMAT, "%s spells '%s' as '%.*s'", what, *name, SLICE_ARG(slice_first(object->keys[i], 80)));
	return 0;
}

bool
document_can_say(int64_t seconds)
{
	return seconds >= 0 && seconds < INT64_C(253402300800);
}

int
document_text(const struct json *object, const char *key, struct slice *out, struct plim_error *err)
{
	struct slice text = json_get_string(object, key);
	if (text.p == NULL)
		return error_set(err, PLIM_EFORMAT, "%s: %s", key, json_get(object, key) ? "no text" : "is missing");
	*out = text;
	return 0;
}

int
document_digest(const struct json *object, const char *key, struct digest *out, struct plim_error *err)
{
	struct slice text;
	int r = document_text(object, key, &text, err);
	if (r == 0 && !digest_parse(text, out))
		return error_set(err, PLIM_EFORMAT, "%s: no digest", key);
	return r;
}

int
document_u64(const struct json *object, const char *key, uint64_t *out, struct plim_error *err)
{
	if (!json_u64(json_get(object, key), out))
		return error_set(err, PLIM_EFORMAT, "%s: %s", key, json_get(object, key) ? "no number" : "is missing");
	return 0;
}

int
document_time(const struct json *object, const char *key, int64_t *out, struct plim_error *err)
{
	struct slice text;
	int r = document_text(object, key, &text, err);
	if (r == 0 && !date_parse(text, out))
		return error_set(err, PLIM_EFORMAT, "%s: no time", key);
	return r;
}

static bool
hex_of(enum digest_algorithm algorithm, struct slice hex, struct digest *out)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_printf(&text, "%s:", digest_algorithm_name(algorithm));
	strbuf_put(&text, hex);
	return hex.p && digest_parse(strbuf_slice(&text), out);
}

int
document_digest_set(const struct json *object, const char *key, struct digest *out, struct plim_error *err)
{
	const struct json *set = json_get(object, key);
	/* SHA-256 first: it is what images are named by, and a second digest beside it changes nothing. */
	for (enum digest_algorithm a = DIGEST_SHA256; a <= DIGEST_SHA512; a++) {
		const struct json *hex = json_get(set, digest_algorithm_name(a));
		if (hex)
			return hex_of(a, json_string(hex), out) ? 0 : error_set(err, PLIM_EFORMAT, "%s.%s: no digest", key, digest_algorithm_name(a));
	}
	return error_set(err, PLIM_EFORMAT, "%s: %s", key, set ? "neither sha256 nor sha512" : "is missing");
}

static void
put_string(struct slice text, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	json_write_string(&w, text.p ? text : SLICE(""));
}

static void
put_items(const struct json *value, char open, char close, struct strbuf *into)
{
	strbuf_putc(into, open);
	for (size_t i = 0; i < value->n; i++) {
		if (i > 0)
			strbuf_putc(into, ',');
		if (value->keys) {
			put_string(value->keys[i], into);
			strbuf_putc(into, ':');
		}
		document_put(&value->items[i], into);
	}
	strbuf_putc(into, close);
}

void
document_put(const struct json *value, struct strbuf *into)
{
	switch (value->type) {
	case JSON_NULL:
		strbuf_puts(into, "null");
		return;
	case JSON_BOOL:
		strbuf_puts(into, value->truth ? "true" : "false");
		return;
	case JSON_NUMBER:
		strbuf_put(into, value->text);
		return;
	case JSON_STRING:
		put_string(value->text, into);
		return;
	case JSON_ARRAY:
		put_items(value, '[', ']', into);
		return;
	case JSON_OBJECT:
		put_items(value, '{', '}', into);
	}
}

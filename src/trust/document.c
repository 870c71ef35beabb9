/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that several readers must understand alike. */
#include "trust/document.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "codec/json_write.h"

#include <stdlib.h>

/* As Go's decoder folds names: ASCII letters, and the two letters beyond ASCII that fold into it, U+017F to s and U+212A to k. */
static struct slice
fold(struct slice key, struct arena *arena)
{
	char *folded = arena_alloc(arena, key.n + 1);
	size_t n = 0;
	if (folded == NULL)
		return SLICE_NONE;
	while (key.n > 0) {
		if (slice_skip(&key, SLICE("\xc5\xbf")))
			folded[n++] = 's';
		else if (slice_skip(&key, SLICE("\xe2\x84\xaa")))
			folded[n++] = 'k';
		else {
			char c = *key.p;
			folded[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
			key = slice_from(key, 1);
		}
	}
	return (struct slice){ folded, n };
}

static int
check_keys(const struct json *object, struct arena *arena, struct plim_error *err)
{
	struct slice *folded = arena_make_array(arena, object->n, struct slice);
	if (folded == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < object->n; i++) {
		folded[i] = fold(object->keys[i], arena);
		if (folded[i].p == NULL)
			return error_nomem(err);
	}
	qsort(folded, object->n, sizeof *folded, slice_cmp_qsort);
	for (size_t i = 1; i < object->n; i++)
		if (slice_eq(folded[i - 1], folded[i]))
			return error_set(err, PLIM_EFORMAT, "an object has two keys that differ in case alone: '%.*s'", SLICE_ARG(slice_first(folded[i], 80)));
	return 0;
}

/* Its depth is bounded by json_parse. */
static int
check_tree(const struct json *value, struct arena *arena, struct plim_error *err)
{
	int r = value->type == JSON_OBJECT && value->n > 1 ? check_keys(value, arena, err) : 0;
	for (size_t i = 0; r == 0 && (value->type == JSON_OBJECT || value->type == JSON_ARRAY) && i < value->n; i++)
		r = check_tree(&value->items[i], arena, err);
	return r;
}

int
document_parse(struct slice text, struct arena *arena, const struct json **out, struct plim_error *err)
{
	const struct json *tree;
	if (text.n > LIMIT_ATTESTATION_BYTES)
		return error_set(err, PLIM_ELIMIT, "a document of %zu bytes, limit ATTESTATION_BYTES", text.n);
	int r = json_parse(text, arena, &tree, err);
	if (r == 0)
		r = check_tree(tree, arena, err);
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
	AUTO(arena) struct arena *arena = arena_new(0);
	if (arena == NULL)
		return error_nomem(err);
	for (size_t i = 0; json_is(object, JSON_OBJECT) && i < object->n; i++)
		for (const char *const *name = known; *name; name++) {
			struct slice mine = fold(slice_of(*name), arena), its = fold(object->keys[i], arena);
			if (mine.p == NULL || its.p == NULL)
				return error_nomem(err);
			if (slice_eq(mine, its) && !slice_is(object->keys[i], *name))
				return error_set(err, PLIM_EFORMAT, "%s spells '%s' as '%.*s'", what, *name, SLICE_ARG(slice_first(object->keys[i], 80)));
		}
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

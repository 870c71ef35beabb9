/* SPDX-License-Identifier: Apache-2.0 */
/* Names of members, letter by letter as others read them. */
#include "codec/json_fold.h"

#include "base/error.h"

#include <stdlib.h>

/* The next letter: ASCII in lower case, and the only two letters beyond ASCII that fold into it. */
static char
letter_next(struct slice *key)
{
	if (slice_skip(key, SLICE("\xc5\xbf")))
		return 's';
	if (slice_skip(key, SLICE("\xe2\x84\xaa")))
		return 'k';
	char c = *key->p;
	*key = slice_from(*key, 1);
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
json_key_same(struct slice a, struct slice b)
{
	while (a.n > 0 && b.n > 0)
		if (letter_next(&a) != letter_next(&b))
			return false;
	return a.n == b.n;
}

static struct slice
fold(struct slice key, struct arena *arena)
{
	char *folded = arena_alloc(arena, key.n + 1);
	size_t n = 0;
	if (folded == NULL)
		return SLICE_NONE;
	while (key.n > 0)
		folded[n++] = letter_next(&key);
	return (struct slice){ folded, n };
}

/* Sorted, for an object may have very many. */
int
json_check_folded_keys(const struct json *object, struct arena *arena, struct plim_error *err)
{
	if (object->type != JSON_OBJECT || object->n < 2)
		return 0;
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
int
json_check_folded(const struct json *value, struct arena *arena, struct plim_error *err)
{
	int r = json_check_folded_keys(value, arena, err);
	for (size_t i = 0; r == 0 && (value->type == JSON_OBJECT || value->type == JSON_ARRAY) && i < value->n; i++)
		r = json_check_folded(&value->items[i], arena, err);
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Objects to structs, as their tables say. */
#include "codec/json_fill.h"

#include "base/date.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/strbuf.h"

#include <math.h>
#include <stdlib.h>

static void
put_place(const struct fill_place *place, struct strbuf *into)
{
	if (place->in)
		put_place(place->in, into);
	if (place->key == NULL)
		strbuf_printf(into, "[%zu]", place->item);
	else
		strbuf_printf(into, "%s%s", into->n ? "." : "", place->key);
}

int
fill_error(struct filling *filling, const struct fill_place *place, const char *why)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (place)
		put_place(place, &text);
	return error_set(filling->err, PLIM_EFORMAT, "%s%s%s", text.p ? text.p : "", text.n ? ": " : "", why);
}

/* What a value has to be, before it is looked at: nothing is taken from one of another type. */
static const enum json_type types[] = {
	[FILL_TEXT] = JSON_STRING, [FILL_TEXTS] = JSON_ARRAY,   [FILL_BOOL] = JSON_BOOL,      [FILL_U32] = JSON_NUMBER,  [FILL_U64] = JSON_NUMBER,
	[FILL_REAL] = JSON_NUMBER, [FILL_TIME] = JSON_STRING,   [FILL_DAY] = JSON_STRING,     [FILL_DIGEST] = JSON_STRING,
	[FILL_WORD] = JSON_STRING, [FILL_INSIDE] = JSON_OBJECT, [FILL_POINTER] = JSON_OBJECT, [FILL_MANY] = JSON_ARRAY,
};

static const char *const lacks[] = {
	[JSON_BOOL] = "neither true nor false", [JSON_NUMBER] = "no number", [JSON_STRING] = "no string", [JSON_ARRAY] = "no array",
	[JSON_OBJECT] = "no object",
};

static bool
take_real(struct slice text, double *out)
{
	char number[64] = "";
	if (text.n >= sizeof number)
		return false;
	memcpy(number, text.p, text.n);
	*out = strtod(number, NULL);
	return isfinite(*out) && *out >= 0;
}

static bool
take_u32(const struct json *value, uint32_t *out)
{
	uint64_t number;
	if (!json_u64(value, &number) || number >= UINT32_MAX)
		return false;
	*out = (uint32_t)number;
	return true;
}

static bool
take_word(const struct fill_member *m, struct slice text, unsigned *out)
{
	for (unsigned i = 0; i < m->words; i++)
		if (m->word(i) && slice_is(text, m->word(i))) {
			*out = i;
			return true;
		}
	return false;
}

/* A value that is one thing; NULL, or what it is not. */
static const char *
take_plain(const struct fill_member *m, const struct json *value, void *at)
{
	switch (m->kind) {
	case FILL_TEXT:
		*(struct slice *)at = value->text;
		return NULL;
	case FILL_BOOL:
		*(bool *)at = value->truth;
		return NULL;
	case FILL_U32:
		return take_u32(value, at) ? NULL : "no number that it can be";
	case FILL_U64:
		return json_u64(value, at) ? NULL : "no number that it can be";
	case FILL_REAL:
		return take_real(value->text, at) ? NULL : "no number that it can be";
	case FILL_TIME:
		return date_parse(value->text, at) ? NULL : "no time";
	case FILL_DAY:
		return date_parse_day(value->text, at) ? NULL : "no day";
	case FILL_DIGEST:
		return digest_parse(value->text, at) ? NULL : "no digest";
	default:
		return take_word(m, value->text, at) ? NULL : "a word that is not known here";
	}
}

static int
take_texts(struct filling *filling, const struct fill_member *m, const struct json *value, const struct fill_place *place, char *out)
{
	struct slice *texts = arena_make_array(filling->arena, value->n + 1, struct slice);
	if (texts == NULL)
		return error_nomem(filling->err);
	for (size_t i = 0; i < value->n; i++) {
		const struct fill_place item = { place, NULL, i };
		if (!json_is(&value->items[i], JSON_STRING) && !json_is(&value->items[i], JSON_NULL))
			return fill_error(filling, &item, lacks[JSON_STRING]);
		texts[i] = json_string(&value->items[i]);
	}
	*(struct slice **)(out + m->at) = texts;
	*(size_t *)(out + m->count) = value->n;
	return 0;
}

static int
take_many(struct filling *filling, const struct fill_member *m, const struct json *value, const struct fill_place *place, char *out)
{
	char *many = arena_alloc_array(filling->arena, value->n + 1, m->of->size);
	if (many == NULL)
		return error_nomem(filling->err);
	for (size_t i = 0; i < value->n; i++) {
		const struct fill_place item = { place, NULL, i };
		int r = json_fill(filling, m->of, &value->items[i], &item, many + i * m->of->size);
		if (r < 0)
			return r;
	}
	*(char **)(out + m->at) = many;
	*(size_t *)(out + m->count) = value->n;
	return 0;
}

static int
take_pointer(struct filling *filling, const struct fill_member *m, const struct json *value, const struct fill_place *place, char *out)
{
	void *one = arena_alloc(filling->arena, m->of->size);
	if (one == NULL)
		return error_nomem(filling->err);
	*(void **)(out + m->at) = one;
	return json_fill(filling, m->of, value, place, one);
}

static int
take(struct filling *filling, const struct fill_member *m, const struct json *value, const struct fill_place *place, char *out)
{
	if (m->kind == FILL_BY_HAND)
		return m->take(filling, value, place, out);
	if (!json_is(value, types[m->kind]))
		return fill_error(filling, place, lacks[types[m->kind]]);
	if (m->kind == FILL_TEXTS)
		return take_texts(filling, m, value, place, out);
	if (m->kind == FILL_MANY)
		return take_many(filling, m, value, place, out);
	if (m->kind == FILL_POINTER)
		return take_pointer(filling, m, value, place, out);
	if (m->kind == FILL_INSIDE)
		return json_fill(filling, m->of, value, place, out + m->at);
	const char *why = take_plain(m, value, out + m->at);
	return why ? fill_error(filling, place, why) : 0;
}

static void
take_nothing(const struct fill_member *m, char *out)
{
	if (m->kind == FILL_U32)
		*(uint32_t *)(out + m->at) = UINT32_MAX;
	else if (m->kind == FILL_TIME || m->kind == FILL_DAY)
		*(int64_t *)(out + m->at) = DATE_NONE;
	else if (m->kind == FILL_REAL)
		*(double *)(out + m->at) = -1;
	for (const struct fill_member *inner = m->kind == FILL_INSIDE ? m->of->members : NULL; inner && inner->kind != FILL_END; inner++)
		take_nothing(inner, out + m->at);
}

int
json_fill(struct filling *filling, const struct fill_shape *shape, const struct json *object, const struct fill_place *place, void *out)
{
	if (!json_is(object, JSON_OBJECT))
		return fill_error(filling, place, lacks[JSON_OBJECT]);
	for (const struct fill_member *m = shape->members; m->kind != FILL_END; m++) {
		const struct json *value = json_get(object, m->key);
		const struct fill_place here = { place, m->key, 0 };
		if (value == NULL && m->must)
			return fill_error(filling, &here, "it is missing");
		if (value == NULL)
			take_nothing(m, out);
		int r = value ? take(filling, m, value, &here, out) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

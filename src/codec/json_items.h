/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of many items in a JSON document that is too large for one tree: the
 * document without the list, and the list's items one by one, each in an arena
 * of its caller's.  As strict as json_parse over the whole.
 */
#ifndef CODEC_JSON_ITEMS_H
#define CODEC_JSON_ITEMS_H

#include "codec/json.h"

struct json_items {
	struct slice rest;         /* of the list, from behind its bracket */
	const char *begin;         /* of the document */
	bool begun;
};

/* `*outer` is the document, an object, with an empty list under `key`.  Borrows `text`. */
int json_items_open(struct slice text, const char *key, struct arena *arena, const struct json **outer, struct json_items *out,
                    struct plim_error *err);
/* 1, or 0 at the end; errors name the byte at which the item begins. */
int json_items_next(struct json_items *items, struct arena *arena, const struct json **item, struct plim_error *err);

#endif

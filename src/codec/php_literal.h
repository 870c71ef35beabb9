/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PHP file that returns one literal, "<?php return array(...);", as a tree
 * of JSON's kinds: arrays whose items have keys are objects.  What a program
 * would have to compute is an error, as are a key twice and nesting beyond
 * LIMIT_DOCUMENT_DEPTH_COUNT; each names its offset.
 */
#ifndef CODEC_PHP_LITERAL_H
#define CODEC_PHP_LITERAL_H

#include "codec/json.h"

/* `folder` is the text of __DIR__.  On success `*out` and all it refers to live in `arena`; `text` is not kept. */
int php_literal_parse(struct slice text, struct slice folder, struct arena *arena, const struct json **out, struct plim_error *err);

#endif

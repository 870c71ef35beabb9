/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates as mustache(5) has them, filled from a tree of JSON: {{name}}, {{{name}}} and {{&name}}, {{#name}}...{{/name}}, {{^name}}...{{/name}}, {{.}}, dotted
 * names, {{! comments}} and {{=<% %>=}}.  No lambdas, and no {{>partials}}: a template is one file.
 */
#ifndef CODEC_MUSTACHE_H
#define CODEC_MUSTACHE_H

#include "base/strbuf.h"
#include "codec/json.h"

struct mustache;

/*
 * Everything lives in the arena, to which `text` and `name` are borrowed.  What is wrong is PLIM_EUSAGE with "NAME:LINE:COLUMN: ...": a tag or section without its end, nesting
 * beyond LIMIT_TEMPLATE_DEPTH_COUNT, a partial.
 */
int mustache_parse(struct slice name, struct slice text, struct arena *arena, const struct mustache **out, struct plim_error *err);

/* How a value becomes text of the document that is made. */
typedef void mustache_put_fn(struct strbuf *into, struct slice text);

/*
 * A name that is not there is nothing, as in mustache; a list or an object where a text should be is PLIM_EUSAGE with the tag's place, for nobody would see what is missing.  More than
 * LIMIT_TEMPLATE_BYTES of output or LIMIT_TEMPLATE_STEPS tags are PLIM_ELIMIT.
 */
int mustache_render(const struct mustache *template, const struct json *root, mustache_put_fn *put, struct strbuf *into, struct plim_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes: read, and held against where a finding was made. */
#include "policy/scope.h"

#include "base/error.h"
#include "base/strbuf.h"

static int
widen(struct arena *arena, struct slice *glob, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf wide = { 0 };
	for (size_t i = 0; i < glob->n; i++)
		strbuf_puts(&wide, glob->p[i] == '*' ? "**" : (const char[]){ glob->p[i], '\0' });
	*glob = arena_dup(arena, strbuf_slice(&wide));
	return glob->p ? 0 : error_nomem(err);
}

int
repositories_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct slice_list *globs = into;
	int r = some_texts_read(in, node, globs, err);
	for (size_t i = 0; r == 0 && i < globs->n; i++)
		r = widen(in->arena, &globs->at[i], err);
	return r;
}

/* A word that is mistyped would speak of no layer at all. */
static int
layers_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	const struct slice_list *layers = into;
	int r = some_texts_read(in, node, into, err);
	for (size_t i = 0; r == 0 && i < layers->n; i++) {
		struct slice text = layers->at[i];
		if (!slice_is(text, origin_name(ORIGIN_BASE)) && !slice_is(text, origin_name(ORIGIN_APPLICATION)) && slice_find(text, ':') == SIZE_MAX)
			r = yaml_error(in->doc, node->kind == YAML_SEQUENCE ? node->items[i] : node, err,
			               "'base', 'application' or a diff id, sha256:..., is needed here");
	}
	return r;
}

static const struct field scope_fields[] = {
	{ "image", repositories_read, offsetof(struct scope, images), false },
	{ "path", some_texts_read, offsetof(struct scope, paths), false },
	{ "layer", layers_read, offsetof(struct scope, layers), false },
	{ "ecosystem", some_texts_read, offsetof(struct scope, ecosystems), false },
	{ 0 },
};

static const struct field image_scope_fields[] = {
	{ "image", repositories_read, offsetof(struct scope, images), true },
	{ 0 },
};

static int
read_by(struct reading *in, const struct yaml_node *node, const struct field *fields, struct scope *out, struct plim_error *err)
{
	out->at = node;
	int r = fields_read(in, node, "a scope", fields, out, err);
	if (r == 0 && node->n == 0)
		return yaml_error(in->doc, node, err, "an empty scope speaks of everything: leave it out");
	return r;
}

int
scope_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return read_by(in, node, scope_fields, into, err);
}

int
image_scope_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return read_by(in, node, image_scope_fields, into, err);
}

static bool
takes(const struct slice_list *globs, struct slice text)
{
	return globs->n == 0 || (text.n > 0 && list_matches(globs, text));
}

static bool
names_origin(const struct slice_list *globs)
{
	for (size_t i = 0; i < globs->n; i++)
		if (slice_is(globs->at[i], origin_name(ORIGIN_BASE)) || slice_is(globs->at[i], origin_name(ORIGIN_APPLICATION)))
			return true;
	return false;
}

static enum scoped
takes_layer(const struct slice_list *globs, const struct evidence *evidence)
{
	char text[DIGEST_TEXT_SIZE];
	bool has_layer = evidence->layer_digest.algorithm != DIGEST_NONE, has_origin = evidence->origin != ORIGIN_UNKNOWN;
	if (globs->n == 0 || (has_layer && takes(globs, slice_of(digest_text(&evidence->layer_digest, text)))) ||
	    (has_origin && takes(globs, slice_of(origin_name(evidence->origin)))))
		return SCOPE_IN;
	if (!has_origin && names_origin(globs))
		return SCOPE_NO_ORIGIN;
	return has_layer ? SCOPE_OUT : SCOPE_NO_LAYER;
}

enum scoped
scope_takes_image(const struct scope *scope, struct slice destination)
{
	if (scope->images.n == 0)
		return SCOPE_IN;
	if (destination.n == 0)
		return SCOPE_NO_DESTINATION;
	return takes(&scope->images, destination) ? SCOPE_IN : SCOPE_OUT;
}

enum scoped
scope_takes(const struct scope *scope, struct slice destination, const struct evidence *evidence)
{
	if (!takes(&scope->paths, evidence->path) || !takes(&scope->ecosystems, evidence->package_type))
		return SCOPE_OUT;
	enum scoped layer = takes_layer(&scope->layers, evidence), image = scope_takes_image(scope, destination);
	if (layer == SCOPE_OUT || image == SCOPE_OUT)
		return SCOPE_OUT;
	return layer == SCOPE_IN ? image : layer;
}

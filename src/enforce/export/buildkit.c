/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buildkit: a source policy (EXPERIMENTAL_BUILDKIT_SOURCE_POLICY, version 1): no image but approved bases, before anything is built.
 * Rules hold in their order, and the last that matches decides.
 */
#include "enforce/export/export.h"

#include "base/error.h"

static void
put_rule(struct json_writer *w, const char *action, struct slice identifier, const char *match, struct slice becomes)
{
	json_write_object(w);
	json_write_member(w, "action", slice_of(action));
	json_write_key(w, SLICE("selector"));
	json_write_object(w);
	json_write_member(w, "identifier", identifier);
	json_write_member(w, "matchType", slice_of(match));
	json_write_object_end(w);
	if (becomes.p) {
		json_write_key(w, SLICE("updates"));
		json_write_object(w);
		json_write_member(w, "identifier", becomes);
		json_write_object_end(w);
	}
	json_write_object_end(w);
}

/* "docker-image://docker.io/library/debian:12@sha256:..." */
static struct slice
identifier(struct arena *arena, const struct export_base *base, bool pinned)
{
	char digest[DIGEST_TEXT_SIZE];
	return arena_printf(arena, "docker-image://%.*s%s%.*s%s%s", SLICE_ARG(base->repository), base->tag.p ? ":" : "", SLICE_ARG(base->tag),
	                    pinned ? "@" : "", pinned ? digest_text(&base->digest, digest) : "");
}

/* The content that a digest names is approved under each name that leads there. */
static int
put_base(struct json_writer *w, const struct exporting *x, const struct export_base *base, struct plim_error *err)
{
	char digest[DIGEST_TEXT_SIZE];
	struct slice any = arena_printf(x->arena, "docker-image://*@%s", digest_text(&base->digest, digest));
	struct slice name = identifier(x->arena, base, false), pinned = identifier(x->arena, base, true);
	if (any.p == NULL || name.p == NULL || pinned.p == NULL)
		return error_nomem(err);
	put_rule(w, "ALLOW", any, "WILDCARD", SLICE_NONE);
	if (base->tag.p)
		put_rule(w, "CONVERT", name, "EXACT", pinned);
	return 0;
}

/* Of one tag there can be one digest: a builder that reads two rules would take the first of them, whoever wrote the second. */
static int
check_tags(const struct exporting *x, struct plim_error *err)
{
	for (size_t i = 0; i < x->bases.n; i++)
		for (size_t k = 0; k < i; k++)
			if (x->bases.at[i].tag.p && slice_eq(x->bases.at[i].tag, x->bases.at[k].tag) &&
			    slice_eq(x->bases.at[i].repository, x->bases.at[k].repository))
				return error_set(err, PLIM_EUSAGE, "%.*s:%.*s is approved with two digests: leave the tag out of one of them",
				                 SLICE_ARG(x->bases.at[i].repository), SLICE_ARG(x->bases.at[i].tag));
	return 0;
}

static int
write_buildkit(const struct exporting *x, struct export_files *out, struct plim_error *err)
{
	static const char *const denied[] = { "docker-image://*", "oci-layout://*" };
	struct strbuf *into = export_file_add(x, out, "source-policy.json", 0644);
	struct json_writer w = { .into = into, .indent = true };
	int r = into ? check_tags(x, err) : error_nomem(err);
	if (r < 0)
		return r;
	json_write_object(&w);
	json_write_key(&w, SLICE("rules"));
	json_write_array(&w);
	for (size_t i = 0; i < sizeof denied / sizeof *denied; i++)
		put_rule(&w, "DENY", slice_of(denied[i]), "WILDCARD", SLICE_NONE);
	for (size_t i = 0; r == 0 && i < x->bases.n; i++)
		r = put_base(&w, x, &x->bases.at[i], err);
	json_write_array_end(&w);
	json_write_member_u64(&w, "version", 1);
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
	return r;
}

static const char *const unchecked[] = {
	"layers: a base is approved by the digest of its index or manifest; plimsoll check compares the layers of what was built",
	"when the approval of a base ends: make this anew on that day",
	"sources that are no images (git, http, the build's own files), and builders that were not given this file",
	NULL,
};
static const char *const installing[] = {
	"EXPERIMENTAL_BUILDKIT_SOURCE_POLICY names the file when docker buildx build or buildctl runs",
	"a base with a tag is built on as the digest that was approved, whatever the tag points at; one without a tag has to be named by its digest",
	"a frontend that a Dockerfile names (syntax=docker/dockerfile:1) is an image as well: approve it with --base, or leave that line out",
	NULL,
};
const struct export_format export_buildkit = {
	.name = "buildkit",
	.meaning = "a source policy for BuildKit: builds on approved bases only",
	.takes = EXPORT_BASE | EXPORT_POLICY,
	.needs = EXPORT_BASE,
	.unchecked = unchecked,
	.installing = installing,
	.write = write_buildkit,
};

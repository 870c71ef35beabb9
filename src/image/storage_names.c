/* SPDX-License-Identifier: Apache-2.0 */
/* Which image of a store a reference means. */
#include "image/storage.h"

#include "base/error.h"
#include "image/set.h"
#include "net/reference.h"

/* As the library: shorter ones are never taken for the beginning of an id. */
#define ID_LEAST 3

struct finding {
	const struct store_image *images;
	size_t n;
	struct slice written;
	struct arena *arena;
	struct plim_error *err;
};

static bool
is_hex(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!((text.p[i] >= '0' && text.p[i] <= '9') || (text.p[i] >= 'a' && text.p[i] <= 'f')))
			return false;
	return text.n >= ID_LEAST && text.n <= 64;
}

static int
two_meant(const struct finding *f, const struct store_image *a, const struct store_image *b)
{
	return error_set(f->err, PLIM_EUSAGE, "'%.*s' could mean two images: %.*s and %.*s", SLICE_ARG(f->written), SLICE_ARG(slice_first_text(a->id, 64)),
	                 SLICE_ARG(slice_first_text(b->id, 64)));
}

static int
find_id(const struct finding *f, struct slice id, const struct store_image **out)
{
	*out = NULL;
	for (size_t i = 0; i < f->n; i++) {
		if (!slice_starts(f->images[i].id, id))
			continue;
		if (*out)
			return two_meant(f, *out, &f->images[i]);
		*out = &f->images[i];
	}
	return 0;
}

/* names */

bool
store_image_has(const struct store_image *image, const struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	digest_text(digest, text);
	for (size_t i = 0; i < image->keys.n; i++) {
		struct slice key = image->keys.at[i];
		if (slice_skip(&key, SLICE("manifest-")) && slice_is(key, text))
			return true;
	}
	return false;
}

/* "HOST/PATH" out of "HOST/PATH:TAG" and "HOST/PATH@DIGEST". */
static struct slice
repository_of(struct slice name)
{
	struct slice rest;
	slice_cut(name, '@', &name, &rest);
	size_t slash = slice_find_last(name, '/'), colon = slice_find_last(name, ':');
	return colon != SIZE_MAX && (slash == SIZE_MAX || colon > slash) ? slice_first(name, colon) : name;
}

/* `name` is whole: with a tag, or with a digest, of which the image must have the manifest. */
static bool
name_is(const struct store_image *image, struct slice have, struct slice repository, const struct reference *wanted)
{
	struct slice tag = wanted->tag.p ? wanted->tag : SLICE("latest"), rest = have;
	if (wanted->digest.algorithm != DIGEST_NONE)
		return slice_eq(repository_of(have), repository) && (store_image_has(image, &wanted->digest) || digest_eq(&image->digest, &wanted->digest));
	return slice_skip(&rest, repository) && slice_skip(&rest, SLICE(":")) && slice_eq(rest, tag);
}

static int
find_name(const struct finding *f, struct slice repository, const struct reference *wanted, struct store_meant *out)
{
	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < f->images[i].names.n; k++) {
			struct slice have = f->images[i].names.at[k];
			if (!name_is(&f->images[i], have, repository, wanted))
				continue;
			if (out->image && out->image != &f->images[i])
				return two_meant(f, out->image, &f->images[i]);
			if (out->image == NULL)
				*out = (struct store_meant){ &f->images[i], have, wanted->digest };
		}
	return 0;
}

/* One name only may end so. */
static int
find_end(const struct finding *f, const struct reference *wanted, struct store_meant *out)
{
	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < f->images[i].names.n; k++) {
			struct slice have = f->images[i].names.at[k], repository = repository_of(have), head = repository;
			if (!slice_skip_end(&head, wanted->path) || head.n == 0 || head.p[head.n - 1] != '/' || !name_is(&f->images[i], have, repository, wanted))
				continue;
			if (out->image && out->image != &f->images[i])
				return two_meant(f, out->image, &f->images[i]);
			*out = (struct store_meant){ &f->images[i], have, wanted->digest };
		}
	return 0;
}

static int
find_short(const struct finding *f, const struct reference *wanted, struct store_meant *out)
{
	static const char *const hosts[] = { "localhost", "docker.io" };
	int r = 0;
	for (size_t i = 0; r == 0 && out->image == NULL && i < sizeof hosts / sizeof *hosts; i++) {
		struct reference whole = *wanted;
		whole.host = slice_of(hosts[i]);
		struct slice repository = reference_repository(&whole, f->arena);
		r = repository.p ? find_name(f, repository, wanted, out) : error_nomem(f->err);
	}
	return r == 0 && out->image == NULL ? find_end(f, wanted, out) : r;
}

static int
find_reference(const struct finding *f, struct slice text, struct store_meant *out)
{
	struct reference wanted;
	/* What is no reference may still be the beginning of an id. */
	if (reference_parse(text, &wanted, NULL) < 0)
		return 0;
	if (wanted.host.p == NULL)
		return find_short(f, &wanted, out);
	struct slice repository = reference_repository(&wanted, f->arena);
	return repository.p ? find_name(f, repository, &wanted, out) : error_nomem(f->err);
}

static int
none(const struct finding *f)
{
	struct slice names[64];
	size_t n = 0;
	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < f->images[i].names.n && n < sizeof names / sizeof *names; k++)
			names[n++] = f->images[i].names.at[k];
	return reference_error(f->written, names, n, f->err);
}

static int
find(const struct finding *f, struct slice text, struct slice id, struct store_meant *out)
{
	const struct store_image *by_id = NULL;
	int r = is_hex(id) ? find_id(f, id, &by_id) : 0;
	if (r == 0 && text.n > 0)
		r = find_reference(f, text, out);
	if (r < 0)
		return r;
	if (out->image && by_id && out->image != by_id)
		return two_meant(f, out->image, by_id);
	if (out->image == NULL)
		out->image = by_id;
	return out->image ? 0 : none(f);
}

int
store_image_find(const struct store_image *images, size_t n, struct slice reference, struct arena *arena, struct store_meant *out, struct plim_error *err)
{
	const struct finding f = { images, n, reference, arena, err };
	struct slice text = reference, id = reference;
	*out = (struct store_meant){ 0 };
	if (slice_skip(&id, SLICE("sha256:")) && id.n == 64)
		return find(&f, SLICE(""), id, out);
	id = reference;
	/* "NAME@ID" and "@ID": both must mean the same. */
	if (slice_cut_last(reference, '@', &text, &id) && is_hex(id)) {
		int r = find(&f, SLICE(""), id, out);
		return r < 0 || text.n == 0 ? r : find(&f, text, id, out);
	}
	return find(&f, reference, reference, out);
}

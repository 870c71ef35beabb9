/* SPDX-License-Identifier: Apache-2.0 */
/* Repositories, digests and bases, of the command line, of files and of the policy. */
#include "enforce/export/export.h"

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "policy/model.h"

#include <fcntl.h>
#include <time.h>

/* repositories */

#define REPOSITORY_MOST 512

/* What names of repositories are made of, and wildcards: nothing that ends a string in any of the formats. */
static bool
is_glob(struct slice text)
{
	if (text.n == 0 || text.n > REPOSITORY_MOST || text.p[0] == '/' || text.p[text.n - 1] == '/' || slice_find_text(text, SLICE("//")) != SIZE_MAX)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\0' || strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/:*?", text.p[i]) == NULL)
			return false;
	/* A ":" is a port's, in the host: a tag is not looked at by any enforcer. */
	size_t host = slice_find(text, '/');
	return host == SIZE_MAX ? slice_find(text, '*') != SIZE_MAX && slice_find(text, ':') == SIZE_MAX : slice_find(slice_from(text, host), ':') == SIZE_MAX;
}

static int
repository_add(struct exporting *x, struct slice text, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf glob = { 0 };
	if (!is_glob(text))
		return error_set(err, PLIM_EUSAGE, "'%.*s' is no repository: write REGISTRY/NAME, where * takes any part", SLICE_ARG(text));
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '*' || i == 0 || text.p[i - 1] != '*')
			strbuf_putc(&glob, text.p[i]);
	struct slice *at = vec_push(&x->repositories);
	if (at == NULL || (*at = arena_dup(x->arena, strbuf_slice(&glob))).p == NULL)
		return error_nomem(err);
	return 0;
}

int
export_repositories_read(struct exporting *x, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && x->options->repositories && x->options->repositories[i]; i++)
		r = repository_add(x, slice_of(x->options->repositories[i]), err);
	const struct slice_list *of_policy = x->policy ? &x->policy->origin.registries : NULL;
	for (size_t i = 0; r == 0 && of_policy && x->options->repositories == NULL && i < of_policy->n; i++)
		r = repository_add(x, of_policy->at[i], err);
	if (r < 0 || x->repositories.n == 0)
		return r;
	size_t kept = 1;
	qsort(x->repositories.at, x->repositories.n, sizeof *x->repositories.at, slice_cmp_qsort);
	for (size_t i = 1; i < x->repositories.n; i++)
		if (!slice_eq(x->repositories.at[i], x->repositories.at[kept - 1]))
			x->repositories.at[kept++] = x->repositories.at[i];
	x->repositories.n = kept;
	return 0;
}

struct slice
export_host(struct slice glob)
{
	struct slice host, rest;
	slice_cut(glob, '/', &host, &rest);
	return slice_find(host, '*') == SIZE_MAX && slice_find(host, '?') == SIZE_MAX ? host : SLICE_NONE;
}

/* digests */

static int
by_bytes(const void *a, const void *b)
{
	const struct digest *left = a, *right = b;
	return memcmp(left->bytes, right->bytes, sizeof left->bytes);
}

static int
digest_add(struct exporting *x, struct slice text, struct plim_error *err)
{
	struct digest digest, *at;
	if (!digest_parse(text, &digest) || digest.algorithm != DIGEST_SHA256)
		return error_set(err, PLIM_EUSAGE, "'%.*s' is no digest: sha256: and 64 lower-case digits", SLICE_ARG(slice_first(text, 100)));
	if ((at = vec_push(&x->digests)) == NULL)
		return error_nomem(err);
	*at = digest;
	return 0;
}

static int
digest_file_read(struct exporting *x, const char *path, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t size, number = 0;
	int r = file_read(AT_FDCWD, path, LIMIT_DOCUMENT_BYTES, &bytes, &size, err);
	struct slice rest = { bytes, size }, line;
	if (r < 0)
		return r;
	while (r == 0 && slice_next(&rest, '\n', &line)) {
		number++;
		slice_cut(line, '#', &line, &(struct slice){ 0 });
		line = slice_trim(line);
		if (line.n)
			r = digest_add(x, line, err);
	}
	return r < 0 ? error_wrap(err, r, "%s, line %zu", path, number) : 0;
}

int
export_digests_read(struct exporting *x, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && x->options->digests && x->options->digests[i]; i++)
		r = digest_add(x, slice_of(x->options->digests[i]), err);
	if (r == 0 && x->options->digest_file)
		r = digest_file_read(x, x->options->digest_file, err);
	if (r < 0 || x->digests.n == 0)
		return r;
	size_t kept = 1;
	qsort(x->digests.at, x->digests.n, sizeof *x->digests.at, by_bytes);
	for (size_t i = 1; i < x->digests.n; i++)
		if (!digest_eq(&x->digests.at[i], &x->digests.at[kept - 1]))
			x->digests.at[kept++] = x->digests.at[i];
	x->digests.n = kept;
	return 0;
}

/* bases */

/* As builders complete a name: without a registry it is Docker Hub's, without a namespace one of its own images. */
static struct slice
complete(struct arena *arena, struct slice repository)
{
	struct slice host, rest;
	if (!slice_cut(repository, '/', &host, &rest))
		return arena_printf(arena, "docker.io/library/%.*s", SLICE_ARG(repository));
	if (slice_find(host, '.') != SIZE_MAX || slice_find(host, ':') != SIZE_MAX || slice_is(host, "localhost"))
		return repository;
	return arena_printf(arena, "docker.io/%.*s", SLICE_ARG(repository));
}

static bool
is_tag(struct slice tag)
{
	for (size_t i = 0; i < tag.n; i++)
		if (tag.p[i] == '\0' || strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", tag.p[i]) == NULL)
			return false;
	return tag.n > 0 && tag.n <= 128;
}

/* "debian:12@sha256:..." */
static bool
base_parse(struct arena *arena, struct slice text, struct export_base *out)
{
	struct slice name, digest, before, last;
	*out = (struct export_base){ .tag = SLICE_NONE };
	if (!slice_cut(text, '@', &name, &digest) || !digest_parse(digest, &out->digest) || out->digest.algorithm != DIGEST_SHA256)
		return false;
	/* A ":" behind the last "/" is a tag's, one before it a port's. */
	if (slice_cut_last(name, ':', &before, &last) && slice_find(last, '/') == SIZE_MAX) {
		out->tag = last;
		name = before;
		if (!is_tag(last))
			return false;
	}
	out->repository = complete(arena, name);
	return out->repository.p && is_glob(out->repository) && slice_find(name, '*') == SIZE_MAX && slice_find(name, '?') == SIZE_MAX;
}

static int
base_add(struct exporting *x, const struct export_base *base, struct plim_error *err)
{
	for (size_t i = 0; i < x->bases.n; i++)
		if (slice_eq(x->bases.at[i].repository, base->repository) && slice_eq(x->bases.at[i].tag, base->tag) &&
		    digest_eq(&x->bases.at[i].digest, &base->digest))
			return 0;
	struct export_base *at = vec_push(&x->bases);
	if (at == NULL)
		return error_nomem(err);
	*at = *base;
	return 0;
}

static bool
has_ended(struct slice until, int64_t day)
{
	int64_t end;
	return date_parse_day(until, &end) && end < day;
}

/* A base's file has digests of layers, and a reference where one was told: only one with a digest can be demanded before a build. */
static int
approved_add(struct exporting *x, const struct approved_base *approved, int64_t day, struct plim_error *err)
{
	size_t before = x->bases.n;
	if (approved->scratch || (approved->until != DATE_NONE && approved->until < day))
		return 0;
	for (size_t i = 0; i < approved->file.n; i++) {
		const struct generation *generation = &approved->file.generations[i];
		struct export_base base;
		if (has_ended(generation->until, day) || !base_parse(x->arena, generation->reference, &base))
			continue;
		int r = base_add(x, &base, err);
		if (r < 0)
			return r;
	}
	if (x->bases.n == before && x->options->bases == NULL)
		return error_set(err, PLIM_EUSAGE,
		                 "the base '%.*s' is known by its layers: none of its generations tells a reference with a digest; name them all with --base REPOSITORY[:TAG]@sha256:...",
		                 SLICE_ARG(approved->name));
	return 0;
}

int
export_bases_read(struct exporting *x, struct plim_error *err)
{
	int64_t day = date_day((int64_t)time(NULL));
	int r = 0;
	if (x->options->at && !date_parse_day(slice_of(x->options->at), &day))
		return error_set(err, PLIM_EUSAGE, "'%s' is no day: 2026-01-31", x->options->at);
	for (size_t i = 0; r == 0 && x->options->bases && x->options->bases[i]; i++) {
		struct export_base base;
		if (!base_parse(x->arena, slice_of(x->options->bases[i]), &base))
			return error_set(err, PLIM_EUSAGE, "'%s' is no base: REPOSITORY[:TAG]@sha256:...", x->options->bases[i]);
		r = base_add(x, &base, err);
	}
	for (size_t i = 0; r == 0 && x->policy && i < x->policy->bases.n; i++)
		r = approved_add(x, &x->policy->bases.at[i], day, err);
	return r;
}

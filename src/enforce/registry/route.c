/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/registry/route.h"

#include "base/error.h"
#include "net/reference.h"

static const struct {
	const char *word;
	enum route_kind kind;
} endpoints[] = { { "manifests", ROUTE_MANIFEST }, { "blobs", ROUTE_BLOB }, { "referrers", ROUTE_REFERRERS } };

/* One of the door's, by what the query names. */
static int
host_of(struct slice query, const char *const *hosts, struct slice *out, struct plim_error *err)
{
	struct slice part, wanted = SLICE_NONE;
	while (slice_next(&query, '&', &part))
		if (slice_skip(&part, SLICE("ns=")))
			wanted = part;
	*out = slice_of(hosts[0]);
	for (size_t i = 0; wanted.p && hosts[i]; i++)
		if (slice_is(wanted, hosts[i]))
			return *out = slice_of(hosts[i]), 0;
	return wanted.p == NULL ? 0 : error_set(err, PLIM_EUSAGE, "'%.*s' is no registry behind this door", SLICE_ARG(slice_first(wanted, 100)));
}

/* By the grammar of references, which is stricter than that of addresses. */
static int
check_name(struct slice host, struct slice name, struct slice reference, struct arena *arena, struct registry_route *out, struct plim_error *err)
{
	bool by_digest = digest_parse(reference, &out->digest);
	struct slice whole = arena_printf(arena, "%.*s/%.*s%s%.*s", SLICE_ARG(host), SLICE_ARG(name), by_digest ? "@" : ":", SLICE_ARG(reference));
	struct reference parsed;
	int r = whole.p ? reference_parse(whole, &parsed, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (!slice_eq(parsed.host, host))
		return error_set(err, PLIM_EUSAGE, "'%.*s' is no name of a repository", SLICE_ARG(slice_first(name, 200)));
	out->repository = arena_printf(arena, "%.*s/%.*s", SLICE_ARG(host), SLICE_ARG(parsed.path));
	out->tag = parsed.tag;
	return out->repository.p ? 0 : error_nomem(err);
}

static bool
kind_of(struct slice word, enum route_kind *out)
{
	for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++)
		if (slice_is(word, endpoints[i].word))
			return *out = endpoints[i].kind, true;
	return false;
}

int
registry_route_parse(struct slice path, struct slice query, const char *const *hosts, struct arena *arena, struct registry_route *out, struct plim_error *err)
{
	struct slice host, rest = path, name, word, reference;
	*out = (struct registry_route){ .kind = ROUTE_ROOT };
	int r = host_of(query, hosts, &host, err);
	if (r < 0)
		return r;
	if (!slice_skip(&rest, SLICE("/v2")) || (rest.n && !slice_skip(&rest, SLICE("/"))))
		return error_set(err, PLIM_ENOTFOUND, "there is /v2/ alone");
	if (rest.n == 0)
		return 0;
	if (!slice_cut_last(rest, '/', &rest, &reference) || !slice_cut_last(rest, '/', &name, &word) || !kind_of(word, &out->kind))
		return error_set(err, PLIM_ENOTFOUND, "there is no such endpoint here");
	if ((r = check_name(host, name, reference, arena, out, err)) < 0)
		return r;
	if (out->kind != ROUTE_MANIFEST && out->digest.algorithm == DIGEST_NONE)
		return error_set(err, PLIM_EUSAGE, "a digest is needed here");
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* plim_database_push: blobs first, then the manifest that leads to them, then nothing. */
#include "gate/data/bundle.h"

#include "advisory/store.h"
#include "base/error.h"
#include "base/output.h"
#include "gate/data/registry_bundle.h"
#include "net/reference.h"
#include "trust/data.h"
#include "trust/referrer.h"

#include <plimsoll/database.h>

struct pushing {
	struct run *run;
	struct fetcher *fetcher;
	struct arena *arena;
	struct database *db;
	struct slice repository, tag;
	struct published_artifact artifact;
	struct strbuf told;
};

static void
auto_pushing(struct pushing *p)
{
	database_close(p->db);
	strbuf_done(&p->told);
	arena_free(p->arena);
}

static int
find_place(struct pushing *p, const char *address, struct plim_error *err)
{
	struct slice text = slice_of(address);
	struct reference reference;
	if (!slice_skip(&text, SLICE("oci://")))
		return error_set(err, PLIM_EUSAGE, "%s: a registry is written oci://HOST/PATH:TAG", address);
	/* What is before it might be somebody's password, and is not told. */
	if (slice_find(text, '@') != SIZE_MAX)
		return error_set(err, PLIM_EUSAGE, "the place of a database has no '@': neither credentials nor a digest");
	int r = reference_parse(text, &reference, err);
	if (r == 0 && (reference.host.p == NULL || reference.tag.p == NULL))
		r = error_set(err, PLIM_EUSAGE, "the place of a database needs its registry and a tag");
	if (r < 0)
		return error_wrap(err, r, "%s", address);
	p->repository = reference_repository(&reference, p->arena);
	p->tag = reference.tag;
	return p->repository.p ? 0 : error_nomem(err);
}

static int
find_claim(struct pushing *p, struct plim_error *err)
{
	const struct digest root = database_digest(p->db);
	struct data_claim newest;
	if (!data_newest(database_signatures(p->db), &root, p->arena, &newest))
		return error_set(err, PLIM_EUSAGE, "it is not signed: plimsoll db sign does");
	p->artifact.serial = newest.serial;
	p->artifact.time = newest.time;
	return 0;
}

/* Nobody would take one that is older than what they have; and a tag of something else is not ours to move. */
static int
check_there(struct pushing *p, struct plim_error *err)
{
	AUTO(fetched) struct fetched there = { .fd = -1 };
	struct published_artifact artifact = { .serial = 0 };
	int r = fetcher_tag(p->fetcher, p->repository, p->tag, p->arena, &there, err);
	if (r < 0)
		return r == PLIM_ENOTFOUND ? 0 : r;
	if ((r = registry_bundle_read(p->run, there.fd, &artifact, err)) < 0)
		return error_wrap(err, r, "what is there is not replaced");
	if (artifact.serial > p->artifact.serial)
		return error_set(err, PLIM_EUSAGE, "what is there is newer: its serial is %ju, this one has %ju", (uintmax_t)artifact.serial, (uintmax_t)p->artifact.serial);
	return 0;
}

static int
push_all(struct pushing *p, struct slice packed, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf manifest = { 0 };
	char text[DIGEST_TEXT_SIZE];
	p->artifact.layer = digest_of(packed);
	p->artifact.size = packed.n;
	published_artifact_write(&p->artifact, &manifest);
	if (manifest.failed)
		return error_nomem(err);
	int r = fetcher_push_bytes(p->fetcher, p->repository, SLICE(REFERRER_EMPTY), err);
	if (r < 0 || (r = fetcher_push_bytes(p->fetcher, p->repository, packed, err)) < 0 ||
	    (r = fetcher_push_manifest(p->fetcher, p->repository, p->tag, SLICE(REFERRER_MANIFEST_MEDIA_TYPE), strbuf_slice(&manifest), NULL, err)) < 0)
		return r;
	const struct digest digest = digest_of(strbuf_slice(&manifest));
	strbuf_printf(&p->told, "oci://%.*s:%.*s@%s: %zu bytes, serial %ju\n", SLICE_ARG(p->repository), SLICE_ARG(p->tag), digest_text(&digest, text), packed.n,
	              (uintmax_t)p->artifact.serial);
	return 0;
}

static int
push(struct pushing *p, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf packed = { 0 };
	int r = run_fetcher(p->run, &p->fetcher, err);
	if (r < 0 || (r = check_there(p, err)) < 0 || (r = bundle_pack(p->db, &packed, err)) < 0)
		return r;
	return push_all(p, strbuf_slice(&packed), err);
}

int
plim_database_push(const struct plim_run_options *options, const char *path, const char *address, FILE *into, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(pushing) struct pushing p = { .arena = arena_new(0) };
	AUTO(free) char *where = NULL;
	int r = p.arena ? find_place(&p, address, err) : error_nomem(err);
	if (r < 0 || (r = bundle_place(path, &where, err)) < 0 || (r = database_open(where, &p.db, err)) < 0 || (r = store_verify(p.db, err)) < 0 ||
	    (r = find_claim(&p, err)) < 0 || (r = run_start(options, &run, err)) < 0)
		return r;
	p.run = run;
	if ((r = push(&p, err)) < 0)
		return error_wrap(err, r, "%s", address);
	return output_text(&p.told, into, err);
}

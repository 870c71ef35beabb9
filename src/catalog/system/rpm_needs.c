/* SPDX-License-Identifier: Apache-2.0 */
/* Who provides what rpm packages require. */
#include "catalog/system/rpm_needs.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/rpm_header.h"

struct rpm_provider {
	struct slice name;
	uint32_t told_to;    /* the last package that was told of it, counted from 1 */
};

struct rpm_required {
	struct rpm_provider *provider;    /* NULL: nobody */
};

/* A walk over the headers, and the one that it is at. */
struct walk {
	struct rpm_needs *needs;
	struct slice name;
	struct rpm_provider *provider;    /* of that name, made when it first provides something that is required */
	struct strbuf path;
};

static void
auto_walk(struct walk *walk)
{
	strbuf_done(&walk->path);
}

void
rpm_needs_done(struct rpm_needs *needs)
{
	map_done(&needs->required);
	map_done(&needs->directories);
	arena_free(needs->arena);
}

static int
no_room(const struct rpm_needs *needs, struct plim_error *err)
{
	return arena_full(needs->arena) ? error_set(err, PLIM_ELIMIT, "names that packages require have more bytes than limit RPM_NEEDS_BYTES") : error_nomem(err);
}

/* What rpm itself can do is no package's, and a condition names none: "(a if b)". */
static bool
is_capability(struct slice name)
{
	return name.n > 0 && name.p[0] != '(' && !slice_starts(name, SLICE("rpmlib("));
}

static int
keep(struct map *map, struct slice key, void *value, struct plim_error *err)
{
	void **place = map_place(map, key);
	if (place == NULL)
		return error_nomem(err);
	*place = value;
	return 0;
}

static int
want(void *context, struct slice name, struct plim_error *err)
{
	struct rpm_needs *needs = ((struct walk *)context)->needs;
	if (!is_capability(name) || map_find(&needs->required, name))
		return 0;
	struct slice kept = arena_dup(needs->arena, name), folder, base;
	struct rpm_required *required = arena_make(needs->arena, struct rpm_required);
	if (kept.p == NULL || required == NULL)
		return no_room(needs, err);
	int r = keep(&needs->required, kept, required, err);
	if (r == 0 && kept.p[0] == '/' && slice_cut_last(kept, '/', &folder, &base))
		r = keep(&needs->directories, slice_first(kept, folder.n + 1), required, err);
	return r;
}

static struct rpm_provider *
provider_at(struct walk *walk)
{
	if (walk->provider == NULL) {
		struct rpm_provider *made = arena_make(walk->needs->arena, struct rpm_provider);
		if (made && (made->name = arena_dup(walk->needs->arena, walk->name)).p)
			walk->provider = made;
	}
	return walk->provider;
}

/* Of several the first, and before all the one of that very name. */
static int
provide(void *context, struct slice capability, struct plim_error *err)
{
	struct walk *walk = context;
	struct rpm_required *required = map_find(&walk->needs->required, capability);
	if (required == NULL || (required->provider && !slice_eq(capability, walk->name)))
		return 0;
	required->provider = provider_at(walk);
	return required->provider ? 0 : no_room(walk->needs, err);
}

static int
provide_file(void *context, const struct rpm_file *file, struct plim_error *err)
{
	struct walk *walk = context;
	if (map_find(&walk->needs->directories, file->directory) == NULL)
		return 0;
	strbuf_clear(&walk->path);
	strbuf_put(&walk->path, file->directory);
	strbuf_put(&walk->path, file->name);
	return walk->path.failed ? error_nomem(err) : provide(walk, strbuf_slice(&walk->path), err);
}

/* A list that is broken is told where the package itself is read, or its files are. */
static int
unless_broken(int r)
{
	return r == PLIM_EFORMAT ? 0 : r;
}

static int
on_requiring(void *context, struct rpmdb_place place, struct slice blob, struct plim_error *err)
{
	(void)place;
	return unless_broken(rpm_header_names(blob, RPM_REQUIRES, want, context, err));
}

static int
on_providing(void *context, struct rpmdb_place place, struct slice blob, struct plim_error *err)
{
	struct walk *walk = context;
	struct rpm_header header;
	(void)place;
	if (rpm_header_parse(blob, &header, NULL) < 0)
		return 0;
	walk->name = header.name;
	walk->provider = NULL;
	int r = provide(walk, header.name, err);
	if (r == 0)
		r = unless_broken(rpm_header_names(blob, RPM_PROVIDES, provide, walk, err));
	if (r == 0 && walk->needs->directories.n)
		r = unless_broken(rpm_header_files(blob, provide_file, walk, err));
	return r;
}

static int
on_damage(void *context, struct rpmdb_place place, const char *why, struct plim_error *err)
{
	(void)context, (void)place, (void)why, (void)err;
	return 0;
}

int
rpm_needs_gather(struct slice db, const struct rpmdb_format *format, struct rpm_needs *out, struct plim_error *err)
{
	AUTO(walk) struct walk walk = { .needs = out };
	const struct rpmdb_sink requiring = { &walk, on_requiring, on_damage }, providing = { &walk, on_providing, on_damage };
	*out = (struct rpm_needs){ .arena = arena_new(LIMIT_RPM_NEEDS_BYTES) };
	if (out->arena == NULL)
		return error_nomem(err);
	int r = format->each(db, &requiring, err);
	return r < 0 ? r : format->each(db, &providing, err);
}

struct telling {
	struct rpm_needs *needs;
	struct slice name;
	struct strbuf *into;
};

static int
tell(void *context, struct slice capability, struct plim_error *err)
{
	struct telling *telling = context;
	const struct rpm_required *required = map_find(&telling->needs->required, capability);
	struct rpm_provider *provider = required ? required->provider : NULL;
	(void)err;
	if (provider == NULL || provider->told_to == telling->needs->asked || slice_eq(provider->name, telling->name) ||
	    telling->into->n > LIMIT_ROW_TEXT_BYTES / 2)
		return 0;
	provider->told_to = telling->needs->asked;
	strbuf_puts(telling->into, telling->into->n ? "\n" : "");
	strbuf_put(telling->into, provider->name);
	return 0;
}

int
rpm_needs_of(struct rpm_needs *needs, struct slice header, struct slice name, struct strbuf *into, struct plim_error *err)
{
	struct telling telling = { needs, name, into };
	needs->asked++;
	int r = rpm_header_names(header, RPM_REQUIRES, tell, &telling, err);
	return r < 0 ? r : into->failed ? error_nomem(err) : 0;
}

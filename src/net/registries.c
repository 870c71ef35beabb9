/* SPDX-License-Identifier: Apache-2.0 */
/* registries.conf: what a name means on this machine. */
#include "net/registries.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/toml.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

enum pulls { PULLS_ALL, PULLS_DIGESTS, PULLS_TAGS };

struct mirror {
	struct mirror *next;
	struct slice location;
	bool insecure;
	enum pulls pulls;
};

struct registry {
	struct registry *next;
	struct slice prefix, location;
	bool insecure, blocked;
	struct mirror *mirrors;
	const char *file;
};

struct alias {
	struct alias *next;
	struct slice name, repository;     /* an empty repository takes back one of before */
};

enum mode { MODE_PERMISSIVE, MODE_ENFORCING, MODE_DISABLED };

struct registries {
	struct arena *arena;
	struct registry *all;
	struct alias *aliases;             /* the latest first */
	struct slice *search;
	size_t search_count;
	enum mode mode;
};

struct registries *
registries_new(struct arena *arena)
{
	struct registries *made = arena_make(arena, struct registries);
	if (made)
		made->arena = arena;
	return made;
}

/* reading */

struct reading {
	struct registries *into;
	const char *file;
	struct plim_error *err;
};

static int
wrong(const struct reading *in, const struct toml *where, const char *what)
{
	return error_set(in->err, PLIM_EFORMAT, "%s, line %u: %s", in->file, where ? where->line : 1, what);
}

/* Programs in Go take keys in any case: one that is there twice says nothing for sure. */
static int
member(const struct reading *in, const struct toml *table, const char *key, enum toml_type type, const struct toml **out)
{
	*out = NULL;
	for (size_t i = 0; i < table->n; i++) {
		if (!slice_eq_nocase(table->keys[i], slice_of(key)))
			continue;
		if (*out)
			return wrong(in, table->items[i], "a key stands twice, in upper and lower case");
		*out = table->items[i];
	}
	if (*out && (*out)->type != type) {
		char text[100];
		snprintf(text, sizeof text, "%s must be of the type %s", key, toml_type_name(type));
		return wrong(in, *out, text);
	}
	return 0;
}

static int
text_member(const struct reading *in, const struct toml *table, const char *key, struct slice *out)
{
	const struct toml *value;
	int r = member(in, table, key, TOML_STRING, &value);
	*out = toml_string(value);
	return r;
}

static int
truth_member(const struct reading *in, const struct toml *table, const char *key, bool *out)
{
	const struct toml *value;
	int r = member(in, table, key, TOML_BOOL, &value);
	*out = r == 0 && value && value->truth;
	return r;
}

/* "HOST[:PORT][/PATH]", nothing more. */
static bool
is_location(struct slice text)
{
	struct reference reference;
	struct slice host, path;
	char whole[512];
	bool has_path = slice_cut(text, '/', &host, &path);
	snprintf(whole, sizeof whole, "%.*s/%.*s", SLICE_ARG(host), SLICE_ARG(has_path ? path : SLICE("x")));
	if (text.n == 0 || text.n > 400 || reference_parse(slice_of(whole), &reference, NULL) < 0)
		return false;
	return !reference.tag.p && reference.digest.algorithm == DIGEST_NONE && slice_eq(reference.host.p ? reference.host : host, host);
}

static bool
is_wildcard(struct slice prefix)
{
	return slice_starts(prefix, SLICE("*."));
}

static int
pulls_read(const struct reading *in, const struct toml *table, enum pulls *out)
{
	static const char *const words[] = { "all", "digest-only", "tag-only" };
	struct slice text;
	int r = text_member(in, table, "pull-from-mirror", &text);
	*out = PULLS_ALL;
	if (r < 0 || text.n == 0)
		return r;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(text, words[i])) {
			*out = (enum pulls)i;
			return 0;
		}
	return wrong(in, table, "pull-from-mirror is neither all, digest-only nor tag-only");
}

static int
mirror_read(const struct reading *in, const struct toml *table, bool digests_only, struct mirror **out)
{
	if (!toml_is(table, TOML_TABLE))
		return wrong(in, table, "a mirror must be a table");
	struct mirror *mirror = arena_make(in->into->arena, struct mirror);
	if (mirror == NULL)
		return error_nomem(in->err);
	int r = text_member(in, table, "location", &mirror->location);
	if (r == 0 && !is_location(mirror->location))
		r = wrong(in, table, "the location of a mirror is no HOST[:PORT][/PATH]");
	if (r == 0)
		r = truth_member(in, table, "insecure", &mirror->insecure);
	if (r == 0)
		r = pulls_read(in, table, &mirror->pulls);
	if (digests_only)
		mirror->pulls = PULLS_DIGESTS;
	*out = mirror;
	return r;
}

static int
mirrors_read(const struct reading *in, const struct toml *table, struct registry *registry)
{
	const struct toml *list;
	bool digests_only;
	struct mirror **end = &registry->mirrors;
	int r = truth_member(in, table, "mirror-by-digest-only", &digests_only);
	if (r == 0)
		r = member(in, table, "mirror", TOML_ARRAY, &list);
	for (size_t i = 0; r == 0 && list && i < list->n; i++)
		if ((r = mirror_read(in, list->items[i], digests_only, end)) == 0)
			end = &(*end)->next;
	return r;
}

static int
names_read(const struct reading *in, const struct toml *table, struct registry *registry)
{
	int r = text_member(in, table, "prefix", &registry->prefix);
	if (r == 0)
		r = text_member(in, table, "location", &registry->location);
	if (r < 0)
		return r;
	slice_skip_end(&registry->prefix, SLICE("/"));
	slice_skip_end(&registry->location, SLICE("/"));
	if (registry->prefix.n == 0)
		registry->prefix = registry->location;
	if (registry->location.n == 0 && !is_wildcard(registry->prefix))
		registry->location = registry->prefix;
	struct slice host = registry->prefix;
	slice_skip(&host, SLICE("*."));
	if (!is_location(host))
		return wrong(in, table, "a registry needs a prefix or location of the form HOST[:PORT][/PATH]");
	if (registry->location.n > 0 && !is_location(registry->location))
		return wrong(in, table, "the location of a registry is no HOST[:PORT][/PATH]");
	return 0;
}

static void
registry_put(struct registries *into, struct registry *registry)
{
	struct registry **at = &into->all;
	while (*at && !slice_eq((*at)->prefix, registry->prefix))
		at = &(*at)->next;
	registry->next = *at ? (*at)->next : NULL;
	*at = registry;
}

static int
registry_read(const struct reading *in, const struct toml *table)
{
	if (!toml_is(table, TOML_TABLE))
		return wrong(in, table, "a registry must be a table");
	struct registry *registry = arena_make(in->into->arena, struct registry);
	if (registry == NULL)
		return error_nomem(in->err);
	registry->file = in->file;
	int r = names_read(in, table, registry);
	if (r == 0)
		r = truth_member(in, table, "insecure", &registry->insecure);
	if (r == 0)
		r = truth_member(in, table, "blocked", &registry->blocked);
	if (r == 0)
		r = mirrors_read(in, table, registry);
	if (r == 0)
		registry_put(in->into, registry);
	return r;
}

static int
all_read(const struct reading *in, const struct toml *root)
{
	const struct toml *list, *old;
	int r = member(in, root, "registries", TOML_TABLE, &old);
	if (r == 0 && old)
		return error_set(in->err, PLIM_EUNSUPPORTED, "%s, line %u: version 1 of registries.conf; write [[registry]] and unqualified-search-registries",
		                 in->file, old->line);
	if (r == 0)
		r = member(in, root, "registry", TOML_ARRAY, &list);
	for (size_t i = 0; r == 0 && list && i < list->n; i++)
		r = registry_read(in, list->items[i]);
	return r;
}

static int
alias_read(const struct reading *in, struct slice name, const struct toml *value)
{
	struct reference reference;
	struct slice repository = toml_string(value);
	if (!toml_is(value, TOML_STRING))
		return wrong(in, value, "an alias must be a string");
	if (repository.n > 0 && (reference_parse(repository, &reference, NULL) < 0 || !reference.host.p || reference.tag.p || reference.digest.algorithm != DIGEST_NONE))
		return wrong(in, value, "an alias must be a repository with its registry, without tag and digest");
	struct alias *alias = arena_make(in->into->arena, struct alias);
	if (alias == NULL)
		return error_nomem(in->err);
	*alias = (struct alias){ in->into->aliases, name, repository };
	in->into->aliases = alias;
	return 0;
}

static int
aliases_read(const struct reading *in, const struct toml *root)
{
	const struct toml *table;
	int r = member(in, root, "aliases", TOML_TABLE, &table);
	for (size_t i = 0; r == 0 && table && i < table->n; i++)
		r = alias_read(in, table->keys[i], table->items[i]);
	return r;
}

static int
search_read(const struct reading *in, const struct toml *root)
{
	const struct toml *list;
	int r = member(in, root, "unqualified-search-registries", TOML_ARRAY, &list);
	if (r < 0 || list == NULL)
		return r;
	struct slice *hosts = arena_make_array(in->into->arena, list->n + 1, struct slice);
	if (hosts == NULL)
		return error_nomem(in->err);
	for (size_t i = 0; i < list->n; i++) {
		hosts[i] = toml_string(list->items[i]);
		if (!is_location(hosts[i]))
			return wrong(in, list->items[i], "unqualified-search-registries may hold HOST[:PORT][/PATH] only");
	}
	in->into->search = hosts;
	in->into->search_count = list->n;
	return 0;
}

static int
mode_read(const struct reading *in, const struct toml *root)
{
	static const char *const words[] = { "permissive", "enforcing", "disabled" };
	struct slice text;
	int r = text_member(in, root, "short-name-mode", &text);
	if (r < 0 || text.n == 0)
		return r;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(text, words[i])) {
			in->into->mode = (enum mode)i;
			return 0;
		}
	return wrong(in, root, "short-name-mode is neither permissive, enforcing nor disabled");
}

int
registries_add(struct registries *registries, struct slice text, const char *name, struct plim_error *err)
{
	const struct toml *root;
	struct reading in = { registries, arena_dup(registries->arena, slice_of(name)).p, err };
	if (in.file == NULL)
		return error_nomem(err);
	int r = toml_parse(text, registries->arena, &root, err);
	if (r < 0)
		return error_wrap(err, r, "%s", name);
	if ((r = search_read(&in, root)) < 0 || (r = mode_read(&in, root)) < 0 || (r = all_read(&in, root)) < 0)
		return r;
	return aliases_read(&in, root);
}

/* files */

static int
file_add(struct registries *registries, const char *path, bool must, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	int r = file_read(AT_FDCWD, path, LIMIT_FETCH_CONFIG_BYTES, &bytes, &n, err);
	if (r == PLIM_ENOTFOUND && !must)
		return 1;
	return r < 0 ? r : registries_add(registries, (struct slice){ bytes, n }, path, err);
}

static int
named_add(struct registries *registries, const char *folder, const char *name, struct plim_error *err)
{
	struct slice path = arena_printf(registries->arena, "%s/%s", folder, name);
	return path.p ? file_add(registries, path.p, false, err) : error_nomem(err);
}

/* One that may not be read could block, or send elsewhere, what is asked for. */
static int
folder_add(struct registries *registries, const char *folder, struct plim_error *err)
{
	struct dirent **names;
	int r = 0, n = scandir(folder, &names, NULL, file_names_by_bytes);
	if (n < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : error_sys(err, errno, "%s", folder);
	for (int i = 0; i < n; i++) {
		if (r >= 0 && slice_ends(slice_of(names[i]->d_name), SLICE(".conf")))
			r = named_add(registries, folder, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	return r < 0 ? r : 0;
}

#define SYSTEM "/etc/containers"

static int
usual_add(struct registries *registries, struct plim_error *err)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct slice user = config && *config ? arena_printf(registries->arena, "%s/containers", config)
	    : home                            ? arena_printf(registries->arena, "%s/.config/containers", home)
	                                      : SLICE_NONE;
	struct slice own = arena_printf(registries->arena, "%s/registries.conf", user.p ? user.p : ""), folder = arena_printf(registries->arena, "%s/registries.conf.d", user.p ? user.p : "");
	if (!own.p || !folder.p)
		return error_nomem(err);
	/* The user's file stands in the place of the system's, the drop-ins of both come behind. */
	int r = user.p ? file_add(registries, own.p, false, err) : 1;
	if (r > 0)
		r = file_add(registries, SYSTEM "/registries.conf", false, err);
	if (r >= 0)
		r = folder_add(registries, SYSTEM "/registries.conf.d", err);
	if (r == 0 && user.p)
		r = folder_add(registries, folder.p, err);
	return r;
}

int
registries_load(const char *named, struct arena *arena, struct registries **out, struct plim_error *err)
{
	struct registries *registries = registries_new(arena);
	if (registries == NULL)
		return error_nomem(err);
	if (named == NULL)
		named = getenv("CONTAINERS_REGISTRIES_CONF");
	int r = named ? file_add(registries, named, true, err) : usual_add(registries, err);
	if (r == 0)
		*out = registries;
	return r;
}

/* names */

static const struct alias *
alias_find(const struct registries *registries, struct slice name)
{
	for (const struct alias *a = registries->aliases; a && registries->mode != MODE_DISABLED; a = a->next)
		if (slice_eq(a->name, name))
			return a->repository.n > 0 ? a : NULL;
	return NULL;
}

static int
names_one(struct slice repository, struct arena *arena, struct slice **out, size_t *out_count, struct plim_error *err)
{
	*out = arena_make(arena, struct slice);
	if (*out == NULL || repository.p == NULL)
		return error_nomem(err);
	**out = repository;
	*out_count = 1;
	return 0;
}

/* docker.io's images of one part are below library/. */
static struct slice
join(struct slice host, struct slice path, struct arena *arena)
{
	struct slice at_host, below;
	if (slice_cut(host, '/', &at_host, &below))
		return arena_printf(arena, "%.*s/%.*s", SLICE_ARG(host), SLICE_ARG(path));
	return reference_repository(&(struct reference){ .host = host, .path = path }, arena);
}

static int
names_search(const struct registries *registries, struct slice path, struct arena *arena, struct slice **out, size_t *out_count, struct plim_error *err)
{
	if (registries->mode == MODE_ENFORCING && registries->search_count > 1)
		return error_set(err, PLIM_EUSAGE, "'%.*s' may be of %zu registries (unqualified-search-registries), and registries.conf wants no guess: write it with its registry",
		                 SLICE_ARG(path), registries->search_count);
	struct slice *names = arena_make_array(arena, registries->search_count, struct slice);
	if (names == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < registries->search_count; i++)
		if (!(names[i] = join(registries->search[i], path, arena)).p)
			return error_nomem(err);
	*out = names;
	*out_count = registries->search_count;
	return 0;
}

int
registries_names(const struct registries *registries, const struct reference *reference, struct arena *arena, struct slice **out, size_t *out_count,
                 struct plim_error *err)
{
	if (reference->host.p)
		return names_one(reference_repository(reference, arena), arena, out, out_count, err);
	const struct alias *alias = alias_find(registries, reference->path);
	if (alias) {
		struct reference whole;
		int r = reference_parse(alias->repository, &whole, err);
		return r < 0 ? r : names_one(reference_repository(&whole, arena), arena, out, out_count, err);
	}
	if (registries->search_count > 0)
		return names_search(registries, reference->path, arena, out, out_count, err);
	return names_one(join(SLICE("docker.io"), reference->path, arena), arena, out, out_count, err);
}

/* places */

/* How many bytes of the repository a prefix covers; 0: it speaks of another. */
static size_t
covers(struct slice prefix, struct slice repository)
{
	size_t end = prefix.n;
	if (is_wildcard(prefix)) {
		struct slice rest = slice_from(prefix, 1), host, path;
		slice_cut(repository, '/', &host, &path);
		size_t at = slice_find_text(repository, rest);
		if (slice_find(rest, '/') == SIZE_MAX)
			at = slice_ends(host, rest) ? host.n - rest.n : SIZE_MAX;
		if (at == SIZE_MAX || at == 0 || at >= host.n)
			return 0;
		end = at + rest.n;
	} else if (!slice_starts(repository, prefix))
		return 0;
	return end == repository.n || repository.p[end] == '/' ? end : 0;
}

static const struct registry *
registry_find(const struct registries *registries, struct slice repository, size_t *covered)
{
	const struct registry *best = NULL;
	for (const struct registry *r = registries->all; r; r = r->next)
		if (covers(r->prefix, repository) && (best == NULL || r->prefix.n > best->prefix.n))
			best = r;
	*covered = best ? covers(best->prefix, repository) : 0;
	return best;
}

static int
endpoint_put(struct slice location, struct slice rest, struct endpoint *out, struct arena *arena, struct plim_error *err)
{
	struct reference reference;
	struct slice whole = arena_printf(arena, "%.*s%.*s", SLICE_ARG(location), SLICE_ARG(rest));
	int r = whole.p ? reference_parse(whole, &reference, err) : error_nomem(err);
	if (r == 0 && !reference.host.p && !slice_cut(whole, '/', &reference.host, &reference.path))
		r = error_set(err, PLIM_EUSAGE, "'%.*s' is no repository of a registry", SLICE_ARG(whole));
	if (r < 0)
		return r;
	struct slice named = reference_repository(&reference, arena);
	if (named.p == NULL)
		return error_nomem(err);
	slice_cut(named, '/', &out->host, &out->path);
	return 0;
}

static bool
mirror_serves(const struct mirror *mirror, bool by_digest)
{
	return mirror->pulls == PULLS_ALL || (mirror->pulls == PULLS_DIGESTS) == by_digest;
}

static int
blocked(const struct registry *registry, struct slice repository, struct plim_error *err)
{
	if (registry == NULL || !registry->blocked)
		return 0;
	return error_set(err, PLIM_EUSAGE, "%.*s: its registry is blocked by %s", SLICE_ARG(repository), registry->file);
}

static int
plain_check(struct slice repository, struct plim_error *err)
{
	struct reference reference;
	int r = reference_parse(repository, &reference, err);
	if (r == 0 && (reference.tag.p || reference.digest.algorithm != DIGEST_NONE || slice_find(repository, '/') == SIZE_MAX))
		r = error_set(err, PLIM_EUSAGE, "'%.*s' is no repository of a registry", SLICE_ARG(repository));
	return r;
}

int
registries_endpoints(const struct registries *registries, struct slice repository, bool by_digest, struct arena *arena, struct endpoint **out,
                     size_t *out_count, struct plim_error *err)
{
	size_t covered, n = 0, most = 1;
	int r = plain_check(repository, err);
	const struct registry *registry = r == 0 ? registry_find(registries, repository, &covered) : NULL;
	if (r < 0 || (r = blocked(registry, repository, err)) < 0)
		return r;
	for (const struct mirror *m = registry ? registry->mirrors : NULL; m; m = m->next)
		most++;
	struct endpoint *made = arena_make_array(arena, most, struct endpoint);
	if (made == NULL)
		return error_nomem(err);
	struct slice rest = slice_from(repository, covered);
	for (const struct mirror *m = registry ? registry->mirrors : NULL; m && r == 0; m = m->next) {
		if (!mirror_serves(m, by_digest))
			continue;
		made[n] = (struct endpoint){ .insecure = m->insecure, .mirror = true };
		r = endpoint_put(m->location, rest, &made[n++], arena, err);
	}
	if (r == 0) {
		bool moved = registry && registry->location.n > 0;
		made[n].insecure = registry && registry->insecure;
		r = endpoint_put(moved ? registry->location : slice_first(repository, covered), moved ? rest : slice_from(repository, covered), &made[n], arena, err);
		n++;
	}
	*out = made;
	*out_count = n;
	return r;
}

int
registries_insecure(const struct registries *registries, struct slice repository, bool *out, struct plim_error *err)
{
	size_t covered;
	const struct registry *registry = registry_find(registries, repository, &covered);
	*out = registry && registry->insecure;
	return blocked(registry, repository, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Where a store is: what is written before a reference, storage.conf, and the usual places. */
#include "image/store.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/toml.h"

#include <fcntl.h>
#include <stdio.h>

/* "[DRIVER@DIRECTORY+RUN:OPTIONS]", without its brackets. */
static int
place_written(struct slice text, struct arena *arena, struct store_place *out, struct plim_error *err)
{
	struct slice place = text, options, run, driver, directory;
	slice_cut(text, ':', &place, &options);
	slice_cut(place, '+', &place, &run);
	if (slice_cut(place, '@', &driver, &directory)) {
		out->driver = driver.n ? arena_dup(arena, driver) : SLICE_NONE;
		place = directory;
	}
	if (!slice_starts(place, SLICE("/")))
		return error_set(err, PLIM_EUSAGE, "[%.*s]: write [DRIVER@/DIRECTORY]", SLICE_ARG(slice_first(text, 300)));
	out->directory = arena_strz(arena, place);
	return out->directory ? 0 : error_nomem(err);
}

/* storage.conf */

struct conf {
	struct slice driver, directory, rootless, images;
};

struct conf_reading {
	const char *file;
	struct plim_error *err;
};

/* Programs in Go take keys in any case. */
static int
member(const struct conf_reading *in, const struct toml *table, const char *key, enum toml_type type, const struct toml **out)
{
	*out = NULL;
	for (size_t i = 0; table && i < table->n; i++) {
		if (!slice_eq_nocase(table->keys[i], slice_of(key)))
			continue;
		if (*out)
			return error_set(in->err, PLIM_EFORMAT, "%s, line %u: '%s' stands twice, in upper and lower case", in->file, table->items[i]->line, key);
		*out = table->items[i];
	}
	if (*out && (*out)->type != type)
		return error_set(in->err, PLIM_EFORMAT, "%s, line %u: %s must be of the type %s", in->file, (*out)->line, key, toml_type_name(type));
	return 0;
}

static int
text_member(const struct conf_reading *in, const struct toml *table, const char *key, struct slice *out)
{
	const struct toml *value;
	int r = member(in, table, key, TOML_STRING, &value);
	*out = r == 0 && value && value->text.n ? value->text : SLICE_NONE;
	return r;
}

static int
conf_parse(struct slice text, const char *file, struct arena *arena, struct conf *out, struct plim_error *err)
{
	const struct conf_reading in = { file, err };
	const struct toml *root, *storage;
	int r = toml_parse(text, arena, &root, err);
	if (r < 0)
		return error_wrap(err, r, "%s", file);
	if ((r = member(&in, root, "storage", TOML_TABLE, &storage)) < 0 || (r = text_member(&in, storage, "driver", &out->driver)) < 0 ||
	    (r = text_member(&in, storage, "graphroot", &out->directory)) < 0 ||
	    (r = text_member(&in, storage, "rootless_storage_path", &out->rootless)) < 0 || (r = text_member(&in, storage, "imagestore", &out->images)) < 0)
		return r;
	return 0;
}

/* 1 where the file is there. */
static int
conf_load(const char *file, struct arena *arena, struct conf *out, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	*out = (struct conf){ 0 };
	int r = file_read(AT_FDCWD, file, LIMIT_FETCH_CONFIG_BYTES, &bytes, &n, err);
	if (r < 0)
		return r == PLIM_ENOTFOUND ? 0 : r;
	struct slice text = arena_dup(arena, (struct slice){ bytes, n });
	r = text.p ? conf_parse(text, file, arena, out, err) : error_nomem(err);
	return r < 0 ? r : 1;
}

/* Rootless is also who is root only in a namespace of its own (podman unshare). */
static bool
is_rootless(void)
{
	const char *configured = getenv("_CONTAINERS_USERNS_CONFIGURED");
	return geteuid() != 0 || (configured && *configured);
}

static const char *
variable_value(const char *name, char uid[static 16])
{
	const char *value = getenv(strcmp(name, "UID") == 0 ? "_CONTAINERS_ROOTLESS_UID" : name);
	if (strcmp(name, "UID") != 0 || (value && *value))
		return value ? value : "";
	snprintf(uid, 16, "%u", (unsigned)geteuid());
	return uid;
}

/* Takes "$NAME" or "${NAME}" off the front of `path`: of variables those that are used there. */
static const char *
variable_take(struct slice *path, char uid[static 16])
{
	static const char *const names[] = { "HOME", "USER", "UID", "XDG_DATA_HOME" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct slice rest = slice_from(*path, 1);
		bool braced = slice_skip(&rest, SLICE("{"));
		if (!slice_skip(&rest, slice_of(names[i])) || (braced && !slice_skip(&rest, SLICE("}"))))
			continue;
		*path = rest;
		return variable_value(names[i], uid);
	}
	*path = slice_from(*path, 1);
	return "$";
}

/* "$HOME/...": as much of a shell as the library knows. */
static struct slice
expand(struct slice path, struct arena *arena)
{
	AUTO(strbuf) struct strbuf out = { 0 };
	char uid[16];
	while (path.n > 0) {
		size_t dollar = slice_find(path, '$');
		strbuf_put(&out, slice_first(path, dollar));
		path = slice_from(path, dollar);
		if (path.n > 0)
			strbuf_puts(&out, variable_take(&path, uid));
	}
	return out.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&out));
}

static struct slice
below(const char *variable, const char *otherwise, const char *path, struct arena *arena)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	if (base && *base == '/')
		return arena_printf(arena, "%s/%s", base, path);
	return home && *home == '/' ? arena_printf(arena, "%s/%s/%s", home, otherwise, path) : SLICE_NONE;
}

/* The file that counts; of the system's one a user takes the driver and rootless_storage_path only. */
static int
conf_find(struct arena *arena, struct conf *out, struct plim_error *err)
{
	const char *named = getenv("CONTAINERS_STORAGE_CONF");
	int r = 0;
	if (named && *named) {
		r = conf_load(named, arena, out, err);
		return r == 0 ? error_set(err, PLIM_ENOTFOUND, "%s: no such file (CONTAINERS_STORAGE_CONF)", named) : r;
	}
	struct slice users = is_rootless() ? below("XDG_CONFIG_HOME", ".config", "containers/storage.conf", arena) : SLICE_NONE;
	if (users.p && (r = conf_load(users.p, arena, out, err)) != 0)
		return r;
	if ((r = conf_load("/etc/containers/storage.conf", arena, out, err)) == 0)
		r = conf_load("/usr/share/containers/storage.conf", arena, out, err);
	if (r > 0 && is_rootless())
		out->directory = SLICE_NONE;
	return r;
}

static struct slice
usual_directory(const struct conf *conf, struct arena *arena)
{
	if (conf->directory.p)
		return expand(conf->directory, arena);
	if (!is_rootless())
		return SLICE("/var/lib/containers/storage");
	return conf->rootless.p ? expand(conf->rootless, arena) : below("XDG_DATA_HOME", ".local/share", "containers/storage", arena);
}

static int
place_usual(struct arena *arena, struct store_place *out, struct plim_error *err)
{
	const char *driver = getenv("STORAGE_DRIVER");
	struct conf conf = { 0 };
	int r = conf_find(arena, &conf, err);
	if (r < 0)
		return error_wrap(err, r, "storage.conf");
	if (conf.images.p)
		return error_set(err, PLIM_EUNSUPPORTED, "storage.conf names an imagestore: write [DRIVER@%.*s]REFERENCE", SLICE_ARG(slice_first(conf.images, 300)));
	struct slice directory = usual_directory(&conf, arena);
	if (!slice_starts(directory, SLICE("/")))
		return error_set(err, PLIM_ENOTFOUND, "nothing tells where the store is: neither storage.conf nor HOME");
	out->driver = driver && *driver ? arena_dup(arena, slice_of(driver)) : conf.driver;
	out->directory = arena_strz(arena, directory);
	return out->directory ? 0 : error_nomem(err);
}

int
store_find(struct slice address, struct arena *arena, struct store_place *out, struct plim_error *err)
{
	struct slice rest = address, place;
	int r;
	*out = (struct store_place){ 0 };
	if (slice_skip(&rest, SLICE("["))) {
		if (!slice_cut(rest, ']', &place, &rest))
			return error_set(err, PLIM_EUSAGE, "'[' without ']': write [DRIVER@/DIRECTORY]REFERENCE");
		r = place_written(place, arena, out, err);
	} else {
		r = place_usual(arena, out, err);
	}
	if (r < 0)
		return r;
	if (rest.n == 0 || rest.n > 512 || slice_find(rest, 0) != SIZE_MAX)
		return error_set(err, PLIM_EUSAGE, "needs a reference or an id");
	out->reference = arena_dup(arena, rest);
	return out->reference.p ? 0 : error_nomem(err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials out of files: which key speaks of a repository, and what it says. */
#include "net/auth_file.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "codec/json.h"

#include <openssl/evp.h>

/* The value of a member by its name in any case, as programs in Go read these files; two of them say nothing for sure. */
static int
member(const struct json *object, const char *key, enum json_type type, const struct json **out, struct plim_error *err)
{
	*out = NULL;
	for (size_t i = 0; json_is(object, JSON_OBJECT) && i < object->n; i++) {
		if (!slice_eq_nocase(object->keys[i], slice_of(key)))
			continue;
		if (*out)
			return error_set(err, PLIM_EFORMAT, "'%s' stands twice, in upper and lower case", key);
		*out = &object->items[i];
	}
	if (*out && (*out)->type == JSON_NULL)
		*out = NULL;
	if (*out && (*out)->type != type)
		return error_set(err, PLIM_EFORMAT, "'%s' is no %s", key, json_type_name(type));
	return 0;
}

static int
text_member(const struct json *object, const char *key, struct slice *out, struct plim_error *err)
{
	const struct json *value;
	int r = member(object, key, JSON_STRING, &value, err);
	*out = json_string(value);
	if (r == 0 && out->n == 0)
		*out = SLICE_NONE;
	return r;
}

/* One name for what Docker Hub is called in these files. */
static struct slice
plain_host(struct slice host)
{
	return slice_is(host, "index.docker.io") || slice_is(host, "registry-1.docker.io") ? SLICE("docker.io") : host;
}

/* A key with a scheme speaks of a host only, and so does each of Docker's file. */
static struct slice
plain_key(struct slice key, bool docker)
{
	struct slice bare = key, host, path;
	bool scheme = slice_skip(&bare, SLICE("https://")) || slice_skip(&bare, SLICE("http://"));
	bool has_path = slice_cut(bare, '/', &host, &path);
	return !has_path || scheme || docker ? plain_host(host) : bare;
}

/* How many bytes of "HOST/PATH" a key names; 0: it speaks of something else. */
static size_t
reach(struct slice key, struct slice host, struct slice path)
{
	struct slice key_host, key_path;
	bool has_path = slice_cut(key, '/', &key_host, &key_path);
	if (!slice_eq_nocase(plain_host(key_host), plain_host(host)))
		return 0;
	if (!has_path)
		return 1;
	if (!slice_starts(path, key_path) || (path.n > key_path.n && path.p[key_path.n] != '/'))
		return 0;
	return 1 + key_path.n + 1;
}

static int
decode(struct slice auth, struct arena *arena, struct credentials *out, struct plim_error *err)
{
	struct slice text;
	char *bytes = arena_alloc(arena, auth.n + 4);
	if (bytes == NULL)
		return error_nomem(err);
	if (auth.n > INT32_MAX || auth.n % 4 != 0)
		return error_set(err, PLIM_EFORMAT, "'auth' is no base64");
	int n = EVP_DecodeBlock((unsigned char *)bytes, (const unsigned char *)auth.p, (int)auth.n);
	for (size_t end = auth.n; n > 0 && end > 0 && auth.p[end - 1] == '=' && end + 2 > auth.n; end--)
		n--;
	if (n < 0)
		return error_set(err, PLIM_EFORMAT, "'auth' is no base64");
	/* Old versions of docker login padded with zeros. */
	while (n > 0 && bytes[n - 1] == '\0')
		n--;
	text = (struct slice){ bytes, (size_t)n };
	if (!slice_cut(text, ':', &out->user, &out->password))
		return error_set(err, PLIM_EFORMAT, "'auth' holds no user and password");
	out->found = true;
	return 0;
}

static int
entry_read(const struct json *entry, struct arena *arena, struct credentials *out, struct plim_error *err)
{
	struct slice auth, user, password;
	int r = text_member(entry, "auth", &auth, err);
	if (r < 0 || (r = text_member(entry, "identitytoken", &out->identity_token, err)) < 0)
		return r;
	if ((r = text_member(entry, "username", &user, err)) < 0 || (r = text_member(entry, "password", &password, err)) < 0)
		return r;
	out->found = out->identity_token.p != NULL;
	if (auth.p)
		return decode(auth, arena, out, err);
	if (user.p && password.p)
		*out = (struct credentials){ .user = user, .password = password, .identity_token = out->identity_token, .found = true };
	return 0;
}

static int
wrong_key(struct slice key, int r, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, slice_first(key, 200));
	return error_wrap(err, r, "'%s'", shown.p ? shown.p : "");
}

/* The longest key that speaks of the repository. */
static int
auths_find(const struct json *auths, bool docker, struct slice host, struct slice path, struct arena *arena, struct credentials *out,
           struct plim_error *err)
{
	size_t best = 0, at = 0;
	for (size_t i = 0; auths && i < auths->n; i++) {
		size_t length = reach(plain_key(auths->keys[i], docker), host, path);
		if (length > best) {
			best = length;
			at = i;
		}
	}
	if (best == 0)
		return 0;
	if (!json_is(&auths->items[at], JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "'auths' holds something that is no object");
	int r = entry_read(&auths->items[at], arena, out, err);
	return r < 0 ? wrong_key(auths->keys[at], r, err) : 0;
}

static struct slice
helper_of(const struct json *helpers, struct slice host)
{
	for (size_t i = 0; helpers && i < helpers->n; i++)
		if (reach(plain_key(helpers->keys[i], true), host, SLICE("")) && json_string(&helpers->items[i]).n > 0)
			return json_string(&helpers->items[i]);
	return SLICE_NONE;
}

static int
helper_take(struct slice name, struct credentials *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, slice_first(name, 100));
	if (!auth_helper_is_name(name))
		return error_set(err, PLIM_EFORMAT, "'%s' is no name of a credential helper", shown.p ? shown.p : "");
	*out = (struct credentials){ .helper = name, .found = true };
	return 0;
}

int
auth_file_find(struct slice text, bool docker, struct slice host, struct slice path, struct arena *arena, struct credentials *out,
               struct plim_error *err)
{
	const struct json *root, *auths, *helpers;
	struct slice store, helper;
	int r = json_parse(text, arena, &root, err);
	*out = (struct credentials){ 0 };
	if (r < 0)
		return r;
	if (!json_is(root, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "no object");
	if ((r = member(root, "auths", JSON_OBJECT, &auths, err)) < 0 || (r = member(root, "credHelpers", JSON_OBJECT, &helpers, err)) < 0 ||
	    (r = text_member(root, "credsStore", &store, err)) < 0)
		return r;
	if ((helper = helper_of(helpers, host)).p)
		return helper_take(helper, out, err);
	r = auths_find(auths, docker, host, path, arena, out, err);
	return r == 0 && !out->found && store.p ? helper_take(store, out, err) : r;
}

bool
auth_helper_is_name(struct slice name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.')
			return false;
	}
	return name.n > 0 && name.n < 100;
}

int
auth_helper_read(struct slice text, struct arena *arena, struct credentials *out, struct plim_error *err)
{
	const struct json *root;
	struct slice user, secret;
	int r = json_parse(text, arena, &root, err);
	if (r < 0)
		return r;
	if ((r = text_member(root, "Username", &user, err)) < 0 || (r = text_member(root, "Secret", &secret, err)) < 0)
		return r;
	if (!user.p || !secret.p)
		return error_set(err, PLIM_EFORMAT, "neither user nor secret");
	*out = slice_is(user, "<token>") ? (struct credentials){ .identity_token = secret, .found = true }
	                                 : (struct credentials){ .user = user, .password = secret, .found = true };
	return 0;
}

/* places */

static bool
add(struct auth_places *out, struct arena *arena, bool docker, const char *directory, const char *rest)
{
	struct slice path = arena_printf(arena, "%s%s", directory, rest);
	out->at[out->n++] = (struct auth_place){ (char *)path.p, docker, false };
	return path.p != NULL;
}

int
auth_places_find(const char *named, struct arena *arena, struct auth_places *out, struct plim_error *err)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR"), *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME"), *docker = getenv("DOCKER_CONFIG");
	bool whole = true;
	*out = (struct auth_places){ 0 };
	if (named == NULL)
		named = getenv("REGISTRY_AUTH_FILE");
	if (named) {
		whole = add(out, arena, false, named, "");
		out->at[0].must = true;
		return whole ? 0 : error_nomem(err);
	}
	if (runtime && *runtime)
		whole &= add(out, arena, false, runtime, "/containers/auth.json");
	else
		whole &= add(out, arena, false, arena_printf(arena, "/run/containers/%u", (unsigned)getuid()).p, "/auth.json");
	if (config && *config)
		whole &= add(out, arena, false, config, "/containers/auth.json");
	else if (home)
		whole &= add(out, arena, false, home, "/.config/containers/auth.json");
	if (docker && *docker)
		whole &= add(out, arena, true, docker, "/config.json");
	else if (home)
		whole &= add(out, arena, true, home, "/.docker/config.json");
	return whole ? 0 : error_nomem(err);
}

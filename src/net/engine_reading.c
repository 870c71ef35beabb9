/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets of engines, and their JSON. */
#include "net/engine.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "codec/json.h"

#include <sys/stat.h>
#include <sys/un.h>

static int
socket_of(struct slice path, const char *who, struct arena *arena, const char **out, struct plim_error *err)
{
	if (path.n >= sizeof ((struct sockaddr_un *)0)->sun_path)
		return error_set(err, PLIM_EUSAGE, "%s: %zu bytes are more than the path of a socket may have", who, path.n);
	*out = arena_strz(arena, path);
	return *out ? 0 : error_nomem(err);
}

static int
socket_written(const char *text, const char *who, bool bare, struct arena *arena, const char **out, struct plim_error *err)
{
	struct slice path = slice_of(text), scheme, rest;
	bool schemed = slice_cut(path, ':', &scheme, &rest) && slice_starts(rest, SLICE("//"));
	if (schemed && !slice_is(scheme, "unix"))
		return error_set(err, PLIM_EUNSUPPORTED, "%s: an engine is asked through its socket on this machine (unix://PATH), not by %.*s://", who,
		                 SLICE_ARG(slice_first_text(scheme, 20)));
	if (schemed)
		path = slice_from(rest, 2);
	else if (!bare)
		path = SLICE("");
	if (!slice_starts(path, SLICE("/")) && !(bare && !schemed && path.n > 0))
		return error_set(err, PLIM_EUSAGE, "%s: write unix:///PATH", who);
	return socket_of(path, who, arena, out, err);
}

static bool
is_socket(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

static int
socket_usual(const char *runtime, struct arena *arena, const char **out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf tried = { 0 };
	struct slice places[] = { SLICE("/var/run/docker.sock"), SLICE_NONE, SLICE("/run/podman/podman.sock") };
	if (runtime && *runtime == '/' && (places[1] = arena_printf(arena, "%s/podman/podman.sock", runtime)).p == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (places[i].p && is_socket(places[i].p))
			return socket_of(places[i], "the engine's socket", arena, out, err);
		if (places[i].p)
			strbuf_printf(&tried, "%s%.*s", tried.n ? ", " : "", SLICE_ARG(places[i]));
	}
	return error_set(err, PLIM_ENOTFOUND, "no engine: there is none of %s; --docker-host or DOCKER_HOST tells another socket", tried.p ? tried.p : "");
}

int
engine_socket(const struct engine_environment *environment, struct arena *arena, const char **out, struct plim_error *err)
{
	if (environment->named && *environment->named)
		return socket_written(environment->named, "--docker-host", true, arena, out, err);
	if (environment->docker_host && *environment->docker_host)
		return socket_written(environment->docker_host, "DOCKER_HOST", false, arena, out, err);
	return socket_usual(environment->runtime, arena, out, err);
}

/* The one text by that name, in any case, as programs in Go read JSON. */
static int
text_member(const struct json *object, const char *key, struct slice *out, struct plim_error *err)
{
	const struct json *found = NULL;
	for (size_t i = 0; json_is(object, JSON_OBJECT) && i < object->n; i++) {
		if (!slice_eq_nocase(object->keys[i], slice_of(key)))
			continue;
		if (found)
			return error_set(err, PLIM_EFORMAT, "'%s' stands twice, in upper and lower case", key);
		found = &object->items[i];
	}
	*out = json_string(found);
	return out->p ? 0 : error_set(err, PLIM_EFORMAT, "it has no text '%s'", key);
}

int
engine_id_read(struct slice bytes, struct arena *arena, struct slice *id, struct plim_error *err)
{
	const struct json *json;
	struct digest digest;
	int r = json_parse(bytes, arena, &json, err);
	if (r < 0 || (r = text_member(json, "Id", id, err)) < 0)
		return r;
	if (!digest_parse(*id, &digest) || digest.algorithm != DIGEST_SHA256)
		return error_set(err, PLIM_EFORMAT, "'Id' is no sha256:HEX");
	return 0;
}

struct slice
engine_message_read(struct slice bytes, struct arena *arena)
{
	const struct json *json;
	struct slice message;
	bool told = json_parse(bytes, arena, &json, NULL) == 0 && text_member(json, "message", &message, NULL) == 0;
	return told ? message : SLICE_NONE;
}

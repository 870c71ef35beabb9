/* SPDX-License-Identifier: Apache-2.0 */
/* Targets, routes and bodies of Docker's API, read as Go's net/url, gorilla/mux and encoding/json read them, or not at all. */
#include "enforce/docker/request.h"

#include "base/error.h"
#include "codec/json_fold.h"
#include "codec/base64.h"

#include <limits.h>

static const struct {
	const char *method, *path;
	enum docker_act act;
} routes[] = {
#define ROUTE(method, path, act) { method, path, DOCKER_##act },
#include "enforce/docker/routes.def"
#undef ROUTE
};

/* Acts whose body decides. */
static const bool needs_body[DOCKER_UNKNOWN + 1] = {
	[DOCKER_CREATE] = true, [DOCKER_EXEC] = true, [DOCKER_VOLUME] = true, [DOCKER_SERVICE] = true,
};
/* Acts whose query decides, and no body. */
static const bool needs_query[DOCKER_UNKNOWN + 1] = { [DOCKER_START] = true, [DOCKER_RENAME] = true };

const struct json *
docker_get(const struct json *object, const char *key)
{
	if (!json_is(object, JSON_OBJECT))
		return NULL;
	for (size_t i = 0; i < object->n; i++)
		if (json_key_same(object->keys[i], slice_of(key)))
			return &object->items[i];
	return NULL;
}

/* Targets */

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Once.  Absent for what is not decoded by everybody alike: signs without digits, bytes that are not printable ASCII. */
static struct slice
decode(struct slice text, bool plus, struct arena *arena)
{
	char *out = arena_alloc(arena, text.n + 1);
	size_t n = 0;
	for (size_t i = 0; out && i < text.n; i++) {
		char c = text.p[i];
		if (c == '%') {
			int high = i + 2 < text.n ? hex_value(text.p[i + 1]) : -1, low = high >= 0 ? hex_value(text.p[i + 2]) : -1;
			if (low < 0)
				return SLICE_NONE;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if ((unsigned char)c < ' ' || (unsigned char)c >= 127)
			return SLICE_NONE;
		out[n++] = c;
	}
	return (struct slice){ out, n };
}

/* "SCHEME:" in front of a whole address. */
static bool
skip_scheme(struct slice *target)
{
	size_t at = slice_find(*target, ':');
	if (at == SIZE_MAX || at == 0)
		return false;
	for (size_t i = 0; i < at; i++) {
		char c = target->p[i] | 0x20;
		if (!(c >= 'a' && c <= 'z') && (i == 0 || !strchr("0123456789+-.", target->p[i])))
			return false;
	}
	*target = slice_from(*target, at + 1);
	return true;
}

/* The path in any of the forms of RFC 9112, 3.2 in which a request can reach a route. */
static int
target_split(struct slice target, struct slice *path, struct slice *query, struct plim_error *err)
{
	slice_cut(target, '?', path, query);
	if (!slice_starts(*path, SLICE("/")) && !skip_scheme(path))
		return error_set(err, PLIM_EFORMAT, "a target that is neither a path nor an address");
	/* In an address a host comes first; a path of the engine's never begins so. */
	if (path->p != target.p && slice_skip(path, SLICE("//"))) {
		size_t at = slice_find(*path, '/');
		*path = at == SIZE_MAX ? SLICE("") : slice_from(*path, at);
	}
	return slice_starts(*path, SLICE("/")) ? 0 : error_set(err, PLIM_EFORMAT, "an address without a path");
}

/* The engine sends whoever writes such a path elsewhere before anybody is asked. */
static bool
is_clean(struct slice path)
{
	struct slice rest = slice_from(path, 1), part;
	if (rest.n > 0 && path.p[path.n - 1] == '/')
		return false;
	while (slice_next(&rest, '/', &part))
		if (part.n == 0 || slice_is(part, ".") || slice_is(part, ".."))
			return false;
	return true;
}

/* "/v1.41" in front: digits and points. */
static void
skip_version(struct docker_request *request)
{
	struct slice rest = request->path, text, major, minor;
	uint64_t high = 0, low = 0;
	request->version = UINT_MAX;
	if (!slice_skip(&rest, SLICE("/v")))
		return;
	size_t at = slice_find(rest, '/');
	text = slice_first(rest, at == SIZE_MAX ? 0 : at);
	for (size_t i = 0; i < text.n; i++)
		if (!strchr("0123456789.", text.p[i]))
			return;
	if (text.n == 0)
		return;
	request->path = slice_from(rest, at);
	/* A version that is none of theirs is the oldest: what it may do is everything. */
	request->version = 0;
	if (slice_cut(text, '.', &major, &minor) && slice_to_u64(major, 10, &high) && slice_to_u64(minor, 10, &low) && high < 1000 && low < 1000)
		request->version = (unsigned)(high * 1000 + low);
}

static bool
matches(const char *pattern, struct slice path, struct slice *name)
{
	struct slice before, behind;
	*name = SLICE_NONE;
	if (!slice_cut(slice_of(pattern), '*', &before, &behind))
		return slice_is(path, pattern);
	if (!slice_skip(&path, before) || !slice_skip_end(&path, behind) || path.n == 0)
		return false;
	*name = path;
	return true;
}

static void
find_route(struct docker_request *request)
{
	for (size_t i = 0; request->act == DOCKER_UNKNOWN && i < sizeof routes / sizeof *routes; i++)
		if (slice_is(request->method, routes[i].method) && matches(routes[i].path, request->path, &request->name))
			request->act = routes[i].act;
}

static int
take_target(struct docker_request *request, struct arena *arena, struct plim_error *err)
{
	struct slice path;
	int r = target_split(request->uri, &path, &request->query, err);
	if (r < 0)
		return r;
	request->path = decode(path, false, arena);
	if (request->path.p == NULL || !is_clean(request->path))
		return error_set(err, PLIM_EFORMAT, "a path that cannot be decoded");
	skip_version(request);
	return 0;
}

bool
docker_query_next(struct slice *rest, const char *key, struct arena *arena, struct slice *value, bool *bad)
{
	struct slice pair, name, raw;
	while (slice_next(rest, '&', &pair)) {
		if (!slice_cut(pair, '=', &name, &raw))
			raw = SLICE("");
		name = decode(name, true, arena);
		*value = decode(raw, true, arena);
		*bad |= name.p == NULL || value->p == NULL || slice_find(pair, ';') != SIZE_MAX;
		if (name.p && value->p && slice_is(name, key))
			return true;
	}
	return false;
}

/* Bodies */

static struct slice
header(const struct json *told, const char *name)
{
	return json_string(docker_get(docker_get(told, "RequestHeaders"), name));
}

/*
 * A form would change what the query says, and no form is shown to us.  Of several types the engine tells us the last, and goes by the first itself: where
 * the query decides, a body of any type that is not shown may be a form.
 */
static int
check_form(const struct docker_request *request, const struct json *told, struct plim_error *err)
{
	struct slice type = header(told, "Content-Type");
	for (size_t i = 0; i + 4 <= type.n; i++)
		if (slice_eq_nocase(slice_first(slice_from(type, i), 4), SLICE("form")))
			return error_set(err, PLIM_EFORMAT, "a form, which nobody here can read");
	bool may_be = type.n > 0 && !request->empty && docker_get(told, "RequestBody") == NULL;
	return may_be && needs_query[request->act] ? error_set(err, PLIM_EFORMAT, "a body that is not shown, and may be a form") : 0;
}

/* Labels are a map, whose keys are what they are: images have "Version" beside "version". */
static int
check_keys(const struct json *value, struct arena *arena, struct plim_error *err)
{
	int r = json_check_folded_keys(value, arena, err);
	for (size_t i = 0; r == 0 && (value->type == JSON_OBJECT || value->type == JSON_ARRAY) && i < value->n; i++)
		if (value->type == JSON_ARRAY || !json_key_same(value->keys[i], SLICE("Labels")))
			r = check_keys(&value->items[i], arena, err);
	return r;
}

static int
take_body(struct docker_request *request, const struct json *told, struct arena *arena, struct plim_error *err)
{
	struct slice shown = json_string(docker_get(told, "RequestBody"));
	struct slice bytes = base64_decode(BASE64_STANDARD, shown, arena);
	if (shown.n == 0)
		return error_set(err, PLIM_EFORMAT, "its body was kept from the guard: it has no length, no type application/json, or is too large");
	if (bytes.p == NULL)
		return error_set(err, PLIM_EFORMAT, "its body is no base64");
	int r = json_parse(bytes, arena, &request->body, err);
	if (r == 0 && !json_is(request->body, JSON_OBJECT))
		r = error_set(err, PLIM_EFORMAT, "no object");
	if (r == 0)
		r = check_keys(request->body, arena, err);
	return r < 0 ? error_wrap(err, r, "its body") : 0;
}

static int
take(struct docker_request *request, const struct json *told, struct arena *arena, struct plim_error *err)
{
	request->method = json_string(docker_get(told, "RequestMethod"));
	request->uri = json_string(docker_get(told, "RequestUri"));
	request->user = json_string(docker_get(told, "User"));
	if (request->method.n == 0 || request->uri.n == 0)
		return error_set(err, PLIM_EFORMAT, "no method, or no target");
	if (slice_is(request->method, "GET") || slice_is(request->method, "HEAD"))
		return request->act = DOCKER_PASS, 0;
	int r = take_target(request, arena, err);
	if (r < 0)
		return r;
	find_route(request);
	request->empty = docker_get(told, "RequestBody") == NULL && slice_is(header(told, "Content-Length"), "0");
	if ((r = check_form(request, told, err)) < 0)
		return r;
	return needs_body[request->act] ? take_body(request, told, arena, err) : 0;
}

int
docker_request_parse(struct slice told, struct arena *arena, struct docker_request *out, struct plim_error *err)
{
	const struct json *json;
	*out = (struct docker_request){ .act = DOCKER_UNKNOWN, .version = UINT_MAX };
	int r = json_parse(told, arena, &json, err);
	if (r == 0 && !json_is(json, JSON_OBJECT))
		r = error_set(err, PLIM_EFORMAT, "no object");
	if (r == 0)
		r = json_check_folded(json, arena, err);
	return r < 0 ? error_wrap(err, r, "what the engine tells") : take(out, json, arena, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker's authorization plugin: a first line "METHOD TARGET", behind it a body.  A path that is written in percent signs alone means what it meant
 * before; a body is held against what is refused whatever the image, in every part of it.  The bytes as they are are what the engine tells, too.
 */
#include "../fuzz.h"

#include "codec/json_fold.h"
#include "codec/json_write.h"
#include "enforce/docker/shape.h"
#include "codec/base64.h"

static void
shape(const struct json *body)
{
	static const char *const hidden[] = { "/run/docker.sock", NULL };
	struct docker_shape_options options = { .hidden = hidden };
	struct plim_error err = { 0 };
	docker_refusals_parse(SLICE("all"), options.refused, &err);
	docker_shape_create(&options, body, &err);
	docker_shape_container(&options, body, &err);
	docker_shape_exec(&options, body, &err);
	docker_shape_volume(&options, body, &err);
	docker_shape_service(&options, body, &err);
}

static void
touch(const struct docker_request *request, struct arena *arena)
{
	struct slice rest = request->query, value;
	bool bad = false;
	fuzz_touch(request->path);
	fuzz_touch(request->name);
	while (docker_query_next(&rest, "name", arena, &value, &bad))
		fuzz_touch(value);
	if (request->body)
		shape(request->body);
}

static int
ask(struct slice method, struct slice target, struct slice body, struct arena *arena, struct docker_request *out)
{
	AUTO(strbuf) struct strbuf told = { 0 }, coded = { 0 };
	struct json_writer w = { .into = &told };
	struct plim_error err = { 0 };
	base64_put(BASE64_STANDARD, body, &coded);
	json_write_object(&w);
	json_write_member(&w, "RequestBody", strbuf_slice(&coded));
	json_write_member(&w, "RequestMethod", method);
	json_write_member(&w, "RequestUri", target);
	json_write_object_end(&w);
	return docker_request_parse(strbuf_slice(&told), arena, out, &err);
}

static bool
is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] == 127)
			return false;
	return true;
}

/* The same path, every byte but its slashes in percent signs. */
static void
ask_again(const struct docker_request *before, struct slice method, struct slice target, struct slice body, struct arena *arena)
{
	AUTO(strbuf) struct strbuf written = { 0 };
	struct docker_request again;
	struct slice path, query;
	slice_cut(target, '?', &path, &query);
	if (!slice_starts(path, SLICE("/")) || slice_find(path, '%') != SIZE_MAX || !is_ascii(target) || slice_is(method, "GET") || slice_is(method, "HEAD"))
		return;
	for (size_t i = 0; i < path.n; i++)
		strbuf_printf(&written, path.p[i] == '/' ? "/" : "%%%02x", (unsigned char)path.p[i]);
	strbuf_printf(&written, "?%.*s", SLICE_ARG(query));
	fuzz_demand(ask(method, strbuf_slice(&written), body, arena, &again) == 0 && again.act == before->act && again.version == before->version &&
	            slice_eq(again.path, before->path) && slice_eq(again.name, before->name));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(16 << 20);
	struct slice text = { (const char *)data, size }, line, body, method, target;
	struct plim_error err = { 0 };
	struct docker_request request;
	if (size > 65536)
		return 0;
	if (docker_request_parse(text, arena, &request, &err) == 0)
		touch(&request, arena);
	slice_cut(text, '\n', &line, &body);
	slice_cut(line, ' ', &method, &target);
	if (method.p && target.p && ask(method, target, body, arena, &request) == 0) {
		touch(&request, arena);
		ask_again(&request, method, target, body, arena);
	}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The protocol of authorization plugins, and the way from a request to the image that it would run. */
#include "enforce/docker/guard_docker.h"

#include "base/error.h"
#include "codec/json_write.h"
#include "enforce/docker/engine_get.h"
#include "enforce/docker/names.h"
#include "gate/events.h"
#include "net/reference.h"

#include <stdio.h>
#include <time.h>

#define PLUGIN_TYPE "application/vnd.docker.plugins.v1.2+json"

/* Until this version a start may bring settings of the container along. */
#define START_IS_BARE 1024

struct docker {
	const struct guard_docker_options *options;
	const struct plim_log_place *log;
	struct serving *serving;
	struct docker_names names;
};

/* One request on its way to its answer; lives in the arena of its call. */
struct asked {
	struct docker *docker;
	struct http_call *call;
	struct arena *arena;
	struct docker_request request;
	struct guard_question question;
	struct slice image;            /* as it was named, for the message */
	struct digest id;              /* what the engine calls it */
	bool like_number;              /* a start by a name that could be the beginning of another's number */
	const struct json *all;        /* then all containers, once the one of that name may start */
	size_t next;                   /* of them */
	struct plim_error err;
};

/* Answers */

static void
answer(struct http_call *call, bool allow, struct slice message)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	struct json_writer w = { .into = &body };
	json_write_object(&w);
	json_write_key(&w, SLICE("Allow"));
	json_write_bool(&w, allow);
	json_write_member(&w, "Err", SLICE(""));
	json_write_member(&w, "Msg", message.p ? message : SLICE(""));
	json_write_object_end(&w);
	/* An engine that cannot read the answer refuses. */
	http_call_answer(call, &(struct http_answer){ .status = body.failed ? 500 : 200, .type = PLUGIN_TYPE, .body = strbuf_slice(&body) });
}

/* Names that are on their way */

static enum docker_naming
naming_of(const struct docker_request *request)
{
	return request->act == DOCKER_START ? DOCKER_NAME_STARTS : DOCKER_NAME_GIVEN;
}

/* The next name that the request is about: the one in its path, or those in its query. */
static bool
name_next(const struct docker_request *request, struct slice *rest, struct arena *arena, struct slice *name, bool *bad)
{
	if (request->act == DOCKER_CREATE || request->act == DOCKER_RENAME)
		return docker_query_next(rest, "name", arena, name, bad);
	*name = request->act == DOCKER_START ? *rest : SLICE_NONE;
	*rest = SLICE_NONE;
	return name->n > 0;
}

static struct slice
names_of(const struct docker_request *request)
{
	return request->act == DOCKER_START ? request->name : request->query;
}

/* At most `most` of them. */
static void
names_end(struct docker *docker, const struct docker_request *request, struct arena *arena, size_t most)
{
	struct slice rest = names_of(request), name;
	bool bad = false;
	for (size_t n = 0; n < most && name_next(request, &rest, arena, &name, &bad); n++)
		docker_names_end(&docker->names, name, naming_of(request));
}

static int64_t
seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static int
names_begin(struct asked *a)
{
	struct slice rest = names_of(&a->request), name;
	int64_t now = seconds();
	bool bad = false;
	size_t n = 0;
	while (name_next(&a->request, &rest, a->arena, &name, &bad)) {
		if (!docker_names_begin(&a->docker->names, name, naming_of(&a->request), now)) {
			names_end(a->docker, &a->request, a->arena, n);
			return error_set(&a->err, PLIM_EPOLICY, "a container of this name is just being started, or the name given to another: try again");
		}
		n++;
	}
	if (!bad)
		return 0;
	names_end(a->docker, &a->request, a->arena, n);
	return error_set(&a->err, PLIM_EFORMAT, "a query that cannot be decoded");
}

/* What passes: the engine now does it, under the names that began. */
static void
let_pass(struct asked *a, struct slice message)
{
	struct slice rest = names_of(&a->request), name;
	int64_t now = seconds();
	bool bad = false;
	while (name_next(&a->request, &rest, a->arena, &name, &bad))
		docker_names_answered(&a->docker->names, name, naming_of(&a->request), now);
	answer(a->call, true, message);
}

static void
allow(struct asked *a)
{
	let_pass(a, SLICE_NONE);
}

/* Refusals */

/* Of what is refused for what it is the core knows nothing: the log is told here. */
static void
record(struct asked *a, struct slice reason, bool dry)
{
	struct plim_error err = { 0 };
	struct slice subject = arena_printf(a->arena, "%.*s %.*s", SLICE_ARG(a->request.method), SLICE_ARG(slice_first(a->request.uri, 300)));
	const struct log_field fields[] = {
		LOG_FIELD_TEXT("does", dry ? SLICE("admits") : SLICE("refuses")),
		LOG_FIELD_TEXT("door", SLICE("docker")),
		LOG_FIELD_TEXT("reason", reason),
		LOG_FIELD_TEXT("result", SLICE("refused")),
		LOG_FIELD_TEXT("subject", subject),
		LOG_FIELD_TEXT("user", a->request.user.n ? a->request.user : SLICE_NONE),
		LOG_FIELD_TEXT("why", dry ? SLICE("dry run") : SLICE_NONE),
	};
	if (event_record(a->docker->log, "guard", fields, sizeof fields / sizeof *fields, &err) < 0)
		fprintf(stderr, "plimsoll guard docker: the log: %s\n", err.text);
}

static struct slice
printable(struct arena *arena, struct slice text)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, text);
	return arena_dup(arena, strbuf_slice(&shown));
}

/* Whose names began and who does not run after all has no answer of the engine's to end them. */
static void
refuse(struct asked *a, const char *why, bool named)
{
	struct slice reason = printable(a->arena, slice_of(why));
	bool dry = serving_is_dry(a->docker->serving);
	serving_refused(a->docker->serving);
	record(a, reason, dry);
	if (dry) {
		allow(a);
		return;
	}
	if (named)
		names_end(a->docker, &a->request, a->arena, SIZE_MAX);
	answer(a->call, false, arena_printf(a->arena, "plimsoll: %.*s", SLICE_ARG(reason)));
}

static void look_at_others(struct asked *a);

/* The core's word. */
static void
on_decided(void *context, const struct guard_answer *said)
{
	struct asked *a = context;
	struct slice image = printable(a->arena, slice_first_text(a->image, 300));
	struct slice message = arena_printf(a->arena, "plimsoll: %s%s%.*s: %.*s", a->all ? "another container's number begins with this name: " : "",
	                                    said->outcome == GUARD_CANNOT_TELL ? "cannot tell whether it may run: " : "", SLICE_ARG(image), SLICE_ARG(said->reason));
	if (said->admits) {
		a->like_number ? look_at_others(a) : let_pass(a, message);
		return;
	}
	names_end(a->docker, &a->request, a->arena, SIZE_MAX);
	answer(a->call, false, message);
}

static void
ask(struct asked *a)
{
	a->question.door = "docker";
	serving_ask(a->docker->serving, &a->question, a->arena, 0, on_decided, a);
}

static void
get(struct asked *a, struct slice path, engine_answered_fn *answered)
{
	engine_get(http_server_loop(serving_http(a->docker->serving)), a->docker->options->engine, path, a->arena, answered, a);
}

/* What the engine did not tell is no reason to let anything run. */
static void
refuse_untold(struct asked *a, const char *what, const struct engine_answer *said)
{
	struct plim_error err = { 0 };
	if (said->status)
		error_set(&err, PLIM_EREMOTE, "%s: the engine answered %u%s%.*s", what, said->status, said->why.n ? ": " : "", SLICE_ARG(said->why));
	else
		error_set(&err, PLIM_EREMOTE, "%s: %.*s", what, SLICE_ARG(said->why));
	refuse(a, err.text, true);
}

/* Images */

/* "NAME@sha256:HEX"; a short one is Docker Hub's. */
static bool
place_of(struct slice text, struct arena *arena, struct guard_place *out)
{
	struct reference reference;
	if (reference_parse(text, &reference, NULL) < 0 || reference.digest.algorithm == DIGEST_NONE)
		return false;
	if (reference.host.p == NULL)
		reference.host = SLICE("docker.io");
	*out = (struct guard_place){ reference_repository(&reference, arena), reference.tag, reference.digest };
	return out->repository.p != NULL;
}

static int
take_places(struct asked *a, const struct json *names)
{
	size_t most = json_is(names, JSON_ARRAY) ? names->n : 0;
	struct guard_place *places = arena_make_array(a->arena, most + 1, struct guard_place);
	if (places == NULL)
		return error_nomem(&a->err);
	a->question.places = places;
	a->question.place_count = 0;
	for (size_t i = 0; i < most; i++)
		if (place_of(json_string(&names->items[i]), a->arena, &places[a->question.place_count]))
			a->question.place_count++;
	return 0;
}

/* Every name under which the engine has it, and its own number for it: a configuration's digest, or with containerd's store a manifest's. */
static void
ask_image(struct asked *a, const struct json *image)
{
	if (take_places(a, docker_get(image, "RepoDigests")) < 0) {
		refuse(a, a->err.text, true);
		return;
	}
	a->question.digests = &a->id;
	a->question.digest_count = 1;
	ask(a);
}

static void
on_started_image(void *context, const struct engine_answer *said)
{
	struct asked *a = context;
	struct digest id;
	if (said->status != 200)
		refuse_untold(a, "the container's image", said);
	else if (!digest_parse(json_string(docker_get(said->json, "Id")), &id) || !digest_eq(&id, &a->id))
		refuse(a, "the engine tells of another image than the container's", true);
	else
		ask_image(a, said->json);
}

/* Starting */

static bool
is_hex(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!strchr("0123456789abcdef", text.p[i]))
			return false;
	return true;
}

static bool
is_id(struct slice text)
{
	return text.n == 64 && is_hex(text);
}

static int
take_container(struct asked *a, const struct json *container)
{
	struct slice id = json_string(docker_get(container, "Id")), name = json_string(docker_get(container, "Name")), image = json_string(docker_get(container, "Image"));
	if (!is_id(id) || !digest_parse(image, &a->id))
		return error_set(&a->err, PLIM_EFORMAT, "the container has no image that the engine knows: nobody can have approved it");
	slice_skip(&name, SLICE("/"));
	if (a->all == NULL)
		a->like_number = is_hex(a->request.name) && !slice_starts(id, a->request.name);
	a->image = json_string(docker_get(docker_get(container, "Config"), "Image"));
	a->question.subject = arena_printf(a->arena, "%.*s %.*s", SLICE_ARG(slice_first(id, 12)), SLICE_ARG(slice_first(name, 200)));
	return docker_shape_container(&a->docker->options->shape, container, &a->err);
}

static void
on_container(void *context, const struct engine_answer *said)
{
	struct asked *a = context;
	char text[DIGEST_TEXT_SIZE];
	if (said->status != 200)
		refuse_untold(a, "the container", said);
	else if (take_container(a, said->json) < 0)
		refuse(a, a->err.text, true);
	else
		get(a, arena_printf(a->arena, "/images/%s/json", digest_text(&a->id, text)), on_started_image);
}

static void
get_container(struct asked *a, struct slice name)
{
	get(a, arena_printf(a->arena, "/containers/%.*s/json", SLICE_ARG(name)), on_container);
}

static void
look_at_next(struct asked *a)
{
	while (a->next < a->all->n) {
		struct slice id = json_string(docker_get(&a->all->items[a->next++], "Id"));
		if (!is_id(id))
			return refuse(a, "the engine tells of a container without a number", true);
		if (slice_starts(id, a->request.name))
			return get_container(a, id);
	}
	let_pass(a, SLICE_NONE);
}

static void
on_all(void *context, const struct engine_answer *said)
{
	struct asked *a = context;
	if (said->status != 200)
		return refuse_untold(a, "all containers", said);
	if (!json_is(said->json, JSON_ARRAY))
		return refuse(a, "the engine tells no list of its containers", true);
	a->all = said->json;
	look_at_next(a);
}

/*
 * Once nobody has the name any more, for it can be removed or renamed meanwhile, the engine takes it for the beginning of a number: whosever that is must
 * be let pass as well.
 */
static void
look_at_others(struct asked *a)
{
	if (a->all)
		look_at_next(a);
	else
		get(a, SLICE("/containers/json?all=1"), on_all);
}

/* As Docker's own names and numbers are: nothing in them could lead to another of its routes. */
static bool
is_container_name(struct slice name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!letter && (i == 0 || !strchr("_.-", c)))
			return false;
	}
	return name.n > 0 && name.n < 256;
}

static void
start(struct asked *a)
{
	const struct docker_request *request = &a->request;
	if (request->version < START_IS_BARE && !request->empty)
		refuse(a, "a start by an API before 1.24 may change the container's settings: use a newer one", false);
	else if (!is_container_name(request->name))
		refuse(a, "a container is named by its name or its number", false);
	else if (docker_shape_start(&a->docker->options->shape, request->query, a->arena, &a->err) < 0 || names_begin(a) < 0)
		refuse(a, a->err.text, false);
	else
		get_container(a, request->name);
}

/* Creating */

static void
on_created_image(void *context, const struct engine_answer *said)
{
	struct asked *a = context;
	/* The engine itself will say that it is not there; the client then pulls it, and asks again. */
	if (said->status == 404)
		allow(a);
	else if (said->status != 200)
		refuse_untold(a, "the image", said);
	else if (!digest_parse(json_string(docker_get(said->json, "Id")), &a->id))
		refuse(a, "the image has no number that the engine knows", true);
	else
		ask_image(a, said->json);
}

static struct slice
image_path(struct asked *a)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	strbuf_puts(&path, "/images/");
	strbuf_put_percent(&path, a->image, "/:@");
	strbuf_puts(&path, "/json");
	return path.failed ? SLICE_NONE : arena_dup(a->arena, strbuf_slice(&path));
}

/* Nothing runs by it yet. */
static void
create(struct asked *a)
{
	struct reference reference;
	a->image = json_string(docker_get(a->request.body, "Image"));
	a->question.quiet = true;
	a->question.subject = SLICE("create");
	if (docker_shape_create(&a->docker->options->shape, a->request.body, &a->err) < 0 || names_begin(a) < 0) {
		refuse(a, a->err.text, false);
		return;
	}
	bool is_number = slice_starts(a->image, SLICE("sha256:"));
	if (a->image.n == 0 || a->image.n > 1000 || (!is_number && reference_parse(a->image, &reference, &a->err) < 0)) {
		refuse(a, a->image.n == 0 ? "a container without an image: nobody can have approved it" : "the image's name is none", true);
		return;
	}
	struct slice path = image_path(a);
	if (path.p)
		get(a, path, on_created_image);
	else
		refuse(a, "out of memory", true);
}

/* Services: their tasks start without anybody asking, so the image is judged here, and has to be named by what cannot change. */
static void
service(struct asked *a)
{
	const struct json *container = docker_get(docker_get(a->request.body, "TaskTemplate"), "ContainerSpec");
	struct slice rest = a->request.query, value;
	struct guard_place *place = arena_make(a->arena, struct guard_place);
	bool bad = false;
	a->image = json_string(docker_get(container, "Image"));
	a->question.subject = SLICE("service");
	if (docker_shape_service(&a->docker->options->shape, a->request.body, &a->err) < 0) {
		refuse(a, a->err.text, false);
	} else if (docker_query_next(&rest, "rollback", a->arena, &value, &bad) || bad) {
		refuse(a, "a rollback does not say what it will run: update the service to that image", false);
	} else if (place == NULL || !place_of(a->image, a->arena, place)) {
		refuse(a, "a service's image is named by its digest here: NAME@sha256:...", false);
	} else {
		a->id = place->digest;
		a->question.places = place;
		a->question.place_count = 1;
		a->question.digests = &a->id;
		a->question.digest_count = 1;
		ask(a);
	}
}

/* The rest */

static void
allow_or_refuse(struct asked *a, int r)
{
	if (r < 0)
		refuse(a, a->err.text, false);
	else
		allow(a);
}

static void
name(struct asked *a)
{
	allow_or_refuse(a, names_begin(a));
}

static void
execute(struct asked *a)
{
	allow_or_refuse(a, docker_shape_exec(&a->docker->options->shape, a->request.body, &a->err));
}

static void
volume(struct asked *a)
{
	allow_or_refuse(a, docker_shape_volume(&a->docker->options->shape, a->request.body, &a->err));
}

static void
shape(struct asked *a)
{
	allow_or_refuse(a, docker_shape_act(&a->docker->options->shape, a->request.act, &a->err));
}

static void
unknown(struct asked *a)
{
	refuse(a, "a request that this guard does not know, so that it cannot tell what it would run", false);
}

static void (*const acts[])(struct asked *a) = {
	[DOCKER_PASS] = allow,       [DOCKER_CREATE] = create, [DOCKER_START] = start,  [DOCKER_RENAME] = name,  [DOCKER_EXEC] = execute,      [DOCKER_COPY] = shape,
	[DOCKER_BUILD] = shape,      [DOCKER_VOLUME] = volume, [DOCKER_PLUGIN] = shape, [DOCKER_SWARM] = shape,  [DOCKER_SERVICE] = service,   [DOCKER_UNKNOWN] = unknown,
};

/* The protocol */

static struct asked *
asked_new(struct docker *docker, struct http_call *call)
{
	struct asked *a = arena_make(http_call_arena(call), struct asked);
	if (a)
		*a = (struct asked){ .docker = docker, .call = call, .arena = http_call_arena(call) };
	return a;
}

static void
on_request(struct docker *docker, struct http_call *call)
{
	struct asked *a = asked_new(docker, call);
	if (a == NULL)
		answer(call, false, SLICE("plimsoll: out of memory"));
	else if (docker_request_parse(http_call_body(call), a->arena, &a->request, &a->err) < 0)
		refuse(a, a->err.text, false);
	else
		acts[a->request.act](a);
}

/* It is done already: nothing could be refused any more. */
static void
on_response(struct docker *docker, struct http_call *call)
{
	struct arena *arena = http_call_arena(call);
	struct docker_request request;
	struct plim_error err = { 0 };
	if (docker_request_parse(http_call_body(call), arena, &request, &err) == 0)
		names_end(docker, &request, arena, SIZE_MAX);
	answer(call, true, SLICE_NONE);
}

static void
on_activate(struct docker *docker, struct http_call *call)
{
	(void)docker;
	http_call_answer(call, &(struct http_answer){ .status = 200, .type = PLUGIN_TYPE, .body = SLICE("{\"Implements\":[\"authz\"]}") });
}

static void
handle(void *context, struct http_call *call)
{
	static const struct {
		const char *path;
		void (*act)(struct docker *docker, struct http_call *call);
	} methods[] = { { "/AuthZPlugin.AuthZReq", on_request }, { "/AuthZPlugin.AuthZRes", on_response }, { "/Plugin.Activate", on_activate } };
	const struct http_head *head = http_call_head(call);
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (slice_is(head->target, methods[i].path) && slice_is(head->method, "POST")) {
			methods[i].act(context, call);
			return;
		}
	http_call_say(call, 404, "this is Docker's authorization plugin");
}

static int
begin(void *context, struct serving *serving, struct plim_error *err)
{
	struct docker *docker = context;
	(void)err;
	docker->serving = serving;
	return 0;
}

int
guard_docker_run(const struct serving_options *serving, const struct guard_docker_options *options, FILE *told, struct plim_error *err)
{
	struct docker docker = { .options = options, .log = serving->guard->log };
	/* The engine keeps its connections: one that is closed under its hands costs it a second. */
	const struct serving_door door = { .name = "docker", .handle = handle, .begin = begin, .context = &docker };
	int r = serving_run(serving, &door, told, err);
	docker_names_done(&docker.names);
	return r;
}

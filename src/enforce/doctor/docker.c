/* SPDX-License-Identifier: Apache-2.0 */
/* Docker: daemon.json, and what the daemon is started with. */
#include "enforce/doctor/doctor.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "codec/json.h"

#include <stdio.h>

#define DOCKER "Docker"
#define DAEMON_JSON "etc/docker/daemon.json"

struct docker {
	struct doctor *doctor;
	const struct json *daemon;     /* NULL: no daemon.json, or one that cannot be read */
	struct strbuf words;           /* of command lines and unit files */
	bool unread;
};

/* Units and their drop-ins, from all places that systemd has. */
static int
gather_units(struct docker *docker, struct plim_error *err)
{
	static const char *const folders[] = { "etc/systemd/system", "usr/lib/systemd/system", "lib/systemd/system", "run/systemd/system" };
	struct slice text;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		char path[256];
		const char *const *names;
		size_t n;
		snprintf(path, sizeof path, "%s/docker.service", folders[i]);
		int r = doctor_read(docker->doctor, path, &text, err);
		strbuf_put(&docker->words, text);
		snprintf(path, sizeof path, "%s/docker.service.d", folders[i]);
		if (r < 0 || (r = doctor_list(docker->doctor, path, &names, &n, err)) < 0)
			return r;
		for (size_t k = 0; k < n; k++) {
			snprintf(path, sizeof path, "%s/docker.service.d/%.100s", folders[i], names[k]);
			if ((r = doctor_read(docker->doctor, path, &text, err)) < 0)
				return r;
			strbuf_putc(&docker->words, '\n');
			strbuf_put(&docker->words, text);
		}
	}
	int r = doctor_read(docker->doctor, "etc/default/docker", &text, err);
	strbuf_putc(&docker->words, '\n');
	strbuf_put(&docker->words, text);
	return r;
}

static bool
is_number(const char *name)
{
	return *name && strspn(name, "0123456789") == strlen(name);
}

static int
gather_processes(struct docker *docker, struct plim_error *err)
{
	const char *const *names;
	size_t n;
	int r = docker->doctor->is_live ? doctor_list(docker->doctor, "proc", &names, &n, err) : 0;
	for (size_t i = 0; docker->doctor->is_live && r == 0 && i < n; i++) {
		char path[64];
		struct slice text;
		snprintf(path, sizeof path, "proc/%.20s/cmdline", names[i]);
		/* One that ended meanwhile is none. */
		if (!is_number(names[i]) || doctor_read(docker->doctor, path, &text, NULL) < 0 || text.n == 0)
			continue;
		struct slice program = path_base(slice_of(text.p));
		if (!slice_is(program, "dockerd"))
			continue;
		strbuf_putc(&docker->words, '\n');
		for (size_t k = 0; k < text.n; k++)
			strbuf_putc(&docker->words, text.p[k] ? text.p[k] : ' ');
	}
	return r;
}

static int
read_daemon(struct docker *docker, struct plim_error *err)
{
	struct slice text;
	struct plim_error why = { 0 };
	int r = doctor_read(docker->doctor, DAEMON_JSON, &text, &why);
	if (r == 0 && text.n)
		r = json_parse(text, docker->doctor->arena, &docker->daemon, &why);
	docker->unread = r < 0;
	return r < 0 ? doctor_say(docker->doctor, DOCKER, DOOR_UNKNOWN, NULL, err, "/" DAEMON_JSON ": %s", why.text) : 0;
}

/* The value of "--NAME=VALUE" or "--NAME VALUE" anywhere; absent where there is none. */
static struct slice
flag_of(const struct docker *docker, const char *name)
{
	struct slice rest = strbuf_slice(&docker->words), word, value = SLICE_NONE;
	for (bool next = false; slice_word(&rest, &word);) {
		struct slice tail = word;
		if (next)
			return word;
		if (slice_skip(&tail, slice_of(name))) {
			if (slice_skip(&tail, SLICE("=")))
				value = tail;
			else
				next = tail.n == 0;
		}
	}
	return value;
}

static bool
plugin_is_ours(struct slice name)
{
	return slice_find_text(name, SLICE("plimsoll")) != SIZE_MAX;
}

static int
look_at_plugin(struct docker *docker, struct plim_error *err)
{
	static const char fix[] = "start `plimsoll guard docker`, and name it in /etc/docker/daemon.json: \"authorization-plugins\": [\"plimsoll\"]";
	const struct json *plugins = json_get(docker->daemon, "authorization-plugins");
	struct slice name = flag_of(docker, "--authorization-plugin"), other = SLICE_NONE;
	for (size_t i = 0; plugins && i < plugins->n; i++) {
		struct slice one = json_string(json_item(plugins, i));
		if (plugin_is_ours(one))
			name = one;
		else
			other = one;
	}
	if (plugin_is_ours(name))
		return doctor_say(docker->doctor, DOCKER, DOOR_SHUT, NULL, err, "the daemon asks the authorization plugin '%.*s' before anything starts", SLICE_ARG(name));
	if (name.n || other.n)
		return doctor_say(docker->doctor, DOCKER, DOOR_OPEN, fix, err, "the daemon asks another authorization plugin, '%.*s', and not plimsoll", SLICE_ARG(name.n ? name : other));
	return doctor_say(docker->doctor, DOCKER, docker->unread ? DOOR_UNKNOWN : DOOR_OPEN, fix, err, "no authorization plugin is asked: who reaches the socket starts any image");
}

static struct slice
runtime_path(const struct docker *docker, struct slice name)
{
	const struct json *runtimes = json_get(docker->daemon, "runtimes");
	for (size_t i = 0; json_is(runtimes, JSON_OBJECT) && i < runtimes->n; i++)
		if (slice_eq(runtimes->keys[i], name))
			return json_get_string(&runtimes->items[i], "path");
	return SLICE_NONE;
}

static int
look_at_runtime(struct docker *docker, struct plim_error *err)
{
	static const char fix[] = "\"default-runtime\": \"plimsoll\" with \"runtimes\": {\"plimsoll\": {\"path\": \".../plimsoll-runtime\"}} in /etc/docker/daemon.json";
	struct slice name = json_get_string(docker->daemon, "default-runtime"), flag = flag_of(docker, "--default-runtime");
	if (flag.n)
		name = flag;
	struct slice path = runtime_path(docker, name);
	if (slice_find_text(path, SLICE("plimsoll")) == SIZE_MAX)
		return doctor_say(docker->doctor, DOCKER, docker->unread ? DOOR_UNKNOWN : DOOR_OPEN, fix, err,
		                  "no runtime wrapper: restart policies, swarm tasks and builds start containers without asking the daemon's plugins");
	int r = doctor_say(docker->doctor, DOCKER, DOOR_SHUT, NULL, err, "the default runtime '%.*s' is plimsoll's", SLICE_ARG(name));
	/* "runc" is a name that the daemon always has. */
	return r < 0 ? r : doctor_say(docker->doctor, DOCKER, DOOR_OPEN, "let the authorization plugin refuse other runtimes (--refuse runtime), or divert the runc binary", err, "--runtime=runc names the real runtime, which asks nobody");
}

/* An address without TLS is one that anybody who reaches it is root by. */
static bool
is_bare_tcp(const struct docker *docker, struct slice host)
{
	const struct json *verify = json_get(docker->daemon, "tlsverify");
	bool verified = (json_is(verify, JSON_BOOL) && verify->truth) || slice_find_text(strbuf_slice(&docker->words), SLICE("--tlsverify")) != SIZE_MAX;
	return slice_starts(host, SLICE("tcp://")) && !verified;
}

static int
look_at_hosts(struct docker *docker, struct plim_error *err)
{
	static const char fix[] = "leave it out, or demand client certificates: \"tlsverify\": true";
	const struct json *hosts = json_get(docker->daemon, "hosts");
	struct slice rest = strbuf_slice(&docker->words), word;
	for (size_t i = 0; hosts && i < hosts->n; i++)
		if (is_bare_tcp(docker, json_string(json_item(hosts, i))))
			return doctor_say(docker->doctor, DOCKER, DOOR_OPEN, fix, err, "the daemon listens on %.*s without client certificates", SLICE_ARG(json_string(json_item(hosts, i))));
	while (slice_word(&rest, &word)) {
		slice_skip(&word, SLICE("--host="));
		slice_skip(&word, SLICE("-H="));
		if (is_bare_tcp(docker, word))
			return doctor_say(docker->doctor, DOCKER, DOOR_OPEN, fix, err, "the daemon listens on %.*s without client certificates", SLICE_ARG(word));
	}
	return 0;
}

int
doctor_docker(struct doctor *doctor, struct plim_error *err)
{
	struct docker docker = { .doctor = doctor };
	if (!doctor_has(doctor, "usr/bin/dockerd") && !doctor_has(doctor, "usr/sbin/dockerd") && !doctor_has(doctor, "usr/local/bin/dockerd") && !doctor_has(doctor, DAEMON_JSON))
		return 0;
	int r = read_daemon(&docker, err);
	if (r == 0)
		r = gather_units(&docker, err);
	if (r == 0)
		r = gather_processes(&docker, err);
	if (r == 0 && docker.words.failed)
		r = error_nomem(err);
	if (r == 0)
		r = look_at_plugin(&docker, err);
	if (r == 0)
		r = look_at_runtime(&docker, err);
	if (r == 0)
		r = look_at_hosts(&docker, err);
	strbuf_done(&docker.words);
	return r;
}

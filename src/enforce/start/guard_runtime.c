/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/start/guard_runtime.h"

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "enforce/start/identity.h"
#include "enforce/start/oci_bundle.h"
#include "enforce/start/oci_call.h"
#include "enforce/start/oneshot.h"
#include "gate/events.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#define REFUSED 1

/* Who made it? */

static int
ask_finders(const struct door_conf *conf, const struct oci_bundle *bundle, struct arena *arena, struct identity *out, struct plim_error *err)
{
	const struct {
		const struct identity_finder *finder;
		const char *const *roots;
	} all[] = { { &identity_docker, conf->docker }, { &identity_storage, conf->podman }, { &identity_crio, conf->crio }, { &identity_containerd, conf->containerd } };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		int r = all[i].finder->find(all[i].roots, bundle, arena, out, err);
		if (r < 0)
			return error_wrap(err, r, "%s's container", all[i].finder->name);
		if (r > 0)
			return r;
	}
	return 0;
}

static void
say(struct oneshot_answer *out, const char *text)
{
	struct slice kept = slice_first_text(slice_of(text), sizeof out->reason - 1);
	memmove(out->reason, kept.p, kept.n);
	out->reason[kept.n] = '\0';
}

static void
ask_core(const struct door_conf *conf, const struct oci_bundle *bundle, const struct identity *identity, struct oneshot_answer *out)
{
	const struct guard_question question = {
		.door = "runtime", .places = identity->places, .place_count = identity->place_count, .digests = identity->digests,
		.digest_count = identity->digest_count, .namespace = identity->namespace, .subject = bundle->id,
	};
	oneshot_ask(conf, &question, out);
	if (!out->admits && identity->name.n) {
		AUTO(strbuf) struct strbuf whole = { 0 };
		strbuf_printf(&whole, "%.*s: %s", SLICE_ARG(slice_first_text(identity->name, 300)), out->reason);
		say(out, whole.failed ? out->reason : whole.p);
	}
}

/* The core is not asked, so that this alone tells the log; what that does not take does not run. */
static void
admit_unknown(const struct door_conf *conf, const char *id, struct oneshot_answer *out)
{
	struct door_options options;
	struct plim_error err = { 0 };
	const struct log_field fields[] = {
		LOG_FIELD_TEXT("does", SLICE("admits")),
		LOG_FIELD_TEXT("door", SLICE("runtime")),
		LOG_FIELD_TEXT("reason", SLICE("no engine that is configured here made this bundle")),
		LOG_FIELD_TEXT("result", slice_of(guard_outcome_name(GUARD_CANNOT_TELL))),
		LOG_FIELD_TEXT("subject", slice_of(id)),
		LOG_FIELD_TEXT("why", SLICE("unknown: admit")),
	};
	door_options_fill(conf, &options);
	if (event_record(&options.log, "guard", fields, sizeof fields / sizeof *fields, &err) < 0)
		return say(out, err.text);
	out->admits = true;
	fprintf(stderr, "plimsoll: %s: no engine that is configured here made this bundle; it runs, as the configuration has it\n", id);
}

/* A bundle that no engine knows is asked about by no name: a dry run and the log treat it as any other. */
static void
decide(const struct door_conf *conf, const char *id, const char *directory, const char *config, struct oneshot_answer *out)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_error err = { 0 };
	struct oci_bundle bundle;
	struct identity identity = { 0 };
	*out = (struct oneshot_answer){ .reason = "out of memory" };
	if (arena == NULL)
		return;
	if (oci_bundle_load(id, directory, config, arena, &bundle, &err) < 0)
		return say(out, err.text);
	int r = ask_finders(conf, &bundle, arena, &identity, &err);
	if (r == 0 && conf->admits_unknown)
		return admit_unknown(conf, id, out);
	if (r < 0)
		identity = (struct identity){ 0 };
	ask_core(conf, &bundle, &identity, out);
	/* That it was only let pass is the core's word; why it knew nothing of it is ours. */
	if (!out->admits && r <= 0)
		say(out, r < 0 ? err.text : "no engine that is configured here made this bundle: nobody knows of which image it is");
}

/* Telling */

static void
put_json(struct strbuf *line, const char *message, const char *time)
{
	struct json_writer w = { .into = line };
	json_write_object(&w);
	json_write_member(&w, "level", SLICE("error"));
	json_write_member(&w, "msg", slice_of(message));
	json_write_member(&w, "time", slice_of(time));
	json_write_object_end(&w);
	strbuf_putc(line, '\n');
}

/* logrus' text, as runc writes it. */
static void
put_text(struct strbuf *line, const char *message, const char *time)
{
	AUTO(strbuf) struct strbuf quoted = { 0 };
	struct json_writer w = { .into = &quoted };
	json_write_string(&w, slice_of(message));
	strbuf_printf(line, "time=\"%s\" level=error msg=%.*s\n", time, SLICE_ARG(strbuf_slice(&quoted)));
}

/* The engine shows its user what stands there; where that cannot be written standard error has it. */
static void
tell_log(const struct oci_call *call, const char *message)
{
	char text[DATE_TEXT_SIZE];
	AUTO(strbuf) struct strbuf line = { 0 };
	struct slice path = call->log ? slice_of(call->log) : SLICE_NONE;
	slice_skip(&path, SLICE("file:"));
	/* crun's "syslog:" and "journald:" are no files. */
	if (path.n == 0 || slice_starts(path, SLICE("syslog:")) || slice_starts(path, SLICE("journald:")))
		return;
	date_text(time(NULL), text);
	call->log_is_json ? put_json(&line, message, text) : put_text(&line, message, text);
	AUTO(fd) int fd = open(path.p, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644);
	if (fd < 0 || line.failed || write(fd, line.p, line.n) != (ssize_t)line.n)
		fprintf(stderr, "plimsoll: %s: %s\n", path.p, strerror(errno));
}

static int
refuse(const struct oci_call *call, const char *reason)
{
	AUTO(strbuf) struct strbuf message = { 0 };
	strbuf_puts(&message, "plimsoll refuses ");
	struct slice rest = slice_of(reason);
	/* One line, for the log has one for each. */
	for (struct slice line; slice_next(&rest, '\n', &line); strbuf_puts(&message, rest.n ? "; " : ""))
		strbuf_put_printable(&message, slice_trim(line));
	const char *text = message.p && !message.failed ? message.p : "plimsoll refuses: out of memory";
	tell_log(call, text);
	fprintf(stderr, "%s\n", text);
	return REFUSED;
}

/* Becoming the runtime */

static bool
is_this_program(const char *path)
{
	struct stat there, here;
	return stat(path, &there) == 0 && stat("/proc/self/exe", &here) == 0 && there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

/*
 * A script in the runtime's place may lead back here, as a diverted name does that was not changed in the configuration: without end.  Whoever becomes the
 * runtime leaves its process id, which a script keeps, or is the parent of.
 */
#define BEHIND "PLIMSOLL_RUNTIME_BEHIND"

static bool
is_behind_itself(void)
{
	const char *behind = getenv(BEHIND);
	uint64_t pid;
	return behind && slice_to_u64(slice_of(behind), 10, &pid) && (pid == (uint64_t)getpid() || pid == (uint64_t)getppid());
}

static bool
note_behind(void)
{
	char pid[24];
	snprintf(pid, sizeof pid, "%jd", (intmax_t)getpid());
	return setenv(BEHIND, pid, 1) == 0;
}

static int
become(const struct door_conf *conf, const struct oci_call *call, char **words)
{
	char reason[1024];
	size_t n = 0;
	while (words[n])
		n++;
	AUTO(free) char **argv = calloc(n + 2, sizeof *argv);
	if (argv == NULL || !note_behind())
		return refuse(call, "this call: out of memory");
	if (is_this_program(conf->runtime))
		return refuse(call, "this call: the configuration names this door as the runtime behind it");
	argv[0] = (char *)conf->runtime;
	memcpy(argv + 1, words, n * sizeof *words);
	/* What is ignored here would be in every container. */
	signal(SIGPIPE, SIG_DFL);
	execv(conf->runtime, argv);
	snprintf(reason, sizeof reason, "this call: the runtime behind it, %s, cannot be started: %s", conf->runtime, strerror(errno));
	return refuse(call, reason);
}

static int
call_error(const struct oci_call *call, const struct plim_error *err)
{
	char reason[sizeof err->text + 32];
	snprintf(reason, sizeof reason, "this call: %s", err->text);
	return refuse(call, reason);
}

static int
start(const struct door_conf *conf, const struct oci_call *call, char **words)
{
	struct oneshot_answer answer;
	decide(conf, call->id, call->bundle ? call->bundle : ".", call->config, &answer);
	return answer.admits ? become(conf, call, words) : refuse(call, answer.reason);
}

int
guard_runtime(const char *path, char **words)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_error err = { 0 };
	struct door_conf conf;
	struct oci_call call;
	/* The call first: it tells where errors are read. */
	if (oci_call_parse(words, &call, &err) < 0)
		return call_error(&call, &err);
	if (arena == NULL)
		return refuse(&call, "this call: out of memory");
	if (door_conf_load(DOOR_RUNTIME, path ? path : DOOR_CONF_RUNTIME, arena, &conf, &err) < 0)
		return call_error(&call, &err);
	if (conf.runtime == NULL)
		return refuse(&call, "this call: its configuration names no runtime behind it");
	if (is_behind_itself())
		return refuse(&call, "this call: the runtime behind this door leads to the door again");
	return call.starts ? start(&conf, &call, words) : become(&conf, &call, words);
}

/* The hook */

static int
read_state(struct arena *arena, struct oci_state *out, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	int r = file_read_fd(STDIN_FILENO, LIMIT_GUARD_RECORD_BYTES, &bytes, &n, err);
	if (r == 0)
		r = oci_state_parse((struct slice){ bytes, n }, arena, out, err);
	return r < 0 ? error_wrap(err, r, "the container's state on standard input") : 0;
}

int
guard_hook(const char *path)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	static const struct oci_call nowhere;
	struct plim_error err = { 0 };
	struct door_conf conf;
	struct oci_state state;
	struct oneshot_answer answer;
	if (arena == NULL)
		return refuse(&nowhere, "this call: out of memory");
	if (read_state(arena, &state, &err) < 0 || door_conf_load(DOOR_RUNTIME, path ? path : DOOR_CONF_RUNTIME, arena, &conf, &err) < 0)
		return call_error(&nowhere, &err);
	decide(&conf, state.id, state.bundle, NULL, &answer);
	return answer.admits ? 0 : refuse(&nowhere, answer.reason);
}

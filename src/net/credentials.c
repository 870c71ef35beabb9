/* SPDX-License-Identifier: Apache-2.0 */
/* Looks credentials up, and asks helper programs: docker-credential-NAME get, the host on its standard input. */
#include "net/credentials.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "process/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#define HELPER_MOST 65536

struct helper {
	pid_t pid;
	int in, out;
};

/* What it has to say of a failure goes to its output; its standard error may hold anything. */
static int
helper_start(struct slice name, struct helper *helper, struct plim_error *err)
{
	int in[2], out[2];
	posix_spawn_file_actions_t actions;
	char program[160];
	snprintf(program, sizeof program, "docker-credential-%.*s", SLICE_ARG(name));
	char *argv[] = { program, (char *)"get", NULL };
	AUTO(free) char **words = helper_environment();
	if (words == NULL)
		return error_nomem(err);
	if (pipe2(in, O_CLOEXEC) < 0)
		return error_sys(err, errno, "a pipe");
	if (pipe2(out, O_CLOEXEC) < 0) {
		close(in[0]), close(in[1]);
		return error_sys(err, errno, "a pipe");
	}
	AUTO(fd) int null = file_open_null(O_WRONLY);
	int number = null < 0 ? errno : posix_spawn_file_actions_init(&actions);
	if (number == 0) {
		posix_spawn_file_actions_adddup2(&actions, in[0], 0);
		posix_spawn_file_actions_adddup2(&actions, out[1], 1);
		posix_spawn_file_actions_adddup2(&actions, null, 2);
		posix_spawn_file_actions_addclosefrom_np(&actions, 3);
		number = posix_spawnp(&helper->pid, program, &actions, NULL, argv, words);
		posix_spawn_file_actions_destroy(&actions);
	}
	close(in[0]), close(out[1]);
	helper->in = in[1];
	helper->out = out[0];
	if (number == 0)
		return 0;
	close(in[1]), close(out[0]);
	return error_sys(err, number, "%s", program);
}

static bool
helper_hear(const struct helper *helper, struct strbuf *text)
{
	struct timespec now, began;
	clock_gettime(CLOCK_MONOTONIC, &began);
	for (;;) {
		struct pollfd ready = { helper->out, POLLIN, 0 };
		clock_gettime(CLOCK_MONOTONIC, &now);
		int64_t left = (int64_t)LIMIT_FETCH_HELPER_S - (now.tv_sec - began.tv_sec);
		char *at = strbuf_reserve(text, 4096);
		if (left <= 0 || at == NULL || text->n > HELPER_MOST || poll(&ready, 1, (int)left * 1000) <= 0)
			return false;
		ssize_t got = read(helper->out, at, 4096);
		if (got <= 0)
			return got == 0;
		strbuf_added(text, (size_t)got);
	}
}

/* Its exit status, or -1 for any other end. */
static int
helper_end(const struct helper *helper, bool heard)
{
	int status;
	close(helper->in);
	close(helper->out);
	if (!heard)
		kill(helper->pid, SIGKILL);
	while (waitpid(helper->pid, &status, 0) < 0 && errno == EINTR)
		;
	return heard && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
helper_failed(struct slice name, struct slice said, int status, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	if (status < 0)
		return error_set(err, PLIM_EREMOTE, "docker-credential-%.*s did not answer, limit FETCH_HELPER_S", SLICE_ARG(name));
	/* It might begin to tell a secret before it fails: only what is surely a sentence is shown. */
	if (slice_find(said, '{') == SIZE_MAX)
		strbuf_put_printable(&shown, slice_first_text(slice_trim(said), 200));
	return error_set(err, PLIM_EREMOTE, "docker-credential-%.*s failed with status %d%s%s", SLICE_ARG(name), status, shown.n ? ": " : "",
	                 shown.p ? shown.p : "");
}

static int
helper_ask(struct slice name, struct slice host, struct arena *arena, struct credentials *out, struct plim_error *err)
{
	struct helper helper;
	AUTO(strbuf) struct strbuf text = { 0 };
	int r = helper_start(name, &helper, err);
	*out = (struct credentials){ 0 };
	if (r < 0)
		return r;
	/* Shorter than a pipe is: this never waits. */
	ssize_t put = write(helper.in, host.p, host.n);
	close(helper.in);
	helper.in = -1;
	bool heard = put == (ssize_t)host.n && helper_hear(&helper, &text);
	int status = helper_end(&helper, heard);
	struct slice said = slice_trim(strbuf_slice(&text));
	if (status > 0 && slice_find_text(said, SLICE("credentials not found")) != SIZE_MAX)
		return 0;
	if (status != 0)
		return helper_failed(name, said, status, err);
	r = auth_helper_read(said, arena, out, err);
	if (text.p)
		explicit_bzero(text.p, text.n);
	return r < 0 ? error_set(err, PLIM_EFORMAT, "docker-credential-%.*s did not answer with user and secret", SLICE_ARG(name)) : 0;
}

/* Docker keeps its Hub under an address of old. */
static int
helper_find(struct slice name, struct slice host, struct arena *arena, struct credentials *out, struct plim_error *err)
{
	if (slice_is(host, "docker.io")) {
		int r = helper_ask(name, SLICE("https://index.docker.io/v1/"), arena, out, err);
		if (r < 0 || out->found)
			return r;
	}
	return helper_ask(name, host, arena, out, err);
}

static int
files_read(struct wallet *wallet, struct plim_error *err)
{
	int r = auth_places_find(wallet->named, wallet->arena, &wallet->places, err);
	for (size_t i = 0; r == 0 && i < wallet->places.n; i++) {
		AUTO(free) char *bytes = NULL;
		size_t n;
		r = file_read(AT_FDCWD, wallet->places.at[i].path, LIMIT_FETCH_CONFIG_BYTES, &bytes, &n, err);
		if (r == PLIM_ENOTFOUND && !wallet->places.at[i].must) {
			r = 0;
			continue;
		}
		if (r < 0)
			return error_wrap(err, r, "credentials");
		wallet->texts[i] = arena_dup(wallet->arena, (struct slice){ bytes, n });
		explicit_bzero(bytes, n);
		if (wallet->texts[i].p == NULL)
			return error_nomem(err);
	}
	wallet->read = r == 0;
	return r;
}

int
wallet_find(struct wallet *wallet, struct slice host, struct slice path, struct credentials *out, struct plim_error *err)
{
	*out = (struct credentials){ 0 };
	if (wallet->anonymous)
		return 0;
	int r = wallet->read ? 0 : files_read(wallet, err);
	for (size_t i = 0; r == 0 && i < wallet->places.n && !out->found; i++) {
		const struct auth_place *place = &wallet->places.at[i];
		if (slice_trim(wallet->texts[i]).n > 0)
			r = auth_file_find(wallet->texts[i], place->docker, host, path, wallet->arena, out, err);
		if (r == 0 && out->helper.p) {
			struct slice name = out->helper;
			r = helper_find(name, host, wallet->arena, out, err);
		}
		if (r < 0)
			return error_wrap(err, r, "%s", place->path);
	}
	return r;
}

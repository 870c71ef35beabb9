/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and starting programs that belong to this one. */
#include "process/helper.h"

#include "base/auto.h"
#include "base/error.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "process/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

/* Variables that one program is meant to read, the signer, and no other. */
static const char *const secrets[] = { "PLIMSOLL_KEY_PASSPHRASE" };

static bool
is_secret(const char *word)
{
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		size_t n = strlen(secrets[i]);
		if (strncmp(word, secrets[i], n) == 0 && word[n] == '=')
			return true;
	}
	return false;
}

char **
helper_environment(void)
{
	size_t n = 0, kept = 0;
	while (environ && environ[n])
		n++;
	char **words = calloc(n + 1, sizeof *words);
	for (size_t i = 0; words && i < n; i++)
		if (!is_secret(environ[i]))
			words[kept++] = environ[i];
	return words;
}

static bool
is_there(struct strbuf *path, struct slice folder, const char *between, const char *name)
{
	strbuf_clear(path);
	strbuf_put(path, folder);
	strbuf_printf(path, "%s/%s", between, name);
	return !path->failed && access(path->p, X_OK) == 0;
}

static int
find(const struct helper_program *program, struct strbuf *path, struct plim_error *err)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self);
	struct slice beside = n > 0 && (size_t)n < sizeof self ? path_dir((struct slice){ self, (size_t)n }) : SLICE_NONE;
	if (beside.p && (is_there(path, beside, "", program->name) || is_there(path, beside, "/../libexec/plimsoll", program->name)))
		return 0;
	if (is_there(path, SLICE(HELPER_FOLDER), "", program->name))
		return 0;
	return error_set(err, PLIM_ENOTFOUND, "%s, which %s, is neither beside this program nor in %s", program->name, program->purpose, HELPER_FOLDER);
}

/* The order matters: the channel may be any number, and 0 and 1 too where they were closed.  `null` is beyond all three. */
static int
arrange(const struct helper_program *program, posix_spawn_file_actions_t *actions, int channel, int null)
{
	int number = posix_spawn_file_actions_adddup2(actions, channel, HELPER_CHANNEL);
	if (number == 0 && !program->reads_input)
		number = posix_spawn_file_actions_adddup2(actions, null, 0);
	if (number == 0)
		number = posix_spawn_file_actions_adddup2(actions, null, 1);
	return number ? number : posix_spawn_file_actions_addclosefrom_np(actions, HELPER_CHANNEL + 1);
}

/* Whatever is blocked or ignored here is no wish of the program's. */
static int
restore_signals(posix_spawnattr_t *attributes)
{
	sigset_t none, usual;
	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGCHLD);
	int number = posix_spawnattr_setsigmask(attributes, &none);
	if (number == 0)
		number = posix_spawnattr_setsigdefault(attributes, &usual);
	return number ? number : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int
spawn(const struct helper_program *program, const char *path, int channel, pid_t *process, struct plim_error *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char *argv[] = { (char *)program->name, NULL };
	AUTO(free) char **words = helper_environment();
	if (words == NULL || posix_spawn_file_actions_init(&actions) != 0)
		return error_nomem(err);
	if (posix_spawnattr_init(&attributes) != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return error_nomem(err);
	}
	AUTO(fd) int any = file_open_null(O_RDWR);
	AUTO(fd) int null = any < 0 ? -1 : fcntl(any, F_DUPFD_CLOEXEC, HELPER_CHANNEL + 1);
	int number = null < 0 ? errno : arrange(program, &actions, channel, null);
	if (number == 0)
		number = restore_signals(&attributes);
	if (number == 0)
		number = posix_spawn(process, path, &actions, &attributes, argv, program->takes_secrets ? environ : words);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return number ? error_sys(err, number, "%s", path) : 0;
}

int
helper_run(const struct helper_program *program, int *channel, pid_t *process, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	int ends[2];
	int r = find(program, &path, err);
	if (r < 0 || (r = channel_pair(ends, err)) < 0)
		return r;
	r = spawn(program, path.p, ends[1], process, err);
	close(ends[1]);
	if (r < 0)
		close(ends[0]);
	else
		*channel = ends[0];
	return r;
}

int
helper_become(const struct helper_program *program, char **argv, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	int r = find(program, &path, err);
	if (r < 0)
		return r;
	execv(path.p, argv);
	return error_sys(err, errno, "%s", path.p);
}

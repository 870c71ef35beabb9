/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/start/oneshot.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

/* What comes through the pipe: this word for an image that is admitted and anything else for one that is not, the reason, a NUL. */
#define ADMITTED 'A'
#define REFUSED  'R'

/* The decider */

static int
decide(const struct guard_options *options, const struct guard_question *question, struct arena *arena, struct guard_answer *out, struct plim_error *err)
{
	AUTO(guard) struct guard *guard = NULL;
	bool known = false;
	int r = guard_open(options, &guard, err);
	if (r == 0)
		r = guard_recall(guard, question, arena, out, &known, err);
	return r < 0 || known ? r : guard_decide(guard, question, arena, out, err);
}

static void
tell(int fd, char word, struct slice reason)
{
	char line[ONESHOT_TEXT];
	int n = snprintf(line, sizeof line, "%c%.*s", word, SLICE_ARG(slice_first_text(reason, sizeof line - 2)));
	/* Whole or not at all: it is smaller than PIPE_BUF. */
	while (write(fd, line, (size_t)n + 1) < 0 && errno == EINTR)
		;
}

static _Noreturn void
run_decider(const struct door_conf *conf, const struct guard_question *question, int fd)
{
	struct door_options options;
	struct guard_answer answer = { 0 };
	struct plim_error err = { 0 };
	struct arena *arena = arena_new(0);
	door_options_fill(conf, &options);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	if (arena && decide(&options.guard, question, arena, &answer, &err) == 0)
		tell(fd, answer.admits ? ADMITTED : REFUSED, answer.reason);
	else
		tell(fd, REFUSED, slice_of(arena ? err.text : "out of memory"));
	_exit(0);
}

/* Whoever asks */

static int64_t
now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Until the NUL, the end of the pipe, or the time is over; how many bytes came. */
static size_t
listen_to(int fd, int64_t end, char *line, size_t room)
{
	size_t have = 0;
	for (int64_t left; have < room && (left = end - now_ms()) > 0;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		int r = poll(&ready, 1, (int)left);
		ssize_t n = r > 0 ? read(fd, line + have, room - have) : -1;
		if ((r < 0 || (r > 0 && n < 0)) && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		have += (size_t)n;
		if (line[have - 1] == '\0')
			break;
	}
	return have;
}

static void
take(const char *line, size_t n, bool late, struct oneshot_answer *out)
{
	if (n < 2 || line[n - 1] != '\0') {
		if (late)
			snprintf(out->reason, sizeof out->reason, "it could not be decided within %ju ms", (uintmax_t)LIMIT_GUARD_ASK_MS);
		else
			snprintf(out->reason, sizeof out->reason, "it could not be decided: the process that decides ended without a word");
		return;
	}
	out->admits = line[0] == ADMITTED;
	snprintf(out->reason, sizeof out->reason, "%s", line + 1);
}

static void
end_decider(pid_t pid)
{
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void
oneshot_ask(const struct door_conf *conf, const struct guard_question *question, struct oneshot_answer *out)
{
	char line[ONESHOT_TEXT];
	int ends[2];
	*out = (struct oneshot_answer){ .reason = "no process can be started to decide" };
	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	AUTO(fd) int from = ends[0], to = ends[1];
	pid_t parent = getpid(), pid = fork();
	if (pid < 0)
		return;
	if (pid == 0) {
		/* Its own group: whatever it starts ends with it. */
		setpgid(0, 0);
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
			_exit(1);
		run_decider(conf, question, to);
	}
	close(fd_take(&to));
	int64_t end = now_ms() + (int64_t)LIMIT_GUARD_ASK_MS;
	size_t n = listen_to(from, end, line, sizeof line);
	end_decider(pid);
	take(line, n, now_ms() >= end, out);
}

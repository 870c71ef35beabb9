/* SPDX-License-Identifier: Apache-2.0 */
/* Forking on request, and telling how each child ended. */
#include "process/zygote.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/sanitized.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SPAWN, ENDED, FAILED, END };

struct zygote {
	int control;
	pid_t pid;
	uint32_t spawned;
	VEC(struct ended {
		uint32_t id;
		int status;
	}) ended;
};

/* What travels about a child. */
struct note {
	uint32_t id;
	uint32_t job;
	int32_t status;
};

/* Inside the zygote. */

struct nursery {
	const struct job *jobs;
	void *context;                  /* NULL: its jobs are strangers */
	size_t job_count;
	int control, signals;
	pid_t self;
	VEC(struct child {
		pid_t pid;
		uint32_t id;
	}) children;
};

static void
note_send(int control, uint32_t kind, struct note note)
{
	channel_send(control, kind, (struct slice){ (const char *)&note, sizeof note }, NULL);
}

/* A child dies with the zygote, and the zygote with whoever started it. */
static void
die_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(0);
}

static void
child_run(struct nursery *nursery, const struct job *job, int channel)
{
	sigset_t none;
	sigemptyset(&none);
	die_with(nursery->self);
	close(nursery->control);
	close(nursery->signals);
	prctl(PR_SET_NAME, job->name, 0, 0, 0);
	sigprocmask(SIG_SETMASK, &none, NULL);
	_exit(nursery->context ? job->run_with(channel, nursery->context) : job->run(channel));
}

static void
spawn(struct nursery *nursery, const struct message *message)
{
	struct note note;
	if (message->body.n != sizeof note || message->fd[0] < 0)
		return;
	memcpy(&note, message->body.p, sizeof note);
	pid_t pid = note.job < nursery->job_count ? fork() : -1;
	if (pid == 0)
		child_run(nursery, &nursery->jobs[note.job], message->fd[0]);
	struct child *child = pid > 0 ? vec_push(&nursery->children) : NULL;
	if (child)
		*child = (struct child){ pid, note.id };
	else
		note_send(nursery->control, FAILED, note);
}

static void
end(const struct nursery *nursery, const struct message *message)
{
	struct note note;
	if (message->body.n != sizeof note)
		return;
	memcpy(&note, message->body.p, sizeof note);
	/* One that was not reaped yet is still itself. */
	for (size_t i = 0; i < nursery->children.n; i++)
		if (nursery->children.at[i].id == note.id)
			kill(nursery->children.at[i].pid, SIGKILL);
}

static void
reap(struct nursery *nursery)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;
	if (read(nursery->signals, &info, sizeof info) < 0 && errno != EAGAIN)
		return;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < nursery->children.n; i++) {
			if (nursery->children.at[i].pid != pid)
				continue;
			note_send(nursery->control, ENDED, (struct note){ .id = nursery->children.at[i].id, .status = status });
			nursery->children.at[i] = nursery->children.at[--nursery->children.n];
			break;
		}
}

static void
nursery_loop(struct nursery *nursery)
{
	struct pollfd wait[] = { { nursery->control, POLLIN, 0 }, { nursery->signals, POLLIN, 0 } };
	for (;;) {
		struct message message;
		if (poll(wait, 2, -1) < 0 && errno != EINTR)
			_exit(1);
		if (wait[1].revents)
			reap(nursery);
		if (!wait[0].revents)
			continue;
		if (channel_receive(nursery->control, &message, NULL) < 0)
			_exit(0);
		if (message.kind == END)
			end(nursery, &message);
		else
			spawn(nursery, &message);
		message_done(&message);
	}
}

/* Tokens and passwords of a pipeline live in the environment: the words themselves go, not only the pointers to them. */
static void
wipe_environment(void)
{
	for (char **word = environ; word && *word; word++)
		explicit_bzero(*word, strlen(*word));
	clearenv();
}

/* Keeps the control channel, and for a sanitizer's last words standard error. */
static int
close_all_but(int control, bool keeps_errors)
{
	int null = file_open_null(O_RDWR);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0)
		return -1;
	if (!SANITIZED && !keeps_errors && dup2(null, 2) < 0)
		return -1;
	int kept = control == 3 ? 3 : dup3(control, 3, O_CLOEXEC);
	if (kept == 3)
		syscall(SYS_close_range, 4U, ~0U, 0U);
	return kept;
}

/* A terminal and systemd tell all of a program's processes at once; who serves still needs them then. */
static void
heed_nobody(void)
{
	static const int deaf[] = { SIGINT, SIGTERM, SIGHUP };
	for (size_t i = 0; i < sizeof deaf / sizeof *deaf; i++)
		signal(deaf[i], SIG_IGN);
}

static void
zygote_main(const struct job *jobs, void *context, int control, pid_t parent)
{
	struct nursery nursery = { .jobs = jobs, .context = context, .self = getpid() };
	sigset_t children;
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	die_with(parent);
	signal(SIGCHLD, SIG_DFL);
	prctl(PR_SET_NAME, "plimsoll-zygote", 0, 0, 0);
	while (jobs[nursery.job_count].name)
		nursery.job_count++;
	if (context)
		heed_nobody();
	else
		wipe_environment();
	nursery.control = close_all_but(control, context != NULL);
	sigprocmask(SIG_BLOCK, &children, NULL);
	nursery.signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
	if (nursery.control < 0 || nursery.signals < 0)
		_exit(1);
	nursery_loop(&nursery);
}

/* Outside. */

int
zygote_start(const struct job *jobs, struct zygote **out, struct plim_error *err)
{
	return zygote_start_with(jobs, NULL, out, err);
}

int
zygote_start_with(const struct job *jobs, void *context, struct zygote **out, struct plim_error *err)
{
	int ends[2];
	pid_t parent = getpid();
	struct zygote *zygote = calloc(1, sizeof *zygote);
	if (zygote == NULL)
		return error_nomem(err);
	int r = channel_pair(ends, err);
	zygote->pid = r == 0 ? fork() : -1;
	if (zygote->pid == 0) {
		close(ends[0]);
		zygote_main(jobs, context, ends[1], parent);
		_exit(1);
	}
	if (zygote->pid < 0) {
		int number = errno;
		free(zygote);
		return r < 0 ? r : (close(ends[0]), close(ends[1]), error_sys(err, number, "a process"));
	}
	close(ends[1]);
	zygote->control = ends[0];
	*out = zygote;
	return 0;
}

void
zygote_stop(struct zygote *zygote)
{
	if (zygote == NULL)
		return;
	close(zygote->control);
	kill(zygote->pid, SIGKILL);
	waitpid(zygote->pid, NULL, 0);
	vec_done(&zygote->ended);
	free(zygote);
}

static void
take_note(struct zygote *zygote, const struct message *message)
{
	struct note note;
	if (message->body.n != sizeof note)
		return;
	memcpy(&note, message->body.p, sizeof note);
	struct ended *ended = vec_push(&zygote->ended);
	if (ended)
		*ended = (struct ended){ note.id, message->kind == FAILED ? 1 << 8 : note.status };
}

/* What it told since; nobody may have asked.  Left unread, the notes of many children fill the channel, and it could not go on. */
static void
take_notes(struct zygote *zygote)
{
	struct pollfd wait = { zygote->control, POLLIN, 0 };
	struct message message;
	while (poll(&wait, 1, 0) > 0 && channel_receive(zygote->control, &message, NULL) == 0) {
		take_note(zygote, &message);
		message_done(&message);
	}
}

int
zygote_spawn(struct zygote *zygote, size_t job, struct process *out, struct plim_error *err)
{
	int ends[2];
	struct note note = { .id = ++zygote->spawned, .job = (uint32_t)job };
	take_notes(zygote);
	int r = channel_pair(ends, err);
	if (r < 0)
		return r;
	r = channel_send_with(zygote->control, SPAWN, (struct slice){ (const char *)&note, sizeof note }, &ends[1], 1, err);
	close(ends[1]);
	if (r < 0) {
		close(ends[0]);
		return r;
	}
	channel_patience(ends[0], LIMIT_WORKER_S);
	*out = (struct process){ ends[0], note.id };
	return 0;
}

void
process_close(struct process *process)
{
	if (process->channel >= 0)
		close(process->channel);
	process->channel = -1;
}

void
zygote_end(struct zygote *zygote, struct process *process)
{
	note_send(zygote->control, END, (struct note){ .id = process->id });
	process_close(process);
}

/* The limit of which a signal tells, NULL for other signals. */
static const char *
limit_of(int signal)
{
	return signal == SIGXCPU ? "WORKER_CPU_S" : signal == SIGXFSZ ? "WORKER_ANSWER_BYTES" : NULL;
}

static void
tell(int status, char *text, size_t size)
{
	if (WIFSIGNALED(status) && limit_of(WTERMSIG(status)))
		snprintf(text, size, "ended at limit %s", limit_of(WTERMSIG(status)));
	else if (WIFSIGNALED(status))
		snprintf(text, size, "ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(text, size, "ended with status %d before it answered", WEXITSTATUS(status));
}

static bool
find_ended(struct zygote *zygote, uint32_t id, char *text, size_t size)
{
	for (size_t i = 0; i < zygote->ended.n; i++)
		if (zygote->ended.at[i].id == id) {
			tell(zygote->ended.at[i].status, text, size);
			return true;
		}
	return false;
}

bool
zygote_cause(struct zygote *zygote, const struct process *process, char *text, size_t size)
{
	struct pollfd wait = { zygote->control, POLLIN, 0 };
	snprintf(text, size, "ended, and nobody knows why");
	/* A second is long for a child that has closed its channel already. */
	while (!find_ended(zygote, process->id, text, size)) {
		struct message message;
		if (poll(&wait, 1, 1000) <= 0)
			return false;
		if (channel_receive(zygote->control, &message, NULL) < 0) {
			snprintf(text, size, "ended, and so did the process that began it");
			return true;
		}
		take_note(zygote, &message);
		message_done(&message);
	}
	return true;
}

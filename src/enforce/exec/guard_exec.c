/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog: it reads nothing of a container, and lasts. */
#include "enforce/exec/guard_exec_parts.h"

#include "base/error.h"
#include "enforce/guard_orders.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DESCRIPTOR_COUNT 4096
#define REST_MS 100             /* between listeners that end by themselves */

static int
open_group(struct exec *exec, struct plim_error *err)
{
	/* A queue with an end would admit what does not fit. */
	exec->group = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS, O_RDONLY | O_CLOEXEC | O_LARGEFILE);
	if (exec->group >= 0)
		return 0;
	if (errno == EPERM)
		return error_set(err, PLIM_EUSAGE, "the kernel asks only who has CAP_SYS_ADMIN (fanotify): run it as root, outside of containers");
	return errno == ENOSYS || errno == EINVAL ? error_set(err, PLIM_EUNSUPPORTED, "this kernel has no fanotify that waits for answers")
	                                          : error_sys(err, errno, "fanotify");
}

/* A kernel without permission events takes no such mark; it is taken off at once. */
static int
try_mark(const struct exec *exec, struct plim_error *err)
{
	AUTO(fd) int own = memfd_create("none", MFD_CLOEXEC);
	char path[32];
	snprintf(path, sizeof path, "/proc/self/fd/%d", own);
	if (fanotify_mark(exec->group, FAN_MARK_ADD, FAN_OPEN_EXEC_PERM, AT_FDCWD, path) < 0)
		return error_sys(err, errno == EINVAL ? ENOSYS : errno, "this kernel does not ask before it executes (FAN_OPEN_EXEC_PERM)");
	fanotify_mark(exec->group, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL);
	return 0;
}

/* Who cannot read what breaks the glass does not begin. */
static int
check_orders(const struct guard_options *options, struct plim_error *err)
{
	static const struct memory none = { NULL };
	struct orders *orders = NULL;
	int r = options ? orders_load_assign(options, &none, time(NULL), &orders, err) : 0;
	orders_free(orders);
	return r;
}

static int
prepare(struct exec *exec, struct plim_error *err)
{
	struct rlimit limit = { DESCRIPTOR_COUNT, DESCRIPTOR_COUNT };
	int r = check_orders(exec->options->orders, err);
	if (r < 0 || (r = open_group(exec, err)) < 0 || (r = try_mark(exec, err)) < 0)
		return r;
	setrlimit(RLIMIT_NOFILE, &limit);
	exec->pulse = mmap(NULL, sizeof *exec->pulse, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (exec->pulse == MAP_FAILED)
		return error_nomem(err);
	exec->space = exec_space_of(getpid());
	if (exec->space == 0)
		return error_set(err, PLIM_ESYSTEM, "/proc shows no namespaces");
	if ((r = exec_take_runtimes(exec, err)) < 0 || (r = exec_check_named(exec, err)) < 0 || (r = exec_take_named(exec, err)) < 0)
		return r;
	exec_scan(exec);
	return 0;
}

/* sd_notify(3). */
static void
notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	if (path == NULL || strlen(path) >= sizeof to.sun_path)
		return;
	AUTO(fd) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	memcpy(to.sun_path, path, strlen(path));
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	if (fd >= 0)
		sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
}

enum watched { LISTENER_ENDED, LISTENER_SILENT, TOLD_TO_END };

static enum watched
watch(const struct exec *exec, const sigset_t *signals, pid_t listener)
{
	/* Silent for a whole window of half its time: the other half may have gone by before that began. */
	const uint64_t window = exec->options->patience / 2;
	const struct timespec patience = { (time_t)(window / 1000), (long)(window % 1000) * 1000000 };
	for (uint64_t before = atomic_load(&exec->pulse->beats);;) {
		int signal = sigtimedwait(signals, NULL, &patience);
		if (signal == SIGTERM || signal == SIGINT)
			return TOLD_TO_END;
		if (signal == SIGCHLD && waitpid(listener, NULL, WNOHANG) == listener)
			return LISTENER_ENDED;
		uint64_t beats = atomic_load(&exec->pulse->beats);
		if (signal < 0 && beats == before)
			return LISTENER_SILENT;
		if (signal < 0)
			notify("WATCHDOG=1");
		before = beats;
	}
}

static void
end(pid_t listener)
{
	kill(listener, SIGKILL);
	while (waitpid(listener, NULL, 0) < 0 && errno == EINTR)
		;
}

/* In a listener: 0 where its watchdog is gone, and it becomes one itself. */
static int
listen_until_alone(struct exec *exec, pid_t watchdog)
{
	struct plim_error err = { 0 };
	int r = exec_listen(exec, watchdog, &err);
	if (r < 0)
		fprintf(stderr, "guard exec: %s\n", err.text);
	return r;
}

static void
rest(void)
{
	const struct timespec rest = { 0, REST_MS * 1000000 };
	nanosleep(&rest, NULL);
}

/* One listener after another, each forked by who watches it. */
static int
guard(struct exec *exec, const sigset_t *signals, struct plim_error *err)
{
	for (pid_t watchdog = getpid();; watchdog = getpid()) {
		pid_t listener = fork();
		if (listener < 0)
			return error_sys(err, errno, "fork");
		if (listener == 0) {
			if (listen_until_alone(exec, watchdog) < 0)
				_exit(1);
			fprintf(stderr, "guard exec: the watchdog ended: the listener takes its place\n");
			continue;
		}
		enum watched watched = watch(exec, signals, listener);
		if (watched != LISTENER_ENDED)
			end(listener);
		if (watched == TOLD_TO_END)
			return 0;
		fprintf(stderr, "guard exec: the listener %s: the next one begins\n", watched == LISTENER_SILENT ? "did not answer" : "ended");
		if (watched == LISTENER_ENDED)
			rest();
	}
}

int
guard_exec_run(const struct guard_exec_options *options, struct plim_error *err)
{
	struct exec exec = { .options = options, .group = -1 };
	sigset_t signals;
	int r = prepare(&exec, err);
	if (r == 0) {
		sigemptyset(&signals);
		sigaddset(&signals, SIGTERM);
		sigaddset(&signals, SIGINT);
		sigaddset(&signals, SIGCHLD);
		sigprocmask(SIG_BLOCK, &signals, NULL);
		notify("READY=1");
		fprintf(stderr, "guard exec: %zu containers%s\n", exec.containers.n, options->dry ? ", nothing is refused (dry run)" : "");
		r = guard(&exec, &signals, err);
	}
	exec_done(&exec);
	return r;
}

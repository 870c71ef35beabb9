/* SPDX-License-Identifier: Apache-2.0 */
/* What a confined process may not do is refused, each thing by itself, and by each mechanism that stands alone. */
#include "base/error.h"
#include "base/limits.h"
#include "base/sanitized.h"
#include "process/sandbox.h"
#include "process/zygote.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* A file that is there, what somebody careless might have left open in a worker, and whom it would like to harm. */
static struct {
	char path[64];
	int directory, program, tcp, local;
	pid_t parent;
} given;

static void
leave_open(void)
{
	given.directory = open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	given.program = open("/bin/true", O_RDONLY | O_CLOEXEC);
	given.tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	given.local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	given.parent = getppid();
}

static int
answer(long r)
{
	return r < 0 ? errno : 0;
}

/* A child that should not be there ends at once. */
static int
answer_child(long pid)
{
	if (pid == 0)
		_exit(0);
	return answer(pid);
}

/* What it is made to try once it is confined; 0 where it succeeded. */

static int try_open(void) { return answer(open("/etc/passwd", O_RDONLY)); }
static int try_open_write(void) { return answer(open(given.path, O_WRONLY)); }
static int try_create(void) { return answer(open("/tmp/plimsoll-test-new", O_WRONLY | O_CREAT, 0600)); }
static int try_open_memory(void) { return answer(open("/proc/self/mem", O_RDWR)); }
static int try_open_lent(void) { return answer(openat(given.directory, "passwd", O_RDONLY)); }
static int try_stat(void) { struct stat st; return answer(stat("/etc/passwd", &st)); }
static int try_unlink(void) { return answer(unlink(given.path)); }
static int try_rename(void) { return answer(rename(given.path, "/tmp/plimsoll-test-new")); }
static int try_chmod(void) { return answer(chmod(given.path, 0644)); }
static int try_socket(void) { return answer(socket(AF_INET, SOCK_STREAM, 0)); }
static int try_unix(void) { return answer(socket(AF_UNIX, SOCK_STREAM, 0)); }
static int try_exec(void) { return answer(execl("/bin/true", "true", (char *)NULL)); }
static int try_exec_at(void) { return answer(syscall(SYS_execveat, given.program, "", NULL, NULL, AT_EMPTY_PATH)); }
static int try_fork(void) { return answer_child(fork()); }
static int try_clone(void) { return answer_child(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)); }
static int try_clone3(void) { return answer(syscall(SYS_clone3, NULL, 0)); }
static int try_ptrace(void) { return answer(ptrace(PTRACE_ATTACH, given.parent, 0, 0)); }
static int try_kill(void) { return answer(kill(given.parent, 0)); }
static int try_mount(void) { return answer(mount("none", "/", "plimsoll-none", 0, "")); }
static int try_unshare(void) { return answer(unshare(CLONE_NEWUSER)); }
static int try_setns(void) { return answer(setns(given.directory, 0)); }
static int try_io_uring(void) { return answer(syscall(SYS_io_uring_setup, 1, NULL)); }
static int try_userfaultfd(void) { return answer(syscall(SYS_userfaultfd, O_CLOEXEC)); }
static int try_bpf(void) { return answer(syscall(SYS_bpf, 0, NULL, 0)); }
static int try_perf(void) { return answer(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0)); }
static int try_keys(void) { return answer(syscall(SYS_keyctl, 0, 0)); }
static int try_limit(void) { return answer(syscall(SYS_prlimit64, 0, 0, NULL, NULL)); }
static int try_dumpable(void) { return answer(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); }
static int try_code(void) { return answer((long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)); }

/* A sanitizer's abort needs this one; Landlock of version 6 refuses it where the filter does not. */
static int try_signal_thread(void) { return answer(syscall(SYS_tgkill, given.parent, given.parent, 0)); }

static int
try_make_code(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return answer(mprotect(at, 4096, PROT_READ | PROT_EXEC));
}

static int
try_read_other(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { &given, 1 };
	return answer(process_vm_readv(given.parent, &here, 1, &there, 1, 0));
}

/* On sockets that exist already: no call of its own is needed before. */
static int
try_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	return answer(connect(given.tcp, (struct sockaddr *)&to, sizeof to));
}

static int
try_connect_unix(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "/run/plimsoll-test" };
	return answer(connect(given.local, (struct sockaddr *)&to, sizeof to));
}

static int
try_bind(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	return answer(bind(given.tcp, (struct sockaddr *)&at, sizeof at));
}

enum { FILTER = 1, FILES = 2, TCP = 4, SIGNALS = 8, ANYONE = 16 };

/*
 * FILTER: seccomp alone refuses it; FILES, TCP, SIGNALS: Landlock alone does, of any version, of 4, of 6; ANYONE: no process is
 * refused it that nothing confines, so that a refusal tells something.
 */
static const struct attempt {
	const char *name;
	int (*run)(void);
	int by;
} attempts[] = {
	{ "open", try_open, FILTER | FILES | ANYONE },
	{ "open to write", try_open_write, FILTER | FILES | ANYONE },
	{ "create", try_create, FILTER | FILES | ANYONE },
	{ "open memory", try_open_memory, FILTER | FILES | ANYONE },
	{ "open below a lent directory", try_open_lent, FILTER | FILES | ANYONE },
	{ "chmod", try_chmod, FILTER | ANYONE },
	{ "rename", try_rename, FILTER | FILES | ANYONE },
	{ "unlink", try_unlink, FILTER | FILES | ANYONE },
	{ "socket", try_socket, FILTER | ANYONE },
	{ "unix socket", try_unix, FILTER | ANYONE },
	{ "connect", try_connect, FILTER | TCP | ANYONE },
	{ "connect unix", try_connect_unix, FILTER | ANYONE },
	{ "bind", try_bind, FILTER | TCP | ANYONE },
	{ "exec", try_exec, FILTER | FILES },
	{ "exec of a descriptor", try_exec_at, FILTER },
	{ "fork", try_fork, FILTER | ANYONE },
	{ "clone", try_clone, FILTER },
	{ "clone3", try_clone3, FILTER | ANYONE },
	{ "ptrace", try_ptrace, FILTER | FILES },
	{ "read another", try_read_other, FILTER | FILES },
	{ "kill", try_kill, FILTER | SIGNALS | ANYONE },
	{ "signal a thread of another", try_signal_thread, (SANITIZED ? 0 : FILTER) | SIGNALS | ANYONE },
	{ "mount", try_mount, FILTER | FILES },
	{ "unshare", try_unshare, FILTER },
	{ "setns", try_setns, FILTER },
	{ "io_uring", try_io_uring, FILTER },
	{ "userfaultfd", try_userfaultfd, FILTER },
	{ "bpf", try_bpf, FILTER },
	{ "perf", try_perf, FILTER },
	{ "keys", try_keys, FILTER },
	{ "limits", try_limit, FILTER | ANYONE },
	{ "be looked into", try_dumpable, FILTER | ANYONE },
	{ "code", try_code, FILTER | ANYONE },
	{ "make code", try_make_code, FILTER | ANYONE },
};
#define ATTEMPTS (sizeof attempts / sizeof *attempts)

static void
attempt_all(struct strbuf *told, int by)
{
	for (size_t i = 0; i < ATTEMPTS; i++)
		if (attempts[i].by & by) {
			int number = attempts[i].run();
			bool refused = number == EPERM || number == EACCES;
			strbuf_printf(told, "%s: %s\n", attempts[i].name, refused ? "refused" : strerror(number));
		}
}

static void
want_all_refused(struct strbuf *wanted, int by)
{
	for (size_t i = 0; i < ATTEMPTS; i++)
		if (attempts[i].by & by)
			strbuf_printf(wanted, "%s: refused\n", attempts[i].name);
}

static int
landlock_bits(void)
{
	struct sandbox_support support = sandbox_support();
	return (support.landlock ? FILES : 0) | (support.landlock >= 4 ? TCP : 0) | (support.landlock >= 6 ? SIGNALS : 0);
}

static int
confined(int channel, enum confinement confinement)
{
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf told = { 0 };
	int by = FILTER | (landlock_bits() & SIGNALS);
	leave_open();
	if (sandbox_enter(confinement, -1, &err) < 0)
		return 1;
	attempt_all(&told, by);
	/* A tree's worker may ask what a path is; that says nothing of what is in it. */
	strbuf_printf(&told, "stat: %s\n", strerror(try_stat()));
	return channel_send(channel, 1, strbuf_slice(&told), &err) < 0;
}

static int as_hasher(int channel) { return confined(channel, CONFINED_HASHER); }
static int as_worker(int channel) { return confined(channel, CONFINED_WORKER); }
static int as_judge(int channel) { return confined(channel, CONFINED_JUDGE); }
static int as_tree(int channel) { return confined(channel, CONFINED_TREE); }

/* The reader of the running machine, when it begins to take apart what it read. */
static int
as_live(int channel)
{
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf told = { 0 };
	int by = FILTER | (landlock_bits() & SIGNALS);
	leave_open();
	if (sandbox_enter_live(&err) < 0 || sandbox_enter_below(-1, &err) < 0)
		return 1;
	attempt_all(&told, by);
	strbuf_printf(&told, "stat: %s\n", strerror(try_stat()));
	return channel_send(channel, 1, strbuf_slice(&told), &err) < 0;
}

/* ... and before, when it may read links: nothing is opened for writing. */
static int
as_reader_of_links(int channel)
{
	static const int flags[] = { O_RDONLY, O_RDWR, O_WRONLY, O_RDONLY | O_TRUNC, O_RDONLY | O_CREAT, O_RDWR | O_TMPFILE };
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf told = { 0 };
	if (sandbox_enter_live(&err) < 0)
		return 1;
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		strbuf_printf(&told, "%s\n", strerror(answer(openat(AT_FDCWD, flags[i] & O_DIRECTORY ? "/tmp" : "/dev/null", flags[i], 0600))));
	return channel_send(channel, 1, strbuf_slice(&told), &err) < 0;
}

static int
by_filter_alone(int channel)
{
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf told = { 0 };
	leave_open();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || sandbox_enter_calls(CONFINED_WORKER, &err) < 0)
		return 1;
	attempt_all(&told, FILTER);
	return channel_send(channel, 1, strbuf_slice(&told), &err) < 0;
}

static int
by_landlock_alone(int channel)
{
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf told = { 0 };
	int by = landlock_bits();
	leave_open();
	if (sandbox_enter_files(-1, &err) < 0)
		return 1;
	attempt_all(&told, by);
	return channel_send(channel, 1, strbuf_slice(&told), &err) < 0;
}

static int
by_nothing(int channel)
{
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf told = { 0 };
	leave_open();
	attempt_all(&told, ANYONE);
	return channel_send(channel, 1, strbuf_slice(&told), &err) < 0;
}

/* Given a directory, it may read below it, and nowhere else. */
static int
as_reader_of_tree(int channel)
{
	static const struct {
		const char *path;
		int flags;
	} tries[] = {
		{ ".", O_RDONLY | O_DIRECTORY },
		{ "inside", O_RDONLY },
		{ "below/deep", O_RDONLY },
		{ "link", O_RDONLY },
		{ "inside", O_RDWR },
		{ "inside", O_WRONLY | O_TRUNC },
		{ "new", O_WRONLY | O_CREAT },
		{ "out", O_RDONLY },
		{ "up/etc/passwd", O_RDONLY },
		{ "self", O_RDONLY },
		{ "..", O_RDONLY | O_DIRECTORY },
		{ "../../etc/passwd", O_RDONLY },
		{ "/etc/passwd", O_RDONLY },
		{ "/proc/self/mem", O_RDONLY },
	};
	struct message message;
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf told = { 0 };
	if (channel_receive(channel, &message, &err) < 0 || sandbox_enter(CONFINED_TREE, message.fd[0], &err) < 0)
		return 1;
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
		strbuf_printf(&told, "%s%s: %s\n", tries[i].path, tries[i].flags & (O_WRONLY | O_RDWR) ? " to write" : "",
		              strerror(answer(openat(message.fd[0], tries[i].path, tries[i].flags, 0600))));
	return channel_send(channel, 1, strbuf_slice(&told), &err) < 0;
}

static int
as_eater(int channel)
{
	struct plim_error err = { 0 };
	if (sandbox_enter(CONFINED_WORKER, -1, &err) < 0)
		return 1;
	void *most = mmap(NULL, LIMIT_WORKER_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int number = most == MAP_FAILED ? errno : 0;
	void *some = mmap(NULL, LIMIT_WORKER_BYTES / 4, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	AUTO(strbuf) struct strbuf told = { 0 };
	strbuf_printf(&told, "all of it: %s, a quarter: %s", strerror(number), some == MAP_FAILED ? "refused" : "granted");
	return channel_send(channel, 1, strbuf_slice(&told), &err) < 0;
}

/* A memory file up to the limit and a byte beyond it, where the signal that comes with it is ignored. */
static int
as_writer(int channel)
{
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf told = { 0 };
	signal(SIGXFSZ, SIG_IGN);
	LIMIT_WORKER_ANSWER_BYTES = 1 << 20;
	if (sandbox_enter(CONFINED_WORKER, -1, &err) < 0)
		return 1;
	AUTO(fd) int fd = memfd_create("answer", MFD_CLOEXEC);
	strbuf_printf(&told, "the limit: %s, ", strerror(answer(ftruncate(fd, 1 << 20))));
	strbuf_printf(&told, "a byte more: %s, ", strerror(answer(ftruncate(fd, (1 << 20) + 1))));
	lseek(fd, 0, SEEK_END);
	strbuf_printf(&told, "written: %s", strerror(answer(write(fd, "x", 1))));
	return channel_send(channel, 1, strbuf_slice(&told), &err) < 0;
}

static int
as_collector(int channel)
{
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf told = { 0 };
	int last = 0, fd;
	if (sandbox_enter(CONFINED_WORKER, -1, &err) < 0)
		return 1;
	while ((fd = memfd_create("one", 0)) >= 0)
		last = fd;
	strbuf_printf(&told, "%d: %s", last + 1, strerror(errno));
	return channel_send(channel, 1, strbuf_slice(&told), &err) < 0;
}

static int
without_end(int channel)
{
	struct plim_error err = { 0 };
	(void)channel;
	LIMIT_WORKER_CPU_S = 1;
	if (sandbox_enter(CONFINED_WORKER, -1, &err) < 0)
		return 1;
	for (volatile unsigned i = 0;; i++)
		;
}

static int
without_measure(int channel)
{
	struct plim_error err = { 0 };
	(void)channel;
	LIMIT_WORKER_ANSWER_BYTES = 1 << 20;
	if (sandbox_enter(CONFINED_WORKER, -1, &err) < 0)
		return 1;
	return ftruncate(memfd_create("answer", MFD_CLOEXEC), (1 << 20) + 1) < 0;
}

/* glibc aborts by a signal to itself, and where that is refused by an instruction that ends it. */
static int
without_hope(int channel)
{
	struct plim_error err = { 0 };
	(void)channel;
	/* Of the test's own making. */
	signal(SIGSEGV, SIG_DFL);
	signal(SIGILL, SIG_DFL);
	if (sandbox_enter(CONFINED_WORKER, -1, &err) < 0)
		return 1;
	abort();
}

enum { HASHER, WORKER, JUDGE, TREE, LIVE, LINKS, FILTER_ALONE, LANDLOCK_ALONE, NOTHING, READER, EATER, WRITER, COLLECTOR, ENDLESS, MEASURELESS, HOPELESS };

static const struct job test_jobs[] = {
	[HASHER] = { "test-hasher", as_hasher },
	[WORKER] = { "test-worker", as_worker },
	[JUDGE] = { "test-judge", as_judge },
	[TREE] = { "test-tree", as_tree },
	[LIVE] = { "test-live", as_live },
	[LINKS] = { "test-links", as_reader_of_links },
	[FILTER_ALONE] = { "test-filter", by_filter_alone },
	[LANDLOCK_ALONE] = { "test-landlock", by_landlock_alone },
	[NOTHING] = { "test-nothing", by_nothing },
	[READER] = { "test-reader", as_reader_of_tree },
	[EATER] = { "test-eater", as_eater },
	[WRITER] = { "test-writer", as_writer },
	[COLLECTOR] = { "test-collector", as_collector },
	[ENDLESS] = { "test-endless", without_end },
	[MEASURELESS] = { "test-measureless", without_measure },
	[HOPELESS] = { "test-hopeless", without_hope },
	{ 0 },
};

/* What jobs[job] tells, `lent` (-1: nothing) given; the caller's. */
static char *
told_by(size_t job, int lent)
{
	AUTO(zygote) struct zygote *zygote = NULL;
	AUTO(process) struct process process = { .channel = -1 };
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct plim_error err = { 0 };
	assert_int_equal(zygote_start(test_jobs, &zygote, &err), 0);
	assert_int_equal(zygote_spawn(zygote, job, &process, &err), 0);
	if (lent >= 0)
		assert_int_equal(channel_send_with(process.channel, 1, SLICE(""), &lent, 1, &err), 0);
	int r = channel_receive(process.channel, &message, &err);
	char cause[128] = "";
	if (r == PLIM_ENOTFOUND)
		assert_true(zygote_cause(zygote, &process, cause, sizeof cause));
	return r == 0 ? slice_dup(message.body) : slice_dup(slice_of(cause));
}

static void
assert_told(size_t job, const char *wanted)
{
	AUTO(free) char *told = told_by(job, -1);
	assert_string_equal(told, wanted);
}

static void
everything_is_refused(void **state)
{
	(void)state;
	/* Where there is no Landlock, the reader of the running machine may open files to read them. */
	for (size_t job = HASHER; job <= (landlock_bits() & FILES ? LIVE : TREE); job++) {
		AUTO(strbuf) struct strbuf wanted = { 0 };
		want_all_refused(&wanted, FILTER | (landlock_bits() & SIGNALS));
		strbuf_printf(&wanted, "stat: %s\n", strerror(job >= TREE ? 0 : EPERM));
		assert_told(job, wanted.p);
	}
}

static void
links_are_read_and_nothing_is_written(void **state)
{
	(void)state;
	char wanted[512] = "Success\n";
	for (size_t i = 0; i < 5; i++)
		snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%s\n", strerror(EPERM));
	assert_told(LINKS, wanted);
}

/* What one of them lets through by mistake, the other holds. */
static void
each_refuses_alone(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf filter = { 0 };
	AUTO(strbuf) struct strbuf landlock = { 0 };
	want_all_refused(&filter, FILTER);
	want_all_refused(&landlock, landlock_bits());
	assert_told(FILTER_ALONE, filter.p);
	assert_told(LANDLOCK_ALONE, landlock.p);
}

static void
nothing_is_refused_to_the_unconfined(void **state)
{
	(void)state;
	AUTO(free) char *told = told_by(NOTHING, -1);
	assert_non_null(strstr(told, "make code: Success"));
	assert_null(strstr(told, ": refused\n"));
}

static void
a_tree_is_read_and_no_more(void **state)
{
	(void)state;
	char place[] = "/tmp/plimsoll-tree-XXXXXX";
	static const char *const links[][2] = { { "inside", "link" }, { "/etc/passwd", "out" }, { "../..", "up" }, { "/proc/self/mem", "self" } };
	assert_non_null(mkdtemp(place));
	AUTO(fd) int root = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(openat(root, "inside", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	mkdirat(root, "below", 0700);
	close(openat(root, "below/deep", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		assert_int_equal(symlinkat(links[i][0], root, links[i][1]), 0);
	AUTO(free) char *told = told_by(READER, root);
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		unlinkat(root, links[i][1], 0);
	unlinkat(root, "below/deep", 0);
	unlinkat(root, "below", AT_REMOVEDIR);
	unlinkat(root, "inside", 0);
	rmdir(place);
	assert_string_equal(told, ".: Success\n"
	                          "inside: Success\n"
	                          "below/deep: Success\n"
	                          "link: Success\n"
	                          "inside to write: Permission denied\n"
	                          "inside to write: Permission denied\n"
	                          "new to write: Permission denied\n"
	                          "out: Permission denied\n"
	                          "up/etc/passwd: Permission denied\n"
	                          "self: Permission denied\n"
	                          "..: Permission denied\n"
	                          "../../etc/passwd: Permission denied\n"
	                          "/etc/passwd: Permission denied\n"
	                          "/proc/self/mem: Permission denied\n");
}

static void
memory_and_answers_are_bounded(void **state)
{
	(void)state;
	if (SANITIZED)
		print_message("the sanitizer needs the address space: the limits of memory and of answers are lifted\n");
	assert_told(EATER, SANITIZED ? "all of it: Success, a quarter: granted" : "all of it: Cannot allocate memory, a quarter: granted");
	assert_told(WRITER, SANITIZED ? "the limit: Success, a byte more: Success, written: Success"
	                              : "the limit: Success, a byte more: File too large, written: File too large");
}

static void
descriptors_are_bounded(void **state)
{
	(void)state;
	assert_told(COLLECTOR, "64: Too many open files");
}

/* A limit that ends the process is named, as any other that is reached. */
static void
a_limit_that_ends_is_named(void **state)
{
	(void)state;
	assert_told(ENDLESS, "ended at limit WORKER_CPU_S");
	if (!SANITIZED)
		assert_told(MEASURELESS, "ended at limit WORKER_ANSWER_BYTES");
}

static void
who_aborts_ends(void **state)
{
	(void)state;
	AUTO(free) char *told = told_by(HOPELESS, -1);
	assert_non_null(strstr(told, "ended by signal"));
}

static int
make_file(void **state)
{
	(void)state;
	strcpy(given.path, "/tmp/plimsoll-test-XXXXXX");
	int fd = mkstemp(given.path);
	return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
	(void)state;
	unlink(given.path);
	unlink("/tmp/plimsoll-test-new");
	return 0;
}

int
main(void)
{
	struct sandbox_support support = sandbox_support();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_refused),
		cmocka_unit_test(links_are_read_and_nothing_is_written),
		cmocka_unit_test(each_refuses_alone),
		cmocka_unit_test(a_tree_is_read_and_no_more),
		cmocka_unit_test(memory_and_answers_are_bounded),
		cmocka_unit_test(descriptors_are_bounded),
		cmocka_unit_test(a_limit_that_ends_is_named),
		cmocka_unit_test(who_aborts_ends),
		cmocka_unit_test(nothing_is_refused_to_the_unconfined),
	};
	if (!sandbox_is_whole(&support)) {
		puts("this kernel lacks Landlock or seccomp: nothing confines here");
		return 77;
	}
	return cmocka_run_group_tests(tests, make_file, remove_file);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that speak, end and are confined: what a worker may not do is refused, each thing by itself. */
#include "base/error.h"
#include "base/file.h"
#include "base/sanitized.h"
#include "process/ring.h"
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
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* What a worker is made to try once it is confined; 0 where it succeeded. */

static int
answer(long r)
{
	return r < 0 ? errno : 0;
}

static int try_open(void) { return answer(open("/etc/passwd", O_RDONLY)); }
static int try_open_write(void) { return answer(open("/tmp/plimsoll-test", O_WRONLY | O_CREAT, 0600)); }
static int try_open_memory(void) { return answer(open("/proc/self/mem", O_RDWR)); }
static int try_stat(void) { struct stat st; return answer(stat("/etc/passwd", &st)); }
static int try_unlink(void) { return answer(unlink("/tmp/plimsoll-test")); }
static int try_socket(void) { return answer(socket(AF_INET, SOCK_STREAM, 0)); }
static int try_unix(void) { return answer(socket(AF_UNIX, SOCK_STREAM, 0)); }
static int try_exec(void) { return answer(execl("/bin/true", "true", (char *)NULL)); }
static int try_fork(void) { pid_t pid = fork(); if (pid == 0) _exit(0); return answer(pid); }
static int try_ptrace(void) { return answer(ptrace(PTRACE_ATTACH, getppid(), 0, 0)); }
static int try_kill(void) { return answer(kill(1, 0)); }
static int try_mount(void) { return answer(mount("none", "/tmp", "tmpfs", 0, "")); }
static int try_unshare(void) { return answer(unshare(CLONE_NEWUSER)); }
static int try_io_uring(void) { return answer(syscall(SYS_io_uring_setup, 1, NULL)); }
static int try_code(void) { return answer((long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)); }

static int
try_make_code(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return answer(mprotect(at, 4096, PROT_READ | PROT_EXEC));
}

/* Any connection needs a socket first; one that was lent would still not lead anywhere. */
static int
try_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	return answer(connect(0, (struct sockaddr *)&to, sizeof to));
}

static const struct attempt {
	const char *name;
	int (*run)(void);
} attempts[] = {
	{ "open", try_open },     { "open to write", try_open_write }, { "open memory", try_open_memory }, { "stat", try_stat },
	{ "unlink", try_unlink }, { "socket", try_socket },            { "unix socket", try_unix },        { "connect", try_connect },
	{ "exec", try_exec },     { "fork", try_fork },                { "ptrace", try_ptrace },           { "kill", try_kill },
	{ "mount", try_mount },   { "unshare", try_unshare },          { "io_uring", try_io_uring },       { "code", try_code },
	{ "make code", try_make_code },
};

static void
attempt_all(struct strbuf *told)
{
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
		strbuf_printf(told, "%s: %s\n", attempts[i].name, strerror(attempts[i].run()));
}

static int
confined(int channel, enum confinement confinement)
{
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf told = { 0 };
	if (sandbox_enter(confinement, -1, &err) < 0)
		return 1;
	attempt_all(&told);
	return channel_send(channel, 1, strbuf_slice(&told), &err) < 0;
}

static int as_hasher(int channel) { return confined(channel, CONFINED_HASHER); }
static int as_worker(int channel) { return confined(channel, CONFINED_WORKER); }
static int as_judge(int channel) { return confined(channel, CONFINED_JUDGE); }

/* Given a directory, it may read below it, and nowhere else. */
static int
as_tree(int channel)
{
	struct message message;
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf told = { 0 };
	if (channel_receive(channel, &message, &err) < 0 || sandbox_enter(CONFINED_TREE, message.fd[0], &err) < 0)
		return 1;
	strbuf_printf(&told, "inside: %s\n", strerror(answer(openat(message.fd[0], "inside", O_RDONLY))));
	strbuf_printf(&told, "inside to write: %s\n", strerror(answer(openat(message.fd[0], "inside", O_RDWR))));
	strbuf_printf(&told, "link out: %s\n", strerror(answer(openat(message.fd[0], "out", O_RDONLY))));
	strbuf_printf(&told, "above: %s\n", strerror(answer(openat(message.fd[0], "../../etc/passwd", O_RDONLY))));
	strbuf_printf(&told, "elsewhere: %s\n", strerror(try_open()));
	return channel_send(channel, 1, strbuf_slice(&told), &err) < 0;
}

static int
as_eater(int channel)
{
	struct plim_error err = { 0 };
	if (sandbox_enter(CONFINED_WORKER, -1, &err) < 0)
		return 1;
	void *at = mmap(NULL, (size_t)8 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return channel_send(channel, 1, slice_of(at == MAP_FAILED ? "refused" : "granted"), &err) < 0;
}

static int as_failure(int channel) { (void)channel; return 7; }
static int as_victim(int channel) { (void)channel; raise(SIGKILL); return 0; }
static int as_silent(int channel) { (void)channel; return environ && *environ; }

enum { HASHER, WORKER, JUDGE, TREE, EATER, FAILURE, VICTIM, SILENT };

static const struct job test_jobs[] = {
	{ "test-hasher", as_hasher }, { "test-worker", as_worker }, { "test-judge", as_judge }, { "test-tree", as_tree }, { "test-eater", as_eater },
	{ "test-failure", as_failure }, { "test-victim", as_victim }, { "test-silent", as_silent }, { 0 },
};

static struct zygote *
start(void)
{
	struct zygote *zygote = NULL;
	struct plim_error err = { 0 };
	assert_int_equal(zygote_start(test_jobs, &zygote, &err), 0);
	return zygote;
}

static void
assert_told(struct zygote *zygote, size_t job, const char *wanted)
{
	AUTO(process) struct process process = { .channel = -1 };
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct plim_error err = { 0 };
	assert_int_equal(zygote_spawn(zygote, job, &process, &err), 0);
	assert_int_equal(channel_receive(process.channel, &message, &err), 0);
	AUTO(free) char *told = slice_dup(message.body);
	assert_string_equal(told, wanted);
}

static void
everything_is_refused(void **state)
{
	(void)state;
	AUTO(zygote) struct zygote *zygote = start();
	AUTO(strbuf) struct strbuf wanted = { 0 };
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
		strbuf_printf(&wanted, "%s: %s\n", attempts[i].name, strerror(EPERM));
	for (size_t job = HASHER; job <= JUDGE; job++)
		assert_told(zygote, job, wanted.p);
}

static void
a_tree_is_read_and_no_more(void **state)
{
	(void)state;
	AUTO(zygote) struct zygote *zygote = start();
	AUTO(process) struct process process = { .channel = -1 };
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct plim_error err = { 0 };
	char place[] = "/tmp/plimsoll-tree-XXXXXX";
	assert_non_null(mkdtemp(place));
	AUTO(fd) int root = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(openat(root, "inside", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(symlinkat("/etc/passwd", root, "out"), 0);
	assert_int_equal(zygote_spawn(zygote, TREE, &process, &err), 0);
	assert_int_equal(channel_send_with(process.channel, 1, SLICE(""), &root, 1, &err), 0);
	assert_int_equal(channel_receive(process.channel, &message, &err), 0);
	unlinkat(root, "inside", 0);
	unlinkat(root, "out", 0);
	rmdir(place);
	AUTO(free) char *told = slice_dup(message.body);
	assert_string_equal(told, "inside: Success\ninside to write: Permission denied\nlink out: Permission denied\nabove: Permission denied\n"
	                          "elsewhere: Permission denied\n");
}

static void
memory_is_bounded(void **state)
{
	(void)state;
	AUTO(zygote) struct zygote *zygote = start();
	if (SANITIZED)
		print_message("the sanitizer needs the address space: memory limits are lifted\n");
	assert_told(zygote, EATER, SANITIZED ? "granted" : "refused");
}

static void
assert_ends(size_t job, const char *wanted)
{
	AUTO(zygote) struct zygote *zygote = start();
	AUTO(process) struct process process = { .channel = -1 };
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct plim_error err = { 0 };
	char cause[128];
	assert_int_equal(zygote_spawn(zygote, job, &process, &err), 0);
	assert_int_equal(channel_receive(process.channel, &message, &err), PLIM_ENOTFOUND);
	assert_true(zygote_cause(zygote, &process, cause, sizeof cause));
	assert_string_equal(cause, wanted);
}

static void
an_end_is_told(void **state)
{
	(void)state;
	setenv("PLIMSOLL_TEST_SECRET", "x", 1);
	assert_ends(FAILURE, "ended with status 7 before it answered");
	assert_ends(VICTIM, "ended by signal 9 (Killed)");
	assert_ends(SILENT, "ended with status 0 before it answered");
}

static void
a_job_that_there_is_not(void **state)
{
	(void)state;
	assert_ends(sizeof test_jobs / sizeof *test_jobs, "ended with status 1 before it answered");
}

/* Channels. */

static void
bodies_arrive_whole(void **state)
{
	(void)state;
	static char large[1 << 20];
	int ends[2];
	struct plim_error err = { 0 };
	const size_t sizes[] = { 0, 1, (32 << 10), (32 << 10) + 1, sizeof large };
	memset(large, 'x', sizeof large);
	assert_int_equal(channel_pair(ends, &err), 0);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		AUTO(message) struct message message = { .fd = { -1, -1 } };
		assert_int_equal(channel_send(ends[0], (uint32_t)i, (struct slice){ large, sizes[i] }, &err), 0);
		assert_int_equal(channel_receive(ends[1], &message, &err), 0);
		assert_int_equal(message.kind, i);
		assert_true(slice_eq(message.body, (struct slice){ large, sizes[i] }));
	}
	close(ends[0]);
	close(ends[1]);
}

/* The kernel answers ECONNRESET once to whoever's message was left unread, with the other side's last words still queued behind it. */
static void
last_words_are_heard(void **state)
{
	(void)state;
	int ends[2];
	struct plim_error err = { 0 };
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	assert_int_equal(channel_pair(ends, &err), 0);
	assert_int_equal(channel_send(ends[0], 1, SLICE("never read"), &err), 0);
	assert_int_equal(channel_send(ends[1], 2, SLICE("last words"), &err), 0);
	close(ends[1]);
	assert_int_equal(channel_receive(ends[0], &message, &err), 0);
	assert_int_equal(message.kind, 2);
	message_done(&message);
	assert_int_equal(channel_receive(ends[0], &message, &err), PLIM_ENOTFOUND);
	close(ends[0]);
}

static void
a_file_that_could_change_is_refused(void **state)
{
	(void)state;
	struct slice map;
	struct plim_error err = { 0 };
	AUTO(fd) int fd = memfd_create("open", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(write(fd, "abc", 3), 3);
	assert_int_equal(memory_map(fd, &map, &err), PLIM_EFORMAT);
	AUTO(fd) int sealed = -1;
	assert_int_equal(memory_file(SLICE("abc"), &sealed, &err), 0);
	assert_int_equal(write(sealed, "d", 1), -1);
	assert_int_equal(memory_map(sealed, &map, &err), 0);
	assert_true(slice_is(map, "abc"));
	file_unmap(&map);
}

/* The ring, with both sides in one process: as much as there are windows for. */
static void
a_ring_brings_what_was_filled(void **state)
{
	(void)state;
	int ends[2];
	struct plim_error err = { 0 };
	AUTO(ring) struct ring *ring = NULL;
	AUTO(stream) struct stream *stream = NULL;
	struct slice piece;
	char *window;
	assert_int_equal(channel_pair(ends, &err), 0);
	assert_int_equal(ring_open(ends[0], RING_WINDOWS * RING_WINDOW_BYTES, &ring, &err), 0);
	for (int i = 0; i < 3; i++) {
		assert_true(ring_window(ring, &window));
		memset(window, 'a' + i, 1000);
		ring_filled(ring, 1000);
	}
	ring_filled(ring, 0);
	assert_int_equal(stream_of_ring(ends[1], &stream, &err), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(stream_next(stream, &piece, &err), 0);
		assert_int_equal(piece.n, 1000);
		assert_int_equal(piece.p[999], 'a' + i);
	}
	assert_int_equal(stream_next(stream, &piece, &err), 0);
	assert_int_equal(piece.n, 0);
	close(ends[0]);
	close(ends[1]);
}

static void
a_ring_that_lies_is_refused(void **state)
{
	(void)state;
	int ends[2];
	struct plim_error err = { 0 };
	AUTO(ring) struct ring *ring = NULL;
	AUTO(stream) struct stream *stream = NULL;
	struct slice piece;
	assert_int_equal(channel_pair(ends, &err), 0);
	assert_int_equal(ring_open(ends[0], RING_WINDOW_BYTES, &ring, &err), 0);
	ring_filled(ring, RING_WINDOW_BYTES + 1);
	assert_int_equal(stream_of_ring(ends[1], &stream, &err), 0);
	assert_int_equal(stream_next(stream, &piece, &err), PLIM_EFORMAT);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_refused),
		cmocka_unit_test(a_tree_is_read_and_no_more),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(an_end_is_told),
		cmocka_unit_test(a_job_that_there_is_not),
		cmocka_unit_test(bodies_arrive_whole),
		cmocka_unit_test(last_words_are_heard),
		cmocka_unit_test(a_file_that_could_change_is_refused),
		cmocka_unit_test(a_ring_brings_what_was_filled),
		cmocka_unit_test(a_ring_that_lies_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Executes oscap where it can reach the tree, its own libraries and one directory, and no network; what it wrote is handed on unread. */
#include "gate/job/scan.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "process/sandbox.h"
#include "scap/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define END { WIRE_END, 0, 0, 0, NULL }

const struct wire_struct wire_scan_wish = { sizeof(struct scan_wish), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_U64, struct scan_wish, entry), WIRE_PLAIN(WIRE_SLICE, struct scan_wish, benchmark),
	WIRE_PLAIN(WIRE_SLICE, struct scan_wish, packages), END } };

const struct wire_struct wire_scan_answer = { sizeof(struct scan_answer), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_U64, struct scan_answer, entry), WIRE_PLAIN(WIRE_SLICE, struct scan_answer, version),
	WIRE_PLAIN(WIRE_SLICE, struct scan_answer, trouble), WIRE_PLAIN(WIRE_SLICE, struct scan_answer, packages), END } };

const struct wire_struct wire_scan_order = { sizeof(struct scan_order), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct scan_order, program), WIRE_PLAIN(WIRE_BOOL, struct scan_order, live),
	WIRE_PLAIN(WIRE_SLICE, struct scan_order, scratch), WIRE_PLAIN(WIRE_SLICE, struct scan_order, folder),
	WIRE_PLAIN(WIRE_SLICE, struct scan_order, benchmark), WIRE_PLAIN(WIRE_SLICE, struct scan_order, packages), END } };

/* What it may say of a few packages. */
#define SCAN_PACKAGES_BYTES 4096

/* Of the tree, as the scanner sees it. */
#define SCAN_ROOT "/tmp/" SCAN_TREE

struct scan {
	int channel;
	struct arena *arena;
	struct scan_order order;
	int directory, root;       /* borrowed from the order's message */
	int program;
	char *environment[8];
	struct slice version, packages;
};

static void
auto_scan(struct scan *scan)
{
	auto_fd(&scan->program);
	arena_free(scan->arena);
}

/* confining */

/* What a program needs to begin, and what oscap reads of its own: schemas, and times as this machine tells them.  It opens "/" to come back from another root. */
static const struct {
	const char *path;
	unsigned rights;
} needed[] = {
	{ "/", SANDBOX_LIST },                          { "/lib", SANDBOX_READ | SANDBOX_EXECUTE },     { "/lib64", SANDBOX_READ | SANDBOX_EXECUTE },   { "/usr/lib", SANDBOX_READ | SANDBOX_EXECUTE },
	{ "/usr/lib64", SANDBOX_READ | SANDBOX_EXECUTE }, { "/usr/local/lib", SANDBOX_READ | SANDBOX_EXECUTE },
	{ "/usr/share/openscap", SANDBOX_READ },        { "/usr/local/share/openscap", SANDBOX_READ },  { "/usr/share/zoneinfo", SANDBOX_READ },
	{ "/etc/ld.so.cache", SANDBOX_READ },           { "/etc/localtime", SANDBOX_READ },             { "/dev/null", SANDBOX_READ | SANDBOX_WRITE },
	{ "/dev/urandom", SANDBOX_READ },               { "/etc/rpm", SANDBOX_READ },
};
#define NEEDED (sizeof needed / sizeof *needed)

/*
 * oscap makes its files in /tmp, whatever TMPDIR says: there it finds the private directory instead, and in that the tree as something that
 * nobody can write to or execute.
 */
static int
view_make(const struct scan *scan, struct plim_error *err)
{
	char *scratch = arena_strz(scan->arena, scan->order.scratch);
	if (scratch == NULL)
		return error_nomem(err);
	if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount(scratch, "/tmp", NULL, MS_BIND, NULL) < 0 ||
	    mount(SCAN_ROOT, SCAN_ROOT, NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, SCAN_ROOT, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return error_sys(err, errno, "a view of its own, in which /tmp is a private directory");
	return 0;
}

static int
confine(struct scan *scan, const char *program, struct plim_error *err)
{
	struct sandbox_path paths[NEEDED + 3];
	size_t n = 0;
	int fd;
	/* Its path may be one that is hidden from now on. */
	if ((scan->program = open(program, O_PATH | O_CLOEXEC)) < 0)
		return error_sys(err, errno, "%s", program);
	paths[n++] = (struct sandbox_path){ scan->program, SANDBOX_READ | SANDBOX_EXECUTE };
	paths[n++] = (struct sandbox_path){ scan->root, SANDBOX_READ };
	for (size_t i = 0; i < NEEDED; i++)
		if ((fd = open(needed[i].path, O_PATH | O_CLOEXEC)) >= 0)
			paths[n++] = (struct sandbox_path){ fd, needed[i].rights };
	/* The running machine is asked about as it is, its /tmp and its network with it. */
	int r = scan->order.live ? 0 : view_make(scan, err);
	if (r < 0)
		return r;
	if ((fd = open("/tmp", O_PATH | O_CLOEXEC)) < 0)
		return error_sys(err, errno, "/tmp");
	paths[n++] = (struct sandbox_path){ fd, SANDBOX_READ | SANDBOX_WRITE };
	return sandbox_enter_program(paths, n, scan->order.live, err);
}

static int
environment_make(struct scan *scan, struct plim_error *err)
{
	struct slice words[] = {
		SLICE("PATH=/usr/bin:/bin"), SLICE("LC_ALL=C"), SLICE("HOME=/tmp"), SLICE("OSCAP_EVALUATION_TARGET=target"),
		scan->order.live ? SLICE_NONE : SLICE("OSCAP_PROBE_ROOT=" SCAN_ROOT),
	};
	for (size_t i = 0; i < sizeof words / sizeof *words && words[i].p; i++)
		if ((scan->environment[i] = arena_strz(scan->arena, words[i])) == NULL)
			return error_nomem(err);
	return 0;
}

/* executing */

/* Of root it needs to read what is not for everybody, and to look at another root; whoever looks at the machine itself keeps what he has. */
static bool
drop_capabilities(void)
{
	for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
		bool kept = capability == CAP_DAC_OVERRIDE || capability == CAP_DAC_READ_SEARCH || capability == CAP_SYS_CHROOT;
		if (!kept && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
			return false;
	}
	return true;
}

/* Whoever began it may have been killed before this was asked for; in another namespace getppid(2) does not tell. */
static bool
die_with(int parent)
{
	struct pollfd ended = { parent, POLLIN, 0 };
	return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && poll(&ended, 1, 0) == 0;
}

static _Noreturn void
become(const struct scan *scan, int parent, char *const *argv, int output, int words)
{
	int null = open("/dev/null", O_RDONLY);
	bool ready = die_with(parent) && setpgid(0, 0) == 0 && dup2(null, 0) == 0 && dup2(output, 1) == 1 && dup2(words, 2) == 2;
	if (ready && (scan->order.live || drop_capabilities())) {
		syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
		execveat(scan->program, "", argv, scan->environment, AT_EMPTY_PATH);
	}
	_exit(127);
}

/* As the first process of a namespace, with which whatever it began ends; of the running machine, as the first of a group. */
static pid_t
begin(const struct scan *scan)
{
	struct clone_args how = { .flags = CLONE_NEWPID, .exit_signal = SIGCHLD };
	return scan->order.live ? fork() : (pid_t)syscall(SYS_clone3, &how, sizeof how);
}

static int
wait_for(pid_t pid, int *status, struct plim_error *err)
{
	AUTO(fd) int end = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd wait = { end, POLLIN, 0 };
	uint64_t most = LIMIT_SCAN_S < INT32_MAX / 1000 ? LIMIT_SCAN_S * 1000 : INT32_MAX;
	int came = end < 0 ? -1 : poll(&wait, 1, (int)most);
	if (came <= 0)
		kill(pid, SIGKILL);
	/* What it began and left running; the group has its number as long as it was not waited for. */
	kill(-pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	if (came <= 0)
		return error_set(err, PLIM_ELIMIT, "oscap took longer than limit SCAN_S (%ju)", (uintmax_t)LIMIT_SCAN_S);
	return 0;
}

/* Its words are foreign. */
static int
last_words(const struct scan *scan, const char *what, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	AUTO(strbuf) struct strbuf shown = { 0 };
	size_t size = 0;
	struct slice last = SLICE_NONE, rest = SLICE(""), line;
	if (file_read(scan->directory, "words", LIMIT_SCAN_RESULT_BYTES, &text, &size, NULL) == 0)
		rest = (struct slice){ text, size };
	while (slice_next(&rest, '\n', &line))
		last = slice_trim(line).n ? slice_trim(line) : last;
	strbuf_put_printable(&shown, slice_first(last, 200));
	return error_set(err, PLIM_EUNSUPPORTED, "oscap %s%s%.*s", what, shown.n ? ": " : "", SLICE_ARG(strbuf_slice(&shown)));
}

static int
execute(const struct scan *scan, char *const *argv, const char *output, unsigned good, struct plim_error *err)
{
	char what[64];
	int status = 0;
	AUTO(fd) int out = openat(scan->directory, output, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	AUTO(fd) int words = openat(scan->directory, "words", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	AUTO(fd) int own = (int)syscall(SYS_pidfd_open, getpid(), 0);
	pid_t pid = out < 0 || words < 0 || own < 0 ? -1 : begin(scan);
	if (pid == 0)
		become(scan, own, argv, out, words);
	if (pid < 0)
		return error_sys(err, errno, "begin oscap");
	int r = wait_for(pid, &status, err);
	if (r < 0)
		return r;
	if (WIFSIGNALED(status))
		snprintf(what, sizeof what, "was ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(what, sizeof what, "ended with status %d", WEXITSTATUS(status));
	bool well = WIFEXITED(status) && WEXITSTATUS(status) < 32 && (good & (1u << WEXITSTATUS(status)));
	return well ? 0 : last_words(scan, what, err);
}

/* "OpenSCAP command line tool (oscap) 1.3.7" */
static int
ask_version(struct scan *scan, char *program, struct plim_error *err)
{
	char *argv[] = { program, (char *)"--version", NULL };
	AUTO(free) char *text = NULL;
	size_t size;
	struct slice line, rest, before;
	int r = execute(scan, argv, "version", 1u << 0, err);
	if (r < 0 || (r = file_read(scan->directory, "version", LIMIT_SCAN_RESULT_BYTES, &text, &size, err)) < 0)
		return r;
	rest = (struct slice){ text, size };
	if (!slice_next(&rest, '\n', &line) || !slice_cut_last(slice_trim(line), ' ', &before, &line) || line.n == 0 || line.n > 32 ||
	    line.p[0] < '0' || line.p[0] > '9')
		return error_set(err, PLIM_EUNSUPPORTED, "oscap does not tell its version");
	scan->version = arena_dup(scan->arena, line);
	return scan->version.p ? 0 : error_nomem(err);
}

/* What it is given and what it makes */

static int
write_bytes(const struct scan *scan, const char *name, struct slice bytes, struct plim_error *err)
{
	AUTO(fd) int fd = openat(scan->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_sys(err, errno, "%s", name);
	for (size_t at = 0; at < bytes.n;) {
		ssize_t done = write(fd, bytes.p + at, bytes.n - at);
		if (done < 0 && errno != EINTR)
			return error_sys(err, errno, "%s", name);
		at += done > 0 ? (size_t)done : 0;
	}
	return 0;
}

static int
write_file(const struct scan *scan, const char *name, int from, struct plim_error *err)
{
	struct slice bytes;
	int r = memory_map(from, &bytes, err);
	if (r < 0)
		return r;
	r = write_bytes(scan, name, bytes, err);
	file_unmap(&bytes);
	return r;
}

static int
take_files(struct scan *scan, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	int r = channel_receive(scan->channel, &message, err);
	if (r < 0)
		return r;
	if (message.kind != SAY_READ)
		return error_set(err, PLIM_EFORMAT, "a scan of nothing");
	r = write_file(scan, "datastream.xml", message.fd[0], err);
	return r < 0 ? r : write_file(scan, "tailoring.xml", message.fd[1], err);
}

/* NULL without memory, as what comes of that. */
static char *
path_of(const struct scan *scan, const char *name)
{
	struct slice folder = scan->order.live ? scan->order.scratch : SLICE("/tmp");
	struct slice path = arena_printf(scan->arena, "%.*s/%.*s/%s", SLICE_ARG(folder), SLICE_ARG(scan->order.folder), name);
	return path.p ? arena_strz(scan->arena, path) : NULL;
}

/* Whatever goes wrong with it, nothing was told. */
static int
ask_packages(struct scan *scan, char *program, struct plim_error *err)
{
	char *path = path_of(scan, "packages.xml");
	char *argv[] = { program, (char *)"oval", (char *)"eval", path, NULL };
	AUTO(free) char *text = NULL;
	size_t size;
	if (scan->order.packages.p == NULL)
		return 0;
	if (path == NULL)
		return error_nomem(err);
	if (write_bytes(scan, "packages.xml", scan->order.packages, NULL) < 0 || execute(scan, argv, "packages", 1u << 0, NULL) < 0 ||
	    file_read(scan->directory, "packages", SCAN_PACKAGES_BYTES, &text, &size, NULL) < 0)
		return 0;
	scan->packages = arena_dup(scan->arena, (struct slice){ text, size });
	return scan->packages.p ? 0 : error_nomem(err);
}

static int
evaluate(struct scan *scan, char *program, struct plim_error *err)
{
	char *benchmark = arena_strz(scan->arena, scan->order.benchmark);
	char *content = path_of(scan, "datastream.xml"), *tailoring = path_of(scan, "tailoring.xml"), *results = path_of(scan, "results.xml");
	char *argv[] = {
		program, (char *)"xccdf", (char *)"eval", (char *)"--benchmark-id", benchmark, (char *)"--profile", (char *)SCAP_SCAN_PROFILE,
		(char *)"--tailoring-file", tailoring, (char *)"--results", results, content, NULL,
	};
	/* Status 2: a rule failed. */
	return benchmark && content && tailoring && results ? execute(scan, argv, "log", 1u << 0 | 1u << 2, err) : error_nomem(err);
}

static int
say_results(const struct scan *scan, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	AUTO(fd) int file = -1;
	AUTO(strbuf) struct strbuf body = { 0 };
	size_t size;
	struct scan_answer answer = { .version = scan->version, .packages = scan->packages };
	int r = file_read(scan->directory, "results.xml", LIMIT_SCAN_RESULT_BYTES, &text, &size, err);
	if (r < 0 || (r = memory_file((struct slice){ text, size }, &file, err)) < 0)
		return r;
	wire_write(&wire_scan_answer, &answer, &body);
	return body.failed ? error_nomem(err) : channel_send_with(scan->channel, SAY_SCANNED, strbuf_slice(&body), &file, 1, err);
}

static int
run_scanner(struct scan *scan, struct plim_error *err)
{
	char *program = arena_strz(scan->arena, scan->order.program);
	int r = program ? environment_make(scan, err) : error_nomem(err);
	if (r == 0)
		r = take_files(scan, err);
	if (r == 0)
		r = confine(scan, program, err);
	if (r == 0)
		r = ask_version(scan, program, err);
	if (r == 0)
		r = ask_packages(scan, program, err);
	if (r == 0)
		r = evaluate(scan, program, err);
	return r < 0 ? r : say_results(scan, err);
}

static int
run(int channel, struct message *start, struct plim_error *err)
{
	AUTO(scan) struct scan scan = { .channel = channel, .arena = arena_new(0), .directory = start->fd[0], .root = start->fd[1], .program = -1 };
	struct cursor from = cursor_of(start->body);
	AUTO(strbuf) struct strbuf body = { 0 };
	struct plim_error why = { 0 };
	int r = scan.arena ? wire_read(&wire_scan_order, &from, scan.arena, &scan.order, err) : error_nomem(err);
	if (r < 0 || (r = run_scanner(&scan, &why)) == 0)
		return r;
	struct scan_answer answer = { .version = scan.version, .trouble = slice_of(why.text) };
	wire_write(&wire_scan_answer, &answer, &body);
	return body.failed ? error_nomem(err) : channel_send(channel, SAY_SCANNED, strbuf_slice(&body), err);
}

int
job_scan(int channel)
{
	return job_answer(channel, run);
}

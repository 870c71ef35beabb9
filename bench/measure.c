/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command and tells what it and everything that descends from it cost:
 *
 *   measure [-m MS] [-r DIRECTORY] -o FILE COMMAND...
 *
 * appends one line to FILE: wall seconds, user and system seconds of all
 * processes, peak KiB of their summed PSS, peak KiB of their memory files,
 * CPU milliseconds until the first read of a file in DIRECTORY (with -r), and
 * the command's exit status.  With -m memory is looked at every MS
 * milliseconds, which itself costs time: not in the run that is timed.
 *
 * It makes itself the reaper of orphans, for the processes that a check forks
 * are nobody's children any more when they end.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES 512
#define FILES 4096

struct tree {
	pid_t at[PROCESSES];
	size_t n;
};

struct measured {
	double wall, user, system, first_read;
	uint64_t pss, files;       /* KiB, peaks */
	int status;
};

static _Noreturn void
die(const char *what)
{
	perror(what);
	exit(3);
}

static double
seconds(clockid_t clock)
{
	struct timespec now;
	return clock_gettime(clock, &now) == 0 ? (double)now.tv_sec + (double)now.tv_nsec / 1e9 : 0;
}

static void
add_children(struct tree *tree, const char *path)
{
	FILE *file = fopen(path, "re");
	int pid;
	while (file && tree->n < PROCESSES && fscanf(file, "%d", &pid) == 1)
		tree->at[tree->n++] = pid;
	if (file)
		fclose(file);
}

/* Any thread may have forked. */
static void
add_children_of(struct tree *tree, pid_t pid)
{
	char path[128];
	snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *tasks = opendir(path);
	for (struct dirent *task; tasks && (task = readdir(tasks));) {
		snprintf(path, sizeof path, "/proc/%d/task/%.20s/children", pid, task->d_name);
		if (task->d_name[0] != '.')
			add_children(tree, path);
	}
	if (tasks)
		closedir(tasks);
}

static void
find_tree(struct tree *tree)
{
	tree->n = 0;
	add_children_of(tree, getpid());
	for (size_t i = 0; i < tree->n; i++)
		add_children_of(tree, tree->at[i]);
}

static uint64_t
pss_of(pid_t pid)
{
	char path[64], line[128];
	unsigned long kib = 0;
	snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
	FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "Pss: %lu kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

/* A memory file that nobody maps is in no PSS, and takes memory all the same. */
struct seen_files {
	ino_t at[FILES];
	size_t n;
	uint64_t kib;
};

static void
see_file(struct seen_files *seen, const char *path)
{
	char name[32] = "";
	struct stat status;
	if (readlink(path, name, sizeof name - 1) < 0 || strncmp(name, "/memfd:", 7) != 0 || stat(path, &status) < 0)
		return;
	for (size_t i = 0; i < seen->n; i++)
		if (seen->at[i] == status.st_ino)
			return;
	if (seen->n < FILES)
		seen->at[seen->n++] = status.st_ino;
	seen->kib += (uint64_t)status.st_blocks / 2;
}

static void
see_files_of(struct seen_files *seen, pid_t pid)
{
	char path[128];
	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	DIR *files = opendir(path);
	for (struct dirent *file; files && (file = readdir(files));) {
		snprintf(path, sizeof path, "/proc/%d/fd/%.20s", pid, file->d_name);
		see_file(seen, path);
	}
	if (files)
		closedir(files);
}

static void
look_at_memory(struct measured *measured)
{
	static struct tree tree;
	static struct seen_files seen;
	uint64_t pss = 0;
	seen.n = 0;
	seen.kib = 0;
	find_tree(&tree);
	for (size_t i = 0; i < tree.n; i++) {
		pss += pss_of(tree.at[i]);
		see_files_of(&seen, tree.at[i]);
	}
	measured->pss = pss > measured->pss ? pss : measured->pss;
	measured->files = seen.kib > measured->files ? seen.kib : measured->files;
}

/* Of all that are alive: before the first read none has ended. */
static double
cpu_so_far(void)
{
	static struct tree tree;
	double sum = 0;
	find_tree(&tree);
	for (size_t i = 0; i < tree.n; i++) {
		clockid_t clock;
		if (clock_getcpuclockid(tree.at[i], &clock) == 0)
			sum += seconds(clock);
	}
	return sum;
}

static void
add_usage(struct measured *measured, const struct rusage *usage)
{
	measured->user += (double)usage->ru_utime.tv_sec + (double)usage->ru_utime.tv_usec / 1e6;
	measured->system += (double)usage->ru_stime.tv_sec + (double)usage->ru_stime.tv_usec / 1e6;
}

/* False once nobody is left.  What a process reaped itself is in its own figures. */
static bool
reap(pid_t command, struct measured *measured)
{
	struct rusage usage;
	int status;
	pid_t pid;
	while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
		add_usage(measured, &usage);
		if (pid == command)
			measured->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	return pid == 0;
}

static void
drain(int fd)
{
	char bytes[4096];
	while (read(fd, bytes, sizeof bytes) > 0)
		continue;
}

static void
watch(pid_t command, int children, int reads, int every, struct measured *measured)
{
	while (reap(command, measured)) {
		struct pollfd events[] = { { children, POLLIN, 0 }, { reads, POLLIN, 0 } };
		poll(events, 2, every ? every : -1);
		if (events[1].revents) {
			measured->first_read = cpu_so_far() * 1e3;
			reads = -1;
		}
		if (events[0].revents)
			drain(children);
		if (every)
			look_at_memory(measured);
	}
}

static pid_t
begin(char **command)
{
	sigset_t none;
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(command[0], command);
	die(command[0]);
}

static void
append(const char *path, const struct measured *measured)
{
	FILE *file = fopen(path, "ae");
	if (file == NULL)
		die(path);
	fprintf(file, "%.6f %.6f %.6f %ju %ju %.3f %d\n", measured->wall, measured->user, measured->system, (uintmax_t)measured->pss,
	        (uintmax_t)measured->files, measured->first_read, measured->status);
	if (fclose(file) != 0)
		die(path);
}

int
main(int argc, char **argv)
{
	struct measured measured = { .first_read = -1 };
	const char *into = NULL;
	int every = 0, reads = -1;
	for (int option; (option = getopt(argc, argv, "+m:r:o:")) != -1;) {
		if (option == 'm')
			every = (int)strtol(optarg, NULL, 10);
		else if (option == 'r' && ((reads = inotify_init1(IN_CLOEXEC)) < 0 || inotify_add_watch(reads, optarg, IN_ACCESS) < 0))
			die(optarg);
		else if (option == 'o')
			into = optarg;
	}
	if (into == NULL || optind == argc) {
		fprintf(stderr, "usage: measure [-m MS] [-r DIRECTORY] -o FILE COMMAND...\n");
		return 3;
	}
	sigset_t ended;
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, NULL);
	int children = signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK);
	if (children < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		die("measure");
	double start = seconds(CLOCK_MONOTONIC);
	pid_t command = begin(argv + optind);
	if (command < 0)
		die("fork");
	watch(command, children, reads, every, &measured);
	measured.wall = seconds(CLOCK_MONOTONIC) - start;
	append(into, &measured);
	return 0;
}

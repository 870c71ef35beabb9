/* SPDX-License-Identifier: Apache-2.0 */
/* The loop that every execution in a container waits for: it compares numbers and paths, and leaves what takes longer to others. */
#include "enforce/exec/guard_exec_parts.h"

#include "base/error.h"
#include "base/glob.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Kernels from 6.8 on number mounts so that no number comes again. */
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000
#endif

#define SCAN_MS 1000
#define HASTE_MS 10             /* between scans, while a container begins */
#define HASTE_LASTS_MS 2000
#define SHORT_MS 1000           /* an entry with a mount's number that may come again */
#define REFUSED_MS 60000        /* then the log is told once more */
#define FRESH_NS 50000000       /* clocks of file systems tick every 1 to 10 ms: what was written in the same tick has the same time */
#define LINGER_MS 5
#define LISTENER_NICE -10       /* whoever executes something waits for it: on a busy machine it goes first */

/* A file that is held until the kernel has executed it. */
struct lingering {
	int file;
	int64_t until;
};

struct pending {
	int file;                      /* the kernel's name for the question, too */
	int answer;                    /* the pipe */
	pid_t process;
	struct exec_key key;
	bool lasting;                  /* the key's mount is never another's */
	int64_t changed;
};

struct listener {
	struct exec *exec;
	struct exec_known *known;
	int mounts;                    /* our own mount table: readable when it changes */
	VEC(struct pending) pending;
	VEC(struct lingering) lingering;
	int64_t scanned, hasty_until;
};

static int64_t
clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t
clock_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
respond(const struct listener *listener, int file, bool admits)
{
	const struct fanotify_response response = { .fd = file, .response = admits || listener->exec->options->dry ? FAN_ALLOW : FAN_DENY };
	while (write(listener->exec->group, &response, sizeof response) < 0 && errno == EINTR)
		;
}

static void
finish(const struct listener *listener, int file, bool admits)
{
	respond(listener, file, admits);
	close(file);
}

/* Its content was compared: nobody writes it until it runs, by a lease that lasts as long as the descriptor. */
static void
finish_held(struct listener *listener, int file)
{
	bool held = fcntl(file, F_SETLEASE, F_RDLCK) == 0;
	struct lingering *at = held ? vec_push(&listener->lingering) : NULL;
	respond(listener, file, held);
	if (at)
		*at = (struct lingering){ file, clock_ms() + LINGER_MS };
	else
		close(file);
}

static void
let_go(struct listener *listener, int64_t now)
{
	size_t kept = 0;
	vec_each(&listener->lingering, held) {
		if (now < held->until) {
			listener->lingering.at[kept++] = *held;
			continue;
		}
		/* A process that was forked meanwhile has the descriptor, too. */
		fcntl(held->file, F_SETLEASE, F_UNLCK);
		close(held->file);
	}
	listener->lingering.n = kept;
}

/* What is asked about. */

static bool
key_of(int file, struct exec_key *out, bool *lasting)
{
	struct statx is;
	if (statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID_UNIQUE, &is) < 0)
		return false;
	*lasting = is.stx_mask & STATX_MNT_ID_UNIQUE;
	*out = (struct exec_key){
		.mount = is.stx_mnt_id,
		.device = (uint64_t)is.stx_dev_major << 32 | is.stx_dev_minor,
		.inode = is.stx_ino,
		.size = is.stx_size,
		.changed = (int64_t)is.stx_ctime.tv_sec * 1000000000 + is.stx_ctime.tv_nsec,
	};
	return true;
}

static int64_t
last_until(int64_t now, bool lasting, enum exec_verdict verdict)
{
	if (!lasting)
		return now + SHORT_MS;
	return verdict == EXEC_UNTOUCHED || verdict == EXEC_SAME ? INT64_MAX : now + REFUSED_MS;
}

static void
keep(struct listener *listener, const struct exec_key *key, bool lasting, enum exec_verdict verdict)
{
	/* From the future, or just now: a second change might leave the same time. */
	if (verdict != EXEC_UNTOUCHED && clock_ns() - key->changed < FRESH_NS)
		return;
	exec_known_put(listener->known, key, verdict, last_until(clock_ms(), lasting, verdict));
}

/* As mount tables number it. */
static bool
mount_of(int file, uint64_t *out)
{
	struct statx is;
	if (statx(file, "", AT_EMPTY_PATH, STATX_MNT_ID, &is) < 0 || !(is.stx_mask & STATX_MNT_ID))
		return false;
	*out = is.stx_mnt_id;
	return true;
}

static void
name_file(int file, struct exec_asked *asked)
{
	char link[32];
	snprintf(link, sizeof link, "/proc/self/fd/%d", file);
	ssize_t n = readlink(link, asked->path, sizeof asked->path);
	/* The kernel cuts what does not fit: a name that fills all of it is none. */
	asked->path[n < 0 || (size_t)n == sizeof asked->path ? 0 : n] = '\0';
}

/* Its path in the file system: that of its mount's root, and what comes behind the mount's place. */
static void
name_inside(const struct exec_place *place, struct exec_asked *asked)
{
	struct slice path = slice_of(asked->path), mounted = strbuf_slice(&place->mounted), root = strbuf_slice(&place->root);
	if (!place->image || (!slice_is(mounted, "/") && !slice_skip(&path, mounted)))
		return;
	int n = snprintf(asked->inside, sizeof asked->inside, "%.*s%.*s", SLICE_ARG(slice_is(root, "/") ? SLICE("") : root), SLICE_ARG(path));
	if (n < 0 || (size_t)n >= sizeof asked->inside)
		asked->inside[0] = '\0';
}

static bool
is_untouched(const struct listener *listener, const struct exec_asked *asked)
{
	const struct exec_container *container = &listener->exec->containers.at[asked->container];
	struct stat file, of_image;
	return asked->inside[0] && container->files >= 0 && fstat(asked->file, &file) == 0 && exec_image_file(container->files, asked->inside, &of_image) &&
	       exec_image_same(&file, &of_image);
}

static bool
is_allowed(const struct listener *listener, const struct exec_asked *asked)
{
	const char *const *globs = listener->exec->options->allow;
	for (size_t i = 0; globs && globs[i]; i++)
		if (asked->path[0] && glob_match(slice_of(globs[i]), slice_of(asked->path)))
			return true;
	return false;
}

/* Engines mount an init of their own into containers that ask for one. */
static bool
is_init(const struct exec_asked *asked)
{
	static const char *const inits[] = {
		"/usr/bin/docker-init", "/usr/sbin/docker-init", "/usr/libexec/docker/docker-init", "/usr/local/bin/docker-init",
		"/usr/bin/catatonit", "/usr/libexec/catatonit/catatonit", "/usr/libexec/podman/catatonit",
	};
	struct stat file, init;
	for (size_t i = 0; i < sizeof inits / sizeof *inits; i++)
		if (fstat(asked->file, &file) == 0 && stat(inits[i], &init) == 0 && file.st_dev == init.st_dev && file.st_ino == init.st_ino)
			return true;
	return false;
}

/* Comparing. */

static void
compare(struct listener *listener, const struct exec_asked *asked, const struct exec_key *key, bool lasting)
{
	int ends[2];
	struct pending *pending = listener->pending.n < LIMIT_GUARD_EXEC_COUNT ? vec_push(&listener->pending) : NULL;
	if (pending == NULL || pipe2(ends, O_CLOEXEC) < 0) {
		listener->pending.n -= pending != NULL;
		fprintf(stderr, "guard exec: refused: too many files are being compared at once\n");
		finish(listener, asked->file, false);
		return;
	}
	pid_t process = fork();
	if (process == 0) {
		close(ends[0]);
		exec_content(listener->exec, asked, ends[1]);
	}
	close(ends[1]);
	*pending = (struct pending){ asked->file, ends[0], process, *key, lasting, key->changed };
	if (process < 0) {
		close(ends[0]);
		listener->pending.n--;
		finish(listener, asked->file, false);
	}
}

static enum exec_verdict
read_verdict(int answer)
{
	char byte;
	bool given = read(answer, &byte, 1) == 1 && byte > EXEC_UNKNOWN && byte <= EXEC_REFUSED;
	return given ? (enum exec_verdict)byte : EXEC_UNKNOWN;
}

/* A process that ended without a word: it took too long, or somebody ended it.  Nothing was told, so nothing is kept. */
static void
take_verdict(struct listener *listener, const struct pending *pending)
{
	enum exec_verdict verdict = read_verdict(pending->answer);
	close(pending->answer);
	if (verdict == EXEC_UNKNOWN)
		fprintf(stderr, "guard exec: refused: the process that compared a file ended\n");
	else
		keep(listener, &pending->key, pending->lasting, verdict);
	if (verdict == EXEC_SAME)
		finish_held(listener, pending->file);
	if (verdict != EXEC_SAME) {
		fcntl(pending->file, F_SETLEASE, F_UNLCK);
		finish(listener, pending->file, verdict == EXEC_ADMITTED);
	}
}

/* Answering. */

static void
ask(struct listener *listener, int file, pid_t pid, const struct exec_key *key, bool lasting)
{
	AUTO(exec_place) struct exec_place place = { 0 };
	struct exec_asked asked = { .file = file, .pid = pid, .container = SIZE_MAX };
	struct exec *exec = listener->exec;
	uint64_t mount;
	/* Before anything runs in a new namespace, the kernel asks about all that is mounted there. */
	exec_scan_process(exec, pid);
	name_file(file, &asked);
	if (mount_of(file, &mount) && exec_place_find(exec, pid, mount, &place)) {
		asked.container = place.container;
		name_inside(&place, &asked);
	}
	if (asked.container != SIZE_MAX && is_untouched(listener, &asked)) {
		keep(listener, key, lasting, EXEC_UNTOUCHED);
		finish(listener, file, true);
	} else if (asked.container == SIZE_MAX ? exec_is_machines(exec, pid) : is_allowed(listener, &asked) || is_init(&asked)) {
		/* The machine's own processes, which met a container's tmpfs; or what somebody allowed by its path, which is no part of the key. */
		finish(listener, file, true);
	} else {
		compare(listener, &asked, key, lasting);
	}
}

static void
scan(struct listener *listener)
{
	exec_scan(listener->exec);
	listener->scanned = clock_ms();
}

/* Whatever it is about to start is mounted by now. */
static bool
is_runtime(struct listener *listener, int file)
{
	struct stat is;
	if (fstat(file, &is) < 0)
		return false;
	vec_each(&listener->exec->runtimes, runtime)
		if (runtime->device == is.st_dev && runtime->inode == is.st_ino)
			return true;
	return false;
}

static void
decide(struct listener *listener, const struct fanotify_event_metadata *event)
{
	struct exec_key key;
	bool lasting;
	if (is_runtime(listener, event->fd)) {
		scan(listener);
		finish(listener, event->fd, true);
		return;
	}
	if (!key_of(event->fd, &key, &lasting)) {
		finish(listener, event->fd, false);
		return;
	}
	switch (exec_known_find(listener->known, &key, clock_ms())) {
	case EXEC_UNTOUCHED:
	case EXEC_ADMITTED:
		finish(listener, event->fd, true);
		break;
	case EXEC_SAME:
		finish_held(listener, event->fd);
		break;
	case EXEC_REFUSED:
		finish(listener, event->fd, false);
		break;
	default:
		ask(listener, event->fd, event->pid, &key, lasting);
	}
}

static int
take_events(struct listener *listener, struct plim_error *err)
{
	char bytes[4096] __attribute__((aligned(__alignof__(struct fanotify_event_metadata))));
	ssize_t n = read(listener->exec->group, bytes, sizeof bytes);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR || errno == EMFILE ? 0 : error_sys(err, errno, "fanotify");
	const struct fanotify_event_metadata *event = (const void *)bytes;
	for (; FAN_EVENT_OK(event, n); event = FAN_EVENT_NEXT(event, n)) {
		if (event->vers != FANOTIFY_METADATA_VERSION)
			return error_set(err, PLIM_EUNSUPPORTED, "fanotify speaks version %u", event->vers);
		if (event->fd >= 0)
			decide(listener, event);
	}
	return 0;
}

/* The loop. */

/* Ours is the group of a listener that was ended, too: what it had read and not answered waits for a descriptor of its own. */
static void
refuse_unanswered(const struct listener *listener)
{
	struct rlimit limit = { .rlim_cur = 0 };
	getrlimit(RLIMIT_NOFILE, &limit);
	for (rlim_t fd = 0; fd < limit.rlim_cur; fd++)
		respond(listener, (int)fd, false);
}

static void
reap(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static int
wait_for_more(struct listener *listener, struct pollfd *polls)
{
	int most = clock_ms() < listener->hasty_until ? HASTE_MS : (int)(listener->exec->options->patience / 8);
	polls[0] = (struct pollfd){ listener->exec->group, POLLIN, 0 };
	polls[1] = (struct pollfd){ listener->mounts, POLLPRI, 0 };
	for (size_t i = 0; i < listener->pending.n; i++)
		polls[i + 2] = (struct pollfd){ listener->pending.at[i].answer, POLLIN, 0 };
	return poll(polls, listener->pending.n + 2, listener->lingering.n ? LINGER_MS : most);
}

static void
take_verdicts(struct listener *listener, const struct pollfd *polls)
{
	size_t kept = 0, n = listener->pending.n;
	for (size_t i = 0; i < n; i++) {
		if (polls[i + 2].revents)
			take_verdict(listener, &listener->pending.at[i]);
		else
			listener->pending.at[kept++] = listener->pending.at[i];
	}
	listener->pending.n = kept;
}

static int
turn(struct listener *listener, struct pollfd *polls, struct plim_error *err)
{
	exec_beat(listener->exec);
	if (wait_for_more(listener, polls) < 0)
		return errno == EINTR ? 0 : error_sys(err, errno, "poll");
	let_go(listener, clock_ms());
	take_verdicts(listener, polls);
	/* A mount that is new goes before what is executed in it. */
	if (polls[1].revents)
		listener->hasty_until = clock_ms() + HASTE_LASTS_MS;
	if (polls[1].revents || clock_ms() - listener->scanned >= (clock_ms() < listener->hasty_until ? HASTE_MS : SCAN_MS))
		scan(listener);
	reap();
	return polls[0].revents ? take_events(listener, err) : 0;
}

int
exec_listen(struct exec *exec, pid_t watchdog, struct plim_error *err)
{
	AUTO(exec_known) struct exec_known *known = exec_known_new();
	AUTO(fd) int mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	AUTO(free) struct pollfd *polls = calloc(LIMIT_GUARD_EXEC_COUNT + 2, sizeof *polls);
	struct listener listener = { .exec = exec, .known = known, .mounts = mounts };
	int r = known && polls && mounts >= 0 ? 0 : error_nomem(err);
	signal(SIGIO, SIG_IGN);    /* of leases that somebody wants to break */
	setpriority(PRIO_PROCESS, 0, LISTENER_NICE);
	refuse_unanswered(&listener);
	while (r == 0 && getppid() == watchdog)
		r = turn(&listener, polls, err);
	while (listener.pending.n)
		finish(&listener, listener.pending.at[--listener.pending.n].file, false);
	let_go(&listener, INT64_MAX);
	vec_done(&listener.pending);
	vec_done(&listener.lingering);
	return r;
}

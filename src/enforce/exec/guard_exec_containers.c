/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Containers by the mount tables of processes, proc_pid_mountinfo(5): the root of one is an overlay whose writable directory an engine recorded as its
 * own.  Nothing is kept of namespaces, mounts and processes, whose numbers come again: tables are read whenever it matters.
 */
#include "enforce/exec/guard_exec_parts.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "codec/proc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/syscall.h>

static const struct container_engine engine_process = { "process", NULL };

static void
container_done(struct exec_container *container)
{
	free(container->id);
	free(container->name);
	free(container->image);
	free(container->upper);
	auto_fd(&container->files);
}

static void
strange_clear(struct exec *exec)
{
	vec_each(&exec->strange, upper)
		free(*upper);
	exec->strange.n = 0;
}

void
exec_done(struct exec *exec)
{
	vec_each(&exec->containers, container)
		container_done(container);
	vec_done(&exec->containers);
	strange_clear(exec);
	vec_done(&exec->strange);
	vec_done(&exec->told);
	vec_done(&exec->runtimes);
	strbuf_done(&exec->host);
	auto_fd(&exec->group);
}

void
exec_place_done(struct exec_place *place)
{
	strbuf_done(&place->mounted);
	strbuf_done(&place->root);
}

static void __attribute__((format(printf, 2, 3)))
warn(struct exec_container *container, const char *format, ...)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	char line[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	strbuf_put_printable(&text, slice_of(line));
	if (!container->warned)
		fprintf(stderr, "guard exec: %s:%.12s is not wholly guarded: %s\n", container->engine, container->id, text.failed ? "" : text.p);
	container->warned = true;
}

/* Mount tables. */

uint64_t
exec_space_of(pid_t pid)
{
	char path[64];
	struct stat is;
	snprintf(path, sizeof path, "/proc/%d/ns/mnt", pid);
	return stat(path, &is) < 0 ? 0 : is.st_ino;
}

static bool
read_table(const char *path, uint64_t limit, struct strbuf *out)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	strbuf_clear(out);
	if (file_read(AT_FDCWD, path, limit, &bytes, &n, NULL) < 0)
		return false;
	strbuf_put(out, (struct slice){ bytes, n });
	return !out->failed;
}

static bool
read_table_of(pid_t pid, struct strbuf *out)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/mountinfo", pid);
	return read_table(path, LIMIT_GUARD_EXEC_TABLE_BYTES, out);
}

static bool
next_mount(struct slice *table, struct mount_line *out)
{
	for (struct slice line; slice_next(table, '\n', &line);)
		if (mount_line_parse(line, out))
			return true;
	return false;
}

/* The writable directory of an overlay. */
static bool
upper_of(const struct mount_line *mount, struct strbuf *out)
{
	AUTO(strbuf) struct strbuf value = { 0 };
	if (!slice_is(mount->kind, "overlay") || !mount_option(mount->options, "upperdir", &value))
		return false;
	struct slice paths = strbuf_slice(&value);
	return overlay_next(&paths, out) && !out->failed;
}

static struct exec_container *
find_upper(struct exec *exec, const char *upper)
{
	vec_each(&exec->containers, container)
		if (strcmp(container->upper, upper) == 0)
			return container;
	return NULL;
}

static struct exec_container *
container_of(struct exec *exec, const struct mount_line *mount)
{
	AUTO(strbuf) struct strbuf upper = { 0 };
	return upper_of(mount, &upper) ? find_upper(exec, upper.p) : NULL;
}

/* The last mount at "/" hides those before; zeroed where there is none. */
static struct mount_line
root_of(struct slice table)
{
	struct mount_line mount, root = { 0 };
	while (next_mount(&table, &mount))
		root = slice_is(mount.place, "/") ? mount : root;
	return root;
}

static struct exec_container *
root_container(struct exec *exec, struct slice table, bool *has_root)
{
	const struct mount_line root = root_of(table);
	*has_root = root.place.n > 0;
	return *has_root ? container_of(exec, &root) : NULL;
}

static bool
has_device(struct slice table, struct slice device)
{
	for (struct mount_line mount; next_mount(&table, &mount);)
		if (slice_eq(mount.device, device))
			return true;
	return false;
}

/* Having the kernel ask. */

/* In these nothing can be executed. */
static bool
has_no_programs(struct slice kind)
{
	static const char *const kinds[] = { "proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "securityfs", "debugfs", "tracefs", "bpf", "nsfs" };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_is(kind, kinds[i]))
			return true;
	return false;
}

static int
mark(const struct exec *exec, const char *path, bool whole)
{
	return fanotify_mark(exec->group, FAN_MARK_ADD | (whole ? FAN_MARK_FILESYSTEM : FAN_MARK_MOUNT), FAN_OPEN_EXEC_PERM, AT_FDCWD, path);
}

/* A file system that nobody outside has is asked about whole, whichever mount leads there; of others the container's mount alone. */
static void
mark_inside(struct exec *exec, struct exec_container *container, int root, const struct mount_line *mount)
{
	AUTO(strbuf) struct strbuf place = { 0 };
	char path[32];
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS };
	if (has_no_programs(mount->kind))
		return;
	mount_put_name(&place, mount->place);
	AUTO(fd) int fd = place.failed ? -1 : (int)syscall(SYS_openat2, root, place.p, &how, sizeof how);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	bool whole = container_of(exec, mount) || !has_device(strbuf_slice(&exec->host), mount->device);
	if (fd >= 0 && mark(exec, path, whole) < 0)
		warn(container, "%s (%.*s): %s", place.p, SLICE_ARG(mount->kind), strerror(errno));
	else if (fd < 0 && errno != ENOENT && errno != ESRCH)
		warn(container, "%s cannot be reached: %s", place.failed ? "" : place.p, strerror(errno));
}

static void
mark_all(struct exec *exec, struct exec_container *container, pid_t pid, struct slice table)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/root", pid);
	AUTO(fd) int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (struct mount_line mount; root >= 0 && next_mount(&table, &mount);) {
		mark_inside(exec, container, root, &mount);
		exec_beat(exec);
	}
}

/* Searching. */

static void
add_strange(struct exec *exec, const char *upper)
{
	vec_each(&exec->strange, known)
		if (strcmp(*known, upper) == 0)
			return;
	char **at = exec->strange.n < LIMIT_CONTAINER_COUNT ? vec_push(&exec->strange) : NULL;
	if (at && (*at = strdup(upper)) == NULL)
		exec->strange.n--;
}

/* Overlays that are mounted where we see them: engines do that before anything runs in them. */
static void
scan_host(struct exec *exec)
{
	AUTO(strbuf) struct strbuf upper = { 0 };
	AUTO(strbuf) struct strbuf place = { 0 };
	if (!read_table("/proc/self/mountinfo", LIMIT_LIVE_BYTES, &exec->host))
		return;
	struct slice table = strbuf_slice(&exec->host);
	for (struct mount_line mount; next_mount(&table, &mount);) {
		if (!upper_of(&mount, &upper))
			continue;
		struct exec_container *container = find_upper(exec, upper.p);
		strbuf_clear(&place);
		mount_put_name(&place, mount.place);
		if (container == NULL) {
			add_strange(exec, upper.p);
			continue;
		}
		container->seen = true;
		if (!place.failed && mark(exec, place.p, true) < 0)
			warn(container, "%s: %s", place.p, strerror(errno));
	}
}

/* A thread of the kernel runs no file. */
static bool
is_kernels(pid_t pid)
{
	char path[64], name[8];
	snprintf(path, sizeof path, "/proc/%d/exe", pid);
	return readlink(path, name, sizeof name) < 0 && errno == ENOENT;
}

static bool
is_own_root(const struct exec *exec, const struct mount_line *root)
{
	const struct mount_line own = root_of(strbuf_slice(&exec->host));
	return root->place.n > 0 && slice_eq(own.device, root->device) && slice_eq(own.root, root->root);
}

/* Services of a machine have mount namespaces of their own, too, for a /tmp that is theirs: the root is the machine's all the same. */
bool
exec_is_machines(struct exec *exec, pid_t pid)
{
	AUTO(strbuf) struct strbuf table = { 0 };
	if (exec_space_of(pid) == exec->space)
		return true;
	if (!read_table_of(pid, &table))
		return false;
	const struct mount_line root = root_of(strbuf_slice(&table));
	return is_own_root(exec, &root);
}

/* Whoever guards all is told of a root that is neither this machine's nor a container's that is guarded: once for each namespace. */
static void
tell_strange(struct exec *exec, pid_t pid, struct slice table)
{
	const struct mount_line root = root_of(table);
	uint64_t space = exec_space_of(pid);
	if (exec->options->containers || is_own_root(exec, &root) || is_kernels(pid))
		return;
	vec_each(&exec->told, told)
		if (*told == space)
			return;
	uint64_t *at = exec->told.n < LIMIT_CONTAINER_COUNT ? vec_push(&exec->told) : NULL;
	if (at)
		*at = space;
	fprintf(stderr, "guard exec: process %d has a root of its own (%.*s) that no engine knows as a container's overlay: it is not guarded\n", pid,
	        SLICE_ARG(slice_first(root.kind, 40)));
}

/* True where the table told what the whole namespace is. */
static bool
scan_table(struct exec *exec, pid_t pid, struct slice table)
{
	AUTO(strbuf) struct strbuf upper = { 0 };
	bool has_root;
	struct exec_container *container = root_container(exec, table, &has_root);
	if (container) {
		container->seen = true;
		mark_all(exec, container, pid, table);
		return true;
	}
	const struct mount_line root = root_of(table);
	if (has_root && upper_of(&root, &upper))
		add_strange(exec, upper.p);
	if (has_root && exec->learned)
		tell_strange(exec, pid, table);
	return has_root;
}

void
exec_scan_process(struct exec *exec, pid_t pid)
{
	AUTO(strbuf) struct strbuf table = { 0 };
	if (read_table_of(pid, &table))
		scan_table(exec, pid, strbuf_slice(&table));
}

/* Calls for each process, until one says that it is enough. */
static void
each_process(bool (*see)(void *with, pid_t pid), void *with)
{
	DIR *names = opendir("/proc");
	if (names == NULL)
		return;
	for (struct dirent *entry; (entry = readdir(names));)
		if (isdigit((unsigned char)entry->d_name[0]) && see(with, (pid_t)strtol(entry->d_name, NULL, 10)))
			break;
	closedir(names);
}

struct scan {
	struct exec *exec;
	VEC(uint64_t) spaces;          /* that were seen */
};

static bool
scan_one(void *with, pid_t pid)
{
	struct scan *scan = with;
	AUTO(strbuf) struct strbuf table = { 0 };
	uint64_t space = exec_space_of(pid);
	exec_beat(scan->exec);
	if (space == 0 || space == scan->exec->space)
		return false;
	vec_each(&scan->spaces, seen)
		if (*seen == space)
			return false;
	if (read_table_of(pid, &table) && scan_table(scan->exec, pid, strbuf_slice(&table))) {
		uint64_t *at = vec_push(&scan->spaces);
		if (at)
			*at = space;
	}
	return false;
}

static void
scan_processes(struct exec *exec)
{
	struct scan scan = { .exec = exec };
	each_process(scan_one, &scan);
	vec_done(&scan.spaces);
}

/* Records. */

static bool
is_chosen(const struct exec *exec, const struct container *container)
{
	const char *const *names = exec->options->containers;
	for (size_t i = 0; names && names[i]; i++)
		if (container_is_called(container, slice_of(names[i])))
			return true;
	return names == NULL;
}

static int
list_containers(const struct exec *exec, struct containers *out, struct plim_error *err)
{
	size_t found = 0;
	out->arena = arena_new(0);
	if (out->arena == NULL)
		return error_nomem(err);
	for (size_t i = 0; container_engines[i]; i++) {
		int r = container_engines[i]->list(&exec->options->places, out, err);
		if (r < 0 && r != PLIM_ENOTFOUND)
			return error_wrap(err, r, "%s", container_engines[i]->name);
		found += r == 0;
	}
	return found ? 0 : error_set(err, PLIM_ENOTFOUND, "no engine keeps containers on this machine");
}

static int
add_container(struct exec *exec, const struct container *record, const char *upper, struct plim_error *err)
{
	struct exec_container *at = vec_push(&exec->containers);
	if (at == NULL)
		return error_nomem(err);
	*at = (struct exec_container){
		.engine = record->engine->name,
		.id = slice_dup(record->id),
		.name = record->name.p ? slice_dup(record->name) : NULL,
		.image = record->image_id.p ? slice_dup(record->image_id) : NULL,
		.upper = strdup(upper),
		.files = -1,
		.named = record->engine == &engine_process,
		.seen = true,
	};
	if (at->id == NULL || at->upper == NULL) {
		container_done(at);
		exec->containers.n--;
		return error_nomem(err);
	}
	/* Without its image all of it is refused: nobody can tell what it contained. */
	int r = exec_image_open(record->root, record->layers, record->layer_count - record->own, &at->files, err);
	return r < 0 ? error_wrap(err, r, "%s:%.12s: nothing runs in it", at->engine, at->id) : 0;
}

static bool
has_upper(const struct container *record, const char *upper)
{
	struct slice front = slice_of(upper);
	return record->mark.n && record->layer_count >= record->own && slice_skip_end(&front, record->mark) && (front.n == 0 || front.p[front.n - 1] == '/');
}

static void
take_record(struct exec *exec, const struct container *record)
{
	struct plim_error err = { 0 };
	vec_each(&exec->strange, upper)
		if (has_upper(record, *upper) && find_upper(exec, *upper) == NULL && add_container(exec, record, *upper, &err) < 0)
			fprintf(stderr, "guard exec: %s\n", err.text);
}

/* Which of what is strange are an engine's containers. */
static void
learn(struct exec *exec)
{
	AUTO(containers) struct containers records = { 0 };
	struct plim_error err = { 0 };
	int r = list_containers(exec, &records, &err);
	if (r < 0 && r != PLIM_ENOTFOUND)
		fprintf(stderr, "guard exec: %s\n", err.text);
	exec_beat(exec);
	vec_each(&records.list, record)
		if (record->problem.p == NULL && is_chosen(exec, record))
			take_record(exec, record);
}

static void
forget_ended(struct exec *exec)
{
	size_t kept = 0;
	for (size_t i = 0; i < exec->containers.n; i++) {
		struct exec_container *container = &exec->containers.at[i];
		if (container->seen || container->named)
			exec->containers.at[kept++] = *container;
		else
			container_done(container);
	}
	exec->containers.n = kept;
}

static void
scan_once(struct exec *exec)
{
	strange_clear(exec);
	scan_host(exec);
	scan_processes(exec);
}

void
exec_scan(struct exec *exec)
{
	vec_each(&exec->containers, container)
		container->seen = false;
	exec->learned = false;
	scan_once(exec);
	if (exec->strange.n)
		learn(exec);
	exec->learned = true;
	if (exec->strange.n)
		scan_once(exec);
	forget_ended(exec);
}

/* Those that were named. */

/* "pid:N". */
static bool
is_process(const char *name, uint64_t *out)
{
	struct slice text = slice_of(name);
	return slice_skip(&text, SLICE("pid:")) && slice_to_u64(text, 10, out) && *out > 0 && *out < INT32_MAX;
}

static int
take_process(struct exec *exec, pid_t pid, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf table = { 0 };
	AUTO(strbuf) struct strbuf upper = { 0 };
	if (arena == NULL)
		return error_nomem(err);
	if (!read_table_of(pid, &table))
		return error_set(err, PLIM_ENOTFOUND, "there is no process %d", pid);
	const struct mount_line root = root_of(strbuf_slice(&table));
	if (exec_space_of(pid) == exec->space || !upper_of(&root, &upper))
		return error_set(err, PLIM_EUSAGE, "process %d is in no container whose root is an overlay", pid);
	struct container record = { .engine = &engine_process, .id = arena_printf(arena, "%d", pid), .root = "/" };
	int r = record.id.p ? lower_mounted(root.options, SLICE_NONE, arena, &record, err) : error_nomem(err);
	return r < 0 || find_upper(exec, upper.p) ? r : add_container(exec, &record, upper.p, err);
}

int
exec_take_named(struct exec *exec, struct plim_error *err)
{
	const char *const *names = exec->options->containers;
	uint64_t pid;
	for (size_t i = 0; names && names[i]; i++) {
		int r = is_process(names[i], &pid) ? take_process(exec, (pid_t)pid, err) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

/* What an engine keeps in a way that shows no layers cannot be guarded: whoever names it is told. */
static int
check_record(const struct container *record, struct plim_error *err)
{
	if (record->problem.p)
		return error_set(err, PLIM_EUNSUPPORTED, "%s:%.12s: its record cannot be read: %.*s", record->engine->name, record->id.p, SLICE_ARG(record->problem));
	if (record->fuse || record->whole)
		return error_set(err, PLIM_EUNSUPPORTED, "%s:%.12s: its files are no overlay of the kernel's: what is the image's cannot be told", record->engine->name, record->id.p);
	return 0;
}

static int
check_name(struct containers *records, const char *name, struct plim_error *err)
{
	vec_each(&records->list, record)
		if (container_is_called(record, slice_of(name)))
			return check_record(record, err);
	return error_set(err, PLIM_ENOTFOUND, "there is no container '%.100s'", name);
}

int
exec_check_named(const struct exec *exec, struct plim_error *err)
{
	AUTO(containers) struct containers records = { 0 };
	const char *const *names = exec->options->containers;
	uint64_t pid;
	int r = list_containers(exec, &records, err);
	/* Whoever guards all may begin before the first engine does. */
	if (names == NULL)
		return r == PLIM_ENOTFOUND ? 0 : r;
	if (r == PLIM_ENOTFOUND)
		r = 0;
	for (size_t i = 0; r == 0 && names[i]; i++)
		r = is_process(names[i], &pid) ? 0 : check_name(&records, names[i], err);
	return r;
}

/*
 * Runtimes.  A container's first program may lie in a volume, and no other is executed before it; but "runc start" is, when everything is mounted and
 * that program waits for it.
 */

static int
take_runtime(struct exec *exec, const char *path, struct plim_error *err)
{
	struct stat is;
	if (stat(path, &is) < 0)
		return error_sys(err, errno, "%s", path);
	if (fanotify_mark(exec->group, FAN_MARK_ADD, FAN_OPEN_EXEC_PERM, AT_FDCWD, path) < 0)
		return error_sys(err, errno, "%s", path);
	struct exec_file *at = vec_push(&exec->runtimes);
	if (at == NULL)
		return error_nomem(err);
	*at = (struct exec_file){ is.st_dev, is.st_ino };
	return 0;
}

int
exec_take_runtimes(struct exec *exec, struct plim_error *err)
{
	static const char *const names[] = { "runc", "crun", "youki", "runsc" };
	static const char *const folders[] = { "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/usr/libexec/docker", "/opt/containerd/bin" };
	const char *const *more = exec->options->runtimes;
	char path[64];
	for (size_t i = 0; i < sizeof names / sizeof *names * (sizeof folders / sizeof *folders); i++) {
		snprintf(path, sizeof path, "%s/%s", folders[i % (sizeof folders / sizeof *folders)], names[i / (sizeof folders / sizeof *folders)]);
		if (access(path, X_OK) == 0 && take_runtime(exec, path, err) < 0)
			return PLIM_ESYSTEM;
	}
	for (size_t i = 0; more && more[i]; i++) {
		int r = take_runtime(exec, more[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Where a file lies. */

struct lookup {
	struct exec *exec;
	uint64_t space, mount;
	struct exec_place *out;
	bool found;
};

static bool
take_place(struct lookup *lookup, struct exec_container *container, const struct mount_line *mount, bool image)
{
	struct exec_place *out = lookup->out;
	out->container = (size_t)(container - lookup->exec->containers.at);
	out->image = image;
	strbuf_clear(&out->mounted);
	strbuf_clear(&out->root);
	mount_put_name(&out->mounted, mount->place);
	mount_put_name(&out->root, mount->root);
	return lookup->found = !out->mounted.failed && !out->root.failed;
}

static bool
look_in(struct lookup *lookup, struct slice table)
{
	bool has_root;
	struct exec_container *whose = root_container(lookup->exec, table, &has_root);
	for (struct mount_line mount; next_mount(&table, &mount);) {
		if (mount.id != lookup->mount)
			continue;
		struct exec_container *own = container_of(lookup->exec, &mount);
		return (own || whose) && take_place(lookup, own ? own : whose, &mount, own != NULL);
	}
	return false;
}

static bool
look_at_process(void *with, pid_t pid)
{
	struct lookup *lookup = with;
	AUTO(strbuf) struct strbuf table = { 0 };
	return exec_space_of(pid) == lookup->space && read_table_of(pid, &table) && look_in(lookup, strbuf_slice(&table));
}

bool
exec_place_find(struct exec *exec, pid_t pid, uint64_t mount, struct exec_place *out)
{
	struct lookup lookup = { .exec = exec, .space = exec_space_of(pid), .mount = mount, .out = out };
	if (lookup.space == 0)
		return false;
	/* Behind chroot(2) a table has not all that its namespace has; another process of it has. */
	if (!look_at_process(&lookup, pid))
		each_process(look_at_process, &lookup);
	return lookup.found;
}

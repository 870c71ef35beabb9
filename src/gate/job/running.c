/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader of containers' processes.  What Landlock hides from whoever is confined by it is read as bytes first, under the filter that lets nothing be
 * opened for writing; taken apart it is after that.
 */
#include "gate/job/running.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "catalog/live/live.h"
#include "codec/proc.h"
#include "process/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define END { WIRE_END, 0, 0, 0, NULL }
#define TABLE(type, ...) { sizeof(type), (const struct wire_field[]){ __VA_ARGS__, END } }
#define FIELD(kind, type, field) WIRE_PLAIN(kind, struct type, field)

static const struct wire_struct wire_asked = TABLE(struct running_asked, FIELD(WIRE_SLICE, running_asked, directory), FIELD(WIRE_SLICE, running_asked, id));

const struct wire_struct wire_running_order = TABLE(struct running_order, WIRE_MANY(struct running_order, asked, n, &wire_asked));

static const struct wire_struct wire_file = TABLE(struct running_file,
	FIELD(WIRE_SLICE, running_file, path), FIELD(WIRE_SLICE, running_file, via), FIELD(WIRE_BOOL, running_file, gone), FIELD(WIRE_BOOL, running_file, in_memory));

static const struct wire_struct wire_process = TABLE(struct running_process,
	FIELD(WIRE_U64, running_process, pid), FIELD(WIRE_U64, running_process, container), FIELD(WIRE_SLICE, running_process, name),
	WIRE_MANY(struct running_process, files, file_count, &wire_file));

static const struct wire_struct wire_mount = TABLE(struct running_mount,
	FIELD(WIRE_SLICE, running_mount, place), FIELD(WIRE_SLICE, running_mount, kind), FIELD(WIRE_SLICE, running_mount, root), FIELD(WIRE_SLICE, running_mount, device));

static const struct wire_struct wire_view = TABLE(struct running_view,
	FIELD(WIRE_U64, running_view, thread), WIRE_MANY(struct running_view, mounts, mount_count, &wire_mount), FIELD(WIRE_U64, running_view, root_device),
	FIELD(WIRE_U64, running_view, root_inode));

static const struct wire_struct wire_container = TABLE(struct running_container,
	WIRE_MANY(struct running_container, views, view_count, &wire_view), FIELD(WIRE_BOOL, running_container, more_views),
	FIELD(WIRE_U64, running_container, strange),
	FIELD(WIRE_SLICE, running_container, root_kind), WIRE_INSIDE(struct running_container, uids, &wire_id_map),
	WIRE_INSIDE(struct running_container, gids, &wire_id_map));

const struct wire_struct wire_running = TABLE(struct running,
	WIRE_MANY(struct running, processes, process_count, &wire_process), WIRE_MANY(struct running, containers, container_count, &wire_container),
	FIELD(WIRE_U64, running, refused));

/* What was read of one process, as it is. */
struct raw {
	uint64_t pid, thread;
	struct name_space *space;
	struct slice maps, arguments, name, uids, gids;
	struct slice program, directory;   /* links */
	bool program_gone;
	uint64_t root_device, root_inode;
};

struct reading {
	int proc;
	struct arena *arena;
	struct running_order order;
	VEC(struct raw) raw;
	VEC(struct running_process) processes;
	struct running_container *containers;
	struct map seen;                   /* mount name spaces: to struct name_space */
	struct strbuf text;
	uint64_t refused;
};

static void
auto_reading(struct reading *reading)
{
	vec_done(&reading->raw);
	vec_done(&reading->processes);
	map_done(&reading->seen);
	strbuf_done(&reading->text);
	arena_free(reading->arena);
}

/* Bytes, under the filter. */

static int
too_much(struct plim_error *err)
{
	return error_set(err, PLIM_ELIMIT, "what /proc tells of processes is longer than limit LIVE_BYTES");
}

/* 0, a code, or a positive errno of the file's own. */
static int
read_file(struct reading *reading, int directory, const char *name, struct slice *out, struct plim_error *err)
{
	int number = live_file_read(directory, name, &reading->text);
	if (number == EFBIG)
		return too_much(err);
	if (number)
		return number;
	*out = arena_dup(reading->arena, strbuf_slice(&reading->text));
	return out->p ? 0 : too_much(err);
}

static int
read_link(struct reading *reading, int directory, const char *name, struct slice *out, struct plim_error *err)
{
	char text[4096];
	ssize_t n = readlinkat(directory, name, text, sizeof text);
	if (n < 0)
		return errno;
	*out = arena_dup(reading->arena, (struct slice){ text, (size_t)n });
	return out->p ? 0 : too_much(err);
}

static bool
ends_with_directory(struct slice path, struct slice directory)
{
	return slice_skip_end(&path, directory) && (path.n == 0 || slice_starts(directory, SLICE("/")) || slice_ends(path, SLICE("/")));
}

/* The mount at "/" is the container's own directory, or an overlay that writes there: which of those that were asked for. */
static size_t
container_of(const struct reading *reading, struct slice mounts, struct mount_line *root)
{
	AUTO(strbuf) struct strbuf upper = { 0 };
	AUTO(strbuf) struct strbuf plain = { 0 };
	struct mount_line mount;
	for (struct slice line; slice_next(&mounts, '\n', &line);) {
		if (!mount_line_parse(line, &mount) || !slice_is(mount.place, "/"))
			continue;
		strbuf_clear(&plain);
		if (mount_option(mount.options, "upperdir", &upper)) {
			struct slice paths = strbuf_slice(&upper);
			overlay_next(&paths, &plain);
		} else
			mount_put_name(&plain, mount.root);
		for (size_t i = 0; i < reading->order.n; i++)
			if (ends_with_directory(strbuf_slice(&plain), reading->order.asked[i].directory)) {
				*root = mount;
				return i;
			}
	}
	return SIZE_MAX;
}

/* As engines name groups: "ID", "docker-ID.scope", "libpod-ID.scope"; the one of who watches it is another ("libpod-conmon-ID.scope"). */
static bool
is_group_of(struct slice name, struct slice id)
{
	slice_skip_end(&name, SLICE(".scope"));
	return id.n && slice_skip_end(&name, id) && (name.n == 0 || (slice_ends(name, SLICE("-")) && !slice_ends(name, SLICE("conmon-"))));
}

/* Whose control group a process is in, cgroups(7): no process leaves that for want of a right. */
static size_t
group_container(struct reading *reading, int directory)
{
	struct slice text, line, name;
	if (live_file_read(directory, "cgroup", &reading->text) != 0)
		return SIZE_MAX;
	text = strbuf_slice(&reading->text);
	while (slice_next(&text, '\n', &line))
		while (slice_next(&line, '/', &name))
			for (size_t i = 0; i < reading->order.n; i++)
				if (is_group_of(name, reading->order.asked[i].id))
					return i;
	return SIZE_MAX;
}

/* Most processes of a machine are in few name spaces: a mount table is read once for each. */
struct name_space {
	size_t container;                  /* SIZE_MAX: none of those */
	size_t group;                      /* then whose control group its first process is in; SIZE_MAX: none */
	struct slice mounts;
	struct mount_line root;            /* of its container */
	bool taken;                        /* it is among its container's views */
	uint64_t thread;                   /* that was read for it: paths are told from where its root is */
};

static int
find_name_space(struct reading *reading, int directory, uint64_t thread, struct name_space **out, struct plim_error *err)
{
	struct slice link;
	int r = read_link(reading, directory, "ns/mnt", &link, err);
	void **place = r == 0 ? map_place(&reading->seen, link) : NULL;
	if (r != 0)
		return r;
	if (place == NULL)
		return error_nomem(err);
	if ((*out = *place) != NULL)
		return 0;
	struct name_space *made = arena_make(reading->arena, struct name_space);
	if (made == NULL)
		return too_much(err);
	if ((r = read_file(reading, directory, "mountinfo", &made->mounts, err)) != 0)
		return r;
	made->container = container_of(reading, made->mounts, &made->root);
	made->group = made->container == SIZE_MAX ? group_container(reading, directory) : SIZE_MAX;
	made->thread = thread;
	*place = *out = made;
	return 0;
}

static bool
is_file(int fd, const struct stat *file)
{
	struct stat st;
	return fd >= 0 && fstat(fd, &st) == 0 && st.st_dev == file->st_dev && st.st_ino == file->st_ino;
}

/* Whether the file is what lies at a path, without links, of a root; takes that over. */
static bool
lies_at(int root, struct slice path, const struct stat *file)
{
	char name[NAME_MAX + 1];
	AUTO(fd) int at = root;
	for (struct slice part; at >= 0 && slice_next(&path, '/', &part);) {
		if (part.n == 0)
			continue;
		snprintf(name, sizeof name, "%.*s", SLICE_ARG(slice_first(part, NAME_MAX)));
		int next = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		close(at);
		at = next;
	}
	return is_file(at, file);
}

/* Of its name space; its own where whoever was read for that has ended. */
static int
open_top(const struct reading *reading, const struct raw *raw, int directory)
{
	char name[32];
	snprintf(name, sizeof name, "%ju/root", (uintmax_t)raw->space->thread);
	int top = openat(reading->proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return top >= 0 ? top : openat(directory, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* No directory has it, or none that a path leads to: whoever took the file system away keeps what runs there.  Engines run programs of the machine's. */
static bool
is_gone(const struct reading *reading, const struct raw *raw, int directory, const struct stat *file)
{
	return file->st_nlink == 0 || !(lies_at(open_top(reading, raw, directory), raw->program, file) ||
	                                lies_at(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), raw->program, file));
}

/* Of processes in the way a name says: one that is gone meanwhile is none. */
static int
read_rest(struct reading *reading, int directory, struct raw *raw, struct plim_error *err)
{
	const struct {
		const char *name;
		struct slice *out;
	} files[] = { { "maps", &raw->maps }, { "cmdline", &raw->arguments }, { "comm", &raw->name }, { "uid_map", &raw->uids }, { "gid_map", &raw->gids } };
	struct stat st;
	int r = read_link(reading, directory, "exe", &raw->program, err);
	if (r == 0 && fstatat(directory, "exe", &st, 0) == 0)
		raw->program_gone = is_gone(reading, raw, directory, &st);
	if (r == 0)
		r = read_link(reading, directory, "cwd", &raw->directory, err);
	for (size_t i = 0; r == 0 && i < sizeof files / sizeof *files; i++)
		r = read_file(reading, directory, files[i].name, files[i].out, err);
	if (r == 0 && fstatat(directory, "root", &st, 0) == 0) {
		raw->root_device = st.st_dev;
		raw->root_inode = st.st_ino;
	}
	return r;
}

/* Everybody may read which numbers and control groups it has: one of one number and no container's group is in none. */
static bool
is_contained(struct reading *reading, int directory)
{
	struct slice line, word, text;
	if (group_container(reading, directory) != SIZE_MAX)
		return true;
	if (live_file_read(directory, "status", &reading->text) != 0)
		return false;
	text = strbuf_slice(&reading->text);
	while (slice_next(&text, '\n', &line))
		if (slice_skip(&line, SLICE("NSpid:")))
			return slice_word(&line, &word) && slice_word(&line, &word);
	return true;
}

/* It ended meanwhile, of which mount tables say that they are invalid: whatever else hinders reading it is no reason to pass it over. */
static bool
has_ended(int number)
{
	return number == ENOENT || number == ESRCH || number == EINVAL;
}

static void
auto_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* 0, a code, or a positive errno. */
static int
read_task(struct reading *reading, int directory, struct raw *raw, struct plim_error *err)
{
	int r = find_name_space(reading, directory, raw->thread, &raw->space, err);
	return r == 0 && raw->space->container != SIZE_MAX ? read_rest(reading, directory, raw, err) : r;
}

/* A process whose first thread has ended goes on in the others, and only theirs tell what it is. */
static int
read_threads(struct reading *reading, int directory, struct raw *raw, struct plim_error *err)
{
	int fd = openat(directory, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = ENOENT;
	AUTO(dir) DIR *threads = fd < 0 ? NULL : fdopendir(fd);
	if (threads == NULL)
		return errno;
	for (struct dirent *next; r > 0 && has_ended(r) && (next = readdir(threads));) {
		if (!slice_to_u64(slice_of(next->d_name), 10, &raw->thread))
			continue;
		AUTO(fd) int thread = openat(fd, next->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = thread < 0 ? errno : read_task(reading, thread, raw, err);
	}
	return r;
}

static int
read_process(struct reading *reading, uint64_t pid, struct plim_error *err)
{
	char name[24];
	struct raw raw = { .pid = pid, .thread = pid };
	snprintf(name, sizeof name, "%ju", (uintmax_t)pid);
	AUTO(fd) int directory = openat(reading->proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Of other users' processes a mount of proc may tell nothing (hidepid). */
	if (directory < 0)
		return has_ended(errno) || errno == EACCES || errno == EPERM ? 0 : error_sys(err, errno, "/proc/%s", name);
	int r = read_task(reading, directory, &raw, err);
	if (r > 0 && has_ended(r))
		r = read_threads(reading, directory, &raw, err);
	if (r < 0)
		return r;
	if (r > 0 && !has_ended(r) && is_contained(reading, directory))
		reading->refused++;
	if (r > 0)
		return 0;
	if (raw.space->group != SIZE_MAX && reading->containers[raw.space->group].strange == 0)
		reading->containers[raw.space->group].strange = pid;
	if (raw.space->container == SIZE_MAX)
		return 0;
	struct raw *kept = vec_push(&reading->raw);
	struct running_process *process = vec_push(&reading->processes);
	if (kept == NULL || process == NULL)
		return error_nomem(err);
	*kept = raw;
	*process = (struct running_process){ .pid = pid, .container = raw.space->container, .name = slice_trim(raw.name) };
	reading->containers[raw.space->container].root_kind = raw.space->root.kind;
	return 0;
}

static int
read_all(struct reading *reading, struct plim_error *err)
{
	uint64_t pid;
	int fd = openat(reading->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	AUTO(dir) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL)
		return error_sys(err, errno, "/proc");
	for (struct dirent *next; r == 0 && (next = readdir(dir));)
		if (slice_to_u64(slice_of(next->d_name), 10, &pid))
			r = read_process(reading, pid, err);
	return r;
}

/* Taken apart. */

static int
add_file(struct reading *reading, struct running_process *process, const struct running_file *file, struct plim_error *err)
{
	size_t n = process->file_count;
	for (size_t i = 0; i < n; i++)
		if (slice_eq(process->files[i].path, file->path) && process->files[i].gone == file->gone)
			return 0;
	if (n >= LIMIT_DRIFT_FILE_COUNT)
		return error_set(err, PLIM_ELIMIT, "process %ju uses more files than limit DRIFT_FILE_COUNT", (uintmax_t)process->pid);
	struct running_file *files = arena_make_array(reading->arena, (n | 15) + 1, struct running_file);
	if (n % 16 == 0) {
		if (files == NULL)
			return too_much(err);
		if (n)
			memcpy(files, process->files, n * sizeof *files);
		process->files = files;
	}
	process->files[n] = *file;
	process->file_count++;
	return 0;
}

static int
take_maps(struct reading *reading, struct running_process *process, struct slice maps, struct plim_error *err)
{
	struct map_line map;
	int r = 0;
	for (struct slice line; r == 0 && slice_next(&maps, '\n', &line);)
		if (map_line_parse(line, &map) && map.executable && map.path.p)
			r = add_file(reading, process, &(struct running_file){ map.path, SLICE("mapped"), map.gone, map.in_memory }, err);
	return r;
}

/* What a word of its arguments names, from where it stands; only what could be a path of a file. */
static int
take_argument(struct reading *reading, struct running_process *process, struct slice word, struct slice directory, struct plim_error *err)
{
	struct slice path = word;
	if (word.n == 0 || word.n > LIMIT_PATH_BYTES || word.p[0] == '-')
		return 0;
	while (slice_skip(&path, SLICE("./")))
		continue;
	if (!slice_starts(word, SLICE("/")))
		path = arena_printf(reading->arena, "%.*s/%.*s", SLICE_ARG(slice_is(directory, "/") ? SLICE("") : directory), SLICE_ARG(path));
	return path.p ? add_file(reading, process, &(struct running_file){ path, SLICE("argument"), false, false }, err) : too_much(err);
}

/* So many say what is run; a shell may have thousands of names behind it. */
#define ARGUMENT_MOST 8

static int
take_process(struct reading *reading, size_t at, struct plim_error *err)
{
	const struct raw *raw = &reading->raw.at[at];
	struct running_process *process = &reading->processes.at[at];
	struct slice arguments = raw->arguments, word, program = raw->program;
	bool in_memory = false;
	if (raw->program_gone)
		proc_name_gone(&program, &in_memory);
	int r = add_file(reading, process, &(struct running_file){ program, SLICE("run"), raw->program_gone, in_memory }, err);
	if (r == 0)
		r = take_maps(reading, process, raw->maps, err);
	for (size_t i = 0; r == 0 && i < ARGUMENT_MOST && slice_next(&arguments, '\0', &word); i++)
		if (i > 0)
			r = take_argument(reading, process, word, raw->directory, err);
	return r;
}

static int
take_ids(struct reading *reading, struct slice text, struct id_map *out, struct plim_error *err)
{
	struct id_run *runs = arena_make_array(reading->arena, LIMIT_ID_MAP_COUNT, struct id_run);
	uint32_t numbers[3];
	size_t n = 0;
	if (runs == NULL)
		return too_much(err);
	for (struct slice line; slice_next(&text, '\n', &line) && n < LIMIT_ID_MAP_COUNT;)
		if (id_line_parse(line, numbers))
			runs[n++] = (struct id_run){ numbers[0], numbers[1], numbers[2] };
	*out = (struct id_map){ runs, n };
	return 0;
}

/* What of the container's own is mounted where it lies, to make it read-only say, is no other file. */
static bool
is_own(const struct mount_line *mount, const struct mount_line *root)
{
	struct slice path = mount->root;
	return slice_eq(mount->device, root->device) && (slice_is(root->root, "/") || slice_skip(&path, root->root)) && slice_eq(path, mount->place);
}

static int
take_mount(struct reading *reading, const struct mount_line *mount, struct running_mount *to, struct plim_error *err)
{
	const struct slice names[] = { mount->place, mount->root };
	*to = (struct running_mount){ .kind = mount->kind, .device = mount->device };
	for (size_t i = 0; i < 2; i++) {
		strbuf_clear(&reading->text);
		mount_put_name(&reading->text, names[i]);
		*(i ? &to->root : &to->place) = arena_dup(reading->arena, strbuf_slice(&reading->text));
	}
	return to->place.p && to->root.p ? 0 : too_much(err);
}

static int
take_mounts(struct reading *reading, const struct name_space *space, struct running_view *out, struct plim_error *err)
{
	struct slice text = space->mounts;
	struct mount_line mount;
	size_t lines = 0;
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	out->mounts = arena_make_array(reading->arena, lines + 2, struct running_mount);
	int r = out->mounts ? 0 : too_much(err);
	for (struct slice line; r == 0 && slice_next(&text, '\n', &line);) {
		if (line.n && !mount_line_parse(line, &mount))
			r = error_set(err, PLIM_EFORMAT, "process %ju: a mount of no known form", (uintmax_t)out->thread);
		else if (line.n && !slice_is(mount.place, "/") && !is_own(&mount, &space->root))
			r = take_mount(reading, &mount, &out->mounts[out->mount_count++], err);
	}
	return r;
}

static int
take_view(struct reading *reading, const struct raw *raw, struct running_container *to, struct plim_error *err)
{
	raw->space->taken = true;
	if (to->view_count == LIMIT_DRIFT_VIEW_COUNT) {
		to->more_views = true;
		return 0;
	}
	if (to->views == NULL && (to->views = arena_make_array(reading->arena, LIMIT_DRIFT_VIEW_COUNT, struct running_view)) == NULL)
		return too_much(err);
	struct running_view *view = &to->views[to->view_count++];
	*view = (struct running_view){ .thread = raw->thread, .root_device = raw->root_device, .root_inode = raw->root_inode };
	return take_mounts(reading, raw->space, view, err);
}

/* Whose ids are whose the first process tells for all. */
static int
take_container(struct reading *reading, const struct raw *raw, struct running_container *to, struct plim_error *err)
{
	int r = 0;
	if (to->view_count == 0 && (r = take_ids(reading, raw->uids, &to->uids, err)) == 0)
		r = take_ids(reading, raw->gids, &to->gids, err);
	return r < 0 || raw->space->taken ? r : take_view(reading, raw, to, err);
}

static int
take_all(struct reading *reading, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < reading->raw.n; i++) {
		struct running_container *container = &reading->containers[reading->processes.at[i].container];
		if ((r = take_process(reading, i, err)) == 0)
			r = take_container(reading, &reading->raw.at[i], container, err);
	}
	return r;
}

static int
say_running(int channel, const struct reading *reading, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	const struct running running = { reading->processes.at, reading->processes.n, reading->containers, reading->order.n, reading->refused };
	wire_write(&wire_running, &running, &body);
	return body.failed ? error_nomem(err) : channel_send(channel, SAY_DONE, strbuf_slice(&body), err);
}

static int
run(int channel, struct message *start, struct plim_error *err)
{
	AUTO(reading) struct reading reading = { .proc = start->fd[0], .arena = arena_new(LIMIT_LIVE_BYTES) };
	struct cursor from = cursor_of(start->body);
	int r = reading.arena ? wire_read(&wire_running_order, &from, reading.arena, &reading.order, err) : error_nomem(err);
	if (r < 0 || (r = sandbox_enter_live(err)) < 0)
		return r;
	if ((reading.containers = arena_make_array(reading.arena, reading.order.n + 1, struct running_container)) == NULL)
		return error_nomem(err);
	if ((r = read_all(&reading, err)) < 0 || (r = sandbox_enter_below(start->fd[0], err)) < 0 || (r = take_all(&reading, err)) < 0)
		return r;
	return say_running(channel, &reading, err);
}

int
job_running(int channel)
{
	return job_answer(channel, run);
}

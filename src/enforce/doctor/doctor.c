/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/doctor/doctor.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int
doctor_say(struct doctor *doctor, const char *door, enum door_state state, const char *fix, struct plim_error *err, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	struct door_line *line = vec_push(&doctor->lines);
	if (line == NULL)
		return error_nomem(err);
	*line = (struct door_line){ door, state, arena_dup(doctor->arena, slice_of(text)), fix };
	return line->text.p ? 0 : error_nomem(err);
}

static int
open_below(const struct doctor *doctor, const char *path, uint64_t flags)
{
	/* A FIFO in a file's place would keep us waiting; a mere place knows no such flag. */
	const struct open_how how = { .flags = flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_NONBLOCK), .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	return (int)syscall(SYS_openat2, doctor->root, path, &how, sizeof how);
}

static bool
is_absent(void)
{
	return errno == ENOENT || errno == ENOTDIR;
}

int
doctor_read(struct doctor *doctor, const char *path, struct slice *out, struct plim_error *err)
{
	AUTO(fd) int fd = open_below(doctor, path, O_RDONLY);
	AUTO(free) char *bytes = NULL;
	size_t n;
	*out = SLICE_NONE;
	if (fd < 0)
		return is_absent() ? 0 : error_sys(err, errno, "%s", path);
	int r = file_read_fd(fd, LIMIT_DOCUMENT_BYTES, &bytes, &n, err);
	if (r < 0)
		return error_wrap(err, r, "%s", path);
	*out = arena_dup(doctor->arena, (struct slice){ bytes, n });
	return out->p ? 0 : error_nomem(err);
}

bool
doctor_has(const struct doctor *doctor, const char *path)
{
	AUTO(fd) int fd = open_below(doctor, path, O_PATH);
	return fd >= 0 || !is_absent();
}

bool
doctor_runs(const struct doctor *doctor, const char *path)
{
	struct stat is;
	AUTO(fd) int fd = open_below(doctor, path, O_PATH);
	return fd >= 0 && fstat(fd, &is) == 0 && S_ISREG(is.st_mode) && is.st_mode & 0111;
}

int
doctor_list(struct doctor *doctor, const char *path, const char *const **out, size_t *n, struct plim_error *err)
{
	struct dirent **entries = NULL;
	AUTO(fd) int fd = open_below(doctor, path, O_RDONLY | O_DIRECTORY);
	*n = 0;
	if (fd < 0 && !is_absent())
		return error_sys(err, errno, "%s", path);
	int found = fd < 0 ? 0 : scandirat(fd, ".", &entries, NULL, file_names_by_bytes);
	if (found < 0)
		return error_sys(err, errno, "%s", path);
	const char **names = arena_make_array(doctor->arena, (size_t)found + 1, const char *);
	for (int i = 0; i < found; i++) {
		if (names && entries[i]->d_name[0] != '.')
			names[(*n)++] = arena_strz(doctor->arena, slice_of(entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	*out = names;
	return names ? 0 : error_nomem(err);
}

/* The report */

static const char *const state_names[] = { [DOOR_SHUT] = "shut", [DOOR_OPEN] = "OPEN", [DOOR_UNKNOWN] = "CANNOT TELL" };

static void
put_line(struct strbuf *into, const struct door_line *line, const char *before)
{
	if (before == NULL || strcmp(before, line->door) != 0)
		strbuf_printf(into, "%s%s\n", before ? "\n" : "", line->door);
	strbuf_printf(into, "  %-11s  ", state_names[line->state]);
	strbuf_put_printable(into, line->text);
	strbuf_putc(into, '\n');
	if (line->fix)
		strbuf_printf(into, "               %s\n", line->fix);
}

static int
report(const struct doctor *doctor, FILE *into, enum door_state *worst, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	const char *before = NULL;
	size_t counts[] = { 0, 0, 0 };
	for (size_t i = 0; i < doctor->lines.n; i++) {
		const struct door_line *line = &doctor->lines.at[i];
		put_line(&text, line, before);
		before = line->door;
		counts[line->state]++;
	}
	strbuf_printf(&text, "%s%zu open, %zu shut, %zu cannot be told\n", before ? "\n" : "", counts[DOOR_OPEN], counts[DOOR_SHUT], counts[DOOR_UNKNOWN]);
	*worst = counts[DOOR_OPEN] ? DOOR_OPEN : counts[DOOR_UNKNOWN] ? DOOR_UNKNOWN : DOOR_SHUT;
	return output_text(&text, into, err);
}

static int
open_root(struct doctor *doctor, const char *root, struct plim_error *err)
{
	doctor->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	doctor->root_path = root;
	doctor->is_live = strcmp(root, "/") == 0;
	return doctor->root < 0 ? error_sys(err, errno, "%s", root) : 0;
}

/* Engines that come in one piece, with a configuration of their own making. */
static int
doctor_others(struct doctor *doctor, struct plim_error *err)
{
	static const struct {
		const char *path, *name;
	} others[] = {
		{ "usr/local/bin/k3s", "k3s" }, { "var/lib/rancher/k3s", "k3s" }, { "usr/local/bin/rke2", "RKE2" }, { "var/lib/rancher/rke2", "RKE2" },
		{ "var/snap/microk8s", "MicroK8s" }, { "var/snap/docker", "Docker out of a snap" }, { "usr/local/bin/k0s", "k0s" }, { "usr/bin/nerdctl", "nerdctl" },
		{ "usr/bin/lxd", "LXD" }, { "usr/bin/incus", "Incus" },
	};
	const char *before = "";
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof others / sizeof *others; i++) {
		if (!doctor_has(doctor, others[i].path) || strcmp(before, others[i].name) == 0)
			continue;
		before = others[i].name;
		r = doctor_say(doctor, "Others", DOOR_UNKNOWN, NULL, err, "%s is here, and is not looked into", before);
	}
	return r;
}

int
doctor_machine(const char *root, FILE *into, enum door_state *worst, struct plim_error *err)
{
	static doctor_fn *const examinations[] = { doctor_docker, doctor_containerd, doctor_containers, doctor_others };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct doctor doctor = { .root = -1, .arena = arena };
	int r = arena ? open_root(&doctor, root, err) : error_nomem(err);
	for (size_t i = 0; r == 0 && i < sizeof examinations / sizeof *examinations; i++)
		r = examinations[i](&doctor, err);
	if (r == 0 && doctor.lines.n == 0)
		r = doctor_say(&doctor, "Engines", DOOR_SHUT, NULL, err, "Docker, containerd, podman and CRI-O are in none of their usual places");
	if (r == 0)
		r = report(&doctor, into, worst, err);
	vec_done(&doctor.lines);
	if (doctor.root >= 0)
		close(doctor.root);
	return r;
}

int
doctor_manifests(const char *const *files, FILE *into, enum door_state *worst, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct doctor doctor = { .root = -1, .arena = arena };
	int r = arena ? doctor_kubernetes(&doctor, files, err) : error_nomem(err);
	if (r == 0)
		r = report(&doctor, into, worst, err);
	vec_done(&doctor.lines);
	return r;
}

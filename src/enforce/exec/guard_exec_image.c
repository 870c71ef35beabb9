/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/exec/guard_exec_parts.h"

#include "base/error.h"
#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The layers, as one mount. */

static int
open_layers(const char *root, const struct slice *layers, size_t n, int *fds, struct plim_error *err)
{
	for (size_t i = 0; i < n; i++) {
		int r = container_directory_open(root, layers[i], &fds[i], err);
		if (r < 0)
			return error_wrap(err, r, "layer %zu", i);
	}
	return 0;
}

/* Kernels from 6.7 on take one directory after another. */
static bool
name_each(int overlay, const int *fds, size_t n)
{
	char path[32];
	for (size_t i = n; i > 0; i--) {
		snprintf(path, sizeof path, "/proc/self/fd/%d", fds[i - 1]);
		if (fsconfig(overlay, FSCONFIG_SET_STRING, "lowerdir+", path, 0) < 0)
			return false;
	}
	return true;
}

/* Others take 255 bytes for all of them: from within /proc/self/fd a name has few. */
static bool
name_all(int overlay, const int *fds, size_t n)
{
	AUTO(strbuf) struct strbuf names = { 0 };
	AUTO(fd) int back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = n; i > 0; i--)
		strbuf_printf(&names, "%s%d", i < n ? ":" : "", fds[i - 1]);
	if (names.failed || back < 0 || chdir("/proc/self/fd") < 0)
		return false;
	bool done = fsconfig(overlay, FSCONFIG_SET_STRING, "lowerdir", names.p, 0) == 0 && fsconfig(overlay, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0;
	return fchdir(back) == 0 && done;
}

static int
mount_layers(const int *fds, size_t n, int *out, struct plim_error *err)
{
	AUTO(fd) int overlay = fsopen("overlay", FSOPEN_CLOEXEC);
	if (overlay < 0)
		return error_sys(err, errno, "the image's layers cannot be laid over each other");
	if (!name_each(overlay, fds, n) || fsconfig(overlay, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) {
		close(overlay);
		overlay = fsopen("overlay", FSOPEN_CLOEXEC);
		if (overlay < 0 || !name_all(overlay, fds, n))
			return error_sys(err, errno, "the image's %zu layers cannot be laid over each other", n);
	}
	AUTO(fd) int mount = fsmount(overlay, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	*out = mount < 0 ? -1 : openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *out < 0 ? error_sys(err, errno, "the image's layers cannot be opened") : 0;
}

int
exec_image_open(const char *root, const struct slice *layers, size_t n, int *out, struct plim_error *err)
{
	if (n == 0 || n > LIMIT_LAYER_COUNT)
		return n ? error_set(err, PLIM_ELIMIT, "more layers than limit LAYER_COUNT") : error_set(err, PLIM_ENOTFOUND, "its image has no layers");
	int *fds = malloc(n * sizeof *fds);
	if (fds == NULL)
		return error_nomem(err);
	memset(fds, -1, n * sizeof *fds);
	int r = open_layers(root, layers, n, fds, err);
	if (r == 0 && n > 1)
		r = mount_layers(fds, n, out, err);
	else if (r == 0)
		*out = fd_take(&fds[0]);
	for (size_t i = 0; i < n; i++)
		auto_fd(&fds[i]);
	free(fds);
	return r;
}

static int
open_in(int image, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)flags | O_CLOEXEC | O_NOFOLLOW, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS };
	return (int)syscall(SYS_openat2, image, path, &how, sizeof how);
}

bool
exec_image_file(int image, const char *path, struct stat *out)
{
	AUTO(fd) int fd = path[0] ? open_in(image, path, O_PATH) : -1;
	return fd >= 0 && fstat(fd, out) == 0 && S_ISREG(out->st_mode);
}

static bool
time_eq(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool
exec_image_same(const struct stat *file, const struct stat *of_image)
{
	return file->st_size == of_image->st_size && file->st_mode == of_image->st_mode && time_eq(&file->st_ctim, &of_image->st_ctim) &&
	       time_eq(&file->st_mtim, &of_image->st_mtim);
}

/* Content. */

#define WINDOW 65536

/* What is met in a container, and what the image is searched for. */
struct sought {
	int file;
	struct stat is;
	char capabilities[64];         /* security.capability, of which 24 bytes are the longest that there are */
	ssize_t capability_size;
	uint64_t looked_at;
};

static int
same_bytes(int a, int b, struct plim_error *err)
{
	static char left[WINDOW], right[WINDOW];
	for (off_t at = 0;;) {
		ssize_t n = pread(a, left, WINDOW, at), m = pread(b, right, WINDOW, at);
		if (n < 0 || m < 0)
			return error_sys(err, errno, "its content cannot be compared");
		ssize_t both = n < m ? n : m;
		if (memcmp(left, right, (size_t)both) != 0 || (both == 0 && n != m))
			return 0;
		if (both == 0)
			return 1;
		at += both;
	}
}

/* The image's file has every privilege that the other got. */
static bool
is_as_privileged(const struct sought *sought, int candidate, const struct stat *is)
{
	char capabilities[sizeof sought->capabilities];
	if (sought->is.st_mode & (S_ISUID | S_ISGID) & ~is->st_mode)
		return false;
	return sought->capability_size <= 0 || (fgetxattr(candidate, "security.capability", capabilities, sizeof capabilities) == sought->capability_size &&
	                                        memcmp(capabilities, sought->capabilities, (size_t)sought->capability_size) == 0);
}

static int
try_file(struct sought *sought, int directory, const char *name, struct plim_error *err)
{
	struct stat is;
	AUTO(fd) int fd = open_in(directory, name, O_RDONLY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &is) < 0 || !S_ISREG(is.st_mode) || is.st_size != sought->is.st_size || !is_as_privileged(sought, fd, &is))
		return 0;
	return same_bytes(sought->file, fd, err);
}

static int search(struct sought *sought, int directory, unsigned depth, struct plim_error *err);

static int
search_entry(struct sought *sought, int directory, const char *name, unsigned depth, struct plim_error *err)
{
	struct stat is;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (++sought->looked_at > LIMIT_ENTRY_COUNT || depth > LIMIT_GUARD_EXEC_DEPTH_COUNT)
		return error_set(err, PLIM_ELIMIT, "the image has more files, or deeper ones, than can be searched");
	if (fstatat(directory, name, &is, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(err, errno, "the image cannot be searched");
	if (S_ISDIR(is.st_mode)) {
		int below = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		return below < 0 ? error_sys(err, errno, "the image cannot be searched") : search(sought, below, depth + 1, err);
	}
	return S_ISREG(is.st_mode) && is.st_size == sought->is.st_size ? try_file(sought, directory, name, err) : 0;
}

/* Closes the directory. */
static int
search(struct sought *sought, int directory, unsigned depth, struct plim_error *err)
{
	int r = 0;
	DIR *names = fdopendir(directory);
	if (names == NULL) {
		close(directory);
		return error_nomem(err);
	}
	for (struct dirent *entry; r == 0 && (entry = readdir(names));)
		r = search_entry(sought, dirfd(names), entry->d_name, depth, err);
	closedir(names);
	return r;
}

int
exec_image_has(int image, const char *path, int file, struct plim_error *err)
{
	struct sought sought = { .file = file };
	if (fstat(file, &sought.is) < 0)
		return error_sys(err, errno, "it cannot be looked at");
	sought.capability_size = fgetxattr(file, "security.capability", sought.capabilities, sizeof sought.capabilities);
	if (sought.capability_size < 0 && errno != ENODATA && errno != ENOTSUP)
		return error_sys(err, errno, "its capabilities cannot be read");
	int r = path[0] ? try_file(&sought, image, path, err) : 0;
	if (r != 0)
		return r;
	int top = openat(image, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return top < 0 ? error_sys(err, errno, "the image cannot be searched") : search(&sought, top, 0, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept is named by one small file that is replaced whole; what is coming is held by a lock that ends with its process. */
#include "store/download.h"

#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "base/wire.h"
#include "store/atomic.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define STATE_MAGIC "plimsoll download 1\n"
#define STATE_MOST  65536

/* Bytes that nothing names any more may just be what another process is about to name. */
#define LEFT_S 3600

/* Of files that are begun, as many may be taken by others before they are locked. */
#define BEGINS_MOST 100

#define KEPT(kind, field) WIRE_PLAIN(kind, struct downloaded, field)

static const struct wire_struct state_wire = { sizeof(struct downloaded), (const struct wire_field[]){
	KEPT(WIRE_SLICE, address), KEPT(WIRE_SLICE, etag), KEPT(WIRE_SLICE, modified), KEPT(WIRE_U64, modified_at), KEPT(WIRE_U64, fetched),
	KEPT(WIRE_U64, size), KEPT(WIRE_U64, records), KEPT(WIRE_DIGEST, digest), { WIRE_END, 0, 0, 0, NULL } } };

static char *
place(const char *path, const char *end)
{
	char *made = NULL;
	return asprintf(&made, "%s.%s", path, end) < 0 ? NULL : made;
}

static char *
bytes_place(const char *path, const struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	return place(path, digest_hex(digest, text));
}

/* what is kept */

static int
state_read(const char *path, struct arena *arena, struct downloaded *out, struct plim_error *err)
{
	AUTO(free) char *name = place(path, "state");
	AUTO(free) char *bytes = NULL;
	size_t size;
	if (name == NULL)
		return error_nomem(err);
	int r = file_read(AT_FDCWD, name, STATE_MOST, &bytes, &size, err);
	if (r < 0)
		return r;
	struct slice kept = arena_dup(arena, (struct slice){ bytes, size });
	if (kept.p == NULL)
		return error_nomem(err);
	if (!slice_skip(&kept, SLICE(STATE_MAGIC)))
		return error_set(err, PLIM_ENOTFOUND, "%s: it is of another version", name);
	struct cursor from = cursor_of(kept);
	r = wire_read(&state_wire, &from, arena, out, err);
	if (r == 0 && out->digest.algorithm != DIGEST_SHA256)
		r = error_set(err, PLIM_EFORMAT, "no digest");
	return r < 0 ? error_wrap(err, PLIM_ENOTFOUND, "%s", name) : 0;
}

static int
measure(int fd, struct digest *digest, uint64_t *size, struct plim_error *err)
{
	AUTO(map_file) struct slice bytes = SLICE_NONE;
	int r = file_map_fd(fd, 0, &bytes, err);
	if (r < 0)
		return r;
	*digest = digest_of(bytes);
	*size = bytes.n;
	return 0;
}

/* A disk may have lost some of them. */
static int
bytes_open(const char *path, const struct downloaded *what, int *out, struct plim_error *err)
{
	AUTO(free) char *name = bytes_place(path, &what->digest);
	struct digest digest;
	uint64_t size;
	if (name == NULL)
		return error_nomem(err);
	AUTO(fd) int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return error_set(err, PLIM_ENOTFOUND, "%s: it cannot be opened", name);
	int r = measure(fd, &digest, &size, err);
	if (r == PLIM_ENOMEM)
		return r;
	if (r < 0 || size != what->size || !digest_eq(&digest, &what->digest))
		return error_set(err, PLIM_ENOTFOUND, "%s: it is not what was kept", name);
	*out = fd_take(&fd);
	return 0;
}

int
download_open(const char *path, struct arena *arena, struct downloaded *out, int *fd, struct plim_error *err)
{
	struct downloaded found = { 0 };
	int r = state_read(path, arena, &found, err);
	if (r < 0 || (r = bytes_open(path, &found, fd, err)) < 0)
		return r;
	*out = found;
	return 0;
}

int
download_tell(const char *path, const struct downloaded *what, struct plim_error *err)
{
	AUTO(free) char *name = place(path, "state");
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_puts(&text, STATE_MAGIC);
	wire_write(&state_wire, what, &text);
	if (name == NULL || text.failed)
		return error_nomem(err);
	return atomic_write(name, 0600, strbuf_slice(&text), err);
}

/* the files beside it */

struct beside {
	DIR *directory;
	struct slice folder, base;     /* of the path */
};

static bool
beside_open(const char *path, struct beside *out)
{
	struct slice folder = path_dir(slice_of(path));
	AUTO(free) char *name = slice_dup(folder.n ? folder : SLICE("."));
	*out = (struct beside){ .directory = name ? opendir(name) : NULL, .folder = folder, .base = path_base(slice_of(path)) };
	return out->directory != NULL;
}

/* The next file "PATH.X" for which X ends with `end` and has `length` bytes before it. */
static const char *
beside_next(struct beside *in, size_t length, const char *end)
{
	for (struct dirent *entry; (entry = readdir(in->directory)) != NULL;) {
		struct slice rest = slice_of(entry->d_name);
		if (slice_skip(&rest, in->base) && slice_skip(&rest, SLICE(".")) && slice_skip_end(&rest, slice_of(end)) && rest.n == length)
			return entry->d_name;
	}
	return NULL;
}

/* What an update that was killed, or is past, left behind. */
static void
sweep(const char *path, size_t length, const char *end, const char *but)
{
	struct beside in;
	struct stat st;
	time_t now = time(NULL);
	if (!beside_open(path, &in))
		return;
	for (const char *name; (name = beside_next(&in, length, end)) != NULL;)
		if (strcmp(name, but) != 0 && fstatat(dirfd(in.directory), name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    now - st.st_mtime > LEFT_S)
			unlinkat(dirfd(in.directory), name, 0);
	closedir(in.directory);
}

/* what is coming */

/* Locked, and still of that name: whoever had it may just have kept it. */
static bool
claim(int fd, const char *name)
{
	struct stat mine, there;
	return flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &mine) == 0 && lstat(name, &there) == 0 && mine.st_ino == there.st_ino &&
	       mine.st_dev == there.st_dev && S_ISREG(mine.st_mode);
}

static char *
mark_place_of(const char *place)
{
	char *made = NULL;
	return asprintf(&made, "%.*s.mark", (int)(strlen(place) - 4), place) < 0 ? NULL : made;
}

/* Its mark, and how much there is: without a mark all of it is worthless. */
void
download_look(struct download *download)
{
	ssize_t got = pread(download->beside, download->mark, sizeof download->mark - 1, 0);
	uint64_t size = 0;
	download->mark[got > 0 ? got : 0] = '\0';
	download->had = 0;
	if (got > 0 && file_size(download->fd, &size))
		download->had = size;
}

static bool
take_over(const char *place, struct download *out)
{
	AUTO(fd) int fd = open(place, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || !claim(fd, place))
		return false;
	AUTO(free) char *mark = mark_place_of(place);
	AUTO(free) char *name = slice_dup(slice_of(place));
	AUTO(fd) int beside = mark ? open(mark, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	if (beside < 0 || name == NULL)
		return false;
	out->place = ptr_take(&name);
	out->mark_place = ptr_take(&mark);
	out->fd = fd_take(&fd);
	out->beside = fd_take(&beside);
	download_look(out);
	return true;
}

static bool
find_left(struct download *out)
{
	struct beside in;
	bool found = false;
	if (!beside_open(out->path, &in))
		return false;
	for (const char *name; !found && (name = beside_next(&in, 6, ".new")) != NULL;) {
		char *whole = NULL;
		if (asprintf(&whole, "%.*s/%s", SLICE_ARG(in.folder), name) < 0)
			break;
		found = take_over(whole, out);
		free(whole);
	}
	closedir(in.directory);
	return found;
}

/* `*lost`: before it was locked another process found it, and has it now. */
static int
make_new(struct download *out, bool *lost, struct plim_error *err)
{
	if ((out->place = place(out->path, "XXXXXX.new")) == NULL)
		return error_nomem(err);
	if ((out->fd = mkostemps(out->place, 4, O_CLOEXEC)) < 0) {
		int number = errno;
		free(ptr_take(&out->place));
		return error_sys(err, number, "%s", out->path);
	}
	if (flock(out->fd, LOCK_EX | LOCK_NB) < 0 && errno != EWOULDBLOCK)
		return error_sys(err, errno, "%s: it cannot be locked", out->place);
	if ((*lost = !claim(out->fd, out->place)))
		return error_set(err, PLIM_ESYSTEM, "%s: others have it", out->place);
	if ((out->mark_place = mark_place_of(out->place)) == NULL)
		return error_nomem(err);
	out->beside = open(out->mark_place, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	return out->beside < 0 ? error_sys(err, errno, "%s", out->mark_place) : 0;
}

/* What is another's is not removed. */
static int
begin(const char *path, struct download *out, bool *lost, struct plim_error *err)
{
	*out = (struct download){ .path = path, .fd = -1, .beside = -1 };
	*lost = false;
	if (find_left(out))
		return 0;
	int r = make_new(out, lost, err);
	if (r < 0 && !*lost)
		download_drop(out);
	if (r < 0)
		download_done(out);
	return r;
}

int
download_begin(const char *path, struct download *out, struct plim_error *err)
{
	bool lost = true;
	int r = 0;
	for (int i = 0; lost && i < BEGINS_MOST; i++)
		r = begin(path, out, &lost, err);
	return r;
}

int
download_read(const struct download *download, int *out, struct plim_error *err)
{
	*out = open(download->place, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return *out < 0 ? error_sys(err, errno, "%s", download->place) : 0;
}

int
download_measure(const struct download *download, struct digest *digest, uint64_t *size, struct plim_error *err)
{
	return measure(download->fd, digest, size, err);
}

/* Bytes first, and on the disk, then what names them. */
int
download_keep(struct download *download, const struct downloaded *what, struct plim_error *err)
{
	AUTO(free) char *name = bytes_place(download->path, &what->digest);
	if (name == NULL)
		return error_nomem(err);
	if (fsync(download->fd) < 0 || rename(download->place, name) < 0)
		return error_sys(err, errno, "%s", download->path);
	free(ptr_take(&download->place));
	unlink(download->mark_place);
	int r = download_tell(download->path, what, err);
	if (r < 0)
		return r;
	sweep(download->path, 64, "", path_base(slice_of(name)).p);
	sweep(download->path, 6, ".mark", "");
	sweep(download->path, 6, ".new", "");
	sweep(download->path, sizeof "state.XXXXXX" - 1, "", "");
	return 0;
}

void
download_drop(struct download *download)
{
	if (download->place == NULL)
		return;
	unlink(download->place);
	if (download->mark_place)
		unlink(download->mark_place);
	free(ptr_take(&download->place));
}

void
download_done(struct download *download)
{
	if (download->place && download->beside >= 0) {
		download_look(download);
		if (download->had == 0)
			download_drop(download);
	}
	free(ptr_take(&download->place));
	free(ptr_take(&download->mark_place));
	if (download->fd >= 0)
		close(download->fd);
	if (download->beside >= 0)
		close(download->beside);
	download->fd = download->beside = -1;
}

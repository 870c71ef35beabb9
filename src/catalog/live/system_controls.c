/* SPDX-License-Identifier: Apache-2.0 */
/* proc(5): /proc/sys, a file a setting.  Names are spelled as sysctl(8) does: dots for slashes, and slashes for the dots of a name. */
#include "catalog/live/inside.h"

#include "base/error.h"
#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MOST 16

struct walk {
	struct live_reading *reading;
	struct strbuf name;
	dev_t device;
	size_t depth;
};

static void
auto_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static void
put_name(struct strbuf *into, const char *name)
{
	strbuf_puts(into, into->n ? "." : "");
	for (; *name; name++)
		strbuf_putc(into, *name == '.' ? '/' : *name);
}

/* One that has no value to be read (EIO: a secret that was not set yet), or may not be read, is there all the same. */
static int
add_control(struct walk *walk, int directory, const char *name, struct plim_error *err)
{
	struct live_reading *reading = walk->reading;
	int number = live_file(reading, directory, name);
	struct slice value = strbuf_slice(&reading->text);
	bool refused = number == EACCES || number == EPERM, long_one = number == 0 && value.n > LIMIT_ROW_TEXT_BYTES;
	while (slice_skip_end(&value, SLICE("\n")))
		continue;
	const struct slice fields[SYSTEM_CONTROL_FIELD_COUNT] = {
		[SYSTEM_CONTROL_NAME] = strbuf_slice(&walk->name), [SYSTEM_CONTROL_VALUE] = number || long_one ? SLICE_NONE : value.p ? value : SLICE(""),
		[SYSTEM_CONTROL_UNREAD] = refused ? SLICE("only root may read it") : long_one ? SLICE("longer than limit ROW_TEXT_BYTES") : SLICE_NONE,
	};
	return live_row(reading, LIVE_SYSTEM_CONTROL, fields, SYSTEM_CONTROL_FIELD_COUNT, err);
}

static int walk_below(struct walk *walk, int parent, const char *name, struct plim_error *err);

/* What is mounted below is no setting, and some of it is mounted only when somebody looks. */
static int
take_name(struct walk *walk, int directory, const char *name, struct plim_error *err)
{
	struct stat st;
	size_t size = walk->name.n;
	if (name[0] == '.' || fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_dev != walk->device)
		return 0;
	put_name(&walk->name, name);
	int r = walk->name.failed ? error_nomem(err) : 0;
	if (r == 0 && S_ISDIR(st.st_mode))
		r = walk_below(walk, directory, name, err);
	else if (r == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0444))
		r = add_control(walk, directory, name, err);
	walk->name.n = size;
	return r;
}

static int
walk_below(struct walk *walk, int parent, const char *name, struct plim_error *err)
{
	AUTO(fd) int fd = walk->depth < DEPTH_MOST ? openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	AUTO(dir) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	int r = 0;
	if (dir == NULL)
		return live_problem(walk->reading, "system_controls.current_value", err, "%.*s: it could not be opened", SLICE_ARG(strbuf_slice(&walk->name)));
	fd = -1;
	walk->depth++;
	for (struct dirent *next; r == 0 && (next = readdir(dir));)
		r = take_name(walk, dirfd(dir), next->d_name, err);
	walk->depth--;
	return r;
}

int
live_system_controls(struct live_reading *reading, struct plim_error *err)
{
	struct walk walk = { .reading = reading };
	struct stat st;
	if (fstatat(reading->proc, "sys", &st, AT_SYMLINK_NOFOLLOW) < 0)
		return live_unread(reading, "system_controls.current_value", "sys", errno, err);
	walk.device = st.st_dev;
	int r = walk_below(&walk, reading->proc, "sys", err);
	strbuf_done(&walk.name);
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A worker on an unpacked tree: the one process that may open files, below one directory, to read. */
#include "gate/collecting.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "catalog/keep.h"
#include "layer/mounted.h"
#include "process/sandbox.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <linux/limits.h>

/* What proc tells of mounts, opened before it is out of reach: without proc nothing is known, and each is asked what it is. */
struct mount_list {
	int fd;
	char root[PATH_MAX];
	size_t root_size;
};

static void
mount_list_open(int tree, struct mount_list *out)
{
	char link[32];
	snprintf(link, sizeof link, "/proc/self/fd/%d", tree);
	ssize_t n = readlink(link, out->root, sizeof out->root);
	out->root_size = n > 0 ? (size_t)n : 0;
	out->fd = n > 0 ? open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC) : -1;
}

static void
auto_mount_list(struct mount_list *list)
{
	if (list->fd >= 0)
		close(list->fd);
}

static int
mount_list_read(const struct mount_list *list, struct mounts *out, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	size_t n;
	if (list->fd < 0)
		return 0;
	int r = file_read_fd(list->fd, LIMIT_LIVE_BYTES, &text, &n, err);
	return r < 0 ? r : mounts_parse((struct slice){ text, n }, (struct slice){ list->root, list->root_size }, out, err);
}

static int
keep_xattr(void *context, struct block_builder *into, uint32_t index, const struct xattr *attribute, struct plim_error *err)
{
	(void)context;
	return xattr_keep(into, index, attribute, err);
}

static bool
begin_all(void *context, const struct entry *entry)
{
	(void)context, (void)entry;
	return true;
}

static bool
bids_none(void *context, const struct entry *entry, struct slice first, struct body_skips *skips)
{
	(void)context, (void)entry, (void)first, (void)skips;
	return false;
}

/* Nothing is catalogued: what files are, or how they begin. */
static int
read_bare(int channel, int directory, const struct layer_order *order, struct plim_error *err)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	const struct collector files = {
		.hashing = HASH_EVERYTHING, .xattr = keep_xattr, .marks = order->marks, .programs = true, .uids = order->uids, .gids = order->gids,
	}, programs = {
		.heads = begin_all, .bids = bids_none, .programs = true,
	};
	int r = block_builder_new(&builder, err);
	if (r < 0 || (r = collect_directory(directory, order->depth == DEPTH_FILES ? &files : &programs, builder, err)) < 0)
		return r;
	return say_block(channel, builder, err);
}

static int
read_tree(int channel, struct message *start, struct plim_error *err)
{
	AUTO(collecting) struct collecting collecting = { 0 };
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(mounts) struct mounts mounts = { 0 };
	AUTO(mount_list) struct mount_list list = { .fd = -1 };
	struct layer_order order = { 0 };
	struct cursor from = cursor_of(start->body);
	int r = arena ? wire_read(&wire_layer_order, &from, arena, &order, err) : error_nomem(err);
	if (r == 0 && order.host)
		mount_list_open(start->fd[0], &list);
	if (r < 0 || (r = sandbox_enter(CONFINED_TREE, start->fd[0], err)) < 0 || (r = mount_list_read(&list, &mounts, err)) < 0)
		return r;
	if (order.depth != DEPTH_ALL)
		return read_bare(channel, start->fd[0], &order, err);
	if ((r = collecting_init(&collecting, &order.wishes, err)) < 0 || (r = block_builder_new(&builder, err)) < 0)
		return r;
	collecting.host = order.host;
	collecting_copy(&collecting, start->fd[1]);
	struct collector collector = collecting_collector(&collecting);
	collector.marks = order.marks;
	collector.programs = order.marks != MARKS_NONE;
	collector.uids = order.uids;
	collector.gids = order.gids;
	collector.mounts = &mounts;
	r = collect_directory(start->fd[0], &collector, builder, err);
	if (r == 0 && order.host)
		r = host_keep(builder, order.live, err);
	return r < 0 ? r : say_block(channel, builder, err);
}

int
job_tree(int channel)
{
	return job_answer(channel, read_tree);
}

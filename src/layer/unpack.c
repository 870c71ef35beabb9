/* SPDX-License-Identifier: Apache-2.0 */
/* Directories first from above, then what is in them; what directories are allowed comes last. */
#include "layer/unpack.h"

#include "base/auto.h"
#include "base/error.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct unpacking {
	const struct tree *tree;
	int root;
	unpack_body_fn *body;
	void *context;
	const struct node *open;       /* the directory behind `directory` */
	int directory;
	struct strbuf path, link;
};

static void
auto_unpacking(struct unpacking *u)
{
	auto_fd(&u->directory);
	strbuf_done(&u->path);
	strbuf_done(&u->link);
}

/* A hard link's content, and where it was written first: names are unique in a tree, so a path tells the node. */
static int
path_of(struct unpacking *u, const struct node *node, struct plim_error *err)
{
	strbuf_clear(&u->path);
	node_path(node, &u->path);
	strbuf_putc(&u->path, 0);
	if (u->path.failed)
		return error_nomem(err);
	return u->path.n <= LIMIT_PATH_BYTES ? 0 : error_set(err, PLIM_ELIMIT, "a path beyond limit PATH_BYTES");
}

/* Without its leading slash; "." for the root. */
static const char *
below(const struct unpacking *u)
{
	return u->path.n > 2 ? u->path.p + 1 : ".";
}

static int
directory_open(struct unpacking *u, const struct node *node, struct plim_error *err)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	if (u->open == node)
		return 0;
	int r = path_of(u, node, err);
	if (r < 0)
		return r;
	auto_fd(&u->directory);
	u->open = NULL;
	u->directory = (int)syscall(SYS_openat2, u->root, below(u), &how, sizeof how);
	if (u->directory < 0)
		return error_sys(err, errno, "open");
	u->open = node;
	return 0;
}

static int
name_of(const struct node *node, char name[static 256], struct plim_error *err)
{
	if (node->name.n == 0 || node->name.n > 255 || memchr(node->name.p, '/', node->name.n) || memchr(node->name.p, 0, node->name.n) ||
	    slice_is(node->name, ".") || slice_is(node->name, ".."))
		return error_set(err, PLIM_EFORMAT, "a name that no file can have");
	memcpy(name, node->name.p, node->name.n);
	name[node->name.n] = 0;
	return 0;
}

/* links */

static size_t
depth_of(const struct node *node)
{
	size_t depth = 0;
	for (node = node->parent; node && node->parent; node = node->parent)
		depth++;
	return depth;
}

static bool
climbs_later(struct slice target)
{
	struct slice piece;
	while (slice_next(&target, '/', &piece))
		if (slice_is(piece, ".."))
			return true;
	return false;
}

static void
put_climb(struct strbuf *into, size_t levels, struct slice rest)
{
	for (size_t i = 0; i < levels; i++)
		strbuf_puts(into, "../");
	strbuf_put(into, rest);
	if (into->n == 0 || (rest.n == 0 && levels == 0))
		strbuf_puts(into, ".");
}

/* Its leading steps upwards begin in a directory of the tree, so they can be counted; those behind a name cannot, for that may be a link. */
static void
link_plain(struct strbuf *into, struct slice target, size_t depth)
{
	size_t climbed = 0;
	if (target.n && target.p[0] == '/')
		climbed = depth;
	for (;;) {
		if (slice_skip(&target, SLICE("/")) || slice_skip(&target, SLICE("./")))
			continue;
		if (slice_skip(&target, SLICE("../")) || slice_is(target, "..")) {
			climbed += climbed < depth;
			target = slice_is(target, "..") ? SLICE("") : target;
			continue;
		}
		break;
	}
	put_climb(into, climbed, target);
}

static int
link_text(struct unpacking *u, const struct node *node, struct slice target, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf end = { 0 };
	size_t depth = depth_of(node);
	strbuf_clear(&u->link);
	link_plain(&u->link, target, depth);
	struct slice rest = strbuf_slice(&u->link);
	while (slice_skip(&rest, SLICE("../")))
		;
	if (climbs_later(rest)) {
		if (path_of(u, node, err) < 0)
			return error_nomem(err);
		const struct node *to = tree_resolve(u->tree, (struct slice){ u->path.p, u->path.n - 1 });
		strbuf_clear(&u->link);
		if (to)
			node_path(to, &end);
		/* What leads nowhere leads to a name that cannot be there. */
		put_climb(&u->link, depth, to ? slice_from(strbuf_slice(&end), 1) : SLICE(".plimsoll-leads-nowhere"));
	}
	strbuf_putc(&u->link, 0);
	return u->link.failed || end.failed ? error_nomem(err) : 0;
}

/* one thing */

static int
own(int directory, const char *name, const struct entry *entry, struct plim_error *err)
{
	struct timespec times[2] = { { .tv_sec = (time_t)entry->mtime }, { .tv_sec = (time_t)entry->mtime } };
	if (fchownat(directory, name, entry->uid, entry->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(err, errno, "give it its owner");
	if (entry->type != ENTRY_SYMLINK && fchmodat(directory, name, entry->mode & 07777, 0) < 0)
		return error_sys(err, errno, "give it its permissions");
	/* A time that this file system does not have is none that matters. */
	utimensat(directory, name, times, AT_SYMLINK_NOFOLLOW);
	return 0;
}

static int
make_link(struct unpacking *u, const struct node *node, const char *name, const struct entry *entry, struct plim_error *err)
{
	int r = link_text(u, node, entry->link, err);
	if (r < 0)
		return r;
	return symlinkat(u->link.p, u->directory, name) < 0 ? error_sys(err, errno, "link") : own(u->directory, name, entry, err);
}

static int
make_file(struct unpacking *u, const struct node *node, const char *name, const struct entry *entry, struct plim_error *err)
{
	AUTO(fd) int fd = openat(u->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_sys(err, errno, "make");
	int r = u->body(u->context, node->content_layer, node->content_entry, fd, err);
	if (r == PLIM_ENOTFOUND)
		return error_set(err, PLIM_ENOTFOUND, "it could not be read");
	return r < 0 ? r : own(u->directory, name, entry, err);
}

static int
make_one(struct unpacking *u, const struct node *node, struct plim_error *err)
{
	struct entry entry = node_entry(u->tree, node);
	char name[256];
	int r = name_of(node, name, err);
	if (r < 0 || (r = directory_open(u, node->parent, err)) < 0)
		return r;
	switch (entry.type) {
	case ENTRY_DIRECTORY:
		return mkdirat(u->directory, name, 0700) < 0 ? error_sys(err, errno, "make") : 0;
	case ENTRY_SYMLINK:
		return make_link(u, node, name, &entry, err);
	case ENTRY_FILE:
		return make_file(u, node, name, &entry, err);
	case ENTRY_HARDLINK:
		return error_set(err, PLIM_EFORMAT, "a hard link to nothing");
	default:
		return 0;
	}
}

static int
settle_directory(struct unpacking *u, const struct node *node, struct plim_error *err)
{
	struct entry entry = node_entry(u->tree, node);
	if (entry.type != ENTRY_DIRECTORY)
		return 0;
	int r = path_of(u, node, err);
	return r < 0 ? r : own(u->root, below(u), &entry, err);
}

static int
each_node(struct unpacking *u, int (*visit)(struct unpacking *u, const struct node *node, struct plim_error *err), struct plim_error *err)
{
	AUTO(strbuf) struct strbuf where = { 0 };
	for (const struct node *node = tree_after(tree_root(u->tree)); node; node = tree_after(node)) {
		int r = visit(u, node, err);
		if (r == 0)
			continue;
		AUTO(strbuf) struct strbuf path = { 0 };
		node_path(node, &path);
		strbuf_put_printable(&where, slice_first(strbuf_slice(&path), 256));
		return error_wrap(err, r, "%.*s", SLICE_ARG(strbuf_slice(&where)));
	}
	return 0;
}

int
tree_unpack(const struct tree *tree, int root, unpack_body_fn *body, void *context, struct plim_error *err)
{
	AUTO(unpacking) struct unpacking u = { .tree = tree, .root = root, .body = body, .context = context, .directory = -1 };
	int r = each_node(&u, make_one, err);
	return r < 0 ? r : each_node(&u, settle_directory, err);
}

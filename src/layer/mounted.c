/* SPDX-License-Identifier: Apache-2.0 */
/* File systems by the numbers that statfs(2) tells, and the stores of container engines. */
#include "layer/mounted.h"

#include "base/error.h"
#include "base/glob.h"
#include "codec/proc.h"

#include <stdio.h>
#include <sys/vfs.h>

static const char in_memory[] = "it is kept in memory only, and is another one after every start";
static const char elsewhere[] = "its files are another machine's, or another program's";
static const char of_kernel[] = "it is the kernel's own view, no files";
static const char of_container[] = "its files are a container's";

static const struct file_system {
	uint32_t number;
	const char *name, *why;    /* why NULL: it is entered */
} file_systems[] = {
	{ 0xef53, "ext4", NULL },           { 0x58465342, "xfs", NULL },           { 0x9123683e, "btrfs", NULL },
	{ 0x2fc12fc1, "zfs", NULL },        { 0xf2f52010, "f2fs", NULL },          { 0xca451a4e, "bcachefs", NULL },
	{ 0x3153464a, "jfs", NULL },        { 0x52654973, "reiserfs", NULL },      { 0x3434, "nilfs2", NULL },
	{ 0x4d44, "vfat", NULL },           { 0x2011bab0, "exfat", NULL },         { 0x73717368, "squashfs", NULL },
	{ 0xe0f5e1e2, "erofs", NULL },      { 0x9660, "iso9660", NULL },           { 0x15013346, "udf", NULL },
	{ 0x01021994, "tmpfs", in_memory }, { 0x858458f6, "ramfs", in_memory },    { 0x958458f6, "hugetlbfs", in_memory },
	{ 0x6969, "nfs", elsewhere },       { 0xff534d42, "cifs", elsewhere },     { 0xfe534d42, "smb2", elsewhere },
	{ 0x517b, "smb", elsewhere },       { 0x564c, "ncp", elsewhere },          { 0x5346414f, "afs", elsewhere },
	{ 0x6b414653, "kafs", elsewhere },  { 0x73757245, "coda", elsewhere },     { 0x00c36400, "ceph", elsewhere },
	{ 0x01021997, "9p", elsewhere },    { 0x65735546, "fuse", elsewhere },     { 0x6a656a63, "virtiofs", elsewhere },
	{ 0x0bd00bd0, "lustre", elsewhere }, { 0x47504653, "gpfs", elsewhere },    { 0x01161970, "gfs2", elsewhere },
	{ 0x7461636f, "ocfs2", elsewhere }, { 0x0187, "autofs", elsewhere },       { 0x786f4256, "vboxsf", elsewhere },
	{ 0x794c7630, "overlay", of_container }, { 0x61756673, "aufs", of_container },
	{ 0x9fa0, "proc", of_kernel },      { 0x62656572, "sysfs", of_kernel },    { 0x1cd1, "devpts", of_kernel },
	{ 0x27e0eb, "cgroup", of_kernel },  { 0x63677270, "cgroup2", of_kernel },  { 0x64626720, "debugfs", of_kernel },
	{ 0x74726163, "tracefs", of_kernel }, { 0x73636673, "securityfs", of_kernel }, { 0xcafe4a11, "bpf", of_kernel },
	{ 0x19800202, "mqueue", of_kernel }, { 0xde5e81e4, "efivarfs", of_kernel }, { 0x6165676c, "pstore", of_kernel },
	{ 0x62656570, "configfs", of_kernel }, { 0x65735543, "fusectl", of_kernel }, { 0x42494e4d, "binfmt_misc", of_kernel },
	{ 0xf97cff8c, "selinuxfs", of_kernel }, { 0x6e736673, "nsfs", of_kernel }, { 0x67596969, "rpc_pipefs", of_kernel },
};

const char *
mount_left_out(int fd, char room[32], struct slice *kind)
{
	struct statfs fs;
	if (fstatfs(fd, &fs) < 0) {
		*kind = SLICE_NONE;
		return "the kernel does not tell what is mounted there";
	}
	for (size_t i = 0; i < sizeof file_systems / sizeof *file_systems; i++) {
		if (file_systems[i].number != (uint32_t)fs.f_type)
			continue;
		*kind = slice_of(file_systems[i].name);
		return file_systems[i].why;
	}
	snprintf(room, 32, "0x%08x", (unsigned)fs.f_type);
	*kind = slice_of(room);
	return "it is a file system that is not known to be a local disk's";
}

/* servers that may be gone */

/* Names that the list of mounts has and the table above has not: there one number stands for several. */
static const char *
served_elsewhere(struct slice type)
{
	static const char *const more[] = { "nfs4", "smb3", "fuseblk", "ncpfs", "pvfs2", "beegfs", "glusterfs" };
	for (size_t i = 0; i < sizeof file_systems / sizeof *file_systems; i++)
		if (file_systems[i].why == elsewhere && slice_is(type, file_systems[i].name))
			return elsewhere;
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		if (slice_is(type, more[i]))
			return elsewhere;
	return slice_starts(type, SLICE("fuse.")) ? elsewhere : NULL;
}

static bool
is_below(struct slice path, struct slice directory)
{
	return slice_eq(path, directory) || (slice_skip(&path, directory) && slice_starts(path, SLICE("/")));
}

/* What is mounted later hides what was mounted there and below. */
static void
mounts_hide(struct mounts *mounts, struct slice path)
{
	size_t kept = 0;
	for (size_t i = 0; i < mounts->all.n; i++)
		if (!is_below(mounts->all.at[i].path, path))
			mounts->all.at[kept++] = mounts->all.at[i];
	mounts->all.n = kept;
}

static int
mounts_add(struct mounts *mounts, struct slice path, struct slice root, struct slice type, struct plim_error *err)
{
	if (slice_is(root, "/"))
		root.n = 0;
	if (!slice_skip(&path, root) || !slice_skip(&path, SLICE("/")))
		return 0;
	mounts_hide(mounts, path);
	if (path.n == 0 || served_elsewhere(type) == NULL)
		return 0;
	struct mount *mount = vec_push(&mounts->all);
	if (mount == NULL)
		return error_nomem(err);
	*mount = (struct mount){ path, type, served_elsewhere(type) };
	return 0;
}

int
mounts_parse(struct slice text, struct slice root, struct mounts *out, struct plim_error *err)
{
	struct slice line, rest = text;
	/* No path gets longer: what was taken stays where it is. */
	if (strbuf_reserve(&out->text, text.n) == NULL)
		return error_nomem(err);
	int r = 0;
	while (r == 0 && slice_next(&rest, '\n', &line)) {
		struct mount_line mount;
		size_t start = out->text.n;
		if (!mount_line_parse(line, &mount))
			continue;
		mount_put_name(&out->text, mount.place);
		size_t end = out->text.n;
		strbuf_put(&out->text, mount.kind);
		r = mounts_add(out, (struct slice){ out->text.p + start, end - start }, root, (struct slice){ out->text.p + end, out->text.n - end }, err);
	}
	return r;
}

const struct mount *
mounts_find(const struct mounts *mounts, struct slice path)
{
	for (size_t i = 0; i < mounts->all.n; i++)
		if (slice_eq(mounts->all.at[i].path, path))
			return &mounts->all.at[i];
	return NULL;
}

void
mounts_done(struct mounts *mounts)
{
	vec_done(&mounts->all);
	strbuf_done(&mounts->text);
}

/* containers */

const char *
store_left_out(struct slice path)
{
	static const char *const stores[] = {
		"var/lib/docker", "var/lib/containers", "var/lib/containerd", "var/lib/buildkit", "var/lib/kubelet/pods", "var/lib/rancher/*/agent/containerd",
		"var/lib/lxc", "var/lib/lxd", "var/lib/incus", "var/lib/machines", "var/snap/docker/common", "var/snap/lxd/common",
		"root/.local/share/containers/storage", "home/*/.local/share/containers/storage", "root/.local/share/docker", "home/*/.local/share/docker",
	};
	for (size_t i = 0; i < sizeof stores / sizeof *stores; i++)
		if (glob_match(slice_of(stores[i]), path))
			return "it is where containers or other machines have their files; judge those as targets of their own";
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Landlock, seccomp and resource limits. */
#include "process/sandbox.h"

#include "base/auto.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/sanitized.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filters.h"

/* By number: headers are older than kernels.  Bits of the file system as of version 1, and what later versions added. */
#define FS_V1  ((UINT64_C(1) << 13) - 1)
#define FS_V2  (UINT64_C(1) << 13)
#define FS_V3  (UINT64_C(1) << 14)
#define FS_V5  (UINT64_C(1) << 15)
#define NET_V4 (UINT64_C(3))
#define SCOPE_V6 (UINT64_C(3))
/* What a file can be allowed; a directory all of it. */
#define OF_FILES (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE | FS_V3)

struct ruleset {
	uint64_t fs, net, scoped;
};

static int
landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	return version > 0 ? (int)version : 0;
}

struct sandbox_support
sandbox_support(void)
{
	uint32_t action = SECCOMP_RET_ERRNO;
	return (struct sandbox_support){
		.landlock = landlock_version(),
		.seccomp = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0,
		.memory_limits = !SANITIZED,
	};
}

bool
sandbox_is_whole(const struct sandbox_support *support)
{
	return support->landlock > 0 && support->seccomp;
}

/* Everything that this version can refuse, and the size of the struct that it knows. */
static struct ruleset
ruleset_of(int version, size_t *size)
{
	struct ruleset rules = { .fs = FS_V1 };
	*size = version >= 6 ? sizeof rules : version >= 4 ? offsetof(struct ruleset, scoped) : offsetof(struct ruleset, net);
	rules.fs |= version >= 2 ? FS_V2 : 0;
	rules.fs |= version >= 3 ? FS_V3 : 0;
	rules.fs |= version >= 5 ? FS_V5 : 0;
	rules.net = version >= 4 ? NET_V4 : 0;
	rules.scoped = version >= 6 ? SCOPE_V6 : 0;
	return rules;
}

static int
forswear_privileges(struct plim_error *err)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? error_sys(err, errno, "no new privileges") : 0;
}

static uint64_t
rights_of(const struct sandbox_path *path)
{
	struct stat st;
	uint64_t rights = 0;
	if (path->rights & SANDBOX_READ)
		rights |= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
	if (path->rights & SANDBOX_LIST)
		rights |= LANDLOCK_ACCESS_FS_READ_DIR;
	if (path->rights & SANDBOX_EXECUTE)
		rights |= LANDLOCK_ACCESS_FS_EXECUTE;
	if (path->rights & SANDBOX_WRITE)
		rights |= LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
		          LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM | FS_V2 | FS_V3;
	return fstat(path->fd, &st) == 0 && S_ISDIR(st.st_mode) ? rights : rights & OF_FILES;
}

static int
enter_paths(const struct sandbox_path *paths, size_t n, struct plim_error *err)
{
	size_t size;
	int version = landlock_version();
	if (version == 0)
		return 0;
	struct ruleset rules = ruleset_of(version, &size);
	AUTO(fd) int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd < 0)
		return error_sys(err, errno, "Landlock");
	for (size_t i = 0; i < n; i++) {
		struct landlock_path_beneath_attr below = { .allowed_access = rights_of(&paths[i]) & rules.fs, .parent_fd = paths[i].fd };
		if (syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, &below, 0) < 0)
			return error_sys(err, errno, "Landlock");
	}
	return syscall(SYS_landlock_restrict_self, fd, 0) < 0 ? error_sys(err, errno, "Landlock") : 0;
}

int
sandbox_enter_below(int tree, struct plim_error *err)
{
	struct sandbox_path below = { tree, SANDBOX_READ };
	return enter_paths(&below, tree >= 0, err);
}

int
sandbox_enter_files(int tree, struct plim_error *err)
{
	int r = forswear_privileges(err);
	return r < 0 ? r : sandbox_enter_below(tree, err);
}

static const struct program {
	const struct sock_filter *steps;
	size_t n;
} programs[CONFINEMENT_COUNT] = {
#define PROGRAM(name) { name, sizeof name / sizeof *name }
	[CONFINED_HASHER] = PROGRAM(filter_hasher),
	[CONFINED_WORKER] = PROGRAM(filter_worker),
	[CONFINED_TREE] = PROGRAM(filter_tree),
	[CONFINED_JUDGE] = PROGRAM(filter_judge),
	[CONFINED_LIVE] = PROGRAM(filter_live),
	[CONFINED_UNPACK] = PROGRAM(filter_unpack),
};
static const struct program of_others = PROGRAM(filter_program);

static int
limit_set(int which, uint64_t number, struct plim_error *err)
{
	/* At the hard limit of CPU the kernel kills without a reason; a second before it, it says which limit that was. */
	struct rlimit limit = { number, number + (which == RLIMIT_CPU) };
	struct rlimit have;
	/* What is lower already stays. */
	if (getrlimit((__rlimit_resource_t)which, &have) == 0 && have.rlim_max < limit.rlim_max)
		limit.rlim_max = have.rlim_max;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	return setrlimit((__rlimit_resource_t)which, &limit) < 0 ? error_sys(err, errno, "a resource limit") : 0;
}

struct bound {
	int which;
	uint64_t number;
	bool memory;
};

static int
limits_enter(const struct bound *bounds, size_t n, struct plim_error *err)
{
	for (size_t i = 0; i < n; i++) {
		int r = bounds[i].memory && SANITIZED ? 0 : limit_set(bounds[i].which, bounds[i].number, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
filter_enter(const struct program *program, struct plim_error *err)
{
	struct sock_fprog filter = { (unsigned short)program->n, (struct sock_filter *)program->steps };
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0 || errno == ENOSYS)
		return 0;
	return error_sys(err, errno, "seccomp");
}

int
sandbox_enter_calls(enum confinement confinement, struct plim_error *err)
{
	/* Who unpacks an image has a file of bodies for each of its layers. */
	uint64_t descriptors = confinement == CONFINED_UNPACK ? LIMIT_WORKER_FD_COUNT * 16 : LIMIT_WORKER_FD_COUNT;
	const struct bound bounds[] = {
		{ RLIMIT_AS, LIMIT_WORKER_BYTES, true },          { RLIMIT_CPU, LIMIT_WORKER_CPU_S, false },
		{ RLIMIT_FSIZE, LIMIT_WORKER_ANSWER_BYTES, true }, { RLIMIT_NOFILE, descriptors, false },
		{ RLIMIT_CORE, 0, false },
	};
	/* Other processes of this user may not look into this one. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	int r = limits_enter(bounds, sizeof bounds / sizeof *bounds, err);
	return r < 0 ? r : filter_enter(&programs[confinement], err);
}

int
sandbox_enter_writing(const struct sandbox_path *paths, size_t n, struct plim_error *err)
{
	int r = forswear_privileges(err);
	if (r == 0)
		r = enter_paths(paths, n, err);
	return r < 0 ? r : sandbox_enter_calls(CONFINED_UNPACK, err);
}

int
sandbox_enter_program(const struct sandbox_path *paths, size_t n, bool whole_machine, struct plim_error *err)
{
	const struct bound bounds[] = {
		{ RLIMIT_AS, LIMIT_SCAN_BYTES, true }, { RLIMIT_CPU, LIMIT_SCAN_S, false }, { RLIMIT_FSIZE, LIMIT_SCAN_RESULT_BYTES, true }, { RLIMIT_CORE, 0, false },
	};
	int r = forswear_privileges(err);
	if (r == 0)
		r = enter_paths(paths, n, err);
	if (r == 0)
		r = limits_enter(bounds, sizeof bounds / sizeof *bounds, err);
	return r < 0 || whole_machine ? r : filter_enter(&of_others, err);
}

int
sandbox_enter(enum confinement confinement, int tree, struct plim_error *err)
{
	int r = sandbox_enter_files(tree, err);
	return r < 0 ? r : sandbox_enter_calls(confinement, err);
}

int
sandbox_enter_live(struct plim_error *err)
{
	int r = forswear_privileges(err);
	return r < 0 ? r : sandbox_enter_calls(CONFINED_LIVE, err);
}

void
sandbox_describe(const struct sandbox_support *support, struct strbuf *into)
{
	strbuf_printf(into, "Landlock           %s", support->landlock ? "yes" : "NO: this kernel does not offer it");
	if (support->landlock)
		strbuf_printf(into, ", version %d: no path%s%s", support->landlock, support->landlock >= 4 ? ", no TCP" : "",
		              support->landlock >= 6 ? ", no signals to others, no abstract sockets" : "");
	strbuf_printf(into, "\nseccomp            %s\n",
	              support->seccomp ? "yes, an allow list of system calls for each kind of process" : "NO: this kernel does not offer it");
	strbuf_puts(into, "no new privileges  yes\n");
	strbuf_printf(into, "resource limits    CPU %ju s, %ju descriptors, answers of %ju MiB", (uintmax_t)LIMIT_WORKER_CPU_S,
	              (uintmax_t)LIMIT_WORKER_FD_COUNT, (uintmax_t)LIMIT_WORKER_ANSWER_BYTES >> 20);
	if (support->memory_limits)
		strbuf_printf(into, ", memory %ju MiB\n", (uintmax_t)LIMIT_WORKER_BYTES >> 20);
	else
		strbuf_puts(into, "; memory is NOT limited: this build carries a sanitizer\n");
}

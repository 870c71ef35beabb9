/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/exec/guard_exec_parts.h"

#include "base/date.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/limits.h"
#include "enforce/guard_orders.h"
#include "gate/events.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct refusal {
	struct exec *exec;
	const struct exec_asked *asked;
	const struct exec_container *container;    /* NULL: none is known */
	struct plim_error why;
	struct slice glass;            /* its name; absent: none was broken */
	struct arena *arena;
	struct slice program, process; /* what runs in who asks: its file, and its name */
	uint64_t uid;
};

/* Nobody writes it while it is compared, nor before it was executed: the kernel breaks the lease for nobody who cannot wait. */
static int
hold(int file, struct plim_error *err)
{
	if (fcntl(file, F_SETLEASE, F_RDLCK) == 0)
		return 0;
	if (errno == EAGAIN)
		return error_set(err, PLIM_EPOLICY, "it is open for writing");
	return error_sys(err, errno, "it cannot be kept from being written");
}

static bool
is_changed(const struct stat *before, int file)
{
	struct stat now;
	return fstat(file, &now) < 0 || now.st_size != before->st_size || now.st_ctim.tv_sec != before->st_ctim.tv_sec || now.st_ctim.tv_nsec != before->st_ctim.tv_nsec;
}

static int
compare(const struct refusal *asking, struct plim_error *err)
{
	const struct exec_asked *asked = asking->asked;
	struct stat before;
	if (asking->container == NULL)
		return error_set(err, PLIM_EPOLICY, "no container is known whose file it is");
	if (asking->container->files < 0)
		return error_set(err, PLIM_EPOLICY, "what the container's image has is not known");
	int r = hold(asked->file, err);
	if (r < 0)
		return r;
	if (fstat(asked->file, &before) < 0)
		return error_sys(err, errno, "it cannot be looked at");
	r = exec_image_has(asking->container->files, asked->inside, asked->file, err);
	if (r < 0)
		return r;
	if (r == 0)
		return error_set(err, PLIM_EPOLICY, "no file of the image has this content, and as many privileges");
	return is_changed(&before, asked->file) ? error_set(err, PLIM_EPOLICY, "it changed while it was compared") : 0;
}

/* Who asks waits for the answer: until then its entries in proc are its own. */
static void
look_at_process(struct refusal *refusal)
{
	char path[64], text[4096] = "";
	struct stat is;
	snprintf(path, sizeof path, "/proc/%d/exe", refusal->asked->pid);
	ssize_t n = readlink(path, text, sizeof text - 1);
	refusal->program = n > 0 ? arena_dup(refusal->arena, (struct slice){ text, (size_t)n }) : SLICE_NONE;
	snprintf(path, sizeof path, "/proc/%d/comm", refusal->asked->pid);
	AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof text);
	refusal->process = n > 0 ? arena_dup(refusal->arena, slice_trim((struct slice){ text, (size_t)n })) : SLICE_NONE;
	refusal->uid = fd >= 0 && fstat(fd, &is) == 0 ? is.st_uid : UINT32_MAX;
}

/* The image's glass: of its id only, for names of images are anybody's to give. */
static struct slice
find_glass(const struct refusal *refusal)
{
	const struct guard_options *options = refusal->exec->options->orders;
	static const struct memory none = { NULL };
	struct plim_error err = { 0 };
	struct orders *orders = NULL;
	struct digest id;
	time_t now = time(NULL);
	if (options == NULL || refusal->container == NULL || refusal->container->image == NULL || !digest_parse(slice_of(refusal->container->image), &id))
		return SLICE_NONE;
	if (orders_load(options, &none, now, &orders, &err) < 0) {
		fprintf(stderr, "guard exec: %s\n", err.text);
		return SLICE_NONE;
	}
	/* The deny list stands above it. */
	const struct assign_glass *glass = orders_denied(orders, &id, SLICE_NONE) ? NULL : assign_glass_find(orders_assign(orders), &id, SLICE_NONE, SLICE_NONE, now / 86400);
	struct slice name = glass ? arena_dup(refusal->arena, glass->name) : SLICE_NONE;
	orders_free(orders);
	return name;
}

static struct digest
digest_file(int file)
{
	static char bytes[65536];
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	uint64_t at = 0;
	ssize_t n;
	if (hasher == NULL)
		return (struct digest){ 0 };
	while (at < LIMIT_GUARD_EXEC_DIGEST_BYTES && (n = pread(file, bytes, sizeof bytes, (off_t)at)) > 0) {
		hasher_add(hasher, (struct slice){ bytes, (size_t)n });
		at += (uint64_t)n;
	}
	return at < LIMIT_GUARD_EXEC_DIGEST_BYTES && n == 0 ? hasher_end(hasher) : (struct digest){ 0 };
}

static const char *
outcome_of(const struct refusal *refusal)
{
	return refusal->exec->options->dry ? "dry run" : refusal->glass.p ? "glass broken" : "refused";
}

static void
tell_person(const struct refusal *refusal, struct slice path)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	const struct exec_container *container = refusal->container;
	strbuf_printf(&text, "guard exec: %s: ", outcome_of(refusal));
	strbuf_printf(&text, "%s:%.12s ", container ? container->engine : "container", container ? container->id : "unknown");
	strbuf_put_printable(&text, path);
	strbuf_puts(&text, " for ");
	strbuf_put_printable(&text, refusal->process);
	strbuf_printf(&text, " (%d): ", refusal->asked->pid);
	strbuf_put_printable(&text, slice_of(refusal->why.text));
	if (!text.failed)
		fprintf(stderr, "%s\n", text.p);
}

static struct slice
text_of(const char *text)
{
	return text && text[0] ? slice_of(text) : SLICE_NONE;
}

static void
record(struct refusal *refusal)
{
	const struct exec_container *container = refusal->container;
	const struct digest digest = digest_file(refusal->asked->file);
	struct slice path = text_of(refusal->asked->path);
	struct plim_error err = { 0 };
	const struct log_field fields[] = {
		LOG_FIELD_TEXT("container", container ? slice_of(container->id) : SLICE_NONE),
		LOG_FIELD_TEXT("name", text_of(container ? container->name : NULL)),
		LOG_FIELD_TEXT("engine", container ? slice_of(container->engine) : SLICE_NONE),
		LOG_FIELD_TEXT("image", text_of(container ? container->image : NULL)),
		LOG_FIELD_TEXT("path", path),
		LOG_FIELD_TEXT("digest", event_digest(refusal->arena, &digest)),
		LOG_FIELD_TEXT("process", refusal->process),
		LOG_FIELD_TEXT("program", refusal->program),
		LOG_FIELD_NUMBER("pid", (uint64_t)refusal->asked->pid),
		LOG_FIELD_NUMBER("uid", refusal->uid),
		LOG_FIELD_TEXT("outcome", slice_of(outcome_of(refusal))),
		LOG_FIELD_TEXT("glass", refusal->glass),
		LOG_FIELD_TEXT("reason", slice_of(refusal->why.text)),
	};
	tell_person(refusal, path.p ? path : SLICE("a file without a name"));
	if (event_record(refusal->exec->options->log, "exec", fields, sizeof fields / sizeof *fields, &err) < 0)
		fprintf(stderr, "guard exec: %s\n", err.text);
}

static void
answer_with(int answer, enum exec_verdict verdict)
{
	char byte = (char)verdict;
	while (write(answer, &byte, 1) < 0 && errno == EINTR)
		;
	close(answer);
}

static void
prepare(void)
{
	sigset_t none;
	sigemptyset(&none);
	signal(SIGIO, SIG_IGN);     /* of a lease that somebody wants to break */
	signal(SIGALRM, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpriority(PRIO_PROCESS, 0, 0);
	alarm((unsigned)(LIMIT_GUARD_EXEC_MS / 1000));
}

void
exec_content(struct exec *exec, const struct exec_asked *asked, int answer)
{
	struct refusal refusal = { .exec = exec, .asked = asked, .arena = arena_new(0) };
	prepare();
	if (asked->container != SIZE_MAX)
		refusal.container = &exec->containers.at[asked->container];
	if (refusal.arena == NULL)
		_exit(1);
	if (compare(&refusal, &refusal.why) == 0) {
		answer_with(answer, EXEC_SAME);
		_exit(0);
	}
	look_at_process(&refusal);
	refusal.glass = find_glass(&refusal);
	fcntl(asked->file, F_SETLEASE, F_UNLCK);
	answer_with(answer, exec->options->dry || refusal.glass.p ? EXEC_ADMITTED : EXEC_REFUSED);
	record(&refusal);
	_exit(0);
}

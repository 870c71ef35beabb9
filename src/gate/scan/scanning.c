/* SPDX-License-Identifier: Apache-2.0 */
/* Finds oscap, unpacks what it shall look at, has it executed. */
#include "gate/scan/scanning.h"

#include "base/error.h"
#include "gate/analysis.h"
#include "gate/job/scan.h"
#include "gate/scan/copying.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

/* As a shell finds it; relative elements of PATH are nobody's wish. */
static int
find_scanner(struct strbuf *out, struct plim_error *err)
{
	const char *path = getenv("PATH");
	struct slice rest = slice_of(path ? path : "/usr/local/bin:/usr/bin:/bin"), folder;
	while (slice_next(&rest, ':', &folder)) {
		strbuf_clear(out);
		strbuf_put(out, folder);
		strbuf_puts(out, "/oscap");
		if (out->failed)
			return error_nomem(err);
		if (folder.n && folder.p[0] == '/' && access(out->p, X_OK) == 0)
			return 0;
	}
	return error_set(err, PLIM_ENOTFOUND, "oscap is not installed: it is in no folder of PATH");
}

static bool
is_live(const struct analysis *analysis)
{
	return analysis->live;
}

static int
can_unpack(const struct analysis *analysis, struct plim_error *err)
{
	if (analysis->recorded || analysis->target.kind == TARGET_DOCUMENT)
		return error_set(err, PLIM_EUNSUPPORTED, "of a stored inventory or a bill of materials there are no files");
	if (!is_live(analysis) && geteuid() != 0)
		return error_set(err, PLIM_EUNSUPPORTED,
		                 "only root, also that of a user namespace with all its users (podman unshare), can unpack it with the owners that its rules ask for");
	return 0;
}

/* A directory that is there already: "/" for the running machine. */
static int
have_tree(struct scanning *scanning, struct analysis *analysis, size_t image, struct plim_error *err)
{
	AUTO(fd) int root = -1;
	int r = can_unpack(analysis, err);
	if (r < 0 || (r = scratch_open(analysis->run, &scanning->scratch, err)) < 0)
		return r;
	if (is_live(analysis)) {
		scanning->root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		return scanning->root < 0 ? error_sys(err, errno, "/") : 0;
	}
	r = scratch_directory(&scanning->scratch, SCAN_TREE, 0755, &root, err);
	if (r == 0 && (r = copying_unpack(analysis, image, scanning->scratch.directory, root, err)) < 0)
		return error_wrap(err, r, "it could not be unpacked");
	scanning->root = fd_take(&root);
	return r;
}

static int
send_order(const struct scanning *scanning, const struct analysis *analysis, const struct scan_wish *wish, struct slice program, int work,
           const char *folder, int channel, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	int fds[] = { work, scanning->root };
	struct scan_order order = { program, is_live(analysis), slice_of(scanning->scratch.path), slice_of(folder), wish->benchmark, wish->packages };
	wire_write(&wire_scan_order, &order, &body);
	if (body.failed)
		return error_nomem(err);
	return channel_send_with(channel, SAY_START, strbuf_slice(&body), fds, 2, err);
}

/* `*answer` is SAY_SCANNED; what is wrong with the scanner is in it. */
static int
scan(struct scanning *scanning, struct analysis *analysis, const struct scan_wish *wish, struct slice program, const int *files,
     struct message *answer, struct plim_error *err)
{
	AUTO(process) struct process worker = { .channel = -1 };
	AUTO(fd) int work = -1;
	char folder[32];
	snprintf(folder, sizeof folder, "scan-%zu", scanning->asked++);
	int r = scratch_directory(&scanning->scratch, folder, 0700, &work, err);
	if (r == 0)
		r = zygote_spawn(analysis->run->zygote, JOB_SCAN, &worker, err);
	if (r == 0)
		r = send_order(scanning, analysis, wish, program, work, folder, worker.channel, err);
	if (r == 0)
		r = channel_send_with(worker.channel, SAY_READ, SLICE(""), files, 2, err);
	return r < 0 ? r : run_expect(analysis->run, &worker, SAY_SCANNED, answer, err);
}

static int
tell_judge(const struct process *judge, const struct scan_answer *answer, int results, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	wire_write(&wire_scan_answer, answer, &body);
	return body.failed ? error_nomem(err) : channel_send_with(judge->channel, SAY_SCANNED, strbuf_slice(&body), &results, results >= 0, err);
}

static int
take_answer(struct message *from, struct arena *arena, struct scan_answer *out, struct plim_error *err)
{
	struct cursor body = cursor_of(from->body);
	int r = wire_read(&wire_scan_answer, &body, arena, out, err);
	return r == 0 && out->trouble.p == NULL && from->fd[0] < 0 ? error_set(err, PLIM_EPROCESS, "no results of a scanner") : r;
}

/* What is wrong with the target is so for each of its profiles. */
static int
try_scan(struct scanning *scanning, struct analysis *analysis, size_t image, const struct scan_wish *wish, const int *files, struct message *answer,
         struct plim_error *err)
{
	AUTO(strbuf) struct strbuf program = { 0 };
	struct watching *watching = &analysis->run->watching;
	int r = find_scanner(&program, err);
	if (r < 0)
		return r;
	if (scanning->trouble.text[0])
		return error_set(err, PLIM_EUNSUPPORTED, "%s", scanning->trouble.text);
	if (scanning->root < 0 && (r = have_tree(scanning, analysis, image, err)) < 0) {
		scanning->trouble = *err;
		return r;
	}
	watching_stage(watching, (struct plim_progress){ .stage = PLIM_STAGE_SCANNING });
	return scan(scanning, analysis, wish, strbuf_slice(&program), files, answer, err);
}

int
scanning_answer(struct scanning *scanning, struct analysis *analysis, const struct process *judge, size_t image, const struct message *wanted,
                struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct scan_wish wish = { 0 };
	struct scan_answer answer = { 0 };
	struct plim_error why = { 0 };
	struct cursor from = cursor_of(wanted->body);
	int r = arena ? wire_read(&wire_scan_wish, &from, arena, &wish, err) : error_nomem(err);
	if (r < 0)
		return r;
	int tried = try_scan(scanning, analysis, image, &wish, wanted->fd, &message, &why);
	if (tried == 0)
		tried = take_answer(&message, arena, &answer, &why);
	if (tried < 0)
		answer = (struct scan_answer){ .trouble = slice_of(why.text) };
	answer.entry = wish.entry;
	return tell_judge(judge, &answer, tried < 0 ? -1 : message.fd[0], err);
}

void
scanning_end(struct run *run, struct scanning *scanning)
{
	auto_fd(&scanning->root);
	scratch_close(run, &scanning->scratch);
	*scanning = SCANNING_NONE;
}

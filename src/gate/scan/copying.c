/* SPDX-License-Identifier: Apache-2.0 */
/* Reads once more, with the bodies, and gives all of it to the process that makes files. */
#include "gate/scan/copying.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>

static void
auto_copies(struct copies *copies)
{
	for (size_t i = 0; copies->files && i < copies->n; i++)
		auto_fd(&copies->files[i]);
	free(copies->files);
}

/* Without a name, so that nothing is left of it; O_TMPFILE is not everywhere. */
int
copies_file(const struct copies *copies, size_t part, int *out, struct plim_error *err)
{
	*out = -1;
	if (copies == NULL)
		return 0;
	if (copies->files[part] < 0) {
		copies->files[part] = openat(copies->directory, "bodies", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (copies->files[part] < 0 || unlinkat(copies->directory, "bodies", 0) < 0)
			return error_sys(err, errno, "a file of bodies");
	}
	*out = copies->files[part];
	return 0;
}

static int
copies_init(const struct analysis *analysis, int scratch, struct copies *out, struct plim_error *err)
{
	*out = (struct copies){ scratch, calloc(analysis->part_count + 1, sizeof *out->files), analysis->part_count };
	for (size_t i = 0; out->files && i < out->n; i++)
		out->files[i] = -1;
	return out->files ? 0 : error_nomem(err);
}

static int
no_gap(const struct analysis *analysis, struct plim_error *err)
{
	for (size_t i = 0; i < analysis->part_count; i++)
		if (analysis->parts[i].gap)
			return error_set(err, PLIM_EUNSUPPORTED, "%s", analysis->parts[i].gap);
	return 0;
}

static int
send_bodies(const struct analysis *analysis, const struct copies *copies, int channel, struct plim_error *err)
{
	/* A tree's are those of the block that is there alone; a compressed archive's say themselves whose they are. */
	bool told = analysis->set && !analysis_is_inside(analysis);
	int r = 0;
	for (size_t i = 0; r == 0 && i < copies->n; i++) {
		AUTO(strbuf) struct strbuf body = { 0 };
		wire_put_u32(&body, told ? (uint32_t)i : UINT32_MAX);
		if (copies->files[i] >= 0)
			r = body.failed ? error_nomem(err) : channel_send_with(channel, SAY_COPY, strbuf_slice(&body), &copies->files[i], 1, err);
	}
	return r;
}

static int
make_files(struct analysis *analysis, size_t image, const struct copies *copies, int root, struct plim_error *err)
{
	AUTO(process) struct process worker = { .channel = -1 };
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	int r = zygote_spawn(analysis->run->zygote, JOB_UNPACK, &worker, err);
	if (r == 0)
		r = channel_send_with(worker.channel, SAY_START, SLICE(""), &root, 1, err);
	analysis_unsend(analysis);
	if (r == 0)
		r = analysis_send(analysis, worker.channel, err);
	if (r == 0)
		r = send_bodies(analysis, copies, worker.channel, err);
	if (r == 0)
		r = say_number(worker.channel, SAY_DONE, (uint32_t)image, SLICE(""), err);
	/* Who refused something has said why. */
	if (r == 0 || r == PLIM_ESYSTEM)
		r = run_expect(analysis->run, &worker, SAY_DONE, &message, err);
	return r;
}

/* With the bodies, into parts of its own. */
static int
read_again(struct analysis *analysis, size_t image, struct copies *copies, int root, struct plim_error *err)
{
	int r = analysis_make_parts(analysis, err);
	if (r == 0) {
		analysis->copies = copies;
		r = analysis_read(analysis, image, err);
		analysis->copies = NULL;
	}
	if (r == 0)
		r = no_gap(analysis, err);
	return r < 0 ? r : make_files(analysis, image, copies, root, err);
}

int
copying_unpack(struct analysis *analysis, size_t image, int scratch, int root, struct plim_error *err)
{
	AUTO(copies) struct copies copies = { 0 };
	struct part *parts = analysis->parts;
	bool set_sent = analysis->set_sent;
	int r = copies_init(analysis, scratch, &copies, err);
	if (r < 0)
		return r;
	analysis->parts = NULL;
	r = read_again(analysis, image, &copies, root, err);
	for (size_t i = 0; analysis->parts && i < analysis->part_count; i++)
		part_done(&analysis->parts[i]);
	free(analysis->parts);
	analysis->parts = parts;
	analysis->set_sent = set_sent;
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Who reads which blob. */
#include "gate/analysis.h"

#include "base/error.h"
#include "process/channel.h"

#include <sys/stat.h>

/* What follows the target's name, with or without its directories; all of it where it is not named. */
static struct slice
behind_name(struct slice text, struct slice target)
{
	struct slice transport, path, rest = text;
	if (!slice_cut(target, ':', &transport, &path))
		path = target;
	else if (!slice_skip(&rest, transport) || !slice_skip(&rest, SLICE(":")))
		return text;
	if (!slice_skip(&rest, path) && !slice_skip(&rest, path_base(path)))
		return text;
	return slice_skip(&rest, SLICE(": ")) ? rest : text;
}

int
analysis_error(struct plim_error *err, int code, const char *target)
{
	if (err == NULL)
		return code;
	struct slice rest = behind_name(slice_of(err->text), slice_of(target));
	memmove(err->text, rest.p, rest.n + 1);
	return error_wrap(err, code, "%s", target);
}

void
analysis_close(struct analysis *analysis)
{
	if (analysis == NULL)
		return;
	for (size_t i = 0; i < analysis->part_count; i++)
		part_done(&analysis->parts[i]);
	free(analysis->parts);
	vec_done(&analysis->extras);
	process_close(&analysis->reader);
	image_set_close(analysis->set);
	remote_done(&analysis->remote);
	if (analysis->target.fd >= 0)
		close(analysis->target.fd);
	arena_free(analysis->arena);
	free(analysis);
}

const struct image_set *
analysis_set(const struct analysis *analysis)
{
	return analysis->set;
}

struct slice
analysis_name(const struct analysis *analysis)
{
	return analysis->target.name;
}

size_t
analysis_count(const struct analysis *analysis)
{
	return analysis->set ? image_set_count(analysis->set) : 1;
}

void
analysis_want(struct analysis *analysis, const struct wishes *wishes)
{
	bool full = analysis->run->level == LEVEL_FULL;
	analysis->hashing = full && wishes->hashing < HASH_EVERYTHING ? HASH_EVERYTHING : wishes->hashing;
	analysis->wished_rows = wishes->rows;
}

struct digest
analysis_plain(const struct analysis *analysis, size_t blob)
{
	return analysis->parts[blob].plain;
}

bool
analysis_is_inside(const struct analysis *analysis)
{
	enum target_kind kind = analysis->target.kind;
	return analysis->set && (kind == TARGET_ARCHIVE || kind == TARGET_ENGINE) && image_set_blob_count(analysis->set) &&
	       image_set_blob(analysis->set, 0)->offset == UINT64_MAX;
}

int
analysis_make_parts(struct analysis *analysis, struct plim_error *err)
{
	/* What the running machine tells comes behind its tree, also where it was recorded. */
	size_t n = analysis->set ? image_set_blob_count(analysis->set) : analysis->live || analysis->recorded ? 2 : 1;
	analysis->parts = calloc(n + 1, sizeof *analysis->parts);
	if (analysis->parts == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		analysis->parts[i].block = -1;
	analysis->part_count = n;
	return 0;
}

int
analysis_new(struct run *run, struct analysis **out, struct plim_error *err)
{
	AUTO(analysis) struct analysis *analysis = malloc(sizeof *analysis);
	if (analysis == NULL)
		return error_nomem(err);
	*analysis = (struct analysis){ .run = run, .target.fd = -1, .reader.channel = -1, .remote = REMOTE_NONE, .arena = arena_new(0) };
	if (analysis->arena == NULL)
		return error_nomem(err);
	*out = ptr_take(&analysis);
	return 0;
}

static int
find_remote(struct analysis *analysis, struct plim_error *err)
{
	const struct target *target = &analysis->target;
	if (target->kind == TARGET_REGISTRY)
		return remote_open(analysis->run, target->address, analysis->arena, &analysis->remote, err);
	if (target->kind == TARGET_ENGINE)
		return remote_open_engine(analysis->run, target->address, analysis->arena, &analysis->remote, err);
	return 0;
}

/* A root that is ours, too: what the kernel says of its processes is about the same machine. */
static bool
is_live(const struct target *target)
{
	struct stat theirs, ours;
	return target->kind == TARGET_HOST && fstat(target->fd, &theirs) == 0 && stat("/", &ours) == 0 && theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

int
analysis_open(struct run *run, const char *target, const char *const *platforms, struct analysis **out, struct plim_error *err)
{
	AUTO(analysis) struct analysis *analysis = NULL;
	int r = analysis_new(run, &analysis, err);
	if (r < 0 || (r = target_open(target, analysis->arena, &analysis->target, err)) < 0 || (r = find_remote(analysis, err)) < 0)
		return r;
	analysis->live = is_live(&analysis->target);
	if (!target_is_tree(analysis->target.kind) && analysis->target.kind != TARGET_DOCUMENT)
		r = analysis_open_documents(analysis, platforms, err);
	if (r < 0 || (r = analysis_make_parts(analysis, err)) < 0)
		return r;
	*out = ptr_take(&analysis);
	return 0;
}

static int
read_wanted(struct analysis *analysis, const bool *wanted, struct plim_error *err)
{
	if (analysis->recorded)
		return analysis_read_inside(analysis, wanted, err);
	if (analysis->set == NULL)
		return analysis_read_tree(analysis, err);
	return analysis_is_inside(analysis) ? analysis_read_inside(analysis, wanted, err) : analysis_read_blobs(analysis, wanted, err);
}

int
analysis_read(struct analysis *analysis, size_t only, struct plim_error *err)
{
	AUTO(free) bool *wanted = calloc(analysis->part_count + 1, sizeof *wanted);
	if (wanted == NULL)
		return error_nomem(err);
	for (size_t i = 0; analysis->set == NULL && i < analysis->part_count; i++)
		wanted[i] = true;
	for (size_t i = 0; analysis->set && i < image_set_count(analysis->set); i++) {
		const struct image *image = image_set_image(analysis->set, i);
		for (size_t k = 0; (only == SIZE_MAX || only == i) && k < image->layer_count; k++)
			wanted[image->layers[k].blob] = true;
	}
	return read_wanted(analysis, wanted, err);
}

static bool
is_known_extra(const struct analysis *analysis, const struct extra *extra)
{
	for (size_t i = 0; i < analysis->extras.n; i++)
		if (analysis->extras.at[i].blob == extra->blob && slice_eq(analysis->extras.at[i].path, extra->path) &&
		    slice_eq(analysis->extras.at[i].known_as, extra->known_as))
			return true;
	return false;
}

int
analysis_read_more(struct analysis *analysis, const struct extra_list *extras, bool *fresh, struct plim_error *err)
{
	AUTO(free) bool *wanted = calloc(analysis->part_count + 1, sizeof *wanted);
	*fresh = false;
	if (wanted == NULL)
		return error_nomem(err);
	for (size_t i = 0; !analysis->recorded && i < extras->n; i++) {
		struct extra extra = extras->at[i];
		if (extra.blob >= analysis->part_count || is_known_extra(analysis, &extra))
			continue;
		struct extra *kept = vec_push(&analysis->extras);
		if (kept == NULL)
			return error_nomem(err);
		*kept = (struct extra){ extra.blob, arena_dup(analysis->arena, extra.path), arena_dup(analysis->arena, extra.known_as) };
		if (kept->path.p == NULL || kept->known_as.p == NULL)
			return error_nomem(err);
		wanted[extra.blob] = *fresh = true;
	}
	return *fresh ? read_wanted(analysis, wanted, err) : 0;
}

void
analysis_unsend(struct analysis *analysis)
{
	analysis->set_sent = false;
	for (size_t i = 0; i < analysis->part_count; i++)
		analysis->parts[i].unsent = true;
}

int
analysis_send(struct analysis *analysis, int judge, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	int r = 0;
	if (analysis->set && !analysis->set_sent) {
		image_set_write(analysis->set, &bytes);
		r = bytes.failed ? error_nomem(err) : channel_send(judge, SAY_SET, strbuf_slice(&bytes), err);
		analysis->set_sent = true;
	}
	for (size_t i = 0; r == 0 && i < analysis->part_count; i++) {
		struct part *part = &analysis->parts[i];
		if (part->unsent && (part->gap || part->block >= 0))
			r = part_send(part, (uint32_t)i, judge, err);
		part->unsent = false;
	}
	return r;
}

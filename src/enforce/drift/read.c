/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One container: its image's layers, as the documents name them, to a judge; over them, or in their place, the directories that it has on this disk.  Each
 * is opened here and read by a process of its own.
 */
#include "enforce/drift/drift.h"

#include "base/error.h"
#include "gate/analysis.h"
#include "gate/judging.h"
#include "process/channel.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct drift_reading {
	struct plim_drift *all;
	struct drifted *out;
	const struct container *container;
	const struct running_container *running;    /* NULL: it does not run */
	struct analysis *analysis;     /* NULL: no image is at hand */
	size_t image;
	struct process judge;
	enum drift_base base;
	struct layer_order order;
	struct id_run own_ids[2];      /* of who does not run: root's alone */
};

static void
auto_drift_reading(struct drift_reading *d)
{
	process_close(&d->judge);
	analysis_close(d->analysis);
}

/* The image. */

static int
find_image(struct drift_reading *d, const char *target, struct plim_error *err)
{
	const struct image_set *set = analysis_set(d->analysis);
	struct digest id = { 0 };
	if (set == NULL)
		return error_set(err, PLIM_EUSAGE, "%s: not an image", target);
	bool known = d->container->image_id.p && digest_parse(d->container->image_id, &id);
	for (size_t i = 0; i < image_set_count(set); i++)
		if (known && digest_eq(&image_set_image(set, i)->config_digest, &id)) {
			d->image = i;
			return 0;
		}
	if (known && d->all->options->image)
		return error_set(err, PLIM_EUSAGE, "%s: the container was made of another image, %.*s", target, SLICE_ARG(d->container->image_id));
	if (image_set_count(set) != 1)
		return error_set(err, PLIM_EUSAGE, "%s: there are %zu images in it, and it is not recorded of which the container was made", target, image_set_count(set));
	return 0;
}

static int
read_image(struct drift_reading *d, const char *target, struct plim_error *err)
{
	const struct wishes all = { .hashing = HASH_EVERYTHING, .rows = true };
	int r = analysis_open(d->all->run, target, NULL, &d->analysis, err);
	if (r < 0 || (r = find_image(d, target, err)) < 0)
		return r;
	analysis_want(d->analysis, &all);
	return analysis_read(d->analysis, d->image, err);
}

static void
note_image(struct drift_reading *d)
{
	const struct image *image = image_set_image(analysis_set(d->analysis), d->image);
	d->out->baseline = BASELINE_IMAGE;
	d->out->config_digest = image->config_digest;
	d->out->manifest_digest = image->manifest_digest;
	d->base = d->container->whole || d->all->options->full ? DRIFT_BASE_WHOLE : DRIFT_BASE_IMAGE;
}

/* Without it what lies below the writable directory stands for it, and nobody says that it is as it was. */
static int
without_image(struct drift_reading *d, struct slice why, struct plim_error *err)
{
	d->base = DRIFT_BASE_LAYERS;
	d->out->baseline = d->container->whole ? BASELINE_NONE : BASELINE_LAYERS;
	if (d->all->options->layers && !d->container->whole)
		return 0;
	return drifted_gap(d->all, d->out, SLICE_NONE, err, "the image is not at hand: %.*s", SLICE_ARG(why));
}

static int
open_image(struct drift_reading *d, struct plim_error *err)
{
	struct plim_error why = { 0 };
	const char *target = d->all->options->image;
	if (d->all->options->layers)
		return without_image(d, SLICE("its driver keeps no layers below"), err);
	if (target == NULL && d->container->target.p)
		target = arena_strz(d->all->arena, d->container->target);
	if (target == NULL)
		return without_image(d, SLICE("nobody recorded which it was (--image TARGET names it, --layers takes the layers below for it)"), err);
	int r = read_image(d, target, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r == 0) {
		note_image(d);
		return 0;
	}
	analysis_close(d->analysis);
	d->analysis = NULL;
	return without_image(d, slice_of(why.text), err);
}

/* Its directories. */

static const struct id_run *
root_run(const struct id_map *map)
{
	for (size_t i = 0; i < map->n; i++)
		if (map->at[i].inside == 0 && map->at[i].count > 0)
			return &map->at[i];
	return NULL;
}

/* Ids are those of the container's user name space, if that is how its root's directory has them. */
static void
find_ids(const struct drift_reading *d, const struct id_map *map, uint32_t owner, struct id_map *out)
{
	const struct id_run *root = d->running ? root_run(map) : NULL;
	*out = (struct id_map){ 0 };
	if (root && root->outside == owner && owner != 0)
		*out = *map;
}

static int
find_owners(struct drift_reading *d, int directory, struct plim_error *err)
{
	static const struct id_map none = { 0 };
	struct stat st;
	if (fstat(directory, &st) < 0 || st.st_uid == 0)
		return 0;
	find_ids(d, d->running ? &d->running->uids : &none, st.st_uid, &d->order.uids);
	find_ids(d, d->running ? &d->running->gids : &none, st.st_gid, &d->order.gids);
	if (d->order.uids.n)
		return 0;
	d->own_ids[0] = (struct id_run){ 0, st.st_uid, 1 };
	d->own_ids[1] = (struct id_run){ 0, st.st_gid, 1 };
	d->order.uids = (struct id_map){ &d->own_ids[0], 1 };
	d->order.gids = (struct id_map){ &d->own_ids[1], 1 };
	return drifted_gap(d->all, d->out, SLICE_NONE, err, "which ids its user name space has is not known%s: owners other than root are as this machine has them",
	                   d->running ? "" : " while it does not run");
}

/* Only what the image is told by is worth cataloguing. */
static enum tree_depth
depth_of(const struct drift_reading *d, size_t layer)
{
	bool stands_for_image = d->base == DRIFT_BASE_LAYERS && layer + d->container->own < d->container->layer_count;
	return stands_for_image ? DEPTH_ALL : DEPTH_FILES;
}

static bool
is_same_directory(const struct container *c, size_t layer, int before)
{
	struct stat was, is;
	AUTO(fd) int now = -1;
	return container_directory_open(c->root, c->layers[layer], &now, NULL) == 0 && fstat(before, &was) == 0 && fstat(now, &is) == 0 && was.st_dev == is.st_dev &&
	       was.st_ino == is.st_ino;
}

static int
read_directory(struct drift_reading *d, size_t layer, struct part *part, struct plim_error *err)
{
	const struct container *c = d->container;
	struct layer_order order = d->order;
	AUTO(fd) int directory = -1;
	int r = container_directory_open(c->root, c->layers[layer], &directory, err);
	if (r < 0)
		return r;
	order.depth = depth_of(d, layer);
	order.wishes = (struct wishes){ .hashing = HASH_EVERYTHING, .rows = true };
	if ((r = drift_read_tree(d->all, directory, &order, &part->block, err)) < 0)
		return r;
	/* One that was removed meanwhile had fewer files than it had. */
	return is_same_directory(c, layer, directory) ? 0 : error_set(err, PLIM_ENOTFOUND, "%.*s: it went away while it was read", SLICE_ARG(c->layers[layer]));
}

static int
send_directory(struct drift_reading *d, size_t layer, uint32_t number, struct plim_error *err)
{
	struct part part = { .block = -1 };
	struct plim_error why = { 0 };
	int r = read_directory(d, layer, &part, &why);
	if (r < 0) {
		part_done(&part);
		part.gap = strdup(why.text);
		r = part.gap ? 0 : PLIM_ENOMEM;
	}
	r = r < 0 ? error_nomem(err) : part_send(&part, number, d->judge.channel, err);
	part_done(&part);
	return r;
}

static int
send_directories(struct drift_reading *d, struct plim_error *err)
{
	const struct container *c = d->container;
	size_t first = d->base == DRIFT_BASE_IMAGE ? c->layer_count - c->own : 0;
	AUTO(fd) int top = -1;
	d->order.marks = c->whole ? MARKS_NONE : c->fuse || (d->running && slice_starts(d->running->root_kind, SLICE("fuse."))) ? MARKS_FUSE : MARKS_KERNEL;
	if (container_directory_open(c->root, c->layers[c->layer_count - 1], &top, NULL) == 0) {
		int r = find_owners(d, top, err);
		if (r < 0)
			return r;
	}
	int r = say_number(d->judge.channel, SAY_SIDE, 1, SLICE(""), err);
	if (r == 0)
		r = say_number(d->judge.channel, SAY_ROOM, (uint32_t)(c->layer_count - first), SLICE(""), err);
	for (size_t i = first; r == 0 && i < c->layer_count; i++)
		r = send_directory(d, i, (uint32_t)(i - first), err);
	return r < 0 ? r : say_number(d->judge.channel, SAY_SIDE, 0, SLICE(""), err);
}

/* The question. */

static int
put_question(struct drift_reading *d, struct strbuf *into, struct plim_error *err)
{
	const struct container *c = d->container;
	const struct running_view *view = d->running ? &d->running->views[0] : NULL;
	size_t n = view ? view->mount_count : c->mount_count;
	AUTO(free) struct slice *mounts = calloc(n + 1, sizeof *mounts);
	if (mounts == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		mounts[i] = view ? view->mounts[i].place : c->mounts[i].place;
	const struct drift_order order = {
		.base = d->base, .own = c->own, .ignore = d->all->ignore, .ignore_count = d->all->ignore_count, .mounts = mounts, .mount_count = n,
	};
	wire_write(&wire_drift_order, &order, into);
	return into->failed ? error_nomem(err) : 0;
}

static int
ask(struct drift_reading *d, struct slice question, struct message *answer, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	if (d->analysis)
		return judging_ask(d->analysis, d->all->run, &d->judge, SAY_DRIFT, d->image, question, answer, err);
	wire_put_u32(&body, 1);
	strbuf_put(&body, question);
	int r = body.failed ? error_nomem(err) : say_number(d->judge.channel, SAY_DRIFT, 0, strbuf_slice(&body), err);
	return r < 0 ? r : judging_answer(d->all->run, &d->judge, SAY_DRIFT, answer, err);
}

static int
judge(struct drift_reading *d, struct plim_error *err)
{
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	AUTO(strbuf) struct strbuf question = { 0 };
	const struct judge_order order = { .target = d->container->id };
	struct wishes ignored = { 0 };
	int r = judging_begin(d->all->run, &order, &d->judge, err);
	if (r < 0 || (r = judging_ready(d->all->run, &d->judge, &ignored, NULL, err)) < 0 || (r = send_directories(d, err)) < 0 ||
	    (r = put_question(d, &question, err)) < 0 || (r = ask(d, strbuf_slice(&question), &answer, err)) < 0)
		return r;
	if (answer.kind != SAY_DRIFT)
		return error_set(err, PLIM_EPROCESS, "the judge spoke out of turn");
	return drift_parse(answer.body, &d->out->drift, err);
}

int
drift_read(struct plim_drift *all, size_t index, struct drifted *out, struct plim_error *err)
{
	const struct container *c = out->container;
	const struct running_container *running = all->running ? &all->running->containers[index] : NULL;
	AUTO(drift_reading) struct drift_reading d = { .all = all, .out = out, .container = c, .running = running && running->view_count ? running : NULL, .judge.channel = -1 };
	struct plim_error why = { 0 };
	if (c->problem.p)
		return drifted_gap(all, out, SLICE_NONE, err, "%.*s", SLICE_ARG(c->problem));
	int r = open_image(&d, err);
	if (r < 0 || out->baseline == BASELINE_NONE)
		return r;
	r = judge(&d, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	return r < 0 ? drifted_gap(all, out, SLICE_NONE, err, "%s", why.text) : 0;
}

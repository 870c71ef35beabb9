/* SPDX-License-Identifier: Apache-2.0 */
/* plim_drift: which containers, one after another, and what it comes to. */
#include "enforce/drift/drift.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/output.h"
#include "gate/analysis.h"
#include "process/channel.h"

#include <stdarg.h>
#include <stdio.h>

const char *const baseline_names[] = { [BASELINE_NONE] = "none", [BASELINE_IMAGE] = "image", [BASELINE_LAYERS] = "layers" };

void
plim_drift_free(struct plim_drift *drift)
{
	if (drift == NULL)
		return;
	for (size_t i = 0; drift->at && i < drift->n; i++) {
		drift_free(drift->at[i].drift);
		vec_done(&drift->at[i].outside);
		vec_done(&drift->at[i].gaps);
	}
	run_end(drift->run);
	containers_done(&drift->containers);
	arena_free(drift->arena);
	free(drift);
}
AUTO_DEFINE(plim_drift, struct plim_drift, plim_drift_free)

int
drifted_gap(struct plim_drift *all, struct drifted *to, struct slice path, struct plim_error *err, const char *format, ...)
{
	char text[1536];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	struct drift_gap *gap = vec_push(&to->gaps);
	if (gap == NULL)
		return error_nomem(err);
	*gap = (struct drift_gap){ path.n ? arena_dup(all->arena, path) : SLICE_NONE, arena_dup(all->arena, slice_of(text)) };
	return gap->reason.p && (gap->path.p || path.n == 0) ? 0 : error_nomem(err);
}

int
drift_read_tree(struct plim_drift *all, int directory, const struct layer_order *order, int *out, struct plim_error *err)
{
	AUTO(process) struct process worker = { .channel = -1 };
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct part part = { .block = -1 };
	wire_write(&wire_layer_order, order, &bytes);
	int r = bytes.failed ? error_nomem(err) : zygote_spawn(all->run->zygote, JOB_TREE, &worker, err);
	if (r < 0 || (r = channel_send_with(worker.channel, SAY_START, strbuf_slice(&bytes), &directory, 1, err)) < 0 ||
	    (r = run_expect(all->run, &worker, SAY_BLOCK, &answer, err)) < 0 || (r = part_take_block(&part, &answer, err)) < 0)
		return r;
	*out = part.block;
	return 0;
}

/* Which containers. */

static bool
is_wanted_engine(const struct plim_drift_options *options, const char *name)
{
	for (size_t i = 0; options->engines && options->engines[i]; i++)
		if (strcmp(options->engines[i], name) == 0)
			return true;
	return options->engines == NULL;
}

static int
check_engines(const struct plim_drift_options *options, struct plim_error *err)
{
	for (size_t i = 0; options->engines && options->engines[i]; i++) {
		size_t k = 0;
		while (container_engines[k] && strcmp(container_engines[k]->name, options->engines[i]) != 0)
			k++;
		if (container_engines[k] == NULL)
			return error_set(err, PLIM_EUSAGE, "'%s' is no engine: docker, podman and containerd are", options->engines[i]);
	}
	return 0;
}

/*
 * An engine that keeps nothing here has no containers, unless somebody says that it is here.  Of one that this user may not look into nobody knows:
 * whoever asks for all is told so.
 */
static int
list_engine(struct plim_drift *all, const struct container_engine *engine, const struct container_places *places, bool demanded, struct plim_error *err)
{
	struct plim_error why = { 0 };
	int r = engine->list(places, &all->containers, &why);
	if (r == 0 || (r == PLIM_ENOTFOUND && !demanded))
		return r;
	if (r == PLIM_ESYSTEM && !demanded)
		return container_unread(&all->containers, engine, SLICE("*"), &why, err);
	return error_set(err, (enum plim_code)r, "%s: %s", engine->name, why.text);
}

static int
list_containers(struct plim_drift *all, struct plim_error *err)
{
	const struct plim_drift_options *options = all->options;
	const struct container_places places = { options->docker_root, options->podman_root, options->containerd_state };
	const char *const named[] = { places.docker, places.podman, places.containerd };
	size_t found = 0;
	for (size_t i = 0; container_engines[i]; i++) {
		if (!is_wanted_engine(options, container_engines[i]->name))
			continue;
		bool demanded = named[i] || options->engines;
		int r = list_engine(all, container_engines[i], &places, demanded, err);
		if (r < 0 && (r != PLIM_ENOTFOUND || demanded))
			return r;
		found += r == 0;
	}
	return found ? 0 : error_set(err, PLIM_ENOTFOUND, "no engine keeps containers on this machine where this user sees them");
}

static int
several(struct slice name, const struct container *a, const struct container *b, struct plim_error *err)
{
	return error_set(err, PLIM_EUSAGE, "'%.*s' could be %.*s of %s or %.*s of %s: write more of its id, or --engine", SLICE_ARG(slice_first(name, 100)),
	                 SLICE_ARG(slice_first(a->id, 64)), a->engine->name, SLICE_ARG(slice_first(b->id, 64)), b->engine->name);
}

/* A whole name or id goes before the beginning of another's. */
static int
find_container(struct containers *containers, struct slice text, const struct container **out, struct plim_error *err)
{
	const struct container *whole = NULL, *begins = NULL, *unread = NULL;
	vec_each(&containers->list, container) {
		bool exact = slice_eq(container->id, text) || (container->name.p && slice_eq(container->name, text));
		if (exact && whole)
			return several(text, whole, container, err);
		if (!exact && container_is_called(container, text) && begins && whole == NULL)
			return several(text, begins, container, err);
		whole = exact ? container : whole;
		begins = !exact && container_is_called(container, text) ? container : begins;
		unread = container->problem.p && container->name.p == NULL ? container : unread;
	}
	*out = whole ? whole : begins;
	if (*out)
		return 0;
	if (unread)
		return error_set(err, PLIM_ENOTFOUND, "there is no container '%.*s'; that of %s with the id %.*s cannot be read: %.*s", SLICE_ARG(slice_first(text, 100)),
		                 unread->engine->name, SLICE_ARG(slice_first(unread->id, 12)), SLICE_ARG(unread->problem));
	return error_set(err, PLIM_ENOTFOUND, "there is no container '%.*s'", SLICE_ARG(slice_first(text, 100)));
}

static int
order_containers(const void *left, const void *right)
{
	const struct container *a = left, *b = right;
	int order = strcmp(a->engine->name, b->engine->name);
	return order ? order : slice_cmp(a->id, b->id);
}

static bool
is_chosen(const struct plim_drift *all, const struct container *container)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->at[i].container == container)
			return true;
	return false;
}

static int
choose(struct plim_drift *all, struct plim_error *err)
{
	const char *const *names = all->options->containers;
	size_t most = all->containers.list.n;
	if (most > 1)
		qsort(all->containers.list.at, most, sizeof *all->containers.list.at, order_containers);
	for (size_t i = 0; names && names[i]; i++)
		most++;
	if ((all->at = arena_make_array(all->arena, most + 1, struct drifted)) == NULL)
		return error_nomem(err);
	for (size_t i = 0; names && names[i]; i++) {
		const struct container *container;
		int r = find_container(&all->containers, slice_of(names[i]), &container, err);
		if (r < 0)
			return r;
		if (!is_chosen(all, container))
			all->at[all->n++].container = container;
	}
	for (size_t i = 0; names == NULL && i < all->containers.list.n; i++)
		all->at[all->n++].container = &all->containers.list.at[i];
	return all->options->image && all->n != 1 ? error_set(err, PLIM_EUSAGE, "--image is of one container, and there are %zu", all->n) : 0;
}

/* What it comes to. */

static void
conclude_one(const struct plim_drift *all, struct drifted *one)
{
	size_t gaps = one->gaps.n + (one->drift ? one->drift->gap_count : 0);
	for (size_t i = 0; one->drift && i < one->drift->change_count; i++)
		one->failing += one->drift->changes[i].severity >= all->severity;
	one->result = one->failing ? RESULT_FAIL : gaps || one->drift == NULL ? RESULT_UNKNOWN : RESULT_PASS;
}

static int
order_outside(const void *left, const void *right)
{
	const struct outside_mount *a = left, *b = right;
	int order = slice_cmp(a->place, b->place);
	order = order ? order : slice_cmp(a->kind, b->kind);
	return order ? order : (a->programs > b->programs) - (a->programs < b->programs);
}

static int
look_at(struct plim_drift *all, size_t index, struct plim_error *err)
{
	struct drifted *one = &all->at[index];
	one->running = all->running && all->running->containers[index].view_count > 0;
	int r = drift_read(all, index, one, err);
	if (r < 0 || (r = drift_outside(all, index, one, err)) < 0 || (r = drift_join(all, index, one, err)) < 0)
		return r;
	if (all->no_running.p && (r = drifted_gap(all, one, SLICE_NONE, err, "%.*s", SLICE_ARG(all->no_running))) < 0)
		return r;
	if (one->gaps.n > 1)
		qsort(one->gaps.at, one->gaps.n, sizeof *one->gaps.at, drift_order_gaps);
	if (one->outside.n > 1)
		qsort(one->outside.at, one->outside.n, sizeof *one->outside.at, order_outside);
	conclude_one(all, one);
	all->result = one->result > all->result ? one->result : all->result;
	return 0;
}

static int
take_options(struct plim_drift *all, struct plim_error *err)
{
	const char *const *ignore = all->options->ignore;
	size_t n = 0;
	while (ignore && ignore[n])
		n++;
	all->severity = SEVERITY_MEDIUM;
	all->full = all->options->full;
	all->ignore = arena_make_array(all->arena, n + 1, struct slice);
	if (all->ignore == NULL)
		return error_nomem(err);
	for (; all->ignore_count < n; all->ignore_count++)
		all->ignore[all->ignore_count] = slice_of(ignore[all->ignore_count]);
	const char *severity = all->options->severity;
	if (severity && (!severity_parse(slice_of(severity), &all->severity) || all->severity < SEVERITY_LOW))
		return error_set(err, PLIM_EUSAGE, "'%s' is no severity: write low, medium, high or critical", severity);
	return check_engines(all->options, err);
}

int
plim_drift(const struct plim_drift_options *options, struct plim_drift **out, struct plim_error *err)
{
	struct plim_error ignored;
	AUTO(plim_drift) struct plim_drift *all = calloc(1, sizeof *all);
	if (all == NULL)
		return error_nomem(err);
	err = err ? err : &ignored;
	all->options = options;
	all->result = RESULT_PASS;
	if ((all->arena = arena_new(0)) == NULL || (all->containers.arena = arena_new(0)) == NULL)
		return error_nomem(err);
	int r = take_options(all, err);
	if (r < 0 || (r = run_start(options->run, &all->run, err)) < 0 || (r = list_containers(all, err)) < 0 || (r = choose(all, err)) < 0 ||
	    (r = running_read(all, err)) < 0)
		return r;
	for (size_t i = 0; r == 0 && i < all->n; i++)
		r = look_at(all, i, err);
	watching_end(&all->run->watching);
	if (r < 0)
		return r;
	all->options = NULL;
	*out = ptr_take(&all);
	return 0;
}

enum plim_result
plim_drift_result(const struct plim_drift *drift)
{
	return drift->result == RESULT_FAIL ? PLIM_FAIL : drift->result == RESULT_PASS ? PLIM_PASS : PLIM_UNKNOWN;
}

static const struct drift_writer *const drift_writers[] = { &drift_text, &drift_json, NULL };

const char *
plim_drift_format_name(unsigned index)
{
	for (unsigned i = 0; drift_writers[i]; i++)
		if (i == index)
			return drift_writers[i]->name;
	return NULL;
}

int
plim_drift_write(const struct plim_drift *drift, const char *format, const struct plim_report_options *options, FILE *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; drift_writers[i]; i++)
		if (strcmp(drift_writers[i]->name, format) == 0) {
			drift_writers[i]->write(drift, options, &text);
			return output_text(&text, into, err);
		}
	return error_set(err, PLIM_EUSAGE, "there is no report format '%s'", format);
}

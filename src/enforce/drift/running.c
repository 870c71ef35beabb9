/* SPDX-License-Identifier: Apache-2.0 */
/* Processes of containers: who runs what changed, and what runs that is in no file. */
#include "enforce/drift/drift.h"

#include "base/error.h"
#include "base/map.h"
#include "process/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int
ask_running(struct plim_drift *all, int proc, struct plim_error *err)
{
	AUTO(process) struct process worker = { .channel = -1 };
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	AUTO(strbuf) struct strbuf body = { 0 };
	AUTO(free) struct running_asked *asked = calloc(all->n + 1, sizeof *asked);
	for (size_t i = 0; asked && i < all->n; i++) {
		const struct container *container = all->at[i].container;
		asked[i].directory = container->mark.n ? container->mark : SLICE("/ no directory");
		asked[i].id = container->problem.p ? SLICE("") : container->id;
	}
	const struct running_order order = { asked, all->n };
	wire_write(&wire_running_order, &order, &body);
	int r = asked == NULL || body.failed ? error_nomem(err) : zygote_spawn(all->run->zygote, JOB_RUNNING, &worker, err);
	if (r < 0 || (r = channel_send_with(worker.channel, SAY_START, strbuf_slice(&body), &proc, 1, err)) < 0 ||
	    (r = run_expect(all->run, &worker, SAY_DONE, &answer, err)) < 0)
		return r;
	struct slice kept = arena_dup(all->arena, answer.body);
	struct running *running = arena_make(all->arena, struct running);
	struct cursor from = cursor_of(kept);
	if (kept.p == NULL || running == NULL)
		return error_nomem(err);
	if ((r = wire_read(&wire_running, &from, all->arena, running, err)) < 0)
		return r;
	for (size_t i = 0; i < running->process_count; i++)
		if (running->processes[i].container >= all->n)
			return error_set(err, PLIM_EPROCESS, "the process that read /proc speaks of no container");
	if (running->container_count != all->n)
		return error_set(err, PLIM_EPROCESS, "the process that read /proc speaks of other containers");
	all->running = running;
	return 0;
}

/* What cannot be looked into hides no change of a file: it is said, and the rest goes on. */
int
running_read(struct plim_drift *all, struct plim_error *err)
{
	struct plim_error why = { 0 };
	AUTO(fd) int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = proc < 0 ? error_sys(&why, errno, "/proc") : ask_running(all, proc, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r == 0 && all->running->refused && geteuid() == 0)
		all->no_running = arena_printf(all->arena, "%ju processes of containers may not be looked into", (uintmax_t)all->running->refused);
	else if (r < 0)
		all->no_running = arena_printf(all->arena, "which processes run is not known: %s", why.text);
	return 0;
}

/* Joining. */

struct drift_joining {
	struct plim_drift *all;
	struct drift *drift;
	struct map by_path;            /* to the index of the change plus one */
	VEC(struct drift_change) added;
};

static void
auto_drift_joining(struct drift_joining *j)
{
	map_done(&j->by_path);
	vec_done(&j->added);
}

static int
add_process(struct drift_joining *j, struct drift_change *change, const struct running_process *process, const struct running_file *file, struct plim_error *err)
{
	size_t n = change->process_count;
	if (n && change->processes[n - 1].pid == process->pid)
		return 0;
	struct drift_process *processes = arena_make_array(j->drift->arena, n + 1, struct drift_process);
	if (processes == NULL)
		return error_nomem(err);
	if (n)
		memcpy(processes, change->processes, n * sizeof *processes);
	processes[n] = (struct drift_process){ process->pid, arena_dup(j->drift->arena, process->name), file->via };
	change->processes = processes;
	change->process_count = n + 1;
	return processes[n].name.p ? 0 : error_nomem(err);
}

/* What only stands among arguments may be read, not run. */
static bool
is_used(const struct drift_change *change)
{
	for (size_t i = 0; i < change->process_count; i++)
		if (!slice_is(change->processes[i].via, "argument"))
			return true;
	return false;
}

/* Worse than what lies there is what is used. */
static void
make_worse(struct drift_change *change, const struct running_file *file)
{
	bool run = slice_is(file->via, "run");
	if (change->kind == DRIFT_RUNS)
		change->severity = run ? drift_class_severity(DRIFT_MEMORY) : change->severity;
	else if (change->kind != DRIFT_REMOVED && change->severity >= SEVERITY_MEDIUM && change->severity < SEVERITY_CRITICAL)
		change->severity++;
}

static struct drift_change *
change_at(struct drift_joining *j, size_t place)
{
	return place <= j->drift->change_count ? &j->drift->changes[place - 1] : &j->added.at[place - 1 - j->drift->change_count];
}

/* A program that is in no file is drift itself; code that is mapped from nowhere may be what a compiler at run time made. */
static int
add_unfiled(struct drift_joining *j, const struct running_file *file, void **place, struct plim_error *err)
{
	struct drift_change *change = vec_push(&j->added);
	if (change == NULL)
		return error_nomem(err);
	*change = (struct drift_change){ .kind = DRIFT_RUNS, .path = file->path, .type = file->in_memory ? SLICE("memory") : SLICE("deleted"),
		                         .class = DRIFT_MEMORY, .severity = SEVERITY_MEDIUM };
	*place = (void *)(uintptr_t)(j->drift->change_count + j->added.n);
	return 0;
}

/* In the map a file that is gone is another than the one that has its name now. */
static int
join_file(struct drift_joining *j, const struct running_process *process, const struct running_file *file, struct plim_error *err)
{
	struct slice key = file->gone ? arena_printf(j->all->arena, "gone:%.*s", SLICE_ARG(file->path)) : file->path;
	if (key.p == NULL)
		return error_nomem(err);
	if (file->gone && drift_is_ignored(j->all->ignore, j->all->ignore_count, file->path))
		return 0;
	void **place = file->gone ? map_place(&j->by_path, key) : NULL, *found = map_find(&j->by_path, key);
	if (file->gone && place == NULL)
		return error_nomem(err);
	int r = place && *place == NULL ? add_unfiled(j, file, place, err) : 0;
	size_t at = (size_t)(uintptr_t)(place ? *place : found);
	if (r < 0 || at == 0)
		return r;
	struct drift_change *change = change_at(j, at);
	bool used = is_used(change);
	r = add_process(j, change, process, file, err);
	if (r == 0 && !slice_is(file->via, "argument") && (!used || change->kind == DRIFT_RUNS))
		make_worse(change, file);
	return r;
}

static int
note_changes(struct drift_joining *j, struct plim_error *err)
{
	for (size_t i = 0; i < j->drift->change_count; i++) {
		void **place = map_place(&j->by_path, j->drift->changes[i].path);
		if (place == NULL)
			return error_nomem(err);
		*place = (void *)(uintptr_t)(i + 1);
	}
	return 0;
}

int
drift_join(struct plim_drift *all, size_t index, struct drifted *out, struct plim_error *err)
{
	AUTO(drift_joining) struct drift_joining j = { .all = all, .drift = out->drift };
	int r = out->drift ? note_changes(&j, err) : 0;
	if (out->drift == NULL || all->running == NULL)
		return r;
	for (size_t i = 0; r == 0 && i < all->running->process_count; i++) {
		const struct running_process *process = &all->running->processes[i];
		for (size_t k = 0; r == 0 && process->container == index && k < process->file_count; k++)
			r = join_file(&j, process, &process->files[k], err);
	}
	if (r == 0 && all->running->containers[index].strange)
		r = drifted_gap(all, out, SLICE_NONE, err, "process %ju of it has another root than the container's: what runs there is not known",
		                (uintmax_t)all->running->containers[index].strange);
	return r < 0 ? r : drift_append(j.drift, j.added.at, j.added.n, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* proc(5): /proc/PID/status and cmdline, beside the links that were read before. */
#include "catalog/live/inside.h"

#include "base/error.h"
#include "base/limits.h"

#include <errno.h>
#include <stdio.h>

/* Four ids a line: real, effective, saved, of the file system. */
static void
take_ids(struct slice line, struct slice *real, struct slice *effective, struct slice *saved)
{
	slice_word(&line, real);
	slice_word(&line, effective);
	slice_word(&line, saved);
}

void
live_take_status(struct slice status, struct slice *fields)
{
	fields[PROCESSES_NAME] = live_value(status, "Name");
	fields[PROCESSES_STATE] = slice_first(live_value(status, "State"), 1);
	fields[PROCESSES_PARENT] = live_value(status, "PPid");
	fields[PROCESSES_THREADS] = live_value(status, "Threads");
	take_ids(live_value(status, "Uid"), &fields[PROCESSES_UID], &fields[PROCESSES_EUID], &fields[PROCESSES_SUID]);
	take_ids(live_value(status, "Gid"), &fields[PROCESSES_GID], &fields[PROCESSES_EGID], &fields[PROCESSES_SGID]);
}

/* Each argument ends in a NUL; who changed them may have left more. */
static struct slice
take_arguments(struct strbuf *text)
{
	struct slice arguments = strbuf_slice(text);
	while (slice_skip_end(&arguments, (struct slice){ "", 1 }))
		continue;
	for (size_t i = 0; i < arguments.n; i++)
		if (text->p[i] == '\0')
			text->p[i] = ' ';
	return arguments;
}

/* A positive errno where it is gone, or hidden. */
static int
process_add(struct live_reading *reading, const struct process_links *links, struct plim_error *err)
{
	char path[48];
	AUTO(strbuf) struct strbuf status = { 0 };
	struct slice fields[PROCESSES_FIELD_COUNT] = { 0 };
	struct live_number pid;
	snprintf(path, sizeof path, "%ju/status", (uintmax_t)links->pid);
	int number = live_file(reading, reading->proc, path);
	if (number)
		return number;
	strbuf_put(&status, strbuf_slice(&reading->text));
	if (status.failed)
		return error_nomem(err);
	live_take_status(strbuf_slice(&status), fields);
	snprintf(path, sizeof path, "%ju/cmdline", (uintmax_t)links->pid);
	if ((number = live_file(reading, reading->proc, path)))
		return number;
	fields[PROCESSES_CMDLINE] = slice_first(take_arguments(&reading->text), LIMIT_ROW_TEXT_BYTES);
	fields[PROCESSES_PID] = live_decimal(&pid, links->pid);
	fields[PROCESSES_PATH] = links->is_kernel ? SLICE("") : links->path;
	fields[PROCESSES_CWD] = links->cwd;
	fields[PROCESSES_ROOT] = links->root;
	fields[PROCESSES_ON_DISK] = links->on_disk < 0 ? SLICE("-1") : links->on_disk ? SLICE("1") : SLICE("0");
	int r = live_row(reading, LIVE_PROCESSES, fields, PROCESSES_FIELD_COUNT, err);
	if (r == 0 && reading->text.n > LIMIT_ROW_TEXT_BYTES)
		r = live_problem(reading, "processes.cmdline", err, "process %ju: arguments longer than limit ROW_TEXT_BYTES", (uintmax_t)links->pid);
	return r;
}

static int
tell_hidden(struct live_reading *reading, struct plim_error *err)
{
	static const char *const columns[] = { "processes.path", "processes.cwd", "processes.root", "processes.on_disk" };
	int r = 0;
	for (size_t i = 0; r == 0 && reading->links->refused && i < sizeof columns / sizeof *columns; i++)
		r = live_problem(reading, columns[i], err, "only root may see it of %zu of the processes", reading->links->refused);
	return r;
}

/* The option hidepid of the mount at /proc, absent where there is none: a number, or a word. */
static struct slice
hiding_option(struct slice mounts)
{
	struct slice line, word[4], option;
	while (slice_next(&mounts, '\n', &line)) {
		for (size_t i = 0; i < 4; i++)
			if (!slice_word(&line, &word[i]))
				word[i] = SLICE_NONE;
		while (slice_is(word[1], "/proc") && slice_next(&word[3], ',', &option))
			if (slice_skip(&option, SLICE("hidepid=")))
				return option;
	}
	return SLICE_NONE;
}

/* Processes of others are then not in the list at all, or cannot be looked at. */
static int
tell_hiding(struct live_reading *reading, struct plim_error *err)
{
	if (reading->links->privileged)
		return 0;
	int number = live_file(reading, reading->proc, "self/mounts");
	if (number)
		return live_unread(reading, "processes", "self/mounts", number, err);
	struct slice option = hiding_option(strbuf_slice(&reading->text));
	bool hides = option.n && !slice_is(option, "0") && !slice_is(option, "off");
	int r = hides ? live_problem(reading, "processes", err, "/proc hides processes of others (hidepid=%.*s) from who is not root", SLICE_ARG(slice_first(option, 20))) : 0;
	return r == 0 && hides ? live_problem(reading, "listening_ports.pid", err, "/proc hides processes of others from who is not root") : r;
}

int
live_processes(struct live_reading *reading, struct plim_error *err)
{
	size_t hidden = 0;
	int last = 0, r = tell_hidden(reading, err);
	if (r == 0)
		r = tell_hiding(reading, err);
	for (size_t i = 0; r == 0 && i < reading->links->process_count; i++) {
		int number = process_add(reading, &reading->links->processes[i], err);
		if (number < 0)
			return number;
		hidden += number != 0 && number != ENOENT && number != ESRCH;
		last = number && number != ENOENT && number != ESRCH ? number : last;
	}
	struct plim_error why = { 0 };
	error_sys(&why, last, "%zu of them could not be read", hidden);
	return r == 0 && hidden ? live_problem(reading, "processes", err, "%s", why.text) : r;
}

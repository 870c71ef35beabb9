/* SPDX-License-Identifier: Apache-2.0 */
/* proc(5): the kernel, its modules, what is mounted, since when it runs and on what. */
#include "catalog/live/inside.h"

#include "base/error.h"
#include "codec/proc.h"

#include <errno.h>

static const char release_path[] = "sys/kernel/osrelease";

/* One word is the program's, one the root's, the rest are arguments. */
static void
take_command_line(struct slice line, struct slice *fields, struct strbuf *arguments)
{
	struct slice word;
	while (slice_word(&line, &word)) {
		struct slice value = word;
		if (slice_skip(&value, SLICE("BOOT_IMAGE=")))
			fields[KERNEL_INFO_PATH] = value;
		else if (slice_skip(&value, SLICE("root=")))
			fields[KERNEL_INFO_DEVICE] = value;
		else {
			strbuf_puts(arguments, arguments->n ? " " : "");
			strbuf_put(arguments, word);
		}
	}
	fields[KERNEL_INFO_ARGUMENTS] = strbuf_slice(arguments);
}

int
live_kernel(struct live_reading *reading, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf release = { 0 };
	AUTO(strbuf) struct strbuf arguments = { 0 };
	struct slice fields[KERNEL_INFO_FIELD_COUNT] = { 0 };
	int number = live_file(reading, reading->proc, release_path);
	if (number)
		return live_unread(reading, "kernel_info", release_path, number, err);
	strbuf_put(&release, slice_trim(strbuf_slice(&reading->text)));
	fields[KERNEL_INFO_VERSION] = strbuf_slice(&release);
	if ((number = live_file(reading, reading->proc, "cmdline")))
		return live_unread(reading, "kernel_info", "cmdline", number, err);
	take_command_line(strbuf_slice(&reading->text), fields, &arguments);
	if (release.failed || arguments.failed)
		return error_nomem(err);
	return live_row(reading, LIVE_KERNEL_INFO, fields, KERNEL_INFO_FIELD_COUNT, err);
}

int
live_take_modules(struct live_reading *reading, struct slice rest, struct plim_error *err)
{
	struct slice line;
	int r = 0;
	while (r == 0 && slice_next(&rest, '\n', &line)) {
		struct slice fields[KERNEL_MODULES_FIELD_COUNT] = { 0 }, users;
		if (line.n == 0)
			continue;
		if (!slice_word(&line, &fields[KERNEL_MODULES_NAME]) || !slice_word(&line, &fields[KERNEL_MODULES_SIZE]) || !slice_word(&line, &users) ||
		    !slice_word(&line, &fields[KERNEL_MODULES_USED_BY]) || !slice_word(&line, &fields[KERNEL_MODULES_STATUS]))
			return live_problem(reading, "kernel_modules", err, "/proc/modules: a line of another form");
		slice_skip_end(&fields[KERNEL_MODULES_USED_BY], SLICE(","));
		r = live_row(reading, LIVE_KERNEL_MODULES, fields, KERNEL_MODULES_FIELD_COUNT, err);
	}
	return r;
}

/* A kernel without modules has no list of them. */
int
live_modules(struct live_reading *reading, struct plim_error *err)
{
	int number = live_file(reading, reading->proc, "modules");
	if (number)
		return number == ENOENT ? 0 : live_unread(reading, "kernel_modules", "modules", number, err);
	return live_take_modules(reading, strbuf_slice(&reading->text), err);
}

static struct slice
unescaped(struct strbuf *into, struct slice text)
{
	strbuf_clear(into);
	mount_put_name(into, text);
	return strbuf_slice(into);
}

int
live_take_mounts(struct live_reading *reading, struct slice rest, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf device = { 0 };
	AUTO(strbuf) struct strbuf path = { 0 };
	struct slice line;
	int r = 0;
	while (r == 0 && slice_next(&rest, '\n', &line)) {
		struct slice fields[MOUNTS_FIELD_COUNT] = { 0 };
		if (line.n == 0)
			continue;
		if (!slice_word(&line, &fields[MOUNTS_DEVICE]) || !slice_word(&line, &fields[MOUNTS_PATH]) || !slice_word(&line, &fields[MOUNTS_TYPE]) ||
		    !slice_word(&line, &fields[MOUNTS_FLAGS]))
			return live_problem(reading, "mounts", err, "/proc/self/mounts: a line of another form");
		fields[MOUNTS_DEVICE] = unescaped(&device, fields[MOUNTS_DEVICE]);
		fields[MOUNTS_PATH] = unescaped(&path, fields[MOUNTS_PATH]);
		r = device.failed || path.failed ? error_nomem(err) : live_row(reading, LIVE_MOUNTS, fields, MOUNTS_FIELD_COUNT, err);
	}
	return r;
}

int
live_mounts(struct live_reading *reading, struct plim_error *err)
{
	int number = live_file(reading, reading->proc, "self/mounts");
	return number ? live_unread(reading, "mounts", "self/mounts", number, err) : live_take_mounts(reading, strbuf_slice(&reading->text), err);
}

int
live_uptime(struct live_reading *reading, struct plim_error *err)
{
	struct slice whole, rest;
	uint64_t total;
	struct live_number room[5];
	int number = live_file(reading, reading->proc, "uptime");
	if (number)
		return live_unread(reading, "uptime", "uptime", number, err);
	if (!slice_cut(strbuf_slice(&reading->text), '.', &whole, &rest) || !slice_to_u64(whole, 10, &total))
		return live_problem(reading, "uptime", err, "/proc/uptime: a line of another form");
	const struct slice fields[UPTIME_FIELD_COUNT] = {
		[UPTIME_DAYS] = live_decimal(&room[0], total / 86400), [UPTIME_HOURS] = live_decimal(&room[1], total / 3600 % 24),
		[UPTIME_MINUTES] = live_decimal(&room[2], total / 60 % 60), [UPTIME_SECONDS] = live_decimal(&room[3], total % 60),
		[UPTIME_TOTAL_SECONDS] = live_decimal(&room[4], total),
	};
	return live_row(reading, LIVE_UPTIME, fields, UPTIME_FIELD_COUNT, err);
}

/* Processors are paragraphs; not every architecture names them. */
static uint64_t
count_processors(struct slice text)
{
	uint64_t n = 0;
	struct slice line;
	while (slice_next(&text, '\n', &line))
		n += slice_skip(&line, SLICE("processor")) && slice_starts(slice_trim(line), SLICE(":"));
	return n;
}

int
live_system(struct live_reading *reading, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf host = { 0 };
	AUTO(strbuf) struct strbuf brand = { 0 };
	struct live_number cores, bytes;
	struct slice fields[SYSTEM_INFO_FIELD_COUNT] = { 0 }, memory, word;
	uint64_t kilobytes;
	int number = live_file(reading, reading->proc, "sys/kernel/hostname");
	if (number)
		return live_unread(reading, "system_info", "sys/kernel/hostname", number, err);
	strbuf_put(&host, slice_trim(strbuf_slice(&reading->text)));
	fields[SYSTEM_INFO_HOSTNAME] = strbuf_slice(&host);
	if (live_file(reading, reading->proc, "cpuinfo") == 0) {
		struct slice text = strbuf_slice(&reading->text), name = live_value(text, "model name\t");
		uint64_t n = count_processors(text);
		strbuf_put(&brand, name);
		fields[SYSTEM_INFO_CPU_BRAND] = name.n ? strbuf_slice(&brand) : SLICE_NONE;
		fields[SYSTEM_INFO_CPU_LOGICAL_CORES] = n ? live_decimal(&cores, n) : SLICE_NONE;
	}
	memory = live_file(reading, reading->proc, "meminfo") == 0 ? live_value(strbuf_slice(&reading->text), "MemTotal") : SLICE_NONE;
	if (slice_word(&memory, &word) && slice_to_u64(word, 10, &kilobytes) && kilobytes < UINT64_MAX / 1024)
		fields[SYSTEM_INFO_PHYSICAL_MEMORY] = live_decimal(&bytes, kilobytes * 1024);
	return host.failed || brand.failed ? error_nomem(err) : live_row(reading, LIVE_SYSTEM_INFO, fields, SYSTEM_INFO_FIELD_COUNT, err);
}

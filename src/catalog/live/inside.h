/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of proc share. */
#ifndef CATALOG_LIVE_INSIDE_H
#define CATALOG_LIVE_INSIDE_H

#include "base/strbuf.h"
#include "catalog/live/live.h"

struct live_reading {
	int proc;
	const struct live_links *links;
	struct block_builder *into;
	struct strbuf text;    /* of the file at hand */
};

/* A whole file below `directory` into reading->text: 0, or a positive errno. */
int live_file(struct live_reading *reading, int directory, const char *path);

int live_row(struct live_reading *reading, enum live_kind kind, const struct slice *fields, size_t n, struct plim_error *err);
/* What is missing of a table ("processes", "listening_ports.pid"). */
int live_problem(struct live_reading *reading, const char *table, struct plim_error *err, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A file that could not be read, without which `table` has no rows. */
int live_unread(struct live_reading *reading, const char *table, const char *path, int number, struct plim_error *err);

/* Decimal digits of a number, in the caller's room. */
struct live_number {
	char text[24];
};
struct slice live_decimal(struct live_number *room, uint64_t number);
/* The value of the line "NAME:" in a text of such lines, trimmed; absent where there is none. */
struct slice live_value(struct slice text, const char *name);

/* The parsers: pure, but for the rows that they add. */
int live_take_ports(struct live_reading *reading, size_t table, struct slice text, struct plim_error *err);    /* 0 to 3: tcp, tcp6, udp, udp6 */
int live_take_unix(struct live_reading *reading, struct slice text, struct plim_error *err);
int live_take_modules(struct live_reading *reading, struct slice text, struct plim_error *err);
int live_take_mounts(struct live_reading *reading, struct slice text, struct plim_error *err);
/* Fills `fields` (PROCESSES_FIELD_COUNT of them) from status. */
void live_take_status(struct slice status, struct slice *fields);

typedef int live_reader(struct live_reading *reading, struct plim_error *err);
live_reader live_processes, live_sockets, live_kernel, live_modules, live_mounts, live_system_controls, live_uptime, live_system;

#endif

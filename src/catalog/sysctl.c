/* SPDX-License-Identifier: Apache-2.0 */
/* sysctl.d(5): one setting a line. */
#include "catalog/system_controls.h"

#include "base/strbuf.h"
#include "base/error.h"
#include "catalog/config_lines.h"

/* A name may be written with slashes, then its dots are its own: the first of both tells which. */
static struct slice
dotted(struct strbuf *into, struct slice name)
{
	size_t slash = slice_find(name, '/'), dot = slice_find(name, '.');
	strbuf_clear(into);
	if (!slice_skip(&name, SLICE("/proc/sys/")))
		slice_skip(&name, SLICE("/"));
	for (size_t i = 0; i < name.n; i++)
		strbuf_putc(into, slash > dot || slash == SIZE_MAX ? name.p[i] : name.p[i] == '/' ? '.' : name.p[i] == '.' ? '/' : name.p[i]);
	return strbuf_slice(into);
}

/* "-NAME" takes a name out of what wildcards mean; "-NAME = VALUE" may fail. */
static int
take_line(void *rows, struct slice line, uint32_t number, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf room = { 0 };
	struct slice name, value;
	if (line.p[0] == ';')
		return 0;
	bool assigned = slice_cut(line, '=', &name, &value), minus = slice_skip(&name, SLICE("-"));
	name = slice_trim(name);
	if (name.n == 0 || (!assigned && !minus))
		return rows_problem(rows, err, "line %u: no assignment", number);
	const struct slice fields[SYSCTL_FIELD_COUNT] = {
		[SYSCTL_NAME] = dotted(&room, name), [SYSCTL_VALUE] = assigned ? slice_trim(value) : SLICE_NONE, [SYSCTL_OPTIONAL] = minus ? SLICE("1") : SLICE("0"),
	};
	return room.failed ? error_nomem(err) : rows_add(rows, ROW_SYSCTL, number, fields, SYSCTL_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	(void)path;
	return config_each_line(body, false, take_line, rows, err);
}

const struct cataloger cataloger_sysctl = {
	.name = "sysctl",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/sysctl.conf", "etc/sysctl.d/*.conf", "run/sysctl.d/*.conf", "usr/local/lib/sysctl.d/*.conf", "usr/lib/sysctl.d/*.conf",
	                                "lib/sysctl.d/*.conf", NULL },
	.roots = (const char *const[]){ "etc/sysctl.conf", "etc/sysctl.d/99-sysctl.conf", NULL },
	.extract = extract,
};

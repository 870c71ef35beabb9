/* SPDX-License-Identifier: Apache-2.0 */
/* plim_policy_import: the files are an organisation's own, as its policies are, and are read where those are. */
#include <plimsoll/policy.h>

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/output.h"
#include "policy/import.h"
#include "store/atomic.h"

#include <fcntl.h>

static const struct format {
	const char *name;
	import_read_fn *read;
	const char *policy;
} formats[] = { { "osquery", import_read_osquery, "imported/osquery" }, { "fleet", import_read_fleet, "imported/fleet" } };

static const struct format *
format_find(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

static int
read_one(const struct format *format, const char *path, struct imports *into, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	size_t size;
	int r = file_read(AT_FDCWD, path, LIMIT_POLICY_BYTES, &text, &size, err);
	into->file = arena_dup(into->arena, path_base(slice_of(path)));
	if (r < 0)
		return r;
	return into->file.p ? format->read(into, (struct slice){ text, size }, err) : error_nomem(err);
}

static int
import(const struct format *format, const struct plim_policy_import_options *options, const char *const *files, struct imports *imports,
       struct strbuf *policy, struct strbuf *notes, struct plim_error *err)
{
	const struct import_terms terms = { slice_of(options->name ? options->name : format->policy), options->warns };
	int r = imports->arena ? 0 : error_nomem(err);
	for (size_t i = 0; r == 0 && files[i]; i++)
		r = read_one(format, files[i], imports, err);
	return r == 0 ? import_write(imports, &terms, policy, notes, err) : r;
}

int
plim_policy_import(const struct plim_policy_import_options *options, const char *const *files, FILE *into, FILE *warnings, struct plim_error *err)
{
	const struct format *format = format_find(options->format);
	AUTO(arena) struct arena *arena = arena_new(LIMIT_POLICY_BYTES * 32);
	AUTO(strbuf) struct strbuf policy = { 0 };
	AUTO(strbuf) struct strbuf notes = { 0 };
	struct imports imports = { .arena = arena };
	struct plim_error ignored = { 0 };
	if (format == NULL)
		return error_set(err, PLIM_EUSAGE, "'%s': no format that is imported; there are osquery and fleet", options->format);
	int r = import(format, options, files, &imports, &policy, &notes, err);
	vec_done(&imports.all);
	output_text(&notes, warnings, &ignored);
	if (r < 0)
		return r;
	return options->output ? atomic_write(options->output, 0644, strbuf_slice(&policy), err) : output_text(&policy, into, err);
}

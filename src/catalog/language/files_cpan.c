/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a Perl distribution has: auto/Try/Tiny/.packlist, a path a line, "PATH type=file" in some. */
#include "catalog/files.h"

#include "base/cursor.h"
#include "base/error.h"
#include "catalog/language/cpan.h"

void
cpan_packlist_name(struct strbuf *name, struct slice directory)
{
	size_t at = slice_find_text(directory, SLICE("/auto/"));
	struct slice rest = at == SIZE_MAX ? SLICE("perl") : slice_from(directory, at + 6), part;
	while (slice_next(&rest, '/', &part)) {
		strbuf_puts(name, name->n ? "-" : "");
		strbuf_put(name, part);
	}
}

static int
take(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	struct cursor in = cursor_of(body);
	uint32_t number = 0;
	int r = 0;
	cpan_packlist_name(&name, path_dir(path));
	if (name.failed)
		return error_nomem(err);
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		size_t attributes = slice_find_text(line, SLICE(" type="));
		const struct listed_file file = {
			.type = SLICE("cpan"), .package = strbuf_slice(&name), .path = slice_first(line, attributes), .line = ++number,
		};
		if (slice_starts(line, SLICE("/")))
			r = file_sink_add(sink, &file, err);
		else if (line.n)
			r = rows_problem(sink->rows, err, "line %u: no absolute path", number);
	}
	return r < 0 ? r : file_sink_end(sink, err);
}

FILE_LISTER(take)

const struct cataloger cataloger_cpan_lists = {
	.name = "cpan",
	.paths = (const char *const[]){ "**/.packlist", NULL },
	.extract = extract_lists,
};

const struct cataloger cataloger_cpan_files = {
	.name = "cpan",
	.on_wish = true,
	.paths = (const char *const[]){ "**/.packlist", NULL },
	.extract = extract_files,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict's own JSON, read back, in the places of a template. */
#include "report/template.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "codec/mustache.h"

#include <fcntl.h>

static int
load(const char *path, struct arena *arena, const struct mustache **out, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	size_t size;
	int r = file_read(AT_FDCWD, path, LIMIT_TEMPLATE_FILE_BYTES, &text, &size, err);
	if (r == PLIM_ELIMIT)
		return error_set(err, r, "%s: it is larger than limit TEMPLATE_FILE_BYTES", path);
	if (r < 0)
		return r;
	struct slice kept = arena_dup(arena, (struct slice){ text, size });
	return kept.p == NULL && size ? error_nomem(err) : mustache_parse(slice_of(path), kept, arena, out, err);
}

/* The inside of a string of JSON: the template has the quotes. */
static void
put_json(struct strbuf *into, struct slice text)
{
	AUTO(strbuf) struct strbuf quoted = { 0 };
	struct json_writer w = { .into = &quoted };
	json_write_string(&w, text);
	if (quoted.n >= 2)
		strbuf_put(into, (struct slice){ quoted.p + 1, quoted.n - 2 });
	into->failed = into->failed || quoted.failed;
}

/* "report.html.mustache" makes HTML as "report.html" does. */
static mustache_put_fn *
put_for(const char *path)
{
	static const struct {
		const char *end;
		mustache_put_fn *put;
	} kinds[] = { { ".html", report_markup }, { ".htm", report_markup }, { ".xhtml", report_markup }, { ".xml", report_markup }, { ".svg", report_markup }, { ".json", put_json } };
	struct slice name = slice_of(path);
	(void)(slice_skip_end(&name, SLICE(".mustache")) || slice_skip_end(&name, SLICE(".tmpl")));
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_ends(name, slice_of(kinds[i].end)))
			return kinds[i].put;
	return strbuf_put_printable;
}

int
template_check(const char *path, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct mustache *template;
	return arena ? load(path, arena, &template, err) : error_nomem(err);
}

int
template_write(const struct report *report, const char *path, struct strbuf *into, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf text = { 0 };
	const struct mustache *template;
	const struct json *root;
	int r = arena ? load(path, arena, &template, err) : error_nomem(err);
	if (r < 0)
		return r;
	writer_json.write(report, &text);
	if (text.failed)
		return error_nomem(err);
	r = json_parse(strbuf_slice(&text), arena, &root, err);
	return r < 0 ? r : mustache_render(template, root, put_for(path), into, err);
}

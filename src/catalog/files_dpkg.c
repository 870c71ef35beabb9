/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a deb has: info/NAME.list, and NAME.md5sums, in status.d of distroless images too; Conffiles of the status file. */
#include "catalog/files.h"

#include "base/cursor.h"
#include "base/error.h"
#include "codec/deb822.h"

static struct listed_file
deb_file(struct slice package, struct slice path, uint32_t line)
{
	return (struct listed_file){ .type = SLICE("deb"), .package = package, .path = path, .line = line };
}

/* "/." is the root, which is everybody's. */
static int
take_listed(struct slice package, struct slice line, uint32_t number, struct file_sink *sink, struct plim_error *err)
{
	struct listed_file file = deb_file(package, line, number);
	if (line.n == 0 || line.p[0] != '/')
		return rows_problem(sink->rows, err, "line %u: no absolute path", number);
	return slice_is(line, "/.") ? 0 : file_sink_add(sink, &file, err);
}

static int
add_summed(struct listed_file *file, struct slice sum, struct file_sink *sink, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf digest = { 0 };
	strbuf_puts(&digest, "md5:");
	strbuf_put(&digest, sum);
	file->digest = sum.n == 32 ? strbuf_slice(&digest) : SLICE_NONE;
	return digest.failed ? error_nomem(err) : file_sink_add(sink, file, err);
}

/* "DIGEST  usr/bin/env", of files only. */
static int
take_summed(struct slice package, struct slice line, uint32_t number, struct file_sink *sink, struct plim_error *err)
{
	struct slice sum, path;
	if (!slice_cut(line, ' ', &sum, &path) || !slice_skip(&path, SLICE(" ")) || path.n == 0)
		return rows_problem(sink->rows, err, "line %u: no digest and path", number);
	struct listed_file file = deb_file(package, path, number);
	return add_summed(&file, sum, sink, err);
}

/* "/etc/file DIGEST", perhaps "obsolete" or "remove-on-upgrade" behind it; newconffile: not yet there. */
static int
take_conffiles(const struct stanza *stanza, struct file_sink *sink, struct plim_error *err)
{
	struct slice rest = stanza_get(stanza, "Conffiles"), line, path, sum, package = stanza_get(stanza, "Package");
	int r = 0;
	while (r == 0 && slice_next(&rest, '\n', &line)) {
		struct listed_file file = deb_file(package, SLICE_NONE, stanza->line);
		if (!slice_word(&line, &path) || !slice_word(&line, &sum))
			continue;
		file.path = path;
		file.kind = SLICE("config");
		r = add_summed(&file, sum, sink, err);
	}
	return r;
}

static int
take_status(struct slice body, struct file_sink *sink, struct plim_error *err)
{
	struct stanza_reader reader = { cursor_of(body), 0 };
	struct stanza stanza;
	int r = 0;
	while (r == 0 && sink->whole && stanza_next(&reader, &stanza))
		r = take_conffiles(&stanza, sink, err);
	return r;
}

/* Packages of several architectures: "libc6:amd64.list". */
static int
take_lines(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	struct slice name = path_base(path), architecture;
	bool summed = slice_skip_end(&name, SLICE(".md5sums"));
	if (!summed)
		slice_skip_end(&name, SLICE(".list"));
	slice_cut(name, ':', &name, &architecture);
	uint32_t number = 0;
	for (struct slice line; cursor_line(&in, &line);) {
		number++;
		int r = summed ? take_summed(name, line, number, sink, err) : take_listed(name, line, number, sink, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
take(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	int r = slice_is(path_base(path), "status") ? take_status(body, sink, err) : take_lines(path, body, sink, err);
	return r < 0 ? r : file_sink_end(sink, err);
}

FILE_LISTER(take)

const struct cataloger cataloger_dpkg_lists = {
	.name = "dpkg",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "var/lib/dpkg/info/*.list", "var/lib/dpkg/status.d/*.md5sums", NULL },
	.extract = extract_lists,
};

const struct cataloger cataloger_dpkg_files = {
	.name = "dpkg",
	.missing = MISSING_PACKAGES,
	.on_wish = true,
	/* What *.list says, its list has. */
	.paths = (const char *const[]){ "var/lib/dpkg/info/*.md5sums", "var/lib/dpkg/status.d/*.md5sums", "var/lib/dpkg/status", NULL },
	.extract = extract_files,
};

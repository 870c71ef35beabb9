/* SPDX-License-Identifier: Apache-2.0 */
/* Which files an opkg package has: info/NAME.list, a path a line, newer ones with mode and link behind tabs; Conffiles of the status file. */
#include "catalog/files.h"

#include "base/cursor.h"
#include "base/error.h"
#include "codec/deb822.h"

static int
take_list(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	struct listed_file file = { .type = SLICE("opkg"), .package = path_base(path) };
	int r = 0;
	slice_skip_end(&file.package, SLICE(".list"));
	for (struct slice line, rest; r == 0 && cursor_line(&in, &line);) {
		file.line++;
		slice_cut(line, '\t', &file.path, &rest);
		if (file.path.n > 1)
			r = file_sink_add(sink, &file, err);
	}
	return r;
}

/* "/etc/config/network DIGEST": MD5 of old ones, SHA-256. */
static int
take_conffile(struct slice package, struct slice line, uint32_t number, struct file_sink *sink, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf digest = { 0 };
	struct listed_file file = { .type = SLICE("opkg"), .package = package, .kind = SLICE("config"), .line = number };
	struct slice sum;
	if (!slice_word(&line, &file.path) || !slice_word(&line, &sum))
		return 0;
	strbuf_puts(&digest, sum.n == 64 ? "sha256:" : "md5:");
	strbuf_put(&digest, sum);
	file.digest = sum.n == 64 || sum.n == 32 ? strbuf_slice(&digest) : SLICE_NONE;
	return digest.failed ? error_nomem(err) : file_sink_add(sink, &file, err);
}

static int
take_status(struct slice body, struct file_sink *sink, struct plim_error *err)
{
	struct stanza_reader reader = { cursor_of(body), 0 };
	struct stanza stanza;
	int r = 0;
	while (r == 0 && stanza_next(&reader, &stanza)) {
		struct slice rest = stanza_get(&stanza, "Conffiles"), line;
		while (r == 0 && slice_next(&rest, '\n', &line))
			r = take_conffile(stanza_get(&stanza, "Package"), line, stanza.line, sink, err);
	}
	return r;
}

static int
take(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	int r = slice_is(path_base(path), "status") ? take_status(body, sink, err) : take_list(path, body, sink, err);
	return r < 0 ? r : file_sink_end(sink, err);
}

FILE_LISTER(take)

const struct cataloger cataloger_opkg_lists = {
	.name = "opkg",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "usr/lib/opkg/info/*.list", "var/lib/opkg/info/*.list", NULL },
	.extract = extract_lists,
};

const struct cataloger cataloger_opkg_files = {
	.name = "opkg",
	.missing = MISSING_PACKAGES,
	.on_wish = true,
	.paths = (const char *const[]){ "usr/lib/opkg/info/*.list", "var/lib/opkg/info/*.list", "usr/lib/opkg/status", "var/lib/opkg/status", NULL },
	.extract = extract_files,
};

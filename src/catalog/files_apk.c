/* SPDX-License-Identifier: Apache-2.0 */
/* Which files an Alpine package has: the lines F (directory), R (file in it), Z (its digest), a (its mode) of the installed database. */
#include "catalog/files.h"

#include "base/cursor.h"
#include "base/error.h"

/* The file at hand: what the database says of it follows its own line. */
struct place {
	struct file_sink *sink;
	struct slice package, directory, name, digest, mode;
	uint32_t line;         /* of the file; 0: none is open */
	struct strbuf path;
};

static void
auto_place(struct place *place)
{
	strbuf_done(&place->path);
}

static int8_t
base64_value(char c)
{
	const char *digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", *at = strchr(digits, c);
	return c && at ? (int8_t)(at - digits) : -1;
}

/* "Q1" and a SHA-1 in base64, or a plain MD5 of old databases: "sha1:HEX", "md5:HEX"; nothing for what is neither. */
static void
put_digest(struct slice text, struct strbuf *into)
{
	uint32_t bits = 0, have = 0;
	if (!slice_skip(&text, SLICE("Q1"))) {
		strbuf_puts(into, text.n == 32 ? "md5:" : "");
		strbuf_put(into, text.n == 32 ? text : SLICE(""));
		return;
	}
	if (text.n != 28)
		return;
	strbuf_puts(into, "sha1:");
	for (size_t i = 0; i < 27; i++) {
		int8_t value = base64_value(text.p[i]);
		if (value < 0) {
			strbuf_clear(into);
			return;
		}
		bits = bits << 6 | (uint32_t)value;
		for (have += 6; have >= 8; have -= 8)
			strbuf_printf(into, "%02x", bits >> (have - 8) & 0xff);
	}
}

/* "uid:gid:mode" */
static struct slice
mode_of(struct slice access)
{
	struct slice head, mode;
	return slice_cut_last(access, ':', &head, &mode) && mode.n ? mode : SLICE_NONE;
}

static int
close_file(struct place *place, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf digest = { 0 };
	if (place->line == 0)
		return 0;
	strbuf_clear(&place->path);
	strbuf_put(&place->path, place->directory);
	strbuf_puts(&place->path, place->directory.n && place->name.n ? "/" : "");
	strbuf_put(&place->path, place->name);
	put_digest(place->digest, &digest);
	const struct listed_file file = {
		.type = SLICE("apk"), .package = place->package, .path = strbuf_slice(&place->path), .line = place->line,
		.digest = digest.n ? strbuf_slice(&digest) : SLICE_NONE, .mode = mode_of(place->mode),
	};
	place->line = 0;
	place->name = place->digest = place->mode = SLICE_NONE;
	return place->path.failed || digest.failed ? error_nomem(err) : file_sink_add(place->sink, &file, err);
}

static int
take_path(struct place *place, char field, struct slice value, uint32_t number, struct plim_error *err)
{
	int r = close_file(place, err);
	if (field == 'F')
		place->directory = value;
	else
		place->name = value;
	place->line = field == 'R' || value.n ? number : 0;
	return r;
}

/* What is no field at all, the cataloger of packages tells.  M, of a directory, is as `a` is of a file. */
static int
take_line(struct place *place, struct slice line, uint32_t number, struct plim_error *err)
{
	struct slice value = slice_from(line, 2);
	if (line.n < 2 || line.p[1] != ':')
		return 0;
	switch (line.p[0]) {
	case 'P':
		place->package = value;
		return 0;
	case 'Z':
		place->digest = value;
		return 0;
	case 'a':
	case 'M':
		place->mode = value;
		return 0;
	case 'F':
	case 'R':
		return take_path(place, line.p[0], value, number, err);
	default:
		return 0;
	}
}

static int
take(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	AUTO(place) struct place place = { .sink = sink };
	struct cursor in = cursor_of(body);
	uint32_t number = 0;
	int r = 0;
	(void)path;
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		number++;
		r = line.n ? take_line(&place, line, number, err) : close_file(&place, err);
		if (line.n == 0)
			place.package = place.directory = SLICE_NONE;
	}
	if (r == 0)
		r = close_file(&place, err);
	return r < 0 ? r : file_sink_end(sink, err);
}

FILE_LISTER(take)

static const char *const databases[] = { "lib/apk/db/installed", "usr/lib/apk/db/installed", NULL };

const struct cataloger cataloger_apk_lists = { .name = "apk", .missing = MISSING_PACKAGES, .paths = databases, .extract = extract_lists };
const struct cataloger cataloger_apk_files = { .name = "apk", .missing = MISSING_PACKAGES, .on_wish = true, .paths = databases, .extract = extract_files };

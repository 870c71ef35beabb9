/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a pacman package has: `files` of its directory, and `mtree`, gzipped, with digests and modes (mtree(5) as libarchive writes it). */
#include "catalog/files.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "codec/inflate.h"

/* var/lib/pacman/local/NAME-VERSION-RELEASE/FILE */
static int
package_of(struct slice path, struct slice *name, struct plim_error *err)
{
	struct slice version, release;
	if (!slice_cut_last(path_base(path_dir(path)), '-', name, &release) || !slice_cut_last(*name, '-', name, &version) || name->n == 0)
		return error_set(err, PLIM_EFORMAT, "offset 0: the directory's name has no version");
	return 0;
}

/* "etc/fstab\tMD5": those that are kept when they were edited. */
static int
take_backup(struct file_sink *sink, struct listed_file *file, struct slice line, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf digest = { 0 };
	struct slice sum;
	slice_cut(line, '\t', &file->path, &sum);
	strbuf_puts(&digest, "md5:");
	strbuf_put(&digest, sum);
	file->digest = sum.n == 32 ? strbuf_slice(&digest) : SLICE_NONE;
	file->kind = SLICE("config");
	return digest.failed ? error_nomem(err) : file_sink_add(sink, file, err);
}

static int
take_files(struct file_sink *sink, struct slice package, struct slice body, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	struct slice section = SLICE("");
	struct listed_file file = { .type = SLICE("alpm"), .package = package };
	int r = 0;
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		file.line++;
		file.digest = file.kind = SLICE_NONE;
		file.path = line;
		if (slice_is(line, "%FILES%") || slice_is(line, "%BACKUP%"))
			section = line;
		else if (line.n && slice_is(section, "%FILES%"))
			r = file_sink_add(sink, &file, err);
		else if (line.n && sink->whole && slice_is(section, "%BACKUP%"))
			r = take_backup(sink, &file, line, err);
	}
	return r;
}

/* Blanks and the like stand as \ and three octal digits. */
static void
unescape(struct slice text, struct strbuf *into)
{
	uint64_t byte;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\\' && text.n - i > 3 && slice_to_u64(slice_first(slice_from(text, i + 1), 3), 8, &byte) && byte < 256) {
			strbuf_putc(into, (char)byte);
			i += 3;
		} else {
			strbuf_putc(into, text.p[i]);
		}
}

/* The words of one line, over what /set said of all. */
struct recorded {
	struct slice mode, sha256, md5;
};

static void
read_words(struct slice rest, struct recorded *into)
{
	for (struct slice word, key, value; slice_word(&rest, &word);) {
		slice_cut(word, '=', &key, &value);
		if (slice_is(key, "mode"))
			into->mode = value;
		else if (slice_is(key, "sha256digest"))
			into->sha256 = value;
		else if (slice_is(key, "md5digest"))
			into->md5 = value;
	}
}

static int
take_recorded(struct file_sink *sink, struct listed_file *file, struct slice name, const struct recorded *of, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 }, digest = { 0 };
	unescape(name, &path);
	strbuf_puts(&digest, of->sha256.n ? "sha256:" : "md5:");
	strbuf_put(&digest, of->sha256.n ? of->sha256 : of->md5);
	file->path = strbuf_slice(&path);
	file->digest = of->sha256.n == 64 || (of->sha256.n == 0 && of->md5.n == 32) ? strbuf_slice(&digest) : SLICE_NONE;
	file->mode = of->mode;
	return path.failed || digest.failed ? error_nomem(err) : file_sink_add(sink, file, err);
}

/* "./.PKGINFO" and its like are the archive's own, and stay in it. */
static int
take_mtree(struct file_sink *sink, struct slice package, struct slice text, struct plim_error *err)
{
	struct cursor in = cursor_of(text);
	struct listed_file file = { .type = SLICE("alpm"), .package = package };
	struct recorded common = { 0 };
	int r = 0;
	for (struct slice line, name; r == 0 && cursor_line(&in, &line);) {
		file.line++;
		struct slice rest = line;
		if (!slice_word(&rest, &name) || name.p[0] == '#')
			continue;
		struct recorded own = common;
		read_words(rest, slice_is(name, "/set") ? &common : &own);
		if (slice_skip(&name, SLICE("./")) && name.n && name.p[0] != '.')
			r = take_recorded(sink, &file, name, &own, err);
	}
	return r;
}

static int
take_packed(struct file_sink *sink, struct slice package, struct slice body, struct plim_error *err)
{
	AUTO(stream) struct stream *stored = NULL, *plain = NULL;
	AUTO(free) char *text = NULL;
	size_t size;
	int r = stream_of_slice(body, &stored, err);
	if (r < 0 || (r = inflate_open(&codec_gzip, stored, LIMIT_BODY_BYTES, &plain, err)) < 0)
		return r;
	stored = NULL;
	r = stream_read_all(plain, LIMIT_BODY_BYTES, &text, &size, err);
	return r < 0 ? r : take_mtree(sink, package, (struct slice){ text, size }, err);
}

static int
take(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	struct slice package;
	int r = package_of(path, &package, err);
	if (r == 0)
		r = slice_is(path_base(path), "mtree") ? take_packed(sink, package, body, err) : take_files(sink, package, body, err);
	return r < 0 ? r : file_sink_end(sink, err);
}

FILE_LISTER(take)

const struct cataloger cataloger_pacman_lists = {
	.name = "pacman",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "var/lib/pacman/local/*/files", NULL },
	.extract = extract_lists,
};

const struct cataloger cataloger_pacman_files = {
	.name = "pacman",
	.missing = MISSING_PACKAGES,
	.on_wish = true,
	.paths = (const char *const[]){ "var/lib/pacman/local/*/files", "var/lib/pacman/local/*/mtree", NULL },
	.extract = extract_files,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed packages of PEAR and PECL: .registry/NAME.reg, and .registry/.channel.CHANNEL/NAME.reg for other channels,
 * an array in PHP's serialize() form; its own keys and the list of files are read, what is nested elsewhere is passed over.
 */
#include "catalog/files.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/purl.h"

/* A value: a text, or an array of `pairs` whose inside comes next. */
struct value {
	struct slice text;
	uint64_t pairs;
	bool array;
};

struct pear {
	struct slice name, channel, version, license, vendor;
	struct file_sink *files;    /* NULL where they are not asked for */
	int result;                 /* of keeping a file */
	struct plim_error *err;
};

/* Digits up to `end`. */
static uint64_t
take_number(struct cursor *in, char end)
{
	struct slice rest = cursor_rest(in);
	size_t n = slice_find(slice_first(rest, 21), end);
	uint64_t number = 0;
	if (n == SIZE_MAX || !slice_to_u64(slice_first(rest, n), 10, &number))
		in->bad = true;
	else
		cursor_take(in, n + 1);
	return number;
}

static void
expect(struct cursor *in, const char *text)
{
	if (!slice_is(cursor_take(in, strlen(text)), text))
		in->bad = true;
}

/* N;  b:1;  i:-5;  d:0.5; */
static struct slice
take_scalar(struct cursor *in)
{
	size_t n = slice_find(slice_first(cursor_rest(in), 64), ';');
	struct slice text = cursor_take(in, n == SIZE_MAX ? n : n + 1);
	slice_skip_end(&text, SLICE(";"));
	return text;
}

/* s:3:"abc";  a:2:{ */
static struct value
take_value(struct cursor *in)
{
	struct value value = { 0 };
	char kind = (char)cursor_u8(in);
	if (kind == 's') {
		expect(in, ":");
		uint64_t n = take_number(in, ':');
		expect(in, "\"");
		value.text = cursor_take(in, n);
		expect(in, "\";");
	} else if (kind == 'a') {
		expect(in, ":");
		value.array = true;
		value.pairs = take_number(in, ':');
		expect(in, "{");
	} else if (kind && strchr("Nbid", kind)) {
		take_scalar(in);
	} else {
		in->bad = true;
	}
	return value;
}

/* What each key of the array, or of an array inside it, is for: package.xml 2 nests, version 1 does not. */
static const struct {
	const char *outer, *inner;    /* inner NULL: the text itself */
	size_t field;
} settings[] = {
	{ "name", NULL, offsetof(struct pear, name) },            { "package", NULL, offsetof(struct pear, name) },
	{ "channel", NULL, offsetof(struct pear, channel) },      { "version", NULL, offsetof(struct pear, version) },
	{ "version", "release", offsetof(struct pear, version) }, { "license", NULL, offsetof(struct pear, license) },
	{ "release_license", NULL, offsetof(struct pear, license) }, { "license", "_content", offsetof(struct pear, license) },
	{ "lead", "name", offsetof(struct pear, vendor) },
};

static void
take_setting(struct pear *pear, struct slice outer, const struct slice *inner, struct slice text)
{
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		bool same = inner ? settings[i].inner && slice_is(*inner, settings[i].inner) : settings[i].inner == NULL;
		if (same && slice_is(outer, settings[i].outer))
			*(struct slice *)((char *)pear + settings[i].field) = text;
	}
}

/* filelist: { "a.php": { installed_as: "/usr/share/php/a.php" } }; what is not installed, a package's tests say, has no such key. */
static void
take_file(struct pear *pear, struct slice key, struct slice path)
{
	const struct listed_file file = { .type = SLICE("pear"), .package = pear->name, .path = path };
	if (pear->files && slice_is(key, "installed_as") && pear->result == 0)
		pear->result = file_sink_add(pear->files, &file, pear->err);
}

/* One array, `depth` 0 for the outermost; what is deeper than what is read is still walked, to know where it ends. */
static void
take_array(struct pear *pear, struct cursor *in, uint64_t pairs, struct slice outer, unsigned depth)
{
	if (depth == LIMIT_DOCUMENT_DEPTH_COUNT)
		in->bad = true;
	for (uint64_t i = 0; i < pairs && !in->bad; i++) {
		struct value key = take_value(in);
		in->bad |= key.array;
		struct value value = take_value(in);
		if (value.array)
			take_array(pear, in, value.pairs, depth == 0 ? key.text : outer, depth + 1);
		else if (depth == 2 && slice_is(outer, "filelist") && !in->bad)
			take_file(pear, key.text, value.text);
		else if (depth < 2 && value.text.n && !in->bad)
			take_setting(pear, depth ? outer : key.text, depth ? &key.text : NULL, value.text);
	}
	expect(in, "}");
}

static int
add_pear(const struct pear *pear, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	const struct purl purl = { .type = SLICE("pear"), .namespace = pear->channel, .name = pear->name, .version = pear->version };
	purl_write(&purl, &text);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("pear"), [PACKAGE_NAME] = pear->name, [PACKAGE_VERSION] = pear->version,
		[PACKAGE_LICENSE] = pear->license, [PACKAGE_VENDOR] = pear->vendor, [PACKAGE_PURL] = strbuf_slice(&text),
	};
	return text.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

/* Twice where files are wanted: they need the name, which may stand behind them. */
static int
parse(struct slice body, struct pear *pear, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	struct value root = take_value(&in);
	if (root.array)
		take_array(pear, &in, root.pairs, SLICE_NONE, 0);
	if (in.bad || !root.array)
		return error_set(err, PLIM_EFORMAT, "offset %zu: not what PHP's serialize() makes of an array", in.at);
	if (pear->name.n == 0 || pear->version.n == 0)
		return error_set(err, PLIM_EFORMAT, "offset 0: a package without name or version");
	return 0;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct pear pear = { 0 };
	(void)path;
	int r = parse(body, &pear, err);
	return r < 0 ? r : add_pear(&pear, rows, err);
}

/* What is damaged the package's own rows tell. */
static int
take_files(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	struct pear pear = { .err = err };
	(void)path;
	if (parse(body, &pear, err) < 0)
		return 0;
	pear.files = sink;
	int r = parse(body, &pear, err);
	r = r < 0 ? r : pear.result;
	return r < 0 ? r : file_sink_end(sink, err);
}

FILE_LISTER(take_files)

#define PATHS (const char *const[]){ "**/.registry/*.reg", "**/.registry/.channel.*/*.reg", NULL }

const struct cataloger cataloger_pear = {
	.name = "pear",
	.paths = PATHS,
	.extract = extract,
};

const struct cataloger cataloger_pear_lists = {
	.name = "pear",
	.paths = PATHS,
	.extract = extract_lists,
};

const struct cataloger cataloger_pear_files = {
	.name = "pear",
	.on_wish = true,
	.paths = PATHS,
	.extract = extract_files,
};

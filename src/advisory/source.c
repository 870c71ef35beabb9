/* SPDX-License-Identifier: Apache-2.0 */
/* From the table to files. */
#include "advisory/source.h"

#include "advisory/feed.h"
#include "base/error.h"
#include "base/glob.h"
#include "base/strbuf.h"

#define PLIM_SOURCE(name, usual, format, licence, cadence, meaning, address, words) \
	{ name, usual, false, format, licence, cadence, meaning, address, words },
#define PLIM_SOURCE_LED(name, usual, format, licence, cadence, meaning, address) { name, usual, true, format, licence, cadence, meaning, address, "" },
static const struct feed_source sources[] = {
#include "advisory/sources.def"
};
#undef PLIM_SOURCE
#undef PLIM_SOURCE_LED

#define SOURCES (sizeof sources / sizeof *sources)

const struct feed_source *
source_next(size_t *at)
{
	while (*at < SOURCES) {
		const struct feed_source *source = &sources[(*at)++];
		if (feed_of_format(slice_of(source->format)))
			return source;
	}
	return NULL;
}

/* The first of these ends what is in front of a path. */
static size_t
authority_size(struct slice text)
{
	size_t n = 0;
	while (n < text.n && !memchr("/?#", text.p[n], 3))
		n++;
	return n;
}

int
source_mirror_check(struct slice address, struct plim_error *err)
{
	size_t scheme = slice_find_text(address, SLICE("://")), at;
	struct slice rest = scheme == SIZE_MAX ? address : slice_from(address, scheme + 3), host = slice_first(rest, authority_size(rest));
	AUTO(strbuf) struct strbuf shown = { 0 };
	while ((at = slice_find(host, '@')) != SIZE_MAX)
		host = slice_from(host, at + 1);
	if (host.n == authority_size(rest) && slice_find(rest, '?') == SIZE_MAX && slice_find(rest, '#') == SIZE_MAX)
		return 0;
	strbuf_put_printable(&shown, slice_first(host, 255));
	return error_set(err, PLIM_EUSAGE, "the mirror at %s: its address may have neither credentials, nor '?', nor '#': it is told, and stands in the database", shown.p ? shown.p : "");
}

bool
source_is_file_name(struct slice name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	for (size_t i = 0; i < name.n; i++)
		if (!memchr(letters, name.p[i], sizeof letters - 1))
			return false;
	return name.n > 0 && name.n <= 200 && *name.p != '.';
}

struct slice
source_address(struct slice base, struct slice place, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	slice_skip_end(&base, SLICE("/"));
	strbuf_put(&text, base);
	strbuf_putc(&text, '/');
	strbuf_put_percent(&text, place, "/:");
	return text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
}

/* `text` with `word` in the place of {}. */
static struct slice
filled(const char *text, struct slice word, struct arena *arena)
{
	struct slice whole = slice_of(text);
	size_t at = slice_find_text(whole, SLICE("{}"));
	if (at == SIZE_MAX)
		return arena_dup(arena, whole);
	return arena_printf(arena, "%.*s%.*s%s", (int)at, text, SLICE_ARG(word), text + at + 2);
}

static bool
make_file(const struct feed_source *source, struct slice word, struct arena *arena, struct source_file *out)
{
	*out = (struct source_file){ .source = source, .optional = slice_skip_end(&word, SLICE("?")) };
	struct slice place = filled(source->address, word, arena);
	bool alone = slice_find(slice_of(source->words), '|') == SIZE_MAX;
	slice_skip(&place, SLICE("https://"));
	out->place = place;
	out->name = alone ? slice_of(source->name) : arena_printf(arena, "%s/%.*s", source->name, SLICE_ARG(word));
	out->address = source_address(SLICE("https://"), place, arena);
	return out->place.p && out->name.p && out->address.p;
}

/* Named as a whole, or by itself; one with blanks in its name by its own glob only. */
static bool
is_meant(const char *const *globs, size_t n, const struct source_file *file)
{
	for (size_t i = 0; i < n; i++)
		if (glob_match(slice_of(globs[i]), slice_of(file->source->name)) || glob_match(slice_of(globs[i]), file->name))
			return true;
	return n == 0 && file->source->usual;
}

static bool
add_source(const struct feed_source *source, const char *const *globs, size_t n, struct arena *arena, struct source_files *out)
{
	struct slice words = slice_of(source->words), word;
	bool more = slice_next(&words, '|', &word);
	do {
		struct source_file file;
		if (!make_file(source, more ? word : SLICE(""), arena, &file))
			return false;
		struct source_file *place = is_meant(globs, n, &file) ? vec_push(&out->list) : &file;
		if (place == NULL)
			return false;
		*place = file;
	} while ((more = slice_next(&words, '|', &word)));
	return true;
}

static int
by_name(const void *a, const void *b)
{
	return slice_cmp(((const struct source_file *)a)->name, ((const struct source_file *)b)->name);
}

bool
source_files(const char *const *globs, size_t n, struct arena *arena, struct source_files *out)
{
	const struct feed_source *source;
	for (size_t at = 0; (source = source_next(&at)) != NULL;)
		if (!add_source(source, globs, n, arena, out))
			return false;
	if (out->list.n)
		qsort(out->list.at, out->list.n, sizeof *out->list.at, by_name);
	return true;
}

const char *
source_unknown(const char *const *globs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO(arena) struct arena *arena = arena_new(0);
		AUTO(source_files) struct source_files files = { 0 };
		if (arena && source_files(&globs[i], 1, arena, &files) && files.list.n == 0)
			return globs[i];
	}
	return NULL;
}

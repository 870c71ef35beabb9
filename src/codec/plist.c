/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/plist.h"

#include "base/auto.h"
#include "base/error.h"
#include "base/limits.h"

static int
bad(const struct plist *plist, struct plim_error *err, const char *why)
{
	return error_set(err, PLIM_EFORMAT, "offset %zu: %s", plist->in.at, why);
}

/* Everything up to `mark`, which is passed over too. */
static bool
take_until(struct plist *plist, struct slice mark, struct slice *out)
{
	struct slice rest = cursor_rest(&plist->in);
	size_t at = slice_find_text(rest, mark);
	if (at == SIZE_MAX)
		return false;
	*out = slice_first(rest, at);
	plist->in.at += at + mark.n;
	return true;
}

static bool
put_entity(struct strbuf *into, struct slice name)
{
	static const struct {
		const char *name;
		char c;
	} entities[] = { { "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' }, { "apos", '\'' } };
	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
		if (slice_is(name, entities[i].name)) {
			strbuf_putc(into, entities[i].c);
			return true;
		}
	return false;
}

static int
put_text(struct plist *plist, struct slice text, struct plim_error *err)
{
	strbuf_clear(&plist->text);
	while (text.n) {
		struct slice before, name;
		bool more = slice_cut(text, '&', &before, &text);
		strbuf_put(&plist->text, before);
		if (!more)
			break;
		if (!slice_cut(text, ';', &name, &text) || !put_entity(&plist->text, name))
			return bad(plist, err, "an entity that is none");
	}
	return plist->text.failed ? error_nomem(err) : 0;
}

/* The text of an element that has nothing else in it, and its end. */
static int
take_text(struct plist *plist, struct slice name, struct slice *out, struct plim_error *err)
{
	struct slice closing;
	if (!take_until(plist, SLICE("</"), out) || !take_until(plist, SLICE(">"), &closing) || !slice_eq(slice_trim(closing), name))
		return bad(plist, err, "an element that does not end");
	return slice_find(*out, '<') == SIZE_MAX ? 0 : bad(plist, err, "an element in a text");
}

static int
open_container(struct plist *plist, bool dict, struct plim_error *err)
{
	if (plist->depth >= LIMIT_DOCUMENT_DEPTH_COUNT || plist->depth == PLIST_DEPTH_MOST)
		return error_set(err, PLIM_ELIMIT, "offset %zu: nested beyond limit DOCUMENT_DEPTH_COUNT", plist->in.at);
	plist->open[plist->depth++] = dict;
	plist->rooted = true;
	return 0;
}

static int
take_end(struct plist *plist, struct slice name, enum plist_kind *out, struct plim_error *err)
{
	bool dict = slice_is(name, "dict");
	if (slice_is(name, "plist") && plist->depth == 0 && plist->rooted) {
		*out = PLIST_DONE;
		return 0;
	}
	if ((!dict && !slice_is(name, "array")) || plist->depth == 0 || plist->open[plist->depth - 1] != dict)
		return bad(plist, err, "an end of what is not open");
	plist->depth--;
	*out = PLIST_END;
	return 0;
}

/* <dict/> and <array/>: the end follows as if it stood there. */
static int
take_empty(struct plist *plist, struct slice name, enum plist_kind *out, struct plim_error *err)
{
	bool dict = slice_is(name, "dict");
	*out = PLIST_OTHER;
	if (slice_is(name, "string")) {
		strbuf_clear(&plist->text);
		*out = PLIST_STRING;
	}
	/* Nothing is in it: nobody misses its two events, but where it is the document. */
	if ((dict || slice_is(name, "array")) && plist->depth == 0)
		plist->rooted = true;
	else if (plist->depth == 0)
		return bad(plist, err, "no dict or array around a value");
	return 0;
}

static int
take_value(struct plist *plist, struct slice name, enum plist_kind *out, struct plim_error *err)
{
	struct slice text;
	bool key = slice_is(name, "key");
	if (plist->depth == 0)
		return bad(plist, err, "no dict or array around a value");
	int r = take_text(plist, name, &text, err);
	*out = key ? PLIST_KEY : slice_is(name, "string") ? PLIST_STRING : PLIST_OTHER;
	return r < 0 || *out == PLIST_OTHER ? r : put_text(plist, text, err);
}

static int
take_begin(struct plist *plist, struct slice name, enum plist_kind *out, struct plim_error *err)
{
	bool dict = slice_is(name, "dict");
	if (!dict && !slice_is(name, "array"))
		return take_value(plist, name, out, err);
	*out = dict ? PLIST_DICT : PLIST_ARRAY;
	return open_container(plist, dict, err);
}

/* "?xml ...", "!DOCTYPE plist ...", "!-- ... --": passed over; a document type with parts of its own is refused. */
static int
pass_markup(struct plist *plist, struct slice tag, bool *passed, struct plim_error *err)
{
	struct slice text;
	*passed = tag.n && (tag.p[0] == '?' || tag.p[0] == '!');
	if (slice_starts(tag, SLICE("!DOCTYPE")) && slice_find(tag, '[') != SIZE_MAX)
		return bad(plist, err, "a document type with parts of its own");
	if (slice_starts(tag, SLICE("![")))
		return bad(plist, err, "a CDATA section");
	/* A comment ends with its own mark: a > may stand before. */
	if (slice_starts(tag, SLICE("!--")) && !(tag.n >= 5 && slice_ends(tag, SLICE("--"))) && !take_until(plist, SLICE("-->"), &text))
		return bad(plist, err, "a comment that does not end");
	return 0;
}

int
plist_next(struct plist *plist, enum plist_kind *out, struct plim_error *err)
{
	for (;;) {
		struct slice between, tag, name;
		bool passed;
		if (!take_until(plist, SLICE("<"), &between) || !take_until(plist, SLICE(">"), &tag))
			return bad(plist, err, "the property list does not end");
		if (slice_trim(between).n)
			return bad(plist, err, "text outside of elements");
		int r = pass_markup(plist, tag, &passed, err);
		if (r < 0)
			return r;
		struct slice rest = tag;
		if (passed || (slice_word(&rest, &name) && slice_is(name, "plist")))
			continue;
		if (slice_skip(&tag, SLICE("/")))
			return take_end(plist, slice_trim(tag), out, err);
		if (slice_skip_end(&tag, SLICE("/")))
			return take_empty(plist, slice_trim(tag), out, err);
		return take_begin(plist, slice_trim(tag), out, err);
	}
}

int
plist_pass(struct plist *plist, enum plist_kind kind, struct plim_error *err)
{
	size_t depth = plist->depth - (kind == PLIST_DICT || kind == PLIST_ARRAY);
	int r = 0;
	while (r == 0 && plist->depth > depth) {
		r = plist_next(plist, &kind, err);
		if (r == 0 && kind == PLIST_DONE)
			return bad(plist, err, "the property list ends too early");
	}
	return r;
}

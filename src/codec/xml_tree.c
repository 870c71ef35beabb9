/* SPDX-License-Identifier: Apache-2.0 */
/* XML by expat. */
#include "codec/xml_tree.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/xml.h"

#include <expat.h>

/* What expat is given at once. */
#define PIECE_BYTES ((size_t)1 << 20)

/* The limit can be chosen, this cannot. */
#define OPEN_MOST 256

struct open_element {
	struct xml_element *element, *last;
	struct strbuf text;
};

struct parsing {
	XML_Parser expat;
	struct arena *arena;
	struct xml_element *root;
	struct open_element open[OPEN_MOST];
	size_t depth;
	int code;
	struct plim_error *err;
};

static void
fail(struct parsing *p, int code)
{
	p->code = code;
	XML_StopParser(p->expat, XML_FALSE);
}

static struct slice
local_name(const char *name)
{
	struct slice whole = slice_of(name), prefix, local;
	return slice_cut_last(whole, ':', &prefix, &local) ? local : whole;
}

static int
take_attributes(struct parsing *p, struct xml_element *element, const char **attributes)
{
	size_t n = 0;
	while (attributes[n * 2])
		n++;
	struct xml_pair *kept = arena_make_array(p->arena, n + 1, struct xml_pair);
	for (size_t i = 0; kept && i < n; i++) {
		kept[i] = (struct xml_pair){ arena_dup(p->arena, local_name(attributes[i * 2])), arena_dup(p->arena, slice_of(attributes[i * 2 + 1])) };
		if (kept[i].name.p == NULL || kept[i].value.p == NULL)
			return error_nomem(p->err);
	}
	element->attributes = kept;
	element->attribute_count = n;
	return kept ? 0 : error_nomem(p->err);
}

static void
hang(struct parsing *p, struct xml_element *element)
{
	struct open_element *parent = p->depth ? &p->open[p->depth - 1] : NULL;
	if (parent == NULL)
		p->root = element;
	else if (parent->last)
		parent->last->next = element;
	else
		parent->element->first = element;
	if (parent)
		parent->last = element;
}

static void
on_start(void *context, const char *name, const char **attributes)
{
	struct parsing *p = context;
	if (p->code < 0)
		return;
	size_t line = (size_t)XML_GetCurrentLineNumber(p->expat);
	if (p->depth >= LIMIT_DOCUMENT_DEPTH_COUNT || p->depth == OPEN_MOST) {
		fail(p, error_set(p->err, PLIM_ELIMIT, "line %zu: nested deeper than limit DOCUMENT_DEPTH_COUNT", line));
		return;
	}
	struct xml_element *element = arena_make(p->arena, struct xml_element);
	if (element == NULL || (element->name = arena_dup(p->arena, local_name(name))).p == NULL || take_attributes(p, element, attributes) < 0) {
		fail(p, error_nomem(p->err));
		return;
	}
	element->line = line;
	hang(p, element);
	p->open[p->depth++] = (struct open_element){ .element = element };
}

static void
on_text(void *context, const char *text, int n)
{
	struct parsing *p = context;
	if (p->code == 0 && p->depth)
		strbuf_put(&p->open[p->depth - 1].text, (struct slice){ text, (size_t)n });
}

static void
on_end(void *context, const char *name)
{
	struct parsing *p = context;
	(void)name;
	if (p->code < 0 || p->depth == 0)
		return;
	struct open_element *open = &p->open[--p->depth];
	struct slice text = slice_trim(strbuf_slice(&open->text));
	bool failed = open->text.failed;
	open->element->text = failed ? SLICE_NONE : arena_dup(p->arena, text.p ? text : SLICE(""));
	strbuf_done(&open->text);
	if (open->element->text.p == NULL)
		fail(p, error_nomem(p->err));
}

/* Entities, and files to be read for them, come with it. */
static void
on_doctype(void *context, const char *name, const char *system, const char *public, int internal)
{
	struct parsing *p = context;
	(void)name, (void)system, (void)public, (void)internal;
	if (p->code == 0)
		fail(p, error_set(p->err, PLIM_EFORMAT, "line %zu: a document type is not read", (size_t)XML_GetCurrentLineNumber(p->expat)));
}

static int
feed(struct parsing *p, struct slice text)
{
	for (bool last = false; !last;) {
		struct slice piece = slice_first(text, PIECE_BYTES);
		text = slice_from(text, piece.n);
		last = text.n == 0;
		if (XML_Parse(p->expat, piece.p ? piece.p : "", (int)piece.n, last) == XML_STATUS_ERROR)
			return p->code < 0 ? p->code
			    : error_set(p->err, PLIM_EFORMAT, "line %zu: %s", (size_t)XML_GetCurrentLineNumber(p->expat),
			                XML_ErrorString(XML_GetErrorCode(p->expat)));
	}
	return p->code;
}

int
xml_tree_parse(struct slice text, struct arena *arena, const struct xml_element **out, struct plim_error *err)
{
	struct plim_error ignored;
	struct parsing p = { .expat = XML_ParserCreate(NULL), .arena = arena, .err = err ? err : &ignored };
	if (p.expat == NULL)
		return error_nomem(err);
	XML_SetUserData(p.expat, &p);
	XML_SetElementHandler(p.expat, on_start, on_end);
	XML_SetCharacterDataHandler(p.expat, on_text);
	XML_SetStartDoctypeDeclHandler(p.expat, on_doctype);
	int r = feed(&p, text);
	while (p.depth)
		strbuf_done(&p.open[--p.depth].text);
	XML_ParserFree(p.expat);
	*out = p.root;
	return r;
}

struct slice
xml_attribute(const struct xml_element *of, const char *name)
{
	for (size_t i = 0; of && i < of->attribute_count; i++)
		if (slice_is(of->attributes[i].name, name))
			return of->attributes[i].value;
	return SLICE_NONE;
}

static const struct xml_element *
named(const struct xml_element *at, const char *name)
{
	while (at && !slice_is(at->name, name))
		at = at->next;
	return at;
}

const struct xml_element *
xml_child(const struct xml_element *of, const char *name)
{
	return named(of ? of->first : NULL, name);
}

const struct xml_element *
xml_next_named(const struct xml_element *after, const char *name)
{
	return named(after->next, name);
}

struct slice
xml_child_text(const struct xml_element *of, const char *name)
{
	const struct xml_element *found = xml_child(of, name);
	return found ? found->text : SLICE_NONE;
}

int
xml_walk(struct slice document, const struct xml_walk *walk, struct plim_error *err)
{
	AUTO(xml) struct xml xml = { .in = { .in = document } };
	enum xml_kind kind;
	size_t from = 0;
	int r;
	while ((r = xml_next(&xml, &kind, err)) == 0 && kind != XML_END) {
		struct slice path = strbuf_slice(&xml.path);
		if (xml.depth != walk->depth || !walk->wants(walk->context, path))
			continue;
		if (kind == XML_OPEN)
			from = slice_find_last(slice_first(document, xml.in.at), '<');
		else if ((r = walk->take(walk->context, path, slice_from(slice_first(document, xml.in.at), from), err)) < 0)
			return error_wrap(err, r, "line %u", xml_line(&xml));
	}
	return r;
}

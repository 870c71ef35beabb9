/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of XML that keeps the path of where it stands. */
#include "codec/xml.h"

#include "base/error.h"
#include "base/limits.h"

void
xml_done(struct xml *xml)
{
	strbuf_done(&xml->path);
	strbuf_done(&xml->text);
}

uint32_t
xml_line(struct xml *xml)
{
	for (; xml->counted < xml->in.at; xml->counted++)
		xml->newlines += xml->in.in.p[xml->counted] == '\n';
	return xml->newlines + 1;
}

static int
refuse(struct xml *xml, struct plim_error *err, const char *what)
{
	return error_set(err, PLIM_EFORMAT, "xml: line %u: %s", xml_line(xml), what);
}

static void
put_utf8(struct strbuf *into, uint32_t c)
{
	if (c < 0x80) {
		strbuf_putc(into, (char)c);
	} else if (c < 0x800) {
		strbuf_putc(into, (char)(0xc0 | c >> 6));
		strbuf_putc(into, (char)(0x80 | (c & 0x3f)));
	} else {
		if (c < 0x10000)
			strbuf_putc(into, (char)(0xe0 | c >> 12));
		else
			strbuf_putc(into, (char)(0xf0 | c >> 18));
		if (c >= 0x10000)
			strbuf_putc(into, (char)(0x80 | (c >> 12 & 0x3f)));
		strbuf_putc(into, (char)(0x80 | (c >> 6 & 0x3f)));
		strbuf_putc(into, (char)(0x80 | (c & 0x3f)));
	}
}

static const struct {
	const char *name;
	char is;
} entities[] = { { "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' }, { "apos", '\'' } };

/* What stands between & and ; : an unknown one stays as it is written. */
static bool
put_entity(struct strbuf *into, struct slice name)
{
	uint64_t c;
	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
		if (slice_is(name, entities[i].name)) {
			strbuf_putc(into, entities[i].is);
			return true;
		}
	if (!slice_skip(&name, SLICE("#")))
		return false;
	bool is_hex = slice_skip(&name, SLICE("x"));
	if (!slice_to_u64(name, is_hex ? 16 : 10, &c) || c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return false;
	put_utf8(into, (uint32_t)c);
	return true;
}

#define ENTITY_MOST 10    /* "#x10ffff" */

static void
put_text(struct strbuf *into, struct slice text)
{
	while (text.n) {
		size_t amp = slice_find(text, '&');
		strbuf_put(into, slice_first(text, amp));
		if (amp == SIZE_MAX)
			return;
		text = slice_from(text, amp + 1);
		size_t end = slice_find(slice_first(text, ENTITY_MOST), ';');
		if (end != SIZE_MAX && put_entity(into, slice_first(text, end)))
			text = slice_from(text, end + 1);
		else
			strbuf_putc(into, '&');
	}
}

/* Goes behind the next `end`, which must come. */
static int
pass(struct xml *xml, struct slice end, struct slice *before, struct plim_error *err)
{
	struct slice rest = cursor_rest(&xml->in);
	size_t at = slice_find_text(rest, end);
	if (at == SIZE_MAX)
		return refuse(xml, err, "something that begins here has no end");
	*before = slice_first(rest, at);
	cursor_take(&xml->in, at + end.n);
	return 0;
}

/* A document type may have declarations in brackets; what they declare is not used. */
static int
pass_declaration(struct xml *xml, struct plim_error *err)
{
	for (size_t open = 0; cursor_left(&xml->in);) {
		char c = (char)cursor_u8(&xml->in);
		if (c == '[')
			open++;
		else if (c == ']' && open)
			open--;
		else if (c == '>' && open == 0)
			return 0;
	}
	return refuse(xml, err, "a declaration has no end");
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct slice
local_name(struct slice name)
{
	size_t colon = slice_find_last(name, ':');
	return colon == SIZE_MAX ? name : slice_from(name, colon + 1);
}

/* One that is not written as NAME="VALUE" ends them. */
static bool
take_attribute(struct slice *rest, struct slice *name, struct slice *value)
{
	struct slice behind;
	if (!slice_cut(*rest, '=', name, &behind))
		return false;
	behind = slice_trim(behind);
	if (behind.n == 0 || (behind.p[0] != '"' && behind.p[0] != '\''))
		return false;
	size_t end = slice_find(slice_from(behind, 1), behind.p[0]);
	if (end == SIZE_MAX)
		return false;
	*name = local_name(slice_trim(*name));
	*value = slice_first(slice_from(behind, 1), end);
	*rest = slice_from(behind, end + 2);
	return true;
}

bool
xml_attribute_find(struct slice attributes, const char *name, struct strbuf *into)
{
	struct slice known, value;
	while (take_attribute(&attributes, &known, &value))
		if (slice_is(known, name)) {
			put_text(into, value);
			return true;
		}
	return false;
}

/* The > that ends a tag: one in quotes does not. */
static int
take_tag(struct xml *xml, struct slice *out, struct plim_error *err)
{
	struct slice rest = cursor_rest(&xml->in);
	char quote = 0;
	for (size_t i = 0; i < rest.n; i++) {
		char c = rest.p[i];
		if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == '>') {
			*out = slice_first(rest, i);
			cursor_take(&xml->in, i + 1);
			return 0;
		}
	}
	return refuse(xml, err, "a tag has no end");
}

static void
leave(struct xml *xml)
{
	size_t slash = slice_find_last(strbuf_slice(&xml->path), '/');
	xml->path.n = slash == SIZE_MAX ? 0 : slash;
	xml->path.p[xml->path.n] = '\0';
	xml->depth--;
	strbuf_clear(&xml->text);
}

static int
take_open(struct xml *xml, struct plim_error *err)
{
	struct slice tag;
	size_t n = 0;
	int r = take_tag(xml, &tag, err);
	if (r < 0)
		return r;
	xml->closes = slice_skip_end(&tag, SLICE("/"));
	while (n < tag.n && !is_blank(tag.p[n]))
		n++;
	struct slice name = local_name(slice_first(tag, n));
	if (name.n == 0 || slice_find(name, '/') != SIZE_MAX)
		return refuse(xml, err, "a tag without a name");
	if (++xml->depth > LIMIT_DOCUMENT_DEPTH_COUNT || name.n > LIMIT_PATH_BYTES)
		return error_set(err, PLIM_ELIMIT, "xml: line %u: beyond limit DOCUMENT_DEPTH_COUNT or PATH_BYTES", xml_line(xml));
	strbuf_putc(&xml->path, '/');
	strbuf_put(&xml->path, name);
	strbuf_clear(&xml->text);
	xml->attributes = slice_trim(slice_from(tag, n));
	return XML_OPEN;
}

static int
take_close(struct xml *xml, struct plim_error *err)
{
	struct slice tag;
	int r = take_tag(xml, &tag, err);
	if (r < 0)
		return r;
	if (xml->depth == 0 || !slice_eq(local_name(slice_trim(tag)), path_base(strbuf_slice(&xml->path))))
		return refuse(xml, err, "what ends here did not begin");
	xml->closed = true;
	return XML_CLOSE;
}

/* Behind a "<": an element's begin or end, else 0. */
static int
take_markup(struct xml *xml, struct plim_error *err)
{
	struct slice rest = cursor_rest(&xml->in), inner;
	int r = 0;
	if (slice_starts(rest, SLICE("!--"))) {
		cursor_take(&xml->in, 3);
		return pass(xml, SLICE("-->"), &inner, err);
	}
	if (slice_starts(rest, SLICE("![CDATA["))) {
		cursor_take(&xml->in, 8);
		if ((r = pass(xml, SLICE("]]>"), &inner, err)) == 0)
			strbuf_put(&xml->text, inner);
		return r;
	}
	if (slice_starts(rest, SLICE("?")))
		return pass(xml, SLICE("?>"), &inner, err);
	if (slice_starts(rest, SLICE("!")))
		return pass_declaration(xml, err);
	if (!slice_starts(rest, SLICE("/")))
		return take_open(xml, err);
	cursor_take(&xml->in, 1);
	return take_close(xml, err);
}

static int
take_piece(struct xml *xml, struct plim_error *err)
{
	struct slice rest = cursor_rest(&xml->in);
	size_t n = slice_find(rest, '<');
	struct slice text = cursor_take(&xml->in, n == SIZE_MAX ? rest.n : n);
	if (xml->depth)
		put_text(&xml->text, text);
	else if (slice_trim(text).n)
		return refuse(xml, err, "text outside of any element");
	if (n == SIZE_MAX)
		return 0;
	cursor_take(&xml->in, 1);
	return take_markup(xml, err);
}

int
xml_next(struct xml *xml, enum xml_kind *out, struct plim_error *err)
{
	int r = 0;
	if (xml->in.at == 0 && slice_starts(xml->in.in, SLICE("\xef\xbb\xbf")))
		cursor_take(&xml->in, 3);
	if (xml->closed)
		leave(xml);
	xml->closed = false;
	*out = XML_CLOSE;
	if (xml->closes) {
		xml->closed = true;
		xml->closes = false;
		return 0;
	}
	while (r == 0 && cursor_left(&xml->in))
		r = take_piece(xml, err);
	if (r < 0)
		return r;
	if (xml->path.failed || xml->text.failed)
		return error_nomem(err);
	if (r == XML_END && xml->depth)
		return refuse(xml, err, "the document ends within an element");
	*out = (enum xml_kind)r;
	return 0;
}

void
xml_put(struct strbuf *into, struct slice text)
{
	static const struct { char c; const char *name; } names[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" },
	};
	for (size_t i = 0; i < text.n; i++) {
		const char *name = NULL;
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			name = text.p[i] == names[k].c ? names[k].name : name;
		if (name)
			strbuf_puts(into, name);
		else
			strbuf_putc(into, text.p[i]);
	}
}

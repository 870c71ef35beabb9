/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML as package managers write it, element by element: no DTD is read, no entity but the five and numbers is known, nothing is
 * fetched.  The text must be UTF-8.  Nesting up to LIMIT_DOCUMENT_DEPTH_COUNT.
 */
#ifndef CODEC_XML_H
#define CODEC_XML_H

#include "base/cursor.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

enum xml_kind { XML_END, XML_OPEN, XML_CLOSE };

/* Starts with `in` alone; xml_done releases it. */
struct xml {
	struct cursor in;
	struct strbuf path;        /* "/project/parent": names without prefixes; on XML_CLOSE still with what closes */
	struct strbuf text;        /* of the innermost element since it or its last child began or ended, entities replaced */
	struct slice attributes;   /* of XML_OPEN, as written */
	size_t depth;
	bool closes, closed;       /* private, as all that follows: <a/>, and what closed is still on the path */
	size_t counted;
	uint32_t newlines;
};

void xml_done(struct xml *xml);
static inline void
auto_xml(struct xml *xml)
{
	xml_done(xml);
}

/* The next element's begin or end; XML_END behind the last one.  Errors tell the line. */
int xml_next(struct xml *xml, enum xml_kind *out, struct plim_error *err);
/* The line where it stands, from 1. */
uint32_t xml_line(struct xml *xml);
/* Of `attributes` of XML_OPEN: appends the value, entities replaced; a prefix of its name does not matter.  False where there is none. */
bool xml_attribute_find(struct slice attributes, const char *name, struct strbuf *into);

/* Text as XML and HTML have it between tags or quotes; what may stand in neither is the caller's. */
void xml_put(struct strbuf *into, struct slice text);

#endif

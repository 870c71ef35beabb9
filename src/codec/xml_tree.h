/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML as a tree in an arena, without what documents of data do not need: a document type, and so entities, are refused.
 * Prefixes of names are dropped.
 */
#ifndef CODEC_XML_TREE_H
#define CODEC_XML_TREE_H

#include "base/arena.h"

#include <plimsoll/error.h>

struct xml_pair {
	struct slice name, value;
};

struct xml_element {
	struct slice name;
	struct slice text;         /* all of it that stands directly inside, without blanks at both ends */
	const struct xml_pair *attributes;
	size_t attribute_count;
	struct xml_element *first, *next;  /* children in their order, and the next sibling */
	size_t line;
};

/* Everything lives in the arena.  PLIM_EFORMAT with the line, PLIM_ELIMIT for nesting beyond LIMIT_DOCUMENT_DEPTH_COUNT. */
int xml_tree_parse(struct slice text, struct arena *arena, const struct xml_element **out, struct plim_error *err);

/* Elements of a document that is too large to be one tree, one at a time. */
struct xml_walk {
	void *context;
	unsigned depth;            /* the root's is 1 */
	bool (*wants)(void *context, struct slice path);
	/* The bytes of one of them, a document of its own. */
	int (*take)(void *context, struct slice path, struct slice element, struct plim_error *err);
};
/* In their order; an error of one has the line on which it ends. */
int xml_walk(struct slice document, const struct xml_walk *walk, struct plim_error *err);

/* Of an element that may be NULL: absent where it has none. */
struct slice xml_attribute(const struct xml_element *of, const char *name);
struct slice xml_child_text(const struct xml_element *of, const char *name);
/* The first of that name, NULL where there is none. */
const struct xml_element *xml_child(const struct xml_element *of, const char *name);
/* The same among the siblings behind `after`. */
const struct xml_element *xml_next_named(const struct xml_element *after, const char *name);

#endif

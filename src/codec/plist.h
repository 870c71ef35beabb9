/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML property lists, one value after another: what xbps writes.  Elements and
 * the entities that XML itself has; no document type of its own, no CDATA.
 */
#ifndef CODEC_PLIST_H
#define CODEC_PLIST_H

#include "base/cursor.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

#define PLIST_DEPTH_MOST 64    /* room for limit DOCUMENT_DEPTH_COUNT */

enum plist_kind {
	PLIST_DICT, PLIST_ARRAY,    /* begins; what is in it follows, then PLIST_END */
	PLIST_END,
	PLIST_KEY,                  /* of the value that follows */
	PLIST_STRING,
	PLIST_OTHER,                /* integer, true, false, real, data, date: without its text */
	PLIST_DONE,                 /* the document ended as it should */
};

struct plist {
	struct cursor in;
	struct strbuf text;         /* of the last key or string, valid until the next call */
	bool open[PLIST_DEPTH_MOST];    /* which containers are: true for a dict */
	size_t depth;
	bool rooted;                /* the outermost value began */
};

static inline struct plist
plist_of(struct slice body)
{
	return (struct plist){ .in = cursor_of(body) };
}

static inline void
auto_plist(struct plist *plist)
{
	strbuf_done(&plist->text);
}

/* PLIM_EFORMAT with offset where the document is none, or ends early; PLIM_ELIMIT where it is too deep. */
int plist_next(struct plist *plist, enum plist_kind *out, struct plim_error *err);
/* Passes over the value that began with `kind`, whatever is in it. */
int plist_pass(struct plist *plist, enum plist_kind kind, struct plim_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a VEX document says, whatever its format: statements, each of one
 * vulnerability in one product.  Readers are pure, one file a format; a
 * document that is broken anywhere is refused as a whole.
 */
#ifndef VEX_STATEMENT_H
#define VEX_STATEMENT_H

#include "base/vec.h"
#include "codec/json.h"

/* In the order of OpenVEX: the first two waive. */
enum vex_status { VEX_NOT_AFFECTED, VEX_FIXED, VEX_AFFECTED, VEX_UNDER_INVESTIGATION, VEX_STATUS_COUNT };
const char *vex_status_name(enum vex_status status);    /* "not_affected", ... */
bool vex_status_waives(enum vex_status status);

/* What a statement speaks of: an image, a package, or something that is not known here. */
struct vex_thing {
	struct slice purl;         /* as it was written; absent: none */
	struct slice also;         /* another one of the same thing; both must match */
	struct slice sha256;       /* hexadecimal: an image's digest; of a package it bounds nothing that is known here */
	struct slice cpe;          /* of what has no purl: an operating system may be known by it */
	struct slice range;        /* a version, or several ("vers:npm/<2"), beside what the purl tells; absent: none */
	struct slice name;         /* for people, where there is no purl: a name, a reference that leads nowhere */
	bool unclear;              /* it is bounded in words that are not understood: it matches nothing */
};

struct vex_statement {
	struct slice id;                       /* of the vulnerability */
	const struct slice *aliases;
	size_t alias_count;
	bool of_subject;                       /* it names no product: that of its attestation is meant */
	struct vex_thing product;
	const struct vex_thing *subcomponents; /* any of them; none: the product as a whole */
	size_t subcomponent_count;
	enum vex_status status;
	struct slice justification, impact, action;    /* absent where nothing is said */
	int64_t time;                          /* seconds; DATE_NONE: not told */
};

enum vex_format { VEX_OPENVEX, VEX_CSAF, VEX_CYCLONEDX };

struct vex_document {
	enum vex_format format;
	struct slice id, author, version;      /* absent where nothing is said */
	int64_t issued, updated;               /* DATE_NONE: not told */
	VEC(struct vex_statement) statements;
};
void vex_document_done(struct vex_document *document);
/* What versions of one document have in common, in the arena: of CSAF the id is its publisher's.  Absent where its id or version is none. */
int vex_document_lineage(const struct vex_document *document, struct arena *arena, struct slice *out, struct plim_error *err);
/* Of two of one lineage. */
bool vex_document_is_newer(const struct vex_document *a, const struct vex_document *b);
/* OpenVEX and CSAF demand a justification or an impact statement of what is not affected; CycloneDX does not. */
bool vex_lacks_reason(const struct vex_document *document, const struct vex_statement *statement);
static inline void
auto_vex_document(struct vex_document *document)
{
	vex_document_done(document);
}

/*
 * Of any format.  Texts and arrays are in `arena`, which need not be that of the JSON; the document is the caller's to release, after an
 * error too.  PLIM_EFORMAT with the place: "statements[3]: no status".
 */
int vex_read(struct slice text, struct arena *arena, struct vex_document *out, struct plim_error *err);
/* Whether a tree is one of these formats at all. */
bool vex_is_document(const struct json *root);
bool vex_is_csaf(const struct json *root);

int openvex_read(const struct json *root, struct arena *arena, struct vex_document *out, struct plim_error *err);
int csaf_read(const struct json *root, struct arena *arena, struct vex_document *out, struct plim_error *err);
int cyclonedx_vex_read(const struct json *root, struct arena *arena, struct vex_document *out, struct plim_error *err);

/* For readers: a copy in the document's array, refused above LIMIT_VEX_STATEMENT_COUNT. */
int vex_add(struct vex_document *document, const struct vex_statement *statement, struct plim_error *err);
/* A text that may be missing: copied, absent where there is none; false without memory. */
bool vex_keep(struct arena *arena, struct slice text, struct slice *out);
/* Its purl, or a tag of an image in it, has a version. */
bool vex_purl_has_version(struct slice purl);
/* A time that may be missing: DATE_NONE.  One that is there and none is PLIM_EFORMAT. */
int vex_time(const struct json *object, const char *key, int64_t *out, struct plim_error *err);
/* That of a statement: when it was updated, else when it was issued, else `otherwise`, the document's first. */
int vex_time_of(const struct json *statement, const char *updated, const char *issued, int64_t otherwise, int64_t *out, struct plim_error *err);
/* The member is missing (NULL in `*out`) or a list, else PLIM_EFORMAT. */
int vex_list(const struct json *object, const char *key, const struct json **out, struct plim_error *err);

#endif

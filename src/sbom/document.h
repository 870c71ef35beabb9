/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bills of materials that others wrote.  A reader makes parts of a document; what they mean, whoever made it, is decided once, and
 * becomes a block as of a tree: rows of packages and of the operating system.  What cannot be told is a problem in it.
 */
#ifndef SBOM_DOCUMENT_H
#define SBOM_DOCUMENT_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "codec/json.h"
#include "layer/block.h"

enum part_kind { PART_PACKAGE, PART_SYSTEM, PART_FILE, PART_OTHER };

struct part_property {
	struct slice name, value;
};

/* Texts live in the document's arena; absent where nothing is said. */
struct part {
	enum part_kind kind;
	bool needs_purl;           /* of a package: it would be judged if it had one */
	bool may_be_list;          /* an application: of Trivy a lock file or a jar that others were found in */
	struct slice ref, group, name, version, purl, license, vendor, source_info, location;
	struct slice checksum;     /* "sha256:HEX" */
	VEC(struct part_property) properties;
};

struct part_need {
	struct slice from, to;     /* refs */
};

struct sbom_document {
	struct arena *arena;
	struct slice format, version, tool, name, serial;
	bool incomplete;           /* it says so itself */
	VEC(struct part) parts;
	VEC(struct part_property) properties;    /* of the subject */
	VEC(struct part_need) needs;
};

void sbom_document_done(struct sbom_document *document);
static inline void
auto_sbom_document(struct sbom_document *document)
{
	sbom_document_done(document);
}

/* Any of them, by what it begins with.  PLIM_EFORMAT with line or offset, PLIM_EUNSUPPORTED for another version than we read. */
int sbom_document_read(struct slice bytes, struct sbom_document *out, struct plim_error *err);
int sbom_read_cyclonedx(const struct json *root, struct sbom_document *out, struct plim_error *err);
int sbom_read_cyclonedx_xml(struct slice bytes, struct sbom_document *out, struct plim_error *err);
int sbom_read_spdx(const struct json *root, struct sbom_document *out, struct plim_error *err);
int sbom_read_spdx_tags(struct slice bytes, struct sbom_document *out, struct plim_error *err);

struct part *sbom_add_part(struct sbom_document *document, struct plim_error *err);
int sbom_add_property(struct sbom_document *document, struct part *part, struct slice name, struct slice value, struct plim_error *err);
struct slice sbom_property(const struct part *part, const char *name);
/* Of several the longest; one of an algorithm that we do not know, or of another length than it has, is no checksum. */
int sbom_take_checksum(struct sbom_document *document, struct part *part, struct slice algorithm, struct slice hex, struct plim_error *err);
/* "Organization: Debian <x>" and the like of SPDX; absent for NOASSERTION and NONE. */
struct slice sbom_said(struct slice text);
struct slice sbom_said_by(struct slice text);
/* A purpose of SPDX, with either of its spellings. */
void sbom_take_purpose(struct part *part, struct slice purpose);

/* A line of ours about what could not be read: absent parts were not said.  `path` lives in `scratch`. */
struct sbom_gap {
	struct slice kind, subject, path, reason;
};
int sbom_gap_read(struct slice text, struct strbuf *scratch, struct sbom_gap *out, struct plim_error *err);

/* What it means. */
int sbom_document_block(const struct sbom_document *document, struct block_builder *into, struct plim_error *err);

#endif

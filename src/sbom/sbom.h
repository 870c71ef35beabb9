/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bills of materials of an inventory.  One writer a format, one file each,
 * one array of all; the same inventory and time give the same bytes.
 */
#ifndef SBOM_SBOM_H
#define SBOM_SBOM_H

#include "catalog/inventory.h"

struct json_writer;

struct sbom_subject {
	const struct inventory *inventory;
	struct slice target;       /* as people wrote it, without the machine's directories */
	int64_t at;                /* the time it speaks of, seconds */
};

/* Which packages need which: for package i, `to[first[i]]` up to `to[first[i + 1]]`. */
struct sbom_relations {
	struct arena *arena;       /* owns the arrays */
	size_t *first, *to;
	bool whole;                /* false: behind LIMIT_SBOM_STEP_COUNT the others were not looked for */
};
/* Names that packages declare, of the nearest package so called; what is not there is left out. */
int sbom_relations_find(const struct inventory *inventory, struct arena *arena, struct sbom_relations *out, struct plim_error *err);

struct sbom {
	struct sbom_subject subject;
	struct sbom_relations relations;
	struct slice name, version;    /* of the subject: repository and tag or digest, else the target */
	struct slice purl;             /* pkg:oci/...; absent where no manifest is known */
	char uuid[37];                 /* of subject and content */
};

struct sbom_writer {
	const char *name;
	void (*write)(const struct sbom *sbom, struct strbuf *into);
};
extern const struct sbom_writer sbom_cyclonedx, sbom_spdx, sbom_json;
extern const struct sbom_writer *const sbom_writers[];    /* NULL-terminated; the first is the default */

const struct sbom_writer *sbom_writer_find(struct slice name);
int sbom_write(const struct sbom_subject *subject, const struct sbom_writer *writer, struct strbuf *into, struct plim_error *err);

/* What formats have no place for, under names of our own ("plimsoll:layer"); in one order, absent ones left out. */
typedef void sbom_property_fn(void *context, const char *name, struct slice value);
void sbom_package_properties(const struct sbom *sbom, const struct package *package, sbom_property_fn *put, void *context);
void sbom_file_properties(const struct sbom *sbom, const struct unaccounted_file *file, sbom_property_fn *put, void *context);
void sbom_subject_properties(const struct sbom *sbom, sbom_property_fn *put, void *context);
void sbom_system_properties(const struct sbom *sbom, sbom_property_fn *put, void *context);
/* What could not be read, in one line that sbom_gap_read (document.h) takes apart again. */
void sbom_gap_write(const struct inventory_gap *gap, struct strbuf *into);
/* SHA-256 of a regular file, DIGEST_NONE where it was not taken; the path of an unaccounted one, in the inventory's scratch. */
struct digest sbom_node_digest(const struct inventory *inventory, const struct node *node);
struct slice sbom_file_path(const struct inventory *inventory, const struct unaccounted_file *file);

/* "sha256:HEX": of an algorithm that the formats have a word for; where it is not, or there is no digest, nothing is written. */
enum sbom_words { SBOM_WORDS_CYCLONEDX, SBOM_WORDS_SPDX };
bool sbom_checksum_is_known(struct slice checksum);
void sbom_write_checksum(struct json_writer *w, enum sbom_words words, struct slice checksum);
void sbom_write_digest(struct json_writer *w, enum sbom_words words, const struct digest *digest);

/* The expression of a package's licences; false where none is known, or one of them is in no list: then it is a name as somebody wrote it. */
bool sbom_license_expression(const struct package *package, struct strbuf *into);

#endif

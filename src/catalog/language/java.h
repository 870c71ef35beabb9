/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a Java archive is: what Maven leaves in it (pom.properties, pom.xml), its manifest, its file name.  Texts are in the
 * arena or borrowed from what was read.
 */
#ifndef CATALOG_LANGUAGE_JAVA_H
#define CATALOG_LANGUAGE_JAVA_H

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "catalog/cataloger.h"

struct java_coordinates {
	struct slice group, artifact, version;
};

/* What stands in the first section of a manifest, continuation lines joined; absent where it does not. */
enum java_attribute {
	JAVA_SYMBOLIC_NAME,    /* without directives, as the group and artifact of OSGi */
	JAVA_BUNDLE_NAME,
	JAVA_BUNDLE_VERSION,
	JAVA_BUNDLE_VENDOR,
	JAVA_BUNDLE_LICENSE,
	JAVA_IMPLEMENTATION_TITLE,
	JAVA_IMPLEMENTATION_VERSION,
	JAVA_IMPLEMENTATION_VENDOR,
	JAVA_IMPLEMENTATION_VENDOR_ID,
	JAVA_SPECIFICATION_TITLE,
	JAVA_SPECIFICATION_VERSION,
	JAVA_SPECIFICATION_VENDOR,
	JAVA_MODULE_NAME,
	JAVA_EXTENSION_NAME,
	JAVA_GROUP_ID,
	JAVA_ARTIFACT_ID,
	JAVA_SHORT_NAME,
	JAVA_PLUGIN_VERSION,
	JAVA_CREATED_BY,
	JAVA_ATTRIBUTE_COUNT,
};

struct java_manifest {
	struct slice of[JAVA_ATTRIBUTE_COUNT];
};

int java_manifest_read(struct slice text, struct arena *arena, struct java_manifest *out, struct plim_error *err);

/* groupId, artifactId and version of a pom.properties; absent where it has them not, or not filled in. */
int java_properties_read(struct slice text, struct arena *arena, struct java_coordinates *out, struct plim_error *err);

struct java_dependency {
	struct java_coordinates of;    /* with properties that this pom knows filled in; absent where it does not */
	struct slice scope, optional;
	uint32_t line;
	struct java_dependency *next;
};

struct java_pom {
	struct java_coordinates of, parent;
	struct slice license, vendor;    /* several licences with " OR " between: Maven lets the user choose */
	struct java_dependency *dependencies;
};

/* A pom.xml on its own: what a parent would add is not there, but its group and version are inherited. */
int java_pom_read(struct slice text, struct arena *arena, struct java_pom *out, struct plim_error *err);

/* "artifact-1.0-classifier" taken apart; `told`, a version that the manifest tells, settles where the version begins. */
struct java_coordinates java_file_name(struct slice stem, struct slice told);

/* The group in a path of a repository of Maven, Gradle or Ivy that has this artifact and version; absent elsewhere. */
int java_repository_group(struct slice path, const struct java_coordinates *of, struct arena *arena, struct slice *out, struct plim_error *err);

/*
 * Who an archive is by its manifest and the name of its file, where Maven has left nothing in it; the artifact is absent where nothing
 * tells both name and version.  `*weak`: by the file's name alone.
 */
int java_identify(struct slice path, const struct java_manifest *manifest, struct arena *arena, struct java_coordinates *out, bool *weak,
                  struct plim_error *err);

/* The manifest speaks of this artifact. */
bool java_manifest_names(const struct java_manifest *manifest, struct slice artifact);
/* Vendor and licence as a manifest has them. */
struct slice java_manifest_vendor(const struct java_manifest *manifest);

/* An archive by its name: 0 none, 1 maybe (the name is used for other things, too), 2 surely. */
int java_archive_kind(struct slice name);
/* The name without folders and the archive's extension. */
struct slice java_archive_stem(struct slice path);

/* Equal but for what separates words: . - _ */
bool java_same_words(struct slice a, struct slice b);

/* An error of an arena that gave nothing. */
int java_nomem(const struct arena *arena, struct plim_error *err);

/* "group:artifact", or the artifact alone where nobody tells the group. */
struct slice java_name(struct arena *arena, const struct java_coordinates *of);
/* Fit to be shown and matched: no blanks, no placeholders, not longer than paths. */
bool java_is_plain(struct slice word);

#endif

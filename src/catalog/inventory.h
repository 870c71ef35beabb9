/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one image (or tree) has in the end: the squashed tree, its packages,
 * its operating system, and what could not be read.  Everything later asks
 * the inventory, nothing later sees a byte of the image.
 */
#ifndef CATALOG_INVENTORY_H
#define CATALOG_INVENTORY_H

#include "catalog/cataloger.h"
#include "image/image.h"
#include "catalog/file_index.h"
#include "catalog/history.h"
#include "catalog/live/live.h"
#include "codec/spdx.h"
#include "catalog/secret/secrets.h"
#include "layer/tree.h"

enum origin { ORIGIN_UNKNOWN, ORIGIN_BASE, ORIGIN_APPLICATION };

/* A lock file alone installs nothing; hidden: the database of a lower layer is gone or emptied in the final image; removed: while it is made. */
enum package_scope { PACKAGE_INSTALLED, PACKAGE_DECLARED, PACKAGE_HIDDEN, PACKAGE_REMOVED };

struct package {
	struct slice type, name, version, epoch, arch, source, source_version, vendor, license, module;    /* absent where NULL */
	struct slice purl;         /* canonical, qualifiers arch, distro, epoch, upstream as the purl types define them */
	enum package_scope scope;
	struct slice owner_type, owner;    /* package of a distribution that lists `file`; absent where none does */
	struct slice file;         /* absolute, of the database or file that tells of it */
	struct slice path;         /* the same; of one inside an archive "FILE!INSIDE" */
	struct slice root;         /* absolute directory whose files are its own; absent: the file alone */
	bool essential;            /* its package manager does not remove it */
	const struct spdx *expression;    /* of its licences; NULL where none is declared, or one is not understood */
	struct slice evidence, dependencies, checksum, cpe, license_expression;    /* as the fields of ROW_PACKAGE; absent where NULL */
	uint32_t layer;            /* the first layer from which on it is there in this version without a gap; UINT32_MAX for a tree */
	enum origin origin;
};

struct operating_system {
	bool known;                /* id and, unless the distribution rolls, version are known */
	bool none;                 /* no operating system at all: no release file, no package database, no shell */
	struct slice id, version_id, version, name, codename, pretty_name, id_like;
	struct slice release;      /* numbers of /etc/redhat-release, where they tell the minor release too; absent else */
	struct slice path;         /* which file said so */
	uint32_t layer;
	int64_t support_end;       /* day, DATE_NONE when not known or rolling */
	bool rolling;
};

/* Why a part of the answer cannot be given; kinds as the policy's `unknown` names them. */
struct inventory_gap {
	const char *kind;          /* "unreadable", "limit", "os", "hidden_database" */
	struct slice path;         /* absolute; absent if none */
	uint32_t layer;            /* UINT32_MAX if none */
	struct slice subject;      /* "packages" where a package database is concerned, else the cataloger or "layer" */
	struct slice reason;
};

struct shown_row {
	const struct block *block;
	struct row row;
	uint32_t layer;
	const struct node *node;   /* shows it; node_path gives the absolute path */
};

/* A name below /etc that leads to a regular file. */
struct config_file {
	struct slice path;             /* absolute, as programs know it: links among its parents and at its end are followed */
	const struct node *node;       /* the file itself; NULL: there are more names, beyond limit CONFIG_NAME_COUNT */
	const struct shown_row *row;   /* ROW_CONFIG_FILE of its content; NULL where there is none: it lies elsewhere, or could not be read */
};

/* A program, library, script or Java archive that no package has and that says of itself nothing that we know. */
struct unaccounted_file {
	const struct node *node;
	const char *kind;              /* "elf", "script", "library", "java" */
};

struct shown_rows {
	const struct shown_row *at;
	size_t n;
};

/* So many directories, but those that most checks ask about, are asked about one by one before the owners of all files are looked up at once, which costs as much as ten. */
#define OWNERS_ASKED_MOST 10

/* What the kernel of the running machine told: rows of `block` by their kind. */
struct live {
	bool is;                       /* the target is the running machine */
	const struct block *block;     /* borrowed; NULL: nothing was told, `gap` says why */
	struct slice gap;
	struct {
		uint32_t *at;
		size_t n;
	} rows[LIVE_KIND_COUNT];
};

struct inventory {
	struct arena *arena;                   /* owns all texts below that are not in blocks */
	const struct image *image;             /* borrowed; NULL for a tree */
	const struct block *const *blocks;     /* borrowed, one a layer; NULL for one that could not be read */
	size_t block_count;
	struct tree *tree;
	struct operating_system os;
	struct package *packages;              /* sorted by type, name, version, arch, path */
	size_t package_count;
	struct inventory_gap *gaps;            /* in a defined order */
	size_t gap_count;
	const struct node *const *nodes;       /* all of the tree but its root, depth first in order */
	size_t node_count;
	struct file_index files;               /* of each of them */
	struct shown_rows rows[ROW_KIND_COUNT];    /* of each kind, those that the final tree shows */
	const struct config_file *config_files;
	size_t config_file_count;
	const struct unaccounted_file *unaccounted;    /* in tree order */
	size_t unaccounted_count;
	struct owners *owners;                 /* of all files, made when somebody asks for many: inventory_file_owner */
	struct owners *usual_owners;           /* of programs and settings, of which most is asked */
	struct {
		const struct node *directory;
		struct owners *owners;
	} asked[OWNERS_ASKED_MOST];            /* of the files of one other directory each, before that */
	size_t asked_count;
	const struct system_control_list *system_controls;    /* made when somebody first asks: system_controls.h */
	const struct hidden_file_list *hidden_files;          /* the same: hidden_files.h */
	struct package_files *package_files;   /* made when somebody first asks: package_files.h */
	const struct derived_rows **derived;   /* each made when somebody first asks: derived.h */
	struct history history;                /* none for a tree */
	struct secrets secrets;                /* of all layers and of the settings */
	struct strbuf *scratch;                /* for whoever shows a path: valid until the next one */
	struct shown_entries *shown;           /* private: which node shows each entry */
	struct live live;
	size_t base_layers;                    /* layers that belong to a matched base, 0 while none matched */
};

/*
 * Squashes and resolves.  `layer_gaps[i]` (may be NULL) tells why block i is missing.
 */
int inventory_new(const struct image *image, const struct block *const *blocks, size_t block_count,
                  const char *const *layer_gaps, struct inventory **out, struct plim_error *err);
/* Beside the tree, of the running machine; `block` is borrowed, NULL where `gap` says why there is none. */
int inventory_set_live(struct inventory *inventory, const struct block *block, const char *gap, struct plim_error *err);
void inventory_free(struct inventory *inventory);
AUTO_DEFINE(inventory, struct inventory, inventory_free)

/*
 * Packages are sorted by type and name: the index of the first that does not sort before one of these; `name` NULL:
 * the first behind all of that type.
 */
size_t inventory_package_bound(const struct inventory *inventory, struct slice type, const struct slice *name);

/* Whose file it is: a package of a distribution before one of a language; NULL for nobody, and without memory. */
struct file_owner {
	struct slice type, name;
	uint32_t layer;        /* from which on the package is there as it is; UINT32_MAX for a tree */
};
const struct file_owner *inventory_file_owner(const struct inventory *inventory, const struct node *node);
/* Judged by the advisories of its own type: a package of a language that is installed and that no distribution's package brought. */
bool package_is_upstream(const struct package *package);
/* Packages of these types are what a distribution's package manager installed: deb, rpm, apk, ... */
bool package_type_is_system(struct slice type);
/* Whatever of this purl type is installed is found: that none is there means something. */
bool package_type_is_read(struct slice type);

/* What the target is.  An image and a host differ by what else there is; a tree could be of either. */
enum inventory_kind { INVENTORY_IMAGE, INVENTORY_TREE, INVENTORY_HOST, INVENTORY_DOCUMENT };
enum inventory_kind inventory_kind(const struct inventory *inventory);
const char *inventory_kind_name(enum inventory_kind kind);    /* "image", "tree", "host", "document" */
/* As a sentence begins: "an image", "a tree", "a host", "a bill of materials". */
const char *inventory_kind_words(enum inventory_kind kind);
/* The directory at or above an absolute path that a host's walk left out; NULL where it was not. */
const struct shown_row *inventory_left_out(const struct inventory *inventory, struct slice path);

/* A bill of materials stands for it: packages and the operating system are as that tells, and there is nothing else. */
bool inventory_is_document(const struct inventory *inventory);

/* Marks what the first `layers` layers brought as base, the rest as application. */
void inventory_set_base(struct inventory *inventory, size_t layers);
enum origin inventory_layer_origin(const struct inventory *inventory, uint32_t layer);
/* Bytes of the files in one layer, sparse ones as long as they claim; 0 for a layer that could not be read. */
uint64_t inventory_layer_size(const struct inventory *inventory, uint32_t layer);

/*
 * Files of the final tree that a cataloger's roots lead to and that were not extracted (reached through a link of
 * another layer): each wants a second read.  Answers how many; `wanted[i]` in the arena.
 */
struct missed_file {
	uint32_t layer, entry;     /* whose content is wanted */
	struct slice path;         /* absolute, as the cataloger knows it ("/var/lib/dpkg/status") */
};
int inventory_missed(const struct inventory *inventory, const struct missed_file **out, size_t *out_count, struct plim_error *err);

/* Goes through the rows of one kind that the final tree shows: its file is there and has these bytes. */
struct row_walk {
	uint32_t layer, row;       /* private; start zeroed */
};
bool inventory_next_row(const struct inventory *inventory, enum row_kind kind, struct row_walk *walk, struct shown_row *out);

const char *package_scope_name(enum package_scope scope);
const char *origin_name(enum origin origin);    /* "base", "application", NULL for unknown */

#endif

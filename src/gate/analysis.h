/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the analysis share. */
#ifndef GATE_ANALYSIS_H
#define GATE_ANALYSIS_H

#include "base/vec.h"
#include "gate/analyze.h"
#include "gate/remote.h"

/* What came of one blob. */
struct part {
	int block;                 /* descriptor, -1 for none */
	uint64_t length;           /* of the block in it; 0: all */
	struct digest stored, plain;
	uint64_t size;             /* of the stored bytes */
	char *gap;                 /* why there is no block */
	bool unsent;
};

/* Where the bodies of all files go, beside the blocks: a file for each part (gate/scan/copying.h). */
struct copies {
	int directory;             /* in which they are made, and have no name; borrowed */
	int *files;                /* -1 where there is none yet */
	size_t n;
};
/* The file of a part, made if need be; borrowed.  -1 where nothing is copied. */
int copies_file(const struct copies *copies, size_t part, int *out, struct plim_error *err);

struct analysis {
	struct run *run;
	struct arena *arena;
	struct target target;
	struct remote remote;      /* of a registry's image, or an engine's */
	struct image_set *set;     /* NULL for a tree */
	struct process reader;     /* of a compressed archive: it stays for the layers */
	struct part *parts;
	size_t part_count;
	enum hashed_files hashing;      /* of files */
	bool wished_rows;          /* of catalogers that run on wish */
	VEC(struct extra) extras;
	struct copies *copies;     /* NULL: nowhere */
	bool live;                 /* the running machine's root */
	bool set_sent;
	bool recorded;             /* the reader has a stored inventory: there is no target behind it */
};

void part_done(struct part *part);
/* Take what a worker sent: a sealed block, then the digest of the plain bytes; PLIM_EPROCESS for anything else. */
int part_take_block(struct part *part, struct message *message, struct plim_error *err);
int part_take_plain(struct part *part, const struct message *message, struct plim_error *err);
/* What a failure of a worker costs: 0 with a gap where it reached a limit, died or lied; `code` where the layer itself is damaged. */
int part_settle_failure(struct part *part, int code, struct plim_error *err);
/* The block or the gap, as that of `blob`. */
int part_send(const struct part *part, uint32_t blob, int judge, struct plim_error *err);

/* PLIM_EDIGEST where the blob, or the plain tar of a layer that it is, was not what is named. */
int analysis_verify_blob(const struct analysis *analysis, size_t at, struct plim_error *err);
int analysis_verify_size(const struct image_blob *blob, uint64_t size, struct plim_error *err);
int analysis_verify_layers(const struct analysis *analysis, size_t blob, struct plim_error *err);

/* Of nothing yet; to be closed. */
int analysis_new(struct run *run, struct analysis **out, struct plim_error *err);

/* One part for each blob, empty yet. */
int analysis_make_parts(struct analysis *analysis, struct plim_error *err);

/* Fills `set`, and keeps the reader where the layers exist only inside a compressed archive. */
int analysis_open_documents(struct analysis *analysis, const char *const *platforms, struct plim_error *err);
bool analysis_is_inside(const struct analysis *analysis);
/* Gives the reader of documents a file that it asks for. */
int analysis_answer(struct analysis *analysis, struct slice path, struct plim_error *err);

/* The block of a whole worker goes into the cache, under the digest that the hasher found. */
void analysis_keep(struct analysis *analysis, size_t blob);
/* Fills the part from the cache; false where it knows nothing of these bytes. */
bool analysis_take_kept(struct analysis *analysis, size_t blob, const struct digest *stored);
/* A diff id that a docker archive's configuration claims says only what is worth trying first: hashing alone. */
bool analysis_seems_kept(const struct analysis *analysis, size_t blob);

/* Three ways to fill the wanted parts. */
int analysis_read_blobs(struct analysis *analysis, const bool *wanted, struct plim_error *err);
int analysis_read_inside(struct analysis *analysis, const bool *wanted, struct plim_error *err);
int analysis_read_tree(struct analysis *analysis, struct plim_error *err);

#endif

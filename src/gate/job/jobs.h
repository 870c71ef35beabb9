/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes of a run and what they say to each other.  Each job is one
 * file, job_<name>.c; each confines itself before it reads a byte that came
 * from outside.
 */
#ifndef GATE_JOB_JOBS_H
#define GATE_JOB_JOBS_H

#include "base/digest.h"
#include "base/wire.h"
#include "catalog/secret/search.h"
#include "layer/collect.h"
#include "process/zygote.h"

enum job_index { JOB_HASHER, JOB_IMAGE, JOB_LAYER, JOB_TREE, JOB_JUDGE, JOB_FEEDS, JOB_VERDICT, JOB_INVENTORY, JOB_TRUST, JOB_ASSEMBLE, JOB_DOCUMENT, JOB_BUNDLE, JOB_INDEX, JOB_LIVE, JOB_RUNNING, JOB_SCRATCH, JOB_UNPACK, JOB_SCAN };

extern const struct job jobs[];

int job_hasher(int channel);
int job_image(int channel);
int job_layer(int channel);
int job_tree(int channel);
int job_judge(int channel);
int job_feeds(int channel);
int job_verdict(int channel);
int job_inventory(int channel);
int job_trust(int channel);
int job_assemble(int channel);
int job_document(int channel);
int job_bundle(int channel);
int job_index(int channel);
int job_live(int channel);
int job_running(int channel);
int job_scratch(int channel);
int job_unpack(int channel);
int job_scan(int channel);

/* Kinds of messages; those of one job are told where the job is. */
enum {
	SAY_ASK = 1,           /* a file of a layout: SOURCE_ASK */
	SAY_START,             /* what to do; the first message */
	SAY_FAILED,            /* code, text: instead of any answer */
	SAY_DONE,

	SAY_HASH,              /* struct hash_order; a file, and the ring's channel where a worker reads along */
	SAY_HASH_BYTES,        /* number, then the bytes */
	SAY_HASHED,            /* struct hashed */

	SAY_SET,               /* an image set */
	SAY_READ,              /* which blobs of a compressed archive */
	SAY_BLOB,              /* number of the blob whose block follows */
	SAY_BLOCK,             /* a block */
	SAY_PLAIN,             /* digest of the plain bytes; none: the stored bytes are plain */
	SAY_GAP,               /* number, then why there is no block */

	SAY_READY,             /* the judge has read its policy */
	SAY_CHECK,             /* number of the image */
	SAY_VERDICT,           /* of the judge: one; of who reads a file of them: all */
	SAY_MISSED,            /* struct extra_list: files for a second reading */
	SAY_QUERY,             /* the statement */
	SAY_WARNING,
	SAY_COLUMNS, SAY_ROWS,

	SAY_FILE,              /* of a feed: see job_feeds.h */
	SAY_REPORTS,
	SAY_DATABASE,

	SAY_WINDOW,            /* bytes of decoders' windows that a worker needs in place of what it had; the same back once it may take them */

	SAY_SIDE,              /* 0 the old, 1 the new: whose set, blocks and gaps follow, and which the next question is about */
	SAY_HOLD,              /* number of the image that is compared */
	SAY_HELD,
	SAY_DIFF,              /* the images that are held; the same back with a diff */

	SAY_APPROVAL,          /* to the judge: struct signed_by of what the target names */
	SAY_VERIFY, SAY_ADD, SAY_REMOVE, SAY_EVIDENCE, SAY_CLOSURE,    /* see job_trust.h */

	SAY_MARK,              /* number of the mark that the reader of feeds has come to */

	SAY_MERGE,             /* see job_merge.h */
	SAY_REFERRERS,         /* see job_referrers.h */

	SAY_SBOM,              /* number of the image, final, then number of the format for sbom_writers; the same back with a document */
	SAY_PREVIOUS,          /* see job_feeds.h */

	SAY_FIX,               /* see job_judge.h */

	SAY_VEX,               /* see job_trust.h; the answer goes to the judge as it is */
	SAY_INDEX,             /* see job_index.c */

	SAY_ROOM,              /* see job_judge.h */
	SAY_DRIFT,             /* the same; back with struct drift */
	SAY_SCAN, SAY_COPY, SAY_SCANNED,    /* see scan.h */

	SAY_AGAIN,             /* seconds: the image that is held is judged at that time; SAY_VERDICT back */
};

enum index_form { INDEX_MIRROR, INDEX_ARTIFACT };

struct hash_order {
	uint32_t number;
	uint32_t algorithm;
	uint64_t offset, size;
	bool streamed;             /* a pipe: it is read as it comes, from no offset */
	uint64_t step;             /* after so many bytes each it says how far it is; 0: not before the end */
};

enum { HASHED_PARTLY = 1 };

struct hashed {
	uint32_t number;
	int32_t code;              /* 0; HASHED_PARTLY; else negative: the text says why */
	uint64_t passed;           /* bytes, of HASHED_PARTLY */
	struct digest digest;
	char text[256];
};

/* Files that only the final tree makes interesting, and the path under which a cataloger knows each; empty: its content is kept, for a policy's tests. */
struct extra {
	size_t blob;
	struct slice path, known_as;
};

struct extra_list {
	struct extra *at;
	size_t n;
};
extern const struct wire_struct wire_extras;

/* What is wanted of a reading besides what is always. */
struct wishes {
	enum hashed_files hashing;      /* of files */
	bool rows;                      /* of the catalogers that run on wish */
	struct extra_list extras;
	enum analysis_level level;
};
extern const struct wire_struct wire_wishes;

extern const struct wire_struct wire_id_map;

/* How much is told of a tree: all, what files are, not what they say, or which of them are programs. */
enum tree_depth { DEPTH_ALL, DEPTH_FILES, DEPTH_PROGRAMS };

/* What a layer's worker begins with; the ring's channel comes beside it. */
struct layer_order {
	uint64_t stored;           /* how many bytes come */
	bool hash_plain;           /* plain bytes, too: the hasher was asked for another digest than SHA-256 */
	bool host, live;           /* of a tree: a machine's root; the running machine's */
	struct wishes wishes;
	/* Of a tree that is a container's: */
	enum overlay_marks marks;
	struct id_map uids, gids;
	enum tree_depth depth;
};
extern const struct wire_struct wire_layer_order;

/*
 * What a store's layer is assembled by: SAY_START with its tar-split and its directory, SAY_READ with the pipe that the archive goes into.  Where it
 * is counted there is no pipe, and SAY_DONE has its size.
 */
struct assemble_order {
	uint64_t size;             /* of the archive */
	bool counted;              /* nobody knows its size yet: that is the question */
};
extern const struct wire_struct wire_assemble_order;

/* SAY_FAILED there and back: the code is answered, the text is in `err`. */
int say_failed(int channel, int code, const struct plim_error *why);
int failure_of(struct slice body, struct plim_error *err);

/* A job of one question: what it begins with goes to `answer`, whose failure is said in place of what it would have.  Answers the exit status. */
int job_answer(int channel, int (*answer)(int channel, struct message *start, struct plim_error *err));

/* One message of a plain number, and what it says; UINT32_MAX for anything else. */
int say_number(int channel, uint32_t kind, uint32_t number, struct slice text, struct plim_error *err);
uint32_t number_of(struct slice *body);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image elsewhere: in a registry, as the files of a layout that are fetched one by one when somebody asks for them; or an engine's, as an
 * archive that passes by.
 */
#ifndef GATE_REMOTE_H
#define GATE_REMOTE_H

#include "gate/run.h"
#include "image/target.h"
#include "net/fetcher.h"

struct remote {
	struct fetcher *fetcher;   /* borrowed from the run */
	struct arena *arena;       /* borrowed */
	struct fetched root;       /* the manifest or index that the reference names */
	struct slice reference;    /* "HOST/PATH:TAG", "HOST/PATH@sha256:HEX": what the image is called */
	struct slice id;           /* of an engine's image; absent for a registry */
	uint32_t stream;           /* the last one that was opened of an engine; 0: none */
	int index;                 /* index.json, which leads to the root and nowhere else */
};

/* As remote_done leaves it. */
#define REMOTE_NONE ((struct remote){ .root = { .fd = -1 }, .index = -1 })

/* Finds what `address` names; release with remote_done.  Texts are in the arena. */
int remote_open(struct run *run, struct slice address, struct arena *arena, struct remote *out, struct plim_error *err);
/* The same of an engine. */
int remote_open_engine(struct run *run, struct slice address, struct arena *arena, struct remote *out, struct plim_error *err);
void remote_done(struct remote *remote);

/* Answers one SOURCE_ASK on the channel; its body is the path. */
int remote_answer(struct remote *remote, int channel, struct slice path, struct plim_error *err);
/* The same of an engine, which has the path "archive" only. */
int remote_answer_archive(struct remote *remote, int channel, struct slice path, struct plim_error *err);
/* `code`, or in its place why what passes by came to an early end. */
int remote_why(struct remote *remote, int code, struct plim_error *err);

/* The bytes of a blob as they come: `*fd` is a pipe's, `*number` is for fetcher_why. */
int remote_stream(struct remote *remote, const struct image_blob *blob, int *fd, uint32_t *number, struct plim_error *err);

/* All of a document, in the arena, and the end of its descriptor; above `limit` bytes PLIM_ELIMIT. */
int fetched_text(struct fetched *fetched, uint64_t limit, struct arena *arena, struct slice *out, struct plim_error *err);

#endif

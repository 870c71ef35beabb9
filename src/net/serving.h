/* SPDX-License-Identifier: Apache-2.0 */
/* The orders of order.h, each a function; what they answer goes out once they return. */
#ifndef NET_SERVING_H
#define NET_SERVING_H

#include "net/ask.h"

/* What is said back; texts are in `arena`, which lives as long as the order does. */
struct saying {
	struct arena *arena;
	struct answer answer;
	struct slice document;     /* present: a document */
};

int serve_resolve(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err);
int serve_document(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err);
int serve_referrers(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err);
int serve_address(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err);

/* `pipe` is taken where it succeeds. */
int serve_stream(struct fetch *fetch, const struct order *order, int *pipe, struct plim_error *err);
int serve_why(struct fetch *fetch, const struct order *order, struct plim_error *err);
/* Goes on with streams whose requests are done; in how many milliseconds one wants to be begun anew, at most `most`. */
void streams_tend(void *fetch);
uint64_t streams_wait(void *fetch, uint64_t most);
/* Pipes that wait for their reader though all has come. */
size_t streams_gather(void *fetch, struct curl_waitfd *fds, size_t most);
void streams_sweep(struct fetch *fetch);

/* What engines have: engine.c. */
int serve_engine_find(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err);
int serve_engine_stream(struct fetch *fetch, const struct order *order, int *pipe, struct plim_error *err);
/* 0 for a number that is none of an engine's, or of which nobody complains. */
int serve_engine_why(struct fetch *fetch, const struct order *order, struct plim_error *err);
void exports_tend(struct fetch *fetch);
size_t exports_gather(const struct fetch *fetch, struct curl_waitfd *fds, size_t most);

/* A file at an address into an open one: file.c. */
int serve_file(struct fetch *fetch, const struct file_order *order, const int fd[static 2], struct saying *out, struct plim_error *err);

int serve_push_blob(struct fetch *fetch, const struct order *order, int from, struct plim_error *err);
int serve_mount(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err);
int serve_push_manifest(struct fetch *fetch, const struct order *order, struct saying *out, struct plim_error *err);
int serve_delete(struct fetch *fetch, const struct order *order, struct plim_error *err);

/* One document: what it must be. */
struct wanted {
	struct slice repository;       /* "HOST/PATH" */
	struct slice name;             /* a tag or the text of a digest */
	struct digest digest;          /* DIGEST_NONE for a tag */
	bool blob;
	bool no_mirror;                /* by a name that others write to: what a mirror kept of it may be taken back by now */
};
int document_get(struct fetch *fetch, const struct wanted *wanted, struct saying *out, struct plim_error *err);
/* "HOST/PATH" in two, held against the grammar of names. */
int repository_split(struct slice repository, struct endpoint *out, struct plim_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said between fetcher.h and plimsoll-fetch: one order, one answer to it, and so on; nobody speaks unasked.  The channel is the
 * program's descriptor HELPER_CHANNEL.  An order's descriptor is the pipe or file that it speaks of, an answer's a sealed document.
 */
#ifndef NET_ORDER_H
#define NET_ORDER_H

#include "base/digest.h"
#include "base/wire.h"

enum order_kind {
	ORDER_CONFIGURE = 1,     /* struct configuration; the first */
	ORDER_RESOLVE,           /* struct order from here on */
	ORDER_DOCUMENT,
	ORDER_REFERRERS,
	ORDER_ADDRESS,
	ORDER_STREAM,            /* answered at once: what becomes of it ORDER_WHY tells */
	ORDER_WHY,
	ORDER_PUSH_BLOB,
	ORDER_MOUNT,
	ORDER_PUSH_MANIFEST,
	ORDER_DELETE,
	ORDER_ENGINE_FIND,       /* name: answered with the image's id */
	ORDER_ENGINE_STREAM,     /* name: an id; answered as ORDER_STREAM is */
	ORDER_FILE,              /* struct file_order; the file and the one for its marks come with it */
	ORDER_END_,
};

struct configuration {
	struct slice auth_file, certificates, registries_conf;
	struct slice limits;               /* "NAME=NUMBER\n" of each that was chosen */
	struct slice *plain_http;
	size_t plain_http_count;
	struct slice engine;               /* its socket */
	bool anonymous;
};

struct order {
	struct slice name;                 /* a reference, a repository, an address */
	struct slice tag, media_type, from;
	struct slice bytes;                /* of a manifest */
	struct digest digest;
	uint64_t size;
	uint32_t number;                   /* of a stream */
	bool blob;                         /* not a manifest */
};

/* A file at an address, written into one that is lent. */
struct file_order {
	struct slice address;
	struct slice etag, modified;       /* of the one that is had: the answer may be that it is still this; absent without */
	struct slice mark;                 /* of which `had` bytes are in the file: ETag or Last-Modified */
	uint64_t had;
	uint64_t most;                     /* bytes of all of it */
};

struct answer {
	uint32_t code;                     /* a negated plim_code */
	struct slice why;
	struct slice media_type, repository, tag;
	struct slice id;                   /* of an engine's image */
	struct slice etag, modified;       /* of a file */
	int64_t modified_at;               /* seconds, DATE_NONE */
	bool yes;
};

#define ANSWER 1

extern const struct wire_struct configuration_wire, order_wire, file_order_wire, answer_wire;

#endif

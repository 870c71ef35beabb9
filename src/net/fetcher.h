/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What registries have, asked for through a process of its own, the program
 * plimsoll-fetch: it holds sockets and credentials, and parses HTTP, token
 * replies and the user's own configuration, nothing of an image.  Who asks
 * takes every answer for hostile.  OCI distribution-spec 1.1.
 */
#ifndef NET_FETCHER_H
#define NET_FETCHER_H

#include "base/arena.h"
#include "base/auto.h"
#include "base/digest.h"

#include <plimsoll/error.h>

struct fetcher;

/* NULL and 0 for the defaults. */
struct fetcher_options {
	const char *auth_file;             /* --authfile; else $REGISTRY_AUTH_FILE, podman's and Docker's places, in this order */
	const char *certificates;          /* --cert-dir: ca.crt, client.cert, client.key; else certs.d of containers and Docker */
	const char *registries_conf;       /* else $CONTAINERS_REGISTRIES_CONF, the user's, the system's, with its drop-ins */
	const char *const *plain_http;     /* hosts that may be spoken to without TLS; NULL-terminated; NULL: none */
	const char *engine;                /* socket of Docker or podman; else $DOCKER_HOST, then the usual places */
	bool anonymous;                    /* no credentials at all */
};

/* Starts the program; no connection is made yet. */
int fetcher_start(const struct fetcher_options *options, struct fetcher **out, struct plim_error *err);
void fetcher_stop(struct fetcher *fetcher);
AUTO_DEFINE(fetcher, struct fetcher, fetcher_stop)

/* A document: whole, in a sealed memory file of at most LIMIT_DOCUMENT_BYTES.  Texts are in the arena. */
struct fetched {
	int fd;                    /* the caller's; -1 for none */
	uint64_t size;
	struct slice media_type;   /* Content-Type without parameters; absent if none */
	struct digest digest;      /* of the bytes as received, SHA-256 */
	struct slice repository;   /* "HOST/PATH" that it is from by name, whatever mirror gave it */
	struct slice tag;          /* that was asked for; absent for a digest */
};

static inline void
auto_fetched(struct fetched *fetched)
{
	if (fetched->fd >= 0)
		close(fetched->fd);
}

/*
 * The manifest or index that a reference names; a reference with a digest is of these bytes, else PLIM_EDIGEST.  PLIM_ENOTFOUND names the host.
 * The repository of the answer is reference_repository() of a reference with a host, else PLIM_EPROCESS.
 */
int fetcher_resolve(struct fetcher *fetcher, struct slice reference, struct arena *arena, struct fetched *out, struct plim_error *err);

enum fetched_kind { FETCHED_MANIFEST, FETCHED_BLOB };

/* A document of `repository` ("HOST/PATH") by its digest: PLIM_EDIGEST where the bytes are others. */
int fetcher_document(struct fetcher *fetcher, struct slice repository, enum fetched_kind kind, const struct digest *digest, struct arena *arena,
                     struct fetched *out, struct plim_error *err);

/*
 * A blob as a stream: `*out` is the reading end of a pipe, out of which come `size` bytes and the end, or an early end.  Any number may be
 * open at once; what breaks off is resumed within; more than `size` is an early end too.  `*number` names it for fetcher_why.
 */
int fetcher_stream(struct fetcher *fetcher, struct slice repository, const struct digest *digest, uint64_t size, int *out, uint32_t *number,
                   struct plim_error *err);
/* Why a stream ended early, as an error, after its pipe has ended; 0 where it had nothing to complain of. */
int fetcher_why(struct fetcher *fetcher, uint32_t number, struct plim_error *err);

/* Manifests whose subject is `digest`: the referrers API, else the index at the tag "sha256-HEX" (an empty index where there is neither). */
int fetcher_referrers(struct fetcher *fetcher, struct slice repository, const struct digest *digest, struct slice artifact_type, struct arena *arena,
                      struct fetched *out, bool *api, struct plim_error *err);

/*
 * The tag's manifest as the repository ("HOST/PATH") itself has it, PLIM_ENOTFOUND where there is none.  Unlike fetcher_resolve it asks no
 * mirror: signatures stand under tags, and those that were taken back, or not yet copied, would be read, and written on.
 */
int fetcher_tag(struct fetcher *fetcher, struct slice repository, struct slice tag, struct arena *arena, struct fetched *out, struct plim_error *err);

/*
 * An image of an engine (Docker Engine API, which podman speaks too): what `name` (a reference, or an id's beginning) is.  `*id` is in the
 * arena, "sha256:HEX".
 */
int fetcher_engine_find(struct fetcher *fetcher, struct slice name, struct arena *arena, struct slice *id, struct plim_error *err);
/* The archive that `docker save ID` writes, through a pipe; otherwise as fetcher_stream, of a size that nobody knows before. */
int fetcher_engine_stream(struct fetcher *fetcher, struct slice id, int *out, uint32_t *number, struct plim_error *err);

/* Writing. */

/* Uploads what is not there yet: `from` is read from its beginning to `size` bytes, and may be a pipe. */
int fetcher_push_blob(struct fetcher *fetcher, struct slice repository, const struct digest *digest, uint64_t size, int from, struct plim_error *err);
/* The same of bytes in memory. */
int fetcher_push_bytes(struct fetcher *fetcher, struct slice repository, struct slice bytes, struct plim_error *err);
/* Has the registry mount a blob of another of its repositories; `*mounted` is false where it did not. */
int fetcher_mount_blob(struct fetcher *fetcher, struct slice repository, const struct digest *digest, struct slice from_repository, bool *mounted,
                       struct plim_error *err);
/* `tag` absent: by digest.  `*subject_known` (may be NULL): the registry keeps the list of referrers itself (header OCI-Subject). */
int fetcher_push_manifest(struct fetcher *fetcher, struct slice repository, struct slice tag, struct slice media_type, struct slice bytes,
                          bool *subject_known, struct plim_error *err);
/* Removes a manifest by digest, or a tag where `tag` is there (PLIM_EUNSUPPORTED where the registry cannot). */
int fetcher_delete(struct fetcher *fetcher, struct slice repository, struct slice tag, const struct digest *digest, struct plim_error *err);

/* A document at an address, https only: policies, feeds. */
int fetcher_address(struct fetcher *fetcher, struct slice address, struct arena *arena, struct fetched *out, struct plim_error *err);

struct file_wanted {
	struct slice address;              /* https, or of a host that may be spoken to without TLS */
	struct slice etag, modified;       /* of the one that is had; absent: none */
	int into;                          /* lent, for writing */
	uint64_t had;                      /* bytes of it that are in there already, of the one that `mark` names */
	struct slice mark;
	int beside;                        /* lent: gets the mark of what is being written, before the first byte of it */
	uint64_t most;
	void (*waiting)(void *context);    /* called some ten times a second; may be NULL */
	void *context;
};

struct file_got {
	bool changed;                      /* false: it is the one that is had */
	struct slice etag, modified;       /* as the server tells them, absent where it does not; in the arena */
	int64_t modified_at;               /* the second of them in seconds; DATE_NONE */
};

/*
 * A file at an address, as long as it may be, into an open one; what breaks off goes on where it was.  After an error what is in there may be
 * gone on with another time, if its mark was written.  PLIM_ENOTFOUND where there is none.
 */
int fetcher_file(struct fetcher *fetcher, const struct file_wanted *wanted, struct arena *arena, struct file_got *out, struct plim_error *err);

#endif

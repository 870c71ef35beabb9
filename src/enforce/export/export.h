/* SPDX-License-Identifier: Apache-2.0 */
/* What an export is made of, and the table of its formats.  Text out, nothing else: no format talks to an enforcer. */
#ifndef ENFORCE_EXPORT_EXPORT_H
#define ENFORCE_EXPORT_EXPORT_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "codec/json_write.h"
#include "policy/policy.h"

#include <plimsoll/export.h>

/* A key or a certificate, as libcrypto writes it again: nothing else of its file comes through. */
struct export_key {
	struct slice name;            /* of its file, without directories: letters, digits, "._-" */
	struct slice pem;             /* with a newline at its end */
};

struct export_base {
	struct slice repository;      /* with its registry: "docker.io/library/debian" */
	struct slice tag;             /* absent: none */
	struct digest digest;
};

struct exporting {
	const struct plim_export_options *options;
	const struct export_format *format;
	struct arena *arena;          /* of all texts */
	VEC(struct export_key) keys, certificates;
	VEC(struct slice) repositories;    /* sorted, different; each "*" takes "/" too, and no two follow each other */
	VEC(struct digest) digests;   /* sorted, different, SHA-256 */
	VEC(struct export_base) bases;
	struct policy *policy;        /* NULL: none */
	struct digest policy_digest;  /* DIGEST_NONE: any policy */
	struct slice name;            /* for Kubernetes: a label of RFC 1123 */
	struct slice install;         /* a directory without "/" at its end */
};

struct export_file {
	const char *path;             /* below the directory; in the arena */
	unsigned mode;
	struct strbuf text;
};

struct export_files {
	VEC(struct export_file) all;
};

/* What a format may be given; each bit is an option. */
enum export_input {
	EXPORT_KEY = 1 << 0,
	EXPORT_CERTIFICATE = 1 << 1,
	EXPORT_REPOSITORY = 1 << 2,
	EXPORT_DIGEST = 1 << 3,
	EXPORT_BASE = 1 << 4,
	EXPORT_POLICY = 1 << 5,       /* any use of it */
	EXPORT_NAMESPACE = 1 << 6,
	EXPORT_EXEMPT = 1 << 7,
	EXPORT_NAME = 1 << 8,
	EXPORT_INSTALL = 1 << 9,
	EXPORT_IDENTITY = 1 << 10,
};

struct export_format {
	const char *name;
	const char *meaning;          /* one line */
	unsigned takes, needs;        /* bits of enum export_input */
	const char *const *unchecked; /* sentences, NULL-terminated: what the enforcer does not check */
	const char *const *installing;    /* the same: where its files go */
	int (*write)(const struct exporting *x, struct export_files *out, struct plim_error *err);
};

extern const struct export_format export_podman, export_crio, export_cluster_image_policy, export_kyverno, export_admission, export_notation,
	export_buildkit, export_containerd;

/* A new file; NULL without memory.  The path is copied. */
struct strbuf *export_file_add(const struct exporting *x, struct export_files *out, const char *path, unsigned mode);
struct strbuf *export_file_addf(const struct exporting *x, struct export_files *out, unsigned mode, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The keys or certificates as files below `directory`. */
int export_keys_add(const struct exporting *x, struct export_files *out, const char *directory, bool certificates, struct plim_error *err);

/* Who wrote it, and what is not checked, as comment lines that begin with "# ". */
void export_comments(const struct exporting *x, struct strbuf *into);

/* In double quotes, for YAML as for TOML and CUE: what JSON writes is read by all of them. */
void export_quoted(struct strbuf *into, struct slice text);
/* A text of several lines, each so many blanks in. */
void export_block(struct strbuf *into, struct slice text, size_t indent);

/* inputs */

/* A file of one public key: ECDSA, Ed25519 or RSA of at least 2048 bits. */
int export_key_read(const char *path, struct arena *arena, struct export_key *out, struct plim_error *err);
int export_certificate_read(const char *path, struct arena *arena, struct export_key *out, struct plim_error *err);

/* Into `x`, from the options or the policy; a text that is no glob of repositories is refused. */
int export_repositories_read(struct exporting *x, struct plim_error *err);
int export_digests_read(struct exporting *x, struct plim_error *err);
int export_bases_read(struct exporting *x, struct plim_error *err);

/* The host of a glob; absent where it has a wildcard. */
struct slice export_host(struct slice glob);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations with which enforcers that exist already demand what plimsoll approves. */
#ifndef PLIMSOLL_EXPORT_H
#define PLIMSOLL_EXPORT_H

#include <plimsoll/error.h>

#include <stddef.h>
#include <stdio.h>

/* Zero it, set `size`, then what you need; strings are borrowed for the call, lists are NULL-terminated and may be NULL. */
struct plim_export_options {
	size_t size;                     /* sizeof this struct */
	const char *format;              /* of plim_export_format_name */
	const char *const *keys;         /* files: public keys as PEM (SPKI), any of which approves */
	const char *const *certificates; /* files: X.509 as PEM */
	const char *const *repositories; /* globs, in which "*" takes "/" too; none: those of the policy */
	const char *const *digests;      /* "sha256:..." of approved images */
	const char *digest_file;         /* more of them, one a line, "#" begins a comment */
	const char *const *bases;        /* "REPOSITORY[:TAG]@sha256:...": what may be built on */
	const char *const *namespaces;   /* of Kubernetes */
	const char *const *exempt;       /* namespaces that are not asked */
	const char *policy;              /* a file or a built-in name: its registries, its digest, its bases */
	const char *at;                  /* the day for bases that end, YYYY-MM-DD; NULL: today */
	const char *name;                /* of what is made in the cluster; NULL: "plimsoll", with the policy's name behind it */
	const char *install_directory;   /* where the files will be on the machines; NULL: "/etc/plimsoll" */
	const char *signed_as;           /* the repository that signatures name; NULL: the image's own */
	const char *remap;               /* "PREFIX=SIGNED_PREFIX": which part of their names signatures have in another way */
	const char *directory;           /* where to write; NULL: `into`, where it is one file */
};

/*
 * Writes the configuration: into files below `directory`, with a README.txt that tells what it does not check; or the only file to `into`, and that to
 * `words` where the file can hold no comment.  PLIM_EUSAGE for what the format needs, or cannot say.
 */
PLIM_API int plim_export(const struct plim_export_options *options, FILE *into, FILE *words, struct plim_error *err);

/* Name and meaning of the format at an index, NULL behind the last. */
PLIM_API const char *plim_export_format_name(unsigned index);
PLIM_API const char *plim_export_format_meaning(unsigned index);

#endif

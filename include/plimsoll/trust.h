/* SPDX-License-Identifier: Apache-2.0 */
/* Authorising images: a verdict becomes a signature that enforcers demand. */
#ifndef PLIMSOLL_TRUST_H
#define PLIMSOLL_TRUST_H

#include <plimsoll/check.h>

/* Where it is told what was done, before it is done: signatures, refusals, promotions, revocations (plim_verdicts_log has the places). */
struct plim_log_place {
	const char *file;          /* NULL: the usual one */
	bool off;
	FILE *warnings;            /* where it is told that the usual one could not be written; NULL: nowhere */
};

/* What must have been signed.  Zero it, set `size`, then what you need; strings are borrowed for the call. */
struct plim_verify_options {
	size_t size;                          /* sizeof this struct */
	const char *target;                   /* "docker://REF", "oci:DIR[:TAG]" */
	const char *const *keys;              /* public keys' files, each with its companion beside it if there is one; NULL-terminated */
	const char *const *certificates;      /* of the Notary Project; NULL-terminated */
	const char *const *policies;          /* files, built-in names or "sha256:HEX": one of them; NULL-terminated; NULL: any */
	const char *repository;               /* that the approval must name; NULL: the target's own, of a layout: any */
	bool any_repository;                  /* whatever it names: signatures of the Notary Project name none */
	const char *tag;                      /* that it must name; NULL: any */
	uint64_t verdict_age_most;            /* seconds; 0: not asked */
	uint64_t data_age_most;
	const char *denied;                   /* a deny list's file; NULL: none */
	uint64_t deny_age_most;
	uint64_t deny_serial_least;           /* an older list that somebody replays is refused; 0: not asked */
	const char *at;                       /* the clock; NULL: now */
	const struct plim_run_options *run;   /* NULL: as usual */
	const struct plim_log_place *log;     /* of refusals; NULL: the usual one */
};

struct plim_approval;

/* 0 with the answer, to be released by plim_approval_free; an error means that nothing was established. */
PLIM_API int plim_verify(const struct plim_verify_options *options, struct plim_approval **out, struct plim_error *err);
PLIM_API void plim_approval_free(struct plim_approval *approval);
PLIM_API enum plim_result plim_approval_result(const struct plim_approval *approval);
/* A line for each thing that held or did not: "text" or "json". */
PLIM_API int plim_approval_write(const struct plim_approval *approval, const char *format, const struct plim_report_options *options, FILE *into,
                                 struct plim_error *err);
PLIM_API const char *plim_approval_format_name(unsigned index);

struct plim_attest_options {
	size_t size;
	const char *target;                   /* "docker://REF" */
	const char *policy;                   /* as of plim_check */
	const char *policy_key;
	const char *database;
	const char *const *tags;              /* for which it is approved; NULL-terminated; NULL: the one in the target */
	const char *key;                      /* the approval key: a file or a "pkcs11:" URI */
	const char *companion;                /* what the key may approve; NULL: beside the key */
	const char *passphrase_file;
	const char *certificate;              /* of the key, for the Notary Project; NULL: beside it, if there is one */
	const char *evidence_key;             /* signs each platform's verdict as evidence; NULL: none is written */
	const char *sbom;                     /* a CycloneDX or SPDX document (JSON) of the image, which `evidence_key` signs; NULL: none.  One platform only */
	const char *const *evidence_from;     /* public keys whose evidence is taken in place of judging; NULL-terminated; NULL: it is judged */
	uint64_t evidence_age_most;           /* seconds; with `evidence_from` */
	bool bundle;                          /* sigstore bundles too, as referrers */
	bool notation;                        /* signatures of the Notary Project too */
	const char *as;                       /* NULL: the target's own repository; else where it must be */
	const struct plim_run_options *run;
	FILE *told;                           /* a line for each thing that was written; NULL: nowhere */
	const struct plim_log_place *log;
	const char *const *database_keys;     /* as of plim_check */
};

/*
 * Judges every image of the target afresh, by the clock of the machine, and signs and publishes only where all of them pass: the index and each
 * platform's manifest.  With `evidence_from` it reads no layer: a passing verdict by this very policy, of each platform and for this repository, must have been signed by
 * one of these keys; `*out` is NULL then, and anything missing an error.  0 with the verdicts: whether they pass tells whether something was published, and in what did not pass nothing was.  An error
 * names the step that failed: what was published before it is told in `told`.
 */
PLIM_API int plim_attest(const struct plim_attest_options *options, struct plim_verdicts **out, struct plim_error *err);

struct plim_promote_options {
	size_t size;
	const char *source, *destination;     /* "docker://REF" both */
	const char *policy;                   /* of the destination */
	const char *policy_key;               /* as of plim_check */
	const char *database;
	const char *key;                      /* signs for the destination; NULL: signatures are copied as they are */
	const char *companion, *passphrase_file;
	const struct plim_run_options *run;
	FILE *told;
	const struct plim_log_place *log;
	const char *const *database_keys;
};

/* Copies an image with all platforms, signatures and attestations, only where it passes; the verdicts tell whether it did. */
PLIM_API int plim_promote(const struct plim_promote_options *options, struct plim_verdicts **out, struct plim_error *err);

struct plim_revoke_options {
	size_t size;
	const char *target;                   /* "docker://REF" */
	const char *const *keys;              /* public: whose approvals go; NULL-terminated */
	const char *const *certificates;      /* of the Notary Project, likewise */
	const char *denied;                   /* the deny list's file that gets an entry; NULL: none */
	const char *deny_key;                 /* signs it */
	const char *companion, *passphrase_file;
	const char *reason;                   /* why, for the list */
	const struct plim_run_options *run;
	FILE *told;
	const struct plim_log_place *log;
};

/* Removes approvals of the image and all its platforms, then writes the deny list. */
PLIM_API int plim_revoke(const struct plim_revoke_options *options, struct plim_error *err);

#endif

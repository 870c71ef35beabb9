/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One core, many doors: may this image run here?  A door tells every identity
 * under which it met the image; the core finds the rule of the assign file
 * (assign.h), and whether what that rule wants was signed and nobody denied it.
 * Whatever cannot be established is refused.
 *
 * What was established once is remembered (remember.h): then nobody is asked,
 * and the answer takes a fraction of a millisecond.
 */
#ifndef ENFORCE_GUARD_H
#define ENFORCE_GUARD_H

#include "base/arena.h"
#include "base/digest.h"

#include <plimsoll/run.h>
#include <plimsoll/trust.h>

/* A name under which the image may be asked for in a registry; a tag is never an identity. */
struct guard_place {
	struct slice repository;       /* "HOST/PATH" */
	struct slice tag;              /* absent: by its digest */
	struct digest digest;          /* of index or manifest; DIGEST_NONE: that of the tag is to be found, only where `question.resolves` */
};

struct guard_question {
	const char *door;              /* "docker", "runtime", "containerd", "kubernetes", "registry": for the log */
	const struct guard_place *places;      /* what names it; any that is authorised suffices */
	size_t place_count;
	const struct digest *digests;  /* all identities that are known: index, manifest, configuration.  None may be denied, and a place counts only where it leads to all of them */
	size_t digest_count;
	struct slice namespace;        /* of Kubernetes; absent: none */
	struct slice subject;          /* what wants to run, for the log: a container's id, "pod/NAME" */
	bool quiet;                    /* nothing will run by it, and the log does not tell of it */
	bool resolves;                 /* the door puts `answer.digest` in the tag's place: only then does a tag say what will run */
};

enum guard_outcome { GUARD_ALLOWED, GUARD_REFUSED, GUARD_CANNOT_TELL };
const char *guard_outcome_name(enum guard_outcome outcome);    /* "allowed", "refused", "cannot tell" */

struct guard_answer {
	enum guard_outcome outcome;    /* as it was decided */
	bool admits;                   /* what the door does: allowed, or a dry run, or the glass was broken */
	bool dry, broken;              /* which of them, where it was not allowed */
	struct slice rule;             /* its name in the assign file; absent: there is none for it */
	struct slice reason;           /* one line for whoever asked; printable; in the arena */
	struct digest digest;          /* which identity was authorised, or what the tag was found to be; DIGEST_NONE: none */
	int64_t until;                 /* seconds: so long the same question has this answer, if neither file nor deny list change */
};

/* Where is remembered what was answered, if nobody says otherwise. */
#define GUARD_MEMORY_USUAL "/var/lib/plimsoll/guard"

struct guard_options {
	size_t size;                   /* sizeof this struct */
	const char *assign;            /* the signed assign file; needed */
	const char *const *assign_keys;        /* public: one of them must have signed it; NULL-terminated; needed */
	uint64_t assign_serial_least;  /* an older one is refused; 0: not asked */
	const char *memory;            /* the directory of what is remembered; NULL: $STATE_DIRECTORY, else /var/lib/plimsoll/guard; "": nothing is */
	bool dry;                      /* decides, logs, and lets pass */
	const char *at;                /* the clock; NULL: now */
	const char *judge_policy;      /* by which what nobody signed is judged, where its rule lets that; NULL: it is not */
	const char *judge_database;    /* with these advisory data; NULL: those of the usual place */
	const struct plim_run_options *run;
	const struct plim_log_place *log;      /* each decision but those that were remembered less than a minute ago */
};

struct guard;

/*
 * Reads the assign file and the deny list that it names.  Errors are told with file, line and column: a door that cannot read its orders does not
 * open.  Starts no process and no connection: guard_decide does when it needs them.  Strings of the options are borrowed until guard_close.
 *
 * Whenever it is asked it looks whether these files changed, and reads them anew; the orders at hand stay where the new ones are wrong, which
 * `run.warnings` is told.
 */
int guard_open(const struct guard_options *options, struct guard **out, struct plim_error *err);
void guard_close(struct guard *guard);
static inline void
auto_guard(struct guard **guard)
{
	guard_close(*guard);
}

/*
 * What is known without asking anybody.  True with the answer; false where somebody must be asked.  Neither sends nor starts anything; an
 * answer that admits is in the log before it is given (a refusal to write the log is an error: PLIM_ESYSTEM, and nothing is admitted).
 */
int guard_recall(struct guard *guard, const struct guard_question *question, struct arena *arena, struct guard_answer *out, bool *known, struct plim_error *err);

/*
 * The whole answer, with registries asked where that is needed: may take as long as they do, so it is called in a process in which waiting
 * hinders nobody and which somebody ends after LIMIT_GUARD_ASK_MS.  0 with an answer whatever became of it: an error is one of memory or of the log alone, and then nothing is admitted.
 */
int guard_decide(struct guard *guard, const struct guard_question *question, struct arena *arena, struct guard_answer *out, struct plim_error *err);

#endif

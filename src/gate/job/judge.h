/* SPDX-License-Identifier: Apache-2.0 */
/* What the judge is asked. */
#ifndef GATE_JOB_JUDGE_H
#define GATE_JOB_JUDGE_H

#include "gate/job/jobs.h"
#include "gate/trust/data_signer.h"

/*
 * SAY_START.  The judge answers SAY_READY (struct wishes: what policy or statement ask for; behind it, of a policy, struct verify_order and struct vex_order: whose signatures and whose VEX it asks for) once policy and data are read, and takes from then
 * on: SAY_SET, or none for a tree; SAY_BLOCK (number of the blob, descriptor) and SAY_GAP for each blob; then SAY_CHECK or SAY_QUERY with the
 * number of an image.  Of two targets it has one after the other by SAY_SIDE, holds an image of each (SAY_HOLD) and compares them (SAY_DIFF).  An image that
 * it holds is judged at any number of times (SAY_AGAIN).
 */
struct judge_order {
	struct slice policy;       /* a name or path; absent: it only answers queries */
	struct slice database;     /* a path; absent: none */
	struct slice since;        /* the path of an older verdict; absent: none */
	struct data_keys data_keys;    /* whoever must have signed it */
	bool database_optional;    /* where there is none at that place, there is none */
	struct slice statement;    /* that will be asked by SAY_QUERY; absent: none */
	bool session;              /* statements follow by SAY_QUERY, one after another; a wrong one fails alone, and SIGINT ends one that runs */
	struct slice destination;  /* the repository where it will live; absent: not told */
	struct slice target;       /* the target's name, for the verdict */
	struct slice old_target;   /* of the target that it is compared with; absent: none */
	int64_t at;
	struct slice explain;      /* glob of ids and packages whose advisories are explained; absent: none */
	struct slice level;        /* at which targets are read, for the verdict; SLICE(""): another run read them */
	struct slice policy_text;  /* the policy itself, which stands in the file `policy`; absent: it is that file */
};
extern const struct wire_struct wire_judge_order;

/* SAY_FIX of one image: behind its number.  Answered with a result (enum result) and a text for each of fix_writers, absent where it does not apply. */
struct fix_order {
	struct slice dockerfile;   /* its text; absent: none is at hand */
	struct slice name;         /* of that file, for the patch and for messages */
};
extern const struct wire_struct wire_fix_order;

/*
 * What changed in a container: its own layers are the second side's, which has room made for them (SAY_ROOM with their number) and takes a SAY_BLOCK or SAY_GAP
 * for each, the lowest first.  Then SAY_DRIFT about an image of the first side, which nobody sends where there is none.
 */
enum drift_base {
	DRIFT_BASE_IMAGE,          /* the layers are over the image's own, which were not looked at in the container */
	DRIFT_BASE_WHOLE,          /* they are all that the container has */
	DRIFT_BASE_LAYERS,         /* no image is at hand: the lower ones stand for it */
};
struct drift_order {
	enum drift_base base;
	size_t own;                /* so many of the topmost are the container's own */
	struct slice *ignore, *mounts;    /* as struct drift_question has them */
	size_t ignore_count, mount_count;
};
extern const struct wire_struct wire_drift_order;

/* One value of a row, as SAY_ROWS carries them: a type and what belongs to it.  SAY_COLUMNS carries names as slices. */
struct fact_value;
void put_value(struct strbuf *into, const struct fact_value *value);
/* False at a type that there is not. */
bool take_value(struct cursor *from, struct fact_value *out);

#endif

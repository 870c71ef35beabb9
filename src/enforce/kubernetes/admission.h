/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a Kubernetes API server asks before it stores an object, and what it
 * is answered: AdmissionReview (admission.k8s.io/v1) of its webhooks, and
 * ImageReview (imagepolicy.k8s.io/v1alpha1) of its image policy.  No I/O.
 *
 * A tag says what will run only where it is replaced by a digest.  So the
 * mutating webhook puts digests behind tags, and the validating one, which is
 * asked after all that mutate, judges digests alone: another webhook may have
 * put a tag back.
 */
#ifndef ENFORCE_KUBERNETES_ADMISSION_H
#define ENFORCE_KUBERNETES_ADMISSION_H

#include "base/strbuf.h"
#include "enforce/guard.h"

/* The webhook that is asked. */
enum admission_hook { ADMISSION_VALIDATE, ADMISSION_MUTATE, ADMISSION_IMAGES };

struct admission_image {
	struct slice holder;           /* "container 'web'", printable */
	struct slice text;             /* as the object spells it */
	struct slice pointer;          /* to it in the object, RFC 6901: "/spec/containers/0/image" */
	size_t first;                  /* index of the first image with the same text: that alone is asked about */
	struct slice wrong;            /* why the text is no reference; absent: it is one */
	struct guard_place place;      /* without a tag where it has a digest: then no runtime looks at the tag */
};

struct admission {
	enum admission_hook hook;
	struct slice uid;              /* of the request, for its answer; an ImageReview has none */
	struct slice refusal;          /* why it is refused as it stands; absent: its images decide */
	struct slice namespace;        /* absent: none */
	struct slice subject;          /* "pod/web-7d4b9c", printable */
	bool rehearsed;                /* a dry run of whoever asked the API server: nothing will run */
	bool is_template;              /* nothing runs of the object itself: its pods are asked about when they are made */
	struct admission_image *images;    /* those to be judged: of an update what it changes, in the mutating webhook what has no digest */
	size_t image_count;
};

/*
 * Reads a request; texts are in the arena.  What cannot be read is a refusal where the answer can be addressed, else PLIM_EFORMAT or
 * PLIM_ELIMIT: then the request as a whole is in error (HTTP 400), which an API server takes for a failure of the webhook.
 */
int admission_parse(enum admission_hook hook, struct slice body, struct arena *arena, struct admission *out, struct plim_error *err);

/* Whether the core has to be asked about an image; the question borrows from the admission and its image. */
bool admission_question(const struct admission *admission, size_t image, struct guard_question *out);

/* What became of it. */
struct admission_result {
	bool allowed;
	enum guard_outcome outcome;    /* the worst of its images; allowed all the same in a dry run, or where the glass was broken */
	size_t pinned;                 /* images that got a digest */
};

/*
 * Writes the answer.  `answers` has one for each image, of which those are read that admission_question asked for; NULL where there is a refusal.
 * Where the guard is `dry` nothing is refused, and what would have been is a warning.  A buffer that failed holds no answer.
 */
struct admission_result admission_answer(const struct admission *admission, const struct guard_answer *answers, bool dry, struct strbuf *into);

/* The answer to what has no address, for people: an ImageReview is refused by it, an AdmissionReview is one of nobody. */
void admission_answer_error(enum admission_hook hook, const char *why, struct strbuf *into);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* From a policy's signers to an answer for the judge. */
#include "gate/trust/signatures.h"

#include "base/error.h"
#include "gate/analysis.h"
#include "gate/trust/trusting.h"

static int
open_signed(struct run *run, const struct analysis *analysis, const char *target, struct trusting *out, struct plim_error *err)
{
	if (analysis->target.kind == TARGET_REGISTRY)
		return trusting_open_digest(run, analysis->remote.root.repository, &analysis->remote.root.digest, out, err);
	return trusting_open(run, target, out, err);
}

static bool
has_signatures(const struct analysis *analysis)
{
	return analysis->target.kind == TARGET_REGISTRY || analysis->target.kind == TARGET_LAYOUT;
}

/* The line that says most: what failed, else who signed. */
static struct slice
line_of(const struct verify_answer *answer, struct arena *arena)
{
	for (size_t i = 0; i < answer->line_count; i++)
		if (answer->lines[i].outcome == answer->outcome && (answer->outcome != OUTCOME_HELD || answer->lines[i].requirement == REQUIREMENT_SIGNATURE))
			return arena_dup(arena, answer->lines[i].text);
	return arena_dup(arena, answer->document_count ? SLICE("no signature counts") : SLICE("nothing is signed about it"));
}

/* One answer is for all images of a target: what was signed has to be what each of them is, or is in. */
static bool
is_about_all(const struct analysis *analysis, const struct digest *subject)
{
	for (size_t i = 0; i < image_set_count(analysis->set); i++) {
		const struct image *image = image_set_image(analysis->set, i);
		if (!digest_eq(&image->index_digest, subject) && !digest_eq(&image->manifest_digest, subject))
			return false;
	}
	return subject->algorithm != DIGEST_NONE;
}

static struct signed_by
found_of(const struct analysis *analysis, const struct verify_order *asked, const struct verify_answer *answer, struct arena *arena)
{
	static const enum signed_state states[] = { [OUTCOME_HELD] = SIGNED_BY_ONE, [OUTCOME_FAILED] = SIGNED_BY_NONE, [OUTCOME_UNKNOWN] = SIGNED_UNKNOWN };
	if (answer->outcome != OUTCOME_HELD)
		return (struct signed_by){ states[answer->outcome], line_of(answer, arena) };
	if (!is_about_all(analysis, &answer->subject))
		return (struct signed_by){ SIGNED_UNKNOWN, SLICE("there are images in it besides the one that is signed") };
	if (asked->key_count && asked->repository.n == 0)
		return (struct signed_by){ SIGNED_UNKNOWN, SLICE("it is signed for a repository, and where the image will live was not told (--as)") };
	return (struct signed_by){ SIGNED_BY_ONE, line_of(answer, arena) };
}

static int
ask(struct run *run, const struct analysis *analysis, const char *target, const struct verify_order *order, struct arena *arena, struct signed_by *out,
    struct plim_error *err)
{
	AUTO(trusting) struct trusting trusting = TRUSTING_NONE;
	struct verify_answer answer = { 0 };
	struct verify_order asked = *order;
	int r = open_signed(run, analysis, target, &trusting, err);
	if (r < 0)
		return r;
	if (trusting.remote.root.repository.p)
		asked.repository = trusting.remote.root.repository;
	/* The Notary Project's signatures name no repository. */
	if (order->key_count == 0)
		asked.repository = SLICE_NONE;
	if ((r = trusting_ask(&trusting, SAY_VERIFY, &wire_verify_order, &asked, &wire_verify_answer, arena, &answer, err)) < 0)
		return r;
	*out = found_of(analysis, &asked, &answer, arena);
	return out->text.p ? 0 : error_nomem(err);
}

int
signatures_look(struct run *run, const struct analysis *analysis, const char *target, const struct verify_order *order, struct arena *arena,
                struct signed_by *out, struct plim_error *err)
{
	struct plim_error why = { 0 };
	*out = (struct signed_by){ SIGNED_UNKNOWN, SLICE_NONE };
	if (!has_signatures(analysis))
		return 0;
	int r = ask(run, analysis, target, order, arena, out, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0)
		*out = (struct signed_by){ SIGNED_UNKNOWN, arena_dup(arena, slice_of(why.text)) };
	return 0;
}

/* VEX. */

static void
add_subject(struct vex_order *order, struct digest *subjects, const struct digest *digest)
{
	for (size_t i = 0; i < order->subject_count; i++)
		if (digest_eq(&subjects[i], digest))
			return;
	if (digest->algorithm != DIGEST_NONE)
		subjects[order->subject_count++] = *digest;
}

/* Each image, and the index that it is in. */
static int
subjects_of(const struct analysis *analysis, struct arena *arena, struct vex_order *order, struct plim_error *err)
{
	size_t n = image_set_count(analysis->set);
	struct digest *subjects = arena_make_array(arena, n * 2 + 1, struct digest);
	if (subjects == NULL)
		return error_nomem(err);
	order->subjects = subjects;
	for (size_t i = 0; i < n; i++) {
		add_subject(order, subjects, &image_set_image(analysis->set, i)->index_digest);
		add_subject(order, subjects, &image_set_image(analysis->set, i)->manifest_digest);
	}
	return 0;
}

static int
ask_vex(struct run *run, const struct analysis *analysis, const char *target, const struct vex_order *order, struct arena *arena,
        struct vex_answer *out, struct plim_error *err)
{
	AUTO(trusting) struct trusting trusting = TRUSTING_NONE;
	struct vex_order asked = *order;
	int r = subjects_of(analysis, arena, &asked, err);
	if (r < 0 || (r = open_signed(run, analysis, target, &trusting, err)) < 0)
		return r;
	return trusting_ask(&trusting, SAY_VEX, &wire_vex_order, &asked, &wire_vex_answer, arena, out, err);
}

int
signatures_vex(struct run *run, const struct analysis *analysis, const char *target, const struct vex_order *order, struct arena *arena,
               struct slice *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct vex_answer answer = { 0 };
	struct plim_error why = { 0 };
	*out = SLICE_NONE;
	if (!has_signatures(analysis))
		return 0;
	int r = ask_vex(run, analysis, target, order, arena, &answer, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0)
		answer = (struct vex_answer){ .trouble = slice_of(why.text) };
	wire_write(&wire_vex_answer, &answer, &bytes);
	*out = bytes.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&bytes));
	return out->p ? 0 : error_nomem(err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to reviews: what is refused and why, what runs all the same, and the patch that puts digests behind tags (RFC 6902). */
#include "enforce/kubernetes/admission.h"

#include "codec/json_write.h"
#include "codec/base64.h"

#define TOLD_IMAGES  10     /* of those that are refused: nobody mends more at once */
#define WARNING_MOST 256    /* an API server cuts off longer ones */

/* What clients of the API are told; they try again after 503. */
static const struct {
	const char *word;
	unsigned code;
	const char *reason;
} outcomes[] = {
	[GUARD_ALLOWED] = { "allowed", 200, "" },
	[GUARD_REFUSED] = { "refused", 403, "Forbidden" },
	[GUARD_CANNOT_TELL] = { "cannot-tell", 503, "ServiceUnavailable" },
};

/* By how much worse one is than another. */
static const unsigned weight[] = { [GUARD_ALLOWED] = 0, [GUARD_CANNOT_TELL] = 1, [GUARD_REFUSED] = 2 };

struct writing {
	const struct admission *admission;
	const struct guard_answer *answers;
	bool dry;                      /* nothing is refused */
	struct admission_result result;
	struct strbuf message;         /* why it is refused */
	size_t refused;
	struct json_writer json;
};

static const struct guard_answer *
answer_of(const struct writing *w, const struct admission_image *image)
{
	return &w->answers[image->first];
}

static bool
is_pinned(const struct admission_image *image)
{
	return image->place.digest.algorithm != DIGEST_NONE;
}

static bool
is_admitted(const struct writing *w, const struct admission_image *image)
{
	return image->wrong.p == NULL && answer_of(w, image)->admits;
}

/* "container 'web' (REFERENCE): why" */
static void
put_image(struct strbuf *into, const struct admission_image *image, struct slice why)
{
	strbuf_put(into, image->holder);
	strbuf_puts(into, " (");
	strbuf_put_printable(into, slice_first_text(image->text, 300));
	strbuf_puts(into, "): ");
	strbuf_put_printable(into, why);
}

static const char *const unpinned[] = {
	[ADMISSION_VALIDATE] = "; it has a tag where a digest has to stand: the mutating webhook of this guard, which puts it there, was not asked before",
	[ADMISSION_MUTATE] = "",
	[ADMISSION_IMAGES] = "; it has a tag where a digest has to stand",
};

static void
put_refused(struct writing *w, const struct admission_image *image)
{
	if (w->refused++ >= TOLD_IMAGES)
		return;
	if (w->refused > 1)
		strbuf_puts(&w->message, "; ");
	put_image(&w->message, image, image->wrong.p ? image->wrong : answer_of(w, image)->reason);
	if (!image->wrong.p && !is_pinned(image) && !w->admission->is_template)
		strbuf_puts(&w->message, unpinned[w->admission->hook]);
}

static void
weigh(struct writing *w, enum guard_outcome outcome)
{
	if (weight[outcome] > weight[w->result.outcome])
		w->result.outcome = outcome;
}

/* Which image a tag is nobody was to find out where it stays: that it stands there is reason enough. */
static enum guard_outcome
outcome_of(const struct writing *w, const struct admission_image *image)
{
	bool stays = !is_pinned(image) && w->admission->hook != ADMISSION_MUTATE && !w->admission->is_template;
	enum guard_outcome outcome = image->wrong.p ? GUARD_REFUSED : answer_of(w, image)->outcome;
	return stays && outcome == GUARD_CANNOT_TELL ? GUARD_REFUSED : outcome;
}

static void
judge(struct writing *w)
{
	const struct admission *a = w->admission;
	w->result.allowed = w->dry || a->refusal.p == NULL;
	if (a->refusal.p) {
		weigh(w, GUARD_REFUSED);
		strbuf_put_printable(&w->message, a->refusal);
	}
	for (size_t i = 0; i < a->image_count; i++) {
		const struct admission_image *image = &a->images[i];
		weigh(w, outcome_of(w, image));
		if (is_admitted(w, image))
			continue;
		w->result.allowed &= w->dry;
		put_refused(w, image);
	}
	if (w->refused > TOLD_IMAGES)
		strbuf_printf(&w->message, "; and %zu more", w->refused - TOLD_IMAGES);
}

/* What gets a digest: tags in the mutating webhook, as far as it is known which they are. */
static bool
takes_digest(const struct writing *w, const struct admission_image *image)
{
	return w->admission->hook == ADMISSION_MUTATE && !is_pinned(image) && is_admitted(w, image) &&
	       answer_of(w, image)->digest.algorithm != DIGEST_NONE;
}

static void
put_operation(struct json_writer *json, const char *operation, struct slice pointer, struct slice value)
{
	json_write_object(json);
	json_write_member(json, "op", slice_of(operation));
	json_write_member(json, "path", pointer);
	json_write_member(json, "value", value);
	json_write_object_end(json);
}

/* The test goes first: a list that somebody changed meanwhile has another image at that place. */
static void
put_digest(struct json_writer *json, const struct admission_image *image, const struct digest *digest)
{
	AUTO(strbuf) struct strbuf pinned = { 0 };
	char text[DIGEST_TEXT_SIZE];
	strbuf_put(&pinned, image->text);
	strbuf_printf(&pinned, "@%s", digest_text(digest, text));
	put_operation(json, "test", image->pointer, image->text);
	put_operation(json, "replace", image->pointer, strbuf_slice(&pinned));
	json->into->failed |= pinned.failed;
}

static void
put_patch(struct writing *w)
{
	AUTO(strbuf) struct strbuf patch = { 0 }, encoded = { 0 };
	struct json_writer json = { .into = &patch };
	json_write_array(&json);
	for (size_t i = 0; i < w->admission->image_count; i++)
		if (takes_digest(w, &w->admission->images[i])) {
			put_digest(&json, &w->admission->images[i], &answer_of(w, &w->admission->images[i])->digest);
			w->result.pinned++;
		}
	json_write_array_end(&json);
	if (w->result.pinned == 0)
		return;
	base64_put(BASE64_STANDARD, strbuf_slice(&patch), &encoded);
	json_write_member(&w->json, "patch", strbuf_slice(&encoded));
	json_write_member(&w->json, "patchType", SLICE("JSONPatch"));
	w->json.into->failed |= patch.failed || encoded.failed;
}

/* What the cluster's own log of audits keeps: keys are those of labels. */
static void
put_annotations(struct writing *w)
{
	static const char *const ways[] = { "", "dry-run", "break-glass" };
	AUTO(strbuf) struct strbuf rules = { 0 };
	unsigned way = 0;
	for (size_t i = 0; i < w->admission->image_count; i++) {
		const struct admission_image *image = &w->admission->images[i];
		if (image->wrong.p || image->first != i)
			continue;
		const struct guard_answer *answer = answer_of(w, image);
		way = answer->broken ? 2 : answer->dry && way == 0 ? 1 : way;
		if (answer->rule.p == NULL)
			continue;
		strbuf_puts(&rules, rules.n ? "," : "");
		strbuf_put_printable(&rules, answer->rule);
	}
	json_write_key(&w->json, SLICE("auditAnnotations"));
	json_write_object(&w->json);
	if (way)
		json_write_member(&w->json, "admitted-by", slice_of(ways[way]));
	json_write_member(&w->json, "outcome", slice_of(outcomes[w->result.outcome].word));
	if (rules.n)
		json_write_member(&w->json, "rules", strbuf_slice(&rules));
	json_write_object_end(&w->json);
	w->json.into->failed |= rules.failed;
}

static void
put_status(struct writing *w)
{
	json_write_key(&w->json, SLICE("status"));
	json_write_object(&w->json);
	json_write_member_u64(&w->json, "code", outcomes[w->result.outcome].code);
	json_write_member(&w->json, "message", strbuf_slice(&w->message));
	json_write_member(&w->json, "reason", slice_of(outcomes[w->result.outcome].reason));
	json_write_object_end(&w->json);
}

static const char is_dry[] = "refused but for the dry run of this guard", is_broken[] = "the glass was broken";

static void
put_warning(struct json_writer *json, const char *what, const struct admission_image *image, struct slice why)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_printf(&text, "plimsoll: %s: ", what);
	if (image)
		put_image(&text, image, why);
	else
		strbuf_put_printable(&text, why);
	json_write_string(json, slice_first_text(strbuf_slice(&text), WARNING_MOST));
	json->into->failed |= text.failed;
}

static void
put_image_warning(struct writing *w, const struct admission_image *image)
{
	if (image->wrong.p)
		put_warning(&w->json, is_dry, image, image->wrong);
	else if (answer_of(w, image)->outcome != GUARD_ALLOWED)
		put_warning(&w->json, answer_of(w, image)->broken ? is_broken : is_dry, image, answer_of(w, image)->reason);
}

static void
put_pinned(struct writing *w)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_printf(&text, "plimsoll: %zu image%s pinned to %s digest", w->result.pinned, w->result.pinned == 1 ? " was" : "s were",
	              w->result.pinned == 1 ? "its" : "their");
	json_write_string(&w->json, strbuf_slice(&text));
	w->json.into->failed |= text.failed;
}

static void
put_warnings(struct writing *w)
{
	json_write_key(&w->json, SLICE("warnings"));
	json_write_array(&w->json);
	if (w->result.allowed && w->admission->refusal.p)
		put_warning(&w->json, is_dry, NULL, w->admission->refusal);
	for (size_t i = 0; w->result.allowed && i < w->admission->image_count; i++)
		if (w->admission->images[i].first == i)
			put_image_warning(w, &w->admission->images[i]);
	if (w->result.pinned)
		put_pinned(w);
	json_write_array_end(&w->json);
}

static void
put_response(struct writing *w)
{
	json_write_key(&w->json, SLICE("response"));
	json_write_object(&w->json);
	json_write_key(&w->json, SLICE("allowed"));
	json_write_bool(&w->json, w->result.allowed);
	put_annotations(w);
	if (w->result.allowed)
		put_patch(w);
	else
		put_status(w);
	json_write_member(&w->json, "uid", w->admission->uid);
	put_warnings(w);
	json_write_object_end(&w->json);
}

static void
put_images_status(struct writing *w)
{
	json_write_key(&w->json, SLICE("status"));
	json_write_object(&w->json);
	json_write_key(&w->json, SLICE("allowed"));
	json_write_bool(&w->json, w->result.allowed);
	put_annotations(w);
	if (!w->result.allowed)
		json_write_member(&w->json, "reason", strbuf_slice(&w->message));
	json_write_object_end(&w->json);
}

static const struct {
	const char *version, *kind;
	void (*put)(struct writing *w);
} documents[] = {
	[ADMISSION_VALIDATE] = { "admission.k8s.io/v1", "AdmissionReview", put_response },
	[ADMISSION_MUTATE] = { "admission.k8s.io/v1", "AdmissionReview", put_response },
	[ADMISSION_IMAGES] = { "imagepolicy.k8s.io/v1alpha1", "ImageReview", put_images_status },
};

struct admission_result
admission_answer(const struct admission *admission, const struct guard_answer *answers, bool dry, struct strbuf *into)
{
	struct writing w = { .admission = admission, .answers = answers, .dry = dry, .json.into = into };
	strbuf_puts(&w.message, "plimsoll: ");
	judge(&w);
	json_write_object(&w.json);
	json_write_member(&w.json, "apiVersion", slice_of(documents[admission->hook].version));
	json_write_member(&w.json, "kind", slice_of(documents[admission->hook].kind));
	documents[admission->hook].put(&w);
	json_write_object_end(&w.json);
	into->failed |= w.message.failed;
	strbuf_done(&w.message);
	return w.result;
}

void
admission_answer_error(enum admission_hook hook, const char *why, struct strbuf *into)
{
	admission_answer(&(struct admission){ .hook = hook, .uid = SLICE(""), .refusal = slice_of(why) }, NULL, false, into);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reviews of Kubernetes API servers: which images are found in them, and how they are answered.  Forms: the API reference of Kubernetes 1.32. */
#include "enforce/kubernetes/admission.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define D      "sha256:d56ad73c13a563da5c32ee50c66a7ae7a281666a34cd40eee4ba6b468b2ec115"
#define POD    "\"resource\":{\"group\":\"\",\"version\":\"v1\",\"resource\":\"pods\"},"
#define CREATE "\"operation\":\"CREATE\","
#define UPDATE "\"operation\":\"UPDATE\","

struct review {
	struct arena *arena;
	struct admission admission;
	struct strbuf text;
};

static int
setup(void **state)
{
	struct review *review = calloc(1, sizeof *review);
	assert_non_null(review);
	review->arena = arena_new(0);
	*state = review;
	return 0;
}

static int
teardown(void **state)
{
	struct review *review = *state;
	arena_free(review->arena);
	strbuf_done(&review->text);
	free(review);
	return 0;
}

/* A line each: holder, place, where the object has it. */
static void
describe(struct review *review)
{
	const struct admission *a = &review->admission;
	strbuf_clear(&review->text);
	if (a->refusal.p)
		strbuf_printf(&review->text, "refused: %.*s\n", SLICE_ARG(a->refusal));
	for (size_t i = 0; i < a->image_count; i++) {
		const struct admission_image *image = &a->images[i];
		char digest[DIGEST_TEXT_SIZE];
		strbuf_printf(&review->text, "%.*s ", SLICE_ARG(image->holder));
		if (image->wrong.p)
			strbuf_puts(&review->text, "wrong");
		else
			strbuf_printf(&review->text, "%.*s%s%.*s%s%.7s", SLICE_ARG(image->place.repository), image->place.tag.p ? ":" : "",
			              SLICE_ARG(image->place.tag), image->place.digest.algorithm ? "@" : "", digest_text(&image->place.digest, digest));
		strbuf_printf(&review->text, " %.*s\n", SLICE_ARG(image->pointer));
	}
}

static void
read_as(struct review *review, enum admission_hook hook, const char *body)
{
	struct plim_error err = { 0 };
	if (admission_parse(hook, slice_of(body), review->arena, &review->admission, &err) < 0)
		fail_msg("%s", err.text);
	describe(review);
}

static const char *
request(struct review *review, const char *inside)
{
	return arena_printf(review->arena,
	                    "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"u-1\",\"namespace\":\"shop\",\"name\":\"web\",%s}}",
	                    inside).p;
}

static void
expect(struct review *review, enum admission_hook hook, const char *inside, const char *wanted)
{
	read_as(review, hook, request(review, inside));
	assert_string_equal(review->text.p ? review->text.p : "", wanted);
}

#define EVERYWHERE                                                                                                                      \
	"{\"initContainers\":[{\"name\":\"i\",\"image\":\"init\"}],\"containers\":[{\"name\":\"c\",\"image\":\"quay.io/a/b:1\"}],"      \
	"\"ephemeralContainers\":[{\"name\":\"e\",\"image\":\"localhost:5000/debug@" D "\"}],\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}," \
	"{\"name\":\"w\",\"image\":{\"reference\":\"r.example/x:2@" D "\",\"pullPolicy\":\"Always\"}}]}"

#define LINES(at)                                                       \
	"container 'c' quay.io/a/b:1 " at "/containers/0/image\n"       \
	"init container 'i' docker.io/library/init:latest " at "/initContainers/0/image\n" \
	"ephemeral container 'e' localhost:5000/debug@sha256: " at "/ephemeralContainers/0/image\n" \
	"volume 'w' r.example/x@sha256: " at "/volumes/1/image/reference\n"

/* Each object that the API server can be told to ask about has its images found in all four of a pod's lists. */
static void
every_kind(void **state)
{
	static const struct {
		const char *group, *resource, *kind, *before, *behind, *wanted;
		bool is_template;
	} objects[] = {
		{ "", "pods", "Pod", "\"spec\":", "", LINES("/spec"), false },
		{ "", "podtemplates", "PodTemplate", "\"template\":{\"spec\":", "}", LINES("/template/spec"), true },
		{ "", "replicationcontrollers", "ReplicationController", "\"spec\":{\"template\":{\"spec\":", "}}", LINES("/spec/template/spec"), true },
		{ "apps", "deployments", "Deployment", "\"spec\":{\"template\":{\"spec\":", "}}", LINES("/spec/template/spec"), true },
		{ "apps", "daemonsets", "DaemonSet", "\"spec\":{\"template\":{\"spec\":", "}}", LINES("/spec/template/spec"), true },
		{ "apps", "statefulsets", "StatefulSet", "\"spec\":{\"template\":{\"spec\":", "}}", LINES("/spec/template/spec"), true },
		{ "apps", "replicasets", "ReplicaSet", "\"spec\":{\"template\":{\"spec\":", "}}", LINES("/spec/template/spec"), true },
		{ "batch", "jobs", "Job", "\"spec\":{\"template\":{\"spec\":", "}}", LINES("/spec/template/spec"), true },
		{ "batch", "cronjobs", "CronJob", "\"spec\":{\"jobTemplate\":{\"spec\":{\"template\":{\"spec\":", "}}}}", LINES("/spec/jobTemplate/spec/template/spec"), true },
	};
	struct review *review = *state;
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
		const char *inside = arena_printf(review->arena, CREATE "\"resource\":{\"group\":\"%s\",\"version\":\"v1\",\"resource\":\"%s\"},\"object\":{\"kind\":\"%s\",%s" EVERYWHERE "%s}",
		                                  objects[i].group, objects[i].resource, objects[i].kind, objects[i].before, objects[i].behind).p;
		expect(review, ADMISSION_VALIDATE, inside, objects[i].wanted);
		assert_int_equal(review->admission.is_template, objects[i].is_template);
	}
}

/* The subresource of kubectl debug gives the pod as a whole. */
static void
ephemeral_containers(void **state)
{
	expect(*state, ADMISSION_VALIDATE,
	       UPDATE POD "\"subResource\":\"ephemeralcontainers\","
	       "\"object\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"a:1\"}],\"ephemeralContainers\":[{\"name\":\"e\",\"image\":\"shell\"}]}},"
	       "\"oldObject\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"a:1\"}]}}",
	       "ephemeral container 'e' docker.io/library/shell:latest /spec/ephemeralContainers/0/image\n");
}

#define TWO(a, b) "{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"" a "\"},{\"name\":\"b\",\"image\":\"" b "\"}]}}"

/* An update is asked about what it changes: a finalizer that goes, and the same image under another name, are two things. */
static void
updates(void **state)
{
	expect(*state, ADMISSION_VALIDATE, UPDATE POD "\"object\":" TWO("x:1", "y:1") ",\"oldObject\":" TWO("x:1", "y:1"), "");
	assert_null(((struct review *)*state)->admission.refusal.p);
	expect(*state, ADMISSION_VALIDATE, UPDATE POD "\"object\":" TWO("x:1", "y:2") ",\"oldObject\":" TWO("x:1", "y:1"),
	       "container 'b' docker.io/library/y:2 /spec/containers/1/image\n");
	expect(*state, ADMISSION_VALIDATE, UPDATE POD "\"object\":" TWO("y:1", "x:1") ",\"oldObject\":" TWO("x:1", "y:1"),
	       "container 'a' docker.io/library/y:1 /spec/containers/0/image\ncontainer 'b' docker.io/library/x:1 /spec/containers/1/image\n");
	expect(*state, ADMISSION_VALIDATE, UPDATE POD "\"object\":" TWO("x:1", "y:1"),
	       "container 'a' docker.io/library/x:1 /spec/containers/0/image\ncontainer 'b' docker.io/library/y:1 /spec/containers/1/image\n");
	/* What was before counts for an update alone. */
	expect(*state, ADMISSION_VALIDATE, CREATE POD "\"object\":" TWO("x:1", "x:1") ",\"oldObject\":" TWO("x:1", "x:1"),
	       "container 'a' docker.io/library/x:1 /spec/containers/0/image\ncontainer 'b' docker.io/library/x:1 /spec/containers/1/image\n");
	expect(*state, ADMISSION_VALIDATE, "\"operation\":\"DELETE\"," POD "\"object\":null,\"oldObject\":" TWO("x:1", "y:1"), "");
}

static void
asked_once(void **state)
{
	struct review *review = *state;
	struct guard_question question;
	expect(review, ADMISSION_MUTATE, CREATE POD "\"dryRun\":true,\"object\":" TWO("x", "x"),
	       "container 'a' docker.io/library/x:latest /spec/containers/0/image\ncontainer 'b' docker.io/library/x:latest /spec/containers/1/image\n");
	assert_true(admission_question(&review->admission, 0, &question));
	assert_false(admission_question(&review->admission, 1, &question));
	assert_true(question.resolves && question.place_count == 1 && question.digest_count == 0);
	assert_true(slice_is(question.namespace, "shop") && slice_is(question.subject, "pod/web"));
	assert_true(review->admission.rehearsed && question.quiet);
	/* Digests are the other webhook's to judge, and tags are none of its. */
	expect(review, ADMISSION_MUTATE, CREATE POD "\"object\":" TWO("x@" D, "x:1@" D), "");
	expect(review, ADMISSION_VALIDATE, CREATE POD "\"object\":" TWO("x@" D, "x"),
	       "container 'a' docker.io/library/x@sha256: /spec/containers/0/image\ncontainer 'b' docker.io/library/x:latest /spec/containers/1/image\n");
	assert_true(admission_question(&review->admission, 0, &question) && question.digest_count == 1 && !question.resolves && !question.quiet);
	assert_true(admission_question(&review->admission, 1, &question) && question.digest_count == 0 && !question.resolves);
	assert_false(review->admission.rehearsed);
}

static void
names(void **state)
{
	struct review *review = *state;
	expect(review, ADMISSION_VALIDATE, CREATE POD "\"object\":{\"kind\":\"Pod\",\"metadata\":{\"generateName\":\"web-7d4b9c-\"},\"spec\":{}}", "");
	assert_true(slice_is(review->admission.subject, "pod/web"));
	read_as(review, ADMISSION_VALIDATE,
	        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"u\"," CREATE POD
	        "\"object\":{\"kind\":\"Pod\",\"metadata\":{\"generateName\":\"web-7d4b9c-\"},\"spec\":{\"containers\":[]}}}}");
	assert_true(slice_is(review->admission.subject, "pod/web-7d4b9c-*") && review->admission.namespace.p == NULL);
}

/* Whatever is not as it should be is refused with its place, and the answer is addressed. */
static void
refused(void **state)
{
	static const struct {
		const char *inside, *why;
	} cases[] = {
		{ CREATE POD "\"object\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x\",\"Image\":\"y\"}]}}",
		  "request: object: /spec: containers[0]: image: the key is also there in another spelling, which readers take for the same" },
		{ CREATE POD "\"object\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[]},\"\xc5\xbfpec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x\"}]}}",
		  "request: object: spec: the key is also there in another spelling, which readers take for the same" },
		{ CREATE POD "\"object\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x\",\"image\":\"y\"}]}}", NULL },
		{ CREATE POD "\"object\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"a\"}]}}", "request: object: /spec: containers[0]: image: it names no image" },
		{ CREATE POD "\"object\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":7}]}}",
		  "request: object: /spec: containers[0]: image: string expected, found number" },
		{ CREATE POD "\"object\":{\"kind\":\"Pod\",\"spec\":{\"containers\":{\"name\":\"a\"}}}", "request: object: /spec: containers: array expected, found object" },
		{ CREATE POD "\"object\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[\"x\"]}}", "request: object: /spec: containers[0]: object expected, found string" },
		{ CREATE POD "\"object\":{\"kind\":\"Pod\",\"spec\":{\"volumes\":[{\"name\":\"v\",\"image\":{}}]}}",
		  "request: object: /spec: volumes[0]: reference: it names no image" },
		{ CREATE POD "\"object\":{\"kind\":\"Pod\"}", "request: object: spec: is missing" },
		{ CREATE POD "\"object\":null", "request: object: it is no Pod" },
		{ CREATE POD "\"object\":{\"kind\":\"Deployment\",\"spec\":{}}", "request: object: it is no Pod" },
		{ UPDATE POD "\"object\":{\"kind\":\"Pod\",\"spec\":{}},\"oldObject\":[]", "request: oldObject: object expected, found array" },
		{ UPDATE POD "\"object\":{\"kind\":\"Pod\",\"spec\":{}},\"oldObject\":{\"kind\":\"Pod\"}", "request: oldObject: spec: is missing" },
		{ "\"operation\":\"CONNECT\"," POD "\"object\":null", "request: operation: CREATE, UPDATE and DELETE are known, no other" },
		{ CREATE POD "\"subResource\":\"eviction\",\"object\":{\"kind\":\"Eviction\"}",
		  "request: where v1 pods/eviction have images is not known here: take them out of the webhook's rules" },
		{ CREATE "\"resource\":{\"group\":\"apps\",\"version\":\"v1beta1\",\"resource\":\"deployments\"},\"object\":{}",
		  "request: where apps/v1beta1 deployments have images is not known here: take them out of the webhook's rules" },
		{ CREATE "\"object\":{}", "request: where these have images is not known here: take them out of the webhook's rules" },
		{ CREATE POD "\"dryRun\":\"no\",\"object\":{\"kind\":\"Pod\",\"spec\":{}}", "request: dryRun: boolean expected, found string" },
	};
	struct review *review = *state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		read_as(review, ADMISSION_VALIDATE, request(review, cases[i].inside));
		assert_non_null(review->admission.refusal.p);
		assert_true(slice_is(review->admission.uid, "u-1"));
		assert_int_equal(review->admission.image_count, 0);
		if (cases[i].why)
			assert_string_equal(review->admission.refusal.p, cases[i].why);
	}
}

/* What cannot be addressed is an error as a whole. */
static void
nobody_to_answer(void **state)
{
	static const char *const bodies[] = {
		"",
		"{",
		"[]",
		"{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\"}",
		"{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"\"}}",
		"{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"a\\nb\"}}",
		"{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":7}}",
	};
	struct review *review = *state;
	struct plim_error err;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		assert_true(admission_parse(ADMISSION_VALIDATE, slice_of(bodies[i]), review->arena, &review->admission, &err) < 0);
	char *large = test_malloc(LIMIT_ADMISSION_BYTES + 1);
	memset(large, ' ', LIMIT_ADMISSION_BYTES + 1);
	int r = admission_parse(ADMISSION_MUTATE, (struct slice){ large, LIMIT_ADMISSION_BYTES + 1 }, review->arena, &review->admission, &err);
	test_free(large);
	assert_int_equal(r, PLIM_ELIMIT);
	/* An ImageReview is answered whatever it is. */
	read_as(review, ADMISSION_IMAGES, "{");
	assert_non_null(review->admission.refusal.p);
	read_as(review, ADMISSION_IMAGES, "{\"apiVersion\":\"imagepolicy.k8s.io/v1alpha1\",\"kind\":\"ImageReview\",\"spec\":{}}");
	assert_string_equal(review->text.p, "refused: spec: it names no image\n");
	/* An older version of the protocol is none that this one speaks. */
	read_as(review, ADMISSION_VALIDATE, "{\"apiVersion\":\"admission.k8s.io/v1beta1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"u\"}}");
	assert_string_equal(review->text.p, "refused: the request is no AdmissionReview of admission.k8s.io/v1\n");
}

static void
too_many(void **state)
{
	struct review *review = *state;
	AUTO(strbuf) struct strbuf inside = { 0 };
	strbuf_puts(&inside, CREATE POD "\"object\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[");
	for (uint64_t i = 0; i <= LIMIT_ADMISSION_IMAGE_COUNT; i++)
		strbuf_printf(&inside, "%s{\"name\":\"c%u\",\"image\":\"x\"}", i ? "," : "", (unsigned)i);
	strbuf_puts(&inside, "]}}");
	AUTO(strbuf) struct strbuf body = { 0 };
	strbuf_printf(&body, "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"u\",%s}}", inside.p);
	read_as(review, ADMISSION_VALIDATE, body.p);
	assert_string_equal(review->text.p, "refused: request: object: /spec: containers[512]: more images than limit ADMISSION_IMAGE_COUNT\n");
}

/* Requests wait for registries: what they keep meanwhile is their images, and not the tree, which may be a hundred times its text. */
static void
keeps_little(void **state)
{
	struct review *review = *state;
	AUTO(strbuf) struct strbuf body = { 0 };
	strbuf_puts(&body, "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"u-1\",\"namespace\":\"shop\"," CREATE POD
	            "\"object\":{\"kind\":\"Pod\",\"metadata\":{\"generateName\":\"web-\"},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x@" D "\"}]}}},\"x\":[0");
	for (size_t i = 0; i < 100000; i++)
		strbuf_puts(&body, ",[]");
	strbuf_puts(&body, "]}");
	read_as(review, ADMISSION_VALIDATE, body.p);
	assert_string_equal(review->text.p, "container 'a' docker.io/library/x@sha256: /spec/containers/0/image\n");
	assert_true(slice_is(review->admission.namespace, "shop") && slice_is(review->admission.subject, "pod/web-*"));
	assert_true(arena_used(review->arena) < 10000);
}

static const struct guard_answer yes = { .outcome = GUARD_ALLOWED, .admits = true, .rule = { "prod", 4 } };

static struct guard_answer
answer(enum guard_outcome outcome, const char *reason)
{
	struct guard_answer made = { .outcome = outcome, .rule = SLICE("prod"), .reason = slice_of(reason) };
	return made;
}

static const char *
answered(struct review *review, const struct guard_answer *answers, bool dry, struct admission_result *result)
{
	strbuf_clear(&review->text);
	*result = admission_answer(&review->admission, answers, dry, &review->text);
	assert_false(review->text.failed);
	return review->text.p;
}

#define ANSWER(inside) "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"response\":{" inside "}}"

static void
answers(void **state)
{
	struct review *review = *state;
	struct admission_result result;
	struct guard_answer two[2] = { yes, answer(GUARD_REFUSED, "nobody signed it") };
	read_as(review, ADMISSION_VALIDATE, request(review, CREATE POD "\"object\":" TWO("x@" D, "y@" D)));
	assert_string_equal(answered(review, two, false, &result),
	                    ANSWER("\"allowed\":false,\"auditAnnotations\":{\"outcome\":\"refused\",\"rules\":\"prod,prod\"},\"status\":{\"code\":403,\"message\":"
	                           "\"plimsoll: container 'b' (y@" D "): nobody signed it\",\"reason\":\"Forbidden\"},\"uid\":\"u-1\",\"warnings\":[]"));
	assert_false(result.allowed);
	two[1] = yes;
	assert_string_equal(answered(review, two, false, &result),
	                    ANSWER("\"allowed\":true,\"auditAnnotations\":{\"outcome\":\"allowed\",\"rules\":\"prod,prod\"},\"uid\":\"u-1\",\"warnings\":[]"));
	assert_true(result.allowed && result.outcome == GUARD_ALLOWED);
	two[0] = answer(GUARD_CANNOT_TELL, "the registry is away");
	assert_non_null(strstr(answered(review, two, false, &result), "\"code\":503"));
	assert_true(!result.allowed && result.outcome == GUARD_CANNOT_TELL);
	two[0].admits = two[0].broken = true;
	assert_string_equal(answered(review, two, false, &result),
	                    ANSWER("\"allowed\":true,\"auditAnnotations\":{\"admitted-by\":\"break-glass\",\"outcome\":\"cannot-tell\",\"rules\":\"prod,prod\"},"
	                           "\"uid\":\"u-1\",\"warnings\":[\"plimsoll: the glass was broken: container 'a' (x@" D "): the registry is away\"]"));
}

static void
unpinned_answers(void **state)
{
	struct review *review = *state;
	struct admission_result result;
	struct guard_answer no[2] = { answer(GUARD_REFUSED, "a tag is no identity"), answer(GUARD_REFUSED, "a tag is no identity") };
	read_as(review, ADMISSION_VALIDATE, request(review, CREATE POD "\"object\":" TWO("x", "X")));
	const char *text = answered(review, no, false, &result);
	assert_non_null(strstr(text, "container 'a' (x): a tag is no identity; it has a tag where a digest has to stand: the mutating webhook"));
	assert_non_null(strstr(text, "; container 'b' (X): 'X' is no reference to an image: its path must be in lower case\""));
	/* Nobody was to find out what it means: that is no failure to. */
	no[0].outcome = no[1].outcome = GUARD_CANNOT_TELL;
	read_as(review, ADMISSION_VALIDATE, request(review, CREATE POD "\"object\":" TWO("x", "y")));
	assert_non_null(strstr(answered(review, no, false, &result), "\"code\":403"));
	read_as(review, ADMISSION_MUTATE, request(review, CREATE POD "\"object\":" TWO("x", "y")));
	assert_non_null(strstr(answered(review, no, false, &result), "\"code\":503"));
}

/* In a dry run the door stands open, and says what it would have done. */
static void
dry(void **state)
{
	struct review *review = *state;
	struct admission_result result;
	struct guard_answer no[2] = { answer(GUARD_REFUSED, "nobody signed it"), { 0 } };
	no[0].admits = no[0].dry = true;
	read_as(review, ADMISSION_VALIDATE, request(review, CREATE POD "\"object\":" TWO("x@" D, "X")));
	assert_string_equal(answered(review, no, true, &result),
	                    ANSWER("\"allowed\":true,\"auditAnnotations\":{\"admitted-by\":\"dry-run\",\"outcome\":\"refused\",\"rules\":\"prod\"},\"uid\":\"u-1\",\"warnings\":["
	                           "\"plimsoll: refused but for the dry run of this guard: container 'a' (x@" D "): nobody signed it\","
	                           "\"plimsoll: refused but for the dry run of this guard: container 'b' (X): 'X' is no reference to an image: its path must be in lower case\"]"));
	assert_true(result.allowed && result.outcome == GUARD_REFUSED);
	read_as(review, ADMISSION_VALIDATE, request(review, CREATE POD "\"object\":{}"));
	assert_non_null(strstr(answered(review, NULL, true, &result), "\"warnings\":[\"plimsoll: refused but for the dry run of this guard: request: object: it is no Pod\"]"));
	assert_true(result.allowed);
	assert_non_null(strstr(answered(review, NULL, false, &result), "\"allowed\":false"));
}

static void
expect_patch(struct review *review, const char *text, const char *wanted)
{
	struct slice rest = slice_of(text), patch;
	size_t at = slice_find_text(rest, SLICE("\"patch\":\""));
	assert_int_not_equal(at, SIZE_MAX);
	rest = slice_from(rest, at + 9);
	assert_true(slice_cut(rest, '"', &patch, &rest));
	assert_true(slice_starts(rest, SLICE(",\"patchType\":\"JSONPatch\",")));
	patch = base64_decode(BASE64_STANDARD, patch, review->arena);
	assert_true(patch.p && slice_is(patch, wanted));
}

static void
patches(void **state)
{
	struct review *review = *state;
	struct admission_result result;
	struct guard_answer two[2] = { yes, yes };
	assert_true(digest_parse(SLICE(D), &two[0].digest));
	read_as(review, ADMISSION_MUTATE, request(review, CREATE POD "\"object\":" TWO("x", "x")));
	const char *text = answered(review, two, false, &result);
	expect_patch(review, text,
	             "[{\"op\":\"test\",\"path\":\"/spec/containers/0/image\",\"value\":\"x\"},{\"op\":\"replace\",\"path\":\"/spec/containers/0/image\",\"value\":\"x@" D "\"},"
	             "{\"op\":\"test\",\"path\":\"/spec/containers/1/image\",\"value\":\"x\"},{\"op\":\"replace\",\"path\":\"/spec/containers/1/image\",\"value\":\"x@" D "\"}]");
	assert_non_null(strstr(text, "\"warnings\":[\"plimsoll: 2 images were pinned to their digest\"]"));
	assert_int_equal(result.pinned, 2);
	/* Where the glass is broken the digest may be unknown: then the tag stays. */
	two[0] = answer(GUARD_CANNOT_TELL, "the registry is away");
	two[0].admits = two[0].broken = true;
	assert_null(strstr(answered(review, two, false, &result), "patch"));
	assert_true(result.allowed);
	/* A template's tag gets its digest where the webhook is asked about templates. */
	two[0] = yes;
	assert_true(digest_parse(SLICE(D), &two[0].digest));
	read_as(review, ADMISSION_MUTATE,
	        request(review, CREATE "\"resource\":{\"group\":\"apps\",\"version\":\"v1\",\"resource\":\"deployments\"},"
	                               "\"object\":{\"kind\":\"Deployment\",\"spec\":{\"template\":{\"spec\":{\"volumes\":[{\"name\":\"v\",\"image\":{\"reference\":\"x:1\"}}]}}}}"));
	expect_patch(review, answered(review, two, false, &result),
	             "[{\"op\":\"test\",\"path\":\"/spec/template/spec/volumes/0/image/reference\",\"value\":\"x:1\"},"
	             "{\"op\":\"replace\",\"path\":\"/spec/template/spec/volumes/0/image/reference\",\"value\":\"x:1@" D "\"}]");
	/* What was not asked about is not touched, and nothing is patched in what is refused. */
	two[0].admits = false;
	assert_null(strstr(answered(review, two, false, &result), "patch"));
}

static void
templates(void **state)
{
	struct review *review = *state;
	struct guard_question question;
	const char *deployment =
		CREATE "\"resource\":{\"group\":\"apps\",\"version\":\"v1\",\"resource\":\"deployments\"},"
		       "\"object\":{\"kind\":\"Deployment\",\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\",\"image\":\"x\"}]}}}}";
	expect(review, ADMISSION_VALIDATE, deployment, "container 'b' docker.io/library/x:latest /spec/template/spec/containers/1/image\n");
	assert_true(admission_question(&review->admission, 0, &question) && question.resolves);
	assert_true(slice_is(question.subject, "deployment/web"));
}

#define IMAGES(inside) "{\"apiVersion\":\"imagepolicy.k8s.io/v1alpha1\",\"kind\":\"ImageReview\"," inside "}"

static void
image_reviews(void **state)
{
	struct review *review = *state;
	struct admission_result result;
	struct guard_answer two[2] = { answer(GUARD_REFUSED, "a tag is no identity"), yes };
	read_as(review, ADMISSION_IMAGES,
	        IMAGES("\"spec\":{\"containers\":[{\"image\":\"registry.example/shop/web:1.4.2\"},{\"image\":\"registry.example/shop/migrate@" D "\"}],"
	               "\"annotations\":{\"shop.image-policy.k8s.io/ticket-1234\":\"break-glass\"},\"namespace\":\"shop\"}"));
	assert_string_equal(review->text.p, "container '0' registry.example/shop/web:1.4.2 \ncontainer '1' registry.example/shop/migrate@sha256: \n");
	assert_true(slice_is(review->admission.namespace, "shop"));
	assert_string_equal(answered(review, two, false, &result),
	                    IMAGES("\"status\":{\"allowed\":false,\"auditAnnotations\":{\"outcome\":\"refused\",\"rules\":\"prod,prod\"},"
	                           "\"reason\":\"plimsoll: container '0' (registry.example/shop/web:1.4.2): a tag is no identity; it has a tag where a digest has to stand\"}"));
	two[0] = yes;
	assert_string_equal(answered(review, two, false, &result),
	                    IMAGES("\"status\":{\"allowed\":true,\"auditAnnotations\":{\"outcome\":\"allowed\",\"rules\":\"prod,prod\"}}"));
}

static void
few_are_told(void **state)
{
	struct review *review = *state;
	struct admission_result result;
	struct guard_answer no[12];
	AUTO(strbuf) struct strbuf inside = { 0 };
	strbuf_puts(&inside, CREATE POD "\"object\":{\"kind\":\"Pod\",\"spec\":{\"containers\":[");
	for (int i = 0; i < 12; i++) {
		strbuf_printf(&inside, "%s{\"name\":\"c%d\",\"image\":\"x%d@" D "\"}", i ? "," : "", i, i);
		no[i] = answer(GUARD_REFUSED, "no");
	}
	strbuf_puts(&inside, "]}}");
	read_as(review, ADMISSION_VALIDATE, request(review, inside.p));
	const char *text = answered(review, no, false, &result);
	assert_non_null(strstr(text, "container 'c9' "));
	assert_null(strstr(text, "container 'c10' "));
	assert_non_null(strstr(text, ": no; and 2 more\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_kind, setup, teardown),
		cmocka_unit_test_setup_teardown(ephemeral_containers, setup, teardown),
		cmocka_unit_test_setup_teardown(updates, setup, teardown),
		cmocka_unit_test_setup_teardown(asked_once, setup, teardown),
		cmocka_unit_test_setup_teardown(names, setup, teardown),
		cmocka_unit_test_setup_teardown(refused, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_to_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_little, setup, teardown),
		cmocka_unit_test_setup_teardown(answers, setup, teardown),
		cmocka_unit_test_setup_teardown(unpinned_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(dry, setup, teardown),
		cmocka_unit_test_setup_teardown(patches, setup, teardown),
		cmocka_unit_test_setup_teardown(templates, setup, teardown),
		cmocka_unit_test_setup_teardown(image_reviews, setup, teardown),
		cmocka_unit_test_setup_teardown(few_are_told, setup, teardown),
	};
	return cmocka_run_group_tests_name("admission", tests, NULL, NULL);
}

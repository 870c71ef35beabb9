/* SPDX-License-Identifier: Apache-2.0 */
/* Formats: written byte for byte, read again, and refused where another reader could see something else in them. */
#include "helpers.h"

#include "trust/document.h"
#include "trust/dsse.h"
#include "trust/key_inside.h"
#include "trust/simple_signing.h"
#include "trust/statement.h"

#define NAME "registry.example.com/team/web"

static void
simple_signing_is_written(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf bare = { 0 }, tagged = { 0 };
	struct plim_error err = { 0 };
	struct simple_signing what = { SLICE(NAME), SLICE_NONE, digest_from(DIGEST_A) };
	assert_int_equal(simple_signing_write(&what, &bare, &err), 0);
	assert_slice(strbuf_slice(&bare), "{\"critical\":{\"identity\":{\"docker-reference\":\"" NAME "\"},\"image\":{\"docker-manifest-digest\":\"" DIGEST_A
	                                  "\"},\"type\":\"cosign container image signature\"},\"optional\":null}");
	what.tag = SLICE("1.0");
	assert_int_equal(simple_signing_write(&what, &tagged, &err), 0);
	assert_slice(strbuf_slice(&tagged), "{\"critical\":{\"identity\":{\"docker-reference\":\"" NAME ":1.0\"},\"image\":{\"docker-manifest-digest\":\"" DIGEST_A
	                                    "\"},\"type\":\"cosign container image signature\"},\"optional\":null}");
	AUTO(arena) struct arena *arena = arena_new(0);
	struct simple_signing *again;
	assert_int_equal(simple_signing_parse(strbuf_slice(&tagged), arena, &again, &err), 0);
	assert_slice(again->repository, NAME);
	assert_slice(again->tag, "1.0");
	assert_true(digest_eq(&again->image, &what.image));
	assert_int_equal(simple_signing_parse(strbuf_slice(&bare), arena, &again, &err), 0);
	assert_null(again->tag.p);
}

static void
simple_signing_names_are_whole(void **state)
{
	(void)state;
	static const struct {
		const char *repository, *tag;
	} bad[] = {
		{ NAME ":1", NULL }, { NAME, "1@" DIGEST_A }, { NAME, "" }, { NAME, "a:b" }, { "team/web", "1" }, { NAME "/", "1" }, { NAME, "1\",\"x\":\"" },
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(strbuf) struct strbuf into = { 0 };
		struct plim_error err = { 0 };
		struct simple_signing what = { slice_of(bad[i].repository), slice_of(bad[i].tag), digest_from(DIGEST_A) };
		assert_int_equal(simple_signing_write(&what, &into, &err), PLIM_EUSAGE);
		assert_int_equal(into.n, 0);
	}
}

#define IDENTITY "\"identity\":{\"docker-reference\":\"" NAME "\"}"
#define IMAGE    "\"image\":{\"docker-manifest-digest\":\"" DIGEST_A "\"}"
#define TYPE     "\"type\":\"cosign container image signature\""
#define CRITICAL "\"critical\":{" IDENTITY "," IMAGE "," TYPE "}"

static void
simple_signing_is_strict(void **state)
{
	(void)state;
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "{" CRITICAL "," CRITICAL "}", "the same key twice" },
		{ "{" CRITICAL ",\"Critical\":{}}", "keys that differ in case alone: 'critical'" },
		{ "{\"critical\":{" IDENTITY "," IMAGE "," TYPE ",\"Type\":\"\"}}", "keys that differ in case alone: 'type'" },
		{ "{\"critical\":{" IDENTITY "," IMAGE "," TYPE ",\"identit\xc5\xbf\":1,\"identits\":1}}", "keys that differ in case alone: 'identits'" },
		{ "{\"critical\":{" IDENTITY "," IMAGE "," TYPE ",\"more\":1}}", "critical has a member 'more'" },
		{ "{" CRITICAL ",\"more\":1}", "the payload has a member 'more'" },
		{ "{" CRITICAL ",\"optional\":[]}", "optional: no object" },
		{ "{" CRITICAL "} ,", "JSON" },
		{ "{" CRITICAL, "JSON" },
		{ "{\"critical\":{" IDENTITY "," IMAGE ",\"type\":\"atomic container signature\"}}", "type: not" },
		{ "{\"critical\":{" IDENTITY "," TYPE "}}", "image is no object" },
		{ "{\"critical\":{" IDENTITY "," TYPE ",\"image\":{\"docker-manifest-digest\":\"sha256:AA\"}}}", "no digest" },
		{ "{\"critical\":{" IMAGE "," TYPE ",\"identity\":{\"docker-reference\":\"\"}}}", "docker-reference" },
		{ "{\"critical\":{" IMAGE "," TYPE ",\"identity\":{\"docker-reference\":\"" NAME "@" DIGEST_A "\"}}}", "docker-reference" },
		{ "[]", "no object" },
		{ "", "premature EOF" },
	};
	AUTO(arena) struct arena *arena = arena_new(0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct simple_signing *no;
		struct plim_error err = { 0 };
		assert_int_equal(simple_signing_parse(slice_of(bad[i].text), arena, &no, &err), PLIM_EFORMAT);
		if (strstr(err.text, bad[i].why) == NULL)
			fail_msg("%s: %s, not: %s", bad[i].text, err.text, bad[i].why);
	}
	struct simple_signing *fine;
	struct plim_error err = { 0 };
	assert_int_equal(simple_signing_parse(SLICE("{ " CRITICAL ", \"optional\": {\"creator\":\"x\",\"timestamp\":1}}\n"), arena, &fine, &err), 0);
}

/* The specification's own example: its key's numbers and its signature as two numbers. */
static void
dsse_of_the_specification(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf pae = { 0 }, der = { 0 };
	AUTO(arena) struct arena *arena = arena_new(0);
	dsse_pae(SLICE("http://example.com/HelloWorld"), SLICE("hello world"), &pae);
	assert_slice(strbuf_slice(&pae), "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
	struct slice raw = base64_decode(BASE64_STANDARD, SLICE("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="), arena);
	assert_true(ecdsa_to_der(raw, &der));
	AUTO(key) struct key *key = public_key("-----BEGIN PUBLIC KEY-----\n"
	                                       "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZ805D3eqNZywjCI19lInBJOp7YMr\n"
	                                       "CrzAH3CVTAOQ0jgMeCvVTiaRJaRPRDOv8UMs6U4SvKc6pnrIDOoSYI3fdA==\n"
	                                       "-----END PUBLIC KEY-----\n");
	assert_true(key_verify(key, strbuf_slice(&pae), strbuf_slice(&der)));
	AUTO(strbuf) struct strbuf back = { 0 };
	assert_true(ecdsa_to_raw(strbuf_slice(&der), 32, &back));
	assert_true(slice_eq(strbuf_slice(&back), raw));
}

static void
dsse_round_trip(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf pae = { 0 }, first = { 0 }, second = { 0 }, text = { 0 };
	AUTO(key) struct key *a = private_key(p256_private), *b = private_key(ed25519_private), *c = public_key(rsa_public);
	struct plim_error err = { 0 };
	dsse_pae(SLICE("t/x"), SLICE("\1\2\xff"), &pae);
	assert_int_equal(key_sign(a, strbuf_slice(&pae), &first, &err), 0);
	assert_int_equal(key_sign(b, strbuf_slice(&pae), &second, &err), 0);
	struct dsse_signature both[] = { { SLICE("k"), strbuf_slice(&first) }, { SLICE_NONE, strbuf_slice(&second) } };
	struct dsse envelope = { SLICE("t/x"), SLICE("\1\2\xff"), both, 2 }, *again;
	dsse_write(&envelope, &text);
	assert_int_equal(dsse_parse(strbuf_slice(&text), arena, &again, &err), 0);
	assert_slice(again->payload, "\1\2\xff");
	assert_slice(again->payload_type, "t/x");
	assert_int_equal(again->signature_count, 2);
	assert_slice(again->signatures[0].keyid, "k");
	assert_true(dsse_verify(again, a) && dsse_verify(again, b));
	assert_false(dsse_verify(again, c));
	/* The type is signed, too. */
	again->payload_type = SLICE("t/y");
	assert_false(dsse_verify(again, a));
}

static void
dsse_is_strict(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"{\"payload\":\"AA==\",\"payloadType\":\"t\",\"signatures\":[]}",
		"{\"payload\":\"AA==\",\"payloadType\":\"t\"}",
		"{\"payload\":\"AA\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}]}",
		"{\"payload\":\"AA==\",\"payloadType\":\"t\",\"signatures\":[{\"keyid\":\"\"}]}",
		"{\"payload\":\"AA==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\",\"Sig\":\"AQ==\"}]}",
		"{\"payload\":\"AA==\",\"Payload\":\"AQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}]}",
		"{\"payload\":\"AA==\",\"payload\":\"AQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}]}",
		"{\"payload\":\"AA==\",\"payloadtype\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}]}",
		"{\"payload\":\"AA==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}],\"more\":1}",
		"{\"payload\":1,\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}]}",
	};
	AUTO(arena) struct arena *arena = arena_new(0);
	struct dsse *out;
	struct plim_error err = { 0 };
	for (size_t i = 0; i < COUNT(bad); i++)
		if (dsse_parse(slice_of(bad[i]), arena, &out, &err) != PLIM_EFORMAT)
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(dsse_parse(SLICE("{\"payload\":\"AA==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}]}"), arena, &out, &err), 0);
}

static struct vsa
sample(void)
{
	static struct slice levels[] = { { "PLIMSOLL_BASELINE", 17 } };
	static struct vsa_input inputs[1];
	inputs[0] = (struct vsa_input){ SLICE("plimsoll:data"), digest_from(DIGEST_C) };
	return (struct vsa){ .verifier = SLICE("https://example.com/gate"), .version = SLICE("0.1.0"), .time = 1000000000, .repository = SLICE(NAME),
		.tag = SLICE("1.0"), .image = digest_from(DIGEST_A), .policy_uri = SLICE("baseline"), .policy = digest_from(DIGEST_B), .inputs = inputs,
		.input_count = 1, .levels = levels, .level_count = 1, .data_time = 999990000 };
}

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SUMMARY                                                                                                                                        \
	"{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"inputAttestations\":[{\"digest\":{\"sha256\":"                                \
	"\"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\"},\"uri\":\"plimsoll:data\"}],\"plimsoll\":{\"dataTime\":"               \
	"\"2001-09-08T23:00:00Z\"},\"policy\":{\"digest\":{\"sha256\":\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"},"         \
	"\"uri\":\"baseline\"},\"resourceUri\":\"oci://" NAME ":1.0@" DIGEST_A "\",\"slsaVersion\":\"1.0\",\"timeVerified\":"                        \
	"\"2001-09-09T01:46:40Z\",\"verificationResult\":\"PASSED\",\"verifiedLevels\":[\"PLIMSOLL_BASELINE\"],\"verifier\":{\"id\":"                 \
	"\"https://example.com/gate\",\"version\":{\"plimsoll\":\"0.1.0\"}}},\"predicateType\":\"https://slsa.dev/verification_summary/v1\","         \
	"\"subject\":[{\"digest\":{\"sha256\":\"" HEX_A "\"},\"name\":\"" NAME "\"}]}"

static void
summary_is_written(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf text = { 0 };
	struct plim_error err = { 0 };
	struct vsa vsa = sample(), *again;
	struct statement *statement;
	assert_int_equal(vsa_write(&vsa, &text, &err), 0);
	assert_slice(strbuf_slice(&text), SUMMARY);
	assert_int_equal(statement_parse(strbuf_slice(&text), arena, &statement, &err), 0);
	assert_true(statement_speaks_of(statement, &vsa.image) && !statement_speaks_of(statement, &vsa.policy));
	assert_int_equal(vsa_parse(statement, arena, &again, &err), 0);
	assert_slice(again->repository, NAME);
	assert_slice(again->tag, "1.0");
	assert_int_equal(again->time, vsa.time);
	assert_int_equal(again->data_time, vsa.data_time);
	assert_int_equal(again->result, VSA_PASSED);
	assert_true(digest_eq(&again->policy, &vsa.policy) && digest_eq(&again->inputs[0].digest, &vsa.inputs[0].digest));
	assert_slice(again->levels[0], "PLIMSOLL_BASELINE");
}

static void
only_what_passed_is_written(void **state)
{
	(void)state;
	struct vsa wrong[8];
	for (size_t i = 0; i < COUNT(wrong); i++)
		wrong[i] = sample();
	wrong[0].result = VSA_FAILED;
	wrong[1].policy = (struct digest){ 0 };
	wrong[2].image = (struct digest){ 0 };
	wrong[3].repository = SLICE(NAME ":2.0");
	wrong[4].tag = SLICE("1 0");
	wrong[5].time = DATE_NONE;
	wrong[6].time = INT64_C(253402300800);
	wrong[7].data_time = -1;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		struct plim_error err = { 0 };
		assert_int_equal(vsa_write(&wrong[i], &text, &err), PLIM_EUSAGE);
		assert_int_equal(text.n, 0);
	}
}

static int
read_changed(const char *from, const char *to, struct arena *arena, struct vsa **out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct statement *statement;
	size_t at = slice_find_text(SLICE(SUMMARY), slice_of(from));
	assert_true(at != SIZE_MAX);
	strbuf_put(&text, slice_first(SLICE(SUMMARY), at));
	strbuf_puts(&text, to);
	strbuf_put(&text, slice_from(SLICE(SUMMARY), at + strlen(from)));
	int r = statement_parse(strbuf_slice(&text), arena, &statement, err);
	return r < 0 ? r : vsa_parse(statement, arena, out, err);
}

static void
summaries_are_read_with_care(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *why;
	} bad[] = {
		{ "\"PASSED\"", "\"passed\"", "neither PASSED nor FAILED" },
		{ "\"verificationResult\":\"PASSED\",", "", "verificationResult: is missing" },
		{ "\"verificationResult\":\"PASSED\",", "\"verificationResult\":\"FAILED\",\"VerificationResult\":\"PASSED\",", "differ in case alone" },
		{ "\"verificationResult\":\"PASSED\",", "\"verificationResult\":\"FAILED\",\"verificationResult\":\"PASSED\",", "the same key twice" },
		{ "1.0@" DIGEST_A, "1.0@" DIGEST_B, "its digest is none of the statement's subjects" },
		{ "2001-09-09T01:46:40Z", "yesterday", "timeVerified: no time" },
		{ "\"" HEX_A "\"", "\"AAAA\"", "no digest" },
		{ "Statement/v1", "Statement/v2", "_type: not" },
		{ "\"verificationResult\"", "\"verificationResult \"", "verificationResult: is missing" },
		{ "verification_summary/v1", "verification_summary/v2", "predicateType: not" },
		{ "\"subject\":", "\"Subject\":", "a member 'Subject'" },
	};
	AUTO(arena) struct arena *arena = arena_new(0);
	struct vsa *out;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct plim_error err = { 0 };
		if (read_changed(bad[i].from, bad[i].to, arena, &out, &err) >= 0 || strstr(err.text, bad[i].why) == NULL)
			fail_msg("%s: %s, not: %s", bad[i].to, err.text, bad[i].why);
	}
	struct plim_error err = { 0 };
	assert_int_equal(read_changed("\"PASSED\"", "\"FAILED\"", arena, &out, &err), 0);
	assert_int_equal(out->result, VSA_FAILED);
	assert_int_equal(read_changed("oci://", "pkg:oci/", arena, &out, &err), 0);
	assert_null(out->repository.p);
	assert_int_equal(read_changed("\"plimsoll\":{\"dataTime\":\"2001-09-08T23:00:00Z\"},", "", arena, &out, &err), 0);
	assert_int_equal(out->data_time, DATE_NONE);
}

static void
evidence_keeps_its_bytes(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf text = { 0 };
	struct plim_error err = { 0 };
	struct statement_subject subject = { SLICE(NAME), digest_from(DIGEST_A) };
	assert_int_equal(statement_write(&subject, SLICE(PREDICATE_CYCLONEDX), SLICE(" {\"b\" : 1.50,\n \"a\":[]}\n"), &text, &err), 0);
	assert_slice(strbuf_slice(&text), "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"b\" : 1.50,\n \"a\":[]},\"predicateType\":"
	                                  "\"https://cyclonedx.org/bom\",\"subject\":[{\"digest\":{\"sha256\":\"" HEX_A "\"},\"name\":\"" NAME "\"}]}");
	static const char *const bad[] = { "{},\"predicateType\":\"x\"", "[]", "{\"a\":1,\"A\":2}", "", "{} {}" };
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(strbuf) struct strbuf none = { 0 };
		assert_int_equal(statement_write(&subject, SLICE(PREDICATE_SPDX), slice_of(bad[i]), &none, &err), PLIM_EFORMAT);
		assert_int_equal(none.n, 0);
	}
}

static void
trees_keep_their_meaning(void **state)
{
	(void)state;
	static const char text[] = "{\"z\":[1.50,-0,1e3,true,false,null],\"a\":{\"\":\"\\u0001\\\"\"},\"e\":{},\"l\":[]}";
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf again = { 0 };
	const struct json *tree;
	struct plim_error err = { 0 };
	assert_int_equal(document_parse(slice_of(text), arena, &tree, &err), 0);
	document_put(tree, &again);
	assert_slice(strbuf_slice(&again), text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(simple_signing_is_written), cmocka_unit_test(simple_signing_names_are_whole), cmocka_unit_test(simple_signing_is_strict),
		cmocka_unit_test(dsse_of_the_specification), cmocka_unit_test(dsse_round_trip),                cmocka_unit_test(dsse_is_strict),
		cmocka_unit_test(summary_is_written),        cmocka_unit_test(only_what_passed_is_written),    cmocka_unit_test(summaries_are_read_with_care),
		cmocka_unit_test(evidence_keeps_its_bytes),  cmocka_unit_test(trees_keep_their_meaning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What is stored beside an image and beside a key: added to without loss, and refused where it is not what it should be. */
#include "helpers.h"

#include "base/date.h"
#include "base/limits.h"
#include "trust/bundle.h"
#include "trust/companion.h"
#include "trust/cosign_manifest.h"
#include "trust/deny.h"
#include "trust/referrer.h"
#include "trust/verify.h"

#define EMPTY_DIGEST "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

static void
tags(void **state)
{
	(void)state;
	char text[COSIGN_TAG_SIZE];
	struct digest a = digest_from(DIGEST_A);
	assert_string_equal(cosign_tag(COSIGN_SIGNATURES, &a, text), "sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.sig");
	assert_string_equal(cosign_tag(COSIGN_ATTESTATIONS, &a, text), "sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.att");
}

/* sha256sum of "one": 7692..., of "two": 3fc4... */
#define ONE "sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
#define TWO "sha256:3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"

static void
first_signature(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf manifest = { 0 }, config = { 0 }, wanted = { 0 };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_error err = { 0 };
	struct cosign_addition addition = { COSIGN_SIGNATURES, SLICE("one"), SLICE("sig"), SLICE_NONE };
	struct cosign_manifest *again;
	char text[DIGEST_TEXT_SIZE];
	assert_int_equal(cosign_manifest_add(SLICE_NONE, &addition, &manifest, &config, &err), 0);
	assert_slice(strbuf_slice(&config), "{\"architecture\":\"\",\"config\":{},\"created\":\"0001-01-01T00:00:00Z\",\"history\":[{\"created\":\"0001-01-01T00:00:00Z\"}],"
	                                    "\"os\":\"\",\"rootfs\":{\"diff_ids\":[\"" ONE "\"],\"type\":\"layers\"}}");
	struct digest digest = digest_of(strbuf_slice(&config));
	strbuf_printf(&wanted,
	              "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"digest\":\"%s\",\"mediaType\":"
	              "\"application/vnd.oci.image.config.v1+json\",\"size\":%zu},\"layers\":[{\"annotations\":{\"dev.cosignproject.cosign/signature\":"
	              "\"c2ln\"},\"digest\":\"" ONE "\",\"mediaType\":\"application/vnd.dev.cosign.simplesigning.v1+json\",\"size\":3}]}",
	              digest_text(&digest, text), config.n);
	assert_slice(strbuf_slice(&manifest), wanted.p);
	assert_int_equal(cosign_manifest_parse(strbuf_slice(&manifest), arena, &again, &err), 0);
	assert_int_equal(again->n, 1);
	assert_slice(again->layers[0].signature, "sig");
	assert_true(digest_eq(&again->config, &digest));
}

/* A foreign manifest with members nobody here knows. */
static const char foreign[] =
	"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
	"\"size\":233,\"digest\":\"" DIGEST_C "\"},\"layers\":[{\"mediaType\":\"application/vnd.dev.cosign.simplesigning.v1+json\",\"size\":241,\"digest\":\"" DIGEST_B
	"\",\"annotations\":{\"dev.cosignproject.cosign/signature\":\"AAAA\",\"dev.sigstore.cosign/bundle\":\"{\\\"a\\\":1.0}\"},\"urls\":[\"u\"],\"x\":{\"y\":1.50}},"
	"{\"mediaType\":\"application/x-other\",\"size\":1,\"digest\":\"" DIGEST_A "\"}],\"annotations\":{\"k\":\"v\"},\"z\":null}";

static void
foreign_entries_stay(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf manifest = { 0 }, config = { 0 }, twice = { 0 }, other = { 0 }, without = { 0 };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_error err = { 0 };
	struct cosign_addition addition = { COSIGN_ATTESTATIONS, SLICE("two"), SLICE_NONE, SLICE("https://example.com/t") };
	struct cosign_manifest *again;
	assert_int_equal(cosign_manifest_add(slice_of(foreign), &addition, &manifest, &config, &err), 0);
	const char *kept[] = {
		"\"layers\":[{\"mediaType\":\"application/vnd.dev.cosign.simplesigning.v1+json\",\"size\":241,\"digest\":\"" DIGEST_B
		"\",\"annotations\":{\"dev.cosignproject.cosign/signature\":\"AAAA\",\"dev.sigstore.cosign/bundle\":\"{\\\"a\\\":1.0}\"},\"urls\":[\"u\"],\"x\":{\"y\":1.50}},"
		"{\"mediaType\":\"application/x-other\",\"size\":1,\"digest\":\"" DIGEST_A "\"},{\"annotations\":{\"dev.cosignproject.cosign/signature\":\"\","
		"\"predicateType\":\"https://example.com/t\"},\"digest\":\"" TWO "\",\"mediaType\":\"application/vnd.dsse.envelope.v1+json\",\"size\":3}]",
		",\"annotations\":{\"k\":\"v\"},\"z\":null}",
	};
	for (size_t i = 0; i < COUNT(kept); i++)
		if (slice_find_text(strbuf_slice(&manifest), slice_of(kept[i])) == SIZE_MAX)
			fail_msg("%s\nlacks %s", manifest.p, kept[i]);
	assert_true(slice_find_text(strbuf_slice(&config), SLICE("\"diff_ids\":[\"" DIGEST_B "\",\"" DIGEST_A "\",\"" TWO "\"]")) != SIZE_MAX);
	assert_int_equal(cosign_manifest_parse(strbuf_slice(&manifest), arena, &again, &err), 0);
	assert_slice(again->layers[2].predicate_type, "https://example.com/t");
	assert_null(again->layers[2].signature.p);
	/* The same again adds nothing. */
	assert_int_equal(cosign_manifest_add(strbuf_slice(&manifest), &addition, &twice, &other, &err), 0);
	assert_slice(strbuf_slice(&twice), manifest.p);
	/* And what is taken out is taken out alone. */
	const bool last[] = { false, false, true }, all[] = { true, true, true };
	size_t left;
	strbuf_clear(&other);
	assert_int_equal(cosign_manifest_remove(strbuf_slice(&manifest), last, 2, &left, &without, &other, &err), PLIM_EFORMAT);
	assert_int_equal(cosign_manifest_remove(strbuf_slice(&manifest), last, 3, &left, &without, &other, &err), 0);
	assert_int_equal(left, 2);
	assert_int_equal(cosign_manifest_parse(strbuf_slice(&without), arena, &again, &err), 0);
	assert_int_equal(again->n, 2);
	strbuf_clear(&without);
	assert_int_equal(cosign_manifest_remove(strbuf_slice(&manifest), all, 3, &left, &without, &other, &err), 0);
	assert_int_equal(left, 0);
	assert_int_equal(cosign_manifest_parse(strbuf_slice(&without), arena, &again, &err), 0);
	assert_int_equal(again->n, 0);
}

#define LAYER(annotations) \
	"{\"mediaType\":\"application/vnd.dev.cosign.simplesigning.v1+json\",\"size\":241,\"digest\":\"" DIGEST_B "\",\"annotations\":{" annotations "}}"
#define MANIFEST(layers) \
	"{\"schemaVersion\": 2,\"config\":{\"mediaType\":\"c\",\"size\":2,\"digest\":\"" DIGEST_C "\"},\"layers\":[" layers "],\"annotations\":{\"k\":\"v\"}}"
#define SIGNATURE(text) "\"dev.cosignproject.cosign/signature\":\"" text "\""
#define BUNDLE          "\"dev.sigstore.cosign/bundle\":\"{\\\"a\\\":1.0}\""

static void
merging_loses_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *old, *from, *layers;    /* NULL: byte for byte what `same` is */
		const char *same;
	} cases[] = {
		{ NULL, MANIFEST(LAYER(SIGNATURE("AAAA"))), NULL, MANIFEST(LAYER(SIGNATURE("AAAA"))) },
		{ MANIFEST(LAYER(SIGNATURE("AAAA"))), MANIFEST(LAYER(SIGNATURE("AAAA"))), NULL, MANIFEST(LAYER(SIGNATURE("AAAA"))) },
		{ MANIFEST(LAYER(BUNDLE "," SIGNATURE("AAAA"))), MANIFEST(LAYER(SIGNATURE("AAAA"))), NULL, MANIFEST(LAYER(BUNDLE "," SIGNATURE("AAAA"))) },
		{ MANIFEST(LAYER(SIGNATURE("AAAA"))), MANIFEST(""), NULL, MANIFEST(LAYER(SIGNATURE("AAAA"))) },
		{ MANIFEST(LAYER(SIGNATURE("AAAA"))), MANIFEST(LAYER(SIGNATURE("BBBB") "," BUNDLE)), LAYER(SIGNATURE("AAAA")) "," LAYER(SIGNATURE("BBBB") "," BUNDLE), NULL },
		{ MANIFEST(LAYER(SIGNATURE("AAAA"))), MANIFEST(LAYER(SIGNATURE("AAAA") "," BUNDLE)), LAYER(SIGNATURE("AAAA")) "," LAYER(SIGNATURE("AAAA") "," BUNDLE), NULL },
		{ MANIFEST(""), MANIFEST(LAYER(SIGNATURE("AAAA")) "," LAYER(SIGNATURE("AAAA"))), LAYER(SIGNATURE("AAAA")), NULL },
		{ MANIFEST(""), MANIFEST(LAYER("\"x\":null")), LAYER("\"x\":null"), NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(strbuf) struct strbuf manifest = { 0 }, config = { 0 }, wanted = { 0 }, again = { 0 };
		struct plim_error err = { 0 };
		assert_int_equal(cosign_manifest_merge(slice_of(cases[i].old), slice_of(cases[i].from), &manifest, &config, &err), 0);
		if (cases[i].same) {
			assert_slice(strbuf_slice(&manifest), cases[i].same);
			assert_int_equal(config.n, 0);
			continue;
		}
		strbuf_printf(&wanted, ",\"layers\":[%s],\"annotations\":{\"k\":\"v\"}}", cases[i].layers);
		assert_true(slice_ends(strbuf_slice(&manifest), strbuf_slice(&wanted)));
		assert_true(slice_find_text(strbuf_slice(&config), SLICE("\"diff_ids\":[\"" DIGEST_B "\"")) != SIZE_MAX);
		/* Whoever looks again finds nothing to do. */
		strbuf_clear(&config);
		assert_int_equal(cosign_manifest_merge(strbuf_slice(&manifest), slice_of(cases[i].from), &again, &config, &err), 0);
		assert_slice(strbuf_slice(&again), manifest.p);
		assert_int_equal(config.n, 0);
	}
}

static void
what_cannot_be_read_is_not_merged(void **state)
{
	(void)state;
	static const char *const bad[] = { "[]", "{", "{}", MANIFEST("1"), "{\"Layers\":[],\"layers\":[]}" };
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(strbuf) struct strbuf manifest = { 0 }, config = { 0 };
		struct plim_error err = { 0 };
		assert_int_equal(cosign_manifest_merge(SLICE_NONE, slice_of(bad[i]), &manifest, &config, &err), PLIM_EFORMAT);
		assert_int_equal(cosign_manifest_merge(slice_of(bad[i]), SLICE(MANIFEST("")), &manifest, &config, &err), PLIM_EFORMAT);
		assert_true(manifest.n == 0 && config.n == 0);
	}
}

#define ENTRY(digest, more) "{\"mediaType\":\"m\",\"size\":1,\"digest\":\"" digest "\"" more "}"
#define INDEX(entries)      "{\"manifests\": [" entries "],\"annotations\":{\"k\":\"v\"}}"

static void
indexes_are_united(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf fresh = { 0 }, both = { 0 }, again = { 0 };
	struct plim_error err = { 0 };
	struct slice a = SLICE(INDEX(ENTRY(DIGEST_A, ",\"x\":1.0"))), b = SLICE(INDEX(ENTRY(DIGEST_B, ",\"artifactType\":\"t\"") "," ENTRY(DIGEST_A, "")));
	assert_int_equal(referrer_index_merge(SLICE_NONE, a, &fresh, &err), 0);
	assert_true(slice_find_text(strbuf_slice(&fresh), SLICE("\"manifests\":[" ENTRY(DIGEST_A, ",\"x\":1.0") "]")) != SIZE_MAX);
	assert_int_equal(referrer_index_merge(a, b, &both, &err), 0);
	assert_true(slice_ends(strbuf_slice(&both), SLICE("\"manifests\":[" ENTRY(DIGEST_A, ",\"x\":1.0") "," ENTRY(DIGEST_B, ",\"artifactType\":\"t\"") "],\"annotations\":{\"k\":\"v\"}}")));
	assert_int_equal(referrer_index_merge(strbuf_slice(&both), b, &again, &err), 0);
	assert_slice(strbuf_slice(&again), both.p);
	strbuf_clear(&again);
	assert_int_equal(referrer_index_merge(b, a, &again, &err), 0);
	assert_slice(strbuf_slice(&again), INDEX(ENTRY(DIGEST_B, ",\"artifactType\":\"t\"") "," ENTRY(DIGEST_A, "")));
	strbuf_clear(&again);
	assert_int_equal(referrer_index_merge(a, SLICE("{}"), &again, &err), PLIM_EFORMAT);
	assert_int_equal(referrer_index_merge(SLICE("{}"), a, &again, &err), PLIM_EFORMAT);
	assert_int_equal(again.n, 0);
}

static void
another_keys_signature_is_another_entry(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf one = { 0 }, two = { 0 }, config = { 0 };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_error err = { 0 };
	struct cosign_manifest *again;
	assert_int_equal(cosign_manifest_add(SLICE_NONE, &(struct cosign_addition){ COSIGN_SIGNATURES, SLICE("one"), SLICE("a"), SLICE_NONE }, &one, &config, &err), 0);
	assert_int_equal(cosign_manifest_add(strbuf_slice(&one), &(struct cosign_addition){ COSIGN_SIGNATURES, SLICE("one"), SLICE("b"), SLICE_NONE }, &two, &config, &err), 0);
	assert_int_equal(cosign_manifest_parse(strbuf_slice(&two), arena, &again, &err), 0);
	assert_int_equal(again->n, 2);
	assert_slice(again->layers[0].signature, "a");
	assert_slice(again->layers[1].signature, "b");
}

static void
manifests_that_are_none(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int code;
	} bad[] = {
		{ "[]", PLIM_EFORMAT },
		{ "{}", PLIM_EFORMAT },
		{ "{\"config\":{\"digest\":\"" DIGEST_A "\"}}", PLIM_EFORMAT },
		{ "{\"config\":{\"digest\":\"" DIGEST_A "\"},\"layers\":[{}]}", PLIM_EFORMAT },
		{ "{\"config\":{\"digest\":\"" DIGEST_A "\"},\"layers\":[],\"Layers\":[]}", PLIM_EFORMAT },
		{ "{\"config\":{\"digest\":\"" DIGEST_A "\"},\"layers\":[{\"mediaType\":\"t\",\"digest\":\"" DIGEST_A "\",\"size\":-1}]}", PLIM_EFORMAT },
		{ "{\"SchemaVersion\":2,\"config\":{\"digest\":\"" DIGEST_A "\"},\"layers\":[]}", PLIM_EFORMAT },
		{ "{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}", PLIM_EUNSUPPORTED },
	};
	AUTO(arena) struct arena *arena = arena_new(0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct plim_error err = { 0 };
		struct cosign_manifest *no;
		AUTO(strbuf) struct strbuf manifest = { 0 }, config = { 0 };
		struct cosign_addition addition = { COSIGN_SIGNATURES, SLICE("one"), SLICE("sig"), SLICE_NONE };
		assert_int_equal(cosign_manifest_parse(slice_of(bad[i].text), arena, &no, &err), bad[i].code);
		/* Nor is anything put over it. */
		assert_int_equal(cosign_manifest_add(slice_of(bad[i].text), &addition, &manifest, &config, &err), bad[i].code);
		assert_int_equal(manifest.n, 0);
	}
}

static void
no_more_than_the_limit(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf old = { 0 }, config = { 0 }, more = { 0 };
	struct plim_error err = { 0 };
	struct cosign_addition addition = { COSIGN_SIGNATURES, SLICE("one"), SLICE("sig"), SLICE_NONE };
	strbuf_puts(&old, "{\"config\":{\"digest\":\"" DIGEST_A "\"},\"layers\":[");
	for (size_t i = 0; i < LIMIT_SIGNATURE_COUNT; i++)
		strbuf_printf(&old, "%s{\"mediaType\":\"t\",\"digest\":\"" DIGEST_A "\",\"size\":%zu}", i ? "," : "", i);
	strbuf_puts(&old, "]}");
	assert_int_equal(cosign_manifest_add(strbuf_slice(&old), &addition, &more, &config, &err), PLIM_ELIMIT);
	assert_non_null(strstr(err.text, "SIGNATURE_COUNT"));
}

static void
referrers(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_error err = { 0 };
	const struct referrer_annotation annotations[] = { { SLICE("a"), SLICE("1") }, { SLICE("b"), SLICE("2") } };
	struct referrer *again, referrer = {
		.artifact_type = SLICE(BUNDLE_MEDIA_TYPE),
		.layer = { SLICE(BUNDLE_MEDIA_TYPE), digest_from(DIGEST_B), 651 },
		.subject = { SLICE("application/vnd.oci.image.manifest.v1+json"), digest_from(DIGEST_A), 943 },
		.annotations = annotations,
		.annotation_count = 2,
	};
	referrer_write(&referrer, &text);
	assert_slice(strbuf_slice(&text),
	             "{\"annotations\":{\"a\":\"1\",\"b\":\"2\"},\"artifactType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"config\":{\"digest\":\"" EMPTY_DIGEST
	             "\",\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"size\":2},\"layers\":[{\"digest\":\"" DIGEST_B
	             "\",\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"size\":651}],\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
	             "\"schemaVersion\":2,\"subject\":{\"digest\":\"" DIGEST_A "\",\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":943}}");
	assert_int_equal(referrer_parse(strbuf_slice(&text), arena, &again, &err), 0);
	assert_true(digest_eq(&again->subject.digest, &referrer.subject.digest) && again->subject.size == 943 && again->layer_count == 1);
	assert_slice(again->artifact_type, BUNDLE_MEDIA_TYPE);
	assert_slice(again->annotations[1].value, "2");
}

static void
fallback_index(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf one = { 0 }, two = { 0 }, same = { 0 }, less = { 0 }, none = { 0 };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_error err = { 0 };
	struct referrer_index *index;
	struct referrer_entry first = { { SLICE(REFERRER_MANIFEST_MEDIA_TYPE), digest_from(DIGEST_A), 7 }, SLICE("t/a"), NULL, 0 };
	struct referrer_entry second = { { SLICE(REFERRER_MANIFEST_MEDIA_TYPE), digest_from(DIGEST_B), 8 }, SLICE_NONE, NULL, 0 };
	size_t left;
	assert_int_equal(referrer_index_add(SLICE_NONE, &first, &one, &err), 0);
	assert_slice(strbuf_slice(&one), "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[{\"artifactType\":\"t/a\",\"digest\":\"" DIGEST_A
	                                 "\",\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":7}]}");
	assert_int_equal(referrer_index_add(strbuf_slice(&one), &second, &two, &err), 0);
	assert_int_equal(referrer_index_add(strbuf_slice(&two), &first, &same, &err), 0);
	assert_slice(strbuf_slice(&same), two.p);
	assert_int_equal(referrer_index_parse(strbuf_slice(&two), arena, &index, &err), 0);
	assert_int_equal(index->n, 2);
	assert_slice(index->entries[0].artifact_type, "t/a");
	assert_int_equal(referrer_index_remove(strbuf_slice(&two), &first.descriptor.digest, &left, &less, &err), 0);
	assert_int_equal(left, 1);
	assert_int_equal(referrer_index_remove(strbuf_slice(&less), &second.descriptor.digest, &left, &none, &err), 0);
	assert_int_equal(left, 0);
	assert_slice(strbuf_slice(&none), "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}");
	/* What others wrote keeps its members. */
	AUTO(strbuf) struct strbuf kept = { 0 };
	assert_int_equal(referrer_index_add(SLICE("{\"manifests\":[{\"mediaType\":\"m\",\"size\":1,\"digest\":\"" DIGEST_C "\",\"x\":1.0}],\"annotations\":{\"k\":\"v\"}}"), &second, &kept, &err), 0);
	assert_slice(strbuf_slice(&kept), "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[{\"mediaType\":\"m\",\"size\":1,\"digest\":\"" DIGEST_C
	                                  "\",\"x\":1.0},{\"digest\":\"" DIGEST_B "\",\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":8}],\"annotations\":{\"k\":\"v\"}}");
	static const char *const bad[] = { "{}", "[]", "{\"manifests\":[{}]}", "{\"manifests\":[],\"Manifests\":[]}", "{\"manifests\":[]} x" };
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(strbuf) struct strbuf into = { 0 };
		assert_int_equal(referrer_index_add(slice_of(bad[i]), &first, &into, &err), PLIM_EFORMAT);
		assert_int_equal(into.n, 0);
	}
}

static void
bundles(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_error err = { 0 };
	struct dsse_signature signature = { SLICE_NONE, SLICE("sig") };
	struct dsse envelope = { SLICE("t"), SLICE("p"), &signature, 1 };
	struct digest id = digest_from("sha256:64de7eaf90e668be311b1df9f28285333c340f21b52cbf7bff56c9e91954fada");
	struct bundle *again;
	bundle_write(&id, &envelope, &text);
	assert_slice(strbuf_slice(&text), "{\"dsseEnvelope\":{\"payload\":\"cA==\",\"payloadType\":\"t\",\"signatures\":[{\"keyid\":\"\",\"sig\":\"c2ln\"}]},\"mediaType\":"
	                                  "\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"verificationMaterial\":{\"publicKey\":{\"hint\":"
	                                  "\"ZN5+r5DmaL4xGx358oKFMzw0DyG1LL97/1bJ6RlU+to=\"}}}");
	assert_int_equal(bundle_parse(strbuf_slice(&text), arena, &again, &err), 0);
	assert_slice(again->envelope->payload, "p");
	assert_slice(again->hint, "ZN5+r5DmaL4xGx358oKFMzw0DyG1LL97/1bJ6RlU+to=");
	static const struct {
		const char *text;
		int code;
	} bad[] = {
		{ "{\"mediaType\":\"application/vnd.dev.sigstore.bundle+json;version=0.1\",\"verificationMaterial\":{}}", PLIM_EUNSUPPORTED },
		{ "{\"mediaType\":\"" BUNDLE_MEDIA_TYPE "\",\"verificationMaterial\":{},\"messageSignature\":{}}", PLIM_EUNSUPPORTED },
		{ "{\"mediaType\":\"" BUNDLE_MEDIA_TYPE "\",\"verificationMaterial\":{}}", PLIM_EFORMAT },
		{ "{\"mediaType\":\"" BUNDLE_MEDIA_TYPE "\",\"dsseEnvelope\":{}}", PLIM_EFORMAT },
	};
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(bundle_parse(slice_of(bad[i].text), arena, &again, &err), bad[i].code);
}

static void
companions(void **state)
{
	(void)state;
	static const char text[] = "plimsoll_key: v1\nkey: " DIGEST_A "\nrole: approve\npolicies:\n  - " DIGEST_B "\nrepositories:\n  - \"registry.example.com/team/*\"\n"
				   "from: 2026-01-01\nuntil: 2026-12-31\n";
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf again = { 0 };
	struct plim_error err = { 0 };
	struct companion *may;
	struct digest policy = digest_from(DIGEST_B), other = digest_from(DIGEST_C), none = { 0 };
	int64_t day;
	assert_int_equal(companion_parse(SLICE("k.may.yaml"), slice_of(text), arena, &may, &err), 0);
	companion_write(may, &again);
	assert_slice(strbuf_slice(&again), text);
	assert_int_equal(companion_allows_role(may, KEY_APPROVES, &err), 0);
	assert_int_equal(companion_allows_role(may, KEY_EVIDENCES, &err), PLIM_EUSAGE);
	assert_int_equal(companion_allows_repository(may, SLICE("registry.example.com/team/a/b"), &err), 0);
	assert_int_equal(companion_allows_repository(may, SLICE("registry.example.com/other"), &err), PLIM_EUSAGE);
	assert_int_equal(companion_allows_repository(may, SLICE(""), &err), PLIM_EUSAGE);
	assert_int_equal(companion_allows_policy(may, &policy, &err), 0);
	assert_int_equal(companion_allows_policy(may, &other, &err), PLIM_EUSAGE);
	assert_int_equal(companion_allows_policy(may, &none, &err), PLIM_EUSAGE);
	static const struct {
		const char *day;
		int code;
	} days[] = { { "2025-12-31", PLIM_EUSAGE }, { "2026-01-01", 0 }, { "2026-12-31", 0 }, { "2027-01-01", PLIM_EUSAGE } };
	for (size_t i = 0; i < COUNT(days); i++) {
		assert_true(date_parse_day(slice_of(days[i].day), &day));
		assert_int_equal(companion_allows_day(may, day, &err), days[i].code);
	}
}

static void
companions_are_strict(void **state)
{
	(void)state;
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "", "a mapping is needed here" },
		{ "role: approve\npolicies: any\nrepositories: x", "'plimsoll_key' is missing" },
		{ "plimsoll_key: v2", "only version v1" },
		{ "plimsoll_key: v1\nrole: approve\nrepositories: x", "'policies' is missing" },
		{ "plimsoll_key: v1\nrole: approve\npolicies: any", "'repositories' is missing" },
		{ "plimsoll_key: v1\npolicies: any\nrepositories: x", "'role' is missing" },
		{ "plimsoll_key: v1\nrole: approve\npolicies: any\nrepositories: []", "an empty list allows nothing" },
		{ "plimsoll_key: v1\nrole: approve\npolicies: [any]\nrepositories: x", "the digest of a policy is needed" },
		{ "plimsoll_key: v1\nrole: approve\npolicies: any\nrepositories: x\nuntill: 2026-01-01", "unknown key 'untill'; did you mean 'until'?" },
		{ "plimsoll_key: v1\nrole: approve\npolicies: any\nrepositories: x\nuntil: soon", "a day is needed" },
		{ "plimsoll_key: v1\nrole: approve\npolicies: any\nrepositories: x\nuntil: 2026-01-01\nfrom: 2026-01-02", "ends before it begins" },
		{ "plimsoll_key: v1\nrole: evidence\npolicies: any\nrepositories: x", "'policies' says nothing of a key whose role is 'evidence'" },
		{ "plimsoll_key: v1\nrole: deny\nrepositories: x", "'repositories' says nothing of a key whose role is 'deny'" },
		{ "plimsoll_key: v1\nrole: approve\nrole: deny", "role" },
		{ "plimsoll_key: v1\nrole: none\npolicies: any\nrepositories: x", "'approve', 'evidence', 'deny', 'data', 'exceptions' or 'assign'" },
		{ "plimsoll_key: v1\nkey: sha512:00\nrole: deny", "the id of a key" },
	};
	AUTO(arena) struct arena *arena = arena_new(0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct plim_error err = { 0 };
		struct companion *no;
		if (companion_parse(SLICE("k"), slice_of(bad[i].text), arena, &no, &err) != PLIM_EPOLICY || strstr(err.text, bad[i].why) == NULL)
			fail_msg("%s: %s, not: %s", bad[i].text, err.text, bad[i].why);
	}
	static const struct {
		const char *key, *path;
	} paths[] = { { "a/b.key", "a/b.may.yaml" }, { "a/b.pub", "a/b.may.yaml" }, { "a/b.crt", "a/b.may.yaml" }, { "b", "b.may.yaml" }, { "x.pem", "x.pem.may.yaml" } };
	for (size_t i = 0; i < COUNT(paths); i++) {
		AUTO(strbuf) struct strbuf path = { 0 };
		companion_path(slice_of(paths[i].key), &path);
		assert_slice(strbuf_slice(&path), paths[i].path);
	}
}

static void
seal(const struct deny_list *list, const struct key *key, struct slice type, struct strbuf *into)
{
	AUTO(strbuf) struct strbuf payload = { 0 }, pae = { 0 }, bytes = { 0 };
	struct plim_error err = { 0 };
	assert_int_equal(deny_write(list, &payload, &err), 0);
	dsse_pae(type, strbuf_slice(&payload), &pae);
	assert_int_equal(key_sign(key, strbuf_slice(&pae), &bytes, &err), 0);
	struct dsse_signature signature = { SLICE_NONE, strbuf_slice(&bytes) };
	dsse_write(&(struct dsse){ type, strbuf_slice(&payload), &signature, 1 }, into);
}

static void
deny_lists(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(key) struct key *key = private_key(p256_private);
	AUTO(strbuf) struct strbuf text = { 0 }, envelope = { 0 }, wrong = { 0 };
	struct plim_error err = { 0 };
	struct deny_list *one, *two, *read;
	struct deny_entry entry = { digest_from(DIGEST_A), SLICE("*"), SLICE("leaked"), 20000 }, place = { .repository = SLICE("registry.example.com/old/*"), .reason = SLICE("gone"), .day = 20001 };
	struct digest a = digest_from(DIGEST_A), b = digest_from(DIGEST_B);
	assert_int_equal(deny_append(NULL, &entry, 1728000000, arena, &one, &err), 0);
	assert_int_equal(deny_append(one, &place, 1728000001, arena, &two, &err), 0);
	assert_int_equal(deny_append(two, &entry, 1728000000, arena, &read, &err), PLIM_EUSAGE);
	assert_int_equal(deny_write(two, &text, &err), 0);
	assert_slice(strbuf_slice(&text), "{\"entries\":[{\"day\":\"2024-10-04\",\"digest\":\"" DIGEST_A "\",\"reason\":\"leaked\",\"repository\":\"*\"},{\"day\":\"2024-10-05\",\"reason\":\"gone\","
	                                  "\"repository\":\"registry.example.com/old/*\"}],\"serial\":2,\"time\":\"2024-10-04T00:00:01Z\"}");
	struct trusted_key trusted[] = { { key, SLICE("k"), KEY_DENIES, DATE_NONE, DATE_NONE, NULL } };
	seal(two, key, SLICE(DENY_PAYLOAD_TYPE), &envelope);
	assert_int_equal(deny_open(strbuf_slice(&envelope), trusted, 1, 1728000001, arena, &read, &err), 0);
	assert_int_equal(read->serial, 2);
	assert_ptr_equal(deny_find(read, &a, SLICE("any.example.com/x")), &read->entries[0]);
	assert_ptr_equal(deny_find(read, &a, SLICE_NONE), &read->entries[0]);
	assert_ptr_equal(deny_find(read, &b, SLICE("registry.example.com/old/web")), &read->entries[1]);
	assert_null(deny_find(read, &b, SLICE("registry.example.com/new")));
	assert_null(deny_find(read, &b, SLICE_NONE));
	/* From the future, by a key that approves, by nobody, by one whose time is over, of another type. */
	assert_int_equal(deny_open(strbuf_slice(&envelope), trusted, 1, 1728000001 - 300, arena, &read, &err), 0);
	assert_int_equal(deny_open(strbuf_slice(&envelope), trusted, 1, 1728000000 - 300, arena, &read, &err), PLIM_EUSAGE);
	trusted[0].role = KEY_APPROVES;
	assert_int_equal(deny_open(strbuf_slice(&envelope), trusted, 1, 1728000001, arena, &read, &err), PLIM_EUSAGE);
	assert_int_equal(deny_open(strbuf_slice(&envelope), NULL, 0, 1728000001, arena, &read, &err), PLIM_EUSAGE);
	trusted[0].role = KEY_DENIES;
	trusted[0].until = 19999;
	assert_int_equal(deny_open(strbuf_slice(&envelope), trusted, 1, 1728000001, arena, &read, &err), PLIM_EUSAGE);
	trusted[0].until = DATE_NONE;
	seal(two, key, SLICE("application/vnd.in-toto+json"), &wrong);
	assert_int_equal(deny_open(strbuf_slice(&wrong), trusted, 1, 1728000001, arena, &read, &err), PLIM_EUSAGE);
}

static void
deny_lists_are_strict(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"{\"entries\":[],\"serial\":0,\"time\":\"2024-10-04T00:00:00Z\"}",
		"{\"entries\":[],\"serial\":1}",
		"{\"serial\":1,\"time\":\"2024-10-04T00:00:00Z\"}",
		"{\"entries\":[{}],\"serial\":1,\"time\":\"2024-10-04T00:00:00Z\"}",
		"{\"entries\":[],\"serial\":1,\"time\":\"2024-10-04T00:00:00Z\",\"more\":1}",
		"{\"entries\":[{\"digest\":\"sha256:AA\",\"repository\":\"*\",\"reason\":\"r\",\"day\":\"2024-10-04\"}],\"serial\":1,\"time\":\"2024-10-04T00:00:00Z\"}",
		"{\"entries\":[],\"Entries\":[],\"serial\":1,\"time\":\"2024-10-04T00:00:00Z\"}",
	};
	AUTO(arena) struct arena *arena = arena_new(0);
	struct deny_list *out;
	struct plim_error err = { 0 };
	for (size_t i = 0; i < COUNT(bad); i++)
		if (deny_parse(slice_of(bad[i]), arena, &out, &err) != PLIM_EFORMAT)
			fail_msg("taken: %s", bad[i]);
	struct deny_entry all = { .repository = SLICE("*"), .reason = SLICE("r"), .day = 1 }, silent = { digest_from(DIGEST_A), SLICE("*"), SLICE(""), 1 };
	assert_int_equal(deny_append(NULL, &all, 1, arena, &out, &err), PLIM_EUSAGE);
	assert_int_equal(deny_append(NULL, &silent, 1, arena, &out, &err), PLIM_EUSAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags),           cmocka_unit_test(first_signature),       cmocka_unit_test(foreign_entries_stay), cmocka_unit_test(merging_loses_nothing),
		cmocka_unit_test(what_cannot_be_read_is_not_merged), cmocka_unit_test(indexes_are_united),
		cmocka_unit_test(another_keys_signature_is_another_entry), cmocka_unit_test(manifests_that_are_none),
		cmocka_unit_test(no_more_than_the_limit), cmocka_unit_test(referrers),     cmocka_unit_test(fallback_index),
		cmocka_unit_test(bundles),        cmocka_unit_test(companions),            cmocka_unit_test(companions_are_strict),
		cmocka_unit_test(deny_lists),     cmocka_unit_test(deny_lists_are_strict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Image sets from layouts and archives that the tests write themselves, whole and broken. */
#include "image/image.h"

#include "base/error.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define INDEX_TYPE    "application/vnd.oci.image.index.v1+json"
#define LAYER_TYPE    "application/vnd.oci.image.layer.v1.tar"

static char scratch[64];

static void
write_file(const char *path, struct slice bytes)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
	fclose(file);
}

/* Writes a blob of the layout and answers its descriptor. */
static char *
put_blob(const char *media_type, const char *text, const char *more)
{
	char name[DIGEST_TEXT_SIZE], path[256];
	struct digest digest = digest_of(slice_of(text));
	snprintf(path, sizeof path, "blobs/sha256/%s", digest_hex(&digest, name));
	write_file(path, slice_of(text));
	char *descriptor;
	assert_true(asprintf(&descriptor, "{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%zu%s}", media_type, name,
	                     strlen(text), more) > 0);
	return descriptor;
}

static int
enter(void **state)
{
	(void)state;
	strcpy(scratch, "plimsoll-image-XXXXXX");
	if (mkdtemp(scratch) == NULL || chdir(scratch) < 0 || mkdir("blobs", 0700) < 0)
		return -1;
	return mkdir("blobs/sha256", 0700);
}

static int
leave(void **state)
{
	char command[128];
	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", scratch);
	return chdir("..") < 0 || system(command) != 0;
}

static const char *const config =
	"{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"User\":\"app\"},"
	"\"history\":[{\"created_by\":\"ADD x\"},{\"created_by\":\"CMD\",\"empty_layer\":true}],"
	"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
	"[\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"]}}";

/* A manifest of one layer; answers its descriptor with `more`. */
static char *
put_manifest(const char *layer_type, const char *config_text, const char *more)
{
	AUTO(free) char *of_config = put_blob("application/vnd.oci.image.config.v1+json", config_text, "");
	AUTO(free) char *layer = put_blob(layer_type, "layer bytes", "");
	AUTO(free) char *text = NULL;
	assert_true(asprintf(&text, "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}", of_config, layer) > 0);
	return put_blob(MANIFEST_TYPE, text, more);
}

static void
put_index(const char *entries)
{
	AUTO(free) char *text = NULL;
	assert_true(asprintf(&text, "{\"schemaVersion\":2,\"manifests\":[%s]}", entries) > 0);
	write_file("index.json", slice_of(text));
	write_file("oci-layout", SLICE("{\"imageLayoutVersion\":\"1.0.0\"}"));
}

static void
assert_error(const char *target, int code, const char *part)
{
	struct plim_error err = { 0 };
	AUTO(image_set) struct image_set *set = NULL;
	int r = image_set_open(target, NULL, 0, &set, &err);
	if (r != code || strstr(err.text, part) == NULL)
		fail_msg("%s: %d '%s', expected %d '...%s...'", target, r, err.text, code, part);
}

static int
take_bytes(void *context, size_t blob, struct stream *stored, struct plim_error *err)
{
	struct strbuf *into = context;
	AUTO(free) char *bytes = NULL;
	size_t n;
	int r = stream_read_all(stored, 1 << 20, &bytes, &n, err);
	if (r < 0)
		return r;
	strbuf_printf(into, "blob %zu: %.*s\n", blob, (int)n, bytes);
	return 0;
}

static void
describe(const struct image *image, struct strbuf *into)
{
	strbuf_puts(into, "image");
	for (size_t i = 0; i < image->name_count; i++)
		strbuf_printf(into, " %.*s", SLICE_ARG(image->names[i]));
	strbuf_putc(into, ' ');
	platform_text(&image->platform, into);
	for (size_t i = 0; i < image->layer_count; i++)
		strbuf_printf(into, " [%zu %.*s]", image->layers[i].blob, SLICE_ARG(image->layers[i].instruction));
	strbuf_puts(into, image->history_mismatch ? " mismatch\n" : "\n");
}

static void
assert_set(const char *target, const struct platform *platforms, size_t n, const char *expected)
{
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf all = { 0 };
	AUTO(image_set) struct image_set *set = NULL;
	if (image_set_open(target, platforms, n, &set, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < image_set_count(set); i++)
		describe(image_set_image(set, i), &all);
	if (image_set_read(set, NULL, take_bytes, &all, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(all.p, expected);
}

#define NOWHERE ",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}"
#define NOTE    ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}"
#define IN_TOTO "application/vnd.in-toto+json"

static void
test_layout_with_two_platforms_and_an_attestation(void **state)
{
	(void)state;
	AUTO(free) char *one = put_manifest(LAYER_TYPE, config, ",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}");
	AUTO(free) char *two = put_manifest(LAYER_TYPE, config, "");
	AUTO(free) char *nested = NULL;
	assert_true(asprintf(&nested,
	                     "{\"manifests\":[%s,%s,{\"mediaType\":\"" MANIFEST_TYPE "\",\"digest\":\"sha256:"
	                     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\"size\":1" NOWHERE NOTE "}]}",
	                     one, two) > 0);
	AUTO(free) char *entry = put_blob(INDEX_TYPE, nested, ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"web:1\"}");
	put_index(entry);
	assert_set("oci:.:web:1", NULL, 0,
	           "image web:1 linux/arm64/v8 [0 ADD x]\nimage web:1 linux/amd64 [0 ADD x]\nblob 0: layer bytes\n");
	struct platform arm;
	assert_true(platform_parse(SLICE("linux/arm64"), &arm));
	assert_set(".", &arm, 1, "image web:1 linux/arm64/v8 [0 ADD x]\nblob 0: layer bytes\n");
	assert_error("oci:.:web:2", PLIM_ENOTFOUND, "no image 'web:2'; there are: web:1");
	struct platform none = { SLICE("plan9"), SLICE("mips"), SLICE_NONE };
	struct plim_error err;
	struct image_set *set;
	assert_int_equal(image_set_open(".", &none, 1, &set, &err), PLIM_ENOTFOUND);
	assert_string_equal(err.text, ".: no image for plan9/mips; there are: linux/arm64/v8, linux/amd64");
}

/* One good image, and an entry beside it. */
static void
put_beside(const char *entry)
{
	AUTO(free) char *good = put_manifest(LAYER_TYPE, config, "");
	AUTO(free) char *both = NULL;
	assert_true(asprintf(&both, "%s,%s", good, entry) > 0);
	put_index(both);
}

static void
put_manifest_beside(const char *layer_type, const char *config_text, const char *more)
{
	AUTO(free) char *entry = put_manifest(layer_type, config_text, more);
	put_beside(entry);
}

#define ALONE "image linux/amd64 [0 ADD x]\nblob 0: layer bytes\n"

static void
test_what_is_no_attestation(void **state)
{
	static const char *const arm = "{\"os\":\"linux\",\"architecture\":\"arm64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
	                               "[\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"]}}";
	static const char *const nowhere = "{\"os\":\"unknown\",\"architecture\":\"unknown\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
	                                   "[\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"]}}";
	(void)state;
	/* As buildx writes it. */
	put_manifest_beside(IN_TOTO, nowhere, NOWHERE NOTE);
	assert_set("oci:.", NULL, 0, ALONE);
	/* What has a platform is somebody's to run, whatever is written on it; so is what has none, and what has layers. */
	put_manifest_beside(LAYER_TYPE, arm, ",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\"}" NOTE);
	assert_set("oci:.", NULL, 0, "image linux/amd64 [0 ADD x]\nimage linux/arm64 [0 ]\nblob 0: layer bytes\n");
	put_manifest_beside(LAYER_TYPE, arm, NOTE);
	assert_set("oci:.", NULL, 0, "image linux/amd64 [0 ADD x]\nimage linux/arm64 [0 ]\nblob 0: layer bytes\n");
	put_manifest_beside(LAYER_TYPE, nowhere, NOWHERE NOTE);
	assert_set("oci:.", NULL, 0, "image linux/amd64 [0 ADD x]\nimage unknown/unknown [0 ]\nblob 0: layer bytes\n");
	put_manifest_beside(IN_TOTO, arm, ",\"platform\":{\"os\":\"unknown\",\"architecture\":\"arm64\"}" NOTE);
	assert_error("oci:.", PLIM_EUNSUPPORTED, "layers[0]: media type '" IN_TOTO "'");
	put_manifest_beside(IN_TOTO, arm, NOWHERE);
	assert_error("oci:.", PLIM_EUNSUPPORTED, "layers[0]: media type '" IN_TOTO "'");
	/* One that cannot be read is not known to be one. */
	AUTO(free) char *broken = put_blob(MANIFEST_TYPE, "{\"config\":1}", NOWHERE NOTE);
	put_beside(broken);
	assert_error("oci:.", PLIM_EFORMAT, "config: object expected");
	/* Nor does an index hide what it leads to. */
	AUTO(free) char *inner = put_manifest(LAYER_TYPE, arm, "");
	AUTO(free) char *text = NULL;
	assert_true(asprintf(&text, "{\"manifests\":[%s]}", inner) > 0);
	AUTO(free) char *index = put_blob(INDEX_TYPE, text, NOWHERE NOTE);
	put_beside(index);
	assert_set("oci:.", NULL, 0, "image linux/amd64 [0 ADD x]\nimage linux/arm64 [0 ]\nblob 0: layer bytes\n");
}

static void
test_broken_layouts(void **state)
{
	(void)state;
	AUTO(free) char *good = put_manifest(LAYER_TYPE, config, "");
	AUTO(free) char *odd = put_manifest("application/x-odd", config, "");
	AUTO(free) char *helm = put_blob("application/x-artifact", "{}", "");
	put_index(odd);
	assert_error("oci:.", PLIM_EUNSUPPORTED, "layers[0]: media type 'application/x-odd'");
	put_index(helm);
	assert_error("oci:.", PLIM_EUNSUPPORTED, "application/x-artifact");
	put_index("");
	assert_error("oci:.", PLIM_EFORMAT, "no image in it");
	put_index(good);
	char hex[DIGEST_TEXT_SIZE], path[200];
	struct digest of_config = digest_of(slice_of(config));
	snprintf(path, sizeof path, "blobs/sha256/%s", digest_hex(&of_config, hex));
	write_file(path, SLICE("{}"));
	assert_error("oci:.", PLIM_EDIGEST, hex);
	assert_error("oci:nowhere", PLIM_ENOTFOUND, "no such file or directory: nowhere");
}

/* Whoever copies an image puts them into headers. */
static void
test_media_types(void **state)
{
	static const char *const wrong[] = {
		"", "a", "a/", "/b", "a/b/c", "a/b; charset=utf-8", "a/b c", ".a/b", "a/-b", "a/\\u00e4", "a/b\\r\\nX-Injected: yes", "a/b\\u0000", "a/b\\u007f",
	};
	static const char *const good[] = { "text/spdx+json", "application/vnd.a.b!#$&-^_.v1+json", "A/B", "0/1" };
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		AUTO(free) char *entry = put_blob(wrong[i], "{}", "");
		put_index(entry);
		assert_error("oci:.", PLIM_EFORMAT, "index.json: manifests: [0]: mediaType: '");
	}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		AUTO(free) char *entry = put_blob(good[i], "{}", "");
		put_index(entry);
		assert_error("oci:.", PLIM_EUNSUPPORTED, good[i]);
	}
	put_index("{\"digest\":\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\"size\":0}");
	assert_error("oci:.", PLIM_EFORMAT, "index.json: manifests: [0]: mediaType: '' is no media type");
	put_index("{\"mediaType\":\"a/b\\r\\nX: y\",\"digest\":\"\",\"size\":0}");
	assert_error("oci:.", PLIM_EFORMAT, "mediaType: 'a/b\\x0d\\x0aX: y' is no media type");
}

static void
test_index_within_index_has_a_floor(void **state)
{
	(void)state;
	char *entry = put_manifest(LAYER_TYPE, config, "");
	for (int i = 0; i < 5; i++) {
		AUTO(free) char *text = NULL;
		assert_true(asprintf(&text, "{\"manifests\":[%s]}", entry) > 0);
		free(entry);
		entry = put_blob(INDEX_TYPE, text, "");
	}
	put_index(entry);
	free(entry);
	assert_error("oci:.", PLIM_ELIMIT, "INDEX_DEPTH_COUNT");
}

/* A tar member as ustar writes it; `link` makes it a symbolic link. */
static void
tar_put(struct strbuf *tar, const char *name, const char *link, struct slice body)
{
	char block[512] = { 0 };
	unsigned sum = 0;
	snprintf(block, 100, "%s", name);
	snprintf(block + 100, 8, "0000644");
	snprintf(block + 108, 8, "0000000");
	snprintf(block + 116, 8, "0000000");
	snprintf(block + 124, 12, "%011o", (unsigned)body.n);
	snprintf(block + 136, 12, "00000000000");
	memset(block + 148, ' ', 8);
	block[156] = link ? '2' : '0';
	snprintf(block + 157, 100, "%s", link ? link : "");
	memcpy(block + 257, "ustar\0" "00", 8);
	for (size_t i = 0; i < sizeof block; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", sum);
	strbuf_put(tar, (struct slice){ block, sizeof block });
	strbuf_put(tar, body);
	strbuf_fill(tar, '\0', (512 - body.n % 512) % 512);
}

static void
put_archive(const char *manifest, const char *config_name)
{
	AUTO(strbuf) struct strbuf tar = { 0 };
	tar_put(&tar, "a/layer.tar", NULL, SLICE("layer bytes"));
	tar_put(&tar, "b/layer.tar", "../a/layer.tar", SLICE(""));
	tar_put(&tar, "c/layer.tar", "../../a/layer.tar", SLICE(""));
	tar_put(&tar, config_name, NULL, slice_of(config));
	tar_put(&tar, "manifest.json", NULL, slice_of(manifest));
	strbuf_fill(&tar, '\0', 1024);
	write_file("x.tar", strbuf_slice(&tar));
}

static void
test_docker_archive(void **state)
{
	(void)state;
	put_archive("[{\"Config\":\"c.json\",\"RepoTags\":[\"web:1\"],\"Layers\":[\"a/layer.tar\"]},"
	            "{\"Config\":\"c.json\",\"RepoTags\":[\"web:latest\"],\"Layers\":[\"b/layer.tar\"]}]", "c.json");
	assert_set("x.tar", NULL, 0, "image web:1 web:latest linux/amd64 [0 ADD x]\nblob 0: layer bytes\n");
	assert_set("docker-archive:x.tar:web", NULL, 0, "image web:latest linux/amd64 [0 ADD x]\nblob 0: layer bytes\n");
	assert_set("docker-archive:x.tar:@0", NULL, 0, "image web:1 linux/amd64 [0 ADD x]\nblob 0: layer bytes\n");
	assert_error("docker-archive:x.tar:web:7", PLIM_ENOTFOUND, "docker-archive:x.tar:web:7: no image 'web:7'; there are: web:1, web:latest");
	assert_error("docker-archive:x.tar:@7", PLIM_ENOTFOUND, "no image '@7'");
	assert_int_equal(truncate("x.tar", 700), 0);
	assert_error("x.tar", PLIM_EFORMAT, "x.tar");
}

static void
test_broken_docker_archives(void **state)
{
	(void)state;
	put_archive("[{\"Config\":\"c.json\",\"Layers\":[\"c/layer.tar\"]}]", "c.json");
	assert_error("x.tar", PLIM_EFORMAT, "link out of the archive");
	put_archive("[{\"Config\":\"c.json\",\"Layers\":[\"d/layer.tar\"]}]", "c.json");
	assert_error("x.tar", PLIM_ENOTFOUND, "d/layer.tar: not in the archive");
	put_archive("[{\"Config\":\"c.json\",\"Layers\":[]}]", "c.json");
	assert_error("x.tar", PLIM_EFORMAT, "0 layers, but 1 diff_ids");
	static const char wrong[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.json";
	AUTO(free) char *manifest = NULL;
	assert_true(asprintf(&manifest, "[{\"Config\":\"%s\",\"Layers\":[\"a/layer.tar\"]}]", wrong) > 0);
	put_archive(manifest, wrong);
	assert_error("x.tar", PLIM_EDIGEST, "it is named as sha256:e3b0c442");
	write_file("x.tar", SLICE("no tar at all"));
	assert_error("x.tar", PLIM_EFORMAT, "x.tar");
}

static void
config_fails(const char *text, const char *expected)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct image_config *parsed;
	struct plim_error err = { 0 };
	assert_int_equal(image_config_parse(slice_of(text), arena, &parsed, &err), PLIM_EFORMAT);
	assert_string_equal(err.text, expected);
}

static void
test_config(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(0);
	struct image_config *parsed;
	assert_int_equal(image_config_parse(SLICE("{\"config\":null,\"history\":null}"), arena, &parsed, NULL), 0);
	assert_false(parsed->cmd.set);
	assert_int_equal(image_config_parse(SLICE("{\"config\":{\"Cmd\":[],\"ExposedPorts\":{\"90/tcp\":{},\"80/tcp\":{}}}}"), arena, &parsed, NULL), 0);
	assert_true(parsed->cmd.set && parsed->cmd.n == 0);
	assert_true(slice_is(parsed->ports.at[0], "80/tcp"));
	config_fails("{\"config\":{\"User\":7}}", "config: User: string expected, found number");
	config_fails("{\"config\":{\"Env\":[\"A=1\",{}]}}", "config: Env[1]: string expected, found object");
	config_fails("{\"config\":{\"User\":\"1\",\"user\":\"0\"}}", "config: User: the key is also there in another spelling, which readers take for the same");
	config_fails("{\"config\":{\"User\":\"1\",\"U\\u017fer\":\"0\"}}", "config: User: the key is also there in another spelling, which readers take for the same");
	config_fails("{\"config\":{\"U\xc5\xbf" "er\":\"0\"}}", "config: User: the key is also there in another spelling, which readers take for the same");
	config_fails("{\"config\":{\"Healthchec\\u212a\":{}}}", "config: Healthcheck: the key is also there in another spelling, which readers take for the same");
	/* Names of labels are no members of a struct. */
	assert_int_equal(image_config_parse(SLICE("{\"config\":{\"Labels\":{\"s\":\"1\",\"\\u017f\":\"2\",\"S\":\"3\"}}}"), arena, &parsed, NULL), 0);
	config_fails("{\"rootfs\":{\"diff_ids\":[\"sha256:AB\"]}}", "rootfs: diff_ids[0]: not a digest");
	config_fails("{\"history\":[{\"empty_layer\":\"yes\"}]}", "history[0]: empty_layer: boolean expected, found string");
}

#define TWICE ": the key is also there in another spelling, which readers take for the same"

/* Documents that Go reads otherwise than byte by byte. */
static void
test_folded_keys(void **state)
{
	(void)state;
	put_index("],\"manife\\u017fts\":[");
	assert_error("oci:.", PLIM_EFORMAT, "index.json: manifests" TWICE);
	AUTO(free) char *of_config = put_blob("application/vnd.oci.image.config.v1+json", config, "");
	AUTO(free) char *text = NULL;
	assert_true(asprintf(&text, "{\"schemaVersion\":2,\"config\":%s,\"layers\":[],\"layer\\u017f\":[]}", of_config) > 0);
	AUTO(free) char *bad = put_blob(MANIFEST_TYPE, text, "");
	put_index(bad);
	assert_error("oci:.", PLIM_EFORMAT, "layers" TWICE);
	put_archive("[{\"Config\":\"c.json\",\"Layers\":[\"a/layer.tar\"],\"Layer\\u017f\":[]}]", "c.json");
	assert_error("x.tar", PLIM_EFORMAT, "manifest.json: [0]: Layers" TWICE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_layout_with_two_platforms_and_an_attestation, enter, leave),
		cmocka_unit_test_setup_teardown(test_what_is_no_attestation, enter, leave),
		cmocka_unit_test_setup_teardown(test_broken_layouts, enter, leave),
		cmocka_unit_test_setup_teardown(test_media_types, enter, leave),
		cmocka_unit_test_setup_teardown(test_index_within_index_has_a_floor, enter, leave),
		cmocka_unit_test_setup_teardown(test_docker_archive, enter, leave),
		cmocka_unit_test_setup_teardown(test_broken_docker_archives, enter, leave),
		cmocka_unit_test_setup_teardown(test_folded_keys, enter, leave),
		cmocka_unit_test(test_config),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

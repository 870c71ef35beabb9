/* SPDX-License-Identifier: Apache-2.0 */
/* A VEX document of any format, each of its statements held against a package and an image. */
#include "../fuzz.h"
#include "base/limits.h"
#include "vex/match.h"

static struct package packages[] = {
	{ .type = { "deb", 3 }, .name = { "demo", 4 }, .version = { "1:2.0-1", 7 }, .arch = { "amd64", 5 }, .purl = { "pkg:deb/debian/demo@1:2.0-1?arch=amd64", 39 } },
	{ .type = { "npm", 3 }, .name = { "left", 4 }, .version = { "1.2.0", 5 }, .path = { "/left/package.json", 18 }, .root = { "/left", 5 },
	  .purl = { "pkg:npm/left@1.2.0", 18 } },
	{ .type = { "npm", 3 }, .name = { "right", 5 }, .version = { "3", 1 }, .path = { "/left/right/package.json", 24 }, .purl = { "pkg:npm/right@3", 15 } },
};

static void
match(const struct vex_statement *statement, struct vex_matcher *matcher)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	vex_describe_product(statement, &text);
	fuzz_touch(strbuf_slice(&text));
	fuzz_demand(vex_narrowness(statement) < 4);
	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
		const char *why = vex_mismatch(matcher, statement, &packages[i], true);
		fuzz_demand(why == NULL || *why);
		/* What an attestation says beyond a file is about its subject alone. */
		fuzz_demand(why == NULL || vex_mismatch(matcher, statement, &packages[i], false) != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(vex_document) struct vex_document document = { .issued = 0 };
	struct image image = { .platform.architecture = SLICE("amd64") };
	const struct inventory inventory = {
		.image = &image, .packages = packages, .package_count = sizeof packages / sizeof *packages,
		.os = { .known = true, .id = SLICE("debian"), .version_id = SLICE("12"), .codename = SLICE("bookworm") },
	};
	const struct vex_target target = { &inventory, SLICE("docker.io/acme/web"), SLICE("1") };
	AUTO(vex_matcher) struct vex_matcher *matcher = NULL;
	struct plim_error err = { 0 };
	LIMIT_VEX_MEMORY_BYTES = 64 << 20;
	if (vex_read((struct slice){ (const char *)data, size }, arena, &document, &err) < 0) {
		fuzz_demand(err.text[0]);
		return 0;
	}
	fuzz_demand(vex_matcher_new(&target, &matcher, &err) == 0);
	vec_each (&document.statements, statement)
		match(statement, matcher);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What people write for a target, a platform or a reference, line by line.  How a target is taken apart is static: its file is included whole. */
#include "../fuzz.h"

#include "image/source.h"
#include "image/target.c"

static void
check_target(struct slice text, struct arena *arena)
{
	struct written written = written_parse(text);
	fuzz_touch(target_name(&written, arena));
	fuzz_touch(written.path);
	fuzz_touch(written.reference);
}

static void
check_platform(struct slice text)
{
	AUTO(strbuf) struct strbuf written = { 0 };
	AUTO(strbuf) struct strbuf shown = { 0 };
	struct platform platform;
	if (!platform_parse(text, &platform))
		return;
	fuzz_demand(platform_matches(&platform, &platform));
	platform_text(&platform, &written);
	strbuf_put_printable(&shown, text);
	/* Parts that are text for themselves alone are shown otherwise than within one that is none. */
	fuzz_demand(!slice_is_utf8(text) || slice_eq(strbuf_slice(&shown), strbuf_slice(&written)));
}

static void
check_reference(struct slice reference, struct slice name)
{
	struct plim_error err;
	uint64_t position;
	fuzz_demand(reference_matches(reference, reference));
	reference_matches(reference, name);
	reference_position(reference, &position, &err);
	reference_error(reference, &name, 1, &err);
}

/* A clean path stays as it is, and never leads out. */
static void
check_path(struct slice base, struct slice path, struct arena *arena)
{
	struct slice clean = member_path_clean(base, path, arena);
	if (clean.p == NULL)
		return;
	fuzz_demand(!slice_starts(clean, SLICE("/")) && !slice_eq(clean, SLICE("..")) && !slice_starts(clean, SLICE("../")));
	fuzz_demand(slice_eq(clean, member_path_clean(SLICE(""), clean, arena)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(16 << 20);
	struct slice first, second;
	if (size > 4096 || arena == NULL)
		return 0;
	slice_cut((struct slice){ (const char *)data, size }, '\n', &first, &second);
	check_target(first, arena);
	check_platform(first);
	check_reference(first, second);
	check_path(first, second, arena);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A Dockerfile is cut up; a patch of it has each of its lines once, as context or as what goes. */
#include "../fuzz.h"

#include "fix/dockerfile.h"

/* Lines of a patch that begin so. */
static size_t
count(struct slice patch, char mark)
{
	struct slice line;
	size_t n = 0;
	while (slice_next(&patch, '\n', &line))
		n += line.n > 0 && line.p[0] == mark;
	return n;
}

static void
patch(const struct dockerfile *file)
{
	struct fix_change port = { .kind = FIX_SETTING, .setting = SETTING_NO_PORT, .name = SLICE("22/tcp") }, *one[] = { &port };
	const struct fix_changes changes = { .arena = file->arena, .list = { one, 1, 1 } };
	struct slice command = SLICE("true");
	const struct script script = { .commands = { &command, 1, 1 } };
	AUTO(strbuf) struct strbuf text = { 0 };
	struct plim_error err;
	dockerfile_can_drop(file, SETTING_NO_ENV, SLICE("A"));
	if (dockerfile_patch(file, SLICE("Dockerfile"), &changes, &script, &text, &err) < 0)
		return;
	struct slice whole = strbuf_slice(&text);
	/* "--- a/Dockerfile" and "+++ b/Dockerfile" are no lines of it; nor is what says that a newline lacks. */
	fuzz_demand(count(whole, '+') > 1 && count(whole, ' ') + count(whole, '-') - 1 <= file->lines.n);
	fuzz_touch(whole);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	AUTO(dockerfile) struct dockerfile file = { 0 };
	struct plim_error err;
	if (arena == NULL)
		return 0;
	if (dockerfile_parse((struct slice){ (const char *)data, size }, arena, &file, &err) == 0)
		patch(&file);
	return 0;
}

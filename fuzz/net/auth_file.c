/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz target: a file of credentials, asked for a repository; the same bytes as what a helper says. */
#include "../fuzz.h"

#include "net/auth_file.h"

static void
touch(const struct credentials *found)
{
	fuzz_touch(found->user);
	fuzz_touch(found->password);
	fuzz_touch(found->identity_token);
	fuzz_demand(!found->helper.p || auth_helper_is_name(found->helper));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(16 << 20);
	struct plim_error err = { 0 };
	struct credentials found = { 0 };
	struct slice text = { (const char *)data, size };
	for (int docker = 0; docker < 2; docker++)
		if (auth_file_find(text, docker, SLICE("r.example"), SLICE("team/web"), arena, &found, &err) == 0)
			touch(&found);
	if (auth_helper_read(text, arena, &found, &err) == 0)
		touch(&found);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of shells. */
#include "../fuzz.h"
#include "codec/shell.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(shell_text) struct shell_text split = { 0 };
	struct plim_error err = { 0 };
	if (shell_split((struct slice){ (const char *)data, size }, 1000, arena, &split, &err) < 0)
		return 0;
	vec_each (&split.commands, command) {
		fuzz_demand(command->n > 0 && command->first + command->n <= split.words.n && split.words.n <= 1000);
		for (size_t i = 0; i < command->n; i++)
			fuzz_touch(shell_words(&split, command)[i].text);
	}
	return 0;
}

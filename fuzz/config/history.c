/* SPDX-License-Identifier: Apache-2.0 */
/* One step of a build as builders write it, into commands. */
#include "../fuzz.h"
#include "catalog/history.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct history_step steps[] = { { .created_by = { (const char *)data, size } }, { .created_by = SLICE_NONE } };
	const struct image_config config = { .history = steps, .history_count = 2 };
	const struct image image = { .config = &config };
	struct history history;
	struct plim_error err = { 0 };
	if (history_split(&image, arena, &history, &err) < 0)
		return 0;
	for (size_t i = 0; i < history.command_count; i++) {
		const struct history_command *command = &history.commands[i];
		fuzz_demand((command->instruction.n > 0 || command->trouble) && command->first + command->n <= history.word_count);
		fuzz_touch(command->program);
		fuzz_touch(command->verb);
		fuzz_touch(command->arguments);
	}
	for (size_t i = 0; i < history.word_count; i++) {
		fuzz_demand(history.words[i].command < history.command_count);
		fuzz_touch(history.words[i].text);
	}
	return 0;
}

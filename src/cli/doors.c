/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll-guard: what `plimsoll guard` becomes where a door listens. */
#include "cli/door.h"

#include <plimsoll/build.h>

#include <string.h>

static const struct command *const doors[] = {
#define DOOR(name) &door_##name,
#include "cli/doors.def"
#undef DOOR
	NULL,
};

int
main(int argc, char **argv)
{
	if (!command_hold_descriptors())
		return EXIT_ERROR;
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("plimsoll-guard " PLIM_VERSION) < 0;
	/* It is begun by the door's name as its own, or with that as its first word. */
	for (int at = 0; at < 2 && at < argc; at++)
		for (const struct command *const *door = doors; *door; door++)
			if (strcmp((*door)->name, argv[at]) == 0)
				return command_run(*door, argc - at, argv + at);
	fputs("plimsoll-guard: plimsoll becomes this program for a door that listens; see plimsoll-guard(1)\n", stderr);
	return EXIT_ERROR;
}

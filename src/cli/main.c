/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands. */
#include "cli/command.h"

#include <plimsoll/build.h>

#include <signal.h>
#include <string.h>

static const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "cli/commands.def"
#undef COMMAND
	NULL,
};

static void
print_help(void)
{
	puts("Usage: plimsoll COMMAND [OPTIONS] [ARGUMENTS]\n"
	     "The assurance gate for container images: may this image ship?\n");
	for (const struct command *const *command = commands; *command; command++)
		printf("  %-10s %s\n", (*command)->name, (*command)->meaning);
	puts("\n  plimsoll COMMAND --help    tells about one of them\n"
	     "  plimsoll --version         prints the version\n\n"
	     "Exit status: 0 pass or done, 1 fail, 2 cannot tell, 3 wrong use or could not run.");
}

int
main(int argc, char **argv)
{
	if (!command_hold_descriptors())
		return EXIT_ERROR;
	int status = argc > 0 ? guard_by_name(argv[0], argv + 1) : -1;
	if (status >= 0)
		return status;
	/* A reader that goes away is a failed write, not a death without a status. */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		fputs("plimsoll: a command is missing; `plimsoll --help` lists them\n", stderr);
		return EXIT_ERROR;
	}
	if (command_is_help(argv[1]) || strcmp(argv[1], "help") == 0) {
		print_help();
		return EXIT_PASS;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("plimsoll " PLIM_VERSION);
		return EXIT_PASS;
	}
	for (const struct command *const *command = commands; *command; command++)
		if (strcmp((*command)->name, argv[1]) == 0)
			return command_run(*command, argc - 1, argv + 1);
	fprintf(stderr, "plimsoll: there is no command '%s'; `plimsoll --help` lists them\n", argv[1]);
	return EXIT_ERROR;
}

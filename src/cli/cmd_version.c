/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll version: orderings for people and scripts. */
#include "cli/command.h"

#include <plimsoll/version.h>

#include <stdlib.h>
#include <string.h>

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

static const char *
sign(int order)
{
	return order < 0 ? "<" : order > 0 ? ">" : "=";
}

/* One "A<TAB>B" a line; a refused one answers "error: why" and the rest goes on. */
static int
compare_lines(const struct command *self, const char *scheme)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	while ((n = getline(&line, &room, stdin)) >= 0) {
		struct plim_error err = { 0 };
		int order = 0, r;
		if (n > 0 && line[n - 1] == '\n')
			line[--n] = '\0';
		char *tab = strchr(line, '\t');
		if (tab == NULL || strlen(line) != (size_t)n) {
			puts("error: not two versions with a tab between them");
			continue;
		}
		*tab = '\0';
		r = plim_version_compare(scheme, line, tab + 1, &order, &err);
		if (r == PLIM_EUSAGE) {
			free(line);
			return command_error(self, &err);
		}
		if (r < 0)
			printf("error: %s\n", err.text);
		else
			puts(sign(order));
	}
	free(line);
	return fflush(stdout) == 0 ? EXIT_PASS : EXIT_ERROR;
}

static int
run_compare(const struct command *self, int argc, char **argv)
{
	struct plim_error err = { 0 };
	int order = 0;
	/* A version may begin with '-': nothing here is an option but --help. */
	if (argc == 2)
		return compare_lines(self, argv[1]);
	if (argc != 4)
		return command_usage_error(self, "a scheme and two versions are needed, or a scheme and lines on standard input");
	if (plim_version_compare(argv[1], argv[2], argv[3], &order, &err) < 0)
		return command_error(self, &err);
	puts(sign(order));
	return EXIT_PASS;
}

static const struct command subcommands[] = {
	{
	    .name = "compare",
	    .of = "version",
	    .synopsis = "SCHEME [A B]",
	    .meaning = "print <, = or >; without A and B for each line \"A<TAB>B\" of standard input (schemes: apk dpkg rpm)",
	    .options = no_options,
	    .run = run_compare,
	},
	{ 0 },
};

const struct command command_version = {
	.name = "version",
	.synopsis = "compare SCHEME [A B]",
	.meaning = "Order versions as the package managers do",
	.options = no_options,
	.subcommands = subcommands,
};

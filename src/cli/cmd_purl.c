/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll purl: the canonical form of package URLs. */
#include "cli/command.h"

#include <plimsoll/purl.h>

#include <stdlib.h>
#include <string.h>

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

static int
print(const struct command *self, const char *text)
{
	struct plim_error err = { 0 };
	char *canonical;
	if (plim_purl_canonical(text, &canonical, &err) < 0)
		return command_error(self, &err);
	puts(canonical);
	free(canonical);
	return EXIT_PASS;
}

/* A refused line answers "error: why" and the rest goes on. */
static int
print_lines(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	while ((n = getline(&line, &room, stdin)) >= 0) {
		struct plim_error err = { 0 };
		char *canonical;
		if (n > 0 && line[n - 1] == '\n')
			line[--n] = '\0';
		if (strlen(line) != (size_t)n)
			puts("error: a NUL byte");
		else if (plim_purl_canonical(line, &canonical, &err) < 0)
			printf("error: %s\n", err.text);
		else {
			puts(canonical);
			free(canonical);
		}
	}
	free(line);
	return fflush(stdout) == 0 ? EXIT_PASS : EXIT_ERROR;
}

static int
run(const struct command *self, int argc, char **argv)
{
	int status = EXIT_PASS;
	if (command_option(self, argc, argv) != -1)
		return EXIT_ERROR;
	if (argc == optind)
		return print_lines();
	for (int i = optind; i < argc && status == EXIT_PASS; i++)
		status = print(self, argv[i]);
	return status;
}

const struct command command_purl = {
	.name = "purl",
	.synopsis = "[TEXT]...",
	.meaning = "Print package URLs in their canonical form, those of the arguments or of lines on standard input",
	.options = no_options,
	.run = run,
};

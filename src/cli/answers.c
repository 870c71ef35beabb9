/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/answers.h"

#include <stdlib.h>
#include <string.h>

static void
answer_line(char *line, ssize_t n, answering *answer)
{
	struct plim_error err = { 0 };
	if (n > 0 && line[n - 1] == '\n')
		line[--n] = '\0';
	if (strlen(line) != (size_t)n)
		puts("error: a NUL byte");
	else if (answer(line, &err) < 0)
		printf("error: %s\n", err.text);
}

static int
answer_lines(answering *answer)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	while ((n = getline(&line, &room, stdin)) >= 0)
		answer_line(line, n, answer);
	free(line);
	return fflush(stdout) == 0 ? EXIT_PASS : EXIT_ERROR;
}

int
answer_each(const struct command *self, int argc, char **argv, answering *answer)
{
	if (command_option(self, argc, argv) != -1)
		return EXIT_ERROR;
	if (argc == optind)
		return answer_lines(answer);
	for (int i = optind; i < argc; i++) {
		struct plim_error err = { 0 };
		if (answer(argv[i], &err) < 0)
			return command_error(self, &err);
	}
	return fflush(stdout) == 0 ? EXIT_PASS : EXIT_ERROR;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll purl: the canonical form of package URLs. */
#include "cli/answers.h"

#include <plimsoll/purl.h>

#include <stdlib.h>

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

static int
print_canonical(const char *text, struct plim_error *err)
{
	char *canonical;
	int r = plim_purl_canonical(text, &canonical, err);
	if (r < 0)
		return r;
	puts(canonical);
	free(canonical);
	return 0;
}

static int
run(const struct command *self, int argc, char **argv)
{
	return answer_each(self, argc, argv, print_canonical);
}

const struct command command_purl = {
	.name = "purl",
	.synopsis = "[TEXT]...",
	.meaning = "Print package URLs in their canonical form, those of the arguments or of lines on standard input",
	.options = no_options,
	.run = run,
};

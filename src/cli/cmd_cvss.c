/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll cvss: scores of vectors. */
#include "cli/answers.h"

#include <plimsoll/cvss.h>

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

static void
print_optional(double score, char end)
{
	if (score < 0)
		printf("-%c", end);
	else
		printf("%.1f%c", score, end);
}

static int
print_scores(const char *vector, struct plim_error *err)
{
	struct plim_cvss cvss;
	int r = plim_cvss_score(vector, &cvss, err);
	if (r < 0)
		return r;
	printf("%.1f\t%s\t", cvss.base, cvss.severity);
	print_optional(cvss.temporal, '\t');
	print_optional(cvss.environmental, '\n');
	return 0;
}

static int
run(const struct command *self, int argc, char **argv)
{
	return answer_each(self, argc, argv, print_scores);
}

const struct command command_cvss = {
	.name = "cvss",
	.synopsis = "[VECTOR]...",
	.meaning = "Print base score, severity, temporal and environmental score of CVSS vectors, those of the arguments or of lines on standard input",
	.options = no_options,
	.run = run,
};

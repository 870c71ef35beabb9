/* SPDX-License-Identifier: Apache-2.0 */
/* make-policies-page FILE...: plimsoll-policies(7), the built-in policies word for word, each line with the reason that stands beside it. */
#include <stdio.h>
#include <string.h>

static void
put_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	printf("# %.*s\n\n```\n", (int)strcspn(name, "."), name);
}

static int
put_file(const char *path)
{
	char line[512];
	FILE *in = fopen(path, "r");
	if (in == NULL)
		return 1;
	put_name(path);
	while (fgets(line, sizeof line, in))
		fputs(line, stdout);
	puts("```\n");
	int failed = ferror(in);
	return fclose(in) != 0 || failed;
}

int
main(int argc, char **argv)
{
	int failed = 0;
	puts("plimsoll-policies(7)\n\n# NAME\n\nplimsoll-policies - the policies that are built into plimsoll\n\n# DESCRIPTION\n\n"
	     "Each can be named by *--policy* or extended by an organisation's own file, which may tighten and loosen all of it. Here they stand word for word, each line with "
	     "its reason; *plimsoll policy show* _NAME_ prints one with all that it extends.\n");
	for (int i = 1; i < argc; i++)
		failed |= put_file(argv[i]);
	puts("# SEE ALSO\n\n*plimsoll*(1), *plimsoll-policy*(5), *plimsoll-unknowns*(7)");
	return failed || ferror(stdout) || fflush(stdout) ? 1 : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll version: orderings for people and scripts. */
#include "cli/command.h"

#include "base/vec.h"

#include <plimsoll/version.h>

#include <stdlib.h>
#include <string.h>

static const struct option_text no_options[] = { { { 0 }, NULL, NULL } };

/* One question of two texts: what is printed goes to `*answer`. */
typedef int asking(const char *scheme, const char *a, const char *b, const char **answer, struct plim_error *err);

static int
ask_order(const char *scheme, const char *a, const char *b, const char **answer, struct plim_error *err)
{
	int order = 0, r = plim_version_compare(scheme, a, b, &order, err);
	*answer = order < 0 ? "<" : order > 0 ? ">" : "=";
	return r;
}

static int
ask_range(const char *scheme, const char *range, const char *version, const char **answer, struct plim_error *err)
{
	int inside = 0, r = plim_version_satisfies(scheme, range, version, &inside, err);
	*answer = inside ? "yes" : "no";
	return r;
}

/* A line without its newline; false when it holds a NUL. */
static bool
end_line(char *line, ssize_t n)
{
	if (n > 0 && line[n - 1] == '\n')
		line[--n] = '\0';
	return strlen(line) == (size_t)n;
}

/* Two texts with a tab between them; a refused line answers "error: why", and the rest goes on. */
static int
answer_line(const char *scheme, char *line, ssize_t n, asking *ask, struct plim_error *err)
{
	const char *answer;
	bool whole = end_line(line, n);
	char *tab = strchr(line, '\t');
	if (tab == NULL || !whole) {
		puts("error: not two texts with a tab between them");
		return 0;
	}
	*tab = '\0';
	int r = ask(scheme, line, tab + 1, &answer, err);
	if (r == PLIM_EUSAGE)
		return r;
	if (r < 0)
		printf("error: %s\n", err->text);
	else
		puts(answer);
	return 0;
}

static int
answer_lines(const struct command *self, const char *scheme, asking *ask)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int r = 0;
	struct plim_error err = { 0 };
	while (r == 0 && (n = getline(&line, &room, stdin)) >= 0)
		r = answer_line(scheme, line, n, ask, &err);
	free(line);
	if (r < 0)
		return command_error(self, &err);
	return fflush(stdout) == 0 ? EXIT_PASS : EXIT_ERROR;
}

/* A version may begin with '-': nothing here is an option but --help. */
static int
run_asking(const struct command *self, int argc, char **argv, asking *ask)
{
	struct plim_error err = { 0 };
	const char *answer;
	if (argc == 2)
		return answer_lines(self, argv[1], ask);
	if (argc != 4)
		return command_usage_error(self, "%s are needed, or a scheme and lines on standard input", self->synopsis);
	if (ask(argv[1], argv[2], argv[3], &answer, &err) < 0)
		return command_error(self, &err);
	puts(answer);
	return EXIT_PASS;
}

static int
run_compare(const struct command *self, int argc, char **argv)
{
	return run_asking(self, argc, argv, ask_order);
}

static int
run_satisfies(const struct command *self, int argc, char **argv)
{
	return run_asking(self, argc, argv, ask_range);
}

/* sort */

struct sorted {
	char *text;
	size_t at;    /* where it was: equal ones stay in their order */
};

struct sorting {
	const char *scheme;
	VEC(struct sorted) versions;
	bool refused;
};

static void
sorting_done(struct sorting *sorting)
{
	vec_each (&sorting->versions, version)
		free(version->text);
	vec_done(&sorting->versions);
}

static int
sorting_add(struct sorting *sorting, const struct command *self, const char *text)
{
	int order;
	struct plim_error err = { 0 };
	int r = plim_version_compare(sorting->scheme, text, text, &order, &err);
	if (r == PLIM_EFORMAT) {
		command_error(self, &err);
		sorting->refused = true;
		return 0;
	}
	if (r < 0)
		return command_error(self, &err);
	struct sorted *version = vec_push(&sorting->versions);
	if (version == NULL || (version->text = strdup(text)) == NULL)
		return command_usage_error(self, "out of memory");
	version->at = sorting->versions.n;
	return 0;
}

static int
sorting_read(struct sorting *sorting, const struct command *self)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int r = 0;
	while (r == 0 && (n = getline(&line, &room, stdin)) >= 0) {
		if (end_line(line, n))
			r = sorting_add(sorting, self, line);
		else
			r = command_usage_error(self, "a line holds a NUL byte");
	}
	free(line);
	return r;
}

static int
by_version(const void *a, const void *b, void *scheme)
{
	const struct sorted *x = a, *y = b;
	int order = 0;
	plim_version_compare(scheme, x->text, y->text, &order, NULL);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* A list that lacks what was refused would look whole: then nothing is printed. */
static int
sorting_print(struct sorting *sorting)
{
	if (sorting->refused)
		return EXIT_ERROR;
	if (sorting->versions.n > 1)
		qsort_r(sorting->versions.at, sorting->versions.n, sizeof *sorting->versions.at, by_version, (void *)sorting->scheme);
	vec_each (&sorting->versions, version)
		puts(version->text);
	return fflush(stdout) == 0 ? EXIT_PASS : EXIT_ERROR;
}

static int
run_sort(const struct command *self, int argc, char **argv)
{
	if (argc < 2)
		return command_usage_error(self, "a scheme is needed, and versions or lines on standard input");
	struct sorting sorting = { .scheme = argv[1] };
	int r = argc == 2 ? sorting_read(&sorting, self) : 0;
	for (int i = 2; r == 0 && i < argc; i++)
		r = sorting_add(&sorting, self, argv[i]);
	if (r == 0)
		r = sorting_print(&sorting);
	sorting_done(&sorting);
	return r;
}

static const struct command subcommands[] = {
	{
	    .name = "compare",
	    .of = "version",
	    .synopsis = "SCHEME [A B]",
	    .meaning = "print <, = or >; without A and B for each line \"A<TAB>B\" of standard input (schemes:"
#define VERSION_SCHEME(name) " " #name
#include "version/schemes.def"
#undef VERSION_SCHEME
	               ")",
	    .options = no_options,
	    .run = run_compare,
	},
	{
	    .name = "sort",
	    .of = "version",
	    .synopsis = "SCHEME [VERSION...]",
	    .meaning = "print versions from the lowest to the highest; without any the lines of standard input",
	    .options = no_options,
	    .run = run_sort,
	},
	{
	    .name = "satisfies",
	    .of = "version",
	    .synopsis = "SCHEME [RANGE VERSION]",
	    .meaning = "print yes or no; without both for each line \"RANGE<TAB>VERSION\" of standard input",
	    .options = no_options,
	    .run = run_satisfies,
	},
	{ 0 },
};

const struct command command_version = {
	.name = "version",
	.synopsis = "compare|sort|satisfies SCHEME [...]",
	.meaning = "Order versions as the package managers do",
	.options = no_options,
	.subcommands = subcommands,
};

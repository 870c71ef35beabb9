/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of every program of ours share: options, help, complaints. */
#include "cli/command.h"

#include "base/auto.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "process/helper.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define OPTION_MOST 48

/* "db build", for "%s%s%s". */
#define NAME_ARGS(self) (self)->of ? (self)->of : "", (self)->of ? " " : "", (self)->name

static void
print_options(const struct option_text *options)
{
	for (const struct option_text *o = options; o && o->option.name; o++) {
		char left[64];
		snprintf(left, sizeof left, "--%s%s%s", o->option.name, o->argument ? " " : "", o->argument ? o->argument : "");
		printf("  %-26s %s\n", left, o->meaning);
	}
	printf("  %-26s %s\n", "--help", "print this text");
}

static void
print_subcommands(const struct command *parent)
{
	for (const struct command *sub = parent->subcommands; sub && sub->name; sub++)
		printf("  %s %-*s %s\n", parent->name, (int)(24 - strlen(parent->name)), sub->name, sub->meaning);
}

static void
print_command_help(const struct command *self)
{
	printf("Usage: plimsoll %s%s%s %s\n%s\n\n", NAME_ARGS(self), self->synopsis, self->meaning);
	if (self->subcommands)
		print_subcommands(self);
	else
		print_options(self->options);
}

bool
command_is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

int
command_option(const struct command *self, int argc, char **argv)
{
	struct option table[OPTION_MOST] = { { 0 } };
	char letters[2 * OPTION_MOST + 3] = ":h";
	size_t n = 0, l = 2;
	for (const struct option_text *o = self->options; o && o->option.name && n + 2 < OPTION_MOST; o++) {
		table[n++] = o->option;
		if (o->option.val < 256)
			letters[l++] = (char)o->option.val;
		if (o->option.val < 256 && o->option.has_arg)
			letters[l++] = ':';
	}
	table[n] = (struct option){ "help", no_argument, NULL, 'h' };
	opterr = 0;
	int chosen = getopt_long(argc, argv, letters, table, NULL);
	if (chosen == '?')
		command_usage_error(self, "there is no option '%s'", argv[optind - 1]);
	if (chosen == ':')
		command_usage_error(self, "option '%s' needs a value", argv[optind - 1]);
	return chosen == ':' ? '?' : chosen;
}

int
command_error(const struct command *self, const struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct slice rest = slice_of(err->text[0] ? err->text : plim_code_text(err->code));
	/* An error may name what an image holds, terminal escapes included; its lines are ours. */
	for (struct slice line; slice_next(&rest, '\n', &line);) {
		strbuf_put_printable(&text, line);
		strbuf_putc(&text, '\n');
	}
	fprintf(stderr, "plimsoll %s%s%s: %s", NAME_ARGS(self), text.p ? text.p : "\n");
	return EXIT_ERROR;
}

int
command_usage_error(const struct command *self, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fprintf(stderr, "plimsoll %s%s%s: ", NAME_ARGS(self));
	vfprintf(stderr, format, args);
	fprintf(stderr, "\nUsage: plimsoll %s%s%s %s\n", NAME_ARGS(self), self->synopsis);
	va_end(args);
	return EXIT_ERROR;
}

static const struct command *
subcommand_find(const struct command *parent, const char *name)
{
	for (const struct command *sub = parent->subcommands; sub->name; sub++)
		if (strcmp(sub->name, name) == 0)
			return sub;
	return NULL;
}

/* What another program of ours has, it knows the help of, too. */
static int
become(const struct command *command, char **argv)
{
	const struct helper_program program = { .name = command->program, .purpose = command->meaning };
	struct plim_error err = { 0 };
	helper_become(&program, argv, &err);
	return command_error(command, &err);
}

/* Options are read by the command itself; help is not an option that any of them could forget. */
int
command_run(const struct command *command, int argc, char **argv)
{
	if (command->program)
		return become(command, argv);
	if (command->subcommands) {
		const struct command *sub = argc > 1 ? subcommand_find(command, argv[1]) : NULL;
		if (argc > 1 && command_is_help(argv[1])) {
			print_command_help(command);
			return EXIT_PASS;
		}
		if (argc < 2)
			return command_usage_error(command, "which one?");
		if (sub == NULL)
			return command_usage_error(command, "there is no '%s %s'", command->name, argv[1]);
		return command_run(sub, argc - 1, argv + 1);
	}
	for (int i = 1; i < (command->passes_on && argc > 2 ? 2 : argc) && strcmp(argv[i], "--") != 0; i++)
		if (command_is_help(argv[i])) {
			print_command_help(command);
			return EXIT_PASS;
		}
	optind = 1;
	return command->run(command, argc, argv);
}

bool
command_hold_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && file_open_null(fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	return true;
}
